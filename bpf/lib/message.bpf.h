/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call that sends or receives, taken apart: which socket, which way, and where the bytes and the
 * peer's address of each of its messages stand in the process. It lies in a map, since stacks are
 * small; nothing preempts a handler.
 */
#pragma once

#include "lib/call.bpf.h"
#include "lib/socket.bpf.h"

#define MSG_PEEK     0x2
#define MSG_ERRQUEUE 0x2000

#define MESSAGES_MAX 1024 /* of sendmmsg and recvmmsg: UIO_MAXIOV */

struct message_call {
	__u64 socket; /* struct socket */
	__u64 sk;     /* struct sock */
	__u32 inode;
	__u16 transport; /* IPPROTO_* */
	__u8 sent;
	__u8 op;      /* enum eu_op */
	__u64 data;   /* a buffer, an array of iovec, a msghdr, an array of mmsghdr */
	__u64 length; /* of that buffer or array */
	__u64 name;
	__u64 flags;
	struct ends ends; /* as the socket has them */

	/* The message that is looked at. */
	struct ends peer; /* and with the address that was passed */
	__u64 base;	  /* a buffer, or an array of iovec */
	__u64 count;	  /* of its bytes, or entries */
	__u32 bytes;	  /* that went */
	__u32 vector;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct message_call);
} message_scratch SEC(".maps");

static __always_inline struct message_call *message_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&message_scratch, &zero);
}

struct user_vector {
	__u64 base;
	__u64 length;
};

/* Entry index of an array of struct iovec. */
static __always_inline bool read_vector(struct user_vector *ret, __u64 base, __u32 index,
					bool compat)
{
	__u32 narrow[2] = {};

	if (!compat)
		return bpf_probe_read_user(ret, sizeof(*ret),
					   (void *)(base + index * sizeof(*ret))) == 0;
	if (bpf_probe_read_user(narrow, sizeof(narrow), (void *)(base + index * sizeof(narrow))) <
	    0)
		return false;
	ret->base = narrow[0];
	ret->length = narrow[1];
	return true;
}

/* struct msghdr: name, its length, vector, its length, and more; the length that went stands behind
 * it in a struct mmsghdr. */
#define MSGHDR_SIZE	      56
#define MSGHDR_SIZE_COMPAT    28
#define MMSGHDR_STRIDE	      64
#define MMSGHDR_STRIDE_COMPAT 32

static __always_inline bool message_header(struct message_call *m, __u64 user, bool compat)
{
	__u64 wide[4] = {};
	__u32 narrow[4] = {};

	m->vector = 1;
	if (compat) {
		if (bpf_probe_read_user(narrow, sizeof(narrow), (void *)user) < 0)
			return false;
		m->name = narrow[1] ? narrow[0] : 0;
		m->base = narrow[2];
		m->count = narrow[3];
		return true;
	}
	if (bpf_probe_read_user(wide, sizeof(wide), (void *)user) < 0)
		return false;
	m->name = (__u32)wide[1] ? wide[0] : 0;
	m->base = wide[2];
	m->count = wide[3];
	return true;
}

/* socketcall: which call, by its number (include/uapi/linux/net.h), and its arguments in memory. */
static __always_inline bool message_socketcall(struct message_call *m, const struct eu_call *call,
					       __u32 *fd)
{
	__u32 args[6] = {}, wanted;
	__u32 number = call_arg(call, 1);
	bool named = number == 11 || number == 12;

	switch (number) {
	case 9: /* send, sendto */
	case 11:
		m->op = EU_OP_MESSAGE_SEND;
		break;
	case 10: /* recv, recvfrom */
	case 12:
		m->op = EU_OP_MESSAGE_RECV;
		break;
	case 16:
		m->op = EU_OP_MESSAGE_SENDMSG;
		break;
	case 17:
		m->op = EU_OP_MESSAGE_RECVMSG;
		break;
	case 19:
		m->op = EU_OP_MESSAGE_RECVMMSG;
		break;
	case 20:
		m->op = EU_OP_MESSAGE_SENDMMSG;
		break;
	default:
		return false;
	}
	wanted = named ? sizeof(args) : 4 * sizeof(__u32);
	if (number == 16 || number == 17)
		wanted = 3 * sizeof(__u32);
	if (bpf_probe_read_user(args, wanted & 31, (void *)call_arg(call, 2)) < 0)
		return false;
	*fd = args[0];
	m->data = args[1];
	m->length = args[2];
	m->flags = number == 16 || number == 17 ? args[2] : args[3];
	m->name = named ? args[4] : 0;
	return true;
}

/* Takes the call apart. False: it has nothing to do with a socket of UDP or TCP. */
static __always_inline bool message_open(struct message_call *m, const struct eu_call *call,
					 struct task_struct *task)
{
	__u32 fd = call_arg(call, call->route.fd);
	struct sock *sk;
	__u16 family;

	m->op = call->route.op;
	m->data = call_arg(call, call->route.path);
	m->length = call_arg(call, call->route.length);
	m->name = call_arg(call, call->route.new_path);
	m->flags = call_arg(call, call->route.flags);
	if (m->op == EU_OP_MESSAGE_SOCKETCALL && !message_socketcall(m, call, &fd))
		return false;
	m->sent = m->op < EU_OP_MESSAGE_RECV;
	m->socket = file_socket(fd_file(task, fd));
	if (!m->socket)
		return false;
	sk = socket_sock(m->socket);
	m->sk = (__u64)sk;
	m->transport = BPF_CORE_READ_BITFIELD_PROBED(sk, sk_protocol);
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	return sk && (family == AF_INET || family == AF_INET6) &&
	       (m->transport == IPPROTO_UDP || m->transport == IPPROTO_TCP);
}

/* Sets peer, behind which the message's own address stands if it has one. */
static __always_inline void message_ends(struct message_call *m)
{
	m->peer = m->ends;
	if (m->name && m->transport == IPPROTO_UDP)
		ends_to(&m->peer, m->name);
}
