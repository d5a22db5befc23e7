"""Pictures for network.py: what render_crops.py wrote, and crops of the posture set; and how they are spoilt while it is taught. It needs numpy, pillow and tensorflow-cpu."""
import csv, io, os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from PIL import Image

HIGH, WIDE = 112, 128  # pixels of the network's input
# The shoulder joints' middle and distance in it.
MIDDLE, ACROSS = np.array([64., 72.]), 80.
FROM_HIGH, FROM_WIDE, FROM_MIDDLE = 128, 144, np.array([72., 80.])  # the same of the crops it is cut from
# "Arm": the elbow, or where the line to it from the shoulder joint leaves the input.
POINTS = ["acromion_r", "acromion_l", "c7", "gh_r", "gh_l", "notch", "neck_r", "neck_l", "trap_r", "trap_l", "tragus_r", "tragus_l", "eye_r", "eye_l", "nose", "arm_r", "arm_l"]
MIRRORED = [1, 0, 2, 4, 3, 5, 7, 6, 9, 8, 11, 10, 13, 12, 14, 16, 15]
JOINTS, ARMS = [3, 4], [15, 16]
# Degrees of one picture, and of the change between two; in tens of degrees within the network.
ANGLES = ["protraction", "fha", "trunk_lean", "head_pitch"]
PICTURES = 8  # of one body
BRIGHT = .4  # Our choice: bright parts then are seldom clipped. What it is taught on has a mean of .54; 90 % lie between .25 and .81
# Drawn once: to draw it anew takes longer than to read it.
NOISE = np.random.default_rng(0).standard_normal(1 << 22, np.float32)


def left_out(index):
    return index // 2 % 6 == 0  # both cameras, which change from body to body


class Body:
    """Eight pictures, and what they show, in pixels of the crops and of the 640 x 480 picture."""

    def __init__(self, folder, rows):
        self.rows = rows
        self.images = np.stack([np.asarray(Image.open(f"{folder}/{r['file']}").convert("RGB")) for r in rows])
        number = lambda *names: np.array([[float(r[n]) for n in names] for r in rows])
        self.points = np.stack([number(*(p.replace("arm", "elbow") + a for a in ("_u", "_v"))) for p in POINTS], 1)
        self.angles, self.scale, self.corner = number(*ANGLES), number("scale")[:, 0], number("corner_u", "corner_v")


class Crops:
    """What render_crops.py wrote into the folders named (by commas), by the body's number."""

    def __init__(self, folders):
        self.folders, self.bodies = folders.split(","), {}
        self.more()

    def more(self):
        for folder in self.folders:
            groups = {}
            for row in csv.DictReader(open(f"{folder}/labels.csv")):
                if row[list(row)[-1]]:  # else it is being written
                    groups.setdefault(int(row["subject"][1:]), []).append(row)
            for index, rows in groups.items():
                if index not in self.bodies and len(rows) == PICTURES:
                    self.bodies[index] = Body(folder, rows)


def posture_set(d, folder, joints=None):
    """The posture set's front pictures as such crops, about these shoulder joints or those that the pose network sees: crops, scales and corners."""
    if joints is None:
        # The pose network's shoulders lie nearer to each other than the skeleton's joints, and higher: medians of the front pictures (18 people).
        joints = d.joints[:, [12, 11]]
        width = np.linalg.norm(joints[:, 0] - joints[:, 1], axis=1) / .965
        middle = joints.mean(1) + width[:, None] * [0, .036]
    else:
        width, middle = np.linalg.norm(joints[:, 0] - joints[:, 1], axis=1), joints.mean(1)
    scale = ACROSS / width
    corner = middle - FROM_MIDDLE / scale[:, None]
    crops = np.zeros((len(scale), FROM_HIGH, FROM_WIDE, 3), np.uint8)
    for i, f in enumerate(d.file):
        picture = Image.open(f"{folder}/pictures/{f}").convert("RGB")
        edge = 320  # what lies beyond the picture is grey
        wider = Image.new("RGB", (picture.width + 2 * edge, picture.height + 2 * edge), (128, 128, 128))
        wider.paste(picture, (edge, edge))
        left, top = corner[i] + edge
        crops[i] = wider.resize((FROM_WIDE, FROM_HIGH), Image.BILINEAR, box=(left, top, left + FROM_WIDE / scale[i], top + FROM_HIGH / scale[i]))
    return crops, scale, corner


