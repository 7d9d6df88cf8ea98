/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/internal.h"
#include "probes/routes.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "util/packet.h"

#define DETACH_GRACE_MS 20

static void close_all(const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		eu_close(fds[i]);
}

static void *map_shared(int fd, size_t len, int prot)
{
	void *p = mmap(NULL, len, prot, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int take_maps(struct eu_collector *c, const struct eu_loader_packet *head, const int *fds,
		     size_t n_fds)
{
	size_t n_rings = 2 * (size_t)head->count;

	if (n_fds != _EU_MAP_SENT_MAX)
		return -EBADMSG;
	memcpy(c->maps, fds, sizeof(c->maps));
	c->n_cpus = head->count;
	c->ring_fds = calloc(n_rings, sizeof(*c->ring_fds));
	c->ring_watches = calloc(n_rings, sizeof(*c->ring_watches));
	c->drain.rings = calloc(n_rings, sizeof(*c->drain.rings));
	c->control =
	    map_shared(c->maps[EU_MAP_CONTROL], sizeof(*c->control), PROT_READ | PROT_WRITE);
	c->routes = map_shared(c->maps[EU_MAP_ROUTES], sizeof(*c->routes), PROT_READ | PROT_WRITE);
	c->cpu_ledgers =
	    map_shared(c->maps[EU_MAP_LEDGER], head->count * sizeof(*c->cpu_ledgers), PROT_READ);
	if (!c->ring_fds || !c->ring_watches || !c->drain.rings || !c->control || !c->routes ||
	    !c->cpu_ledgers)
		return -ENOMEM;
	c->ledger.cpus = c->cpu_ledgers;
	c->ledger.n_cpus = head->count;
	return 0;
}

/* A wake-up by a program ends the sleep; what it means is found out by reading the rings. */
static int on_ring(void *data, uint32_t events)
{
	(void)data;
	(void)events;
	return 0;
}

static int take_ring(struct eu_collector *c, int fd, size_t bytes)
{
	struct eu_watch *watch = &c->ring_watches[c->n_rings];
	int r = eu_ring_map(&c->drain.rings[c->n_rings], fd, bytes);

	if (r < 0)
		return r;
	*watch = (struct eu_watch){.fd = fd, .fn = on_ring, .data = c};
	c->ring_fds[c->n_rings++] = fd;
	c->ring_bytes += bytes;
	c->drain.n_rings = c->n_rings;
	/* Edge-triggered: without a wake-up from a program a full ring does not end the sleep. */
	return eu_loop_add(c->loop, watch, EPOLLIN | EPOLLET);
}

static int take_rings(struct eu_collector *c, size_t bytes, const int *fds, size_t n_fds)
{
	for (size_t i = 0; i < n_fds; i++) {
		int r = c->n_rings < 2 * c->n_cpus ? take_ring(c, fds[i], bytes) : -EBADMSG;

		if (r < 0) {
			close_all(fds + i, n_fds - i);
			return r;
		}
	}
	return 0;
}

static int take_family(struct eu_collector *c, const struct eu_loader_packet *head)
{
	struct family *f;

	if (head->family >= _EU_OBJECT_MAX)
		return -EBADMSG;
	f = &c->families[head->family];
	f->err = head->err;
	memcpy(f->hook, head->hook, sizeof(f->hook));
	memcpy(f->reason, head->reason, sizeof(f->reason));
	return 0;
}

static int take_hello(struct eu_collector *c, const struct eu_loader_packet *head, const int *fds,
		      size_t n_fds)
{
	switch (head->op) {
	case EU_LOADER_MAPS:
		return head->err < 0 ? 0 : take_maps(c, head, fds, n_fds);
	case EU_LOADER_RINGS:
		return take_rings(c, head->size, fds, n_fds);
	case EU_LOADER_FAMILY:
		return take_family(c, head);
	case EU_LOADER_ENFORCE:
		return enforce_take_ability(&c->enforce, head);
	default:
		return -EBADMSG;
	}
}

int collector_receive_hello(struct eu_collector *c)
{
	struct eu_loader_packet head = {0};
	int fds[EU_PACKET_FDS_MAX];

	while (head.op != EU_LOADER_FAMILY || head.family != _EU_OBJECT_MAX - 1) {
		size_t n_fds;
		ssize_t n =
		    eu_packet_receive(c->options->loader_fd, &head, sizeof(head), fds, &n_fds);
		int r = n == sizeof(head) ? take_hello(c, &head, fds, n_fds)
			: n < 0		  ? (int)n
					  : -ECONNRESET;

		if (r < 0)
			return r;
	}
	return 0;
}

int collector_request_attach(struct eu_collector *c, uint32_t family, uint32_t perf_frequency_hz)
{
	struct eu_loader_request request = {.op = EU_LOADER_ATTACH,
					    .family = family,
					    .kinds = c->subscription.wanted_kinds,
					    .perf_frequency_hz = perf_frequency_hz};

	return eu_packet_send(c->options->loader_fd, &request, sizeof(request), NULL, 0, NULL, 0);
}

int collector_take_links(struct eu_collector *c, const struct eu_loader_packet *head,
			 const int *fds, size_t n_fds)
{
	struct family *f = &c->families[head->family];
	int *grown = realloc(f->clocks, (f->n_clocks + n_fds) * sizeof(*grown));

	if (!grown) {
		close_all(fds, n_fds);
		return -ENOMEM;
	}
	f->clocks = grown;
	memcpy(f->clocks + f->n_clocks, fds, n_fds * sizeof(*fds));
	f->n_clocks += n_fds;
	return 0;
}

static void close_links(struct family *f)
{
	close_all(f->links, f->n_links);
	close_all(f->clocks, f->n_clocks);
	free(f->clocks);
	f->clocks = NULL;
	f->n_links = f->n_clocks = 0;
}

static uint64_t program_misses(int fd)
{
	struct bpf_prog_info info = {0};
	union bpf_attr attr = {.info.bpf_fd = (uint32_t)fd,
			       .info.info_len = sizeof(info),
			       .info.info = (uint64_t)(uintptr_t)&info};

	return syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)) < 0
		   ? 0
		   : info.recursion_misses;
}

