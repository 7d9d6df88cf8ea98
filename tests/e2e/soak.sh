#!/usr/bin/env bash
# Minutes of unlimited churn of files, descriptors, ports, processes and cgroups by stress-ng: the account stays exact,
# memory flat, nothing is left. Not part of `make test`.
#   tests/e2e/soak.sh [SECONDS]      default: 600; needs stress-ng
set -uo pipefail
. "$(dirname "$0")/kit.sh"

DURATION=${1:-600}
TRACKERS=(process files tcpconnect udp dns syscall ipc security perf)
STRESSORS=(--open 1 --dup 1 --close 1 --rename 1 --link 1 --symlink 1 --dir 1 --chmod 1 --chown 1 --fork 1 --exec 1
  --sock 1 --sockmany 1 --sockfd 1 --sendfile 1 --splice 1 --copy-file 1 --seek 1 --fcntl 1 --unshare 1
  --pipe 1 --sockpair 1 --msg 1 --mq 1 --sem-sysv 1 --shm-sysv 1 --kill 1 --udp 1 --memfd 1 --prctl 1)

need_privilege
command -v stress-ng >/dev/null || skip_all "needs stress-ng"

# Without a process for each, of which there are none left after a while.
churn_cgroups() {
  local root=/sys/fs/cgroup
  [ -d $root/pids ] && root=$root/pids
  exec perl -e 'for (my $n = 0;; $n++) { my $d = "$ARGV[0]/soak-$$-" . $n % 100; mkdir $d and rmdir $d; select undef, undef, undef, 0.002 }' $root
}

memory() {
  local pid
  for pid in $(descendants "$TRACKER"); do
    echo "$(cat "/proc/$pid/comm") $(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status")"
  done 2>/dev/null
}

is_flat() { # BEFORE AFTER
  join <(sort "$1") <(sort "$2") | awk '
    { print "# " $1 ": " $2 " to " $3 " KiB"; if ($3 > $2 * 1.1 + 6144) bad = 1 }
    END { exit !(NR >= 4 && !bad) }'
}

main() {
  local cgroups programs
  start_tracker -o /dev/null
  mapfile -t programs < <(programs_of_tracker)
  churn_cgroups 2>/dev/null &
  cgroups=$!
  (cd "$WORK" && stress-ng "${STRESSORS[@]}" --timeout $((DURATION / 4)) >/dev/null 2>&1)
  memory >"$WORK/before"
  (cd "$WORK" && stress-ng "${STRESSORS[@]}" --timeout $((DURATION - DURATION / 4)) >/dev/null 2>&1)
  memory >"$WORK/after"
  kill "$cgroups"
  check "the tracker ends with 0" stop_tracker
  check "the ledger is exact" ledger_is_exact
  check "nothing is unbalanced" test -z "$(grep -E '^(unbalanced|sequence|malformed)' "$ERRORS")"
  check "memory is flat" is_flat "$WORK/before" "$WORK/after"
  check "no eBPF program is left" await 5 programs_gone "${programs[@]}"
  sed 's/^/# /' "$ERRORS"
}

main
done_testing
