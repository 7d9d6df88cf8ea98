/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "probes/family.h"
#include "probes/kernel.h"
#include "probes/loader.h"
#include "probes/maps.h"
#include "util/cleanup.h"
#include "util/packet.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"

struct loaded {
	struct bpf_object *object; /* NULL: not loaded yet, or with err it could not be */
	int err;
	char reason[EU_LOADER_REASON_SIZE];
};

struct loader {
	int fd;
	size_t ring_budget;
	struct eu_shared_maps maps;
	int identities; /* borrowed from the first object that has this map; -1 before */
	struct loaded objects[_EU_OBJECT_MAX];
	struct loaded snapshot;
	char chunk[EU_LOADER_PAYLOAD_MAX];
};

/* The last thing libbpf complained about: the best reason there is for a failure. */
static char last_complaint[EU_LOADER_REASON_SIZE];

static int on_libbpf_message(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (level == LIBBPF_WARN && last_complaint[0] == '\0') {
		vsnprintf(last_complaint, sizeof(last_complaint), fmt, ap);
		last_complaint[strcspn(last_complaint, "\n")] = '\0';
	}
	return 0;
}

static void explain(struct loaded *loaded, int err)
{
	const char *lack = eu_kernel_lack();

	loaded->err = err;
	if (access(BTF_PATH, R_OK) < 0)
		snprintf(loaded->reason, sizeof(loaded->reason),
			 "%s is missing: this needs a kernel built with CONFIG_DEBUG_INFO_BTF=y",
			 BTF_PATH);
	else if (lack)
		snprintf(loaded->reason, sizeof(loaded->reason), "%s", lack);
	else if (err == -EPERM)
		snprintf(loaded->reason, sizeof(loaded->reason),
			 "the kernel refused (EPERM): the collector needs CAP_BPF and CAP_PERFMON "
			 "in the initial user namespace");
	else
		snprintf(loaded->reason, sizeof(loaded->reason), "%s (%s)",
			 last_complaint[0] ? last_complaint : "libbpf gave no reason",
			 strerror(-err));
}

/* Task storage needs the type information of an object, so the first one makes it for all. */
#define IDENTITIES "identities"

static int shared_map(const struct loader *loader, const char *name)
{
	return strcmp(name, IDENTITIES) == 0 ? loader->identities
					     : eu_shared_maps_find(&loader->maps, name);
}

static int reuse_shared_maps(const struct loader *loader, struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		int fd = shared_map(loader, bpf_map__name(map));
		int r = fd < 0 ? 0 : bpf_map__reuse_fd(map, fd);

		if (r < 0)
			return r;
	}
	return 0;
}

static bool has_tracepoint(const struct btf *btf, const char *name)
{
	char type[64];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF) > 0;
}

/* What is not seen here is the family's reason to be degraded. */
static void note_lack(struct loaded *loaded, const struct eu_program *p, const char *why)
{
	size_t len = strlen(loaded->reason);

	if (strstr(loaded->reason, p->lacks))
		return;
	snprintf(loaded->reason + len, sizeof(loaded->reason) - len, "%sno %s: %s", len ? "; " : "",
		 p->lacks, why);
}

/* Leaves out programs whose hook this kernel does not have. */
static int leave_out_missing(const struct eu_family_object *family, struct bpf_object *object,
			     struct loaded *ret)
{
	struct btf *btf = NULL;

	for (const struct eu_program *p = family->programs; p->name; p++) {
		struct bpf_program *program = bpf_object__find_program_by_name(object, p->name);

		if (!p->tracepoint)
			continue;
		if (!btf)
			btf = btf__load_vmlinux_btf();
		if (!btf || !program) {
			btf__free(btf);
			return -ENOENT;
		}
		if (has_tracepoint(btf, p->tracepoint))
			continue;
		bpf_program__set_autoload(program, false);
		/* Of two that stand for each other one says it for both. */
		if (!p->instead ||
		    (strcmp(p->instead, p->tracepoint) > 0 && !has_tracepoint(btf, p->instead)))
			note_lack(ret, p, "this kernel has no tracepoint for it");
	}
	btf__free(btf);
	return 0;
}

