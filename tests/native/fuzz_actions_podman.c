/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as containers.json, as images.json and as the command line of a conmon: whatever is
 * answered is well-formed, and the bundle is never one that leads up. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "actions/extract.h"
#include "actions/ident.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[PATH_MAX];
	struct eu_extract e;

	if (eu_extract_storage((const char *)data, size, "c1", &e) == 0 && !eu_extract_valid(&e))
		abort();
	if (eu_extract_images((const char *)data, size, "c1", &e) == 0 && !eu_extract_valid(&e))
		abort();
	if (eu_extract_conmon((const char *)data, size, "c1", &e) < 0)
		return 0;
	if (!eu_extract_valid(&e))
		abort();
	if (eu_host_path(path, sizeof(path), e.path) == 0 &&
	    (path[0] == '/' || !strncmp(path, "../", 3) || strstr(path, "/../")))
		abort();
	return 0;
}
