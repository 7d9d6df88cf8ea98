/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: its socket, its nghttp2 session, and the bounds of both. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "rpc/internal.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

/* Bounds of one turn of the loop, so that no peer starves the others. */
#define READ_BYTES     (16 * 1024)
#define READS_PER_TURN 8
#define WRITE_PER_TURN (1024 * 1024)

/* The largest thing that nghttp2 hands out at once is a frame of 16 KiB. */
#define FRAME_BYTES   (16 * 1024 + 64)
#define OUT_CONTROL   (32 * 1024)
#define OUT_STREAMING (256 * 1024)

/* While the peer does not read and this many frames wait for it, it is not read from either: what
 * it sends could only make more of them. */
#define MAX_QUEUED_FRAMES 256

/* Frames: far above what a client that does something useful needs. One more for each KiB sent to
 * it pays for its WINDOW_UPDATEs. */
#define CREDIT_MAX	  100000
#define CREDIT_PER_SECOND 100000

#define FIRST_EXTENSION_TYPE 0x0a
#define LAST_EXTENSION_TYPE  0xff

/* Frames of unknown types are ignored, but only user types show up in on_begin_frame, which counts
 * them. */
static int ignore_extension(nghttp2_session *session, void **payload, const nghttp2_frame_hd *hd,
			    void *data)
{
	(void)session;
	(void)payload;
	(void)hd;
	(void)data;
	return NGHTTP2_ERR_CANCEL;
}

static void delete_callbacks(nghttp2_session_callbacks **callbacks)
{
	nghttp2_session_callbacks_del(*callbacks);
}

static void delete_option(nghttp2_option **option)
{
	nghttp2_option_del(*option);
}

static int start_session(struct eu_rpc_conn *conn)
{
	/* No NO_RFC7540_PRIORITIES: with it nghttp2 1.52 serves streams one after another. */
	static const nghttp2_settings_entry settings[] = {
	    {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, EU_RPC_MAX_CALLS},
	    {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, EU_RPC_MAX_HEADER_BYTES},
	};
	EU_CLEANUP(delete_callbacks) nghttp2_session_callbacks *callbacks = NULL;
	EU_CLEANUP(delete_option) nghttp2_option *option = NULL;

	if (nghttp2_session_callbacks_new(&callbacks) < 0 || nghttp2_option_new(&option) < 0)
		return -ENOMEM;
	eu_rpc_request_callbacks(callbacks);
	eu_rpc_response_callbacks(callbacks);
	nghttp2_session_callbacks_set_unpack_extension_callback(callbacks, ignore_extension);
	for (int type = FIRST_EXTENSION_TYPE; type <= LAST_EXTENSION_TYPE; type++)
		nghttp2_option_set_user_recv_extension_type(option, (uint8_t)type);
	nghttp2_option_set_no_closed_streams(option, 1);
	if (nghttp2_session_server_new2(&conn->session, callbacks, conn, option) < 0)
		return -ENOMEM;
	if (nghttp2_submit_settings(conn->session, NGHTTP2_FLAG_NONE, settings,
				    sizeof(settings) / sizeof(settings[0])) < 0)
		return -ENOMEM;
	return 0;
}

void eu_rpc_conn_break(struct eu_rpc_conn *conn, const char *why)
{
	if (conn->is_broken)
		return;
	conn->is_broken = true;
	if (why)
		eu_rpc_server_warn(conn->srv, EU_RPC_WARN_BROKEN,
				   "connection closed: %s connection=%" PRIu64 " pid=%d uid=%u",
				   why, conn->peer.connection, conn->peer.pid, conn->peer.uid);
}

void eu_rpc_conn_check(struct eu_rpc_conn *conn, int r)
{
	if (r < 0)
		eu_rpc_conn_break(conn, nghttp2_strerror(r));
}