/* Puts the programs that the dispatcher enters into its table. It has no entry for them until
 * somebody wants their calls. */
static int install_handlers(const struct loader *loader, const struct eu_family_object *family,
			    struct bpf_object *object)
{
	for (const struct eu_program *p = family->programs; p->name; p++) {
		struct bpf_program *program = bpf_object__find_program_by_name(object, p->name);
		uint32_t slot = p->handler;
		int fd = program ? bpf_program__fd(program) : -ENOENT;

		if (program && p->use != EU_PROGRAM_HANDLER)
			continue;
		if (fd >= 0)
			fd = bpf_map_update_elem(loader->maps.fds[EU_MAP_HANDLERS], &slot, &fd,
						 BPF_ANY);
		if (fd < 0)
			return fd;
	}
	return 0;
}

static void load(struct loader *loader, const struct eu_family_object *family, struct loaded *ret)
{
	size_t len;
	const void *bytes = family->bytes(&len);
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = family->name);
	struct bpf_object *object = bpf_object__open_mem(bytes, len, &opts);
	int r;

	last_complaint[0] = '\0';
	if (!object) {
		explain(ret, -errno);
		return;
	}
	r = reuse_shared_maps(loader, object);
	if (r == 0)
		r = leave_out_missing(family, object, ret);
	if (r == 0)
		r = bpf_object__load(object);
	if (r == 0)
		r = install_handlers(loader, family, object);
	if (r < 0) {
		explain(ret, r);
		bpf_object__close(object);
		return;
	}
	ret->object = object;
	if (loader->identities < 0)
		loader->identities = bpf_object__find_map_fd_by_name(object, IDENTITIES);
}

static int send_family(const struct loader *loader, uint32_t op, uint32_t family,
		       const struct loaded *loaded)
{
	struct eu_loader_packet head = {.op = op, .family = family, .err = loaded->err};

	snprintf(head.hook, sizeof(head.hook), "%s", eu_families[family].hook);
	memcpy(head.reason, loaded->reason, sizeof(head.reason));
	return eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, NULL, 0);
}

/* Without maps, or what every object needs, no family can be loaded: each then says why, and the
 * loop still answers. */
static int send_no_maps(struct loader *loader, int err)
{
	struct eu_loader_packet head = {.op = EU_LOADER_MAPS, .err = err};
	int r;

	explain(&loader->snapshot, err);
	memcpy(head.reason, loader->snapshot.reason, sizeof(head.reason));
	r = eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, NULL, 0);
	for (uint32_t i = 0; r == 0 && i < _EU_OBJECT_MAX; i++) {
		loader->objects[i] = loader->snapshot;
		r = send_family(loader, EU_LOADER_FAMILY, i, &loader->objects[i]);
	}
	return r;
}

static int send_rings(const struct loader *loader, const int *rings, size_t bytes)
{
	struct eu_loader_packet head = {.op = EU_LOADER_RINGS, .size = (uint32_t)bytes};
	int r = 0;

	for (size_t sent = 0; r == 0 && sent < loader->maps.n_cpus;) {
		size_t n = loader->maps.n_cpus - sent;

		if (n > EU_PACKET_FDS_MAX)
			n = EU_PACKET_FDS_MAX;
		r = eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, rings + sent, n);
		sent += n;
	}
	return r;
}

static int send_maps(const struct loader *loader)
{
	const struct eu_shared_maps *maps = &loader->maps;
	struct eu_loader_packet head = {.op = EU_LOADER_MAPS, .count = (uint32_t)maps->n_cpus};
	int r =
	    eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, maps->fds, _EU_MAP_SENT_MAX);

	if (r == 0)
		r = send_rings(loader, maps->rings, maps->lifecycle_bytes);
	if (r == 0)
		r = send_rings(loader, maps->rings + maps->n_cpus, maps->event_bytes);
	return r;
}

struct attached {
	struct bpf_link *links[EU_LOADER_PROGRAMS_MAX];
	int programs[EU_LOADER_PROGRAMS_MAX];
	size_t n_links;
	size_t n_programs; /* one more when there is one to be run for reports */
};

