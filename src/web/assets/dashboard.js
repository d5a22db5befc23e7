"use strict";
// The server renders everything. This puts each part that has changed into its place, and says when
// the dashboard has gone. An open stream also tells the dashboard that a page is open.
const lost = document.getElementById("lost");
let source = null;

function place(event) {
  const news = new DOMParser().parseFromString(event.data, "text/html");
  for (const part of news.body.children) {
    const shown = document.getElementById(part.id);
    // An unchanged part stays as it is: a button keeps its focus, a screen reader stays silent.
    if (shown && shown.innerHTML !== part.innerHTML) shown.innerHTML = part.innerHTML;
  }
}

function listen() {
  source = new EventSource(document.getElementById("content").dataset.stream);
  source.onopen = () => { lost.hidden = true; };
  source.onerror = () => { lost.hidden = false; };
  source.onmessage = place;
}

// A button with data-hold shows a stream while it is held down, and clears the place when it is let go.
let held = null;

function hold(event) {
  const button = event.target.closest?.("[data-hold]");
  const isKey = event.type === "keydown";
  if (!button || (isKey ? event.key !== " " && event.key !== "Enter" : event.button !== 0)) return;
  event.preventDefault();
  button.focus();
  if (held) return;
  held = { stream: new EventSource(button.dataset.hold), place: document.getElementById(button.dataset.shows) };
  held.stream.onmessage = place;
}

function release() {
  held?.stream.close();
  held?.place.replaceChildren();
  held = null;
}

for (const press of ["pointerdown", "keydown"]) document.addEventListener(press, hold);
for (const end of ["pointerup", "pointercancel", "keyup", "blur", "pagehide"]) addEventListener(end, release);
document.addEventListener("contextmenu", (event) => { if (held) event.preventDefault(); });

// A field with data-what-if asks what its value would have meant, once nobody has typed for a moment.
let asking = null;
document.addEventListener("input", (event) => {
  const field = event.target.closest?.("[data-what-if]");
  if (!field) return;
  clearTimeout(asking);
  asking = setTimeout(async () => {
    const answer = await fetch("what-if?" + new URLSearchParams({ path: field.name, value: field.value })).catch(() => null);
    if (answer?.ok) place({ data: await answer.text() });
  }, 250);
});

// A browser opens six connections at most, and a page behind others needs none. It says now and then that it is there.
document.addEventListener("visibilitychange", () => {
  release();
  source?.close();
  source = null;
  if (!document.hidden) listen();
});
setInterval(() => { if (document.hidden) fetch("alive").catch(() => {}); }, 5 * 60 * 1000);
// A browser that restores a page from its memory does not open the stream again.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
if (!document.hidden) listen();
