/* SPDX-License-Identifier: Apache-2.0 */
/* The part of RESOLVE and LOOKUP that runs in a child: what is mapped at the addresses, and the
 * files of it; or the files that tell of users and groups. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "actions/protocol.h"

struct eu_module {
	char path[PATH_MAX];
	uint64_t inode;
	bool is_file;
	bool is_anonymous;
};

/* Memory that both processes see. */
struct eu_mapped {
	/* The request; addresses ascending. */
	struct eu_resolve_request request;
	bool is_lookup; /* LOOKUP: module 1 is of users, 2 of groups; an offset is the number */
	/* By the addresses, valid behind EU_MAPPED_PLACES. */
	uint32_t module[EU_RESOLVE_MAX]; /* index + 1; 0: nothing is mapped there */
	uint64_t offset[EU_RESOLVE_MAX]; /* in the file; in the mapping where there is none */
	uint32_t n_modules;
	struct eu_module modules[EU_RESOLVE_MAX];
};

enum eu_mapped_op {
	EU_MAPPED_PLACES,   /* or err */
	EU_MAPPED_FILE,	    /* with a descriptor: of modules[module] */
	EU_MAPPED_PERF_MAP, /* with a descriptor */
};

struct eu_mapped_packet {
	uint32_t op;
	int32_t err;
	uint32_t module;
};

/*
 * Looks into the process and sends packets on fd: first EU_MAPPED_PLACES, then what could be
 * opened: regular files only, on the kernel's own file systems, so that whoever reads or closes
 * them does not have to wait. proc: O_PATH of /proc.
 */
void eu_mapped_run(int proc, int fd, struct eu_mapped *m);

/* From the text of /proc/PID/stat: field 22, in clock ticks; -1 when it is not there. Pure. */
int64_t eu_stat_start(const char *text, size_t len);
