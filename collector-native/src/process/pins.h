/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of a bpf file system where policies outlive the collector. It is the loader's, whose
 * programs they are. */
#pragma once

#include <stdbool.h>

/* Its descriptor, which also keeps other collectors out; it is made if it is not there. Or -errno,
 * with a line in the log that names it. */
int eu_pins_open(const char *path);

/* Whether anything is pinned there. */
bool eu_pins_hold(int fd);
