#!/usr/bin/env bash
# What policies stop, and what they leave alone. A container here is a cgroup with a container's name, and namespaces. With
# the argument lsm in the guests, whose kernels have the BPF LSM.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege
SOCKET=$WORK/collector.sock
CGROUPS=/sys/fs/cgroup/unified
[ -e $CGROUPS/cgroup.procs ] || CGROUPS=/sys/fs/cgroup
[ -e $CGROUPS/cgroup.procs ] || skip_all "needs the unified cgroup hierarchy"
ldconfig -p | grep libnghttp2 >/dev/null || skip_all "needs libnghttp2.so, to read the collector's answers"
STOPPED=$PROGRAMS/static_stopped
MARKED=$WORK/marked # the same program, by a name that policies know
cp "$STOPPED" "$MARKED" && chmod 755 "$MARKED"
ONE=$(printf '%064x' $((0xe0000000 + $$))) TWO=$(printf '%064x' $((0xf0000000 + $$)))
SUPERVISOR="" WATCHER=""
BPF=$WORK/bpf PINS=$WORK/bpf/pins

remove_containers() {
  local name
  [ -z "$WATCHER" ] || kill -TERM "$WATCHER"
  [ ! -e "$WORK/host-pid" ] || kill -TERM "$(cat "$WORK/host-pid")"
  [ ! -d "$CGROUPS/e2e-host-$$" ] || await 5 rmdir "$CGROUPS/e2e-host-$$"
  [ -z "$SUPERVISOR" ] || { kill -TERM "$SUPERVISOR" && wait "$SUPERVISOR"; }
  ! mountpoint -q "$BPF" || umount "$BPF"
  for name in "$ONE" "$TWO"; do rmdir "$CGROUPS/$name/nested" "$CGROUPS/$name"; done 2>/dev/null
  clean_up
}
trap remove_containers EXIT
mkdir -p "$CGROUPS/$ONE" "$CGROUPS/$TWO"

inside() { # NAME COMMAND...
  sh -c 'echo $$ >"$0/cgroup.procs" && exec unshare --pid --mount --net --fork --kill-child sh -c "ip link set lo up; \"\$@\"; exit \$?" sh "$@"' \
    "$CGROUPS/$1" "${@:2}"
}

key() { stat -c %i "$CGROUPS/$1"; } # of the unified hierarchy, whose number is 0

client() { python3 tests/e2e/programs/enforce_client.py "$SOCKET" "$@"; }

start_collector() { # OPTION...
  "$COLLECTOR" --socket "$SOCKET" "$@" 2>"$ERRORS" &
  SUPERVISOR=$!
  await 20 client status
}

stop_collector() {
  kill -TERM "$SUPERVISOR" && wait "$SUPERVISOR"
  SUPERVISOR=""
}

watch_decisions() {
  python3 tests/e2e/programs/enforce_client.py "$SOCKET" watch >"$EVENTS" &
  WATCHER=$!
  await 10 grep -q ready "$EVENTS"
}

end_watch() {
  kill -TERM "$WATCHER" && wait "$WATCHER"
  WATCHER=""
}

# Policies for the first container only.
set_policies() { # ACTION MATCHERS [MORE-OF-THE-POLICY]
  client set "{\"policies\": [{\"id\": 7, \"action\": \"$1\"${3:-}}], \"matchers\": [$2],
    \"targets\": [{\"key\": $(key "$ONE"), \"policies\": 1}]}"
}

hits() { client status | jq -r '.policies["7"] | @csv'; }

refused() { # WORDS COMMAND...
  local answer
  answer=$("${@:2}") && return 1
  grep -q -- "$1" <<<"$answer" && return
  echo "# $answer"
  return 1
}

MATCH_MARKED="{\"policy\": 0, \"operation\": \"exec\", \"exe\": \"$MARKED\"}"

