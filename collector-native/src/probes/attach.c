/* SPDX-License-Identifier: Apache-2.0 */
/* Puts an object's programs where they run, and hands the links to the loop. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "probes/family.h"
#include "probes/internal.h"
#include "probes/perf.h"
#include "util/cleanup.h"
#include "util/packet.h"

struct attached {
	struct bpf_link *links[EU_LOADER_PROGRAMS_MAX];
	int programs[EU_LOADER_PROGRAMS_MAX];
	uint32_t kinds[EU_LOADER_PROGRAMS_MAX]; /* of the programs; 0: of the one for reports */
	size_t n_links;
	size_t n_programs;
	int *clocks; /* links too: one for each clock's program and CPU */
	size_t n_clocks;
	uint32_t n_clock_programs;
};

static void attached_clean(struct attached *a)
{
	for (size_t i = 0; i < a->n_links; i++)
		bpf_link__destroy(a->links[i]);
	for (size_t i = 0; i < a->n_clocks; i++)
		eu_close(a->clocks[i]);
	free(a->clocks);
}

static struct bpf_program *program_of(const struct loader *loader, uint32_t object,
				      const struct eu_program *p)
{
	return bpf_object__find_program_by_name(loader->objects[object].object, p->name);
}

static void add_program(struct attached *to, const struct bpf_program *program, uint32_t kind)
{
	to->kinds[to->n_programs] = kind;
	to->programs[to->n_programs++] = bpf_program__fd(program);
}

/* What is not seen here is the family's reason to be degraded. */
static void note_lack(struct loaded *loaded, const struct eu_program *p, const char *why)
{
	size_t len = strlen(loaded->reason);

	if (!strstr(loaded->reason, p->need))
		snprintf(loaded->reason + len, sizeof(loaded->reason) - len, "%sno %s: %s",
			 len ? "; " : "", p->need, why);
}

static int attach_to_hook(struct loaded *loaded, const struct eu_program *p,
			  struct bpf_program *program, struct attached *ret)
{
	struct bpf_link *link;

	if (!bpf_program__autoload(program))
		return 0;
	link = bpf_program__attach(program);
	if (!link && p->hook == EU_HOOK_SURE)
		return -errno;
	if (!link) {
		note_lack(loaded, p, strerror(errno));
		return 0;
	}
	ret->links[ret->n_links++] = link;
	add_program(ret, program, p->kind);
	return 0;
}

/* Without a clock the family does without what that is for. */
static int attach_to_clocks(struct loader *loader, const struct eu_loader_request *request,
			    const struct eu_program *p, struct bpf_program *program,
			    struct attached *ret)
{
	uint32_t hz = p->hz ? p->hz : request->perf_frequency_hz;
	char why[EU_LOADER_REASON_SIZE];
	int r = eu_perf_clocks_attach(loader->perf, ret->n_clock_programs, bpf_program__fd(program),
				      hz, loader->maps.n_cpus, ret->clocks + ret->n_clocks);

	if (r < 0) {
		eu_perf_refusal(r, why, sizeof(why));
		note_lack(&loader->objects[request->family], p, why);
		return 0;
	}
	ret->n_clocks += (size_t)r;
	ret->n_clock_programs++;
	add_program(ret, program, p->kind);
	return 0;
}

static bool is_wanted(const struct eu_loader_request *request, const struct eu_program *p)
{
	return !eu_families[request->family].by_kinds || request->kinds >> p->kind & 1;
}

/* Attaches every program of the object that wants it. One that is not everywhere may fail. */
static int attach_programs(struct loader *loader, const struct eu_loader_request *request,
			   struct attached *ret)
{
	int r = 0;

	for (const struct eu_program *p = eu_families[request->family].programs; r == 0 && p->name;
	     p++) {
		struct bpf_program *program = program_of(loader, request->family, p);

		if (!program)
			return -ENOENT;
		if (!is_wanted(request, p))
			continue;
		if (p->use == EU_PROGRAM_REPORT)
			add_program(ret, program, EU_KIND_UNSPECIFIED);
		else if (p->use == EU_PROGRAM_ATTACH)
			r = attach_to_hook(&loader->objects[request->family], p, program, ret);
		else if (p->use == EU_PROGRAM_CLOCK)
			r = attach_to_clocks(loader, request, p, program, ret);
	}
	return r;
}

/* Runs an iterator to its end; what it has to say stands in maps. */
static int run_iterator(struct bpf_program *program)
{
	struct bpf_link *link = bpf_program__attach_iter(program, NULL);
	EU_CLEANUP(eu_closep) int iter = -1;
	char nothing[64];
	ssize_t n;

	if (!link)
		return -errno;
	iter = bpf_iter_create(bpf_link__fd(link));
	bpf_link__destroy(link);
	if (iter < 0)
		return -errno;
	do {
		n = read(iter, nothing, sizeof(nothing));
	} while (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)));
	return n < 0 ? -errno : 0;
}

