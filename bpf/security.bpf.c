// SPDX-License-Identifier: GPL-2.0-only
/*
 * What matters to security: seldom, so each is told; but for capabilities and operations of rings,
 * which are counted. Calls come from the dispatcher, when they have returned.
 */
#include "lib/hold.bpf.h"
#include "lib/oom.bpf.h"
#include "lib/redirect.bpf.h"
#include "lib/regs.bpf.h"
#include "lib/uses.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define CLONE_NEWTIME	 0x80
#define CLONE_NAMESPACES 0x7e020000 /* all but that: in clone it is part of the signal */

#define PR_BIT(option)	      (1ull << (option))
#define PR_SET_PTRACER	      0x59616d61
#define PR_CAP_AMBIENT	      47
#define PR_CAP_AMBIENT_IS_SET 1
#define PTRACE_TRACEME	      0
#define CAP_SYS_ADMIN	      21
#define F_DUPFD		      0
#define F_DUPFD_CLOEXEC	      1030
#define BPF_NAME_LEN	      16
#define BPF_ATTR_MAP_NAME     28 /* offsets in union bpf_attr */
#define BPF_ATTR_PROG_NAME    48
#define BPF_ATTR_ATTACH_TYPE  8
#define IO_URING_PARAMS_FLAGS 8
#define BPF_CMD(command)      (1ull << (command))
#define SOCKETCALL_SOCKET     1
#define SOCK_TYPE_MASK	      0xf
#define AF_NETLINK	      16
#define NETLINK_ROUTE	      0
#define ADJ_OFFSET_SS_READ    0xa001
#define SYSLOG_ACTION_OPEN    1
#define PERSONALITY_ASK	      0xffffffff
#define PERF_ATTR_CONFIG      8

/* PDEATHSIG, DUMPABLE, KEEPCAPS, SECCOMP, CAPBSET_DROP, TSC, SECUREBITS, MM, CHILD_SUBREAPER,
 * NO_NEW_PRIVS, CAP_AMBIENT, SPECULATION_CTRL, SYSCALL_USER_DISPATCH. */
#define PR_OPTIONS                                                                                 \
	(PR_BIT(1) | PR_BIT(4) | PR_BIT(8) | PR_BIT(22) | PR_BIT(24) | PR_BIT(26) | PR_BIT(28) |   \
	 PR_BIT(35) | PR_BIT(36) | PR_BIT(38) | PR_BIT(47) | PR_BIT(53) | PR_BIT(59))
#define PR_SET_MDWE 65

/* Reading and writing elements of a map that is open already. */
#define BPF_ELEMENTS                                                                               \
	(BPF_CMD(1) | BPF_CMD(2) | BPF_CMD(3) | BPF_CMD(4) | BPF_CMD(21) | BPF_CMD(24) |           \
	 BPF_CMD(25) | BPF_CMD(26) | BPF_CMD(27))

static __always_inline __u64 user_word(__u64 address)
{
	__u64 word = 0;

	bpf_probe_read_user(&word, sizeof(word), (void *)address);
	return word;
}

static __always_inline bool is_wanted_prctl(__u32 option, __u64 argument)
{
	if (option == PR_CAP_AMBIENT)
		return argument != PR_CAP_AMBIENT_IS_SET;
	return option == PR_SET_PTRACER || option == PR_SET_MDWE ||
	       (option < 64 && (PR_OPTIONS >> option & 1));
}

/* The arguments of socket, which 32-bit calls may have in memory. False: it is another call. */
static __always_inline bool read_socket(const struct eu_call *call, __u32 *args)
{
	bool is_several = call->abi == EU_ABI_COMPAT && call->number == COMPAT_SOCKETCALL;

	if (is_several)
		return call->args[1] == SOCKETCALL_SOCKET &&
		       bpf_probe_read_user(args, 12, (void *)call->args[2]) == 0;
	args[0] = call->args[1];
	args[1] = call->args[2];
	args[2] = call->args[3];
	return true;
}

