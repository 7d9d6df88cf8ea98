/* SPDX-License-Identifier: Apache-2.0 */
/* A call's life, and what its owner can do with it. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rpc/internal.h"
#include "rpc/text.h"
#include "util/cleanup.h"

int eu_rpc_call_new(struct eu_rpc_call **ret, struct eu_rpc_conn *conn, int32_t stream_id)
{
	struct eu_rpc_call *call = calloc(1, sizeof(*call));

	if (!call)
		return -ENOMEM;
	call->srv = conn->srv;
	call->conn = conn;
	call->stream_id = stream_id;
	call->peer = conn->peer;
	call->request.timeout_ns = -1;
	call->deadline_ns = INT64_MAX;
	TAILQ_INSERT_TAIL(&conn->calls, call, in_conn);
	*ret = call;
	return 0;
}

void eu_rpc_call_free(struct eu_rpc_call *call)
{
	if (call->is_queued)
		TAILQ_REMOVE(&call->srv->events, call, in_events);
	eu_rpc_response_drop(call);
	free(call->request.msg);
	free(call->message);
	free(call);
}

void eu_rpc_call_queue(struct eu_rpc_call *call)
{
	if (call->is_queued)
		return;
	call->is_queued = true;
	TAILQ_INSERT_TAIL(&call->srv->events, call, in_events);
}

static bool is_held(const struct eu_rpc_call *call)
{
	return call->state == EU_RPC_CALL_OWNED || call->state == EU_RPC_CALL_ENDING;
}

void eu_rpc_call_detach(struct eu_rpc_call *call)
{
	struct eu_rpc_conn *conn = call->conn;

	TAILQ_REMOVE(&conn->calls, call, in_conn);
	conn->request_bytes -= call->request.msg_len;
	if (call->is_streaming)
		conn->n_streaming--;
	call->conn = NULL;
	if (!is_held(call))
		return eu_rpc_call_free(call);
	eu_rpc_response_drop(call);
	/* An end that went as the owner wanted it is no loss: sent() is queued already. */
	if (call->state == EU_RPC_CALL_ENDING && call->is_sent)
		return;
	call->is_lost = true;
	eu_rpc_call_queue(call);
}

static void tell_ready(struct eu_rpc_call *call)
{
	size_t len;
	EU_CLEANUP(eu_freep) uint8_t *msg = eu_rpc_request_take(call, &len);

	call->state = EU_RPC_CALL_OWNED;
	call->method->handle(call->method->data, call, msg, len);
}

static void tell_sent(struct eu_rpc_call *call)
{
	bool is_closed = !call->conn;

	call->is_sent = false;
	if (call->state == EU_RPC_CALL_ENDING)
		call->state = EU_RPC_CALL_DONE;
	call->sent(call->user, call);
	if (is_closed)
		eu_rpc_call_free(call);
}

static void tell_lost(struct eu_rpc_call *call)
{
	call->state = EU_RPC_CALL_DONE;
	if (call->on_closed)
		call->on_closed(call->user, call);
	if (!call->conn)
		eu_rpc_call_free(call);
}

void eu_rpc_call_tell(struct eu_rpc_call *call)
{
	call->is_queued = false;
	if (call->state == EU_RPC_CALL_READY)
		tell_ready(call);
	else if (is_held(call) && call->is_lost)
		tell_lost(call);
	else if (is_held(call) && call->is_sent)
		tell_sent(call);
	else if (!call->conn)
		eu_rpc_call_free(call);
}

void eu_rpc_call_abort(struct eu_rpc_call *call, enum eu_rpc_status status, const char *message)
{
	call->deadline_ns = INT64_MAX;
	eu_rpc_response_status(call, status, message);
	call->conn->is_dirty = true;
	if (is_held(call)) {
		call->is_lost = true;
		eu_rpc_call_queue(call);
	} else {
		call->state = EU_RPC_CALL_DONE;
	}
}

/* Whether the stream still takes something from the owner. */
static bool is_open(const struct eu_rpc_call *call)
{
	return call->conn && !call->is_ended;
}

void eu_rpc_on_closed(struct eu_rpc_call *call, eu_rpc_call_fn fn, void *user)
{
	call->on_closed = fn;
	call->user = user;
}

void eu_rpc_reply(struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	struct eu_rpc_conn *conn = call->conn;
	uint8_t *copy;

	assert(call->state == EU_RPC_CALL_OWNED && !call->is_streaming);
	call->state = EU_RPC_CALL_DONE;
	if (!is_open(call))
		return;
	copy = len <= UINT32_MAX ? malloc(len ? len : 1) : NULL;
	if (copy) {
		if (len)
			memcpy(copy, msg, len);
		call->out = (struct eu_rpc_out){.copy = copy, .msg = copy, .len = len};
		eu_rpc_response_send(call);
		eu_rpc_response_end(call, EU_RPC_OK, NULL);
	} else {
		eu_rpc_response_status(call, EU_RPC_RESOURCE_EXHAUSTED, "out of memory");
	}
	/* From here on call may be gone. */
	eu_rpc_conn_kick(conn);
}

void eu_rpc_fail(struct eu_rpc_call *call, enum eu_rpc_status status, const char *fmt, ...)
{
	struct eu_rpc_conn *conn = call->conn;
	char message[EU_RPC_MESSAGE_MAX + 2];
	va_list ap;

	assert(is_held(call));
	call->state = EU_RPC_CALL_DONE;
	if (!conn || call->is_lost)
		return;
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	eu_rpc_response_status(call, status, message);
	eu_rpc_conn_kick(conn);
}

int eu_rpc_stream_send(struct eu_rpc_call *call, const uint8_t *msg, size_t len,
		       eu_rpc_call_fn sent)
{
	assert(call->state == EU_RPC_CALL_OWNED && sent);
	if (len > UINT32_MAX)
		return -EMSGSIZE;
	if (!is_open(call))
		return -ENOTCONN;
	if (call->out.active || call->is_sent)
		return -EBUSY;
	if (!call->is_streaming) {
		call->is_streaming = true;
		call->conn->n_streaming++;
	}
	call->sent = sent;
	call->out = (struct eu_rpc_out){.msg = msg, .len = len};
	eu_rpc_response_send(call);
	eu_rpc_conn_kick(call->conn);
	return 0;
}

bool eu_rpc_stream_end(struct eu_rpc_call *call, enum eu_rpc_status status, const char *message)
{
	struct eu_rpc_conn *conn = call->conn;
	bool is_in_flight = is_open(call) && (call->out.active || call->is_sent);

	assert(call->state == EU_RPC_CALL_OWNED);
	call->state = is_in_flight ? EU_RPC_CALL_ENDING : EU_RPC_CALL_DONE;
	if (!is_open(call))
		return false;
	eu_rpc_response_end(call, status, message);
	eu_rpc_conn_kick(conn);
	return is_in_flight;
}

struct eu_rpc_peer eu_rpc_peer(const struct eu_rpc_call *call)
{
	return call->peer;
}

bool eu_rpc_peer_is_stale(const struct eu_rpc_call *call)
{
	return !call->conn || eu_rpc_conn_is_stale(call->conn, eu_rpc_server_now(call->srv));
}
