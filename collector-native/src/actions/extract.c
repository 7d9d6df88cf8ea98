/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "actions/extract.h"
#include "actions/text.h"
#include "util/cleanup.h"

/* The runtimes write 64-bit limits beyond int64 and may write U+0000: neither is ours to refuse. */
#define JSON_FLAGS (JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL)

#define KEY_NAME      "io.kubernetes.cri.container-name"
#define KEY_IMAGE     "io.kubernetes.cri.image-name"
#define KEY_POD	      "io.kubernetes.cri.sandbox-name"
#define KEY_NAMESPACE "io.kubernetes.cri.sandbox-namespace"
#define KEY_TYPE      "io.kubernetes.cri.container-type"
#define KEY_OCI_IMAGE "org.opencontainers.image.ref.name"

const eu_extract_fn eu_extract_table[_EU_EXTRACT_MAX] = {
    [EU_EXTRACT_DOCKER] = eu_extract_docker,
    [EU_EXTRACT_OCI] = eu_extract_oci,
    [EU_EXTRACT_RUNC] = eu_extract_runc,
};

/* Each annotation we know and the text it fills; a later one fills only what is still empty. */
static const struct {
	const char *key;
	size_t offset;
	size_t size;
} annotations[] = {
    {KEY_NAME, offsetof(struct eu_inspect_result, name), EU_INSPECT_TEXT_SIZE},
    {KEY_IMAGE, offsetof(struct eu_inspect_result, image), EU_INSPECT_IMAGE_SIZE},
    {KEY_POD, offsetof(struct eu_inspect_result, pod), EU_INSPECT_TEXT_SIZE},
    {KEY_NAMESPACE, offsetof(struct eu_inspect_result, namespace_), EU_INSPECT_TEXT_SIZE},
    {KEY_OCI_IMAGE, offsetof(struct eu_inspect_result, image), EU_INSPECT_IMAGE_SIZE},
};

static int load_object(json_t **ret, const char *json, size_t len)
{
	json_error_t error;
	EU_CLEANUP(json_decrefp) json_t *root = json_loadb(json, len, JSON_FLAGS, &error);

	if (!root)
		return json_error_code(&error) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
	if (!json_is_object(root))
		return -EBADMSG;
	*ret = EU_TAKE_PTR(root);
	return 0;
}

/* The text of a JSON string; NULL when it is none, or has a NUL inside. */
static const char *text_of(const json_t *value)
{
	const char *text = json_string_value(value);

	return text && strlen(text) == json_string_length(value) ? text : NULL;
}

static void fill(struct eu_inspect_result *r, char *field, size_t size, const char *text)
{
	if (text && !field[0] && !eu_text_copy(field, size, text, strlen(text)))
		r->flags |= EU_INSPECT_CUT;
}

/* A path that does not fit is no path. */
static void fill_path(struct eu_extract *e, const char *path)
{
	if (path && path[0] == '/' && !eu_text_copy(e->path, sizeof(e->path), path, strlen(path)))
		memset(e->path, 0, sizeof(e->path));
}

static void fill_created(struct eu_inspect_result *r, const char *text)
{
	int64_t ns;

	if (text && eu_parse_rfc3339(text, &ns) == 0)
		r->created_unix_ns = ns;
}

/* look(data, key) is the value of an annotation or NULL: a JSON object here, labels there. */
static void fill_annotations(struct eu_inspect_result *r,
			     const char *(*look)(const json_t *data, const char *key),
			     const json_t *data)
{
	const char *type = look(data, KEY_TYPE);

	for (size_t i = 0; i < sizeof(annotations) / sizeof(annotations[0]); i++)
		fill(r, (char *)r + annotations[i].offset, annotations[i].size,
		     look(data, annotations[i].key));
	if (type && !strcmp(type, "sandbox"))
		r->flags |= EU_INSPECT_SANDBOX;
}

int eu_extract_docker(const char *json, size_t len, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	const char *name;
	int r;

	r = load_object(&root, json, len);
	if (r < 0)
		return r;
	name = text_of(json_object_get(root, "Name"));
	fill(&e.found, e.found.name, sizeof(e.found.name),
	     name && name[0] == '/' ? name + 1 : name);
	fill(&e.found, e.found.image, sizeof(e.found.image),
	     text_of(json_object_get(json_object_get(root, "Config"), "Image")));
	fill_created(&e.found, text_of(json_object_get(root, "Created")));
	*ret = e;
	return 0;
}

static const char *look_object(const json_t *data, const char *key)
{
	return text_of(json_object_get(data, key));
}

/* Docker mounts three files of its own into nearly every container. */
static bool is_docker_file(const char *path)
{
	static const char *const names[] = {"/hostname", "/hosts", "/resolv.conf"};
	const char *name = path ? strrchr(path, '/') : NULL;

	if (!name || !strstr(path, "/containers/"))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return false;
}

static const char *docker_path(const json_t *root)
{
	json_t *mounts = json_object_get(root, "mounts"), *mount;
	size_t i;

	json_array_foreach(mounts, i, mount)
	{
		const char *source = text_of(json_object_get(mount, "source"));

		if (is_docker_file(source))
			return source;
	}
	return text_of(json_object_get(json_object_get(root, "root"), "path"));
}

int eu_extract_oci(const char *json, size_t len, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	int r;

	r = load_object(&root, json, len);
	if (r < 0)
		return r;
	fill_annotations(&e.found, look_object, json_object_get(root, "annotations"));
	fill_path(&e, docker_path(root));
	*ret = e;
	return 0;
}

/* runc keeps annotations as labels "KEY=VALUE" and adds its own "bundle=PATH" behind them. */
static const char *look_labels(const json_t *labels, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = json_array_size(labels); i-- > 0;) {
		const char *text = text_of(json_array_get(labels, i));

		if (text && !strncmp(text, key, len) && text[len] == '=')
			return text + len + 1;
	}
	return NULL;
}

int eu_extract_runc(const char *json, size_t len, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	const json_t *labels;
	int r;

	r = load_object(&root, json, len);
	if (r < 0)
		return r;
	labels = json_object_get(json_object_get(root, "config"), "labels");
	fill_annotations(&e.found, look_labels, labels);
	fill_path(&e, look_labels(labels, "bundle"));
	fill_created(&e.found, text_of(json_object_get(root, "created")));
	*ret = e;
	return 0;
}

bool eu_extract_valid(const struct eu_extract *e)
{
	static const char no_runtime[EU_INSPECT_RUNTIME_SIZE];
	const struct eu_inspect_result *r = &e->found;

	return !memcmp(r->runtime, no_runtime, sizeof(no_runtime)) && !r->reserved &&
	       !(r->flags & ~(EU_INSPECT_CUT | EU_INSPECT_SANDBOX)) &&
	       eu_text_valid(r->name, sizeof(r->name)) &&
	       eu_text_valid(r->image, sizeof(r->image)) && eu_text_valid(r->pod, sizeof(r->pod)) &&
	       eu_text_valid(r->namespace_, sizeof(r->namespace_)) &&
	       eu_text_valid(e->path, sizeof(e->path));
}
