"""Runs the programs of benches/compare side by side and prints the tables. Called by that script."""

import os
import statistics
import subprocess
import sys
import time

FOLDER, RUNS, ONLY = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
SELF = "target/release/unscramble"


def path(name):
    return os.path.join(FOLDER, name)


def scan(name, *more):
    line = [SELF, "scan", "--format", "ndjson", "--no-progress", "--fail-on", "never"]
    return [*line, "--credentials", path(name + ".toml"), *more, path(name)]


def tcpdump(name):
    return ["tcpdump", "-r", path(name), "-w", "/dev/null", "tcp port 3306"]


def tshark(name):
    fields = ["-e", "frame.number", "-e", "tcp.stream", "-e", "mysql.user"]
    return ["tshark", "-n", "-r", path(name), "-Y", "mysql", "-T", "fields", *fields]


def one(command):
    """Wall seconds, processor seconds, peak KB."""
    with open(os.devnull, "w") as null:
        begun = time.perf_counter()
        child = subprocess.Popen(command, stdout=null, stderr=null)
        _, _, usage = os.wait4(child.pid, 0)
        took = time.perf_counter() - begun
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def side_by_side(commands, runs=RUNS):
    """Medians by name; the programs take turns, so that what else goes on falls on all."""
    for command in commands.values():
        one(command)
    seen = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            seen[name].append(one(command))
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in seen.items()}


def table(title, rows, against):
    print(f"\n### {title}\n")
    heads = ["program", "wall s", "CPU s", "peak MiB"] + [f"wall / {name}" for name in against]
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for name, (wall, cpu, peak) in rows.items():
        ratios = [f"{wall / rows[other][0]:.3f}" for other in against]
        print(f"| {name} | {wall:.3f} | {cpu:.3f} | {peak / 1024:.0f} | " + " | ".join(ratios) + " |")
    sys.stdout.flush()


def size(name):
    return os.path.getsize(path(name))


def beside(title, name, *more, slow=False):
    commands = {"unscramble": scan(name, *more), "tcpdump": tcpdump(name), "cat": ["cat", path(name)]}
    commands["capinfos"] = ["capinfos", "-c", path(name)]
    rows = side_by_side(commands)
    against = ["tcpdump", "cat"]
    if slow:
        rows.update(side_by_side({"tshark": tshark(name)}, runs=1))
        against.append("tshark")
    table(f"{title}: {size(name) / 1e6:.0f} MB", rows, against)
    return rows


def machine():
    with open("/proc/cpuinfo") as cpu:
        names = [line.split(":")[1].strip() for line in cpu if line.startswith("model name")]
    print(f"{names[0]}, {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}; {RUNS} runs each")


def main():
    machine()
    if "storm" in ONLY:
        beside("storm", "storm.pcap", slow=True)
    if "pcapng" in ONLY:
        beside("storm as pcapng", "storm.pcapng")
    if "mismatch" in ONLY:
        commands = {"plain": scan("storm.pcap"), "half mismatching": scan("mismatch.pcap")}
        table("storm in which half of the logins match no candidate", side_by_side(commands), ["plain"])
    if "bulk" in ONLY:
        beside("bulk", "bulk.pcap", slow=True)
    if "tls" in ONLY:
        keys = ["--keylog", path("tls.pcap.keylog")]
        rows = side_by_side({"unscramble": scan("tls.pcap", *keys), "tcpdump": tcpdump("tls.pcap")})
        table("storm in TLS 1.3", rows, ["tcpdump"])
        with open(path("tls.pcap.keylog")) as log:
            sessions = sum(1 for _ in log) // 4
        print(f"\n{sessions / rows['unscramble'][0]:.0f} logins a second; {sessions} sessions in the key log")
    if "many" in ONLY:
        names = sorted(os.listdir(path("many")))
        sizes = sum(size(os.path.join("many", name)) for name in names)
        everything = " ".join(["cat", path("many") + "/*"])
        commands = {"unscramble": scan("many"), "cat": ["sh", "-c", everything]}
        table(f"many: {len(names)} files, {sizes / 1e6:.0f} MB", side_by_side(commands), ["cat"])
    for name, what in [
        ("idle", "open connections behind a login"),
        ("open", "open connections without a byte"),
        ("halfopen", "lone SYNs"),
        ("disorder", "connections with every segment behind a hole"),
    ]:
        if name in ONLY:
            file = name + ".pcap"
            rows = side_by_side({"unscramble": scan(file), "tcpdump": tcpdump(file)}, runs=3)
            table(f"{what}: {size(file) / 1e6:.0f} MB", rows, ["tcpdump"])
    if "small" in ONLY:
        rows = side_by_side({"unscramble": scan("small.pcap"), "cat": ["cat", path("small.pcap")]}, runs=21)
        table(f"a capture of {size('small.pcap') / 1000:.0f} KB, start to end", rows, ["cat"])
    if "growth" in ONLY:
        print("\n### growth\n\n| load | times | MB | wall s | CPU s | peak MiB |\n|---|---|---|---|---|---|")
        for load in ["storm", "bulk", "tls", "mismatch", "disorder", "halfopen"]:
            names = {times: f"{load}-{times}.pcap" for times in (1, 2, 4, 8)}
            keys = lambda name: ["--keylog", path(name + ".keylog")] if load == "tls" else []
            rows = side_by_side({t: scan(n, *keys(n)) for t, n in names.items()}, runs=3)
            for times, (wall, cpu, peak) in rows.items():
                mb = size(names[times]) / 1e6
                print(f"| {load} | {times}x | {mb:.0f} | {wall:.3f} | {cpu:.3f} | {peak / 1024:.0f} |")


main()
