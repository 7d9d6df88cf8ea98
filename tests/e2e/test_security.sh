#!/usr/bin/env bash
# Security events against two witnesses: a program that says itself what it did and how that went, and strace.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege
TRACKERS=(security)
PROBE=$PROGRAMS/security_probe
GROUPS_OF_CALLS=(ptrace namespace mount module bpf credentials capability memfd userfaultfd key io_uring process_vm prctl redirect chroot socket system compat)
KNOWN=$WORK/known OURS=$WORK/ours

has_capability_hook() { # a tracepoint, or what stands in for it, which the tracker knows
  bpftool btf dump file /sys/kernel/btf/vmlinux format raw | grep "'btf_trace_cap_capable'" >/dev/null ||
    ! grep -q 'the security tracker is degraded: .*no security.capability' "$ERRORS"
}

# Calls of the probe as it tells them itself; what is counted is compared apart.
calls_of_probe() { # [CONDITION]
  events ".process.name == \"security_probe\" and .security.syscall and (${1:-true})" '
    "\(.event) \(.security.syscall) \(.security.operation // "-") \(.error // (if .result > 2 then "+" else .result end))"'
}

same_calls() { # AT-LEAST
  grep -vE '^security\.(capability|io_uring_op) ' "$KNOWN" >"$WORK/told"
  diff "$WORK/told" <(calls_of_probe "${2:-true}") | sed 's/^/# /' >"$WORK/diff"
  head -n 20 "$WORK/diff"
  [ ! -s "$WORK/diff" ] && [ "$(wc -l <"$WORK/told")" -ge "$1" ]
}

# A line per use that is counted: what the probe says, and the sum of what was told.
same_counts() { # AT-LEAST
  local what name outcome count n=0 wrong=0
  while read -r what name outcome count; do
    n=$((n + 1))
    same "$what $name $count" "$what $name $(events ".process.name == \"security_probe\" and .event == \"$what\" and (.security.capability // .security.operation) == \"$name\" and (.error // \"-\") == \"$outcome\"" .security.count | jq -s add)" ||
      wrong=1
  done < <(grep -E "^security\.($2) " "$KNOWN")
  [ $wrong -eq 0 ] && [ $n -ge "$1" ]
}

one() { # CONDITION EXPRESSION
  events ".process.name == \"security_probe\" and ($1)" "$2" | head -n 1
}

test_against_probe() {
  start_tracker
  "$PROBE" "${GROUPS_OF_CALLS[@]}" >"$KNOWN"
  stop_tracker
  check "every call is the probe's, in its order, with its outcome, and no other" same_calls 95
  check "each operation of a ring is counted, a mkdirat that no call shows too" same_counts 2 io_uring_op
  if has_capability_hook; then
    check "each use of a capability is counted" same_counts 1 capability
  else
    skip "each use of a capability is counted" "this kernel has no hook for it"
  fi
  check "nothing is lost" test -z "$(grep '^ledger .*lost=[1-9]' "$ERRORS")"
  check "the ledger is exact" ledger_is_exact
}

