/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where programs can be preempted they hold their CPU, with functions of the kernel; elsewhere
 * there is nothing to do. bpf/lib/hold.bpf.h leaves these calls open: libbpf would look for
 * functions that a kernel does not have in all of its modules, which takes CAP_SYS_ADMIN.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <bpf/libbpf.h>

#include "eunomia/control.h"

struct eu_hold {
	bool used;
	int ids[_EU_HOLD_MAX]; /* BTF ids of the kernel's functions, by enum eu_hold_call */
};

/* What this kernel, of which release is the version, needs and has. */
void eu_hold_find(const char *release, struct eu_hold *ret);

/* Fills in the calls that are left open, or takes them out. */
void eu_hold_resolve(const struct eu_hold *hold, struct bpf_insn *insns, size_t n);

/* The same for each program of an object that is not loaded yet: 0 or -errno. */
int eu_hold_resolve_object(const struct eu_hold *hold, struct bpf_object *object);
