#!/usr/bin/env bash
# Samples and counters of CPU time, as the collector hands them out: against what the kernel says of the same processes.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

SAMPLE=$((1 << 51)) COUNTERS=$((1 << 52))
COLLECTOR_PID="" CLOCKS_BEFORE=0

start_collector() {
  "$COLLECTOR" --socket "$WORK/socket" 2>"$ERRORS" &
  COLLECTOR_PID=$!
  await 10 test -S "$WORK/socket"
}

stop_collector() {
  kill -TERM "$COLLECTOR_PID"
  wait "$COLLECTOR_PID"
}

watch() { # KINDS HZ COMMAND...
  /usr/bin/python3 tests/e2e/programs/perf_client.py "$WORK/socket" "$@" >"$EVENTS"
}

query() { # JQ-PROGRAM: given all lines as $all and what the kernel says of the child as $child
  jq -e -s ". as \$all | (\$all[] | select(.child)) as \$child | $1" "$EVENTS" >/dev/null
}

MINE='[$all[] | select(.sample == $child.child)]'
SUM='[$all[] | select(.counters == $child.child)]'

account_is_exact() { # KIND
  query "[\$all[] | select(.ledger == $1)] | length == 1 and all(.offered == .delivered + .lost and .delivered > 0)"
}

clocks() { # timers of CPU clocks that programs wait for
  grep -c perf_swevent_hrtimer /proc/timer_list
}

no_more_clocks() {
  [ "$(clocks)" -le "$CLOCKS_BEFORE" ]
}

test_samples() {
  check "a busy program is sampled" watch $SAMPLE 0 "$PROGRAMS/busy_stack" 3
  check "as often as it has CPU time" query "$MINE | (map(.weight) | add) as \$ns | \$ns > \$child.cpu_ns * 0.8 and \$ns < \$child.cpu_ns * 1.3"
  check "each sample stands for a 49th of a second" query "$MINE | all(.weight == 20408163)"
  check "most are in hot, the rest in warm" \
    query "$MINE | length as \$n | map(select(.functions | index(\"hot\"))) | length / \$n | . > 0.55 and . < 0.9"
  check "whose caller is known" \
    query "$MINE | map(select(.functions[0] == \"hot\" or .functions[0] == \"warm\")) | length > 20 and all(.functions[1] == \"spend\" and .functions[2] == \"main\")"
  check "no record is torn" query '[$all[] | select(.sample)] | all(.whole)'
  check "the account is exact" account_is_exact 51
  check "nothing is counted that nobody wants" query '[$all[] | select(.counters)] | length == 0'
  check "no clock runs on" await 5 no_more_clocks
  check "1000 a second are 1000" watch $SAMPLE 1000 "$PROGRAMS/busy_stack" 1
  check "of which each stands for less" query "$MINE | length > 700 and all(.weight == 1000000)"
  check "more are refused" refused $SAMPLE 1001 true
}

refused() {
  ! watch "$@" 2>"$WORK/refused" && grep -q refused "$WORK/refused"
}

test_counters() {
  local sleeps='import time
for _ in range(300): time.sleep(0.001)'
  local touches='import mmap
m = mmap.mmap(-1, 4096 * 5000)
for i in range(5000): m[4096 * i] = 1'

  check "a busy program is counted" watch $COUNTERS 0 "$PROGRAMS/busy_stack" 2
  check "its CPU time" query "$SUM | (map(.cpu_ns) | add) as \$ns | (\$ns - \$child.cpu_ns | fabs) < 20e6"
  check "and so it is by the clock of its CPUs" query "$SUM | (map(.cpu_ns) | add) as \$ns | (map(.clock_ns) | add) / \$ns | . > 0.85 and . < 1.3"
  check "which every machine has" query "$SUM | all(.available / 64 % 2 | floor == 1)"
  check "it is told of while it runs" query "$SUM | length > 2"
  check "and once that it is over" query "$SUM | map(.final) | add == 1 and (.[-1] == 1)"
  check "the account is exact" account_is_exact 52
  check "no sample is taken" query '[$all[] | select(.sample)] | length == 0'
  check "a sleeper is counted" watch $COUNTERS 0 /usr/bin/python3 -c "$sleeps"
  check "it waits as often as the kernel says" query "$SUM | (map(.voluntary) | add) == \$child.voluntary and \$child.voluntary >= 300"
  check "and lost its CPU as often" query "$SUM | (map(.involuntary) | add) == \$child.involuntary"
  check "one that touches memory is counted" watch $COUNTERS 0 /usr/bin/python3 -c "$touches"
  check "with each page" query "$SUM | (map(.minor) | add) == \$child.minor and \$child.minor >= 5000"
  check "no clock runs on" await 5 no_more_clocks
}

need_privilege
CLOCKS_BEFORE=$(clocks)
start_collector
test_samples
test_counters
stop_collector
done_testing
