// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files: opened, closed, what went through them, and what becomes of their names. One program per
 * kind of call, entered from the dispatcher when the call has returned. Paths are read then, not
 * before: at entry their page may not be there yet.
 */
#include "lib/filter.bpf.h"
#include "lib/hold.bpf.h"
#include "lib/openfile.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define O_CREAT		0100
#define O_TMPFILE	020000000 /* without the O_DIRECTORY that goes with it */
#define F_DUPFD		0
#define F_DUPFD_CLOEXEC 1030
#define AT_REMOVEDIR	0x200
#define S_IFCHR		0020000
#define S_IFBLK		0060000

static __always_inline void finish(struct eu_event_header *hdr, __u32 kind, __u32 at)
{
	emit_event(hdr, kind, record_size(at));
}

static __always_inline void open_arguments(struct eu_file_open *rec, struct eu_call *call)
{
	rec->open_flags = (__u32)call_arg(call, call->route.flags) | call->route.fixed_flags;
	rec->mode = call_arg(call, call->route.mode);
	rec->resolve = 0;
	if (call->route.op == EU_OP_OPENAT2) {
		__u64 how[3] = {};

		bpf_probe_read_user(how, sizeof(how), (void *)call_arg(call, call->route.flags));
		rec->open_flags = how[0];
		rec->mode = how[1];
		rec->resolve = how[2];
	}
	if (!(rec->open_flags & (O_CREAT | O_TMPFILE)))
		rec->mode = 0;
}

/* The tail: path, raw, base. Returns where it ends. */
static __always_inline __u32 open_tail(struct eu_file_open *rec, struct eu_call *call,
				       struct file *file)
{
	struct eu_control *ctl = control_get();
	__u32 at = sizeof(*rec), raw;

	rec->path_len = rec->raw_len = rec->base_len = 0;
	if (file && ctl && !ctl->raw_paths)
		rec->path_len = tail_file(at, (__u64)file, EU_TRUNC_PATH);
	at += rec->path_len;
	if (call->route.path == EU_ARG_NONE)
		return at; /* by handle: it has no path */
	raw = tail_raw(at, call_arg(call, call->route.path), EU_TRUNC_RAW);
	rec->raw_len = raw & (EU_PATH_MAX - 1);
	at += rec->raw_len;
	if ((raw & TAIL_RELATIVE) && !rec->path_len && ctl && !ctl->raw_paths)
		rec->base_len = tail_base(at, call_arg(call, call->route.dirfd), EU_TRUNC_BASE);
	return at + rec->base_len;
}

CALL_HANDLER(eu_file_open)
{
	struct eu_file_open *rec = record_get();
	struct file *file = NULL;
	__u32 at, fd;

	if (!rec) {
		LOSE(lost_program, EU_KIND_FILE_OPEN);
		return;
	}
	call_describe(call, task, &rec->hdr, &rec->actor, EU_KIND_FILE_OPEN);
	open_arguments(rec, call);
	rec->inode = 0;
	rec->dev = rec->file_mode = rec->file_flags = 0;
	rec->result = call->result;
	__builtin_memset(rec->reserved, 0, sizeof(rec->reserved));
	fd = rec->result;
	if (rec->result >= 0)
		file = fd_file(task, fd);
	if (file) {
		FILE_DESCRIBE(rec, file);
		if (BPF_CORE_READ(file, f_mode) & FMODE_CREATED)
			rec->file_flags |= EU_FILE_CREATED;
	}
	at = open_tail(rec, call, file);
	if (kind_wanted(EU_KIND_FILE_OPEN))
		finish(&rec->hdr, EU_KIND_FILE_OPEN, at);
	if (file && closes_wanted())
		track(fd, sizeof(*rec), rec->path_len ? rec->path_len : rec->raw_len,
		      rec->file_flags & EU_FILE_CREATED);
}

CALL_HANDLER(eu_file_close)
{
	__u32 fd = call_arg(call, call->route.fd);

	if (call->route.op == EU_OP_CLOSE_RANGE)
		walk_table(fd, call_arg(call, call->route.fd_to), 0, false);
	else
		end_if_gone(fd, 0, call->result);
}

