#!/usr/bin/env bash
# Installs what Eunomia is built, run and tested with: Debian 12/13, Ubuntu 24.04.
#   tests/deps.sh [-y] [--if-missing] [run|test|vm]     run: build and run only; test (default): the tests too; vm: QEMU too
# Says what it will do first, and asks on a terminal unless -y. --if-missing: silent when there is nothing to do.
set -euo pipefail

RUN_PACKAGES=(make clang bpftool libbpf-dev libelf-dev zlib1g-dev libnghttp2-dev libseccomp-dev libjansson-dev
  nanopb libnanopb-dev protobuf-compiler pkg-config ca-certificates curl git)
TEST_PACKAGES=(libcmocka-dev jq strace shellcheck clang-format clang-tidy docker.io runc busybox-static iproute2 util-linux
  gcc libc6-dev perl libcap2-bin bsdutils procps)
VM_PACKAGES=(qemu-system-x86 cpio kmod xz-utils zstd bc)
DOTNET_CHANNEL=10.0
DOTNET_INSTALLER=https://dot.net/v1/dotnet-install.sh
DOTNET_DIR=/usr/local/share/dotnet

die() {
  echo "deps: $*" >&2
  exit 1
}

# The sanitizers' runtime has clang's version in its name. Before clang is there, apt knows which it will be.
sanitizer_package() {
  local version
  if command -v clang >/dev/null; then
    version=$(clang -dumpversion | cut -d . -f 1)
  else
    version=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p' | head -n 1)
  fi
  [ -z "$version" ] || echo "libclang-rt-$version-dev"
}

# Ubuntu has no package bpftool: it comes with the tools of the kernel.
distribution_name() {
  case $1 in
    bpftool) if [ "$DISTRIBUTION" = ubuntu ]; then echo "linux-tools-common linux-tools-generic"; else echo bpftool; fi ;;
    *) echo "$1" ;;
  esac
}

is_installed() {
  dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'
}

has_dotnet() {
  command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep -q "^${DOTNET_CHANNEL%%.*}\."
}

wanted_packages() {
  local name
  local names=("${RUN_PACKAGES[@]}")
  [ "$SUBSET" = run ] || names+=("${TEST_PACKAGES[@]}" "$(sanitizer_package)")
  [ "$SUBSET" != vm ] || names+=("${VM_PACKAGES[@]}")
  for name in "${names[@]}"; do
    distribution_name "$name"
  done
}

missing_packages() {
  local name
  for name in $(wanted_packages); do
    is_installed "$name" || echo "$name"
  done
}

confirm() {
  [ "$ASK" = yes ] && [ -t 0 ] && [ -t 1 ] || return 0
  local answer
  read -r -p "deps: go on? [Y/n] " answer
  case $answer in '' | y | Y | yes) ;; *) die "nothing was installed" ;; esac
}

install_packages() {
  $SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

install_dotnet() {
  local script
  script=$(mktemp)
  curl -fsSL "$DOTNET_INSTALLER" -o "$script" ||
    die "cannot fetch $DOTNET_INSTALLER: install the .NET SDK $DOTNET_CHANNEL by hand and try again"
  $SUDO bash "$script" --channel "$DOTNET_CHANNEL" --install-dir "$DOTNET_DIR"
  $SUDO ln -sf "$DOTNET_DIR/dotnet" /usr/local/bin/dotnet
  rm -f "$script"
}

parse() {
  SUBSET=test ASK=yes QUIET=no
  while [ $# -gt 0 ]; do
    case $1 in
      -y) ASK=no ;;
      --if-missing) QUIET=yes ;;
      run | test | vm) SUBSET=$1 ;;
      *) echo "deps: $1: unknown; usage: tests/deps.sh [-y] [--if-missing] [run|test|vm]" >&2 && exit 2 ;;
    esac
    shift
  done
}

main() {
  parse "$@"
  # shellcheck disable=SC1091
  DISTRIBUTION=$(. /etc/os-release && echo "$ID")
  command -v apt-get >/dev/null || die "this is no Debian or Ubuntu; install by hand: $(wanted_packages | xargs), .NET SDK $DOTNET_CHANNEL"
  SUDO=
  [ "$(id -u)" = 0 ] || SUDO=sudo
  local missing dotnet=there
  mapfile -t missing < <(missing_packages)
  has_dotnet || dotnet=missing
  if [ ${#missing[@]} -eq 0 ] && [ "$dotnet" = there ]; then
    [ "$QUIET" = yes ] || echo "deps: everything is there"
    return
  fi
  if [ ${#missing[@]} -gt 0 ]; then
    $SUDO apt-get update -qq
    mapfile -t missing < <(missing_packages)
  fi
  [ ${#missing[@]} -eq 0 ] || echo "deps: will install with apt-get: ${missing[*]}"
  [ "$dotnet" = there ] || echo "deps: will fetch the .NET SDK $DOTNET_CHANNEL from $DOTNET_INSTALLER into $DOTNET_DIR"
  confirm
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
  [ "$dotnet" = there ] || install_dotnet
}

main "$@"
