/* SPDX-License-Identifier: Apache-2.0 */
/* Receiving a call: its headers, its one message, and what is wrong with them. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "rpc/internal.h"
#include "rpc/text.h"
#include "util/cleanup.h"

#define HEADER_OVERHEAD 32 /* what HTTP/2 adds to name and value */
#define FLAG_COMPRESSED 1

static bool equals(const uint8_t *value, size_t len, const char *text)
{
	return len == strlen(text) && memcmp(value, text, len) == 0;
}

/* "application/grpc", "application/grpc+proto", with or without parameters. */
static bool is_grpc_type(const uint8_t *value, size_t len)
{
	const uint8_t *semicolon = memchr(value, ';', len);

	if (semicolon)
		len = (size_t)(semicolon - value);
	return equals(value, len, "application/grpc") ||
	       equals(value, len, "application/grpc+proto");
}

static const struct eu_rpc_method *find_method(const struct eu_rpc_server *srv, const uint8_t *path,
					       size_t len)
{
	for (size_t i = 0; i < srv->n_methods; i++) {
		if (equals(path, len, srv->methods[i].path))
			return &srv->methods[i];
	}
	return NULL;
}

/* Refuses a request, whether all of it has come or not. */
static void refuse(struct eu_rpc_call *call, enum eu_rpc_status status, const char *message)
{
	call->state = EU_RPC_CALL_DONE;
	eu_rpc_response_status(call, status, message);
}

static void refuse_http(struct eu_rpc_call *call, const char *http_status)
{
	call->state = EU_RPC_CALL_DONE;
	eu_rpc_response_http(call, http_status);
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *data)
{
	struct eu_rpc_conn *conn = data;
	struct eu_rpc_call *call;

	if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
		return 0;
	if (eu_rpc_call_new(&call, conn, frame->hd.stream_id) < 0)
		return NGHTTP2_ERR_CALLBACK_FAILURE;
	return nghttp2_session_set_stream_user_data(session, call->stream_id, call);
}

static void read_header(struct eu_rpc_call *call, const uint8_t *name, size_t name_len,
			const uint8_t *value, size_t len)
{
	struct eu_rpc_request *request = &call->request;

	if (equals(name, name_len, ":path"))
		call->method = find_method(call->srv, value, len);
	else if (equals(name, name_len, ":method"))
		request->is_post = equals(value, len, "POST");
	else if (equals(name, name_len, "content-type"))
		request->is_grpc = is_grpc_type(value, len);
	else if (equals(name, name_len, "grpc-encoding"))
		request->is_encoded = !equals(value, len, "identity");
	else if (equals(name, name_len, "grpc-timeout"))
		request->is_bad_timeout = !eu_rpc_timeout_parse(value, len, &request->timeout_ns);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_len, const uint8_t *value, size_t len, uint8_t flags, void *data)
{
	struct eu_rpc_call *call =
	    nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);

	(void)flags;
	(void)data;
	if (!call)
		return 0;
	/* The limit that is announced is only advice to the peer: nghttp2 does not enforce it. */
	call->request.header_bytes += name_len + len + HEADER_OVERHEAD;
	if (call->request.header_bytes > EU_RPC_MAX_HEADER_BYTES)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	if (frame->headers.cat == NGHTTP2_HCAT_REQUEST)
		read_header(call, name, name_len, value, len);
	return 0;
}

static void headers_complete(struct eu_rpc_call *call)
{
	struct eu_rpc_request *request = &call->request;
	int64_t now_ns = eu_rpc_server_now(call->srv);

	if (!request->is_post)
		return refuse_http(call, "405");
	if (!request->is_grpc)
		return refuse_http(call, "415");
	if (!call->method)
		return refuse(call, EU_RPC_UNIMPLEMENTED, "no such method");
	if (request->is_encoded)
		return refuse(call, EU_RPC_UNIMPLEMENTED, "compression is not supported");
	if (request->is_bad_timeout)
		return refuse(call, EU_RPC_INTERNAL, "malformed grpc-timeout");
	if (request->timeout_ns >= 0 &&
	    __builtin_add_overflow(now_ns, request->timeout_ns, &call->deadline_ns))
		call->deadline_ns = INT64_MAX;
}