/* What programs have for everyday: TCP, UDP, unix, and the tables of addresses and routes. */
static __always_inline bool is_everyday_socket(__u32 family, __u32 type, __u32 protocol)
{
	type &= SOCK_TYPE_MASK;
	if (family == AF_NETLINK)
		return protocol == NETLINK_ROUTE;
	if (family != AF_INET && family != AF_INET6)
		return family == EU_AF_UNIX;
	if (type == SOCK_STREAM)
		return protocol == 0 || protocol == IPPROTO_TCP;
	return type == SOCK_DGRAM && (protocol == 0 || protocol == IPPROTO_UDP);
}

static __always_inline bool is_wanted_socket(const struct eu_call *call)
{
	__u32 args[3] = {};

	return read_socket(call, args) && !is_everyday_socket(args[0], args[1], args[2]);
}

/* Capabilities of a file are an attribute of it. */
static __always_inline bool names_capability(__u64 user)
{
	const char wanted[20] __attribute__((aligned(4))) = "security.capability";
	char name[24] __attribute__((aligned(4))) = {}; /* a longer one shows */
	int i;

	if (bpf_probe_read_user_str(name, sizeof(name), (void *)user) != sizeof(wanted))
		return false;
	for (i = 0; i < 5; i++) {
		if (((__u32 *)name)[i] != ((const __u32 *)wanted)[i])
			return false;
	}
	return true;
}

/* Of clocks: to change one, not only to ask. */
static __always_inline bool changes_clock(__u64 user)
{
	__u32 modes = user_word(user);

	return modes && modes != ADJ_OFFSET_SS_READ;
}

/* The same of calls of SECURITY_SYSTEM. */
static __always_inline bool is_wanted_system(const struct eu_call *call)
{
	switch (call->route.op) {
	case EU_CALL_ADJTIMEX:
		return changes_clock(call->args[1]);
	case EU_CALL_CLOCK_ADJTIME:
		return changes_clock(call->args[2]);
	case EU_CALL_SYSLOG:
		return (__u32)call->args[1] > SYSLOG_ACTION_OPEN;
	case EU_CALL_PERSONALITY:
		return (__u32)call->args[1] != PERSONALITY_ASK;
	case EU_CALL_SETXATTR:
	case EU_CALL_LSETXATTR:
	case EU_CALL_FSETXATTR:
	case EU_CALL_SETXATTRAT:
		return names_capability(call_arg(call, call->route.name));
	default:
		return true;
	}
}

/* Whether the call is one that matters. Most clones make no namespace: they leave here. */
static __always_inline bool is_wanted(const struct eu_call *call)
{
	__u32 first = call->args[1];

	switch (call->route.op) {
	case EU_CALL_CLONE: /* the child returns 0 from it too */
		return (first & CLONE_NAMESPACES) && call->result != 0;
	case EU_CALL_CLONE3:
		return call->result != 0 &&
		       (user_word(call->args[1]) & (CLONE_NAMESPACES | CLONE_NEWTIME));
	case EU_CALL_UNSHARE:
		return first & (CLONE_NAMESPACES | CLONE_NEWTIME);
	case EU_CALL_PRCTL:
		return is_wanted_prctl(first, call->args[2]);
	case EU_CALL_BPF:
		return first >= 64 || !(BPF_ELEMENTS >> first & 1);
	case EU_CALL_SOCKET:
		return is_wanted_socket(call);
	default:
		return call->route.kind != EU_KIND_SECURITY_SYSTEM || is_wanted_system(call);
	}
}

/* The namespace behind a descriptor, or the process of a pidfd. */
static __always_inline void describe_setns(struct eu_security *rec, struct file *file)
{
	const char nsfs[8] __attribute__((aligned(8))) = "nsfs";

	if (!file)
		return;
	if (is_text(BPF_CORE_READ(file, f_inode, i_sb, s_type, name), &nsfs))
		rec->value = BPF_CORE_READ(file, f_inode, i_ino);
	else
		security_target_of_pidfd(rec, file);
}

