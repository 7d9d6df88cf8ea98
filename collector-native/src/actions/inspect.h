/* SPDX-License-Identifier: Apache-2.0 */
/* InspectContainer: what the runtimes' own files say of a container. */
#pragma once

#include "actions/extractor.h"

#define EU_SLOW_USERS_MAX 16

/* Users whose processes made us wait: nothing of theirs is asked again while they stand here. */
struct eu_slow_users {
	uid_t uids[EU_SLOW_USERS_MAX];
	size_t n; /* noted so far; the oldest make room */
};

/* All borrowed. */
struct eu_inspector {
	int root; /* O_PATH of "/" */
	int proc; /* O_PATH of /proc */
	const char *const *runtime_roots;
	size_t n_runtime_roots;
	struct eu_extractor *extractor;
	struct eu_slow_users *slow_users;
};

/*
 * id must be valid (ident.h). 0, -ENOENT when no runtime's files know it, or the first reason why a
 * file that may know it could not be used: -EPERM, -ELOOP, -EFBIG, or as eu_extractor_run().
 */
int eu_inspect(const struct eu_inspector *in, const char *id, struct eu_inspect_result *ret);
