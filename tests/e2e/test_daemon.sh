#!/usr/bin/env bash
# The daemon: what its clients see without any privilege, SIGHUP, systemd, a collector that dies, the end; a stdout that is
# stuck, and what is left of alerts without any configuration.
# shellcheck source-path=SCRIPTDIR
set -uo pipefail
source "$(dirname "$0")/kit.sh"
need_privilege

NOBODY=4242 GROUP=4343
SOCKET=$WORK/api.sock
CONFIG=$WORK/eunomia.toml
LOG=$WORK/daemon.log
NOTIFY=$WORK/notify.sock
NOTIFIED=$WORK/notified
DAEMON="" LISTENER="" RUN=""
trap 'stop_all; clean_up' EXIT

stop_all() {
  local pid
  for pid in $RUN $DAEMON $LISTENER; do kill -TERM "$pid" 2>/dev/null; done
}

# Somebody without any right, and not in any group of ours.
as_stranger() { setpriv --reuid=$NOBODY --regid=$NOBODY --clear-groups --bounding-set=-all --inh-caps=-all "$@"; }

# The daemon's own user, whom SUDO_UID names.
as_user() { setpriv --reuid=$GROUP --regid=$GROUP --clear-groups --bounding-set=-all --inh-caps=-all "$@"; }

start_daemon() { # ARGUMENT...
  SUDO_UID=$GROUP SUDO_GID=$GROUP NOTIFY_SOCKET=$NOTIFY EUNOMIA_SOCKET="" \
    "$EUNOMIACTL" daemon --socket "$SOCKET" --config "$CONFIG" "$@" >"${STDOUT:-$WORK/alerts}" 2>"$LOG" &
  DAEMON=$!
  await 20 grep -qx ready "$LOG"
}

controller() { # the unprivileged process behind the launcher
  descendants "$DAEMON" | while read -r pid; do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = eunomiactl ] && echo "$pid" && return
  done
}

log_says() { grep -q -- "$1" "$LOG"; }
notified() { grep -q -- "$1" "$NOTIFIED"; }

follow() { # ARGUMENT...: of run, as the daemon's user
  : >"$EVENTS" && : >"$ERRORS"
  setpriv --reuid=$GROUP --regid=$GROUP --clear-groups --bounding-set=-all --inh-caps=-all \
    "$EUNOMIACTL" run process --daemon "$SOCKET" --fmt json "$@" >"$EVENTS" 2>"$ERRORS" &
  RUN=$!
  await 10 grep -qx ready "$ERRORS"
}

end_follow() {
  kill -TERM "$RUN" && wait "$RUN"
  local status=$?
  RUN=""
  return $status
}

saw() { jq -e -s "any(.[]; $1)" "$EVENTS"; }

chown $GROUP:$GROUP "$WORK"
python3 - "$NOTIFY" "$NOTIFIED" <<'PYTHON' &
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
with open(sys.argv[2], "w") as out:
    while True:
        out.write(s.recv(4096).decode().replace("\n", " ") + "\n")
        out.flush()
PYTHON
LISTENER=$!
await 60 test -S "$NOTIFY"
printf '[alerts]\nspool = "spool"\n[alerts.file]\npath = "kept/alerts.jsonl"\n[daemon]\n' >"$CONFIG"

check "becomes ready, and tells systemd" start_daemon
check "systemd hears READY=1" await 5 notified READY=1
check "runs without privilege" same "0000000000000000" "$(sed -n 's/^CapEff:[[:space:]]*//p' "/proc/$(controller)/status")"
check "its socket is for user and group only" same "660" "$(stat -c %a "$SOCKET")"

# Clients
check "run needs no privilege" follow
/bin/true
check "an exec arrives through the API, with its program" await 5 saw '.event == "process.exec" and .process.exe == "/usr/bin/true"'
if start_docker; then
  docker run --rm --network none --name eunomia-e2e-daemon "$IMAGE" /bin/true >/dev/null
  check "a container's first program arrives with its container" \
    await 10 saw '.event == "process.exec" and .container.runtime == "docker"'
  check "and the container's end" await 10 saw '.event == "container.exit"'
  docker run -d --rm --network none --name eunomia-e2e-long "$IMAGE" /bin/sleep 1000 >/dev/null
  check "containers come from the daemon, without privilege" \
    await 5 bash -c "setpriv --reuid=$GROUP --clear-groups '$EUNOMIACTL' containers --daemon '$SOCKET' --id eunomia-e2e-long --fmt json | jq -e '.state == \"running\"'"
  check "run ends in order" end_follow
  check "run of one container" follow -c eunomia-e2e-long
  docker exec eunomia-e2e-long /bin/cat /dev/null
  /bin/true
  check "shows what runs in it" await 5 saw '.process.args == ["/bin/cat", "/dev/null"]'
  check "and nothing else" same 0 "$(jq -s '[.[] | select(.container.name != "eunomia-e2e-long")] | length' "$EVENTS")"
  docker kill eunomia-e2e-long >/dev/null
