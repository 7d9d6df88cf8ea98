/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "actions/args.h"
#include "actions/extract.h"
#include "actions/text.h"
#include "util/cleanup.h"

/* The runtimes write 64-bit limits beyond int64 and may write U+0000: neither is ours to refuse. */
#define JSON_FLAGS (JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL)

#define CRI  "io.kubernetes.cri."   /* containerd's */
#define CRIO "io.kubernetes.cri-o." /* CRI-O's; podman took over a few of them */
#define KUBE "io.kubernetes."	    /* the kubelet's labels, which CRI-O makes annotations */
#define OCI  "org.opencontainers.image."

#define KEY_MANAGER	   "io.container.manager"
#define KEY_CRI_TYPE	   CRI "container-type"
#define KEY_CRIO_TYPE	   CRIO "ContainerType"
#define KEY_CRIO_CONTAINER CRIO "ContainerName"
#define KEY_CREATED	   CRIO "Created"

const eu_extract_fn eu_extract_table[_EU_EXTRACT_MAX] = {
    [EU_EXTRACT_DOCKER] = eu_extract_docker,   [EU_EXTRACT_OCI] = eu_extract_oci,
    [EU_EXTRACT_RUNC] = eu_extract_runc,       [EU_EXTRACT_CRUN] = eu_extract_crun,
    [EU_EXTRACT_STORAGE] = eu_extract_storage, [EU_EXTRACT_CONMON] = eu_extract_conmon,
};

#define NAME	  offsetof(struct eu_inspect_result, name), EU_INSPECT_TEXT_SIZE
#define IMAGE	  offsetof(struct eu_inspect_result, image), EU_INSPECT_IMAGE_SIZE
#define POD	  offsetof(struct eu_inspect_result, pod), EU_INSPECT_TEXT_SIZE
#define NAMESPACE offsetof(struct eu_inspect_result, namespace_), EU_INSPECT_TEXT_SIZE

/* Each annotation we know and the text it fills; a later one fills only what is still empty. */
static const struct {
	const char *key;
	size_t offset;
	size_t size;
} annotations[] = {
    {CRI "container-name", NAME},
    {KUBE "container.name", NAME},
    {KEY_CRIO_CONTAINER, NAME}, /* k8s_NAME_POD_NAMESPACE_UID_ATTEMPT */
    {CRIO "Name", NAME},
    {"nerdctl/name", NAME},
    {CRI "image-name", IMAGE},
    {CRIO "UserRequestedImage", IMAGE},
    {CRIO "ImageName", IMAGE},
    {OCI "ref.name", IMAGE},
    {CRI "sandbox-name", POD},
    {KUBE "pod.name", POD},
    {CRIO "KubeName", POD},
    {CRI "sandbox-namespace", NAMESPACE},
    {KUBE "pod.namespace", NAMESPACE},
    {CRIO "Namespace", NAMESPACE},
};

static int load(json_t **ret, const char *json, size_t len, json_type type)
{
	json_error_t error;
	EU_CLEANUP(json_decrefp) json_t *root = json_loadb(json, len, JSON_FLAGS, &error);

	if (!root)
		return json_error_code(&error) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
	if (json_typeof(root) != type)
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

	if (text && !r->created_unix_ns && eu_parse_rfc3339(text, &ns) == 0)
		r->created_unix_ns = ns;
}

/* The value of an annotation or NULL: in a JSON object here, among labels there. */
typedef const char *(*look_fn)(const json_t *data, const char *key);

static uint32_t manager_of(look_fn look, const json_t *data)
{
	const char *manager = look(data, KEY_MANAGER);

	if (manager && !strcmp(manager, "libpod"))
		return EU_MANAGER_PODMAN;
	if ((manager && !strcmp(manager, "cri-o")) || look(data, KEY_CRIO_CONTAINER))
		return EU_MANAGER_CRIO;
	return EU_MANAGER_UNKNOWN;
}

static bool is_sandbox(look_fn look, const json_t *data)
{
	const char *cri = look(data, KEY_CRI_TYPE), *crio = look(data, KEY_CRIO_TYPE);

	return (cri && !strcmp(cri, "sandbox")) || (crio && !strcmp(crio, "sandbox"));
}

