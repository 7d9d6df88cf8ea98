/* SPDX-License-Identifier: Apache-2.0 */
/* LIST_CGROUPS: every cgroup that exists, as the records that would have told of its making. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What is more, in both hierarchies together, or deeper is left out and said to be. */
#define EU_CGROUPS_MAX	     131072
#define EU_CGROUPS_DEPTH_MAX 64

/*
 * size bytes of back-to-back records. flags as in a reply packet (protocol.h): EU_ACTIONS_MORE when
 * others follow, EU_ACTIONS_INCOMPLETE in the last call. 0/-errno, which ends the list.
 */
typedef int (*eu_cgroups_emit)(void *data, const void *records, size_t size, uint32_t flags);

/*
 * Lists the unified hierarchy, then the v1 one that has the pids controller, each when it is
 * mounted, at most max cgroups. root: O_PATH of "/". Parents come before their children; what
 * disappears meanwhile is left out. On success the last call of emit, which may be the only one, is
 * without EU_ACTIONS_MORE.
 */
int eu_cgroups_list(int root, size_t max, eu_cgroups_emit emit, void *data);

/* The directory of the cgroup with this key, at that path of its hierarchy: an fd that the caller
 * closes; -ENOENT when it is not there any more. */
int eu_cgroups_open(int root, uint32_t hierarchy, const char *path, uint64_t key);
