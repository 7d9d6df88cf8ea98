#!/usr/bin/env bash
# Containers by the thousand that live for milliseconds: each has its id on all it did, and nothing of them stays behind.
#   CHURN=1000 tests/e2e/test_churn.sh      how many; half of them to warm up, then memory is compared
set -uo pipefail
. "$(dirname "$0")/kit.sh"

CHURN=${CHURN:-1000}
OURS=churn$$
TRACKERS=(process files tcpconnect)

need_privilege
command -v runc >/dev/null || skip_all "needs runc"

make_bundle() {
  make_root "$WORK/bundle/rootfs"
  echo page >"$WORK/bundle/rootfs/etc/page"
  cp "$PROGRAMS/visit" "$WORK/bundle/rootfs/bin/visit"
  (cd "$WORK/bundle" && runc spec)
  jq '.process.args = ["/bin/visit", "'$OURS'"] | .process.terminal = false | del(.linux.seccomp)' \
    "$WORK/bundle/config.json" >"$WORK/new" && mv "$WORK/new" "$WORK/bundle/config.json"
}

run_containers() { # FIRST LAST
  local n
  for n in $(seq "$1" "$2"); do
    runc run -b "$WORK/bundle" "$OURS.$n" </dev/null || return 1
  done
}

# How many containers of ours have exactly one event that matches.
ids() { # CONDITION
  events "$1" '.container.id // "host"' | sort | uniq -u | grep -c "^$OURS\.[0-9]*$"
}

# KiB that each process of the tracker has for itself: loop, loader, actions, controller.
memory() {
  local pid
  for pid in $(descendants "$TRACKER"); do
    echo "$(cat "/proc/$pid/comm") $(awk '/^Rss(Anon|Shmem)/ { kib += $2 } END { print kib }' "/proc/$pid/status")"
  done 2>/dev/null
}

# Within a twentieth of what it was, and some for caches that fill.
is_flat() { # BEFORE AFTER SLACK-KIB
  join <(sort "$1") <(sort "$2") | awk -v slack="$3" '
    { if ($3 > $2 * 1.05 + slack) { print "# " $1 ": " $2 " to " $3 " KiB"; bad = 1 } }
    END { exit !(NR >= 4 && !bad) }'
}

main() {
  local half=$((CHURN / 2)) programs
  make_bundle
  start_tracker
  check "$half containers run" run_containers 1 "$half"
  memory >"$WORK/before"
  check "$half more run" run_containers "$((half + 1))" "$CHURN"
  memory >"$WORK/after"
  mapfile -t programs < <(programs_of_tracker)
  check "the tracker ends with 0" stop_tracker
  check "the ledger is exact" ledger_is_exact
  check "nothing is lost" test -z "$(grep '^ledger .*lost=[1-9]' "$ERRORS")"
  check "each has its id on its exec" same "$CHURN" "$(ids '.event == "process.exec" and .process.args == ["/bin/visit", "'$OURS'"]')"
  check "on the file that is not there" same "$CHURN" "$(ids '.file.path == "/etc/'$OURS'" and .error == "ENOENT"')"
  check "on the file that is" same "$CHURN" "$(ids '.event == "file.open" and .file.path == "/etc/page" and .process.name == "visit"')"
  check "on what was read of it" same "$CHURN" "$(ids '.event == "file.close" and .file.path == "/etc/page" and .file.bytes_read == 5')"
  check "on the connection" same "$CHURN" "$(ids '.event == "tcp.connect" and .network.peer.port == 1 and .error == "ECONNREFUSED" and .process.name == "visit"')"
  check "on the exit" same "$CHURN" "$(ids '.event == "process.exit" and .process.name == "visit" and .result == 0')"
  check "none of it is the host's" same "" "$(events '.process.name == "visit" and .container == null' .event | sort -u)"
  check "memory is flat" is_flat "$WORK/before" "$WORK/after" 6144
  check "no eBPF program is left" await 3 programs_gone "${programs[@]}"
}

main
done_testing
