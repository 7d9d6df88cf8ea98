#!/usr/bin/env bash
# Installs what Eunomia is built, run and tested with: Debian 12/13, Ubuntu 24.04.
#   tests/deps.sh [-y] [--if-missing] [run|test|vm|extras]
#     run: build and run only; test (default): the tests too; vm: QEMU too; extras: the tests, and what they use
#     only if it is there: other shells, and servers, which on a user's machine would start by themselves
# Says what it will do first, and asks on a terminal unless -y. --if-missing: silent when there is nothing to do.
set -euo pipefail

RUN_PACKAGES=(make clang bpftool libbpf-dev libelf-dev zlib1g-dev libnghttp2-dev libseccomp-dev libjansson-dev
  nanopb libnanopb-dev protobuf-compiler pkg-config binutils libc6-dev ca-certificates curl git)
TEST_PACKAGES=(libcmocka-dev jq strace shellcheck clang-format clang-tidy docker.io runc busybox-static iproute2 util-linux
  gcc perl python3 sqlite3 libcap2-bin bsdutils procps man-db groff-base)
EXTRA_PACKAGES=(nginx-light redis-server prometheus-alertmanager zsh fish)
VM_PACKAGES=(qemu-system-x86 cpio kmod xz-utils zstd)
DOTNET_CHANNEL=10.0
DOTNET_INSTALLER=https://dot.net/v1/dotnet-install.sh
DOTNET_DIR=/usr/local/share/dotnet

die() {
  echo "deps: $*" >&2
  exit 1
}

# The sanitizers' runtime has clang's version in its name. Before clang is there, apt knows which it will be.
sanitizer_package() {
  local clang version
  clang=$(readlink -f "$(command -v clang || true)")
  if [[ $clang =~ llvm-([0-9]+)/ ]]; then
    version=${BASH_REMATCH[1]}
  else
    version=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p' | head -n 1)
  fi
  [ -z "$version" ] || echo "libclang-rt-$version-dev"
}

# Ubuntu's bpftool comes with the tools of a kernel, whichever: /usr/sbin/bpftool there wants those of the running one.
bpftool_packages() {
  if [ "$DISTRIBUTION" = ubuntu ]; then echo linux-tools-common linux-tools-generic; else echo bpftool; fi
}

# What somebody installed from elsewhere does as well.
has_own() { # PACKAGE
  case $1 in
    docker.io) command -v dockerd ;;
    runc) command -v runc ;;
    bpftool) compgen -G '/usr/local/sbin/bpftool' ;;
    *) false ;;
  esac >/dev/null
}

has_dotnet() {
  local dotnet
  dotnet=$(readlink -f "$(command -v dotnet || true)")
  [ -n "$dotnet" ] && compgen -G "${dotnet%/*}/sdk/${DOTNET_CHANNEL%%.*}.*" >/dev/null
}

wanted_packages() {
  local names=("${RUN_PACKAGES[@]/#bpftool/$(bpftool_packages)}")
  [ "$SUBSET" = run ] || names+=("${TEST_PACKAGES[@]}" "$(sanitizer_package)")
  [ "$SUBSET" != vm ] || names+=("${VM_PACKAGES[@]}")
  [ "$SUBSET" != extras ] || names+=("${EXTRA_PACKAGES[@]}")
  echo "${names[@]}"
}

missing_packages() {
  local -A installed=()
  local name wanted
  read -r -a wanted < <(wanted_packages)
  while read -r name; do
    installed[${name%%:*}]=yes
  done < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p')
  for name in "${wanted[@]}"; do
    [ -n "${installed[$name]:-}" ] || has_own "$name" || echo "$name"
  done
}

confirm() {
  [ "$ASK" = yes ] && [ -z "${CI:-}" ] && [ -t 0 ] && [ -t 1 ] || return 0
  local answer
  read -r -p "deps: go on? [Y/n] " answer
  case $answer in '' | y | Y | yes) ;; *) die "nothing was installed" ;; esac
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
  local log
  log=$(mktemp)
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1 ||
    { cat "$log" >&2 && die "apt-get could not install: $*"; }
  rm -f "$log"
}

install_dotnet() {
  local script
  script=$(mktemp)
  curl -fsSL "$DOTNET_INSTALLER" -o "$script" ||
    die "cannot fetch $DOTNET_INSTALLER: install the .NET SDK $DOTNET_CHANNEL by hand (https://dot.net) and try again"
  as_root bash "$script" --channel "$DOTNET_CHANNEL" --install-dir "$DOTNET_DIR" ||
    die "dotnet-install.sh failed: install the .NET SDK $DOTNET_CHANNEL by hand (https://dot.net) and try again"
  as_root ln -sf "$DOTNET_DIR/dotnet" /usr/local/bin/dotnet
  rm -f "$script"
}

parse() {
  SUBSET=test ASK=yes QUIET=no
  while [ $# -gt 0 ]; do
    case $1 in
      -y) ASK=no ;;
      --if-missing) QUIET=yes ;;
      run | test | vm | extras) SUBSET=$1 ;;
      *) echo "deps: $1: unknown; usage: tests/deps.sh [-y] [--if-missing] [run|test|vm|extras]" >&2 && exit 2 ;;
    esac
    shift
  done
}

# Fresh machines have no package lists, and old lists name packages that are gone.
update_lists() {
  echo "deps: reading the package lists (apt-get update)"
  as_root apt-get update -qq || die "apt-get update failed: check the package sources and the network"
}

main() {
  parse "$@"
  DISTRIBUTION=$(sed -n 's/^ID="\?\([a-z]*\).*/\1/p' /etc/os-release)
  command -v apt-get >/dev/null ||
    die "$DISTRIBUTION is neither Debian nor Ubuntu; install by hand: $(wanted_packages), and the .NET SDK $DOTNET_CHANNEL"
  local missing dotnet=there
  mapfile -t missing < <(missing_packages)
  has_dotnet || dotnet=missing
  if [ ${#missing[@]} -eq 0 ] && [ $dotnet = there ]; then
    [ "$QUIET" = yes ] || echo "deps: everything is there"
    return
  fi
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || die "needs root or sudo to install: ${missing[*]}"
  update_lists
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -eq 0 ] || echo "deps: will install with apt-get: ${missing[*]}"
  [ $dotnet = there ] || echo "deps: will fetch the .NET SDK $DOTNET_CHANNEL from $DOTNET_INSTALLER into $DOTNET_DIR"
  confirm
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
  [ $dotnet = there ] || install_dotnet
}

main "$@"
