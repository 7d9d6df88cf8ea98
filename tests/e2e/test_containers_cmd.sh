#!/usr/bin/env bash
# eunomiactl containers: every runtime's containers with their names, both ways between pid and id, and their changes.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

# Other containers may run on this machine meanwhile: only ours are looked at.
OURS=e2e-cmd-$$
OUT=$WORK/out ERR=$WORK/err
USER_ID=54321
USER_TREE=/user.slice/user-$USER_ID.slice/user@$USER_ID.service
STATE=$WORK/state # of runc, where no place of the collector's is
BUNDLES=() CONMONS=()
trap 'remove_bundles; docker rm -f "$OURS-web" "$OURS-web2" "$OURS-bad" "$OURS-good" >/dev/null 2>&1; clean_up' EXIT

need_privilege

new_id() {
  tr -d - </proc/sys/kernel/random/uuid | tr -d '\n'
  tr -d - </proc/sys/kernel/random/uuid
}

containers() { # ARGUMENT...: JSON lines in $OUT; returns its status
  timeout 30 "$EUNOMIACTL" containers --fmt json "$@" >"$OUT" 2>"$ERR"
}

# Of one container: a jq expression, here always of what the last list said.
told() { # ID EXPRESSION
  jq -c -r "select(.id == \"$1\") | $2" "$OUT"
}

complains() { # PATTERN ARGUMENT...
  local pattern=$1
  shift
  timeout 30 "$EUNOMIACTL" containers "$@" >"$OUT" 2>"$ERR"
  [ $? -eq 1 ] && [ "$(wc -l <"$ERR")" -eq 1 ] && grep -qE "^eunomiactl: $pattern" "$ERR" && return
  sed 's/^/# /' "$ERR"
  return 1
}

# -- bundles: as containerd, CRI-O and podman make them, run by runc --

# Runs a container of one busybox in the background.
start_bundle() { # ID CGROUP BUNDLE RUNC-ROOT ANNOTATIONS [COMMAND [CHANGE]]; CHANGE is a jq filter of config.json
  mkdir -p "$3"
  [ -d "$WORK/rootfs" ] || make_root "$WORK/rootfs"
  (cd "$3" && rm -f config.json && runc spec)
  jq --arg cgroup "$2" --arg root "$WORK/rootfs" --argjson annotations "$5" \
    '.process.args = ["sleep", "300"] | .process.terminal = false | .root = {path: $root, readonly: true} |
     .linux.cgroupsPath = $cgroup | .annotations = $annotations | del(.linux.seccomp)' \
    "$3/config.json" >"$3/new" && mv "$3/new" "$3/config.json"
  BUNDLES+=("$4 $1")
  [ -z "${7:-}" ] || { jq "$7" "$3/config.json" >"$3/new" && mv "$3/new" "$3/config.json"; }
  case ${6:-run} in
    run) runc --root "$4" run -d -b "$3" "$1" ;;
    create) runc --root "$4" create -b "$3" "$1" ;;
  esac </dev/null >"$WORK/runc.log" 2>&1 || { sed 's/^/# runc: /' "$WORK/runc.log"; return 1; }
}

init_of() { # RUNC-ROOT ID
  runc --root "$1" state "$2" | jq .pid
}

