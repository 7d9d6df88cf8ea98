// SPDX-License-Identifier: GPL-2.0-only
/*
 * What processes say to each other: through pipes, fifos, unix sockets, message queues, shared
 * memory, semaphores; and signals. Traffic is counted here, and told as totals.
 */
#include "lib/filter.bpf.h"
#include "lib/hold.bpf.h"
#include "lib/ipcend.bpf.h"
#include "lib/signal.bpf.h"
#include "lib/sysv.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define F_DUPFD		0
#define F_DUPFD_CLOEXEC 1030
#define MSG_PEEK	2
#define MESSAGES_MAX	1024 /* UIO_MAXIOV: of one sendmmsg */

#define ONE	 (1u << COUNT_MESSAGES)
#define SENT	 (ONE | COUNT_SENT)
#define RECEIVED ONE

/* Calls of socketcall(2) and ipc(2): include/uapi/linux/net.h, ipc.h. */
enum {
	CALL_SOCKET = 1,
	CALL_BIND = 2,
	CALL_CONNECT = 3,
	CALL_LISTEN = 4,
	CALL_ACCEPT = 5,
	CALL_SOCKETPAIR = 8,
	CALL_SEND = 9,
	CALL_RECV = 10,
	CALL_SENDTO = 11,
	CALL_RECVFROM = 12,
	CALL_SENDMSG = 16,
	CALL_RECVMSG = 17,
	CALL_ACCEPT4 = 18,
	CALL_RECVMMSG = 19,
	CALL_SENDMMSG = 20,
};

enum {
	IPC_SEMOP = 1,
	IPC_SEMGET = 2,
	IPC_SEMCTL = 3,
	IPC_SEMTIMEDOP = 4,
	IPC_MSGSND = 11,
	IPC_MSGRCV = 12,
	IPC_MSGGET = 13,
	IPC_MSGCTL = 14,
	IPC_SHMAT = 21,
	IPC_SHMDT = 22,
	IPC_SHMGET = 23,
	IPC_SHMCTL = 24,
};

/* Follows what a call opened, and tells of it. */
static __always_inline int opened(__u32 fd, __u32 type, __u32 role, __u32 flags, int result)
{
	struct eu_ipc_end *end;

	if (!end_track(fd, type, role, 0))
		return 0;
	end = end_new();
	if (!end)
		return 0;
	end->rec.open_flags = flags;
	if (kind_wanted(EU_KIND_IPC_OPEN))
		end_tell(end, EU_KIND_IPC_OPEN, 0, result);
	return 0;
}

/* Both ends at once, which are one event. fds: where the caller has them. */
__noinline int opened_pair(__u64 fds, __u32 type, __u32 role, __u32 flags)
{
	struct eu_ipc_end *end;
	__s32 pair[2] = {-1, -1};

	if (bpf_probe_read_user(pair, sizeof(pair), (void *)fds) < 0) {
		LOSE(lost_program, EU_KIND_IPC_OPEN);
		return 0;
	}
	if (!end_track(pair[1], type, role, 0) || !end_track(pair[0], type, role, 0))
		return 0;
	end = end_new();
	if (!end)
		return 0;
	end->rec.role = role;
	end->rec.open_flags = flags;
	end->rec.peer_fd = pair[1];
	if (kind_wanted(EU_KIND_IPC_OPEN))
		end_tell(end, EU_KIND_IPC_OPEN, 0, 0);
	return 0;
}

CALL_HANDLER(eu_ipc_open)
{
	__u32 flags = (__u32)call_arg(call, call->route.flags) | call->route.fixed_flags, type;
	struct file *file;

	if (call->result < 0)
		return;
	if (call->route.op == EU_OP_PIPE) {
		opened_pair(call_arg(call, call->route.path), EU_IPC_PIPE, EU_IPC_ROLE_NONE, flags);
		return;
	}
	file = fd_file(task, call->result);
	if (!file)
		return;
	if (call->route.op == EU_OP_OPENAT2)
		bpf_probe_read_user(&flags, sizeof(flags),
				    (void *)call_arg(call, call->route.flags));
	type = call->route.op == EU_OP_MQ_OPEN ? EU_IPC_POSIX_MQ : opened_type(file);
	if (type)
		opened(call->result, type, EU_IPC_ROLE_NONE, flags, call->result);
}

