# shellcheck shell=bash
# Sourced by tests/vm/run: which of Debian's kernels a name means, and its packages. apt-get works on lists of its own below
# build/, so that the machine's package sources stay as they are.

KERNELS=(5.10 6.1 6.12 newest)
KERNELS_DIR=$PWD/build/kernels
APT_DIR=$KERNELS_DIR/apt
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
MIRROR=http://deb.debian.org
LISTS_MINUTES=720

# Where a kernel is kept up to date: "ARCHIVE SUITE", a line each.
suites_of() { # KERNEL
  case $1 in
    5.10) echo debian-security bullseye-security ;;
    6.1) echo debian-security bookworm-security ;;
    6.12) echo debian-security trixie-security ;;
    newest) printf '%s\n' "debian trixie-backports" "debian sid" ;;
  esac
}

pattern_of() { # KERNEL
  case $1 in
    5.10 | 6.1) echo "^linux-image-${1//./\\.}\\.0-[0-9]+-amd64(-unsigned)?\$" ;;
    6.12) echo '^linux-image-6\.12\.[0-9]+\+deb13(\.[0-9]+)?-amd64(-unsigned)?$' ;;
    newest) echo '^linux-image-[0-9]+\.[0-9]+(\.[0-9]+)?(\+deb[0-9]+)?(\.[0-9]+)?-amd64(-unsigned)?$' ;;
  esac
}

own_apt() { # KERNEL PROGRAM ARGUMENT...
  local dir=$APT_DIR/$1 program=$2
  shift 2
  "$program" -o "Dir::Etc::sourcelist=$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$dir/lists" \
    -o "Dir::Cache=$dir" -o Dir::State::status=/dev/null -o APT::Architecture=amd64 -o APT::Architectures::=amd64 \
    -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false "$@"
}

# Lists that are too old are asked for again; when that fails they still do.
update_lists() { # KERNEL
  local dir=$APT_DIR/$1 archive suite
  mkdir -p "$dir"/{lists,archives}/partial
  while read -r archive suite; do
    echo "deb [signed-by=$KEYRING] $MIRROR/$archive $suite main"
  done < <(suites_of "$1") >"$dir/sources.list"
  [ -z "$(find "$dir/updated" -mmin "-$LISTS_MINUTES" 2>/dev/null)" ] || return 0
  if own_apt "$1" apt-get -qq update >"$dir/log" 2>&1; then touch "$dir/updated"; fi
}

# The newest package; a signed one before one that is not.
package_of() { # KERNEL
  own_apt "$1" apt-cache search --names-only "$(pattern_of "$1")" | cut -d ' ' -f 1 |
    sed 's/-unsigned$/ 0 &/; t; s/$/ 1 -/' | sort -k1,1V -k2,2n | tail -n 1 | sed 's/ 0 / /; s/ 1 -$//; s/ //'
}

# From 7.2 on the image is a package without content, and these have it.
parts_of() { # KERNEL PACKAGE
  local release=${2#linux-image-}
  echo "$2"
  own_apt "$1" apt-cache show --no-all-versions "$2" | sed -n 's/^Depends: //p' | tr -s ', ' '\n' |
    grep -xE "linux-(binary|modules|base)-${release//[.+]/\\&}" || true
}

# Prints the directory with the packages of a kernel, or on stderr why there is none.
fetch_kernel() { # KERNEL
  local package dir parts
  [ -r "$KEYRING" ] || { echo "needs $KEYRING" >&2 && return 1; }
  update_lists "$1"
  package=$(package_of "$1")
  [ -n "$package" ] || { echo "Debian's lists have no such kernel: $(tail -n 1 "$APT_DIR/$1/log")" >&2 && return 1; }
  dir=$KERNELS_DIR/$package
  if [ ! -e "$dir/complete" ]; then
    mapfile -t parts < <(parts_of "$1" "$package")
    mkdir -p "$dir"
    (cd "$dir" && own_apt "$1" apt-get -qq download "${parts[@]}" >"$APT_DIR/$1/log" 2>&1) ||
      { echo "cannot fetch $package: $(tail -n 1 "$APT_DIR/$1/log")" >&2 && return 1; }
    touch "$dir/complete"
  fi
  echo "$dir"
}