static void attached_clean(struct attached *a)
{
	for (size_t i = 0; i < a->n_links; i++)
		bpf_link__destroy(a->links[i]);
}

static struct bpf_program *program_of(const struct loader *loader, uint32_t object,
				      const struct eu_program *p)
{
	return bpf_object__find_program_by_name(loader->objects[object].object, p->name);
}

/* Attaches every program of the object that wants it. One that is not everywhere may fail. */
static int attach_programs(struct loader *loader, uint32_t object, struct attached *ret,
			   uint32_t *ret_kinds)
{
	for (const struct eu_program *p = eu_families[object].programs; p->name; p++) {
		struct bpf_program *program = program_of(loader, object, p);
		size_t n = ret->n_links;

		if (!program)
			return -ENOENT;
		if (p->use == EU_PROGRAM_REPORT)
			ret->programs[ret->n_programs++] = bpf_program__fd(program);
		if (p->use != EU_PROGRAM_ATTACH || !bpf_program__autoload(program))
			continue;
		ret->links[n] = bpf_program__attach(program);
		if (!ret->links[n] && !p->tracepoint)
			return -errno;
		if (!ret->links[n]) {
			note_lack(&loader->objects[object], p, strerror(errno));
			continue;
		}
		ret->programs[ret->n_programs++] = bpf_program__fd(program);
		ret_kinds[n] = p->kind;
		ret->n_links++;
	}
	return 0;
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

static int look_back(const struct loader *loader, uint32_t object)
{
	int r = 0;

	for (const struct eu_program *p = eu_families[object].programs; r == 0 && p->name; p++) {
		if (p->use == EU_PROGRAM_BEFORE)
			r = run_iterator(program_of(loader, object, p));
	}
	return r;
}

/* Objects are loaded when somebody wants them first: each costs tens of milliseconds. */
static int attach(struct loader *loader, uint32_t object)
{
	EU_CLEANUP(attached_clean) struct attached attached = {0};
	struct loaded *loaded = &loader->objects[object];
	int fds[2 * EU_LOADER_PROGRAMS_MAX], r;
	struct eu_loader_packet head = {.op = EU_LOADER_ATTACH, .family = object};

	if (!loaded->object && loaded->err == 0)
		load(loader, &eu_families[object], loaded);
	if (!loaded->object)
		return send_family(loader, EU_LOADER_ATTACH, object, loaded);
	last_complaint[0] = '\0';
	r = attach_programs(loader, object, &attached, head.kinds);
	if (r == 0)
		r = look_back(loader, object);
	if (r < 0) {
		struct loaded failed = {0};

		explain(&failed, r);
		return send_family(loader, EU_LOADER_ATTACH, object, &failed);
	}
	for (size_t i = 0; i < attached.n_links; i++)
		fds[i] = bpf_link__fd(attached.links[i]);
	memcpy(fds + attached.n_links, attached.programs, attached.n_programs * sizeof(int));
	head.count = (uint32_t)attached.n_links;
	head.n_programs = (uint32_t)attached.n_programs;
	snprintf(head.hook, sizeof(head.hook), "%s", eu_families[object].hook);
	memcpy(head.reason, loaded->reason, sizeof(head.reason));
	/* The loop holds the links from now on: what it closes is detached. */
	return eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, fds,
			      attached.n_links + attached.n_programs);
}

static int send_snapshot(const struct loader *loader, int err, size_t len)
{
	struct eu_loader_packet head = {
	    .op = EU_LOADER_SNAPSHOT, .err = err, .size = (uint32_t)len};

	return eu_packet_send(loader->fd, &head, sizeof(head), loader->chunk, len, NULL, 0);
}

/* How much of the chunk is whole records: a read from the iterator may end within one. */
static size_t whole_records(const char *chunk, size_t len)
{
	size_t at = 0;

	while (at + sizeof(struct eu_event_header) <= len) {
		const struct eu_event_header *hdr = (const void *)(chunk + at);

		if (at + hdr->size > len)
			break;
		at += hdr->size;
	}
	return at;
}

