/* SPDX-License-Identifier: Apache-2.0 */
/* The table of families: the object each is built into, its hook, and which records its programs
 * make. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eunomia/control.h"
#include "probes/protocol.h"

/* What is done with a program. */
enum eu_program_use {
	EU_PROGRAM_ATTACH,  /* to its hook, on request */
	EU_PROGRAM_HANDLER, /* entered from the dispatcher, when the table of calls says so */
	EU_PROGRAM_BEFORE,  /* an iterator, run once behind attaching: what was there before */
	EU_PROGRAM_REPORT,  /* run by the loop every now and then */
	EU_PROGRAM_CLOCK,   /* run by each CPU's clock, that often */
};

/* Where an ATTACH program stands. */
enum eu_hook {
	EU_HOOK_SURE,	    /* a tracepoint that every kernel has */
	EU_HOOK_TRACEPOINT, /* one that not every kernel has */
	EU_HOOK_FEXIT,	    /* the end of a function */
	_EU_HOOK_MAX,
};

struct eu_program {
	const char *name;
	enum eu_kind
	    kind; /* ATTACH, CLOCK: of the records it makes; by kinds: of those that need it */
	enum eu_program_use use;
	enum eu_handler handler; /* HANDLER */
	/* ATTACH: of those that have the same need the first one whose hook works is used, in the
	 * order of the table. */
	enum eu_hook hook;
	const char *target; /* tracepoint or function; NULL with EU_HOOK_SURE */
	const char *need;   /* what is not seen without it; CLOCK too */
	uint32_t hz;	    /* CLOCK: ticks per second; 0 = as the subscriber says */
};

struct eu_family_object {
	const char *name;
	const void *(*bytes)(size_t *ret_len);
	const struct eu_program *programs; /* ends with a NULL name */
	bool by_kinds; /* what no wanted kind needs is left out; else all are attached, always */
};

/* By enum eu_family, then enum eu_object. */
extern const struct eu_family_object eu_families[_EU_OBJECT_MAX];

/* Not a family: the iterator that lists what already runs. */
extern const struct eu_family_object eu_snapshot_object;

/* Nor are these: what stops things, by enum eu_enforce_group. */
extern const struct eu_family_object eu_enforce_objects[_EU_ENFORCE_GROUP_MAX];

/* Not a family either: the program that names addresses of the kernel. */
extern const struct eu_family_object eu_symbols_object;
