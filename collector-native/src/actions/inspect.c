/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "actions/files.h"
#include "actions/ident.h"
#include "actions/inspect.h"
#include "actions/places.h"
#include "actions/shims.h"
#include "util/cleanup.h"

#define NS_PER_S   1000000000ll
#define LEVELS_MAX 16 /* how far up a data root of docker is looked for */

/* One file that may know the container, and what is known so far. */
struct search {
	const struct eu_inspector *in;
	const char *id;
	int err; /* the first reason, other than absence, why a file could not be used */
	struct eu_inspect_result found;
};

static void set_runtime(struct eu_inspect_result *r, const char *runtime)
{
	memset(r->runtime, 0, sizeof(r->runtime));
	memcpy(r->runtime, runtime, strnlen(runtime, sizeof(r->runtime) - 1));
}

static bool note(struct search *s, int r)
{
	if (r < 0 && r != -ENOENT && r != -ENOTDIR && s->err == 0)
		s->err = r;
	return r >= 0;
}

static bool extract(struct search *s, int dir, const char *path, enum eu_extract_kind kind,
		    struct eu_extract *ret, struct stat *ret_st)
{
	EU_CLEANUP(eu_closep) int fd = eu_files_open_state(dir, path, ret_st);

	return note(s, fd) && note(s, eu_extractor_run(s->in->extractor, kind, fd, ret));
}

static bool take_docker(struct search *s, int dir, const char *path)
{
	struct eu_extract e;
	struct stat st;

	if (!extract(s, dir, path, EU_EXTRACT_DOCKER, &e, &st))
		return false;
	s->found = e.found;
	set_runtime(&s->found, "docker");
	return true;
}

/* Docker's own files of the container, in the data root that something of path lies in. */
static bool follow_docker(struct search *s, const char *path)
{
	char above[PATH_MAX], file[PATH_MAX + 256];
	char *end;

	if (!eu_docker_id_valid(s->id) || eu_host_path(above, sizeof(above), path) < 0)
		return false;
	for (int i = 0; i < LEVELS_MAX && (end = strrchr(above, '/')); i++) {
		*end = '\0';
		snprintf(file, sizeof(file), "%s/containers/%s/config.v2.json", above, s->id);
		if (take_docker(s, s->in->root, file))
			return true;
	}
	return false;
}

/* A bundle does not say when the container was made, but its file is written then and not after. */
static bool take_oci(struct search *s, int dir, const char *path, const char *runtime)
{
	struct eu_extract e;
	struct stat st;

	if (!extract(s, dir, path, EU_EXTRACT_OCI, &e, &st))
		return false;
	if (!e.found.name[0] && !(e.found.flags & EU_INSPECT_SANDBOX) && follow_docker(s, e.path))
		return true;
	s->found = e.found;
	s->found.created_unix_ns = st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec;
	set_runtime(&s->found, runtime);
	return true;
}

/* The bundle knows as much and leads on to docker, but it may be gone or not be root's. */
static bool take_runc(struct search *s, int dir, const char *path, const char *runtime)
{
	char bundle[PATH_MAX], file[PATH_MAX + sizeof("/config.json")];
	struct eu_extract e;
	struct stat st;

	if (!extract(s, dir, path, EU_EXTRACT_RUNC, &e, &st))
		return false;
	if (eu_host_path(bundle, sizeof(bundle), e.path) == 0) {
		snprintf(file, sizeof(file), "%s/config.json", bundle);
		if (take_oci(s, s->in->root, file, runtime)) {
			if (strcmp(s->found.runtime, "docker") != 0 && e.found.created_unix_ns)
				s->found.created_unix_ns = e.found.created_unix_ns;
			return true;
		}
	}
	s->found = e.found;
	set_runtime(&s->found, runtime);
	return true;
}

static bool take(struct search *s, int dir, const char *path, const struct eu_place *place,
		 const char *runtime)
{
	switch (place->kind) {
	case EU_EXTRACT_DOCKER:
		return take_docker(s, dir, path);
	case EU_EXTRACT_OCI:
		return take_oci(s, dir, path, runtime);
	case EU_EXTRACT_RUNC:
		return take_runc(s, dir, path, runtime);
	default:
		return false;
	}
}

static bool ask_namespaces(struct search *s, int dir, const struct eu_place *place)
{
	EU_CLEANUP(eu_closedirp) DIR *names = eu_files_read_dir(dir);
	const struct dirent *entry;
	bool done = false;

	while (names && !done && (entry = readdir(names))) {
		bool docker = !strcmp(entry->d_name, EU_DOCKER_NAMESPACE);
		char path[1024];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", entry->d_name, s->id, place->file);
		done = take(s, dir, path, place, docker ? "docker" : place->runtime);
	}
	return done;
}

static bool ask_place(struct search *s, const struct eu_place *place, const char *root)
{
	char path[1024];

	EU_CLEANUP(eu_closep) int above = eu_files_open_dir(s->in->root, root, O_PATH);
	EU_CLEANUP(eu_closep) int dir = -1;
	if (!note(s, above))
		return false;
	dir = eu_files_open_beneath(above, place->sub ? place->sub : ".", O_PATH | O_DIRECTORY);
	if (!note(s, dir))
		return false;
	if (place->namespaced)
		return ask_namespaces(s, dir, place);
	snprintf(path, sizeof(path), "%s/%s", s->id, place->file);
	return take(s, dir, path, place, place->runtime);
}

static bool ask_places(struct search *s)
{
	bool done = false;

	for (size_t i = 0; i < eu_places_len && !done; i++) {
		const struct eu_place *place = &eu_places[i];

		if (place->docker_id && !eu_docker_id_valid(s->id))
			continue;
		if (place->root)
			done = ask_place(s, place, place->root);
		for (size_t j = 0; !place->root && j < s->in->n_runtime_roots && !done; j++)
			done = ask_place(s, place, s->in->runtime_roots[j]);
	}
	return done;
}

static bool ask_bundle(void *data, int bundle, bool docker)
{
	return take_oci(data, bundle, "config.json", docker ? "docker" : "containerd");
}

int eu_inspect(const struct eu_inspector *in, const char *id, struct eu_inspect_result *ret)
{
	struct search s = {.in = in, .id = id};

	if (!ask_places(&s) && !eu_shims_search(in->proc, id, ask_bundle, &s))
		return s.err ? s.err : -ENOENT;
	/* Without docker and pods, a container's id is the name that the user gave it. */
	if (!s.found.name[0] && !(s.found.flags & EU_INSPECT_SANDBOX) &&
	    strcmp(s.found.runtime, "docker") != 0)
		memcpy(s.found.name, id, strlen(id));
	*ret = s.found;
	return 0;
}