int collector_take_attach(struct eu_collector *c, const struct eu_loader_packet *head,
			  const int *fds, size_t n_fds)
{
	struct family *f;

	if (head->family >= _EU_OBJECT_MAX || head->count > head->n_programs ||
	    head->n_programs > EU_LOADER_PROGRAMS_MAX || n_fds != head->count + head->n_programs) {
		close_all(fds, n_fds);
		return -EBADMSG;
	}
	f = &c->families[head->family];
	f->err = head->err;
	memcpy(f->hook, head->hook, sizeof(f->hook));
	memcpy(f->reason, head->reason, sizeof(f->reason));
	if (head->err < 0)
		return head->err;
	f->n_links = head->count;
	f->n_programs = head->n_programs;
	f->attached = true;
	memcpy(f->links, fds, head->count * sizeof(int));
	memcpy(f->programs, fds + head->count, head->n_programs * sizeof(int));
	memcpy(f->kinds, head->kinds, sizeof(f->kinds));
	for (size_t p = 0; p < f->n_programs; p++)
		f->misses[p] = program_misses(f->programs[p]);
	return 0;
}

/* Counting is a matter of the dispatcher itself. */
static void set_counted(struct eu_collector *c, uint64_t kinds)
{
	const struct subscription *s = &c->subscription;
	bool any = kinds & (1ull << EU_KIND_SYSCALL | 1ull << EU_KIND_SYSCALL_CALL);
	uint32_t calls = kinds & 1ull << EU_KIND_SYSCALL ? EU_COUNT_CALLS : 0;

	if (!any)
		memset(c->control->counted, 0, sizeof(c->control->counted));
	__atomic_store_n(&c->control->count_flags, any ? s->count_flags | calls : 0,
			 __ATOMIC_RELEASE);
	if (any)
		memcpy(c->control->counted, s->wish.calls, sizeof(c->control->counted));
}

/* After this no program runs any more but reports, which tell of the kinds that were wanted:
 * closing takes them off the hooks, the barrier waits for those still running. */
