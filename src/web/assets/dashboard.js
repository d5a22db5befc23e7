"use strict";
// The server renders everything. This puts each part that has changed into its place, and says when
// the dashboard has gone. An open stream also tells the dashboard that a page is open.
const lost = document.getElementById("lost");
let source = null;

function listen() {
  source = new EventSource(document.body.dataset.stream);
  source.onopen = () => { lost.hidden = true; };
  source.onerror = () => { lost.hidden = false; };
  source.onmessage = (event) => {
    const news = new DOMParser().parseFromString(event.data, "text/html");
    for (const part of news.body.children) {
      const shown = document.getElementById(part.id);
      // An unchanged part stays as it is: a button keeps its focus, a screen reader stays silent.
      if (shown && shown.innerHTML !== part.innerHTML) shown.innerHTML = part.innerHTML;
    }
  };
}

// A browser opens six connections at most, and a page behind others needs none. It says now and then that it is there.
document.addEventListener("visibilitychange", () => {
  source?.close();
  source = null;
  if (!document.hidden) listen();
});
setInterval(() => { if (document.hidden) fetch("alive").catch(() => {}); }, 5 * 60 * 1000);
// A browser that restores a page from its memory does not open the stream again.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
if (!document.hidden) listen();