/* The name that a failed connect was given. */
__noinline int name_from_user(struct eu_ipc_end *end, __u64 address, __u32 len)
{
	struct sockaddr_un name = {};
	__u32 skip = bpf_core_field_offset(struct sockaddr_un, sun_path);

	if (!end || len <= skip || len > sizeof(name))
		return 0;
	asm volatile("%0 &= 127" : "+r"(len));
	if (bpf_probe_read_user(&name, len, (void *)address) < 0 || name.sun_family != AF_UNIX)
		return 0;
	__builtin_memcpy(end->name, name.sun_path, sizeof(name.sun_path));
	end->rec.name_len = len - skip;
	if (!name.sun_path[0])
		return 0;
	len = bpf_probe_read_kernel_str(end->name, sizeof(name.sun_path), name.sun_path);
	end->rec.name_len = (int)len > 0 ? len - 1 : 0;
	return 0;
}

__noinline int connect_failed(__u32 fd, __u64 address, __u32 len, int result)
{
	struct file *file = fd_file(bpf_get_current_task_btf(), fd);
	struct eu_ipc_end *end = end_new();

	if (!file || !end || !kind_wanted(EU_KIND_IPC_OPEN))
		return 0;
	end_describe(end, file, EU_IPC_UNIX, fd);
	end->rec.role = EU_IPC_CLIENT;
	name_from_user(end, address, len);
	end_tell(end, EU_KIND_IPC_OPEN, 0, result);
	return 0;
}

/* Binding opens what datagrams are sent to; streams are open when they listen. */
static __always_inline bool is_datagram(struct file *file)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);

	return BPF_CORE_READ(socket, type) == SOCK_DGRAM;
}

/* socket, bind, connect, listen, accept of descriptors that may be unix sockets. */
__noinline int socket_called(__u32 op, __u32 fd, __u64 address, __u32 len, __s64 result)
{
	struct file *file;
	__u32 role;

	if (result >= 0 && (op == EU_OP_ACCEPT || op == EU_OP_SOCKET))
		fd = result;
	file = fd_file(bpf_get_current_task_btf(), fd);
	if (!file || object_type(file, BPF_CORE_READ(file, f_inode)) != EU_IPC_UNIX)
		return 0;
	if (op == EU_OP_CONNECT && result < 0) {
		connect_failed(fd, address, len, result);
		return 0;
	}
	if (op == EU_OP_SOCKET) {
		if (result >= 0)
			end_track(fd, EU_IPC_UNIX, EU_IPC_ROLE_NONE, END_SILENT);
		return 0;
	}
	if (result < 0 || (op == EU_OP_BIND && !is_datagram(file)))
		return 0;
	role = op == EU_OP_CONNECT  ? EU_IPC_CLIENT
	       : op == EU_OP_ACCEPT ? EU_IPC_SERVER
	       : op == EU_OP_LISTEN ? EU_IPC_LISTENER
				    : EU_IPC_BOUND;
	opened(fd, EU_IPC_UNIX, role, 0, result);
	return 0;
}

static __always_inline int pair_called(__u64 fds, __u32 socket_type)
{
	__s32 first = -1;
	struct file *file;

	bpf_probe_read_user(&first, sizeof(first), (void *)fds);
	file = fd_file(bpf_get_current_task_btf(), first);
	if (file && object_type(file, BPF_CORE_READ(file, f_inode)) == EU_IPC_UNIX)
		opened_pair(fds, EU_IPC_UNIX, EU_IPC_PAIR, socket_type & ~0xfu);
	return 0;
}

/* A datagram that is sent to a name: of a socket with no other, that is the one to show. */
__noinline int name_destination(__u32 fd, __u64 address, __u32 len)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = fd_file(task, fd);
	struct eu_ipc_key key = end_key(task, file);
	struct eu_ipc_end *end = bpf_map_lookup_elem(&ipc_ends, &key);

	if (end && !end->rec.name_len && end->rec.socket_type == SOCK_DGRAM)
		name_from_user(end, address, len);
	return 0;
}

/* struct msghdr begins with the destination's name and its length. */
__noinline int name_message(__u32 fd, __u64 header, __u32 compat)
{
	__u64 native[2] = {};
	__u32 narrow[2] = {};

	if (compat) {
		bpf_probe_read_user(narrow, sizeof(narrow), (void *)header);
		native[0] = narrow[0];
		native[1] = narrow[1];
	} else {
		bpf_probe_read_user(native, sizeof(native), (void *)header);
	}
	if (native[0])
		name_destination(fd, native[0], native[1]);
	return 0;
}

struct messages {
	__u64 headers; /* struct mmsghdr of the caller */
	__u32 compat;
	__u32 zero;
	__u64 bytes;
};

static long message_step(__u32 i, struct messages *ctx)
{
	__u32 size = ctx->compat ? 32 : 64, at = ctx->compat ? 28 : 56, len = 0;

	bpf_probe_read_user(&len, sizeof(len), (void *)(ctx->headers + i * size + at));
	ctx->bytes += len;
	return 0;
}

