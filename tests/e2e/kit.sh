# shellcheck shell=bash
# What the end-to-end suites share: TAP, the tracker, containers. Sourced after `set -uo pipefail`.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

EUNOMIACTL=$PWD/dist/eunomiactl
COLLECTOR=$PWD/dist/eunomia-collector
PROGRAMS=$PWD/build/tests/programs
LAUNCH=("$EUNOMIACTL") # a suite may start it another way
WORK=$(mktemp -d /tmp/eunomia-e2e-XXXXXX)
EVENTS=$WORK/events ERRORS=$WORK/errors
IMAGE=eunomia-e2e/busybox:1
TRACKERS=(process) # a suite may watch something else
NUMBER=0 FAILURES=0 TRACKER="" DOCKERD=""
chmod 755 "$WORK"
trap clean_up EXIT

clean_up() {
  [ -z "$TRACKER" ] || kill -TERM "$TRACKER" 2>/dev/null
  [ -z "$DOCKERD" ] || { kill -TERM "$DOCKERD" && wait "$DOCKERD"; } 2>/dev/null
  rm -rf "$WORK"
}

skip_all() { # REASON
  echo "1..1"
  echo "ok 1 - $(basename "$0" .sh) # SKIP $*"
  exit 0
}

# Everything here loads eBPF programs.
need_privilege() {
  [ "$(id -u)" = 0 ] || skip_all "needs root, to load eBPF programs"
  [ -e /sys/kernel/btf/vmlinux ] || skip_all "needs a kernel with BTF (/sys/kernel/btf/vmlinux)"
}

check() { # NAME COMMAND...
  local name=$1
  shift
  NUMBER=$((NUMBER + 1))
  if "$@"; then
    echo "ok $NUMBER - $name"
  else
    FAILURES=$((FAILURES + 1))
    echo "not ok $NUMBER - $name"
    echo "# $*"
    tail -n 20 "$ERRORS" 2>/dev/null | sed 's/^/# stderr: /'
  fi
}

skip() { # NAME REASON
  NUMBER=$((NUMBER + 1))
  echo "ok $NUMBER - $1 # SKIP $2"
}

done_testing() {
  echo "1..$NUMBER"
  [ "$FAILURES" -eq 0 ]
}

await() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.05
  done
}

same() { # WANTED GOT
  [ "$1" = "$2" ] && return
  echo "# wanted: $1"
  echo "# got:    $2"
  return 1
}

start_tracker() { # ARGUMENT...: of run; events are JSON lines in $EVENTS
  : >"$EVENTS" && : >"$ERRORS"
  "${LAUNCH[@]}" run "${TRACKERS[@]}" --fmt json "$@" >"$EVENTS" 2>"$ERRORS" &
  TRACKER=$!
  await 60 grep -qx ready "$ERRORS" && return
  echo "# the tracker did not become ready:"
  sed 's/^/# /' "$ERRORS"
  return 1
}

# Returns the tracker's exit status.
stop_tracker() {
  local pid=$TRACKER
  TRACKER=""
  kill -TERM "$pid" 2>/dev/null
  wait "$pid"
}

# The pid of one of the running tracker's processes, by its name in /proc/PID/comm.
process_of_tracker() { # NAME
  local pid
  for pid in $(descendants "$TRACKER"); do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ] && echo "$pid" && return
  done
  return 1
}

descendants() { # PID
  local child
  cat /proc/"$1"/task/*/children 2>/dev/null | tr ' ' '\n' | while read -r child; do
    echo "$child"
    descendants "$child"
  done
}

# A zombie that its parent has not looked at yet is gone too.
all_gone() { # PID...
  local pid
  for pid in "$@"; do
    [ ! -e "/proc/$pid" ] || grep -q '^State:.Z' "/proc/$pid/status" || return 1
  done
}

# Ids of the eBPF programs that the running tracker has loaded.
programs_of_tracker() {
  sed -n 's/^prog_id:[[:space:]]*//p' /proc/"$(process_of_tracker loader)"/fdinfo/* 2>/dev/null | sort -un
}

# Other trackers may run on this machine, so only those programs are looked at.
programs_gone() { # ID...
  local id
  for id in "$@"; do
    ! bpftool prog show id "$id" >/dev/null 2>&1 || return 1
  done
}

# How many hooks the running tracker is attached to.
links_of_tracker() {
  grep -l '^link_type' /proc/"$(process_of_tracker loop)"/fdinfo/* 2>/dev/null | wc -l
}

# What jq prints for the events that match.
events() { # CONDITION [EXPRESSION]
  jq -c -r "select($1) | ${2:-.}" "$EVENTS"
}

# Each kind's line says offered = delivered + lost; at least one kind is there.
ledger_is_exact() {
  awk '/^(unbalanced|sequence|malformed) / { print "# " $0; bad = 1 }
  /^ledger / {
    n++
    for (i = 3; i <= 5; i++) { split($i, pair, "="); value[pair[1]] = pair[2] }
    if (value["offered"] != value["delivered"] + value["lost"]) { print "# " $0; bad = 1 }
  } END { exit !(n > 0 && !bad) }' "$ERRORS"
}

ledger() { # KIND FIELD
  sed -n "s/^ledger $1 .*\\b$2=\\([0-9]*\\).*/\\1/p" "$ERRORS"
}

# A dockerd that runs already, or one of our own; false when there can be none.
start_docker() {
  command -v docker >/dev/null || return 1
  if ! docker info >/dev/null 2>&1; then
    command -v dockerd >/dev/null || return 1
    dockerd --iptables=false --bridge=none --storage-driver vfs >"$WORK/dockerd.log" 2>&1 &
    DOCKERD=$!
    await 30 docker info || return 1
  fi
  docker image inspect "$IMAGE" >/dev/null 2>&1 || { make_root "$WORK/image" && make_image "$WORK/image"; }
}

# A root file system of one busybox.
make_root() { # DIRECTORY
  mkdir -p "$1"/{bin,tmp,proc,dev,sys,etc}
  cp "$(command -v busybox)" "$1/bin/busybox"
  local applet
  for applet in sh true sleep cat; do ln -sf busybox "$1/bin/$applet"; done
}

make_image() { # DIRECTORY
  tar -C "$1" -c . | docker import - "$IMAGE" >/dev/null
}
