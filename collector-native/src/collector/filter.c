/* SPDX-License-Identifier: Apache-2.0 */
/* The filter maps, by their descriptors: the loop needs no capability for that. */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/internal.h"
#include "util/clock.h"

static int map_command(int command, int fd, const void *key, const void *value_or_next)
{
	union bpf_attr attr = {.map_fd = (uint32_t)fd,
			       .key = (uint64_t)(uintptr_t)key,
			       .value = (uint64_t)(uintptr_t)value_or_next};

	return syscall(SYS_bpf, command, &attr, sizeof(attr)) < 0 ? -errno : 0;
}

/* Programs are detached while a filter is reset, so nobody adds keys behind the walk. */
static void clear(int fd, void *key)
{
	while (map_command(BPF_MAP_GET_NEXT_KEY, fd, NULL, key) == 0 &&
	       map_command(BPF_MAP_DELETE_ELEM, fd, key, NULL) == 0)
		;
}

/* families: 1 << enum eu_family for each key; none given = all of them for every key. */
static int add_all(int fd, const void *keys, size_t size, size_t n, const uint32_t *families,
		   size_t n_families)
{
	const uint32_t all = ~0u;
	int r = n_families == 0 || n_families == n ? 0 : -EINVAL;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = map_command(BPF_MAP_UPDATE_ELEM, fd, (const char *)keys + i * size,
				n_families ? &families[i] : &all);
	return r;
}

/* A key that is not there is already as it should be. */
static void remove_all(int fd, const void *keys, size_t size, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)map_command(BPF_MAP_DELETE_ELEM, fd, (const char *)keys + i * size, NULL);
}

/* What a subscription before this one had open or counted: nobody told how it ended. */
static void forget_open(struct eu_collector *c)
{
	static const struct eu_begun nobody;
	struct eu_count_key count;
	struct eu_open_key file;
	struct eu_use_key use;
	struct eu_ipc_key end;
	struct eu_shm_key memory;
	struct eu_signal_key signal;
	struct eu_udp_key flow;
	struct eu_dns_key stream;
	struct eu_perf_key process;
	uint64_t key;
	uint32_t index;
	uint32_t pid;

	clear(c->maps[EU_MAP_OPEN_FILES], &file);
	clear(c->maps[EU_MAP_FILE_TABLES], &key);
	clear(c->maps[EU_MAP_TCP_SOCKETS], &key);
	clear(c->maps[EU_MAP_IPC_ENDS], &end);
	clear(c->maps[EU_MAP_IPC_FDS], &file);
	clear(c->maps[EU_MAP_IPC_TABLES], &key);
	clear(c->maps[EU_MAP_IPC_SYSV], &end);
	clear(c->maps[EU_MAP_IPC_SYSV_USERS], &pid);
	clear(c->maps[EU_MAP_IPC_SHM_ATTACHED], &memory);
	clear(c->maps[EU_MAP_IPC_SIGNALS], &signal);
	clear(c->maps[EU_MAP_UDP_FLOWS], &flow);
	clear(c->maps[EU_MAP_DNS_STREAMS], &stream);
	clear(c->maps[EU_MAP_PERF_PROCESSES], &process);
	clear(c->maps[EU_MAP_USES], &use);
	clear(c->maps[EU_MAP_COUNTS_EVEN], &count);
	clear(c->maps[EU_MAP_COUNTS_ODD], &count);
	clear(c->maps[EU_MAP_COUNTS_OVERFLOW], &index);
	clear(c->maps[EU_MAP_CALLS_BEGUN], &index);
	for (uint32_t cpu = 0; cpu < c->n_cpus; cpu++)
		(void)map_command(BPF_MAP_UPDATE_ELEM, c->maps[EU_MAP_BEGUN_SLOTS], &cpu, &nobody);
	c->control->count_phase = 0;
}