void collector_detach(struct eu_collector *c)
{
	struct eu_loader_request request = {.op = EU_LOADER_DETACH};

	set_counted(c, 0);
	eu_routes_set(c->routes, 0, NULL);
	/* What stops things goes on, but nobody hears of it. */
	__atomic_and_fetch(&c->control->kinds, ~(1ull << EU_KIND_ENFORCE_DECISION),
			   __ATOMIC_RELEASE);
	for (size_t i = 0; i < _EU_OBJECT_MAX; i++)
		close_links(&c->families[i]);
	/* Without it the loader is gone, and all that it had. */
	(void)eu_packet_send(c->options->loader_fd, &request, sizeof(request), NULL, 0, NULL, 0);
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0)
		poll(NULL, 0, DETACH_GRACE_MS);
	collector_read_misses(c);
	for (size_t i = 0; i < _EU_OBJECT_MAX; i++)
		c->families[i].attached = false;
}

void collector_release_programs(struct eu_collector *c)
{
	for (size_t i = 0; i < _EU_OBJECT_MAX; i++) {
		close_all(c->families[i].programs, c->families[i].n_programs);
		c->families[i].n_programs = 0;
	}
}

void collector_set_kinds(struct eu_collector *c, uint64_t kinds)
{
	collector_read_misses(c);
	__atomic_store_n(&c->control->kinds, kinds, __ATOMIC_RELEASE);
	if (!c->families[EU_OBJECT_DISPATCH].attached)
		kinds = 0;
	set_counted(c, kinds);
	eu_routes_set(c->routes, kinds, &c->subscription.wish);
}

bool collector_report(const struct family *f, bool final)
{
	struct eu_report report = {.final = final};
	union bpf_attr attr = {.test.ctx_in = (uint64_t)(uintptr_t)&report,
			       .test.ctx_size_in = sizeof(report)};

	/* The program for that, if there is one, stands behind those of the links. */
	if (f->n_programs == 0 || f->kinds[f->n_programs - 1] != EU_KIND_UNSPECIFIED)
		return false;
	attr.test.prog_fd = (uint32_t)f->programs[f->n_programs - 1];
	if (syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof(attr)) == 0)
		return attr.test.retval != 0;
	eu_log_warn("cannot report what was counted: %s", strerror(errno));
	return false;
}

/* The kind of what a program missed that makes records of one. A connection's change of state may
 * have been its outcome as well as its end. _EU_KIND_MAX: none that anybody wants. */
static uint32_t missed_kind(uint64_t wanted, uint32_t kind)
{
	if (kind != EU_KIND_TCP_CLOSE || wanted >> EU_KIND_TCP_CLOSE & 1)
		return kind;
	return wanted >> EU_KIND_TCP_CONNECT & 1 ? EU_KIND_TCP_CONNECT : _EU_KIND_MAX;
}

void collector_read_misses(struct eu_collector *c)
{
	for (size_t i = 0; i < _EU_OBJECT_MAX; i++) {
		struct family *f = &c->families[i];

		for (size_t p = 0; p < f->n_programs; p++) {
			uint64_t misses = program_misses(f->programs[p]);
			uint32_t kind = missed_kind(c->control->kinds, f->kinds[p]);

			if (misses <= f->misses[p])
				continue;
			if (kind < _EU_KIND_MAX)
				c->ledger.missed[kind] += misses - f->misses[p];
			f->misses[p] = misses;
		}
	}
}

void collector_release_kernel(struct eu_collector *c)
{
	for (size_t i = 0; i < _EU_OBJECT_MAX; i++) {
		close_links(&c->families[i]);
		close_all(c->families[i].programs, c->families[i].n_programs);
	}
	for (size_t i = 0; i < c->n_rings; i++) {
		eu_loop_remove(c->loop, &c->ring_watches[i]);
		eu_ring_unmap(&c->drain.rings[i]);
		eu_close(c->ring_fds[i]);
	}
	if (c->control)
		munmap(c->control, sizeof(*c->control));
	if (c->routes)
		munmap(c->routes, sizeof(*c->routes));
	if (c->cpu_ledgers)
		munmap(c->cpu_ledgers, c->ledger.n_cpus * sizeof(*c->cpu_ledgers));
	close_all(c->maps, _EU_MAP_SENT_MAX);
	free(c->ring_fds);
	free(c->ring_watches);
	free(c->drain.rings);
}
