#!/usr/bin/env bash
# The perf tracker: shares of functions, counters and names of programs that know theirs, on the host and in containers.
set -uo pipefail
# shellcheck source=tests/e2e/kit.sh
. "$(dirname "$0")/kit.sh"
TRACKERS=(perf)
BUSY=$PROGRAMS/busy_stack
NAME=eunomia-perf-$$
CLR_IMAGE=eunomia-e2e/clr:$$

# Starts a run whose whole output is a file; everything else as start_tracker.
start_profile() { # ARGUMENT...: of run perf
  : >"$ERRORS"
  rm -rf "$WORK/out" && mkdir -m 777 "$WORK/out"
  "${LAUNCH[@]}" run perf "$@" >/dev/null 2>"$ERRORS" &
  TRACKER=$!
  await 10 grep -qx ready "$ERRORS" && return
  sed 's/^/# /' "$ERRORS"
  return 1
}

# Starts a program that waits until it is told to go, as a child of its own.
hold() { # COMMAND...
  rm -f "$WORK/go" && mkfifo "$WORK/go"
  # shellcheck disable=SC2016 # the inner shell's
  sh -c 'read -r _; exec "$@"' sh "$@" <"$WORK/go" >/dev/null 2>&1 &
  HELD=$!
  exec 9>"$WORK/go"
}

release() {
  echo >&9
  wait "$HELD"
  exec 9>&-
}

