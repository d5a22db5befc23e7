"""Trains a small network that places points of the shoulder girdle in a crop, and tells how two crops of one person differ in protraction.

usage: network.py train CROPS NAME MINUTES [FROM]      writes NAME.npz once a minute, the running mean of the weights; FROM.npz: those it starts with
       network.py left CROPS NAME OUT.npz [GREY]       what it finds on the bodies left out
       network.py look SET CACHE NAME OUT.npz [GREY]   the same on the posture set's front pictures

GREY: the number of rows below the shoulder joints from which on the input is grey.

CROPS is a folder of `render_crops.py`, or several with commas; bodies that they gain meanwhile are taught too. Every
sixth pair of bodies is left out. CACHE as in study.py. It needs numpy, pillow and tensorflow-cpu; one thread. `judge.py` makes angles of what it finds.
"""
import sys, time

import numpy as np
import tensorflow as tf

from crops import ANGLES, Crops, HIGH, MIDDLE, MIRRORED, POINTS, WIDE, batch, evened, left_out, posture_set, straight, warp
from study import Set

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)

STRIDE = 4  # of the maps that place the points
ROWS, COLUMNS = HIGH // STRIDE, WIDE // STRIDE
BODIES, PICTURES = 6, 4  # of one step
EMBEDDING = 48
K = len(POINTS)
# What points weigh: the shoulder girdle's more than the head's, which the face mesh places as well.
WEIGHT = np.array([2, 2, 1.5, 2, 2, 1, 1, 1, 1, 1, .5, .5, .5, .5, .5, .7, .7], np.float32)

# Where the maps' cells lie in the input.
PLACES = np.array([((j + .5) * STRIDE, (i + .5) * STRIDE) for i in range(ROWS) for j in range(COLUMNS)], np.float32)

# name, rows and columns of the filter, channels in and out, stride. The input comes as cells of 4 x 4 pixels.
LAYERS = [("b1", 1, 3 * STRIDE ** 2, 40, 1), ("b2", 3, 40, 32, 1), ("c1", 3, 32, 48, 2), ("c2", 3, 48, 48, 1), ("c3", 3, 48, 48, 1),
          ("d1", 3, 48, 64, 2), ("d2", 3, 64, 64, 1), ("d3", 3, 64, 64, 1), ("up_d", 1, 64, 48, 1), ("up_c", 3, 48, 32, 1), ("up_b", 3, 32, 32, 1), ("maps", 1, 32, K, 1)]