def warp(crops, a, b):
    """Inputs whose point p is the crop's a p + b."""
    a, b = np.asarray(a), b + a.sum(2) / 2 - .5  # from corners to middles of pixels
    rows = np.concatenate([a[:, 0], b[:, :1], a[:, 1], b[:, 1:], np.zeros((len(b), 2))], 1).astype(np.float32)
    return tf.raw_ops.ImageProjectiveTransformV3(images=crops, transforms=rows, output_shape=[HIGH, WIDE], fill_value=128., interpolation="BILINEAR", fill_mode="CONSTANT").numpy()


def evened(x):
    """Inputs as bright on average as each other. Else a room that has grown dark since the neutral counts as a change."""
    return np.clip(x * (BRIGHT / np.maximum(x.mean((1, 2, 3), keepdims=True), .02)), 0, 1).astype(np.float32)


def straight(n, flip=False):
    """The maps from the inputs to the crops where nothing is moved."""
    a = np.repeat(np.diag([-1. if flip else 1., 1.])[None], n, 0)
    return a, FROM_MIDDLE - a @ MIDDLE


def drawn(n, pictures, flip, r):
    """The same, moved, scaled and turned: by as much again as the pose network's joints are off on the posture set, by session and by picture."""
    draw = lambda of_session, of_picture: np.repeat(r.normal(0, of_session, (n, np.size(of_session))), pictures, 0) + r.normal(0, of_picture, (n * pictures, np.size(of_picture)))
    size, turn = np.exp(draw(.05, .025))[:, 0], draw(.03, .02)[:, 0]
    c, s = np.cos(turn) * size, np.sin(turn) * size
    a = np.stack([np.stack([c, -s], 1), np.stack([s, c], 1)], 1)
    a[:, :, 0] *= np.where(np.repeat(flip, pictures), -1., 1.)[:, None]
    return a, FROM_MIDDLE + draw([1.5, 2.5], [1., 2.]) - a @ MIDDLE


def inside_arms(t):
    """Draws the elbows along the upper arms into the input."""
    for joint, arm in zip(JOINTS, ARMS):
        way = t[:, arm] - t[:, joint]
        room = np.where(way > 0, [WIDE - 2., HIGH - 2.] - t[:, joint], t[:, joint] - 2.)
        t[:, arm] = t[:, joint] + way * np.clip((room / (np.abs(way) + 1e-6)).min(1), 0, 1)[:, None]


def tables(n, pictures, r):
    """One table of 256 values for each picture and colour: light, contrast and tone curve of a session, and their small changes."""
    v = np.linspace(0, 1, 256)[None, None]
    draw = lambda of_session, of_picture, colours: np.exp(np.repeat(r.normal(0, of_session, (n, colours)), pictures, 0) + r.normal(0, of_picture, (n * pictures, colours)))[..., None]
    v = v ** draw(.35, .06, 1) * draw(.15, .03, 1) * draw(.13, .02, 3)
    v = np.clip(v, 0, 1)
    curve, lift = (np.repeat(r.uniform(*span, (n, 1, 1)), pictures, 0) for span in ((-.5, .8), (-.05, .15)))
    v = v + curve * (v * v * (3 - 2 * v) - v)
    return (255 * np.clip(lift + v * (1 - np.maximum(lift, 0)), 0, 1)).astype(np.uint8)


def smoothed(x):
    y = x.copy()
    y[:, 1:-1] = (x[:, :-2] + 2 * x[:, 1:-1] + x[:, 2:]) / 4
    z = y.copy()
    z[:, :, 1:-1] = (y[:, :, :-2] + 2 * y[:, :, 1:-1] + y[:, :, 2:]) / 4
    return z


