/* SPDX-License-Identifier: Apache-2.0 */
#include "util/clock.h"

#define DRIFT_NS EU_NS_PER_MS

int64_t eu_clock_boot_to_unix_ns(void)
{
	static int64_t shown;
	int64_t now = eu_clock_ns(CLOCK_REALTIME) - eu_clock_ns(CLOCK_BOOTTIME);

	if (now - shown > DRIFT_NS || shown - now > DRIFT_NS)
		shown = now;
	return shown;
}
