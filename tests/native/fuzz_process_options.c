/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: the input's NUL-separated strings are the arguments. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "process/options.h"

#define ARGS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct eu_options options;
	char *argv[ARGS_MAX + 2] = {(char[]){"eunomia-collector"}};
	char *copy = malloc(size + 1), error[64];
	int argc = 1;

	memcpy(copy, data, size);
	copy[size] = '\0';
	for (size_t at = 0; at < size && argc <= ARGS_MAX; at += strlen(copy + at) + 1)
		argv[argc++] = copy + at;
	if (eu_options_parse(&options, argc, argv, error, sizeof(error)) == 0 &&
	    options.n_uids > EU_OPTION_LIST_MAX)
		abort();
	free(copy);
	return 0;
}
