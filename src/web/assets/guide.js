"use strict";
// Counts down the stages that the server worked out, and hands back how long somebody stretched.
const part = (id) => document.getElementById(id);
const stages = JSON.parse(part("guide").dataset.stages);
const total = stages.reduce((sum, stage) => sum + stage.seconds, 0);
let at = 0, inStage = 0, moved = 0, last = 0, timer = null, audio = null;

function beep() {
  if (!part("sound").checked) return;
  audio ??= new AudioContext();
  const tone = audio.createOscillator(), volume = audio.createGain();
  volume.gain.value = 0.1;
  tone.frequency.value = 660;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.15);
}

function show() {
  const before = stages.slice(0, at).reduce((sum, stage) => sum + stage.seconds, 0);
  const words = stages[at].words;
  if (part("stage").textContent !== words) {
    part("stage").textContent = words;
    beep();
  }
  part("clock").textContent = Math.ceil(stages[at].seconds - inStage) + " s";
  part("whole").value = (before + inStage) / total;
}

function end(over) {
  clearInterval(timer);
  const form = part("held");
  form.elements.moved.value = moved.toFixed(1);
  form.elements.over.value = String(over);
  form.submit();
}

function next() {
  at += 1;
  inStage = 0;
  if (at === stages.length) end(true);
  else show();
}

function tick() {
  const now = performance.now();
  // A computer that slept in between did not stretch.
  const spent = Math.min((now - last) / 1000, 2);
  last = now;
  inStage += spent;
  if (stages[at].moves) moved += spent;
  if (inStage >= stages[at].seconds) next();
  else show();
}

part("go").onclick = () => {
  if (timer === null) {
    last = performance.now();
    timer = setInterval(tick, 200);
    part("next").hidden = part("stop").hidden = false;
    show();
  } else {
    clearInterval(timer);
    timer = null;
  }
  part("go").textContent = timer === null ? "Go on" : "Pause";
};
part("next").onclick = next;
part("stop").onclick = () => end(false);
