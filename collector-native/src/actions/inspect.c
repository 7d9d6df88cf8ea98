/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "actions/conmons.h"
#include "actions/files.h"
#include "actions/ident.h"
#include "actions/places.h"
#include "actions/shims.h"
#include "actions/storage.h"
#include "actions/text.h"
#include "util/cleanup.h"

#define NS_PER_S   1000000000ll
#define LEVELS_MAX 16 /* how far up a data root of docker is looked for */

/* The digest that the image was pulled by stands in a list of all images. */
static void add_digest(struct eu_search *s, int containers, struct eu_extract *e)
{
	EU_CLEANUP(eu_closep) int above = -1;
	char path[sizeof(e->more) + sizeof("image//repositories.json")];
	struct eu_search image = *s;
	struct eu_extract list;
	struct stat st;

	if (e->found.image_digest[0] || !e->more[0] || !e->found.image_id[0])
		return;
	above = eu_files_open_parent(containers);
	snprintf(path, sizeof(path), "image/%s/repositories.json", e->more);
	image.id = e->found.image_id;
	if (above >= 0 &&
	    eu_search_extract(&image, above, path, EU_EXTRACT_REPOSITORIES, &list, &st))
		eu_search_add(&e->found, &list.found);
}

/* All but the mounts: docker has told which are the user's, and there are its own among these. */
static void add_bundle_facts(struct eu_search *s, const struct eu_extract *bundle)
{
	struct eu_inspect_result facts = bundle->found;

	facts.details_len = 0;
	eu_search_add(&s->found, &facts);
}

/* containers: where docker has a directory for each. bundle: what is known from there, or NULL. */
static bool take_docker(struct eu_search *s, int containers, const struct eu_extract *bundle)
{
	char path[EU_ACTIONS_ID_MAX + sizeof("/hostconfig.json")];
	struct eu_extract e, host;
	struct stat st;

	snprintf(path, sizeof(path), "%s/config.v2.json", s->id);
	if (!eu_search_extract(s, containers, path, EU_EXTRACT_DOCKER, &e, &st))
		return false;
	snprintf(path, sizeof(path), "%s/hostconfig.json", s->id);
	if (eu_search_extract(s, containers, path, EU_EXTRACT_HOSTCONFIG, &host, &st))
		eu_search_add(&e.found, &host.found);
	add_digest(s, containers, &e);
	eu_search_take(s, &e, "docker");
	if (bundle)
		add_bundle_facts(s, bundle);
	return true;
}

/* Docker's own files of the container, in the data root that something of path lies in. */
static bool follow_docker(struct eu_search *s, const char *path, const struct eu_extract *bundle)
{
	char above[PATH_MAX], containers[PATH_MAX + sizeof("/containers")];
	char *end;

	if (!eu_docker_id_valid(s->id) || eu_host_path(above, sizeof(above), path) < 0)
		return false;
	for (int i = 0; i < LEVELS_MAX && (end = strrchr(above, '/')); i++) {
		EU_CLEANUP(eu_closep) int dir = -1;

		*end = '\0';
		snprintf(containers, sizeof(containers), "%s/containers", above);
		dir = eu_files_open_beneath(s->in->root, containers, O_PATH | O_DIRECTORY);
		if (eu_search_note(s, dir) && take_docker(s, dir, bundle))
			return true;
	}
	return false;
}

/* A bundle does not say when the container was made, but its file is written then and not after. */
static bool take_oci(struct eu_search *s, int dir, const char *path, const char *runtime)
{
	struct eu_extract e;
	struct stat st;

	if (!eu_search_extract(s, dir, path, EU_EXTRACT_OCI, &e, &st))
		return false;
	if (!e.found.name[0] && !(e.found.flags & EU_INSPECT_SANDBOX) &&
	    follow_docker(s, e.path, &e))
		return true;
	if (!e.found.created_unix_ns)
		e.found.created_unix_ns = st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec;
	eu_search_take(s, &e, runtime);
	return true;
}

/* The bundle knows as much and leads on to docker, but it may be gone or not be root's. */
static bool take_state(struct eu_search *s, int dir, const char *path, enum eu_extract_kind kind,
		       const char *runtime)
{
	char bundle[PATH_MAX], file[PATH_MAX + sizeof("/config.json")];
	struct eu_extract e;
	struct stat st;

	if (!eu_search_extract(s, dir, path, kind, &e, &st))
		return false;
	if (eu_host_path(bundle, sizeof(bundle), e.path) == 0) {
		snprintf(file, sizeof(file), "%s/config.json", bundle);
		if (take_oci(s, s->in->root, file, runtime)) {
			if (strcmp(s->found.runtime, "docker") != 0 && e.found.created_unix_ns)
				s->found.created_unix_ns = e.found.created_unix_ns;
			return true;
		}
	}
	eu_search_take(s, &e, runtime);
	return true;
}

static bool take(struct eu_search *s, int dir, const char *path, const struct eu_place *place,
		 const char *runtime)
{
	switch (place->kind) {
	case EU_EXTRACT_DOCKER:
		return take_docker(s, dir, NULL);
	case EU_EXTRACT_OCI:
		return take_oci(s, dir, path, runtime);
	case EU_EXTRACT_RUNC:
	case EU_EXTRACT_CRUN:
		return take_state(s, dir, path, place->kind, runtime);
	default:
		return false;
	}
}

