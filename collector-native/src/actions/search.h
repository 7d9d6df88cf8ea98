/* SPDX-License-Identifier: Apache-2.0 */
/* One InspectContainer while it runs: what is asked for, whose files are read, what is known. */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

#include "actions/inspect.h"

struct eu_search {
	const struct eu_inspector *in;
	const char *id;
	uid_t owner; /* of the files that are believed */
	int err;     /* the first reason, other than absence, why a file could not be used */
	struct eu_inspect_result found;
};

/* True unless r is an error; an error that says more than that something is absent is kept. */
bool eu_search_note(struct eu_search *s, int r);

/* Extracts from a file below dir. */
bool eu_search_extract(struct eu_search *s, int dir, const char *path, enum eu_extract_kind kind,
		       struct eu_extract *ret, struct stat *ret_st);

/* Adds what another file knows besides: what the result does not know yet, and mounts, labels and
 * annotations of a kind of which it has none. */
void eu_search_add(struct eu_inspect_result *r, const struct eu_inspect_result *more);

/* Takes what was extracted as the answer; what annotations say of the runtime goes first. */
void eu_search_take(struct eu_search *s, const struct eu_extract *e, const char *runtime);