# Samples whose innermost own frame is this function; all samples of the program without one.
samples_in() { # [FUNCTION]
  jq -s "[.[] | select(.event == \"perf.sample\" and .process.name == \"busy_stack\") |
    select(\"${1:-}\" == \"\" or .perf.user_stack[0].function == \"${1:-}\") | .perf.count] | add // 0" "$EVENTS"
}

# Within three points of a hundred, which is four standard deviations of 3000 samples.
is_share() { # FUNCTION PERCENT
  local all part
  all=$(samples_in) part=$(samples_in "$1")
  echo "# $1: $part of $all samples"
  [ "$all" -ge 3000 ] && awk -v p="$part" -v a="$all" -v w="$2" 'BEGIN {d = 100 * p / a - w; exit !(d <= 3 && d >= -3)}'
}

folded_sum() {
  awk '{sum += $NF} END {print sum + 0}' "$WORK/out/x.folded"
}

# The sum of a counter over all reports of a program.
used() { # PROGRAM MEMBER
  jq -s "[.[] | select(.event == \"perf.counters\" and .process.name == \"$1\") | .perf.$2] | add // 0" "$EVENTS"
}

test_host() {
  hold "$BUSY" 4
  start_tracker --freq 997 -p "$HELD" || return
  release
  stop_tracker
  check "three quarters of the samples are in hot" is_share hot 75
  check "one quarter is in warm" is_share warm 25
  check "both are called by spend" test "$(events '.perf.user_stack[0].function == "hot"' '.perf.user_stack[1].function' | sort -u)" = spend
  check "samples say where the function is from" test "$(events '.perf.user_stack[0].function == "hot"' '.perf.user_stack[0].module' | sort -u)" = "$BUSY"
  check "each sample stands for what lies between two ticks" test "$(events '.event == "perf.sample"' .perf.frequency_hz | sort -u)" = 997
  check "the account is exact" ledger_is_exact
  check "every sample is in a line" test "$(jq -s '[.[] | select(.event == "perf.sample") | .perf.count] | add' "$EVENTS")" -eq "$(ledger perf.sample delivered)"
}

test_container() {
  if ! start_docker; then
    skip "in a container" "no docker here"
    return
  fi
  start_tracker --freq 997 -c "$NAME" || return
  docker run --rm --net none --name "$NAME" -v "$BUSY:/busy_stack:ro" "$IMAGE" /busy_stack 4 >/dev/null 2>&1
  stop_tracker
  check "in a container: three quarters in hot" is_share hot 75
  check "in a container: one quarter in warm" is_share warm 25
  check "modules are paths in the container" test "$(events '.perf.user_stack[0].function == "hot"' '.perf.user_stack[0].module' | sort -u)" = /busy_stack
  check "samples are the container's" test "$(events '.event == "perf.sample"' .container.name | sort -u)" = "$NAME"
}

test_files() {
  hold "$BUSY" 1
  start_profile --freq 499 -p "$HELD" -o "$WORK/out/x.folded" || return
  release
  stop_tracker
  check "folded: all samples are there" test "$(folded_sum)" -eq "$(ledger perf.sample delivered)"
  check "folded: from the host to the function" grep -qE '^host;busy_stack;.*main;spend;hot [0-9]+$' "$WORK/out/x.folded"
  hold "$BUSY" 1
  start_profile --freq 499 -p "$HELD" -o "$WORK/out/x.svg" || return
  release
  stop_tracker
  check "svg: well-formed" /usr/bin/python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$WORK/out/x.svg"
  check "svg: has the function" grep -q 'data-name="hot"' "$WORK/out/x.svg"
  check "svg: needs nothing from elsewhere" test "$(grep -oE '(href|src)=' "$WORK/out/x.svg" | wc -l)" -eq 0
}

test_counters() {
  hold "$BUSY" sleeps 300
  start_tracker -p "$HELD" --events perf.counters || return
  release
  stop_tracker
  check "300 sleeps are 300 voluntary switches" test "$(used busy_stack context_switches.voluntary)" -ge 300
  check "the end is told" test "$(events '.perf.final' .process.pid | sort -u)" = "$HELD"
  hold "$BUSY" touches 5000
  start_tracker -p "$HELD" --events perf.counters || return
  release
  stop_tracker
  check "5000 pages are 5000 minor faults" test "$(used busy_stack page_faults.minor)" -ge 5000
  check "the account of counters is exact" ledger_is_exact
  start_tracker --events perf.counters || return
  "$PROGRAMS/security_probe" io_uring >/dev/null
  stop_tracker
  check "threads that the kernel makes for a ring are not lost" test "$(ledger perf.counters lost)" = 0
}

# A root with dotnet, what it is linked against, and a program that is busy; false when that cannot be made here.
make_clr_image() {
  local dotnet root=$WORK/clr library
  dotnet=$(readlink -f "$(command -v dotnet)") || return 1
  mkdir -p "$WORK/app" && cat >"$WORK/app/app.csproj" <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><InvariantGlobalization>true</InvariantGlobalization></PropertyGroup>
</Project>
XML
  cat >"$WORK/app/app.cs" <<'CS'
using System.Diagnostics;
using System.Runtime.CompilerServices;
class Busy
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double ManagedHot(int rounds) { double sum = 0; for (int i = 1; i < rounds; i++) sum += 1.0 / i; return sum; }
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double ManagedWarm(int rounds) { double sum = 0; for (int i = 1; i < rounds; i++) sum += 1.0 / i; return sum; }
    static void Main() { double all = 0; var clock = Stopwatch.StartNew(); while (clock.ElapsedMilliseconds < 5000) all += ManagedHot(300000) + ManagedWarm(100000); System.Console.WriteLine(all); }
}
CS
  dotnet build -v q -c Release -o "$WORK/app/out" "$WORK/app/app.csproj" >"$WORK/app/log" 2>&1 || return 1
  make_root "$root"
  mkdir -p "$root/dotnet/shared" "$root/app"
  cp -r "$(dirname "$dotnet")/host" "$dotnet" "$root/dotnet/"
  cp -r "$(dirname "$dotnet")/shared/Microsoft.NETCore.App" "$root/dotnet/shared/"
  cp -r "$WORK/app/out/." "$root/app/"
  find "$root/dotnet" -type f \( -name '*.so' -o -name dotnet \) -exec ldd {} + 2>/dev/null | grep -oE '/[^ ]+' | grep -v ':$' | sort -u |
    while read -r library; do
      case $library in "$root"/*) ;; *) cp -L --parents "$library" "$root" 2>/dev/null ;; esac
    done
  tar -C "$root" -c . | docker import - "$CLR_IMAGE" >/dev/null
}

managed() { # METHOD
  events ".event == \"perf.sample\" and (.perf.user_stack[0].function // \"\" | test(\"$1\"))" .perf.count | awk '{n += $1} END {print n + 0}'
}

managed_share_is() { # PERCENT: of ManagedHot, within three points
  local hot warm
  hot=$(managed ManagedHot) warm=$(managed ManagedWarm)
  echo "# ManagedHot: $hot, ManagedWarm: $warm samples"
  [ $((hot + warm)) -ge 3000 ] && awk -v h="$hot" -v w="$warm" -v p="$1" 'BEGIN {d = 100 * h / (h + w) - p; exit !(d <= 3 && d >= -3)}'
}

test_perf_map() {
  if ! start_docker || ! make_clr_image; then
    skip "a .NET program in a container" "there is no docker, or no dotnet to put into an image"
    return
  fi
  if ! docker run --rm --net none "$CLR_IMAGE" /dotnet/dotnet /app/app.dll >/dev/null 2>"$WORK/clr.log"; then
    skip "a .NET program in a container" "it does not run there: $(head -n 1 "$WORK/clr.log")"
    docker rmi "$CLR_IMAGE" >/dev/null
    return
  fi
  start_tracker --freq 997 -c "$NAME" || return
  docker run --rm --net none --name "$NAME" -e DOTNET_PerfMapEnabled=1 -e DOTNET_TieredCompilation=0 "$CLR_IMAGE" \
    /dotnet/dotnet /app/app.dll >/dev/null 2>&1
  stop_tracker
  check "compiled methods have their names from the container's perf map, and their shares" managed_share_is 75
  docker rmi "$CLR_IMAGE" >/dev/null
}

test_shapes() {
  check "folded beside another tracker is refused" test "$("$EUNOMIACTL" run perf process --fmt folded 2>&1 >/dev/null | grep -c "say 'run perf'")" -eq 1
  script -qec "stty rows 20 cols 140; '$EUNOMIACTL' run perf -T 2" "$WORK/typescript" >/dev/null 2>&1
  check "a terminal gets a table" grep -q 'SELF%.*TOTAL%.*SAMPLES.*FUNCTION.*MODULE.*CONTAINER' "$WORK/typescript"
}

need_privilege
test_host
test_container
test_files
test_counters
test_perf_map
test_shapes
done_testing
