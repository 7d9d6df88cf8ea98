/* SPDX-License-Identifier: Apache-2.0 */
/* What stops things: which of it works here, and attaching it. Its objects share their maps, which
 * the first one makes. */
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "probes/internal.h"
#include "process/options.h"
#include "util/cleanup.h"
#include "util/packet.h"

#define SETTLE_MS 20 /* far longer than a decision takes */

static const char *const map_names[] = {
    [EU_ENFORCE_MAP_CONFIG] = "enforce_config",	    [EU_ENFORCE_MAP_MATCHERS] = "enforce_matchers",
    [EU_ENFORCE_MAP_TARGETS] = "enforce_targets",   [EU_ENFORCE_MAP_STARTED] = "enforce_started",
    [EU_ENFORCE_MAP_COUNTERS] = "enforce_counters",
};

_Static_assert(sizeof(map_names) / sizeof(map_names[0]) == _EU_ENFORCE_MAP_MAX, "a name per map");

struct links {
	struct bpf_link *links[EU_LOADER_PROGRAMS_MAX];
	size_t n;
};

static void links_clean(struct links *l)
{
	for (size_t i = 0; i < l->n; i++)
		bpf_link__destroy(l->links[i]);
}

static int find_map(const struct loader *loader, const char *name)
{
	const struct bpf_object *first = loader->enforcement[EU_ENFORCE_GROUP_EXEC].object;

	return first ? bpf_object__find_map_fd_by_name(first, name) : -ENOENT;
}

int loader_enforcement_map(const struct loader *loader, const char *name)
{
	if (!loader->enforcing ||
	    (strncmp(name, "enforce_", 8) != 0 && strcmp(name, "path_scratch") != 0))
		return -1;
	return find_map(loader, name);
}

static int attach(const struct loader *loader, uint32_t group, struct links *ret)
{
	const struct bpf_object *object = loader->enforcement[group].object;
	int root = loader->options->cgroup_root;

	if (group == EU_ENFORCE_GROUP_NETWORK && root < 0)
		return root;
	for (const struct eu_program *p = eu_enforce_objects[group].programs; p->name; p++) {
		struct bpf_program *program = bpf_object__find_program_by_name(object, p->name);
		struct bpf_link *link;

		if (!program)
			return -ENOENT;
		link = group == EU_ENFORCE_GROUP_NETWORK ? bpf_program__attach_cgroup(program, root)
							 : bpf_program__attach(program);
		if (!link)
			return -errno;
		ret->links[ret->n++] = link;
	}
	return 0;
}

/* Attaching to LSM works too where the kernel was started without it, but nothing runs: has this
 * open been seen? */
static int check_lsm(const struct loader *loader)
{
	int map = find_map(loader, map_names[EU_ENFORCE_MAP_CONFIG]);
	struct eu_enforce_config *config =
	    mmap(NULL, sizeof(*config), PROT_READ, MAP_SHARED, map, 0);
	bool runs;

	if (config == MAP_FAILED)
		return -errno;
	eu_close(open("/proc/self/status", O_RDONLY | O_CLOEXEC));
	runs = __atomic_load_n(&config->lsm_runs, __ATOMIC_ACQUIRE);
	munmap(config, sizeof(*config));
	return runs ? 0 : -EOPNOTSUPP;
}

static void explain(const struct loader *loader, uint32_t group, struct loaded *l, int err)
{
	int root = loader->options->cgroup_root;

	loader_explain(l, err);
	if (group == EU_ENFORCE_GROUP_NETWORK && root == -EXDEV)
		snprintf(l->reason, sizeof(l->reason),
			 "only a part of the cgroup hierarchy is mounted: the collector needs the "
			 "host's cgroup namespace");
	else if (group == EU_ENFORCE_GROUP_NETWORK && root < 0)
		snprintf(l->reason, sizeof(l->reason),
			 "the unified cgroup hierarchy is not mounted at /sys/fs/cgroup");
	else if (group == EU_ENFORCE_GROUP_LSM && err == -EOPNOTSUPP)
		snprintf(l->reason, sizeof(l->reason),
			 "the kernel's list of security modules leaves bpf out (boot option lsm=)");
	else if (group == EU_ENFORCE_GROUP_LSM && err == -EPERM)
		snprintf(l->reason, sizeof(l->reason),
			 "the kernel refuses eBPF programs as a security module");
}

/* The loop cannot change what is host and what is Eunomia's own: this map stays here. */
static int write_host(const struct loader *loader)
{
	uint32_t zero = 0;
	int map = find_map(loader, "enforce_host");

	return bpf_map_update_elem(map, &zero, &loader->options->host, BPF_ANY) < 0 ? -errno : 0;
}

