#!/usr/bin/env bash
# The syscall tracker: counts are those of strace -c -f, errors, refusals and times those of programs that know theirs.
set -uo pipefail
# shellcheck source=tests/e2e/kit.sh
. "$(dirname "$0")/kit.sh"
TRACKERS=(syscall)
WAYS=$PROGRAMS/syscall_ways

# "name calls errors", a line each, of a program and its children.
wanted() { # MODE...
  strace -f -c -U name,calls,errors -o "$WORK/strace" "$WAYS" "$@" >/dev/null 2>&1
  awk '/^-/ {inside = !inside; next} inside && NF >= 2 && $1 != "total" {print $1, $2, $3 + 0}' "$WORK/strace" | sort
}

# Runs a program from a child that makes no call but execve, with the tracker on that child.
watch_program() { # TRACKER-ARGUMENT... -- MODE...
  local options=()
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  rm -f "$WORK/go" && mkfifo "$WORK/go"
  "$WAYS" bare "$WAYS" "$@" <"$WORK/go" >/dev/null 2>&1 &
  LAUNCHER=$!
  exec 9>"$WORK/go"
  start_tracker -p $LAUNCHER "${options[@]}" || return
  echo >&9
  wait $LAUNCHER
  exec 9>&-
  stop_tracker
}

# What the program and its children were counted to do.
counted() {
  jq -r "select(.event == \"syscall\" and .process.pid != $LAUNCHER) | \"\(.syscall.name) \(.syscall.count) \(.syscall.errors)\"" "$EVENTS" |
    awk '{calls[$1] += $2; errors[$1] += $3} END {for (name in calls) print name, calls[name], errors[name]}' | sort
}

same_counts() { # MODE...
  diff <(wanted "$@") <(counted)
}

sum_of() { # NAME MEMBER
  jq -s "[.[] | select(.process.pid != $LAUNCHER and .syscall.name == \"$1\") | .syscall.$2 // 0] | add // 0" "$EVENTS"
}

test_counts() {
  watch_program -- calls
  check "every call and every error of a program is counted, as strace does" same_counts calls
  check "errors are told apart" same '{"EEXIST":3} {"ENOENT":7} ' \
    "$(jq -c "select(.process.pid != $LAUNCHER and (.syscall.name == \"mkdir\" or .syscall.name == \"openat\")) | .syscall.errnos" "$EVENTS" | sort | tr '\n' ' ')"
  check "nothing is lost" test -z "$(sed -n 's/^ledger syscall .*lost=0$//; /^ledger syscall/p' "$ERRORS")"
  watch_program --interval 0.1 -- threads
  check "threads on all processors count one by one" test "$(sum_of getppid count)" -eq 40000
  watch_program --interval 0.3 -- storm 1000
  check "500 processes a second, over many reports" same_counts storm 1000
}

test_choices() {
  watch_program --syscall getppid,mkdir -- calls
  check "--syscall narrows" same "getppid 1000 0 mkdir 3 3 " "$(counted | tr '\n' ' ')"
  watch_program --refused -- refused
  check "what seccomp answered is refused" test "$(sum_of mkdir refused)" -eq 5
  check "what failed by itself is not" test "$(sum_of rmdir refused) $(sum_of rmdir errors)" = "0 4"
  watch_program --latency -- sleeps
  check "three sleeps of 50 ms took that long" test "$(sum_of clock_nanosleep latency_total_ns)" -ge 150000000
  check "the longest one too" test "$(sum_of clock_nanosleep latency_max_ns)" -ge 50000000
  check "and stand in the histogram's bucket" test "$(jq -s "[.[] | select(.syscall.name == \"clock_nanosleep\" and .process.pid != $LAUNCHER) |
      .syscall.latency_histogram[] | select(.le_ns >= 67108864) | .count] | add" "$EVENTS")" -eq 3
}

test_stream() {
  watch_program --stream --syscall openat,mkdir,close -- calls
  check "each call is an event, in order" test "$(jq -r "select(.process.pid != $LAUNCHER and .syscall.name == \"mkdir\") |
      [.syscall.args.path, .syscall.args.mode, .error] | join(\" \")" "$EVENTS" | sort | uniq -c | tr -s ' ')" = " 3 / 0700 EEXIST"
  check "arguments are decoded" same '7 {"dirfd":"AT_FDCWD","path":"/nonexistent","flags":"O_RDONLY","mode":"0000"} ENOENT' \
    "$(jq -c "select(.syscall.args.path == \"/nonexistent\") | .syscall.args, .error" "$EVENTS" | paste -d' ' - - | sort | uniq -c | tr -s ' ' | sed 's/^ //; s/ "ENOENT"$/ ENOENT/')"
  check "results are descriptors and errors" test "$(jq -r 'select(.syscall.args.fd == 12345) | .error' "$EVENTS")" = EBADF
}

test_shapes() {
  "${LAUNCH[@]}" run syscall -T 1.5 -p $$ >"$WORK/plain" 2>"$ERRORS" &
  TRACKER=$!
  await 10 grep -qx ready "$ERRORS"
  cat /dev/null
  wait $TRACKER
  check "-T ends by itself; without a terminal it is JSON" test "$(head -n 1 "$WORK/plain" | jq -r .event)" = syscall
  TRACKER=""
  "${LAUNCH[@]}" run syscall -T 1.5 -p $$ --fmt text >"$WORK/text" 2>"$ERRORS" &
  TRACKER=$!
  await 10 grep -qx ready "$ERRORS"
  cat /dev/null
  wait $TRACKER
  TRACKER=""
  check "text has a line for each" grep -qE 'syscall +[0-9]+ +[0-9]+ [a-z0-9_]+ [0-9]+ calls?' "$WORK/text"
  script -qec "stty rows 12 cols 120; '$EUNOMIACTL' run syscall -T 2 --latency --sort time" "$WORK/typescript" >/dev/null 2>&1
  check "a terminal gets a table" grep -q 'CONTAINER.*PID.*SYSCALL.*CALLS.*ERRORS.*TIME.*MAX' "$WORK/typescript"
}

test_container() {
  if ! start_docker; then
    skip "in a container" "no docker here"
    return
  fi
  local name=eunomia-syscall-$$
  start_tracker -c $name || return
  docker run --rm --net none --name $name -v "$WAYS:/ways:ro" "$IMAGE" /ways calls >/dev/null 2>&1
  stop_tracker
  check "in a container: its program's calls" test "$(events '.process.exe == "/ways" and .syscall.name == "getppid"' .syscall.count)" -ge 1000
  check "and nobody else's" same "$name" "$(events true .container.name | sort -u)"
}

need_privilege
test_counts
test_choices
test_stream
test_shapes
test_container
done_testing
