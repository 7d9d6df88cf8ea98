/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the loader and the loop say to each other over a SOCK_SEQPACKET pair. The loader speaks
 * first: EU_LOADER_MAPS, as many EU_LOADER_RINGS as it takes, then one EU_LOADER_FAMILY per object
 * with the result of loading it. After that it answers requests in their order. Both ends are the
 * same build.
 */
#pragma once

#include <stdint.h>

#include "eunomia/event.h"

#define EU_LOADER_PROGRAMS_MAX 16
#define EU_LOADER_PAYLOAD_MAX  65536
#define EU_LOADER_HOOK_SIZE    64
#define EU_LOADER_REASON_SIZE  256

enum eu_loader_op {
	EU_LOADER_MAPS = 1,  /* fds in the order of enum eu_loader_map; count: CPUs */
	EU_LOADER_RINGS = 2, /* fds of the next rings, those of a CPU in CPU order, life-cycle rings
				first; size: bytes of each */
	EU_LOADER_FAMILY = 3, /* err and reason of loading it */
	EU_LOADER_ATTACH =
	    4, /* request and reply; fds: count links, then n_programs programs:
		  those of the links, then one to be run for reports if there is one */
	EU_LOADER_SNAPSHOT =
	    5, /* request; replies: payload of whole eu_exec records, an empty one is the last */
	EU_LOADER_LINKS = 6,   /* in front of a reply to ATTACH: fds of more links, one per CPU */
	EU_LOADER_DETACH = 7,  /* request without a reply: the links are closed */
	EU_LOADER_SYMBOLS = 8, /* request and reply; fd: the program that names the kernel's
				  addresses (struct eu_kernel_symbol) */
	EU_LOADER_ENFORCE = 9, /* before the families, and reply to a request: whether one enum
				  eu_enforce_group works; to a request fds of the maps, in the order
				  of enum eu_enforce_map, then count links */
	EU_LOADER_SETTLE = 10, /* request and reply: no program is at work any more that was when
				  it was asked, and what is pinned is what is in force */
};

enum eu_loader_map {
	EU_MAP_CONTROL,
	EU_MAP_LEDGER,
	EU_MAP_FILTER_PIDS,
	EU_MAP_FILTER_CGROUPS,
	EU_MAP_CGROUP_LOSSES,
	EU_MAP_ROUTES,
	EU_MAP_OPEN_FILES,
	EU_MAP_FILE_TABLES,
	EU_MAP_TCP_SOCKETS,
	EU_MAP_COUNTS_EVEN,
	EU_MAP_COUNTS_ODD,
	EU_MAP_COUNTS_OVERFLOW,
	EU_MAP_BEGUN_SLOTS,
	EU_MAP_CALLS_BEGUN,
	EU_MAP_USES,
	EU_MAP_IPC_ENDS,
	EU_MAP_IPC_FDS,
	EU_MAP_IPC_TABLES,
	EU_MAP_IPC_SYSV,
	EU_MAP_IPC_SYSV_USERS,
	EU_MAP_IPC_SHM_ATTACHED,
	EU_MAP_IPC_SIGNALS,
	EU_MAP_UDP_FLOWS,
	EU_MAP_DNS_STREAMS,
	EU_MAP_PERF_PROCESSES,
	_EU_MAP_SENT_MAX,
	/* These stay in the loader. */
	EU_MAP_LIFECYCLE_RINGS = _EU_MAP_SENT_MAX,
	EU_MAP_EVENT_RINGS,
	EU_MAP_HANDLERS,
	EU_MAP_CALL,
	EU_MAP_PERF_EVENTS, /* by CPU, then enum eu_perf_counter; an entry keeps the event alive */
	EU_MAP_PERF_CPUS,
	_EU_MAP_MAX,
};

/* What is loaded and attached: the families, and what several of them share. */
enum eu_object {
	EU_OBJECT_DISPATCH = _EU_FAMILY_MAX, /* system calls that returned */
	EU_OBJECT_ENTER,		     /* and that begin */
	_EU_OBJECT_MAX,
};

/* What stops things, each in an object of its own. */
enum eu_enforce_group {
	EU_ENFORCE_GROUP_EXEC, /* kills at exec */
	EU_ENFORCE_GROUP_NETWORK,
	EU_ENFORCE_GROUP_LSM,
	_EU_ENFORCE_GROUP_MAX,
};

enum eu_enforce_map {
	EU_ENFORCE_MAP_CONFIG,
	EU_ENFORCE_MAP_MATCHERS,
	EU_ENFORCE_MAP_TARGETS,
	EU_ENFORCE_MAP_STARTED,
	EU_ENFORCE_MAP_COUNTERS,
	_EU_ENFORCE_MAP_MAX,
};

struct eu_loader_request {
	uint32_t op;
	uint32_t family; /* enum eu_family or eu_object; ATTACH. enum eu_enforce_group; ENFORCE.
			    1 << those that are in force; SETTLE */
	uint64_t kinds;	 /* 1 << enum eu_kind: wanted of a family that is attached by kinds */
	uint32_t perf_frequency_hz;
	uint32_t zero;
};

/* In front of every packet from the loader; size bytes of payload follow only with
 * EU_LOADER_SNAPSHOT. */
struct eu_loader_packet {
	uint32_t op;
	uint32_t family;
	int32_t err; /* 0 or -errno */
	uint32_t count;
	uint32_t n_programs; /* ATTACH */
	uint32_t size;
	uint32_t kinds[EU_LOADER_PROGRAMS_MAX]; /* ATTACH: which records each program makes */
	char hook[EU_LOADER_HOOK_SIZE];
	char reason[EU_LOADER_REASON_SIZE]; /* one line; without err what is missing all the same,
				       empty when all is well */
};

#define EU_LOADER_PACKET_MAX (sizeof(struct eu_loader_packet) + EU_LOADER_PAYLOAD_MAX)