static void prefix_complete(struct eu_rpc_call *call)
{
	struct eu_rpc_request *request = &call->request;
	size_t max = call->srv->options.max_request_bytes;
	uint32_t len;

	memcpy(&len, request->prefix + 1, sizeof(len));
	len = ntohl(len);
	if (request->prefix[0] == FLAG_COMPRESSED)
		return refuse(call, EU_RPC_UNIMPLEMENTED, "compression is not supported");
	if (request->prefix[0])
		return refuse(call, EU_RPC_INTERNAL, "malformed message prefix");
	if (len > max)
		return refuse(call, EU_RPC_RESOURCE_EXHAUSTED, "the request is too large");
	if (call->conn->request_bytes + len > EU_RPC_REQUESTS_AT_ONCE * max)
		return refuse(call, EU_RPC_RESOURCE_EXHAUSTED, "too many requests at once");
	request->msg = malloc(len ? len : 1);
	if (!request->msg)
		return refuse(call, EU_RPC_RESOURCE_EXHAUSTED, "out of memory");
	request->msg_len = len;
	call->conn->request_bytes += len;
}

static size_t fill(uint8_t *into, size_t *filled, size_t size, const uint8_t *data, size_t len)
{
	size_t n = size - *filled < len ? size - *filled : len;

	memcpy(into + *filled, data, n);
	*filled += n;
	return n;
}

static void receive(struct eu_rpc_call *call, const uint8_t *data, size_t len)
{
	struct eu_rpc_request *request = &call->request;
	size_t n;

	if (!request->msg) {
		n = fill(request->prefix, &request->n_prefix, sizeof(request->prefix), data, len);
		if (request->n_prefix < sizeof(request->prefix))
			return;
		prefix_complete(call);
		if (call->state != EU_RPC_CALL_RECEIVING)
			return;
		data += n;
		len -= n;
	}
	n = fill(request->msg, &request->n_msg, request->msg_len, data, len);
	if (n < len)
		refuse(call, EU_RPC_INTERNAL, "more than one message in the request");
}

static void request_complete(struct eu_rpc_call *call)
{
	struct eu_rpc_request *request = &call->request;

	if (!request->msg || request->n_msg < request->msg_len)
		return refuse(call, EU_RPC_INTERNAL,
			      request->n_prefix ? "the request's message is cut off"
						: "the request has no message");
	call->state = EU_RPC_CALL_READY;
	eu_rpc_call_queue(call);
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream_id, const uint8_t *bytes,
		   size_t len, void *data)
{
	struct eu_rpc_call *call = nghttp2_session_get_stream_user_data(session, stream_id);

	(void)flags;
	(void)data;
	if (call && call->state == EU_RPC_CALL_RECEIVING)
		receive(call, bytes, len);
	return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *data)
{
	struct eu_rpc_conn *conn = data;
	struct eu_rpc_call *call;

	if (frame->hd.type == NGHTTP2_PING && frame->hd.flags & NGHTTP2_FLAG_ACK)
		conn->ping_ns = 0;
	if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)
		return 0;
	call = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
	if (!call)
		return 0;
	if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
		headers_complete(call);
	if (call->state == EU_RPC_CALL_RECEIVING && frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
		request_complete(call);
	return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t stream_id, uint32_t error, void *data)
{
	struct eu_rpc_call *call = nghttp2_session_get_stream_user_data(session, stream_id);

	(void)error;
	(void)data;
	if (call)
		eu_rpc_call_detach(call);
	return 0;
}

/* nghttp2 lets floods of empty and meaningless frames pass: here every frame costs credit. */
static int on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *hd, void *data)
{
	struct eu_rpc_conn *conn = data;

	(void)session;
	(void)hd;
	if (--conn->credit >= 0)
		return 0;
	eu_rpc_conn_break(conn, "it floods");
	return NGHTTP2_ERR_CALLBACK_FAILURE;
}

void eu_rpc_request_callbacks(nghttp2_session_callbacks *callbacks)
{
	nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
	nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
	nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
	nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
}

uint8_t *eu_rpc_request_take(struct eu_rpc_call *call, size_t *ret_len)
{
	if (call->conn)
		call->conn->request_bytes -= call->request.msg_len;
	*ret_len = EU_TAKE(call->request.msg_len, 0);
	return EU_TAKE_PTR(call->request.msg);
}
