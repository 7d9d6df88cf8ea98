// SPDX-License-Identifier: GPL-2.0-only
/*
 * What only the kernel's BPF LSM can stop: opening files, and executing with an error instead of a
 * signal. An object of its own, because many kernels do not have it.
 */
#include "lib/enforce.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define EPERM	    1
#define FMODE_READ  1
#define FMODE_WRITE 2

/* From 6.12 on the verifier wants to see the constants. */
static __always_inline int denied(int done)
{
	int deny = done & (EU_ENFORCE_DENIED | EU_ENFORCE_KILLED);

	asm volatile("" : "+r"(deny));
	if (deny)
		return -EPERM;
	return 0;
}

static __always_inline int decide_open(struct file *file, __u32 operation)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct decision d = {};
	struct slot *slot;
	int index, done;

	if (!decision_begin(&d, operation, true, true, task))
		return 0;
	index = slot_take();
	slot = index < 0 ? NULL : slot_get(index);
	if (!slot) {
		count_undecided();
		return 0;
	}
	slot_who(slot, task);
	slot_inode(slot, file);
	slot_path(index, address_of(file) + bpf_core_field_offset(struct file, f_path),
		  address_of(task), false);
	if (d.fields & (EU_MATCH_EXE | EU_MATCH_EXE_PREFIX))
		slot_exe(index, task);
	done = decide(index, d.set, d.operation, d.policies);
	if (done & EU_ENFORCE_KILLED)
		bpf_send_signal(9);
	slot_give_back(slot);
	return done;
}

SEC("lsm/file_open")
int BPF_PROG(eu_enforce_open, struct file *file, int before)
{
	struct eu_enforce_config *config = config_get();
	__u32 mode = BPF_CORE_READ(file, f_mode);
	int done = 0;

	if (before || !config)
		return before;
	if (!config->lsm_runs)
		config->lsm_runs = 1;
	if (mode & FMODE_WRITE)
		done |= decide_open(file, EU_ENFORCE_OPEN_WRITE);
	if ((mode & FMODE_READ) && !done)
		done |= decide_open(file, EU_ENFORCE_OPEN_READ);
	return denied(done);
}

#define NAME_SEARCH EU_ENFORCE_TEXT_MAX

struct basename {
	__u32 slot;
	__u32 at;
};

/* The task name comes from what was passed, behind the last slash. */
static long basename_step(__u32 i, struct basename *b)
{
	struct slot *slot = slot_get(b->slot);
	char c;

	if (!slot || i >= EU_ENFORCE_TEXT_MAX)
		return 1;
	c = ((const char *)slot->path)[i & (EU_ENFORCE_TEXT_MAX - 1)];
	if (!c)
		return 1;
	if (c == '/')
		b->at = i + 1;
	return 0;
}

static __always_inline void slot_new_comm(struct slot *slot, __u32 index,
					  const struct linux_binprm *bprm)
{
	struct basename b = {.slot = index, .at = hidden_zero()};
	const char *filename = BPF_CORE_READ(bprm, filename);

	if (bpf_probe_read_kernel_str(slot->path, sizeof(slot->path), filename) < 0)
		return;
	bpf_loop(NAME_SEARCH, basename_step, &b, 0);
	slot->comm[0] = slot->comm[1] = 0;
	bpf_probe_read_kernel_str(slot->comm, sizeof(slot->comm), filename + b.at);
}

/* Asked of a script and then of its interpreter: either may be denied. */
SEC("lsm/bprm_check_security")
int BPF_PROG(eu_enforce_exec_check, struct linux_binprm *bprm, int before)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct decision d = {};
	struct slot *slot;
	int index, done;

	if (before)
		return before;
	if (!decision_begin(&d, EU_ENFORCE_EXEC, false, true, task))
		return 0;
	index = slot_take();
	slot = index < 0 ? NULL : slot_get(index);
	if (!slot) {
		count_undecided();
		return 0;
	}
	slot_who(slot, task);
	slot_new_comm(slot, index, bprm);
	slot_inode(slot, bprm->file);
	slot_path(index, address_of(bprm->file) + bpf_core_field_offset(struct file, f_path),
		  address_of(task), true);
	done = decide(index, d.set, d.operation, d.policies);
	slot_give_back(slot);
	return denied(done);
}
