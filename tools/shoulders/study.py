"""How exactly must a network place acromia and C7 for rounded shoulders to be measured from in front?

usage: study.py POSTURE_SET CACHE [POINTS.npz]

CACHE is the folder where `cargo run -p train -- POSTURE_SET` keeps joints and face meshes (`target`). Without POINTS the true points are
taken, spoilt by noise. POINTS are those that points.py found. Each person is estimated by a fit on the others.
"""
import csv, json, os, sys
import numpy as np

NOT_A_SLOUCH = ("pitch", "yaw", "roll", "side", "near", "far", "campitch")
FACING_CROPS = 8  # as Sitwell merges them for a person who faces the camera
DRAWS = 8  # of the noise
SHOULDERS, HEAD = 12.0, 10.0  # degrees from which on a change is to be found


class Set:
    def __init__(self, folder, cache):
        rows = list(csv.DictReader(open(f"{folder}/labels.csv")))
        self.rows = [r for r in rows if r["view"].startswith("front")]
        text = lambda k: np.array([r[k] for r in self.rows])
        self.file, self.subject, self.view, self.session, self.pose = map(text, ("file", "subject", "view", "session", "pose"))
        self.neutral = self.pose == "neutral"
        crops, faces = (json.load(open(f"{cache}/{os.path.basename(os.path.abspath(folder))}-full-{k}.json")) for k in ("crops", "faces"))
        self.joints, self.face = np.full((len(self.rows), 33, 2), np.nan), np.full((len(self.rows), 4), np.nan)
        for i, f in enumerate(self.file):
            found = [np.array(c)[:33, :2] for c in crops[f][:FACING_CROPS] if c]
            if found: self.joints[i] = np.mean(found, 0) * 480
            if faces.get(f): self.face[i] = faces[f][:4]
        self.face[:, :3] *= 480  # x, y, size in pixels, pitch in radians

    def number(self, name):
        return np.array([float(r[name]) for r in self.rows])

    def point(self, name):
        return np.stack([self.number(name + "_u"), self.number(name + "_v")], 1)

    def neutrals(self, x):
        """Each picture's neutral: the mean over its session's."""
        out = np.full_like(x, np.nan)
        for s in np.unique(self.session):
            m = self.session == s
            out[m] = np.nanmean(x[m & self.neutral], axis=0)
        return out

    def change(self, x):
        return x - self.neutrals(x)


def features(d, points):
    """Sizes and heights relative to the head as the mesh has it, as logarithms or in head sizes."""
    left, right, c7 = points
    shoulders, across = (d.joints[:, 11] + d.joints[:, 12]) / 2, np.hypot(*(d.joints[:, 11] - d.joints[:, 12]).T)
    middle, y, s = (left + right) / 2, d.face[:, 1], d.face[:, 2]
    height = lambda p: np.log(np.maximum(p[:, 1] - y, 1) / s)
    return dict(h=height(shoulders), r=np.log(s / across), pitch=d.face[:, 3] * 57.3 / 20, lsw=np.log(across), width=np.log(np.hypot(*(left - right).T) / s),
                c7_acromion=(c7[:, 1] - middle[:, 1]) / s, c7=(c7[:, 1] - y) / s, acromion=height(middle), joint=(shoulders - middle)[:, 1] / s, place=middle[:, 1] / 480)


MESH = ["h", "r", "pitch", "lsw"]
ACROMIA = MESH + ["width", "acromion", "joint", "place"]
ALL = ACROMIA + ["c7_acromion", "c7"]


def fit(x, e, y):
    """Ridge regression on changes, their products, and their products with the neutral's own measures."""
    scale = np.maximum(1.4826 * np.median(np.abs(x), 0), .5 * x.std(0)) + 1e-9
    em, es = e.mean(0), e.std(0) + 1e-9

    def terms(x, e):
        x, e = np.clip(x / scale, -4, 4), np.clip((e - em) / es, -2.6, 2.6)
        linear = [x] + [x * e[:, [k]] / 2 for k in range(e.shape[1])]
        i, j = np.triu_indices(x.shape[1])
        return np.concatenate(linear + [x[:, i] * x[:, j] / 2], 1), sum(a.shape[1] for a in linear)

    a, linear = terms(x, e)
    # Our choice, that of the angle study: products are held thirty times as tightly.
    penalty = np.where(np.arange(a.shape[1]) < linear, 3., 100.) * len(y) / 600
    w = np.linalg.solve(a.T @ a + np.diag(penalty), a.T @ y)
    return lambda x, e: terms(x, e)[0] @ w


