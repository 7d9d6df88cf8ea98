/* SPDX-License-Identifier: Apache-2.0 */
/* The loader's own parts. Nothing outside probes/ includes this. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <bpf/libbpf.h>

#include "probes/family.h"
#include "probes/hold.h"
#include "probes/maps.h"
#include "probes/perf.h"
#include "probes/protocol.h"

struct loaded {
	struct bpf_object *object; /* NULL: not loaded yet, or with err it could not be */
	int err;
	char hook[EU_LOADER_HOOK_SIZE];
	char reason[EU_LOADER_REASON_SIZE];
};

struct loader {
	int fd;
	size_t ring_budget;
	const struct eu_perf_reserve *perf;
	struct eu_hold hold;
	struct eu_shared_maps maps;
	int identities; /* borrowed from the first object that has this map; -1 before */
	struct loaded objects[_EU_OBJECT_MAX];
	struct loaded snapshot;
	struct loaded symbols;
	char chunk[EU_LOADER_PAYLOAD_MAX];
};

/* loader.c */
void loader_load(struct loader *loader, const struct eu_family_object *family, struct loaded *ret);
int loader_send_family(const struct loader *loader, uint32_t op, uint32_t family,
		       const struct loaded *loaded);
/* What loader_explain() says, of what is not libbpf's; empty: nothing yet. */
void loader_complain(const char *text);
void loader_explain(struct loaded *loaded, int err);

/* attach.c. Objects are loaded when somebody wants them first: each costs tens of milliseconds. */
int loader_attach(struct loader *loader, const struct eu_loader_request *request);
/* Behind the loop's closing of links: stops what they do not keep running. */
void loader_detach(struct loader *loader);
