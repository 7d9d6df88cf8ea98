/* SPDX-License-Identifier: Apache-2.0 */
/* What the machine is, read once before privileges are dropped. */
#pragma once

#include <stdint.h>

struct eu_host_identity {
	uint32_t pidns; /* inode numbers of the initial namespaces: those of pid 1 */
	uint32_t mntns;
	char kernel_release[65];
	char boot_id[37];
	char cgroup_mode[8]; /* "v2", "v1" or "hybrid" */
};

/* What cannot be read stays 0 or empty. */
void eu_host_identity_read(struct eu_host_identity *ret);

/* Opens the root of the unified hierarchy: a descriptor, or -errno: -ENOENT where it is not
 * mounted, -EXDEV when only a part of it is, as in a cgroup namespace. */
int eu_host_cgroup_root(void);
