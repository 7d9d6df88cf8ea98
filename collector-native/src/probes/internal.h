/* SPDX-License-Identifier: Apache-2.0 */
/* The loader's own parts. Nothing outside probes/ includes this. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <bpf/libbpf.h>

#include "probes/family.h"
#include "probes/hold.h"
#include "probes/loader.h"
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
	const struct eu_loader_options *options;
	struct loaded enforcement[_EU_ENFORCE_GROUP_MAX];
	bool enforcing; /* one of these is being loaded */
	bool counters_pinned;
	char chunk[EU_LOADER_PAYLOAD_MAX];
};

/* loader.c */
void loader_load(struct loader *loader, const struct eu_family_object *family, struct loaded *ret);
int loader_send_family(const struct loader *loader, uint32_t op, uint32_t family,
		       const struct loaded *loaded);
/* What loader_explain() says, of what is not libbpf's; empty: nothing yet. */
void loader_complain(const char *text);
void loader_explain(struct loaded *loaded, int err);

/* enforce.c */
int loader_send_enforcement(struct loader *loader);
int loader_enforce(struct loader *loader, const struct eu_loader_request *request);
int loader_settle(struct loader *loader, const struct eu_loader_request *request);
/* While an object of enforcement is loaded: the map of that name that all of them share; or -1. */
int loader_enforcement_map(const struct loader *loader, const char *name);

/* pins.c. In the current directory; what is new stands beside what is in force until it settles. */
int loader_pin(int fd, const char *name);
/* Those of these groups, 1 << enum eu_enforce_group, take the places of what was there; all others
 * go. counters_are_ours: some that this loader pinned are there. */
void loader_pins_settle(uint32_t groups, bool counters_are_ours);

/* attach.c. Objects are loaded when somebody wants them first: each costs tens of milliseconds. */
int loader_attach(struct loader *loader, const struct eu_loader_request *request);
/* Behind the loop's closing of links: stops what they do not keep running. */
void loader_detach(struct loader *loader);
