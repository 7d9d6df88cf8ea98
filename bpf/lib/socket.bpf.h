/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket behind a descriptor, whatever it is connected to. */
#pragma once

#include "lib/security.bpf.h"

#include <bpf/bpf_endian.h>

#define UNIX_PATH_MAX 108
#define SUN_PATH      2 /* offset in struct sockaddr_un */

static __always_inline struct sock *file_sock(struct file *file)
{
	struct socket *socket;

	if ((BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

static __always_inline bool is_v4_mapped(const __u8 *address)
{
	const __u32 *words = (const __u32 *)address;

	return words[0] == 0 && words[1] == 0 && words[2] == bpf_htonl(0xffff);
}

/* IPv4 in IPv6 is IPv4: that is what is on the wire. */
static __always_inline void unmap_v4(struct eu_security_redirect *rec)
{
	__u32 *local = (__u32 *)rec->local_addr, *peer = (__u32 *)rec->peer_addr;

	if (!is_v4_mapped(rec->peer_addr))
		return;
	rec->family = EU_AF_INET;
	local[0] = is_v4_mapped(rec->local_addr) ? local[3] : 0;
	peer[0] = peer[3];
	local[1] = local[2] = local[3] = peer[1] = peer[2] = peer[3] = 0;
}

static __always_inline void socket_describe(struct eu_security_redirect *rec, struct sock *sk)
{
	__builtin_memset(rec->local_addr, 0, sizeof(rec->local_addr));
	__builtin_memset(rec->peer_addr, 0, sizeof(rec->peer_addr));
	rec->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	rec->protocol = BPF_CORE_READ_BITFIELD_PROBED(sk, sk_protocol);
	rec->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	rec->local_port = rec->peer_port = 0;
	rec->reserved = 0;
	if (rec->family != EU_AF_INET && rec->family != EU_AF_INET6)
		return;
	rec->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	rec->peer_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (rec->family == EU_AF_INET) {
		BPF_CORE_READ_INTO((__u32 *)rec->local_addr, sk, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO((__u32 *)rec->peer_addr, sk, __sk_common.skc_daddr);
		return;
	}
	BPF_CORE_READ_INTO((struct in6_addr *)rec->local_addr, sk, __sk_common.skc_v6_rcv_saddr);
	BPF_CORE_READ_INTO((struct in6_addr *)rec->peer_addr, sk, __sk_common.skc_v6_daddr);
	unmap_v4(rec);
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