test_members() {
  check "ptrace says on whom" same "security_probe" "$(one '.security.operation == "PTRACE_SEIZE"' .security.target.name)"
  check "and with which arguments" same '["0x0","0x0"]' "$(one '.security.operation == "PTRACE_DETACH"' .security.arguments)"
  check "namespaces have names" same '["CLONE_NEWUTS"]' "$(one '.security.syscall == "unshare"' .security.flags)"
  check "clone3's flags stand in memory" same '["CLONE_NEWNET"]' "$(one '.security.syscall == "clone3"' .security.flags)"
  check "setns says which one" same "uts $(stat -Lc %i /proc/self/ns/uts)" \
    "$(one '.security.syscall == "setns" and .result == 0' '"\(.security.namespace_type) \(.security.namespace)"')"
  check "a mount has all its parts" same 'probe tmpfs size=1m ["MS_NOSUID"] lexical' \
    "$(one '.security.syscall == "mount" and .security.type == "tmpfs" and .result == 0' \
      '"\(.security.source) \(.security.type) \(.security.data) \(.security.flags | tojson) \(.security.path_source)"')"
  check "a relative target is put behind the working directory" same "$PWD/no/such/place" \
    "$(one '.security.syscall == "mount" and .error == "ENOENT"' .security.path)"
  check "a parameter of a file system has name and value" same "size 1m" \
    "$(one '.security.operation == "FSCONFIG_SET_STRING"' '"\(.security.name) \(.security.data)"')"
  check "attributes are set and cleared" same '["MOUNT_ATTR_NOEXEC"] ["MOUNT_ATTR_NOSUID"]' \
    "$(one '.security.syscall == "mount_setattr"' '"\(.security.attributes | tojson) \(.security.attributes_cleared | tojson)"')"
  check "a module's file is known" same "$PROBE second=2" \
    "$(one '.security.syscall == "finit_module"' '"\(.security.path) \(.security.data)"')"
  check "a map has type and name" same "BPF_MAP_TYPE_ARRAY probe_map" \
    "$(one '.security.operation == "BPF_MAP_CREATE"' '"\(.security.type) \(.security.name)"')"
  check "a program too" same "BPF_PROG_TYPE_SOCKET_FILTER probe_prog" \
    "$(one '.security.operation == "BPF_PROG_LOAD"' '"\(.security.type) \(.security.name)"')"
  check "a path in bpf's memory is known" same "/sys/fs/bpf/no-such" "$(one '.security.operation == "BPF_OBJ_GET"' .security.path)"
  check "ids before and after" same "0 65534 65534 65534" \
    "$(one '.security.syscall == "setresuid" and .security.requested.euid == 65534' \
      '"\(.security.before.uid) \(.security.before.suid) \(.security.after.uid) \(.security.after.suid)"')"
  check "a refused change changes nothing" same 'true {"uid":0}' \
    "$(one '.security.syscall == "setuid" and .error == "EPERM"' '"\(.security.before == .security.after) \(.security.requested | tojson)"')"
  check "capset has sets asked for and got" same "0x80 0x80 true" \
    "$(one '.security.syscall == "capset"' '"\(.security.requested.cap_effective) \(.security.after.cap_effective) \(.security.before.cap_effective != .security.after.cap_effective)"')"
  check "a memfd has name and flags" same 'probe ["MFD_CLOEXEC","MFD_ALLOW_SEALING"]' \
    "$(one '.event == "security.memfd"' '"\(.security.name) \(.security.flags | tojson)"')"
  check "a key has type and description" same "user probe:key" \
    "$(one '.security.syscall == "add_key"' '"\(.security.type) \(.security.data)"')"
  check "a ring has its size and flags" same '8 ["IORING_SETUP_CLAMP"]' \
    "$(one '.security.syscall == "io_uring_setup"' '"\(.security.entries) \(.security.flags | tojson)"')"
  check "a pidfd says whose it is" same "security_probe 1" \
    "$(one '.security.syscall == "pidfd_getfd"' '"\(.security.target.name) \(.security.target_fd)"')"
  check "a dropped capability has its name" same "CAP_WAKE_ALARM" "$(one '.security.operation == "PR_CAPBSET_DROP"' .security.capability)"
  check "a socket as standard input has both ends" same "tcp 127.0.0.1 127.0.0.1 true" \
    "$(one '.security.syscall == "dup2"' '"\(.network.transport) \(.network.local.address) \(.network.peer.address) \(.network.peer.port > 0)"')"
  check "a unix socket too" same unix "$(one '.security.syscall == "dup3"' .network.transport)"
  check "a missing root is there as passed" same "no/such/root" "$(one '.security.syscall == "chroot" and .error == "ENOENT"' .security.path_raw)"
  check "a socket has family, type, flags and protocol" same 'AF_PACKET SOCK_RAW ["SOCK_CLOEXEC"] ETH_P_ALL' \
    "$(one '.event == "security.socket"' '"\(.security.family) \(.security.socket_type) \(.security.flags | tojson) \(.security.protocol)"')"
  check "numbers without names are there" same 99 "$(one '.event == "security.socket" and .error == "EAFNOSUPPORT" and .security.socket_type == "SOCK_STREAM" and .security.family != "AF_VSOCK"' .security.family)"
  check "swapon has path and flags" same "$PWD/no/such/swap [\"SWAP_FLAG_PREFER\",\"0x5\"]" \
    "$(one '.security.syscall == "swapon"' '"\(.security.path) \(.security.flags | tojson)"')"
  check "quotactl has its device" same /dev/no-such "$(one '.security.syscall == "quotactl"' .security.source)"
  check "a kernel to start has its parameters" same quiet "$(one '.security.syscall == "kexec_file_load"' .security.data)"
  check "ports are those passed" same '["0x70","0x0","0x1"]' "$(one '.security.syscall == "ioperm"' .security.arguments)"
  check "a clock says what is to change" same '["ADJ_TICK"]' "$(one '.security.syscall == "adjtimex"' .security.flags)"
  check "perf says what is counted, and of whom" same PERF_TYPE_SOFTWARE \
    "$(one '.security.syscall == "perf_event_open" and .security.target.pid > 0' .security.type)"
  check "a personality has names" same '["ADDR_NO_RANDOMIZE"]' "$(one '.security.syscall == "personality"' .security.flags)"
  check "a host name is what it is now" same "probed probed.example" \
    "$(one '.security.syscall == "sethostname" and .result == 0' .security.name) $(one '.security.syscall == "setdomainname"' .security.name)"
  check "a file's capabilities are told, no other attribute" same security.capability \
    "$(events '.security.syscall // "" | test("xattr")' .security.name | sort -u)"
  if [ "$(grep -c ptrace "$KNOWN")" -le 5 ]; then
    skip "32-bit calls say so, with ids of 16 bits" "this kernel runs no 32-bit calls"
    return
  fi
  check "32-bit calls say so, with ids of 16 bits" same 'compat {"euid":65534}' \
    "$(one '.security.abi and .security.syscall == "setresuid"' '"\(.security.abi) \(.security.requested | tojson)"')"
  check "socketcall is the call that was meant" same "IPPROTO_ICMP" \
    "$(one '.security.abi and .event == "security.socket" and .security.family == "AF_INET"' .security.protocol)"
}

