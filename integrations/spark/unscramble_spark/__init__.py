"""Does the tasks of an unscramble plan on Apache Spark.

Stage 1: one partition a task. Each runs the program `unscramble`, which must be on every worker, and takes its
Arrow stream; Spark's own committer writes the rows to OUT/results. A task whose program fails gives a row that
says why. Stage 2: the tallies of all tasks added up, in OUT/tallies; and, if asked for, the reports that
`unscramble merge` makes of the rows.

A run that was killed is started again with the same PLAN and OUT: what is finished stays, the rest is done.
Passwords and keys are in files on the workers, which the plan names. They are in no row, no configuration and no
log.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import uuid

import pyarrow as pa
from pyspark import SparkFiles, cloudpickle
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

__all__ = ["run", "results", "tallies", "main"]

_TIME = pa.timestamp("us", tz="UTC")
_TALLY = pa.struct(
    [("client", pa.string()), ("version", pa.string()), ("server", pa.string()), ("user", pa.string())]
    + [("error", pa.int64())]
    + [("example", pa.struct([("attempt", pa.int64()), ("capture", pa.string()), ("stream", pa.int64())]))]
    + [("first", _TIME), ("first_ns", pa.int64()), ("last", _TIME), ("last_ns", pa.int64())]
    + [("logins", pa.int64()), ("outcome", pa.string()), ("path", pa.string()), ("plugin", pa.string())]
    + [("salt_form", pa.string()), ("verdict", pa.string())]
)
_ROWS = pa.schema(
    [("task", pa.string()), ("n", pa.int64()), ("kind", pa.string()), ("line", pa.string()), ("tally", _TALLY)]
)
_KEYS = ["server", "user", "client", "version", "plugin", "path", "verdict", "salt_form", "outcome", "error"]
_PR_SET_PDEATHSIG = 1


def _rows(task, kind="failed", line=None):
    row = {"task": task, "n": 0, "kind": kind, "line": line, "tally": None}
    return pa.RecordBatch.from_pylist([row], schema=_ROWS)


def _end_with_parent():
    """In the child: a Python worker that is killed takes it along (Linux)."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        pass


def _as_rows(batch):
    """The program's columns as the rows' schema names them: other orders of fields, other names of UTC."""
    columns = [batch.column(batch.schema.get_field_index(field.name)) for field in _ROWS]
    tally = columns[-1]
    fields = [tally.field(field.name).cast(field.type) for field in _TALLY]
    mask = tally.is_null()
    columns[-1] = pa.StructArray.from_arrays(fields, fields=list(_TALLY), mask=mask)
    return pa.RecordBatch.from_arrays(columns, schema=_ROWS)


def _task(command, task):
    """The rows of one task, or one that says why there are none."""
    with tempfile.TemporaryFile() as said:
        try:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, preexec_fn=_end_with_parent
            )
        except OSError as error:
            why = f"{command[0]} cannot be started on {socket.gethostname()}: {error.strerror}"
            yield _rows(task, line=json.dumps({"error": why}))
            return
        broken = None
        try:
            with pa.ipc.open_stream(child.stdout) as stream:
                for batch in stream:
                    yield _as_rows(batch)
        except (pa.ArrowInvalid, OSError) as error:
            broken = str(error)
        finally:
            child.stdout.close()
            if child.poll() is None and broken:
                child.kill()
            status = child.wait()
        if status != 0 or broken:
            said.seek(0)
            text = said.read(4096).decode("utf-8", "replace").strip() or broken
            why = f"exit {status} on {socket.gethostname()}: {text}"
            yield _rows(task, line=json.dumps({"error": why}))


def _work(tasks, plan, binary, threads):
    """What a partition does: `plan` is the name of the file that Spark has brought."""

    def work(batches):
        for batch in batches:
            for number in batch.column(0).to_pylist():
                task = tasks[number]
                command = [binary, "scan", "--plan", SparkFiles.get(plan), "--task", task, "--format", "arrow"]
                yield from _task(command + ["--threads", str(threads), "--no-progress"], task)

    return work


def _spark_schema():
    """The rows as Spark names their types."""
    text, number, time = T.StringType(), T.LongType(), T.TimestampType()
    kinds = {pa.string(): text, pa.int64(): number, _TIME: time}

    def of(fields):
        return T.StructType(
            [T.StructField(f.name, of(f.type) if pa.types.is_struct(f.type) else kinds[f.type]) for f in fields]
        )

    return of(_ROWS)


def _read(spark, pattern):
    """The rows in what matches; None where nothing does. Asked first, since Spark logs a failure at length."""
    path = spark._jvm.org.apache.hadoop.fs.Path(os.path.join(pattern, "*.parquet"))
    found = path.getFileSystem(spark._jsc.hadoopConfiguration()).globStatus(path)
    if not found:
        return None
    return spark.read.schema(_spark_schema()).parquet(pattern)


