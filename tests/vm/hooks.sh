# shellcheck shell=bash
# Part of guest.sh: hooks that not every kernel has, and what becomes of a tracker without one. The guest's kernel makes
# that so: with kernel.ftrace_enabled=0 no function can be hooked, which is what stands in for the tracepoint cap_capable.

HOOKS=$WORK/hooks
READER=65534 # events are not read as root

has_tracepoint() { # NAME
  bpftool btf dump file /sys/kernel/btf/vmlinux format raw | grep "'btf_trace_$1'" >/dev/null
}

controller() {
  setpriv --reuid "$READER" --clear-groups dist/eunomiactl "$@" --collector "$HOOKS/socket"
}

# A collector that outlives the tracker, so that its status can be asked for meanwhile.
start_collector() {
  mkdir -p "$HOOKS" && chmod 755 "$WORK" "$HOOKS"
  dist/eunomia-collector --socket "$HOOKS/socket" --allow-uid "$READER" 2>"$HOOKS/collector.err" &
  COLLECTOR=$!
  await 30 test -S "$HOOKS/socket" && chmod 666 "$HOOKS/socket"
}

start_hooks_tracker() {
  setpriv --reuid "$READER" --clear-groups dist/eunomiactl run security files tcpconnect --strict --collector "$HOOKS/socket" --fmt json \
    >"$HOOKS/events" 2>"$HOOKS/run.err" &
  TRACKER=$!
  await 60 grep -qx ready "$HOOKS/run.err"
}

stop_hooks_tracker() { # prints its exit status
  local result
  kill -TERM "$TRACKER"
  wait "$TRACKER"
  result=$?
  kill -TERM "$COLLECTOR"
  wait "$COLLECTOR"
  return $result
}

status_of_security() {
  controller status | sed -n 's/^tracker *security //p'
}

others_are_full() {
  controller status --fmt json |
    jq -e '[.trackers[] | select(.state != "idle" and .name != "security") | .state] | length >= 4 and all(. == "full")' >/dev/null
}

capability_counts() {
  jq -r 'select(.process.name == "security_probe" and .security.capability == "CAP_SYS_NICE" and .event == "security.capability")
    | .security.count' "$HOOKS/events" | jq -s add
}

# Each call by which TCP begins, as the program says it went: by numbers of 32-bit calls, and by socketcall.
tcp32_is_told() {
  jq -r 'select(.process.name == "static_tcp32" and (.event | IN("tcp.connect", "tcp.listen", "tcp.accept")))
    | "\(.event[4:]) \(.network.local.port // 0) \(.error // (if .event == "tcp.accept" then 0 else .result end))"' "$HOOKS/events" |
    diff "$HOOKS/tcp32" - | sed 's/^/# /'
  [ "${PIPESTATUS[1]}" = 0 ] && [ "$(wc -l <"$HOOKS/tcp32")" -ge 13 ]
}

check_hooks() {
  local expected="full through tp_btf, fexit cap_capable"
  ! has_tracepoint cap_capable || expected="full through tp_btf"
  start_collector
  check "all trackers attach" start_hooks_tracker
  check "status names the hook that is used" test "$(status_of_security)" = "$expected"
  build/tests/programs/security_probe capability >"$HOOKS/probe"
  build/tests/programs/static_tcp32 >"$HOOKS/tcp32"
  check "--strict is content" stop_hooks_tracker
  check "each use of a capability is counted" test "$(capability_counts)" = "$(awk '/^security.capability/ { print $4 }' "$HOOKS/probe")"
  check "connect, listen and accept of 32-bit calls are told, those by socketcall too" tcp32_is_told
  has_tracepoint cap_capable || check_without_hook
}

check_without_hook() {
  local lacks="no security.capability: tp_btf cap_capable missing, fexit cap_capable: kernel.ftrace_enabled is 0" result
  echo 0 >/proc/sys/kernel/ftrace_enabled
  start_collector
  check "a tracker without a hook goes on" start_hooks_tracker
  check "and is degraded, which says what is missing" test "$(status_of_security)" = "degraded through tp_btf: $lacks"
  check "the others are full" others_are_full
  controller status --strict >/dev/null 2>&1
  check "status --strict ends with 1" [ $? -eq 1 ]
  build/tests/programs/security_probe chroot capability >"$HOOKS/probe"
  build/tests/programs/static_tcp32 >"$HOOKS/tcp32"
  stop_hooks_tracker
  result=$?
  check "run --strict ends with 1" [ $result -eq 1 ]
  check "and had said what is missing" grep -qF "the security tracker is degraded: $lacks" "$HOOKS/run.err"
  check "its other events are there" \
    test "$(jq -r 'select(.event == "security.chroot") | .event' "$HOOKS/events" | wc -l)" = "$(grep -c security.chroot "$HOOKS/probe")"
  check "and those of its neighbours" tcp32_is_told
  check "and nothing is lost" test -z "$(grep '^ledger .*lost=[1-9]' "$HOOKS/run.err")"
  echo 1 >/proc/sys/kernel/ftrace_enabled
}