static bool is_allowed(const struct loader *loader, uint32_t group)
{
	return loader->options->allow &
	       (group == EU_ENFORCE_GROUP_EXEC ? EU_ALLOW_SIGNAL | EU_ALLOW_DENY : EU_ALLOW_DENY);
}

/* Loads it, and attaches it for a moment. */
static int try_group(struct loader *loader, uint32_t group)
{
	EU_CLEANUP(links_clean) struct links links = {0};
	struct loaded *l = &loader->enforcement[group];
	int r;

	loader->enforcing = true;
	loader_load(loader, &eu_enforce_objects[group], l);
	loader->enforcing = false;
	r = l->object ? 0 : l->err;
	if (r == 0 && group == EU_ENFORCE_GROUP_EXEC)
		r = write_host(loader);
	if (r == 0)
		r = attach(loader, group, &links);
	if (r == 0 && group == EU_ENFORCE_GROUP_LSM)
		r = check_lsm(loader);
	return r;
}

static void prepare(struct loader *loader, uint32_t group)
{
	struct loaded *l = &loader->enforcement[group];
	const struct loaded *first = &loader->enforcement[EU_ENFORCE_GROUP_EXEC];
	int r;

	if (!is_allowed(loader, group)) {
		l->err = -EACCES;
		snprintf(l->reason, sizeof(l->reason),
			 "the collector was started without --allow %s",
			 group == EU_ENFORCE_GROUP_EXEC ? "signal" : "deny");
		return;
	}
	if (first->err < 0) { /* it makes the maps */
		*l = (struct loaded){.err = first->err};
		memcpy(l->reason, first->reason, sizeof(l->reason));
		return;
	}
	r = try_group(loader, group);
	if (r < 0)
		explain(loader, group, l, r);
}

int loader_send_enforcement(struct loader *loader)
{
	int r = 0;

	if (loader->options->pins && !loader->options->allow)
		loader_pins_settle(0, false);

	for (uint32_t group = 0; r == 0 && group < _EU_ENFORCE_GROUP_MAX; group++) {
		prepare(loader, group);
		r = loader_send_family(loader, EU_LOADER_ENFORCE, group,
				       &loader->enforcement[group]);
	}
	return r;
}

static int pin(struct loader *loader, uint32_t group, const struct links *links)
{
	const struct eu_program *programs = eu_enforce_objects[group].programs;
	const char *counters = map_names[EU_ENFORCE_MAP_COUNTERS];
	int r = 0;

	for (size_t i = 0; r == 0 && i < links->n; i++)
		r = loader_pin(bpf_link__fd(links->links[i]), programs[i].name);
	if (r == 0 && !loader->counters_pinned) {
		r = loader_pin(find_map(loader, counters), counters);
		loader->counters_pinned = r == 0;
	}
	return r;
}

int loader_enforce(struct loader *loader, const struct eu_loader_request *request)
{
	EU_CLEANUP(links_clean) struct links links = {0};
	uint32_t group = request->family;
	struct loaded *l = &loader->enforcement[group];
	struct eu_loader_packet head = {.op = EU_LOADER_ENFORCE, .family = group, .err = l->err};
	int fds[_EU_ENFORCE_MAP_MAX + EU_LOADER_PROGRAMS_MAX];

	if (l->err < 0)
		return loader_send_family(loader, EU_LOADER_ENFORCE, group, l);
	head.err = attach(loader, group, &links);
	if (head.err < 0) {
		snprintf(head.reason, sizeof(head.reason), "%s", strerror(-head.err));
	} else if (loader->options->pins) {
		head.err = pin(loader, group, &links);
		if (head.err < 0)
			snprintf(head.reason, sizeof(head.reason), "cannot be pinned: %s",
				 strerror(-head.err));
	}
	if (head.err < 0)
		return eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, NULL, 0);
	for (size_t i = 0; i < _EU_ENFORCE_MAP_MAX; i++)
		fds[i] = find_map(loader, map_names[i]);
	for (size_t i = 0; i < links.n; i++)
		fds[_EU_ENFORCE_MAP_MAX + i] = bpf_link__fd(links.links[i]);
	head.count = (uint32_t)links.n;
	return eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, fds,
			      _EU_ENFORCE_MAP_MAX + links.n);
}

int loader_settle(struct loader *loader, const struct eu_loader_request *request)
{
	struct eu_loader_packet head = {.op = EU_LOADER_SETTLE};

	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0)
		poll(NULL, 0, SETTLE_MS);
	if (loader->options->pins)
		loader_pins_settle(request->family, loader->counters_pinned);
	loader->counters_pinned = loader->counters_pinned && request->family;
	return eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, NULL, 0);
}
