"""Lets the comparison of two looks at the shoulders tell forward head and the trunk's lean too.

usage: readout.py CROPS MODELS      CROPS: `render_crops.py` with bodies that network.py was not taught

The last hidden layer of `pair` was taught all angles, but `convert.py` keeps protraction alone. This fits the changes of the others to that layer by ridge
regression, prints how far off they are on bodies left out, a fifth at a time, and writes MODELS/shoulder_change.f32 with three outputs: protraction as it was, forward head
and the trunk's lean, in degrees. It needs numpy, pillow and onnxruntime.
"""
import csv, sys

import numpy as np
import onnxruntime
from PIL import Image

HIGH, WIDE, EMBEDDING, POINTS, HIDDEN = 112, 128, 48, 17, 64
TOP, LEFT = 8, 8  # of the input in a crop
BRIGHT = .4
ANGLES = ["protraction", "fha", "trunk_lean"]
PICTURES = 8  # of one body
PENALTY = 10.


class Comparison:
    """What `convert.py` or this wrote."""

    def __init__(self, file):
        numbers = np.fromfile(file, "<f4").astype(float)
        self.inputs = 2 * (EMBEDDING + 2 * POINTS)
        sizes = [self.inputs * HIDDEN, HIDDEN, HIDDEN * HIDDEN, HIDDEN]
        a, b, c, d, last = np.split(numbers, np.cumsum(sizes))
        self.layers = [(a.reshape(-1, HIDDEN), b), (c.reshape(-1, HIDDEN), d)]
        outputs = len(last) // (HIDDEN + 1)
        self.last = last[:-outputs].reshape(HIDDEN, outputs), last[-outputs:]

    def hidden(self, now, neutral):
        change = now - neutral
        x = np.hstack([change[:, :EMBEDDING], neutral[:, :EMBEDDING], 4 * change[:, EMBEDDING:], neutral[:, EMBEDDING:]])
        for weights, bias in self.layers:
            x = np.maximum(x @ weights + bias, 0)
        return x

    def write(self, file, weights, bias):
        parts = [v for layer in self.layers for v in layer] + [weights, bias]
        np.concatenate([p.ravel() for p in parts]).astype("<f4").tofile(file)


def described(network, inputs, scales):
    """The numbers that Sitwell keeps of a look (`src/pose/girdle.rs`)."""
    out = []
    for x, scale in zip(inputs, scales):
        x = np.clip(x * (BRIGHT / max(x.mean(), .02)), 0, 1).astype(np.float32)
        points, embedding = network.run(None, {"image": x[None]})
        points = points.reshape(POINTS, 2)
        out.append(np.concatenate([embedding.ravel(), ((points - points[:2].mean(0)) / scale / 100).ravel()]))
    return np.array(out)


def pairs(network, folder):
    """Two looks at one body, the change of its angles between them, and the body's number: each pair of its pictures, plain and mirrored, as rendered and with the crops
    up to three pixels elsewhere."""
    bodies, r = {}, np.random.default_rng(0)
    for row in csv.DictReader(open(f"{folder}/labels.csv")):
        bodies.setdefault(row["subject"], []).append(row)
    found = []
    for number, rows in enumerate(rows for rows in bodies.values() if len(rows) == PICTURES):
        crops = [np.asarray(Image.open(f"{folder}/{row['file']}").convert("RGB")) / 255 for row in rows]
        scales = [float(row["scale"]) for row in rows]
        angles = np.array([[float(row[a]) for a in ANGLES] for row in rows])
        for off in (0, 3):
            places = [(TOP + down, LEFT + right) for down, right in r.integers(-off, off + 1, (PICTURES, 2))]
            plain = [c[y:y + HIGH, x:x + WIDE] for c, (y, x) in zip(crops, places)]
            for inputs in (plain, [p[:, ::-1] for p in plain]):
                looks = described(network, inputs, scales)
                found += [(looks[i], looks[j], angles[i] - angles[j], number) for i in range(PICTURES) for j in range(PICTURES) if i != j]
    return [np.array(v) for v in zip(*found)]


def fit(x, y):
    x = np.hstack([x, np.ones((len(x), 1))])
    return np.linalg.solve(x.T @ x + PENALTY * np.eye(x.shape[1]), x.T @ y)


def main():
    folder, models = sys.argv[1:]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    network = onnxruntime.InferenceSession(f"{models}/shoulder_girdle.onnx", options)
    comparison = Comparison(f"{models}/shoulder_change.f32")
    now, neutral, change, body = pairs(network, folder)
    x = comparison.hidden(now, neutral)
    read = np.zeros_like(change)
    for fifth in range(5):
        left = body % 5 == fifth
        read[left] = np.hstack([x[left], np.ones((left.sum(), 1))]) @ fit(x[~left], change[~left])
    weights, bias = comparison.last
    read[:, 0] = x @ weights[:, 0] + bias[0]
    for name, values, truth in zip(ANGLES, read.T, change.T):
        print(f"{name}: off by {np.abs(values - truth).mean():.2f} where no change is off by {np.abs(truth).mean():.2f}, {len(np.unique(body))} bodies")
    others = fit(x, change[:, 1:])
    comparison.write(f"{models}/shoulder_change.f32", np.column_stack([weights[:, 0], others[:-1]]), np.append(bias[0], others[-1]))


if __name__ == "__main__":
    main()
