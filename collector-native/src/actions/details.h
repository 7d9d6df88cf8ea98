/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What there may be several of: mounts, labels, annotations. They stand back to back among the
 * details of a result, each a byte of enum eu_detail and its texts, each with its NUL. Pure.
 */
#pragma once

#include <stdbool.h>

#include "actions/protocol.h"

#define EU_DETAIL_TEXTS_MAX  5
#define EU_DETAIL_TEXT_SIZE  1024 /* of a mount's text; a longer one leaves the mount out */
#define EU_DETAIL_KEY_SIZE   320  /* of a label's key; a longer one leaves the label out */
#define EU_DETAIL_VALUE_SIZE 256  /* of a label's value; a longer one is cut */
#define EU_DETAIL_PER_KIND   64

enum eu_detail {
	EU_DETAIL_MOUNT = 1, /* source, destination, mode, "rw" or "ro", propagation */
	EU_DETAIL_LABEL,     /* key, value */
	EU_DETAIL_POD_LABEL,
	EU_DETAIL_ANNOTATION, /* of the container, but for the runtimes' own */
	EU_DETAIL_POD_ANNOTATION,
	_EU_DETAIL_MAX,
};

struct eu_detail_entry {
	enum eu_detail kind;
	const char *texts[EU_DETAIL_TEXTS_MAX];
};

/* Adds one; without room for it, or with a text that is none, the result is marked cut instead. */
void eu_detail_add(struct eu_inspect_result *r, enum eu_detail kind, const char *const *texts);

/* The one at *pos, which moves behind it. False at the end, or when there is none. */
bool eu_detail_next(const struct eu_inspect_result *r, size_t *pos, struct eu_detail_entry *ret);

/* Adds what from has of a kind. */
void eu_details_copy(struct eu_inspect_result *r, const struct eu_inspect_result *from,
		     enum eu_detail kind);

/* Could eu_detail_add() have left this? */
bool eu_details_valid(const struct eu_inspect_result *r);
