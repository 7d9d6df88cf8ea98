# shellcheck shell=bash
# Cases of deploy/rules/kernel.toml.

rule "Kernel module loaded in container"
fires 'insmod /etc/hostname 2>/dev/null; true'
quiet 'lsmod >/dev/null 2>&1; true'

rule "eBPF used in container" --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined
fires 'security_probe bpf >/dev/null'
quiet 'static_rule_ways nothing'

rule "Page faults handled in user space" --security-opt seccomp=unconfined
fires 'static_rule_ways page_faults'
quiet 'static_rule_ways page_faults as-root'

rule "Raw packets in container"
fires 'static_rule_ways packet'
quiet 'static_rule_ways call_back'

rule "Kernel's crypto interface used"
fires 'static_rule_ways alg'
quiet 'static_rule_ways call_back'

rule "Key rings used in container" --security-opt seccomp=unconfined
fires 'static_rule_ways key'
quiet 'static_rule_ways nothing'

rule "io_uring used in container" --security-opt seccomp=unconfined
fires 'security_probe io_uring >/dev/null'
quiet 'static_rule_ways nothing'

rule "io_uring used to hide" --security-opt seccomp=unconfined
fires 'security_probe io_uring >/dev/null'
quiet 'mkdir -p /tmp/plain'

rule "System setting changed in container"
fires 'hostname other 2>/dev/null; true'
quiet 'date >/dev/null'

rule "Address randomisation switched off" --security-opt seccomp=unconfined
fires 'static_rule_ways random_off'
quiet 'static_rule_ways nothing'

rule "Kernel's address randomisation changed" --security-opt systempaths=unconfined
fires 'cat /proc/sys/kernel/randomize_va_space >/tmp/old && cat /tmp/old >/proc/sys/kernel/randomize_va_space'
quiet 'cat /proc/sys/kernel/randomize_va_space >/dev/null'
