/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a container id, a host path, a text and a time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "actions/ident.h"
#include "actions/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_id(const char *id, size_t size)
{
	if (eu_container_id_valid(id, size) &&
	    (strchr(id, '/') || id[0] == '.' || id[0] == '-' || strlen(id) > 128))
		abort();
}

static void check_text(const char *text, size_t size)
{
	char copy[16];

	if (eu_text_copy(copy, sizeof(copy), text, size) && size >= sizeof(copy))
		abort();
	/* A NUL inside is for the callers to refuse. */
	if (!memchr(text, '\0', size) && !eu_text_valid(copy, sizeof(copy)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), path[64];
	int64_t ns = 0;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	check_id((const char *)data, size);
	check_id(text, size + 1);
	check_text((const char *)data, size);
	(void)eu_docker_id_valid(text);
	if (eu_host_path(path, sizeof(path), text) == 0 && path[0] == '/')
		abort();
	if (eu_parse_rfc3339(text, &ns) == 0 && ns < -86400000000000)
		abort();
	free(text);
	return 0;
}
