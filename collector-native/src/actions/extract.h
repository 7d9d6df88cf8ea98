/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is taken out of the runtimes' JSON: the keys named in extract*.c and no other, least of all
 * the environment. Pure: bytes in, struct out. Run by the extractor's child only, never by a
 * process with rights.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "actions/details.h"

enum eu_extract_kind {
	EU_EXTRACT_DOCKER,	 /* docker's config.v2.json */
	EU_EXTRACT_OCI,		 /* config.json of an OCI bundle */
	EU_EXTRACT_RUNC,	 /* runc's state.json */
	EU_EXTRACT_CRUN,	 /* crun's status */
	EU_EXTRACT_STORAGE,	 /* containers.json of containers/storage, podman's and CRI-O's */
	EU_EXTRACT_CONMON,	 /* command line of a conmon: not JSON, but no less its user's */
	EU_EXTRACT_HOSTCONFIG,	 /* docker's hostconfig.json */
	EU_EXTRACT_REPOSITORIES, /* docker's repositories.json; the id is an image's */
	EU_EXTRACT_IMAGES,	 /* images.json of containers/storage; the same */
	_EU_EXTRACT_MAX,
};

/* Who made a bundle, as its annotations say. */
enum eu_manager {
	EU_MANAGER_UNKNOWN,
	EU_MANAGER_PODMAN,
	EU_MANAGER_CRIO,
	_EU_MANAGER_MAX,
};

struct eu_extract {
	/* runtime and owner are left empty: the file's place tells them */
	struct eu_inspect_result found;
	uint32_t manager; /* enum eu_manager; OCI, RUNC */
	uint32_t reserved;
	/*
	 * A host path that leads further, as written in the file, empty when there is none. RUNC,
	 * CRUN, CONMON: the bundle. OCI: something inside the data root of docker, should it be
	 * docker's.
	 */
	char path[PATH_MAX];
	/* Where more is told, a plain name or empty. DOCKER: the storage driver. OCI: the id of the
	 * pod's sandbox, of CRI-O. */
	char more[EU_ACTIONS_ID_MAX + 1];
	uint8_t reserved_more[7];
};

/*
 * id is what is asked for, mostly a container; only what tells of several looks at it, and returns
 * -ENOENT when it does not know it. 0, -EBADMSG when the bytes are not JSON of the right kind, or
 * -ENOMEM; *ret is written on success. A key that is missing or of another type leaves its field
 * empty. The last of two equal keys counts, as it does for the runtimes themselves.
 */
typedef int (*eu_extract_fn)(const char *bytes, size_t len, const char *id, struct eu_extract *ret);

int eu_extract_docker(const char *json, size_t len, const char *id, struct eu_extract *ret);
int eu_extract_oci(const char *json, size_t len, const char *id, struct eu_extract *ret);
int eu_extract_runc(const char *json, size_t len, const char *id, struct eu_extract *ret);
int eu_extract_crun(const char *json, size_t len, const char *id, struct eu_extract *ret);
int eu_extract_storage(const char *json, size_t len, const char *id, struct eu_extract *ret);
int eu_extract_conmon(const char *args, size_t len, const char *id, struct eu_extract *ret);
int eu_extract_hostconfig(const char *json, size_t len, const char *id, struct eu_extract *ret);
int eu_extract_repositories(const char *json, size_t len, const char *id, struct eu_extract *ret);
int eu_extract_images(const char *json, size_t len, const char *id, struct eu_extract *ret);

/* By enum eu_extract_kind. */
extern const eu_extract_fn eu_extract_table[_EU_EXTRACT_MAX];

/* Could one of the functions above have written this? For the reader of the child's answer. */
bool eu_extract_valid(const struct eu_extract *e);
