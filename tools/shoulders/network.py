"""Trains a small network that places acromia and C7 in a crop, and tells how two crops of one person differ in protraction.

usage: network.py train CROPS NAME MINUTES [SHARE]     writes NAME.npz (weights) and NAME.left.npz (what it finds on bodies left out)
       network.py look SET CACHE NAME OUT.npz [GREY]   what it finds on the posture set's front pictures
       network.py left CROPS NAME OUT.npz [GREY]       the same on the bodies left out

GREY: the number of rows below the shoulder joints from which on the input is grey.

CROPS is a folder of `render_crops.py`; bodies that it gains meanwhile are taught too. SHARE of the bodies teach (1). Every sixth pair of bodies
is left out. CACHE as in study.py. It needs numpy, pillow and tensorflow-cpu; one thread. `judge.py` makes angles of what it finds.
"""
import csv, os, sys, time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from PIL import Image

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)

HIGH, WIDE = 112, 128  # pixels of the input
# The shoulder joints' middle and distance in it.
MIDDLE, ACROSS = np.array([64., 72.]), 80.
STRIDE = 4  # of the maps that place the points
POINTS = ["acromion_r", "acromion_l", "c7", "notch", "neck_r", "neck_l", "trap_r", "trap_l", "tragus_r", "tragus_l", "eye_r", "eye_l", "nose"]
MIRRORED = [1, 0, 2, 3, 5, 4, 7, 6, 9, 8, 11, 10, 12]
# Degrees of one picture, and of the change between two; in tens of degrees within the network.
ANGLES = ["protraction", "fha", "trunk_lean", "head_pitch"]
BODIES, PICTURES = 6, 4  # of one step
EMBEDDING = 48


def left_out(index):
    return index // 2 % 6 == 0  # both cameras, which change from body to body


# ---- pictures

class Crops:
    """What render_crops.py wrote: pictures, and what they show, in pixels of the crop and of the 640 x 480 picture."""

    def __init__(self, folder):
        self.folder, self.rows, self.images, self.bodies = folder, [], [], {}
        self.more()

    def more(self):
        for row in list(csv.DictReader(open(f"{self.folder}/labels.csv")))[len(self.rows):]:
            if not row[list(row)[-1]]:
                break  # is being written
            self.bodies.setdefault(int(row["subject"][1:]), []).append(len(self.rows))
            self.rows.append(row)
            self.images.append(Image.open(f"{self.folder}/{row['file']}").convert("RGB"))
        number = lambda *names: np.array([[float(r[n]) for n in names] for r in self.rows])
        self.points = np.stack([number(p + "_u", p + "_v") for p in POINTS], 1)
        self.joints = np.stack([number(p + "_u", p + "_v") for p in ("gh_r", "gh_l")], 1)
        self.angles, self.scale, self.corner = number(*ANGLES), number("scale")[:, 0], number("corner_u", "corner_v")


def cut(image, joints, r=None, flip=False):
    """The network's input about the joints (`r`: moved, scaled and turned at random). Returns it and the map from its pixels to the image's."""
    left = joints.mean(0)
    size, turn = np.hypot(*(joints[1] - joints[0])) / ACROSS, 0.
    if r is not None:
        left = left + r.normal(0, [4., 3.]) * size
        size, turn = size * np.exp(r.normal(0, .06)), r.normal(0, .05)
    c, s = np.cos(turn) * size, np.sin(turn) * size
    a = np.array([[c, -s], [s, c]]) @ np.diag([-1. if flip else 1., 1.])
    b = left - a @ MIDDLE
    x = image.transform((WIDE, HIGH), Image.AFFINE, (a[0, 0], a[0, 1], b[0], a[1, 0], a[1, 1], b[1]), Image.BILINEAR)
    return x, a, b


