#!/usr/bin/env bash
# Start-up, sizes and memory of the built product, each beside its goal. Prints a table; judges nothing.
#   bench/start.sh [RUNS]      default: 10; needs root and BTF for all but --help and sizes
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

EUNOMIACTL=$PWD/dist/eunomiactl
COLLECTOR=$PWD/dist/eunomia-collector
RUNS=${1:-10}
MEMORY_AFTER_S=10
WORK=$(mktemp -d /tmp/eunomia-bench-XXXXXX)
LOAD="" TRACKER=""
trap clean_up EXIT

clean_up() {
  stop "$TRACKER"
  stop "$LOAD"
  rm -rf "$WORK"
}

stop() { # PID
  [ -z "$1" ] || { kill -TERM "$1" && wait "$1"; } 2>/dev/null
}

fail() {
  echo "bench/start.sh: $*" >&2
  [ ! -s "$WORK/errors" ] || sed 's/^/    /' "$WORK/errors" >&2
  exit 1
}

row() { # WHAT VALUE GOAL
  printf '%-44s %14s   %s\n' "$1" "$2" "${3:-}"
}

now_us() {
  echo "${EPOCHREALTIME/[.,]/}"
}

milliseconds() { # MICROSECONDS
  printf '%d.%d ms' $(($1 / 1000)) $(($1 % 1000 / 100))
}

# A number per line: "median (smallest to largest)".
summary() {
  local -a sorted
  mapfile -t sorted < <(sort -n)
  echo "$(milliseconds "${sorted[${#sorted[@]} / 2]}") ($(milliseconds "${sorted[0]}") to $(milliseconds "${sorted[-1]}"))"
}

help_us() {
  local start
  start=$(now_us)
  "$EUNOMIACTL" --help >/dev/null || fail "--help does not work"
  echo $(($(now_us) - start))
}

keep_executing() {
  while :; do
    /bin/true
    read -r -t 0.001 <>"$WORK/never"
  done
}

# From the start of eunomiactl to its first line on a pipe, while something is executed all the time.
first_event_us() {
  local start line
  start=$(now_us)
  "$EUNOMIACTL" run process --fmt json >"$WORK/pipe" 2>"$WORK/errors" &
  TRACKER=$!
  exec 3<"$WORK/pipe"
  read -r -t 10 line <&3 || fail "no event within 10 s"
  echo $(($(now_us) - start)) >>"$WORK/first"
  [[ $line == '{"time":'* ]] || fail "the first line is no event: $line"
  exec 3<&-
  stop "$TRACKER"
  TRACKER=""
}

repeat() { # COMMAND
  local n
  for ((n = 0; n < RUNS; n++)); do "$1"; done
}

processes() { # PID: it and its descendants
  local child
  echo "$1"
  while read -r child; do processes "$child"; done < <(cat /proc/"$1"/task/*/children 2>/dev/null | tr " " "\n")
}

kib() { # PID FIELD
  awk -v field="$2:" '$1 == field {print $2}' "/proc/$1/smaps_rollup"
}

bench_sizes() {
  row "size of eunomia-collector" "$(($(stat -c %s "$COLLECTOR") / 1024)) KiB" "goal: under 3072"
  row "size of eunomiactl" "$(($(stat -c %s "$EUNOMIACTL") / 1024)) KiB" "goal: under 30720"
}

bench_first_event() {
  mkfifo "$WORK/pipe" "$WORK/never"
  keep_executing &
  LOAD=$!
  repeat first_event_us
  row "first event after start" "$(summary <"$WORK/first")" "goal: 300 ms"
}

# With the load still running.
bench_memory() {
  local pid rss pss all_rss=0 all_pss=0
  "$EUNOMIACTL" run process --fmt json >/dev/null 2>"$WORK/errors" &
  TRACKER=$!
  sleep "$MEMORY_AFTER_S"
  for pid in $(processes "$TRACKER"); do
    rss=$(kib "$pid" Rss) pss=$(kib "$pid" Pss)
    [ -n "$rss" ] || continue # ended meanwhile
    row "memory of $(cat "/proc/$pid/comm") after $MEMORY_AFTER_S s" "RSS $rss KiB" "PSS $pss KiB"
    all_rss=$((all_rss + rss)) all_pss=$((all_pss + pss))
  done
  row "memory of all, rings apart" "RSS $all_rss KiB" "PSS $all_pss KiB, goal: 71680"
}

[ -x "$EUNOMIACTL" ] || fail "nothing is built; make all"
echo "$(nproc) CPUs, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), Linux $(uname -r); median of $RUNS (smallest to largest)"
bench_sizes
row "eunomiactl --help" "$(repeat help_us | summary)" "goal: 20 ms"
[ "$(id -u)" = 0 ] || { echo "the rest needs root"; exit 0; }
[ -e /sys/kernel/btf/vmlinux ] || { echo "the rest needs a kernel with BTF (/sys/kernel/btf/vmlinux)"; exit 0; }
bench_first_event
bench_memory
