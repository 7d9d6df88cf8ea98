#!/usr/bin/env bash
# What dies is said, started again, and leaves a gap in the account.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege

sees() { # MARK: runs something and waits until it is in the events
  local tries
  for tries in {1..100}; do
    /bin/true "$1-$tries"
    grep -q "\"$1-" "$EVENTS" && return
    sleep 0.1
  done
  return 1
}

test_death() { # PROCESS
  local pid load
  start_tracker
  "$PROGRAMS/forkstorm" 4000 500 >/dev/null &
  load=$!
  check "before $1 dies there are events" sees "before-$1"
  pid=$(process_of_tracker "$1")
  kill -KILL "$pid"
  check "after $1 died they go on" sees "after-$1"
  check "it is said" await 5 grep -q "lost the collector" "$ERRORS"
  wait $load
  stop_tracker
  check "and the run ends with 0" same 0 $?
  check "the gap is in the account" grep -q "^gap .*count=unknown" "$ERRORS"
}

test_strict() {
  start_tracker --strict
  kill -KILL "$(process_of_tracker loop)"
  sees strict
  stop_tracker
  check "--strict makes a gap a failure" same 1 $?
}

# A controller that dies takes everything with it.
test_controller_death() {
  local all programs
  start_tracker
  mapfile -t all < <(descendants "$TRACKER")
  mapfile -t programs < <(programs_of_tracker)
  kill -KILL "$(process_of_tracker eunomiactl)"
  wait "$TRACKER"
  check "a killed controller is reported as such" same 137 $?
  TRACKER=""
  check "nothing of the collector is left" await 2 all_gone "${all[@]}"
  check "it had programs loaded" test "${#programs[@]}" -ge 5
  check "none of them is left" await 2 programs_gone "${programs[@]}"
}

# A host that is out of processes has no thread for us either: here, as far as the controller's user is concerned. It may
# have as many as it begins with.
test_no_more_threads() {
  local controller LAUNCH=("$EUNOMIACTL") threads
  start_tracker
  threads=$(find "/proc/$(process_of_tracker eunomiactl)/task" -mindepth 1 -maxdepth 1 | wc -l)
  stop_tracker
  LAUNCH=(bash -c "ulimit -u $threads && exec \"\$0\" \"\$@\"" "$EUNOMIACTL")
  start_tracker
  controller=$(process_of_tracker eunomiactl)
  check "$threads threads are all it may have" grep -q "^Max processes *$threads " "/proc/$controller/limits"
  "$PROGRAMS/forkstorm" 6000 0 4 >/dev/null
  check "with them events go on under load" sees threadless
  kill -STOP "$controller"
  "$PROGRAMS/forkstorm" 3000 0 >/dev/null
  kill -CONT "$controller"
  check "and after a pause" sees threadless-still
  stop_tracker
  check "the run ends with 0" same 0 $?
  check "its account is exact" ledger_is_exact
}

# The launcher leads the terminal's session here, so the kernel sends SIGHUP to it alone.
test_closed_terminal() {
  command -v script >/dev/null || { skip "a closed terminal" "needs script (bsdutils)"; return; }
  local terminal all
  mkdir -m 777 "$WORK/terminal"
  : >"$ERRORS"
  script -qec "exec $EUNOMIACTL run process --fmt json -o $WORK/terminal/events 2>$ERRORS" /dev/null </dev/null >/dev/null 2>&1 &
  terminal=$!
  await 10 grep -qx ready "$ERRORS"
  mapfile -t all < <(descendants $terminal)
  kill -KILL $terminal
  wait $terminal 2>/dev/null
  check "a closed terminal ends everything" await 3 all_gone "${all[@]}"
  check "with the account" grep -q "^ledger " "$ERRORS"
  kill -TERM "${all[@]}" 2>/dev/null
}

for process in loop loader actions; do test_death $process; done
test_strict
test_controller_death
test_no_more_threads
test_closed_terminal
done_testing
