#!/usr/bin/env python3
"""The hunt of `oddport hunt`, with its archives read on Apache Spark: one task runs one `oddport map --shard I/N`,
the driver runs `oddport reduce`. The report is the same bytes, manifest included. README.md beside this file has
the commands and the limits.

    spark-submit oddport_spark.py --binary oddport --shards 16 --out report ARCHIVE... -- --intel feed.csv
"""

import argparse
import ctypes
import hashlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import uuid
from collections import namedtuple

from py4j.protocol import Py4JJavaError
from pyspark import AccumulatorParam, SparkConf, SparkContext, SparkFiles

PR_SET_PDEATHSIG = 1
# docs/status.md: a disk that is full, a lock that is held, an interruption. A signal is a negative status here.
TRY_AGAIN = {73, 74, 75, 130, 143}
# A partial that comes back through Spark is one Java array, of which pickling makes a second one.
LARGEST_RETURNED = 1 << 30

Task = namedtuple("Task", "binary sha256 archives options shards parts")
Outcome = namedtuple("Outcome", "shard host status message partial")


class Collected(AccumulatorParam):
    """A list of what the tasks that have ended say: the driver sees it while other tasks still run."""

    def zero(self, value):
        return []

    def addInPlace(self, value, more):
        return value + more


def part_name(shard, shards):
    return f"{shard:05}-of-{shards:05}.partial"


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def run_bound(command):
    """Runs `command` so that it does not outlive this process, which Spark ends with SIGKILL: neither when a task is
    killed, nor when the executor is. Returns its status, output and messages."""
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True)

    def die_with_parent():
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # It died before it could be asked for.
            os._exit(1)

    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          preexec_fn=die_with_parent) as process:
        ancestor = os.getppid()
        while True:
            try:
                output, messages = process.communicate(timeout=1)
                return process.returncode, output, messages.decode(errors="replace").strip()
            except subprocess.TimeoutExpired:
                if os.getppid() != ancestor:  # The executor was killed without a word to its Python workers.
                    process.kill()
                    raise RuntimeError("the executor is gone") from None
            except BaseException:
                process.kill()
                raise


def read_shard(shard, task, refusals):
    """One task. What trying again can mend is raised, and Spark tries again; the rest is an outcome."""
    host = socket.gethostname()
    binary = SparkFiles.get(task.binary)
    found = sha256_of(binary)
    if found != task.sha256:
        raise RuntimeError(f"{host}: {binary} has SHA-256 {found}, and the driver shipped {task.sha256}")
    command = [binary, "map", *task.options, "--quiet", "--shard", f"{shard}/{task.shards}"]
    if task.parts:
        # A name of its own: under speculation two attempts write at once, on different machines.
        unfinished = os.path.join(task.parts, f".{shard}.{uuid.uuid4().hex}")
        command += ["--output", unfinished]
    try:
        status, output, message = run_bound([*command, "--", *task.archives])
    except OSError as error:
        status, output, message = 126, b"", f"{binary} does not run here: {error}"
    if status < 0 or status in TRY_AGAIN:
        raise RuntimeError(f"{host}: shard {shard}/{task.shards}: oddport map ended with {status}: {message}")
    if status == 0 and task.parts:
        os.replace(unfinished, os.path.join(task.parts, part_name(shard, task.shards)))
    elif status == 0 and len(output) > LARGEST_RETURNED:
        status, output, message = 64, b"", f"the partial has {len(output):,} bytes: more shards, or --parts DIR"
    outcome = Outcome(shard, host, status, message, output)
    if status != 0:
        refusals.add([outcome])
    return outcome


def read(sc, task, shards):
    """Runs the missing shards. The first refusal ends the others: it would be the same on every attempt."""
    refusals = sc.accumulator([], Collected())
    ended = threading.Event()

    def watch():
        while not ended.wait(0.2):
            if refusals.value:
                sc.cancelAllJobs()
                return

    sc.setJobGroup("oddport", f"oddport map: {len(shards)} of {task.shards} shards", interruptOnCancel=True)
    threading.Thread(target=watch, daemon=True).start()
    try:
        outcomes = sc.parallelize(shards, len(shards)).map(lambda shard: read_shard(shard, task, refusals)).collect()
    except Py4JJavaError as error:
        if not refusals.value:
            fail(75, f"Spark gave up: {error.java_exception.getMessage()}")
        outcomes = []
    finally:
        ended.set()
    for outcome in refusals.value[:1]:
        fail(outcome.status, f"{outcome.host}: shard {outcome.shard}/{task.shards}: {outcome.message}")
    return outcomes


