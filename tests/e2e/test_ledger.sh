#!/usr/bin/env bash
# The account: offered = delivered + lost, exactly, against a program that knows how many processes it made.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege

# Events of the storm's children, or of the storm itself: all have its name.
storm_events() { # KIND
  grep -c "\"event\":\"process.$1\".*\"name\":\"forkstorm\"" "$EVENTS"
}

storm() { # COUNT PER-SECOND [THREADS [group]]
  start_tracker || return 1
  same "$1" "$("$PROGRAMS/forkstorm" "$@")" || return 1
  stop_tracker
}

test_paced() {
  check "500 processes a second for 5 s" storm 2500 500
  check "every fork is there" same 2501 "$(($(storm_events fork) + $(storm_events exec)))"
  check "every exit is there" same 2501 "$(storm_events exit)"
  check "the ledger is exact" ledger_is_exact
  check "nothing is lost" same "0 0" "$(ledger process.fork lost) $(ledger process.exit lost)"
}

test_threads() {
  check "2,000 processes whose 9 threads end at once" storm 2000 0 8
  check "each ends once" same 2001 "$(storm_events exit)"
  check "2,000 processes whose 9 threads all call exit_group" storm 2000 0 8 group
  check "each of them ends once" same 2001 "$(storm_events exit)"
  check "the ledger is exact with threads" ledger_is_exact
}

rss_kib() { # PID
  awk '/^VmRSS:/ {print $2}' "/proc/$1/status"
}

written_within() { # MORE
  local written delivered
  written=$(grep -c '"event":"process.exit"' "$EVENTS") delivered=$(ledger process.exit delivered)
  [ "$written" -le "$delivered" ] && [ $((delivered - written)) -le "$1" ]
}

# Nobody reads for a while: the rings fill, the kernel counts, the collector's memory does not grow.
test_stopped_reader() {
  local controller loop before after
  start_tracker
  controller=$(process_of_tracker eunomiactl)
  loop=$(process_of_tracker loop)
  "$PROGRAMS/forkstorm" 500 0 >/dev/null
  before=$(rss_kib "$loop")
  kill -STOP "$controller"
  "$PROGRAMS/forkstorm" 30000 0 >/dev/null
  after=$(rss_kib "$loop")
  kill -CONT "$controller"
  "$PROGRAMS/forkstorm" 100 500 >/dev/null
  stop_tracker
  check "with a stopped reader the ledger is exact" ledger_is_exact
  check "something is lost" test "$(ledger process.fork lost)" -gt 0
  # Only what the collector itself forked meanwhile is delivered and not written.
  check "what is delivered is written" written_within 64
  check "offered is all there was" test "$(ledger process.fork offered)" -ge 30600
  check "the collector's memory does not grow ($before to $after KiB)" test $((after - before)) -lt 4096
}

# The same loss again, now with --strict.
test_strict() {
  local controller
  start_tracker --strict
  controller=$(process_of_tracker eunomiactl)
  kill -STOP "$controller"
  "$PROGRAMS/forkstorm" 30000 0 >/dev/null
  kill -CONT "$controller"
  stop_tracker
  check "--strict makes a loss a failure" same 1 $?
  start_tracker --strict
  stop_tracker
  check "--strict without a loss is a success" same 0 $?
}

test_paced
test_threads
test_stopped_reader
test_strict
done_testing
