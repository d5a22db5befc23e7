"""Random desk workers for the shoulder study: bodies, arms, poses. Everything follows from a seed.

Stands on posture-gen (its folder is named by POSTURE_GEN): MakeHuman bodies, forward kinematics, exact angles.
"""
import os, sys
import numpy as np

sys.path.insert(0, os.environ["POSTURE_GEN"])
from poses import jitter, merge, solve_neck
from render import HAIRS, IRIS, SKINS
from subject import GARMENTS, HAIR, MP, Subject

SEED = 20261126
# The first bodies have cross-view sessions with reclined and slid-down poses, then one in four has.
WIDE_FIRST = 10
WIDE_EVERY = 4
# Points beside posture-gen's: the notch of the breastbone, the sides of the neck at C7's height, the middle of the trapezius line.
MORE_POINTS = ["notch", "neck_l", "neck_r", "trap_l", "trap_r"]


def is_wide(index):
    return index < WIDE_FIRST or index % WIDE_EVERY == 0


def spec(index):
    """One person, in the form of posture-gen's `subject_specs`."""
    r = np.random.default_rng([SEED, index])
    sex = "mf"[r.integers(2)]
    mix = r.dirichlet([.6, .6, .6])
    a, b = r.choice(len(SKINS), 2, replace=False)
    t = r.random()
    skin = tuple(float(x) for x in np.array(SKINS[a]) * t + np.array(SKINS[b]) * (1 - t))
    either = lambda name, down, up: (f"{name}-{down if r.random() < .5 else up}", float(r.uniform(0, .8)))
    details = [("head/head-scale-horiz-incr", r.uniform(0, .3)), ("head/head-oval", r.uniform(0, .5)),
               either("neck/neck-scale-vert", "decr", "incr"), either("neck/neck-scale-horiz", "decr", "incr"),
               either("torso/torso-scale-horiz", "decr", "incr"), either("torso/torso-vshape", "decr", "incr"),
               ("nose/nose-scale-depth-incr", r.uniform(0, .4)), ("chin/chin-width-incr", r.uniform(0, .4)),
               ("ears/l-ear-wing-incr", .3), ("ears/r-ear-wing-incr", .3)]
    hair = HAIR[r.integers(len(HAIR))] if r.random() < .95 else None
    if sex == "f" and r.random() < .3:
        hair = "hair/long01/long01"
    cloth = lambda: tuple(float(x) for x in np.clip(hsv(r.random(), r.uniform(0, .9), r.uniform(.03, .9)), .01, .95))
    brow = int(r.integers(1, 7))
    return dict(seed=10_000 + index, id=f"r{index:04d}",
                shape=dict(gender=float(np.clip((sex == "m") + r.normal(0, .12), 0, 1)), age=float(r.uniform(.48, .85)), muscle=float(r.uniform(.25, .8)),
                           weight=float(r.uniform(.2, .9)), height=float(r.uniform(.3, .75)), proportions=float(r.uniform(.3, .7)),
                           race=dict(zip(("caucasian", "asian", "african"), map(float, mix)))),
                details=[d for d in details if os.path.exists(f"{MP}/targets/{d[0]}.target.gz")],
                garment=GARMENTS[sex][r.integers(len(GARMENTS[sex]))], hair=hair, hair_rgb=HAIRS[r.integers(len(HAIRS))],
                brow="eyebrows/eyebrow%03d/eyebrow%03d" % (brow, brow), skin=skin, stubble=float(r.uniform(0, .5) * (sex == "m")), iris=IRIS[r.integers(4)],
                shirt=cloth(), shirt2=cloth(), collar=bool(r.random() < .4), loose=float(r.uniform(0, .022) * (r.random() < .6)), scarf=bool(r.random() < .12))


def hsv(h, s, v):
    import colorsys
    return np.array(colorsys.hsv_to_rgb(h, s, v))


class Worker(Subject):
    """A posture-gen subject whose arms are placed independently of the shoulders and whose garment may hang loose."""

    def __init__(self, spec):
        super().__init__(spec)
        self.arms = None
        v, c7, acromion = self.v[:13380], self.v[1496], self.v[8235]
        middle = np.nonzero((abs(v[:, 0]) < .012) & (v[:, 2] > c7[2] + .03) & (v[:, 1] < c7[1] + .02) & (v[:, 1] > c7[1] - .12))[0]
        # The notch lies about level with the joints' clavicle heads.
        self.notch = int(middle[np.argmin(abs(v[middle, 1] - self.J["clavicle.L"][1] - .01))])
        level = np.nonzero((abs(v[:, 1] - c7[1] - .02) < .012) & (v[:, 0] > 0) & (v[:, 0] < .1))[0]
        self.neck_side = int(level[np.argmax(v[level, 0])])
        half = (v[self.neck_side] + acromion) / 2
        self.trapezius = int(np.argmin(np.hypot(v[:, 0] - half[0], (v[:, 2] - half[2]) * 1.5) + .3 * abs(v[:, 1] - half[1]) - (v[:, 1] > half[1]) * .005))
        if spec["loose"]:
            self.gv = self.gv + loosened(self.gv, self.garment.faces, spec)

    def pose(self, p):
        P = super().pose(p)
        if self.arms:
            for s, sg in (("L", 1), ("R", -1)):
                mode, (a, b, c), pole = self.arms[s]
                P.arm_ik(s, self.hand(P, mode, sg) + np.array([sg * a, b, c]), np.array([sg * pole[0], -1., pole[1]]))
            P.solve()
        return P

    def hand(self, P, mode, sg):
        x, y, z = sg * self.hand_x, self.desk_y + .045, self.hand_z
        hip = P.pos("upperleg01.L" if sg > 0 else "upperleg01.R")
        trunk, chest = P.rot("spine01"), P.pos("spine01")
        if mode == "mouse": return np.array([x + sg * .16, y, z])
        if mode == "lap": return np.array([sg * .09, hip[1] + .11, hip[2] + .24])
        if mode == "chin": return self.point(P, self.nose) + np.array([sg * .05, -.21, .03])
        if mode == "crossed": return chest + trunk @ np.array([-sg * .06, -.06, .26])
        if mode == "armrest": return np.array([x + sg * .14, y - .04, z - .12])
        return np.array([x, y, z])

    def truth(self, P):
        pt, angles = super().truth(P)
        from subject import mirror_vertex
        pt["notch"] = self.point(P, self.notch)
        for name, i in (("neck", self.neck_side), ("trap", self.trapezius)):
            pt[name + "_l"], pt[name + "_r"] = self.point(P, i), self.point(P, mirror_vertex(self.v, i))
        return pt, angles