static __always_inline void describe_bpf(struct eu_security *rec)
{
	__u32 command = rec->args[0], offset = 0;

	if (command == BPF_PROG_ATTACH || command == BPF_PROG_DETACH || command == BPF_LINK_CREATE)
		offset = BPF_ATTR_ATTACH_TYPE;
	else if (command != BPF_MAP_CREATE && command != BPF_PROG_LOAD)
		return;
	rec->detail = user_word(rec->args[1] + offset);
}

static __always_inline void describe_mount_attributes(struct eu_security *rec, __u64 user)
{
	__u64 attr[3] = {};

	bpf_probe_read_user(attr, sizeof(attr), (void *)user);
	rec->value = attr[0];
	rec->args[3] = attr[1];
	rec->detail = attr[2];
}

/* What stands in memory, and whom a descriptor stands for. */
static __always_inline void describe_call(struct eu_security *rec, struct task_struct *task)
{
	switch (rec->call) {
	case EU_CALL_PTRACE:
		if (rec->args[0] == PTRACE_TRACEME)
			rec->target_pid = rec->target_vpid = 0;
		break;
	case EU_CALL_SETNS:
		describe_setns(rec, fd_file(task, rec->args[0]));
		break;
	case EU_CALL_CLONE3:
		rec->flags = user_word(rec->args[0]);
		security_target(rec, task, rec->result);
		break;
	case EU_CALL_CLONE:
		security_target(rec, task, rec->result);
		break;
	case EU_CALL_PRCTL:
		if ((__u32)rec->args[0] == PR_SET_PTRACER)
			security_target(rec, task, rec->args[1]);
		break;
	case EU_CALL_BPF:
		describe_bpf(rec);
		break;
	case EU_CALL_IO_URING_SETUP:
		rec->flags = (__u32)user_word(rec->args[1] + IO_URING_PARAMS_FLAGS);
		break;
	case EU_CALL_MOUNT_SETATTR:
	case EU_CALL_OPEN_TREE_ATTR:
		describe_mount_attributes(rec, rec->args[3]);
		break;
	case EU_CALL_FSMOUNT:
		rec->value = (__u32)rec->args[2];
		break;
	case EU_CALL_ADJTIMEX:
		rec->flags = (__u32)user_word(rec->args[0]);
		break;
	case EU_CALL_CLOCK_ADJTIME:
		rec->flags = (__u32)user_word(rec->args[1]);
		break;
	case EU_CALL_PERF_EVENT_OPEN:
		rec->detail = user_word(rec->args[0]);
		rec->value = user_word(rec->args[0] + PERF_ATTR_CONFIG);
		break;
	case EU_CALL_PIDFD_GETFD:
	case EU_CALL_PROCESS_MADVISE:
	case EU_CALL_PROCESS_MRELEASE:
		security_target_of_pidfd(rec, fd_file(task, rec->args[0]));
		break;
	default:
		break;
	}
}

/* What the type of the namespace behind a descriptor is called. */
static __always_inline __u32 tail_namespace(__u32 at, struct task_struct *task, __u32 fd)
{
	struct file *file = fd_file(task, fd);
	struct ns_common *ns = file ? BPF_CORE_READ(file, f_inode, i_private) : NULL;
	const char *name = ns ? BPF_CORE_READ(ns, ops, name) : NULL;

	return name ? tail_string(at, (__u64)name, EU_TRUNC_NAME) : 0;
}

/* Where the name is that no argument points to itself; its room. */
static __always_inline __u64 hidden_name(const struct eu_security *rec, __u32 *max)
{
	__u32 command = rec->args[0], size = rec->args[2];

	*max = BPF_NAME_LEN;
	if (command == BPF_MAP_CREATE && size >= BPF_ATTR_MAP_NAME + BPF_NAME_LEN)
		return rec->args[1] + BPF_ATTR_MAP_NAME;
	if (command == BPF_PROG_LOAD && size >= BPF_ATTR_PROG_NAME + BPF_NAME_LEN)
		return rec->args[1] + BPF_ATTR_PROG_NAME;
	*max = EU_PATH_MAX;
	return command == BPF_RAW_TRACEPOINT_OPEN ? user_word(rec->args[1]) : 0;
}

