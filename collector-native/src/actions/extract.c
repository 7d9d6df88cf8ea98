/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "actions/args.h"
#include "actions/extract_json.h"
#include "actions/ident.h"
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
#define KEY_IMAGE_REF	   CRIO "ImageRef"

const eu_extract_fn eu_extract_table[_EU_EXTRACT_MAX] = {
    [EU_EXTRACT_DOCKER] = eu_extract_docker,
    [EU_EXTRACT_OCI] = eu_extract_oci,
    [EU_EXTRACT_RUNC] = eu_extract_runc,
    [EU_EXTRACT_CRUN] = eu_extract_crun,
    [EU_EXTRACT_STORAGE] = eu_extract_storage,
    [EU_EXTRACT_CONMON] = eu_extract_conmon,
    [EU_EXTRACT_HOSTCONFIG] = eu_extract_hostconfig,
    [EU_EXTRACT_REPOSITORIES] = eu_extract_repositories,
    [EU_EXTRACT_IMAGES] = eu_extract_images,
};

#define NAME	  offsetof(struct eu_inspect_result, name), EU_INSPECT_TEXT_SIZE
#define IMAGE	  offsetof(struct eu_inspect_result, image), EU_INSPECT_IMAGE_SIZE
#define POD	  offsetof(struct eu_inspect_result, pod), EU_INSPECT_TEXT_SIZE
#define NAMESPACE offsetof(struct eu_inspect_result, namespace_), EU_INSPECT_TEXT_SIZE
#define POD_UID	  offsetof(struct eu_inspect_result, pod_uid), EU_INSPECT_SHORT_SIZE
#define IMAGE_ID  offsetof(struct eu_inspect_result, image_id), EU_INSPECT_SHORT_SIZE

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
    {CRI "sandbox-uid", POD_UID},
    {KUBE "pod.uid", POD_UID},
    {CRIO "Image", IMAGE_ID},
};

int eu_json_load(json_t **ret, const char *json, size_t len, json_type type)
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

const char *eu_json_text(const json_t *value)
{
	const char *text = json_string_value(value);

	return text && strlen(text) == json_string_length(value) ? text : NULL;
}

const char *eu_json_look(const json_t *object, const char *key)
{
	return eu_json_text(json_object_get(object, key));
}

void eu_extract_fill(struct eu_inspect_result *r, char *field, size_t size, const char *text)
{
	if (text && !field[0] && !eu_text_copy(field, size, text, strlen(text)))
		r->flags |= EU_INSPECT_CUT;
}

const char *eu_extract_digest(const char *reference)
{
	const char *at = reference ? strrchr(reference, '@') : NULL;

	return at && strchr(at, ':') ? at + 1 : NULL;
}

/* A path that does not fit is no path. */
void eu_extract_fill_path(struct eu_extract *e, const char *path)
{
	if (path && path[0] == '/' && !eu_text_copy(e->path, sizeof(e->path), path, strlen(path)))
		memset(e->path, 0, sizeof(e->path));
}

void eu_extract_fill_created(struct eu_inspect_result *r, const char *text)
{
	int64_t ns;

	if (text && !r->created_unix_ns && eu_parse_rfc3339(text, &ns) == 0)
		r->created_unix_ns = ns;
}

void eu_extract_fact(struct eu_inspect_result *r, uint32_t fact, bool is_so)
{
	r->facts_known |= fact;
	if (is_so)
		r->facts |= fact;
}

void eu_extract_flag(struct eu_inspect_result *r, uint32_t fact, const json_t *value)
{
	if (json_is_boolean(value))
		eu_extract_fact(r, fact, json_is_true(value));
}

/* What kubectl keeps there is the whole pod, with its environment. */
static bool has_secrets(const char *key)
{
	return strstr(key, "last-applied-configuration") != NULL;
}

void eu_extract_labels(struct eu_inspect_result *r, enum eu_detail kind, const json_t *object)
{
	json_t *value;
	const char *key;

	json_object_foreach((json_t *)object, key, value)
	{
		const char *text = eu_json_text(value);

		if (text && !has_secrets(key))
			eu_detail_add(r, kind, (const char *const[]){key, text});
	}
}

static uint32_t manager_of(eu_look_fn look, const json_t *data)
{
	const char *manager = look(data, KEY_MANAGER);

	if (manager && !strcmp(manager, "libpod"))
		return EU_MANAGER_PODMAN;
	if ((manager && !strcmp(manager, "cri-o")) || look(data, KEY_CRIO_CONTAINER))
		return EU_MANAGER_CRIO;
	return EU_MANAGER_UNKNOWN;
}

static bool is_sandbox(eu_look_fn look, const json_t *data)
{
	const char *cri = look(data, KEY_CRI_TYPE), *crio = look(data, KEY_CRIO_TYPE);

	return (cri && !strcmp(cri, "sandbox")) || (crio && !strcmp(crio, "sandbox"));
}