/* Each message has its length behind its header. Returns the sum. */
__noinline int messages_length(__u64 headers, __u32 n, __u32 compat)
{
	struct messages ctx = {.headers = headers, .compat = compat};

	bpf_loop(n < MESSAGES_MAX ? n : MESSAGES_MAX, message_step, &ctx, 0);
	return ctx.bytes;
}

/* sendmmsg and recvmmsg of descriptors that may be unix sockets. Inlined: calls are nested deeply
 * enough. */
static __always_inline int count_many(__u32 fd, __u64 headers, __u32 n, bool sent, bool compat)
{
	struct file *file = fd_file(bpf_get_current_task_btf(), fd);

	if (!file || object_type(file, BPF_CORE_READ(file, f_inode)) != EU_IPC_UNIX)
		return 0;
	if (sent)
		name_message(fd, headers, compat);
	return end_count(fd, (__u32)messages_length(headers, n, compat),
			 n << COUNT_MESSAGES | (sent ? COUNT_SENT : 0), 0);
}

/* The 32-bit calls' other way in. */
static __always_inline int socketcall(__u32 which, __u64 arguments, __s64 result)
{
	__u32 a[6] = {};

	if (bpf_probe_read_user(a, sizeof(a), (void *)arguments) < 0 &&
	    bpf_probe_read_user(a, 3 * sizeof(a[0]), (void *)arguments) < 0)
		return 0;
	switch (which) {
	case CALL_SOCKET:
		return socket_called(EU_OP_SOCKET, 0, 0, 0, result);
	case CALL_BIND:
		return socket_called(EU_OP_BIND, a[0], a[1], a[2], result);
	case CALL_CONNECT:
		return socket_called(EU_OP_CONNECT, a[0], a[1], a[2], result);
	case CALL_LISTEN:
		return socket_called(EU_OP_LISTEN, a[0], 0, 0, result);
	case CALL_ACCEPT:
	case CALL_ACCEPT4:
		return socket_called(EU_OP_ACCEPT, a[0], 0, 0, result);
	case CALL_SOCKETPAIR:
		return result < 0 ? 0 : pair_called(a[3], a[1]);
	default:
		break;
	}
	if (result < 0 || !ends_wanted())
		return 0;
	switch (which) {
	case CALL_SENDTO:
		name_destination(a[0], a[4], a[5]);
		return end_count(a[0], result, SENT, 0);
	case CALL_SENDMSG:
		name_message(a[0], a[1], true);
		return end_count(a[0], result, SENT, 0);
	case CALL_SEND:
		return end_count(a[0], result, SENT, 0);
	case CALL_RECV:
	case CALL_RECVFROM:
		return a[3] & MSG_PEEK ? 0 : end_count(a[0], result, RECEIVED, 0);
	case CALL_RECVMSG:
		return a[2] & MSG_PEEK ? 0 : end_count(a[0], result, RECEIVED, 0);
	case CALL_SENDMMSG:
		return count_many(a[0], a[1], result, true, true);
	case CALL_RECVMMSG:
		return a[3] & MSG_PEEK ? 0 : count_many(a[0], a[1], result, false, true);
	default:
		return 0;
	}
}

CALL_HANDLER(eu_ipc_socket)
{
	switch (call->route.op) {
	case EU_OP_SOCKETCALL:
		socketcall(call->args[1], call->args[2], call->result);
		break;
	case EU_OP_SOCKETPAIR:
		if (call->result >= 0)
			pair_called(call->args[4], call->args[2]);
		break;
	default:
		socket_called(call->route.op, call->args[1], call->args[2], call->args[3],
			      call->result);
		break;
	}
}

/* A copy of a descriptor: one more of the same end. */
static __always_inline void duplicated(const struct eu_call *call, struct task_struct *task)
{
	__u32 command = call_arg(call, call->route.flags), to = call->result;
	struct eu_ipc_end *end;
	struct eu_ipc_key key;
	struct file *file;

	if (call->result < 0 ||
	    (call->route.op == EU_OP_FCNTL && command != F_DUPFD && command != F_DUPFD_CLOEXEC))
		return;
	fd_gone(to, EU_IPC_IMPLICIT, 0, false);
	file = fd_file(task, to);
	if (!file)
		return;
	key = end_key(task, file);
	end = bpf_map_lookup_elem(&ipc_ends, &key);
	if (!end)
		return;
	/* Whoever has not been seen with it, by fork, may have it by this number too. */
	if (call_arg(call, call->route.fd) != to)
		fd_note(call_arg(call, call->route.fd), end);
	fd_note(to, end);
}

