#!/usr/bin/env bash
# Alerts reach every output, whatever happens to it: servers that fail, hang and restart, full disks, kill -9; and no output
# slows another. The alerts come from tests/Eunomia.AlertPump, which knows the id of each.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

PUMP=(dotnet "${ALERT_PUMP:-artifacts/bin/Eunomia.AlertPump/release/Eunomia.AlertPump.dll}")
SINKS=tests/e2e/alert_sinks.py
CONFIG=$WORK/alerts.toml
FILE=$WORK/out/alerts.jsonl
N=60
PUMP_PID="" SINK_PIDS=() MOUNTS=()
trap 'end_all; clean_up' EXIT

end_all() {
  [ -z "$PUMP_PID" ] || kill -KILL "$PUMP_PID" 2>/dev/null
  [ ${#SINK_PIDS[@]} -eq 0 ] || kill -KILL "${SINK_PIDS[@]}" 2>/dev/null
  local mount
  for mount in "${MOUNTS[@]}"; do umount "$mount"; done
}

config() { # reads TOML from stdin; every test has a spool and a file of its own
  rm -rf "$WORK/spool" "$WORK/out"
  { printf '[alerts]\nspool = "%s"\n[alerts.terminal]\nenabled = %s\n' "${SPOOL:-$WORK/spool}" "${TERMINAL:-false}" && cat; } >"$CONFIG"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_pump() { # PREFIX COUNT: stays until end_pump
  rm -f "$WORK/in" && mkfifo "$WORK/in"
  "${PUMP[@]}" "$CONFIG" "$1" "$2" "${STOP:-20}" <"$WORK/in" >"${STDOUT:-/dev/null}" 2>"$ERRORS" &
  PUMP_PID=$!
  exec 7>"$WORK/in"
}

end_pump() {
  local pid=$PUMP_PID
  PUMP_PID=""
  exec 7>&-
  wait "$pid"
}

start_sink() { # OUT MODE ARGUMENT...: of alert_sinks.py without OUT
  local out=$1
  rm -f "$out"
  python3 "$SINKS" "$2" "$3" "$out" "${@:4}" 2>>"$WORK/sinks.log" 7>&- &
  SINK_PIDS+=($!)
  await 30 test -e "$out"
}

stop_sink() { # the last one
  local pid=${SINK_PIDS[-1]}
  unset 'SINK_PIDS[-1]'
  kill "-${1:-TERM}" "$pid"
  wait "$pid" 2>/dev/null
}

wait_sink() { # the last one, which ends by itself
  wait "${SINK_PIDS[-1]}"
  unset 'SINK_PIDS[-1]'
}

wanted_ids() { # PREFIX COUNT
  seq -f "$1-0000-0000-0000-%012.0f" 1 "$2"
}

has_ids() { # FILE PREFIX COUNT
  [ -z "$(comm -23 <(wanted_ids "$2" "$3" | sort) <(sort -u "$1"))" ]
}

ids_of_file() { jq -r .id "$FILE"; }

file_has() { # PREFIX COUNT
  has_ids <(ids_of_file) "$@"
}

every_line_parses() {
  [ -s "$FILE" ] && [ "$(jq -c . "$FILE" | wc -l)" = "$(wc -l <"$FILE")" ] && [ -z "$(tail -c 1 "$FILE")" ]
}

account() { # OUTPUT FIELD
  sed -n "s/^output $1 .*\\b$2=\\([0-9]*\\).*/\\1/p" "$ERRORS"
}

adds_up() { # OUTPUT: everything is in its account
  [ "$(account "$1" received)" = $(($(account "$1" delivered) + $(account "$1" waiting) + $(account "$1" lost))) ]
}

doubles() { sort "$1" | uniq -d | wc -l; } # FILE

lost_nothing() { # OUTPUT...
  local output
  for output in "$@"; do same "0 0" "$(account "$output" waiting) $(account "$output" lost)" || return 1; done
}

# A pipe that nobody reads: it takes 64 KiB, which is less than all alerts are.
test_terminal() {
  mkfifo "$WORK/unread"
  exec 8<>"$WORK/unread"
  TERMINAL=true config <<<"[alerts.file]
path = \"$FILE\""
  STDOUT=$WORK/unread start_pump 09000000 2000
  check "stdout takes nothing: the file has all" await 60 file_has 09000000 2000
  check "stdout takes nothing: it is told" await 60 grep -q '^failed terminal: has taken nothing for 10 s' "$ERRORS"
  cat <&8 >"$WORK/shown" 7>&- &
  SINK_PIDS+=($!)
  check "stdout is read after all: it gets every alert, once" await 60 shown_all
  stop_sink
  end_pump
  check "... and nothing was lost" lost_nothing file terminal
  TERMINAL=true config <<<"[alerts.file]
path = \"$FILE\""
  STOP=1 STDOUT=$WORK/unread start_pump 09100000 2000
  check "stdout takes nothing until the end: the file has all" await 60 file_has 09100000 2000
  check "... and the program ends all the same" end_pump
  check "... the file's account is in order" lost_nothing file
  check "... and what stdout did not take is counted" test "$(account terminal lost)" -gt 0
  check "... every one of them" adds_up terminal
  exec 8>&-
}

shown_all() { same "2000 2000" "$(grep -c ' Alert [0-9]* with ' "$WORK/shown") $(grep -o ' Alert [0-9]* ' "$WORK/shown" | sort -u | wc -l)"; }

test_alertmanager() {
  local port pid
  command -v prometheus-alertmanager >/dev/null || { skip "Alertmanager has all alerts" "needs prometheus-alertmanager" && return; }
  port=$(free_port)
  printf 'route:\n  receiver: none\nreceivers:\n  - name: none\n' >"$WORK/am.yml"
  config <<<"[alerts.alertmanager]
urls = [\"http://127.0.0.1:$port\", \"http://127.0.0.1:1\"]"
  start_pump 0a000000 $N
  check "Alertmanager is not there: it is told" await 60 grep -q '^failed alertmanager' "$ERRORS"
  prometheus-alertmanager --config.file="$WORK/am.yml" --storage.path="$WORK/am" --web.listen-address="127.0.0.1:$port" \
    --cluster.listen-address= >"$WORK/am.log" 2>&1 7>&- &
  pid=$!
  SINK_PIDS+=("$pid")
  check "Alertmanager has all alerts, by its API" await 90 alertmanager_has "$port"
  end_pump
  check "the other one is dead, and has all in its spool" same $N "$(account alertmanager_127.0.0.1:1 waiting)"
  stop_sink
}

alertmanager_has() { # PORT
  has_ids <(curl -fsS "http://127.0.0.1:$1/api/v2/alerts" | jq -r '.[].annotations.alert_id') 0a000000 $N &&
    [ "$(curl -fsS "http://127.0.0.1:$1/api/v2/alerts?filter=rule%3D%22Pump+rule+3%22&active=true" |
      jq '[.[] | select(.labels.severity == "critical" and .labels.host == "pumphost" and .annotations.fix == "Nothing.")] | length')" = $((N / 10)) ]
}

test_webhook() {
  local port
  port=$(free_port)
  config <<<"[alerts.file]
path = \"$FILE\"
[alerts.journald]
socket = \"$WORK/nobody\"
[alerts.webhook]
url = \"http://127.0.0.1:$port/\"
timeout = 0.5"
  start_sink "$WORK/hooked" webhook "$port"
  start_pump 0b000000 $N
  check "a failing webhook and a dead journal: the file has all" await 60 file_has 0b000000 $N
  check "... while those do not" test "$(sort -u "$WORK/hooked" | wc -l)" -lt $N
  check "a webhook that fails half its calls gets every alert" await 120 has_ids "$WORK/hooked" 0b000000 $N
  end_pump
  check "... which took retries" test "$(account webhook retried)" -ge $((N / 2))
  check "... that are counted: none came twice without" test "$(doubles "$WORK/hooked")" -le "$(account webhook retried)"
  check "... and the file has each once" same 0 "$(doubles <(ids_of_file))"
  check "... and lost nothing" lost_nothing file webhook
  stop_sink
}

test_journal() {
  local socket=$WORK/journal
  config <<<"[alerts.file]
path = \"$FILE\"
[alerts.journald]
socket = \"$socket\""
  start_pump 0c000000 500
  check "no journal: it is told" await 60 grep -q '^failed journald' "$ERRORS"
  start_sink "$WORK/journaled" journal "$socket" "$WORK/gate"
  check "a journal that does not read: its queue fills, the file has all" await 60 file_has 0c000000 500
  touch "$WORK/gate"
  check "a journal that reads again has all, as it should be" await 90 has_ids "$WORK/journaled" 0c000000 500
  stop_sink
  rm -f "$socket"
  check "the journal restarts" start_sink "$WORK/journaled" journal "$socket" "$WORK/gate"
  end_pump
  check "... and nothing was lost" lost_nothing file journald
  start_pump 0d000000 $N
  check "... and it gets what comes then" await 90 has_ids "$WORK/journaled" 0d000000 $N
  end_pump
  stop_sink
}

JOURNALD=/usr/lib/systemd/systemd-journald

# systemd's own journald, with a /run of its own, which is $WORK/run out here.
start_journald() {
  mkdir -p "$WORK/run/systemd/journald.conf.d" "$WORK/run/log/journal"
  printf '[Journal]\nStorage=volatile\nRateLimitBurst=0\nReadKMsg=no\nAudit=\n' >"$WORK/run/systemd/journald.conf.d/e2e.conf"
  # shellcheck disable=SC2016
  unshare --mount --propagation private bash -c 'mount --bind "$1" /run && exec "$2"' - "$WORK/run" $JOURNALD 2>>"$WORK/journald.log" 7>&- &
  SINK_PIDS+=($!)
  await 30 test -S "$WORK/run/systemd/journal/socket"
}

ids_of_journal() { journalctl --directory="$WORK/run/log/journal" -o json MESSAGE_ID=6f7c1f3a4bb84d1f9a2f5b1d0c6e8a47 2>/dev/null | jq -r .EUNOMIA_ALERT_ID; }
journal_has() { has_ids <(ids_of_journal) "$@"; } # PREFIX COUNT

test_journald() {
  if [ "$(id -u)" != 0 ] || [ ! -x $JOURNALD ] || ! start_journald; then
    skip "a journald that is stopped" "needs root and $JOURNALD"
    return
  fi
  config <<<"[alerts.file]
path = \"$FILE\"
[alerts.journald]
socket = \"$WORK/run/systemd/journal/socket\""
  kill -STOP "${SINK_PIDS[-1]}"
  start_pump 0c100000 1000
  check "a journald that is halted: the file has all" await 60 file_has 0c100000 1000
  check "... and the journal has not" test "$(ids_of_journal | wc -l)" = 0
  kill -CONT "${SINK_PIDS[-1]}"
  check "... and when it goes on, the journal has all" await 90 journal_has 0c100000 1000
  stop_sink
  end_pump
  check "... and nothing was lost" lost_nothing file journald
  start_pump 0c200000 $N
  check "a journald that has ended: it is told" await 60 grep -q '^failed journald' "$ERRORS"
  check "... the file has all" await 60 file_has 0c200000 $N
  start_journald
  check "... and when it is back, the journal has all" await 90 journal_has 0c200000 $N
  end_pump
  check "... and nothing was lost" lost_nothing file journald
  check "... and none came twice" same 0 "$(doubles <(ids_of_journal))"
  stop_sink
}

test_syslog() {
  local port round
  port=$(free_port)
  config <<<"[alerts.syslog]
address = \"tcp://127.0.0.1:$port\""
  : >"$WORK/logged.all"
  start_pump 0e000000 3000
  for round in 1 2 3 4 5 6; do
    start_sink "$WORK/logged" syslog "$port" 100
    wait_sink
    cat "$WORK/logged" >>"$WORK/logged.all"
  done
  check "a listener was restarted in the middle" test "$(sort -u "$WORK/logged.all" | wc -l)" -lt 3000
  start_sink "$WORK/logged" syslog "$port"
  check "a syslog listener that restarts has all" await 120 logged_all
  end_pump
  check "... and nothing was lost" lost_nothing syslog
  stop_sink
}

logged_all() { has_ids <(cat "$WORK/logged.all" "$WORK/logged") 0e000000 3000; }

# Over a path a full queue is waited for; UDP promises nothing, but on this host nothing gets lost in a large queue.
test_syslog_datagrams() {
  local port
  port=$(free_port)
  config <<<"[alerts.syslog]
address = \"$WORK/log\""
  start_pump 0e100000 1000
  check "no syslog socket: it is told" await 60 grep -q '^failed syslog' "$ERRORS"
  start_sink "$WORK/logged.path" datagrams "$WORK/log"
  check "syslog over a path has all" await 90 has_ids "$WORK/logged.path" 0e100000 1000
  end_pump
  check "... once, and nothing was lost" same "0 0" "$(doubles "$WORK/logged.path") $(account syslog lost)"
  stop_sink
  config <<<"[alerts.syslog]
address = \"udp://127.0.0.1:$port\""
  start_sink "$WORK/logged.udp" datagrams "$port"
  start_pump 0e200000 $N
  check "syslog over UDP has all" await 90 has_ids "$WORK/logged.udp" 0e200000 $N
  end_pump
  check "... and nothing was lost" lost_nothing syslog
  stop_sink
}

make_certificates() { # an authority, a server's certificate by it, and an authority that has nothing to do with it
  local name
  for name in ca other; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$name" -keyout "$WORK/$name.key" -out "$WORK/$name.pem"
  done
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=127.0.0.1" -keyout "$WORK/server.key" -out "$WORK/server.csr"
  openssl x509 -req -in "$WORK/server.csr" -CA "$WORK/ca.pem" -CAkey "$WORK/ca.key" -CAcreateserial -days 2 \
    -extfile <(echo "subjectAltName = IP:127.0.0.1") -out "$WORK/server.crt"
  cat "$WORK/server.crt" "$WORK/server.key" >"$WORK/server.pem"
}

test_webhook_tls() {
  local port
  port=$(free_port)
  echo wrong >"$WORK/token"
  start_sink "$WORK/private" private "$port" "$WORK/server.pem" "Bearer right"
  private_webhook "$port" other.pem
  start_pump 0b100000 $N
  check "a webhook whose certificate nobody vouches for: it is told" await 60 grep -qi '^failed webhook: .*SSL' "$ERRORS"
  end_pump
  check "... gets nothing, and all waits" same "0 $N" "$(wc -l <"$WORK/private") $(account webhook waiting)"
  private_webhook "$port" ca.pem keep
  start_pump 0b100000 0
  check "a webhook that does not know the token: it is told" await 60 grep -q '^failed webhook: .* 401' "$ERRORS"
  check "... gets nothing" same 0 "$(wc -l <"$WORK/private")"
  echo right >"$WORK/token"
  check "a webhook with TLS and the right token gets all" await 90 has_ids "$WORK/private" 0b100000 $N
  end_pump
  check "... and nothing was lost" lost_nothing webhook
  stop_sink
}

private_webhook() { # PORT AUTHORITY [keep]
  local spool=$WORK/spool
  [ "${3-}" != keep ] || spool=$WORK/kept-spool
  [ "${3-}" != keep ] || mv "$WORK/spool" "$spool"
  SPOOL=$spool config <<<"[alerts.webhook]
url = \"https://127.0.0.1:$1/\"
token_file = \"$WORK/token\"
ca_file = \"$WORK/$2\""
}

test_alertmanager_tls() {
  local port
  { command -v prometheus-alertmanager && command -v perl; } >/dev/null || { skip "Alertmanager with TLS" "needs prometheus-alertmanager and perl" && return; }
  port=$(free_port)
  printf 'route:\n  receiver: none\nreceivers:\n  - name: none\n' >"$WORK/am.yml"
  # shellcheck disable=SC2016
  printf 'tls_server_config:\n  cert_file: %s\n  key_file: %s\nbasic_auth_users:\n  eunomia: %s\n' "$WORK/server.crt" "$WORK/server.key" \
    "$(perl -e 'print crypt("secret", q($2b$05$abcdefghijklmnopqrstuu))')" >"$WORK/am-web.yml"
  prometheus-alertmanager --config.file="$WORK/am.yml" --storage.path="$WORK/am-tls" --web.listen-address="127.0.0.1:$port" \
    --web.config.file="$WORK/am-web.yml" --cluster.listen-address= >"$WORK/am-tls.log" 2>&1 &
  SINK_PIDS+=($!)
  echo guess >"$WORK/password"
  config <<<"[alerts.alertmanager]
urls = [\"https://127.0.0.1:$port\"]
user = \"eunomia\"
password_file = \"$WORK/password\"
ca_file = \"$WORK/ca.pem\""
  start_pump 0a100000 $N
  check "Alertmanager with a password that it does not know: it is told" await 60 grep -q '^failed alertmanager.* 401' "$ERRORS"
  check "... and has nothing" same 0 "$(private_alerts "$port" | wc -l)"
  echo secret >"$WORK/password"
  check "Alertmanager with TLS and the right password has all" await 90 private_alertmanager_has "$port"
  end_pump
  check "... and nothing was lost" lost_nothing "alertmanager_127.0.0.1:$port"
  stop_sink
}

private_alerts() { curl -fsS --cacert "$WORK/ca.pem" -u eunomia:secret "https://127.0.0.1:$1/api/v2/alerts" | jq -r '.[].annotations.alert_id'; }

private_alertmanager_has() { has_ids <(private_alerts "$1") 0a100000 $N; }

# Kills the pump in the middle of its work; what it said is kept must arrive. PREFIX KEPT go to $WORK/kept.
kill_in_the_middle() { # PREFIX LEAST
  start_pump "$1" 100000
  await 30 kept_at_least "$2"
  kill -KILL "$PUMP_PID"
  end_pump
  echo "$1 $(last_kept)" >>"$WORK/kept"
}

last_kept() { sed -n 's/^kept //p' "$ERRORS" | tail -n 1; }
kept_at_least() { [ "$(last_kept)" -ge "$1" ]; }

all_kept_are_in() { # FILE OF IDS
  local prefix count
  sort -u "$1" >"$WORK/sorted"
  while read -r prefix count; do
    [ -z "$(comm -23 <(wanted_ids "$prefix" "$count" | sort) "$WORK/sorted")" ] || return 1
  done <"$WORK/kept"
}

test_kill() {
  local socket=$WORK/journal2 n
  config <<<"[alerts.file]
path = \"$FILE\"
[alerts.journald]
socket = \"$socket\""
  : >"$WORK/kept"
  for n in 1 2 3; do
    kill_in_the_middle "1000000$n" $((n * 700))
    printf '{"time":"2026-0' >>"$FILE"
  done
  check "killed three times, something was kept" test "$(awk '{n += $2} END {print n}' "$WORK/kept")" -ge 4200
  touch "$WORK/gate2"
  start_sink "$WORK/journaled2" journal "$socket" "$WORK/gate2"
  start_pump 10000004 1
  check "kill -9: the file has all that was kept" await 60 file_has_kept
  check "kill -9: the journal, which was not there, has it too" await 60 all_kept_are_in "$WORK/journaled2"
  end_pump
  check "kill -9 and torn lines: every line parses" every_line_parses
  check "... and nothing is left or lost" lost_nothing file journald
  stop_sink
}

file_has_kept() { jq -r .id "$FILE" >"$WORK/ids" && all_kept_are_in "$WORK/ids"; }

small_disk() { # DIRECTORY: 128 KiB, full
  mkdir -p "$1"
  mount -t tmpfs -o size=128k tmpfs "$1" || return 1
  MOUNTS+=("$1")
  fill "$1"
}

fill() { # DIRECTORY
  head -c 1M /dev/zero >"$1/ballast" 2>/dev/null
  return 0
}

test_full_disks() {
  if ! small_disk "$WORK/small"; then
    skip "full disks" "cannot mount a tmpfs"
    return
  fi
  FILE=$WORK/small/alerts.jsonl
  config <<<"[alerts.file]
path = \"$FILE\""
  truncate -s 96K "$WORK/small/ballast"
  start_pump 0f000000 100
  check "disk full: it is told" await 60 grep -q '^failed file: .*space' "$ERRORS"
  check "disk full: every line in the file parses" every_line_parses
  truncate -s 0 "$WORK/small/ballast"
  check "disk not full any more: the file has all" await 60 file_has 0f000000 100
  end_pump
  check "disk full: every line parses in the end" every_line_parses
  check "disk full: nothing was lost" lost_nothing file
  rm -f "$FILE" && fill "$WORK/small"
  test_full_spool
}

test_full_spool() {
  local socket=$WORK/journal3
  FILE=$WORK/out/alerts.jsonl
  SPOOL=$WORK/small/spool config <<<"[alerts.file]
path = \"$FILE\"
[alerts.journald]
socket = \"$socket\""
  start_pump 11000000 1 # SettledAsync has nothing to wait for: no spool, and the journal is dead
  check "spool's disk full: it is told" await 60 grep -q '^failed journald spool: .*space' "$ERRORS"
  check "spool's disk full: the file gets its alerts" await 60 file_has 11000000 1
  truncate -s 0 "$WORK/small/ballast"
  check "spool's disk not full any more: the alert is kept there" await 60 grep -q '^kept 1$' "$ERRORS"
  touch "$WORK/gate3"
  start_sink "$WORK/journaled3" journal "$socket" "$WORK/gate3"
  check "... and delivered" await 60 has_ids "$WORK/journaled3" 11000000 1
  end_pump
  check "... and nothing was lost" lost_nothing file journald
  stop_sink
}

[ -e "${PUMP[1]}" ] || skip_all "needs ${PUMP[1]}: make ${PUMP[1]}"
make_certificates 2>"$WORK/certificates.log" || skip_all "needs openssl"
test_terminal
test_alertmanager
test_alertmanager_tls
test_webhook
test_webhook_tls
test_journal
test_journald
test_syslog
test_syslog_datagrams
test_kill
test_full_disks
done_testing