void eu_extract_annotations(struct eu_extract *e, eu_look_fn look, const json_t *data)
{
	struct eu_inspect_result *r = &e->found;

	for (size_t i = 0; i < sizeof(annotations) / sizeof(annotations[0]); i++)
		eu_extract_fill(r, (char *)r + annotations[i].offset, annotations[i].size,
				look(data, annotations[i].key));
	EU_FILL(r, image_digest, eu_extract_digest(look(data, KEY_IMAGE_REF)));
	eu_extract_fill_created(r, look(data, KEY_CREATED));
	e->manager = manager_of(look, data);
	if (is_sandbox(look, data)) {
		r->flags |= EU_INSPECT_SANDBOX;
		memset(r->name, 0, sizeof(r->name)); /* CRI-O calls each of them POD */
	}
}

/* runc keeps annotations as labels "KEY=VALUE" and adds its own "bundle=PATH" behind them. */
static const char *look_labels(const json_t *labels, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = json_array_size(labels); i-- > 0;) {
		const char *text = eu_json_text(json_array_get(labels, i));

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
	r = eu_json_load(&root, json, len, JSON_OBJECT);
	if (r < 0)
		return r;
	labels = json_object_get(json_object_get(root, "config"), "labels");
	eu_extract_annotations(&e, look_labels, labels);
	eu_extract_fill_path(&e, look_labels(labels, "bundle"));
	eu_extract_fill_created(&e.found, eu_json_look(root, "created"));
	*ret = e;
	return 0;
}

int eu_extract_crun(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	int r;

	(void)id;
	r = eu_json_load(&root, json, len, JSON_OBJECT);
	if (r < 0)
		return r;
	eu_extract_fill_path(&e, eu_json_text(json_object_get(root, "bundle")));
	eu_extract_fill_created(&e.found, eu_json_look(root, "created"));
	*ret = e;
	return 0;
}

static const json_t *find_by_id(const json_t *list, const char *id)
{
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		const char *text = eu_json_text(json_object_get(entry, "id"));

		if (text && !strcmp(text, id))
			return entry;
	}
	return NULL;
}

/* What podman and CRI-O themselves store about a container is JSON in a string of the JSON. */
static void fill_metadata(struct eu_inspect_result *r, const char *text)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;

	if (!text || eu_json_load(&root, text, strlen(text), JSON_OBJECT) < 0)
		return;
	EU_FILL(r, image, eu_json_look(root, "image-name"));
	EU_FILL(r, name, eu_json_look(root, "metadata-name"));
	EU_FILL(r, name, eu_json_look(root, "name"));
}

int eu_extract_storage(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	const json_t *entry;
	int r;

	r = eu_json_load(&root, json, len, JSON_ARRAY);
	if (r < 0)
		return r;
	entry = find_by_id(root, id);
	if (!entry)
		return -ENOENT;
	fill_metadata(&e.found, eu_json_text(json_object_get(entry, "metadata")));
	EU_FILL(&e.found, name, eu_json_text(json_array_get(json_object_get(entry, "names"), 0)));
	EU_FILL(&e.found, image_id, eu_json_look(entry, "image"));
	eu_extract_fill_created(&e.found, eu_json_look(entry, "created"));
	*ret = e;
	return 0;
}

int eu_extract_images(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	const json_t *entry;
	int r;

	r = eu_json_load(&root, json, len, JSON_ARRAY);
	if (r < 0)
		return r;
	entry = find_by_id(root, id);
	if (!entry)
		return -ENOENT;
	EU_FILL(&e.found, image_digest, eu_json_look(entry, "digest"));
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
	EU_FILL(&e.found, name, eu_args_value(args, len, "n", "name"));
	eu_extract_fill_path(&e, eu_args_value(args, len, "b", "bundle"));
	*ret = e;
	return 0;
}

#define VALID(field) eu_text_valid(field, sizeof(field))

static bool are_texts_valid(const struct eu_inspect_result *r)
{
	return VALID(r->name) && VALID(r->image) && VALID(r->pod) && VALID(r->namespace_) &&
	       VALID(r->pod_uid) && VALID(r->image_id) && VALID(r->image_digest) &&
	       VALID(r->user) && VALID(r->apparmor) && VALID(r->seccomp) && VALID(r->healthcheck);
}

static bool is_plain(const char *name, size_t size)
{
	return eu_text_valid(name, size) && (!name[0] || eu_container_id_valid(name, size));
}

bool eu_extract_valid(const struct eu_extract *e)
{
	static const char no_runtime[EU_INSPECT_RUNTIME_SIZE];
	static const uint8_t nothing[sizeof(e->reserved_more)];
	const struct eu_inspect_result *r = &e->found;
	const uint32_t flags =
	    EU_INSPECT_CUT | EU_INSPECT_SANDBOX | EU_INSPECT_CAPS | EU_INSPECT_USER;

	return !memcmp(r->runtime, no_runtime, sizeof(no_runtime)) && !r->owner_uid &&
	       e->manager < _EU_MANAGER_MAX && !e->reserved &&
	       !memcmp(e->reserved_more, nothing, sizeof(nothing)) && !(r->flags & ~flags) &&
	       !(r->facts_known & ~EU_FACTS) && !(r->facts & ~r->facts_known) &&
	       are_texts_valid(r) && eu_details_valid(r) && VALID(e->path) &&
	       is_plain(e->more, sizeof(e->more));
}