CALL_HANDLER(eu_ipc_close)
{
	__u32 fd = call_arg(call, call->route.fd);

	if (call->route.op == EU_OP_DUP || call->route.op == EU_OP_FCNTL)
		duplicated(call, task);
	else if (call->route.op == EU_OP_CLOSE_RANGE)
		walk_table(fd, call_arg(call, call->route.fd_to), 0, false);
	else
		fd_gone(fd, 0, call->result, false);
}

CALL_HANDLER(eu_ipc_transfer)
{
	__u32 fd = call_arg(call, call->route.fd), to = call_arg(call, call->route.fd_to);
	__u64 bytes = call->result;
	__u32 op = call->route.op;

	if (call->result < 0 ||
	    (op == EU_OP_RECV || op == EU_OP_RECVMMSG ? call_arg(call, call->route.flags) & MSG_PEEK
						      : 0))
		return;
	switch (op) {
	case EU_OP_READ:
	case EU_OP_RECV:
		/* Of a queue the call's own route says so. */
		end_count(fd, bytes, RECEIVED, call->route.fixed_flags);
		break;
	case EU_OP_WRITE:
		end_count(to, bytes, SENT, 0);
		break;
	case EU_OP_SENDTO:
		if (call->args[5])
			name_destination(to, call->args[5], call->args[6]);
		end_count(to, bytes, SENT, 0);
		break;
	case EU_OP_SENDMSG:
		name_message(to, call->args[2], call->abi == EU_ABI_COMPAT);
		end_count(to, bytes, SENT, 0);
		break;
	case EU_OP_MQ_SEND:
		end_count(to, call_arg(call, call->route.length), SENT, EU_IPC_POSIX_MQ);
		break;
	case EU_OP_COPY:
		end_count(fd, bytes, RECEIVED, 0);
		end_count(to, bytes, SENT, 0);
		break;
	case EU_OP_TEE: /* what is read stays there */
		end_count(to, bytes, SENT, 0);
		break;
	case EU_OP_VMSPLICE:
		end_count(to, bytes,
			  role_of_mode(fd_file(task, to)) & FMODE_WRITE ? SENT : RECEIVED, 0);
		break;
	case EU_OP_SENDMMSG:
	case EU_OP_RECVMMSG:
		count_many(op == EU_OP_SENDMMSG ? to : fd, call->args[2], bytes,
			   op == EU_OP_SENDMMSG, call->abi == EU_ABI_COMPAT);
		break;
	default:
		break;
	}
}

static __always_inline void shm_attached(const struct eu_call *call, __u32 id, __u64 where)
{
	__u32 address = 0;

	if (call->abi == EU_ABI_COMPAT && where) { /* through ipc(2): it is written there */
		bpf_probe_read_user(&address, sizeof(address), (void *)where);
		sysv_attach(id, address);
	} else {
		sysv_attach(id,
			    call->abi == EU_ABI_COMPAT ? (__u32)call->result : (__u64)call->result);
	}
}

/* ipc(call, first, second, third, ptr, fifth) */
static __always_inline void ipc_call(const struct eu_call *call)
{
	__u32 which = call->args[1] & 0xffff, first = call->args[2], second = call->args[3],
	      third = call->args[4];
	int result = call->result;

	switch (which) {
	case IPC_SEMGET:
		sysv_get(EU_IPC_SYSV_SEM, first, second, third, result);
		return;
	case IPC_MSGGET:
		sysv_get(EU_IPC_SYSV_MSG, first, 0, second, result);
		return;
	case IPC_SHMGET:
		sysv_get(EU_IPC_SYSV_SHM, first, second, third, result);
		return;
	case IPC_SEMCTL:
		sysv_control(EU_IPC_SYSV_SEM, first, third, result);
		return;
	case IPC_MSGCTL:
		sysv_control(EU_IPC_SYSV_MSG, first, second, result);
		return;
	case IPC_SHMCTL:
		sysv_control(EU_IPC_SYSV_SHM, first, second, result);
		return;
	default:
		break;
	}
	if (result < 0)
		return;
	if (which == IPC_SEMOP || which == IPC_SEMTIMEDOP)
		sysv_semop(first, call->args[5], second);
	else if (which == IPC_MSGSND)
		sysv_count(EU_IPC_SYSV_MSG, first, second, SENT);
	else if (which == IPC_MSGRCV && !(third & MSG_COPY))
		sysv_count(EU_IPC_SYSV_MSG, first, result, RECEIVED);
	else if (which == IPC_SHMAT)
		shm_attached(call, first, third);
	else if (which == IPC_SHMDT)
		sysv_detach((__u32)call->args[5]);
}