static void refill_credit(struct eu_rpc_conn *conn, int64_t now_ns)
{
	int64_t earned = (now_ns - conn->credit_ns) / (EU_NS_PER_S / CREDIT_PER_SECOND);

	if (earned <= 0)
		return;
	conn->credit_ns = now_ns;
	conn->credit += earned;
	if (conn->credit > CREDIT_MAX)
		conn->credit = CREDIT_MAX;
}

/* Says whether there may be more to read. */
static bool read_once(struct eu_rpc_conn *conn)
{
	uint8_t buf[READ_BYTES];
	ssize_t n = recv(conn->watch.fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno == ECONNRESET)) {
		/* Gone; a peer that closed only its writing half counts as gone, too. */
		eu_rpc_conn_break(conn, NULL);
		return false;
	}
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			eu_rpc_conn_break(conn, strerror(errno));
		return false;
	}
	conn->heard_ns = eu_rpc_server_now(conn->srv);
	refill_credit(conn, conn->heard_ns);
	eu_rpc_conn_check(conn, (int)nghttp2_session_mem_recv(conn->session, buf, (size_t)n));
	return n == sizeof(buf);
}

static bool is_overdue(const struct eu_rpc_conn *conn)
{
	return nghttp2_session_get_outbound_queue_size(conn->session) >= MAX_QUEUED_FRAMES;
}

static void read_turn(struct eu_rpc_conn *conn)
{
	for (int i = 0; i < READS_PER_TURN && !conn->is_broken; i++) {
		if (!read_once(conn) || is_overdue(conn))
			return;
	}
}

static int make_room(struct eu_rpc_conn *conn)
{
	size_t size = conn->n_streaming ? OUT_STREAMING : OUT_CONTROL;

	if (conn->out && conn->out_size >= size)
		return 0;
	free(conn->out);
	conn->out = malloc(size);
	conn->out_size = conn->out ? size : 0;
	return conn->out ? 0 : -ENOMEM;
}

/* Fills the empty out buffer with what nghttp2 has to send. */
static void fill_out(struct eu_rpc_conn *conn)
{
	conn->out_off = conn->out_len = 0;
	if (!nghttp2_session_want_write(conn->session))
		return;
	if (make_room(conn) < 0)
		return eu_rpc_conn_break(conn, "out of memory");
	while (conn->out_size - conn->out_len >= FRAME_BYTES) {
		const uint8_t *frame;
		ssize_t n = nghttp2_session_mem_send(conn->session, &frame);

		if (n < 0 || (size_t)n > conn->out_size - conn->out_len)
			return eu_rpc_conn_break(conn, n < 0 ? nghttp2_strerror((int)n)
							     : "frame too large");
		if (n == 0)
			return;
		memcpy(conn->out + conn->out_len, frame, (size_t)n);
		conn->out_len += (size_t)n;
	}
}

/* Returns the number of bytes written, 0 when the socket is full or broken. */
static size_t write_once(struct eu_rpc_conn *conn)
{
	ssize_t n = send(conn->watch.fd, conn->out + conn->out_off, conn->out_len - conn->out_off,
			 MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0) {
		conn->is_blocked = errno == EAGAIN;
		if (errno == EPIPE || errno == ECONNRESET)
			eu_rpc_conn_break(conn, NULL);
		else if (errno != EAGAIN && errno != EINTR)
			eu_rpc_conn_break(conn, strerror(errno));
		return 0;
	}
	conn->out_off += (size_t)n;
	conn->credit += n / 1024;
	return (size_t)n;
}

static void write_turn(struct eu_rpc_conn *conn)
{
	size_t written = 0;

	conn->has_more = false;
	while (!conn->is_blocked && !conn->is_broken) {
		size_t n;

		if (conn->out_off == conn->out_len)
			fill_out(conn);
		if (conn->out_off == conn->out_len)
			return;
		if (written >= WRITE_PER_TURN) {
			conn->has_more = true;
			return;
		}
		n = write_once(conn);
		written += n;
	}
}

