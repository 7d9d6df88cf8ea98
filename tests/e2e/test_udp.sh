#!/usr/bin/env bash
# UDP flows against what the programs that send and receive say themselves.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege
[ -x /usr/bin/python3 ] || skip_all "needs /usr/bin/python3"

TRACKERS=(udp)
FLOW='"\(.network.local.port) \(.network.peer.address) \(.network.peer.port)"'

there_are() { # COUNT CONDITION
  [ "$(events "$2" | wc -l)" -ge "$1" ]
}

# What was counted, in the form in which the programs say it; a flow may be told in parts.
our_flows() { # CONDITION
  events ".event == \"udp.close\" and $1" .network | jq -s -r '
    group_by([.local.port, .peer.address, .peer.port])[]
    | "\(.[0].local.port) \(.[0].peer.address) \(.[0].peer.port) \(map(.datagrams_sent) | add) \(map(.bytes_sent) | add) \(map(.datagrams_received) | add) \(map(.bytes_received) | add)"' | sort
}

# Both ways: each flow that the program knows, with its numbers, and no other.
compare_flows() { # CONDITION KNOWN
  diff <(sort "$2") <(our_flows "$1") | sed 's/^</# the program: /; s/^>/# ours:        /' >"$WORK/different"
  cat "$WORK/different"
  [ -s "$2" ] && [ ! -s "$WORK/different" ]
}

# A flow that is not there any more has been told of before the tracker ends.
closed() { # PID COUNT
  there_are "$2" ".event == \"udp.close\" and .process.pid == $1 and .network.end_reason == \"closed\""
}

run_known() { # PROGRAM...: says what it did into $WORK/known; its pid is in PID
  "$@" >"$WORK/known" 2>"$WORK/program.err" &
  PID=$!
  wait $PID
}

test_ways() {
  start_tracker
  run_known "$PROGRAMS/udp_ways"
  check "the program did it all" test $? -eq 0
  check "each flow is told when its socket is gone" await 10 closed $PID "$(wc -l <"$WORK/known")"
  stop_tracker
  check "datagrams and bytes of every flow, both ways, are the program's" compare_flows ".process.pid == $PID" "$WORK/known"
  check "each flow begins once" same "$(cut -d ' ' -f 1-3 "$WORK/known" | sort)" \
    "$(events ".event == \"udp.open\" and .process.pid == $PID" "$FLOW" | sort)"
  check "who sent first says the direction" same "inbound outbound" \
    "$(events ".event == \"udp.open\" and .process.pid == $PID and .network.type == \"ipv6\"" .network.direction | sort | xargs)"
  check "IPv4 in IPv6 is IPv4" test -z "$(grep -o 'ffff:' "$EVENTS")"
  check "an address that nobody bound is left out" test -z "$(events '.network.local.address == "0.0.0.0" or .network.local.address == "::"')"
  check "nothing is lost, the ledger is exact" ledger_is_exact
  check "nothing is lost" same "0 0" "$(ledger udp.open lost) $(ledger udp.close lost)"
}

test_32_bits() {
  if ! "$PROGRAMS/static_udp32" >/dev/null 2>&1; then
    skip "32-bit calls" "this kernel has none"
    return
  fi
  start_tracker
  run_known "$PROGRAMS/static_udp32"
  await 10 closed $PID 2
  stop_tracker
  check "32-bit calls count, by socketcall too" compare_flows ".process.pid == $PID" "$WORK/known"
}

