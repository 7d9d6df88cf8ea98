/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the loader and the loop say to each other over a SOCK_SEQPACKET pair. The loader speaks
 * first: EU_LOADER_MAPS, as many EU_LOADER_RINGS as it takes, then one EU_LOADER_FAMILY per family
 * with the result of loading it. After that it answers requests in their order. Both ends are the
 * same build.
 */
#pragma once

#include <stdint.h>

#include "eunomia/event.h"

#define EU_LOADER_PROGRAMS_MAX 8
#define EU_LOADER_PAYLOAD_MAX  65536
#define EU_LOADER_HOOK_SIZE    16
#define EU_LOADER_REASON_SIZE  256

enum eu_loader_op {
	EU_LOADER_MAPS =
	    1, /* fds in the order of enum eu_loader_map; count: rings; size: bytes of one */
	EU_LOADER_RINGS = 2, /* fds of the next rings, one per CPU in CPU order; count: how many are
				still to come */
	EU_LOADER_FAMILY = 3, /* err and reason of loading it */
	EU_LOADER_ATTACH = 4, /* request and reply; fds: count links, then count programs */
	EU_LOADER_SNAPSHOT =
	    5, /* request; replies: payload of whole eu_exec records, an empty one is the last */
};

enum eu_loader_map {
	EU_MAP_CONTROL,
	EU_MAP_LEDGER,
	EU_MAP_FILTER_PIDS,
	EU_MAP_FILTER_CGROUPS,
	EU_MAP_CGROUP_LOSSES,
	_EU_MAP_SENT_MAX,
	EU_MAP_RINGS = _EU_MAP_SENT_MAX, /* array of rings; stays in the loader */
	_EU_MAP_MAX,
};

struct eu_loader_request {
	uint32_t op;
	uint32_t family; /* enum eu_family; ATTACH */
};

/* In front of every packet from the loader; size bytes of payload follow only with
 * EU_LOADER_SNAPSHOT. */
struct eu_loader_packet {
	uint32_t op;
	uint32_t family;
	int32_t err; /* 0 or -errno */
	uint32_t count;
	uint32_t size;
	uint32_t kinds[EU_LOADER_PROGRAMS_MAX]; /* ATTACH: which records each program makes */
	char hook[EU_LOADER_HOOK_SIZE];
	char reason[EU_LOADER_REASON_SIZE]; /* one line, empty when all is well */
};

#define EU_LOADER_PACKET_MAX (sizeof(struct eu_loader_packet) + EU_LOADER_PAYLOAD_MAX)
