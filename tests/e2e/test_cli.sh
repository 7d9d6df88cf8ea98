#!/usr/bin/env bash
# The command line as a user meets it: help, errors in one line that say what to do, filters, output, endings.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege

OUT=$WORK/out ERR=$WORK/err
NOBODY_ID=4242

run() { # SECONDS-MAX COMMAND...: output in $OUT and $ERR, returns its status
  timeout "$@" >"$OUT" 2>"$ERR" </dev/null
}

# One line on stderr from eunomiactl, which names what is wrong.
complains() { # STATUS PATTERN COMMAND...
  local wanted=$1 pattern=$2
  shift 2
  run 20 "$@"
  local status=$?
  [ $status -eq "$wanted" ] && [ "$(grep -c '^eunomiactl: ' "$ERR")" -eq 1 ] && grep -qE "^eunomiactl: .*$pattern" "$ERR" && return
  echo "# status $status instead of $wanted, or not one line with /$pattern/:"
  sed 's/^/# /' "$ERR"
  return 1
}

has_no_trace() {
  ! grep -qE '^ +at |Unhandled' "$ERR"
}

test_usage() {
  check "--help of run process" run 5 "$EUNOMIACTL" run process --help
  local option
  for option in --container --pid --time --fmt --events --fields --env --strict --collector -o; do
    check "it explains $option" grep -q -- "$option" "$OUT"
  done
  check "--version" run 5 "$EUNOMIACTL" --version
  check "an unknown option" complains 2 "nonsense" "$EUNOMIACTL" run process --nonsense
  check "an unknown event kind" complains 2 "process.exec" "$EUNOMIACTL" run process --events process.exce
  check "a time that is none" complains 2 "time|-T" "$EUNOMIACTL" run process -T soon
  check "a format that is none" complains 2 "json" "$EUNOMIACTL" run process --fmt xml
  check "a pid that is none" complains 2 "pid|-p" "$EUNOMIACTL" run process -p x
  check "a process that does not exist" complains 1 "4194303" "$EUNOMIACTL" run process -p 4194303 -T 1
}

test_no_collector() {
  check "a socket that is not there" complains 1 "$WORK/none.sock" "$EUNOMIACTL" status --collector "$WORK/none.sock"
  leave_stale_socket "$WORK/stale.sock"
  check "a stale socket" complains 1 "$WORK/stale.sock" "$EUNOMIACTL" status --collector "$WORK/stale.sock"
  check "neither root nor a service" complains 1 "sudo|root" \
    setpriv --reuid $NOBODY_ID --clear-groups "$EUNOMIACTL" run process -T 1
  check "no collector beside it" complains 1 "EUNOMIA_COLLECTOR.*$WORK/missing" \
    env EUNOMIA_COLLECTOR="$WORK/missing" "$EUNOMIACTL" run process -T 1
  check "a missing capability is named" missing_capability
}

# A collector that is killed leaves its socket file.
leave_stale_socket() { # PATH
  "$COLLECTOR" --socket "$1" 2>/dev/null &
  local pid=$!
  await 5 test -S "$1"
  kill -KILL $pid
  wait $pid 2>/dev/null
}

missing_capability() {
  run 10 setpriv --bounding-set -perfmon "$EUNOMIACTL" run process -T 1
  [ $? -eq 1 ] && grep -q CAP_PERFMON "$ERR" && has_no_trace
}

ended_in() { # SECONDS
  local pid=$TRACKER
  await "$1" all_gone "$pid" || return
  TRACKER=""
  wait "$pid"
}

group_ended_in() { # SECONDS
  kill -INT "$TRACKER" "$(process_of_tracker eunomiactl)"
  ended_in "$1" && grep -q '^ledger ' "$ERRORS"
}

test_endings() {
  check "-T ends with 0" run 10 "$EUNOMIACTL" run process -T 0.5
  check "and with the account" grep -q '^ledger process.exec offered=[0-9]* delivered=[0-9]* lost=0$' "$ERR"
  : >"$ERR" # or the last run's word would be taken for this one's
  # A shell's background job ignores SIGINT unless told otherwise.
  env --default-signal=INT timeout -k 1 20 "$EUNOMIACTL" run process >"$OUT" 2>"$ERR" &
  local pid=$!
  await 10 grep -qx ready "$ERR"
  pid=$(cat /proc/$pid/task/$pid/children)
  pid=${pid% }
  kill -INT -- "$pid" "$(pgrep -x -P "$pid" eunomiactl)"
  wait $!
  check "Ctrl-C ends with 0" same 0 $?
  check "and with the account too" grep -q '^ledger ' "$ERR"
  local signal
  for signal in INT HUP QUIT; do
    start_tracker
    kill -$signal "$TRACKER"
    check "SIG$signal to the first process alone ends all with 0" ended_in 5
    check "and with the account of SIG$signal" grep -q '^ledger ' "$ERRORS"
  done
  local LAUNCH=(env --default-signal=INT "$EUNOMIACTL")
  start_tracker
  check "a signal to all of the group ends it once" group_ended_in 5
  (for n in {1..50}; do /bin/true "$n"; sleep 0.05; done) &
  timeout 20 "$EUNOMIACTL" run process 2>"$ERR" | head -n 1 >"$OUT"
  check "a closed pipe ends it quietly" has_no_trace
  timeout -k 1 10 "$EUNOMIACTL" run process -T 0.5 >&- 2>"$ERR"
  check "a closed stdout is no reason to go on for ever" test $? -lt 124
  check "after the header" grep -q '^TIME .*CONTAINER .*EVENT' "$OUT"
}

