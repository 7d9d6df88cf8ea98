# shellcheck shell=bash
# Cases of deploy/rules/persistence.toml.

rule "Login keys changed"
fires 'echo key >>/root/.ssh/authorized_keys'
quiet 'cat /root/.ssh/authorized_keys >/dev/null'

rule "Account files changed"
fires 'echo x:x:0:0::/:/bin/sh >>/etc/passwd'
quiet 'as useradd "echo x:x:9:9::/:/bin/sh >>/etc/passwd"'

rule "Scheduled job added"
fires 'mkdir -p /etc/cron.d && echo x >/etc/cron.d/job'
quiet 'cat /etc/cron.d/job 2>/dev/null; true'

rule "Service or loader changed"
fires 'echo /tmp/x.so >/etc/ld.so.preload; rm /etc/ld.so.preload'
quiet 'cat /etc/ld.so.preload 2>/dev/null; true'

rule "Shell start files changed"
fires 'echo x >>/root/.bashrc'
quiet 'cat /root/.bashrc >/dev/null'

rule "System program replaced"
fires 'echo x >/usr/bin/newprogram'
quiet 'as dpkg "echo x >/usr/bin/newprogram"'

rule "Set-uid bit set"
fires 'cp /bin/static_rule_ways /tmp/s && chmod 4755 /tmp/s'
quiet 'cp /bin/static_rule_ways /tmp/s && chmod 755 /tmp/s'
on_host_fires 'touch "$CASES/s" && chmod u+s "$CASES/s"'

rule "Became root without sudo"
fires 'static_rule_ways become_root'
quiet 'static_rule_ways page_faults'

rule "Library preloaded by hand"
fires 'LD_PRELOAD=/tmp/x.so /bin/true'
quiet 'LD_LIBRARY_PATH=/tmp /bin/true'

rule "Loader's tunables misused"
fires 'GLIBC_TUNABLES=glibc.malloc.mxfast=glibc.malloc.mxfast=A /bin/true'
quiet 'GLIBC_TUNABLES=glibc.malloc.mxfast=128 /bin/true'