SEEN = ROWS // 4 * (COLUMNS // 4) * 64
DENSE = [("e1", SEEN, EMBEDDING), ("e2", EMBEDDING + 2 * K, EMBEDDING), ("one", EMBEDDING, len(ANGLES)),
         ("p1", 2 * EMBEDDING + 4 * K, 64), ("p2", 64, 64), ("pair", 64, len(ANGLES))]


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
    cells = {"b": 1, "c": 4, "d": 16, "up_d": 16, "up_c": 4, "up_b": 1, "maps": 1}
    return sum(n * n * i * o * ROWS * COLUMNS // (cells.get(name) or cells[name[0]]) for name, n, i, o, _ in LAYERS) + sum(i * o for _, i, o in DENSE)


def single(w, x):
    """Points in pixels of the input, their maps, and what else the picture shows as an embedding."""
    stride = {name: s for name, *_, s in LAYERS}
    conv = lambda name, x: tf.nn.conv2d(x, w[name], stride[name], "SAME") + w[name + "_b"]
    relu, up = tf.nn.relu, lambda x: tf.repeat(tf.repeat(x, 2, 1), 2, 2)
    b = relu(conv("b2", relu(conv("b1", tf.nn.space_to_depth(x - .5, STRIDE)))))
    c = relu(conv("c1", b)); c = relu(c + conv("c3", relu(conv("c2", c))))
    d = relu(conv("d1", c)); d = relu(d + conv("d3", relu(conv("d2", d))))
    y = relu(conv("up_c", c + up(relu(conv("up_d", d)))))
    maps = conv("maps", relu(conv("up_b", b + up(y))))
    p = tf.nn.softmax(tf.transpose(tf.reshape(maps, (-1, ROWS * COLUMNS, K)), (0, 2, 1)))
    points = p @ PLACES
    dense = lambda name, x: x @ w[name] + w[name + "_b"]
    e = relu(dense("e1", tf.reshape(d, (-1, SEEN))))
    e = dense("e2", tf.concat([e, tf.reshape(tf.stop_gradient(points) / 32 - [2, 1.75], (-1, 2 * K))], 1))
    return points, p, e, dense("one", relu(e))




def pair(w, e, places, e0, places0):
    """The change of the angles. `places`: points in the picture, less the acromia's middle, in hundreds of its pixels."""
    dense = lambda name, x: x @ w[name] + w[name + "_b"]
    h = tf.nn.relu(dense("p1", tf.concat([e - e0, e0, (places - places0) * 4, places0], 1)))
    return dense("pair", tf.nn.relu(dense("p2", h)))


def placed(points, turns, shifts):
    return tf.einsum("bij,bkj->bki", turns, points) + shifts[:, None]


def relative(points):
    return tf.reshape((points - (points[:, :1] + points[:, 1:2]) / 2) / 100, (-1, 2 * K))


def huber(x, limit=1.):
    x = tf.abs(x)
    return tf.where(x < limit, .5 * x ** 2 / limit, x - .5 * limit)


I, J = zip(*[(g * PICTURES + a, g * PICTURES + b) for g in range(BODIES) for a in range(PICTURES) for b in range(PICTURES) if a != b])


def loss(w, x, t, turns, shifts, angles):
    points, p, e, one = single(w, x)
    inside = WEIGHT * tf.cast(tf.reduce_all((t > 1) & (t < [WIDE - 1., HIGH - 1.]), -1), tf.float32)
    off = tf.reduce_sum(huber(points - t), -1)
    goal = tf.exp(-tf.reduce_sum((PLACES - t[:, :, None]) ** 2, -1) / (2 * 4. ** 2))
    entropy = -tf.reduce_sum(goal * tf.math.log(p + 1e-7), -1) / (tf.reduce_sum(goal, -1) + 1e-6)
    where = tf.reduce_sum(inside * (tf.minimum(off, 20.) + .3 * entropy)) / tf.reduce_sum(inside)
    # How far a point has moved between two pictures of one body counts more than where it is.
    moved = tf.gather(points - t, I) - tf.gather(points - t, J)
    both = tf.gather(inside, I) * tf.gather(inside, J)
    noise = tf.reduce_sum(both * tf.minimum(tf.reduce_sum(huber(moved), -1), 15.)) / (tf.reduce_sum(both) + 1e-6)
    places = relative(placed(tf.stop_gradient(points), turns, shifts))
    change = pair(w, *(tf.gather(v, k) for k in (I, J) for v in (e, places)))
    wrong = (change - (tf.gather(angles, I) - tf.gather(angles, J)) / 10) * [1., .5, .5, .3]
    alone = (one - (angles - [20., 30., 0., 0.]) / 10) * [1., .5, .5, .3]
    h = lambda x: tf.reduce_mean(tf.reduce_sum(huber(x, .5), 1))
    return where + noise + 4 * h(wrong) + h(alone), where, noise, h(wrong[:, :1])


def train(folders, name, minutes, start=None):
    crops, w, r = Crops(folders), fresh(), np.random.default_rng(2 if start else 1)
    if start:
        for k, v in np.load(start + ".npz").items(): w[k].assign(v)
    teachers = lambda: [b for b in crops.bodies if not left_out(b)]
    print(f"{multiplications() / 1e6:.0f} million multiplications, {sum(v.numpy().size for v in w.values())} weights", flush=True)
    names, zeros = list(w), lambda: {k: tf.Variable(tf.zeros_like(v)) for k, v in w.items()}
    first, second, mean = zeros(), zeros(), {k: tf.Variable(v) for k, v in w.items()}

    @tf.function
    def step(x, t, turns, shifts, angles, rate, n, keep):
        with tf.GradientTape() as tape:
            total, *shown = loss(w, tf.cast(x, tf.float32), t, turns, shifts, angles)
        gradients, _ = tf.clip_by_global_norm(tape.gradient(total, [w[k] for k in names]), 20.)
        for k, g in zip(names, gradients):  # AdamW
            first[k].assign(.9 * first[k] + .1 * g)
            second[k].assign(.995 * second[k] + .005 * g * g)
            w[k].assign_sub(rate * (first[k] / (1 - .9 ** n) / (tf.sqrt(second[k] / (1 - .995 ** n)) + 1e-7) + (.02 * w[k] if k in ("e1", "p1", "p2") else 0.)))
            mean[k].assign(keep * mean[k] + (1 - keep) * w[k])
        return shown

    began = shown = time.time()
    run, n = np.zeros(3), 0
    while (part := (time.time() - began) / 60 / minutes) < 1:
        n += 1
        rate = (1e-3 if start else 2e-3) * min(1, n / 100) * (.5 + .5 * np.cos(np.pi * part)) + 1e-5
        values = np.array(step(*batch(crops, teachers(), BODIES, PICTURES, r), np.float32(rate), np.float32(n), np.float32(min(.997, n / (n + 10)))), float)
        run = values if n == 1 else .98 * run + .02 * values
        if time.time() - shown > 60:
            crops.more()
            shown = time.time()
            print(f"{(shown - began) / 60:.0f} min, step {n}, {time.process_time():.0f} CPU-seconds, {len(teachers())} bodies: points {run[0]:.2f}, moved {run[1]:.2f}, change {run[2]:.3f}", flush=True)
            np.savez(name, **{k: v.numpy() for k, v in mean.items()})
    np.savez(name, **{k: v.numpy() for k, v in mean.items()})
    print(f"{n} steps, {n * BODIES * PICTURES} pictures seen, {len(teachers())} bodies, {time.process_time():.0f} CPU-seconds", flush=True)


def found(w, crops, scale, corner, sessions, neutrals, a=None, b=None, grey=0):
    """Points in pixels of the 640 x 480 picture, and changes from the neutral in degrees; each the mean of the input and its mirror image.
    `a` and `b`: the maps from inputs to crops, if another than the straight one. `grey`: input rows from which on all is grey."""
    w = {k: tf.constant(v) for k, v in w.items()}
    run = tf.function(lambda x: single(w, x))
    neutral = [np.nonzero((sessions == s) & neutrals)[0] for s in sessions]
    if a is None:
        a, b = straight(len(crops))
    both, change = [], []
    for flip in (False, True):
        at, es = [], []
        # The mirror image's point p lies at WIDE - p.
        turn, shift = (a @ np.diag([-1., 1.]), b + a[:, :, 0] * WIDE) if flip else (a, b)
        for i in range(0, len(crops), 32):
            part = slice(i, i + 32)
            x = evened(warp(crops[part], turn[part], shift[part]).astype(np.float32) / 255)
            if grey: x[:, int(grey):] = .5
            points, _, e, _ = (v.numpy() for v in run(x))
            p = (np.einsum("nij,nkj->nki", turn[part], points) + shift[part, None]) / scale[part, None, None] + corner[part, None]
            at.append(p * [-1, 1] + [640, 0] if flip else p); es.append(e)
        at, e = np.concatenate(at), np.concatenate(es)
        # Of the mirror image everything stays mirrored, for `pair`.
        places = relative(tf.constant(at.astype(np.float32))).numpy()
        mean = lambda x: np.stack([x[m].mean(0) for m in neutral])
        change.append(10 * pair(w, e, places, mean(e), mean(places)).numpy())
        both.append((at * [-1, 1] + [640, 0])[:, MIRRORED] if flip else at)
    return np.mean(both, 0), np.mean(change, 0)


def new_bodies(folders):
    """Those left out: their rows, and what `found` takes."""
    bodies = [body for b, body in sorted(Crops(folders).bodies.items()) if left_out(b)]
    rows = [r for b in bodies for r in b.rows]
    text = lambda k: np.array([r[k] for r in rows])
    return text("file"), [np.concatenate([getattr(b, k) for b in bodies]) for k in ("images", "scale", "corner")] + [text("session"), text("pose") == "neutral"]


def old_people(folder, cache):
    """The posture set's front pictures: their files, and what `found` takes."""
    d = Set(folder, cache)
    return d.file, [*posture_set(d, folder), d.session, d.neutral]


def write(seen, name, out, below=0):
    files, what = seen
    points, change = found(dict(np.load(name + ".npz")), *what, grey=MIDDLE[1] + float(below) if below else 0)
    np.savez(out, files=files, names=POINTS, mean_points=points, change=change)


def main():
    what, *rest = sys.argv[1:]
    if what == "train":
        train(rest[0], rest[1], float(rest[2]), *rest[3:])
    elif what == "left":
        write(new_bodies(rest[0]), *rest[1:])
    else:
        write(old_people(*rest[:2]), *rest[2:])


if __name__ == "__main__":
    main()