remove_bundles() {
  local bundle
  [ ${#CONMONS[@]} -eq 0 ] || kill "${CONMONS[@]}" 2>/dev/null
  for bundle in "${BUNDLES[@]}"; do
    # shellcheck disable=SC2086
    set -- $bundle
    runc --root "$1" delete -f "$2" 2>/dev/null
  done
  find /sys/fs/cgroup -depth -type d -path "*/user-$USER_ID.slice*" -exec rmdir {} + 2>/dev/null
}

# Something that is called conmon and is told what podman tells it.
start_conmon() { # UID ARGUMENT...
  local uid=$1
  shift
  [ -e "$WORK/conmon" ] || cp "$PROGRAMS/pause" "$WORK/conmon"
  setpriv --reuid "$uid" --regid "$uid" --clear-groups "$WORK/conmon" "$@" &
  CONMONS+=($!)
}

# Into a cgroup in the user's slice, as systemd would have it.
move_to_users_slice() { # PID CGROUP
  local mount
  for mount in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/pids; do
    [ -e "$mount/cgroup.procs" ] || continue
    mkdir -p "$mount$2" && echo "$1" >"$mount$2/cgroup.procs"
  done
}

test_runtimes() {
  command -v runc >/dev/null || { skip "bundles" "needs runc"; return; }
  local pod='"io.kubernetes.pod.name":"shop-7f","io.kubernetes.pod.namespace":"prod"' uid
  local cri crio infra podman waits plain=$OURS-plain
  cri=$(new_id) crio=$(new_id) infra=$(new_id) podman=$(new_id) waits=$(new_id)
  uid=$(cat /proc/sys/kernel/random/uuid)
  start_bundle "$cri" "/kubepods.slice/kubepods-pod${uid//-/_}.slice/cri-containerd-$cri.scope" "$WORK/b1" /run/runc \
    '{"io.kubernetes.cri.container-name":"cart","io.kubernetes.cri.image-name":"cart:1",
      "io.kubernetes.cri.sandbox-name":"shop-7f","io.kubernetes.cri.sandbox-namespace":"prod"}'
  start_bundle "$crio" "/kubepods.slice/kubepods-pod${uid//-/_}.slice/crio-$crio.scope" "$WORK/b2" /run/runc \
    "{\"io.container.manager\":\"cri-o\",\"io.kubernetes.container.name\":\"till\",$pod,
      \"io.kubernetes.cri-o.ContainerName\":\"k8s_till\",\"io.kubernetes.cri-o.ImageName\":\"till:2\",
      \"io.kubernetes.cri-o.Created\":\"2026-01-02T03:04:05.5Z\"}"
  start_bundle "$infra" "/kubepods/pod$uid/crio-$infra" "$WORK/b3" /run/runc \
    "{\"io.container.manager\":\"cri-o\",\"io.kubernetes.container.name\":\"POD\",$pod,
      \"io.kubernetes.cri-o.ContainerType\":\"sandbox\"}"
  start_bundle "$plain" "/$plain" "$WORK/b4" /run/runc '{}'
  start_bundle "$waits" "/machine.slice/libpod-$waits.scope" "$WORK/b5" /run/runc '{"io.container.manager":"libpod"}' create

  # podman with a storage of its own somewhere: only its conmon leads there.
  local storage=$WORK/storage/overlay-containers
  start_bundle "$podman" "/machine.slice/libpod-$podman.scope/container" "$storage/$podman/userdata" "$STATE" \
    '{"io.container.manager":"libpod","org.opencontainers.image.stopSignal":"15"}'
  jq -n --arg id "$podman" '[{id: $id, names: ["desk"], metadata: ({"image-name": "desk:3", name: "desk"} | tojson),
    created: "2026-01-02T03:04:06Z"}]' >"$storage/containers.json"
  start_conmon 0 -c "$podman" -b "$storage/$podman/userdata" -n desk

  containers
  check "containers ends with 0" same 0 $?
  local what='"\(.runtime) \(.name) \(.image) \(.pod) \(.namespace) \(.state)"'
  check "containerd's, by the annotations of its bundle" same "containerd cart cart:1 shop-7f prod running" "$(told "$cri" "$what")"
  check "CRI-O's" same "cri-o till till:2 shop-7f prod running" "$(told "$crio" "$what")"
  check "CRI-O says when it was made" same "2026-01-02T03:04:05.500000000Z" "$(told "$crio" .created)"
  check "a pod's infrastructure has no name" same "cri-o null null shop-7f prod running" "$(told "$infra" "$what")"
  check "its pod's uid is in the path" same "$uid $uid" "$(told "$crio" .pod_uid) $(told "$infra" .pod_uid)"
  check "podman's, by its storage" same "podman desk desk:3 null null running" "$(told "$podman" "$what")"
  check "podman says when it was made" same "2026-01-02T03:04:06.000000000Z" "$(told "$podman" .created)"
  check "one of runc alone" same "runc $plain null null null running" "$(told "$plain" "$what")"
  check "one that was created and not started" same "created null" "$(told "$waits" '"\(.state) \(.started)"')"

  local init
  init=$(init_of "$STATE" "$podman")
  check "the pids are its processes" same "[$init]" "$(told "$podman" .pids)"
  check "it started when its init did" started_with "$(told "$podman" .started)" "$init"
  containers --pid "$init"
  check "--pid gives its container" same "$podman" "$(jq -r .id "$OUT")"
  containers --id desk
  check "--id takes a name" same "$podman" "$(jq -r .id "$OUT")"
  containers --id "${crio:0:12}"
  check "--id takes the start of an id" same "$crio" "$(jq -r .id "$OUT")"
}

