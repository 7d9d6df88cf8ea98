#!/usr/bin/env bash
# Names of users and groups: a capture has those of a container as the container's own files say, and those of the host.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

OURS=e2e-accounts-$$
CAPTURE=$WORK/raw/x.eun
trap 'docker rm -f "$OURS" >/dev/null 2>&1; clean_up' EXIT

need_privilege
start_docker || skip_all "needs docker.io (dockerd), and none could be started"

# In how many frames with names of that container ("" = the host) this text stands.
frames_with() { # CONTAINER TEXT
  /usr/bin/python3 - "$CAPTURE" "$1" "$2" <<'SCRIPT'
import struct
import sys

data, at, found = open(sys.argv[1], "rb").read(), 8, 0
container, text = sys.argv[2].encode(), sys.argv[3].encode()
while at + 8 <= len(data):
    length, kind = struct.unpack_from("<II", data, at)
    frame = data[at + 8:at + 8 + length]
    at += 8 + length
    whose = frame[2:2 + frame[1]] if frame[:1] == b"\x0a" else b""
    found += kind == 7 and whose == container and text in frame
print(found)
SCRIPT
}

is_told() {
  [ "$(frames_with "$@")" -ge 1 ]
}

mkdir -m 777 "$WORK/raw" # the recorder writes there, as another user
printf 'boss:x:0:0::/home/boss:/bin/sh\nworker:x:1234:1234::/w:/bin/sh\n' >"$WORK/passwd"
printf 'bosses:x:0:\nworkers:x:1234:\n' >"$WORK/group"
"$EUNOMIACTL" record process -o "$CAPTURE" 2>"$ERRORS" >/dev/null &
TRACKER=$!
await 30 grep -qx ready "$ERRORS" || { sed 's/^/# /' "$ERRORS"; exit 1; }
ID=$(docker run -d --network none --name "$OURS" -v "$WORK/passwd:/etc/passwd:ro" -v "$WORK/group:/etc/group:ro" "$IMAGE" sleep 300)
check "root is called as the container calls it" await 20 is_told "$ID" boss
check "and its group" await 20 is_told "$ID" bosses
docker exec -u 1234:1234 "$OURS" true
check "a user that comes later is asked for too" await 20 is_told "$ID" /w
check "and its group" await 20 is_told "$ID" workers
check "the host's root is root" await 20 is_told "" /root
stop_tracker
check "the host does not take a container's names" same 0 "$(frames_with "" boss)"
check "nor the other way round" same 0 "$(frames_with "$ID" /root)"
check "replay takes the capture" sh -c '"$1" replay "$2" --fmt json --strict >/dev/null' sh "$EUNOMIACTL" "$CAPTURE"
done_testing