/* EPOLLOUT only while there is something that did not fit. */
static void update_watch(struct eu_rpc_conn *conn)
{
	uint32_t events = conn->is_blocked && is_overdue(conn) ? 0 : EPOLLIN;
	int r;

	if (conn->is_blocked || conn->has_more)
		events |= EPOLLOUT;
	if (events == conn->watched)
		return;
	r = eu_loop_modify(conn->srv->loop, &conn->watch, events);
	if (r < 0)
		return eu_rpc_conn_break(conn, strerror(-r));
	conn->watched = events;
}

void eu_rpc_conn_pump(struct eu_rpc_conn *conn)
{
	conn->is_dirty = false;
	write_turn(conn);
	if (conn->is_broken)
		return;
	if (conn->out_off == conn->out_len) {
		if (!nghttp2_session_want_read(conn->session) &&
		    !nghttp2_session_want_write(conn->session))
			return eu_rpc_conn_break(
			    conn, conn->error ? nghttp2_http2_strerror(conn->error) : NULL);
		if (TAILQ_EMPTY(&conn->calls))
			free(EU_TAKE_PTR(conn->out));
	}
	update_watch(conn);
}

void eu_rpc_conn_kick(struct eu_rpc_conn *conn)
{
	if (conn->srv->is_settling)
		conn->is_dirty = true;
	else
		eu_rpc_conn_pump(conn);
}

void eu_rpc_conn_ping(struct eu_rpc_conn *conn, int64_t now_ns)
{
	conn->ping_ns = now_ns;
	eu_rpc_conn_check(conn, nghttp2_submit_ping(conn->session, NGHTTP2_FLAG_NONE, NULL));
	conn->is_dirty = true;
}

bool eu_rpc_conn_is_stale(const struct eu_rpc_conn *conn, int64_t now_ns)
{
	return conn->ping_ns && now_ns - conn->ping_ns >= conn->srv->options.ping_timeout_ns;
}

static int on_ready(void *data, uint32_t events)
{
	struct eu_rpc_conn *conn = data;
	struct eu_rpc_server *srv = conn->srv;

	if (events & EPOLLOUT)
		conn->is_blocked = false;
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		read_turn(conn);
	if (!conn->is_broken)
		eu_rpc_conn_pump(conn);
	eu_rpc_server_settle(srv);
	return 0;
}

int eu_rpc_conn_new(struct eu_rpc_conn **ret, struct eu_rpc_server *srv, int fd,
		    const struct eu_rpc_peer *peer)
{
	EU_CLEANUP(eu_rpc_conn_freep) struct eu_rpc_conn *conn = calloc(1, sizeof(*conn));
	int r;

	if (!conn)
		return -ENOMEM;
	TAILQ_INIT(&conn->calls);
	conn->srv = srv;
	conn->peer = *peer;
	conn->heard_ns = conn->credit_ns = eu_rpc_server_now(srv);
	conn->credit = CREDIT_MAX;
	conn->watch = (struct eu_watch){.fd = -1, .fn = on_ready, .data = conn};
	r = start_session(conn);
	if (r < 0)
		return r;
	conn->watch.fd = fd;
	conn->watched = EPOLLIN;
	r = eu_loop_add(srv->loop, &conn->watch, conn->watched);
	if (r < 0) {
		conn->watch.fd = -1;
		return r;
	}
	*ret = EU_TAKE_PTR(conn);
	return 0;
}

void eu_rpc_conn_free(struct eu_rpc_conn *conn)
{
	if (!conn)
		return;
	if (conn->watch.fd >= 0)
		eu_loop_remove(conn->srv->loop, &conn->watch);
	while (!TAILQ_EMPTY(&conn->calls))
		eu_rpc_call_detach(TAILQ_FIRST(&conn->calls));
	nghttp2_session_del(conn->session);
	free(conn->out);
	eu_close(conn->watch.fd);
	free(conn);
}

void eu_rpc_conn_freep(struct eu_rpc_conn **conn)
{
	eu_rpc_conn_free(*conn);
}