/* Strings that no argument points to itself. */
static __always_inline __u32 tail_hidden(struct eu_security *rec, struct task_struct *task)
{
	__u32 command = rec->args[0], at = sizeof(*rec), max;
	__u64 name;

	if (rec->call == EU_CALL_SETNS) {
		if (rec->value)
			rec->name_len = tail_namespace(at, task, rec->args[0]);
	} else if (command == BPF_OBJ_PIN || command == BPF_OBJ_GET) {
		rec->raw_len =
		    tail_raw(at, user_word(rec->args[1]), EU_TRUNC_RAW) & (EU_PATH_MAX - 1);
	} else {
		name = hidden_name(rec, &max);
		rec->name_len = name ? tail_user(at, name, max, EU_TRUNC_NAME) : 0;
	}
	return at + rec->raw_len + rec->name_len;
}

/* What sethostname and setdomainname were passed has no end; so what is there now. */
static __always_inline __u32 tail_host(__u32 at, const struct eu_security *rec,
				       struct task_struct *task)
{
	if (rec->result < 0)
		return 0;
	if (rec->call == EU_CALL_SETHOSTNAME)
		return tail_string(at, address_of(task->nsproxy->uts_ns->name.nodename),
				   EU_TRUNC_NAME);
	return tail_string(at, address_of(task->nsproxy->uts_ns->name.domainname), EU_TRUNC_NAME);
}

/* The descriptor that is looked at for its path: the one that a call takes, or the one it got. */
static __always_inline struct file *
described_file(const struct eu_security *rec, const struct eu_call *call, struct task_struct *task)
{
	if (rec->call == EU_CALL_PIDFD_GETFD)
		return rec->result >= 0 ? fd_file(task, rec->result) : NULL;
	return call->route.fd == EU_ARG_NONE ? NULL : fd_file(task, call_arg(call, call->route.fd));
}

static __always_inline __u64 data_argument(const struct eu_security *rec,
					   const struct eu_call *call)
{
	bool is_binary = rec->call == EU_CALL_FSCONFIG && rec->args[1] == FSCONFIG_SET_BINARY;

	return is_binary ? 0 : call_arg(call, call->route.data);
}

/* acct is passed none to end it. */
static __always_inline bool has_path(const struct eu_call *call)
{
	return call->route.op != EU_CALL_ACCT || call_arg(call, call->route.path);
}

/* The tail: path, raw, base, source, name, data. Returns where it ends. */
static __always_inline __u32 tail_arguments(struct eu_security *rec, struct eu_call *call,
					    struct task_struct *task)
{
	struct file *file = described_file(rec, call, task);
	__u32 at = sizeof(*rec), raw = 0;

	if (file)
		rec->path_len = tail_file(at, (__u64)file, EU_TRUNC_PATH);
	at += rec->path_len;
	if (call->route.path != EU_ARG_NONE && has_path(call))
		raw = tail_raw(at, call_arg(call, call->route.path), EU_TRUNC_RAW);
	rec->raw_len = raw & (EU_PATH_MAX - 1);
	at += rec->raw_len;
	if (raw & TAIL_RELATIVE)
		rec->base_len = tail_base(at, call_arg(call, call->route.dirfd), EU_TRUNC_BASE);
	at += rec->base_len;
	rec->source_len =
	    tail_user(at, call_arg(call, call->route.source), EU_PATH_MAX, EU_TRUNC_SOURCE);
	at += rec->source_len;
	rec->name_len = tail_user(at, call_arg(call, call->route.name), EU_PATH_MAX, EU_TRUNC_NAME);
	at += rec->name_len;
	rec->data_len = tail_user(at, data_argument(rec, call), EU_PATH_MAX, EU_TRUNC_DATA);
	return at + rec->data_len;
}

