// SPDX-License-Identifier: GPL-2.0-only
/*
 * What already runs: an exec record per process, marked as snapshot. A sleepable iterator, because
 * the arguments of another process may have to be paged in. Only one iterator is read at a time, so
 * its buffers need not be per CPU.
 */
#include "lib/exec.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[EU_RECORD_MAX]);
} snapshot_scratch SEC(".maps");

static __always_inline void *record_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&snapshot_scratch, &zero);
}

static __always_inline void snapshot_args(struct eu_exec *rec, __u32 *at, struct task_struct *task)
{
	__u64 start = BPF_CORE_READ(task, mm, arg_start),
	      len = BPF_CORE_READ(task, mm, arg_end) - start;
	__u32 to = *at;

	if (len > EU_ARGS_MAX) {
		len = EU_ARGS_MAX;
		rec->hdr.truncated |= EU_TRUNC_ARGS;
	}
	asm volatile("" : "+r"(len), "+r"(to));
	if (len > EU_ARGS_MAX || to > EU_RECORD_MAX - EU_ARGS_MAX || len == 0)
		return;
	if (bpf_copy_from_user_task((char *)rec + to, len, (void *)start, task, 0) < 0) {
		rec->hdr.truncated |= EU_TRUNC_ARGS;
		return;
	}
	rec->args_len = len;
	*at = to + len;
}

SEC("iter.s/task")
int eu_snapshot_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct eu_exec *rec = record_get();
	__u32 at = sizeof(*rec), size;
	struct file *exe;

	if (!task || !rec || task->pid != task->tgid)
		return 0;
	exe = task->mm ? task->mm->exe_file : NULL;
	exec_fixed(rec, task, exe);
	rec->hdr.flags = EU_FLAG_SNAPSHOT;
	if (exe) {
		exec_exe_path(rec, &at, task, exe);
		exec_cwd(rec, &at, task);
		snapshot_args(rec, &at, task);
	}
	size = exec_size(at);
	rec->hdr.size = size;
	bpf_seq_write(ctx->meta->seq, rec, size);
	return 0;
}
