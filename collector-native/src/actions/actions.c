/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "actions/actions.h"
#include "actions/cgroups.h"
#include "actions/files.h"
#include "actions/ident.h"
#include "actions/inspect.h"
#include "actions/protocol.h"
#include "actions/resolve.h"
#include "actions/signal.h"
#include "util/cleanup.h"
#include "util/packet.h"

#define EXTRACT_TIMEOUT_MS 2000
#define RESOLVE_TIMEOUT_MS 2000

struct actions {
	int fd; /* the caller's */
	int root;
	int proc;
	struct eu_extractor *extractor;
	struct eu_slow_users slow_users;
	struct eu_resolver resolver;
	const struct eu_actions_options *options;
};

static void actions_clean(struct actions *a)
{
	eu_extractor_free(a->extractor);
	eu_close(a->proc);
	eu_close(a->root);
}

static int actions_start(struct actions *a)
{
	const struct eu_actions_options *o = a->options;
	struct eu_extractor_options extractor = {
	    .uid = o->extractor_uid ? o->extractor_uid : EU_ACTIONS_UID,
	    .timeout_ms = EXTRACT_TIMEOUT_MS,
	    .table = eu_extract_table,
	};
	int r;

	r = eu_extractor_new(&a->extractor, &extractor);
	if (r == 0 && o->confine)
		r = o->confine(o->confine_data);
	if (r < 0)
		return r;
	a->root = eu_files_open_root(o->sysroot);
	if (a->root < 0)
		return a->root;
	a->proc = eu_files_open_dir(a->root, "proc", O_PATH);
	a->resolver = (struct eu_resolver){.proc = a->proc,
					   .fd = a->fd,
					   .extractor = a->extractor,
					   .timeout_ms = RESOLVE_TIMEOUT_MS};
	return a->proc < 0 ? a->proc : 0;
}

static int send_reply(struct actions *a, struct eu_actions_reply reply, const void *payload)
{
	return eu_packet_send(a->fd, &reply, sizeof(reply), payload, reply.size, NULL, 0);
}

static int refuse(struct actions *a, uint32_t id, int err)
{
	return send_reply(a, (struct eu_actions_reply){.id = id, .err = err}, NULL);
}

/* -- operations: 0, or -errno when the reply could not be sent -- */

static int serve_inspect(struct actions *a, const struct eu_actions_packet *packet)
{
	struct eu_inspector in = {
	    .root = a->root,
	    .proc = a->proc,
	    .runtime_roots = a->options->runtime_roots,
	    .n_runtime_roots = a->options->n_runtime_roots,
	    .extractor = a->extractor,
	    .slow_users = &a->slow_users,
	};
	const struct eu_actions_request *request = &packet->request;
	struct eu_inspect_result result;
	int r;

	if (!eu_container_id_valid(request->container, sizeof(request->container)))
		return refuse(a, request->id, -EINVAL);
	r = eu_inspect(&in, request->container, &result);
	if (r < 0)
		return refuse(a, request->id, r);
	return send_reply(a, (struct eu_actions_reply){.id = request->id, .size = sizeof(result)},
			  &result);
}

struct listing {
	struct actions *a;
	uint32_t id;
};

static int emit_records(void *data, const void *records, size_t size, uint32_t flags)
{
	struct listing *l = data;

	return send_reply(
	    l->a, (struct eu_actions_reply){.id = l->id, .flags = flags, .size = (uint32_t)size},
	    records);
}

static int serve_list_cgroups(struct actions *a, const struct eu_actions_packet *packet)
{
	struct listing l = {.a = a, .id = packet->request.id};
	int r = eu_cgroups_list(a->root, EU_CGROUPS_MAX, emit_records, &l);

	return r < 0 ? refuse(a, l.id, r) : 0;
}

static int serve_resolve(struct actions *a, const struct eu_actions_packet *packet)
{
	struct listing l = {.a = a, .id = packet->request.id};
	int r = eu_resolve(&a->resolver, &packet->resolve, emit_records, &l);

	return r < 0 ? refuse(a, l.id, r) : 0;
}

static int serve_lookup(struct actions *a, const struct eu_actions_packet *packet)
{
	struct listing l = {.a = a, .id = packet->request.id};
	int r = eu_lookup(&a->resolver, &packet->resolve, emit_records, &l);

	return r < 0 ? refuse(a, l.id, r) : 0;
}

static int serve_signal(struct actions *a, const struct eu_actions_packet *packet)
{
	struct eu_signaler signaler = {.root = a->root,
				       .proc = a->proc,
				       .allow = a->options->allow,
				       .host_pidns = a->options->host_pidns,
				       .supervisor = a->options->supervisor};
	struct eu_signaled signaled = {0};
	int r = eu_signal(&signaler, &packet->signal, &signaled.processes);

	if (r < 0)
		return refuse(a, packet->request.id, r);
	return send_reply(
	    a, (struct eu_actions_reply){.id = packet->request.id, .size = sizeof(signaled)},
	    &signaled);
}

static int (*const operations[])(struct actions *a, const struct eu_actions_packet *packet) = {
    [EU_ACTIONS_INSPECT] = serve_inspect, [EU_ACTIONS_LIST_CGROUPS] = serve_list_cgroups,
    [EU_ACTIONS_RESOLVE] = serve_resolve, [EU_ACTIONS_LOOKUP] = serve_lookup,
    [EU_ACTIONS_SIGNAL] = serve_signal,
};
_Static_assert(sizeof(operations) / sizeof(operations[0]) == _EU_ACTIONS_OP_MAX,
	       "every operation is served");

static bool is_size(const struct eu_actions_packet *packet, size_t size)
{
	size_t head = sizeof(packet->request);

	if (packet->request.op == EU_ACTIONS_SIGNAL)
		return size == head + sizeof(packet->signal);
	if (packet->request.op != EU_ACTIONS_RESOLVE && packet->request.op != EU_ACTIONS_LOOKUP)
		return size == head;
	return size >= head + offsetof(struct eu_resolve_request, addresses) &&
	       packet->resolve.n <= EU_RESOLVE_MAX && packet->resolve.pid != 0 &&
	       size == head + eu_resolve_request_size(packet->resolve.n);
}

/* Receives one request and replies to it. 0/-errno of the socket; *ret_end when it was closed. */
static int serve_request(struct actions *a, bool *ret_end)
{
	struct eu_actions_packet packet = {0};
	ssize_t n = recv(a->fd, &packet, sizeof(packet), MSG_TRUNC);
	uint32_t op = packet.request.op;

	*ret_end = n == 0;
	if (n <= 0)
		return n < 0 ? -errno : 0;
	if (!op || op >= _EU_ACTIONS_OP_MAX || !is_size(&packet, (size_t)n))
		return refuse(a, packet.request.id, -EINVAL);
	return operations[op](a, &packet);
}

static int serve(struct actions *a)
{
	bool end = false;
	int r = 0;

	while (!end && (r == 0 || r == -EINTR)) {
		r = serve_request(a, &end);
		if (!eu_extractor_alive(a->extractor))
			return -ECHILD;
	}
	return r == -EPIPE || r == -ECONNRESET ? 0 : r;
}

int eu_actions_run(int fd, const struct eu_actions_options *options)
{
	EU_CLEANUP(actions_clean)
	struct actions a = {.fd = fd, .root = -1, .proc = -1, .options = options};
	int r = actions_start(&a);

	return r < 0 ? r : serve(&a);
}
