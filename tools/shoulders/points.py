"""Places acromia and C7 by a cascade of ridge regressions on what the pose network sees.

usage: points.py look SET FEATURES.npz [OTHER.npz: with that one's principal components [GREY: the crop is grey from this row on]]
       points.py place SET FEATURES.npz POINTS.npz

SET holds labels.csv, landmarks.csv and pictures/ as the posture set does. `look` runs the pose network's first layers on a close crop of
the upper trunk and its mirror image. `place` finds the points of each sixth of the people by a fit on the others (few pictures are enough for this),
prints how far off they are and writes them for study.py.
"""
import csv, sys
import numpy as np

MODEL = "../../models/pose_landmark_full.onnx"
# Its decoder's last map and two earlier ones that are finer: 64 x 64 x 48, 64 x 64 x 24, 128 x 128 x 16.
LAYERS = ["add_279", "add_216", "conv_2d_206"]
ROWS = slice(10, 60)  # of 64: from the chin to the breast
# In the crop of 256 x 256 the shoulder joints are ACROSS pixels apart, about MIDDLE.
ACROSS, MIDDLE = 140., np.array([128., 150.])
CHANNELS = 20  # that remain of 136 (principal components)
PEOPLE = 6  # groups
# Of each step: where it looks about the point (a grid, in crop pixels), how far off the point may start, and the ridge.
square = lambda step: np.array([(x * step, y * step) for y in range(-2, 3) for x in range(-2, 3)], float)
STEPS = [(square(16), 0., .3), (square(8), 7., .2), (square(5), 3., .2)]
POINTS = ["acromion", "c7"]


def rows_of(folder):
    return [r for r in csv.DictReader(open(f"{folder}/labels.csv")) if r["view"] != "side"]


