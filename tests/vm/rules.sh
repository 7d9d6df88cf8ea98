# shellcheck shell=bash
# Part of guest.sh: what rules tell and do where the kernel and docker allow everything: a privileged container, a module of the
# kernel's, and actions by the BPF LSM. The rest is in tests/e2e. One daemon does it all: attaching costs a guest most.

RULES_IN=guest-rules-in RULES_BESIDE=guest-rules-beside # containers: rules are about the first

write_guest_rules() {
  cat >"$WORK/guest.toml" <<TOML
[[rule]]
name = "Secret opened"
condition = "evt.type = openat and fd.name = /etc/secret and evt.is_open_read = true and container.name = $RULES_IN"
output = "%proc.name opened %fd.name"
priority = "critical"
actions = ["deny"]
[[rule]]
name = "Tool executed"
condition = "evt.type = execve and proc.exepath = /bin/tool and container.name = $RULES_IN"
output = "%proc.cmdline"
priority = "critical"
actions = ["deny"]
[[rule]]
name = "Way out"
condition = "evt.type = connect and fd.rport = 4444 and container.name = $RULES_IN"
output = "%proc.name to %fd.rip"
priority = "critical"
actions = ["deny"]
TOML
}

make_rules_image() {
  mkdir -p "$WORK/rules-image/etc"
  cp -r "$WORK/image/." "$WORK/rules-image"
  cp "$PROGRAMS/static_stopped" "$WORK/rules-image/bin/tool"
  cp "$PROGRAMS/static_stopped" "$WORK/rules-image/bin/asks"
  echo secret >"$WORK/rules-image/etc/secret"
  tar -C "$WORK/rules-image" -c . | docker import - guest/rules:1 >/dev/null
}

start_rules_daemon() {
  local name
  write_guest_rules
  mkdir -m 777 "$WORK/api"
  printf '[alerts.file]\nenabled = false\n' >"$WORK/eunomia.toml"
  "$EUNOMIACTL" daemon --fmt json --socket "$WORK/api/daemon.sock" --config "$WORK/eunomia.toml" --rules deploy/rules --rules "$WORK/guest.toml" \
    --enforce on >"$WORK/alerts" 2>"$WORK/daemon.err" &
  DAEMON=$!
  make_rules_image
  for name in $RULES_IN $RULES_BESIDE; do docker run -d --network none --name "$name" guest/rules:1 busybox sleep 10000 >/dev/null; done
  await 240 grep -qx ready "$WORK/daemon.err" && await 30 denies
}

denies() { [ "$(docker exec $RULES_IN asks connect 127.0.0.1 4444)" = EPERM ]; }

has_fired() { # RULE [ACTIONS]
  jq -e -s "any(.[]; .rule == \"$1\" and (\"${2-}\" == \"\" or (.actions // [] | join(\",\")) == \"${2-}\"))" "$WORK/alerts" >/dev/null
}

is_told_of_module() { [ "$(jq -r 'select(.rule == "Kernel module loaded by hand") | .process.name' "$WORK/alerts")" = python3 ]; }

# A module that nothing needs, decompressed, loaded by a program that is none of the system's.
load_module() {
  local file
  file=$(find /lib/modules -name 'dummy.ko*' | head -n 1)
  case $file in
    *.xz) xz -dc "$file" >"$WORK/dummy.ko" ;;
    *.zst) zstd -dcq "$file" >"$WORK/dummy.ko" ;;
    *) cp "$file" "$WORK/dummy.ko" ;;
  esac
  python3 -c 'import ctypes, sys
module = open(sys.argv[1], "rb")
sys.exit(ctypes.CDLL(None).syscall(313, module.fileno(), b"", 0) != 0)' "$WORK/dummy.ko" # finit_module(2)
}

is_refused() { ! docker exec "$@" >"$WORK/refused" 2>&1 && grep -qi 'not permitted' "$WORK/refused"; }

check_lsm() {
  check "rules deny opens by the LSM" test "$(docker exec $RULES_IN asks read /etc/secret)" = EPERM
  check "and programs" is_refused $RULES_IN tool read /etc/passwd
  check "the container next door notices nothing" test \
    "$(docker exec $RULES_BESIDE tool read /etc/secret) $(docker exec $RULES_BESIDE asks connect 127.0.0.1 4444)" = "ok ECONNREFUSED"
  check "the alerts say so" await 20 has_fired "Secret opened" deny
  check "of programs too" await 20 has_fired "Tool executed" deny
}

check_rules() {
  check "a daemon with rules that stop things is ready" start_rules_daemon
  check "calls are denied, and told" await 20 has_fired "Way out" deny
  if grep -q bpf /sys/kernel/security/lsm; then
    check_lsm
  else
    check "what the kernel lacks is said" grep -q "rule 'Secret opened': cannot be denied: stopping an open needs the kernel's BPF LSM" "$WORK/daemon.err"
  fi
  docker run --rm --network none --privileged --name guest-privileged guest/busybox:1 sh -c :
  check "a privileged container is told" await 20 has_fired "Privileged container started"
  check "a module is loaded" load_module
  check "and told, as the only one" await 20 is_told_of_module
  kill -TERM "$DAEMON" && wait "$DAEMON"
  check "the daemon ends with 0" test $? = 0
  docker rm -f $RULES_IN $RULES_BESIDE >/dev/null
}