def tell(message):
    print(f"oddport_spark: {message}", file=sys.stderr)


def fail(status, message):
    tell(message)
    sys.exit(status)


def arguments():
    given, separator, reduce_options = sys.argv[1:], "--", []
    if separator in given:
        at = given.index(separator)
        given, reduce_options = given[:at], given[at + 1:]
    parser = argparse.ArgumentParser(description="oddport hunt, its archives read on Apache Spark.",
                                     epilog="What follows -- are options of oddport reduce.")
    parser.add_argument("archives", nargs="+", metavar="ARCHIVE", help="absolute paths that all executors see alike")
    parser.add_argument("--binary", required=True, help="oddport for the executors; it is shipped with the job")
    parser.add_argument("--shards", required=True, type=int, help="number of tasks")
    parser.add_argument("--out", required=True, help="folder of the report, on the driver")
    parser.add_argument("--map", default="", metavar="OPTIONS",
                        help="options of oddport map: --map='--assume-tz UTC'")
    parser.add_argument("--parts", metavar="DIR",
                        help="folder on storage that all machines share: partials are kept there until the report is "
                        "written, and a driver that starts again reads only what is missing")
    options = parser.parse_args(given)
    for path in [*options.archives, *([options.parts] if options.parts else [])]:
        if not os.path.isabs(path):
            fail(64, f"{path}: executors have other working directories: give an absolute path")
    if not 1 <= options.shards <= 100_000:
        fail(64, f"--shards {options.shards}: 1 to 100000 are possible")
    if not os.path.isfile(options.binary):
        fail(66, f"{options.binary}: there is no such file")
    return options, reduce_options


def main():
    options, reduce_options = arguments()
    sha256 = sha256_of(options.binary)
    map_options = shlex.split(options.map)
    folder = None
    if options.parts:
        # Another binary, list, number of shards or setting is another run: none takes the partials of another.
        run = "\0".join([sha256, str(options.shards), *map_options, "", *options.archives])
        folder = os.path.join(options.parts, "oddport-" + hashlib.sha256(run.encode()).hexdigest()[:32])
        os.makedirs(folder, exist_ok=True)
    everything = range(1, options.shards + 1)
    there = set(os.listdir(folder)) if folder else set()
    missing = [shard for shard in everything if part_name(shard, options.shards) not in there]
    if len(missing) < options.shards:
        tell(f"{options.shards - len(missing)} of {options.shards} partials are in {folder} already")
    with tempfile.TemporaryDirectory(prefix="oddport-") as scratch:
        outcomes = []
        if missing:
            sc = SparkContext.getOrCreate(SparkConf().setAppName("oddport"))
            sc.addFile(os.path.abspath(options.binary))
            name = os.path.basename(options.binary)
            task = Task(name, sha256, options.archives, map_options, options.shards, folder)
            outcomes = read(sc, task, missing)
            sc.stop()
        for outcome in outcomes if not folder else []:
            with open(os.path.join(scratch, part_name(outcome.shard, options.shards)), "wb") as file:
                file.write(outcome.partial)
        parts = [os.path.join(folder or scratch, part_name(shard, options.shards)) for shard in everything]
        reduce = [os.path.abspath(options.binary), "reduce", *parts, "--out", options.out, *reduce_options]
        status = subprocess.run(reduce).returncode
        if status == 65:
            hosts = {}
            for outcome in outcomes:
                hosts.setdefault(outcome.host, []).append(str(outcome.shard))
            for host, shards in sorted(hosts.items()):
                tell(f"read by {host}: shards {', '.join(shards)}")
            if folder:
                tell(f"remove the partials that are refused from {folder}, or all of it, and start again")
        elif folder and status in range(4):
            shutil.rmtree(folder)  # The archives may be others the next time.
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main()
