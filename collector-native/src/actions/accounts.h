/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of users and groups, from an /etc/passwd or /etc/group that a stranger wrote: run by the
 * extractor's child only. The first line with a number counts, as for getpwuid(3). A line that is
 * none, and one whose name is empty, over 255 bytes long, not UTF-8 or has control characters in
 * it, is as good as missing; so is a home directory or a shell of that kind, or over 380 bytes
 * long.
 */
#pragma once

#include "actions/symbols.h"

/* For n ascending numbers of users NAME:HOME:SHELL each. 0, -EFBIG above EU_STATE_FILE_MAX, -ENOMEM
 * or -errno. */
int eu_passwd_names(int fd, const uint64_t *at, size_t n, struct eu_symbols *ret);

/* The same for groups: NAME each. */
int eu_group_names(int fd, const uint64_t *at, size_t n, struct eu_symbols *ret);
