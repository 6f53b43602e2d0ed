#!/usr/bin/env python3
"""How well a report ranks what was planted.

    measure.py TRUTH.json REPORT.json

Average precision over the list of findings of `--parity tuned`, how many planted kinds are among the
first 50 entries, and how many benign entries are above the last kind that was found. An entry is true
if it names a planted host and one of its destinations; the first one of a kind counts, others are neither
right nor wrong.
"""
import json
import sys


def ranks(truth, findings):
    """Of each entry its kinds; the place of each kind that was found; how precise the list is down to each; and
    the benign entries above the last."""
    kinds_of, found, precisions = [], {}, []
    benign = above = 0
    for place, finding in enumerate(findings, 1):
        hosts = set(finding.get("hosts") or [finding["host"]]) | {finding["host"]}
        ips = set(finding["remote_ips"])
        kinds = [t["kind"] for t in truth if t["host"] in hosts and ips & set(t["addresses"])]
        kinds_of.append(kinds)
        if not kinds:
            benign += 1
        for kind in kinds:
            if kind in found:
                continue
            found[kind] = place
            precisions.append(len(found) / (len(found) + benign))
            above = benign
    return kinds_of, found, precisions, above


def measured(truth, findings):
    """Average precision, kinds in the first 50 entries, benign entries above the last kind."""
    _, found, precisions, above = ranks(truth, findings)
    return sum(precisions) / len(truth), sum(place <= 50 for place in found.values()), above


def main():
    truth = json.load(open(sys.argv[1]))
    findings = json.load(open(sys.argv[2]))["findings"]
    kinds_of, found, _, _ = ranks(truth, findings)
    if "--show" in sys.argv:
        most = int(sys.argv[-1]) if sys.argv[-1].isdigit() else 80
        for place, (finding, kinds) in enumerate(zip(findings[:most], kinds_of), 1):
            print(place, finding.get("points"), finding.get("kind"), ",".join(kinds) or "-", finding["host"][:6],
                  finding["Image"].rsplit("\\", 1)[-1], finding["ports_used"], finding["remote_ips"][:2],
                  " ".join("%s" % r["evidence"] for r in finding["reasons"]))
    average, first, above = measured(truth, findings)
    print("entries %d, AP %.3f, kinds %d of %d, in the first 50: %d, benign above the last: %d" % (
        len(findings), average, len(found), len(truth), first, above))
    late = {k: p for k, p in sorted(found.items(), key=lambda x: x[1]) if p > 50}
    print("late:", late, "never:", [t["kind"] for t in truth if t["kind"] not in found])


if __name__ == "__main__":
    main()