static int look_back(const struct loader *loader, const struct eu_loader_request *request)
{
	int r = 0;

	for (const struct eu_program *p = eu_families[request->family].programs; r == 0 && p->name;
	     p++) {
		if (p->use == EU_PROGRAM_BEFORE && is_wanted(request, p))
			r = run_iterator(program_of(loader, request->family, p));
	}
	return r;
}

/* More links than a packet carries, in front of the reply. */
static int send_clocks(const struct loader *loader, uint32_t object,
		       const struct attached *attached)
{
	struct eu_loader_packet head = {.op = EU_LOADER_LINKS, .family = object};
	int r = 0;

	for (size_t sent = 0; r == 0 && sent < attached->n_clocks;) {
		size_t n = attached->n_clocks - sent;

		if (n > EU_PACKET_FDS_MAX)
			n = EU_PACKET_FDS_MAX;
		r = eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0,
				   attached->clocks + sent, n);
		sent += n;
	}
	return r;
}

/* The loop holds the links from now on: what it closes is detached. */
static int send_attached(const struct loader *loader, uint32_t object,
			 const struct attached *attached)
{
	struct eu_loader_packet head = {.op = EU_LOADER_ATTACH,
					.family = object,
					.count = (uint32_t)attached->n_links,
					.n_programs = (uint32_t)attached->n_programs};
	int fds[2 * EU_LOADER_PROGRAMS_MAX], r = send_clocks(loader, object, attached);

	for (size_t i = 0; i < attached->n_links; i++)
		fds[i] = bpf_link__fd(attached->links[i]);
	memcpy(fds + attached->n_links, attached->programs, attached->n_programs * sizeof(int));
	memcpy(head.kinds, attached->kinds, sizeof(head.kinds));
	memcpy(head.hook, loader->objects[object].hook, sizeof(head.hook));
	memcpy(head.reason, loader->objects[object].reason, sizeof(head.reason));
	return r < 0 ? r
		     : eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, fds,
				      attached->n_links + attached->n_programs);
}

/* What the attached programs need besides. */
static int prepare(struct loader *loader, const struct eu_loader_request *request,
		   struct attached *ret)
{
	const struct eu_shared_maps *maps = &loader->maps;

	if (request->family != EU_FAMILY_PERF)
		return 0;
	loader->objects[EU_FAMILY_PERF].reason[0] = '\0';
	ret->clocks = calloc(EU_PERF_CLOCKS * maps->n_cpus, sizeof(*ret->clocks));
	if (!ret->clocks)
		return -ENOMEM;
	/* Counters that are not to be had are missing in the records' mask. The clock that is
	 * refused like them says why. */
	if (request->kinds >> EU_KIND_PERF_COUNTERS & 1)
		(void)eu_perf_counters_open(loader->perf, maps->fds[EU_MAP_PERF_EVENTS],
					    maps->fds[EU_MAP_PERF_CPUS], maps->n_cpus);
	return 0;
}

/* Nothing runs: what was missing is why. */
static int check_any(const struct loaded *loaded, const struct attached *attached)
{
	if (attached->n_links > 0 || attached->n_clocks > 0 || !loaded->reason[0])
		return 0;
	loader_complain(loaded->reason);
	return -EACCES;
}

void loader_detach(struct loader *loader)
{
	eu_perf_reserve_stop(loader->perf);
	eu_perf_counters_close(loader->maps.fds[EU_MAP_PERF_EVENTS], loader->maps.n_cpus);
}

int loader_attach(struct loader *loader, const struct eu_loader_request *request)
{
	EU_CLEANUP(attached_clean) struct attached attached = {0};
	uint32_t object = request->family;
	struct loaded *loaded = &loader->objects[object];
	int r;

	if (!loaded->object && loaded->err == 0)
		loader_load(loader, &eu_families[object], loaded);
	if (!loaded->object)
		return loader_send_family(loader, EU_LOADER_ATTACH, object, loaded);
	loader_complain("");
	r = prepare(loader, request, &attached);
	if (r == 0)
		r = attach_programs(loader, request, &attached);
	if (r == 0)
		r = check_any(loaded, &attached);
	if (r == 0)
		r = look_back(loader, request);
	if (r < 0) {
		struct loaded failed = {0};

		loader_explain(&failed, r);
		return loader_send_family(loader, EU_LOADER_ATTACH, object, &failed);
	}
	return send_attached(loader, object, &attached);
}
