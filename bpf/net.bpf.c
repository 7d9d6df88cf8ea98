// SPDX-License-Identifier: GPL-2.0-only
/* The network: TCP connections, UDP flows, DNS messages. What is done with each stands in lib/. */
#include "lib/call.bpf.h"
#include "lib/dns.bpf.h"
#include "lib/filter.bpf.h"
#include "lib/hold.bpf.h"
#include "lib/tcp.bpf.h"
#include "lib/udp.bpf.h"

char LICENSE[] SEC("license") = "GPL";

SEC("tp_btf/inet_sock_set_state")
int HELD_PROG(eu_tcp_state, const struct sock *sk, int from, int to)
{
	if (!is_tcp(sk))
		return 0;
	if (to == BPF_TCP_SYN_SENT)
		on_connecting(sk);
	else if (to == BPF_TCP_ESTABLISHED && from == BPF_TCP_SYN_SENT)
		on_connected(sk);
	else if (to == BPF_TCP_CLOSE && from == BPF_TCP_SYN_SENT)
		on_connect_failed(sk);
	else if (to == BPF_TCP_CLOSE)
		on_closed(sk);
	return 0;
}

static __always_inline bool nothing_accepted(__s64 result)
{
	return result == -EAGAIN || result == -EINTR ||
	       (result <= -ERESTARTSYS && result >= -ERESTART_MAX);
}

struct tcp_call {
	__u32 op;
	__u32 kind;
	__u32 fd;
	__u32 backlog;
	__u64 address;
};

/* socketcall: which call, by its number (include/uapi/linux/net.h), and its arguments in memory. */
static __always_inline bool tcp_socketcall(struct tcp_call *c, const struct eu_call *call)
{
	__u32 args[3] = {}, size = sizeof(args);

	switch (call_arg(call, 1)) {
	case 3:
		c->op = EU_OP_CONNECT;
		c->kind = EU_KIND_TCP_CONNECT;
		break;
	case 4:
		c->op = EU_OP_LISTEN;
		c->kind = EU_KIND_TCP_LISTEN;
		size = 2 * sizeof(args[0]);
		break;
	case 5: /* accept, accept4 */
	case 18:
		c->op = EU_OP_ACCEPT;
		c->kind = EU_KIND_TCP_ACCEPT;
		break;
	default:
		return false;
	}
	if (bpf_probe_read_user(args, size, (void *)call_arg(call, 2)) < 0)
		return false;
	c->fd = args[0];
	c->address = args[1];
	c->backlog = args[1];
	return true;
}

/* Takes the call apart. False: it is none of these. */
static __always_inline bool tcp_call_open(struct tcp_call *c, const struct eu_call *call)
{
	if (call->route.op == EU_OP_SOCKETCALL)
		return tcp_socketcall(c, call);
	c->op = call->route.op;
	c->kind = call->route.kind;
	c->fd = call_arg(call, call->route.fd);
	c->address = call_arg(call, call->route.path);
	c->backlog = call_arg(call, call->route.length);
	return true;
}

CALL_HANDLER(eu_tcp_call)
{
	struct eu_tcp_socket *new = tcp_new();
	struct tcp_call c = {};
	struct sock *sk;

	if (!tcp_call_open(&c, call))
		return;
	if (!new) {
		LOSE(lost_program, c.kind);
		return;
	}
	if (c.op == EU_OP_ACCEPT && nothing_accepted(call->result))
		return;
	if (c.op == EU_OP_ACCEPT && call->result >= 0)
		c.fd = call->result;
	sk = tcp_socket(fd_file(task, c.fd));
	if (!sk && c.op == EU_OP_CONNECT)
		udp_connected(call, fd_file(task, c.fd), c.address);
	if (!sk)
		return;
	call_describe(call, task, &new->rec.hdr, &new->rec.actor, c.kind);
	new->rec.result = call->result;
	read_addresses(&new->rec, sk);
	if (c.op == EU_OP_CONNECT)
		connect_returned(&new->rec, sk, c.address);
	else if (c.op == EU_OP_LISTEN)
		listen_returned(new, sk, c.backlog);
	else
		accept_returned(new, sk);
}

/*
 * What was connected or listening before: who owns it. Run once after everything is attached, so
 * that what comes later is never overwritten.
 */
