"use strict";
// The photograph stays in this page unless a guess is asked for. The four points that were clicked are sent.
const part = (id) => document.getElementById(id);
const canvas = part("canvas"), form = part("points").form;
const steps = JSON.parse(canvas.dataset.steps);
const LARGEST_FILE = 50e6, LARGEST_SIDE = 1600, LARGEST_SENT = 1280;
let picture = null, points = [], guess = [];

function ring([x, y], size, colour, dash) {
  const paint = canvas.getContext("2d");
  paint.lineWidth = size / 2.5;
  paint.setLineDash(dash ? [size, size] : []);
  for (const [edge, radius] of [["#ffffff", size * 1.4], [colour, size]]) {
    paint.strokeStyle = edge;
    paint.beginPath();
    paint.arc(x, y, radius, 0, 2 * Math.PI);
    paint.stroke();
  }
}

function draw() {
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const size = Math.max(canvas.width, canvas.height) / 120;
  const colour = (at) => at % 2 ? "#c2410c" : "#1f6a64";
  guess.forEach((point, at) => ring(point, size * 3, colour(at), true));
  points.forEach((point, at) => ring(point, size, colour(at), false));
  part("step").textContent = steps[points.length];
  part("points").value = points.flat().map((value) => value.toFixed(1)).join(" ");
  part("send").disabled = points.length < 4;
  part("again").hidden = points.length === 0;
}

part("photo").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  points = [];
  guess = [];
  picture = null;
  canvas.hidden = true;
  part("send").disabled = true;
  for (const id of ["again", "guess", "guessed"]) part(id).hidden = true;
  if (!file) return;
  if (file.size <= LARGEST_FILE) {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  }
  if (!picture) {
    part("step").textContent = "This file cannot be shown. It takes a JPEG or PNG picture of at most 50 MB.";
    return;
  }
  const scale = Math.min(1, LARGEST_SIDE / Math.max(picture.width, picture.height));
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.hidden = false;
  part("guess").hidden = false;
  // A phone's file was written when the photograph was taken; somebody who edited it puts the time right.
  const local = new Date(file.lastModified - new Date(file.lastModified).getTimezoneOffset() * 60000);
  form.elements.taken.value = local.toISOString().slice(0, 16);
  draw();
});

canvas.addEventListener("click", (event) => {
  if (!picture || points.length === 4) return;
  const shown = canvas.getBoundingClientRect();
  points.push([
    (event.clientX - shown.left) / shown.width * canvas.width,
    (event.clientY - shown.top) / shown.height * canvas.height,
  ]);
  draw();
});

part("again").addEventListener("click", () => {
  points = [];
  draw();
});

// A smaller copy without what else the file holds, such as the place where it was taken.
function copy() {
  const scale = Math.min(1, LARGEST_SENT / Math.max(picture.width, picture.height));
  const small = document.createElement("canvas");
  small.width = Math.round(picture.width * scale);
  small.height = Math.round(picture.height * scale);
  small.getContext("2d").drawImage(picture, 0, 0, small.width, small.height);
  return new Promise((done) => small.toBlob(done, "image/jpeg", 0.9));
}

part("guess").addEventListener("click", async () => {
  const words = part("guessed"), asked = picture;
  part("guess").hidden = true;
  words.hidden = false;
  words.textContent = words.dataset.searching;
  const answer = await fetch("photo-guess", { method: "POST", body: await copy() })
    .then((response) => response.json())
    .catch(() => ({ trouble: "the dashboard does not answer" }));
  // Another photograph was chosen meanwhile.
  if (picture !== asked) return;
  words.textContent = answer.trouble ? `No guess: ${answer.trouble}.` : words.dataset.found;
  if (answer.trouble) return;
  // Places come in heights of the picture.
  guess = [answer.tragus, answer.c7].map(([x, y]) => [x * canvas.height, y * canvas.height]);
  draw();
});
