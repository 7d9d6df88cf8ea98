/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets behind files, and the two ends of what goes through them. */
#pragma once

#include "lib/maps.bpf.h"

#include <bpf/bpf_endian.h>

#ifndef S_IFMT
#define S_IFMT 0170000
#endif
#define S_IFSOCK 0140000
#define AF_INET	 2
#define AF_INET6 10

/* Both ends of a message. A local address that the socket is not bound to is zero, like a peer that
 * nobody knows. */
struct ends {
	__u8 local[16];
	__u8 peer[16];
	__u32 netns;
	__u16 local_port;
	__u16 peer_port;
	__u16 family;
	__u16 reserved[3];
};

static __always_inline bool is_mapped(const __u32 *address)
{
	return address[0] == 0 && address[1] == 0 && address[2] == bpf_htonl(0xffff);
}

static __always_inline bool is_unspecified(const __u32 *address)
{
	return !(address[0] | address[1] | address[2] | address[3]);
}

/* IPv4 in IPv6 is IPv4: that is what is on the wire. */
static __always_inline void unmap_addresses(__u32 *local, __u32 *peer, __u16 *family)
{
	if (!is_mapped(peer) && !(is_mapped(local) && is_unspecified(peer)))
		return;
	*family = AF_INET;
	local[0] = is_mapped(local) ? local[3] : 0;
	peer[0] = peer[3];
	local[1] = local[2] = local[3] = peer[1] = peer[2] = peer[3] = 0;
}

static __always_inline void ends_of(struct ends *ends, const struct sock *sk)
{
	__builtin_memset(ends, 0, sizeof(*ends));
	ends->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	ends->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	ends->peer_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	ends->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	if (ends->family == AF_INET) {
		BPF_CORE_READ_INTO((__u32 *)ends->local, sk, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO((__u32 *)ends->peer, sk, __sk_common.skc_daddr);
		return;
	}
	BPF_CORE_READ_INTO((struct in6_addr *)ends->local, sk, __sk_common.skc_v6_rcv_saddr);
	BPF_CORE_READ_INTO((struct in6_addr *)ends->peer, sk, __sk_common.skc_v6_daddr);
	unmap_addresses((__u32 *)ends->local, (__u32 *)ends->peer, &ends->family);
}

/* Puts the peer at that user address in; false when there is none. */
static __always_inline bool ends_to(struct ends *ends, __u64 user)
{
	struct sockaddr_in6 to = {};

	if (bpf_probe_read_user(&to, sizeof(to), (void *)user) < 0 &&
	    bpf_probe_read_user(&to, sizeof(struct sockaddr_in), (void *)user) < 0)
		return false;
	if (to.sin6_family != AF_INET && to.sin6_family != AF_INET6)
		return false;
	__builtin_memset(ends->peer, 0, sizeof(ends->peer));
	ends->peer_port = bpf_ntohs(to.sin6_port);
	if (to.sin6_family == AF_INET) {
		__builtin_memcpy(ends->peer, &((struct sockaddr_in *)&to)->sin_addr, 4);
		if (ends->family != AF_INET)
			__builtin_memset(ends->local, 0, sizeof(ends->local));
		ends->family = AF_INET;
		return true;
	}
	__builtin_memcpy(ends->peer, &to.sin6_addr, sizeof(ends->peer));
	ends->family = AF_INET6;
	unmap_addresses((__u32 *)ends->local, (__u32 *)ends->peer, &ends->family);
	return true;
}

/* The address of the struct socket behind a file, or 0. */
static __always_inline __u64 file_socket(struct file *file)
{
	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	return (__u64)BPF_CORE_READ(file, private_data);
}

static __always_inline struct sock *socket_sock(__u64 socket)
{
	return BPF_CORE_READ((struct socket *)socket, sk);
}

static __always_inline __u32 socket_inode(__u64 socket)
{
	return BPF_CORE_READ((struct socket_alloc *)socket, vfs_inode.i_ino);
}

/*
 * Whether a socket seen before is still there. The kernel takes its struct sock away before it
 * lets go of it, and whoever gets the memory next has another inode number.
 */
static __always_inline bool socket_lives(__u64 socket, __u32 inode, __u64 sk)
{
	return (__u64)socket_sock(socket) == sk && socket_inode(socket) == inode;
}
