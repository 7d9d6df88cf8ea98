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
    [EU_MAP_RINGS] = {"lifecycle_rings", BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 0, 0},
};

_Static_assert(sizeof(specs) / sizeof(specs[0]) == _EU_MAP_MAX, "a spec per map");

static size_t ring_size(size_t budget, size_t cpus)
{
	size_t size = EU_RING_MIN_BYTES;

	while (size * 2 * cpus <= budget)
		size *= 2;
	return size;
}

static int make_rings(struct eu_shared_maps *maps)
{
	maps->rings = malloc(maps->n_rings * sizeof(*maps->rings));
	if (!maps->rings)
		return -ENOMEM;
	memset(maps->rings, 0xff, maps->n_rings * sizeof(*maps->rings));
	for (size_t cpu = 0; cpu < maps->n_rings; cpu++) {
		maps->rings[cpu] = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ring", 0, 0,
						  (uint32_t)maps->ring_bytes, NULL);
		if (maps->rings[cpu] < 0)
			return -errno;
	}
	return 0;
}

static int make_maps(struct eu_shared_maps *maps)
{
	for (size_t i = 0; i < _EU_MAP_MAX; i++) {
		const struct map_spec *s = &specs[i];
		uint32_t entries = s->max_entries ? s->max_entries : (uint32_t)maps->n_rings;
		LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = s->flags);

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

	for (uint32_t cpu = 0; cpu < maps->n_rings; cpu++) {
		if (bpf_map_update_elem(maps->fds[EU_MAP_RINGS], &cpu, &maps->rings[cpu], BPF_ANY) <
		    0)
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
	maps.n_rings = (size_t)cpus;
	maps.ring_bytes = ring_size(budget, maps.n_rings);
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
	for (size_t i = 0; maps->rings && i < maps->n_rings; i++)
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
