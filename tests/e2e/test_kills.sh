#!/usr/bin/env bash
# Killed and stopped at random while 8,000 files a second are opened: it is said, it goes on, the account has a gap,
# and nothing stays behind.
#   KILLS=12 tests/e2e/test_kills.sh
set -uo pipefail
. "$(dirname "$0")/kit.sh"

KILLS=${KILLS:-12}
TRACKERS=(process files tcpconnect)
VICTIMS=(loop loader actions eunomiactl)
LOAD=""

need_privilege

start_load() {
  (while :; do "$PROGRAMS/opens" 4 2000 2000 >/dev/null; done) &
  LOAD=$!
}

stop_load() {
  kill "$LOAD" && wait "$LOAD" 2>/dev/null
  LOAD=""
}

# The load alone would do, but a name that nobody had before is surely new.
sees() { # MARK
  local tries
  for tries in {1..200}; do
    cat "/$1-$tries" 2>/dev/null
    grep -q "\"/$1-" "$EVENTS" && return
    sleep 0.05
  done
  return 1
}

kill_part() { # NAME NUMBER
  local gaps
  gaps=$(grep -c "the collector is back" "$ERRORS")
  kill -KILL "$(process_of_tracker "$1")" || return 1
  await 40 said_again "$gaps" && sees "mark-$2"
}

said_again() { # BEFORE
  [ "$(grep -c "the collector is back" "$ERRORS")" -gt "$1" ]
}

# It takes all with it; a new run begins where nothing was left.
kill_controller() { # NUMBER
  local all programs
  mapfile -t all < <(descendants "$TRACKER")
  mapfile -t programs < <(programs_of_tracker)
  kill -KILL "$(process_of_tracker eunomiactl)" || return 1
  wait "$TRACKER"
  TRACKER=""
  await 3 all_gone "${all[@]}" && await 3 programs_gone "${programs[@]}" || return 1
  start_tracker && sees "mark-$1"
}

test_kills() {
  local n victim programs
  start_tracker
  start_load
  check "there are events" sees before
  for n in $(seq "$KILLS"); do
    victim=${VICTIMS[RANDOM % ${#VICTIMS[@]}]}
    if [ "$victim" = eunomiactl ]; then
      check "kill $n: the controller; a new one sees events" kill_controller "$n"
    else
      check "kill $n: $victim; it is said and events go on" kill_part "$victim" "$n"
    fi
  done
  kill_part loop last
  mapfile -t programs < <(programs_of_tracker)
  stop_load
  stop_tracker
  check "the run ends with 0" same 0 $?
  check "the gaps are in the account" grep -q '^gap .*count=unknown' "$ERRORS"
  check "the ledger is exact" ledger_is_exact
  check "no eBPF program is left" await 3 programs_gone "${programs[@]}"
}

nothing_attached() {
  [ "$(links_of_tracker)" -eq 0 ]
}

# A controller that is stopped for long loses its place: nothing is attached then, and nothing grows.
test_stopped_controller() {
  local controller loop before after
  start_tracker
  start_load
  sees stop-before
  controller=$(process_of_tracker eunomiactl) loop=$(process_of_tracker loop)
  check "something is attached" test "$(links_of_tracker)" -ge 8
  before=$(awk '/^VmRSS/ {print $2}' "/proc/$loop/status")
  kill -STOP "$controller"
  check "nothing is attached while the controller is stopped" await 30 nothing_attached
  after=$(awk '/^VmRSS/ {print $2}' "/proc/$loop/status")
  check "the collector does not grow ($before to $after KiB)" test $((after - before)) -lt 4096
  kill -CONT "$controller"
  check "a controller that goes on sees events again" sees stop-after
  stop_load
  stop_tracker
  check "with a gap in the account" grep -q '^gap .*count=unknown' "$ERRORS"
}

trap '[ -z "$LOAD" ] || kill "$LOAD"; clean_up' EXIT
test_kills
test_stopped_controller
done_testing
