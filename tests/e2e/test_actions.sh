#!/usr/bin/env bash
# What rules do beside telling: kill and deny in the kernel, kill after the event, what is said of what cannot be done, and that
# the container next door notices nothing. In containers of docker, through the daemon.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege
start_docker || skip_all "needs docker"

IMAGE=eunomia-e2e/actions:1
ALERTS=$WORK/alerts
RULES=$WORK/rules.toml
CONFIG=$WORK/eunomia.toml
SOCKET=$WORK/api/daemon.sock
ONE=actions-one-$$ TWO=actions-two-$$
DAEMON=""
BPF=$WORK/bpf PINS=$WORK/bpf/pins
trap 'stop_daemon; ! mountpoint -q "$BPF" || umount "$BPF"; docker rm -f "$ONE" "$TWO" >/dev/null 2>&1; clean_up' EXIT

make_actions_image() {
  local name
  make_root "$WORK/root"
  mkdir -p "$WORK/root/out"
  for name in tool marked rival bomb reader; do cp "$PROGRAMS/static_stopped" "$WORK/root/bin/$name"; done
  echo secret >"$WORK/root/etc/secret"
  echo harmless >"$WORK/root/etc/harmless"
  make_image "$WORK/root"
}

write_rules() {
  cat >"$RULES" <<'TOML'
[[rule]]
name = "Marked program"
description = "Killed before it begins."
condition = "evt.type = execve and proc.exepath = /bin/marked and container.id != host"
output = "marked was started (%proc.cmdline)"
priority = "critical"
actions = ["kill"]

[[rule]]
name = "Way out"
description = "One container may not speak to some ports."
condition = "evt.type = connect and fd.rport in (4444, 4445) and container.name = ONE"
output = "a connection to %fd.rip port %fd.rport by %proc.name"
priority = "warning"
actions = ["deny"]

[[rule]]
name = "Secret shown"
description = "By a way that only its arguments tell."
condition = "evt.type = execve and proc.exepath = /bin/reader and proc.args contains secret"
output = "secret shown (%proc.cmdline)"
priority = "critical"
actions = ["kill"]

[[rule]]
name = "Bomb"
description = "Ends its container."
condition = "evt.type = execve and proc.exepath = /bin/bomb"
output = "a bomb (%proc.cmdline)"
priority = "critical"
actions = ["kill-container"]

[[rule]]
name = "Secret opened"
description = "Needs the LSM."
condition = "evt.type = openat and fd.name = /etc/secret and evt.is_open_read = true and container.name = ONE"
output = "secret opened by %proc.name (%fd.name)"
priority = "critical"
actions = ["deny"]
TOML
  sed -i "s/ONE/$ONE/" "$RULES"
}

start_daemon() { # ARGUMENT...
  : >"$ERRORS" && : >"$ALERTS"
  "$EUNOMIACTL" daemon --fmt json --socket "$SOCKET" --config "$CONFIG" --rules "$RULES" "$@" >"$ALERTS" 2>"$ERRORS" &
  DAEMON=$!
  await 120 grep -qx ready "$ERRORS"
}

stop_daemon() {
  [ -z "$DAEMON" ] || { kill -TERM "$DAEMON" && wait "$DAEMON"; } 2>/dev/null
  DAEMON=""
}

status() { "$EUNOMIACTL" status --daemon "$SOCKET" --fmt json | jq -r ".daemon.enforcement | $1"; }

is_for() { [ "$(status .cgroups)" -ge "$1" ]; } # CGROUPS

in_one() { docker exec "$ONE" "$@"; }
in_two() { docker exec "$TWO" "$@"; }

alerts() { # RULE [EXPRESSION]
  jq -r "select(.rule == \"$1\") | ${2:-.}" "$ALERTS"
}

alerts_are() { # RULE EXPRESSION WANTED
  [ "$(alerts "$1" "$2" | sort -u)" = "$3" ]
}

start_containers() {
  local name
  for name in "$ONE" "$TWO"; do docker run -d --network none --name "$name" "$IMAGE" sh -c 'sleep 1000' >/dev/null || return 1; done
}

test_off() {
  start_daemon
  check "without --enforce it is said that nothing is done" grep -q "rule 'Marked program': its actions are not done: enforcement is off" "$ERRORS"
  check "and nothing is" same ok "$(in_one /bin/marked create /out/off)"
  check "the rule fires all the same" await 10 alerts_are "Marked program" '.actions // [] | length' 0
  stop_daemon
}

