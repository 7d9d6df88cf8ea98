/* SPDX-License-Identifier: Apache-2.0 */
/* The maps all families share, made by the loader in the sizes this machine needs. */
#pragma once

#include <stddef.h>

#include "probes/protocol.h"

/* At least this much ring per CPU, whatever the budget. */
#define EU_RING_MIN_BYTES (256u << 10)

struct eu_shared_maps {
	int fds[_EU_MAP_MAX];
	int *rings; /* a life-cycle ring per possible CPU, then an event ring per possible CPU */
	size_t n_cpus;
	size_t lifecycle_bytes; /* of one */
	size_t event_bytes;
};

/*
 * budget: bytes of all rings together. Event rings get the largest power of two that fits, a
 * life-cycle ring an eighth of that. 0 or -errno.
 */
int eu_shared_maps_new(struct eu_shared_maps *ret, size_t budget);
void eu_shared_maps_free(struct eu_shared_maps *maps);

/* The shared map of that name, or -1. */
int eu_shared_maps_find(const struct eu_shared_maps *maps, const char *name);
