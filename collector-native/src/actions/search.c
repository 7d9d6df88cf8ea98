/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "actions/files.h"
#include "actions/search.h"
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
