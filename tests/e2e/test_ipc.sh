#!/usr/bin/env bash
# What processes say to each other: totals against the test program's own account, identities against /proc, ss and ipcs.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege
command -v ss >/dev/null || skip_all "needs ss (iproute2)"
[ -x /usr/bin/python3 ] || skip_all "needs /usr/bin/python3"

TRACKERS=(ipc)
WAYS=$PROGRAMS/ipc_ways
PLAY=$WORK/play
mkdir -p "$PLAY"

# "LABEL PID sent|received BYTES MESSAGES" as the program counted, without the label: from the closes of each process.
account() {
  jq -r 'select(.event == "ipc.close") | .process.pid as $pid | .ipc
    | [["sent", .bytes_sent // 0, .messages_sent // 0], ["received", .bytes_received // 0, .messages_received // 0]][]
    | select(.[2] > 0) | "\($pid) \(.[0]) \(.[1]) \(.[2])"' "$EVENTS" |
    awk '{ key = $1 " " $2; bytes[key] += $3; messages[key] += $4 }
      END { for (key in bytes) print key, bytes[key], messages[key] }' | sort
}

known_account() { # FILE
  awk '$3 ~ /sent|received/ { print $2, $3, $4, $5 }' "$1" | sort
}

compare_account() { # FILE LEAST
  known_account "$1" >"$WORK/theirs"
  account >"$WORK/ours"
  diff "$WORK/theirs" "$WORK/ours" | sed 's/^/# /'
  cmp -s "$WORK/theirs" "$WORK/ours" && [ "$(wc -l <"$WORK/theirs")" -ge "$2" ]
}

# The processes of a label in the program's account, that did this.
pids_of() { # LABEL sent|received
  awk -v label="$1" -v word="$2" '$1 == label && $3 == word { print $2 }' "$WORK/known" | sort -n | xargs
}

# Whom the last event of each end names: "PID" of the other side, all together.
peers_of() { # CONDITION
  events ".event == \"ipc.close\" and ($1)" '.ipc.peer[]?.pid' | sort -nu | xargs
}

test_ways() {
  start_tracker -p $$ --interval 0.2 || return
  "$WAYS" "$PLAY" >"$WORK/known"
  stop_tracker
  check "bytes and messages of every process are exact" compare_account "$WORK/known" 30
  check "the ledger is exact" ledger_is_exact
  check "nothing was lost" same "" "$(grep -E '^ledger .*lost=[1-9]' "$ERRORS")"
  check "readers of a pipe name its writers" same "$(pids_of pipe sent)" \
    "$(peers_of ".ipc.type == \"pipe\" and .ipc.role == \"reader\" and (.process.pid | IN($(pids_of pipe received | tr ' ' ',')))")"
  check "writers name its readers" same "$(pids_of pipe received)" \
    "$(peers_of ".ipc.type == \"pipe\" and .ipc.role == \"writer\" and (.process.pid | IN($(pids_of pipe sent | tr ' ' ',')))")"
  check "clients of a socket name its server" same "$(awk '$1 == "stream" && $3 == "sent" && $4 == 6 { print $2 }' "$WORK/known")" \
    "$(peers_of ".ipc.path == \"$PLAY/stream\" and .ipc.role == \"client\"")"
  check "an abstract name is one" same "@eunomia-ipc" "$(events '.event == "ipc.open" and .ipc.role == "listener" and .ipc.name' .ipc.name | sed 's/-[0-9]*$//')"
  check "datagrams name their sender" same "$(pids_of dgram sent)" "$(peers_of '.ipc.role == "bound"')"
  check "a queue's sides name each other" same "$(pids_of mq sent) $(pids_of mq received)" \
    "$(peers_of '.ipc.type == "posix_mq" and .ipc.role == "reader"') $(peers_of '.ipc.type == "posix_mq" and .ipc.role == "writer"')"
  check "shared memory is attached by its id, twice" same "$(awk '$1 == "shm" { print $4; print $4 }' "$WORK/known" | xargs)" \
    "$(events '.event == "ipc.use" and .ipc.type == "sysv_shm"' .ipc.id | xargs)"
  check "a key is the one passed" same "0x45550001 0x45550002" \
    "$(events '.event == "ipc.open" and .ipc.key' .ipc.key | sort | xargs)"
  check "a file below /dev/shm has its path" same "$(awk '$1 == "posix_shm" { print $4 }' "$WORK/known")" \
    "$(events '.event == "ipc.open" and .ipc.type == "posix_shm"' .ipc.path)"
  check "an end is used for the first time once" same "" \
    "$(events '.event == "ipc.use"' '"\(.process.pid) \(.ipc.type) \(.ipc.role) \(.ipc.inode) \(.ipc.id)"' | sort | uniq -d)"
}

