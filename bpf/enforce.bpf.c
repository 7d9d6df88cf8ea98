// SPDX-License-Identifier: GPL-2.0-only
/* Kills a program that is executed before its first instruction. Works on every kernel. */
#include "lib/enforce.bpf.h"
#include "lib/hold.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* The new image is mapped, its first instruction is not run yet: a signal comes before it. */
SEC("tp_btf/sched_process_exec")
int HELD_PROG(eu_enforce_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct decision d = {};
	struct slot *slot;
	int index;

	if (!decision_begin(&d, EU_ENFORCE_EXEC, true, false, task))
		return 0;
	index = slot_take();
	slot = index < 0 ? NULL : slot_get(index);
	if (!slot) {
		count_undecided();
		return 0;
	}
	slot_who(slot, task);
	slot_inode(slot, bprm->file);
	slot_path(index, address_of(bprm->file) + bpf_core_field_offset(struct file, f_path),
		  address_of(task), true);
	if (decide(index, d.set, d.operation, d.policies) & EU_ENFORCE_KILLED)
		bpf_send_signal(9);
	slot_give_back(slot);
	return 0;
}
