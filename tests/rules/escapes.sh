# shellcheck shell=bash
# What makes the default rules of deploy/rules/escapes.toml fire, and what comes near and does not: see tests/e2e/test_rules.sh.

rule "Cgroup release agent written"
fires 'mkdir -p /tmp/cg && echo /bin/x >/tmp/cg/release_agent'
quiet 'mkdir -p /tmp/cg && : >/tmp/cg/release_agent_notes && cat /tmp/cg/release_agent 2>/dev/null; true'

rule "Cgroup release notification switched on"
fires 'mkdir -p /tmp/cg && echo 1 >/tmp/cg/notify_on_release'
quiet 'cat /sys/fs/cgroup/*/notify_on_release >/dev/null 2>&1; true'

rule "Cgroup device rules changed"
fires 'mkdir -p /tmp/cg && echo a >/tmp/cg/devices.allow'
quiet 'mkdir -p /tmp/cg && cat /tmp/cg/devices.allow 2>/dev/null; true'

rule "Kernel's crash handler changed" --security-opt systempaths=unconfined
fires 'head -c 0 /dev/null >>/proc/sys/kernel/core_pattern'
quiet 'cat /proc/sys/kernel/core_pattern >/dev/null'

rule "Container runtime socket used"
fires 'static_rule_ways connect_unix /var/run/docker.sock'
fires 'static_rule_ways connect_unix @/containerd-shim/moby/0123456789abcdef.sock'
quiet 'static_rule_ways connect_unix /var/run/docker.socket'

rule "File opened by handle in container" --cap-add DAC_READ_SEARCH
fires 'static_rule_ways by_handle /etc/passwd'
quiet 'cat /etc/passwd >/dev/null'

rule "Namespace entered in container" --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined
fires 'static_rule_ways enter_own uts'
quiet 'readlink /proc/self/ns/uts >/dev/null'

rule "User namespace made in container" --security-opt seccomp=unconfined
fires 'static_rule_ways user_namespace'
quiet 'static_rule_ways nothing'

rule "File system mounted in container" --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined
fires 'mkdir -p /tmp/m && mount --bind /etc /tmp/m && umount /tmp/m'
quiet 'mkdir -p /tmp/m && mount -t tmpfs none /tmp/m && umount /tmp/m'

rule "Disk opened in container" --device /dev/null:/dev/sdz
fires 'head -c 1 /dev/sdz >/dev/null 2>&1'
quiet 'head -c 1 /dev/zero >/dev/null'

rule "Device node made in container"
fires 'mknod /tmp/disk c 1 3'
quiet 'mkfifo /tmp/pipe'

rule "Container runtime's program opened for writing"
fires 'true >>/proc/$$/exe 2>/dev/null; true'
quiet 'cat /proc/$$/exe >/dev/null'

rule "Working directory outside the container"
fires '/bin/true /proc/self/fd/../../etc/passwd'
quiet 'cd /tmp && /bin/true'

rule "Container started with a sensitive mount" -v /etc:/host-etc:ro
fires_itself
quiet_itself

rule "Host's files read through a mount"
fires 'mkdir -p /mnt/etc && echo x >/mnt/etc/shadow && cat /mnt/etc/shadow >/dev/null'
quiet 'mkdir -p /mnt/etc && echo x >/mnt/etc/shadows && cat /mnt/etc/shadows >/dev/null'
