/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "actions/mapped.h"
#include "actions/maps.h"
#include "actions/resolve.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/packet.h"

#define REAP_TRIES 20 /* of 1 ms each */
#define CHILD_S	   3  /* the kernel ends a child then, when it can */

struct resolution {
	struct eu_resolver *r;
	struct eu_mapped *mapped;
	uint32_t order[EU_RESOLVE_MAX]; /* which of the request's addresses that is */
	int64_t deadline_ns;
	int fd; /* of the child */
	pid_t *child;
	bool has_places;
	bool in_perf_map[EU_RESOLVE_MAX];
	char *functions[EU_RESOLVE_MAX]; /* by mapped's addresses; NULL: not known */
	uint64_t offsets[EU_RESOLVE_MAX];
	struct eu_symbols symbols;
	char packet[EU_ACTIONS_PAYLOAD_MAX];
};

static void resolution_free(struct resolution **sp)
{
	struct resolution *s = *sp;

	if (!s)
		return;
	for (size_t i = 0; i < EU_RESOLVE_MAX; i++)
		free(s->functions[i]);
	if (s->mapped)
		munmap(s->mapped, sizeof(*s->mapped));
	eu_close(s->fd);
	free(s);
}

/* Puts the addresses in order, and remembers whose each is. */
static void sort_addresses(struct resolution *s, const struct eu_resolve_request *request)
{
	uint64_t *to = s->mapped->request.addresses;

	s->mapped->request.pid = request->pid;
	s->mapped->request.start_ns = request->start_ns;
	s->mapped->request.n = request->n;
	for (uint32_t i = 0; i < request->n; i++) {
		uint32_t at = i;

		for (; at > 0 && to[at - 1] > request->addresses[i]; at--) {
			to[at] = to[at - 1];
			s->order[at] = s->order[at - 1];
		}
		to[at] = request->addresses[i];
		s->order[at] = i;
	}
}

static int resolution_new(struct resolution **ret, struct eu_resolver *r,
			  const struct eu_resolve_request *request)
{
	EU_CLEANUP(resolution_free) struct resolution *s = calloc(1, sizeof(*s));
	void *shared;

	if (!s)
		return -ENOMEM;
	s->r = r;
	s->fd = -1;
	s->deadline_ns = eu_clock_ns(CLOCK_MONOTONIC) + r->timeout_ms * EU_NS_PER_MS;
	shared = mmap(NULL, sizeof(*s->mapped), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED)
		return -errno;
	s->mapped = shared;
	sort_addresses(s, request);
	*ret = EU_TAKE_PTR(s);
	return 0;
}

static int left_ms(const struct resolution *s)
{
	int64_t left = (s->deadline_ns - eu_clock_ns(CLOCK_MONOTONIC)) / EU_NS_PER_MS;

	return left > 0 ? (int)left : 0;
}

/* -- the child -- */

/* Its alarm ends it when it takes too long, unless it waits for a file system that does not
 * answer. */
static _Noreturn void run_child(struct resolution *s, int fd)
{
	const struct itimerval end = {.it_value.tv_sec = CHILD_S};

	/* Not alarm(): it is a call of its own, which the filter does not know. */
	if (setitimer(ITIMER_REAL, &end, NULL) < 0)
		_exit(EXIT_FAILURE);
	eu_close(s->r->fd);
	eu_extractor_forget(s->r->extractor);
	eu_mapped_run(s->r->proc, fd, s->mapped);
	_exit(EXIT_SUCCESS);
}

static pid_t *free_slot(struct eu_resolver *r)
{
	pid_t *found = NULL;

	for (size_t i = 0; i < EU_RESOLVE_STUCK_MAX; i++) {
		if (r->stuck[i] && waitpid(r->stuck[i], NULL, WNOHANG) != 0)
			r->stuck[i] = 0;
		if (!r->stuck[i])
			found = &r->stuck[i];
	}
	return found;
}

static int start_child(struct resolution *s)
{
	pid_t *slot = free_slot(s->r);
	int fds[2];
	pid_t pid;

	if (!slot)
		return -EBUSY;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	s->fd = fds[0];
	EU_CLEANUP(eu_closep) int theirs = fds[1];

	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		run_child(s, theirs);
	*slot = pid;
	s->child = slot;
	return 0;
}

/* Who ended by itself is gone at once; whoever hangs is looked after when the next request comes.
 */
static void reap_child(struct resolution *s)
{
	for (int i = 0; i < REAP_TRIES && *s->child; i++) {
		if (waitpid(*s->child, NULL, WNOHANG) != 0)
			*s->child = 0;
		else
			poll(NULL, 0, 1);
	}
}

/* -- what it found -- */

struct question {
	uint64_t at[EU_RESOLVE_MAX]; /* ascending */
	uint32_t who[EU_RESOLVE_MAX];
	size_t n;
};

static void add_question(struct question *q, uint64_t at, uint32_t who)
{
	size_t i = q->n++;

	for (; i > 0 && q->at[i - 1] > at; i--) {
		q->at[i] = q->at[i - 1];
		q->who[i] = q->who[i - 1];
	}
	q->at[i] = at;
	q->who[i] = who;
}

static void collect(const struct resolution *s, const struct eu_mapped_packet *packet,
		    struct question *q)
{
	const struct eu_mapped *m = s->mapped;

	for (uint32_t i = 0; i < m->request.n; i++) {
		uint32_t module = m->module[i];

		if (module == 0)
			continue;
		if (packet->op == EU_MAPPED_PERF_MAP && m->modules[module - 1].is_anonymous)
			add_question(q, m->request.addresses[i], i);
		else if (packet->op == EU_MAPPED_FILE && module - 1 == packet->module)
			add_question(q, m->offset[i], i);
	}
}

