/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as docker's config.v2.json: whatever is answered is well-formed. */
#include <stdint.h>
#include <stdlib.h>

#include "actions/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct eu_extract e;

	if (eu_extract_docker((const char *)data, size, "c1", &e) == 0 && !eu_extract_valid(&e))
		abort();
	return 0;
}
