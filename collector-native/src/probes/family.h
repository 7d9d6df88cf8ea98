/* SPDX-License-Identifier: Apache-2.0 */
/* The table of families: the object each is built into, its hook, and which records its programs
 * make. */
#pragma once

#include <stddef.h>

#include "eunomia/event.h"

struct eu_program {
	const char *name;
	enum eu_kind kind;
};

struct eu_family_object {
	const char *name;
	const char *hook;
	const void *(*bytes)(size_t *ret_len);
	const struct eu_program *programs; /* ends with a NULL name */
};

extern const struct eu_family_object eu_families[_EU_FAMILY_MAX];

/* Not a family: the iterator that lists what already runs. */
extern const struct eu_family_object eu_snapshot_object;
