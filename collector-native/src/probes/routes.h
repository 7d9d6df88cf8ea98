/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which system calls the dispatcher hands on, and to whom: a table of calls, of which those are
 * entered into the kernel's that the wanted kinds need. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "eunomia/control.h"

/* 1 << enum eu_kind of all kinds of a family; 0 for those that always flow. */
uint64_t eu_family_kinds(enum eu_family family);

/* Whether a family makes its records from system calls. */
bool eu_family_needs_calls(enum eu_family family);

/* The family whose records are of this kind; that of processes for those that come from no call. */
enum eu_family eu_kind_family(enum eu_kind kind);

/* Which system calls are to be counted or shown as such. */
struct eu_syscall_wish {
	uint64_t calls[2][EU_CALL_NUMBERS / 64]; /* bit sets by enum eu_abi */
	struct eu_shape shapes[2][EU_CALL_NUMBERS];
};

/*
 * kinds: 1 << enum eu_kind of what is wanted. Calls that no wanted kind needs are taken out; a call
 * that several families want goes to each, in the order of the table. wish: of
 * EU_KIND_SYSCALL_CALL; may be NULL.
 */
void eu_routes_set(struct eu_routes *routes, uint64_t kinds, const struct eu_syscall_wish *wish);
