/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader: the only process that may load eBPF programs. It loads every object once,
 * what tells who runs at the start and the rest when it is asked for first, and attaches on
 * request; the link's fd goes to the loop, which detaches by closing it. So loading never stalls
 * the stream, and the process that talks to the client needs no capability.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "eunomia/enforce.h"
#include "probes/perf.h"

struct eu_loader_options {
	size_t ring_budget; /* bytes of all rings together */
	const struct eu_perf_reserve *perf;
	unsigned int allow; /* EU_ALLOW_* */
	struct eu_enforce_host host;
	int cgroup_root; /* stays the caller's; or -errno */
	bool pins;	 /* what is in force is pinned in the current directory */
};

/* Serves the loop on fd, a SOCK_SEQPACKET socket that stays the caller's, until its end is closed:
 * then 0, else -errno. */
int eu_loader_run(int fd, const struct eu_loader_options *options);