def loosened(v, faces, spec):
    """Offsets that let cloth hang away from the body, unevenly."""
    r = np.random.default_rng(spec["seed"] + 3)
    normal = np.zeros_like(v)
    for f in faces:
        n = np.cross(v[f[1]] - v[f[0]], v[f[2]] - v[f[0]])
        for i in f:
            normal[i] += n
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    wave = sum(np.sin(v @ r.normal(0, 18, 3) + r.uniform(0, 6.3)) for _ in range(5)) / 5
    return normal * (spec["loose"] * (.6 + .8 * wave))[:, None].clip(0)


ARMS, SHARES = ["keyboard", "mouse", "lap", "chin", "crossed", "armrest"], [.34, .16, .16, .12, .10, .12]


def draw_arms(r, calm=False):
    """`calm`: no hands near the face, whose pictures are for the head."""
    shares = np.array(SHARES) * ([1, 1, 1, 0, 1, 1] if calm else 1)
    shares /= shares.sum()
    both = r.choice(ARMS, p=shares)
    # The elbow points outwards and a little back. Farther back, linear-blend skinning would bulge the shoulder.
    one = lambda mode: (mode, tuple(r.normal(0, [.05, .015, .05])), (r.uniform(.1, .9), float(np.clip(r.normal(-.1, .2), -.3, .4))))
    left = one(both)
    right = one(both if both == "crossed" or r.random() < .55 else r.choice(ARMS, p=shares))
    return {"L": left, "R": right}, f"{left[0]}/{right[0]}"


def slid(r, depth):
    """Pelvis forward by `depth` metres, the upper back still against the chair (its support is some .45 m above the seat), face kept up."""
    back = float(np.degrees(np.arcsin(depth / .45)))
    return dict(dz=depth, lean=-back, thoracic=r.uniform(.3, .8) * back, neck=r.uniform(0, .5) * back, pitch=r.uniform(-3, 5))


def wide_poses(sub, hab, r):
    """For the forward-head estimators: what the posture set lacks. (name, parameter, changes)"""
    J = lambda **k: merge(jitter(r), **k)
    both = lambda a, b: a if r.random() < .5 else b
    out = [("neutral", 0, J()), ("neutral", 1, J())]
    depth = r.uniform(.05, .18)
    out.append(("slid", round(100 * depth), J(**slid(r, depth))))
    depth = r.uniform(.08, .20)
    out.append(("slid", round(100 * depth), J(**slid(r, depth))))
    back = r.uniform(6, 22)
    out.append(("recline", round(back), J(lean=-back, _chair=-back)))
    t = r.uniform(10, 26)
    out.append(("fht", round(t), J(neck=solve_neck(sub, hab, t))))
    t = r.uniform(3, 12)
    out.append(("fht", round(t), J(neck=solve_neck(sub, hab, t))))
    t = r.uniform(6, 20)
    out.append(("lean", round(t), J(lean=t)))
    t = r.uniform(8, 28)
    out.append(("protract", round(t), J(protract=t, elevate=r.uniform(-3, 4))))
    t = r.uniform(10, 25)
    out.append(both(("pitch", round(t), J(pitch=t, _desk=1)), ("near", 1, J(dz=r.uniform(-.14, .12)))))
    on = r.random(6) < .6
    out.append(("combo", 0, J(neck=on[0] * r.uniform(0, 34), protract=on[1] * r.uniform(0, 25), thoracic=on[2] * r.uniform(0, 20),
                              lean=on[3] * r.uniform(-14, 14), pitch=on[4] * r.uniform(-5, 20), yaw=on[5] * r.uniform(-18, 18), dz=r.uniform(-.06, .06))))
    return out


def shoulder_poses(sub, hab, r):
    """For the shoulders: two neutrals and six pictures whose protraction is drawn independently of everything else."""
    J = lambda **k: merge(jitter(r, 1.3), **k)
    out = [("neutral", 0, J()), ("neutral", 1, J())]
    for k in range(6):
        t = r.choice([0, 0, r.uniform(-6, 12), r.uniform(6, 28), r.uniform(10, 28), r.uniform(16, 30)])
        on = r.random(7) < [.45, .25, .25, .3, .25, .2, .5]
        out.append(("shoulders", k, J(protract=t, elevate=on[6] * r.normal(0, 2.5), neck=on[0] * r.uniform(0, 30), thoracic=on[1] * r.uniform(0, 18),
                                      lean=on[2] * r.uniform(-12, 16), pitch=on[3] * r.uniform(-6, 24), yaw=on[4] * r.uniform(-24, 24), side=on[5] * r.uniform(-9, 9),
                                      dz=r.uniform(-.08, .08))))
    return out
