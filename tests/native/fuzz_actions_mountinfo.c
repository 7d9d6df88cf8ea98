/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as /proc/self/mountinfo, /proc/cgroups, a command line and a status file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "actions/args.h"
#include "actions/mountinfo.h"
#include "actions/procs.h"
#include "actions/shims.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct eu_cgroup_mount mount;
	size_t pos = 0, last = 0;
	uid_t uid;

	while (eu_mountinfo_next(text, size, &pos, &mount)) {
		if (pos <= last || pos > size || mount.path[0] != '/' ||
		    strnlen(mount.path, sizeof(mount.path)) == sizeof(mount.path))
			abort();
		last = pos;
	}
	if (pos != size)
		abort();
	(void)eu_cgroups_pids_hierarchy(text, size);
	(void)eu_args_have(text, size, "id", "abc");
	(void)eu_args_value(text, size, "c", "cid");
	(void)eu_status_uid(text, size, &uid);
	if (eu_mountinfo_local(text, size, "/home/u/b") > (int)strlen("/home/u/b"))
		abort();
	return 0;
}
