/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as what docker writes of a container and its images: whatever is answered is
 * well-formed. */
#include <stdint.h>
#include <stdlib.h>

#include "actions/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(eu_extract_fn fn, const uint8_t *data, size_t size)
{
	struct eu_extract e;

	if (fn((const char *)data, size, "c1", &e) == 0 && !eu_extract_valid(&e))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(eu_extract_docker, data, size);
	check(eu_extract_hostconfig, data, size);
	check(eu_extract_repositories, data, size);
	return 0;
}
