# shellcheck shell=bash
# Cases of deploy/rules/evasion.toml.

rule "Log cleared"
fires ': >/var/log/messages'
fires 'truncate -s 0 /var/log/messages'
quiet 'echo x >>/var/log/messages'

rule "Log removed"
fires 'rm /var/log/old.log'
quiet 'touch /tmp/old.log && rm /tmp/old.log'

rule "Shell history removed"
fires 'rm /root/.bash_history'
fires 'ln -sf /dev/null /root/.ash_history; rm -f /root/.ash_history; touch /root/.zsh_history; mv /root/.zsh_history /tmp/h'
quiet 'echo x >>/root/.sh_history'

rule "Data removed in bulk"
fires 'echo x >/tmp/secret && /bin/shred -u /tmp/secret'
quiet 'echo x >/tmp/secret && rm /tmp/secret'

rule "Link to a secret made"
fires 'ln -s /etc/shadow /tmp/link1'
fires 'ln /etc/shadow /tmp/link2'
quiet 'ln -s /etc/hostname /tmp/link3'

rule "Debuggers kept away"
fires 'static_rule_ways trace_me'
quiet 'static_rule_ways nothing'

rule "Protection switched off"
fires 'as systemctl "true" stop auditd'
quiet 'as systemctl "true" status auditd'

rule "Program hides behind a kernel thread's name"
fires 'static_rule_ways named "[kworker/0:1]"'
quiet 'static_rule_ways named "kworker"'

rule "Program removed itself"
fires 'static_rule_ways from_nothing /tmp/gone'
quiet 'static_rule_ways nothing'
