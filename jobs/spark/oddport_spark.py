#!/usr/bin/env python3
"""The hunt of `oddport hunt`, with its archives read on Apache Spark: the driver plans, one task runs one
`oddport map --plan PLAN --shard I/N`, further tasks merge what these give as a tree of `oddport reduce --partial`, and
the driver writes the report with `oddport reduce`. The report is the same bytes, manifest included. Of archives with a
URI, Spark's own file systems give the bytes (`binaryFile`), and tasks on data frames (`mapInArrow`) hand each archive to
an `oddport map`. README.md beside this file has the commands and the limits.

    spark-submit oddport_spark.py --binary oddport --shards 16 --out report ARCHIVE... -- --intel feed.csv
    spark-submit oddport_spark.py --binary oddport --shards 16 --out report s3a://bucket/archives
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
import urllib.parse
import uuid
from collections import namedtuple

from py4j.protocol import Py4JJavaError
from pyspark import AccumulatorParam, SparkConf, SparkContext, SparkFiles
from pyspark.sql import SparkSession
from pyspark.sql.utils import AnalysisException, CapturedException

PR_SET_PDEATHSIG = 1
# docs/status.md: no memory, a disk that is full, an interruption. A signal is a negative status here.
TRY_AGAIN = {71, 73, 75, 130, 143}
# A partial that comes back through Spark is one Java array, of which pickling makes a second one.
LARGEST_RETURNED = 1 << 30
# The maximum number of partials merged at a time: by one task, and in the end by the driver.
FAN = 16
# Where Spark deals the archives there may be many more; as many as one command line takes.
MOST_MERGED = 1000
# An outcome as a row of a data frame: of what, and its partial where there is one.
ROW = "what string, host string, status int, message string, partial binary"

Task = namedtuple("Task", "binary sha256 plan archives options shards parts")
# The partial: its bytes, or where it is on shared storage.
Outcome = namedtuple("Outcome", "number host status message partial")


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


def run_bound(command, given=None):
    """Runs `command`, with some bytes as its input, so that it does not outlive this process, which Spark ends with SIGKILL: neither when a task is
    killed, nor when the executor is. Returns its status, output and messages."""
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True)

    def die_with_parent():
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # It died before it could be asked for.
            os._exit(1)

    source = subprocess.DEVNULL if given is None else subprocess.PIPE
    with subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          preexec_fn=die_with_parent) as process:
        ancestor = os.getppid()
        while True:
            try:
                output, messages = process.communicate(given, timeout=1)
                return process.returncode, output, messages.decode(errors="replace").strip()
            except subprocess.TimeoutExpired:
                given = None  # It is on its way.
                if os.getppid() != ancestor:  # The executor was killed without a word to its Python workers.
                    process.kill()
                    raise RuntimeError("the executor is gone") from None
            except BaseException:
                process.kill()
                raise


def shipped(task):
    """The binary on this machine. Another one may have arrived, which trying again can fix."""
    binary = SparkFiles.get(task.binary)
    found = sha256_of(binary)
    if found != task.sha256:
        raise RuntimeError(f"{socket.gethostname()}: {binary} has SHA-256 {found}, and the driver shipped {task.sha256}")
    return binary


def attempt(number, what, command, say, given=None):
    """Runs oddport. What trying again can fix is raised, and Spark tries again; the rest is an outcome."""
    host = socket.gethostname()
    try:
        status, output, message = run_bound(command, given)
    except OSError as error:
        status, output, message = 126, b"", f"{command[0]} does not run here: {error}"
    if status < 0 or status in TRY_AGAIN:
        raise RuntimeError(f"{host}: {what}: oddport {command[1]} ended with {status}: {message}")
    if status == 0 and len(output) > LARGEST_RETURNED:
        status, message = 64, f"the partial has {len(output):,} bytes: more shards, or --parts DIR"
    outcome = Outcome(number, host, status, message, output if status == 0 else b"")
    if status != 0 or message:
        say([outcome._replace(partial=what)])
    return outcome


def read_shard(shard, task, said):
    """One task of the first stage."""
    binary, kept = shipped(task), None
    command = [binary, "map", "--plan", SparkFiles.get(task.plan), "--shard", f"{shard}/{task.shards}", "--quiet",
               *task.options]
    if task.parts:
        kept = os.path.join(task.parts, part_name(shard, task.shards))
        if os.path.exists(kept):
            return Outcome(shard, socket.gethostname(), 0, "", kept)
        # A name of its own: under speculation two attempts write at once, on different machines.
        unfinished = os.path.join(task.parts, f".{shard}.{uuid.uuid4().hex}")
        command += ["--output", unfinished]
    outcome = attempt(shard, f"shard {shard}/{task.shards}", [*command, "--", *task.archives], said.add)
    if kept and outcome.status == 0:
        os.replace(unfinished, kept)
        return outcome._replace(partial=kept)
    return outcome


def merge(number, outcomes, task, said):
    """One task of a later stage: some partials become one."""
    outcomes = sorted(outcomes)
    for refused in (outcome for outcome in outcomes if outcome.status != 0):
        return refused
    if len(outcomes) == 1:
        return outcomes[0]._replace(number=number)
    with tempfile.TemporaryDirectory(prefix="oddport-") as scratch:
        command = [shipped(task), "reduce", "--partial", "--quiet", *saved(outcomes, scratch)]
        return attempt(number, f"merging {len(outcomes)} partials", command, said.add)


def saved(outcomes, folder):
    """Where the partials of some outcomes are."""
    paths = []
    for outcome in outcomes:
        if isinstance(outcome.partial, str):
            paths.append(outcome.partial)
            continue
        paths.append(os.path.join(folder, f"{outcome.number:07}.partial"))
        with open(paths[-1], "wb") as file:
            file.write(outcome.partial)
    return paths


def read(sc, task):
    """Reads all shards and merges what they give to at most FAN partials. The first refusal ends everything: it would
    be the same on every attempt."""
    said = sc.accumulator([], Collected())
    ended = threading.Event()

    def refused():
        return [outcome for outcome in said.value if outcome.status != 0]

    def watch():
        while not ended.wait(0.2):
            if refused():
                sc.cancelAllJobs()
                return

    sc.setJobGroup("oddport", f"oddport map: {task.shards} shards", interruptOnCancel=True)
    threading.Thread(target=watch, daemon=True).start()
    outcomes = sc.parallelize(range(1, task.shards + 1), task.shards).map(lambda shard: read_shard(shard, task, said))
    count = task.shards
    while count > FAN:
        count = -(-count // FAN)
        # Neighbours come together: of an archive that they share little is left over.
        outcomes = (outcomes.map(lambda outcome: ((outcome.number - 1) // FAN, outcome))
                    .partitionBy(count, lambda group: group)
                    .mapPartitionsWithIndex(
                        lambda group, rows: [merge(group + 1, [row[1] for row in rows], task, said)]))
    try:
        outcomes = outcomes.collect()
    except Py4JJavaError as error:
        if not refused():
            fail(75, f"Spark gave up: {error.java_exception.getMessage()}")
        outcomes = []
    finally:
        ended.set()
    for host, what, message in sorted({(one.host, one.partial, one.message) for one in said.value if one.status == 0}):
        tell(f"{host}: {what}: {message}")
    for outcome in refused()[:1]:
        fail(outcome.status, f"{outcome.host}: {outcome.partial}: {outcome.message}")
    return sorted(outcomes)


def archive_name(path, roots):
    """What the report calls an archive: the path below the folder that was given, or the file's own name."""
    own = urllib.parse.urlparse(path).path
    for root in (urllib.parse.unquote(urllib.parse.urlparse(root).path).rstrip("/") for root in roots):
        if own.startswith(root + "/"):
            return own[len(root) + 1:]
    return own.rpartition("/")[2]


