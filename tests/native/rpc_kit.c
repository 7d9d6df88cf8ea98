/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc_kit.h"

#define MAX_TURNS 200000

int64_t kit_now_ns = 1000000000;

size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static int64_t fake_clock(void)
{
	return kit_now_ns;
}

void kit_start(struct kit *kit, int listen_fd, const struct eu_rpc_method *methods, size_t n,
	       const struct eu_rpc_options *options)
{
	struct eu_rpc_options defaults = {0};
	uid_t self = geteuid();

	if (options)
		defaults = *options;
	if (!defaults.uids) {
		defaults.uids = &self;
		defaults.n_uids = 1;
	}
	defaults.now_ns = fake_clock;
	assert_int_equal(eu_loop_new(&kit->loop), 0);
	assert_int_equal(eu_rpc_server_new(&kit->srv, kit->loop, listen_fd, methods, n, &defaults),
			 0);
}

void kit_stop(struct kit *kit)
{
	eu_rpc_server_free(kit->srv);
	eu_loop_free(kit->loop);
	*kit = (struct kit){0};
}

int kit_connect(struct kit *kit, int sndbuf)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
			 0);
	if (sndbuf)
		assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf)),
				 0);
	assert_int_equal(eu_rpc_server_adopt(kit->srv, fds[0]), 0);
	return fds[1];
}

void kit_turn(struct kit *kit)
{
	assert_true(eu_loop_turn(kit->loop, 0) >= 0);
	eu_rpc_server_tick(kit->srv, kit_now_ns);
}

static struct kit_call *find(struct kit_client *client, int32_t id)
{
	for (size_t i = 0; i < client->n_calls; i++) {
		if (client->calls[i].id == id)
			return &client->calls[i];
	}
	return NULL;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_len, const uint8_t *value, size_t len, uint8_t flags, void *data)
{
	struct kit_call *call = find(data, frame->hd.stream_id);

	(void)session;
	(void)name_len;
	(void)flags;
	assert_non_null(call);
	if (strcmp((const char *)name, ":status") == 0)
		snprintf(call->http_status, sizeof(call->http_status), "%s", (const char *)value);
	if (strcmp((const char *)name, "grpc-status") == 0)
		call->status = atoi((const char *)value);
	if (strcmp((const char *)name, "grpc-message") == 0) {
		assert_true(len < sizeof(call->message));
		memcpy(call->message, value, len + 1);
	}
	return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
		   size_t len, void *data)
{
	struct kit_call *call = find(data, id);

	(void)session;
	(void)flags;
	assert_non_null(call);
	call->body = realloc(call->body, call->body_len + len);
	assert_non_null(call->body);
	memcpy(call->body + call->body_len, bytes, len);
	call->body_len += len;
	return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t error, void *data)
{
	struct kit_call *call = find(data, id);

	(void)session;
	assert_non_null(call);
	call->is_closed = true;
	call->error = error;
	return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *data)
{
	struct kit_client *client = data;

	(void)session;
	client->is_going_away |= frame->hd.type == NGHTTP2_GOAWAY;
	if (frame->hd.type == NGHTTP2_PING && !(frame->hd.flags & NGHTTP2_FLAG_ACK))
		client->pings++;
	return 0;
}

static ssize_t read_request(nghttp2_session *session, int32_t id, uint8_t *buf, size_t size,
			    uint32_t *flags, nghttp2_data_source *source, void *data)
{
	struct kit_call *call = source->ptr;
	size_t n = call->request_len - call->request_sent;

	(void)session;
	(void)id;
	(void)data;
	n = n < size ? n : size;
	if (n)
		memcpy(buf, call->request + call->request_sent, n);
	call->request_sent += n;
	if (call->request_sent == call->request_len && !call->keeps_open)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return n || !call->keeps_open ? (ssize_t)n : NGHTTP2_ERR_DEFERRED;
}

