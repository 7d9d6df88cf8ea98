/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "actions/details.h"
#include "actions/text.h"

/* The sizes of a kind's texts, up to the first 0; one of EU_DETAIL_VALUE_SIZE may be cut. */
static const size_t *sizes_of(enum eu_detail kind)
{
	static const size_t mount[EU_DETAIL_TEXTS_MAX + 1] = {
	    EU_DETAIL_TEXT_SIZE, EU_DETAIL_TEXT_SIZE, 32, 3, 32,
	};
	static const size_t label[EU_DETAIL_TEXTS_MAX + 1] = {
	    EU_DETAIL_KEY_SIZE,
	    EU_DETAIL_VALUE_SIZE,
	};

	return kind == EU_DETAIL_MOUNT ? mount : label;
}

static size_t count(const struct eu_inspect_result *r, enum eu_detail kind)
{
	struct eu_detail_entry entry;
	size_t pos = 0, n = 0;

	while (eu_detail_next(r, &pos, &entry))
		n += entry.kind == kind;
	return n;
}

/* Writes the texts; returns the size of all, or 0 when one is too long. */
static size_t put(struct eu_inspect_result *r, enum eu_detail kind, const char *const *texts,
		  char *to, size_t room)
{
	const size_t *sizes = sizes_of(kind);
	char text[EU_DETAIL_TEXT_SIZE];
	size_t len = 1;

	to[0] = (char)kind;
	for (size_t i = 0; sizes[i]; i++) {
		bool is_whole = eu_text_copy(text, sizes[i], texts[i], strlen(texts[i]));
		size_t n = strlen(text) + 1;

		if (!is_whole && sizes[i] == EU_DETAIL_VALUE_SIZE)
			r->flags |= EU_INSPECT_CUT;
		else if (!is_whole)
			return 0;
		if (n > room - len)
			return 0;
		memcpy(to + len, text, n);
		len += n;
	}
	return len;
}

void eu_detail_add(struct eu_inspect_result *r, enum eu_detail kind, const char *const *texts)
{
	size_t room = sizeof(r->details) - r->details_len, len = 0;
	char *to = r->details + r->details_len;

	if (room > 0 && count(r, kind) < EU_DETAIL_PER_KIND)
		len = put(r, kind, texts, to, room);
	if (len == 0) {
		memset(to, 0, room);
		r->flags |= EU_INSPECT_CUT;
	}
	r->details_len += (uint32_t)len;
}

bool eu_detail_next(const struct eu_inspect_result *r, size_t *pos, struct eu_detail_entry *ret)
{
	size_t end = r->details_len < sizeof(r->details) ? r->details_len : sizeof(r->details);
	size_t at = *pos;
	const size_t *sizes;

	if (at >= end || r->details[at] <= 0 || r->details[at] >= _EU_DETAIL_MAX)
		return false;
	*ret = (struct eu_detail_entry){.kind = (enum eu_detail)r->details[at++]};
	sizes = sizes_of(ret->kind);
	for (size_t i = 0; sizes[i]; i++) {
		size_t len = strnlen(r->details + at, end - at);

		if (len == end - at)
			return false;
		ret->texts[i] = r->details + at;
		at += len + 1;
	}
	*pos = at;
	return true;
}

void eu_details_copy(struct eu_inspect_result *r, const struct eu_inspect_result *from,
		     enum eu_detail kind)
{
	struct eu_detail_entry entry;
	size_t pos = 0;

	while (eu_detail_next(from, &pos, &entry)) {
		if (entry.kind == kind)
			eu_detail_add(r, kind, entry.texts);
	}
}

static bool is_text(const char *text, size_t size)
{
	char copy[EU_DETAIL_TEXT_SIZE];

	return eu_text_copy(copy, size, text, strlen(text));
}

static bool is_entry(const struct eu_detail_entry *entry)
{
	const size_t *sizes = sizes_of(entry->kind);

	for (size_t i = 0; sizes[i]; i++) {
		if (!is_text(entry->texts[i], sizes[i]))
			return false;
	}
	return entry->kind != EU_DETAIL_MOUNT || !strcmp(entry->texts[3], "rw") ||
	       !strcmp(entry->texts[3], "ro");
}

bool eu_details_valid(const struct eu_inspect_result *r)
{
	size_t n[_EU_DETAIL_MAX] = {0}, pos = 0;
	struct eu_detail_entry entry;

	if (r->details_len > sizeof(r->details) || r->reserved)
		return false;
	while (eu_detail_next(r, &pos, &entry)) {
		if (!is_entry(&entry) || ++n[entry.kind] > EU_DETAIL_PER_KIND)
			return false;
	}
	if (pos != r->details_len)
		return false;
	for (; pos < sizeof(r->details); pos++) {
		if (r->details[pos])
			return false;
	}
	return true;
}
