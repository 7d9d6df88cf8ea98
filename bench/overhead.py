#!/usr/bin/env python3
"""What watching costs: the CPU time a tracer adds to a workload, plus its own, per operation.

In each round a workload runs alone, under a tracer, alone, under the next tracer, and so on: a tracer is compared with
the two bare runs beside it. Printed are medians over the rounds with the smallest and the largest. Nothing is judged.

    bench/overhead.py [--rounds N] [--only TRACER,...] [--workloads NAME,...]      needs root and BTF
"""
import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOAD = os.path.join(ROOT, "build", "bench", "load")
EUNOMIACTL = os.path.join(ROOT, "dist", "eunomiactl")

# Name: arguments of load, and the operation that its events are counted by.
WORKLOADS = {
    "getpid": (["getpid", "3000000"], None),
    "spin": (["spin", "2000"], None),
    "open": (["open", "400000"], "open"),
    "open 20k/s": (["open", "30000", "20000"], "open"),
    "exec": (["exec", "800"], "exec"),
    "connect": (["connect", "20000"], "connect"),
    "mix": (["mix", "150000"], "open"),
}
EVENT = {"open": "file.open", "exec": "process.exec", "connect": "tcp.connect"}
ALL = [name for name in WORKLOADS if name != "spin"]
OPENS = ["getpid", "open", "open 20k/s", "mix"]


def eunomia(*arguments):
    return [EUNOMIACTL, "run", *arguments, "--fmt", "json"]


# Name, command, how its readiness shows (None: it shows what is executed meanwhile), the workloads it is made for.
TRACERS = [
    ("open raw", eunomia("files", "--events", "file.open", "--paths", "raw"), r"^ready$", OPENS),
    ("open", eunomia("files", "--events", "file.open"), r"^ready$", OPENS),
    ("files", eunomia("files"), r"^ready$", OPENS),
    ("process", eunomia("process"), r"^ready$", ["getpid", "exec", "mix"]),
    ("tcpconnect", eunomia("tcpconnect"), r"^ready$", ["getpid", "connect", "mix"]),
    ("security", eunomia("security"), r"^ready$", ["getpid", "open", "exec", "mix"]),
    ("ipc", eunomia("ipc"), r"^ready$", ["getpid", "open", "mix"]),
    ("perf", eunomia("perf"), r"^ready$", ["getpid", "spin", "mix"]),
    ("perf samples", eunomia("perf", "--events", "perf.sample"), r"^ready$", ["getpid", "spin", "mix"]),
    ("syscall", eunomia("syscall"), r"^ready$", ["getpid", "open", "mix"]),
    ("syscall latency refused", eunomia("syscall", "--latency", "--refused"), r"^ready$", ["getpid", "open", "mix"]),
    ("open exec connect", eunomia("process", "files", "tcpconnect", "--events",
                                  "process.exec,file.open,tcp.connect"), r"^ready$", ["mix"]),
    ("all three", eunomia("process", "files", "tcpconnect"), r"^ready$", ALL),
    ("all three filtered", eunomia("process", "files", "tcpconnect", "-c", "nobody"), r"^ready$", ["getpid", "open"]),
    ("opensnoop", ["opensnoop"], None, OPENS),
    ("execsnoop", ["execsnoop"], None, ["exec"]),
    ("bpftrace open", ["bpftrace", "-e", "tracepoint:syscalls:sys_enter_openat "
                       "{ printf(\"%d %s %s\\n\", pid, comm, str(args->filename)); }"], None, OPENS),
    ("bpftrace count", ["bpftrace", "-e", "tracepoint:raw_syscalls:sys_exit { @[pid, args->id] = count(); }"],
     r"^Attach", ["getpid", "open", "mix"]),
]


def run_load(name):
    line = subprocess.run([LOAD, *WORKLOADS[name][0]], stdout=subprocess.PIPE, check=True, env={}).stdout
    return json.loads(line)


def tree(root):
    """A process and all its descendants."""
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as children:
                    todo += map(int, children.read().split())
        except OSError:
            pass
    return found


def cpu_s(pids):
    """CPU time of processes, from their clocks: CLOCK_PROCESS_CPUTIME_ID of another one is (~pid << 3) | 2."""
    total = 0.0
    for pid in pids:
        try:
            total += time.clock_gettime((~pid << 3) | 2)
        except OSError:
            pass
    return total


class NotReady(Exception):
    pass


class Tracer:
    def __init__(self, command, ready, folder):
        self.out, self.err = os.path.join(folder, "out"), os.path.join(folder, "err")
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        self.await_ready(ready)

    def await_ready(self, pattern):
        end = time.monotonic() + 30
        while not (re.search(pattern, self.said(), re.MULTILINE) if pattern else self.shows_true()):
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise NotReady(f"{self.process.args[0]} is not ready: {self.errors().strip()}")
            time.sleep(0.02)

    def shows_true(self):
        subprocess.run(["/bin/true"], check=True)
        with open(self.out, "rb") as file:
            return b"true" in file.read()

    def errors(self):
        with open(self.err, encoding="utf-8", errors="replace") as file:
            return file.read()

    def said(self):
        """The first of its output, and its errors."""
        with open(self.out, encoding="utf-8", errors="replace") as file:
            return file.read(4096) + "\n" + self.errors()

    def drain(self):
        """Waits until the output has stopped growing; returns the CPU time used by then."""
        size = -1
        while size != os.path.getsize(self.out):
            size = os.path.getsize(self.out)
            time.sleep(0.3)
        return cpu_s(tree(self.process.pid))

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def seen(self, event, pid, execs):
        """How many events of the workload's stand in the output; None where the format is not ours."""
        if self.process.args[0] != EUNOMIACTL:
            return None
        wanted = f'"event":"{event}"'.encode()
        # What is executed has a pid of its own; its parent is the workload.
        process = f'"ppid":{pid},'.encode() if execs else f'"process":{{"pid":{pid},'.encode()
        with open(self.out, "rb") as lines:
            return sum(1 for line in lines if wanted in line and process in line)

    def lost(self, event):
        found = re.search(rf"^ledger {re.escape(event)} .*lost=(\d+)", self.errors(), re.MULTILINE)
        return int(found.group(1)) if found else None


