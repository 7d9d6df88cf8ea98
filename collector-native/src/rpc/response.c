/* SPDX-License-Identifier: Apache-2.0 */
/* Sending a call's answer: headers, messages, trailers. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "rpc/internal.h"
#include "rpc/text.h"
#include "util/cleanup.h"

#define MAX_TRAILERS 2

static nghttp2_nv pair(const char *name, const char *value)
{
	return (nghttp2_nv){
	    .name = (uint8_t *)(uintptr_t)name,
	    .value = (uint8_t *)(uintptr_t)value,
	    .namelen = strlen(name),
	    .valuelen = strlen(value),
	};
}

/* grpc-status and, if there is one, grpc-message. number keeps the status's digits. */
static size_t trailers(const struct eu_rpc_call *call, char number[12],
		       nghttp2_nv ret[MAX_TRAILERS])
{
	snprintf(number, 12, "%d", call->status);
	ret[0] = pair("grpc-status", number);
	if (!call->message)
		return 1;
	ret[1] = pair("grpc-message", call->message);
	return 2;
}

/* Copies the next part of prefix and message. */
static size_t take_out(struct eu_rpc_out *out, uint8_t *buf, size_t size)
{
	size_t n = 0;

	if (!out->active)
		return 0;
	while (out->off < sizeof(out->prefix) && n < size)
		buf[n++] = out->prefix[out->off++];
	if (out->off >= sizeof(out->prefix) && out->len) {
		size_t done = out->off - sizeof(out->prefix);
		size_t rest = out->len - done < size - n ? out->len - done : size - n;

		memcpy(buf + n, out->msg + done, rest);
		out->off += rest;
		n += rest;
	}
	return n;
}

static bool is_out(const struct eu_rpc_out *out)
{
	return out->off == sizeof(out->prefix) + out->len;
}

static ssize_t read_out(nghttp2_session *session, int32_t stream_id, uint8_t *buf, size_t size,
			uint32_t *flags, nghttp2_data_source *source, void *data)
{
	struct eu_rpc_call *call = source->ptr;
	size_t n = take_out(&call->out, buf, size);

	(void)data;
	if (call->out.active && is_out(&call->out)) {
		eu_rpc_response_drop(call);
		call->is_sent = call->sent;
		if (call->is_sent)
			eu_rpc_call_queue(call);
	}
	if (call->is_ended && !call->out.active) {
		nghttp2_nv nva[MAX_TRAILERS];
		char number[12];

		*flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
		return nghttp2_submit_trailer(session, stream_id, nva,
					      trailers(call, number, nva)) < 0
			   ? NGHTTP2_ERR_CALLBACK_FAILURE
			   : (ssize_t)n;
	}
	return n ? (ssize_t)n : NGHTTP2_ERR_DEFERRED;
}

static void submit(struct eu_rpc_call *call, const nghttp2_nv *nva, size_t n_nva, bool has_body)
{
	nghttp2_data_provider provider = {.source.ptr = call, .read_callback = read_out};

	call->has_headers = true;
	eu_rpc_conn_check(call->conn,
			  nghttp2_submit_response(call->conn->session, call->stream_id, nva, n_nva,
						  has_body ? &provider : NULL));
}

static void submit_headers(struct eu_rpc_call *call, bool is_all)
{
	char number[12];
	nghttp2_nv nva[3 + MAX_TRAILERS] = {
	    pair(":status", "200"),
	    pair("content-type", "application/grpc"),
	    pair("grpc-accept-encoding", "identity"),
	};

	submit(call, nva, is_all ? 3 + trailers(call, number, nva + 3) : 3, !is_all);
}

/* Fails when nothing is deferred, that is when more is already to be read: no error. */
static void resume(struct eu_rpc_call *call)
{
	(void)nghttp2_session_resume_data(call->conn->session, call->stream_id);
}

/* Notes the session's error; after an answer that came before the end of the request, tells the
 * peer to stop sending it. */
static int on_frame_sent(nghttp2_session *session, const nghttp2_frame *frame, void *data)
{
	struct eu_rpc_conn *conn = data;

	if (frame->hd.type == NGHTTP2_GOAWAY)
		conn->error = frame->goaway.error_code;
	if (frame->hd.type != NGHTTP2_HEADERS || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
		return 0;
	if (nghttp2_session_get_stream_remote_close(session, frame->hd.stream_id) != 0)
		return 0;
	return nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
					 NGHTTP2_NO_ERROR);
}

void eu_rpc_response_callbacks(nghttp2_session_callbacks *callbacks)
{
	nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
}

void eu_rpc_response_drop(struct eu_rpc_call *call)
{
	free(call->out.copy);
	call->out = (struct eu_rpc_out){0};
}

void eu_rpc_response_send(struct eu_rpc_call *call)
{
	uint32_t len = htonl((uint32_t)call->out.len);

	memcpy(call->out.prefix + 1, &len, sizeof(len));
	call->out.active = true;
	if (call->has_headers)
		resume(call);
	else
		submit_headers(call, false);
}

void eu_rpc_response_end(struct eu_rpc_call *call, enum eu_rpc_status status, const char *message)
{
	char quoted[EU_RPC_MESSAGE_QUOTED];

	call->is_ended = true;
	call->status = (int)status;
	if (message && *message) {
		eu_rpc_message_quote(quoted, message);
		/* Without memory the status has to do without its text. */
		call->message = strdup(quoted);
	}
	if (!call->has_headers && !call->out.active)
		submit_headers(call, true);
	else if (call->has_headers)
		resume(call);
}

void eu_rpc_response_reset(struct eu_rpc_call *call)
{
	call->is_ended = true;
	eu_rpc_response_drop(call);
	eu_rpc_conn_check(call->conn,
			  nghttp2_submit_rst_stream(call->conn->session, NGHTTP2_FLAG_NONE,
						    call->stream_id, NGHTTP2_CANCEL));
}

void eu_rpc_response_status(struct eu_rpc_call *call, enum eu_rpc_status status,
			    const char *message)
{
	/* A message that is partly out can neither be taken back nor be followed by a status. */
	if (call->is_ended || (call->out.active && call->out.off))
		return eu_rpc_response_reset(call);
	eu_rpc_response_drop(call);
	eu_rpc_response_end(call, status, message);
}

void eu_rpc_response_http(struct eu_rpc_call *call, const char *http_status)
{
	nghttp2_nv nv = pair(":status", http_status);

	call->is_ended = true;
	submit(call, &nv, 1, false);
}