def as_batch(rows):
    import pyarrow
    kinds = [pyarrow.string(), pyarrow.string(), pyarrow.int32(), pyarrow.string(), pyarrow.binary()]
    names = [field.split()[0] for field in ROW.split(", ")]
    columns = [pyarrow.array(column, kind) for column, kind in zip(zip(*rows), kinds)]
    return pyarrow.RecordBatch.from_arrays(columns, names)


def as_rows(outcome, what, said):
    """Messages, and the partial where there is one."""
    rows = [(one.partial, one.host, one.status, one.message, None) for one in said]
    return rows + ([(what, outcome.host, 0, "", outcome.partial)] if outcome.status == 0 else [])


def map_batches(batches, task):
    """One task of the first stage where Spark reads: each archive is a plan of its own."""
    binary = shipped(task)
    for batch in batches:
        for path, content in zip(batch.column(0).to_pylist(), batch.column(1)):
            said = []
            command = [binary, "map", "-", "--name", archive_name(path, task.archives), "--quiet", *task.options]
            outcome = attempt(0, path, command, said.extend, content.as_buffer())
            yield as_batch(as_rows(outcome, path, said))


def merge_batches(batches, task):
    """One task of a later stage: what is in a partition becomes one partial. Messages pass through."""
    with tempfile.TemporaryDirectory(prefix="oddport-") as scratch:
        waiting, count = [], 0
        for row in (row for batch in batches for row in batch.to_pylist()):
            if row["partial"] is None:
                yield as_batch([tuple(row.values())])
                continue
            count += 1
            waiting += saved([Outcome(count, "", 0, "", row["partial"])], scratch)
            if len(waiting) == MOST_MERGED:
                yield merged(waiting, task)
                waiting = []
        if waiting:
            yield merged(waiting, task)


