#!/usr/bin/env bash
# DNS messages against the log of the server that gets and sends them.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege
[ -x /usr/bin/python3 ] || skip_all "needs /usr/bin/python3"

TRACKERS=(dns)
LOG=$WORK/log
SERVER="" # its pid
trap 'stop_server; clean_up' EXIT

# A port of its own, so that nobody else's DNS is in the way; 53 is there in namespaces.
start_server() { # ADDRESS PORT [DELAY]
  : >"$LOG"
  /usr/bin/python3 tests/e2e/programs/dns_server.py "$1" "$2" "$LOG" ${3:+"$3"} 2>"$WORK/server.err" &
  SERVER=$!
  await 5 grep -q listening "$LOG"
}

stop_server() {
  [ -z "$SERVER" ] || { kill "$SERVER" && wait "$SERVER"; } 2>/dev/null
  SERVER=""
}

# What the server says it got and sent, and what was seen on one side of it.
server_log() {
  sed -E '/^listening/d' "$LOG" | sort
}

seen_messages() { # DIRECTION PORT_OF_THE_ASKER
  events ".dns and .network.direction == \"$1\"" '
    "\(if .event == "dns.query" then "q" else "a" end) \(.network.transport) \(.network.'"$2"'.port) \(.dns.id) \(.dns.question.type) \(.dns.question.name) \(
      {"NOERROR": 0, "NXDOMAIN": 3}[.dns.response_code // "NOERROR"])"' | sort
}

compare_messages() { # DIRECTION PORT_OF_THE_ASKER LEAST
  diff <(server_log) <(seen_messages "$1" "$2") | sed -n 's/^</# the server: /p; s/^>/# ours:       /p' >"$WORK/different"
  cat "$WORK/different"
  [ "$(server_log | wc -l)" -ge "$3" ] && [ ! -s "$WORK/different" ]
}

answers_of() { # NAME
  events ".event == \"dns.answer\" and .network.direction == \"outbound\" and .dns.question.name == \"$1\"" \
    '.dns.answers // [] | map("\(.type) \(.data)") | join(", ")'
}

test_ways() {
  start_server 127.0.0.1 5300
  start_tracker --dns-port 5300
  check "the client gets all its answers" /usr/bin/python3 tests/e2e/programs/dns_ways.py 127.0.0.1 5300
  stop_tracker
  stop_server
  check "every query and answer is seen where it is asked" compare_messages outbound local 44
  check "and where it is answered" compare_messages inbound peer 44
  check "addresses are told" same "A 192.0.2.1" "$(answers_of sendto.test)"
  check "of IPv6 too" same "AAAA 2001:db8::1" "$(answers_of send.test)"
  check "and behind aliases" same "CNAME real.test, A 192.0.2.1" "$(answers_of alias.test)"
  check "text is quoted" same 'TXT "hello" "a\"b"' "$(answers_of sendmsg.test)"
  check "other types have their own form" same 'HTTPS 1 . alpn=h2|MX 10 mail.test|NS ns.test|PTR ptr.test|SOA ns.test root.test 1 2 3 4 5|SRV 1 2 443 srv.test|TYPE65280 \# 2 0102' \
    "$(answers_of types.test | sort | paste -sd '|')"
  check "over TCP in pieces" same "A 192.0.2.1|A 192.0.2.1|A 192.0.2.1" \
    "$(for name in pieces vector three; do answers_of $name.test; done | paste -sd '|')"
  check "a name that does not exist" same "NXDOMAIN" "$(events '.event == "dns.answer" and .network.direction == "outbound" and .dns.question.name == "nope.test"' .dns.response_code)"
  check "half an answer is malformed" same "answer answer" "$(events '.dns.question.name == "cut.test" and .dns.malformed' .dns.malformed | xargs)"
  check "a name that leads to itself too" same "answer answer" "$(events '.dns.question.name == "loop.test" and .dns.malformed' .dns.malformed | xargs)"
  check "a long answer is cut, and says so" same '["message"] 4826 254' \
    "$(events '.event == "dns.answer" and .network.direction == "outbound" and .dns.question.name == "big.test"' '"\(.truncated) \(.dns.size) \(.dns.answers | length)"')"
  check "each answer knows how long it took" same 0 \
    "$(events '.event == "dns.answer" and .network.direction == "outbound" and (.dns.latency_us // 0) <= 0' | wc -l)"
  check "nothing is lost, the ledger is exact" ledger_is_exact
  check "nothing is lost" same "0 0" "$(ledger dns.query lost) $(ledger dns.answer lost)"
}

test_latency() {
  start_server 127.0.0.1 5300 0.2
  start_tracker --dns-port 9,5300 -p $$
  /usr/bin/python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(bytes.fromhex("00010100000100000000000004736c6f77047465737400") + b"\0\1\0\1", ("127.0.0.1", 5300))
s.recvfrom(100)'
  stop_tracker
  stop_server
  check "the latency is that of the server" test -n "$(events '.network.direction == "outbound" and .dns.latency_us >= 200000 and .dns.latency_us < 5000000')"
}

# Real resolvers, in a network and a mount namespace where the server has port 53.
write_resolvers() {
  cat >"$WORK/resolvers" <<SCRIPT
ip link set lo up
echo "nameserver 127.0.0.1" >"$WORK/resolv.conf"
mount --bind "$WORK/resolv.conf" "$(realpath /etc/resolv.conf)"
echo "hosts: dns" >"$WORK/nsswitch.conf"
mount --bind "$WORK/nsswitch.conf" /etc/nsswitch.conf
/usr/bin/python3 tests/e2e/programs/dns_server.py 127.0.0.1 53 "$LOG" & server=\$!
for n in {1..100}; do grep -q listening "$LOG" && break; sleep 0.05; done
getent ahosts getent.test
busybox nslookup busybox.test 127.0.0.1
RES_OPTIONS=use-vc getent ahosts stream.test
/usr/bin/python3 -c 'import socket
try: socket.create_connection(("named.test", 1))
except OSError: pass
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 9))'
kill \$server
SCRIPT
}