CALL_HANDLER(eu_file_dup)
{
	__u32 from, to, command;

	if (call->result < 0)
		return;
	command = call_arg(call, call->route.flags);
	if (call->route.op == EU_OP_FCNTL && command != F_DUPFD && command != F_DUPFD_CLOEXEC)
		return;
	from = call_arg(call, call->route.fd);
	to = call->result;
	if (from == to)
		return;
	end_if_gone(to, EU_FILE_IMPLICIT, 0);
	track_copy(from, to);
}

static __always_inline struct eu_open_file *tracked(__u32 fd)
{
	struct eu_open_key key = open_key(bpf_get_current_task_btf(), fd);
	struct eu_open_file *of = bpf_map_lookup_elem(&open_files, &key);

	if (of)
		return of;
	adopt(fd);
	return bpf_map_lookup_elem(&open_files, &key);
}

static __always_inline void count_read(__u32 fd, __u64 bytes)
{
	struct eu_open_file *of = tracked(fd);

	if (!of)
		return;
	__sync_fetch_and_add(&of->rec.bytes_read, bytes);
	__sync_fetch_and_add(&of->rec.reads, 1);
}

static __always_inline void count_write(__u32 fd, __u64 bytes)
{
	struct eu_open_file *of = tracked(fd);

	if (!of)
		return;
	__sync_fetch_and_add(&of->rec.bytes_written, bytes);
	__sync_fetch_and_add(&of->rec.writes, 1);
}

CALL_HANDLER(eu_file_transfer)
{
	if (call->result <= 0)
		return;
	if (call->route.op != EU_OP_WRITE)
		count_read(call_arg(call, call->route.fd), call->result);
	if (call->route.op != EU_OP_READ)
		count_write(call_arg(call, call->route.fd_to), call->result);
}

/* A path as passed and, when it is relative, its directory. Returns the two lengths, 16 bits each.
 */
__noinline int tail_name(__u32 at, __u64 user, int dirfd, __u32 cut_bits)
{
	__u32 raw = tail_raw(at, user, cut_bits & (EU_TRUNC_RAW | EU_TRUNC_NEW_RAW));
	__u32 len = raw & (EU_PATH_MAX - 1), base = 0;

	if (raw & TAIL_RELATIVE)
		base = tail_base(at + len, dirfd, cut_bits & (EU_TRUNC_BASE | EU_TRUNC_NEW_BASE));
	return len | base << 16;
}

static __always_inline __u32 change_tail(struct eu_file_change *rec, struct eu_call *call)
{
	__u32 at = sizeof(*rec), found;
	struct file *file;

	if (call->route.fd != EU_ARG_NONE) {
		file = fd_file(bpf_get_current_task_btf(), rec->fd);
		rec->path_len = file ? tail_file(at, (__u64)file, EU_TRUNC_PATH) : 0;
		at += rec->path_len;
	}
	if (call->route.path != EU_ARG_NONE) {
		found = tail_name(at, call_arg(call, call->route.path),
				  call_arg(call, call->route.dirfd), EU_TRUNC_RAW | EU_TRUNC_BASE);
		rec->raw_len = found & 0xffff;
		rec->base_len = found >> 16;
		at += rec->raw_len + rec->base_len;
	}
	if (call->route.new_path == EU_ARG_NONE)
		return at;
	if (call->route.new_dirfd == EU_ARG_NONE) /* the text of a symlink */
		found = tail_raw(at, call_arg(call, call->route.new_path), EU_TRUNC_NEW_RAW) &
			(EU_PATH_MAX - 1);
	else
		found = tail_name(at, call_arg(call, call->route.new_path),
				  call_arg(call, call->route.new_dirfd),
				  EU_TRUNC_NEW_RAW | EU_TRUNC_NEW_BASE);
	rec->new_raw_len = found & 0xffff;
	rec->new_base_len = found >> 16;
	return at + rec->new_raw_len + rec->new_base_len;
}

/* The oldest 32-bit calls have ids of 16 bits, where 0xffff stands for -1. */
static __always_inline __u32 owner_arg(const struct eu_call *call, __u8 which)
{
	__u32 id = call_arg(call, which);

	if (call->route.op != EU_OP_CHOWN16)
		return id;
	id &= 0xffff;
	return id == 0xffff ? EU_ID_UNSET : id;
}