test_errors() {
  start_tracker -p $$
  /usr/bin/python3 - <<'PYTHON' >/dev/null &
import errno, socket
def attempt(do):
    try: do()
    except OSError as error: print(errno.errorcode[error.errno])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(3): attempt(lambda: s.sendto(b"x", ("255.255.255.255", 9)))
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 0)
closed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
closed.bind(("127.0.0.1", 0))
port = closed.getsockname()[1]
closed.close()
c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
c.connect(("127.0.0.1", port))
c.send(b"one")
attempt(lambda: c.send(b"two"))
c.send(b"three")
c.setblocking(False)
attempt(lambda: c.recv(10))
attempt(lambda: c.recv(10))
PYTHON
  wait $!
  await 10 there_are 2 '.event == "udp.close"'
  stop_tracker
  check "a send that failed is told once, with its error" same "255.255.255.255 EACCES" \
    "$(events '.event == "udp.open" and .error' '"\(.network.peer.address) \(.error)"')"
  check "and the others are counted" same "3 0" \
    "$(events '.event == "udp.close" and .network.peer.address == "255.255.255.255"' '"\(.network.errors) \(.network.datagrams_sent)"')"
  check "refusals that came back are counted, nothing there is not" same "2 2 8" \
    "$(events '.event == "udp.close" and .network.peer.address == "127.0.0.1"' '"\(.network.errors) \(.network.datagrams_sent) \(.network.bytes_sent)"')"
}

# A flow that goes on after it was idle is told twice, and nothing of it is missing.
test_idle() {
  start_tracker -p $$ --udp-idle 0.5
  mkfifo "$WORK/go" && exec 8<>"$WORK/go"
  /usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
go = open(sys.argv[1])
for n in range(3):
    for _ in range(5): s.sendto(b"12", ("127.0.0.1", 9))
    go.readline()' "$WORK/go" &
  for n in 1 2 3; do
    check "flow $n is idle" await 10 there_are $n '.event == "udp.close" and .network.end_reason == "idle"'
    [ $n -eq 3 ] || echo >&8
  done
  stop_tracker
  echo >&8
  wait $!
  check "each time it begins and ends" same "3 3" \
    "$(events '.event == "udp.open"' | wc -l) $(events '.event == "udp.close"' | wc -l)"
  check "and has its own numbers" same "5 10 5 10 5 10" \
    "$(events '.event == "udp.close"' '"\(.network.datagrams_sent) \(.network.bytes_sent)"' | xargs)"
}

# What is still open when the watching ends is told too.
test_end() {
  start_tracker -p $$
  /usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b"123", ("127.0.0.1", 9))
open(sys.argv[1]).readline()' "$WORK/go" &
  await 10 there_are 1 '.event == "udp.open"'
  stop_tracker
  echo >&8
  wait $!
  check "a flow that goes on is told at the end" same "false null 1 3" \
    "$(events '.event == "udp.close"' '"\(.network.ended) \(.network.end_reason) \(.network.datagrams_sent) \(.network.bytes_sent)"')"
}

test_text_and_time() {
  "$EUNOMIACTL" run udp -T 2 >"$EVENTS" 2>"$ERRORS" &
  TRACKER=$!
  await 10 grep -qx ready "$ERRORS"
  /usr/bin/python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"1234", ("127.0.0.77", 9))'
  check "-T ends by itself" wait $TRACKER
  TRACKER=""
  check "text says both" same "udp.open udp.close" "$(sed -nE 's/.* (udp\.(open|close)) .*-> 127\.0\.0\.77:9( .*)?$/\1/p' "$EVENTS" | xargs)"
  check "and what went" grep -q '127.0.0.77:9 sent 1 (4 B), received 0 (0 B), lasted ' "$EVENTS"
}

test_container() {
  if ! start_docker; then
    skip "a container" "no docker here"
    return
  fi
  local name=eunomia-udp-$$
  start_tracker -c $name
  run_known /usr/bin/python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"host", ("127.0.0.1", 9))'
  docker run --rm --net none --name $name -v "$PROGRAMS/udp_ways:/udp:ro" "$IMAGE" /udp >"$WORK/known" 2>"$WORK/program.err"
  stop_tracker
  check "-c sees what the container did, and nothing else" compare_flows true "$WORK/known"
  check "it has the container's name" same "$name" "$(events true .container.name | sort -u)"
}

test_ways
test_32_bits
test_errors
test_idle
test_end
test_text_and_time
test_container
done_testing
