#!/usr/bin/env bash
# File records against independent witnesses: strace, /proc, and programs that know what they did.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

need_privilege
command -v strace >/dev/null || skip_all "needs strace"

TRACKERS=(files)
TRACES=$WORK/traces
PLAY=$WORK/play
mkfifo "$WORK/go" && exec 8<>"$WORK/go"
CALLS=open,openat,openat2,creat,open_by_handle_at,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,symlinkat
CALLS+=,mkdir,mkdirat,rmdir,mknod,mknodat,chmod,fchmod,fchmodat,chown,lchown,fchown,fchownat,truncate,ftruncate
CALLS+=,chown32,lchown32,fchown32,truncate64,ftruncate64

# What everybody does with files, and what hardly anybody does. It runs in $PLAY.
write_script() {
  cat >"$WORK/script" <<SCRIPT
export HOME=$PLAY GIT_CONFIG_NOSYSTEM=1
await() { for n in {1..100}; do "\$@" >/dev/null 2>&1 && return; sleep 0.05; done; }
echo one >first; echo two >>first; cat first
cp first second; mv second third; ln third hard; ln -s third soft; ln -sf first soft; cat soft
mkdir -p deep/er/est; cp -a first deep/er/est/; cat deep/../deep/./er//est/first; cat deep/er/est/../../../soft
chmod 640 first; chown 1:2 third; chown -h 3:4 soft; chgrp 5 third; truncate -s 4321 third; touch fourth; touch -d 2001-01-01 fourth
tar cf all.tar first third deep; mkdir out; tar xf all.tar -C out; find . -name 'f*' -newer fourth; sed -i s/one/eins/ first
dd if=/dev/zero of=zeros bs=1000 count=3 conv=notrunc; rm -f hard; rm -r out; rmdir deep/er/est; rm -r deep; install -m 700 first tool
curl -s file://$PLAY/first -o fetched; perl -e 'open F, ">perl" and print F 1; close F; rename "perl", "lrep"; unlink "lrep"'
/usr/bin/python3 -c 'import os, tempfile, shutil
d = tempfile.mkdtemp(dir="."); open(d + "/a", "w").write("x"); os.replace(d + "/a", d + "/b"); os.chmod(d, 0o711); shutil.rmtree(d)'
git init -q repository && cd repository && echo text >file && git add file && git -c user.name=e -c user.email=e@e commit -qm message; cd ..
apt-cache policy bash
! command -v sqlite3 || sqlite3 base 'create table t(a); insert into t values(1); delete from t; vacuum;'
if command -v redis-server; then
  redis-server --port 18182 --bind 127.0.0.1 --dir $PLAY --logfile $PLAY/redis.log & server=\$!
  await redis-cli -p 18182 set key value; redis-cli -p 18182 save; redis-cli -p 18182 shutdown nosave; wait \$server
fi
if command -v nginx; then
  nginx -c $WORK/nginx.conf & server=\$!
  await curl -sf http://127.0.0.1:18183/play/first -o served; kill \$server; wait \$server
fi
for applet in 'cp first box' 'ln -s box boxed' 'mv box xob' 'chmod 600 xob' 'mkdir -p a/b' 'rm -r a' 'truncate -s 9 xob' 'cat xob missing'; do
  busybox \$applet
done
echo secret >secret; chmod 600 secret; setpriv --reuid 65534 --regid 65534 --clear-groups sh -c 'cat secret; rm secret; echo >new; mkdir sub'
touch 'two words' 'quote"s '\\'' and \\' \$'new\\nline' \$'tab\\tand\\e[31m' \$'\\xff\\xfe' 'grüße'; rm two* quote* new* tab* gr* \$'\\xff\\xfe'
mkdir calls calls/32; cd calls; $PROGRAMS/file_calls; cd 32; $PROGRAMS/static_int80
exit 0
SCRIPT
  mkdir -p "$PLAY" "$WORK/nginx" && chmod 755 "$PLAY"
  cat >"$WORK/nginx.conf" <<CONF
pid $WORK/nginx/pid; error_log $WORK/nginx/error.log; worker_processes 1; daemon off; user root;
events { worker_connections 64; }
http { access_log $WORK/nginx/access.log; client_body_temp_path $WORK/nginx/body; proxy_temp_path $WORK/nginx; root $WORK;
  fastcgi_temp_path $WORK/nginx; uwsgi_temp_path $WORK/nginx; scgi_temp_path $WORK/nginx; server { listen 127.0.0.1:18183; } }
CONF
}

record() {
  start_tracker || return 1
  (cd "$PLAY" && exec strace -ff -q -xx -s 8192 -e trace="$CALLS" -o "$TRACES" bash "$WORK/script") >"$WORK/log" 2>&1 </dev/null
  stop_tracker
}

# A line per call that returned, as strace.jq wants them. Threads killed within a call have no result.
strace_calls() {
  local file
  for file in "$TRACES".*; do
    sed -nE "s/^([a-z0-9_]+)\\((.*)\\) += (-?[0-9].*|\\? E.*)\$/${file##*.}\\t\\1\\t\\2\\t\\3/p" "$file"
  done | sed 's/\\x/\\u00/g'
}

# Both ways: each thread made these calls in this order, and no others.
compare_calls() { # AT-LEAST
  strace_calls >"$WORK/calls"
  jq -L tests/e2e -c -R 'include "strace"; of_strace' "$WORK/calls" >"$WORK/theirs"
  jq -L tests/e2e -c 'include "strace"; select(.event | startswith("file.")) | select(.event | IN("file.close", "file.io") | not)
    | {time} + of_event' "$EVENTS" >"$WORK/ours"
  jq -n -c --slurpfile theirs "$WORK/theirs" --slurpfile ours "$WORK/ours" '
    def by_thread: group_by(.tid) | map({key: (.[0].tid | tostring), value: .}) | from_entries;
    ($ours | sort_by(.time) | map(del(.time)) | by_thread) as $got
    | $theirs | by_thread | to_entries[] | .key as $tid | .value as $want | ($got[$tid] // []) as $have
    | select($want != $have)
    | [range(0; [($want | length), ($have | length)] | max) | select($want[.] != $have[.])][0] as $i
    | {tid: $tid, calls: ($want | length), events: ($have | length), first: $i, strace: $want[$i], ours: $have[$i]}
    | walk(if type == "string" and length > 200 then "\(length): ...\(.[-80:])" else . end)' >"$WORK/differences"
  [ ! -s "$WORK/differences" ] && [ "$(wc -l <"$WORK/theirs")" -ge "$1" ] && return
  echo "# $(wc -l <"$WORK/theirs") calls"
  head -n 20 "$WORK/differences" | sed 's/^/# /'
  return 1
}

test_against_strace() {
  write_script
  check "the script is recorded" record
  check "every call is strace's: which, thread, order, paths, flags, mode, ids, length, result" compare_calls 600 # without the servers; more with them
  check "the ledger is exact" ledger_is_exact
}

# What the program printed of its opens, as events should show it: what is nowhere by the kernel's name for it, a file that
# lost its name by the name it had.
links_wanted() {
  sed -E 's/ \(deleted\)$//; s|^/memfd:|memfd:|; s/^pipe:.*/pipefs/; s/^mnt:.*/nsfs/' "$WORK/links"
}

links_seen() {
  events '.event == "file.open" and .process.name == "static_links" and .file.path_source == "dentry"' .file.path
}

compare_links() { # AT-LEAST
  diff <(links_wanted) <(links_seen) >"$WORK/differences" && [ "$(links_seen | wc -l)" -ge "$1" ] && return
  echo "# $(links_seen | wc -l) opens"
  sed 's/^/# /' "$WORK/differences"
  return 1
}

# What was opened is closed under the same path, which is cut at 256 bytes.
compare_closes() {
  diff <(links_seen | cut -b 1-256 | sort -u) \
    <(events '.event == "file.close" and .process.name == "static_links" and (.file.inherited | not)' .file.path | sort -u)
}

links() { # COMMAND...: in a mount namespace of its own
  start_tracker --events file.open,file.close || return 1
  (cd "$WORK/tree" && unshare -m sh -e -c "$1" static_links "$PROGRAMS/static_links") >"$WORK/links"
  stop_tracker
}

make_tree() {
  local name=$WORK/tree
  mkdir -p "$WORK"/tree/{bound,under/below,over} "$WORK"/layers/{lower,upper,work,merged}
  echo plain >"$WORK/tree/plain" && echo deep >"$WORK/tree/under/below/deep" && touch "$WORK/tree/bound-file"
  ln -s under/below "$WORK/tree/link" && ln -s ../tree/link/deep "$WORK/tree/chain" && ln -s "$WORK/tree" "$WORK/tree/under/top"
  while [ ${#name} -lt 3800 ]; do name=$name/$(printf 'd%.0s' {1..240}); done
  mkdir -p "$name" && touch "$name/end" && printf %s "$name" >"$WORK/long"
  echo old >"$WORK/layers/lower/old" && echo copied >"$WORK/layers/lower/copied" && mkdir "$WORK/layers/lower/dir"
}

test_resolved() {
  make_tree
  links "\$1 plain ./plain under/../plain ../tree/under//below/deep link link/deep link/../below chain under/top/plain . .. / \
    /proc/self/fd/100 /proc/self/fd/101 /proc/self/fd/102 /proc/self/fd/103 /proc/self/cwd/plain /proc/self/exe /proc/self/ns/mnt @link/deep @.. \
    /dev/null /sys/kernel /proc/1/root/etc/passwd missing missing/.. plain/ \$(cat $WORK/long)/end; cd \$(cat $WORK/long); \$1 end"
  check "an open's path is where /proc says the file is" compare_links 33
  check "so is a close's" compare_closes
  check "which says when it was cut" same true "$(events '.event == "file.close" and (.file.path // "" | length) >= 256' '.truncated | index("path") != null' | sort -u)"
  check "an open of a file without a name says so" same true \
    "$(events '.event == "file.open" and .file.path_raw == "/proc/self/fd/101"' .file.unlinked)"
  links "mount --bind under bound; mount --bind plain bound-file; mount -t tmpfs none over; mkdir over/deeper
    mount --rbind bound over/deeper; \$1 bound/below/deep bound bound/.. bound-file over over/deeper/below/deep over/deeper/../.. @over"
  check "below bind mounts too" compare_links 12
  links "cp \$1 under/; mount --bind under bound; exec \$1 -r bound /below/deep below /.. ../../below/deep @plain @bound/below @.. /top"
  check "below another root, and outside of it" compare_links 10
  links "mount -t overlay overlay -o lowerdir=$WORK/layers/lower,upperdir=$WORK/layers/upper,workdir=$WORK/layers/work $WORK/layers/merged
    cd $WORK/layers/merged; echo new >new; echo more >>copied; \$1 old new copied dir/../old; exec \$1 -r . old /dir/../../new"
  check "in an overlay" compare_links 14
}

test_in_container() {
  command -v runc >/dev/null || { skip "paths in a container" "needs runc"; return; }
  local bundle=$WORK/bundle
  make_root "$bundle/rootfs" && cp "$PROGRAMS/static_links" "$bundle/rootfs/bin/"
  (cd "$bundle" && runc spec && jq '.process.args = ["/bin/static_links", "/bin/busybox", "/bin/../tmp", "/bin/sh", "/proc/self/exe", "/dev/null",
    "/proc/self/fd/100", "/sys", "etc/../bin/cat", "/tmp/../.."] | .process.terminal = false | .root.readonly = false' config.json >c &&
    mv c config.json)
  start_tracker --events file.open
  runc run -b "$bundle" e2e-files.1 </dev/null >"$WORK/links"
  stop_tracker
  check "in a container, as the container sees it" compare_links 12
  check "and they are the container's" same e2e-files.1 \
    "$(events '.process.name == "static_links" and .file.path_source == "dentry"' .container.id | sort -u | xargs)"
}

# Failed opens and changes of names: by the text alone, which realpath -ms works off the same way.
test_lexical() {
  local names=(plain/x ./plain//../missing under/./below/../none link/../up ../../above ./tmp//../nowhere /../etc/none .. link/ /) name pid
  start_tracker
  # shellcheck disable=SC2016 # perl's
  (cd "$WORK/tree" && exec perl -e 'print $$;
    for (@ARGV) { open F, "<", "$_/x"; rmdir "$_/x"; mkdir "$_/x/x"; chmod 0, "$_/x"; rename "$_/x", "../$_/y"; symlink "to", "$_/x/x" }' \
    "${names[@]}") >"$WORK/pid"
  cp -r "$WORK/tree/under" "$WORK/tree/copy"
  find "$WORK/tree/copy" | sort >"$WORK/copied"
  (cd "$WORK/tree" && rm -r copy && perl -e '$name = "link"; syscall(452, -100, $name, 0600, 0x100)')
  stop_tracker
  pid=$(cat "$WORK/pid")
  for name in "${names[@]}"; do
    (cd "$WORK/tree" && realpath -ms "$name"/{x,x,x/x,x,x} "../$name/y" "$name/x/x" | sed '5{N;s/\n/ /}')
  done >"$WORK/wanted"
  events ".process.pid == $pid and .file.path_source == \"lexical\" and .process.name == \"perl\" and (.file.path_raw | test(\"/x\$|/x/x\$\"))" \
    '.file.path + if .file.new_path then " " + .file.new_path else "" end' >"$WORK/seen"
  check "a failed call's path is what its text says" diff "$WORK/wanted" "$WORK/seen"
  check "so is that of what was removed relative to a directory" diff "$WORK/copied" \
    <(events '.process.name == "rm" and (.event == "file.unlink" or .event == "file.rmdir") and .result == 0' .file.path | sort)
  check "fchmodat2, which older straces do not know" same "$WORK/tree/link 0600 AT_SYMLINK_NOFOLLOW" \
    "$(events '.event == "file.chmod" and .file.path_raw == "link"' '"\(.file.path) \(.file.mode) \(.file.flags | join("|"))"')"
}

# The ends of descriptors below a directory, as the program that knows them prints them.
ends_seen() { # DIRECTORY
  events ".event == \"file.close\" and (.file.path // \"\" | startswith(\"$1/\"))" '.file |
    "\(.path | sub(".*/"; "")) \(.fd) read \(.bytes_read)/\(.reads) written \(.bytes_written)/\(.writes)"
    + if .implicit then " implicit" else "" end + if .inherited then " inherited" else "" end + if .created then " created" else "" end'
}

compare_ends() { # DIRECTORY
  diff <(sort "$WORK/wanted") <(ends_seen "$1" | sort) >"$WORK/differences" && [ -s "$WORK/wanted" ] && return
  sed 's/^/# /' "$WORK/differences"
  return 1
}

# What went through a descriptor is told once, when it ends, however that comes about.
test_totals() {
  mkdir -p "$WORK/totals"
  start_tracker
  (cd "$WORK/totals" && "$PROGRAMS/transfers") 2>"$WORK/wanted"
  stop_tracker
  check "each descriptor ends once, with what went through it" compare_ends "$WORK/totals"
}

# What a shell does: open as 3, copy over 0 or 1, close 3, run; for a group of commands it does so itself, and puts its own back.
test_redirections() {
  start_tracker
  # shellcheck disable=SC2094 # that is the point
  (cd "$WORK/totals" && exec bash -c '/bin/echo hi >to; /bin/cat <to >/dev/null; /bin/echo on >>to; { /bin/echo hello; /bin/echo again; } >group; true')
  stop_tracker
  cat >"$WORK/wanted" <<WANTED
to 3 read 0/0 written 0/0 created
to 1 read 0/0 written 3/1
to 3 read 0/0 written 0/0
to 0 read 3/1 written 0/0
to 3 read 0/0 written 0/0
to 1 read 0/0 written 3/1
group 3 read 0/0 written 0/0 created
group 1 read 0/0 written 6/1 inherited
group 1 read 0/0 written 6/1 inherited
group 1 read 0/0 written 0/0 implicit
WANTED
  check "a command's redirected output is that command's" compare_ends "$WORK/totals"
}

# Keeps FILE open, and writes as many bytes at once as it is told, until that is "end".
start_writer() { # FILE
  mkfifo "$1.lines"
  # shellcheck disable=SC2016 # perl's
  perl -e 'open F, ">", $ARGV[0]; while (open(L, "<", "$ARGV[0].lines") && ($_ = <L>) ne "end\n") { syswrite F, "x" x $_ }' "$1" &
}

tell() { # FILE WHAT
  echo "$2" >"$1.lines"
}

written_so_far() { # KIND FILE
  events ".event == \"file.$1\" and .file.path == \"$2\"" '"\(.file.bytes_written)/\(.file.writes) \(.file.inherited // false) \(.file | has("open_time"))"'
}

has_written() { # BYTES FILE
  written_so_far io "$2" | grep "^$1/" >/dev/null
}

# A file that stays open is told of while it does, when something has moved; one from before too, as far as it was watched.
test_long_open() {
  local old=$WORK/totals/old new=$WORK/totals/new writers=()
  start_writer "$old" && writers+=($!)
  tell "$old" 5
  await 5 test -s "$old"
  start_tracker --interval 0.5 --events file.close,file.io
  start_writer "$new" && writers+=($!)
  tell "$old" 6
  await 5 has_written 6 "$old"
  tell "$new" 3
  await 5 has_written 3 "$new"
  tell "$new" 4
  await 5 has_written 7 "$new"
  tell "$old" end
  tell "$new" end
  wait "${writers[@]}"
  stop_tracker
  check "a file that stays open tells its totals when they change" same "3/1 false true|7/2 false true" "$(written_so_far io "$new" | paste -sd '|')"
  check "and once more at the end" same "7/2 false true" "$(written_so_far close "$new")"
  check "one from before tells what was watched, once as nothing changes" same "6/1 true false" "$(written_so_far io "$old")"
  check "and at the end" same "6/1 true false" "$(written_so_far close "$old")"
}

# A process that waits to become a program, so that it can be asked for before it does anything.
hold() { # PROGRAM ARGUMENT...
  (read -r _ <&8 && exec "$@" 8>&-) >/dev/null &
  HELD=$!
}

release() { # returns the program's exit status
  echo >&8
  wait "$HELD"
}

# How many times a program makes a call that succeeds, for all of its processes.
count_calls() { # CALL PROGRAM ARGUMENT...
  strace -f -qq -e trace="$1" -e status=successful -o "$WORK/count" "${@:2}" >/dev/null && grep -c "$1(" "$WORK/count"
}

# Threads that fight for descriptors: each end is told once, by one of them.
test_churn() {
  local file=$WORK/totals/churn own
  echo "seven or more" >"$file"
  own=$(count_calls close "$PROGRAMS/fd_churn" 1 0 "$file")
  hold "$PROGRAMS/fd_churn" 8 20000 "$file"
  start_tracker -p "$HELD" --events file.close
  release
  stop_tracker
  check "threads that fight for descriptors: each of 320,000 ends is told once" same $((320000 + own)) "$(ledger file.close offered)"
  start_tracker --events file.close
  "$PROGRAMS/fd_churn" 4 2500 "$file" >"$WORK/known"
  stop_tracker
  check "nothing is lost of 20,000" same 0 "$(ledger file.close lost)"
  check "they have all the bytes" same "$(cat "$WORK/known")" \
    "$(jq -n -r --arg file "$file" '[inputs | select(.file.path == $file) | .file.bytes_read] | "\(length) \(add)"' "$EVENTS")"
  check "a thread's process has the process's number in its namespace" same true \
    "$(events '.process.pid != .process.tid and .process.name == "fd_churn"' '.process.vpid == .process.pid' | sort -u)"
}

OPENS=16 # processes

# What was asked for is what the program did, and the little that its loader and the shell in front of it did.
account_is_exact() { # OPENS
  local offered delivered written
  offered=$(ledger file.open offered) delivered=$(ledger file.open delivered) written=$(grep -c '"event":"file.open"' "$EVENTS")
  echo "# offered $offered, delivered $delivered, written $written, lost $(ledger file.open lost)"
  same "$(($1 + LOADED)) $delivered" "$offered $written" && ledger_is_exact
}

count_opens() { # COUNT [RATE]
  hold "$PROGRAMS/opens" "$OPENS" "$@"
  start_tracker -p "$HELD" --events file.open || return 1
  release || return 1
  stop_tracker
}

test_ledger() {
  LOADED=$(count_calls openat "$PROGRAMS/opens" 0 0)
  check "16 processes open files 500 times a second each" count_opens 2500 500
  check "all 40,000 opens are there" account_is_exact 40000
  check "none is lost" same 0 "$(ledger file.open lost)"
  check "16 processes open 1,000,000 files as fast as they can" count_opens 62500
  check "each was delivered or counted as lost" account_is_exact 1000000
}

# The reader stops while they run, for less than the 5 s after which the collector gives it up.
test_stopped_reader() {
  local controller
  hold "$PROGRAMS/opens" "$OPENS" 62500
  start_tracker -p "$HELD" --events file.open
  controller=$(process_of_tracker eunomiactl)
  echo >&8
  await 10 test -s "$EVENTS"
  kill -STOP "$controller"
  await 3 all_gone "$HELD"
  kill -CONT "$controller"
  wait "$HELD"
  stop_tracker
  check "with a reader that stops too" account_is_exact 1000000
  check "without a gap" test -z "$(grep ^gap "$ERRORS")"
  check "and with a loss" test "$(ledger file.open lost)" -gt 0
}

test_filters() {
  hold bash -c '/bin/cat /etc/hostname; (exec /bin/cat /etc/group)'
  start_tracker -p "$HELD" --events file.open
  perl -e 'open F, "<", "/etc/passwd"'
  release
  stop_tracker
  check "-p sees what descendants open" same "/etc/hostname /etc/group" "$(events '.process.name == "cat"' .file.path | grep '^/etc/[hg]' | xargs)"
  check "and nobody else" same "" "$(events '.process.name | IN("cat", "bash") | not')"
  check "--events writes those alone" same file.open "$(jq -r .event "$EVENTS" | sort -u | xargs)"
  start_tracker --paths raw
  (cd "$WORK/tree" && cat link/../below/./deep missing; mv plain ./link/../moved; cat ../tree/link/deep) >/dev/null 2>&1
  stop_tracker
  check "--paths raw shows what was passed" same "link/../below/./deep raw|missing raw|../tree/link/deep raw" \
    "$(events '.event == "file.open" and .process.name == "cat"' '"\(.file.path) \(.file.path_source)"' | grep -v '^/' | paste -sd '|')"
  check "of both names, and of closes" same "plain ./link/../moved|link/../below/./deep|../tree/link/deep" \
    "$(events '(.event == "file.rename" and .process.name == "mv") or (.event == "file.close" and .process.name == "cat")' \
      '"\(.file.path) \(.file.new_path // "")"' | grep -v '^/' | sed 's/ $//' | sort -r | paste -sd '|')"
  check "and nothing else" same "" "$(events '.file.path_raw or .file.new_path_raw or (.file.path and .file.path_source != "raw" and (.file.inherited | not))')"
}

test_against_strace
test_resolved
test_lexical
test_in_container
test_totals
test_redirections
test_long_open
test_churn
test_ledger
test_stopped_reader
test_filters
done_testing