def results(spark, out):
    """The rows of all finished tasks under OUT, each once; None where there are none yet.

    A run that was killed while it committed may have left a task that a later one did again: a task has the same
    rows whoever does it, so that one of each is taken.
    """
    rows = _read(spark, os.path.join(out, "results", "*"))
    if rows is None:
        return None
    rows = rows.where("kind != 'failed'")
    whole = rows.where("kind = 'end'").select("task").distinct()
    return rows.join(whole, "task", "left_semi").dropDuplicates(["task", "kind", "n"])


def tallies(rows):
    """The tallies of all tasks added up: few rows, whatever the number of logins."""
    tally = rows.where("kind = 'tally'").select("tally.*")
    return tally.groupBy(*_KEYS).agg(
        F.sum("logins").alias("logins"),
        F.min("first").alias("first"),
        F.max("last").alias("last"),
        F.min("first_ns").alias("first_ns"),
        F.max("last_ns").alias("last_ns"),
        F.min_by("example", "first_ns").alias("example"),
    )


def _done(spark, out):
    rows = results(spark, out)
    if rows is None:
        return set()
    return {row.task for row in rows.where("kind = 'end'").select("task").collect()}


def _failures(spark, out, run):
    rows = _read(spark, os.path.join(out, "results", run))
    if rows is None:
        return {}
    rows = rows.where("kind = 'failed'").select("task", "line").collect()
    return {row.task: json.loads(row.line)["error"] for row in rows}


def run(spark, plan, out, binary="unscramble", reports=(), wave=1000, attempts=2):
    """Does what is left of the plan (a local file) into OUT. Returns the tasks that failed, and why.

    reports: files that `unscramble merge` writes here, on the driver. wave: tasks that are committed together,
    which is what a killed driver can lose. attempts: how often a task is tried in this run.
    """
    # So that workers need pyspark and pyarrow, and not this package.
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with open(plan, encoding="utf-8") as lines:
        next(lines)
        tasks = [json.loads(line)["id"] for line in lines]
    # Under a name of its own: another plan of this name may have been brought before.
    name = f"unscramble-{uuid.uuid4().hex}.ndjson"
    folder = tempfile.mkdtemp(prefix="unscramble-")
    threads = int(spark.conf.get("spark.task.cpus", "1"))
    failed = {}
    try:
        shutil.copy(plan, os.path.join(folder, name))
        spark.sparkContext.addFile(os.path.join(folder, name))
        done = _done(spark, out)
        left = [task for task in tasks if task not in done]
        for _ in range(attempts):
            again = []
            for first in range(0, len(left), wave):
                part = left[first : first + wave]
                numbers = spark.range(0, len(part), 1, len(part))
                rows = numbers.mapInArrow(_work(part, name, binary, threads), _spark_schema())
                attempt = f"run-{uuid.uuid4().hex}"
                rows.write.parquet(os.path.join(out, "results", attempt))
                why = _failures(spark, out, attempt)
                failed.update(why)
                again += [task for task in part if task in why]
            left = again
            if not left:
                break
        failed = {task: failed[task] for task in left}
        rows = results(spark, out)
        if rows is not None:
            tallies(rows).coalesce(1).write.mode("overwrite").parquet(os.path.join(out, "tallies"))
        if reports:
            _report(rows, plan, folder, binary, reports)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return failed


def _report(rows, plan, folder, binary, reports):
    """The reports, by `unscramble merge` on the rows as they came from the tasks."""
    place = os.path.join(folder, "results")
    os.mkdir(place)
    if rows is not None:
        lines = rows.where("kind != 'tally'").select("task", "n", "line").orderBy("task", "n")
        current, file = None, None
        for row in lines.toLocalIterator(prefetchPartitions=True):
            if row.task != current:
                if file:
                    file.close()
                current, file = row.task, open(os.path.join(place, f"task-{row.task}.ndjson"), "w", encoding="utf-8")
            file.write(row.line + "\n")
        if file:
            file.close()
    command = [binary, "merge", place, "--plan", plan]
    for report in reports:
        command += ["-o", report]
    # 1 says that something was found, 2 that something is missing: the report says it too.
    subprocess.run(command, check=False)


def main():
    """`unscramble-spark PLAN OUT`"""
    parser = argparse.ArgumentParser(prog="unscramble-spark", description="Does the tasks of a plan on Spark.")
    parser.add_argument("plan", metavar="PLAN", help="what `unscramble plan` wrote")
    parser.add_argument("out", metavar="OUT", help="folder or URL that Spark writes to: results and tallies")
    parser.add_argument("-o", "--output", action="append", default=[], metavar="FILE", help="a report (repeatable)")
    parser.add_argument("--binary", default="unscramble", help="where unscramble is on every worker")
    parser.add_argument("--master", help="Spark's master; by default what spark-submit or the environment says")
    parser.add_argument("--wave", type=int, default=1000, metavar="N", help="tasks that are committed together")
    typed = parser.parse_args()
    builder = SparkSession.builder.appName("unscramble")
    if typed.master:
        builder = builder.master(typed.master)
    spark = builder.getOrCreate()
    try:
        failed = run(spark, typed.plan, typed.out, typed.binary, typed.output, typed.wave)
    finally:
        spark.stop()
    for task, why in sorted(failed.items()):
        print(f"task {task}: {why}", file=sys.stderr)
    sys.exit(2 if failed else 0)
