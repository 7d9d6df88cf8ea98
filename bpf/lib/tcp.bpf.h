/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TCP connections. A socket changes its state in whatever context the packet that does it is
 * handled in, so who owns it is written down where a process is surely at work: in its calls, and
 * where it begins to connect. The end of a connection belongs to whoever stands there.
 */
#pragma once

#include "lib/call.bpf.h"
#include "lib/emit.bpf.h"
#include "lib/filter.bpf.h"
#include "lib/regs.bpf.h"
#include "lib/socket.bpf.h"

/* What calls return that says nothing about a connection: it goes on, or nothing was waiting. */
#define EINTR	     4
#define EAGAIN	     11
#define EISCONN	     106
#define EALREADY     114
#define EINPROGRESS  115
#define ECANCELED    125
#define ERESTARTSYS  512
#define ERESTART_MAX 516

#define SOCK_DONE_BIT 1 /* enum sock_flags: a FIN was received */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_TCP_SOCKETS_MAX);
	__type(key, __u64);
	__type(value, struct eu_tcp_socket);
} tcp_sockets SEC(".maps");

/* Where process context builds a record or an entry; others have their stack. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_tcp_socket);
} tcp_scratch SEC(".maps");

static __always_inline struct eu_tcp_socket *tcp_new(void)
{
	__u32 zero = 0;
	struct eu_tcp_socket *new = bpf_map_lookup_elem(&tcp_scratch, &zero);

	if (new)
		__builtin_memset(new, 0, sizeof(*new));
	return new;
}

static __always_inline bool is_tcp(const struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	return (family == AF_INET || family == AF_INET6) &&
	       BPF_CORE_READ_BITFIELD_PROBED(sk, sk_protocol) == IPPROTO_TCP;
}

static __always_inline void unmap_tcp(struct eu_tcp *rec)
{
	unmap_addresses((__u32 *)rec->local_addr, (__u32 *)rec->peer_addr, &rec->family);
}

static __always_inline void read_addresses(struct eu_tcp *rec, const struct sock *sk)
{
	rec->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	rec->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	rec->peer_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	rec->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	if (rec->family == AF_INET) {
		BPF_CORE_READ_INTO((__u32 *)rec->local_addr, sk, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO((__u32 *)rec->peer_addr, sk, __sk_common.skc_daddr);
		return;
	}
	BPF_CORE_READ_INTO((struct in6_addr *)rec->local_addr, sk, __sk_common.skc_v6_rcv_saddr);
	BPF_CORE_READ_INTO((struct in6_addr *)rec->peer_addr, sk, __sk_common.skc_v6_daddr);
	unmap_tcp(rec);
}

static __always_inline void read_totals(struct eu_tcp *rec, const struct sock *sk)
{
	const struct tcp_sock *tp = (const struct tcp_sock *)sk;
	__u64 flags = 0;

	rec->bytes_sent = BPF_CORE_READ(tp, bytes_sent) - BPF_CORE_READ(tp, bytes_retrans);
	rec->bytes_received = BPF_CORE_READ(tp, bytes_received);
	rec->retransmits = BPF_CORE_READ(tp, total_retrans);
	/* The kernel counts a FIN as a byte. */
	BPF_CORE_READ_INTO(&flags, sk, __sk_common.skc_flags);
	if (rec->bytes_received && (flags & 1 << SOCK_DONE_BIT))
		rec->bytes_received--;
}

static __always_inline void send(struct eu_tcp *rec, __u16 kind)
{
	rec->hdr.ts_ns = bpf_ktime_get_boot_ns();
	rec->hdr.kind = kind;
	emit_event(&rec->hdr, kind, sizeof(*rec));
}

/* Remembers a socket until it is closed. kind: what is lost with it when there is no room. */
static __always_inline void remember(const struct sock *sk, struct eu_tcp_socket *new, __u32 kind)
{
	__u64 key = address_of(sk);

	new->began_ns = new->rec.hdr.ts_ns;
	if (bpf_map_update_elem(&tcp_sockets, &key, new, BPF_ANY) != 0)
		LOSE(lost_map, kind);
}

/* In the caller's own context, inside of connect or of a send that connects. */
static __always_inline void on_connecting(const struct sock *sk)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct identity *id = identity_of(task);
	struct eu_tcp_socket *new = tcp_new();
	struct eu_call *call = call_get();

	if (!call || !new || !(kind_wanted(EU_KIND_TCP_CONNECT) || kind_wanted(EU_KIND_TCP_CLOSE)))
		return;
	call_identify(call, task);
	if (!(call->families >> EU_FAMILY_NET & 1))
		return;
	call_name_current(call);
	if (id) {
		id->connecting = address_of(sk);
		id->failed_quietly = 0;
	}
	call_describe(call, task, &new->rec.hdr, &new->rec.actor, EU_KIND_TCP_CONNECT);
	new->rec.direction = EU_TCP_OUTBOUND;
	read_addresses(&new->rec, sk);
	remember(sk, new, EU_KIND_TCP_CONNECT);
}

static __always_inline void on_connected(const struct sock *sk)
{
	__u64 key = address_of(sk);
	struct eu_tcp_socket *known = bpf_map_lookup_elem(&tcp_sockets, &key);
	struct eu_tcp rec;

	if (!known)
		return;
	read_addresses(&known->rec, sk);
	rec = known->rec;
	if (known->began_ns)
		rec.latency_ns = bpf_ktime_get_boot_ns() - known->began_ns;
	known->began_ns = bpf_ktime_get_boot_ns();
	if (kind_wanted(EU_KIND_TCP_CONNECT))
		send(&rec, EU_KIND_TCP_CONNECT);
	if (!kind_wanted(EU_KIND_TCP_CLOSE))
		bpf_map_delete_elem(&tcp_sockets, &key);
}

