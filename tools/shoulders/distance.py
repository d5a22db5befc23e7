"""How well the shoulders' width in the picture gives the distance from the camera, against the neutral: src/posture/placement.rs.
It takes MediaPipe's joints as the posture set has them: python3 distance.py SET"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

SET = Path(sys.argv[1])
LABELS = {row["file"]: row for row in csv.DictReader(open(SET / "labels.csv"))}

sessions = defaultdict(list)
for joints in csv.DictReader(open(SET / "landmarks.csv")):
    row = LABELS[joints["file"]]
    if joints["ok"] != "1" or row["view"] == "side":
        continue
    left, right = (np.array([float(joints[f"x{i}"]) * 640, float(joints[f"y{i}"]) * 480]) for i in (11, 12))
    acromia = [[float(row[f"acromion_{side}_{axis}"]) for axis in "XYZ"] for side in "lr"]
    distance = np.linalg.norm(np.mean(acromia, axis=0))
    view = row["view"].split("_")[0]
    sessions[row["session"]].append((view, row["pose"], np.linalg.norm(left - right), distance))

found = defaultdict(list)
for pictures in sessions.values():
    neutral = [picture for picture in pictures if picture[1] == "neutral"]
    width, distance = (np.mean([picture[part] for picture in neutral]) for part in (2, 3))
    for view, pose, now, true in pictures:
        found[view, pose].append((width / now, true / distance))
for (view, pose), pairs in sorted(found.items()):
    guess, true = np.transpose(pairs)
    print(f"{view:8} {pose:9} {len(pairs):4} found {guess.mean():.3f} +- {guess.std():.3f}, true {true.mean():.3f}; "
          f"error {np.sqrt(((guess - true) ** 2).mean()):.3f}")
