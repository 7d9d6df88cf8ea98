/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "stream/drain.h"

void eu_batch_reset(struct eu_batch *batch)
{
	batch->len = 0;
	batch->count = 0;
	memset(batch->by_kind, 0, sizeof(batch->by_kind));
}

/* The ring whose oldest record is the oldest of all. A machine has few CPUs and a drain many
 * records: a scan is enough. */
static struct eu_ring *oldest(struct eu_drain *drain, const struct eu_event_header **ret_hdr,
			      uint32_t *ret_len)
{
	struct eu_ring *best = NULL;

	for (size_t i = 0; i < drain->n_rings; i++) {
		uint32_t len;
		const struct eu_event_header *hdr = eu_ring_peek(&drain->rings[i], &len);

		if (!hdr || (best && hdr->ts_ns >= (*ret_hdr)->ts_ns))
			continue;
		best = &drain->rings[i];
		*ret_hdr = hdr;
		*ret_len = len;
	}
	return best;
}

static void append(struct eu_drain *drain, struct eu_batch *batch,
		   const struct eu_event_header *hdr)
{
	struct eu_event_header *copy = (void *)(batch->records + batch->len);

	memcpy(copy, hdr, hdr->size);
	if (copy->ts_ns < drain->newest_ns)
		copy->flags |= EU_FLAG_LATE;
	else
		drain->newest_ns = copy->ts_ns;
	batch->len += hdr->size;
	batch->count++;
	batch->by_kind[hdr->kind % EU_KIND_SLOTS]++;
}

bool eu_drain_run(struct eu_drain *drain, struct eu_batch *batch, uint64_t watermark_ns)
{
	const struct eu_event_header *hdr = NULL;
	struct eu_ring *ring;
	uint32_t len = 0;

	while ((ring = oldest(drain, &hdr, &len))) {
		if (hdr->ts_ns > watermark_ns)
			return false;
		if (batch->len + hdr->size > batch->capacity)
			return true;
		append(drain, batch, hdr);
		eu_ring_consume(ring, len);
	}
	return false;
}

void eu_drain_discard(struct eu_drain *drain, uint64_t by_kind[EU_KIND_SLOTS])
{
	for (size_t i = 0; i < drain->n_rings; i++) {
		const struct eu_event_header *hdr;
		uint32_t len;

		while ((hdr = eu_ring_peek(&drain->rings[i], &len))) {
			by_kind[hdr->kind % EU_KIND_SLOTS]++;
			eu_ring_consume(&drain->rings[i], len);
		}
	}
}

bool eu_drain_is_empty(const struct eu_drain *drain)
{
	for (size_t i = 0; i < drain->n_rings; i++) {
		if (!eu_ring_is_empty(&drain->rings[i]))
			return false;
	}
	return true;
}
