// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where processes spend their CPU time, and what they use. The clocks run their programs in hard
 * interrupts, which may come while any other program is at work: nothing is shared with those that
 * is not written in one go.
 */
#include "lib/hold.bpf.h"
#include "lib/perfcount.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define FRAMES_SIZE (EU_PERF_FRAMES * sizeof(__u64))
#define FRAMES_MASK 0x7ff

struct perf_stacks {
	struct eu_perf_sample rec;
	__u8 frames[2 * (FRAMES_MASK + 1)];
};

/* A clock's program is not interrupted by itself. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct perf_stacks);
} perf_stacks SEC(".maps");

/* Appends the kernel's stack, then the process's own. Returns their length. */
static __always_inline __u32 sample_stacks(void *ctx, struct perf_stacks *s,
					   struct task_struct *task)
{
	long kernel = bpf_get_stack(ctx, s->frames, FRAMES_SIZE, 0), user;
	__u64 at;

	if (kernel < 0 || kernel >= FRAMES_SIZE)
		s->rec.hdr.truncated = EU_TRUNC_STACK;
	at = kernel < 0 ? 0 : kernel & FRAMES_MASK;
	user = bpf_get_stack(ctx, s->frames + at, FRAMES_SIZE, BPF_F_USER_STACK);
	/* A kernel thread has none, and one that ends has none any more. */
	if ((user <= 0 && task->mm) || user >= (long)FRAMES_SIZE)
		s->rec.hdr.truncated = EU_TRUNC_STACK;
	s->rec.kernel_len = at;
	s->rec.user_len = user < 0 ? 0 : user & FRAMES_MASK;
	return s->rec.kernel_len + s->rec.user_len;
}

SEC("perf_event")
int eu_perf_sample(struct bpf_perf_event_data *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 zero = 0, len;
	struct perf_stacks *s = bpf_map_lookup_elem(&perf_stacks, &zero);
	struct eu_control *ctl = control_get();

	if (!s || !ctl || !task->pid || !kind_wanted(EU_KIND_PERF_SAMPLE) ||
	    !perf_passes(task, task->tgid, task_cgroup_key(task)))
		return 0;
	header_fill(&s->rec.hdr, task, EU_KIND_PERF_SAMPLE);
	perf_actor(&s->rec.actor, task);
	s->rec.weight_ns = ctl->perf_period_ns;
	s->rec.reserved = 0;
	len = sample_stacks(ctx, s, task);
	if (len <= 2 * FRAMES_MASK)
		emit_event(&s->rec.hdr, EU_KIND_PERF_SAMPLE, sizeof(s->rec) + len);
	return 0;
}

static __always_inline void account_running(struct task_struct *task, bool dies)
{
	struct perf_delta delta = {};
	struct perf_thread *t;

	if (!kind_wanted(EU_KIND_PERF_COUNTERS))
		return;
	perf_read(&delta);
	if (!task->pid)
		return; /* nobody ran */
	t = bpf_task_storage_get(&perf_threads, task, NULL, 0);
	if (t) {
		thread_look(t, task);
		account(t, task, &delta);
		if (dies)
			leave(t, task->signal->live.counter == 0);
	} else if (dies && perf_passes(task, task->tgid, task_cgroup_key(task))) {
		LOSE(lost_map, EU_KIND_PERF_COUNTERS);
	}
}

/* What a thread used that stays on its CPU is not told by its leaving. */
SEC("perf_event")
int eu_perf_tick(struct bpf_perf_event_data *ctx)
{
	account_running(bpf_get_current_task_btf(), false);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(eu_perf_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	account_running(prev, prev->__state & TASK_DEAD);
	return 0;
}

/* Not at sched_process_fork: the workers of an io_uring do not come by there. */
SEC("tp_btf/task_newtask")
int HELD_PROG(eu_perf_begin, struct task_struct *task, __u64 clone_flags)
{
	thread_begin(task, true);
	return 0;
}

/* It has another name now, and may be somebody else. */
SEC("tp_btf/sched_process_exec")
int HELD_PROG(eu_perf_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct perf_thread *t = bpf_task_storage_get(&perf_threads, task, NULL, 0);
	struct eu_perf_process *p;
	struct eu_perf_key key;

	if (!t)
		return 0;
	key = t->key;
	p = bpf_map_lookup_elem(&perf_processes, &key);
	if (p)
		perf_actor(&p->rec.actor, task);
	return 0;
}

/*
 * A process that nobody saw leave a CPU has no entry yet, and when it leaves for good its parent
 * may have done away with what describes it. What it used is added then.
 */
SEC("tp_btf/sched_process_exit")
int HELD_PROG(eu_perf_exit, struct task_struct *task)
{
	struct perf_thread *t = bpf_task_storage_get(&perf_threads, task, NULL, 0);
	struct eu_perf_key key;

	if (!t || !kind_wanted(EU_KIND_PERF_COUNTERS))
		return 0;
	key = t->key;
	key.cgroup_key = task_cgroup_key(task);
	if (perf_passes(task, key.tgid, key.cgroup_key) &&
	    !bpf_map_lookup_elem(&perf_processes, &key))
		process_new(&key, task, PERF_IRQS_ON);
	return 0;
}

/* Who runs already, behind attaching. */
SEC("iter/task")
int eu_perf_before(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (task)
		thread_begin(task, false);
	return 0;
}

/* Run by the collector every now and then: what was used since the last time. */
SEC("syscall")
int eu_perf_report(struct eu_report *ctx)
{
	struct report_state state = {.now = bpf_ktime_get_boot_ns(), .final = ctx->final};

	bpf_for_each_map_elem(&perf_processes, report_process, &state, 0);
	return state.more;
}