# What strace sees of the same calls: name and error, call by call, where it knows the call.
strace_calls() {
  sed -nE 's/^([a-z0-9_]+)\(.*\) += (-1 (E[A-Z0-9]+).*|([0-9]+).*)$/\1 \3\4/p' "$1" |
    grep -vE '^(clone|clone3) [0-9]+$|^(unshare|prctl|syscall_0x[0-9a-f]+) ' | sed -E 's/ ([3-9]|[0-9]{2,})$/ +/'
}

test_against_strace() {
  command -v strace >/dev/null || { skip "the calls are strace's" "needs strace"; return; }
  local groups=(namespace mount module bpf credentials memfd userfaultfd key process_vm chroot system)
  local calls=setns,mount,umount2,pivot_root,fsopen,fsconfig,fsmount,move_mount,fspick,open_tree,mount_setattr
  calls+=,init_module,finit_module,delete_module,setgroups,setresgid,setregid,setgid,setfsgid,capset,setfsuid,setreuid
  calls+=,setresuid,setuid,memfd_create,userfaultfd,add_key,request_key,keyctl,process_vm_readv,process_vm_writev,pidfd_getfd,chroot
  calls+=,swapon,swapoff,acct,quotactl,kexec_load,kexec_file_load,iopl,ioperm,reboot,sethostname,setdomainname,fanotify_init
  calls+=,perf_event_open,settimeofday,clock_settime
  start_tracker --events security.namespace,security.mount,security.module,security.credentials,security.memfd,security.userfaultfd,security.key,security.process_vm,security.chroot,security.system
  strace -f -qq -e signal=none -e "trace=$calls" -o "$WORK/trace" "$PROBE" "${groups[@]}" >"$KNOWN"
  stop_tracker
  sed -i -E 's/^[0-9]+ +//' "$WORK/trace"
  strace_calls "$WORK/trace" >"$WORK/theirs"
  events '.process.name == "security_probe" and (.security.syscall | IN("unshare", "clone", "clone3", "memfd_secret", "process_madvise", "syslog", "personality",
    "process_mrelease", "adjtimex", "clock_adjtime", "setxattr", "lsetxattr", "fsetxattr", "setxattrat") | not)' \
    '"\(.security.syscall) \(.error // (if .result > 2 then "+" else .result end))"' >"$OURS"
  check "the calls are strace's, with their outcomes" same "$(cat "$WORK/theirs")" "$(cat "$OURS")"
  check "and there are some" test "$(wc -l <"$OURS")" -ge 35
}

