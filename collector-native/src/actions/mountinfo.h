/* SPDX-License-Identifier: Apache-2.0 */
/* Where the cgroup hierarchies are and what lies behind which mount, from the text of /proc files.
 * Pure. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct eu_cgroup_mount {
	bool v2; /* the unified hierarchy, else a v1 one with the pids controller */
	dev_t dev;
	char path[PATH_MAX];
};

/*
 * Finds the next mount of a whole hierarchy, v2 or v1 with pids, in the text of
 * /proc/self/mountinfo from *pos on and moves *pos behind it. Returns false when there is none
 * left. Lines it does not understand are skipped.
 */
bool eu_mountinfo_next(const char *text, size_t len, size_t *pos, struct eu_cgroup_mount *ret);

/*
 * How long is the path of the mount point that path, which is absolute and in its simplest form,
 * lies behind? -1 when a file system on the way there is none of the kernel's own, local ones: what
 * a user or another machine serves may never answer.
 */
int eu_mountinfo_local(const char *text, size_t len, const char *path);

/*
 * Is the mount with this id (statx(2)) one of a local file system? theirs: the mountinfo of a
 * process that has it; ours: our own, where the same overlay has to be mounted too, because a user
 * may make one for himself of what he serves.
 */
bool eu_mountinfo_trusted(const char *theirs, size_t theirs_len, const char *ours, size_t ours_len,
			  uint64_t id);

/* The number of the v1 hierarchy that has the pids controller, from the text of /proc/cgroups;
 * 0 when pids is not on a v1 hierarchy. */
uint32_t eu_cgroups_pids_hierarchy(const char *text, size_t len);
