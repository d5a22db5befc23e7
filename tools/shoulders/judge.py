"""Angles from what network.py finds, against the truth: on new bodies left out, whose arms betray nothing, and on the posture set.

usage: judge.py points CROPS                      how well could exact points give it?
       judge.py new CROPS FOUND.npz               FOUND by `network.py left`
       judge.py set POSTURE_SET CACHE FOUND.npz   by `network.py look`
       judge.py both POSTURE_SET CACHE FOUND.npz CROPS FOUND.npz

`points` and `both` fit a kernel regression: `points` on the true points of all bodies, each fifth by a fit on the others; `both` on the network's points and change, of all
bodies that the network was not taught but the judged. In the other two "straight" is the network's own change of the angle; the others are
ridge regressions of study.py's features, each body estimated by a fit on the other bodies that the network was not taught.
"""
import csv, sys
import numpy as np

from study import ALL, HEAD, MESH, NOT_A_SLOUCH, SHOULDERS, Set, estimate, features, figures

NOISE = (0, 1, 2, 3)  # pixels of 640 x 480
SEEN = ["acromion_r", "acromion_l", "c7", "tragus_r", "tragus_l", "eye_r", "eye_l", "nose"]
MORE = ["notch", "neck_r", "neck_l", "trap_r", "trap_l"]
WITHIN = ["gh_l", "gh_r", "elbow_l", "elbow_r"]
GROUPS, TEACHING = 5, 2600  # of the people; pairs that one fit takes


class Crops(Set):
    """The left-out bodies of render_crops.py in the form of the posture set; head and shoulders as the network places them."""

    def __init__(self, folder, found):
        rows = {r["file"]: r for name in folder.split(",") for r in csv.DictReader(open(f"{name}/labels.csv"))}
        self.rows = [rows[f] for f in found["files"]]
        text = lambda k: np.array([r[k] for r in self.rows])
        self.file, self.subject, self.view, self.session, self.pose = map(text, ("file", "subject", "view", "session", "pose"))
        self.neutral = self.pose == "neutral"
        self.see({k: found["mean_points"][:, i] for i, k in enumerate(found["names"])})

    def see(self, p):
        eyes, ears = (p["eye_l"] + p["eye_r"]) / 2, (p["tragus_l"] + p["tragus_r"]) / 2
        across = lambda k: np.hypot(*(p[k + "_l"] - p[k + "_r"]).T)
        face = (eyes + p["nose"]) / 2
        # A turned head shows its ears and eyes nearer to each other.
        size = np.sqrt(across("tragus") ** 2 + (face - ears)[:, 0] ** 2) / 2
        self.face = np.stack([face[:, 0], face[:, 1], size, (ears - face)[:, 1] / size], 1)
        self.joints = np.full((len(self.rows), 33, 2), np.nan)
        for i, k in ((2, "eye_l"), (5, "eye_r"), (7, "tragus_l"), (8, "tragus_r"), (11, "acromion_l"), (12, "acromion_r")):
            self.joints[:, i] = p[k]

    def point(self, name):
        """In pixels of the 640 x 480 picture."""
        scale, corner = self.number("scale")[:, None], np.stack([self.number("corner_u"), self.number("corner_v")], 1)
        return super().point(name) / scale + corner


def placing(d, found):
    print("point: off by, and within a session (one standard deviation) across and down, in pixels of 640 x 480")
    for i, name in enumerate(found["names"]):
        if f"{name}_u" not in d.rows[0]:
            continue  # the posture set has no notch, neck and trapezius
        error = found["mean_points"][:, i] - d.point(name)
        rest = error.copy()
        for s in np.unique(d.session):
            rest[d.session == s] -= np.nanmean(error[d.session == s], 0)
        print(f"  {name:12s} {np.nanmean(np.hypot(*error.T)):5.1f}  {np.nanstd(rest[:, 0]):5.1f} {np.nanstd(rest[:, 1]):5.1f}")


def line(d, name, draws, truth, limit, none):
    all_, top, laptop, caught, pictures, yes, no = np.mean([figures(d, g, truth, limit, none) for g in draws], 0)
    print(f"{name:56s} error {all_:.2f} (top {top:.2f}, laptop {laptop:.2f})  found {caught:.2f} of {yes:.0f}, {no:.0f} that are none; {pictures:.0f} pictures", flush=True)