void kit_client_start(struct kit_client *client, struct kit *kit, int sndbuf, uint32_t window,
		      bool auto_window)
{
	nghttp2_settings_entry setting = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE,
					  window ? window : 65535};
	nghttp2_session_callbacks *callbacks;
	nghttp2_option *option;

	*client = (struct kit_client){.kit = kit, .fd = kit_connect(kit, sndbuf)};
	assert_int_equal(nghttp2_session_callbacks_new(&callbacks), 0);
	nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
	nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
	assert_int_equal(nghttp2_option_new(&option), 0);
	nghttp2_option_set_no_auto_window_update(option, !auto_window);
	assert_int_equal(nghttp2_session_client_new2(&client->session, callbacks, client, option),
			 0);
	nghttp2_option_del(option);
	nghttp2_session_callbacks_del(callbacks);
	assert_int_equal(nghttp2_submit_settings(client->session, 0, &setting, 1), 0);
}

void kit_client_stop(struct kit_client *client)
{
	nghttp2_session_del(client->session);
	for (size_t i = 0; i < client->n_calls; i++)
		free(client->calls[i].body);
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
}

static nghttp2_nv pair(const char *name, const char *value)
{
	return (nghttp2_nv){
	    .name = (uint8_t *)(uintptr_t)name,
	    .value = (uint8_t *)(uintptr_t)value,
	    .namelen = strlen(name),
	    .valuelen = strlen(value),
	};
}

struct kit_call *kit_request(struct kit_client *client, const struct kit_request *request)
{
	struct kit_call *call = &client->calls[client->n_calls++];
	nghttp2_data_provider provider = {.source.ptr = call, .read_callback = read_request};
	nghttp2_nv nva[9] = {
	    pair(":method", request->method ? request->method : "POST"),
	    pair(":scheme", "http"),
	    pair(":authority", "localhost"),
	    pair(":path", request->path),
	    pair("te", "trailers"),
	    pair("content-type",
		 request->content_type ? request->content_type : "application/grpc"),
	};
	size_t n = 6;

	assert_true(client->n_calls <= KIT_CALLS);
	if (request->encoding)
		nva[n++] = pair("grpc-encoding", request->encoding);
	if (request->timeout)
		nva[n++] = pair("grpc-timeout", request->timeout);
	if (request->padding)
		nva[n++] = pair("x-padding", request->padding);
	*call = (struct kit_call){
	    .status = -1,
	    .request = request->body,
	    .request_len = request->len,
	    .keeps_open = request->keeps_open,
	};
	call->id = nghttp2_submit_request(client->session, NULL, nva, n, &provider, NULL);
	assert_true(call->id > 0);
	return call;
}

struct kit_call *kit_call(struct kit_client *client, const char *path, const void *msg, size_t len)
{
	struct kit_call *call = kit_request(client, &(struct kit_request){.path = path});

	assert_true(len <= KIT_SHORT);
	call->short_request[3] = (uint8_t)(len >> 8);
	call->short_request[4] = (uint8_t)len;
	if (len)
		memcpy(call->short_request + KIT_PREFIX, msg, len);
	call->request = call->short_request;
	call->request_len = KIT_PREFIX + len;
	return call;
}

void kit_cancel(struct kit_client *client, struct kit_call *call)
{
	assert_int_equal(nghttp2_submit_rst_stream(client->session, 0, call->id, NGHTTP2_CANCEL),
			 0);
}

static void client_write(struct kit_client *client)
{
	const uint8_t *data;
	ssize_t n;

	while (client->fd >= 0 && (n = nghttp2_session_mem_send(client->session, &data)) > 0)
		(void)kit_raw_send(client->kit, client->fd, data, (size_t)n, false);
}

static void client_read(struct kit_client *client)
{
	uint8_t buf[4096];

	while (client->fd >= 0 && !client->is_deaf) {
		ssize_t n = recv(client->fd, buf, sizeof(buf), MSG_DONTWAIT);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			close(client->fd);
			client->fd = -1;
			return;
		}
		assert_int_equal(nghttp2_session_mem_recv(client->session, buf, (size_t)n), n);
	}
}

void kit_client_turn(struct kit_client *client)
{
	client_write(client);
	kit_turn(client->kit);
	client_read(client);
}

void kit_run_until(struct kit_client *client, const bool *flag)
{
	for (int i = 0; i < MAX_TURNS && !*flag; i++)
		kit_client_turn(client);
	assert_true(*flag);
}

void kit_run_until_closed(struct kit_client *client, const struct kit_call *call)
{
	kit_run_until(client, &call->is_closed);
}

