# shellcheck shell=bash
# Cases of deploy/rules/credentials.toml.

rule "Password file read"
fires 'cat /etc/shadow >/dev/null'
fires 'cp /etc/sudoers /tmp/copy'
quiet 'cat /etc/passwd >/dev/null'
quiet 'as sudo "read -r line </etc/shadow"'
on_host_fires 'cat /etc/shadow >/dev/null'
on_host_quiet 'cat /etc/passwd >/dev/null'

rule "Password file read through a detour"
fires 'cat /tmp/../etc/shadow >/dev/null'
fires 'ln -sf /etc/shadow /tmp/x; cat /proc/self/root/etc/shadow >/dev/null'
quiet 'cat /tmp/../etc/passwd >/dev/null'

rule "Password file read by a server"
fires 'as nginx "sleep 6; read -r line </etc/shadow"'
quiet 'as nginx "read -r line </etc/shadow"'

rule "SSH keys read"
fires 'cat /root/.ssh/id_ed25519 >/dev/null'
quiet 'cat /root/.ssh/id_ed25519.pub >/dev/null'

rule "Cloud credentials read"
fires 'cat /root/.aws/credentials >/dev/null'
fires 'cat /root/.kube/config >/dev/null'
quiet 'cat /root/.aws/config >/dev/null'

rule "Service account token read by hand"
fires 'cat /run/secrets/kubernetes.io/serviceaccount/token >/dev/null'
quiet 'ls /run/secrets/kubernetes.io/serviceaccount >/dev/null'

rule "Kubernetes keys read"
fires 'cat /etc/kubernetes/pki/ca.key >/dev/null'
quiet 'ls /etc/kubernetes/pki >/dev/null'

rule "Keys or passwords searched for"
fires '/bin/grep -r "BEGIN RSA PRIVATE" /tmp'
fires '/bin/find / -maxdepth 1 -name id_rsa'
quiet '/bin/grep -r "BEGIN CERTIFICATE" /tmp'
quiet '/bin/find / -maxdepth 1 -name identity'
on_host_fires '/bin/find /tmp -maxdepth 0 -name id_rsa'

rule "Memory of another process read" --cap-add SYS_PTRACE
fires 'static_rule_ways read_memory'
quiet 'static_rule_ways nothing'
on_host_fires 'static_rule_ways read_memory'

rule "Cloud metadata asked from container"
fires 'nc -w 1 169.254.169.254 80 </dev/null; true'
quiet 'nc -w 1 127.0.0.1 80 </dev/null; true'

rule "Environment of another process read"
fires 'cat /proc/1/environ >/dev/null'
quiet 'cat /proc/self/environ >/dev/null'