static bool ask_namespaces(struct eu_search *s, int dir, const struct eu_place *place)
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

static bool ask_place(struct eu_search *s, const struct eu_place *place, const char *root)
{
	char path[1024];

	EU_CLEANUP(eu_closep) int above = eu_files_open_dir(s->in->root, root, O_PATH);
	EU_CLEANUP(eu_closep) int dir = -1;
	if (!eu_search_note(s, above))
		return false;
	dir = eu_files_open_beneath(above, place->sub ? place->sub : ".", O_PATH | O_DIRECTORY);
	if (!eu_search_note(s, dir))
		return false;
	if (place->kind == EU_EXTRACT_STORAGE)
		return eu_storage_ask(s, dir);
	if (place->namespaced)
		return ask_namespaces(s, dir, place);
	snprintf(path, sizeof(path), "%s/%s", s->id, place->file);
	return take(s, dir, path, place, place->runtime);
}

static bool ask_places(struct eu_search *s)
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

/* -- what only docker's bundle tells -- */

static bool add_bundle(void *data, int bundle, bool docker)
{
	struct eu_search *s = data;
	struct eu_extract e;
	struct stat st;

	if (!docker || !eu_search_extract(s, bundle, "config.json", EU_EXTRACT_OCI, &e, &st))
		return false;
	add_bundle_facts(s, &e);
	return true;
}

static bool add_bundle_of(struct eu_search *s, const struct eu_place *place)
{
	EU_CLEANUP(eu_closep) int above = -1;
	EU_CLEANUP(eu_closep) int bundle = -1;
	char path[256 + EU_ACTIONS_ID_MAX];

	if (place->kind != EU_EXTRACT_OCI || !place->namespaced || !place->root)
		return false;
	above = eu_files_open_dir(s->in->root, place->root, O_PATH);
	if (above < 0)
		return false;
	snprintf(path, sizeof(path), "%s/" EU_DOCKER_NAMESPACE "/%s", place->sub, s->id);
	bundle = eu_files_open_beneath(above, path, O_PATH | O_DIRECTORY);
	return bundle >= 0 && add_bundle(s, bundle, true);
}

/* Docker writes down what it was told; what became of that stands where containerd put it. */
static void complete_docker(struct eu_search *s)
{
	bool done = s->found.flags & EU_INSPECT_CAPS;

	for (size_t i = 0; i < eu_places_len && !done; i++)
		done = add_bundle_of(s, &eu_places[i]);
	if (!done)
		eu_shims_search(s->in->proc, s->id, add_bundle, s);
}

static bool ask_bundle(void *data, int bundle, bool docker)
{
	return take_oci(data, bundle, "config.json", docker ? "docker" : "containerd");
}

static bool is_nameless(const struct eu_search *s)
{
	return !s->found.name[0] && !(s->found.flags & EU_INSPECT_SANDBOX);
}

/* What conmon was told is an answer even when its bundle is none, or goes with one known before. */
static bool ask_conmon(void *data, const struct eu_conmon *conmon)
{
	static const struct eu_extract nothing;
	struct eu_search *s = data;
	EU_CLEANUP(eu_closep) int above = -1;
	EU_CLEANUP(eu_closep) int driver = -1;

	s->owner = conmon->uid;
	if (conmon->bundle >= 0)
		above = eu_files_open_parent(conmon->bundle);
	if (above >= 0)
		driver = eu_files_open_parent(above);
	if (!eu_storage_take(s, driver, conmon->bundle) && !s->found.runtime[0])
		eu_search_take(s, &nothing, "podman");
	if (is_nameless(s))
		eu_text_copy(s->found.name, sizeof(s->found.name), conmon->name,
			     strlen(conmon->name));
	return true;
}

/* Root's word first: a user never answers for a container that root's files or processes know. */
static bool ask_all(struct eu_search *s)
{
	return ask_places(s) || eu_shims_search(s->in->proc, s->id, ask_bundle, s) ||
	       eu_conmons_search(s->in, s->id, false, ask_conmon, s) ||
	       eu_conmons_search(s->in, s->id, true, ask_conmon, s);
}

static bool is_of(const struct eu_search *s, const char *runtime)
{
	return !strcmp(s->found.runtime, runtime);
}

int eu_inspect(const struct eu_inspector *in, const char *id, struct eu_inspect_result *ret)
{
	struct eu_search s = {.in = in, .id = id};

	if (!ask_all(&s))
		return s.err ? s.err : -ENOENT;
	if (is_of(&s, "docker"))
		complete_docker(&s);
	/* A list too large to read, or a bundle that a low-level runtime led to. */
	if (is_nameless(&s) && s.owner == 0 && (is_of(&s, "podman") || is_of(&s, "cri-o")))
		eu_conmons_search(in, id, false, ask_conmon, &s);
	/* Where runtimes make up no ids, the id is the name that the user gave it. */
	if (is_nameless(&s) && !is_of(&s, "docker") && !eu_docker_id_valid(id))
		memcpy(s.found.name, id, strlen(id));
	*ret = s.found;
	return 0;
}
