#!/usr/bin/env bash
# Inside a guest on whose kernel Eunomia cannot work: it says so, in one line that names what is missing, and ends.
#   tests/vm/refused.sh WORD: one that the line has
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

WORK=$(mktemp -d -p /run)
WORD=$1
. tests/vm/lib.sh

# The exit status of a command that must not hang.
ends_with() { # STATUS COMMAND...
  local wanted=$1 status
  shift
  timeout -k 5 60 "$@" >"$WORK/out" 2>"$WORK/refusal.err"
  status=$?
  [ "$status" = "$wanted" ] || { echo "# ended with $status" && return 1; }
}

one_line_says_why() {
  [ "$(wc -l <"$WORK/refusal.err")" = 1 ] && grep -q "^eunomiactl: .*$WORD" "$WORK/refusal.err" &&
    [ "$(grep -o "$WORD" "$WORK/refusal.err" | wc -l)" = 1 ] && [ ! -s "$WORK/out" ]
}

every_tracker_is_off() {
  [ -s "$RESULT/trackers.json" ] && jq -e --arg word "$WORD" '[.trackers[] | .state == "off" and (.reason | contains($word))] | length > 1 and all' \
    "$RESULT/trackers.json" >/dev/null
}

main() {
  local trackers
  read -r -a trackers <<<"$(all_trackers | xargs)" # a guest has no /dev/fd for <(...)
  check "run with every tracker ends with 1" ends_with 1 "$EUNOMIACTL" run "${trackers[@]}" -T 5
  check "one line says why" one_line_says_why
  check "run with one does too" ends_with 1 "$EUNOMIACTL" run files -T 5
  check "in one line" one_line_says_why
  check "status ends with 0" ends_with 0 "$EUNOMIACTL" status --fmt json
  cp "$WORK/out" "$RESULT/trackers.json"
  check "and says of every tracker why it is off" every_tracker_is_off
  check "status --strict ends with 1" ends_with 1 "$EUNOMIACTL" status --strict
  check "no process is left" await 10 eval '! pgrep eunomia'
  plan
}

main
