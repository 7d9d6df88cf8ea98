/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "ring_kit.h"

void fake_ring_init(struct fake_ring *fake, uint64_t size)
{
	*fake = (struct fake_ring){.bytes = calloc(2, size)};
	fake->ring = (struct eu_ring){.consumer = &fake->consumer,
				      .producer = &fake->producer,
				      .data = fake->bytes,
				      .size = size};
}

void fake_ring_free(struct fake_ring *fake)
{
	free(fake->bytes);
}

static void put(struct fake_ring *fake, uint64_t at, const void *bytes, size_t len)
{
	uint64_t size = fake->ring.size;

	for (size_t i = 0; i < len; i++) {
		uint64_t place = (at + i) % size;

		fake->bytes[place] = fake->bytes[place + size] = ((const uint8_t *)bytes)[i];
	}
}

bool fake_ring_write(struct fake_ring *fake, uint64_t ts_ns, uint16_t kind, uint16_t size)
{
	uint8_t record[512] = {0};
	struct eu_event_header hdr = {.ts_ns = ts_ns, .kind = kind, .size = size};
	uint32_t head[2] = {size, 0};

	if (fake->producer + sizeof(head) + size - fake->consumer > fake->ring.size)
		return false;
	memcpy(record, &hdr, sizeof(hdr));
	put(fake, fake->producer, head, sizeof(head));
	put(fake, fake->producer + sizeof(head), record, size);
	fake->producer += sizeof(head) + size;
	return true;
}

void fake_ring_mark_last(struct fake_ring *fake, uint32_t flags)
{
	uint64_t at = fake->consumer, last = at;
	uint32_t len;

	while (at < fake->producer) {
		memcpy(&len, fake->bytes + at % fake->ring.size, sizeof(len));
		last = at;
		at += 8 + (len & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT));
	}
	memcpy(&len, fake->bytes + last % fake->ring.size, sizeof(len));
	len = (len & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT)) | flags;
	put(fake, last, &len, sizeof(len));
}
