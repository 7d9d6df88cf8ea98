/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bundles of containerd's shims: a shim's working directory is the bundle of the container it
 * was started for, and the bundles of the other containers of its namespace stand beside it,
 * wherever containerd keeps its state.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* bundle stays the caller's. Returns true to end the search. docker: the namespace is docker's. */
typedef bool (*eu_shim_fn)(void *data, int bundle, bool docker);

/*
 * Calls fn for each directory that a shim of this machine gives for container id. A shim is
 * believed when all its uids are 0, the file it runs is called containerd-shim*, and it does not
 * live in another pid namespace than proc (an fd of /proc): root in a container must not name
 * bundles. Returns true when fn did.
 */
bool eu_shims_search(int proc, const char *id, eu_shim_fn fn, void *data);

/* Does the command line (arguments, each ended by NUL) have option NAME with exactly this value, as
 * "-NAME VALUE", "-NAME=VALUE" or with "--"? Pure. */
bool eu_args_have(const char *args, size_t len, const char *name, const char *value);
