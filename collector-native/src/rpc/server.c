/* SPDX-License-Identifier: Apache-2.0 */
/* The server: its listener, its connections, its time. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rpc/internal.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define DEFAULT_CONNECTIONS   8
#define DEFAULT_REQUEST_BYTES (64 * 1024)
#define DEFAULT_PING_NS	      (5 * EU_NS_PER_S)

#define WARNING_NS    (10 * EU_NS_PER_S)
#define SETTLE_ROUNDS 4

static int64_t monotonic_ns(void)
{
	return eu_clock_ns(CLOCK_MONOTONIC);
}

int64_t eu_rpc_server_now(const struct eu_rpc_server *srv)
{
	return srv->options.now_ns();
}

void eu_rpc_server_warn(struct eu_rpc_server *srv, enum eu_rpc_warning sort, const char *fmt, ...)
{
	int64_t now_ns = eu_rpc_server_now(srv);
	char text[256];
	va_list ap;

	if (now_ns < srv->warnings[sort].next_ns) {
		srv->warnings[sort].suppressed++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	eu_log_warn("%s suppressed=%u", text, srv->warnings[sort].suppressed);
	srv->warnings[sort].next_ns = now_ns + WARNING_NS;
	srv->warnings[sort].suppressed = 0;
}

static void close_connection(struct eu_rpc_conn *conn)
{
	struct eu_rpc_server *srv = conn->srv;

	eu_log_debug("connection closed connection=%" PRIu64, conn->peer.connection);
	TAILQ_REMOVE(&srv->conns, conn, in_server);
	srv->n_conns--;
	eu_rpc_conn_free(conn);
}

static void close_broken(struct eu_rpc_server *srv)
{
	struct eu_rpc_conn *conn = TAILQ_FIRST(&srv->conns);

	while (conn) {
		struct eu_rpc_conn *next = TAILQ_NEXT(conn, in_server);

		if (conn->is_broken)
			close_connection(conn);
		conn = next;
	}
}

static void tell_events(struct eu_rpc_server *srv)
{
	struct eu_rpc_call *call;

	while ((call = TAILQ_FIRST(&srv->events))) {
		TAILQ_REMOVE(&srv->events, call, in_events);
		eu_rpc_call_tell(call);
	}
}

static void pump_dirty(struct eu_rpc_server *srv)
{
	struct eu_rpc_conn *conn;

	TAILQ_FOREACH(conn, &srv->conns, in_server)
	{
		if (conn->is_dirty && !conn->is_broken)
			eu_rpc_conn_pump(conn);
	}
}

/* Closes, tells and writes until nothing is left, or for some rounds: an owner that answers each
 * sent() with the next message must not hold the loop. The rest is for the next tick. */
void eu_rpc_server_settle(struct eu_rpc_server *srv)
{
	srv->is_settling = true;
	for (int i = 0; i < SETTLE_ROUNDS; i++) {
		close_broken(srv);
		tell_events(srv);
		pump_dirty(srv);
	}
	srv->is_settling = false;
}

static void fill_defaults(struct eu_rpc_options *options)
{
	if (!options->max_connections)
		options->max_connections = DEFAULT_CONNECTIONS;
	if (!options->max_request_bytes)
		options->max_request_bytes = DEFAULT_REQUEST_BYTES;
	if (!options->ping_interval_ns)
		options->ping_interval_ns = DEFAULT_PING_NS;
	if (!options->ping_timeout_ns)
		options->ping_timeout_ns = DEFAULT_PING_NS;
	if (!options->now_ns)
		options->now_ns = monotonic_ns;
}

int eu_rpc_server_new(struct eu_rpc_server **ret, struct eu_loop *loop, int listen_fd,
		      const struct eu_rpc_method *methods, size_t n_methods,
		      const struct eu_rpc_options *options)
{
	EU_CLEANUP(eu_rpc_server_freep) struct eu_rpc_server *srv = calloc(1, sizeof(*srv));
	uid_t *uids;
	int r;

	if (!srv)
		return -ENOMEM;
	TAILQ_INIT(&srv->conns);
	TAILQ_INIT(&srv->events);
	srv->loop = loop;
	srv->methods = methods;
	srv->n_methods = n_methods;
	srv->listener.fd = -1;
	srv->options = *options;
	fill_defaults(&srv->options);
	uids = calloc(options->n_uids + 1, sizeof(*uids));
	srv->options.uids = uids;
	if (!uids)
		return -ENOMEM;
	for (size_t i = 0; i < options->n_uids; i++)
		uids[i] = options->uids[i];
	r = listen_fd < 0 ? 0 : eu_rpc_listener_start(srv, listen_fd);
	if (r < 0)
		return r;
	*ret = EU_TAKE_PTR(srv);
	return 0;
}

static void close_all(struct eu_rpc_server *srv)
{
	while (!TAILQ_EMPTY(&srv->conns))
		close_connection(TAILQ_FIRST(&srv->conns));
	eu_rpc_server_settle(srv);
}

