/* SPDX-License-Identifier: GPL-2.0-only */
/* A socket that a descriptor of the standard streams was made a copy of. */
#pragma once

#include "lib/security.bpf.h"
#include "lib/socket.bpf.h"

#define UNIX_PATH_MAX 108
#define SUN_PATH      2 /* offset in struct sockaddr_un */

static __always_inline void socket_describe(struct eu_security_redirect *rec, struct sock *sk)
{
	struct ends ends = {};

	rec->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	rec->protocol = BPF_CORE_READ_BITFIELD_PROBED(sk, sk_protocol);
	rec->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	rec->reserved = 0;
	if (rec->family == EU_AF_INET || rec->family == EU_AF_INET6) {
		ends_of(&ends, sk);
		rec->family = ends.family;
	}
	__builtin_memcpy(rec->local_addr, ends.local, sizeof(rec->local_addr));
	__builtin_memcpy(rec->peer_addr, ends.peer, sizeof(rec->peer_addr));
	rec->local_port = ends.local_port;
	rec->peer_port = ends.peer_port;
}

/* The address of the peer of the unix socket at that address, or its own. Abstract ones begin with
 * NUL and are not terminated by one. */
__noinline int tail_unix(__u32 at, __u64 sk)
{
	struct unix_sock *own = (void *)sk, *peer = (void *)BPF_CORE_READ(own, peer);
	struct unix_address *address = peer ? BPF_CORE_READ(peer, addr) : NULL;
	char *rec = record_get(), *to;
	__u32 len, last;

	asm volatile("" : "+r"(at)); /* the check below is made on what is used */
	if (!rec || at > EU_RECORD_MAX - EU_PATH_MAX)
		return 0;
	to = rec + at;
	if (!address)
		address = BPF_CORE_READ(own, addr);
	if (!address)
		return 0;
	len = BPF_CORE_READ(address, len) - SUN_PATH;
	if (len > UNIX_PATH_MAX)
		return 0;
	asm volatile("%0 &= 127" : "+r"(len));
	if (bpf_probe_read_kernel(to, len, (void *)&address->name + SUN_PATH) < 0)
		return 0;
	last = len - 1;
	asm volatile("%0 &= 127" : "+r"(last));
	if (len && *to && !to[last])
		len--; /* its NUL */
	return len;
}
