/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of a conmon: arguments, each ended by NUL, as /proc has them. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Is there an option "-name" or "--long_name"? Where it stands twice, the first one counts. What
 * follows an option that ends in "-arg" is meant for another program. An argument without its NUL
 * was cut off, and nothing in it is certain.
 */
bool eu_args_flag(const char *args, size_t len, const char *name, const char *long_name);

/* Its value, "-name VALUE", "--long_name VALUE" or "--long_name=VALUE"; NULL when there is none. */
const char *eu_args_value(const char *args, size_t len, const char *name, const char *long_name);
