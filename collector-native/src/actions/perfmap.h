/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a runtime that makes code while it runs tells of it, as it does for perf: a line of text for
 * each function, "START SIZE NAME", the numbers hexadecimal.
 */
#pragma once

#include "actions/symbols.h"

#define EU_PERF_MAP_MAX (64u << 20) /* bytes that are read */

/* addresses: n ascending ones. Of functions that had one address one after the other the last one
 * counts. Lines that are none are passed over. 0/-errno; *ret is written on success. */
int eu_perf_map_symbols(int fd, const uint64_t *addresses, size_t n, struct eu_symbols *ret);
