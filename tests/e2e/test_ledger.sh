#!/usr/bin/env bash
# The account: offered = delivered + lost, exactly, against a program that knows how many processes it made.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege

# With rings as small as they may be, this many processes overflow them well before the 5 s that a silent reader has.
SMALL_RINGS=("$COLLECTOR" --supervise --ring-bytes 262144 -- "$EUNOMIACTL")
STORM=6000

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

# One exit event for each, whatever happens between the last two threads.
test_last_two_threads() {
  if [ "$(nproc)" -lt 2 ] || ! "$PROGRAMS/last_two" 1 >/dev/null; then
    skip "the last two threads" "needs 2 CPUs and SCHED_FIFO"
    return
  fi
  start_tracker --events process.exit
  check "3,000 processes whose last two threads end at once, one interrupted" same 3000 "$("$PROGRAMS/last_two" 3000)"
  stop_tracker
  check "no process ends twice" same "" \
    "$(events '.process.name == "last_two"' '"\(.process.pid) \(.process.start_time)"' | sort | uniq -d)"
  check "each has ended" same 3002 "$(events '.process.name == "last_two"' .process.pid | wc -l)"
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
  local LAUNCH=("${SMALL_RINGS[@]}") controller loop before after storm
  start_tracker
  controller=$(process_of_tracker eunomiactl)
  loop=$(process_of_tracker loop)
  "$PROGRAMS/forkstorm" 500 0 >/dev/null
  before=$(rss_kib "$loop")
  kill -STOP "$controller"
  "$PROGRAMS/forkstorm" "$STORM" 0 >/dev/null &
  storm=$!
  await 4 all_gone $storm # a slow machine takes longer, and a reader that is silent for 5 s loses its place
  after=$(rss_kib "$loop")
  kill -CONT "$controller"
  wait $storm
  "$PROGRAMS/forkstorm" 100 500 >/dev/null
  stop_tracker
  check "with a stopped reader the ledger is exact" ledger_is_exact
  check "no gap: the reader was silent for less than 5 s" test -z "$(grep ^gap "$ERRORS")"
  check "something is lost" test "$(ledger process.fork lost)" -gt 0
  # Only what the collector itself forked meanwhile is delivered and not written.
  check "what is delivered is written" written_within 64
  check "offered is all there was" test "$(ledger process.fork offered)" -ge $((STORM + 600))
  check "the collector's memory does not grow ($before to $after KiB)" test $((after - before)) -lt 4096
}

# The same loss again, now with --strict.
test_strict() {
  local LAUNCH=("${SMALL_RINGS[@]}") controller
  start_tracker --strict
  controller=$(process_of_tracker eunomiactl)
  kill -STOP "$controller"
  "$PROGRAMS/forkstorm" "$STORM" 0 >/dev/null
  kill -CONT "$controller"
  stop_tracker
  check "--strict makes a loss a failure" same 1 $?
  start_tracker --strict
  stop_tracker
  check "--strict without a loss is a success" same 0 $?
}

test_paced
test_threads
test_last_two_threads
test_stopped_reader
test_strict
done_testing