def judge(d, found, change, points, none, none_head):
    placing(d, found)
    shoulders, head = d.change(d.number("protraction")), d.change(d.number("fha"))
    true = lambda sigma, r: features(d, [d.point(k) + r.normal(0, 1, (len(d.rows), 2)) * sigma for k in ("acromion_l", "acromion_r", "c7")])
    seen = features(d, [points[k] for k in ("acromion_l", "acromion_r", "c7")])
    # `estimate` takes changes against the neutral, whose own is next to nothing.
    seen["straight"], seen["straight_head"] = change[:, 0], change[:, 1]
    for angle, truth, column, limit, wanted, not_these, extra in (("rounded shoulders", shoulders, 0, SHOULDERS, ALL, none, "straight"), ("forward head", head, 1, HEAD, MESH + ["c7"], none_head, "straight_head")):
        one = lambda name, draws: line(d, name, draws, truth, limit, not_these)
        one(f"{angle}: no change", [np.where(d.neutral, 0., np.random.default_rng(0).normal(0, 1e-6, len(truth)))])
        one("  head and joints alone", [estimate(d, seen, MESH, truth)])
        for sigma in NOISE:
            one(f"  true points, noise {sigma} pixels", [estimate(d, true(sigma, np.random.default_rng(k)), wanted, truth) for k in range(4 if sigma else 1)])
        one("  the network's points", [estimate(d, seen, wanted, truth)])
        one("  the network's change, straight", [np.where(np.isfinite(seen["h"]), change[:, column], np.nan)])
        one("  head, joints and the network's change", [estimate(d, seen, MESH + [extra], truth)])
        one("  points and the network's change", [estimate(d, seen, wanted + [extra], truth)])


def pairs(d, points, truth):
    """Changes between two pictures of a body, of the points (in widths of the shoulders) and of the angle; and which are against the neutrals."""
    x, y, body, judged = [], [], [], []
    for b in np.unique(d.subject):
        his = np.nonzero(d.subject == b)[0]
        neutrals = his[d.neutral[his]]
        for start in [neutrals] + [his[[k]] for k in range(len(his)) if not d.neutral[his[k]]]:
            neutral = points[start].mean(0)
            middle, width = neutral[:2].mean(0), np.hypot(*(neutral[0] - neutral[1]))
            for i in np.setdiff1d(his, start):
                x.append(np.concatenate([(points[i] - neutral).ravel() / width, (neutral - middle).ravel() / width, (middle - [320, 240]) / 300]))
                y.append(truth[i] - truth[start].mean()); body.append(b); judged.append(len(start) == 2)
    return map(np.array, (x, y, body, judged))


