/* SPDX-License-Identifier: Apache-2.0 */
/* The collector's command line. It has no configuration file: policy is the controller's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define EU_OPTION_LIST_MAX 16

/* What a controller may have done to others: bits of eu_options.allow. */
#define EU_ALLOW_SIGNAL 0x1u /* ending processes */
#define EU_ALLOW_DENY	0x2u /* letting their calls fail */
#define EU_ALLOW_HOST	0x4u /* not only in containers */

struct eu_options {
	bool help, version;
	bool supervise; /* launcher: run the command behind "--" as an unprivileged controller */
	char *const *command;
	const char *socket_path;
	int socket_fd; /* -1: none was inherited */
	uid_t uids[EU_OPTION_LIST_MAX];
	size_t n_uids;
	const char *runtime_roots[EU_OPTION_LIST_MAX];
	size_t n_runtime_roots;
	size_t ring_bytes;   /* of all rings together */
	unsigned int allow;  /* EU_ALLOW_* */
	bool allow_host;     /* as in allow */
	const char *pin_dir; /* where policies outlive the collector; NULL: they do not */
	bool verbose;
};

/*
 * Fills ret from a NULL-terminated argument vector, which it borrows. 0, or -EINVAL with one line
 * in error (size bytes) that names the option and what would be right.
 */
int eu_options_parse(struct eu_options *ret, int argc, char *const argv[], char *error,
		     size_t size);

extern const char eu_options_usage[];
