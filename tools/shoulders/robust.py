"""How well network.py's change of rounded shoulders holds where pictures are worse, crops lie elsewhere, or parts are hidden.

usage: robust.py SET CACHE CROPS NAME

Each condition is there at work only (the neutral stays as it is), then at both. Errors in degrees of the change as the network tells it, and the share
found of changes of 12 degrees and more with 3 % false alarms, on the posture set and on the bodies left out. It needs what network.py needs.
"""
import io, sys

import numpy as np
from PIL import Image, ImageFilter

from crops import FROM_WIDE, drawn
from judge import Crops
from network import found, new_bodies, old_people
from study import NOT_A_SLOUCH, SHOULDERS, Set, figures


def each(change):
    return lambda x, r: np.stack([np.asarray(change(Image.fromarray(p))) for p in x])


def jpeg(picture):
    f = io.BytesIO(); picture.save(f, "JPEG", quality=25)
    return Image.open(f)


def light(change):
    return lambda x, r: np.clip(change(x.astype(np.float32), r), 0, 255).astype(np.uint8)


def noisy(sigma):
    return light(lambda x, r: x + sigma * r.standard_normal(x.shape, np.float32))


def hidden(rows):
    """Rows of the crop, counted from the shoulder joints."""
    def hide(x, r):
        x = x.copy(); x[:, rows] = 128
        return x
    return hide


BELOW = 80  # row of the shoulder joints in the crop
PICTURES = {
    "as they are": None,
    "noise of 10 levels": noisy(10),
    "a fifth of the light, noise of 4 levels": light(lambda x, r: x / 5 + 4 * r.standard_normal(x.shape, np.float32)),
    "light from one side": light(lambda x, r: x * np.linspace(.25, 1.2, FROM_WIDE)[:, None]),
    "blur of 1 pixel of the crop": each(lambda p: p.filter(ImageFilter.GaussianBlur(1))),
    "JPEG of quality 25": each(jpeg),
    "without colour": light(lambda x, r: np.repeat(x.mean(3, keepdims=True), 3, 3)),
    "blur of 4 pixels of the crop": each(lambda p: p.filter(ImageFilter.GaussianBlur(4))),
    "grey from 24 rows below the shoulders": hidden(slice(BELOW + 24, None)),
    "grey from 8 rows below the shoulders": hidden(slice(BELOW + 8, None)),
    "grey from 36 rows above the shoulders up": hidden(slice(0, BELOW - 36)),
}


def main():
    folder, cache, crops, name = sys.argv[1:]
    w = dict(np.load(name + ".npz"))
    files, new = new_bodies(crops)
    empty = np.ones((len(files), 8, 2)).cumsum(1)
    sets = [(Set(folder, cache), old_people(folder, cache)[1], NOT_A_SLOUCH + ("fht",)),
            (Crops(crops, dict(files=files, names=["acromion_r", "acromion_l", "tragus_r", "tragus_l", "eye_r", "eye_l", "nose", "c7"], mean_points=empty)), new, ("shoulders",))]

    def report(title, spoil, maps=None):
        for at_work in ((True, False) if spoil else (False,)):
            told = []
            for d, (images, *rest), none in sets:
                if spoil:
                    spoilt = spoil(images, np.random.default_rng(0))
                    images = np.where(d.neutral[:, None, None, None], images, spoilt) if at_work else spoilt
                a, b = maps(len(images)) if maps else (None, None)
                change = found(w, images, *rest, a=a, b=b)[1][:, 0]
                truth = d.change(d.number("protraction"))
                error, top, laptop, share, *_ = figures(d, change, truth, SHOULDERS, none)
                m = ~d.neutral & (truth >= SHOULDERS)
                told.append(f"{error:.2f} ({top:.2f}, {laptop:.2f}) found {share:.2f}, reads {change[m].mean():.1f} of {truth[m].mean():.1f}")
            print(f"{title + (', at work' if spoil and at_work else ''):56s} set {told[0]}; new {told[1]}", flush=True)

    for title, spoil in PICTURES.items():
        report(title, spoil)
    report("crops placed with as large errors again", None, lambda n: drawn(n, 1, np.zeros(n, bool), np.random.default_rng(1)))
    d, (images, *rest), _ = sets[0]
    change, truth = found(w, images, *rest)[1][:, 0], d.change(d.number("protraction"))
    for pose in np.unique(d.pose):
        m = d.pose == pose
        print(f"{pose:10s} true change {truth[m].mean():5.1f}, read as {change[m].mean():5.1f}, off by {np.abs(change - truth)[m].mean():.1f} ({m.sum()} pictures)")


if __name__ == "__main__":
    main()
