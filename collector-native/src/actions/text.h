/* SPDX-License-Identifier: Apache-2.0 */
/* Small text functions of the extraction. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Copies as much of src as is valid UTF-8 and fits with a NUL, ending on a character boundary, and
 * zero-fills the rest. Returns whether that was all of it.
 */
bool eu_text_copy(char *dst, size_t size, const char *src, size_t len);

/* Could eu_text_copy() have left this: valid UTF-8, then only zeros, at least one? */
bool eu_text_valid(const char *text, size_t size);

/*
 * RFC 3339 ("2026-11-23T09:33:08.083992033Z", "...+01:00") to nanoseconds since 1970. -EINVAL when
 * it is something else, -ERANGE outside 1970..2261; Go's zero time is.
 */
int eu_parse_rfc3339(const char *text, int64_t *ret_ns);
