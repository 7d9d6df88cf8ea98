# shellcheck shell=bash
# The cases of tests/rules: reads them, makes the image they run in, and runs them. Sourced behind kit.sh.

CASES=$WORK/cases
RULES=() NAMES=() KINDS=() PLACES=() OPTIONS=()
CURRENT="" CURRENT_OPTIONS=""
RULES_IMAGE=eunomia-e2e/rules:1

# --- what the files in tests/rules say ---

add() { # KIND PLACE SCRIPT
  local name=k$((${#NAMES[@]} + 1))
  RULES+=("$CURRENT") NAMES+=("$name") KINDS+=("$1") PLACES+=("$2") OPTIONS+=("$CURRENT_OPTIONS")
  printf '#!/bin/sh\n%s\n' "$3" >"$CASES/$name"
  chmod 755 "$CASES/$name"
}

# shellcheck disable=SC2329 # called by the files below tests/rules
rule() { # NAME DOCKER-OPTION...
  CURRENT=$1
  shift
  CURRENT_OPTIONS=$*
}

# shellcheck disable=SC2329
fires() { add fires container "$1"; }
# shellcheck disable=SC2329
quiet() { add quiet container "$1"; }
# shellcheck disable=SC2329
on_host_fires() { add fires host "$1"; }
# shellcheck disable=SC2329
on_host_quiet() { add quiet host "$1"; }
# shellcheck disable=SC2329
fires_itself() { add fires start true; }
# shellcheck disable=SC2329
quiet_itself() { CURRENT_OPTIONS="" add quiet start true; }

# --- the image ---

write_tool() { # NAME: script from standard input
  { echo '#!/bin/sh' && cat; } >"$WORK/rules/bin/$1"
  chmod 755 "$WORK/rules/bin/$1"
}

make_rules_image() {
  local root=$WORK/rules applet
  make_root "$root"
  mkdir -p "$root"/{root/.ssh,root/.aws,root/.kube,run/secrets/kubernetes.io/serviceaccount,var/log,var/run,etc/kubernetes/pki,usr/bin,usr/sbin,mnt,dev/shm,cases}
  for applet in $("$root/bin/busybox" --list); do [ "$applet" = busybox ] || ln -sf /bin/busybox "$root/bin/$applet"; done
  cp "$PROGRAMS/static_rule_ways" "$PROGRAMS/security_probe" "$root/bin/"
  for file in etc/shadow etc/sudoers etc/passwd etc/hostname root/.ssh/{id_ed25519,id_ed25519.pub,authorized_keys} root/.aws/{config,credentials} root/.kube/config root/.bashrc \
    root/.bash_history root/.sh_history var/log/messages var/log/old.log etc/kubernetes/pki/ca.key run/secrets/kubernetes.io/serviceaccount/token; do
    echo "root:x:0:0::/root:/bin/sh" >"$root/$file"
  done
  printf 'root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n' >"$root/etc/passwd"
  # as NAME SCRIPT ARGUMENT...: a program of that name, which is a script
  write_tool as <<'S'
dir=$(mktemp -d) name=$1
printf '#!/bin/sh\n%s\n' "$2" >"$dir/$name"
chmod 755 "$dir/$name"
shift 2
"$dir/$name" "$@"
S
  # in_overlay SCRIPT: where new/ is an overlay whose image has a busybox
  write_tool in_overlay <<'S'
mkdir -p /mnt/o
mount -t tmpfs none /mnt/o && cd /mnt/o || exit 1
mkdir lower upper work new
cp /bin/busybox lower/
mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work none new || exit 1
sh -c "$1"
umount new
S
  cp -r "$CASES/." "$root/cases"
  tar -C "$root" -c . | docker import - "$RULES_IMAGE" >/dev/null
}

load_cases() { # FILE...
  local file
  mkdir -p "$CASES"
  for file in "$@"; do
    # shellcheck source=/dev/null
    . "$file"
  done
}

# --- running them ---

# Cases that want the same options share a container; those about its start have one each.
run_in_containers() {
  local i options group=0
  for i in "${!NAMES[@]}"; do
    [ "${PLACES[$i]}" = start ] || continue
    read -r -a options <<<"${OPTIONS[$i]}"
    docker run --rm --network none --name "rules-${NAMES[$i]}" "${options[@]}" "$RULES_IMAGE" sh -c "/cases/${NAMES[$i]}; echo ran ${NAMES[$i]}" >>"$WORK/cases.log" 2>&1
  done
  while IFS= read -r line; do
    read -r -a options <<<"$line"
    local scripts=""
    for i in "${!NAMES[@]}"; do
      [ "${PLACES[$i]}" != container ] || [ "${OPTIONS[$i]}" != "$line" ] || scripts+="/cases/${NAMES[$i]}; echo ran ${NAMES[$i]}; "
    done
    group=$((group + 1))
    [ -z "$scripts" ] || docker run --rm --network none --name "rules-g$group" "${options[@]}" "$RULES_IMAGE" sh -c "$scripts" >>"$WORK/cases.log" 2>&1
  done < <(printf '%s\n' "${OPTIONS[@]}" | sort -u)
}

run_on_host() {
  local i
  PATH=$WORK/tools:$PROGRAMS:$PATH
  mkdir -p "$WORK/tools" && cp "$WORK/rules/bin/as" "$WORK/tools/"
  export CASES PROGRAMS
  for i in "${!NAMES[@]}"; do
    [ "${PLACES[$i]}" != host ] || { "$CASES/${NAMES[$i]}" && echo "ran ${NAMES[$i]}"; } >>"$WORK/cases.log" 2>&1
  done
}

all_ran() {
  local name
  for name in "${NAMES[@]}"; do
    grep -qE "ran $name([^0-9]|$)" "$WORK/cases.log" || { echo "# $name did not run: $(tail -n +2 "$CASES/$name")" && return 1; }
  done
}
