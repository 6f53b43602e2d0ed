#!/usr/bin/env python3
"""The published T1571 table of an archive of JSON lines, computed from the description of the detection alone.

usage: Tests/oracle/oracle.py strict|seed ARCHIVE...

A witness for the tests: it shares no code with oddport, has nothing but Python's standard library, and favours
being obvious over being fast. It reads gzip and plain files, in the three forms of `oddport-samples parity`.

Prints a JSON list of rows. In each, ports and severities are sets in order, addresses are in their canonical
form, and times are milliseconds since 1970.
"""

import datetime
import gzip
import ipaddress
import json
import sys

KNOWN_C2_PORTS = {
    444, 587, 1224, 1337, 2083, 2087, 4443, 4444, 4445, 6666, 6667, 6668, 7777, 8008, 8088, 8888, 9001, 9090, 31337}
STANDARD_PORTS = {80, 443, 8080, 8443, 53, 25, 3000, 5000, 9000}
HIGH_RISK = (
    "cmd.exe", "powershell.exe", "pwsh.exe", "wscript.exe", "cscript.exe", "mshta.exe", "rundll32.exe",
    "regsvr32.exe", "certutil.exe", "bitsadmin.exe", "msiexec.exe")
SEVERITIES = {3: "High", 2: "Medium", 1: "Low"}


def event(line):
    """(event ID, host, record time or None, fields) of a Sysmon event, or None."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    if record.get("SourceName") == "Microsoft-Windows-Sysmon":
        # Its EventTime names no zone, and so does not count.
        return record.get("EventID"), record.get("Hostname"), None, record
    if isinstance(record.get("Event"), dict):
        system = record["Event"]["System"]
        if system["Provider"]["#attributes"]["Name"] != "Microsoft-Windows-Sysmon":
            return None
        time = system["TimeCreated"]["#attributes"]["SystemTime"]
        return system["EventID"], system["Computer"], milliseconds(time), record["Event"]["EventData"]
    log = record.get("winlog")
    if isinstance(log, dict) and log.get("provider_name") == "Microsoft-Windows-Sysmon":
        return int(log["event_id"]), log["computer_name"], milliseconds(record["@timestamp"]), log["event_data"]
    return None


def milliseconds(text):
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00").replace(" ", "T"))
    if time.tzinfo is None:
        time = time.replace(tzinfo=datetime.timezone.utc)
    return round((time - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds() * 1000)


def tonumber(value):
    """A port, or None for what is not a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def word(value):
    """A value as the query sees it: a boolean is its word, null is no value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def score(image, port):
    high_risk = any(name in (image or "").lower() for name in HIGH_RISK)
    known = port in KNOWN_C2_PORTS
    odd = high_risk and port is not None and port not in STANDARD_PORTS and port > 1024
    return 3 if high_risk and known else 2 if odd else 1 if known else 0


def table(parity, paths):
    events = []
    for path in paths:
        opened = gzip.open if path.endswith(".gz") else open
        with opened(path, "rb") as file:
            events += [found for found in map(event, file.read().split(b"\n")) if found]
    parents = {
        (host.lower(), fields["ProcessGuid"].lower()): fields["ParentImage"]
        for number, host, _, fields in events if number == 1 and fields.get("ParentImage") is not None}
    groups = {}
    for number, host, recorded, fields in events:
        if number != 3:
            continue
        initiated = word(fields.get("Initiated"))
        if (initiated if initiated is not None else "true") != "true":
            continue
        port = tonumber(fields.get("DestinationPort"))
        points = score(fields.get("Image"), port)
        if points == 0:
            continue
        parent = fields.get("ParentImage")
        if parent is None and parity == "seed":
            parent = parents.get((host.lower(), (fields.get("ProcessGuid") or "").lower()))
        key = (host, fields.get("Image"), fields.get("User"), parent)
        if parity == "strict" and None in key:
            continue
        group = groups.setdefault(tuple(part or "" for part in key), [])
        time = recorded if recorded is not None else milliseconds(fields["UtcTime"])
        group.append((points, port, ipaddress.ip_address(fields["DestinationIp"]), time))
    rows = []
    for (host, image, user, parent), hits in groups.items():
        best = max(hit[0] for hit in hits)
        addresses = {hit[2] for hit in hits}
        rows.append({
            "host": host, "Image": image, "User": user, "ParentImage": parent,
            "ports_used": sorted({hit[1] for hit in hits}),
            "remote_ips": [
                address.compressed for address in sorted(addresses, key=lambda a: (a.version, int(a)))],
            "connection_count": len(hits), "max_risk_score": best,
            "severity": [SEVERITIES[points] for points in sorted({hit[0] for hit in hits}, reverse=True)],
            "first_seen_ms": min(hit[3] for hit in hits), "last_seen_ms": max(hit[3] for hit in hits),
        })
    rows.sort(key=lambda row: (
        -row["max_risk_score"], -row["connection_count"],
        *(row[name].encode() for name in ("host", "Image", "User", "ParentImage"))))
    return rows


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("strict", "seed"):
        sys.exit(__doc__)
    # One row a line: a difference is read easily.
    rows = [json.dumps(row, ensure_ascii=False) for row in table(sys.argv[1], sys.argv[2:])]
    sys.stdout.buffer.write(("[\n" + ",\n".join(rows) + "\n]\n").encode())


if __name__ == "__main__":
    main()
