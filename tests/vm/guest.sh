#!/usr/bin/env bash
# Inside the guest of tests/vm/run: the built product, a dockerd on cgroup v2, three containers. TAP.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

WORK=$(mktemp -d -p /run) # tmpfs: an overlay cannot stand on the overlay that is the root
. tests/vm/lib.sh
. tests/vm/hooks.sh
. tests/vm/rules.sh
CONTAINERS=3
STORM=100
PROBED=(ptrace namespace mount module bpf credentials memfd userfaultfd key io_uring process_vm prctl redirect chroot socket system compat)
PROGRAMS=build/tests/programs
SCRIPTS=tests/e2e/programs
FILES=10
SLEEPS=100

# From Linux 7.0 on the kernel leaves programs out while somebody is preempted within them. On a machine as slow as this
# that happens all the time, and all that can be done is to tell how often: check_missed. What comes before runs with
# slices of CPU time that are long enough.
SLICE=/sys/kernel/debug/sched/base_slice_ns

can_be_preempted() {
  [ "$(uname -r | cut -d. -f1)" -ge 7 ]
}

lengthen_slices() {
  mount -t debugfs debugfs /sys/kernel/debug
  USUAL_SLICE=$(cat $SLICE)
  echo 100000000 >$SLICE
}

left_out() {
  bpftool prog show name eu_sys_exit | sed -n 's/.*recursion_misses \([0-9]*\).*/\1/p' | head -n 1
}

# All but what check_missed is about.
nothing_is_lost() {
  local expected='^$'
  ! can_be_preempted || expected='^lost [a-z_.]* program=[0-9]*$'
  test -z "$(grep -E '^(lost|unbalanced|sequence|malformed)' "$WORK/run.err" | grep -v "$expected")"
}

provoke() {
  "$PROGRAMS/ipc_ways" "$WORK/ways" pipe
  [ "$(left_out)" -gt 0 ]
}

check_missed() {
  local least
  echo "$USUAL_SLICE" >$SLICE
  "$EUNOMIACTL" run ipc --strict --fmt json >"$WORK/missed.events" 2>"$WORK/missed.err" &
  TRACKER=$!
  await 30 grep -qx ready "$WORK/missed.err"
  check "the kernel leaves programs out here" await 60 provoke
  least=$(left_out)
  stop_trackers
  check "which --strict takes for a loss" [ $? -eq 1 ]
  check "and the account has all of it" test "$(sed -n 's/^lost raw_syscalls program=//p' "$WORK/missed.err")" -ge "$least"
}

start_docker() {
  mkdir -p "$WORK/docker"
  dockerd --iptables=false --bridge=none --storage-driver vfs --data-root "$WORK/docker" --exec-root "$WORK/exec" \
    -H unix:///run/docker.sock -p "$WORK/dockerd.pid" >"$WORK/dockerd.log" 2>&1 &
  await 90 docker info
}

make_image() {
  mkdir -p "$WORK/image"/{bin,etc}
  cp "$(command -v busybox)" "$PROGRAMS/visit" "$PROGRAMS/busy_stack" "$WORK/image/bin/"
  echo page >"$WORK/image/etc/page"
  ln -s busybox "$WORK/image/bin/sh"
  tar -C "$WORK/image" -c . | docker import - guest/busybox:1 >/dev/null
}

run_containers() {
  local n
  for n in $(seq "$CONTAINERS"); do
    docker run --rm --network none --name "guest$n" guest/busybox:1 sh -c 'visit no-page; exit 7'
    [ $? -eq 7 ] || return 1
  done
  docker run --rm --network none -m 16m --name guest-oom guest/busybox:1 sh -c 'busybox tail /dev/zero; exit 0' 2>/dev/null
}

# Three quarters of its time in one function, for as long as it takes to see where, and a known number of sleeps.
run_busy() {
  docker run -d --rm --network none --name guest-busy guest/busybox:1 busy_stack >/dev/null
  await 120 is_sampled
  docker kill guest-busy >/dev/null
  docker run --rm --network none --name guest-sleeper guest/busybox:1 busy_stack sleeps "$SLEEPS" >/dev/null
}

samples_in() { # FUNCTION; of the program's own, any
  grep -F '"perf.sample"' "$WORK/events" | # jq alone takes too long for all of it, again and again
    jq "select(.event == \"perf.sample\" and .container.name == \"guest-busy\" and (.perf.user_stack[0].function // \"\" | test(\"^($1)$\"))) |
      .perf.count" | jq -s 'add // 0'
}

is_sampled() {
  [ "$(samples_in 'hot|warm')" -ge 150 ]
}