void eu_rpc_server_free(struct eu_rpc_server *srv)
{
	if (!srv)
		return;
	eu_rpc_listener_stop(srv);
	close_all(srv);
	free((void *)(uintptr_t)srv->options.uids);
	free(srv);
}

void eu_rpc_server_freep(struct eu_rpc_server **srv)
{
	eu_rpc_server_free(*srv);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When the connection is next pinged, or closed for not answering. */
static int64_t ping_due_ns(const struct eu_rpc_conn *conn)
{
	const struct eu_rpc_options *options = &conn->srv->options;

	return conn->ping_ns ? conn->ping_ns + options->ping_timeout_ns
			     : conn->heard_ns + options->ping_interval_ns;
}

int64_t eu_rpc_server_next_timeout_ns(const struct eu_rpc_server *srv, int64_t now_ns)
{
	int64_t due_ns = srv->accept_again_ns ? srv->accept_again_ns : INT64_MAX;
	const struct eu_rpc_conn *conn;
	const struct eu_rpc_call *call;

	if (!TAILQ_EMPTY(&srv->events))
		return 0;
	TAILQ_FOREACH(conn, &srv->conns, in_server)
	{
		if (conn->is_broken || conn->is_dirty)
			return 0;
		due_ns = earlier(due_ns, ping_due_ns(conn));
		TAILQ_FOREACH(call, &conn->calls, in_conn)
		due_ns = earlier(due_ns, call->deadline_ns);
	}
	if (due_ns == INT64_MAX)
		return -1;
	return due_ns > now_ns ? due_ns - now_ns : 0;
}

static void tick_calls(struct eu_rpc_conn *conn, int64_t now_ns)
{
	struct eu_rpc_call *call;

	TAILQ_FOREACH(call, &conn->calls, in_conn)
	{
		if (call->deadline_ns <= now_ns)
			eu_rpc_call_abort(call, EU_RPC_DEADLINE_EXCEEDED, "deadline exceeded");
	}
}

static void tick_connection(struct eu_rpc_conn *conn, int64_t now_ns)
{
	tick_calls(conn, now_ns);
	if (ping_due_ns(conn) > now_ns)
		return;
	if (conn->ping_ns)
		eu_rpc_conn_break(conn, "no answer to a ping");
	else
		eu_rpc_conn_ping(conn, now_ns);
}

void eu_rpc_server_tick(struct eu_rpc_server *srv, int64_t now_ns)
{
	struct eu_rpc_conn *conn;

	eu_rpc_listener_tick(srv, now_ns);
	TAILQ_FOREACH(conn, &srv->conns, in_server)
	tick_connection(conn, now_ns);
	eu_rpc_server_settle(srv);
}

static void say_goodbye(struct eu_rpc_conn *conn, const char *message)
{
	struct eu_rpc_call *call;

	TAILQ_FOREACH(call, &conn->calls, in_conn)
	{
		if (!call->is_ended)
			eu_rpc_call_abort(call, EU_RPC_UNAVAILABLE, message);
	}
	/* Not terminate_session(): it would end the session before the trailers behind a DATA. */
	eu_rpc_conn_check(
	    conn, nghttp2_submit_goaway(conn->session, NGHTTP2_FLAG_NONE,
					nghttp2_session_get_last_proc_stream_id(conn->session),
					NGHTTP2_NO_ERROR, NULL, 0));
	conn->is_dirty = true;
}

/* Waits until some connection can be written to again. Says whether any still has to be. */
static bool wait_writable(struct eu_rpc_server *srv, int64_t until_ns)
{
	struct pollfd fds[64];
	struct eu_rpc_conn *conn;
	nfds_t n = 0;
	int64_t left_ns = until_ns - monotonic_ns();

	TAILQ_FOREACH(conn, &srv->conns, in_server)
	{
		if (n < sizeof(fds) / sizeof(fds[0]) && (conn->is_blocked || conn->has_more))
			fds[n++] = (struct pollfd){.fd = conn->watch.fd, .events = POLLOUT};
	}
	if (!n || left_ns <= 0 || poll(fds, n, (int)(left_ns / EU_NS_PER_MS) + 1) <= 0)
		return false;
	TAILQ_FOREACH(conn, &srv->conns, in_server)
	{
		conn->is_blocked = false;
		conn->is_dirty = true;
	}
	return true;
}

void eu_rpc_server_shutdown(struct eu_rpc_server *srv, const char *message, int64_t timeout_ns)
{
	int64_t until_ns = monotonic_ns() + timeout_ns;
	struct eu_rpc_conn *conn;

	eu_rpc_listener_stop(srv);
	TAILQ_FOREACH(conn, &srv->conns, in_server)
	say_goodbye(conn, message);
	do
		eu_rpc_server_settle(srv);
	while (wait_writable(srv, until_ns));
	close_all(srv);
}
