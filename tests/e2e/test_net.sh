#!/usr/bin/env bash
# TCP records against an independent witness, strace, for a program that does it in every way and for real ones.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege
command -v strace >/dev/null || skip_all "needs strace"
[ -x /usr/bin/python3 ] || skip_all "needs /usr/bin/python3"

TRACKERS=(tcpconnect)
TRACES=$WORK/traces
WAYS=$PWD/tests/e2e/programs/tcp_ways.py

write_nginx_config() {
  mkdir -p "$WORK/nginx"
  cat >"$WORK/nginx.conf" <<CONF
pid $WORK/nginx/pid; error_log $WORK/nginx/error.log; worker_processes 2; daemon off;
events { worker_connections 64; }
http { access_log off; client_body_temp_path $WORK/nginx; proxy_temp_path $WORK/nginx; fastcgi_temp_path $WORK/nginx;
  uwsgi_temp_path $WORK/nginx; scgi_temp_path $WORK/nginx; root $WORK; server { listen 127.0.0.1:18080; } }
CONF
}

# Real servers and their clients, each ended by its own means.
write_script() {
  cat >"$WORK/script" <<SCRIPT
await() { for n in {1..100}; do "\$@" >/dev/null 2>&1 && return; sleep 0.05; done; }
/usr/bin/python3 $WAYS >"$WORK/known"
/usr/bin/python3 -m http.server -b 127.0.0.1 -d "$WORK/www" 18081 2>/dev/null & server=\$!
await curl -sf http://127.0.0.1:18081/page -o /dev/null
curl -s http://127.0.0.1:1/
kill \$server
if command -v nginx; then
  nginx -c "$WORK/nginx.conf" 2>/dev/null & server=\$!
  await curl -sf http://127.0.0.1:18080/www/page -o /dev/null
  kill \$server; wait \$server
fi
if command -v redis-server; then
  redis-server --port 18082 --bind 127.0.0.1 --save "" --daemonize no & server=\$!
  await redis-cli -p 18082 ping
  redis-cli -p 18082 set key value
  redis-cli -p 18082 shutdown nosave; wait \$server
fi
exit 0
SCRIPT
}