test_load() {
  check "rules that can be done are counted" same 2 "$(status .policies)"
  check "a rule that the kernel cannot decide is said to react after the event" \
    grep -q "rule 'Secret shown': reacts after the event: the kernel cannot decide 'proc.args contains secret'" "$ERRORS"
  printf '[[rule]]\nname = "x"\noutput = "x"\ncondition = "evt.type = connect and proc.args contains x"\nactions = ["deny"]\n' >"$WORK/bad.toml"
  "$EUNOMIACTL" rules check "$WORK/bad.toml" >"$WORK/out"
  check "one that denies what the kernel cannot decide is an error" grep -q "error: rule 'x': cannot be denied: the kernel cannot decide" "$WORK/out"
}

test_kill() {
  in_one /bin/marked create /out/made >"$WORK/out" 2>&1
  check "kill: the program ends by SIGKILL" same 137 $?
  check "before its first instruction" in_one sh -c '[ ! -e /out/made ]'
  check "another program does not" same ok "$(in_one /bin/tool create /out/other)"
  in_two /bin/marked create /out/made >"$WORK/out" 2>&1
  check "it is for all containers, as the rule is" same 137 $?
  check "and not for the host" same ok "$("$WORK/root/bin/marked" create "$WORK/host")"
  check "the alerts say what was done" await 10 alerts_are "Marked program" '.actions | join(",")' kill
  check "one for each" test "$(alerts "Marked program" .id | wc -l)" = 2
  check "with what the event tells" same "/bin/marked create /out/made" "$(alerts "Marked program" '.process.args | join(" ")' | sort -u)"
  check "status counts them" same 2 "$(status '.counts[] | select(.rule == "Marked program") | .done')"
}

# Its first program is the one: the policies must be there before it.
test_beginning() {
  local i killed=0
  for i in 1 2 3 4 5; do
    docker run --rm --network none "$IMAGE" /bin/marked create "/out/$i" >"$WORK/out" 2>&1
    [ $? != 137 ] || killed=$((killed + 1))
  done
  check "a new container's first program is killed, too" same 5 "$killed"
}

test_deny() {
  check "deny: EPERM" same EPERM "$(in_one /bin/tool connect 127.0.0.1 4444)"
  check "another port is not denied" same ECONNREFUSED "$(in_one /bin/tool connect 127.0.0.1 4446)"
  check "the container next door may" same ECONNREFUSED "$(in_two /bin/tool connect 127.0.0.1 4444)"
  check "and the host" same ECONNREFUSED "$("$WORK/root/bin/tool" connect 127.0.0.1 4444)"
  check "the alert says so" await 10 alerts_are "Way out" '"\(.actions | join(",")) \(.container.name) \(.output)"' \
    "deny $ONE a connection to 127.0.0.1 port 4444 by tool"
  check "it is one" same 1 "$(alerts "Way out" .id | wc -l)"
}

test_after() {
  check "after the event: another argument is left alone" same ok "$(in_one /bin/reader read /etc/harmless)"
  in_one sh -c '/bin/reader secret x & sleep 1' >"$WORK/out" 2>&1
  in_one sh -c 'exec -a x /bin/tool read /etc/harmless' >"$WORK/out" 2>&1
  docker exec -d "$ONE" /bin/reader times 1000000 /bin/tool read /etc/secret
  check "a process that still runs is ended" await 10 alerts_are_some "Secret shown" kill
  check "and gone" await 5 none_runs /bin/reader
}

alerts_are_some() { alerts "$1" '.actions // [] | join(",")' | grep -x "$2" >/dev/null; } # RULE ACTION
none_runs() { ! pgrep -f "^$1 times" >/dev/null; }

test_container() {
  local name=actions-bomb-$$
  docker run -d --network none --name "$name" "$IMAGE" sh -c 'sleep 1000 & sleep 1000' >/dev/null
  docker exec "$name" /bin/bomb create /out/x >"$WORK/out" 2>&1
  check "kill-container: the container ends" await 10 test "$(docker wait "$name")" = 137
  check "the alert says so" await 10 alerts_are "Bomb" '.actions | join(",")' kill-container
  check "the others live" same "ok ok" "$(in_one /bin/tool read /etc/harmless) $(in_two /bin/tool read /etc/harmless)"
  docker rm -f "$name" >/dev/null
}

said_in_status() { "$EUNOMIACTL" status --daemon "$SOCKET" | grep "not done .*Secret opened" >/dev/null; }

test_lsm() {
  if grep -q "rule 'Secret opened': cannot be denied: stopping an open needs the kernel's BPF LSM" "$ERRORS"; then
    check "what this kernel cannot do is said" said_in_status
    skip "opens are denied" "this kernel has no BPF LSM"
    return
  fi
  check "LSM: an open is denied" same EPERM "$(in_one /bin/tool read /etc/secret)"
  check "the container next door may" same ok "$(in_two /bin/tool read /etc/secret)"
  check "the alert says so" await 10 alerts_are "Secret opened" '.actions | join(",")' deny
}