test_exec_kill() {
  local output=$WORK/made
  check "a policy on exec is put into force" set_policies kill "$MATCH_MARKED"
  check "the programs are attached" test "$(client status | jq .exec.attached)" = true
  inside "$ONE" "$MARKED" create "$output" >"$WORK/out"
  check "the program is killed" same 137 $?
  check "before its first act" test ! -e "$output"
  check "another program of the container is not" same ok "$(inside "$ONE" "$STOPPED" create "$output.other")"
  check "nor that of the container next door" same ok "$(inside "$TWO" "$MARKED" create "$output.two")"
  check "nor that of the host" same ok "$("$MARKED" create "$output.host")"
  check "it is counted" same 1,0 "$(hits)"
  check "and told" await 5 grep -q '"operation": "exec".*"killed": true' "$EVENTS"
  check "with the program's path" same "$MARKED" "$(jq -r 'select(.operation == "exec") | .path' "$EVENTS")"
  mkdir -p "$CGROUPS/$ONE/nested"
  inside "$ONE/nested" "$MARKED" create "$output.nested" >"$WORK/out"
  check "a cgroup of its own is no way out" same 137 $?
  set_policies kill "$MATCH_MARKED" ', "dry_run": true'
  check "a dry run stops nothing" same ok "$(inside "$ONE" "$MARKED" create "$output.dry")"
  check "but counts what it would have, and keeps the other count" same 2,1 "$(hits)"
}

test_fields() {
  local uid=$'{"policy": 0, "operation": "exec", "comm": "marked", "uid": '
  set_policies kill "${uid}12345}"
  check "another user's program runs" same ok "$(inside "$ONE" "$MARKED" read /dev/null)"
  set_policies kill "${uid}12345, \"negated\": [\"uid\"]}"
  inside "$ONE" "$MARKED" read /dev/null >"$WORK/out"
  check "that of all but one user is killed" same 137 $?
  set_policies kill "{\"policy\": 0, \"operation\": \"exec\", \"exe_prefix\": \"${MARKED%ed}\"}"
  inside "$ONE" "$MARKED" read /dev/null >"$WORK/out"
  check "a path is known by how it begins" same 137 $?
  set_policies kill "{\"policy\": 0, \"operation\": \"exec\", \"inode\": $(stat -c %i "$MARKED"), \"dev\": $(($(stat -c %Hd "$MARKED") << 20 | $(stat -c %Ld "$MARKED")))}"
  ln "$MARKED" "$WORK/linked"
  inside "$ONE" "$WORK/linked" read /dev/null >"$WORK/out"
  check "a file is known by its inode, whatever its name" same 137 $?
}

network() { # CONTAINER WHAT PORT
  inside "$1" "$STOPPED" "$2" 127.0.0.1 "$3"
}

test_network() {
  local what
  set_policies deny '{"policy": 0, "operation": "connect", "address": "127.0.0.0/8", "port": [4000, 4100]},
    {"policy": 0, "operation": "send", "address": "127.0.0.1/32"}, {"policy": 0, "operation": "bind", "port": [4000, 4000]}'
  for what in connect send bind mapped; do
    check "$what is denied with EPERM" same EPERM "$(network "$ONE" $what 4000)"
  done
  check "another port is not" same ECONNREFUSED "$(network "$ONE" connect 4101)"
  check "the container next door may" same ECONNREFUSED "$(network "$TWO" connect 4000)"
  check "and the host" same ECONNREFUSED "$("$STOPPED" connect 127.0.0.1 4000)"
  check "each is told" await 5 test "$(jq -r 'select(.denied) | .operation' "$EVENTS" | sort | tr '\n' ' ')" = "bind connect connect send "
  check "with address and port" same "127.0.0.1 4000" "$(jq -r 'select(.operation == "send") | "\(.address) \(.port)"' "$EVENTS")"
}