# A line per call: "TID connect|listen|accept ADDRESS PORT RESULT". A result that strace sees as not yet known is "?".
# What is no attempt is left out: accept with nothing there, connect that asks how the last one went.
strace_calls() {
  local file
  for file in "$TRACES".*; do
    sed -nE "/EAGAIN|EINTR|ERESTART|EALREADY|EISCONN/d
      s/^(connect|accept4?|listen)\\(([0-9]+)<TCP(v6)?:\\[(.*)\\]>, /\\1 \\4 /p" "$file" | sed -E "
      s/^connect [^ ]+ .*htons\\(([0-9]+)\\).*(inet_addr\\(\"|inet_pton\\(AF_INET6, \")([^\"]*)\".*\\) = (.*)/connect \\3 \\1 \\4/
      s/^accept4? [^ ]+ .*htons\\(([0-9]+)\\).*(inet_addr\\(\"|inet_pton\\(AF_INET6, \")([^\"]*)\".*\\) = ([0-9]+)<.*/accept \\3 \\1 0/
      s/^listen (.*):([0-9]+) [0-9]+\\) += (.*)/listen \\1 \\2 \\3/
      s/-1 EINPROGRESS .*/?/; s/-1 (E[A-Z]+) .*/\\1/; s/::ffff:([0-9.]+)/\\1/; s/[][]//g; s/^/${file##*.} /" |
      awk '!($2 == "connect" && $5 == "0" && last == $3 " " $4) { print } { last = $5 == "?" ? $3 " " $4 : "" }'
  done
}

our_calls() {
  events '.event | IN("tcp.connect", "tcp.accept", "tcp.listen")' '
    (if .event == "tcp.listen" then .network.local else .network.peer end) as $who
    | "\(.process.tid) \(.event[4:]) \($who.address) \($who.port) \(if .event == "tcp.accept" and .result then 0 else .error // .result end)"'
}

record() {
  start_tracker || return 1
  strace -ff -q -yy -e trace=connect,accept,accept4,listen -o "$TRACES" bash "$WORK/script" >/dev/null 2>&1
  stop_tracker
}

# Both ways, thread by thread: what strace saw and only that. "?" fits any result.
compare_calls() {
  local tids
  strace_calls | sort -s -k1,1 >"$WORK/theirs"
  tids=$(cut -d ' ' -f 1 "$WORK/theirs" | sort -u | tr '\n' '|')
  our_calls | grep -E "^(${tids%|}) " | sort -s -k1,1 >"$WORK/ours"
  awk 'NR == FNR { want[++n] = $0; next } { got[++m] = $0 }
    END {
      for (i = 1; i <= n || i <= m; i++) {
        split(want[i], w); split(got[i], g)
        for (f = 1; f <= 5; f++) if (w[f] != g[f] && w[f] != "?") { print "# strace: " want[i] "   ours: " got[i]; bad = 1; break }
      }
      exit bad
    }' "$WORK/theirs" "$WORK/ours" && [ "$(wc -l <"$WORK/theirs")" -ge "$1" ]
}

# What went each way, as the program knows it, at both ends.
compare_bytes() {
  local port sent received n=0 wrong=0 ours told
  while read -r port sent received; do
    n=$((n + 1))
    for ours in "outbound peer $sent $received" "inbound local $received $sent"; do
      read -r direction end out in <<<"$ours"
      told=$(events ".event == \"tcp.close\" and .network.direction == \"$direction\" and .network.$end.port == $port" \
        '"\(.network.bytes_sent) \(.network.bytes_received)"')
      [ "$told" = "$out $in" ] || { echo "# port $port, $direction: $out out, $in in; told: $told" && wrong=1; }
    done
  done <"$WORK/known"
  [ $wrong -eq 0 ] && [ $n -eq 4 ]
}

# Each connection ends as often as it began, and so does each listening socket.
compare_ends() {
  local began ended
  began=$(events '(.event == "tcp.accept" or .event == "tcp.connect" or .event == "tcp.listen") and .result' \
    '"\(.process.pid) \(.network.direction) \(.network.local.port) \(.network.peer.port // 0)"' | sort -u)
  ended=$(events '.event == "tcp.close"' '"\(.process.pid) \(.network.direction) \(.network.local.port) \(.network.peer.port // 0)"' | sort -u)
  diff <(echo "$began") <(echo "$ended") | grep '^<' | sed 's/^/# never ended: /' >"$WORK/open"
  cat "$WORK/open"
  [ ! -s "$WORK/open" ]
}

test_against_strace() {
  mkdir -p "$WORK/www" && echo page >"$WORK/www/page"
  chmod 755 "$WORK" "$WORK/www"
  write_nginx_config
  write_script
  check "the script is recorded" record
  check "every connect, accept and listen is strace's: thread, address, result" compare_calls 25
  check "the bytes are what the program sent and received, at both ends" compare_bytes
  check "IPv4 in IPv6 is IPv4" test -z "$(grep -o 'ffff:' "$EVENTS")"
  check "a connection to ::1 is IPv6" test -n "$(events '.event == "tcp.connect" and .network.type == "ipv6" and .network.peer.address == "::1"')"
  check "a refusal has the time it took" test -n "$(events '.event == "tcp.connect" and .error == "ECONNREFUSED" and .network.latency_us >= 0' .time)"
  check "an error before any packet is there once" same "EADDRNOTAVAIL ENETUNREACH" \
    "$(events '.event == "tcp.connect" and (.error | IN("EADDRNOTAVAIL", "ENETUNREACH"))' .error | sort | xargs)"
  check "a connection that was given up says so" same ECANCELED \
    "$(events '.event == "tcp.connect" and .error == "ECANCELED" and .network.latency_us' .error)"
  check "nothing but TCP is told" test -z "$(events '.network.peer.port == 9')"
  check "what began has ended" compare_ends
  check "the ledger is exact" ledger_is_exact
}

# A connection from before the tracking: its end has the right process, and no duration that nobody could know.
test_old_connection() {
  local pid port
  mkfifo "$WORK/go"
  /usr/bin/python3 -c '
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
print(server.getsockname()[1], flush=True)
open(sys.argv[1]).read()' "$WORK/go" >"$WORK/port" &
  pid=$!
  await 5 test -s "$WORK/port"
  port=$(cat "$WORK/port")
  start_tracker
  : >"$WORK/go"
  wait $pid
  stop_tracker
  check "an old connection ends in its process, an old listener too" same "listen $pid" \
    "$(events ".event == \"tcp.close\" and .network.local.port == $port" '"\(.network.direction // "unknown") \(.process.pid)"' | sort | xargs)"
  check "the old client's end is there" same "$pid null" \
    "$(events ".event == \"tcp.close\" and .network.peer.port == $port" '"\(.process.pid) \(.network.duration_ns)"')"
}

# The kernel keeps out what is outside of the filter.
test_filter() {
  local other
  start_tracker -p $$ --events tcp.connect
  (curl -s http://127.0.0.1:1/)
  setsid -f curl -s http://127.0.0.1:1/ # its parent is not us by the time it connects, but it descends from us
  await 5 test "$(events '.event == "tcp.connect"' | wc -l)" -ge 2
  stop_tracker
  check "-p sees descendants" same "curl curl" "$(events '.event == "tcp.connect"' .process.name | xargs)"
  sleep 60 &
  other=$!
  start_tracker -p $other --events tcp.connect
  curl -s http://127.0.0.1:1/
  stop_tracker
  kill $other
  check "and nothing else is offered" same 0 "$(ledger tcp.connect offered)"
}

test_against_strace
test_old_connection
test_filter
done_testing
