/* SPDX-License-Identifier: Apache-2.0 */
/* The maps all families share, made by the loader in the sizes this machine needs. */
#pragma once

#include <stddef.h>

#include "probes/protocol.h"

/* At least this much ring per CPU, whatever the budget. */
#define EU_RING_MIN_BYTES (256u << 10)

struct eu_shared_maps {
	int fds[_EU_MAP_MAX];
	int *rings; /* one per possible CPU */
	size_t n_rings;
	size_t ring_bytes; /* of one */
};

/* budget: bytes of all rings together; each gets the largest power of two that fits. 0 or -errno.
 */
int eu_shared_maps_new(struct eu_shared_maps *ret, size_t budget);
void eu_shared_maps_free(struct eu_shared_maps *maps);

/* The shared map of that name, or -1. */
int eu_shared_maps_find(const struct eu_shared_maps *maps, const char *name);