def estimate(d, f, names, truth):
    x = d.change(np.stack([f[k] for k in names], 1))
    drop = ((d.joints[:, 2] + d.joints[:, 5]) - (d.joints[:, 7] + d.joints[:, 8]))[:, 1] / 2 / d.face[:, 2]
    e = np.stack([d.neutrals(drop), d.neutrals(f["pitch"])], 1)
    ok = np.isfinite(x).all(1) & np.isfinite(e).all(1)
    out = np.full(len(truth), np.nan)
    for s in np.unique(d.subject):
        train, test = ok & ~d.neutral & (d.subject != s), ok & (d.subject == s)
        out[test] = fit(x[train], e[train], truth[train])(x[test], e[test])
    return out


def figures(d, got, truth, limit, not_these):
    """Mean absolute errors of all, top and laptop; the share found of changes of `limit` and more, where 3 % of what is none is called one."""
    m = ~d.neutral & np.isfinite(got)
    error = np.abs(got - truth)
    yes, no = m & (truth >= limit), m & np.isin(d.pose, not_these) & (truth < limit / 2)
    at = np.sort(got[no])[::-1][int(.03 * no.sum())]
    return [error[m].mean()] + [error[m & (d.view == v)].mean() for v in ("front_top", "front_laptop")] + [(got[yes] > at).mean(), m.sum(), yes.sum(), no.sum()]


def table(d, name, draws, names, truth, limit, not_these):
    """One line: the mean over the draws of the points' noise."""
    all_, top, laptop, found, pictures, yes, no = np.mean([figures(d, estimate(d, f, names, truth), truth, limit, not_these) for f in draws], 0)
    print(f"{name:40s} error {all_:.2f} (top {top:.2f}, laptop {laptop:.2f})  found {found:.2f} of {yes:.0f}, {no:.0f} that are none; {pictures:.0f} pictures", flush=True)


def main():
    d = Set(*sys.argv[1:3])
    shoulders, head = d.change(d.number("protraction")), d.change(d.number("fha"))
    true = [d.point(k) for k in ("acromion_l", "acromion_r", "c7")]
    protracted = lambda name, draws, names: table(d, name, draws, names, shoulders, SHOULDERS, NOT_A_SLOUCH + ("fht",))
    forward = lambda name, draws, names: table(d, name, draws, names, head, HEAD, NOT_A_SLOUCH)
    m = ~d.neutral
    print(f"no change: {np.abs(shoulders[m]).mean():.2f} (top {np.abs(shoulders[m & (d.view == 'front_top')]).mean():.2f}, laptop {np.abs(shoulders[m & (d.view == 'front_laptop')]).mean():.2f})")
    trials = []
    if len(sys.argv) > 3:
        found = np.load(sys.argv[3])
        at = {f: i for i, f in enumerate(found["files"])}
        which = [at[f] for f in d.file]
        trials.append(("found", [features(d, [found[k][which] for k in ("acromion_l", "acromion_r", "c7")])]))
    else:
        for sigma in (0, 1, 2, 3, 4):
            r = np.random.default_rng(sigma)
            spoilt = lambda: features(d, [p + r.normal(0, 1, p.shape) * sigma for p in true])
            trials.append((f"true, noise {sigma} pixels", [spoilt() for _ in range(DRAWS if sigma else 1)]))
    plain = [features(d, true)]
    protracted("rounded shoulders: mesh and joints", plain, MESH)
    for name, draws in trials:
        protracted(f"  acromia and C7 {name}", draws, ALL)
        protracted(f"  acromia {name}", draws, ACROMIA)
    forward("forward head: mesh and joints", plain, MESH)
    for name, draws in trials:
        forward(f"  C7 {name}", draws, MESH + ["c7"])


if __name__ == "__main__":
    main()