# 32-bit calls, where the kernel takes them.
test_32() {
  local way
  if ! (cd "$PLAY" && "$PROGRAMS/static_ipc32" pipe) >/dev/null 2>&1; then
    skip "32-bit calls" "this kernel takes none"
    return
  fi
  start_tracker -p $$
  for way in pipe socket sysv; do "$PROGRAMS/static_ipc32" $way; done >"$WORK/known"
  stop_tracker
  check "32-bit calls are counted as exactly" compare_account "$WORK/known" 6
}

# Opened before the tracking: inode numbers are those of /proc and ss, the totals are told while the ends are still there.
test_inherited() {
  local pid pipe socket peer
  mkfifo "$WORK/go"
  /usr/bin/python3 -c '
import os, socket, sys, time
r, w = os.pipe()
a, b = socket.socketpair()
print(r, w, a.fileno(), b.fileno(), flush=True)
open(sys.argv[1]).read()
for n in range(5): os.write(w, b"12345"); os.read(r, 100)
a.sendall(b"123"); b.recv(9)
print("done", flush=True)
open(sys.argv[1]).read()
os._exit(0)' "$WORK/go" >"$WORK/fds" &
  pid=$!
  await 5 test -s "$WORK/fds"
  read -r _ w a _ <"$WORK/fds"
  pipe=$(readlink "/proc/$pid/fd/$w" | tr -dc 0-9)
  socket=$(readlink "/proc/$pid/fd/$a" | tr -dc 0-9)
  peer=$(ss -xnp | awk -v inode="$socket" '$6 == inode { print $8 }')
  start_tracker -p $pid --interval 0.2
  : >"$WORK/go"
  await 5 grep -q "done" "$WORK/fds"
  await 5 eval 'events ".event == \"ipc.traffic\" and .ipc.bytes_received == 25" .time | grep -q .'
  check "a pipe from before is inherited, and has the inode of /proc" same "writer $pipe true 25 5" \
    "$(events '.event == "ipc.traffic" and .ipc.role == "writer"' '.ipc | "\(.role) \(.inode) \(.inherited) \(.bytes_sent) \(.messages_sent)"')"
  check "a socket's two inodes are those of ss" same "$socket $peer 3" \
    "$(events '.event == "ipc.traffic" and .ipc.bytes_sent == 3' '.ipc | "\(.inode) \(.peer_inode) \(.bytes_sent)"')"
  check "no end is gone yet" same "" "$(events ".event == \"ipc.close\" and .process.pid == $pid and .ipc.type != \"fifo\"")"
  : >"$WORK/go"
  wait $pid
  stop_tracker
  check "at exit it is gone without a call" same "true true true true" \
    "$(events ".event == \"ipc.close\" and .process.pid == $pid and .ipc.messages_sent + .ipc.messages_received > 0" .ipc.implicit | xargs)"
}