# The kernel keeps out what is outside of the filter.
test_filter() {
  local other
  start_tracker -p $$
  "$PROBE" chroot memfd >"$KNOWN"
  stop_tracker
  check "-p sees descendants" same_calls 4
  sleep 60 &
  other=$!
  start_tracker -p $other
  "$PROBE" "${GROUPS_OF_CALLS[@]}" >/dev/null
  stop_tracker
  kill $other
  check "and nothing else is offered" test "$(ledger security.mount offered) $(ledger security.redirect offered) $(ledger security.io_uring_op offered)" = "0 0 0"
  start_tracker --events security.chroot
  "$PROBE" "${GROUPS_OF_CALLS[@]}" >/dev/null
  stop_tracker
  check "--events leaves the rest in the kernel" same "security.chroot" "$(jq -r .event "$EVENTS" | sort -u)"
  "$EUNOMIACTL" run security -p $$ -T 3 >"$WORK/text" 2>"$ERRORS" &
  TRACKER=$!
  await 10 grep -qx ready "$ERRORS"
  "$PROBE" mount >/dev/null
  wait $TRACKER
  TRACKER=""
  check "as text, and -T ends by itself" grep -qE 'security\.mount +[0-9]+ +[0-9]+ mount probe /tmp/eunomia-probe-[^ ]+ tmpfs MS_NOSUID size=1m$' "$WORK/text"
}

test_container() {
  start_docker || { skip "the probe in a container" "needs docker"; return; }
  local name=eunomia-security-$$
  start_tracker -c $name
  docker run --rm --network none --name $name -v "$PROGRAMS:/programs:ro" "$IMAGE" /programs/security_probe "${GROUPS_OF_CALLS[@]}" >"$KNOWN"
  await 5 events '.event == "security.chroot" and .process.name == "security_probe"'
  stop_tracker
  check "in a container every call is the probe's too" same_calls 70
  check "all of it is the container's" same $name "$(events '.process.name == "security_probe"' .container.name | sort -u)"
  check "and so is the process that it was done to" same $name \
    "$(one '.security.operation == "PTRACE_SEIZE"' .security.target.container.name)"
  start_tracker -c $name-oom
  docker run --rm --network none -m 16m --name $name-oom "$IMAGE" sh -c 'busybox tail /dev/zero; true' >/dev/null 2>&1
  stop_tracker
  check "who is killed for want of memory is known" same "busybox $name-oom" \
    "$(events '.event == "security.oom"' '"\(.process.name) \(.container.name)"' | head -n 1)"
}

test_against_probe
test_members
test_against_strace
test_filter
test_container
done_testing
