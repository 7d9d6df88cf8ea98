/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of a family's programs this kernel takes. Several may stand for one need, each on a hook of
 * its own: the first one that works is used, the others are neither loaded nor attached.
 */
#pragma once

#include <errno.h>

#include "probes/family.h"

struct btf;

/* Whether a program can be loaded for this hook and attached to it, and will run: 0 or -errno,
 * -ENOENT when this kernel does not have it. */
typedef int (*eu_hook_try_fn)(void *data, enum eu_hook hook, const char *target);

#define EU_HOOK_FTRACE_OFF (-ESHUTDOWN) /* attaching works all the same, but nothing runs */

struct eu_hook_choice {
	bool used[EU_LOADER_PROGRAMS_MAX]; /* by place in the table */
	char hook[EU_LOADER_HOOK_SIZE];
	char reason[EU_LOADER_REASON_SIZE]; /* needs that no hook serves; empty without any */
};

/* programs: ends with a NULL name. */
void eu_hooks_choose(const struct eu_program *programs, eu_hook_try_fn try, void *data,
		     struct eu_hook_choice *ret);

/* Tries it with a program that does nothing. data: struct eu_hook_trial, zeroed before the first.
 */
struct eu_hook_trial {
	struct btf *btf; /* of the kernel; loaded by the first trial */
};
int eu_hook_try(void *data, enum eu_hook hook, const char *target);
void eu_hook_trial_end(struct eu_hook_trial *trial);
