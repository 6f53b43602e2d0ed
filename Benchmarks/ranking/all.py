#!/usr/bin/env python3
"""Makes fleets, hunts them and measures the ranking: one line for each, for docs/evidence.md.

    all.py ODDPORT FOLDER [--first SEED]

Fleets stay in FOLDER as packed archives, so that another build can be measured on the same ones.
"""
import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FLEETS = [
    # generator, options
    ("fleet.py", "--office busy"), ("fleet.py", "--office calm"), ("fleet.py", "--office lab"),
    ("fleet.py", "--office busy --loss 0.1"), ("fleet.py", "--office busy --loss 0.3"),
    ("holdout.py", "--office sales"), ("holdout.py", "--office makers --hosts 300"),
    ("holdout.py", "--office shifts --no-starts"), ("holdout.py", "--office sales --hosts 20"),
    ("holdout.py", "--office sales --loss 0.1"), ("holdout.py", "--office sales --loss 0.3"),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("oddport")
    parser.add_argument("folder")
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    for number, (generator, arguments) in enumerate(FLEETS):
        seed = options.first + number
        # Losses are those of one fleet.
        if "--loss" in arguments:
            seed = options.first + (0 if generator == "fleet.py" else 5)
        base = os.path.join(options.folder, "%s-%d%s" % (
            generator[:-3], seed, arguments.replace("--", "-").replace(" ", "")))
        archive, truth, report = base + ".jsonl.zst", base + ".truth.json", base + ".json"
        if not os.path.exists(archive):
            subprocess.run([sys.executable, os.path.join(HERE, generator), str(seed), base + ".jsonl",
                            truth] + arguments.split(), check=True)
            subprocess.run(["zstd", "-q", "-1", "--rm", base + ".jsonl"], check=True)
        print(generator, seed, arguments, flush=True)
        if options.oddport != "none":
            with open(report, "wb") as out:
                subprocess.run([options.oddport, "hunt", archive, "--parity", "tuned", "--format", "json",
                                "--quiet"], stdout=out, stderr=subprocess.DEVNULL)
            subprocess.run([sys.executable, os.path.join(HERE, "measure.py"), truth, report], check=True)


if __name__ == "__main__":
    main()