# The collector dies: calls pass, it is counted, and the next one does as the one before.
test_death() {
  local loop
  loop=$(TRACKER=$DAEMON process_of_tracker loop)
  kill -KILL "$loop"
  check "a collector that died is said" await 10 grep -q "lost the collector" "$ERRORS"
  check "the next one denies as the one before" await 30 denies 4445
  check "for how long it did not is told" test "$(status '.unprotected_seconds > 0')" = true
}

denies() { [ "$(in_one /bin/tool connect 127.0.0.1 "$1")" = EPERM ]; }

test_reload() {
  sed -i 's/fd.rport in (4444, 4445)/fd.rport = 4447/' "$RULES"
  "$EUNOMIACTL" rules reload --daemon "$SOCKET" 2>"$WORK/out"
  check "rules read anew are in force" await 10 denies 4447
  check "those before are not" same ECONNREFUSED "$(in_one /bin/tool connect 127.0.0.1 4444)"
}

test_dry_run() {
  stop_daemon
  start_daemon --enforce dry-run
  await 10 is_for 2
  check "dry run: nothing is stopped" same "ok ECONNREFUSED" "$(in_one /bin/marked create /out/dry) $(in_one /bin/tool connect 127.0.0.1 4447)"
  check "what would have been is told" await 10 alerts_are "Marked program" '.actions | join(",")' "kill (dry run)"
  check "of calls, too" await 10 alerts_are "Way out" '.actions | join(",")' "deny (dry run)"
  check "and counted" same "1 0" "$(status '.counts[] | select(.rule == "Marked program") | "\(.would_have) \(.done)"')"
  docker exec -d "$ONE" /bin/reader times 100000000 /bin/tool read /etc/secret
  check "what would have been done after the event, too" await 10 alerts_are_some "Secret shown" "kill (dry run)"
  docker restart -t 0 "$ONE" >/dev/null
}

test_configured() {
  stop_daemon
  printf '[enforcement]\nmode = "on"\n[alerts]\ncollapse = 0\n' >"$CONFIG"
  start_daemon
  check "a file alone does not make a collector of our own obey" await 10 grep -q "collector was started without --allow deny" "$ERRORS"
  stop_daemon
  start_daemon --enforce off
  check "the command line wins" grep -q "enforcement is off" "$ERRORS"
  stop_daemon
  printf '[enforcement]\nmode = "maybe"\n' >"$CONFIG"
  "$EUNOMIACTL" daemon --socket "$SOCKET" --config "$CONFIG" >"$WORK/out" 2>&1
  check "a mode that there is not is refused" same 2 $?
  check "in one line that says where" grep -q "$CONFIG:2:.*'maybe' is not possible; allowed: off, dry-run, on" "$WORK/out"
}

# With --pin what the kernel does outlives the daemon and its collector.
test_pinned() {
  stop_daemon
  printf '[alerts]\ncollapse = 0\n' >"$CONFIG"
  mkdir "$BPF" && mount -t bpf bpf "$BPF"
  start_daemon --enforce on --pin "$PINS"
  check "pinned: it is for both containers" await 10 is_for 2
  check "status says that it is pinned" same true "$(status .pinned)"
  kill -KILL "$(TRACKER=$DAEMON process_of_tracker loop)"
  check "when the collector dies" await 10 grep -q "lost the collector" "$ERRORS"
  check "its calls are denied as before" denies 4447
  check "the next one takes over" await 30 eval '[ "$(status .cgroups)" != 0 ] && "$EUNOMIACTL" status --daemon "$SOCKET" | grep "^collector.*attached" >/dev/null'
  check "all the time something was in force" same 0 "$(status .unprotected_seconds)"
  stop_daemon
  check "that it stays is said" grep -q "stay in force, pinned in $PINS" "$ERRORS"
  check "when the daemon has ended, calls are denied" denies 4447
  in_one /bin/marked create /out/pinned >"$WORK/out" 2>&1
  check "and programs killed" same 137 $?
  start_daemon --pin "$PINS"
  check "a daemon that does not enforce ends it" same "ECONNREFUSED ok" "$(in_one /bin/tool connect 127.0.0.1 4447) $(in_one /bin/marked create /out/free)"
  check "and tells what was done" grep -q "what was pinned ends: hits=[1-9]" "$ERRORS"
  "$EUNOMIACTL" daemon --collector "$WORK/none.sock" --pin "$PINS" >"$WORK/out" 2>&1
  check "--pin is not for the collector of a service" same 2 $?
}

mkdir -m 777 "$WORK/api"
printf '[alerts]\ncollapse = 0\n' >"$CONFIG"
check "an image is made" make_actions_image
write_rules
check "containers run" start_containers
test_off
check "the daemon starts" start_daemon --enforce on
check "policies are for both containers" await 10 is_for 2
test_load
test_kill
test_beginning
test_deny
test_after
test_container
test_lsm
test_death
test_reload
test_dry_run
test_configured
test_pinned
done_testing
