/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "probes/family.h"
#include "probes/hook.h"
#include "probes/internal.h"
#include "probes/kernel.h"
#include "probes/loader.h"
#include "util/cleanup.h"
#include "util/packet.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"

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

void loader_complain(const char *text)
{
	snprintf(last_complaint, sizeof(last_complaint), "%s", text);
}

void loader_explain(struct loaded *loaded, int err)
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
	int fd = strcmp(name, IDENTITIES) == 0 ? loader->identities
					       : eu_shared_maps_find(&loader->maps, name);

	return fd < 0 ? loader_enforcement_map(loader, name) : fd;
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

/* Leaves out programs whose hook does not work here, or does not have to. */
static int choose_hooks(const struct eu_family_object *family, struct bpf_object *object,
			eu_hook_try_fn try, void *data, struct loaded *ret)
{
	struct eu_hook_choice choice;

	eu_hooks_choose(family->programs, try, data, &choice);
	for (size_t i = 0; family->programs[i].name; i++) {
		struct bpf_program *program =
		    bpf_object__find_program_by_name(object, family->programs[i].name);

		if (!program)
			return -ENOENT;
		if (!choice.used[i])
			bpf_program__set_autoload(program, false);
	}
	memcpy(ret->hook, choice.hook, sizeof(ret->hook));
	memcpy(ret->reason, choice.reason, sizeof(ret->reason));
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

static int load_with(const struct loader *loader, const struct eu_family_object *family,
		     eu_hook_try_fn try, void *data, struct loaded *ret)
{
	size_t len;
	const void *bytes = family->bytes(&len);
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = family->name);
	struct bpf_object *object = bpf_object__open_mem(bytes, len, &opts);
	int r;

	if (!object)
		return -errno;
	r = reuse_shared_maps(loader, object);
	if (r == 0)
		r = eu_hold_resolve_object(&loader->hold, object);
	if (r == 0)
		r = choose_hooks(family, object, try, data, ret);
	if (r == 0)
		r = bpf_object__load(object);
	if (r == 0)
		r = install_handlers(loader, family, object);
	if (r < 0) {
		bpf_object__close(object);
		return r;
	}
	ret->object = object;
	return 0;
}

static bool has_choice(const struct eu_family_object *family)
{
	for (const struct eu_program *p = family->programs; p->name; p++) {
		if (p->hook != EU_HOOK_SURE)
			return true;
	}
	return false;
}

static int refuse(void *data, enum eu_hook hook, const char *target)
{
	(void)hook;
	(void)target;
	return *(const int *)data;
}

void loader_load(struct loader *loader, const struct eu_family_object *family, struct loaded *ret)
{
	EU_CLEANUP(eu_hook_trial_end) struct eu_hook_trial trial = {0};
	int r;

	loader_complain("");
	r = load_with(loader, family, eu_hook_try, &trial, ret);
	/* It may be one of the programs of which there is a choice: the rest does without. */
	if (r < 0 && has_choice(family))
		r = load_with(loader, family, refuse, &(int){r}, ret);
	if (r < 0)
		loader_explain(ret, r);
	else if (loader->identities < 0)
		loader->identities = bpf_object__find_map_fd_by_name(ret->object, IDENTITIES);
}

int loader_send_family(const struct loader *loader, uint32_t op, uint32_t family,
		       const struct loaded *loaded)
{
	struct eu_loader_packet head = {.op = op, .family = family, .err = loaded->err};

	memcpy(head.hook, loaded->hook, sizeof(head.hook));
	memcpy(head.reason, loaded->reason, sizeof(head.reason));
	return eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, NULL, 0);
}

/* Without maps, or what every object needs, no family can be loaded: each then says why, and the
 * loop still answers. */
