/* SPDX-License-Identifier: Apache-2.0 */
/* The loop's own parts: one owner struct, a file per rpc. Nothing outside collector/ includes this.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "actions/protocol.h"
#include "collector/collector.h"
#include "collector/enforce.h"
#include "eunomia/control.h"
#include "probes/protocol.h"
#include "probes/routes.h"
#include "rpc/messages.h"
#include "rpc/server.h"
#include "stream/drain.h"
#include "stream/ledger.h"
#include "stream/pace.h"
#include "util/loop.h"

#define BATCH_BYTES	(512u << 10) /* well below the 4 MiB a gRPC client accepts */
#define SNAPSHOT_BYTES	EU_LOADER_PAYLOAD_MAX
#define INSPECTIONS_MAX 16
#define RESOLVES_MAX	8
#define SIGNALS_MAX	16

#define EU_SIGNALS_AT_ONCE    128
#define EU_SIGNALS_PER_SECOND 64
#define SNAPSHOT_REQUEST                                                                           \
	0 /* the id of a snapshot's request to the actions process; the others count from 1 */

_Static_assert(SNAPSHOT_BYTES >= EU_ACTIONS_PAYLOAD_MAX, "a snapshot's packet fits");

struct family {
	int err; /* of loading, or of the last attempt to attach */
	bool attached;
	char hook[EU_LOADER_HOOK_SIZE];
	char reason[EU_LOADER_REASON_SIZE];
	size_t n_links;
	size_t n_programs;		   /* one more when there is one to be run for reports */
	int links[EU_LOADER_PROGRAMS_MAX]; /* closing one detaches */
	int *clocks;			   /* links too: of each CPU */
	size_t n_clocks;
	int programs[EU_LOADER_PROGRAMS_MAX];
	uint32_t kinds[EU_LOADER_PROGRAMS_MAX];
	uint64_t misses[EU_LOADER_PROGRAMS_MAX]; /* that are counted already */
	int64_t report_at; /* CLOCK_MONOTONIC; when its report program is due */
	int64_t report_interval_ns;
};

enum subscription_state {
	SUBSCRIPTION_NONE,
	SUBSCRIPTION_ATTACHING, /* waits for the loader */
	SUBSCRIPTION_STREAMING,
	SUBSCRIPTION_DRAINING, /* detached; what was counted is told, what is in the rings still
				  goes out, then a final batch */
};

struct subscription {
	enum subscription_state state;
	struct eu_rpc_call *call;
	uint32_t attaches_pending;
	uint32_t
	    attaches_stale; /* replies of the loader that belong to a subscription that is gone */
	bool in_flight;
	bool more; /* the last drain stopped for want of room */
	bool found;
	int64_t drain_at;      /* CLOCK_MONOTONIC; when the rings are read next */
	bool reported;	       /* draining: the last reports are in the rings */
	uint64_t wanted_kinds; /* of those families */
	uint32_t count_flags;  /* EU_COUNT_* */
	struct eu_syscall_wish wish;
	uint64_t batches;
	struct eu_batch batch;
	struct eu_pace pace;
	struct eu_kind_ledger base[_EU_KIND_MAX]; /* before anything was attached */
	uint8_t *buffer;			  /* EU_BATCH_HEADROOM + BATCH_BYTES */
};

enum snapshot_state {
	SNAPSHOT_NONE,
	SNAPSHOT_CGROUPS,
	SNAPSHOT_TASKS,
};

struct snapshot {
	enum snapshot_state state;
	struct eu_rpc_call *
	    call; /* NULL while state says otherwise: the client is gone, the rest is thrown away */
	bool in_flight;
	uint64_t batches;
	uint8_t *buffer; /* EU_BATCH_HEADROOM + SNAPSHOT_BYTES */
};

struct inspection {
	struct eu_rpc_call *call; /* NULL: free */
	uint32_t id;
};

/* Not free before the last reply is there, even when the client is gone: what may wait at the
 * actions process has a bound. */
struct resolve {
	bool is_used;
	bool is_lookup;		  /* of users and groups */
	struct eu_rpc_call *call; /* NULL: who asked is gone */
	uint32_t id;
	uint32_t n;
	uint32_t got;
	uint8_t *response; /* made so far */
	size_t len;
	size_t size;
	/* What was asked for: addresses, or numbers as eu_resolve_request has them. */
	uint64_t addresses[EU_RESOLVE_MAX];
};

/* Waits for the actions process, like an inspection. */
struct signaling {
	struct eu_rpc_call *call; /* NULL: free */
	uint32_t id;
};

struct eu_collector {
	const struct eu_collector_options *options;
	struct eu_loop *loop;
	struct eu_rpc_server *rpc;
	struct eu_watch signals, loader, actions;
	struct eu_watch *ring_watches;
	bool stopping;

	int maps[_EU_MAP_SENT_MAX];
	int *ring_fds;
	size_t n_cpus;
	size_t n_rings;		    /* two for each CPU */
	size_t ring_bytes;	    /* of all together */
	struct eu_control *control; /* NULL when the loader could not make the maps */
	struct eu_cpu_ledger *cpu_ledgers;
	struct eu_routes *routes;
	struct eu_drain drain;
	struct eu_ledger ledger;
	struct family families[_EU_OBJECT_MAX];

