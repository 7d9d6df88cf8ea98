/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "probes/family.h"
#include "probes/loader.h"
#include "probes/maps.h"
#include "util/cleanup.h"
#include "util/packet.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"

struct loaded {
	struct bpf_object *object; /* NULL: it could not be loaded, err and reason say why */
	int err;
	char reason[EU_LOADER_REASON_SIZE];
};

struct loader {
	int fd;
	size_t ring_budget;
	struct eu_shared_maps maps;
	struct loaded families[_EU_FAMILY_MAX];
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
	loaded->err = err;
	if (access(BTF_PATH, R_OK) < 0)
		snprintf(loaded->reason, sizeof(loaded->reason),
			 "%s is missing: this needs a kernel built with CONFIG_DEBUG_INFO_BTF=y",
			 BTF_PATH);
	else if (err == -EPERM)
		snprintf(loaded->reason, sizeof(loaded->reason),
			 "the kernel refused (EPERM): the collector needs CAP_BPF and CAP_PERFMON "
			 "in the initial user namespace");
	else
		snprintf(loaded->reason, sizeof(loaded->reason), "%s (%s)",
			 last_complaint[0] ? last_complaint : "libbpf gave no reason",
			 strerror(-err));
}

static int reuse_shared_maps(const struct loader *loader, struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		int fd = eu_shared_maps_find(&loader->maps, bpf_map__name(map));
		int r = fd < 0 ? 0 : bpf_map__reuse_fd(map, fd);

		if (r < 0)
			return r;
	}
	return 0;
}

static void load(const struct loader *loader, const struct eu_family_object *family,
		 struct loaded *ret)
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
		r = bpf_object__load(object);
	if (r < 0) {
		explain(ret, r);
		bpf_object__close(object);
		return;
	}
	ret->object = object;
}

static int send_family(const struct loader *loader, uint32_t op, uint32_t family,
		       const struct loaded *loaded)
{
	struct eu_loader_packet head = {.op = op, .family = family, .err = loaded->err};

	snprintf(head.hook, sizeof(head.hook), "%s", eu_families[family].hook);
	memcpy(head.reason, loaded->reason, sizeof(head.reason));
	return eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, NULL, 0);
}

/* Without maps no family can be loaded: each then says why, and the loop still answers. */
static int send_no_maps(struct loader *loader, int err)
{
	struct eu_loader_packet head = {.op = EU_LOADER_MAPS, .err = err};
	int r;

	explain(&loader->snapshot, err);
	memcpy(head.reason, loader->snapshot.reason, sizeof(head.reason));
	r = eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, NULL, 0);
	for (uint32_t i = 0; r == 0 && i < _EU_FAMILY_MAX; i++) {
		loader->families[i] = loader->snapshot;
		r = send_family(loader, EU_LOADER_FAMILY, i, &loader->families[i]);
	}
	return r;
}

static int send_maps(const struct loader *loader)
{
	struct eu_loader_packet head = {.op = EU_LOADER_MAPS,
					.count = (uint32_t)loader->maps.n_rings,
					.size = (uint32_t)loader->maps.ring_bytes};
	int r = eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, loader->maps.fds,
			       _EU_MAP_SENT_MAX);

	for (size_t sent = 0; r == 0 && sent < loader->maps.n_rings;) {
		size_t n = loader->maps.n_rings - sent;

		if (n > EU_PACKET_FDS_MAX)
			n = EU_PACKET_FDS_MAX;
		head = (struct eu_loader_packet){
		    .op = EU_LOADER_RINGS, .count = (uint32_t)(loader->maps.n_rings - sent - n)};
		r = eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0,
				   loader->maps.rings + sent, n);
		sent += n;
	}
	return r;
}

/* Attaches every program of the family. On failure nothing stays attached. */
static int attach_programs(const struct eu_family_object *family, struct bpf_object *object,
			   struct bpf_link **ret_links, int *ret_programs, uint32_t *ret_kinds)
{
	int n = 0;

	for (const struct eu_program *p = family->programs; p->name; p++, n++) {
		struct bpf_program *program = bpf_object__find_program_by_name(object, p->name);

		ret_links[n] = program ? bpf_program__attach(program) : NULL;
		if (!ret_links[n]) {
			int r = program ? -errno : -ENOENT;

			while (n-- > 0)
				bpf_link__destroy(ret_links[n]);
			return r;
		}
		ret_programs[n] = bpf_program__fd(program);
		ret_kinds[n] = p->kind;
	}
	return n;
}

static int attach(struct loader *loader, uint32_t family)
{
	struct bpf_link *links[EU_LOADER_PROGRAMS_MAX];
	int fds[2 * EU_LOADER_PROGRAMS_MAX], programs[EU_LOADER_PROGRAMS_MAX], n, r;
	struct eu_loader_packet head = {.op = EU_LOADER_ATTACH, .family = family};

	if (!loader->families[family].object)
		return send_family(loader, EU_LOADER_ATTACH, family, &loader->families[family]);
	last_complaint[0] = '\0';
	n = attach_programs(&eu_families[family], loader->families[family].object, links, programs,
			    head.kinds);
	if (n < 0) {
		struct loaded failed = {0};

		explain(&failed, n);
		return send_family(loader, EU_LOADER_ATTACH, family, &failed);
	}
	for (int i = 0; i < n; i++) {
		fds[i] = bpf_link__fd(links[i]);
		fds[n + i] = programs[i];
	}
	head.count = (uint32_t)n;
	snprintf(head.hook, sizeof(head.hook), "%s", eu_families[family].hook);
	r = eu_packet_send(loader->fd, &head, sizeof(head), NULL, 0, fds, 2 * (size_t)n);
	/* The loop holds the links now: what it closes is detached. */
	for (int i = 0; i < n; i++)
		bpf_link__destroy(links[i]);
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

static int serve(struct loader *loader, const struct eu_loader_request *request)
{
	switch (request->op) {
	case EU_LOADER_ATTACH:
		return request->family < _EU_FAMILY_MAX ? attach(loader, request->family)
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
	int r = eu_shared_maps_new(&loader->maps, loader->ring_budget);

	if (r < 0)
		return send_no_maps(loader, r);
	r = send_maps(loader);
	for (uint32_t i = 0; r == 0 && i < _EU_FAMILY_MAX; i++) {
		load(loader, &eu_families[i], &loader->families[i]);
		r = send_family(loader, EU_LOADER_FAMILY, i, &loader->families[i]);
	}
	if (r == 0)
		load(loader, &eu_snapshot_object, &loader->snapshot);
	return r;
}

static void loader_free(struct loader **loader)
{
	if (!*loader)
		return;
	for (size_t i = 0; i < _EU_FAMILY_MAX; i++)
		bpf_object__close((*loader)->families[i].object);
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
	memset(loader->maps.fds, 0xff, sizeof(loader->maps.fds));
	libbpf_set_print(on_libbpf_message);
	r = load_all(loader);
	if (r == 0)
		r = serve_until_end(loader);
	return r;
}
