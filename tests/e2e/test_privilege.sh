#!/usr/bin/env bash
# Who may do what: the running processes against the table in docs/architecture.md.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege

USER_ID=12345 GROUP_ID=12346

status() { # PID FIELD
  awk -v field="$2:" '$1 == field {print $2}' "/proc/$1/status"
}

# Names as in the table: "BPF PERFMON".
capabilities() { # PID
  local mask
  mask=$(status "$1" CapEff)
  [ "$mask" = "$(status "$1" CapPrm)" ] || echo "permitted differs from effective"
  [ "$((16#$mask))" -ne 0 ] || { echo none; return; }
  capsh --decode="$mask" | sed 's/.*=//' | tr ',' '\n' | sed 's/^cap_//' | tr '[:lower:]' '[:upper:]' | sort | xargs
}

documented() { # PROCESS COLUMN
  awk -F ' *\\| *' -v name="$1" -v column="$2" '$2 == name {print $(column + 1)}' docs/architecture.md | tr ' ' '\n' | sort | xargs
}

test_collector_process() { # NAME
  local pid
  pid=$(process_of_tracker "$1") || { check "$1 runs" false; return; }
  check "$1 has the documented user" same "$(documented "$1" 2)" "$(status "$pid" Uid)"
  check "$1 has the documented capabilities" same "$(documented "$1" 3)" "$(capabilities "$pid")"
  check "$1 is filtered and cannot gain privileges" same "2 1" "$(status "$pid" Seccomp) $(status "$pid" NoNewPrivs)"
  check "$1 has no network socket" no_network_socket "$pid"
}

no_network_socket() { # PID
  local inodes socket
  inodes=$(awk 'FNR > 1 {print $10}' /proc/"$1"/net/{tcp,tcp6,udp,udp6,raw} 2>/dev/null)
  for socket in /proc/"$1"/fd/*; do
    socket=$(readlink "$socket")
    [[ $socket == socket:* ]] && grep -qx "${socket//[^0-9]/}" <<<"$inodes" && return 1
  done
  return 0
}

test_collector() {
  local process
  for process in loop loader actions eu-extractor; do test_collector_process "$process"; done
  # The launcher is the process that was started as eunomiactl.
  check "supervisor has the documented capabilities" same "$(documented supervisor 3)" "$(capabilities "$TRACKER")"
  check "supervisor is filtered and cannot gain privileges" same "2 1" "$(status "$TRACKER" Seccomp) $(status "$TRACKER" NoNewPrivs)"
}

test_controller() {
  local pid
  pid=$(process_of_tracker eunomiactl)
  check "the controller is the user who called sudo" \
    same "$USER_ID $USER_ID $USER_ID $USER_ID" "$(awk '/^Uid:/ {print $2, $3, $4, $5}' "/proc/$pid/status")"
  check "with that user's group" same "$GROUP_ID" "$(status "$pid" Gid)"
  check "without any capability" same "0 0 0 0 0" \
    "$(for set in CapInh CapPrm CapEff CapBnd CapAmb; do echo $((16#$(status "$pid" $set))); done | xargs)"
  check "and no way back" same 1 "$(status "$pid" NoNewPrivs)"
}

test_ends() {
  local all socket_dir
  mapfile -t all < <(descendants "$TRACKER")
  socket_dir=$(tr '\0' '\n' <"/proc/$(process_of_tracker eunomiactl)/environ" | sed -n 's|^EUNOMIA_COLLECTOR_SOCKET=\(.*\)/.*|\1|p')
  check "the private directory is the user's alone" same "700 $USER_ID" "$(stat -c '%a %u' "$socket_dir")"
  stop_tracker
  check "no process is left behind" await 2 all_gone "${all[@]}"
  check "nor the private directory" test ! -e "$socket_dir"
  start_tracker
  mapfile -t all < <(descendants "$TRACKER")
  kill -KILL "$TRACKER"
  wait "$TRACKER" 2>/dev/null
  TRACKER=""
  check "nor any process when the launcher is killed" await 2 all_gone "${all[@]}"
}

# A collector as a service: who is not listed gets nothing.
test_peers() {
  local socket=$WORK/collector.sock pid
  "$COLLECTOR" --socket "$socket" --allow-uid $USER_ID 2>"$ERRORS" &
  pid=$!
  await 5 test -S "$socket"
  chmod 666 "$socket"
  setpriv --reuid $USER_ID --clear-groups "$EUNOMIACTL" status --collector "$socket" >"$WORK/out"
  check "a listed user is served" same 0 $?
  setpriv --reuid 4242 --clear-groups "$EUNOMIACTL" status --collector "$socket" >"$WORK/out" 2>"$WORK/refused"
  check "another user is refused" same 1 $?
  check "in one line" same "0 1" "$(wc -l <"$WORK/out") $(grep -c '^eunomiactl: ' "$WORK/refused")"
  "$EUNOMIACTL" status --collector "$socket" >/dev/null 2>&1
  check "root is refused when it is not listed" same 1 $?
  kill -TERM $pid
  wait $pid
  check "the collector ends with 0" same 0 $?
  check "and removes its socket" test ! -e "$socket"
}

export SUDO_UID=$USER_ID SUDO_GID=$GROUP_ID
start_tracker
test_controller
test_collector
test_ends
unset SUDO_UID SUDO_GID
test_peers
done_testing