# Two sets of the same effect take turns while the container runs what both stop.
test_swap() {
  local n=0 load before
  before=$(client status | jq '.policies["7"][0]')
  set_policies kill "$MATCH_MARKED"
  inside "$ONE" "$STOPPED" times 500 "$MARKED" create "$WORK/swapped" >"$WORK/survived" &
  load=$!
  while kill -0 $load 2>/dev/null; do
    if [ $((n % 2)) = 0 ]; then set_policies kill "$MATCH_MARKED"; else set_policies kill "{\"policy\": 0, \"operation\": \"exec\", \"comm\": \"marked\"}"; fi ||
      sleep 0.1 # not more often than the collector takes
    n=$((n + 1))
  done
  wait $load
  check "while policies are swapped ($n times) nothing slips through" same 0 "$(cat "$WORK/survived")"
  check "and nothing was undecided" same 0 "$(client status | jq .undecided)"
  check "and each is counted" same $((before + 500)) "$(client status | jq '.policies["7"][0]')"
}

test_lsm() {
  local secret=$WORK/secret
  if [ "$(client status | jq .lsm.available)" = false ]; then
    check "what the kernel lacks is said" refused "this needs the kernel's BPF LSM: the kernel" set_policies deny "$MATCH_MARKED"
    skip "files and exec are denied" "$(client status | jq -r .lsm.reason)"
    return
  fi
  echo secret >"$secret"
  set_policies deny "{\"policy\": 0, \"operation\": \"open_read\", \"path\": \"$secret\"}, $MATCH_MARKED,
    {\"policy\": 0, \"operation\": \"open_write\", \"path_prefix\": \"$WORK/sec\"}"
  check "reading a file is denied with EPERM" same EPERM "$(inside "$ONE" "$STOPPED" read "$secret")"
  check "and writing to it" same EPERM "$(inside "$ONE" "$STOPPED" write "$secret")"
  check "not to the container next door" same ok "$(inside "$TWO" "$STOPPED" read "$secret")"
  check "nor to the host" same ok "$("$STOPPED" read "$secret")"
  inside "$ONE" "$MARKED" create "$WORK/denied" >"$WORK/out" 2>&1
  check "executing is denied" grep -qi "not permitted" "$WORK/out"
  check "for the container only" same ok "$(inside "$TWO" "$MARKED" create "$WORK/denied")"
}

start_of() { awk '{ printf "%.0f", $22 * 10000000 }' "/proc/$1/stat"; }

has_sleepers() { [ "$(pgrep -cf "^sleep 1001\$")" = "$1" ]; }

test_signal() {
  local pid start
  inside "$ONE" sleep 1000 &
  await 5 pgrep -f "^sleep 1000$"
  pid=$(pgrep -nf '^sleep 1000$')
  start=$(start_of "$pid")
  check "Signal: a wrong start time is another process" refused "no such process" client signal "$pid" $((start + 1000000000)) 9
  check "the first process gets none" refused "not this one" client signal 1 "$(start_of 1)" 9
  check "nor does the host's" refused "not this one" client signal $$ "$(start_of $$)" 15
  check "nor the collector" refused "not this one" client signal "$SUPERVISOR" "$(start_of "$SUPERVISOR")" 9
  check "a container's process does" same '{"processes": 1}' "$(client signal "$pid" "$start" 9)"
  check "and ends" await 5 test ! -e "/proc/$pid"
  inside "$ONE" sh -c 'sleep 1001 & sleep 1001 & sleep 1001' &
  await 5 has_sleepers 3
  check "a whole container can be ended" test "$(client end "$(key "$ONE")" | jq .processes)" -ge 4
  check "nothing of it is left" test -z "$(cat "$CGROUPS/$ONE/cgroup.procs")"
  check "one that is not there is said" refused "no such container" client end 123456789
  check "the host's cgroup is none" refused "not this one" client end "$(host_cgroup)"
}

# One with processes that is no container's.
host_cgroup() {
  local dir=$CGROUPS/e2e-host-$$
  mkdir "$dir"
  sleep 1002 >"$WORK/out" & # not holding what the caller reads
  echo $! | tee "$WORK/host-pid" >"$dir/cgroup.procs"
  stat -c %i "$dir"
}

test_abuse() {
  local many long
  many=$(jq -cn '{policies: [range(65) | {id: (. + 1), action: "kill"}]}')
  long=$(printf 'x%.0s' {1..256})
  check "65 policies are too many" refused "more than 64" client set "$many"
  check "a path of 257 bytes is too long" refused "too long" set_policies kill "{\"policy\": 0, \"operation\": \"exec\", \"exe\": \"/$long\"}"
  check "a relative path is refused" refused "no absolute path" set_policies kill '{"policy": 0, "operation": "exec", "exe": "x"}'
  check "the root of all cgroups is no container" refused "root of all" client set \
    '{"policies": [{"id": 1, "action": "kill"}], "targets": [{"key": 1, "policies": 1}]}'
  check "the host needs --allow-host" refused "allow-host" set_policies kill "$MATCH_MARKED" ', "host": true'
  check "nothing of that is in force" same 0 "$(client status | jq .since)"
}

test_not_allowed() {
  start_collector
  check "without --allow there are no policies" refused "without --allow" set_policies kill "$MATCH_MARKED"
  check "and no signals" refused "without --allow signal" client signal $$ 1 9
  stop_collector
  start_collector --allow signal
  check "--allow signal does not allow denying" refused "without --allow deny" set_policies deny "$MATCH_MARKED"
  stop_collector
  start_collector --allow deny
  check "--allow deny does not allow killing" refused "without --allow signal" set_policies kill "$MATCH_MARKED"
  stop_collector
}

abilities() { client status | jq -c '[.exec, .network, .lsm | {available, reason}]'; }

test_death() {
  local loop before
  before=$(abilities)
  set_policies kill "$MATCH_MARKED"
  loop=$(pgrep -P "$SUPERVISOR" -x loop)
  kill -KILL "$loop"
  check "when the collector dies, another one comes" await 20 client status
  check "which can do the same" same "$before" "$(abilities)"
  check "which says that no policy is in force" same 0 "$(client status | jq .since)"
  check "and nothing is stopped: it fails open" same ok "$(inside "$ONE" "$MARKED" read /dev/null)"
}

test_host() {
  start_collector --allow signal,deny --allow-host
  client set "{\"policies\": [{\"id\": 7, \"action\": \"kill\", \"host\": true}], \"matchers\": [$MATCH_MARKED]}"
  "$MARKED" read /dev/null >"$WORK/out" 2>&1
  check "with --allow-host a policy may be for the host" same 137 $?
  check "and does not reach into containers" same ok "$(inside "$ONE" "$MARKED" read /dev/null)"
  check "an empty set ends it" client set '{}'
  check "the host's program runs again" same ok "$("$MARKED" read /dev/null)"
  check "nothing is attached any more" same false "$(client status | jq .exec.attached)"
  stop_collector
}

said() { # WORDS OPTION...
  local status
  "$COLLECTOR" --socket "$SOCKET" --allow deny "${@:2}" 2>"$WORK/said"
  status=$?
  grep -q -- "$1" "$WORK/said" && [ "$(grep -c . "$WORK/said")" = 1 ] && [ $status = 1 ] && return
  echo "# $status $(cat "$WORK/said")"
  return 1
}

# The whole collector ends at once, as nobody wished it.
kill_collector() {
  local loader
  loader=$(pgrep -P "$SUPERVISOR" -x loader)
  kill -KILL "$SUPERVISOR"
  wait "$SUPERVISOR" 2>/dev/null
  SUPERVISOR=""
  await 10 test ! -e "/proc/$loader"
}

refuses() { # WHAT: as the pinned policies do
  inside "$ONE" "$MARKED" read /dev/null >"$WORK/out" 2>&1
  check "$1: a program is killed" same 137 $?
  check "$1: a connection is denied" same EPERM "$(network "$ONE" connect 4000)"
  check "$1: the container next door may" same ok "$(inside "$TWO" "$MARKED" read /dev/null)"
}

test_pinned() {
  local load both
  both="{\"policies\": [{\"id\": 7, \"action\": \"kill\"}, {\"id\": 8, \"action\": \"deny\"}],
    \"matchers\": [$MATCH_MARKED, {\"policy\": 1, \"operation\": \"connect\", \"port\": [4000, 4000]}],
    \"targets\": [{\"key\": $(key "$ONE"), \"policies\": 3}]}"
  mkdir "$BPF" && mount -t bpf bpf "$BPF"
  check "--pin wants a bpf file system" said "no bpf file system" --pin "$WORK/elsewhere"
  check "and leaves nothing elsewhere" test ! -e "$WORK/elsewhere"
  check "not its root" said "somebody else's" --pin "$BPF"
  mkdir "$BPF/others"
  check "nor a folder that others made" said "somebody else's" --pin "$BPF/others"
  start_collector --allow signal,deny --pin "$PINS"
  check "one collector pins in a folder" said "another collector" --socket "$WORK/second.sock" --pin "$PINS"
  check "policies are put into force" client set "$both"
  kill_collector
  refuses "a killed collector"
  start_collector --allow signal,deny --pin "$PINS"
  check "another collector has put nothing into force yet" same 0 "$(client status | jq .since)"
  refuses "another collector"
  inside "$ONE" "$STOPPED" times 500 "$MARKED" create "$WORK/taken-over" >"$WORK/survived" &
  load=$!
  check "it is given the same policies" client set "$both"
  wait $load
  check "nothing slips through when they take over" same 0 "$(cat "$WORK/survived")"
  check "what the pinned ones did is told" grep -q "what was pinned ends: hits=[1-9]" "$ERRORS"
  kill -KILL "$(pgrep -P "$SUPERVISOR" -x loop)"
  check "when its loop dies, another one comes" await 20 client status
  refuses "another loop"
  check "with policies of one kind" set_policies kill "$MATCH_MARKED"
  check "those of the other kind go" same ECONNREFUSED "$(network "$ONE" connect 4000)"
  check "with their pins" same "$(printf 'enforce_counters\neu_enforce_exec')" "$(ls "$PINS")"
  stop_collector
  check "an end in order is told to leave them in force" grep -q "stay in force, pinned in $PINS" "$ERRORS"
  inside "$ONE" "$MARKED" read /dev/null >"$WORK/out"
  check "and does" same 137 $?
  start_collector --allow signal,deny --pin "$PINS"
  check "an empty set ends what others left" client set '{}'
  check "the program runs again" same ok "$(inside "$ONE" "$MARKED" read /dev/null)"
  check "nothing is pinned" test -z "$(ls "$PINS")"
  set_policies kill "$MATCH_MARKED"
  stop_collector
  start_collector --pin "$PINS"
  check "so does a collector that may do nothing" same ok "$(inside "$ONE" "$MARKED" read /dev/null)"
  stop_collector
  check "which says nothing of pins" test -z "$(grep "stay in force" "$ERRORS")"
}

# test_enforce.sh lsm: only what the guests are for, whose programs run slowly.
if [ "${1:-}" = lsm ]; then
  start_collector --allow signal,deny
  test_lsm
  done_testing
  exit
fi
test_not_allowed
start_collector --allow signal,deny
test_abuse
watch_decisions
test_exec_kill
test_fields
test_network
end_watch
check "no decision is lost on the way" same 0 "$(jq 'select(.offered).lost' "$EVENTS")"
check "each that was counted was told" same "$(jq 'select(.offered).offered' "$EVENTS")" "$(grep -c operation "$EVENTS")"
test_swap
test_lsm
test_signal
test_death
stop_collector
test_host
test_pinned
done_testing
