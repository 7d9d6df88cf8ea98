/* SPDX-License-Identifier: Apache-2.0 */
/* Is this text what it has to be before it becomes part of a path? Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* [A-Za-z0-9][A-Za-z0-9_.+-]{0,127}, ending in NUL within size: one path component, never "..". */
bool eu_container_id_valid(const char *id, size_t size);

/* What docker makes its ids of: 64 lower-case hexadecimal digits. */
bool eu_docker_id_valid(const char *id);

/*
 * Writes the host path in src without its leading "/", for openat2 below the root directory; a
 * leading /var/run, a link to /run that runtimes write but openat2 would refuse, becomes run.
 * -EINVAL when it is not absolute, is not in its simplest form (empty, "." and ".." components),
 * or does not fit.
 */
int eu_host_path(char *ret, size_t size, const char *src);