def spoil(x, r, look, arms):
    """Light, camera and what stands before the body. `look`: what one session's pictures share. `arms`: the row from which on they may be hidden."""
    from io import BytesIO
    if r.random() < .3:
        size = r.uniform(.4, 1)
        x = x.resize((int(WIDE * size), int(HIGH * size)), Image.BILINEAR).resize((WIDE, HIGH), Image.BILINEAR)
    if r.random() < .3:
        f = BytesIO(); x.save(f, "JPEG", quality=int(r.integers(25, 80))); x = Image.open(f)
    x = np.asarray(x, np.float32) / 255
    gamma, gain, order, shade = look
    x = (x[..., order] ** (gamma * np.exp(r.normal(0, .1)))) * (gain * np.exp(r.normal(0, .06, 3)))
    if shade is not None:
        x = x * shade
    for _ in range(r.integers(0, 3)):  # hands, cups, hair
        y0, x0 = r.integers(0, HIGH), r.integers(0, WIDE)
        x[y0:y0 + r.integers(6, 36), x0:x0 + r.integers(6, 30)] = r.random(3)
    if r.random() < .4:
        x[int(arms + r.integers(4, 30)):] = r.random(3)
    return np.clip(x + np.float32(r.uniform(0, .05)) * r.standard_normal(x.shape, np.float32), 0, 1).astype(np.float32)


def session_look(r):
    shade = None
    if r.random() < .4:
        shade = 1 - r.uniform(0, .7) * np.linspace(0, 1, WIDE)[None, ::r.choice([-1, 1]), None]
    return np.exp(r.normal(0, .3)), np.exp(r.normal(0, .15)) * np.exp(r.normal(0, .15, 3)), r.permutation(3) if r.random() < .5 else np.arange(3), shade


def batch(crops, bodies, r):
    """BODIES groups of PICTURES: inputs, points in them, maps to the 640 x 480 picture, angles."""
    xs, ts, turns, shifts, angles = [], [], [], [], []
    for body in r.choice(bodies, BODIES, replace=False):
        look, flip = session_look(r), r.random() < .5
        for i in r.choice(crops.bodies[body], PICTURES, replace=False):
            x, a, b = cut(crops.images[i], crops.joints[i], r, flip)
            t = (crops.points[i] - b) @ np.linalg.inv(a).T
            xs.append(spoil(x, r, look, MIDDLE[1]))
            ts.append(t[MIRRORED] if flip else t)
            mirror = np.diag([-1. if flip else 1., 1.])
            turns.append(mirror @ a / crops.scale[i])
            shifts.append(mirror @ (b / crops.scale[i] + crops.corner[i]) + [640. if flip else 0., 0.])
            angles.append(crops.angles[i])
    return [np.array(v, np.float32) for v in (xs, ts, turns, shifts, angles)]


# ---- network

# name, rows and columns of the filter, channels in and out, stride
LAYERS = [("a1", 3, 3, 16, 2), ("b1", 3, 16, 24, 2), ("b2", 3, 24, 32, 1), ("c1", 3, 32, 48, 2), ("c2", 3, 48, 48, 1), ("c3", 3, 48, 48, 1),
          ("d1", 3, 48, 64, 2), ("d2", 3, 64, 64, 1), ("d3", 3, 64, 64, 1), ("up_d", 1, 64, 48, 1), ("up_c", 3, 48, 32, 1), ("up_b", 3, 32, 32, 1), ("maps", 1, 32, len(POINTS), 1)]
DENSE = [("e1", 7 * 8 * 64, EMBEDDING), ("e2", EMBEDDING + 2 * len(POINTS), EMBEDDING), ("one", EMBEDDING, len(ANGLES)),
         ("p1", 2 * EMBEDDING + 4 * len(POINTS), 64), ("p2", 64, 64), ("pair", 64, len(ANGLES))]