/* What fails looks like an address of the last page, or is one number below 0. */
static __always_inline bool failed(__s64 result)
{
	return result < 0 && result >= -4095;
}

CALL_HANDLER(eu_ipc_sysv)
{
	__u32 id = call_arg(call, call->route.fd), type = call->route.fixed_flags;

	switch (call->route.op) {
	case EU_OP_IPC:
		ipc_call(call);
		return;
	case EU_OP_GET:
		sysv_get(type, call->args[1], call_arg(call, call->route.length),
			 call_arg(call, call->route.flags), call->result);
		return;
	case EU_OP_CTL:
		sysv_control(type, id, call_arg(call, call->route.flags), call->result);
		return;
	default:
		break;
	}
	if (failed(call->result))
		return;
	switch (call->route.op) {
	case EU_OP_SHMAT:
		shm_attached(call, id, 0);
		break;
	case EU_OP_SHMDT:
		sysv_detach(call->args[1]);
		break;
	case EU_OP_MSGSND:
		sysv_count(EU_IPC_SYSV_MSG, id, call->args[3], SENT);
		break;
	case EU_OP_MSGRCV:
		if (!(call->args[5] & MSG_COPY))
			sysv_count(EU_IPC_SYSV_MSG, id, call->result, RECEIVED);
		break;
	case EU_OP_SEMOP:
		sysv_semop(id, call->args[2], call->args[3]);
		break;
	default:
		break;
	}
}

/* What was marked close-on-exec is gone by now, and so is all memory. */
SEC("tp_btf/sched_process_exec")
int HELD_PROG(eu_ipc_exec, struct task_struct *task)
{
	struct eu_call *call = call_get();

	if (!call)
		return 0;
	call_identify(call, task);
	walk_table(0, ~0u, EU_IPC_IMPLICIT, false);
	sysv_leave(task, true);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int HELD_PROG(eu_ipc_exit, struct task_struct *task)
{
	struct eu_call *call = call_get();

	if (!call)
		return 0;
	call_identify(call, task);
	if (task->files && table_ends(task))
		walk_table(0, ~0u, EU_IPC_IMPLICIT, true);
	if (task->signal->live.counter == 0)
		sysv_leave(task, false);
	return 0;
}

/* Where the reporter builds its records: it may be preempted, so not where the others do. Only one
 * runs at a time. */
struct report {
	struct eu_ipc rec;
	char name[EU_OPEN_PATH_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct report);
} report_scratch SEC(".maps");

static long report_step(void *map, struct eu_ipc_key *key, struct eu_ipc_end *end, __u32 *more)
{
	__u32 zero = 0, len;
	struct report *report = bpf_map_lookup_elem(&report_scratch, &zero);
	struct eu_event_header *hdr;

	if (!report || !end)
		return 1;
	if (end->ended || (end->reported_sent == end->rec.messages_sent &&
			   end->reported_received == end->rec.messages_received))
		return 0;
	if (!event_ring_has_room(sizeof(*report))) {
		*more = 1;
		return 1;
	}
	__builtin_memcpy(&report->rec, &end->rec, sizeof(report->rec));
	__builtin_memcpy(report->name, end->name, sizeof(report->name));
	hdr = &report->rec.hdr;
	hdr->ts_ns = bpf_ktime_get_boot_ns();
	hdr->kind = EU_KIND_IPC_TRAFFIC;
	actor_without_call(&report->rec.actor);
	len = report->rec.name_len & (2 * EU_OPEN_PATH_MAX - 1);
	len = (sizeof(report->rec) + len + 7) & ~7u;
	if (len > sizeof(*report))
		len = sizeof(*report);
	if (!emit_event(hdr, EU_KIND_IPC_TRAFFIC, len)) {
		*more = 1;
		return 0;
	}
	end->reported_sent = report->rec.messages_sent;
	end->reported_received = report->rec.messages_received;
	return 0;
}

/* Run by the collector every now and then, and once at the end: what was not told yet. */
SEC("syscall")
int eu_ipc_report(struct eu_report *ctx)
{
	__u32 more = 0;

	if (kind_wanted(EU_KIND_IPC_TRAFFIC)) {
		bpf_for_each_map_elem(&ipc_ends, report_step, &more, 0);
		bpf_for_each_map_elem(&ipc_sysv, report_step, &more, 0);
	}
	if (kind_wanted(EU_KIND_IPC_SIGNAL))
		bpf_for_each_map_elem(&ipc_signals, signal_report_step, &more, 0);
	return more;
}
