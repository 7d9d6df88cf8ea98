/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "actions/files.h"
#include "actions/storage.h"
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

static bool is_named(const struct eu_extract *e)
{
	return e->manager != EU_MANAGER_CRIO || !(e->found.flags & EU_INSPECT_SANDBOX);
}

static void add_list(struct eu_extract *e, struct eu_extract *list)
{
	if (!is_named(e))
		memset(list->found.name, 0, sizeof(list->found.name));
	eu_search_add(&e->found, &list->found);
}

/* What the pod is called by stands in the bundle of its sandbox. */
static void add_pod(struct eu_search *s, int driver, struct eu_extract *e)
{
	char path[sizeof(e->more) + sizeof("/userdata/config.json")];
	struct eu_search pod = *s;
	struct eu_extract sandbox;
	struct stat st;

	if (driver < 0 || !e->more[0] || e->found.flags & EU_INSPECT_SANDBOX)
		return;
	pod.id = e->more;
	snprintf(path, sizeof(path), "%s/userdata/config.json", e->more);
	if (!eu_search_extract(&pod, driver, path, EU_EXTRACT_OCI, &sandbox, &st))
		return;
	eu_details_copy(&e->found, &sandbox.found, EU_DETAIL_POD_LABEL);
	eu_details_copy(&e->found, &sandbox.found, EU_DETAIL_POD_ANNOTATION);
}

/* images: DRIVER-images, beside DRIVER-containers. */
static bool read_image(struct eu_search *s, int root, const char *images, struct eu_extract *e)
{
	const int flags = O_PATH | O_DIRECTORY;
	EU_CLEANUP(eu_closep)
	int dir = s->owner ? eu_files_open_within(root, images, flags)
			   : eu_files_open_beneath(root, images, flags);
	struct eu_search image = *s;
	struct eu_extract found;
	struct stat st;

	image.id = e->found.image_id;
	if (dir < 0 ||
	    !eu_search_extract(&image, dir, "images.json", EU_EXTRACT_IMAGES, &found, &st))
		return false;
	eu_search_add(&e->found, &found.found);
	return true;
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);

	return name[0] != '.' && len > n && !strcmp(name + len - n, suffix);
}

static void add_digest(struct eu_search *s, int driver, struct eu_extract *e)
{
	EU_CLEANUP(eu_closep) int root = -1;
	EU_CLEANUP(eu_closedirp) DIR *dir = NULL;
	const struct dirent *entry;
	bool done = false;

	if (driver < 0 || e->found.image_digest[0] || !e->found.image_id[0])
		return;
	root = eu_files_open_parent(driver);
	dir = root < 0 ? NULL : eu_files_read_dir(root);
	while (dir && !done && (entry = readdir(dir)))
		done =
		    has_suffix(entry->d_name, "-images") && read_image(s, root, entry->d_name, e);
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
	add_pod(s, driver, &e);
	add_digest(s, driver, &e);
	eu_search_take(s, &e, "podman");
	return true;
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
		if (has_suffix(entry->d_name, "-containers"))
			done = ask_driver(s, root, entry->d_name);
	}
	return done;
}