def fresh(seed=0):
    r, w = np.random.default_rng(seed), {}
    for name, n, i, o, _ in LAYERS:
        w[name], w[name + "_b"] = r.normal(0, np.sqrt(2 / (n * n * i)), (n, n, i, o)), np.zeros(o)
    for name, i, o in DENSE:
        w[name], w[name + "_b"] = r.normal(0, np.sqrt((1 if name in ("one", "pair") else 2) / i), (i, o)), np.zeros(o)
    for second in ("c3", "d3", "pair", "maps"):
        w[second] *= .1
    return {k: tf.Variable(v.astype(np.float32)) for k, v in w.items()}


def multiplications():
    size, total = {"a": 4, "b": 16, "c": 64, "d": 256}, 0
    for name, n, i, o, _ in LAYERS:
        reduced = size[name[0]] if name[0] in size else {"up_d": 256, "up_c": 64, "up_b": 16, "maps": 16}[name]
        total += n * n * i * o * HIGH * WIDE // reduced
    return total + sum(i * o for _, i, o in DENSE)


def single(w, x):
    """Points in pixels of the input, their maps, and what else the picture shows as an embedding."""
    stride = {name: s for name, *_, s in LAYERS}
    conv = lambda name, x: tf.nn.conv2d(x, w[name], stride[name], "SAME") + w[name + "_b"]
    relu, up = tf.nn.relu, lambda x: tf.repeat(tf.repeat(x, 2, 1), 2, 2)
    b = relu(conv("b2", relu(conv("b1", relu(conv("a1", x - .5))))))
    c = relu(conv("c1", b)); c = relu(c + conv("c3", relu(conv("c2", c))))
    d = relu(conv("d1", c)); d = relu(d + conv("d3", relu(conv("d2", d))))
    y = relu(conv("up_c", c + up(relu(conv("up_d", d)))))
    maps = conv("maps", relu(conv("up_b", b + up(y))))
    rows, columns = maps.shape[1:3]
    p = tf.reshape(tf.nn.softmax(tf.reshape(maps, (-1, rows * columns, len(POINTS))), 1), (-1, rows, columns, len(POINTS)))
    at = lambda n: (np.arange(n, dtype=np.float32) + .5) * STRIDE
    points = tf.stack([tf.einsum("bijk,j->bk", p, at(columns)), tf.einsum("bijk,i->bk", p, at(rows))], -1)
    dense = lambda name, x: x @ w[name] + w[name + "_b"]
    e = relu(dense("e1", tf.reshape(d, (-1, 7 * 8 * 64))))
    e = dense("e2", tf.concat([e, tf.reshape(tf.stop_gradient(points) / 32 - [2, 1.75], (-1, 2 * len(POINTS)))], 1))
    return points, p, e, dense("one", relu(e))


def pair(w, e, places, e0, places0):
    """The change of the angles. `places`: points in the picture, less the acromia's middle, in hundreds of its pixels."""
    dense = lambda name, x: x @ w[name] + w[name + "_b"]
    h = tf.nn.relu(dense("p1", tf.concat([e - e0, e0, (places - places0) * 4, places0], 1)))
    return dense("pair", tf.nn.relu(dense("p2", h)))


def placed(points, turns, shifts):
    return tf.einsum("bij,bkj->bki", turns, points) + shifts[:, None]


def relative(points):
    return tf.reshape((points - (points[:, :1] + points[:, 1:2]) / 2) / 100, (-1, 2 * len(POINTS)))


