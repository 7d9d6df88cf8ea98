# shellcheck shell=bash
# Cases of deploy/rules/network.toml and discovery.toml.

rule "SSH to an unusual port"
fires 'cp /bin/static_rule_ways /tmp/ssh && /tmp/ssh connect 127.0.0.2 4022'
quiet 'cp /bin/static_rule_ways /tmp/ssh && /tmp/ssh connect 127.0.0.2 22'

rule "Network scanned"
fires 'as nmap true'
quiet 'as map true'

rule "Server on a port of back doors in container"
fires 'timeout 1 nc -l -p 4444; true'
quiet '/bin/timeout 1 /bin/httpd -f -p 8080; true'

rule "Downloaded by a shell tool in container" -t
fires '/bin/sh -c "/bin/wget -q -O /dev/null http://127.0.0.1/ 2>/dev/null; true"'
quiet 'sh -c "cat /dev/null; true"'

rule "New program connects out" --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined
fires 'in_overlay "cp /bin/busybox new/nc; timeout 1 new/nc -w 1 198.51.100.7 80 </dev/null"; true'
quiet 'in_overlay "cp /bin/busybox new/nc; timeout 1 new/nc -w 1 10.9.9.9 80 </dev/null"; true'

rule "Reconnaissance at a terminal in container" -t
fires '/bin/whoami >/dev/null'
quiet 'true'

rule "Set-uid programs searched for"
fires '/bin/find /tmp -perm -4000'
quiet '/bin/find /tmp -perm -644'
on_host_fires '/bin/find /tmp -maxdepth 0 -perm -4000'

rule "Container inspected from within"
fires 'as linpeas.sh true'
quiet 'as lintpeas.sh true'

rule "Kubernetes API asked from container"
fires 'cp /bin/static_rule_ways /tmp/curl && /tmp/curl connect_by_name kubernetes.default.svc 127.0.0.2 443'
quiet 'static_rule_ways connect_by_name kubernetes.default.svc 127.0.0.2 443'
quiet 'cp /bin/static_rule_ways /tmp/curl && /tmp/curl connect_by_name kubernetes.example.com 127.0.0.3 443'