# Times of /proc count in hundredths of a second, and a slow machine takes its time between two clocks.
started_with() { # TIME PID
  local ticks boot
  ticks=$(sed 's/.*) //' "/proc/$2/stat" | cut -d' ' -f20)
  boot=$(($(date +%s%N) - $(sed 's/ .*//; s/\.//' /proc/uptime)0000000))
  local difference=$(($(date -d "$1" +%s%N) - boot - ticks * 10000000))
  [ "${difference#-}" -lt 1000000000 ] && return
  echo "# $1 differs by $difference ns"
  return 1
}

# What a user says is good for the user's own containers.
test_rootless() {
  command -v runc >/dev/null || { skip "rootless podman" "needs runc"; return; }
  local mine roots home=$WORK/home
  mine=$(new_id) roots=$(new_id)
  local storage=$home/storage/overlay-containers
  start_bundle "$mine" "$USER_TREE/user.slice/libpod-$mine.scope" "$storage/$mine/userdata" "$STATE" '{"io.container.manager":"libpod"}'
  start_bundle "$roots" "/machine.slice/libpod-$roots.scope" "$WORK/b6" "$STATE" '{"io.container.manager":"libpod"}'
  jq -n --arg id "$mine" --arg roots "$roots" '[{id: $id, names: ["hers"], metadata: ({"image-name": "img:4"} | tojson)},
    {id: $roots, names: ["lie"]}]' >"$storage/containers.json"
  chown -R $USER_ID "$home"
  start_conmon $USER_ID -c "$mine" -b "$storage/$mine/userdata" -n hers
  move_to_users_slice "$!" "$USER_TREE/user.slice/libpod-conmon-$mine.scope"
  start_conmon $USER_ID -c "$roots" -b "$storage/$mine/userdata" -n lie
  move_to_users_slice "$!" "$USER_TREE/user.slice/libpod-conmon-$roots.scope"
  containers
  check "rootless podman's container has the name that its user gave it" \
    same "podman hers img:4" "$(told "$mine" '"\(.runtime) \(.name) \(.image)"')"
  check "no user names a container of the system" same "podman null" "$(told "$roots" '"\(.runtime) \(.name)"')"
}

test_docker() {
  start_docker || { skip "docker" "needs docker.io (dockerd), and none could be started"; return; }
  local id pid
  id=$(docker run -d --network none --name "$OURS-web" "$IMAGE" sh -c 'sleep 300 & wait')
  pid=$(docker inspect -f '{{.State.Pid}}' "$id")
  await 5 test "$(cat "/proc/$pid/task/$pid/children")" # the sleep
  containers
  check "docker's has name, image and state" same "docker $OURS-web $IMAGE running" \
    "$(told "$id" '"\(.runtime) \(.name) \(.image) \(.state)"')"
  check "docker says when it was made" \
    same "$(docker inspect -f '{{.Created}}' "$id" | cut -c1-23)" "$(told "$id" .created | cut -c1-23)"
  check "all its processes are there" same "$(docker top "$id" -o pid | sed 1d | sort -n | xargs)" "$(told "$id" '.pids | join(" ")')"
  check "it started when its init did" started_with "$(told "$id" .started)" "$pid"
  containers --pid "$(pgrep -P "$pid")"
  check "--pid takes any of its processes" same "$id" "$(jq -r .id "$OUT")"
  docker run -d --network none --name "$OURS-web2" "$IMAGE" sleep 300 >/dev/null
  check "--id that is several names them" \
    complains "--id: '$OURS-w' may be any of 2: $OURS-web2 \([0-9a-f]{12}\), $OURS-web \(${id:0:12}\)$" --id "$OURS-w"
  containers --id "$OURS-web"
  check "--id that is a whole name is one" same "$id" "$(jq -r .id "$OUT")"
  timeout 30 "$EUNOMIACTL" containers >"$OUT" 2>"$ERR"
  check "the table shows the short id, the name and the image" grep -qE "^${id:0:12} +$OURS-web +$IMAGE +docker " "$OUT"
  check "it has a heading" grep -q "^CONTAINER ID  *NAME  *IMAGE  *RUNTIME .*STATE  *PIDS" "$OUT"
}

