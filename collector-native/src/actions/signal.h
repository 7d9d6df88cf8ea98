/* SPDX-License-Identifier: Apache-2.0 */
/* Signals to processes of containers. Whom the request names is found out anew here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "actions/protocol.h"

struct eu_signaler {
	int root;	    /* O_PATH of "/" */
	int proc;	    /* of /proc */
	unsigned int allow; /* EU_ALLOW_* */
	uint32_t host_pidns;
	pid_t supervisor;
};

/*
 * 0 and how many processes got it; or -errno: -EPERM for what is not allowed or somebody who never
 * gets one, -ESRCH when the process is gone or another one has its pid, -ENOENT when there is no
 * such container, -EINVAL, -ETIMEDOUT when a container's processes did not end.
 */
int eu_signal(const struct eu_signaler *s, const struct eu_signal_request *request,
	      uint32_t *ret_processes);

/* What /proc/PID/stat says of a process. */
struct eu_process_stat {
	uint64_t start_ticks;
	uint32_t flags;
	pid_t parent;
};

/* False for a text that is none. Pure. */
bool eu_process_stat_parse(const char *text, size_t len, struct eu_process_stat *ret);

/*
 * The path of the container's cgroup in a path of a cgroup: up to the first name that says it is
 * one's ("docker-<64 hexadecimal digits>.scope", "lxc.payload.NAME", "machine-NAME.scope"); 0 when
 * none does. Pure.
 */
size_t eu_container_path_len(const char *path, size_t len);
