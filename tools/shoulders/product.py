"""How well the program itself measures rounded shoulders from in front, on a set like the posture set.

usage: product.py SITWELL SET [OTHER]

Each session's neutral pictures are its calibration. With OTHER, they are those of the same person before the other front camera.
"""
import csv, json, subprocess, sys
from collections import defaultdict

LIMIT, GAIN, LARGE = 10, 1.2, 12  # degrees; the limit's default, `FRONT_SHOULDERS_GAIN`, what must be found
ROUND = ("protract", "combo")  # poses that may have rounded shoulders


def main():
    sitwell, folder, *other = sys.argv[1:]
    sessions = defaultdict(list)
    for row in csv.DictReader(open(f"{folder}/labels.csv")):
        if row["view"].startswith("front"):
            sessions[row["session"]].append(row)
    picture = lambda row: f"{folder}/pictures/{row['file']}"
    told, pictures = [], 0
    for name, rows in sorted(sessions.items()):
        if other:
            name = name.replace("laptop", "top") if "laptop" in name else name.replace("top", "laptop")
        neutrals = [row for row in sessions.get(name, []) if row["pose"] == "neutral"]
        asked = [row for row in rows if other or row["pose"] != "neutral"]
        if not neutrals:
            continue
        arguments = [word for row in neutrals for word in ("--neutral", picture(row))]
        out = subprocess.run([sitwell, "analyze", "--format", "json", *arguments, *map(picture, asked)], stdout=subprocess.PIPE, text=True).stdout
        found = {line["path"].rsplit("/", 1)[-1]: line["angles"] for line in map(json.loads, out.splitlines())}
        zero = sum(float(row["protraction"]) for row in neutrals) / len(neutrals)
        pictures += len(asked)
        for row in asked:
            angle = (found.get(row["file"]) or {}).get("rounded_shoulders")
            if angle:
                told.append((row, float(row["protraction"]) - zero, angle["change"], angle["error"]))

    def line(title, some):
        if some:
            n, mean = len(some), lambda values: sum(values) / len(some)
            print(f"{title:14s} {n:4d} pictures: off by {mean([abs(c - t) for _, t, c, _ in some]):.2f} (no change {mean([abs(t) for _, t, _, _ in some]):.2f}), "
                  f"true {mean([t for _, t, _, _ in some]):5.1f}, read {mean([c for _, _, c, _ in some]):5.1f}")

    print(f"{len(told)} of {pictures} pictures have the angle")
    line("all", told)
    for key in ("view", "pose", "subject"):
        for value in sorted({t[0][key] for t in told}):
            line(value, [t for t in told if t[0][key] == value])
    for times in (1, 2):
        print(f"within {times} stated errors: {sum(abs(c - t) <= times * e for _, t, c, e in told) / len(told):.3f}")
    beyond = lambda some: f"{sum(GAIN * c >= max(LIMIT, e) for _, _, c, e in some)} of {len(some)}"
    print(f"changes of {LARGE} degrees and more beyond the limit: {beyond([t for t in told if t[1] >= LARGE])}; "
          f"other poses: {beyond([t for t in told if t[0]['pose'] not in ROUND])}")


if __name__ == "__main__":
    main()
