/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the rings to one batch: records of all CPUs merged by time up to a watermark, the clock read
 * before the drain. What turns up later with an older time is delivered and marked late. Nothing is
 * dropped here: what does not fit stays in its ring, and when the rings are full the kernel counts.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eunomia/event.h"
#include "stream/ring.h"

struct eu_batch {
	uint8_t *records; /* capacity bytes; borrowed */
	size_t capacity;
	size_t len;
	uint32_t count;
	uint32_t by_kind[EU_KIND_SLOTS]; /* what to count as lost if the batch is never delivered */
};

struct eu_drain {
	struct eu_ring *rings;
	size_t n_rings;
	uint64_t newest_ns; /* of what was delivered so far */
};

void eu_batch_reset(struct eu_batch *batch);

/*
 * Moves records not newer than watermark_ns into the batch until nothing is left or the next does
 * not fit. Returns true when it stopped for want of room.
 */
bool eu_drain_run(struct eu_drain *drain, struct eu_batch *batch, uint64_t watermark_ns);

/* Takes everything out of the rings; adds what it took to by_kind. */
void eu_drain_discard(struct eu_drain *drain, uint64_t by_kind[EU_KIND_SLOTS]);

bool eu_drain_is_empty(const struct eu_drain *drain);
