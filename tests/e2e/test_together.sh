#!/usr/bin/env bash
# All trackers at once: by names, with filters, as text, from a file that gives each its own filter and output.
set -uo pipefail
# shellcheck source=tests/e2e/kit.sh
. "$(dirname "$0")/kit.sh"
TRACKERS=(process files tcpconnect udp dns syscall ipc security perf)
KINDS=(process.exec file.open tcp.connect udp.open dns.query syscall ipc.use ipc.signal security.memfd perf.counters)

# Something of every tracker's; it waits for a line first, so that the tracker can be told its pid.
write_work() {
  cat >"$WORK/work.py" <<'PYTHON'
import ctypes, os, signal, socket, subprocess, sys
sys.stdin.readline()
subprocess.run(["/bin/true"])
open("/etc/hostname").close()
socket.socket().connect_ex(("127.0.0.1", 1))
query = bytes.fromhex("123401000001000000000000") + b"\x04work\x04test\x00\x00\x01\x00\x01"
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(query, ("127.0.0.1", 53))
reader, writer = os.pipe()
os.write(writer, b"x")
os.read(reader, 1)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
os.kill(os.getpid(), signal.SIGUSR1)
os.memfd_create("work")
PYTHON
}

# Starts the work, calls a function with its pid that starts the tracker, lets it go on, and waits.
with_work() { # FUNCTION
  rm -f "$WORK/go" && mkfifo "$WORK/go"
  /usr/bin/python3 "$WORK/work.py" <"$WORK/go" &
  local work=$!
  exec 9>"$WORK/go"
  "$1" $work || return
  echo >&9
  exec 9>&-
  wait $work
}

has_every_kind() { # FILE
  local kind missing=""
  for kind in "${KINDS[@]}"; do
    grep -q "\"event\":\"$kind\"" "$1" || missing+=" $kind"
  done
  same "" "$missing"
}

by_names() { start_tracker -p "$1"; }

as_text() {
  : >"$ERRORS"
  "${LAUNCH[@]}" run "${TRACKERS[@]}" -p "$1" -T 3 >"$WORK/text" 2>"$ERRORS" &
  TRACKER=$!
  await 10 grep -qx ready "$ERRORS"
}

from_file() {
  mkdir -p "$WORK/out" && chmod 777 "$WORK/out"
  cat >"$WORK/session.toml" <<TOML
[output]
format = "json"
file = "$WORK/out/events"
[limits]
duration = 3
[[tracker]]
name = "process"
pids = [$1]
[[tracker]]
name = "files"
pids = [$IDLE]
[[tracker]]
name = "files"
pids = [$1]
format = "text"
output = "$WORK/out/files"
[tracker.filters]
events = ["file.open"]
[[tracker]]
name = "syscall"
pids = [$1]
[tracker.filters]
syscalls = ["memfd_create"]
TOML
  : >"$ERRORS"
  "${LAUNCH[@]}" run --config "$WORK/session.toml" >"$WORK/stdout" 2>"$ERRORS" &
  TRACKER=$!
  await 10 grep -qx ready "$ERRORS"
}

test_by_names() {
  with_work by_names
  stop_tracker
  check "all at once: something of every tracker" has_every_kind "$EVENTS"
  check "nothing of anybody else" test -z "$(events ".process.pid != null and (.process.args // [] | tostring | contains(\"work.py\") | not) and (.process.exe // \"\") != \"/usr/bin/true\" and (.process.exe // \"\") != \"/bin/true\"" .process.exe | sort -u | grep -v python)"
  check "the ledger is exact" ledger_is_exact
  with_work as_text
  wait "$TRACKER"
  TRACKER=""
  local kind missing=""
  for kind in "${KINDS[@]}"; do grep -q " $kind " "$WORK/text" || missing+=" $kind"; done
  check "as text, until -T" same "" "$missing"
}

test_from_file() {
  with_work from_file
  wait "$TRACKER"
  check "from a file: it ends by itself" test $? -eq 0
  TRACKER=""
  check "each tracker has its own filter" same "process.exec process.exit process.fork syscall" \
    "$(jq -r 'select(.event | startswith("file.") | not) | .event' "$WORK/out/events" | sort -u | tr '\n' ' ' | sed 's/ $//')"
  check "and narrows to its own calls" same memfd_create "$(jq -r 'select(.event == "syscall") | .syscall.name' "$WORK/out/events" | sort -u)"
  check "and its own output and format" grep -q 'file.open .*/etc/hostname O_RDONLY' "$WORK/out/files"
  check "what the work opened is there only" same "" "$(jq -r 'select(.file.path == "/etc/hostname") | .event' "$WORK/out/events")"
  check "config check says that it is right" same "$WORK/session.toml: ok, 4 trackers" "$("$EUNOMIACTL" config check "$WORK/session.toml")"
  sed -i 's/^duration = 3/duraton = 3/' "$WORK/session.toml"
  "$EUNOMIACTL" run --config "$WORK/session.toml" >"$WORK/stdout" 2>"$WORK/stderr"
  check "a mistake is a usage error" test $? -eq 2
  check "that says where it is and what is right" same \
    "eunomiactl: $WORK/session.toml:5:1: unknown key 'duraton' in [limits], did you mean 'duration'?; allowed: duration, events, strict" "$(cat "$WORK/stderr")"
}

test_container() {
  if ! start_docker; then
    skip "in a container" "no docker here"
    return
  fi
  local name=eunomia-together-$$
  start_tracker -c $name || return
  # shellcheck disable=SC2016 # the container's shell
  docker run --rm --net none --name $name "$IMAGE" sh -c 'true; cat /bin/sh | cat >/dev/null; kill -0 $$; kill -USR1 $$' >/dev/null 2>&1
  stop_tracker
  check "in a container: files, calls, pipes and signals are all its own" same "$name" "$(events true .container.name | sort -u)"
  check "of every tracker that has something" same "file.open ipc.signal ipc.use process.exec syscall" \
    "$(events true .event | sort -u | grep -xE 'file.open|ipc.signal|ipc.use|process.exec|syscall' | tr '\n' ' ' | sed 's/ $//')"
}

need_privilege
write_work
sleep 600 &
IDLE=$!
test_by_names
test_from_file
test_container
kill $IDLE
done_testing
