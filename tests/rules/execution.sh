# shellcheck shell=bash
# Cases of deploy/rules/execution.toml.

rule "Shell started by a server"
fires 'as nginx "/bin/sh -c :; true"'
quiet 'as builder "/bin/sh -c :; true"'
on_host_fires 'as nginx "/bin/sh -c :; true"'

rule "Shell with a terminal in container" -t
fires '/bin/sh -c :'
quiet '/bin/true'
quiet 'as apt-get "/bin/sh -c :; true"'

rule "Shell on a network connection"
fires 'cp /bin/static_rule_ways /tmp/bash && /tmp/bash call_back dup'
quiet 'static_rule_ways call_back'

rule "Standard streams moved to a socket in container"
fires 'static_rule_ways call_back dup'
quiet 'static_rule_ways call_back'

rule "Netcat told to run a program"
fires '/bin/nc -w 1 -e /bin/true 127.0.0.1 9; true'
quiet 'nc -w 1 127.0.0.1 9 </dev/null; true'

rule "Program run from memory"
fires 'static_rule_ways from_memory'
quiet 'static_rule_ways nothing'
on_host_fires 'static_rule_ways from_memory'

rule "Program run from shared memory"
on_host_fires 'cp "$PROGRAMS/static_rule_ways" /dev/shm/eunomia-x && /dev/shm/eunomia-x nothing; rm -f /dev/shm/eunomia-x'
fires 'echo true >/dev/shm/s && cd /dev/shm && /bin/sh ./s'
quiet 'cp /bin/static_rule_ways /dev/shm/x && /bin/static_rule_ways nothing'

rule "New program run in container" --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined
fires 'in_overlay "cp /bin/busybox new/busybox2; new/busybox2 true"'
quiet 'in_overlay "new//bin/true"'

rule "Program run that its user may change"
fires 'cp /bin/static_rule_ways /tmp/mine && /tmp/mine nothing'
quiet 'cp /bin/static_rule_ways /tmp/mine && chmod 555 /tmp/mine && chown 1:1 /tmp/mine && setpriv --reuid 2 /tmp/mine nothing'

rule "Database started a program"
fires 'as mysqld "/bin/id >/dev/null; true"'
quiet 'as mytool "/bin/id >/dev/null; true"'

rule "System account with a terminal" -t -u 33
fires 'sleep 1; /bin/id >/dev/null'
rule "System account with a terminal" -t -u 1000
quiet 'sleep 1; /bin/id >/dev/null'

rule "Miner started"
fires 'as xmrig true'
fires '/bin/true -o stratum+tcp://pool.example:3333'
quiet '/bin/true -o tcp://pool.example:3333'

rule "Mining pool asked for"
fires 'nslookup pool.supportxmr.com 127.0.0.1 >/dev/null 2>&1; true'
quiet 'nslookup pool.example.com 127.0.0.1 >/dev/null 2>&1; true'

rule "Dropped, made executable and run" --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined
fires 'in_overlay "cat /bin/static_rule_ways >new/drop; chmod 755 new/drop; new/drop nothing"'
quiet 'in_overlay "cat /bin/static_rule_ways >new/drop; chmod 644 new/drop; new/drop nothing 2>/dev/null"; true'

rule "Mining pool connected"
fires 'static_rule_ways connect_by_name pool.supportxmr.com 127.0.0.2 3333'
quiet 'static_rule_ways connect_by_name pool.example.com 127.0.0.3 3333'
