#!/usr/bin/env python3
"""Connections by chance alone, to count how many series of them are taken for beacons.

    chance.py SEED OUT.jsonl [--series N] [--mean SECONDS] [--alone]
    chance.py --count REPORT.json [--series N]

Each series is a Poisson process of one program on one host towards one address: its mean is drawn between
5 s and a day (by its logarithm) unless --mean says it, and it has 8 to 400 connections in at most 10 days.
A hundred series share a host, ten a program, so that clocks over several addresses, names or processes have
their chance as well; with --alone every series has its own host.
"""
import argparse
import json
import math
import random
import sys
from datetime import datetime, timezone

START = datetime(2024, 5, 6, tzinfo=timezone.utc).timestamp()
LENGTH = 10 * 86_400


def write(options):
    rng = random.Random(options.seed)
    written = 0
    with open(options.out, "w") as out:
        for number in range(options.series):
            mean = options.mean or math.exp(rng.uniform(math.log(5), math.log(86_400)))
            count = round(math.exp(rng.uniform(math.log(8), math.log(400))))
            host = number if options.alone else number // 100
            program = "C:\\Program Files\\P%d\\p%d.exe" % ((number // 10,) * 2)
            address = "%d.%d.%d.%d" % (20 + number // 65_536, number // 256 % 256, number % 256,
                                       rng.randrange(1, 255))
            guid = "{%08x-0000-0000-0000-000000000001}" % number
            at = START + rng.random() * max(0, LENGTH - mean * count)
            events = 0
            for _ in range(count):
                if at >= START + LENGTH:
                    break
                time = datetime.fromtimestamp(at, timezone.utc)
                utc = time.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
                out.write(json.dumps({
                    "EventID": 3, "Channel": "Microsoft-Windows-Sysmon/Operational",
                    "Hostname": "H%05d" % host, "EventTime": utc[:19], "UtcTime": utc,
                    "@timestamp": utc.replace(" ", "T") + "Z", "ProcessGuid": guid, "Image": program,
                    "User": "CORP\\user", "Protocol": "tcp", "Initiated": "true", "DestinationIp": address,
                    "DestinationPort": 443}, separators=(",", ":")) + "\n")
                at += rng.expovariate(1 / mean)
                events += 1
            written += events >= 8
    print("%d series of at least 8 connections" % written)


def count(options):
    report = json.load(open(options.report))
    clocks = {}
    for beacon in report["beacons"] + report["strobes"]:
        clocks[beacon["clock"]] = clocks.get(beacon["clock"], 0) + 1
    total = sum(clocks.values())
    print("%d of %d series, %.3f %%: %s" % (total, options.series, 100 * total / options.series, clocks))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", nargs="?", type=int)
    parser.add_argument("out", nargs="?")
    parser.add_argument("--count", dest="report")
    parser.add_argument("--series", type=int, default=30_000)
    parser.add_argument("--mean", type=float)
    parser.add_argument("--alone", action="store_true")
    options = parser.parse_args()
    if options.report:
        count(options)
    elif options.seed is not None and options.out:
        write(options)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
