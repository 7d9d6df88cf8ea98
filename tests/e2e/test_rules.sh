#!/usr/bin/env bash
# The default rules against what they are about: each has cases in tests/rules that make it fire, and near misses that do
# not, in containers and on the host. tests/captures/record keeps the same as captures, for the test that needs no root.
set -uo pipefail
. "$(dirname "$0")/kit.sh"
. "$(dirname "$0")/rule_cases.sh"

need_privilege
start_docker || skip_all "needs docker"

ALERTS=$WORK/alerts

start_daemon() {
  mkdir -m 777 "$WORK/api" # it listens as another user
  "$EUNOMIACTL" daemon --fmt json --socket "$WORK/api/daemon.sock" >"$ALERTS" 2>"$ERRORS" &
  TRACKER=$!
  await 20 grep -qx ready "$ERRORS"
}

has_fired() { # RULE NAME
  jq -e -n --arg rule "$1" --arg name "$2" \
    'any(inputs; .rule == $rule and (.container.name == "rules-" + $name or .process.name == $name or any((.process.ancestors // [])[]; .name == $name)))' "$ALERTS" >/dev/null
}

is_quiet() { # RULE NAME
  ! has_fired "$@"
}

check_cases() {
  local i
  check "every case ran" all_ran
  for i in "${!NAMES[@]}"; do
    local what
    what="${RULES[$i]}: ${PLACES[$i]}: $(tail -n +2 "$CASES/${NAMES[$i]}")"
    if [ "${KINDS[$i]}" = fires ]; then
      check "$what" has_fired "${RULES[$i]}" "${NAMES[$i]}"
    else
      check "not $what" is_quiet "${RULES[$i]}" "${NAMES[$i]}"
    fi
  done
}

load_cases tests/rules/*.sh
make_rules_image
check "the daemon starts" start_daemon
run_in_containers
run_on_host
stop_tracker
check "and ends with 0" [ $? -eq 0 ]
check_cases
check "nothing was lost" test -z "$(grep -E '^(lost|unbalanced)' "$ERRORS")"
done_testing
