"use strict";
// The photograph stays in this page. Only the four points that were clicked are sent.
const part = (id) => document.getElementById(id);
const canvas = part("canvas"), form = part("points").form;
const steps = JSON.parse(canvas.dataset.steps);
const LARGEST_FILE = 50e6, LARGEST_SIDE = 1600;
let picture = null, points = [];

function draw() {
  const paint = canvas.getContext("2d");
  paint.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const size = Math.max(canvas.width, canvas.height) / 120;
  points.forEach(([x, y], at) => {
    paint.lineWidth = size / 2.5;
    for (const [colour, radius] of [["#ffffff", size * 1.4], [at % 2 ? "#c2410c" : "#1f6a64", size]]) {
      paint.strokeStyle = colour;
      paint.beginPath();
      paint.arc(x, y, radius, 0, 2 * Math.PI);
      paint.stroke();
    }
  });
  part("step").textContent = steps[points.length];
  part("points").value = points.flat().map((value) => value.toFixed(1)).join(" ");
  part("send").disabled = points.length < 4;
  part("again").hidden = points.length === 0;
}

part("photo").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  points = [];
  picture = null;
  canvas.hidden = true;
  part("send").disabled = true;
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
