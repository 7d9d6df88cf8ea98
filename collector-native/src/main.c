/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "process/options.h"
#include "process/supervise.h"
#include "util/log.h"

#define EXIT_USAGE 2

/* A descriptor opened later must not become stdin, stdout or stderr by chance. */
static void keep_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char *argv[])
{
	struct eu_options options;
	char error[256];

	keep_standard_descriptors();
	if (eu_options_parse(&options, argc, argv, error, sizeof(error)) < 0) {
		eu_log_err("%s", error);
		return EXIT_USAGE;
	}
	if (options.help || options.version) {
		printf("%s",
		       options.help ? eu_options_usage : "eunomia-collector " EU_VERSION "\n");
		return EXIT_SUCCESS;
	}
	if (options.verbose)
		eu_log_set_level(EU_LOG_DEBUG);
	return eu_supervise(&options);
}