else
  skip "events of a container" "no docker"
fi
check "run ends in order" end_follow
check "its account is exact" ledger_is_exact
check "what comes anyhow is attached for nobody: no gap" bash -c "! grep -q '^gap ' '$ERRORS'"
check "kinds that nobody asked for are attached, and seen" bash -c "
  setpriv --reuid=$GROUP --clear-groups '$EUNOMIACTL' run files --daemon '$SOCKET' -T 3 --fmt json >'$WORK/files' 2>'$WORK/files.err' & pid=\$!
  until grep -qx ready '$WORK/files.err'; do sleep 0.05; done
  cat /etc/hostname >/dev/null
  wait \$pid && jq -e -s 'any(.[]; .event == \"file.open\" and .file.path == \"/etc/hostname\")' '$WORK/files' >/dev/null"
check "status comes from the daemon" bash -c "
  setpriv --reuid=$GROUP --clear-groups '$EUNOMIACTL' status --daemon '$SOCKET' --fmt json | jq -e '.daemon.collector == \"attached\"' >/dev/null"
check "alerts come from the daemon" as_user "$EUNOMIACTL" alerts --daemon "$SOCKET"

# Who may what
stranger_is_refused() { # COMMAND...
  ! as_stranger "$EUNOMIACTL" "$@" --daemon "$SOCKET" 2>"$WORK/refused" && grep -q "permission denied\|only root and members of group eunomia" "$WORK/refused"
}
check "a stranger cannot connect" stranger_is_refused status
chmod 666 "$SOCKET"
chmod 711 "$WORK"
check "nor ask, where the mode would let him: status" stranger_is_refused status
check "events" stranger_is_refused run process
check "alerts" stranger_is_refused alerts
chmod 755 "$WORK"

# Reload
kill -HUP "$DAEMON"
check "SIGHUP to the launcher reads everything again" await 5 log_says 'reloaded'
check "systemd hears RELOADING=1" await 5 notified 'RELOADING=1 MONOTONIC_USEC='
echo 'soket = 1' >>"$CONFIG"
kill -HUP "$DAEMON"
check "a bad file changes nothing, and the log says what is wrong" await 5 log_says "not reloaded: $CONFIG:6:1: unknown key 'soket' in \[daemon\], did you mean 'socket'"
check "status says so too" bash -c "'$EUNOMIACTL' status --daemon '$SOCKET' --fmt json | jq -e '.daemon.rules.reload_error | test(\"soket\")' >/dev/null"

# A collector that dies
check "run again" follow
kill -KILL "$(for pid in $(descendants "$DAEMON"); do [ "$(cat "/proc/$pid/comm")" = loop ] && echo "$pid"; done)"
check "a lost collector is missed" await 5 log_says 'lost the collector'
check "and found again" await 20 log_says 'the collector is back'
/bin/true
check "events go on for the client" await 10 saw '.event == "process.exec" and .process.exe == "/usr/bin/true"'
check "who is told of the gap" await 10 grep -q 'lost sight' "$ERRORS"
check "run ends in order" end_follow
check "and its last lines say so" grep -q '^gap ' "$ERRORS"

# The end
PROGRAM_IDS=$(TRACKER=$DAEMON programs_of_tracker)
kill -TERM "$DAEMON"
wait "$DAEMON"
STATUS=$?
DAEMON=""
check "it ends with status 0" same 0 "$STATUS"
check "with the account" bash -c "grep -q '^ledger process.exec offered=' '$LOG'"
check "systemd hears STOPPING=1" notified STOPPING=1
check "its socket is gone" test ! -e "$SOCKET"
# shellcheck disable=SC2086
check "and so are its programs" await 5 programs_gone $PROGRAM_IDS
check "a client is told that there is none" bash -c "! '$EUNOMIACTL' alerts --daemon '$SOCKET' 2>'$WORK/none' && grep -q 'no daemon listens on $SOCKET: start it' '$WORK/none'"

# A stdout that nobody reads
STUCK=400
cp /bin/true "$WORK/noisy"
printf '[[rule]]\nname = "Noisy"\ndescription = "x"\ncondition = "evt.kind = process.exec and proc.exepath = %s"\noutput = "%s"\npriority = "critical"\n' \
  "$WORK/noisy" "Noise $(printf '%01000d' 0)" >"$WORK/noisy.toml"