# What rules ask for besides the name. The three that stand next to each other differ in all of it.
test_details_of_docker() {
  start_docker || { skip "details of docker" "needs docker.io (dockerd), and none could be started"; return; }
  local bad good
  local -a bad_one=(--network host --pid host -t -v /etc:/host-etc:ro -v "$OURS-volume:/data" --label team=web
    --health-cmd 'true --x' -e "SECRET=s3cr3t-$OURS" --name "$OURS-bad")
  local privileged=true
  bad=$(docker run -d --privileged "${bad_one[@]}" "$IMAGE" sleep 300 2>"$ERR") || {
    docker rm -f "$OURS-bad" >/dev/null 2>&1 # whoever lacks a capability cannot give all
    privileged=false
    bad=$(docker run -d --cap-add SYS_ADMIN --security-opt seccomp=unconfined "${bad_one[@]}" "$IMAGE" sleep 300)
  }
  good=$(docker run -d --network none --read-only --user 33:34 --cap-drop ALL --cap-add CHOWN --security-opt no-new-privileges \
    --name "$OURS-good" "$IMAGE" sleep 300)
  containers
  $privileged || skip "a privileged container of docker" "docker lacks capabilities here, so it cannot start one"
  check "docker's privileged one is, and the one next to it is not" same "$privileged false" \
    "$(told "$bad" .privileged) $(told "$good" .privileged)"
  check "mounts are as docker was told" same '{"source":"/etc","destination":"/host-etc","mode":"ro","read_only":true,"propagation":"rprivate"}' \
    "$(told "$bad" '.mounts[] | select(.source == "/etc")')"
  check "a volume is where docker has it" same "/data false" \
    "$(told "$bad" ".mounts[] | select(.source | endswith(\"$OURS-volume/_data\")) | \"\(.destination) \(.read_only)\"")"
  check "one without mounts has none" same null "$(told "$good" .mounts)"
  check "labels are told" same web "$(told "$bad" .labels.team)"
  check "its health check" same "/bin/sh -c true --x" "$(told "$bad" .healthcheck)"
  check "the environment is not" sh -c '! grep -q s3cr3t "$1"' sh "$OUT"
  check "namespaces that are the host's" same '["pid","network","user"] ["user"]' \
    "$(told "$bad" '.host_namespaces - ["ipc","uts","cgroup"]') $(told "$good" '.host_namespaces - ["cgroup"]')"
  check "capabilities are what the process has" same "true [\"CAP_CHOWN\"]" \
    "$(told "$bad" '.capabilities_bounding | index("CAP_SYS_ADMIN") != null') $(told "$good" .capabilities_bounding)"
  check "user, root and privileges of a careful one" same "33:34 33 34 true true" \
    "$(told "$good" '"\(.user) \(.uid) \(.gid) \(.read_only_root) \(.no_new_privileges)"')"
  check "and of the other" same "0 false true unconfined" "$(told "$bad" '"\(.uid) \(.read_only_root) \(.tty) \(.seccomp)"')"
  check "the image's parts and id" same "${IMAGE%:*} $(docker inspect -f '{{.Image}}' "$bad")" \
    "$(told "$bad" '"\(.image_repository) \(.image_id)"')"
  docker rm -f "$OURS-bad" "$OURS-good" >/dev/null
  docker volume rm "$OURS-volume" >/dev/null
}

test_details_of_bundles() {
  command -v runc >/dev/null || { skip "details of bundles" "needs runc"; return; }
  local caps bad=$OURS-bad1 good=$OURS-good1
  caps=$(capsh --print 2>/dev/null | sed -n 's/^Bounding set =//p' | tr ',' '\n' | tr '[:lower:]' '[:upper:]' | jq -R . | jq -sc .)
  [ "$(jq length <<<"${caps:-[]}")" -ge 30 ] || { skip "details of bundles" "needs capsh and most capabilities"; return; }
  start_bundle "$bad" "/$bad" "$WORK/b7" /run/runc '{"mine":"yes"}' run \
    ".process.capabilities = {bounding: $caps, effective: $caps, permitted: $caps} | del(.linux.maskedPaths, .linux.readonlyPaths)
     | .linux.resources.devices = [{allow: true, access: \"rwm\"}] | .root.readonly = false
     | .linux.namespaces |= map(select(.type != \"network\"))
     | .mounts += [{destination: \"/tmp\", type: \"bind\", source: \"/etc\", options: [\"rbind\", \"ro\", \"rprivate\"]}]"
  start_bundle "$good" "/$good" "$WORK/b8" /run/runc '{}'
  containers
  check "a bundle with everything is privileged, the one next to it is not" same "true false" \
    "$(told "$bad" .privileged) $(told "$good" .privileged)"
  check "its mounts" same '[{"source":"/etc","destination":"/tmp","read_only":true,"propagation":"rprivate"}] null' \
    "$(told "$bad" .mounts) $(told "$good" .mounts)"
  check "its annotations" same yes "$(told "$bad" .annotations.mine)"
  check "namespaces of bundles" same "true false" \
    "$(told "$bad" '.host_namespaces | index("network") != null') $(told "$good" '.host_namespaces | index("network") != null')"
  check "roots of bundles" same "false true" "$(told "$bad" .read_only_root) $(told "$good" .read_only_root)"
}

test_errors() {
  check "a process of the host" complains "--pid: process $$ runs on the host, in no container" --pid $$
  check "no such process" complains "--pid: there is no process 4194303" --pid 4194303
  check "no such container" complains "--id: there is no container '$OURS-none'" --id "$OURS-none"
  "$EUNOMIACTL" containers --watch --pid 1 >"$OUT" 2>"$ERR"
  check "options that do not go together are a usage error" same "2 1" "$? $(wc -l <"$ERR")"
  "$EUNOMIACTL" containers --help >"$OUT"
  local option
  for option in --watch --time --pid --id --fmt --collector; do
    check "--help explains $option" grep -q -- "$option" "$OUT"
  done
}

test_watch() {
  [ -n "$(docker images -q "$IMAGE" 2>/dev/null)" ] || { skip "watch" "needs docker"; return; }
  : >"$ERR"
  "$EUNOMIACTL" containers --watch --fmt json >"$OUT" 2>"$ERR" &
  local watch=$! status
  await 20 grep -qx ready "$ERR"
  await 5 grep -q "$OURS-web" "$OUT"
  docker run --rm --network none --name "$OURS-short" "$IMAGE" true
  await 10 grep -q '"event":"removed".*"'"$OURS-short"'"' "$OUT"
  kill -TERM $watch && wait $watch
  status=$?
  check "--watch ends with 0" same 0 $status
  check "it begins with what is there" same listed "$(jq -r "select(.name == \"$OURS-web\") | .event" "$OUT")"
  check "then it tells of each change, with the name" same "created started exited removed" \
    "$(jq -r "select(.name == \"$OURS-short\") | .event" "$OUT" | xargs)"
  check "in the order of time" same "" "$(jq -r .time "$OUT" | sort -c 2>&1)"
  timeout 30 "$EUNOMIACTL" containers --watch -T 0.5 >"$OUT" 2>"$ERR"
  check "-T ends it" same 0 $?
}

test_runtimes
test_rootless
test_docker
test_details_of_docker
test_details_of_bundles
test_errors
test_watch
done_testing