test_resolvers() {
  if ! unshare -mn true || [ ! -e /etc/resolv.conf ] || [ ! -e /etc/nsswitch.conf ]; then
    skip "resolvers" "needs namespaces, /etc/resolv.conf and /etc/nsswitch.conf"
    return
  fi
  : >"$LOG"
  write_resolvers
  TRACKERS=(dns tcpconnect udp)
  start_tracker -p $$
  unshare -mn bash "$WORK/resolvers" >"$WORK/output" 2>&1
  stop_tracker
  TRACKERS=(dns)
  check "getent got its answers" grep -q 192.0.2.1 "$WORK/output"
  check "every query and answer of the resolvers is seen where it is asked" compare_messages outbound local 12
  check "and where it is answered" compare_messages inbound peer 12
  for name in getent busybox; do
    check "$name asks for both addresses" same "A AAAA" \
      "$(events ".event == \"dns.query\" and .network.direction == \"outbound\" and .dns.question.name == \"$name.test\"" .dns.question.type | sort | xargs)"
  done
  check "the resolver may be told to use TCP" same "tcp tcp" \
    "$(events '.event == "dns.query" and .network.direction == "outbound" and .dns.question.name == "stream.test"' .network.transport | xargs)"
  check "a connection knows its peer's name" same "named.test" \
    "$(events '.event == "tcp.connect" and .network.peer.address == "192.0.2.1"' .network.peer.name)"
  # To choose its own address glibc connects a socket to each that it found: a udp.connect, before any datagram.
  check "a datagram too" same "named.test named.test" "$(events '.event != "udp.connect" and .network.peer.address == "192.0.2.1" and .network.transport == "udp"' .network.peer.name | xargs)"
}

test_text() {
  start_server 127.0.0.1 5300
  "$EUNOMIACTL" run dns --dns-port 5300 -p $$ -T 2 >"$EVENTS" 2>"$ERRORS" &
  TRACKER=$!
  await 10 grep -qx ready "$ERRORS"
  /usr/bin/python3 tests/e2e/programs/dns_ways.py 127.0.0.1 5300
  check "-T ends by itself" wait $TRACKER
  TRACKER=""
  stop_server
  check "text says what is asked" grep -qE ' A sendto\.test @127\.0\.0\.1:5300$' "$EVENTS"
  check "and the answer" grep -qE ' A sendto\.test -> 192\.0\.2\.1 \([0-9.]+(us|ms|s)\)$' "$EVENTS"
  check "and how it failed" grep -qE ' A nope\.test -> NXDOMAIN \(' "$EVENTS"
}

test_container() {
  if ! start_docker; then
    skip "a container" "no docker here"
    return
  fi
  local name=eunomia-dns-$$
  start_tracker -c $name
  busybox nslookup outside.test 127.0.0.9 >/dev/null 2>&1
  docker run --rm --net none --name $name "$IMAGE" sh -c 'busybox nslookup inside.test 127.0.0.1' >/dev/null 2>&1
  stop_tracker
  check "-c sees the container's queries and no other" same "$name inside.test" \
    "$(events true '"\(.container.name) \(.dns.question.name)"' | sort -u)"
}

test_ways
test_latency
test_resolvers
test_text
test_container
done_testing
