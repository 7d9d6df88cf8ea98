#!/usr/bin/env bash
# Attribution: many short containers, each with its full id on what it ran, however briefly it lived.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

RUNS=${E2E_RUNS:-200}
# Other containers may run on this machine meanwhile: ours are told by an argument, their names and their ids.
OURS=e2e-$$
MARK='["sh","-c","exit 7","'$OURS'"]'

need_privilege
start_docker || skip_all "needs docker.io (dockerd), and none could be started"

run_many() {
  local n
  for n in $(seq "$RUNS"); do
    docker run --rm --network none --cidfile "$WORK/id.$n" --name "$OURS-$n" "$IMAGE" sh -c 'exit 7' "$OURS"
    [ $? -eq 7 ] || return 1
    cat "$WORK/id.$n" && echo
  done >"$WORK/ids"
}

# How many of our containers, by their full ids, have exactly one event that matches.
ids() { # CONDITION
  events "$1" '.container.id // "host"' | sort | uniq -u | grep -E '^[0-9a-f]{64}$' | grep -cxFf "$WORK/ids"
}

names() { # CONDITION
  events "$1" '.container.name + " " + .container.image' | grep "^$OURS-" | sort
}

every_name() {
  for n in $(seq "$RUNS"); do echo "$OURS-$n $IMAGE"; done | sort
}

test_many() {
  start_tracker
  check "$RUNS containers run" run_many
  check "the tracker ends with 0" stop_tracker
  check "each container's exec has its full id" same "$RUNS" "$(ids ".event == \"process.exec\" and .process.args == $MARK")"
  check "each container's exit has its full id and code" \
    same "$RUNS" "$(ids ".event == \"process.exit\" and .process.args == $MARK and .result == 7")"
  check "none is attributed to the host" \
    same "" "$(events ".process.args == $MARK and .container == null and .event != \"process.fork\"" .event)"
  for kind in create start exit; do
    check "each has its container.$kind" same "$RUNS" "$(ids ".event == \"container.$kind\"")"
  done
  check "container.exit carries the code" same "$RUNS" "$(ids '.event == "container.exit" and .result == 7')"
  check "each has name and image at its start" same "$(every_name)" "$(names '.event == "container.start"')"
  check "the ledger is exact" ledger_is_exact
  check "nothing is lost" same 0 "$(ledger process.exec lost)"
}

test_names() {
  docker run -d --network none --name "$OURS-running" "$IMAGE" sh -c 'while :; do true; sleep 0.05 & wait; done' >/dev/null
  start_tracker -c "$OURS-later" -c "$OURS-running"
  check "-c NAME says that it waits" await 5 grep -q "no container '$OURS-later' yet; waiting" "$ERRORS"
  check "only for what is not there" test -z "$(grep "'$OURS-running' yet" "$ERRORS")"
  docker run --rm --network none --name "$OURS-later" "$IMAGE" sh -c 'true; exit 3'
  docker run --rm --network none --name "$OURS-other" "$IMAGE" sh -c 'true'
  await 5 grep -q "\"$OURS-running\"" "$EVENTS"
  stop_tracker
  check "-c NAME shows a container that came later, from its first instruction" \
    same "1 1 1" "$(for k in create start exit; do events ".event == \"container.$k\" and .container.name == \"$OURS-later\"" .event | wc -l; done | xargs)"
  check "-c NAME shows a container that was there" test -n "$(events ".container.name == \"$OURS-running\"" .event)"
  check "and nothing else" same "$OURS-later $OURS-running" "$(events true '.container.name // "host"' | sort -u | xargs)"
  check "with its arguments" test -n "$(events ".event == \"process.exec\" and .container.name == \"$OURS-later\"" ".process.args | select(length > 1)")"
}

test_id_prefix() {
  local id
  id=$(docker inspect -f '{{.Id}}' "$OURS-running")
  start_tracker -c "${id:0:12}"
  await 5 test -s "$EVENTS"
  stop_tracker
  check "-c with a prefix of the id" same "$id" "$(events true '.container.id // "host"' | sort -u)"
  docker rm -f "$OURS-running" >/dev/null
}

test_exec_in_container() {
  docker run -d --network none --name "$OURS-inside" "$IMAGE" sleep 60 >/dev/null
  start_tracker -c "$OURS-inside"
  docker exec -w /tmp "$OURS-inside" sh -c 'exit 9'
  stop_tracker
  docker rm -f "$OURS-inside" >/dev/null
  check "docker exec is seen, in the container's view" same "/bin/busybox /tmp 9" \
    "$(events '.event == "process.exit" and .result == 9' '.process.exe + " " + .process.cwd + " \(.result)"')"
}

# A bundle of our own: no docker, an id that is no hash, its cgroup named after it.
test_runc() {
  command -v runc >/dev/null || { skip "runc" "needs runc"; return; }
  local bundle=$WORK/bundle
  make_root "$bundle/rootfs"
  (cd "$bundle" && runc spec)
  jq '.process.args = ["sh", "-c", "exit 5"] | .process.terminal = false | .root.readonly = false | del(.linux.seccomp)' \
    "$bundle/config.json" >"$bundle/new" && mv "$bundle/new" "$bundle/config.json"
  start_tracker
  runc run -b "$bundle" e2e-runc.1 </dev/null
  check "a runc container ends with its code" same 5 $?
  stop_tracker
  check "it has its id" same "e2e-runc.1" \
    "$(events '.event == "process.exit" and .result == 5 and .process.args == ["sh","-c","exit 5"]' '.container.id')"
}

test_many
test_names
test_id_prefix
test_exec_in_container
test_runc
done_testing