SEC("iter/task_file")
int eu_tcp_before(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct eu_tcp_socket new = {}; /* preemptible, so on its own stack */
	struct eu_tcp *rec = &new.rec;
	struct sock *sk;
	__u64 key;
	__u8 state;

	if (!task || !ctx->file)
		return 0;
	sk = tcp_socket(ctx->file);
	if (!sk)
		return 0;
	state = BPF_CORE_READ(sk, __sk_common.skc_state);
	header_fill(&rec->hdr, task, EU_KIND_TCP_CLOSE);
	rec->actor.uid = BPF_CORE_READ(task, cred, uid.val);
	rec->actor.gid = BPF_CORE_READ(task, cred, gid.val);
	rec->actor.vpid = task_upid(task).nr;
	bpf_probe_read_kernel(rec->actor.comm, sizeof(rec->actor.comm), &task->comm);
	read_addresses(rec, sk);
	rec->direction = state == BPF_TCP_LISTEN     ? EU_TCP_LISTENING
			 : state == BPF_TCP_SYN_SENT ? EU_TCP_OUTBOUND
						     : EU_TCP_UNKNOWN;
	key = address_of(sk);
	if (bpf_map_update_elem(&tcp_sockets, &key, &new, BPF_NOEXIST) == 0 &&
	    BPF_CORE_READ(sk, __sk_common.skc_state) == BPF_TCP_CLOSE)
		bpf_map_delete_elem(&tcp_sockets, &key);
	return 0;
}

/* One message of a call, by what the scratch map says of it. */
static __always_inline void count_message(struct message_call *m, __s64 result)
{
	message_ends(m);
	if (m->transport == IPPROTO_UDP && udp_wanted())
		udp_count(result);
	if (result > 0 && dns_wanted() && is_dns(&m->peer)) {
		m->bytes = result;
		dns_message();
	}
}

static long message_step(__u32 i, struct eu_call **unused)
{
	struct message_call *m = message_get();
	struct eu_call *call = call_get();
	bool compat;
	__u32 bytes = 0;
	__u64 at;

	if (!m || !call)
		return 1;
	compat = call->abi == EU_ABI_COMPAT;
	at = m->data + (__u64)i * (compat ? MMSGHDR_STRIDE_COMPAT : MMSGHDR_STRIDE);
	if (!message_header(m, at, compat))
		return 1;
	at += compat ? MSGHDR_SIZE_COMPAT : MSGHDR_SIZE;
	bpf_probe_read_user(&bytes, sizeof(bytes), (void *)at);
	count_message(m, bytes);
	return 0;
}

/* What comes back although nothing went: it goes on, or there was nothing. */
static __always_inline bool says_nothing(__s64 result)
{
	return result == -EAGAIN || result == -EINTR ||
	       (result <= -ERESTARTSYS && result >= -ERESTART_MAX);
}

/* read and readv of no bytes take no datagram, writev of none sends none. */
static __always_inline bool moves_nothing(const struct message_call *m, const struct eu_call *call)
{
	struct user_vector v = {.length = m->length};

	if (call->result != 0 || call->route.op == EU_OP_MESSAGE_SOCKETCALL)
		return false;
	if (m->op == EU_OP_MESSAGE_RECV)
		return call->route.new_path == EU_ARG_NONE && m->length == 0;
	if (m->op != EU_OP_MESSAGE_RECVV && m->op != EU_OP_MESSAGE_SENDV)
		return false;
	/* Whoever passes more than one empty entry in front of a full one is not looked after. */
	if (m->length == 0 || !read_vector(&v, m->data, 0, call->abi == EU_ABI_COMPAT))
		return true;
	return m->length == 1 && v.length == 0;
}

CALL_HANDLER(eu_net_message)
{
	struct message_call *m = message_get();

	if (!m || says_nothing(call->result) || !message_open(m, call, task))
		return;
	if (!m->sent && (m->flags & (MSG_PEEK | MSG_ERRQUEUE)))
		return;
	if (m->transport == IPPROTO_TCP && (call->result <= 0 || !dns_wanted()))
		return;
	ends_of(&m->ends, (struct sock *)m->sk);
	if (m->transport == IPPROTO_TCP && !is_dns(&m->ends))
		return;
	if (moves_nothing(m, call))
		return;
	m->inode = socket_inode(m->socket);
	m->base = m->data;
	m->count = m->length;
	m->vector = m->op == EU_OP_MESSAGE_SENDV || m->op == EU_OP_MESSAGE_RECVV;
	if (m->op == EU_OP_MESSAGE_SENDMMSG || m->op == EU_OP_MESSAGE_RECVMMSG) {
		if (call->result > 0) {
			bpf_loop(call->result & (2 * MESSAGES_MAX - 1), message_step, &call, 0);
			return;
		}
	} else if (m->op != EU_OP_MESSAGE_SENDMSG && m->op != EU_OP_MESSAGE_RECVMSG) {
		count_message(m, call->result);
		return;
	}
	if (message_header(m, m->data, call->abi == EU_ABI_COMPAT))
		count_message(m, call->result);
}

/* Run by the collector every second: which flows are over, and which messages will stay halves. */
SEC("syscall")
int eu_net_report(struct eu_report *ctx)
{
	dns_visit_all(ctx);
	return udp_visit_all(ctx);
}
