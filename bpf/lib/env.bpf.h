/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chosen environment variables of a new process image. They are picked here, in the kernel, so that
 * the rest of the environment, where secrets live, never leaves the process.
 */
#pragma once

#include "lib/hide.bpf.h"
#include "lib/maps.bpf.h"

#define ENV_CHUNK     256
#define ENV_STEPS_MAX 4096

struct env_buffer {
	__u64 chunk[ENV_CHUNK / 8];
	char picked[EU_ENV_MAX + ENV_CHUNK];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct env_buffer);
} env_scratch SEC(".maps");

struct env_walk {
	__u64 at; /* user addresses */
	__u64 end;
	__u32 picked; /* bytes */
	__u8 inside;  /* a variable longer than a chunk: this is not its start */
	__u8 picking;
	__u8 cut;
};

/* A callback and not a loop, so that the verifier looks at it once. */
static long env_compare(__u32 i, bool *chosen)
{
	struct eu_control *ctl = control_get();
	__u32 zero = 0;
	struct env_buffer *buf = bpf_map_lookup_elem(&env_scratch, &zero);
	const struct eu_env_name *name;
	const __u64 *text;

	if (!ctl || !buf)
		return 1;
	name = &ctl->env_names[i & (EU_ENV_NAMES_MAX - 1)];
	text = buf->chunk;
	*chosen = (((text[0] & name->mask[0]) ^ name->text[0]) |
		   ((text[1] & name->mask[1]) ^ name->text[1]) |
		   ((text[2] & name->mask[2]) ^ name->text[2]) |
		   ((text[3] & name->mask[3]) ^ name->text[3])) == 0;
	return *chosen;
}

static __always_inline bool env_is_chosen(void)
{
	struct eu_control *ctl = control_get();
	bool chosen = false;

	if (ctl)
		bpf_loop(ctl->n_env_names, env_compare, &chosen, 0);
	return chosen;
}

static long env_step(__u32 i, struct env_walk *walk)
{
	__u32 zero = 0, picked = walk->picked;
	struct env_buffer *buf = bpf_map_lookup_elem(&env_scratch, &zero);
	long len;

	if (!buf || walk->at >= walk->end)
		return 1;
	len = bpf_probe_read_user_str(buf->chunk, ENV_CHUNK, (void *)walk->at);
	if (len <= 0) {
		walk->cut = 1;
		return 1;
	}
	if (len >= ENV_CHUNK)
		len = ENV_CHUNK - 1; /* its NUL is ours: the variable goes on */
	if (!walk->inside)
		walk->picking = env_is_chosen();
	walk->inside = len == ENV_CHUNK - 1;
	walk->at += len;
	if (!walk->picking)
		return 0;
	if (picked + len > EU_ENV_MAX) {
		walk->cut = 1;
		return 1;
	}
	asm volatile("%0 &= 2047" : "+r"(picked));
	bpf_probe_read_kernel(&buf->picked[picked], len & (ENV_CHUNK - 1), buf->chunk);
	walk->picked = picked + len;
	return 0;
}

#define ENV_CUT 0x10000

/*
 * Picks the chosen variables of the environment between two user addresses into env_scratch.
 * Returns how many bytes, each variable with its NUL, and ENV_CUT when not all could be read.
 * Global, so that the verifier checks it once.
 */
__noinline int env_pick(__u64 start, __u64 end)
{
	__u32 zero = hidden_zero();
	struct env_walk walk = {
	    .at = start, .end = end, .picked = zero, .inside = zero, .picking = zero};

	if (bpf_loop(ENV_STEPS_MAX, env_step, &walk, 0) == ENV_STEPS_MAX)
		walk.cut = 1;
	return walk.picked | (walk.cut ? ENV_CUT : 0);
}
