"""Render crops of the upper trunk in front, for a network that places acromia and C7. Resumable.

usage: POSTURE_GEN=DIR SYNTH_MPFB=DIR python render_crops.py OUT [FIRST:LAST]

Bodies, poses and rooms are those of `render_workers.py`'s second kind. Cycles' cost is per pixel, so only the part from the eyes to the breast
is rendered, about the shoulder joints, at about half the resolution that a webcam of 640 x 480 gives. Writes OUT/BODY_NN.png and
OUT/labels.csv: points in pixels of the crop (its top left corner is 0, 0),
`scale` of these for one pixel of a 640 x 480 picture, and `corner`, where the crop lies in that picture.
"""
import copy, csv, functools, os, sys, time

import bpy
import numpy as np

import people
import body  # posture-gen's, found through people, like the next two
import render as gen
import subject
from render_workers import Room, draw_cameras, draw_side_camera

WIDE, HIGH = 144, 128  # pixels
# Where the shoulder joints' middle lies, and how far apart they are, in the crop; the network's input is cut from it with room to spare.
MIDDLE, ACROSS = np.array([72., 80.]), 80.
POINTS = ["acromion_l", "acromion_r", "c7", "gh_l", "gh_r", "tragus_l", "tragus_r", "eye_l", "eye_r", "nose", "elbow_l", "elbow_r"] + people.MORE_POINTS
VIEWS = ["front_top", "front_laptop"]
HEADER = ["file", "subject", "view", "session", "pose"] + gen.META + gen.ANG + ["arms", "garment", "hair", "loose", "scarf", "skin", "scale", "corner_u", "corner_v"] + [f"{k}_{a}" for k in POINTS for a in "uv"]


def quicken():
    """Bodies share files, and most bones do not turn: what posture-gen does before a render, at a third of its time."""
    body.load_target = functools.cache(body.load_target)
    read = functools.cache(body.Fitted)
    subject.Fitted = lambda *named: copy.copy(read(*named))

    def solve(self):
        n = len(self.rig.order)
        self.GR, self.GT = np.zeros((n, 3, 3)), np.zeros((n, 3))
        for i, bone in enumerate(self.rig.order):
            parent = self.rig.bones[bone]["parent"]
            turn, place = (self.GR[self.rig.ix[parent]], self.GT[self.rig.ix[parent]]) if parent else (np.eye(3), self.t0)
            local, head = self.R.get(bone), self.J[bone]
            self.GR[i], self.GT[i] = (turn, place) if local is None else (turn @ local, turn @ (head - local @ head) + place)

    def skin(self, v, weights):
        blend = weights @ np.concatenate([self.GR.reshape(-1, 9), self.GT], 1)
        return np.einsum("nij,nj->ni", blend[:, :9].reshape(-1, 3, 3), v) + blend[:, 9:]

    body.Posed.solve, body.Posed.skin = solve, skin


def crop(room, p):
    """Poses the body and points the camera's sensor at the crop: returns points, angles, the camera's data, and the crop's scale and corner."""
    whole = bpy.context.scene.render
    _, angles, px, _, meta = room.frame(p, "/dev/null", None)
    joints = (px["gh_l"], px["gh_r"])
    scale = ACROSS / np.hypot(*(joints[0] - joints[1]))
    corner = (joints[0] + joints[1]) / 2 - MIDDLE / scale
    lens = room.camob.data
    lens.angle = 2 * np.arctan(np.tan(np.radians(room.hf) / 2) * WIDE / scale / 640)
    # The sensor's shift is in parts of its width; Blender's points right and up.
    middle = corner + np.array([WIDE, HIGH]) / scale / 2
    lens.shift_x, lens.shift_y = (middle[0] - 320) / (WIDE / scale), (240 - middle[1]) / (WIDE / scale)
    whole.resolution_x, whole.resolution_y = WIDE, HIGH
    return {k: (v - corner) * scale for k, v in px.items()}, angles, meta, (scale, *corner)


def main():
    out, *span = sys.argv[1:]
    quicken()
    first, last = map(int, (span or ["0:100000"])[0].split(":"))
    os.makedirs(out, exist_ok=True)
    labels = f"{out}/labels.csv"
    done = {row["subject"] for row in csv.DictReader(open(labels))} if os.path.exists(labels) else set()
    f = open(labels, "a", newline="")
    w = csv.writer(f)
    if f.tell() == 0:
        w.writerow(HEADER)
    for index in range(first, last):
        spec = people.spec(index)
        if spec["id"] in done:
            continue
        start = time.process_time()
        r = np.random.default_rng([people.SEED, index, 1])
        worker = people.Worker(spec)
        room = Room(worker, r, 1, WIDE, 0)
        view = VIEWS[index % 2]
        room.stand(view, False, draw_cameras(r) + draw_side_camera(index))
        made = time.process_time()
        rows = []
        for j, (name, _, p) in enumerate(people.shoulder_poses(worker, room.hab, r)):
            worker.arms, arms = people.draw_arms(np.random.default_rng([people.SEED, index, 2, j]))
            px, angles, meta, place = crop(room, p)
            file = f"{spec['id']}_{j:02d}.png"
            bpy.context.scene.render.filepath = f"{out}/{file}"
            bpy.ops.render.render(write_still=True)
            row = [file, spec["id"], view, spec["id"], name] + [round(float(meta[k]), 4) for k in gen.META] + [round(float(angles[k]), 3) for k in gen.ANG]
            row += [arms, os.path.basename(spec["garment"]), os.path.basename(spec["hair"] or "none"), spec["loose"], int(spec["scarf"]), round(float(np.mean(spec["skin"])), 3), *(round(float(x), 4) for x in place)]
            rows.append(row + [round(float(x), 3) for k in POINTS for x in px[k]])
        w.writerows(rows); f.flush()
        print(f"{spec['id']} {len(rows)} pictures, {made - start:.1f} s before and {time.process_time() - made:.1f} s for them", flush=True)


if __name__ == "__main__":
    main()
