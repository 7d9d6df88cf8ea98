/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reading end of one BPF ring buffer, whose layout is the kernel's (include/uapi/linux/bpf.h,
 * kernel/bpf/ringbuf.c): a page with the consumer's position, which is ours to write, a page with
 * the producer's, and the data mapped twice in a row, so that every record is contiguous.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct eu_event_header;

struct eu_ring {
	uint64_t *consumer; /* read-write page */
	const uint64_t *producer;
	const uint8_t *data;
	uint64_t size; /* of the data, a power of two */
	void *mapping; /* producer's page and data */
	size_t mapping_len;
};

/* Maps the ring buffer map behind fd, of size bytes; fd stays the caller's. 0 or -errno. */
int eu_ring_map(struct eu_ring *ret, int fd, size_t size);
void eu_ring_unmap(struct eu_ring *ring);

/*
 * The oldest record, or NULL when there is none or it is still being written. Skips what was
 * discarded. The record stays valid until eu_ring_consume(). *ret_len is the length the writer
 * reserved.
 */
const struct eu_event_header *eu_ring_peek(struct eu_ring *ring, uint32_t *ret_len);

/* Gives the room of the record that eu_ring_peek() showed back to the writers. */
void eu_ring_consume(struct eu_ring *ring, uint32_t len);

/* Whether nothing has been written that was not consumed, records in the making included. */
bool eu_ring_is_empty(const struct eu_ring *ring);
