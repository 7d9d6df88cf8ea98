/* SPDX-License-Identifier: Apache-2.0 */
/* Who gets in: the listener, the check of the peer, the limit of connections. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "rpc/internal.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define ACCEPTS_PER_TURN 64
#define ACCEPT_REST_NS	 (100 * EU_NS_PER_MS) /* after an accept without memory or fds */

static int check_peer(struct eu_rpc_server *srv, int fd, struct eu_rpc_peer *ret)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	*ret = (struct eu_rpc_peer){.pid = cred.pid, .uid = cred.uid};
	for (size_t i = 0; i < srv->options.n_uids; i++) {
		if (srv->options.uids[i] == cred.uid)
			return 0;
	}
	eu_rpc_server_warn(srv, EU_RPC_WARN_REFUSED, "peer refused pid=%d uid=%u", cred.pid,
			   cred.uid);
	return -EPERM;
}

int eu_rpc_server_adopt(struct eu_rpc_server *srv, int fd)
{
	struct eu_rpc_conn *conn;
	struct eu_rpc_peer peer;
	int r = check_peer(srv, fd, &peer);

	if (r < 0)
		return r;
	if (srv->n_conns >= srv->options.max_connections) {
		eu_rpc_server_warn(srv, EU_RPC_WARN_FULL, "too many connections pid=%d uid=%u",
				   peer.pid, peer.uid);
		return -EMFILE;
	}
	peer.connection = srv->last_connection + 1;
	r = eu_rpc_conn_new(&conn, srv, fd, &peer);
	if (r < 0)
		return r;
	srv->last_connection++;
	srv->n_conns++;
	TAILQ_INSERT_TAIL(&srv->conns, conn, in_server);
	eu_log_debug("connected connection=%" PRIu64 " pid=%d uid=%u", peer.connection, peer.pid,
		     peer.uid);
	eu_rpc_conn_kick(conn);
	return 0;
}

/* A listener that cannot accept stays readable and would keep the loop spinning. */
static int rest_listener(struct eu_rpc_server *srv, int error)
{
	eu_rpc_server_warn(srv, EU_RPC_WARN_ACCEPT, "accept failed: %s, trying again",
			   strerror(error));
	srv->accept_again_ns = eu_rpc_server_now(srv) + ACCEPT_REST_NS;
	eu_loop_remove(srv->loop, &srv->listener);
	return 0;
}

static bool is_transient(int error)
{
	return error == EAGAIN || error == EINTR || error == ECONNABORTED;
}

static int on_connect(void *data, uint32_t events)
{
	struct eu_rpc_server *srv = data;
	int r;

	(void)events;
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		EU_CLEANUP(eu_closep)
		int fd = accept4(srv->listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return is_transient(errno) ? 0 : rest_listener(srv, errno);
		r = eu_rpc_server_adopt(srv, fd);
		if (r == 0)
			(void)EU_TAKE_FD(fd);
		else if (r != -EPERM && r != -EMFILE)
			return rest_listener(srv, -r);
	}
	return 0;
}

int eu_rpc_listener_start(struct eu_rpc_server *srv, int fd)
{
	int flags = fcntl(fd, F_GETFL), r;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	srv->listener = (struct eu_watch){.fd = fd, .fn = on_connect, .data = srv};
	r = eu_loop_add(srv->loop, &srv->listener, EPOLLIN);
	if (r < 0)
		srv->listener.fd = -1;
	return r;
}

void eu_rpc_listener_stop(struct eu_rpc_server *srv)
{
	if (srv->listener.fd < 0)
		return;
	if (!srv->accept_again_ns)
		eu_loop_remove(srv->loop, &srv->listener);
	srv->accept_again_ns = 0;
	srv->listener.fd = eu_close(srv->listener.fd);
}

void eu_rpc_listener_tick(struct eu_rpc_server *srv, int64_t now_ns)
{
	if (!srv->accept_again_ns || srv->accept_again_ns > now_ns)
		return;
	srv->accept_again_ns = 0;
	if (eu_loop_add(srv->loop, &srv->listener, EPOLLIN) < 0)
		srv->accept_again_ns = now_ns + ACCEPT_REST_NS;
}
