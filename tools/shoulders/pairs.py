"""Rounded shoulders straight from two crops: what the pose network sees now, less what it saw at the neutral.

usage: pairs.py POSTURE_SET CACHE FEATURES.npz [NEW_SET NEW_FEATURES.npz]

Each person of the posture set is estimated by a fit on the others, then the people of NEW_SET by a fit on the posture set.
FEATURES come from `points.py look` (those of NEW_SET with the first's principal components), CACHE as in study.py.
"""
import sys
import numpy as np

from points import seen
from study import MESH, NOT_A_SLOUCH, SHOULDERS, Set, features, figures

# Where in the crop of 256 x 256: the shoulder joints lie at (58, 150) and (198, 150).
AREAS = {"head to breast": (14, 8, 20, 236, 90, 230), "shoulders": (10, 6, 20, 236, 120, 190), "above the shoulders": (14, 6, 40, 216, 90, 160)}
RIDGE = .4
NONE = NOT_A_SLOUCH + ("fht", "lean", "slid", "recline")


class Seen:
    def __init__(self, folder, cache, file, area):
        self.set = d = Set(folder, cache)
        z = np.load(file)
        maps, index = z["maps"], {k: i for i, k in enumerate(zip(z["files"], z["mirrored"]))}
        nx, ny, x0, x1, y0, y1 = AREAS[area]
        grid = np.array([(x, y) for y in np.linspace(y0, y1, ny) for x in np.linspace(x0, x1, nx)])
        self.truth = d.change(d.number("protraction"))
        f = features(d, [d.point(k) for k in ("acromion_l", "acromion_r", "c7")])
        mesh = d.change(np.stack([f[k] for k in MESH], 1))
        self.sides = []
        for mirrored in (0, 1):
            which = np.array([index.get((f, mirrored), -1) for f in d.file])
            v = seen(maps, np.maximum(which, 0), np.zeros((len(which), 2)), grid)
            v[which < 0] = np.nan
            self.sides.append(np.concatenate([d.change(v), mesh], 1))
        self.ok = np.isfinite(self.sides[0]).all(1)

    def rows(self, m):
        return np.concatenate([s[m] for s in self.sides])


def fit(x, y):
    """Ridge regression through zero, as products of pictures: there are fewer pictures than numbers."""
    spread = x.std(0) + 1e-3
    f = lambda x: np.clip(x / spread, -4, 4) / np.sqrt(x.shape[1])
    a = f(x)
    w = a.T @ np.linalg.solve(a @ a.T + RIDGE * np.eye(len(a)), y)
    return lambda x: f(x) @ w


def estimate(teacher, train, pupil, test, out):
    learnt = fit(teacher.rows(train), np.tile(teacher.truth[train], 2))(pupil.rows(test))
    out[test] = learnt.reshape(2, -1).mean(0)


def line(name, s, got):
    all_, top, laptop, found, pictures, yes, no = figures(s.set, got, s.truth, SHOULDERS, NONE)
    zero = np.abs(s.truth[~s.set.neutral & np.isfinite(got)]).mean()
    print(f"{name:36s} error {all_:.2f} (top {top:.2f}, laptop {laptop:.2f}; no change {zero:.2f})  found {found:.2f} of {yes}, {no} that are none; {pictures} pictures", flush=True)


def main():
    folder, cache, file, *new = sys.argv[1:]
    for area in AREAS:
        s = Seen(folder, cache, file, area)
        got = np.full(len(s.truth), np.nan)
        for person in np.unique(s.set.subject):
            his = s.set.subject == person
            estimate(s, s.ok & ~s.set.neutral & ~his, s, s.ok & his, got)
        line(area, s, got)
        if new:
            n = Seen(new[0], cache, new[1], area)
            got = np.full(len(n.truth), np.nan)
            estimate(s, s.ok & ~s.set.neutral, n, n.ok, got)
            line("  new people, arms elsewhere", n, got)


if __name__ == "__main__":
    main()