sed -i '/^soket/d' "$CONFIG"
make_noise() {
  local n
  for n in $(seq "$1"); do "$WORK/noisy"; done
}
kept() { jq -r 'select(.rule == "Noisy") | .id' "${1:-$WORK/kept/alerts.jsonl}" | sort -u | wc -l; }
kept_all() { [ "$(kept)" = "$1" ]; }
alerts_of_daemon() { as_user "$EUNOMIACTL" alerts --daemon "$SOCKET" --fmt json "$@"; }
terminal_adds_up() { # of what the daemon's last lines say
  awk -F '[ =]' '/^output terminal / { n++; bad = $4 != '$STUCK' || $4 != $6 + $8 || $10 != 0 || $8 == 0 } END { exit !(n == 1 && !bad) }' "$LOG"
}
mkfifo -m 666 "$WORK/unread"
exec 8<>"$WORK/unread"
STDOUT=$WORK/unread
check "starts with a stdout that nobody reads" start_daemon --rules "$WORK/noisy.toml"
make_noise $STUCK
check "the alert file has every alert" await 20 kept_all $STUCK
check "and so has the API" same $STUCK "$(alerts_of_daemon | wc -l)"
check "events go on" follow
/bin/true
check "to clients" await 5 saw '.event == "process.exec" and .process.exe == "/usr/bin/true"'
check "who lose nothing" end_follow
check "status tells what waits for stdout" bash -c "'$EUNOMIACTL' status --daemon '$SOCKET' --fmt json | jq -e '.daemon.outputs[] | select(.name == \"terminal\") | .waiting > 0' >/dev/null"
kill -TERM "$DAEMON"
wait "$DAEMON"
check "it ends with status 0 nevertheless" same 0 $?
DAEMON=""
check "and says what stdout did not take" terminal_adds_up
check "events were not held up: no loss" bash -c "grep -q '^ledger process.exec ' '$LOG' && ! grep -q '^ledger process.exec .* lost=[1-9]' '$LOG'"
exec 8>&-
STDOUT=""

# Alerts of earlier runs
check "starts again" start_daemon --rules "$WORK/noisy.toml"
check "alerts --since shows those of before" same $STUCK "$(alerts_of_daemon --since 10m | wc -l)"
make_noise 1
check "and those that come" await 10 bash -c "[ \"\$(setpriv --reuid=$GROUP --regid=$GROUP --clear-groups '$EUNOMIACTL' alerts --daemon '$SOCKET' --since 10m --fmt json | wc -l)\" = $((STUCK + 1)) ]"
kill -TERM "$DAEMON"
wait "$DAEMON"
DAEMON=""

# Without any configuration: in a mount namespace, so that the host keeps nothing of it.
default_run() { # COMMAND...: with a daemon of the host running
  "$EUNOMIACTL" daemon --rules "$WORK/noisy.toml" >/dev/null 2>"$LOG" &
  DAEMON=$!
  await 20 grep -qx ready "$LOG" && "$@"
  local status=$?
  kill -TERM "$DAEMON"
  wait "$DAEMON"
  return $status
}
default_alerts() { [ "$(as_user "$EUNOMIACTL" alerts --since 10m --fmt json | wc -l)" = "$1" ]; }
default_keeps() {
  make_noise 3
  await 10 default_alerts 3 && await 10 bash -c '[ "$(wc -l </var/log/eunomia/alerts.jsonl)" = 3 ]' &&
    same "$GROUP 750 640" "$(stat -c '%u %a' /var/log/eunomia) $(stat -c %a /var/log/eunomia/alerts.jsonl)"
}
default_remembers() { await 10 default_alerts 3; }
default_is_others() {
  make_noise 1
  await 10 default_alerts 1 && grep -q 'alerts are not kept in /var/log/eunomia/alerts.jsonl: ' "$LOG" && same 0 "$(stat -c %u /var/log/eunomia)"
}
without_configuration() {
  (
    trap - EXIT
    for folder in /run /var/lib /var/log; do mount -t tmpfs tmpfs "$folder"; done
    export SUDO_UID=$GROUP SUDO_GID=$GROUP
    unset EUNOMIA_SOCKET
    default_run default_keeps && default_run default_remembers || exit 1
    chown -R 0:0 /var/log/eunomia
    default_run default_is_others
  )
}
export -f make_noise as_user await same default_run default_alerts default_keeps default_remembers default_is_others without_configuration
export EUNOMIACTL WORK LOG GROUP
check "without configuration alerts are kept, and shown after a restart; another's file is left alone" \
  unshare --mount --propagation private bash -uo pipefail -c without_configuration

done_testing
