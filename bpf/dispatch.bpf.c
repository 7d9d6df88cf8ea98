// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one program on sys_exit, for all families: each further program there costs every system call
 * of the machine 60 to 85 ns. A table says which calls are wanted; whoever makes another one pays
 * for a look at it. At sys_exit the arguments still stand in the registers, and what they point to
 * has been paged in by the call itself.
 */
#include "lib/begun.bpf.h"
#include "lib/count.bpf.h"
#include "lib/hold.bpf.h"
#include "lib/regs.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define AT_FDCWD (-100)

/* How the call ended, as far as its beginning tells. */
static __always_inline void look_back(const struct eu_control *ctl, struct counted *c, __u64 raw)
{
	__u64 since = 0;
	bool begun = begun_take(bpf_get_current_task_btf(), &since);

	c->refused = !begun && (ctl->count_flags & EU_COUNT_REFUSED) && is_error(c->result) &&
		     (__s64)raw >= 0;
	if (since && (ctl->count_flags & EU_COUNT_LATENCY))
		c->latency_ns = bpf_ktime_get_ns() - since;
}

static __always_inline void count_exit(const struct eu_control *ctl, struct counted *c,
				       struct call_id id, struct task_struct *task)
{
	c->key.start_ns = task->group_leader->start_boottime;
	c->key.css_set = (__u64)task->cgroups;
	c->key.tgid = task->tgid;
	c->key.number = id.number;
	c->key.abi = id.abi;
	if (ctl->count_flags & EU_COUNT_CALLS)
		count_call(ctl, c, id.slot, task);
}

/* The first route of a call that somebody wants, and the call as its handlers find it; 0: none. */
static __always_inline __u32 look_at(struct pt_regs *regs, __s64 result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 raw = call_number(regs);
	struct call_id id = call_id_of(task, raw);
	struct counted counted = {.result = result};
	struct eu_control *ctl = control_get();
	__u32 zero = 0, route;
	struct eu_routes *table = bpf_map_lookup_elem(&routes, &zero);
	struct eu_call *call;

	if (!table || !ctl)
		return 0;
	if (call_counted(ctl, id) && !is_childs_return(id, result)) {
		if (ctl->count_flags & (EU_COUNT_LATENCY | EU_COUNT_REFUSED))
			look_back(ctl, &counted, raw);
		count_exit(ctl, &counted, id, task);
	}
	route = table->first[id.abi & 1][id.slot & (EU_CALL_NUMBERS - 1)];
	if (!route)
		return 0;
	call = call_get();
	if (!call)
		return 0;
	call_identify(call, task);
	if (!call->families)
		return 0;
	call->abi = id.abi;
	call->number = id.number;
	call->result = result;
	call->latency_ns = counted.latency_ns;
	call->refused = counted.refused;
	call_read_args(call, regs, id.abi == EU_ABI_COMPAT);
	call_name(call, id, call->args[1]);
	call->args[EU_ARG_CWD] = AT_FDCWD;
	call->args[EU_ARG_NONE] = 0;
	return route;
}

/*
 * A handler is entered without holding the CPU. Should this be preempted then, the kernel leaves
 * this program out on this CPU, and nobody else writes to the call.
 */
SEC("tp_btf/sys_exit")
int BPF_PROG(eu_sys_exit, struct pt_regs *regs, long result)
{
	struct eu_call *call;
	__u32 route;

	hold_cpu();
	route = look_at(regs, result);
	release_cpu();
	call = route ? call_get() : NULL;
	if (call)
		call_enter(ctx, call, route);
	return 0;
}
