#!/usr/bin/env python3
"""What each reason is worth: the ranking of fleets with one reason at a time left out.

    ablate.py ODDPORT FOLDER

FOLDER holds the fleets that all.py has made. Each is read into a ledger once; then a hunt for each reason gives
it no points. Prints, summed over the fleets, how far average precision falls, how many kinds leave the first
50 entries, and how many more benign entries are above the last kind. A reason whose line is all zeros, or
below, says nothing there.
"""
import argparse
import glob
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from measure import measured  # noqa: E402


def hunt(oddport, ledger, weights):
    # Not checked: a reading that is called incomplete has findings as well.
    found = subprocess.run(
        [oddport, "hunt", "--ledger", ledger, "--parity", "tuned", "--format", "json", "--quiet"]
        + [word for weight in weights for word in ("--weight", weight)], capture_output=True)
    return json.loads(found.stdout)["findings"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("oddport")
    parser.add_argument("folder")
    options = parser.parse_args()
    fleets = []
    for archive in sorted(glob.glob(os.path.join(options.folder, "*.jsonl.zst"))):
        base = archive[:-len(".jsonl.zst")]
        if not os.path.exists(base + ".ledger"):
            subprocess.run([options.oddport, "ledger", "add", "--ledger", base + ".ledger", archive, "--quiet"])
        truth = json.load(open(base + ".truth.json"))
        findings = hunt(options.oddport, base + ".ledger", [])
        fleets.append((base, truth, measured(truth, findings), findings))
        print("%-60s %s" % (os.path.basename(base), measured(truth, findings)))
    reasons = sorted({reason["evidence"] for fleet in fleets for finding in fleet[3] for reason in finding["reasons"]})
    print("%-22s %9s %9s %9s" % ("left out", "AP", "first 50", "above"))
    for reason in reasons:
        change = [0, 0, 0]
        for base, truth, before, _ in fleets:
            after = measured(truth, hunt(options.oddport, base + ".ledger", [reason + "=0"]))
            for index in range(3):
                change[index] += after[index] - before[index]
        print("%-22s %+9.3f %+9d %+9d" % (reason, *change), flush=True)


if __name__ == "__main__":
    main()