static enum eu_symbols_kind kind_of(const struct resolution *s,
				    const struct eu_mapped_packet *packet)
{
	if (s->mapped->is_lookup)
		return packet->module == 0 ? EU_SYMBOLS_PASSWD : EU_SYMBOLS_GROUP;
	return packet->op == EU_MAPPED_PERF_MAP ? EU_SYMBOLS_PERF_MAP : EU_SYMBOLS_ELF;
}

static int ask(struct resolution *s, const struct eu_mapped_packet *packet, int file)
{
	bool perf_map = packet->op == EU_MAPPED_PERF_MAP;
	struct question q = {.n = 0};
	int r;

	collect(s, packet, &q);
	r = eu_extractor_symbols(s->r->extractor, kind_of(s, packet), file, q.at, q.n, left_ms(s),
				 &s->symbols);
	for (size_t i = 0; r == 0 && i < q.n; i++) {
		const struct eu_named *named = &s->symbols.named[i];
		uint32_t who = q.who[i];

		if (named->len == 0)
			continue;
		free(s->functions[who]);
		s->functions[who] = strndup(s->symbols.names + named->name, named->len);
		s->offsets[who] = named->offset;
		s->in_perf_map[who] = perf_map;
	}
	return r == -EPIPE ? r : 0; /* what a file does not tell is not known */
}

/* 1: another may come; 0: all is known or time is up; -errno. */
static int take_packet(struct resolution *s)
{
	struct pollfd wait = {.fd = s->fd, .events = POLLIN};
	EU_CLEANUP(eu_closep) int file = -1;
	struct eu_mapped_packet packet;
	int fds[EU_PACKET_FDS_MAX];
	size_t n_fds;
	ssize_t n;
	int r = 0;

	if (left_ms(s) == 0 || poll(&wait, 1, left_ms(s)) <= 0)
		return s->has_places ? 0 : -ETIMEDOUT;
	n = eu_packet_receive(s->fd, &packet, sizeof(packet), fds, &n_fds);
	file = n_fds == 1 ? fds[0] : -1;
	if (n != sizeof(packet)) {
		reap_child(s);
		return s->has_places ? 0 : -ECHILD;
	}
	if (packet.op == EU_MAPPED_PLACES) {
		s->has_places = packet.err == 0;
		r = packet.err;
	} else if (file >= 0) {
		r = ask(s, &packet, file);
	}
	return r < 0 ? r : 1;
}

/* -- the answer -- */

static const char *module_of(const struct resolution *s, uint32_t i)
{
	const struct eu_mapped *m = s->mapped;

	if (m->module[i] == 0 || m->is_lookup)
		return "";
	if (s->in_perf_map[i])
		return "[perf-map]";
	return m->modules[m->module[i] - 1].path[0] ? m->modules[m->module[i] - 1].path : "[anon]";
}

static size_t write_record(const struct resolution *s, uint32_t i, char *to)
{
	const char *function = s->functions[i] ? s->functions[i] : "", *module = module_of(s, i);
	struct eu_resolved head = {
	    .offset = *function ? s->offsets[i] : s->mapped->offset[i],
	    .function_len = (uint16_t)strnlen(function, EU_RESOLVE_TEXT_SIZE - 1),
	};
	size_t len = eu_mapping_path_len(module);

	head.module_len = (uint16_t)(len < EU_RESOLVE_TEXT_SIZE ? len : EU_RESOLVE_TEXT_SIZE - 1);
	len = sizeof(head) + head.function_len + head.module_len;

	memcpy(to, &head, sizeof(head));
	memcpy(to + sizeof(head), function, head.function_len);
	memcpy(to + sizeof(head) + head.function_len, module, head.module_len);
	while (len % 8)
		to[len++] = '\0';
	return len;
}

#define RECORD_MAX (sizeof(struct eu_resolved) + 2 * EU_RESOLVE_TEXT_SIZE)

static int emit_all(struct resolution *s, eu_resolve_emit emit, void *data)
{
	uint32_t n = s->mapped->request.n, sorted[EU_RESOLVE_MAX];
	size_t len = 0;

	for (uint32_t i = 0; i < n; i++)
		sorted[s->order[i]] = i;
	for (uint32_t i = 0; i < n; i++) {
		if (len + RECORD_MAX > sizeof(s->packet)) {
			int r = emit(data, s->packet, len, EU_ACTIONS_MORE);

			if (r < 0)
				return r;
			len = 0;
		}
		len += write_record(s, sorted[i], s->packet + len);
	}
	return emit(data, s->packet, len, 0);
}

static int serve(struct eu_resolver *r, const struct eu_resolve_request *request, bool is_lookup,
		 eu_resolve_emit emit, void *data)
{
	EU_CLEANUP(resolution_free) struct resolution *s = NULL;
	int result = resolution_new(&s, r, request);

	if (result == 0) {
		s->mapped->is_lookup = is_lookup;
		result = start_child(s);
	}
	if (result == 0) {
		do {
			result = take_packet(s);
		} while (result > 0);
	}
	return result < 0 ? result : emit_all(s, emit, data);
}

int eu_resolve(struct eu_resolver *r, const struct eu_resolve_request *request,
	       eu_resolve_emit emit, void *data)
{
	return serve(r, request, false, emit, data);
}

int eu_lookup(struct eu_resolver *r, const struct eu_resolve_request *request, eu_resolve_emit emit,
	      void *data)
{
	return serve(r, request, true, emit, data);
}
