/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: serves the controller, reads the rings. Without any capability; what needs one it asks
 * its siblings for. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "collector/host.h"

struct eu_collector_options {
	int listen_fd;	   /* listening unix socket */
	int loader_fd;	   /* SOCK_SEQPACKET to the loader */
	int actions_fd;	   /* SOCK_SEQPACKET to the actions process */
	const uid_t *uids; /* who may connect */
	size_t n_uids;
	struct eu_host_identity host;
	pid_t supervisor;
	unsigned int allow; /* EU_ALLOW_* */
	bool pinned;	    /* policies stay in force when this ends */
};

/* Drops all privilege and serves until SIGTERM: then 0, else -errno. The descriptors stay the
 * caller's. */
int eu_collector_run(const struct eu_collector_options *options);
