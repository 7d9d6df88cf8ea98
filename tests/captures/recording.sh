# shellcheck shell=bash
# Starts a recording as captures that are kept want it. Sourced behind kit.sh.

mkdir -m 777 "$WORK/raw" # the recorder writes there, as another user

# Somebody else than root may record.
AS=()

# A host's name is in every event, so there it has another one.
start_recording() { # NAME ARGUMENT...: of record
  local name=$1
  shift
  : >"$ERRORS"
  # shellcheck disable=SC2016 # the inner shell's
  unshare -u sh -c 'hostname box; exec "$@"' sh "${AS[@]}" "$EUNOMIACTL" record "$@" -o "$WORK/raw/$name.eun" 2>"$ERRORS" &
  TRACKER=$!
  await 60 grep -qx ready "$ERRORS" && return
  cat "$ERRORS" >&2
  return 1
}
