"""Where tragus and C7 lie against the ears and shoulders that the pose model finds from the side: the constants of
src/posture/side_points.rs, and how far off a guess with them is on people left out.
sitwell analyze --format json SET/pictures/*_side_*.jpg > side.jsonl; python3 side_points.py SET side.jsonl"""

import csv
import json
import sys
from pathlib import Path

import numpy as np

SET, ANALYZED = map(Path, sys.argv[1:])
LABELS = {row["file"]: row for row in csv.DictReader(open(SET / "labels.csv"))}


def frame(joints):
    """The ears' and shoulders' middles, and the axes along and across the line between them, towards the back."""
    point = {joint["name"]: np.array([joint["x"], joint["y"]]) for joint in joints}
    ears = (point["left_ear"] + point["right_ear"]) / 2
    shoulders = (point["left_shoulder"] + point["right_shoulder"]) / 2
    along = ears - shoulders
    across = np.array([along[1], -along[0]])
    if across[0] * (point["nose"] - ears)[0] > 0:
        across = -across
    return ears, shoulders, along, across


def angle(tragus, c7):
    return np.degrees(np.arctan2(c7[1] - tragus[1], abs(tragus[0] - c7[0])))


subjects, frames, truth, places = [], [], [], []
for line in open(ANALYZED):
    picture = json.loads(line)
    row = LABELS[Path(picture["path"]).name]
    if not picture["person"]:
        continue
    near = min("lr", key=lambda side: float(row[f"tragus_{side}_Z"]))
    tragus = np.array([float(row[f"tragus_{near}_u"]), float(row[f"tragus_{near}_v"])])
    c7 = np.array([float(row["c7_u"]), float(row["c7_v"])])
    ears, shoulders, along, across = frame(picture["landmarks"])
    length = along @ along
    place = lambda point, start: [(point - start) @ along / length, (point - start) @ across / length]
    subjects.append(row["subject"])
    frames.append((ears, shoulders, along, across))
    truth.append((tragus, c7))
    places.append(place(tragus, ears) + place(c7, shoulders))

subjects, places = np.array(subjects), np.array(places)
print(len(places), "pictures; tragus, C7:", np.median(places, axis=0).round(3))
errors = []
for subject, (ears, shoulders, along, across), (tragus, c7) in zip(subjects, frames, truth):
    a, b, c, d = np.median(places[subjects != subject], axis=0)
    guess = ears + a * along + b * across, shoulders + c * along + d * across
    neck = np.linalg.norm(tragus - c7)
    errors.append((np.linalg.norm(guess[0] - tragus) / neck, np.linalg.norm(guess[1] - c7) / neck,
                   abs(angle(*guess) - angle(tragus, c7))))
for name, error in zip(("tragus, in necks", "C7, in necks", "angle, in degrees"), np.transpose(errors)):
    print(f"{name}: median {np.median(error):.3f}, mean {error.mean():.3f}, nine of ten below {np.quantile(error, .9):.3f}")
