/* SPDX-License-Identifier: Apache-2.0 */
/* What a user namespace makes of a number: the text of /proc/PID/uid_map and gid_map, which the
 * kernel makes. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number inside of one of the reader's; false when it has none. */
bool eu_idmap_inside(const char *text, size_t len, uint32_t outside, uint32_t *ret);
