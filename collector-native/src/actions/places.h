/* SPDX-License-Identifier: Apache-2.0 */
/* Where the runtimes keep what they know of a container: the one table to extend for another. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "actions/extract.h"

/* The containers in this namespace of containerd are docker's. */
#define EU_DOCKER_NAMESPACE "moby"

/* The file is ROOT/ID/file, or ROOT/NAMESPACE/ID/file for each directory that stands in ROOT;
 * storage.h for EU_EXTRACT_STORAGE. */
struct eu_place {
	const char *runtime;
	const char *root; /* NULL: each --runtime-root */
	const char *sub;  /* directory below root, or NULL */
	const char *file;
	enum eu_extract_kind kind;
	bool namespaced;
	bool docker_id; /* only ids that docker makes can be there */
};

/* In the order in which they are asked: what knows more comes first. */
extern const struct eu_place eu_places[];
extern const size_t eu_places_len;
