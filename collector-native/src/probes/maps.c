/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "eunomia/control.h"
#include "probes/maps.h"
#include "util/cleanup.h"

/* The same names as in bpf/lib/maps.bpf.h. Sizes of 0 are filled in: they depend on the number of
 * CPUs. */
static const struct map_spec {
	const char *name;
	enum bpf_map_type type;
	uint32_t key_size, value_size, max_entries, flags;
} specs[] = {
    [EU_MAP_CONTROL] = {"control", BPF_MAP_TYPE_ARRAY, 4, sizeof(struct eu_control), 1,
			BPF_F_MMAPABLE},
    [EU_MAP_LEDGER] = {"ledger", BPF_MAP_TYPE_ARRAY, 4, sizeof(struct eu_cpu_ledger), 0,
		       BPF_F_MMAPABLE},
    [EU_MAP_FILTER_PIDS] = {"filter_pids", BPF_MAP_TYPE_HASH, 4, 4, EU_FILTER_PIDS_MAX,
			    BPF_F_NO_PREALLOC},
    [EU_MAP_FILTER_CGROUPS] = {"filter_cgroups", BPF_MAP_TYPE_HASH, 8, 4, EU_FILTER_CGROUPS_MAX,
			       BPF_F_NO_PREALLOC},
    [EU_MAP_CGROUP_LOSSES] = {"cgroup_losses", BPF_MAP_TYPE_HASH, 8, 8, EU_CGROUP_LOSSES_MAX,
			      BPF_F_NO_PREALLOC},
    [EU_MAP_ROUTES] = {"routes", BPF_MAP_TYPE_ARRAY, 4, sizeof(struct eu_routes), 1,
		       BPF_F_MMAPABLE},
    [EU_MAP_OPEN_FILES] = {"open_files", BPF_MAP_TYPE_HASH, sizeof(struct eu_open_key),
			   sizeof(struct eu_open_file), EU_OPEN_FILES_MAX, BPF_F_NO_PREALLOC},
    [EU_MAP_FILE_TABLES] = {"file_tables", BPF_MAP_TYPE_HASH, 8, 4, EU_FILE_TABLES_MAX,
			    BPF_F_NO_PREALLOC},
    [EU_MAP_TCP_SOCKETS] = {"tcp_sockets", BPF_MAP_TYPE_HASH, 8, sizeof(struct eu_tcp_socket),
			    EU_TCP_SOCKETS_MAX, BPF_F_NO_PREALLOC},
    [EU_MAP_COUNTS_EVEN] = {"counts_even", BPF_MAP_TYPE_HASH, sizeof(struct eu_count_key),
			    sizeof(struct eu_syscall), EU_COUNTS_MAX, BPF_F_NO_PREALLOC},
    [EU_MAP_COUNTS_ODD] = {"counts_odd", BPF_MAP_TYPE_HASH, sizeof(struct eu_count_key),
			   sizeof(struct eu_syscall), EU_COUNTS_MAX, BPF_F_NO_PREALLOC},
    [EU_MAP_COUNTS_OVERFLOW] = {"counts_overflow", BPF_MAP_TYPE_HASH, 4,
				sizeof(struct eu_count_overflow), 2 * EU_CALL_NUMBERS,
				BPF_F_NO_PREALLOC},
    [EU_MAP_BEGUN_SLOTS] = {"begun_slots", BPF_MAP_TYPE_ARRAY, 4, sizeof(struct eu_begun), 0, 0},
    [EU_MAP_CALLS_BEGUN] = {"calls_begun", BPF_MAP_TYPE_HASH, 4, sizeof(struct eu_begun),
			    EU_CALLS_BEGUN_MAX, BPF_F_NO_PREALLOC},
    [EU_MAP_USES] = {"uses", BPF_MAP_TYPE_HASH, sizeof(struct eu_use_key), sizeof(struct eu_use),
		     EU_USES_MAX, BPF_F_NO_PREALLOC},
    [EU_MAP_IPC_ENDS] = {"ipc_ends", BPF_MAP_TYPE_HASH, sizeof(struct eu_ipc_key),
			 sizeof(struct eu_ipc_end), EU_IPC_ENDS_MAX, BPF_F_NO_PREALLOC},
    [EU_MAP_IPC_FDS] = {"ipc_fds", BPF_MAP_TYPE_HASH, sizeof(struct eu_open_key), 8, EU_IPC_FDS_MAX,
			BPF_F_NO_PREALLOC},
    [EU_MAP_IPC_TABLES] = {"ipc_tables", BPF_MAP_TYPE_HASH, 8, 4, EU_FILE_TABLES_MAX,
			   BPF_F_NO_PREALLOC},
    [EU_MAP_IPC_SYSV] = {"ipc_sysv", BPF_MAP_TYPE_HASH, sizeof(struct eu_ipc_key),
			 sizeof(struct eu_ipc_end), EU_IPC_SYSV_MAX, BPF_F_NO_PREALLOC},
    [EU_MAP_IPC_SYSV_USERS] = {"ipc_sysv_users", BPF_MAP_TYPE_HASH, 4, 4, EU_IPC_SYSV_MAX,
			       BPF_F_NO_PREALLOC},
    [EU_MAP_IPC_SHM_ATTACHED] = {"ipc_shm_attached", BPF_MAP_TYPE_HASH, sizeof(struct eu_shm_key),
				 4, EU_IPC_SYSV_MAX, BPF_F_NO_PREALLOC},
    [EU_MAP_IPC_SIGNALS] = {"ipc_signals", BPF_MAP_TYPE_HASH, sizeof(struct eu_signal_key),
			    sizeof(struct eu_signal_flood), EU_SIGNALS_MAX, BPF_F_NO_PREALLOC},
    [EU_MAP_UDP_FLOWS] = {"udp_flows", BPF_MAP_TYPE_HASH, sizeof(struct eu_udp_key),
			  sizeof(struct eu_udp_flow), EU_UDP_FLOWS_MAX, BPF_F_NO_PREALLOC},
    [EU_MAP_DNS_STREAMS] = {"dns_streams", BPF_MAP_TYPE_HASH, sizeof(struct eu_dns_key),
			    sizeof(struct eu_dns_stream), EU_DNS_STREAMS_MAX, BPF_F_NO_PREALLOC},
    [EU_MAP_PERF_PROCESSES] = {"perf_processes", BPF_MAP_TYPE_HASH, sizeof(struct eu_perf_key),
			       sizeof(struct eu_perf_process), EU_PERF_PROCESSES_MAX,
			       BPF_F_NO_PREALLOC},
    [EU_MAP_PERF_EVENTS] = {"perf_events", BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 0, 0},
    [EU_MAP_PERF_CPUS] = {"perf_cpus", BPF_MAP_TYPE_ARRAY, 4, sizeof(struct eu_perf_cpu), 0, 0},
    [EU_MAP_LIFECYCLE_RINGS] = {"lifecycle_rings", BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 0, 0},
    [EU_MAP_EVENT_RINGS] = {"event_rings", BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 0, 0},
    [EU_MAP_HANDLERS] = {"handlers", BPF_MAP_TYPE_PROG_ARRAY, 4, 4, _EU_HANDLER_MAX, 0},
    [EU_MAP_CALL] = {"call_scratch", BPF_MAP_TYPE_PERCPU_ARRAY, 4, sizeof(struct eu_call), 1, 0},
};

