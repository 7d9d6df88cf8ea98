#!/usr/bin/env bash
# Rules with the action capture: what happened before and after an alert is in a file that replays, through the daemon, in
# containers of docker.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege
start_docker || skip_all "needs docker"

IMAGE=eunomia-e2e/captures:1
ALERTS=$WORK/alerts
CONFIG=$WORK/eunomia.toml
RULES=$WORK/rules.toml
FOLDER=$WORK/api/captures
ONE=captures-one-$$
DAEMON=""
trap 'stop_daemon; docker rm -f "$ONE" >/dev/null 2>&1; clean_up' EXIT

write_files() {
  mkdir -m 777 "$WORK/api"
  cat >"$CONFIG" <<TOML
[alerts.file]
enabled = false
[captures]
folder = "$FOLDER"
before = 2
after = 3
TOML
  cat >"$RULES" <<TOML
[[rule]]
name = "Marked"
description = "What is around it is wanted."
condition = "evt.type = execve and proc.exepath = /bin/marked and container.name = $ONE"
output = "marked was started (%proc.cmdline)"
actions = ["capture"]
TOML
}

start_daemon() {
  : >"$ERRORS" && : >"$ALERTS"
  "$EUNOMIACTL" daemon --fmt json --socket "$WORK/api/daemon.sock" --config "$CONFIG" --rules "$RULES" >"$ALERTS" 2>"$ERRORS" &
  DAEMON=$!
  await 120 grep -qx ready "$ERRORS"
}

stop_daemon() { # SIGNAL
  [ -z "$DAEMON" ] || { kill "-${1:-TERM}" "$DAEMON" && wait "$DAEMON"; } 2>/dev/null
  DAEMON=""
}

in_one() { docker exec "$ONE" "$@"; }

# The file of the last alert, once it is as wanted.
has_capture() { CAPTURE=$(jq -r 'select(.rule == "Marked") | .capture // empty' "$ALERTS" | tail -n 1) && [ -n "$CAPTURE" ]; }

# What ran according to the file, in the container by its name and image.
ran() {
  "$EUNOMIACTL" replay "$CAPTURE" --fmt json --events process.exec 2>"$WORK/replayed" |
    jq -r "select(.container.name == \"$ONE\" and .container.image == \"$IMAGE\") | .process.args | join(\" \")"
}

has_run() { ran >"$WORK/ran" && grep -qxF -- "$1" "$WORK/ran"; } # LINE

test_capture() {
  in_one /bin/tool before
  in_one /bin/marked it
  in_one /bin/tool after
  check "the alert tells its file" await 10 has_capture
  check "which has the alert's id for a name" same "$FOLDER/$(jq -r .id "$ALERTS").eun" "$CAPTURE"
  check "and says what was done" same capture "$(jq -r '.actions | join(",")' "$ALERTS")"
  check "what came after is in it" await 10 has_run "/bin/tool after"
  check "what fired the rule" grep -qxF "/bin/marked it" "$WORK/ran"
  check "and what came before" grep -qxF "/bin/tool before" "$WORK/ran"
  check "others than the daemon's group may not read it" same 640 "$(stat -c %a "$CAPTURE")"
  check "rules can be tried on it" grep -q Marked <("$EUNOMIACTL" rules test "$RULES" --capture "$CAPTURE" 2>&1)
}

# Its last frame says so: no payload, type 6.
has_ended() { [ "$(tail -c 8 "$CAPTURE" | od -An -tx1 | tr -d ' \n')" = 0000000006000000 ]; }

test_again() {
  check "the file ends some seconds after the alert" await 30 has_ended
  in_one /bin/marked twice
  check "a second alert within a minute has no file" await 10 fired 2
  check "and says nothing of it" same "" "$(jq -r 'select(.process.args[1] == "twice") | .capture // empty' "$ALERTS")"
  stop_daemon
}

# By then what ran at the daemon's start is known by a later listing only. The times are those that are kept.
test_long_after() {
  local i
  start_daemon
  for i in 1 2 3 4 5 6 7 8 9 10; do in_one /bin/tool "$i"; sleep 0.5; done
  in_one /bin/marked late
  check "a daemon that has run for a while has a file" await 10 has_capture
  check "with the container's name" await 10 has_run "/bin/marked late"
  check "what came shortly before" grep -qxF "/bin/tool 10" "$WORK/ran"
  check "and not what was long before" test -z "$(grep -xF "/bin/tool 1" "$WORK/ran")"
  stop_daemon
}

fired() { [ "$(jq -r 'select(.rule == "Marked") | .id' "$ALERTS" | wc -l)" -ge "$1" ]; } # COUNT

test_death() {
  start_daemon
  in_one /bin/tool first
  in_one /bin/marked last
  check "a daemon is killed while it writes" await 10 has_capture
  await 10 test -s "$CAPTURE"
  stop_daemon KILL
  check "what came before is there" has_run "/bin/tool first"
}

test_failure() {
  rm -rf "$FOLDER" && : >"$FOLDER"
  start_daemon
  check "where there can be no files it is said at the start" grep -q "nothing can be captured: " "$ERRORS"
  in_one /bin/marked it
  check "and in the alert" await 10 failed
  stop_daemon
}

failed() { [ "$(jq -r '.actions | join(",")' "$ALERTS")" = "capture failed" ]; }

write_files
make_root "$WORK/root"
for name in tool marked; do cp "$PROGRAMS/static_stopped" "$WORK/root/bin/$name"; done
make_image "$WORK/root"
docker run -d --network none --name "$ONE" "$IMAGE" sh -c 'sleep 1000' >/dev/null
check "the daemon starts" start_daemon
test_capture
test_again
test_long_after
test_death
test_failure
done_testing