/*
 * A refusal, a timeout and the like stand in the socket. Without any, either the call that began it
 * fails before a packet is sent, and its result will tell; or the process closed the socket while
 * the outcome was open.
 */
static __always_inline void on_connect_failed(const struct sock *sk)
{
	struct identity *id = identity_of(bpf_get_current_task_btf());
	__u64 key = address_of(sk);
	struct eu_tcp_socket *known = bpf_map_lookup_elem(&tcp_sockets, &key);
	int err = BPF_CORE_READ(sk, sk_err);
	struct eu_tcp rec;

	if (!known)
		return;
	rec = known->rec;
	if (known->began_ns)
		rec.latency_ns = bpf_ktime_get_boot_ns() - known->began_ns;
	bpf_map_delete_elem(&tcp_sockets, &key);
	if (err == 0 && id && id->connecting == key) {
		id->failed_quietly = key;
		return;
	}
	rec.result = err ? -err : -ECANCELED;
	if (kind_wanted(EU_KIND_TCP_CONNECT))
		send(&rec, EU_KIND_TCP_CONNECT);
}

static __always_inline void on_closed(const struct sock *sk)
{
	__u64 key = address_of(sk);
	struct eu_tcp_socket *known = bpf_map_lookup_elem(&tcp_sockets, &key);
	struct eu_tcp rec;

	if (!known)
		return;
	rec = known->rec;
	if (known->began_ns)
		rec.duration_ns = bpf_ktime_get_boot_ns() - known->began_ns;
	if (rec.direction != EU_TCP_LISTENING)
		read_totals(&rec, sk);
	rec.result = 0;
	actor_without_call(&rec.actor);
	/* Whoever takes the entry away tells of it. */
	if (bpf_map_delete_elem(&tcp_sockets, &key) == 0 && kind_wanted(EU_KIND_TCP_CLOSE))
		send(&rec, EU_KIND_TCP_CLOSE);
}

/* The TCP socket behind a file, or NULL. */
static __always_inline struct sock *tcp_socket(struct file *file)
{
	__u64 socket = file_socket(file);
	struct sock *sk = socket ? socket_sock(socket) : NULL;

	return sk && is_tcp(sk) ? sk : NULL;
}

/* Where to, as the process passed it. */
static __always_inline void read_destination(struct eu_tcp *rec, __u64 user)
{
	struct sockaddr_in6 to = {};

	if (bpf_probe_read_user(&to, sizeof(to), (void *)user) < 0 &&
	    bpf_probe_read_user(&to, sizeof(struct sockaddr_in), (void *)user) < 0)
		return;
	__builtin_memset(rec->peer_addr, 0, sizeof(rec->peer_addr));
	rec->peer_port = bpf_ntohs(to.sin6_port);
	if (to.sin6_family == AF_INET) {
		rec->family = AF_INET;
		__builtin_memcpy(rec->peer_addr, &((struct sockaddr_in *)&to)->sin_addr, 4);
	} else if (to.sin6_family == AF_INET6) {
		rec->family = AF_INET6;
		__builtin_memcpy(rec->peer_addr, &to.sin6_addr, sizeof(rec->peer_addr));
		unmap_tcp(rec);
	}
}

/*
 * Only what nobody told of yet: an attempt that ended before a packet was sent. One that began in
 * this call and is not known any more has been told of, one that is known goes on.
 */
static __always_inline void connect_returned(struct eu_tcp *rec, struct sock *sk, __u64 address)
{
	struct identity *id = identity_of(bpf_get_current_task_btf());
	bool began = id && id->connecting == address_of(sk);
	bool quietly = began && id->failed_quietly == address_of(sk);

	if (id)
		id->connecting = id->failed_quietly = 0;
	if (rec->result >= 0 || (began && !quietly) || !kind_wanted(EU_KIND_TCP_CONNECT) ||
	    rec->result == -EALREADY || rec->result == -EISCONN || rec->result == -EINPROGRESS)
		return;
	rec->direction = EU_TCP_OUTBOUND;
	read_destination(rec, address);
	send(rec, EU_KIND_TCP_CONNECT);
}

static __always_inline void listen_returned(struct eu_tcp_socket *new, struct sock *sk,
					    __u32 backlog)
{
	new->rec.direction = EU_TCP_LISTENING;
	new->rec.backlog = backlog;
	if (kind_wanted(EU_KIND_TCP_LISTEN))
		send(&new->rec, EU_KIND_TCP_LISTEN);
	if (new->rec.result == 0 && kind_wanted(EU_KIND_TCP_CLOSE))
		remember(sk, new, EU_KIND_TCP_CLOSE);
}

static __always_inline void accept_returned(struct eu_tcp_socket *new, struct sock *sk)
{
	bool accepted = new->rec.result >= 0;

	new->rec.direction = accepted ? EU_TCP_INBOUND : EU_TCP_LISTENING;
	if (kind_wanted(EU_KIND_TCP_ACCEPT))
		send(&new->rec, EU_KIND_TCP_ACCEPT);
	if (!accepted || !kind_wanted(EU_KIND_TCP_CLOSE))
		return;
	remember(sk, new, EU_KIND_TCP_CLOSE);
	/* It may have been closed before anybody knew of it. */
	if (BPF_CORE_READ(sk, __sk_common.skc_state) == BPF_TCP_CLOSE)
		on_closed(sk);
}