static __always_inline void describe_socket(struct eu_security *rec, const struct eu_call *call)
{
	__u32 args[3] = {};

	read_socket(call, args);
	rec->args[0] = args[0];
	rec->args[1] = args[1];
	rec->args[2] = args[2];
}

CALL_HANDLER(eu_security_call)
{
	struct eu_security *rec = record_get();
	__u32 kind = call->route.kind, at;

	if (!is_wanted(call))
		return;
	if (call->route.op == EU_CALL_SETNS || call->route.op == EU_CALL_UNSHARE)
		credentials_note(task); /* a user namespace gives new ones */
	if (!kind_wanted(kind))
		return;
	if (!rec) {
		LOSE(lost_program, kind);
		return;
	}
	security_call(call, task, rec);
	if (rec->call == EU_CALL_SOCKET)
		describe_socket(rec, call);
	describe_call(rec, task);
	if (rec->call == EU_CALL_SETNS || rec->call == EU_CALL_BPF)
		at = tail_hidden(rec, task);
	else if (rec->call == EU_CALL_SETHOSTNAME || rec->call == EU_CALL_SETDOMAINNAME)
		at = sizeof(*rec) + (rec->name_len = tail_host(sizeof(*rec), rec, task));
	else
		at = tail_arguments(rec, call, task);
	emit_event(&rec->hdr, kind, record_size(at));
}

#define CAPABILITY_VERSION_1 0x19980330 /* one word for each set, not two */

/* The sets that capset asks for, in place of the arguments that it does not have. */
static __always_inline void read_capset(struct eu_security *rec)
{
	__u32 version = user_word(rec->args[0]), words[6] = {};
	int i;

	bpf_probe_read_user(words, version == CAPABILITY_VERSION_1 ? 12 : 24, (void *)rec->args[1]);
	for (i = 0; i < 3; i++)
		rec->args[3 + i] = words[i] | (__u64)words[i + 3] << 32;
}

/* The oldest 32-bit calls have ids of 16 bits, where 0xffff stands for -1. */
static __always_inline void widen_ids(struct eu_security *rec)
{
	int i;

	for (i = 0; i < 3; i++) {
		rec->args[i] &= 0xffff;
		if (rec->args[i] == 0xffff)
			rec->args[i] = EU_ID_UNSET;
	}
}

CALL_HANDLER(eu_security_credentials)
{
	struct eu_security_credentials *rec = record_get();
	struct eu_ids *known = credentials_known(task);

	if (!rec) {
		LOSE(lost_program, EU_KIND_SECURITY_CREDENTIALS);
		return;
	}
	security_call(call, task, &rec->call);
	if (rec->call.call == EU_CALL_CAPSET)
		read_capset(&rec->call);
	if (call->route.fixed_flags)
		widen_ids(&rec->call);
	__builtin_memset(&rec->before, 0, sizeof(rec->before));
	if (known) {
		rec->before = *known;
		rec->call.security_flags |= EU_SECURITY_BEFORE;
	}
	ids_fill(&rec->after, task);
	credentials_note(task);
	emit_event(&rec->call.hdr, EU_KIND_SECURITY_CREDENTIALS, sizeof(*rec));
}

/* A descriptor of standard input, output or error that is a socket now. */
CALL_HANDLER(eu_security_redirect)
{
	struct eu_security_redirect *rec = record_get();
	struct file *file;
	struct sock *sk;
	__u64 socket;
	__u32 fd = call->result, command = call->args[2];

	if (call->result < 0 || call->result > 2)
		return;
	if (call->route.op == EU_CALL_FCNTL && command != F_DUPFD && command != F_DUPFD_CLOEXEC)
		return;
	file = fd_file(task, fd);
	socket = file_socket(file);
	sk = socket ? socket_sock(socket) : NULL;
	if (!sk)
		return;
	if (!rec) {
		LOSE(lost_program, EU_KIND_SECURITY_REDIRECT);
		return;
	}
	security_call(call, task, &rec->call);
	socket_describe(rec, sk);
	if (rec->family == EU_AF_UNIX)
		rec->call.raw_len = tail_unix(sizeof(*rec), (__u64)sk);
	emit_event(&rec->call.hdr, EU_KIND_SECURITY_REDIRECT,
		   record_size(sizeof(*rec) + rec->call.raw_len));
}