# What was counted and not told when the tracking ends is told then; exec and dup2 end what they end.
test_ends() {
  local pid
  mkfifo "$WORK/stay"
  start_tracker -p $$ --interval 3600
  /usr/bin/python3 -c '
import os, sys
r, w = os.pipe()
for n in range(7): os.write(w, b"x")
print("done", flush=True)
open(sys.argv[1]).read()' "$WORK/stay" >"$WORK/out" &
  pid=$!
  await 5 grep -q "done" "$WORK/out"
  /usr/bin/python3 -c '
import os
r, w = os.pipe()                      # close-on-exec
os.write(w, b"abc")
os.execv("/bin/true", ["true"])'
  /usr/bin/python3 -c '
import os
r, w = os.pipe()
os.write(w, b"abcd")
copy = os.dup(w)
os.close(w)
null = os.open("/dev/null", os.O_RDONLY)
os.dup2(null, copy)
os.read(r, 9)
os._exit(0)'
  check "nothing is told before its time" same "" "$(events '.event == "ipc.traffic"')"
  stop_tracker
  : >"$WORK/stay"
  wait $pid
  check "what was not told yet is told at the end" same "7 7" \
    "$(events ".event == \"ipc.traffic\" and .process.pid == $pid and .ipc.type == \"pipe\"" '.ipc | "\(.bytes_sent) \(.messages_sent)"')"
  check "exec ends what is close-on-exec" same "3 true true" \
    "$(events '.event == "ipc.close" and .ipc.bytes_sent == 3' '"\(.ipc.bytes_sent) \(.ipc.implicit) \(.process.name == "true")"')"
  check "dup2 onto the last copy ends it" same "4 true" \
    "$(events '.event == "ipc.close" and .ipc.bytes_sent == 4' '"\(.ipc.bytes_sent) \(.ipc.implicit)"')"
}

test_signals() {
  local target
  sleep 60 &
  target=$!
  start_tracker -p $$ --interval 0.5 --events ipc.signal
  /usr/bin/python3 -c '
import ctypes, os, signal, sys
os.kill(int(sys.argv[1]), signal.SIGCONT)
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.01)
signal.pause()
if os.fork() == 0:
    ctypes.string_at(0)
os.wait()
r, w = os.pipe(); os.close(r)
try: os.write(w, b"x")
except BrokenPipeError: pass' $target 2>/dev/null
  busybox kill -USR1 $target
  # shellcheck disable=SC2016 # the inner shell's
  bash -c 'trap : USR2; for ((i = 0; i < 5000; i++)); do kill -USR2 $$; done; echo $$' >"$WORK/flooder"
  wait $target 2>/dev/null
  stop_tracker
  check "kill(1) is who sends, sleep who gets" same "busybox sleep $target SI_USER delivered null" \
    "$(events '.signal.name == "SIGUSR1"' '"\(.process.name) \(.signal.target.name) \(.signal.target.pid) \(.signal.code) \(.signal.result) \(.signal.kernel)"')"
  check "one that does nothing is ignored" same "python3 $target ignored" \
    "$(events '.signal.name == "SIGCONT"' '"\(.process.name) \(.signal.target.pid) \(.signal.result)"')"
  check "a timer's is the kernel's" same "true" "$(events '.signal.name == "SIGALRM"' .signal.kernel)"
  check "a fault's too, and says why" same "true SEGV_MAPERR python3" \
    "$(events '.signal.name == "SIGSEGV"' '"\(.signal.kernel) \(.signal.code) \(.signal.target.name)"')"
  check "a broken pipe's too" same "true" "$(events '.signal.name == "SIGPIPE"' .signal.kernel)"
  check "of a flood each is counted" same 5000 \
    "$(events ".signal.name == \"SIGUSR2\" and .process.pid == $(cat "$WORK/flooder")" .signal.count | awk '{ n += $1 } END { print n + 0 }')"
  check "and few are told" test "$(events '.signal.name == "SIGUSR2"' .time | wc -l)" -lt 500
  check "the ledger is exact for signals" ledger_is_exact
}

test_filter() {
  local other
  sleep 60 &
  other=$!
  start_tracker -p $other
  "$WAYS" "$PLAY" pair >/dev/null
  stop_tracker
  kill $other
  check "outside of the filter nothing is offered" same "0 0 0 0" \
    "$(for kind in open use traffic close; do ledger ipc.$kind offered; done | xargs)"
}

test_text() {
  : >"$EVENTS" && : >"$ERRORS"
  "${LAUNCH[@]}" run ipc -p $$ -T 3 --interval 0.2 >"$WORK/text" 2>"$ERRORS" &
  local pid=$!
  await 10 grep -qx ready "$ERRORS"
  "$WAYS" "$PLAY" pair >"$WORK/known"
  wait $pid
  check "text says how much and to whom" grep -qE \
    "ipc.close +$(pids_of pair sent) .* unix .* pair sent 122.5 KiB in 1000 <-> ipc_ways\\($(pids_of pair received)\\)" "$WORK/text"
}

