#!/usr/bin/env python3
"""A fleet at work for some days, with command and control planted, to measure the ranking on.

    fleet.py SEED OUT.jsonl TRUTH.json [--hosts N] [--days N] [--office calm|busy|lab] [--loss SHARE]

Writes Sysmon Event IDs 1 and 3 in NXLog's form, in no order in particular, and for each planted kind the
host, the destinations and the programs. Everything follows from the seed. What an office does is drawn
for each again: which programs there are, how often they call, how many services they share.
"""
import argparse
import json
import random
from datetime import datetime, timedelta, timezone

START = datetime(2024, 5, 6, tzinfo=timezone.utc).timestamp()
DAY = 86_400


def guid(rng):
    return "{%08x-%04x-%04x-%04x-%012x}" % (
        rng.getrandbits(32), rng.getrandbits(16), rng.getrandbits(16), rng.getrandbits(16),
        rng.getrandbits(48))


class Fleet:
    def __init__(self, seed, hosts, days, office, loss):
        self.rng = random.Random(seed)
        self.days = days
        self.loss = loss
        self.office = office
        self.hosts = ["WS-%03d.corp.example" % i for i in range(hosts)]
        self.lines = []
        self.truth = []
        self.addresses = set()

    # -- Addresses and programs

    def public(self):
        while True:
            a = "%d.%d.%d.%d" % (
                self.rng.choice([5, 13, 20, 23, 31, 34, 45, 52, 64, 77, 82, 91, 94, 104, 138, 142, 146,
                                 151, 159, 178, 185, 193, 194, 195, 199, 204, 212]),
                self.rng.randrange(256), self.rng.randrange(256), self.rng.randrange(1, 255))
            if a not in self.addresses:
                self.addresses.add(a)
                return a

    def network(self, count):
        base = self.public().rsplit(".", 1)[0]
        return ["%s.%d" % (base, self.rng.randrange(1, 255)) for _ in range(count)]

    def process(self, host, image, parent="C:\\Windows\\explorer.exe", user="CORP\\user", cmd=None,
                original=None, at=START):
        g = guid(self.rng)
        if self.rng.random() < 0.9:
            self.lines.append(dict(
                EventID=1, Hostname=host, EventTime=at, ProcessGuid=g, Image=image, ParentImage=parent,
                User=user, CommandLine=cmd or '"%s"' % image,
                OriginalFileName=original or image.rsplit("\\", 1)[1]))
        return g

    def connect(self, host, at, image, g, address, port, user="CORP\\user", name=""):
        if at < START or at >= START + self.days * DAY or self.rng.random() < self.loss:
            return
        self.lines.append(dict(
            EventID=3, Hostname=host, EventTime=at, ProcessGuid=g, Image=image, User=user, Protocol="tcp",
            Initiated="true", DestinationIp=address, DestinationPort=port, DestinationHostname=name))

    def office_hours(self, day, host):
        """Begin and end of somebody's working day; nothing on most weekends."""
        weekday = (datetime.fromtimestamp(START, timezone.utc) + timedelta(days=day)).weekday()
        if weekday >= 5 and self.rng.random() < 0.85:
            return None
        begin = START + day * DAY + self.rng.gauss(8.5, 0.7) * 3600
        return begin, begin + self.rng.gauss(8.7, 0.9) * 3600

    # -- What is usual

    def clock(self, begin, end, period, jitter):
        at = begin + self.rng.random() * period
        while at < end:
            yield at
            at += period * (1 + jitter * (2 * self.rng.random() - 1))

    def background(self):
        rng = self.rng
        end = START + self.days * DAY
        lab = self.office == "lab"
        busy = {"calm": 0.5, "busy": 1.5, "lab": 1.0}[self.office]
        # Agents that everybody runs, at all hours, to few networks.
        agents = [
            ("C:\\Program Files\\Sense\\MsSense.exe", rng.choice([60, 120, 300]), 0.1, 6, 443),
            ("C:\\Program Files\\Agent%d\\agent.exe" % rng.randrange(9), rng.choice([30, 60, 300]), 0.02, 2,
             rng.choice([443, 8443, 4118, 5671])),
            ("C:\\Program Files\\Backup\\bkpsvc.exe", 3600, 0.05, 3, 443),
            ("C:\\Windows\\System32\\svchost.exe", rng.choice([900, 1800]), 0.3, 40, 443),
            ("C:\\Program Files\\Microsoft OneDrive\\OneDrive.exe", 600, 0.3, 30, 443),
        ]
        for image, period, jitter, size, port in agents:
            pool = [a for _ in range(max(1, size // 8)) for a in self.network(min(size, 8))]
            for host in self.hosts:
                g = self.process(host, image, "C:\\Windows\\System32\\services.exe", "NT AUTHORITY\\SYSTEM")
                period_here = period * rng.uniform(0.9, 1.1) if rng.random() < 0.3 else period
                favourites = rng.sample(pool, min(len(pool), 3))
                for at in self.clock(START, end, max(period_here, 1800 / busy), jitter):
                    self.connect(host, at, image, g, rng.choice(favourites), port, "NT AUTHORITY\\SYSTEM")
        # The directory, mail, RPC, printers, a proxy's health page: inside.
        dcs = ["10.0.0.%d" % i for i in (10, 11)]
        for host in self.hosts:
            g = self.process(host, "C:\\Windows\\System32\\lsass.exe", "C:\\Windows\\System32\\wininit.exe",
                             "NT AUTHORITY\\SYSTEM")
            s = self.process(host, "C:\\Windows\\System32\\svchost.exe",
                             "C:\\Windows\\System32\\services.exe", "NT AUTHORITY\\SYSTEM")
            for at in self.clock(START, end, 7200, 0.5):
                dc = rng.choice(dcs)
                self.connect(host, at, "C:\\Windows\\System32\\lsass.exe", g, dc, 88, "NT AUTHORITY\\SYSTEM")
                self.connect(host, at + 1, "C:\\Windows\\System32\\lsass.exe", g, dc, 49668,
                             "NT AUTHORITY\\SYSTEM")
                self.connect(host, at + 2, "C:\\Windows\\System32\\svchost.exe", s, dc, 135,
                             "NT AUTHORITY\\SYSTEM")
            for at in self.clock(START, end, 4096, 0.01):
                self.connect(host, at, "C:\\Windows\\System32\\svchost.exe", s, "10.0.0.10", 123,
                             "NT AUTHORITY\\SYSTEM")
        # People: browsers with tabs that poll, chat, mail, music, updaters in their own folders.
        browsers = ["C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
                    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
                    "C:\\Program Files\\Mozilla Firefox\\firefox.exe"]
        shared = [self.network(4) for _ in range(60)]
        chat = [a for _ in range(3) for a in self.network(6)]
        local = [("slack.exe", 45), ("Discord.exe", 41), ("Spotify.exe", 30), ("Zoom.exe", 60),
                 ("Teams.exe", 20), ("Update.exe", 3600), ("GoogleUpdate.exe", 18_000)]
        homes = {name: [a for _ in range(2) for a in self.network(5)] for name, _ in local}
        for number, host in enumerate(self.hosts):
            browser = rng.choice(browsers)
            mine = rng.sample(local, rng.randrange(2, 5))
            tabs = [(self.public(), rng.choice([15, 30, 60, 120, 300]), rng.choice([0, 0.05, 0.3]))
                    for _ in range(rng.randrange(0, 3 + int(2 * busy)))]
            for day in range(self.days):
                hours = self.office_hours(day, host)
                if not hours:
                    continue
                begin, close = hours
                g = self.process(host, browser, at=begin)
                at = begin
                while at < close:
                    at += rng.expovariate(busy / 300)
                    for _ in range(rng.randrange(1, 5)):
                        address = (rng.choice(rng.choice(shared)) if rng.random() < 0.8 else self.public())
                        self.connect(host, at + rng.random() * 5, browser, g, address, 443)
                for address, period, jitter in tabs:
                    if rng.random() < 0.6:
                        first = rng.uniform(begin, close)
                        for at in self.clock(first, min(close, first + rng.expovariate(1 / 7200)),
                                             max(period, 60 / busy), jitter):
                            self.connect(host, at, browser, g, address, 443)
                o = self.process(host, "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
                                 at=begin)
                for at in self.clock(begin, close, 300, 0.4):
                    self.connect(host, at, "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
                                 o, rng.choice(chat), 443)
                for name, period in mine:
                    image = "C:\\Users\\u%d\\AppData\\Local\\%s\\%s" % (number, name[:-4], name)
                    p = self.process(host, image, at=begin)
                    for at in self.clock(begin, close, max(period, 120 / busy), 0.1):
                        self.connect(host, at, image, p, rng.choice(homes[name]), 443)
        # What only one or two have: somebody's tool, a script, a home server, a monitor of the lab.
        odd = int(len(self.hosts) * (0.25 if lab else 0.1 * (1 + busy)))
        for n in range(odd):
            host = rng.choice(self.hosts)
            kind = rng.randrange(7)
            if kind == 0:
                image, port, address = ("C:\\Program Files\\Tool%d\\tool%d.exe" % (n, n), 443, self.public())
                period, jitter, parent = rng.choice([60, 300, 3600]), 0.1, "C:\\Windows\\explorer.exe"
            elif kind == 1:
                image, port = "C:\\Python311\\python.exe", rng.choice([443, 5432, 8080])
                address = "10.1.%d.%d" % (rng.randrange(9), rng.randrange(1, 255))
                period, jitter, parent = rng.choice([30, 60, 600]), 0.01, "C:\\Windows\\System32\\svchost.exe"
            elif kind == 2:
                image, port = ("C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
                               rng.choice([5985, 443, 8531]))
                address = "10.0.%d.%d" % (rng.randrange(9), rng.randrange(1, 255))
                period, jitter, parent = rng.choice([300, 900, 3600]), 0.01, "C:\\Windows\\System32\\svchost.exe"
            elif kind == 3:
                image, port, address = "C:\\Program Files\\nodejs\\node.exe", 3000, "127.0.0.1"
                period, jitter, parent = 5, 0.1, "C:\\Windows\\System32\\cmd.exe"
            elif kind == 4:
                image, port, address = ("C:\\Program Files\\PuTTY\\putty.exe", 22, self.public())
                period, jitter, parent = 1200, 0.9, "C:\\Windows\\explorer.exe"
            elif kind == 5:
                image, port, address = ("C:\\Program Files\\VPN%d\\vpn.exe" % (n % 4),
                                        rng.choice([443, 1194, 4500]), self.public())
                period, jitter, parent = rng.choice([25, 60, 120]), 0.02, "C:\\Windows\\System32\\services.exe"
            else:
                image, port, address = ("C:\\Program Files\\Java\\bin\\java.exe", rng.choice([8443, 9092, 5671]),
                                        "10.2.%d.%d" % (rng.randrange(9), rng.randrange(1, 255)))
                period, jitter, parent = rng.choice([10, 30, 60]), 0.05, "C:\\Windows\\System32\\services.exe"
            for day in range(self.days):
                hours = self.office_hours(day, host)
                if not hours and kind in (0, 3, 4):
                    continue
                begin, close = hours if kind in (0, 3, 4) else (START + day * DAY, START + (day + 1) * DAY)
                g = self.process(host, image, parent, at=begin)
                for at in self.clock(begin, close, max(period, 60), jitter):
                    self.connect(host, at, image, g, address, port)

    # -- What is planted

    def sleeper(self, begin, end, sleep, jitter, low=False):
        at = begin
        while at < end:
            yield at
            share = self.rng.random()
            at += sleep * (1 - jitter * share) if low else sleep * (1 + jitter * (2 * share - 1))

    def plant(self):
        rng = self.rng
        end = START + self.days * DAY
        system, temp = "C:\\Windows\\System32\\", "C:\\Users\\Public\\"
        ps = system + "WindowsPowerShell\\v1.0\\powershell.exe"
        word = "C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE"
        svchost = system + "svchost.exe"
        explorer = "C:\\Windows\\explorer.exe"
        kinds = [
            # name, image, port, sleep, jitter, begin (days), length (days), parent, more
            ("cs-default", system + "rundll32.exe", 443, 60, 0.0, 3, 7, explorer, {}),
            ("cs-jitter37", system + "rundll32.exe", 443, 60, 0.37, 4, 3, word, {"low": True}),
            ("cs-svchost", svchost, 443, 300, 0.2, 2, 8, system + "services.exe", {}),
            ("cs-explorer-8443", explorer, 8443, 120, 0.5, 5, 4, explorer, {"low": True}),
            ("cs-hourly", svchost, 443, 3600, 0.1, 1, 9, system + "services.exe", {}),
            ("cs-two-hours", system + "dllhost.exe", 80, 7200, 0.15, 0, 10, svchost, {}),
            ("ps-9001", ps, 9001, 60, 0.05, 6, 1, word, {}),
            ("ps-http-80", ps, 80, 5, 0.1, 7, 0.1, word, {}),
            ("meterpreter-4444", temp + "update.exe", 4444, 30, 0.1, 6, 2, explorer, {}),
            ("renamed-ps", temp + "svc.exe", 8088, 90, 0.2, 5, 2, system + "svchost.exe",
             {"original": "PowerShell.EXE"}),
            ("python-high", "C:\\Users\\Public\\py\\python.exe", 31337, 45, 0.3, 6, 2, explorer, {}),
            ("mshta-8080", system + "mshta.exe", 8080, 600, 0.2, 4, 5, word, {}),
            ("regsvr32-443", system + "regsvr32.exe", 443, 180, 0.3, 4, 4, word, {}),
            ("wscript-1224", system + "wscript.exe", 1224, 240, 0.1, 5, 3, explorer, {}),
            ("rat-587", temp + "invoice.exe", 587, 1200, 0.2, 3, 6, explorer, {}),
            ("certutil", system + "certutil.exe", 2083, 900, 0.1, 4, 5, system + "cmd.exe", {}),
            ("msbuild", "C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\MSBuild.exe", 443, 60, 0.25, 5, 3,
             explorer, {}),
            ("notepad-inject", system + "notepad.exe", 80, 10, 0.2, 8, 0.5, explorer, {}),
            ("dense-1s", temp + "rev.exe", 443, 1, 0.3, 8, 0.2, explorer, {}),
            ("dense-3s", system + "rundll32.exe", 8443, 3, 0.2, 7, 0.3, explorer, {}),
            ("working-hours", system + "werfault.exe", 443, 120, 0.3, 1, 9, svchost, {"office": True}),
            ("sleep-change", svchost, 8443, 60, 0.1, 3, 6, system + "services.exe", {"later": 1800}),
            ("bursts", svchost, 443, 600, 0.1, 3, 6, system + "services.exe", {"bursts": True}),
            ("redirectors", system + "rundll32.exe", 443, 120, 0.2, 4, 4, explorer, {"pool": 12}),
            ("random-names", "C:\\ProgramData\\", 443, 300, 0.1, 4, 5, svchost, {"names": True}),
            ("many-processes", system + "cmd.exe", 443, 300, 0.05, 4, 4, svchost, {"restart": True}),
            ("daily", svchost, 443, 43_200, 0.02, 0, 10, system + "services.exe", {}),
            ("teams-fake", "C:\\Users\\u1\\AppData\\Roaming\\Teams\\teamsupd.exe", 443, 75, 0.4, 3, 6,
             explorer, {"low": True}),
        ]
        victims = rng.sample(self.hosts, min(len(self.hosts), len(kinds)))
        for index, (kind, image, port, sleep, jitter, begin, length, parent, more) in enumerate(kinds):
            host = victims[index % len(victims)]
            first = START + min(begin, self.days - 1) * DAY + rng.random() * 0.5 * DAY
            last = min(end, first + length * DAY)
            pool = [self.public() for _ in range(more.get("pool", 1))]
            user = "NT AUTHORITY\\SYSTEM" if image == svchost else "CORP\\user"
            g = self.process(host, image, parent, user, original=more.get("original"), at=first)
            images = {image}
            for at in self.sleeper(first, last, sleep, jitter, more.get("low", False)):
                if more.get("office"):
                    hour = (at - START) % DAY / 3600
                    if not 9 <= hour < 17:
                        continue
                if "later" in more and at > (first + last) / 2 and rng.random() > sleep / more["later"]:
                    continue
                here = image
                if more.get("names"):
                    here = image + "%08x.exe" % rng.getrandbits(32)
                    images.add(here)
                if more.get("names") or more.get("restart"):
                    g = self.process(host, here, parent, user, at=at)
                address = rng.choice(pool)
                self.connect(host, at, here, g, address, port, user)
                if more.get("bursts") and rng.random() < 0.05:
                    for _ in range(rng.randrange(5, 40)):
                        at += rng.uniform(2, 9)
                        self.connect(host, at, here, g, address, port, user)
            self.truth.append(dict(kind=kind, host=host, addresses=pool, port=port,
                                   programs=sorted(i.rsplit("\\", 1)[1].lower() for i in images)))

    def write(self, out, truth):
        with open(out, "w") as file:
            for line in self.lines:
                at = datetime.fromtimestamp(line["EventTime"], timezone.utc)
                line["EventTime"] = at.strftime("%Y-%m-%d %H:%M:%S")
                line["UtcTime"] = at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
                line["@timestamp"] = at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
                line["Channel"] = "Microsoft-Windows-Sysmon/Operational"
                file.write(json.dumps(line, separators=(",", ":")) + "\n")
        with open(truth, "w") as file:
            json.dump(self.truth, file, indent=1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", type=int)
    parser.add_argument("out")
    parser.add_argument("truth")
    parser.add_argument("--hosts", type=int, default=120)
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--office", default="busy", choices=["calm", "busy", "lab"])
    parser.add_argument("--loss", type=float, default=0)
    options = parser.parse_args()
    fleet = Fleet(options.seed, options.hosts, options.days, options.office, options.loss)
    fleet.background()
    fleet.plant()
    fleet.write(options.out, options.truth)


if __name__ == "__main__":
    main()
