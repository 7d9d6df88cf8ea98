#!/usr/bin/env bash
# On this machine itself: every tracker is on, and none is off. What they see is checked by tests/e2e.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
. tests/vm/lib.sh

main() {
  start_trackers --latency --refused
  check "the trackers are ready" await 60 grep -qx ready "$WORK/run.err"
  check "the state of every tracker is told" tell_trackers "$RESULT/trackers.json"
  check "none is off" test -z "$(states off "$RESULT/trackers.json")"
  stop_trackers
  check "the trackers end with 0" [ $? -eq 0 ]
  plan
}

main
