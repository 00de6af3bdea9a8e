"""The Spark package on a real cluster: a standalone master and two workers on this machine.

    python test_cluster.py UNSCRAMBLE      (a binary built with the feature parquet)

Needs Java and the package installed. Every case must give the report that one `scan --join` gives, byte for byte.
"""

import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import pyarrow.parquet
import pyspark

BINARY = os.path.abspath(sys.argv.pop(1))
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SPARK = os.path.join(os.path.dirname(pyspark.__file__), "bin", "spark-class")
# Workers run elsewhere: what is relative would be relative to them.
SAMPLES = os.path.join(ROOT, "samples")
PASSWORD = "Violet-Harbor-42"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(happened, seconds=120):
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.2)


def pids(needle):
    """The processes whose command line holds this."""
    found = []
    for entry in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(entry, "rb") as file:
                line = file.read().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if needle in line:
            found.append(int(entry.split("/")[2]))
    return found


class Cluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="unscramble-cluster-")
        cls.port = free_port()
        cls.master = f"spark://127.0.0.1:{cls.port}"
        cls.events = os.path.join(cls.folder, "events")
        os.mkdir(cls.events)
        conf = os.path.join(cls.folder, "conf")
        os.mkdir(conf)
        with open(os.path.join(conf, "spark-defaults.conf"), "w") as file:
            file.write("spark.ui.enabled false\nspark.driver.host 127.0.0.1\nspark.driver.bindAddress 127.0.0.1\n")
            file.write(f"spark.eventLog.enabled true\nspark.eventLog.dir file://{cls.events}\n")
            file.write("spark.sql.shuffle.partitions 4\nspark.executor.memory 512m\nspark.driver.memory 512m\n")
        cls.environment = dict(
            os.environ,
            SPARK_CONF_DIR=conf,
            SPARK_LOCAL_IP="127.0.0.1",
            SPARK_WORKER_DIR=os.path.join(cls.folder, "work"),
            PYSPARK_PYTHON=sys.executable,
            SOURCE_DATE_EPOCH="1700000000",
        )
        cls.daemons = [cls.daemon("master.Master", "--host", "127.0.0.1", "--port", str(cls.port), "--webui-port", "0")]
        until(lambda: socket.socket().connect_ex(("127.0.0.1", cls.port)) == 0)
        cls.workers = [cls.worker(), cls.worker()]
        cls.password = os.path.join(cls.folder, "db.pass")
        with open(cls.password, "w") as file:
            file.write(PASSWORD + "\n")
        # Two seconds a task: long enough to be killed in.
        cls.slow = os.path.join(cls.folder, "slow")
        with open(cls.slow, "w") as file:
            file.write(f'#!/bin/sh\n[ "$1" = scan ] && sleep 2\nexec {BINARY} "$@"\n')
        os.chmod(cls.slow, 0o755)
        cls.plan = os.path.join(cls.folder, "plan.ndjson")
        cls.call("plan", SAMPLES, "--include", "*.pcap", "--task-size", "60K", "--password-file", cls.password, "-o", cls.plan)
        cls.expected = os.path.join(cls.folder, "expected.html")
        cls.call("scan", "--join", SAMPLES, "--include", "*.pcap", "--password-file", cls.password, "-o", cls.expected)

    @classmethod
    def tearDownClass(cls):
        for daemon in cls.daemons + cls.workers:
            daemon.kill()
        for pid in pids(cls.folder):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def daemon(cls, name, *arguments):
        command = [SPARK, f"org.apache.spark.deploy.{name}", *arguments]
        log = open(os.path.join(cls.folder, f"{name}-{time.monotonic()}.log"), "w")
        return subprocess.Popen(command, env=cls.environment, stdout=log, stderr=log)

    @classmethod
    def worker(cls):
        return cls.daemon("worker.Worker", cls.master, "--cores", "1", "--memory", "1g", "--webui-port", "0")

    @classmethod
    def call(cls, *arguments):
        done = subprocess.run([BINARY, *arguments], cwd=ROOT, env=cls.environment, capture_output=True, check=False)
        assert done.returncode in (0, 1), done.stderr

    def spark(self, out, *options, binary=None, plan=None):
        command = [sys.executable, "-m", "unscramble_spark", plan or self.plan, out, "--master", self.master]
        command += ["--binary", binary or BINARY, *options]
        log = open(os.path.join(self.folder, "driver.log"), "w")
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def said(self):
        with open(os.path.join(self.folder, "driver.log")) as file:
            return file.read()

    def place(self, name):
        return os.path.join(self.folder, name), os.path.join(self.folder, f"{name}.html")

    def check(self, out, report):
        with open(self.expected, "rb") as one, open(report, "rb") as other:
            self.assertTrue(one.read() == other.read(), f"{report} is not what one scan gives")
        rows = pyarrow.parquet.read_table(os.path.join(out, "tallies"))
        whole = subprocess.run(
            [BINARY, "scan", "--join", SAMPLES, "--include", "*.pcap", "--password-file", self.password, "-f", "json"],
            cwd=ROOT, capture_output=True, check=False,
        )
        self.assertEqual(sum(rows["logins"].to_pylist()), json.loads(whole.stdout)["summary"]["logins"])

    def running(self):
        """Tasks of this cluster are under way."""
        return len(pids(f"{self.folder}/slow scan")) > 0

    def test_1_as_one_machine(self):
        out, report = self.place("plain")
        self.assertEqual(self.spark(out, "-o", report).wait(), 0, self.said())
        self.check(out, report)
        with open(self.expected, "rb") as file:
            self.assertNotIn(PASSWORD.encode(), file.read())
        places = [self.events, out, os.path.join(self.folder, "work"), self.plan]
        found = subprocess.run(["grep", "-rlF", PASSWORD, *places], capture_output=True, check=False)
        self.assertEqual(found.stdout, b"", "the password stands in what Spark keeps")

    def test_2_an_executor_and_a_worker_are_killed(self):
        out, report = self.place("killed")
        driver = self.spark(out, "-o", report, binary=self.slow)
        until(self.running)
        time.sleep(3)
        executors = pids("CoarseGrainedExecutorBackend")
        self.assertTrue(executors)
        os.kill(executors[0], signal.SIGKILL)
        time.sleep(4)
        self.workers.pop().kill()
        self.assertEqual(driver.wait(), 0, self.said())
        self.check(out, report)
        self.workers.append(self.worker())

    def test_3_the_driver_is_killed_and_started_again(self):
        out, report = self.place("again")
        driver = self.spark(out, "-o", report, "--wave", "4", binary=self.slow)
        until(lambda: glob.glob(os.path.join(out, "results", "*", "_SUCCESS")))
        until(self.running)
        os.killpg(driver.pid, signal.SIGKILL)
        driver.wait()
        # What a dead driver leaves behind ends by itself: no child outlives its worker.
        until(lambda: not self.running())
        finished = len(glob.glob(os.path.join(out, "results", "*", "*.parquet")))
        self.assertGreater(finished, 0)
        again = self.spark(out, "-o", report)
        self.assertEqual(again.wait(), 0, self.said())
        self.check(out, report)

    def test_4_what_is_missing_on_a_worker_is_told(self):
        out, report = self.place("missing")
        self.assertEqual(self.spark(out, binary="/no/such/unscramble").wait(), 2)
        self.assertIn("/no/such/unscramble cannot be started on", self.said())
        os.rename(self.password, self.password + ".away")
        try:
            self.assertEqual(self.spark(out).wait(), 2)
            self.assertIn("db.pass: no such file or directory", self.said())
        finally:
            os.rename(self.password + ".away", self.password)
        self.assertEqual(self.spark(out, "-o", report).wait(), 0, self.said())
        self.check(out, report)


if __name__ == "__main__":
    unittest.main(verbosity=2)
