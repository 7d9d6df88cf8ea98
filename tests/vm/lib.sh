# shellcheck shell=bash
# Sourced by what runs in a guest: TAP, the trackers. It wants WORK, a directory of its own.

NUMBER=0
FAILURES=0
EUNOMIACTL=dist/eunomiactl
RESULT=${RESULT:-$WORK}
TRACKER=""

check() { # NAME COMMAND...
  local name=$1
  shift
  NUMBER=$((NUMBER + 1))
  if "$@"; then
    echo "ok $NUMBER - $name"
  else
    FAILURES=$((FAILURES + 1))
    echo "not ok $NUMBER - $name"
    tail -n 15 "$WORK"/*.err "$WORK/dockerd.log" 2>/dev/null | sed 's/^/# /'
  fi
}

# The end of the TAP. What was seen is kept where something failed.
plan() {
  echo "1..$NUMBER"
  [ "$FAILURES" = 0 ] || cp "$WORK"/{events,run.err,dns} "$RESULT" 2>/dev/null
  [ "$FAILURES" = 0 ]
}

await() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

# Every tracker there is, as the help lists them.
all_trackers() {
  "$EUNOMIACTL" run --help | sed -n '/^Arguments:/,/^Options:/p' | sed -n 's/^ \{13\}\([a-z]\{1,\}\) .*/\1/p'
}

start_trackers() { # OPTION...
  local trackers # split by words: a guest has no /dev/fd for <(...)
  read -r -a trackers <<<"$(all_trackers | xargs)"
  "$EUNOMIACTL" run "${trackers[@]}" "$@" --fmt json >"$WORK/events" 2>"$WORK/run.err" &
  TRACKER=$!
}

# Returns their exit status.
stop_trackers() {
  kill -TERM "$TRACKER"
  wait "$TRACKER"
}

# The status of the collector of the trackers that run: who may ask it is who owns its socket.
tell_trackers() { # FILE
  local socket
  socket=$(tr '\0' '\n' <"/proc/$(pgrep -n -P "$TRACKER" eunomiactl)/environ" | sed -n 's/^EUNOMIA_COLLECTOR_SOCKET=//p')
  setpriv --reuid "$(stat -c %u "$socket")" --clear-groups "$EUNOMIACTL" status --fmt json --collector "$socket" >"$1"
  [ "$(jq '.trackers | length' "$1")" -gt "$(all_trackers | wc -l)" ]
}

states() { # STATE FILE
  jq -r ".trackers[] | select(.state == \"$1\") | \"\(.name): \(.reason)\"" "$2"
}
