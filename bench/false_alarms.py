#!/usr/bin/env python3
"""What the default rules say of ordinary work: the daemon watches the whole host while workloads take turns.

Server and administration workloads should raise no critical alert, and less than one other an hour; stress and attack-like
ones do some of what rules name. Printed are the alerts of each workload, and for each group critical ones and others an hour.
Nothing is judged. A workload whose programs are not installed is left out, and named.

    bench/false_alarms.py [--minutes N] [--groups NAME,...] [--debian DIR]      needs root, BTF, and a quiet machine

--debian: root directory of a Debian (debootstrap makes one), which containers are made of.
"""
import argparse
import collections
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EUNOMIACTL = os.path.join(ROOT, "dist", "eunomiactl")
CONFIG = """
[alerts]
collapse = 60
[alerts.file]
enabled = false
"""
LONGEST = 300  # seconds of one workload
STRESSORS = """vfork fork zombie daemon chroot unshare open dentry chmod rename link symlink inotify xattr sock udp sockmany
sockabuse enosys syscall ptrace prctl cap seccomp userfaultfd fanotify memfd mknod pty io-uring""".split()

# Group, programs that are wanted, and what is done in an own folder $W, with the repository in $R. Servers end with it.
WORKLOADS = {
    "redis": ("server", "redis-server redis-benchmark", """
        redis-server --port 7777 --save "" --dir "$W" & sleep 1
        redis-benchmark -p 7777 -q -n 50000 -c 50 -t get,set; kill %1; wait"""),
    "nginx": ("server", "nginx wrk", """
        nginx -g 'daemon off; error_log /dev/null;' & sleep 1
        wrk -c 32 -d 4 http://127.0.0.1/; kill %1; wait"""),
    "postgres": ("server", "pgbench su", """
        bin=$(echo /usr/lib/postgresql/*/bin); mkdir "$W/pg"; chown postgres "$W/pg"
        su postgres -c "$bin/initdb -D $W/pg && $bin/pg_ctl -D $W/pg -o '-p 7778 -k $W/pg' -w start && createdb -h $W/pg -p 7778 b
          pgbench -h $W/pg -p 7778 -i b; pgbench -h $W/pg -p 7778 -c 4 -T 4 b; pgbench -h $W/pg -p 7778 -C -c 2 -T 3 b
          $bin/pg_ctl -D $W/pg -m fast stop" """),
    "iperf3": ("server", "iperf3", "iperf3 -s -1 -p 7779 & sleep 1; iperf3 -c 127.0.0.1 -p 7779 -t 3; wait"),
    "fio": ("server", "fio", "fio --name=x --ioengine=psync --rw=randrw --size=32m --runtime=4 --time_based"),
    "sysbench": ("server", "sysbench", """
        sysbench threads --time=3 run; sysbench fileio --file-total-size=32M prepare
        sysbench fileio --file-total-size=32M --file-test-mode=rndrw --time=3 run"""),
    "memcached": ("server", "memcached curl", """
        memcached -u nobody -p 7780 & sleep 1; curl -s -m 1 http://127.0.0.1:7780/; kill %1; wait"""),
    "haproxy": ("server", "haproxy curl", """
        printf 'defaults\\n mode http\\n timeout client 1s\\n timeout server 1s\\n timeout connect 1s\\nlisten a\\n bind 127.0.0.1:7781\\n server s 127.0.0.1:7782\\n' >h.cfg
        haproxy -f h.cfg & sleep 1; curl -s -m 2 http://127.0.0.1:7781/; kill %1; wait"""),
    "apt": ("administration", "apt-get", """
        apt-get install -y --reinstall tree cron; apt-get install -y tree; apt-get remove -y tree"""),
    "gcc": ("administration", "gcc", """
        printf '#include <stdio.h>\\nint main(void){puts("x");}' >a.c
        for i in $(seq 20); do gcc -O2 -o a a.c && ./a; done"""),
    "git": ("administration", "git", 'git clone "$R" clone; cd clone; git log --stat -20; git gc'),
    "npm": ("administration", "npm", "npm init -y; npm install left-pad; npm ci"),
    "dotnet": ("administration", "git dotnet", 'git clone "$R" clone; cd clone; dotnet build controller/Eunomia.Core -c Release'),
    "shell": ("administration", "find ps", """
        for i in $(seq 500); do /bin/true; done; find /usr/share/doc -name '*.gz' | head -n 100 | xargs zcat | wc -l
        ps axf; df; id; uname -a; tar -C /usr/share -czf doc.tar.gz doc/bash doc/tar; ls -lR /etc"""),
    "docker import": ("administration", "docker", 'tar -C "$DEBIAN" -c . | docker import - eunomia-bench/debian:1'),
    "apt in a container": ("administration", "docker", """
        docker run --rm --network host -v /etc/apt:/etc/apt:ro -v /etc/resolv.conf:/etc/resolv.conf:ro eunomia-bench/debian:1 sh -c '
          apt-get update && apt-get install -y make gcc libc6-dev redis-server && echo "int main(void){return 0;}" >/tmp/a.c && gcc -o /tmp/a /tmp/a.c
          redis-server --port 7790 --save "" & sleep 2; redis-cli -p 7790 ping'"""),
    **{f"stress-ng {name}": ("stress", "stress-ng", f"stress-ng --quiet --timeout 4 --{name} 1") for name in STRESSORS},
    "nmap": ("attack", "nmap", "nmap -sS -p 1-1000 127.0.0.1; nmap -sT -sV -p 1-200 127.0.0.1"),
    "hping3": ("attack", "hping3", "hping3 -S -p 80 -i u1000 -c 2000 127.0.0.1; hping3 --udp -p 53 -i u1000 -c 2000 127.0.0.1"),
    "socat": ("attack", "socat", """
        socat TCP-LISTEN:7783,reuseaddr OPEN:out,creat & sleep 1; echo x | socat - TCP:127.0.0.1:7783; wait"""),
    "ncat": ("attack", "ncat", "ncat -l 7784 >out & sleep 1; echo x | ncat --send-only 127.0.0.1 7784; wait"),
    "tcpdump": ("attack", "tcpdump", "tcpdump -i lo -c 5 & sleep 1; for i in $(seq 20); do : | curl -s -m 1 http://127.0.0.1:7785/; done; wait"),
    "ab": ("attack", "ab nginx", "nginx -g 'daemon off; error_log /dev/null;' & sleep 1; ab -n 20000 -c 50 http://127.0.0.1/; kill %1; wait"),
}


