#!/usr/bin/env python3
"""A second fleet, to check the ranking on an office that nothing was chosen by.

    holdout.py SEED OUT.jsonl TRUTH.json [--hosts N] [--days N] [--office sales|shifts|makers] [--loss SHARE]
               [--no-starts]

Where fleet.py ties each kind of command and control to a program, a port and a parent, this one draws them:
28 ways to keep time, each by a program that is drawn from injected system processes, dropped files, script
hosts and everyday applications, on an everyday port. The benign side has other habits too: single hosts with
a business application of their own, browsers that poll sites nobody else knows, a monitoring server, remote
support, developers, streaming, update services that answer from hundreds of addresses.
"""
import argparse
import math

from fleet import DAY, START, Fleet

SYSTEM = "C:\\Windows\\System32\\"
PROGRAMS = "C:\\Program Files\\"
EXPLORER = "C:\\Windows\\explorer.exe"
SERVICES = SYSTEM + "services.exe"
LOCAL_SYSTEM = "NT AUTHORITY\\SYSTEM"


class Holdout(Fleet):
    def __init__(self, seed, hosts, days, office, loss, starts):
        super().__init__(seed, hosts, days, office, loss)
        self.starts = starts

    def process(self, *args, **kwargs):
        length = len(self.lines)
        g = super().process(*args, **kwargs)
        if not self.starts:
            del self.lines[length:]
        return g

    def run(self, host, image, address, port, period, jitter, spans, parent=EXPLORER, user="CORP\\user"):
        """A program that calls addresses by a clock, over some spans of time, as one process for each."""
        pool = address if isinstance(address, list) else [address]
        for begin, end in spans:
            g = self.process(host, image, parent, user, at=begin)
            for at in self.clock(begin, end, period, jitter):
                self.connect(host, at, image, g, self.rng.choice(pool), port, user)

    def poisson(self, host, image, pool, port, mean, spans, parent=EXPLORER, user="CORP\\user"):
        for begin, end in spans:
            g = self.process(host, image, parent, user, at=begin)
            at = begin + self.rng.expovariate(1 / mean)
            while at < end:
                self.connect(host, at, image, g, self.rng.choice(pool), port, user)
                at += self.rng.expovariate(1 / mean)

    def days_of(self, host):
        """When somebody works on a host: one span a day, for shifts around the clock two or three."""
        spans = []
        for day in range(self.days):
            if self.office == "shifts":
                for shift in range(3):
                    if self.rng.random() < 0.6:
                        begin = START + day * DAY + (6 + 8 * shift) * 3600 + self.rng.gauss(0, 600)
                        spans.append((begin, begin + 8 * 3600))
            else:
                hours = self.office_hours(day, host)
                if hours:
                    spans.append(hours)
        return spans

    def background(self):
        rng = self.rng
        whole = [(START, START + self.days * DAY)]
        makers, shifts = self.office == "makers", self.office == "shifts"
        # Everybody's agents; what each talks to is shared by all, or answers from many addresses.
        agents = []
        for number in range(rng.randrange(4, 9)):
            name = "%s%d" % (rng.choice(["Edr", "Inventory", "Patch", "Dlp", "Proxy", "Mdm"]), number)
            size = rng.choice([1, 2, 5, 40, 200])
            agents.append((PROGRAMS + name + "\\" + name.lower() + "svc.exe",
                           [a for _ in range(math.ceil(size / 4)) for a in self.network(min(4, size))],
                           rng.choice([443, 443, 443, 8443, 9443, 5671]), rng.choice([120, 300, 900, 3600]),
                           rng.choice([0.0, 0.05, 0.3]), rng.random()))
        updates = [a for _ in range(120) for a in self.network(2)]
        sync = [a for _ in range(30) for a in self.network(4)]
        chat = [a for _ in range(6) for a in self.network(4)]
        sites = [self.network(2) for _ in range(300)]
        for host in self.hosts:
            for image, pool, port, period, jitter, share in agents:
                if rng.random() < 0.5 + share / 2:
                    mine = rng.sample(pool, min(len(pool), rng.choice([1, 2, 6])))
                    self.run(host, image, mine, port, period * rng.choice([1, 1, 1, 2]), jitter, whole,
                             SERVICES, LOCAL_SYSTEM)
            svchost = SYSTEM + "svchost.exe"
            self.poisson(host, svchost, rng.sample(updates, 12), 443, 2400, whole, SERVICES, LOCAL_SYSTEM)
            self.run(host, svchost, "10.20.0.1", 123, rng.choice([1024, 4096, 32768]), 0.01, whole, SERVICES,
                     LOCAL_SYSTEM)
            self.run(host, SYSTEM + "lsass.exe", ["10.20.0.1", "10.20.0.2"], 88, 5400, 0.6, whole)
            self.run(host, SYSTEM + "spoolsv.exe", "10.20.9.%d" % rng.randrange(1, 9), 9100, 1800, 0.05, whole)
        # People.
        for number, host in enumerate(self.hosts):
            spans = self.days_of(host)
            home = "C:\\Users\\p%d\\AppData\\Local\\" % number
            browser = rng.choice([PROGRAMS + "Google\\Chrome\\Application\\chrome.exe",
                                  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
                                  home + "BraveSoftware\\brave.exe"])
            known = rng.sample(sites, 40)
            for _ in range(3):
                self.poisson(host, browser, [a for s in known for a in s], 443, 120, spans)
            self.poisson(host, browser, [self.public() for _ in range(60)], 443, 600, spans)
            # Sites that keep themselves fresh: webmail, tickers, a camera at home.
            for _ in range(rng.randrange(0, 4)):
                polled = rng.sample(spans, max(1, len(spans) // 2)) if spans else []
                self.run(host, browser, rng.choice([self.public(), rng.choice(rng.choice(sites))]),
                         rng.choice([443, 443, 443, 8443, 5001]), rng.choice([60, 120, 300, 600]),
                         rng.choice([0, 0.02, 0.2, 0.5]), polled)
            self.run(host, PROGRAMS + "Microsoft OneDrive\\OneDrive.exe", rng.sample(sync, 8), 443,
                     rng.choice([300, 600]), 0.2, spans)
            self.run(host, home + "Microsoft\\Teams\\current\\Teams.exe", rng.sample(chat, 4), 443, 180, 0.15,
                     spans)
            if rng.random() < 0.3:
                self.run(host, home + "Programs\\signal-desktop\\Signal.exe", rng.sample(chat, 2), 443, 240,
                         0.05, spans)
            if rng.random() < 0.15:
                self.run(host, "C:\\Users\\p%d\\AppData\\Roaming\\Spotify\\Spotify.exe" % number,
                         rng.sample(sync, 3), rng.choice([443, 4070]), 120, 0.2, spans)
            if rng.random() < 0.08:
                # Remote support keeps one router for each host.
                self.run(host, PROGRAMS + "TeamViewer\\TeamViewer_Service.exe", self.public(), 5938, 300, 0.02,
                         whole, SERVICES, LOCAL_SYSTEM)
            if rng.random() < (0.25 if makers else 0.03):
                node = PROGRAMS + "nodejs\\node.exe"
                self.run(host, node, "127.0.0.1", rng.choice([3000, 5173, 8088, 8888]), 60, 0.1, spans,
                         SYSTEM + "cmd.exe")
                self.run(host, PROGRAMS + "Git\\mingw64\\bin\\git-remote-https.exe", rng.choice(rng.choice(sites)),
                         443, 300, 0.05, spans)
                self.run(host, home + "Programs\\Microsoft VS Code\\Code.exe", rng.sample(sync, 5), 443, 240, 0.4,
                         spans)
                if rng.random() < 0.4:
                    self.poisson(host, SYSTEM + "OpenSSH\\ssh.exe", [self.public() for _ in range(3)], 22, 1800,
                                 spans, SYSTEM + "WindowsPowerShell\\v1.0\\powershell.exe")
        # One host each: applications of a trade, a script, a monitor, a gateway.
        for number in range(max(1, len(self.hosts) // (12 if makers else 20))):
            host = rng.choice(self.hosts)
            vendor = "%s%d" % (rng.choice(["Payroll", "Bank", "Cad", "Scale", "Label", "Fleet"]), number)
            self.run(host, PROGRAMS + vendor + "\\" + vendor + ".exe", self.public(),
                     rng.choice([443, 443, 8443, 1883, 8883]), rng.choice([60, 300, 900, 3600]),
                     rng.choice([0, 0.05, 0.2]), whole if rng.random() < 0.4 else self.days_of(host),
                     rng.choice([SERVICES, EXPLORER]), rng.choice([LOCAL_SYSTEM, "CORP\\user"]))
        scripts = rng.sample(self.hosts, max(1, len(self.hosts) // 25))
        for host in scripts:
            self.run(host, SYSTEM + "WindowsPowerShell\\v1.0\\powershell.exe",
                     "10.20.%d.%d" % (rng.randrange(9), rng.randrange(1, 250)), rng.choice([5985, 8530, 443, 8088]),
                     rng.choice([300, 900, 3600]), 0.01, whole, SYSTEM + "svchost.exe", LOCAL_SYSTEM)
        monitor = self.hosts[0]
        for other in range(min(60, len(self.hosts))):
            self.run(monitor, PROGRAMS + "Zabbix\\zabbix_server.exe", "10.20.50.%d" % (other + 1), 10050, 600, 0.01,
                     whole, SERVICES, LOCAL_SYSTEM)
        if shifts:
            for host in rng.sample(self.hosts, max(1, len(self.hosts) // 10)):
                self.run(host, PROGRAMS + "Scada\\hmi.exe", "10.30.0.%d" % rng.randrange(1, 200), 502, 60, 0.01,
                         whole, SERVICES, LOCAL_SYSTEM)

    # -- What is planted

    def cast(self):
        """Who calls: the image, its parent, the user, and the name that Event ID 1 gives."""
        rng = self.rng
        user = "CORP\\user"
        word = PROGRAMS + "Microsoft Office\\root\\Office16\\WINWORD.EXE"
        return rng.choice([
            (SYSTEM + "rundll32.exe", rng.choice([EXPLORER, word]), user, None),
            (SYSTEM + "svchost.exe", SERVICES, LOCAL_SYSTEM, None),
            (SYSTEM + "dllhost.exe", SYSTEM + "svchost.exe", LOCAL_SYSTEM, None),
            (SYSTEM + "WindowsPowerShell\\v1.0\\powershell.exe", rng.choice([word, EXPLORER]), user, None),
            (SYSTEM + rng.choice(["notepad.exe", "werfault.exe", "gpupdate.exe", "runtimebroker.exe"]),
             EXPLORER, user, None),
            ("C:\\Users\\p1\\AppData\\Local\\Temp\\%s.exe" % rng.choice(["setup", "invoice", "a1b2", "winupd"]),
             EXPLORER, user, None),
            ("C:\\ProgramData\\%s\\%s.exe" % (rng.choice(["Intel", "Oracle", "Adobe"]),
                                              rng.choice(["igfx", "jusched", "armsvc"])),
             SYSTEM + "svchost.exe", LOCAL_SYSTEM, None),
            ("C:\\Users\\Public\\%s.exe" % rng.choice(["one", "up"]), SYSTEM + "cmd.exe", user, "PowerShell.EXE"),
            (EXPLORER, SYSTEM + "userinit.exe", user, None),
            (PROGRAMS + "Microsoft OneDrive\\OneDrive.exe", EXPLORER, user, None),
        ])

    def plant(self):
        kinds = [
            # name, sleep, jitter, days, more
            ("fixed-60", 60, 0, 5, {}), ("jitter-10", 60, 0.1, 5, {}), ("jitter-20", 300, 0.2, 5, {}),
            ("jitter-37", 60, 0.37, 3, {"low": True}), ("jitter-50", 120, 0.5, 5, {}),
            ("jitter-50-low", 90, 0.5, 4, {"low": True}), ("slow-1h", 3600, 0.1, 7, {}),
            ("slow-2h", 7200, 0.2, 9, {}), ("slow-4h", 14_400, 0.05, 10, {}), ("short", 30, 0.2, 0.05, {}),
            ("five-seconds", 5, 0.2, 0.2, {}), ("strobe-1s", 1, 0.2, 0.15, {}), ("strobe-2s", 2, 0.3, 0.3, {}),
            ("strobe-3s", 3, 0.2, 0.4, {}), ("working-hours", 120, 0.25, 9, {"office": True}),
            ("nights", 600, 0.2, 8, {"night": True}), ("sleep-change", 60, 0.1, 6, {"later": [900]}),
            ("sleep-changes", 300, 0.1, 8, {"later": [60, 3600, 600]}), ("bursts", 600, 0.1, 6, {"bursts": True}),
            ("pool-5", 120, 0.1, 5, {"pool": 5}), ("pool-40", 300, 0.2, 7, {"pool": 40}),
            ("redirectors", 120, 0.2, 5, {"pool": 2}), ("cdn", 300, 0.15, 6, {"pool": 8, "near": True}),
            ("random-names", 600, 0.1, 6, {"names": True}), ("restarts", 300, 0.05, 6, {"restart": True}),
            ("lossy", 60, 0.2, 4, {"loss": 0.3}), ("inside", 120, 0.2, 6, {"inside": True}),
            ("second-port", 180, 0.2, 5, {"ports": True}),
        ]
        rng = self.rng
        end = START + self.days * DAY
        victims = rng.sample(self.hosts, min(len(self.hosts), len(kinds)))
        for index, (kind, sleep, jitter, length, more) in enumerate(kinds):
            host = victims[index % len(victims)]
            image, parent, user, original = self.cast()
            first = START + rng.random() * max(0, self.days - length) * DAY
            last = min(end, first + length * DAY)
            pool = [self.public() for _ in range(more.get("pool", 1))]
            if more.get("near"):
                pool = self.network(8)
            if more.get("inside"):
                pool = ["10.20.%d.%d" % (rng.randrange(100, 200), rng.randrange(1, 250))]
            ports = [rng.choice([443, 443, 443, 80, 8080, 8443, 53, 4443, 9001])]
            if more.get("ports"):
                ports = [443, 8443]
            if more.get("names"):
                image = "C:\\ProgramData\\%08x.exe" % rng.getrandbits(32)
            g = self.process(host, image, parent, user, original=original, at=first)
            images = {image}
            sleeps = [sleep] + more.get("later", [])
            at = first
            while at < last:
                now = sleeps[min(len(sleeps) - 1, int((at - first) / (last - first) * len(sleeps)))]
                share = rng.random()
                at += now * (1 - jitter * share) if more.get("low") else now * (1 + jitter * (2 * share - 1))
                hour = (at - START) % DAY / 3600
                if more.get("office") and not 9 <= hour < 17 or more.get("night") and 6 <= hour < 22:
                    continue
                if rng.random() < more.get("loss", 0):
                    continue
                here = image
                if more.get("names"):
                    here = "C:\\ProgramData\\%08x.exe" % rng.getrandbits(32)
                    images.add(here)
                if more.get("names") or more.get("restart"):
                    g = self.process(host, here, parent, user, original=original, at=at)
                address = rng.choice(pool)
                self.connect(host, at, here, g, address, rng.choice(ports), user)
                if more.get("bursts") and rng.random() < 0.08:
                    for _ in range(rng.randrange(4, 30)):
                        at += rng.uniform(1, 12)
                        self.connect(host, at, here, g, address, ports[0], user)
            self.truth.append(dict(kind=kind, host=host, addresses=pool, port=ports[0],
                                   programs=sorted(i.rsplit("\\", 1)[1].lower() for i in images)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", type=int)
    parser.add_argument("out")
    parser.add_argument("truth")
    parser.add_argument("--hosts", type=int, default=120)
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--office", default="sales", choices=["sales", "shifts", "makers"])
    parser.add_argument("--loss", type=float, default=0)
    parser.add_argument("--no-starts", action="store_true")
    options = parser.parse_args()
    fleet = Holdout(options.seed, options.hosts, options.days, options.office, options.loss,
                    not options.no_starts)
    fleet.background()
    fleet.plant()
    fleet.write(options.out, options.truth)


if __name__ == "__main__":
    main()
