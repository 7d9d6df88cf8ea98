/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "actions/files.h"
#include "actions/search.h"
#include "actions/text.h"
#include "util/cleanup.h"

bool eu_search_note(struct eu_search *s, int r)
{
	if (r < 0 && r != -ENOENT && r != -ENOTDIR && s->err == 0)
		s->err = r;
	return r >= 0;
}

bool eu_search_extract(struct eu_search *s, int dir, const char *path, enum eu_extract_kind kind,
		       struct eu_extract *ret, struct stat *ret_st)
{
	EU_CLEANUP(eu_closep) int fd = eu_files_open_state(dir, path, s->owner, ret_st);

	return eu_search_note(s, fd) &&
	       eu_search_note(s, eu_extractor_run(s->in->extractor, kind, fd, s->id, ret));
}

void eu_search_take(struct eu_search *s, const struct eu_extract *e, const char *runtime)
{
	static const char *const managers[_EU_MANAGER_MAX] = {
	    [EU_MANAGER_PODMAN] = "podman",
	    [EU_MANAGER_CRIO] = "cri-o",
	};
	const char *name = managers[e->manager] ? managers[e->manager] : runtime;

	s->found = e->found;
	s->found.owner_uid = s->owner;
	memcpy(s->found.runtime, name, strnlen(name, sizeof(s->found.runtime) - 1));
}

static void fill(char *field, size_t size, const char *text)
{
	if (!field[0])
		eu_text_copy(field, size, text, strlen(text));
}
#define FILL(field) fill(r->field, sizeof(r->field), more->field)

static void add_facts(struct eu_inspect_result *r, const struct eu_inspect_result *more)
{
	uint32_t unknown = more->facts_known & ~r->facts_known;

	r->facts |= more->facts & unknown;
	r->facts_known |= unknown;
	if (!(r->flags & EU_INSPECT_CAPS)) {
		r->cap_bounding = more->cap_bounding;
		r->cap_effective = more->cap_effective;
	}
	if (!(r->flags & EU_INSPECT_USER)) {
		r->uid = more->uid;
		r->gid = more->gid;
	}
	r->flags |= more->flags & (EU_INSPECT_CUT | EU_INSPECT_CAPS | EU_INSPECT_USER);
}

static void add_details(struct eu_inspect_result *r, const struct eu_inspect_result *more)
{
	bool has[_EU_DETAIL_MAX] = {false};
	struct eu_detail_entry entry;
	size_t pos = 0;

	while (eu_detail_next(r, &pos, &entry))
		has[entry.kind] = true;
	for (enum eu_detail kind = EU_DETAIL_MOUNT; kind < _EU_DETAIL_MAX; kind++) {
		if (!has[kind])
			eu_details_copy(r, more, kind);
	}
}

void eu_search_add(struct eu_inspect_result *r, const struct eu_inspect_result *more)
{
	FILL(name);
	FILL(image);
	FILL(pod);
	FILL(namespace_);
	FILL(pod_uid);
	FILL(image_id);
	FILL(image_digest);
	FILL(user);
	FILL(apparmor);
	FILL(seccomp);
	FILL(healthcheck);
	if (!r->created_unix_ns)
		r->created_unix_ns = more->created_unix_ns;
	add_facts(r, more);
	add_details(r, more);
}
