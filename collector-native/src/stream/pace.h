/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the rings are read next. After a quiet moment the first record wakes the reader and leaves
 * at once; while records keep coming the pauses grow from 1 to 8 ms, so that a drain, and the
 * message it becomes, carries more.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define EU_PACE_MIN_NS 1000000ll
#define EU_PACE_MAX_NS 8000000ll

struct eu_pace {
	int64_t pause_ns; /* 0: quiet, sleep until woken */
};

/* What to do after a drain that found something or nothing. Returns the pause, or 0 for: sleep
 * until woken. */
static inline int64_t eu_pace_next(struct eu_pace *pace, bool found)
{
	if (!found)
		pace->pause_ns = 0;
	else if (pace->pause_ns == 0)
		pace->pause_ns = EU_PACE_MIN_NS;
	else if (pace->pause_ns < EU_PACE_MAX_NS)
		pace->pause_ns *= 2;
	return pace->pause_ns;
}
