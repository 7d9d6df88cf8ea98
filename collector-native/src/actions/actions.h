/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The actions process: reads on behalf of the loop what needs privilege, and nothing else. It
 * trusts no request and parses no JSON: that is left to the extractor (extractor.h), a child
 * without any right.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define EU_ACTIONS_UID 64000 /* the extractor's uid and gid, when the options name none */

/* Borrowed for as long as eu_actions_run() runs. */
struct eu_actions_options {
	const char *const *runtime_roots; /* docker data roots or runc roots; absolute paths */
	size_t n_runtime_roots;
	uid_t extractor_uid; /* 0: EU_ACTIONS_UID */
	const char *sysroot; /* tests: what "/" is; NULL: "/" */
	/*
	 * Called once, after the extractor was forked and before the first request is read: drops
	 * all but CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE and installs the seccomp filter. Returns
	 * 0/-errno. The extractor gives up its rights on its own, which takes CAP_SETUID,
	 * CAP_SETGID and CAP_SETPCAP until then: that is why the caller does not drop first.
	 * NULL: nothing is dropped (tests).
	 */
	int (*confine)(void *data);
	void *confine_data;
	unsigned int allow; /* EU_ALLOW_*: what SIGNAL may do */
	uint32_t host_pidns;
	pid_t supervisor; /* it and its children get no signal */
};

/*
 * Serves the requests that arrive on fd, a blocking SOCK_SEQPACKET socket that stays the caller's,
 * until its other end is closed: then 0. -errno when it could not start, when the socket failed, or
 * (-ECHILD) when the extractor is gone; the process should end then and be started again. Does not
 * log.
 */
int eu_actions_run(int fd, const struct eu_actions_options *options);