def measure(name, tracer, folder):
    """One cell: what the workload measured, the tracer's CPU time, and what was seen and lost."""
    running = Tracer(tracer[1], tracer[2], folder)
    time.sleep(0.5)  # whatever its start left to do
    idle_from, before = time.monotonic(), cpu_s(tree(running.process.pid))
    time.sleep(0.5)
    idle = (cpu_s(tree(running.process.pid)) - before) / (time.monotonic() - idle_from)
    start, before = time.monotonic(), cpu_s(tree(running.process.pid))
    load = run_load(name)
    used = running.drain() - before - idle * (time.monotonic() - start)
    running.stop()
    operation = WORKLOADS[name][1]
    event = EVENT.get(operation, "")
    load["tracer_ns"] = max(0.0, used) * 1e9
    load["happened"] = load.get(operation, 0)
    load["seen"] = running.seen(event, load["pid"], operation == "exec") if event else None
    load["lost"] = running.lost(event) if event else None
    return load


def per_op(load, key="cpu_ns"):
    return load[key] / load["ops"]


def works(tracer, folder):
    """Whether a tracer can run here; says why not. Ours has to."""
    if not shutil.which(tracer[1][0]):
        return False
    try:
        Tracer(tracer[1], tracer[2], folder).stop()
        return True
    except NotReady as error:
        if tracer[1][0] == EUNOMIACTL:
            raise
        print(f"left out: {error}", file=sys.stderr)
        return False


def spread(values, digits=0):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def row(name, cells):
    """Of the (before, traced, after) triples of all rounds."""
    bare = [(per_op(before) + per_op(after)) / 2 for before, _, after in cells]
    ratio = [per_op(traced) / base for (_, traced, _), base in zip(cells, bare)]
    added = [per_op(traced) - base for (_, traced, _), base in zip(cells, bare)]
    own = [per_op(traced, "tracer_ns") for _, traced, _ in cells]
    total = [one + other for one, other in zip(added, own)]
    traced = [traced for _, traced, _ in cells]
    seen = [100 * load["seen"] / load["happened"] for load in traced if load["seen"] is not None and load["happened"]]
    lost = [load["lost"] for load in traced if load["lost"] is not None]
    core = [100 * load["tracer_ns"] / load["wall_ns"] for load in traced]
    return [name, spread(ratio, 2), spread(added), spread(own), spread(total), f"{statistics.median(core):.1f}",
            f"{min(seen):.1f}" if seen else "", str(max(lost)) if lost else ""]


def print_table(name, bare, rows):
    print(f"\n### {name}: {spread([per_op(load) for load in bare])} ns of CPU alone\n")
    head = ["tracer", "workload x", "in workload ns", "in tracer ns", "together ns", "% of a core", "seen % (least)",
            "lost (most)"]
    for line in [head, ["---"] * len(head), *rows]:
        print("| " + " | ".join(line) + " |", flush=True)


def chosen(text, names):
    picked = text.split(",") if text else list(names)
    unknown = [name for name in picked if name not in names]
    if unknown:
        print(f"overhead.py: unknown '{unknown[0]}'; there are {', '.join(names)}", file=sys.stderr)
        sys.exit(2)
    return picked


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only")
    parser.add_argument("--workloads")
    options = parser.parse_args()
    names = chosen(options.only, [tracer[0] for tracer in TRACERS])
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = re.search(r"^model name\s*: (.*)", info.read(), re.MULTILINE)
    print(f"{os.cpu_count()} CPUs, {model.group(1) if model else 'CPU'}, Linux {os.uname().release}; "
          f"median of {options.rounds} rounds (smallest to largest)")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        tracers = [tracer for tracer in TRACERS if tracer[0] in names and works(tracer, folder)]
        for name in chosen(options.workloads, WORKLOADS):
            order = [tracer for tracer in tracers if name in tracer[3]]
            if not order:
                continue
            cells, bare = {tracer[0]: [] for tracer in order}, [run_load(name)]
            for number in range(options.rounds):
                for tracer in order[number % len(order):] + order[:number % len(order)]:
                    print(f"{name}: round {number + 1}, {tracer[0]}  ", end="\r", file=sys.stderr)
                    traced = measure(name, tracer, folder)
                    bare.append(run_load(name))
                    cells[tracer[0]].append((bare[-2], traced, bare[-1]))
            print_table(name, bare, [row(tracer[0], cells[tracer[0]]) for tracer in order])


if __name__ == "__main__":
    try:
        main()
    except NotReady as problem:
        sys.exit(f"overhead.py: {problem}")
