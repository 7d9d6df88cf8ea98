/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a bundle's config.json, runc's state.json and crun's status, and the path in it as
 * one to go to: it never leads up. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "actions/extract.h"
#include "actions/ident.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(eu_extract_fn fn, const uint8_t *data, size_t size)
{
	char path[PATH_MAX];
	struct eu_extract e;

	if (fn((const char *)data, size, "c1", &e) < 0)
		return;
	if (!eu_extract_valid(&e))
		abort();
	if (eu_host_path(path, sizeof(path), e.path) == 0 &&
	    (path[0] == '/' || !strncmp(path, "../", 3) || strstr(path, "/../")))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(eu_extract_oci, data, size);
	check(eu_extract_runc, data, size);
	check(eu_extract_crun, data, size);
	return 0;
}