def loss(w, x, t, turns, shifts, angles):
    points, p, e, one = single(w, x)
    inside = tf.cast(tf.reduce_all((t > 1) & (t < [WIDE - 1., HIGH - 1.]), -1), tf.float32)
    off = tf.abs(points - t)
    huber = tf.reduce_sum(tf.where(off < 1, .5 * off ** 2, off - .5), -1)
    at = [(np.arange(n, dtype=np.float32) + .5) * STRIDE for n in p.shape[1:3]]
    goal = tf.exp(-((at[1][None, None, :, None] - t[:, None, None, :, 0]) ** 2 + (at[0][None, :, None, None] - t[:, None, None, :, 1]) ** 2) / (2 * 4. ** 2))
    goal /= tf.reduce_sum(goal, (1, 2), keepdims=True) + 1e-6
    entropy = -tf.reduce_sum(goal * tf.math.log(p + 1e-7), (1, 2))
    where = tf.reduce_sum(inside * (tf.minimum(huber, 20.) + .3 * entropy)) / tf.reduce_sum(inside)
    i, j = zip(*[(g * PICTURES + a, g * PICTURES + b) for g in range(BODIES) for a in range(PICTURES) for b in range(PICTURES) if a != b])
    places = relative(placed(tf.stop_gradient(points), turns, shifts))
    change = pair(w, *(tf.gather(v, k) for k in (i, j) for v in (e, places)))
    wrong = (change - (tf.gather(angles, i) - tf.gather(angles, j)) / 10) * [1., .5, .5, .3]
    alone = (one - (angles - [20., 30., 0., 0.]) / 10) * [1., .5, .5, .3]
    h = lambda x: tf.reduce_mean(tf.reduce_sum(tf.where(tf.abs(x) < .5, x ** 2, tf.abs(x) - .25), 1))
    return where + 4 * h(wrong) + h(alone), where, h(wrong[:, :1])


def train(folder, name, minutes, share=1.):
    crops, w, r = Crops(folder), fresh(), np.random.default_rng(1)
    print(f"{multiplications() / 1e6:.0f} million multiplications, {sum(v.numpy().size for v in w.values())} weights", flush=True)
    teachers = lambda: [b for b, pictures in crops.bodies.items() if len(pictures) == 8 and not left_out(b) and b // 2 % 100 < 100 * share]
    names, first, second = list(w), {k: tf.Variable(tf.zeros_like(v)) for k, v in w.items()}, {k: tf.Variable(tf.zeros_like(v)) for k, v in w.items()}

    @tf.function
    def step(x, t, turns, shifts, angles, rate, n):
        with tf.GradientTape() as tape:
            total, where, wrong = loss(w, x, t, turns, shifts, angles)
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, [w[k] for k in names]), 20.)
        for k, g in zip(names, gradients):  # AdamW
            first[k].assign(.9 * first[k] + .1 * g)
            second[k].assign(.995 * second[k] + .005 * g * g)
            w[k].assign_sub(rate * (first[k] / (1 - .9 ** n) / (tf.sqrt(second[k] / (1 - .995 ** n)) + 1e-7) + (.02 * w[k] if k in ("e1", "p1", "p2") else 0.)))
        return where, wrong

    start = shown = time.time()
    run, n, samples = np.zeros(2), 0, 0
    while (part := (time.time() - start) / 60 / minutes) < 1:
        n += 1
        rate = 2e-3 * min(1, n / 100) * (.5 + .5 * np.cos(np.pi * part)) + 1e-5
        values = np.array(step(*batch(crops, teachers(), r), np.float32(rate), np.float32(n)), float)
        run, samples = (values if n == 1 else .98 * run + .02 * values), samples + BODIES * PICTURES
        if time.time() - shown > 60:
            crops.more()
            shown = time.time()
            print(f"{(shown - start) / 60:.0f} min, step {n}, {time.process_time():.0f} CPU-seconds, {len(teachers())} bodies: points {run[0]:.2f}, change {run[1]:.3f}", flush=True)
            np.savez(name, **{k: v.numpy() for k, v in w.items()})
    np.savez(name, **{k: v.numpy() for k, v in w.items()})
    print(f"{n} steps, {samples} pictures seen, {len(teachers())} bodies, {time.process_time():.0f} CPU-seconds", flush=True)


# ---- what it finds