_Static_assert(sizeof(specs) / sizeof(specs[0]) == _EU_MAP_MAX, "a spec per map");

#define LIFECYCLE_SHARE 8

/* The largest event ring with which all rings of all CPUs stay within the budget. */
static size_t event_ring_size(size_t budget, size_t cpus)
{
	size_t size = EU_RING_MIN_BYTES;

	while ((size * 2 + size * 2 / LIFECYCLE_SHARE) * cpus <= budget)
		size *= 2;
	return size;
}

static int make_rings(struct eu_shared_maps *maps)
{
	size_t n = 2 * maps->n_cpus;

	maps->rings = malloc(n * sizeof(*maps->rings));
	if (!maps->rings)
		return -ENOMEM;
	memset(maps->rings, 0xff, n * sizeof(*maps->rings));
	for (size_t i = 0; i < n; i++) {
		bool lifecycle = i < maps->n_cpus;
		size_t size = lifecycle ? maps->lifecycle_bytes : maps->event_bytes;

		maps->rings[i] = bpf_map_create(BPF_MAP_TYPE_RINGBUF,
						lifecycle ? "lifecycle_ring" : "event_ring", 0, 0,
						(uint32_t)size, NULL);
		if (maps->rings[i] < 0)
			return -errno;
	}
	return 0;
}

