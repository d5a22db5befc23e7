"""Render random desk workers with exactly known angles, resumable.

usage: POSTURE_GEN=DIR SYNTH_MPFB=DIR python render_workers.py OUT [--part i/n] [--bodies A:B] [--wide] [--views V,V] [--minutes M] [--samples S] [--width W] [--poses N]

Writes OUT/BODY_VIEW_NN_POSE.jpg (640 x 480) and OUT/labels.I.csv: posture-gen's columns, then those in MORE.
A session (BODY_VIEW) is one body before one camera that stays where it is. The sessions of one body share room, clothes and neutral posture.
"""
import argparse, csv, os, time

import bpy
import numpy as np

import people
import render as gen  # posture-gen's, found through people
import scene as S

MORE = ["arms", "garment", "hair", "skin", "loose", "scarf", "low_edge"] + [f"{k}_{a}" for k in people.MORE_POINTS for a in "uvXYZ"]


class Room(gen.Session):
    """One body in one room, with a camera that can be put elsewhere."""

    def __init__(self, sub, r, samples, width, bounces):
        self.S, self.subj = S, sub
        spec = sub.spec
        cycles = S.reset(samples=samples, res=(width, width * 3 // 4)).cycles
        cycles.denoising_prefilter = "NONE"
        cycles.max_bounces = cycles.diffuse_bounces = cycles.glossy_bounces = bounces
        bpy.context.scene.view_settings.exposure = float(r.normal(0, .45))
        self.hab = dict(neck=r.uniform(-4, 7), thoracic=r.uniform(0, 10), protract=r.uniform(-3, 10), elevate=r.uniform(-4, 3),
                        pelvis0=r.uniform(-8, 2), neck_from_trunk=r.uniform(-.15, .1), pitch=r.uniform(-2, 7))
        P = sub.pose(self.hab)
        self.pt, _ = sub.truth(P)
        self.eyes = (self.pt["eye_l"] + self.pt["eye_r"]) / 2
        self.az = 0.0
        self.hf = float(r.uniform(58, 80))
        self.camob = S.camera(self.hf)
        V = sub.vertices(P)
        self.o = {"body": S.mesh("body", V["body"], sub.bfaces, S.mat("skin", attr="col", rough=.5, spec=.35), sub.col, subsurf=1)}
        self.o["garment"] = S.mesh("garment", V["garment"], sub.garment.faces, self.cloth(r), self.garment_colours(r), subsurf=1)
        rest = self.o["garment"].data.attributes.new("rest", "FLOAT_VECTOR", "POINT")
        rest.data.foreach_set("vector", sub.gv.astype(np.float32).ravel())
        if sub.hair:
            self.o["hair"] = S.mesh("hair", V["hair"], sub.hair.faces, S.mat("hair", rgb=spec["hair_rgb"], rough=.5, spec=.3))
        self.o["brow"] = S.mesh("brow", V["brow"], sub.brow.faces, S.mat("brow", rgb=tuple(.6 * np.array(spec["hair_rgb"]) + .1 * np.array(spec["skin"])), rough=.9, spec=0))
        self.eye = {}
        em = S.mat("eye", attr="col", rough=.15, spec=.5)
        for s in "LR":
            v, f, c = S.eye_mesh(sub.eye_r[s], spec["iris"])
            self.eye[s] = (S.mesh("eye" + s, v, f, em, c), v)
        self.room(r, P, self.pt)
        self.paint_walls(r)
        self.chair_rest = np.array([v.co[:] for v in self.chair[0].data.vertices])
        self.scarf = self.ring(r) if spec["scarf"] else None

    def garment_colours(self, r):
        """The shirt is white here (the cloth's pattern colours it), trousers and collar have their own colours."""
        sub = self.subj
        y = sub.gv[:, 1]
        c = np.ones((len(y), 3))
        c[y < sub.J["spine04"][1] - .02] = r.uniform(.02, .3, 3)
        if sub.spec["collar"]:
            c[y > sub.J["neck01"][1] - .02] = np.clip(r.uniform(.3, 1.2, 3), 0, 1)
        return np.clip(c * (1 + r.normal(0, .04, (len(c), 1))), 0, 1)

    def cloth(self, r):
        """A pattern in the garment's rest shape (it moves with the cloth), under painted folds."""
        spec = self.subj.spec
        m = S.mat("cloth", rgb=spec["shirt"], rough=float(r.uniform(.6, 1)), spec=.1)
        nt, shader = m.node_tree, m.node_tree.nodes["Principled BSDF"]
        new, link = nt.nodes.new, nt.links.new
        rest, col = new("ShaderNodeAttribute"), new("ShaderNodeAttribute")
        rest.attribute_name, col.attribute_name = "rest", "col"
        kind = r.choice(["plain", "checks", "stripes", "blots", "cells"], p=[.4, .12, .2, .18, .1])
        tint = new("ShaderNodeMix"); tint.data_type = "RGBA"; tint.blend_type = "MULTIPLY"; tint.inputs["Factor"].default_value = 1
        link(col.outputs["Color"], tint.inputs["A"])
        if kind == "plain":
            tint.inputs["B"].default_value = (*spec["shirt"], 1)
        else:
            texture = new({"checks": "ShaderNodeTexChecker", "stripes": "ShaderNodeTexWave", "blots": "ShaderNodeTexNoise", "cells": "ShaderNodeTexVoronoi"}[kind])
            texture.inputs["Scale"].default_value = float(r.uniform(12, 60) if kind != "stripes" else r.uniform(4, 25))
            if kind == "stripes":
                texture.bands_direction = str(r.choice(["X", "Y", "Y", "DIAGONAL"]))
            link(rest.outputs["Vector"], texture.inputs["Vector"])
            ramp = new("ShaderNodeValToRGB")
            cut = float(r.uniform(.4, .6)) if kind != "cells" else float(r.uniform(.2, .5))
            ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[1].position = cut, min(cut + float(r.uniform(.01, .2)), 1)
            ramp.color_ramp.elements[0].color, ramp.color_ramp.elements[1].color = (*spec["shirt"], 1), (*spec["shirt2"], 1)
            link(texture.outputs["Fac" if kind != "cells" else "Distance"], ramp.inputs["Fac"])
            link(ramp.outputs["Color"], tint.inputs["B"])
        link(tint.outputs["Result"], shader.inputs["Base Color"])
        if r.random() < .7:
            folds, bump = new("ShaderNodeTexNoise"), new("ShaderNodeBump")
            folds.inputs["Scale"].default_value, folds.inputs["Distortion"].default_value = float(r.uniform(5, 14)), float(r.uniform(0, 1.5))
            bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = float(r.uniform(.3, 1)), float(r.uniform(.01, .04))
            link(rest.outputs["Vector"], folds.inputs["Vector"]); link(folds.outputs["Fac"], bump.inputs["Height"]); link(bump.outputs["Normal"], shader.inputs["Normal"])
        return m

    def paint_walls(self, r):
        for name in ("wall", "wall2"):
            m = bpy.data.materials.get(name)
            if m is None or r.random() < .45:
                continue
            nt = m.node_tree
            rgb = np.array(nt.nodes["Principled BSDF"].inputs["Base Color"].default_value[:3])
            t = nt.nodes.new(str(r.choice(["ShaderNodeTexNoise", "ShaderNodeTexBrick", "ShaderNodeTexVoronoi"])))
            t.inputs["Scale"].default_value = float(r.uniform(1.5, 9))
            where, ramp = nt.nodes.new("ShaderNodeNewGeometry"), nt.nodes.new("ShaderNodeValToRGB")
            ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[1].position = .35, float(r.uniform(.4, .7))
            ramp.color_ramp.elements[0].color = (*rgb, 1)
            ramp.color_ramp.elements[1].color = (*np.clip(rgb * r.uniform(.2, 1.4, 3), .01, .95), 1)
            nt.links.new(where.outputs["Position"], t.inputs["Vector"])
            nt.links.new(t.outputs["Distance" if "Voronoi" in t.bl_idname else "Fac"], ramp.inputs["Fac"])
            nt.links.new(ramp.outputs["Color"], nt.nodes["Principled BSDF"].inputs["Base Color"])

    def ring(self, r, n=20, k=8):
        """A scarf, or a hood that lies on the shoulders: a ring about the neck's root. Returns its object and rest points."""
        c = (self.pt["c7"] + self.pt["notch"]) / 2
        wide = np.linalg.norm(self.pt["neck_l"] - self.pt["neck_r"]) / 2 + .012
        deep = np.linalg.norm(self.pt["c7"] - self.pt["notch"]) / 2 + .012
        thick, tilt = r.uniform(.02, .04), (self.pt["c7"][1] - self.pt["notch"][1]) / 2
        v = []
        for i in range(n):
            a = 2 * np.pi * i / n
            for j in range(k):
                b = 2 * np.pi * j / k
                q = thick * (1 + .15 * r.normal())
                v.append(c + [np.sin(a) * (wide + q * np.cos(b)), q * np.sin(b) - tilt * np.cos(a) + .01, np.cos(a) * (deep + q * np.cos(b))])
        f = [(i * k + j, i * k + (j + 1) % k, (i + 1) % n * k + (j + 1) % k, (i + 1) % n * k + j) for i in range(n) for j in range(k)]
        P = self.subj.pose(self.hab)
        i = self.subj.rig.ix["spine01"]
        v = np.array(v)
        o = S.mesh("scarf", v, f, S.mat("scarf", rgb=tuple(r.uniform(.02, .8, 3)), rough=.95, spec=.05), subsurf=1)
        return o, (v - P.GT[i]) @ P.GR[i]

    def stand(self, view, low_edge, shared):
        """Puts the camera where `view` has it. `shared` is drawn once a body: its two front cameras differ in height alone."""
        d, az, top, drop, oblique_d, oblique_az, roll, aim, side = shared
        forward = 0
        if view == "front_top": h = top
        elif view == "front_laptop": h = top - drop
        elif view == "oblique": d, az, h = oblique_d, oblique_az, top - .05
        else: d, az, h, forward = side
        a = np.radians(az)
        self.view, self.az, self.d, self.h, self.camroll = view, az, d, h, roll
        self.cam_pos = self.eyes + np.array([np.sin(a) * d, h, np.cos(a) * d + forward])
        # Looked at: a point below the eyes; near the eyes themselves, the shoulders come to lie at the picture's lower edge.
        self.aim = self.eyes + np.array([aim[0], -(aim[2] if low_edge else aim[1]) * d / .65, 0])
        self.screen = self.eyes + np.array([0, -.12, .65]) if view in ("oblique", "side") else self.cam_pos + np.array([0, -.1 if h >= 0 else .1, 0])

    def frame(self, p, path, rng, shift=(0, 0)):
        q = dict(self.hab)
        for k, v in p.items():
            if not k.startswith("_"):
                q[k] = q.get(k, 0) + v
        P = self.subj.pose(q)
        if self.scarf:
            i = self.subj.rig.ix["spine01"]
            S.move(self.scarf[0], self.scarf[1] @ P.GR[i].T + P.GT[i])
        # The chair's back follows a trunk that reclines; it turns about the hips. Blender's axes: x, -z, y.
        hip = S.B((self.pt["hip_l"] + self.pt["hip_r"]) / 2)[0]
        a = np.radians(p.get("_chair", 0))
        turn = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
        chair = (self.chair_rest - hip) @ turn.T + hip
        o = self.chair[0]
        o.data.vertices.foreach_set("co", chair.astype(np.float32).ravel()); o.data.update(); o.update_tag()
        return super().frame(p, path, rng, shift)


def draw_side_camera(index):
    """Where posture-gen's side cameras stand: distance, azimuth, height above the eyes, forward of them. Drawn apart, so that earlier bodies stay as they are."""
    r = np.random.default_rng([people.SEED, index, 3])
    return (r.uniform(.65, .9), r.choice([-1, 1]) * r.uniform(80, 90), r.uniform(-.12, .08), r.uniform(-.02, .08)),


def draw_cameras(r):
    top = r.uniform(-.02, .14)
    return (r.uniform(.48, .9), r.uniform(-10, 10), top, r.uniform(.10, .30), r.uniform(.55, .9), r.choice([-1, 1]) * r.uniform(24, 46),
            float(r.uniform(-1.5, 1.5)), (r.uniform(-.04, .04), r.uniform(.08, .18), r.uniform(-.06, .03)))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("out"); ap.add_argument("--part", default="0/1"); ap.add_argument("--bodies", default="0:100000")
    ap.add_argument("--minutes", type=float, default=1e9); ap.add_argument("--samples", type=int, default=1)
    ap.add_argument("--wide", action="store_true", help="only bodies with poses for the forward-head estimators")
    ap.add_argument("--views", type=lambda views: views.split(","), help="only these cameras")
    ap.add_argument("--width", type=int, default=480); ap.add_argument("--poses", type=int, default=10 ** 9)
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    start = time.time()
    part, parts = map(int, a.part.split("/"))
    first, last = map(int, a.bodies.split(":"))
    f = open(f"{a.out}/labels.{part}.csv", "a", newline="")
    w = csv.writer(f)
    if f.tell() == 0:
        w.writerow(gen.header() + MORE)
    late = lambda: time.time() - start > a.minutes * 60
    for index in range(first, last):
        if index % parts != part or a.wide and not people.is_wide(index):
            continue
        if late():
            break
        spec = people.spec(index)
        if os.path.exists(f"{a.out}/{spec['id']}.done"):
            continue
        t = time.time()
        made = body(a, w, f, index, spec, late)
        if not late() and a.poses > 100 and not a.views:
            open(f"{a.out}/{spec['id']}.done", "w").close()
        print(f"{spec['id']} {made} pictures in {time.time() - t:.0f} s, {time.time() - start:.0f} s in all", flush=True)


def body(a, w, f, index, spec, late):
    r = np.random.default_rng([people.SEED, index, 1])
    sub = people.Worker(spec)
    wide = people.is_wide(index)
    # One denoised sample costs 1.5 CPU-seconds at 480 x 360 with a bounce and .9 at 400 x 300 without; three samples cost 3.8.
    room = Room(sub, r, a.samples, *((a.width, 1) if wide else (a.width * 5 // 6, 0)))
    shared, low_edge = draw_cameras(r) + draw_side_camera(index), r.random() < (.35 if wide else .12)
    views = ["front_top", "front_laptop"] + (["oblique", "side"] if index % 2 == 0 else []) if wide else [str(r.choice(["front_top", "front_laptop"]))]
    views = a.views or views
    poses = people.wide_poses(sub, room.hab, r) if wide else people.shoulder_poses(sub, room.hab, r)
    made = 0
    for view in views:
        room.stand(view, low_edge, shared)
        session = f"{spec['id']}_{view}"
        for j, (name, parameter, p) in enumerate(poses[: a.poses]):
            rj = np.random.default_rng([people.SEED, index, 2, j, gen.VIEWS.index(view)])
            file = f"{session}_{j:02d}_{name}.jpg"
            sub.arms, arms = people.draw_arms(rj, calm=wide)
            if os.path.exists(f"{a.out}/{file}"):
                continue
            if late():
                return made
            pt, angles, px, cc, meta = room.frame(p, f"{a.out}/{file}", rj)
            row = [file, spec["id"], view, session, name, parameter] + [round(float(meta[k]), 4) for k in gen.META] + [round(float(angles[k]), 3) for k in gen.ANG]
            for k in gen.PTS: row += [round(float(x), 2) for x in px[k]]
            for k in gen.PTS: row += [round(float(x), 5) for x in cc[k]]
            row += [arms, os.path.basename(spec["garment"]), os.path.basename(spec["hair"] or "none"), round(float(np.mean(spec["skin"])), 3), round(spec["loose"], 4), int(spec["scarf"]), int(low_edge)]
            for k in people.MORE_POINTS: row += [round(float(x), 2) for x in px[k]] + [round(float(x), 5) for x in cc[k]]
            w.writerow(row); f.flush(); made += 1
    return made


if __name__ == "__main__":
    main()