def found(w, files, images, joints, to_picture, grey, out):
    """Points in pixels of the 640 x 480 picture, and embeddings; each the mean of the input and its mirror image."""
    w = {k: tf.constant(v) for k, v in w.items()}
    run = tf.function(lambda x: single(w, x))
    result = {k: [] for k in ("points", "embedding", "one")}
    for flips in (False, True):
        at, es, ones = [], [], []
        for i in range(0, len(files), 16):
            part = range(i, min(i + 16, len(files)))
            made = [cut(images[k], joints[k], None, flips) for k in part]
            x = np.stack([np.asarray(m[0], np.float32) / 255 for m in made])
            if grey: x[:, int(MIDDLE[1] + grey):] = .5
            points, _, e, one = (v.numpy() for v in run(x))
            for k, (_, a, b), p in zip(part, made, points):
                scale, corner = to_picture[k]
                p = (p @ a.T + b) / scale + corner
                at.append((p * [-1, 1] + [640, 0]) if flips else p)
            es.append(e); ones.append(one)
        result["points"].append(at); result["embedding"].append(np.concatenate(es)); result["one"].append(np.concatenate(ones))
    # Of the mirror image everything stays mirrored, for `pair`.
    result = {k: np.array(v, np.float32) for k, v in result.items()}
    np.savez(out, files=files, names=POINTS, **result)
    return result


def changes(w, result, neutral):
    """The change of the angles against each picture's neutral (the mean of its session's): degrees, the mean over both sides."""
    sides = []
    for side in (0, 1):
        e, places = result["embedding"][side], relative(tf.constant(result["points"][side])).numpy()
        mean = lambda x: np.stack([x[m].mean(0) for m in neutral])
        sides.append(10 * pair({k: tf.constant(v) for k, v in w.items()}, e, places, mean(e), mean(places)).numpy())
    return np.mean(sides, 0)


def finish(w, files, result, sessions, neutrals, out, grey):
    neutral = [np.nonzero((sessions == s) & neutrals)[0] for s in sessions]
    stored = dict(np.load(out))
    both = result["points"][1] * [-1, 1] + [640, 0]
    np.savez(out, **stored, change=changes(w, result, neutral), mean_points=(result["points"][0] + both[:, MIRRORED]) / 2)


def left(folder, name, out, grey=0):
    crops, w = Crops(folder), dict(np.load(name + ".npz"))
    which = [i for b, pictures in sorted(crops.bodies.items()) if left_out(b) and len(pictures) == 8 for i in pictures]
    files = [crops.rows[i]["file"] for i in which]
    result = found(w, files, [crops.images[i] for i in which], crops.joints[which], [(crops.scale[i], crops.corner[i]) for i in which], grey, out)
    finish(w, files, result, np.array([crops.rows[i]["session"] for i in which]), np.array([crops.rows[i]["pose"] == "neutral" for i in which]), out, grey)


def look(folder, cache, name, out, grey=0):
    from study import Set
    d, w = Set(folder, cache), dict(np.load(name + ".npz"))
    ok = np.nonzero(np.isfinite(d.joints[:, 11:13]).all((1, 2)))[0]
    files = d.file[ok]
    images = [Image.open(f"{folder}/pictures/{f}").convert("RGB") for f in files]
    # The pose network's shoulders lie nearer to each other than the skeleton's joints, and higher: medians of the front pictures (18 people).
    joints = d.joints[ok][:, [12, 11]]
    middle, width = joints.mean(1, keepdims=True), np.linalg.norm(joints[:, 0] - joints[:, 1], axis=1)[:, None, None] / .965
    joints = middle + (joints - middle) / .965 + width * [0, .036]
    result = found(w, files, images, joints, [(1., np.zeros(2))] * len(ok), grey, out)
    finish(w, files, result, d.session[ok], d.neutral[ok], out, grey)


def main():
    what, *rest = sys.argv[1:]
    if what == "train":
        train(rest[0], rest[1], float(rest[2]), *map(float, rest[3:]))
        left(rest[0], rest[1], rest[1] + ".left.npz")
    elif what == "left":
        left(*rest[:3], *map(float, rest[3:]))
    else:
        look(*rest[:4], *map(float, rest[4:]))


if __name__ == "__main__":
    main()