/* Memory accounting asks for CAP_SYS_ADMIN all the time, only to know: its refusals say nothing. */
static __always_inline bool says_something(int capability, int result)
{
	return capability != CAP_SYS_ADMIN || result == 0;
}

/* Since 6.14. */
SEC("tp_btf/cap_capable")
int HELD_PROG(eu_security_capable, const struct cred *cred, struct user_namespace *target,
	      const struct user_namespace *capable, int capability, int result)
{
	if (says_something(capability, result))
		use_note(EU_KIND_SECURITY_CAPABILITY, capability, result, target->ns.inum);
	return 0;
}

/* Before that: the function which has that tracepoint at its end. */
SEC("fexit/cap_capable")
int BPF_PROG(eu_security_capable_exit, const struct cred *cred, struct user_namespace *target,
	     int capability, unsigned int options, int result)
{
	if (says_something(capability, result))
		use_note_by_function(EU_KIND_SECURITY_CAPABILITY, capability, result,
				     target->ns.inum);
	return 0;
}

/* Called io_uring_submit_sqe before 6.3. Some are never calls that anybody could see. */
SEC("tp_btf/io_uring_submit_req")
int HELD_PROG(eu_security_ring_req, struct io_kiocb *req)
{
	use_note(EU_KIND_SECURITY_IO_URING_OP, req->opcode, 0, 0);
	return 0;
}

SEC("tp_btf/io_uring_submit_sqe")
int HELD_PROG(eu_security_ring_sqe, struct io_kiocb *req)
{
	use_note(EU_KIND_SECURITY_IO_URING_OP, req->opcode, 0, 0);
	return 0;
}

SEC("tp_btf/mark_victim")
int HELD_PROG(eu_security_victim, void *first)
{
	struct eu_security *rec = record_get();
	__u64 victim = oom_victim(address_of(first));

	if (!rec || !victim || !kind_wanted(EU_KIND_SECURITY_OOM))
		return 0;
	oom_describe(rec, (void *)victim);
	if (filter_passes(EU_FAMILY_SECURITY, rec->hdr.tgid, rec->hdr.cgroup_key))
		emit_event(&rec->hdr, EU_KIND_SECURITY_OOM, sizeof(*rec));
	return 0;
}

/* Whether what this thread changes will be seen. */
static __always_inline bool is_watched(struct task_struct *task)
{
	struct identity *id = identity_of(task);

	return id && filter_passes(EU_FAMILY_SECURITY, task->tgid, id->cgroup_key);
}

SEC("tp_btf/sched_process_fork")
int HELD_PROG(eu_security_fork, struct task_struct *parent, struct task_struct *child)
{
	if (kind_wanted(EU_KIND_SECURITY_CREDENTIALS) && is_watched(parent))
		credentials_note(child);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int HELD_PROG(eu_security_exec, struct task_struct *task)
{
	if (!kind_wanted(EU_KIND_SECURITY_CREDENTIALS))
		return 0;
	if (is_watched(task))
		credentials_note(task);
	else
		credentials_forget(task);
	return 0;
}

/* Who runs already: run once behind attaching. What an earlier subscription knew may be outdated.
 */
SEC("iter/task")
int eu_security_before(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (!task)
		return 0;
	if (filter_passes(EU_FAMILY_SECURITY, task->tgid, task_cgroup_key(task)))
		credentials_note(task);
	else
		credentials_forget(task);
	return 0;
}

/* Run by the collector every now and then: what was used since the last time. */
SEC("syscall")
int eu_security_report(struct eu_report *ctx)
{
	__u32 more = 0;

	bpf_for_each_map_elem(&uses, report_use, &more, 0);
	return more;
}