# The end of every tracked line in this terminal is within its width.
test_text() {
  command -v script >/dev/null || { skip "text on a terminal" "needs script (bsdutils)"; return; }
  timeout -k 1 20 script -qec "stty cols 80; $EUNOMIACTL run process -T 2" "$OUT" >/dev/null </dev/null &
  local pid=$!
  await 10 grep -q ready "$OUT"
  /bin/true "$(printf 'x%.0s' {1..200})"
  printf '%s\n' $'evil \e[31m\a' | xargs -d '\n' /bin/true
  wait $pid
  check "lines fit the terminal's width" same 0 \
    "$(sed 's/\x1b\[[0-9;?]*[a-zA-Z=]//g; s/\r//g; s/…/./g' "$OUT" | grep -E '^[0-9][0-9]:' | awk 'length > 80' | wc -l)"
  check "there is colour" grep -q $'process.exec.*\e\\[0m' "$OUT"
  check "no control character of a process gets through" same 0 "$(grep -c $'\a' "$OUT")"
  run 10 "$EUNOMIACTL" run process -T 1
  check "without a terminal there is none" same 0 "$(grep -c $'\e' "$OUT")"
}

# A checkout below /root: the controller's user cannot walk to its own executable.
test_unreachable() {
  mkdir -m 700 "$WORK/private"
  cp "$EUNOMIACTL" "$COLLECTOR" "$WORK/private/"
  check "an executable the user cannot walk to" run 10 "$WORK/private/eunomiactl" run process -T 0.5
}

test_output_file() {
  mkdir -m 777 "$WORK/free"
  check "-o FILE" run 10 "$EUNOMIACTL" run process --fmt json -T 1 -o "$WORK/free/events.json"
  check "it is the user's" test "$(stat -c %u "$WORK/free/events.json")" -ne 0
  (for n in {1..60}; do /bin/true "$n"; sleep 0.05; done) &
  check "a full disk" complains 1 "/dev/full.*[Nn]o space" "$EUNOMIACTL" run process --fmt json -T 3 -o /dev/full
  check "still with the account" grep -q '^ledger ' "$ERR"
  check "a directory that is not there" complains 1 "$WORK/none/x" "$EUNOMIACTL" run process -T 1 -o "$WORK/none/x"
}

test_filters() {
  (while [ ! -e "$WORK/go" ]; do sleep 0.05; done; exec /bin/sh -c '/bin/true within; /bin/sh -c "/bin/true deeper"; exit 0') &
  local pid=$!
  start_tracker -p $pid
  touch "$WORK/go"
  /bin/true outside
  wait $pid
  stop_tracker
  check "-p shows the process and its descendants" same "deeper within" \
    "$(events '.event == "process.exec" and (.process.exe | endswith("/true"))' '.process.args[1]' | sort | xargs)"
  check "and nothing else" test -z "$(grep outside "$EVENTS")"
  start_tracker --events process.exec --fields ancestors
  /bin/sh -c '/bin/true with-ancestors; exit 0'
  stop_tracker
  check "--events narrows" same process.exec "$(events true .event | sort -u)"
  check "--fields ancestors names the parents" same "sh true" \
    "$(events '.process.args[1] == "with-ancestors"' '.process.ancestors[0].name + " \(.process.ancestors | length > 1)"')"
}

# What is recorded is shown again, without privilege, and the same each time.
test_record() {
  local capture=$WORK/x.eun me=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  mkdir -m 777 "$WORK/captures" && capture=$WORK/captures/x.eun
  "$EUNOMIACTL" record process files tcpconnect -o "$capture" 2>"$ERRORS" >"$OUT" &
  TRACKER=$!
  await 10 grep -qx ready "$ERRORS"
  /bin/true recorded
  cat /nowhere/recorded 2>/dev/null
  check "record ends with 0" stop_tracker
  check "it shows nothing" test ! -s "$OUT"
  chmod 644 "$capture" && cp "$EUNOMIACTL" "$WORK/captures/eunomiactl"
  check "replay needs no privilege" "${me[@]}" "$WORK/captures/eunomiactl" replay "$capture" --fmt json --strict -o "$WORK/captures/first" 2>"$WORK/account"
  check "the account is the recording's" diff <(grep ^ledger "$ERRORS") <(grep ^ledger "$WORK/account")
  check "the events are there" same "process.exec file.open" \
    "$(jq -r 'select((.event == "process.exec" and .process.args[1] == "recorded") or .file.path == "/nowhere/recorded") | .event' "$WORK/captures/first" | xargs)"
  "$EUNOMIACTL" replay - --fmt json <"$capture" >"$OUT" 2>/dev/null
  check "and the same again, from stdin" cmp "$OUT" "$WORK/captures/first"
  "$EUNOMIACTL" replay "$capture" --events file.open --fmt json >"$OUT" 2>/dev/null
  check "--events narrows a replay" same file.open "$(jq -r .event "$OUT" | sort -u)"
}

test_status() {
  check "status" run 10 "$EUNOMIACTL" status
  check "it names the trackers" grep -qE '^tracker +process +idle' "$OUT"
  check "status as JSON" run 10 "$EUNOMIACTL" status --fmt json
  check "it is JSON" same '["cgroup","process","files","tcpconnect","udp","dns","syscall","ipc","security","perf"]' "$(jq -c '[.trackers[].name]' "$OUT")"
}

test_usage
test_no_collector
test_endings
test_text
test_unreachable
test_output_file
test_filters
test_record
test_status
done_testing