def field(rows, columns, high, wide, r):
    """A smooth field of numbers about zero."""
    return np.asarray(Image.fromarray(r.normal(0, 1, (rows, columns)).astype(np.float32)).resize((wide, high), Image.BICUBIC))


def spoilt(x, pictures, r):
    """Camera, light and what stands before the body. `x`: sessions of so many inputs."""
    n = len(x) // pictures
    out = np.empty(x.shape, np.float32)
    for s in range(n):
        mine = slice(s * pictures, (s + 1) * pictures)
        y = x[mine]
        if r.random() < .3:
            size = r.uniform(.4, 1)
            y = np.stack([np.asarray(Image.fromarray(p).resize((int(WIDE * size), int(HIGH * size)), Image.BILINEAR).resize((WIDE, HIGH), Image.BILINEAR)) for p in y])
        if r.random() < .35:
            y, quality = list(y), int(r.integers(25, 90))
            for i, p in enumerate(y):
                f = io.BytesIO(); Image.fromarray(p).save(f, "JPEG", quality=quality); y[i] = np.asarray(Image.open(f))
            y = np.stack(y)
        y = y.astype(np.float32) / 255
        if r.random() < .6:  # sharpened, or out of focus
            y += np.float32(r.uniform(-1, 1.8)) * (y - smoothed(y))
        if r.random() < .3:
            grey = y.mean(3, keepdims=True)
            y = grey + np.float32(r.uniform(0, 1.6)) * (y - grey)
        if r.random() < .4:
            y *= np.exp(r.uniform(0, .5) * field(3, 3, HIGH, WIDE, r))[None, :, :, None]
        if r.random() < .25:
            y += np.float32(r.uniform(0, .12)) * np.stack([field(r.integers(5, 25), r.integers(5, 25), HIGH, WIDE, r)] * 3, 2)
        start = r.integers(0, len(NOISE) - y.size)
        y += np.float32(r.uniform(0, .04)) * NOISE[start:start + y.size].reshape(y.shape)
        for p in y:
            for _ in range(r.choice(3, p=[.5, .3, .2])):  # hands, cups, hair
                top, left = r.integers(0, HIGH), r.integers(0, WIDE)
                p[top:top + r.integers(6, 36), left:left + r.integers(6, 30)] = r.random(3)
            if r.random() < .25:
                p[int(MIDDLE[1] + r.integers(4, 36)):] = r.random(3) if r.random() < .5 else .5
        out[mine] = y
    return np.clip(out, 0, 1, out=out)


def batch(crops, bodies, n, pictures, r):
    """`n` bodies with so many pictures each: inputs, points in them, maps to the 640 x 480 picture, angles."""
    chosen = [(crops.bodies[b], i) for b in r.choice(bodies, n, replace=False) for i in r.permutation(PICTURES)[:pictures]]
    gather = lambda name: np.stack([getattr(b, name)[i] for b, i in chosen])
    images, points, scale, corner = map(gather, ("images", "points", "scale", "corner"))
    flip = r.random(n) < .5
    a, b = drawn(n, pictures, flip, r)
    table = tables(n, pictures, r)
    for s in range(n):  # one colour for another
        order = r.permutation(3) if r.random() < .5 else range(3)
        for k in range(s * pictures, (s + 1) * pictures):
            images[k] = np.stack([table[k, c][images[k, ..., o]] for c, o in enumerate(order)], 2)
    t = np.einsum("nij,nkj->nki", np.linalg.inv(a), points - b[:, None])
    each = np.repeat(flip, pictures)
    t[each] = t[each][:, MIRRORED]
    inside_arms(t)
    mirror = np.where(each[:, None], [-1., 1.], [1., 1.])
    turns = mirror[:, :, None] * a / scale[:, None, None]
    shifts = mirror * (b / scale[:, None] + corner) + np.where(each[:, None], [640., 0.], [0., 0.])
    return [spoilt(warp(images, a, b), pictures, r)] + [np.array(v, np.float32) for v in (t, turns, shifts, gather("angles"))]
