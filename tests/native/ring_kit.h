/* SPDX-License-Identifier: Apache-2.0 */
/* A ring in ordinary memory, written the way the kernel writes one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "eunomia/event.h"
#include "stream/ring.h"

struct fake_ring {
	struct eu_ring ring;
	uint64_t consumer, producer;
	uint8_t *bytes; /* twice the size: the second half mirrors the first */
};

void fake_ring_init(struct fake_ring *fake, uint64_t size);
void fake_ring_free(struct fake_ring *fake);

/* Appends a record of kind with that time; false when it does not fit. */
bool fake_ring_write(struct fake_ring *fake, uint64_t ts_ns, uint16_t kind, uint16_t size);

/* Marks the newest record written as busy or discarded, or as complete again. flags:
 * BPF_RINGBUF_*_BIT. */
void fake_ring_mark_last(struct fake_ring *fake, uint32_t flags);