def missing(name, options):
    wanted = WORKLOADS[name][1].split()
    if "docker" in wanted and not options.debian:
        return "--debian DIR"
    return " ".join(program for program in wanted if not shutil.which(program))


def perform(name, folder, options):
    """In a folder and a process group of its own."""
    work = os.path.join(folder, "work")
    os.mkdir(work)
    os.chmod(work, 0o755)
    environment = dict(os.environ, W=work, R=ROOT, DEBIAN=options.debian or "", DEBIAN_FRONTEND="noninteractive")
    with open(f"{folder}/said", "ab") as said:
        child = subprocess.Popen(["bash", "-c", WORKLOADS[name][2]], cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                 start_new_session=True)
        try:
            child.wait(LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    shutil.rmtree(work, ignore_errors=True)


def start(folder, options):
    with open(f"{folder}/eunomia.toml", "w", encoding="utf-8") as file:
        file.write(CONFIG)
    errors, alerts = open(f"{folder}/errors", "w", encoding="utf-8"), open(f"{folder}/alerts", "w", encoding="utf-8")
    daemon = subprocess.Popen([EUNOMIACTL, "daemon", "--fmt", "json", "--socket", f"{folder}/api.sock", "--config", f"{folder}/eunomia.toml"],
                              stdout=alerts, stderr=errors)
    while "ready\n" not in open(f"{folder}/errors", encoding="utf-8"):
        if daemon.poll() is not None:
            raise SystemExit(open(f"{folder}/errors", encoding="utf-8").read())
        time.sleep(0.1)
    docker = None
    if options.debian:
        docker = subprocess.Popen(["dockerd", "--iptables=false", "--bridge=none", "--storage-driver", "vfs"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while subprocess.run(["docker", "info"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
            time.sleep(0.2)
    return daemon, docker


def seconds(text):
    """RFC 3339 in UTC with nine digits, in seconds of Unix time."""
    whole, part = text.rstrip("Z").split(".")
    return time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) - time.timezone + float(f"0.{part}")


def report(folder, turns):
    found, lines = collections.Counter(), collections.Counter()
    for line in open(f"{folder}/alerts", encoding="utf-8"):
        alert = json.loads(line)
        name = next((name for begin, name in reversed(turns) if begin <= seconds(alert["time"])), None)
        who = (alert.get("container") or {}).get("name") or "host", (alert.get("process") or {}).get("name")
        found[name, alert["priority"], alert["rule"], *who] += alert["count"]
        if name:
            lines[WORKLOADS[name][0], alert["priority"] == "critical"] += 1
    for (name, priority, rule, where, process), count in sorted(found.items(), key=str):
        print(f"{name or 'start'}: {count} {priority} '{rule}' by {process} ({where})")
    times = collections.Counter()
    ends = [begin for begin, _ in turns[1:]]
    for (begin, name), end in zip(turns, ends):
        if name:
            times[WORKLOADS[name][0]] += end - begin
    for group, took in times.items():
        rate = lines[group, False] * 3600 / took
        print(f"{group}: {took / 60:.0f} minutes, {lines[group, True]} critical alerts, {lines[group, False]} others ({rate:.1f} an hour)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=0, help="go round for so long; default: once")
    parser.add_argument("--groups", default="server,administration,stress,attack")
    parser.add_argument("--debian")
    options = parser.parse_args()
    names = [name for name in WORKLOADS if WORKLOADS[name][0] in options.groups.split(",")]
    for name in [name for name in names if missing(name, options)]:
        print(f"left out: {name} wants {missing(name, options)}")
        names.remove(name)
    folder = tempfile.mkdtemp(prefix="eunomia-bench-")
    os.chmod(folder, 0o777)
    daemon, docker = start(folder, options)
    turns, end = [], time.monotonic() + options.minutes * 60
    try:
        while not turns or time.monotonic() < end:
            for name in names:
                turns.append((time.time(), name))
                perform(name, folder, options)
        turns.append((time.time(), None))
    finally:
        for process in (daemon, docker):
            if process:
                process.terminate()
                process.wait()
    report(folder, turns)
    print(f"what was lost is in {folder}/errors")


if __name__ == "__main__":
    main()