void kit_run(struct kit_client *client, int turns)
{
	for (int i = 0; i < turns; i++)
		kit_client_turn(client);
}

void kit_assert_message(const struct kit_call *call, const void *msg, size_t len)
{
	assert_int_equal(call->body_len, KIT_PREFIX + len);
	assert_int_equal(call->body[0], 0);
	assert_int_equal((size_t)call->body[1] << 24 | (size_t)call->body[2] << 16 |
			     (size_t)call->body[3] << 8 | call->body[4],
			 len);
	if (len)
		assert_memory_equal(call->body + KIT_PREFIX, msg, len);
}

void kit_assert_status(const struct kit_call *call, int status, const char *message)
{
	assert_true(call->is_closed);
	assert_int_equal(call->status, status);
	assert_string_equal(call->message, message);
}

void kit_put(struct kit_bytes *bytes, const void *data, size_t len)
{
	if (bytes->len + len > bytes->size) {
		bytes->size = 2 * (bytes->len + len);
		bytes->data = realloc(bytes->data, bytes->size);
		assert_non_null(bytes->data);
	}
	if (len)
		memcpy(bytes->data + bytes->len, data, len);
	bytes->len += len;
}

void kit_put_frame(struct kit_bytes *bytes, uint8_t type, uint8_t flags, uint32_t stream,
		   const void *payload, size_t len)
{
	const uint8_t head[9] = {
	    (uint8_t)(len >> 16),
	    (uint8_t)(len >> 8),
	    (uint8_t)len,
	    type,
	    flags,
	    (uint8_t)(stream >> 24),
	    (uint8_t)(stream >> 16),
	    (uint8_t)(stream >> 8),
	    (uint8_t)stream,
	};

	kit_put(bytes, head, sizeof(head));
	kit_put(bytes, payload, len);
}

void kit_put_preface(struct kit_bytes *bytes)
{
	kit_put(bytes, NGHTTP2_CLIENT_MAGIC, NGHTTP2_CLIENT_MAGIC_LEN);
	kit_put_frame(bytes, NGHTTP2_SETTINGS, 0, 0, NULL, 0);
}

static void put_literal(struct kit_bytes *block, const char *name, const char *value)
{
	uint8_t lengths[2] = {0, (uint8_t)strlen(name)};

	assert_true(strlen(name) < 127 && strlen(value) < 127);
	kit_put(block, lengths, 2);
	kit_put(block, name, strlen(name));
	lengths[0] = (uint8_t)strlen(value);
	kit_put(block, lengths, 1);
	kit_put(block, value, strlen(value));
}

void kit_put_headers(struct kit_bytes *bytes, uint8_t flags, uint32_t stream, const char *path)
{
	struct kit_bytes block = {0};

	put_literal(&block, ":method", "POST");
	put_literal(&block, ":scheme", "http");
	put_literal(&block, ":authority", "localhost");
	put_literal(&block, ":path", path);
	put_literal(&block, "content-type", "application/grpc");
	kit_put_frame(bytes, NGHTTP2_HEADERS, flags, stream, block.data, block.len);
	kit_free_bytes(&block);
}

void kit_free_bytes(struct kit_bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct kit_bytes){0};
}

static void drain(int fd)
{
	uint8_t buf[16384];

	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
}

bool kit_raw_send(struct kit *kit, int fd, const void *data, size_t len, bool reads)
{
	const uint8_t *bytes = data;

	for (int turns = 0; len && turns < MAX_TURNS; turns++) {
		ssize_t n = send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			return false;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
		if (len)
			kit_turn(kit);
		if (reads)
			drain(fd);
	}
	return len == 0;
}

bool kit_raw_is_closed(struct kit *kit, int fd)
{
	uint8_t byte;
	ssize_t n;

	for (int i = 0; i < 100; i++)
		kit_turn(kit);
	drain(fd);
	n = recv(fd, &byte, 1, MSG_DONTWAIT);
	return n == 0 || (n < 0 && errno != EAGAIN);
}

size_t kit_heap(void)
{
	if (__sanitizer_get_current_allocated_bytes)
		return __sanitizer_get_current_allocated_bytes();
	return mallinfo2().uordblks + mallinfo2().hblkhd;
}
