#!/usr/bin/env python3
"""Compares one observation with MediaPipe's own Python solution: the same picture, the same run.

    python3 -m venv /tmp/mediapipe                        # anywhere outside of the project
    /tmp/mediapipe/bin/pip install mediapipe==0.10.14     # needs Python 3.8 to 3.12
    /tmp/mediapipe/bin/python benches/against_mediapipe.py [ROUNDS] [--avx2]

An observation goes from a 640 x 480 JPEG in memory to 33 landmarks, with the full model and a
person who is tracked already. Sitwell's face mesh is included, and MediaPipe's is not. Both run by
turns and are measured in processor time of all their threads, so that other work on the machine
affects both alike. MediaPipe is kept to one processor, because with more its threads take more
time together. With --avx2 Sitwell's own convolutions use no AVX-512.
"""
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

os.environ["GLOG_minloglevel"] = "2"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import cv2
import mediapipe
import numpy

ROUNDS = 60
root = Path(__file__).resolve().parent.parent
jpeg = numpy.fromfile(root / "src/commands/demo/frames/1.jpg", numpy.uint8)
cv2.setNumThreads(1)
pose = mediapipe.solutions.pose.Pose(static_image_mode=False, model_complexity=1)


def observe():
    picture = cv2.cvtColor(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    if pose.process(picture).pose_landmarks is None:
        sys.exit("MediaPipe found nobody in the picture")


def theirs():
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        observe()
        times.append(1e3 * (time.process_time() - start))
    return statistics.median(times)


def ours():
    bench = ["cargo", "bench", "--quiet", "--bench", "look", "--", *limit, "--from-jpeg", str(ROUNDS)]
    done = subprocess.run(bench, cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    time, vectors = done.stdout.split()
    return float(time), vectors


limit = [word for word in sys.argv[1:] if word == "--avx2"]
numbers = [int(word) for word in sys.argv[1:] if word not in limit]
vectors = ours()[1]
observe()
rounds = [(theirs(), ours()[0]) for _ in range(numbers[0] if numbers else 5)]
for mediapipe_ms, sitwell_ms in rounds:
    print(f"MediaPipe {mediapipe_ms:6.1f} ms   Sitwell {sitwell_ms:6.1f} ms   {sitwell_ms / mediapipe_ms:.2f}")
ratios = [sitwell_ms / mediapipe_ms for mediapipe_ms, sitwell_ms in rounds]
print(f"Sitwell takes {statistics.median(ratios):.2f} of MediaPipe's time, with {vectors}.")
