/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "actions/files.h"
#include "actions/storage.h"
#include "actions/text.h"
#include "util/cleanup.h"

#define NS_PER_S 1000000000ll

/* The list of all containers of a big host may be larger than what is read; the bundle is not. */
static bool read_list(struct eu_search *s, int driver, struct eu_extract *ret)
{
	static const char *const lists[] = {"containers.json", "volatile-containers.json"};
	struct stat st;

	for (size_t i = 0; driver >= 0 && i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (eu_search_extract(s, driver, lists[i], EU_EXTRACT_STORAGE, ret, &st))
			return true;
	}
	return false;
}

static void fill(char *field, size_t size, const char *text)
{
	if (!field[0])
		eu_text_copy(field, size, text, strlen(text));
}

static bool is_named(const struct eu_extract *e)
{
	return e->manager != EU_MANAGER_CRIO || !(e->found.flags & EU_INSPECT_SANDBOX);
}

static void add_list(struct eu_extract *e, const struct eu_extract *list)
{
	if (is_named(e))
		fill(e->found.name, sizeof(e->found.name), list->found.name);
	fill(e->found.image, sizeof(e->found.image), list->found.image);
	if (!e->found.created_unix_ns)
		e->found.created_unix_ns = list->found.created_unix_ns;
	e->found.flags |= list->found.flags & EU_INSPECT_CUT;
}

bool eu_storage_take(struct eu_search *s, int driver, int bundle)
{
	struct eu_extract e = {0}, list = {0};
	struct stat st = {0};
	bool has_bundle, has_list;

	has_bundle =
	    bundle >= 0 && eu_search_extract(s, bundle, "config.json", EU_EXTRACT_OCI, &e, &st);
	has_list = read_list(s, driver, &list);
	if (!has_bundle && !has_list)
		return false;
	add_list(&e, &list);
	if (!e.found.created_unix_ns && has_bundle)
		e.found.created_unix_ns = st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec;
	eu_search_take(s, &e, "podman");
	return true;
}

static bool is_driver(const char *name)
{
	static const char suffix[] = "-containers";
	size_t len = strlen(name), n = sizeof(suffix) - 1;

	return name[0] != '.' && len > n && !strcmp(name + len - n, suffix);
}

static bool ask_driver(struct eu_search *s, int root, const char *name)
{
	EU_CLEANUP(eu_closep) int driver = eu_files_open_beneath(root, name, O_PATH | O_DIRECTORY);
	EU_CLEANUP(eu_closep) int bundle = -1;
	char path[EU_ACTIONS_ID_MAX + sizeof("/userdata")];

	if (!eu_search_note(s, driver))
		return false;
	snprintf(path, sizeof(path), "%s/userdata", s->id);
	bundle = eu_files_open_beneath(driver, path, O_PATH | O_DIRECTORY);
	return eu_storage_take(s, driver, bundle);
}

bool eu_storage_ask(struct eu_search *s, int root)
{
	EU_CLEANUP(eu_closedirp) DIR *dir = eu_files_read_dir(root);
	const struct dirent *entry;
	bool done = false;

	while (dir && !done && (entry = readdir(dir))) {
		if (is_driver(entry->d_name))
			done = ask_driver(s, root, entry->d_name);
	}
	return done;
}