def kernel(a, b):
    return np.exp(-((a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T) / 12.5) + .05 * a @ b.T


def described(d, found):
    """Changes against the neutral, of points in widths of the shoulders and as the network tells them; and how the neutral looks."""
    names = list(found["names"])
    at = {k: found["mean_points"][:, i] for i, k in enumerate(names)}
    # The arm's end lies anywhere on the arm: only its direction tells something.
    way = np.stack([at["arm_" + s] - at["gh_" + s] for s in "lr"], 1)
    way /= np.linalg.norm(way, axis=2, keepdims=True) + 1e-6
    points = np.stack([at[k] for k in names if not k.startswith("arm")], 1)
    neutral = d.neutrals(points)
    width = np.linalg.norm(neutral[:, 0] - neutral[:, 1], axis=1)[:, None, None]
    middle = neutral[:, :2].mean(1, keepdims=True)
    flat = lambda *parts: np.concatenate([p.reshape(len(points), -1) for p in parts], 1)
    changes = flat((points - neutral) / width, d.change(way) / 4, found["change"] / 100)
    return changes, flat((neutral - middle) / width, d.neutrals(way) / 4, (middle - [320, 240]) / 300)


def regress(x, y, teach, asked, changes, ridge):
    """`changes`: how many columns, the first, are changes."""
    z = (x - x[teach].mean(0)) / (x[teach].std(0) + 1e-6) / np.sqrt(changes)
    z[:, changes:] *= .35  # Our choice: bodies weigh less than changes
    return kernel(z[asked], z[teach]) @ np.linalg.solve(kernel(z[teach], z[teach]) + ridge * np.eye(len(teach)), y[teach])


def exact(folder):
    rows = [r for name in folder.split(",") for r in csv.DictReader(open(f"{name}/labels.csv"))]
    d = Crops(folder, dict(files=[r["file"] for r in rows], names=SEEN, mean_points=np.ones((len(rows), len(SEEN), 2)).cumsum(1)))
    truth = d.number("protraction")
    for name, wanted in (("acromia, C7, head", SEEN), ("and notch, neck, trapezius", SEEN + MORE), ("and joint centres, elbows", SEEN + MORE + WITHIN)):
        points = np.stack([d.point(k) for k in wanted], 1)
        for sigma in NOISE:
            x, y, body, judged = pairs(d, points + np.random.default_rng(3).normal(0, 1, points.shape) * sigma, truth)
            who, group = np.unique(body, return_inverse=True)
            group = (np.random.default_rng(0).permutation(len(who)) % GROUPS)[group]
            changes, got = 2 * len(wanted), np.full(len(y), np.nan)
            for g in range(GROUPS):
                teach, asked = np.random.default_rng(g).permutation(np.nonzero(group != g)[0])[:TEACHING], np.nonzero((group == g) & judged)[0]
                got[asked] = regress(x, y, teach, asked, changes, 3e-4 * (1 + 20 * sigma))
            y, got = y[judged], got[judged]
            yes, none = y >= SHOULDERS, np.sort(got[y < SHOULDERS / 2])[::-1]
            print(f"{name:28s} noise {sigma}: error {np.abs(got - y).mean():.2f} (no change {np.abs(y).mean():.2f})  found {(got[yes] > none[int(.03 * len(none))]).mean():.2f} of {yes.sum()}; {len(y)} pictures of {len(who)}", flush=True)


def both(folder, cache, of_set, crops, of_new):
    old, new = dict(np.load(of_set)), dict(np.load(of_new))
    sets = [(Set(folder, cache), old, NOT_A_SLOUCH + ("fht",)), (Crops(crops, new), new, ("shoulders",))]
    parts = [described(d, found) for d, found, _ in sets]
    x, changes = np.concatenate([np.concatenate(p, 1) for p in parts]), parts[0][0].shape[1]
    told = range(changes - 4, changes)  # as the network tells them
    whose = np.concatenate([np.full(len(d.file), i) for i, (d, _, _) in enumerate(sets)])
    body, neutral = (np.concatenate([getattr(d, k) for d, _, _ in sets]) for k in ("subject", "neutral"))
    for angle, limit in (("protraction", SHOULDERS), ("fha", HEAD)):
        y = np.concatenate([d.change(d.number(angle)) for d, _, _ in sets])
        for name, columns in (("points", np.setdiff1d(range(x.shape[1]), told)), ("change", told), ("points and change", range(x.shape[1]))):
            for teachers, other in (("its own kind", False), ("both kinds", True)):
                for i, (d, _, none) in enumerate(sets):
                    got = np.full(len(y), np.nan)
                    who = np.unique(body[whose == i])
                    for group in np.array_split(np.random.default_rng(0).permutation(who), 18 if i == 0 else 10):
                        asked = np.nonzero(np.isin(body, group))[0]
                        teach = np.nonzero(((whose == i) | other) & ~np.isin(body, group) & ~neutral)[0]
                        got[asked] = regress(x[:, list(columns)], y, teach, asked, sum(c < changes for c in columns), .1)
                    line(d, f"{angle}, {name}, taught {teachers}: {['set', 'new'][i]}", [got[whose == i]], y[whose == i], limit, none)


def main():
    what, *rest = sys.argv[1:]
    if what == "points":
        return exact(*rest)
    if what == "both":
        return both(*rest)
    found = dict(np.load(rest[-1]))
    if what == "new":
        d = Crops(rest[0], found)
        judge(d, found, found["change"], {k: found["mean_points"][:, i] for i, k in enumerate(found["names"])}, ("shoulders",), ("shoulders",))
        return
    d = Set(rest[0], rest[1])
    at = {f: i for i, f in enumerate(found["files"])}
    which = np.array([at.get(f, -1) for f in d.file])
    whole = lambda x: np.where((which < 0).reshape(-1, *[1] * (x.ndim - 1)), np.nan, x[which])
    found["mean_points"] = whole(found["mean_points"])
    judge(d, found, whole(found["change"]), {k: found["mean_points"][:, i] for i, k in enumerate(found["names"])}, NOT_A_SLOUCH + ("fht",), NOT_A_SLOUCH)


if __name__ == "__main__":
    main()