static int make_maps(struct eu_shared_maps *maps)
{
	for (size_t i = 0; i < _EU_MAP_MAX; i++) {
		const struct map_spec *s = &specs[i];
		uint32_t entries = s->max_entries ? s->max_entries : (uint32_t)maps->n_cpus;
		LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = s->flags);

		if (s->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			entries *= EU_PERF_COUNTER_SLOTS;
		if (s->type == BPF_MAP_TYPE_ARRAY_OF_MAPS)
			opts.inner_map_fd = (uint32_t)maps->rings[0];
		maps->fds[i] =
		    bpf_map_create(s->type, s->name, s->key_size, s->value_size, entries, &opts);
		if (maps->fds[i] < 0)
			return -errno;
	}
	return 0;
}

static int fill_maps(struct eu_shared_maps *maps)
{
	uint64_t other = EU_CGROUP_KEY_OTHER, none = 0;

	for (uint32_t cpu = 0; cpu < maps->n_cpus; cpu++) {
		const int *lifecycle = &maps->rings[cpu], *event = lifecycle + maps->n_cpus;

		if (bpf_map_update_elem(maps->fds[EU_MAP_LIFECYCLE_RINGS], &cpu, lifecycle,
					BPF_ANY) < 0 ||
		    bpf_map_update_elem(maps->fds[EU_MAP_EVENT_RINGS], &cpu, event, BPF_ANY) < 0)
			return -errno;
	}
	if (bpf_map_update_elem(maps->fds[EU_MAP_CGROUP_LOSSES], &other, &none, BPF_ANY) < 0)
		return -errno;
	return 0;
}

int eu_shared_maps_new(struct eu_shared_maps *ret, size_t budget)
{
	EU_CLEANUP(eu_shared_maps_free) struct eu_shared_maps maps = {0};
	int cpus = libbpf_num_possible_cpus();
	int r;

	memset(maps.fds, 0xff, sizeof(maps.fds));
	if (cpus < 0)
		return cpus;
	maps.n_cpus = (size_t)cpus;
	maps.event_bytes = event_ring_size(budget, maps.n_cpus);
	maps.lifecycle_bytes = maps.event_bytes / LIFECYCLE_SHARE;
	if (maps.lifecycle_bytes < EU_RING_MIN_BYTES)
		maps.lifecycle_bytes = EU_RING_MIN_BYTES;
	r = make_rings(&maps);
	if (r == 0)
		r = make_maps(&maps);
	if (r == 0)
		r = fill_maps(&maps);
	if (r < 0)
		return r;
	*ret = maps;
	memset(maps.fds, 0xff, sizeof(maps.fds));
	maps.rings = NULL;
	return 0;
}

void eu_shared_maps_free(struct eu_shared_maps *maps)
{
	for (size_t i = 0; i < _EU_MAP_MAX; i++)
		maps->fds[i] = eu_close(maps->fds[i]);
	for (size_t i = 0; maps->rings && i < 2 * maps->n_cpus; i++)
		eu_close(maps->rings[i]);
	free(maps->rings);
	maps->rings = NULL;
}

int eu_shared_maps_find(const struct eu_shared_maps *maps, const char *name)
{
	for (size_t i = 0; i < _EU_MAP_MAX; i++) {
		if (strcmp(specs[i].name, name) == 0)
			return maps->fds[i];
	}
	return -1;
}
