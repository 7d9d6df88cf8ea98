#!/usr/bin/env python3
"""How long an alert takes: from the event to the daemon's line on a pipe, beside a workload that the rules look at too.

Each round opens a marked file some thousand times, 100 a second, while `load open` does so with another file at the given
rate. Printed are milliseconds: median, 99th percentile and the largest, and how many of the alerts came. With --default the
default rules are loaded beside the one of the marked file. Nothing is judged.

    bench/alerts.py [--rate OPENS_PER_SECOND] [--seconds N] [--default]      needs root and BTF
"""
import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOAD = os.path.join(ROOT, "build", "bench", "load")
EUNOMIACTL = os.path.join(ROOT, "dist", "eunomiactl")
PER_SECOND = 100

RULE = """
[[rule]]
name = "Marked"
description = "A file that this opens."
condition = "evt.kind = file.open and fd.name startswith {folder}/marked"
output = "%fd.name"
priority = "critical"
"""
CONFIG = """
[alerts.file]
enabled = false
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def event_ns(text):
    """RFC 3339 in UTC with nine digits, in nanoseconds of Unix time."""
    whole, part = text.rstrip("Z").split(".")
    return int(time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) - time.timezone) * 10**9 + int(part)


def take(lines, delays):
    for line in lines:
        now = time.time_ns()
        alert = json.loads(line)
        if alert["rule"] == "Marked":
            delays.append((now - event_ns(alert["time"])) / 1e6)


def run(folder, options):
    os.chmod(folder, 0o777)
    write(f"{folder}/marked", "")
    write(f"{folder}/rules.toml", RULE.format(folder=folder))
    write(f"{folder}/eunomia.toml", CONFIG)
    rules = ["--rules", os.path.join(ROOT, "deploy", "rules")] if options.default else []
    daemon = subprocess.Popen(
        [EUNOMIACTL, "daemon", "--fmt", "json", "--socket", f"{folder}/api.sock", "--config", f"{folder}/eunomia.toml", *rules, "--rules", f"{folder}/rules.toml"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in daemon.stderr:
        if line == "ready\n":
            break
    threading.Thread(target=daemon.stderr.read, daemon=True).start()
    delays = []
    reader = threading.Thread(target=take, args=(daemon.stdout, delays))
    reader.start()
    load = subprocess.Popen([LOAD, "open", str(options.rate * (options.seconds + 2)), str(options.rate)], stdout=subprocess.DEVNULL)
    time.sleep(1)
    wanted = options.seconds * PER_SECOND
    begin = time.monotonic()
    for i in range(wanted):
        os.close(os.open(f"{folder}/marked", os.O_RDONLY))
        time.sleep(max(0, begin + (i + 1) / PER_SECOND - time.monotonic()))
    load.wait()
    daemon.send_signal(signal.SIGTERM)
    daemon.wait()
    reader.join()
    return wanted, sorted(delays)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--default", action="store_true")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="eunomia-bench-")
    try:
        wanted, delays = run(folder, options)
        print(f"{options.rate} opens/s: median {statistics.median(delays):.1f} ms, p99 {delays[int(len(delays) * 0.99)]:.1f} ms, "
              f"largest {delays[-1]:.1f} ms, {len(delays)} of {wanted} alerts")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
