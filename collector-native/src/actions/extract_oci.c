/* SPDX-License-Identifier: Apache-2.0 */
/* config.json of an OCI bundle. */
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "actions/extract_json.h"
#include "actions/ident.h"
#include "actions/text.h"
#include "util/cleanup.h"

#define CRIO "io.kubernetes.cri-o."

/* With these a container can do what the host's root can. Not all there are: a runtime cannot give
 * what it is too old for, or lacks itself. */
#define CAP(name) (1ull << CAP_##name)
#define ROOTS_CAPS                                                                                 \
	(CAP(SYS_ADMIN) | CAP(SYS_MODULE) | CAP(SYS_RAWIO) | CAP(SYS_PTRACE) | CAP(NET_ADMIN) |    \
	 CAP(MKNOD) | CAP(DAC_READ_SEARCH))

/* In the order of their numbers. */
static const char *const capabilities[] = {
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
};

static uint64_t capability(const char *name)
{
	if (!name || strncmp(name, "CAP_", 4) != 0)
		return 0;
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
		if (!strcmp(name + 4, capabilities[i]))
			return 1ull << i;
	}
	return 0;
}

static uint64_t capability_set(const json_t *names)
{
	uint64_t set = 0;
	json_t *name;
	size_t i;

	json_array_foreach((json_t *)names, i, name) set |= capability(eu_json_text(name));
	return set;
}

/* -- what its first process is -- */

/* Numbers are read as reals (eu_json_load()), which hold 32 bits exactly. */
static bool is_id(const json_t *value)
{
	double number = json_number_value(value);

	return json_is_number(value) && number >= 0 && number < UINT32_MAX;
}

static void fill_user(struct eu_inspect_result *r, const json_t *user)
{
	const json_t *uid = json_object_get(user, "uid"), *gid = json_object_get(user, "gid");
	char text[32];

	if (!is_id(uid) || !is_id(gid))
		return;
	r->uid = (uint32_t)json_number_value(uid);
	r->gid = (uint32_t)json_number_value(gid);
	r->flags |= EU_INSPECT_USER;
	snprintf(text, sizeof(text), "%u:%u", r->uid, r->gid);
	EU_FILL(r, user, text);
}

static void fill_process(struct eu_inspect_result *r, const json_t *process)
{
	const json_t *sets = json_object_get(process, "capabilities");
	const char *profile = eu_json_look(process, "apparmorProfile");

	if (!json_is_object(process))
		return;
	fill_user(r, json_object_get(process, "user"));
	if (json_is_object(sets)) {
		r->cap_bounding = capability_set(json_object_get(sets, "bounding"));
		r->cap_effective = capability_set(json_object_get(sets, "effective"));
		r->flags |= EU_INSPECT_CAPS;
	}
	EU_FILL(r, apparmor, profile && *profile ? profile : "unconfined");
	eu_extract_fact(r, EU_FACT_TTY, json_is_true(json_object_get(process, "terminal")));
	eu_extract_fact(r, EU_FACT_NO_NEW_PRIVILEGES,
			json_is_true(json_object_get(process, "noNewPrivileges")));
}

/* -- what it is shut up in -- */

/* One that the bundle does not name is that of whoever starts the container. */
static bool shares_host(const json_t *namespaces, const char *type)
{
	json_t *entry;
	size_t i;

	json_array_foreach((json_t *)namespaces, i, entry)
	{
		const char *own = eu_json_look(entry, "type"), *path = eu_json_look(entry, "path");

		if (own && !strcmp(own, type))
			return path && !strncmp(path, "/proc/1/ns/", strlen("/proc/1/ns/"));
	}
	return true;
}

static void fill_namespaces(struct eu_inspect_result *r, const json_t *namespaces)
{
	static const struct {
		const char *type;
		uint32_t fact;
	} types[] = {
	    {"pid", EU_FACT_HOST_PID},	 {"network", EU_FACT_HOST_NETWORK},
	    {"ipc", EU_FACT_HOST_IPC},	 {"uts", EU_FACT_HOST_UTS},
	    {"user", EU_FACT_HOST_USER}, {"cgroup", EU_FACT_HOST_CGROUP},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		eu_extract_fact(r, types[i].fact, shares_host(namespaces, types[i].type));
}

/* The last entry for all devices decides. */
static bool has_all_devices(const json_t *devices)
{
	bool all = false;
	json_t *entry;
	size_t i;

	json_array_foreach((json_t *)devices, i, entry)
	{
		const char *type = eu_json_look(entry, "type");
		const char *access = eu_json_look(entry, "access");

		if ((type && strcmp(type, "a") != 0) || json_object_get(entry, "major") ||
		    json_object_get(entry, "minor"))
			continue;
		all = json_is_true(json_object_get(entry, "allow")) && access &&
		      strchr(access, 'r') && strchr(access, 'w') && strchr(access, 'm');
	}
	return all;
}

/* No runtime writes down that it was asked for a privileged container; but that is what it is. */
static bool is_privileged(const struct eu_inspect_result *r, const json_t *linux_part)
{
	const json_t *resources = json_object_get(linux_part, "resources");

	return (r->cap_bounding & ROOTS_CAPS) == ROOTS_CAPS &&
	       has_all_devices(json_object_get(resources, "devices")) &&
	       !json_is_object(json_object_get(linux_part, "seccomp")) &&
	       json_array_size(json_object_get(linux_part, "maskedPaths")) == 0;
}

static void fill_linux(struct eu_inspect_result *r, const json_t *linux_part)
{
	if (!json_is_object(linux_part))
		return;
	fill_namespaces(r, json_object_get(linux_part, "namespaces"));
	EU_FILL(r, seccomp,
		json_is_object(json_object_get(linux_part, "seccomp")) ? "filtered" : "unconfined");
	eu_extract_fact(r, EU_FACT_PRIVILEGED, is_privileged(r, linux_part));
}

/* -- mounts -- */

static const char *propagation_of(const char *option)
{
	static const char *const names[] = {"rprivate", "private", "rslave",	  "slave",
					    "rshared",	"shared",  "runbindable", "unbindable"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(option, names[i]))
			return names[i];
	}
	return NULL;
}