# A share of so many samples is known to 15 points.
is_hot() {
  local hot all
  hot=$(samples_in hot) all=$(samples_in 'hot|warm')
  is_sampled && [ $((100 * hot)) -ge $((60 * all)) ] && [ $((100 * hot)) -le $((90 * all)) ] && return
  echo "# $hot of $all samples"
  return 1
}

switches() {
  jq 'select(.event == "perf.counters" and .container.name == "guest-sleeper" and .process.name == "busy_stack") |
    .perf.context_switches.voluntary' "$WORK/events" | jq -s 'add // 0'
}

# Prints how many distinct full ids the events that match have.
ids() { # JQ-CONDITION
  jq -r "select($1) | .container.id" "$WORK/events" | grep -cE '^[0-9a-f]{64}$' || true
}

ledger_is_exact() {
  awk '/^ledger / {
    n++
    for (i = 3; i <= 5; i++) { split($i, kv, "="); value[kv[1]] = kv[2] }
    if (value["offered"] != value["delivered"] + value["lost"]) bad = 1
  } END { exit !(n >= 5 && !bad) }' "$WORK/run.err"
}

# A file made in the upper layer of an overlay says so when it runs; one of the lower layer does not.
run_in_overlay() {
  mkdir -p "$WORK/overlay"/{lower,upper,work,merged}
  cp "$(command -v busybox)" "$WORK/overlay/lower/old"
  mount -t overlay overlay -o "lowerdir=$WORK/overlay/lower,upperdir=$WORK/overlay/upper,workdir=$WORK/overlay/work" \
    "$WORK/overlay/merged" || return 1
  cp "$(command -v busybox)" "$WORK/overlay/merged/new"
  (exec -a true "$WORK/overlay/merged/new") && (exec -a true "$WORK/overlay/merged/old")
}

upper_flags() { # NAME
  jq -r "select(.event == \"process.exec\" and (.process.exe | endswith(\"/$1\"))) | .process.exe_flags // [] | index(\"upper_layer\") != null" \
    "$WORK/events" | sort -u
}

# As the probe tells them itself.
same_calls() {
  grep -vE '^security\.(capability|io_uring_op) ' "$WORK/probe" >"$WORK/told"
  jq -r 'select(.process.name == "security_probe" and .security.syscall) |
    "\(.event) \(.security.syscall) \(.security.operation // "-") \(.error // (if .result > 2 then "+" else .result end))"' "$WORK/events" |
    diff "$WORK/told" - >"$WORK/calls.err" && [ "$(grep -c setresuid "$WORK/told")" -ge 2 ]
}

same_operations() {
  local name outcome count
  grep io_uring_op "$WORK/probe" >"$WORK/operations" # no <(...): this guest has no /dev/fd
  while read -r _ name outcome count; do
    [ "$outcome $count" = "- $(jq --arg name "$name" 'select(.event == "security.io_uring_op" and .security.operation == $name) | .security.count' "$WORK/events" | jq -s add)" ] ||
      return 1
  done <"$WORK/operations"
}