/* What programs remember of a task's passing does not hold any more. 0 means: never looked. */
static void begin_epoch(struct eu_collector *c)
{
	if (__atomic_add_fetch(&c->control->filter_epoch, 1, __ATOMIC_RELEASE) == 0)
		__atomic_add_fetch(&c->control->filter_epoch, 1, __ATOMIC_RELEASE);
}

int filter_reset(struct eu_collector *c, const eunomia_collector_v1_Filter *filter)
{
	uint32_t pid;
	uint64_t key;
	int r;

	forget_open(c);
	clear(c->maps[EU_MAP_FILTER_PIDS], &pid);
	clear(c->maps[EU_MAP_FILTER_CGROUPS], &key);
	c->control->filter_open = 0;
	c->control->filter_by_pid = filter->by_pid;
	c->control->filter_by_cgroup = filter->by_cgroup;
	c->control->unfiltered = filter->by_pid || filter->by_cgroup ? filter->unfiltered : ~0u;
	c->control->new_cgroups = filter->new_cgroups ? filter->new_cgroups : ~0u;
	r = add_all(c->maps[EU_MAP_FILTER_PIDS], filter->pids, sizeof(filter->pids[0]),
		    filter->pids_count, filter->pid_families, filter->pid_families_count);
	if (r == 0)
		r = add_all(c->maps[EU_MAP_FILTER_CGROUPS], filter->cgroup_keys,
			    sizeof(filter->cgroup_keys[0]), filter->cgroup_keys_count,
			    filter->cgroup_families, filter->cgroup_families_count);
	begin_epoch(c);
	return r;
}

int filter_update(struct eu_collector *c, const eunomia_collector_v1_UpdateFilterRequest *u)
{
	int r = add_all(c->maps[EU_MAP_FILTER_PIDS], u->add_pids, sizeof(u->add_pids[0]),
			u->add_pids_count, u->pid_families, u->pid_families_count);

	if (r == 0)
		r = add_all(c->maps[EU_MAP_FILTER_CGROUPS], u->add_cgroup_keys,
			    sizeof(u->add_cgroup_keys[0]), u->add_cgroup_keys_count,
			    u->cgroup_families, u->cgroup_families_count);
	remove_all(c->maps[EU_MAP_FILTER_PIDS], u->remove_pids, sizeof(u->remove_pids[0]),
		   u->remove_pids_count);
	remove_all(c->maps[EU_MAP_FILTER_CGROUPS], u->remove_cgroup_keys,
		   sizeof(u->remove_cgroup_keys[0]), u->remove_cgroup_keys_count);
	return r;
}

void filter_set_environment(struct eu_control *control, const char (*names)[32], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct eu_env_name *name = &control->env_names[i];
		size_t len = strnlen(names[i], sizeof(names[i]) - 1);

		memset(name, 0, sizeof(*name));
		memcpy(name->text, names[i], len);
		((char *)name->text)[len] = '=';
		memset(name->mask, 0xff, len + 1);
	}
	__atomic_store_n(&control->n_env_names, (uint32_t)n, __ATOMIC_RELEASE);
}

#define DNS_PORT    53
#define UDP_IDLE_MS 30000

int filter_set_network(struct eu_control *control, uint32_t udp_idle_ms, const uint32_t *dns_ports,
		       size_t n)
{
	const uint32_t usual = DNS_PORT;

	if (n == 0) {
		dns_ports = &usual;
		n = 1;
	}
	control->udp_idle_ns =
	    (uint64_t)(udp_idle_ms ? udp_idle_ms : UDP_IDLE_MS) * (uint64_t)EU_NS_PER_MS;
	memset(control->dns_ports, 0, sizeof(control->dns_ports));
	for (size_t i = 0; i < n && i < EU_DNS_PORTS_MAX; i++) {
		if (dns_ports[i] == 0 || dns_ports[i] > UINT16_MAX)
			return -EINVAL;
		control->dns_ports[i] = (uint16_t)dns_ports[i];
	}
	return 0;
}
