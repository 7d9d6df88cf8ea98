/* SPDX-License-Identifier: Apache-2.0 */
/* What docker writes of a container: config.v2.json, hostconfig.json and repositories.json. */
#include <string.h>

#include "actions/extract_json.h"
#include "actions/ident.h"
#include "actions/text.h"
#include "util/cleanup.h"

/* Appends a word behind a blank, as much as fits. */
static void add_word(char *line, size_t size, const char *word)
{
	size_t len = strlen(line);

	if (len > 0 && len + 1 < size)
		line[len++] = ' ';
	eu_text_copy(line + len, size - len, word, strlen(word));
}

/* ["NONE"], ["CMD", PROGRAM, ARGUMENT...] or ["CMD-SHELL", LINE]. */
static void fill_healthcheck(struct eu_inspect_result *r, const json_t *test)
{
	const char *how = eu_json_text(json_array_get(test, 0));
	char line[EU_INSPECT_IMAGE_SIZE + 2] = "";
	json_t *word;
	size_t i;

	if (!how)
		return;
	if (!strcmp(how, "CMD-SHELL"))
		add_word(line, sizeof(line), "/bin/sh -c");
	if (!strcmp(how, "NONE"))
		add_word(line, sizeof(line), how);
	json_array_foreach((json_t *)test, i, word)
	{
		const char *text = eu_json_text(word);

		if (i > 0 && text)
			add_word(line, sizeof(line), text);
	}
	EU_FILL(r, healthcheck, line);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void add_mounts(struct eu_inspect_result *r, const json_t *points)
{
	json_t *point;
	const char *key;

	json_object_foreach((json_t *)points, key, point)
	{
		const char *destination = eu_json_look(point, "Destination");
		const char *source = eu_json_look(point, "Source");
		const char *const texts[] = {
		    or_empty(source && *source ? source : eu_json_look(point, "Name")),
		    destination ? destination : key,
		    or_empty(eu_json_look(point, "Relabel")),
		    json_is_true(json_object_get(point, "RW")) ? "rw" : "ro",
		    or_empty(eu_json_look(point, "Propagation")),
		};

		eu_detail_add(r, EU_DETAIL_MOUNT, texts);
	}
}

/* A profile of the user's own stands there as a whole. */
static const char *seccomp_name(const char *profile)
{
	if (!profile)
		return NULL;
	if (!*profile)
		return "default";
	return *profile == '{' ? "custom" : profile;
}

static void fill_config(struct eu_extract *e, const json_t *config)
{
	EU_FILL(&e->found, image, eu_json_look(config, "Image"));
	EU_FILL(&e->found, user, eu_json_look(config, "User"));
	eu_extract_flag(&e->found, EU_FACT_TTY, json_object_get(config, "Tty"));
	fill_healthcheck(&e->found,
			 json_object_get(json_object_get(config, "Healthcheck"), "Test"));
	eu_extract_labels(&e->found, EU_DETAIL_LABEL, json_object_get(config, "Labels"));
}

static void fill_driver(struct eu_extract *e, const char *driver)
{
	if (driver && eu_container_id_valid(driver, sizeof(e->more)))
		eu_text_copy(e->more, sizeof(e->more), driver, strlen(driver));
}

int eu_extract_docker(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	const char *name;
	int r;

	(void)id;
	r = eu_json_load(&root, json, len, JSON_OBJECT);
	if (r < 0)
		return r;
	name = eu_json_look(root, "Name");
	EU_FILL(&e.found, name, name && name[0] == '/' ? name + 1 : name);
	fill_config(&e, json_object_get(root, "Config"));
	EU_FILL(&e.found, image_id, eu_json_look(root, "Image"));
	EU_FILL(&e.found, image_digest, eu_extract_digest(e.found.image));
	EU_FILL(&e.found, image_digest,
		eu_json_look(json_object_get(root, "ImageManifest"), "digest"));
	EU_FILL(&e.found, apparmor, eu_json_look(root, "AppArmorProfile"));
	EU_FILL(&e.found, seccomp, seccomp_name(eu_json_look(root, "SeccompProfile")));
	eu_extract_flag(&e.found, EU_FACT_NO_NEW_PRIVILEGES,
			json_object_get(root, "NoNewPrivileges"));
	add_mounts(&e.found, json_object_get(root, "MountPoints"));
	eu_extract_fill_created(&e.found, eu_json_look(root, "Created"));
	fill_driver(&e, eu_json_look(root, "Driver"));
	*ret = e;
	return 0;
}

int eu_extract_hostconfig(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	static const struct {
		const char *key;
		uint32_t fact;
	} modes[] = {
	    {"PidMode", EU_FACT_HOST_PID},	   {"NetworkMode", EU_FACT_HOST_NETWORK},
	    {"IpcMode", EU_FACT_HOST_IPC},	   {"UTSMode", EU_FACT_HOST_UTS},
	    {"CgroupnsMode", EU_FACT_HOST_CGROUP},
	};
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	int r;

	(void)id;
	r = eu_json_load(&root, json, len, JSON_OBJECT);
	if (r < 0)
		return r;
	eu_extract_flag(&e.found, EU_FACT_PRIVILEGED, json_object_get(root, "Privileged"));
	eu_extract_flag(&e.found, EU_FACT_READ_ONLY_ROOT, json_object_get(root, "ReadonlyRootfs"));
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		const char *mode = eu_json_look(root, modes[i].key);

		if (mode)
			eu_extract_fact(&e.found, modes[i].fact, !strcmp(mode, "host"));
	}
	*ret = e;
	return 0;
}

/* {"Repositories": {NAME: {"NAME:TAG": ID, "NAME@DIGEST": ID}}}; the last digest of that id. */
int eu_extract_repositories(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	const char *digest = NULL, *name, *reference;
	struct eu_extract e = {0};
	json_t *repository, *value;
	int r;

	r = eu_json_load(&root, json, len, JSON_OBJECT);
	if (r < 0)
		return r;
	json_object_foreach(json_object_get(root, "Repositories"), name, repository)
	{
		json_object_foreach(repository, reference, value)
		{
			const char *image = eu_json_text(value);

			if (image && !strcmp(image, id) && eu_extract_digest(reference))
				digest = eu_extract_digest(reference);
		}
	}
	EU_FILL(&e.found, image_digest, digest);
	*ret = e;
	return 0;
}