def look(folder, out, other=None, grey=256):
    import onnx, onnxruntime, os
    from PIL import Image
    model = onnx.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), MODEL))
    del model.graph.output[:]
    for layer in LAYERS:
        model.graph.output.append(onnx.helper.make_tensor_value_info(layer, onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    network = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    joints = {r["file"]: r for r in csv.DictReader(open(f"{folder}/landmarks.csv")) if r["ok"] == "1"}
    files, mirrored, turns, shifts, maps = [], [], [], [], []
    for r in rows_of(folder):
        j = joints.get(r["file"])
        if j is None:
            continue
        left, right = (np.array([float(j[f"x{k}"]) * 640, float(j[f"y{k}"]) * 480]) for k in (11, 12))
        picture = Image.open(f"{folder}/pictures/{r['file']}").convert("RGB")
        for mirror in (0, 1):
            turn = np.diag([-1. if mirror else 1., 1.]) * np.hypot(*(left - right)) / ACROSS  # picture = turn crop + shift
            shift = (left + right) / 2 - turn @ MIDDLE
            crop = picture.transform((256, 256), Image.AFFINE, (turn[0, 0], 0, shift[0], 0, turn[1, 1], shift[1]), Image.BILINEAR)
            x = np.array(crop, np.float32) / 255
            x[int(grey):] = .5
            a, b, c = (m[0] for m in network.run(None, {"image": x[None]}))
            c = c.reshape(16, 64, 2, 64, 2).transpose(0, 2, 4, 1, 3).reshape(64, 64, 64)
            files.append(r["file"]); mirrored.append(mirror); turns.append(turn); shifts.append(shift)
            maps.append(np.concatenate([a, b, c])[:, ROWS].astype(np.float16))
    basis = [np.load(other)[k] for k in ("mean", "spread", "vectors")] if other else principal(maps)
    mean, spread, vectors = basis
    np.savez(out, mean=mean, spread=spread, vectors=vectors, files=files, mirrored=mirrored, turns=turns, shifts=shifts, maps=np.stack([reduced(m, basis) for m in maps]))


def principal(maps):
    x = np.concatenate([m.reshape(len(m), -1)[:, ::23].T for m in maps[::8]]).astype(np.float32)
    mean, spread = x.mean(0), x.std(0) + 1e-3
    values, vectors = np.linalg.eigh(np.cov(((x - mean) / spread).T))
    return mean, spread, vectors[:, ::-1][:, :CHANNELS] / np.sqrt(values[::-1][:CHANNELS] + .05)


def reduced(m, basis):
    mean, spread, vectors = basis
    flat = (m.reshape(len(m), -1).T.astype(np.float32) - mean) / spread
    return (flat @ vectors).astype(np.float32).T.reshape(CHANNELS, *m.shape[1:])


def seen(maps, which, at, about):
    """The maps' values on the grid `about` the points `at` (crop pixels), between cells by bilinear interpolation."""
    cell = (at[:, None] + about) / 4 - .5
    x, y = cell[..., 0].clip(0, 62.99), (cell[..., 1] - ROWS.start).clip(0, ROWS.stop - ROWS.start - 1.01)
    i, x0, y0 = which[:, None], x.astype(int), y.astype(int)
    fx, fy = ((a - b)[..., None].astype(np.float32) for a, b in ((x, x0), (y, y0)))
    v = lambda dy, dx: maps[i, :, y0 + dy, x0 + dx]
    return ((v(0, 0) * (1 - fx) + v(0, 1) * fx) * (1 - fy) + (v(1, 0) * (1 - fx) + v(1, 1) * fx) * fy).reshape(len(at), -1)


def ridge(x, y, weight):
    mean, spread, middle = x.mean(0), x.std(0) + 1e-3, y.mean(0)
    z = (x - mean) / spread
    w = np.linalg.solve(z.T @ z + weight * len(z) * np.eye(z.shape[1], dtype=z.dtype), z.T @ (y - middle).astype(z.dtype))
    return lambda x: (x - mean) / spread @ w + middle


def cascade(maps, which, truth, r):
    """Learns to go from the mean place to the point in steps, each seeing finer about where the last one ended."""
    start, steps = truth.mean(0), []
    at = np.repeat(start[None], len(truth), 0)
    for about, off, weight in STEPS:
        copies = 3 if off else 1
        starts = np.concatenate([at] + [truth + r.normal(0, off, truth.shape) for _ in range(copies - 1)])
        step = ridge(seen(maps, np.tile(which, copies), starts, about), np.tile(truth, (copies, 1)) - starts, weight)
        steps.append((step, about))
        at = at + step(seen(maps, which, at, about))

    def place(which):
        at = np.repeat(start[None], len(which), 0)
        for step, about in steps:
            at = at + step(seen(maps, which, at, about))
        return at
    return place


def place(folder, features, out):
    z = dict(np.load(features))
    rows = rows_of(folder)
    index = {r["file"]: i for i, r in enumerate(rows)}
    row = np.array([index[f] for f in z["files"]])
    people = sorted({r["subject"] for r in rows})
    group = np.array([people.index(rows[i]["subject"]) % PEOPLE for i in row])
    true = lambda name: np.array([[float(r[name + "_u"]), float(r[name + "_v"])] for r in rows])
    names = {"c7": ["c7", "c7"]} | {p: [p + "_r", p + "_l"] for p in POINTS if p != "c7"}
    found = {n: np.zeros((len(rows), 2)) for pair in names.values() for n in pair}
    for p, pair in names.items():
        # A mirrored picture's left is taken for a right: one regressor serves both sides.
        truth = np.where(z["mirrored"][:, None] == 1, true(pair[1])[row], true(pair[0])[row])
        inside = np.einsum("nij,nj->ni", np.linalg.inv(z["turns"]), truth - z["shifts"])
        for g in range(PEOPLE):
            learnt = cascade(z["maps"], np.nonzero(group != g)[0], inside[group != g], np.random.default_rng(g))
            asked = np.nonzero(group == g)[0]
            at = np.einsum("nij,nj->ni", z["turns"][asked], learnt(asked)) + z["shifts"][asked]
            for m in (0, 1):
                side = z["mirrored"][asked] == m
                found[pair[m]][row[asked[side]]] += at[side] / (2 if p == "c7" else 1)
        print(p, flush=True)
    missing = ~np.isin(np.arange(len(rows)), row)
    for f in found.values(): f[missing] = np.nan
    report(rows, found, true)
    np.savez(out, files=[r["file"] for r in rows], **found)


def report(rows, found, true):
    """How far off, in pixels of 640 x 480: mean, and what remains (one standard deviation) when each session's own mean is taken away."""
    session, front = np.array([r["session"] for r in rows]), np.array([r["view"].startswith("front") for r in rows])
    for name, at in found.items():
        error = at - true(name)
        rest = error.copy()
        for s in np.unique(session): rest[session == s] -= np.nanmean(error[session == s], 0)
        for view, m in (("front", front), ("oblique", ~front)):
            print(f"{name:12s} {view:8s} off by {np.nanmean(np.hypot(*error[m].T)):.1f}; within a session {np.nanstd(rest[m, 0]):.1f} across, {np.nanstd(rest[m, 1]):.1f} down")


if __name__ == "__main__":
    {"look": look, "place": place}[sys.argv[1]](*sys.argv[2:])
