/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What already runs: cgroups from the actions process, then tasks from the loader, a packet at a
 * time. While one is on its way to the client the siblings' sockets are not read, so nothing piles
 * up.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "collector/internal.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/packet.h"

static void read_siblings(struct eu_collector *c, bool on)
{
	(void)eu_loop_modify(c->loop, &c->actions, on ? EPOLLIN : 0);
	(void)eu_loop_modify(c->loop, &c->loader, on ? EPOLLIN : 0);
}

static void on_closed(void *data, struct eu_rpc_call *call)
{
	struct eu_collector *c = data;

	(void)call;
	c->snapshot.call = NULL;
	if (c->snapshot.in_flight)
		read_siblings(c, true);
	c->snapshot.in_flight = false;
}

static void on_sent(void *data, struct eu_rpc_call *call)
{
	struct eu_collector *c = data;

	(void)call;
	c->snapshot.in_flight = false;
	read_siblings(c, true);
	if (c->snapshot.state == SNAPSHOT_NONE)
		c->snapshot.call = NULL;
}

uint8_t *snapshot_packet_buffer(struct eu_collector *c, size_t head_len)
{
	return c->snapshot.buffer + EU_BATCH_HEADROOM - head_len;
}

static uint32_t count_records(const uint8_t *records, size_t len)
{
	uint32_t n = 0;

	for (size_t at = 0; at + sizeof(struct eu_event_header) <= len; n++) {
		struct eu_event_header hdr;

		memcpy(&hdr, records + at, sizeof(hdr));
		at += hdr.size;
	}
	return n;
}

static void send_records(struct eu_collector *c, size_t len, bool final)
{
	struct snapshot *s = &c->snapshot;
	uint8_t *records = s->buffer + EU_BATCH_HEADROOM;
	struct eu_batch_header header = {.batch = s->batches++,
					 .final = final,
					 .boot_to_unix_ns = eu_clock_boot_to_unix_ns(),
					 .drained_ns = (uint64_t)eu_clock_ns(CLOCK_BOOTTIME),
					 .record_count = count_records(records, len)};
	size_t msg_len;
	uint8_t *msg = eu_batch_encode(records, EU_BATCH_HEADROOM, len, &header, &msg_len);

	if (eu_rpc_stream_send(s->call, msg, msg_len, on_sent) < 0)
		return; /* on_closed is on its way */
	s->in_flight = true;
	read_siblings(c, false);
}

static void fail(struct eu_collector *c, int err, const char *what)
{
	struct eu_rpc_call *call = c->snapshot.call;

	c->snapshot.state = SNAPSHOT_NONE;
	c->snapshot.call = NULL;
	if (call)
		eu_rpc_fail(call, EU_RPC_INTERNAL, "cannot list what runs: %s: %s", what,
			    strerror(-err));
}

static void request_tasks(struct eu_collector *c)
{
	struct eu_loader_request request = {.op = EU_LOADER_SNAPSHOT};
	int r = eu_packet_send(c->options->loader_fd, &request, sizeof(request), NULL, 0, NULL, 0);

	if (r < 0)
		fail(c, r, "loader");
	else
		c->snapshot.state = SNAPSHOT_TASKS;
}

void snapshot_on_cgroups(struct eu_collector *c, const struct eu_actions_reply *reply)
{
	struct snapshot *s = &c->snapshot;

	if (reply->err < 0) {
		fail(c, reply->err, "cgroups");
		return;
	}
	if (reply->flags & EU_ACTIONS_INCOMPLETE)
		eu_log_warn("there are more cgroups than can be listed");
	if (s->call && reply->size > 0)
		send_records(c, reply->size, false);
	if (!(reply->flags & EU_ACTIONS_MORE))
		request_tasks(c);
}

void snapshot_on_tasks(struct eu_collector *c, const struct eu_loader_packet *packet)
{
	struct snapshot *s = &c->snapshot;
	bool last = packet->size == 0;

	if (packet->err < 0) {
		fail(c, packet->err, "tasks");
		return;
	}
	if (s->call)
		send_records(c, packet->size, last);
	if (!last)
		return;
	s->state = SNAPSHOT_NONE;
	if (s->call && !eu_rpc_stream_end(s->call, EU_RPC_OK, NULL))
		s->call = NULL;
}

void snapshot_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	struct eu_collector *c = data;
	struct snapshot *s = &c->snapshot;
	struct eu_actions_request request = {.op = EU_ACTIONS_LIST_CGROUPS, .id = SNAPSHOT_REQUEST};
	int r;

	if (eu_empty_decode(msg, len) < 0) {
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT, "malformed SnapshotRequest");
		return;
	}
	if (s->call || s->state != SNAPSHOT_NONE) {
		eu_rpc_fail(call, EU_RPC_RESOURCE_EXHAUSTED, "a snapshot is already being taken");
		return;
	}
	r = eu_packet_send(c->options->actions_fd, &request, sizeof(request), NULL, 0, NULL, 0);
	if (r < 0) {
		eu_rpc_fail(call, EU_RPC_INTERNAL, "cannot list what runs: %s", strerror(-r));
		return;
	}
	s->call = call;
	s->state = SNAPSHOT_CGROUPS;
	s->batches = 0;
	eu_rpc_on_closed(call, on_closed, c);
}