/* Of the host's only: what the kernel makes for the container has no source. */
static void add_mount(struct eu_inspect_result *r, const json_t *mount)
{
	const char *type = eu_json_look(mount, "type");
	const char *source = eu_json_look(mount, "source");
	const char *destination = eu_json_look(mount, "destination");
	bool is_bind = type && !strcmp(type, "bind"), is_ro = false;
	const char *propagation = "";
	json_t *value;
	size_t i;

	json_array_foreach(json_object_get(mount, "options"), i, value)
	{
		const char *option = eu_json_text(value);

		if (!option)
			continue;
		is_bind = is_bind || !strcmp(option, "bind") || !strcmp(option, "rbind");
		if (!strcmp(option, "ro") || !strcmp(option, "rw"))
			is_ro = !strcmp(option, "ro");
		if (propagation_of(option))
			propagation = propagation_of(option);
	}
	if (is_bind && source && destination)
		eu_detail_add(r, EU_DETAIL_MOUNT,
			      (const char *const[]){source, destination, "", is_ro ? "ro" : "rw",
						    propagation});
}

static void add_mounts(struct eu_inspect_result *r, const json_t *mounts)
{
	json_t *mount;
	size_t i;

	json_array_foreach((json_t *)mounts, i, mount) add_mount(r, mount);
}

/* -- annotations -- */

/* CRI-O's are JSON in a string of the JSON. */
static void add_labels_of(struct eu_inspect_result *r, enum eu_detail kind, const char *text)
{
	EU_CLEANUP(json_decrefp) json_t *labels = NULL;

	if (text && eu_json_load(&labels, text, strlen(text), JSON_OBJECT) == 0)
		eu_extract_labels(r, kind, labels);
}

static bool is_of_runtime(const char *key)
{
	static const char *const prefixes[] = {
	    "io.kubernetes.cri", "io.container.manager",  "io.podman.", "io.containers.",
	    "nerdctl/",		 "org.systemd.property.",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!strncmp(key, prefixes[i], strlen(prefixes[i])))
			return true;
	}
	return false;
}

static void add_annotations(struct eu_inspect_result *r, const json_t *annotations)
{
	EU_CLEANUP(json_decrefp) json_t *own = json_object();
	json_t *value;
	const char *key;

	json_object_foreach((json_t *)annotations, key, value)
	{
		if (!is_of_runtime(key))
			json_object_set(own, key, value);
	}
	eu_extract_labels(r, EU_DETAIL_ANNOTATION, own);
}

static void fill_annotations(struct eu_extract *e, const json_t *annotations)
{
	struct eu_inspect_result *r = &e->found;
	const char *privileged = eu_json_look(annotations, "io.podman.annotations.privileged");
	const char *sandbox = eu_json_look(annotations, CRIO "SandboxID");
	bool is_sandbox;

	eu_extract_annotations(e, eu_json_look, annotations);
	if (privileged)
		eu_extract_fact(r, EU_FACT_PRIVILEGED, !strcmp(privileged, "TRUE"));
	if (sandbox && eu_container_id_valid(sandbox, sizeof(e->more)))
		eu_text_copy(e->more, sizeof(e->more), sandbox, strlen(sandbox));
	is_sandbox = r->flags & EU_INSPECT_SANDBOX;
	add_labels_of(r, is_sandbox ? EU_DETAIL_POD_LABEL : EU_DETAIL_LABEL,
		      eu_json_look(annotations, CRIO "Labels"));
	if (is_sandbox)
		add_labels_of(r, EU_DETAIL_POD_ANNOTATION,
			      eu_json_look(annotations, CRIO "Annotations"));
	add_annotations(r, annotations);
}

/* -- docker's data root -- */

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
		const char *source = eu_json_look(mount, "source");

		if (is_docker_file(source))
			return source;
	}
	return eu_json_look(json_object_get(root, "root"), "path");
}

int eu_extract_oci(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	EU_CLEANUP(json_decrefp) json_t *root = NULL;
	struct eu_extract e = {0};
	const json_t *rootfs;
	int r;

	(void)id;
	r = eu_json_load(&root, json, len, JSON_OBJECT);
	if (r < 0)
		return r;
	fill_annotations(&e, json_object_get(root, "annotations"));
	EU_FILL(&e.found, image_digest, eu_extract_digest(e.found.image));
	rootfs = json_object_get(root, "root");
	if (json_is_object(rootfs))
		eu_extract_fact(&e.found, EU_FACT_READ_ONLY_ROOT,
				json_is_true(json_object_get(rootfs, "readonly")));
	fill_process(&e.found, json_object_get(root, "process"));
	fill_linux(&e.found, json_object_get(root, "linux"));
	add_mounts(&e.found, json_object_get(root, "mounts"));
	eu_extract_fill_path(&e, docker_path(root));
	*ret = e;
	return 0;
}
