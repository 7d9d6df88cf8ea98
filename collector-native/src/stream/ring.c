/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stream/ring.h"

int eu_ring_map(struct eu_ring *ret, int fd, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct eu_ring ring = {.size = size, .mapping_len = page + 2 * size};

	ring.consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ring.consumer == MAP_FAILED)
		return -errno;
	ring.mapping = mmap(NULL, ring.mapping_len, PROT_READ, MAP_SHARED, fd, (off_t)page);
	if (ring.mapping == MAP_FAILED) {
		int r = -errno;

		munmap(ring.consumer, page);
		return r;
	}
	ring.producer = ring.mapping;
	ring.data = (const uint8_t *)ring.mapping + page;
	*ret = ring;
	return 0;
}

void eu_ring_unmap(struct eu_ring *ring)
{
	if (ring->consumer)
		munmap(ring->consumer, (size_t)sysconf(_SC_PAGESIZE));
	if (ring->mapping)
		munmap(ring->mapping, ring->mapping_len);
	*ring = (struct eu_ring){0};
}

/* A record's room: its 8-byte kernel header and its data, rounded up to 8. */
static uint64_t room(uint32_t len)
{
	return ((uint64_t)len + BPF_RINGBUF_HDR_SZ + 7) & ~7ull;
}

static void advance(struct eu_ring *ring, uint32_t len)
{
	__atomic_store_n(ring->consumer, *ring->consumer + room(len), __ATOMIC_RELEASE);
}

const struct eu_event_header *eu_ring_peek(struct eu_ring *ring, uint32_t *ret_len)
{
	uint64_t end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);

	while (*ring->consumer < end) {
		const uint8_t *at = ring->data + (*ring->consumer & (ring->size - 1));
		uint32_t len = __atomic_load_n((const uint32_t *)at, __ATOMIC_ACQUIRE);

		if (len & BPF_RINGBUF_BUSY_BIT)
			return NULL;
		if (!(len & BPF_RINGBUF_DISCARD_BIT)) {
			*ret_len = len;
			return (const struct eu_event_header *)(at + BPF_RINGBUF_HDR_SZ);
		}
		advance(ring, len & ~BPF_RINGBUF_DISCARD_BIT);
	}
	return NULL;
}

void eu_ring_consume(struct eu_ring *ring, uint32_t len)
{
	advance(ring, len);
}

bool eu_ring_is_empty(const struct eu_ring *ring)
{
	return __atomic_load_n(ring->producer, __ATOMIC_SEQ_CST) == *ring->consumer;
}
