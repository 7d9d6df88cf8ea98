/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include <time.h>

#define EU_NS_PER_S  1000000000ll
#define EU_NS_PER_MS 1000000ll

/* Nanoseconds of a clock: CLOCK_MONOTONIC for timers, CLOCK_BOOTTIME for records. */
static inline int64_t eu_clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * EU_NS_PER_S + ts.tv_nsec;
}

/*
 * What to add to a CLOCK_BOOTTIME time for the Unix time. The same answer until the two have
 * drifted apart by a millisecond, so that the same boot time is always shown as the same moment.
 */
int64_t eu_clock_boot_to_unix_ns(void);
