#!/usr/bin/env bash
# Completion in real shells, and manual pages in real man: what a user of the packages sees.
set -uo pipefail
. "$(dirname "$0")/kit.sh"

PATH=$(dirname "$EUNOMIACTL"):$PATH

# What bash offers for the last word.
bash_offers() { # WORD...
  bash -c '
    source <(eunomiactl completion bash) || exit 1
    compopt() { echo "compopt $*"; } # outside of a completion it only complains
    COMP_WORDS=(eunomiactl "$@") COMP_CWORD=$#
    _eunomiactl
    echo "${COMPREPLY[@]}"' bash "$@" | xargs
}

# Types into an interactive zsh and prints what the command then wrote to its stdout.
zsh_runs() { # KEYS
  rm -f "$WORK/zsh.out"
  timeout 20 zsh -f -c '
    zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell "autoload -U compinit; compinit -u -d $0/zcompdump; source <(eunomiactl completion zsh); echo set-\"\"up"
    zpty -r shell seen "*set-up*"
    zpty -w shell "$1 >$0/zsh.out; touch $0/zsh.end"
    until [[ -e $0/zsh.end ]]; do zpty -r -t shell seen; done' "$WORK" "$1"
  rm -f "$WORK/zsh.end"
  cat "$WORK/zsh.out"
}

fish_offers() { # LINE
  HOME=$WORK timeout 20 fish --no-config -c 'eunomiactl completion fish | source; complete -C "eunomiactl $argv[1]"' "$1" | cut -f 1 | xargs
}

in_shell() { # NAME SHELL COMMAND...
  local name=$1 shell=$2
  shift 2
  if command -v "$shell" >/dev/null; then check "$name" "$@"; else skip "$name" "$shell is not installed"; fi
}

test_bash() {
  check "bash completes a command" same replay "$(bash_offers repl)"
  check "an option" same --fmt "$(bash_offers run --fm)"
  check "its value, as bash splits it" same json "$(bash_offers run --fmt = j)"
  check "one of several" same "tcp.close,file.close tcp.close,file.chmod tcp.close,file.chown" \
    "$(bash_offers run files tcpconnect --events tcp.close,file.c)"
  check "and files as bash itself does" same "compopt -o default" "$(bash_offers run -o "")"
}

test_zsh() {
  in_shell "zsh completes a command" zsh same "$(eunomiactl completion fish)" "$(zsh_runs $'eunomiactl comple\tfi\t')"
  in_shell "and a value" zsh same "$(eunomiactl completion bash)" "$(zsh_runs $'eunomiactl completion b\t')"
}

test_fish() {
  in_shell "fish completes a value" fish same "folded json svg text" "$(fish_offers 'run --fmt ')"
  in_shell "and an option" fish same "--strict" "$(fish_offers 'run --stri')"
  : >"$WORK/some.eun"
  in_shell "and files" fish same "$WORK/some.eun" "$(fish_offers "replay $WORK/som")"
}

test_man() {
  local page
  for page in $(eunomiactl man); do
    eunomiactl man "$page" >"$WORK/$page.1"
    check "man shows $page without a warning" formats "$WORK/$page.1"
  done
  check "with its summary" grep -qE "eunomiactl-replay +- +show +the +events +of +a +capture" <(man -l -Tascii "$WORK/eunomiactl-replay.1" | col -b)
}

formats() { # FILE
  local warnings
  warnings=$(man -l -Tutf8 --warnings=w "$1" 2>&1 >/dev/null)
  same "" "$warnings"
}

test_bash
test_zsh
test_fish
test_man
done_testing
