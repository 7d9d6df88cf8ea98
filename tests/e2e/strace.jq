# File calls, as strace printed them and as file events, in one form to compare them by. strace's lines come as
# tid, call, arguments, result, with tabs between, each byte of a string written as \u00HH.

# What is not ASCII is compared as what both sides make of it: \u00ff there, U+FFFD or a letter here.
def plain: explode | map(if . > 127 then 65533 else . end) | implode | gsub("\ufffd+"; "\ufffd");

def words: gsub(" /\\*.*?\\*/"; "") | split("|") - ["0"];

# O_PATH has no access mode.
def open_words:
  map(if . == "FASYNC" then "O_ASYNC" else . end)
  | if index("O_PATH") then . - ["O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"] else . end;

def octal: sub("^0+"; "");

def id: if . == "-1" then null else tonumber end;

# A path that could not be read is an address or NULL; one that was cut has dots behind it.
def path: if startswith("\"") then rtrimstr("...") | fromjson | plain | if . == "" then null else . end else null end;
def cut: (startswith("\"") | not) or endswith("...");
def named: {path: path, cut: cut};
def new_named: {new: path, new_cut: cut};

def open_of($flags; $mode):
  ($flags | words | open_words) as $f
  | {event: "file.open", flags: $f} + if $f | any(. == "O_CREAT" or . == "O_TMPFILE") then {mode: ($mode | octal)} else {} end;

def openat2_of($how): # null when it could not be read
  ($how // "" | split("}")[0] // "" | split(", ") | map(split("=") | {key: .[0], value: .[1]}) | from_entries) as $h
  | open_of($h.flags // "O_RDONLY"; $h.mode // "0") + {resolve: ($h.resolve // "0" | words)};

def change($kind): {event: ("file." + $kind)};
def flagged($flags): {flags: ($flags | words)};
def owned($owner; $group): {owner: ($owner | id), group: ($group | id)};

def hex: ltrimstr("0x") | explode | reduce .[] as $c (0; . * 16 + (if $c > 96 then $c - 87 else $c - 48 end));
def types: {S_IFCHR: "character_device", S_IFBLK: "block_device", S_IFIFO: "fifo", S_IFSOCK: "socket"};
def node($mode; $major; $minor): # as makedev(0x8, 0x1)
  {mode: ($mode | split("|")[-1] | octal), type: (types[$mode | split("|")[0]] // "regular")}
  + if $major then {rdev: "\($major | ltrimstr("makedev(") | hex):\($minor | rtrimstr(")") | hex)"} else {} end;

# $a: the arguments; $s: what follows the first structure.
def call($name; $a; $s):
  if $name == "open" then open_of($a[1]; $a[2]) + ($a[0] | named)
  elif $name == "creat" then open_of("O_WRONLY|O_CREAT|O_TRUNC"; $a[1]) + ($a[0] | named)
  elif $name == "openat" then open_of($a[2]; $a[3]) + ($a[1] | named)
  elif $name == "openat2" then openat2_of($s) + ($a[1] | named)
  elif $name == "open_by_handle_at" then open_of($s | split(", ")[-1]; "0")
  elif $name == "unlink" then change("unlink") + ($a[0] | named)
  elif $name == "rmdir" then change("rmdir") + ($a[0] | named)
  elif $name == "unlinkat" then
    change(if $a[2] | words | index("AT_REMOVEDIR") then "rmdir" else "unlink" end) + flagged($a[2]) + ($a[1] | named)
  elif $name == "rename" then change("rename") + ($a[0] | named) + ($a[1] | new_named)
  elif $name == "renameat" or $name == "renameat2" then
    change("rename") + flagged($a[4] // "0") + ($a[1] | named) + ($a[3] | new_named)
  elif $name == "link" then change("link") + ($a[0] | named) + ($a[1] | new_named)
  elif $name == "linkat" then change("link") + flagged($a[4]) + ($a[1] | named) + ($a[3] | new_named)
  elif $name == "symlink" then change("symlink") + ($a[1] | named) + ($a[0] | new_named)
  elif $name == "symlinkat" then change("symlink") + ($a[2] | named) + ($a[0] | new_named)
  elif $name == "mkdir" then change("mkdir") + {mode: ($a[1] | octal)} + ($a[0] | named)
  elif $name == "mkdirat" then change("mkdir") + {mode: ($a[2] | octal)} + ($a[1] | named)
  elif $name == "mknod" then change("mknod") + node($a[1]; $a[2]; $a[3]) + ($a[0] | named)
  elif $name == "mknodat" then change("mknod") + node($a[2]; $a[3]; $a[4]) + ($a[1] | named)
  elif $name == "chmod" then change("chmod") + {mode: ($a[1] | octal)} + ($a[0] | named)
  elif $name == "fchmod" then change("chmod") + {mode: ($a[1] | octal), fd: ($a[0] | tonumber)}
  elif $name == "fchmodat" then change("chmod") + {mode: ($a[2] | octal)} + ($a[1] | named)
  elif $name == "chown" or $name == "chown32" then change("chown") + owned($a[1]; $a[2]) + ($a[0] | named)
  elif $name == "lchown" or $name == "lchown32" then
    change("chown") + flagged("AT_SYMLINK_NOFOLLOW") + owned($a[1]; $a[2]) + ($a[0] | named)
  elif $name == "fchown" or $name == "fchown32" then change("chown") + owned($a[1]; $a[2]) + {fd: ($a[0] | tonumber)}
  elif $name == "fchownat" then change("chown") + flagged($a[4]) + owned($a[2]; $a[3]) + ($a[1] | named)
  elif $name == "truncate" or $name == "truncate64" then change("truncate") + {length: ($a[1] | tonumber)} + ($a[0] | named)
  elif $name == "ftruncate" or $name == "ftruncate64" then
    change("truncate") + {length: ($a[1] | tonumber), fd: ($a[0] | tonumber)}
  else error("strace.jq does not know " + $name) end;

def outcome:
  split(" ") | if .[0] == "-1" or .[0] == "?" then {result: .[1]} else {result: (.[0] | tonumber)} end;

def complete: {path: null, cut: false, new: null, new_cut: false, flags: [], resolve: []} + . | .flags |= sort | .resolve |= sort;

def of_strace:
  split("\t") as [$tid, $name, $args, $result]
  | ($args | split(", {")) as $parts
  | {tid: ($tid | tonumber), syscall: $name} + call($name; $parts[0] | split(", "); $parts[1]) + ($result | outcome) | complete;

def of_event:
  .file as $f | (.truncated // []) as $cut
  | {tid: .process.tid, syscall: $f.syscall, event, flags: ($f.flags // []), resolve: ($f.resolve // []), result: (.result // .error),
     path: ($f.path_raw | if . then plain else . end), cut: ($cut | index("path_raw") != null),
     new: ($f.new_path_raw // $f.target_path | if . then plain else . end),
     new_cut: ($cut | any(. == "new_path_raw" or . == "target_path"))}
  + (if $f.mode then {mode: ($f.mode | octal)} else {} end)
  + (if .event == "file.chown" then {owner: $f.owner, group: $f.group} else {} end)
  + (if .event == "file.mknod" then {type: $f.type} + if $f.rdev then {rdev: $f.rdev} else {} end else {} end)
  + (if .event == "file.truncate" then {length: $f.length} else {} end)
  + (if $f.fd and .event != "file.open" then {fd: $f.fd} else {} end)
  | complete;
