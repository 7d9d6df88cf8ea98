/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "probes/hold.h"
#include "util/cleanup.h"

#define PREEMPTED_SINCE 7 /* Linux 7.0 */

static const char *const functions[] = {
    [EU_HOLD_PREEMPT_DISABLE] = "bpf_preempt_disable",
    [EU_HOLD_PREEMPT_ENABLE] = "bpf_preempt_enable",
    [EU_HOLD_IRQ_SAVE] = "bpf_local_irq_save",
    [EU_HOLD_IRQ_RESTORE] = "bpf_local_irq_restore",
};

_Static_assert(sizeof(functions) / sizeof(functions[0]) == _EU_HOLD_MAX, "a name per call");

void eu_hold_find(const char *release, struct eu_hold *ret)
{
	struct btf *btf;

	*ret = (struct eu_hold){0};
	if (strtoul(release, NULL, 10) < PREEMPTED_SINCE)
		return;
	btf = btf__load_vmlinux_btf();
	if (!btf)
		return; /* then nothing can be loaded, which says why */
	ret->used = true;
	for (size_t i = 0; i < _EU_HOLD_MAX; i++) {
		ret->ids[i] = btf__find_by_name_kind(btf, functions[i], BTF_KIND_FUNC);
		ret->used = ret->used && ret->ids[i] > 0;
	}
	btf__free(btf);
}

static bool is_open(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == 0 &&
	       insn->imm >= EU_HOLD_CALLS && insn->imm < EU_HOLD_CALLS + _EU_HOLD_MAX;
}

void eu_hold_resolve(const struct eu_hold *hold, struct bpf_insn *insns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_open(&insns[i]))
			continue;
		if (hold->used)
			insns[i] =
			    (struct bpf_insn){.code = BPF_JMP | BPF_CALL,
					      .src_reg = BPF_PSEUDO_KFUNC_CALL,
					      .imm = hold->ids[insns[i].imm - EU_HOLD_CALLS]};
		else
			insns[i] =
			    (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_K}; /* r0 = 0 */
	}
}

int eu_hold_resolve_object(const struct eu_hold *hold, struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
	{
		size_t n = bpf_program__insn_cnt(program);
		struct bpf_insn *insns = calloc(n, sizeof(*insns));
		int r;

		if (!insns)
			return -ENOMEM;
		memcpy(insns, bpf_program__insns(program), n * sizeof(*insns));
		eu_hold_resolve(hold, insns, n);
		r = bpf_program__set_insns(program, insns, n);
		free(insns);
		if (r < 0)
			return r;
	}
	return 0;
}