static int read_snapshot(struct loader *loader, int iter)
{
	size_t have = 0;
	ssize_t n;

	while ((n = read(iter, loader->chunk + have, sizeof(loader->chunk) - have)) != 0) {
		size_t whole;
		int r;

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n < 0)
			return -errno;
		have += (size_t)n;
		whole = whole_records(loader->chunk, have);
		if (whole == 0)
			continue;
		r = send_snapshot(loader, 0, whole);
		if (r < 0)
			return r;
		have -= whole;
		memmove(loader->chunk, loader->chunk + whole, have);
	}
	return 0;
}

static int snapshot(struct loader *loader)
{
	struct bpf_program *program;
	struct bpf_link *link;
	EU_CLEANUP(eu_closep) int iter = -1;
	int r;

	if (!loader->snapshot.object)
		return send_snapshot(loader, loader->snapshot.err, 0);
	program = bpf_object__find_program_by_name(loader->snapshot.object,
						   eu_snapshot_object.programs[0].name);
	link = bpf_program__attach_iter(program, NULL);
	if (!link)
		return send_snapshot(loader, -errno, 0);
	iter = bpf_iter_create(bpf_link__fd(link));
	r = iter < 0 ? -errno : read_snapshot(loader, iter);
	bpf_link__destroy(link);
	return send_snapshot(loader, r, 0);
}

static int serve(struct loader *loader, const struct eu_loader_request *request)
{
	switch (request->op) {
	case EU_LOADER_ATTACH:
		return request->family < _EU_OBJECT_MAX ? attach(loader, request->family)
							: -EBADMSG;
	case EU_LOADER_SNAPSHOT:
		return snapshot(loader);
	default:
		return -EBADMSG;
	}
}

static int serve_until_end(struct loader *loader)
{
	struct eu_loader_request request;
	int fds[EU_PACKET_FDS_MAX];
	size_t n_fds;
	ssize_t n;
	int r = 0;

	while (r == 0 &&
	       (n = eu_packet_receive(loader->fd, &request, sizeof(request), fds, &n_fds)) != 0) {
		if (n != sizeof(request))
			return n < 0 ? (int)n : -EBADMSG;
		r = serve(loader, &request);
	}
	return r;
}

static int load_all(struct loader *loader)
{
	struct loaded *cgroup = &loader->objects[EU_FAMILY_CGROUP];
	int r = eu_shared_maps_new(&loader->maps, loader->ring_budget);

	if (r == 0)
		load(loader, &eu_families[EU_FAMILY_CGROUP], cgroup);
	if (r < 0 || (cgroup->err < 0 && eu_kernel_lack()))
		return send_no_maps(loader, r < 0 ? r : cgroup->err);
	r = send_maps(loader);
	for (uint32_t i = 0; r == 0 && i < _EU_OBJECT_MAX; i++) {
		if (i == EU_FAMILY_PROCESS)
			load(loader, &eu_families[i], &loader->objects[i]);
		r = send_family(loader, EU_LOADER_FAMILY, i, &loader->objects[i]);
	}
	if (r == 0)
		load(loader, &eu_snapshot_object, &loader->snapshot);
	return r;
}

static void loader_free(struct loader **loader)
{
	if (!*loader)
		return;
	for (size_t i = 0; i < _EU_OBJECT_MAX; i++)
		bpf_object__close((*loader)->objects[i].object);
	bpf_object__close((*loader)->snapshot.object);
	eu_shared_maps_free(&(*loader)->maps);
	free(*loader);
}

int eu_loader_run(int fd, const struct eu_loader_options *options)
{
	EU_CLEANUP(loader_free) struct loader *loader = calloc(1, sizeof(*loader));
	int r;

	if (!loader)
		return -ENOMEM;
	loader->fd = fd;
	loader->ring_budget = options->ring_budget;
	loader->identities = -1;
	memset(loader->maps.fds, 0xff, sizeof(loader->maps.fds));
	libbpf_set_print(on_libbpf_message);
	r = load_all(loader);
	if (r == 0)
		r = serve_until_end(loader);
	return r;
}