static void fill_annotations(struct eu_extract *e, look_fn look, const json_t *data)
{
	struct eu_inspect_result *r = &e->found;

	for (size_t i = 0; i < sizeof(annotations) / sizeof(annotations[0]); i++)
		fill(r, (char *)r + annotations[i].offset, annotations[i].size,
		     look(data, annotations[i].key));
	fill_created(r, look(data, KEY_CREATED));
	e->manager = manager_of(look, data);
	if (is_sandbox(look, data)) {
		r->flags |= EU_INSPECT_SANDBOX;
		memset(r->name, 0, sizeof(r->name)); /* CRI-O calls each of them POD */
	}
}

int eu_extract_docker(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	const char *name;
	int r;

	(void)id;
	r = load(&root, json, len, JSON_OBJECT);
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

int eu_extract_oci(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	int r;

	(void)id;
	r = load(&root, json, len, JSON_OBJECT);
	if (r < 0)
		return r;
	fill_annotations(&e, look_object, json_object_get(root, "annotations"));
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

int eu_extract_runc(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	const json_t *labels;
	int r;

	(void)id;
	r = load(&root, json, len, JSON_OBJECT);
	if (r < 0)
		return r;
	labels = json_object_get(json_object_get(root, "config"), "labels");
	fill_annotations(&e, look_labels, labels);
	fill_path(&e, look_labels(labels, "bundle"));
	fill_created(&e.found, text_of(json_object_get(root, "created")));
	*ret = e;
	return 0;
}

int eu_extract_crun(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	int r;

	(void)id;
	r = load(&root, json, len, JSON_OBJECT);
	if (r < 0)
		return r;
	fill_path(&e, text_of(json_object_get(root, "bundle")));
	fill_created(&e.found, text_of(json_object_get(root, "created")));
	*ret = e;
	return 0;
}

static const json_t *find_by_id(const json_t *list, const char *id)
{
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		const char *text = text_of(json_object_get(entry, "id"));

		if (text && !strcmp(text, id))
			return entry;
	}
	return NULL;
}

/* What podman and CRI-O themselves store about a container is JSON in a string of the JSON. */
static void fill_metadata(struct eu_inspect_result *r, const char *text)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;

	if (!text || load(&root, text, strlen(text), JSON_OBJECT) < 0)
		return;
	fill(r, r->image, sizeof(r->image), text_of(json_object_get(root, "image-name")));
	fill(r, r->name, sizeof(r->name), text_of(json_object_get(root, "metadata-name")));
	fill(r, r->name, sizeof(r->name), text_of(json_object_get(root, "name")));
}

int eu_extract_storage(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	const json_t *entry;
	int r;

	r = load(&root, json, len, JSON_ARRAY);
	if (r < 0)
		return r;
	entry = find_by_id(root, id);
	if (!entry)
		return -ENOENT;
	fill_metadata(&e.found, text_of(json_object_get(entry, "metadata")));
	fill(&e.found, e.found.name, sizeof(e.found.name),
	     text_of(json_array_get(json_object_get(entry, "names"), 0)));
	fill_created(&e.found, text_of(json_object_get(entry, "created")));
	*ret = e;
	return 0;
}

/* A conmon that watches an exec session is told the container too, but a directory of its own. */
int eu_extract_conmon(const char *args, size_t len, const char *id, struct eu_extract *ret)
{
	struct eu_extract e = {0};
	const char *cid = eu_args_value(args, len, "c", "cid");

	if (!cid || strcmp(cid, id) != 0 || eu_args_flag(args, len, "e", "exec"))
		return -ENOENT;
	fill(&e.found, e.found.name, sizeof(e.found.name), eu_args_value(args, len, "n", "name"));
	fill_path(&e, eu_args_value(args, len, "b", "bundle"));
	*ret = e;
	return 0;
}

bool eu_extract_valid(const struct eu_extract *e)
{
	static const char no_runtime[EU_INSPECT_RUNTIME_SIZE];
	const struct eu_inspect_result *r = &e->found;

	return !memcmp(r->runtime, no_runtime, sizeof(no_runtime)) && !r->owner_uid &&
	       e->manager < _EU_MANAGER_MAX && !e->reserved &&
	       !(r->flags & ~(EU_INSPECT_CUT | EU_INSPECT_SANDBOX)) &&
	       eu_text_valid(r->name, sizeof(r->name)) &&
	       eu_text_valid(r->image, sizeof(r->image)) && eu_text_valid(r->pod, sizeof(r->pod)) &&
	       eu_text_valid(r->namespace_, sizeof(r->namespace_)) &&
	       eu_text_valid(e->path, sizeof(e->path));
}
