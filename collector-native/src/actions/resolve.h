/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RESOLVE: what stands at addresses of a process; LOOKUP: what its root calls users and groups.
 * Whatever a process could make us wait for (its
 * memory map, file systems that it serves) is left to a child, which is left behind when it hangs;
 * what the files say is read by the extractor.
 */
#pragma once

#include "actions/extractor.h"

#define EU_RESOLVE_STUCK_MAX 8

/* All borrowed. */
struct eu_resolver {
	int proc; /* O_PATH of /proc */
	int fd;	  /* the socket of the requests: a child is not to keep it open */
	struct eu_extractor *extractor;
	int timeout_ms; /* for all of one request */
	/* Children that hang in the kernel. */
	pid_t stuck[EU_RESOLVE_STUCK_MAX];
};

/* size bytes of back-to-back struct eu_resolved; flags as in a reply packet. 0/-errno. */
typedef int (*eu_resolve_emit)(void *data, const void *records, size_t size, uint32_t flags);

/*
 * 0, -ENOENT when there is no such process, -ETIMEDOUT when not even its mappings could be told in
 * time, -EBUSY when too many children hang. What could not be found out of an address in time is
 * left empty.
 */
int eu_resolve(struct eu_resolver *r, const struct eu_resolve_request *request,
	       eu_resolve_emit emit, void *data);

/* The same for LOOKUP: -ETIMEDOUT when not even the process could be looked at. */
int eu_lookup(struct eu_resolver *r, const struct eu_resolve_request *request, eu_resolve_emit emit,
	      void *data);