/* A device's number, of nodes that stand for one. */
static __always_inline __u32 node_device(__u32 mode, __u32 user)
{
	__u32 major = user >> 8 & 0xfff, minor = (user & 0xff) | (user >> 12 & 0xfff00);
	__u32 type = mode & S_IFMT;

	return type == S_IFCHR || type == S_IFBLK ? major << 20 | minor : 0;
}

CALL_HANDLER(eu_file_change)
{
	struct eu_file_change *rec = record_get();
	__u32 kind = call->route.kind, at;

	if (!rec) {
		LOSE(lost_program, kind);
		return;
	}
	rec->flags = call_arg(call, call->route.flags) | call->route.fixed_flags;
	if (kind == EU_KIND_FILE_UNLINK && (rec->flags & AT_REMOVEDIR))
		kind = EU_KIND_FILE_RMDIR;
	if (!kind_wanted(kind))
		return;
	call_describe(call, task, &rec->hdr, &rec->actor, kind);
	rec->length = call_arg(call, call->route.length);
	if (call->route.length_high != EU_ARG_NONE)
		rec->length |= call_arg(call, call->route.length_high) << 32;
	rec->mode = call_arg(call, call->route.mode);
	rec->owner = owner_arg(call, call->route.owner);
	rec->group = owner_arg(call, call->route.group);
	rec->result = call->result;
	rec->fd = call->route.fd == EU_ARG_NONE ? -1 : (int)call_arg(call, call->route.fd);
	rec->path_len = rec->raw_len = rec->base_len = rec->new_raw_len = rec->new_base_len = 0;
	rec->reserved = 0;
	rec->dev = 0;
	if (kind == EU_KIND_FILE_MKNOD) {
		rec->dev = node_device(rec->mode, rec->length);
		rec->length = 0;
	}
	at = change_tail(rec, call);
	finish(&rec->hdr, kind, at);
}

/* What was marked close-on-exec is gone by now. */
SEC("tp_btf/sched_process_exec")
int HELD_PROG(eu_file_exec, struct task_struct *task)
{
	struct eu_call *call = call_get();

	if (!call)
		return 0;
	call_identify(call, task);
	walk_table(0, ~0u, EU_FILE_IMPLICIT, false);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int HELD_PROG(eu_file_exit, struct task_struct *task)
{
	struct eu_call *call = call_get();

	if (!call || !task->files || !table_ends(task))
		return 0;
	call_identify(call, task);
	walk_table(0, ~0u, EU_FILE_IMPLICIT, true);
	return 0;
}

/* Where the reporter builds its records: it may be preempted, so not where the others do. Only one
 * runs at a time. */
struct report {
	struct eu_file_io rec;
	char path[EU_OPEN_PATH_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct report);
} report_scratch SEC(".maps");

static long report_step(void *map, struct eu_open_key *key, struct eu_open_file *of, void *data)
{
	__u32 zero = 0, len;
	struct report *report = bpf_map_lookup_elem(&report_scratch, &zero);
	struct eu_event_header *hdr;

	if (!report || !of)
		return 1;
	if (of->ended || (of->reported_read == of->rec.bytes_read &&
			  of->reported_written == of->rec.bytes_written))
		return 0;
	__builtin_memcpy(&report->rec, &of->rec, sizeof(report->rec));
	__builtin_memcpy(report->path, of->path, sizeof(report->path));
	of->reported_read = report->rec.bytes_read;
	of->reported_written = report->rec.bytes_written;
	hdr = &report->rec.hdr;
	hdr->ts_ns = bpf_ktime_get_boot_ns();
	hdr->kind = EU_KIND_FILE_IO;
	actor_without_call(&report->rec.actor);
	len = report->rec.path_len & (2 * EU_OPEN_PATH_MAX - 1);
	len = (sizeof(report->rec) + len + 7) & ~7u;
	if (len > sizeof(*report))
		len = sizeof(*report);
	emit_event(hdr, EU_KIND_FILE_IO, len);
	return 0;
}

/* Run by the collector every now and then: what went through files that are still open. */
SEC("syscall")
int eu_file_report(struct eu_report *ctx)
{
	if (ctx->final)
		return 0; /* whoever wants to know how it ends asks for file.close */
	bpf_for_each_map_elem(&open_files, report_step, NULL, 0);
	return 0;
}