static int send_no_maps(struct loader *loader, int err)
{
	struct eu_loader_packet head = {.op = EU_LOADER_MAPS, .err = err};
	int r;

	loader_explain(&loader->snapshot, err);
	memcpy(head.reason, loader->snapshot.reason, sizeof(head.reason));
	r = eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, NULL, 0);
	for (uint32_t i = 0; r == 0 && i < _EU_OBJECT_MAX; i++) {
		loader->objects[i] = loader->snapshot;
		r = loader_send_family(loader, EU_LOADER_FAMILY, i, &loader->objects[i]);
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

/* The loop runs the program itself. */
static int send_symbols(struct loader *loader)
{
	struct eu_loader_packet head = {.op = EU_LOADER_SYMBOLS};
	struct loaded *symbols = &loader->symbols;
	int fd = -1;

	if (!symbols->object && symbols->err == 0)
		loader_load(loader, &eu_symbols_object, symbols);
	head.err = symbols->err;
	memcpy(head.reason, symbols->reason, sizeof(head.reason));
	if (symbols->object)
		fd = bpf_program__fd(bpf_object__find_program_by_name(
		    symbols->object, eu_symbols_object.programs[0].name));
	return eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, &fd, fd >= 0);
}

static int serve(struct loader *loader, const struct eu_loader_request *request)
{
	switch (request->op) {
	case EU_LOADER_ATTACH:
		return request->family < _EU_OBJECT_MAX ? loader_attach(loader, request) : -EBADMSG;
	case EU_LOADER_DETACH:
		loader_detach(loader);
		return 0;
	case EU_LOADER_SNAPSHOT:
		return snapshot(loader);
	case EU_LOADER_SYMBOLS:
		return send_symbols(loader);
	case EU_LOADER_ENFORCE:
		return request->family < _EU_ENFORCE_GROUP_MAX ? loader_enforce(loader, request)
							       : -EBADMSG;
	case EU_LOADER_SETTLE:
		return loader_settle(loader, request);
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
		loader_load(loader, &eu_families[EU_FAMILY_CGROUP], cgroup);
	if (r < 0 || (cgroup->err < 0 && eu_kernel_lack()))
		return send_no_maps(loader, r < 0 ? r : cgroup->err);
	r = send_maps(loader);
	if (r == 0)
		r = loader_send_enforcement(loader);
	for (uint32_t i = 0; r == 0 && i < _EU_OBJECT_MAX; i++) {
		if (i == EU_FAMILY_PROCESS)
			loader_load(loader, &eu_families[i], &loader->objects[i]);
		r = loader_send_family(loader, EU_LOADER_FAMILY, i, &loader->objects[i]);
	}
	if (r == 0)
		loader_load(loader, &eu_snapshot_object, &loader->snapshot);
	return r;
}

static void loader_free(struct loader **loader)
{
	if (!*loader)
		return;
	for (size_t i = 0; i < _EU_OBJECT_MAX; i++)
		bpf_object__close((*loader)->objects[i].object);
	bpf_object__close((*loader)->snapshot.object);
	bpf_object__close((*loader)->symbols.object);
	for (size_t i = 0; i < _EU_ENFORCE_GROUP_MAX; i++)
		bpf_object__close((*loader)->enforcement[i].object);
	eu_shared_maps_free(&(*loader)->maps);
	free(*loader);
}

int eu_loader_run(int fd, const struct eu_loader_options *options)
{
	EU_CLEANUP(loader_free) struct loader *loader = calloc(1, sizeof(*loader));
	struct utsname uts;
	int r;

	if (!loader)
		return -ENOMEM;
	loader->fd = fd;
	loader->ring_budget = options->ring_budget;
	loader->options = options;
	loader->perf = options->perf;
	eu_perf_reserve_stop(loader->perf); /* a loader before this one may have died */
	loader->identities = -1;
	memset(loader->maps.fds, 0xff, sizeof(loader->maps.fds));
	libbpf_set_print(on_libbpf_message);
	if (uname(&uts) == 0)
		eu_hold_find(uts.release, &loader->hold);
	r = load_all(loader);
	if (r == 0)
		r = serve_until_end(loader);
	return r;
}
