/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as what a runtime writes for perf, and as the lines of /proc/PID/maps, stat and status.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "actions/mapped.h"
#include "actions/maps.h"
#include "actions/perfmap.h"
#include "actions/procs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_proc(const char *text, size_t size)
{
	static struct eu_mapping m;
	uid_t uid;
	pid_t pid;

	if (eu_maps_parse(text, size, &m) &&
	    (m.start >= m.end || strnlen(m.path, sizeof(m.path)) == sizeof(m.path)))
		abort();
	if (eu_status_own(text, size, &uid, &pid) && pid < 0)
		abort();
	if (eu_stat_start(text, size) < -1)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t at[] = {0, 0x10, 0x1000, 0x1001, 0x7fb584006480, UINT64_MAX};
	const size_t n = sizeof(at) / sizeof(at[0]);
	static struct eu_symbols symbols;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (eu_perf_map_symbols(fd, at, n, &symbols) != 0 ||
	    !eu_symbols_valid(&symbols, eu_symbols_size(&symbols), n))
		abort();
	close(fd);
	check_proc((const char *)data, size);
	return 0;
}