	struct subscription subscription;
	struct snapshot snapshot;
	struct inspection inspections[INSPECTIONS_MAX];
	struct resolve resolves[RESOLVES_MAX];
	struct signaling signals_sent[SIGNALS_MAX];
	struct eu_bucket signal_rate;
	struct enforce enforce;
	uint32_t last_request; /* to the actions process */
	int symbols_program;   /* -1 before it was needed */
};

/* link.c: what the loader hands over. */
int collector_receive_hello(struct eu_collector *c);
void collector_release_kernel(struct eu_collector *c);
int collector_request_attach(struct eu_collector *c, uint32_t family, uint32_t perf_frequency_hz);
/* Takes links that come in front of a reply. */
int collector_take_links(struct eu_collector *c, const struct eu_loader_packet *head,
			 const int *fds, size_t n_fds);
int collector_take_attach(struct eu_collector *c, const struct eu_loader_packet *head,
			  const int *fds, size_t n_fds);
void collector_detach(struct eu_collector *c);
/* Behind detaching, when no report is wanted any more. */
void collector_release_programs(struct eu_collector *c);
void collector_read_misses(struct eu_collector *c);
/* From now on these kinds are recorded: 1 << enum eu_kind. */
void collector_set_kinds(struct eu_collector *c, uint64_t kinds);
/* Has a family tell what it counted so far; true when it did not fit. */
bool collector_report(const struct family *f, bool final);

/* filter.c */
int filter_reset(struct eu_collector *c, const eunomia_collector_v1_Filter *filter);
int filter_update(struct eu_collector *c, const eunomia_collector_v1_UpdateFilterRequest *request);
void filter_set_environment(struct eu_control *control, const char (*names)[32], size_t n);
/* -EINVAL: one of these is no port. None, and 0 for the time, are the usual ones. */
int filter_set_network(struct eu_control *control, uint32_t udp_idle_ms, const uint32_t *dns_ports,
		       size_t n);

/* subscription.c */
void subscription_handle_subscribe(void *data, struct eu_rpc_call *call, const uint8_t *msg,
				   size_t len);
void subscription_handle_unsubscribe(void *data, struct eu_rpc_call *call, const uint8_t *msg,
				     size_t len);
void subscription_handle_update_filter(void *data, struct eu_rpc_call *call, const uint8_t *msg,
				       size_t len);
/* -errno: the loader cannot be understood. */
int subscription_on_links(struct eu_collector *c, const struct eu_loader_packet *head,
			  const int *fds, size_t n_fds);
void subscription_on_attach(struct eu_collector *c, const struct eu_loader_packet *head,
			    const int *fds, size_t n_fds);
/* Reads the rings and sends, if there is somebody to send to and nothing in flight. */
void subscription_pump(struct eu_collector *c);
/* How long the loop may sleep for the subscription's sake; -1: until woken. Announces the sleep to
 * the programs. */
int64_t subscription_prepare_sleep(struct eu_collector *c);
void subscription_woke(struct eu_collector *c);

/* snapshot.c */
void snapshot_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len);
/* Where the next packet of a sibling goes: with a payload of a snapshot, that lands where the batch
 * wants it. */
uint8_t *snapshot_packet_buffer(struct eu_collector *c, size_t head_len);
void snapshot_on_cgroups(struct eu_collector *c, const struct eu_actions_reply *reply);
void snapshot_on_tasks(struct eu_collector *c, const struct eu_loader_packet *packet);

/* The next id of a request to the actions process. */
uint32_t collector_next_request(struct eu_collector *c);

/* resolve.c: ResolveSymbols and LookupUser, which differ in what a record of the answer becomes. */
void resolve_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len);
void lookup_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len);
/* False when the reply is none to a request of that kind. */
bool resolve_on_reply(struct eu_collector *c, const struct eu_actions_reply *reply,
		      const uint8_t *payload);
void resolve_on_program(struct eu_collector *c, const struct eu_loader_packet *packet,
			const int *fds, size_t n_fds);
void resolve_release(struct eu_collector *c);

/* inspect.c */
void inspect_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len);
void inspect_on_reply(struct eu_collector *c, const struct eu_actions_reply *reply,
		      const uint8_t *payload);

/* enforce.c */
void enforce_init(struct enforce *e);
void enforce_release(struct enforce *e);
void enforce_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len);
int enforce_take_ability(struct enforce *e, const struct eu_loader_packet *head);
/* -errno: the loader cannot be understood. */
int enforce_on_group(struct eu_collector *c, const struct eu_loader_packet *head, const int *fds,
		     size_t n_fds);
int enforce_on_settled(struct eu_collector *c);
void enforce_show(const struct eu_collector *c, eunomia_collector_v1_EnforcementStatus *shown);

/* signal.c */
void signal_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len);
/* False when the reply is none to a request of that kind. */
bool signal_on_reply(struct eu_collector *c, const struct eu_actions_reply *reply,
		     const uint8_t *payload);

/* status.c */
void status_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len);
