/* SPDX-License-Identifier: Apache-2.0 */
/* What is mapped where in a process: the text of /proc/PID/maps, which the kernel makes. Pure. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct eu_mapping {
	uint64_t start;
	uint64_t end;	     /* behind the last byte */
	uint64_t offset;     /* in the file */
	uint64_t inode;	     /* 0: none */
	char path[PATH_MAX]; /* or a name in brackets, or empty; cut when it is longer */
};

/* One line without its newline. False when it is none. */
bool eu_maps_parse(const char *line, size_t len, struct eu_mapping *ret);

/* Is that a file which can be opened by its path? */
bool eu_mapping_is_file(const struct eu_mapping *m);

/* Nothing that has a file: what a runtime made, or the name that the kernel gave away. */
bool eu_mapping_is_anonymous(const struct eu_mapping *m);

/* How much of the path is left without what the kernel adds when the file is gone. */
size_t eu_mapping_path_len(const char *path);