# Of each process in the program's own account, "LABEL PID sent|received BYTES MESSAGES": what its closes add up to.
account_is_exact() { # FILE LEAST
  jq -r 'select(.event == "ipc.close") | .process.pid as $pid | .ipc
    | [["sent", .bytes_sent // 0, .messages_sent // 0], ["received", .bytes_received // 0, .messages_received // 0]][]
    | "\($pid) \(.[0]) \(.[1]) \(.[2])"' "$WORK/events" |
    awk -v least="$2" 'NR == FNR { bytes[$1 " " $2] += $3; messages[$1 " " $2] += $4; next }
      $3 ~ /sent|received/ {
        n++
        if (bytes[$2 " " $3] == $4 && messages[$2 " " $3] == $5) next
        print "# " $0 ", counted " bytes[$2 " " $3] + 0 " " messages[$2 " " $3] + 0
        bad = 1
      } END { exit bad || n < least }' - "$1"
}

# Each flow that a program says it had, with datagrams and bytes both ways.
flows_are() { # KNOWN
  jq -r 'select(.event == "udp.close") | .network
    | "\(.local.port) \(.peer.address) \(.peer.port) \(.datagrams_sent) \(.bytes_sent) \(.datagrams_received) \(.bytes_received)"' \
    "$WORK/events" | sort >"$WORK/flows"
  sort "$1" | comm -23 - "$WORK/flows" | sed 's/^/# not counted so: /' >"$WORK/missing"
  cat "$WORK/missing"
  [ -f "$1" ] && [ -s "$1" ] && [ ! -s "$WORK/missing" ]
}

# What docker and its runtime do is most of it, and each look at it takes seconds here: none of it is looked at below.
forget_the_rest() {
  mv "$WORK/events" "$WORK/all"
  grep -vE '"process":\{[^}]*"name":"(dockerd|docker|exe|runc[^"]*|containerd[^"]*|pgrep|bash|grep|eunomiactl)"|"event":"syscall(",.*"name":"(forkstorm|mv|rm|chmod|python3|ipc_ways|mkdir|sed)")' \
    "$WORK/all" >"$WORK/events"
}

# Files made, renamed, changed and removed, a known number of times.
change_files() {
  local n
  mkdir "$WORK/files"
  for n in $(seq "$FILES"); do
    echo text >"$WORK/files/$n"
    chmod 640 "$WORK/files/$n"
    mv "$WORK/files/$n" "$WORK/files/moved$n"
    rm "$WORK/files/moved$n"
  done
}

changes() { # KIND
  jq -r "select(.event == \"$1\" and .error == null and (.file.path | startswith(\"$WORK/files/\"))) | .file.path" "$WORK/events" |
    sort -u | wc -l
}

# What went each way, at both ends, of each connection whose bytes the program knows.
tcp_bytes_are_exact() {
  local port sent received
  while read -r port sent received; do
    [ "$sent $received|$received $sent" = "$(tcp_bytes outbound peer "$port")|$(tcp_bytes inbound local "$port")" ] ||
      { echo "# port $port: $sent out, $received in: counted $(tcp_bytes outbound peer "$port")" && return 1; }
  done <"$WORK/tcp"
  [ "$(wc -l <"$WORK/tcp")" -eq 4 ]
}

tcp_bytes() { # DIRECTION END PORT
  jq -r "select(.event == \"tcp.close\" and .network.direction == \"$1\" and .network.$2.port == $3)
    | \"\(.network.bytes_sent) \(.network.bytes_received)\"" "$WORK/events"
}

ask_dns() {
  /usr/bin/python3 "$SCRIPTS/dns_server.py" 127.0.0.1 53 "$WORK/dns" 2>"$WORK/dns.err" &
  local server=$!
  await 30 grep -q listening "$WORK/dns"
  /usr/bin/python3 "$SCRIPTS/dns_ways.py" 127.0.0.1 53 2>>"$WORK/dns.err"
  kill "$server"
  wait "$server" 2>/dev/null
}

# Against the log of the server, on the side of who asks.
dns_messages_are_exact() {
  sed '/^listening/d' "$WORK/dns" | sort >"$WORK/served"
  jq -r 'select(.dns and .network.direction == "outbound")
    | "\(if .event == "dns.query" then "q" else "a" end) \(.network.transport) \(.network.local.port) \(.dns.id) \(.dns.question.type) \(.dns.question.name) \(
      {"NOERROR": 0, "NXDOMAIN": 3}[.dns.response_code // "NOERROR"])"' "$WORK/events" |
    sort | diff "$WORK/served" - >"$WORK/messages.err" && [ "$(wc -l <"$WORK/served")" -ge 44 ]
}

# "abi name calls errors" of a program that makes calls of both tables, as strace counts them.
strace_counts() {
  strace -f -c -U name,calls,errors -o "$WORK/strace" "$PROGRAMS/syscall_ways" compat >/dev/null 2>&1
  awk '/32 bit mode/ {abi = "i386"} /^-/ {inside = !inside; next}
    inside && NF >= 2 && $1 != "total" {print (abi ? abi : "x86_64"), $1, $2, $3 + 0}' "$WORK/strace" | sort
}

same_counts() {
  jq -r 'select(.event == "syscall" and .process.args == ["build/tests/programs/syscall_ways", "compat"])
    | "\(.syscall.abi // "x86_64") \(.syscall.name) \(.syscall.count) \(.syscall.errors)"' "$WORK/events" |
    sort | diff "$WORK/wanted" - && grep -q '^i386 getppid 11 0$' "$WORK/wanted"
}

storm_exits_are() { # COUNT
  local count
  count=$(grep -c '"event":"process.exit".*"name":"forkstorm"' "$WORK/events")
  [ "$count" -eq "$1" ] || { echo "# $count instead of $1"; false; }
}

main() {
  ! can_be_preempted || lengthen_slices
  check "dockerd starts" start_docker
  check "an image is made" make_image
  strace_counts >"$WORK/wanted"
  start_trackers --latency --refused
  check "the trackers are ready" await 60 grep -qx ready "$WORK/run.err"
  check "containers end with 7" run_containers
  run_in_overlay
  run_busy
  # On this kernel all threads of a process that end at once see that none is left.
  "$PROGRAMS/forkstorm" "$STORM" 0 8 >"$WORK/storm"
  "$PROGRAMS/security_probe" "${PROBED[@]}" >"$WORK/probe"
  mkdir -p "$WORK/ways"
  "$PROGRAMS/ipc_ways" "$WORK/ways" pipe calls fifo stream abstract seqpacket dgram pair msg sem mq >"$WORK/known"
  echo | "$PROGRAMS/syscall_ways" bare "$PROGRAMS/syscall_ways" compat
  local way
  for way in pipe socket sysv; do "$PROGRAMS/static_ipc32" $way; done >"$WORK/known32"
  "$PROGRAMS/udp_ways" >"$WORK/datagrams"
  "$PROGRAMS/static_udp32" >"$WORK/datagrams32"
  change_files
  /usr/bin/python3 "$SCRIPTS/tcp_ways.py" >"$WORK/tcp"
  ask_dns
  check "the state of every tracker is told" tell_trackers "$RESULT/trackers.json"
  stop_trackers
  check "the trackers end with 0" [ $? -eq 0 ]
  forget_the_rest
  check "every exec and exit of the containers has a full id" \
    test "$(ids '.event == "process.exec" and .process.vpid == 1 and .process.args == ["sh", "-c", "visit no-page; exit 7"]')" = "$CONTAINERS" \
    -a "$(ids '.event == "process.exit" and .result == 7 and .process.vpid == 1')" = "$CONTAINERS"
  check "every open has one, a failed one too" \
    test "$(ids '.event == "file.open" and .file.path == "/etc/no-page" and .error == "ENOENT"')" = "$CONTAINERS"
  check "what was read is known" \
    test "$(ids '.event == "file.close" and .file.path == "/etc/page" and .file.bytes_read == 5')" = "$CONTAINERS"
  check "every connection has one, and its outcome" \
    test "$(ids '.event == "tcp.connect" and .network.peer.port == 1 and .error == "ECONNREFUSED"')" = "$CONTAINERS"
  check "every change of a file is told" test \
    "$(changes file.chmod) $(changes file.rename) $(changes file.unlink)" = "$FILES $FILES $FILES"
  check "bytes of TCP are counted at both ends, as the program did" tcp_bytes_are_exact
  check "every DNS message is told, as the server did" dns_messages_are_exact
  check "every datagram is counted, as the program did" flows_are "$WORK/datagrams"
  check "and those of 32-bit calls" flows_are "$WORK/datagrams32"
  check "no tracker is off, and none lacks anything but counters that this machine has not" \
    test -z "$(grep ' tracker is ' "$WORK/run.err" | grep -v 'no hardware counters')"
  check "every call that matters to security is there, 32-bit ones too" same_calls
  check "samples show where a container spends its time" is_hot
  check "and how often it waits is counted" test "$(switches)" -ge "$SLEEPS"
  check "system calls are counted, those of 32-bit programs by their own names" test \
    "$(jq -r 'select(.event == "syscall" and .syscall.abi == "i386" and .syscall.name == "socketcall") | .syscall.count' "$WORK/events" | head -n 1)" -gt 0
  check "as strace counts them, those of int 0x80 too" same_counts
  check "operations of a ring are counted" same_operations
  check "who is killed for want of memory is known" \
    test "$(ids '.event == "security.oom" and .process.name == "busybox"')" = 1
  check "none of them is the host's" \
    test -z "$(jq -r 'select((.process.args == ["sh", "-c", "visit no-page; exit 7"] or .process.name == "visit") and .container == null) | .event' "$WORK/events")"
  check "name and image are there" \
    test "$(jq -r 'select(.event == "container.start" and (.container.name | test("^guest[0-9]"))) | .container | .name + " " + .image' "$WORK/events" | xargs)" = \
    "guest1 guest/busybox:1 guest2 guest/busybox:1 guest3 guest/busybox:1"
  check "the ledger is exact" ledger_is_exact
  check "a process ends once, however its threads end" \
    storm_exits_are $((STORM + 1))
  check "and nothing is lost" nothing_is_lost
  check "what went through pipes, sockets and queues is exact" account_is_exact "$WORK/known" 30
  check "by 32-bit calls too" account_is_exact "$WORK/known32" 6
  check "an executable of an overlay's upper layer says so" test "$(upper_flags new) $(upper_flags old)" = "true false"
  check_hooks
  check_rules
  ! can_be_preempted || check_missed
  plan
}

main
