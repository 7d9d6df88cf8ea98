/* SPDX-License-Identifier: Apache-2.0 */
/* A limit on how often something may be done: so much at once, and so much a second. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/clock.h"

struct eu_bucket {
	uint32_t size; /* at once */
	uint32_t per_second;
	int64_t
	    filled_ns; /* when it was full last, had it been empty before that for long enough */
};

/* Whether it may be done now; now: any clock that goes forward. */
static inline bool eu_bucket_take(struct eu_bucket *bucket, int64_t now)
{
	int64_t each = EU_NS_PER_S / bucket->per_second, size = bucket->size * each;

	if (bucket->filled_ns < now - size)
		bucket->filled_ns = now - size;
	if (bucket->filled_ns + each > now)
		return false;
	bucket->filled_ns += each;
	return true;
}
