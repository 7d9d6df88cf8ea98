#!/usr/bin/env bash
# Writes docs/kernels.md, from what the named guests of tests/vm/run told when they ran last.
#   tests/vm/table.sh GUEST...
set -euo pipefail
cd "$(dirname "$0")/../.."

RESULTS=build/vm/results

guest_name() { # GUEST
  case $1 in
    host) echo "build machine" ;;
    newest*) echo "Debian's newest${1#newest}" ;;
    *) echo "Debian $1" ;;
  esac | sed 's/:/, /'
}

failures() { # GUEST
  [ ! -e "$RESULTS/$1/output" ] || sed -n "s/^not ok [0-9]* - \(.*\)/- $(guest_name "$1"): \1/p" "$RESULTS/$1/output"
}

# "N passed, N failed", of the checks that ran there.
checks() { # GUEST
  echo "$(grep -c '^ok ' "$RESULTS/$1/output" || true) passed, $(grep -c '^not ok ' "$RESULTS/$1/output" || true) failed"
}

rows() { # GUEST
  local name=$1
  if [ ! -s "$RESULTS/$1/trackers.json" ]; then
    echo "| $(guest_name "$1") | - | - | not run | - | |"
    return
  fi
  name="$(guest_name "$1") | $(cat "$RESULTS/$1/release")"
  jq -r --arg name "$name" '.trackers[] | "| \($name) | \(.name) | \(.state) | \(if .state == "off" then "-" else .hook end) | \(.reason) |"' \
    "$RESULTS/$1/trackers.json"
}

cat <<'HEAD'
# Kernels

Written by `make kernels-table`: each guest is booted under QEMU with the built product and a dockerd on cgroup v2, every tracker
is turned on, and what the collector then says of each stands here. Linux 6.1 is the oldest kernel that works. An older one
without bpf_loop() (5.17) is refused in one line, with status 1; so is lockdown=confidentiality, which forbids eBPF to read the
kernel's memory. lockdown=integrity and a kernel without BPF LSM make no difference, since no tracker needs what they take away. From Linux 7.0
on the kernel leaves programs out while somebody is preempted within them: docs/architecture.md says what becomes of that.

`full`: everything is seen; `degraded`: what the reason names is not; `off`: nothing is.

| guest | release | checks |
|---|---|---|
HEAD
for guest in "$@"; do
  [ ! -s "$RESULTS/$guest/trackers.json" ] || echo "| $(guest_name "$guest") | $(cat "$RESULTS/$guest/release") | $(checks "$guest") |"
done
failed=$(for guest in "$@"; do failures "$guest"; done)
[ -z "$failed" ] || printf '\nWhat failed:\n\n%s\n' "$failed"
cat <<'HEAD'

| guest | release | tracker | state | hook | reason |
|---|---|---|---|---|---|
HEAD
for guest in "$@"; do rows "$guest"; done