# Two containers that talk over a socket in a folder that both have.
test_containers() {
  local server client
  if ! start_docker; then
    skip "an edge between two containers" "no docker"
    return
  fi
  mkdir -p "$WORK/shared" && cp "$PROGRAMS/static_chat" "$WORK/shared/"
  start_tracker -c eunomia-ipc-server -c eunomia-ipc-client --interval 0.2
  docker run -d --rm --network none --name eunomia-ipc-server -v "$WORK/shared:/shared" "$IMAGE" /shared/static_chat serve /shared/socket >/dev/null
  await 10 test -S "$WORK/shared/socket"
  docker run --rm --network none --name eunomia-ipc-client -v "$WORK/shared:/shared" "$IMAGE" /shared/static_chat talk /shared/socket 40 >/dev/null
  await 10 eval '! docker inspect eunomia-ipc-server'
  await 5 eval 'events ".event == \"ipc.close\" and .ipc.role == \"server\"" .time | grep -q .'
  # OOM kills are the kernel's.
  docker run --rm --network none --name eunomia-ipc-client -m 16m "$IMAGE" busybox tail /dev/zero >/dev/null 2>&1
  await 5 eval 'events ".signal.name == \"SIGKILL\" and .signal.kernel" .time | grep -q .'
  stop_tracker
  client=$(events '.event == "ipc.close" and .ipc.role == "client"' '"\(.container.name) -> \(.ipc.peer[0].container.name): \(.ipc.bytes_sent) \(.ipc.messages_sent)"')
  server=$(events '.event == "ipc.close" and .ipc.role == "server"' '"\(.container.name) <- \(.ipc.peer[0].container.name): \(.ipc.bytes_received)"')
  check "the client's end leads to the server's container" same "eunomia-ipc-client -> eunomia-ipc-server: 400 40" "$client"
  check "the server's end to the client's" same "eunomia-ipc-server <- eunomia-ipc-client: 400" "$server"
  check "both show the path as their container has it" same "/shared/socket" "$(events '.event == "ipc.close" and .ipc.type == "unix" and .ipc.path' .ipc.path | sort -u)"
  check "out of memory: the kernel kills, in the container" same "eunomia-ipc-client" \
    "$(events '.signal.name == "SIGKILL" and .signal.kernel and .process.name == "busybox"' .signal.target.container.name | sort -u)"
}

# What the machine knows of System V objects while they are there.
test_sysv_against_ipcs() {
  if ! command -v ipcs >/dev/null || ! command -v ipcmk >/dev/null; then
    skip "what ipcs shows" "needs ipcs and ipcmk (util-linux)"
    return
  fi
  start_tracker -p $$ --events ipc.open
  ipcmk -M 12345 >"$WORK/made"
  ipcmk -Q >>"$WORK/made"
  ipcmk -S 3 >>"$WORK/made"
  stop_tracker
  local ids m q s theirs
  ids=$(tr -dc '0-9\n' <"$WORK/made" | xargs)
  read -r m q s <<<"$ids"
  theirs="sysv_shm $(ipcs -m | awk -v id="$m" '$2 == id { sub(/^0x0*/, "0x", $1); print $1, $2, $5 }')
sysv_msg $(ipcs -q | awk -v id="$q" '$2 == id { sub(/^0x0*/, "0x", $1); print $1, $2 }')
sysv_sem $(ipcs -s | awk -v id="$s" '$2 == id { sub(/^0x0*/, "0x", $1); print $1, $2, $5 }')"
  ipcrm -m "$m" -q "$q" -s "$s"
  check "keys, ids and sizes are those of ipcs" same "$theirs" \
    "$(events '.event == "ipc.open" and .ipc.id and .process.name == "ipcmk"' '.ipc | "\(.type) \(.key) \(.id)\(if .size then " \(.size)" else "" end)"')"
}

test_ways
test_32
test_inherited
test_ends
test_signals
test_filter
test_text
test_sysv_against_ipcs
test_containers
done_testing