def merged(paths, task):
    said, what = [], f"merging {len(paths)} partials"
    outcome = attempt(0, what, [shipped(task), "reduce", "--partial", "--quiet", *paths], said.extend)
    for path in paths:
        os.remove(path)
    return as_batch(as_rows(outcome, what, said))


def read_streams(spark, task, glob):
    """Reads all archives below some URIs through Spark's own file systems, and merges what they give to at most FAN
    partials. A failure is a row."""
    # An archive is a row, and a batch; what cannot be read is an error.
    for setting, value in (("spark.sql.execution.arrow.maxRecordsPerBatch", "1"),
                           ("spark.sql.files.minPartitionNum", str(task.shards)),
                           ("spark.sql.files.ignoreCorruptFiles", "false"),
                           ("spark.sql.files.ignoreMissingFiles", "false")):
        spark.conf.set(setting, value)
    reader = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    try:
        archives = reader.option("pathGlobFilter", glob).load(task.archives).select("path", "content")
        outcomes = archives.mapInArrow(lambda batches: map_batches(batches, task), ROW)
        count = -(-task.shards // FAN)
        while True:
            outcomes = outcomes.repartition(count).mapInArrow(lambda batches: merge_batches(batches, task), ROW)
            if count <= FAN:
                break
            count = -(-count // FAN)
        rows = outcomes.collect()
    except AnalysisException as error:
        fail(66, str(error).splitlines()[0])
    except (Py4JJavaError, CapturedException) as error:
        fail(75, f"Spark gave up: {error}")
    said = sorted((row for row in rows if row.partial is None), key=lambda row: (row.status == 0, row.host, row.what))
    for row in said[:1]:
        if row.status != 0:
            fail(row.status, f"{row.host}: {row.what}: {row.message}")
    for row in said:
        tell(f"{row.host}: {row.what}: {row.message}")
    return [Outcome(number, row.host, 0, "", bytes(row.partial))
            for number, row in enumerate(row for row in rows if row.partial is not None)]


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
    parser.add_argument("archives", nargs="+", metavar="ARCHIVE", help="absolute paths that all executors see alike, or URIs that Spark reads (hdfs://, s3a://)")
    parser.add_argument("--binary", required=True, help="oddport for the executors; it is shipped with the job")
    parser.add_argument("--shards", required=True, type=int, help="number of tasks that read")
    parser.add_argument("--target", default="16M", help="size of a unit, of which a shard has several (16M)")
    parser.add_argument("--out", required=True, help="folder of the report, on the driver")
    parser.add_argument("--plan", default="", metavar="OPTIONS",
                        help="options of oddport plan: how archives are read, --plan='--assume-tz UTC'")
    parser.add_argument("--map", default="", metavar="OPTIONS",
                        help="options of oddport map: --map='--workers 1'")
    parser.add_argument("--glob", default="*{jsonl,ndjson,json,log}*",
                        help="with URIs: the names of archives (*{jsonl,ndjson,json,log}*)")
    parser.add_argument("--parts", metavar="DIR",
                        help="folder on storage that all machines share: partials are kept there until the report is "
                        "written, and a driver that starts again reads only what is missing")
    options = parser.parse_args(given)
    options.streams = all("://" in path for path in options.archives)
    if options.streams and options.parts:
        fail(64, "--parts: keeps the partials of a plan, and archives with a URI have none")
    for path in [*([] if options.streams else options.archives), *([options.parts] if options.parts else [])]:
        if not os.path.isabs(path):
            fail(64, f"{path}: executors have other working directories: give an absolute path, or URIs alone")
    if not 1 <= options.shards <= 100_000:
        fail(64, f"--shards {options.shards}: 1 to 100000 are possible")
    if not os.path.isfile(options.binary):
        fail(66, f"{options.binary}: there is no such file")
    return options, reduce_options


def make_plan(options, path):
    """The plan, and its digest."""
    command = [os.path.abspath(options.binary), "plan", "--target", options.target, "--output", path,
               *shlex.split(options.plan), "--", *options.archives]
    try:
        status = subprocess.run(command).returncode
    except OSError as error:
        fail(126, f"{options.binary} does not run here: {error}")
    if status != 0:
        sys.exit(status if status > 0 else 128 - status)
    return sha256_of(path)


def kept_parts(options, sha256, digest):
    """Where the partials of this run are kept, and perhaps are already."""
    # Another binary, plan or number of shards is another run: none takes the partials of another.
    run = "\0".join([sha256, digest, str(options.shards)])
    folder = os.path.join(options.parts, "oddport-" + hashlib.sha256(run.encode()).hexdigest()[:32])
    os.makedirs(folder, exist_ok=True)
    there = sum(name.endswith(".partial") and not name.startswith(".") for name in os.listdir(folder))
    if there:
        tell(f"{there} of {options.shards} partials are in {folder} already")
    return folder


def main():
    options, reduce_options = arguments()
    binary, sha256 = os.path.abspath(options.binary), sha256_of(options.binary)
    folder, expected = None, []
    with tempfile.TemporaryDirectory(prefix="oddport-") as scratch:
        plan = os.path.join(scratch, "oddport.plan")
        if not options.streams:
            digest = make_plan(options, plan)
            expected = ["--expect", plan]
            folder = kept_parts(options, sha256, digest) if options.parts else None
        spark = SparkSession.builder.config(conf=SparkConf()).appName("oddport").getOrCreate()
        for path in (binary, *expected[1:]):
            spark.sparkContext.addFile(path)
        map_options = shlex.split(options.map) + (shlex.split(options.plan) if options.streams else [])
        task = Task(os.path.basename(binary), sha256, os.path.basename(plan), options.archives, map_options,
                    options.shards, folder)
        outcomes = read_streams(spark, task, options.glob) if options.streams else read(spark.sparkContext, task)
        parts = saved(outcomes, scratch)
        spark.stop()
        if not parts:
            fail(66, f"no archive is below {' '.join(options.archives)} whose name is {options.glob}")
        status = subprocess.run([binary, "reduce", *parts, *expected, "--out", options.out, *reduce_options]).returncode
        if folder and status in range(4):
            shutil.rmtree(folder)  # The archives may be others the next time.
        elif folder and status == 65:
            tell(f"remove the partials that are refused from {folder}, or all of it, and start again")
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main()
