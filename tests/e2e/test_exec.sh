#!/usr/bin/env bash
# Exec and exit records against an independent witness, strace, for ordinary and odd programs.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege
command -v strace >/dev/null || skip_all "needs strace"

TRACES=$WORK/traces
SCRIPT=$WORK/script
LONG_DIR=$(printf 'd%.0s' {1..240})

deep_program() { # LEVELS: a copy of true so many directories down
  local dir=$WORK n
  for n in $(seq "$1"); do dir=$dir/$n$LONG_DIR; done
  mkdir -p "$dir" && cp /bin/true "$dir/deep" && echo "$dir/deep"
}

write_script() {
  local busybox=$WORK/bin
  mkdir -p "$busybox" && cp "$(command -v busybox)" "$busybox/busybox" && ln -sf busybox "$busybox/cat"
  printf '#!/bin/sh -e\nexit 4\n' >"$WORK/hashbang" && chmod +x "$WORK/hashbang"
  cat >"$SCRIPT" <<SCRIPT
cd "$WORK"
$busybox/cat /dev/null
./bin/../bin/cat /dev/null
git --version >/dev/null
perl -e 'exit 42'
$PROGRAMS/static_hello >/dev/null
./hashbang one two
$PROGRAMS/exec_ways empty-path
$PROGRAMS/exec_ways dirfd
$PROGRAMS/exec_ways memfd
$PROGRAMS/exec_ways unlinked "$WORK"
$PROGRAMS/exec_ways argc0
$PROGRAMS/leader_exits group
$PROGRAMS/leader_exits alone
/bin/true \$(seq 10000)
/bin/true "" "two words" "new
line" "quote'\"" "\$(printf '\\377\\001')"
/bin/sh -c 'kill -SEGV \$\$'
/bin/sh -c 'kill -KILL \$\$'
"$(deep_program 15)"
exit 0
SCRIPT
}

# A line per exec that strace saw succeed: {"pid", "path", "args"}. It prints every byte of a string as \xHH.
strace_execs() {
  local file
  for file in "$TRACES".*; do
    sed -nE "s/^execve(at)?\\((.*), \"([^\"]*)\", \\[(.*)\\], 0x.*\\) = 0\$/{\"pid\":${file##*.},\"path\":\"\\3\",\"args\":[\\4]}/p
             s/^execve\\(\"([^\"]*)\", \\[(.*)\\], 0x.*\\) = 0\$/{\"pid\":${file##*.},\"path\":\"\\1\",\"args\":[\\2]}/p
             s/^execve(at)?\\((.*), \"([^\"]*)\", NULL, 0x.*\\) = 0\$/{\"pid\":${file##*.},\"path\":\"\\3\",\"args\":[]}/p" "$file"
  done | sed 's/\\x/\\u00/g' | jq -c .
}

# A line per process that strace saw end: "PID exited N" or "PID killed SIGNAL".
strace_exits() {
  local file
  for file in "$TRACES".*; do
    sed -nE "s/^\\+\\+\\+ exited with ([0-9]+) \\+\\+\\+/${file##*.} exited \\1/p
             s/^\\+\\+\\+ killed by (SIG[A-Z]+).*/${file##*.} killed \\1/p" "$file"
  done
}

record() {
  mkdir -p "$WORK/core"
  start_tracker --env EUNOMIA_E2E || return 1
  (cd "$WORK/core" && ulimit -c 0 && EUNOMIA_E2E=chosen EUNOMIA_SECRET=hidden \
    strace -ff -q -xx -s 200000 -e trace=execve,execveat -e status=successful -o "$TRACES" bash "$SCRIPT") >/dev/null 2>&1
  stop_tracker
}

# Bytes that are no UTF-8 are compared as what both sides make of them: strace's \u00ff here, U+FFFD there.
compare_execs() {
  jq -n -c --slurpfile seen <(strace_execs) --slurpfile ours <(events '.event == "process.exec"' '.') '
    def plain: explode | map(if . > 127 then 65533 else . end) | implode | gsub("\ufffd+"; "\ufffd");
    def args($a): $a | map(plain);
    ($ours | group_by(.process.pid) | map({key: (.[0].process.pid | tostring), value: .}) | from_entries) as $by_pid
    | $seen | group_by(.pid)[] | . as $s | ($by_pid[$s[0].pid | tostring] // []) as $o
    | range(0; $s | length) as $i | $s[$i] as $want | ($o[($o | length) - ($s | length) + $i] // {}) as $got
    | ($got.process.args // []) as $args
    | select(
        (if ($got.truncated // [] | index("args"))
         then (args($want.args)[0:($args | length) - 1]) == (args($args)[0:($args | length) - 1])
              and $got.process.args_count == ($want.args | length)
         else # the kernel puts the interpreter of a script and its option in front, and the path in place of argv[0]
              (args($args)[-($want.args | length):] == args([$want.path] + $want.args[1:]) and ($args | length) > ($want.args | length))
              or args($args) == args(if ($want.args | length) == 0 then [""] else $want.args end) end | not)
        or (($got.process.filename | plain) != ($want.path | plain) and ($got.process.filename | startswith("/dev/fd/") | not)))
    | {want: $want.path, pid: $want.pid, got: $got.process.filename, args: ($args | tostring | .[0:200])}' | tee "$WORK/differences"
  test ! -s "$WORK/differences" -a "$(strace_execs | wc -l)" -ge 20
}

compare_exits() {
  local pid how what ours wrong=0 n=0
  while read -r pid how what; do
    ours=$(events ".event == \"process.exit\" and .process.pid == $pid" 'if .exit.signal then "killed " + .exit.signal else "exited \(.result)" end')
    [ -n "$ours" ] || continue # a thread
    n=$((n + 1))
    [ "$ours" = "$how $what" ] || { echo "# $pid: strace says $how $what, we say $ours" && wrong=1; }
  done < <(strace_exits)
  [ $wrong -eq 0 ] && { [ $n -ge 20 ] || { echo "# only $n processes ended"; false; }; }
}

exec_of() { # LAST-ARGUMENT-OR-NAME EXPRESSION
  events ".event == \"process.exec\" and (.process.args | index(\"$1\"))" "$2" | tail -n 1
}

test_against_strace() {
  write_script
  check "the script is recorded" record
  check "every exec has strace's path and arguments" compare_execs
  check "every process ends as strace says" compare_exits
  check "10,000 arguments are cut, and say so" same '["args"] 10001' "$(exec_of 2000 '"\(.truncated) \(.process.args_count)"')"
  check "a script runs its interpreter" same "/bin/sh ./hashbang" \
    "$(exec_of two '(.process.exe | sub("/usr"; "") | sub("dash"; "sh")) + " " + .process.filename')"
  check "an executable in a memfd says so" same '["memfd"]' "$(exec_of memfd '.process.exe_flags - ["writable", "unlinked"] | tostring' | head -n 1)"
  check "an unlinked executable says so" same true "$(exec_of unlinked '.process.exe_flags | index("unlinked") != null')"
  check "a path of 4 KiB is whole, or says that it was cut" \
    same true "$(events '.event == "process.exec" and .process.name == "deep"' '(.process.exe | length) > 3600 or (.truncated | index("exe") != null)')"
  check "a chosen variable is there" same chosen "$(exec_of "exit 42" .process.env.EUNOMIA_E2E)"
  check "no other variable is" test -z "$(grep -o EUNOMIA_SECRET "$EVENTS")"
  check "the working directory is there" same "$WORK" "$(exec_of 42 .process.cwd)"
  check "the ledger is exact" ledger_is_exact
}

test_threads() {
  local group alone
  start_tracker
  "$PROGRAMS/thread_exec" /bin/true from-a-thread
  "$PROGRAMS/leader_exits" group
  group=$?
  "$PROGRAMS/leader_exits" alone
  alone=$?
  stop_tracker
  check "a thread that execs is named, and becomes the process" \
    same "true true" "$(exec_of from-a-thread '"\(.process.tid != .process.pid) \(.process.exe | endswith("/true"))"')"
  check "a process that outlives its leader ends once, with the status wait gives" same "$group $alone" \
    "$(events '.event == "process.exit" and .process.name == "leader_exits"' .result | xargs)"
}

# tty, session and the effective user of a set-uid program.
test_identity() {
  command -v script >/dev/null || { skip "tty and session" "needs script (bsdutils)"; return; }
  cp /bin/true "$WORK/setuid" && chown 12345 "$WORK/setuid" && chmod 4755 "$WORK/setuid"
  start_tracker
  script -qec "/bin/true on-a-tty" /dev/null >/dev/null </dev/null
  "$WORK/setuid" as-another
  stop_tracker
  check "a terminal is named" same true "$(exec_of on-a-tty '.process.tty | startswith("pts/")')"
  check "a set-uid program shows who it runs as" same "0 12345" "$(exec_of as-another '"\(.process.uid) \(.process.euid)"')"
  check "a set-uid program of an ordinary user has no capability" \
    same true "$(exec_of as-another '.process.cap_effective | test("^0x0*$")')"
}

# A file of the overlay's upper layer is told from one of the lower.
test_overlay() {
  mkdir -p "$WORK/overlay"/{lower,upper,work,merged}
  cp /bin/true "$WORK/overlay/lower/old"
  mount -t overlay overlay -o "lowerdir=$WORK/overlay/lower,upperdir=$WORK/overlay/upper,workdir=$WORK/overlay/work" \
    "$WORK/overlay/merged" 2>/dev/null || { skip "overlay" "overlayfs cannot be mounted here"; return; }
  cp /bin/true "$WORK/overlay/merged/new"
  start_tracker
  "$WORK/overlay/merged/old" && "$WORK/overlay/merged/new"
  stop_tracker
  umount "$WORK/overlay/merged"
  check "the upper layer is told from the lower" same "false true" "$(events '.event == "process.exec" and (.process.exe | startswith("'"$WORK"'/overlay"))' \
    '.process.exe_flags // [] | index("upper_layer") != null' | xargs)"
}

test_against_strace
test_threads
test_identity
test_overlay
done_testing
