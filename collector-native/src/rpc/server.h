/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small gRPC server on a unix socket: HTTP/2 from libnghttp2, unary and server-streaming calls,
 * one thread, on the owner's epoll loop. It moves opaque messages; the 5-byte gRPC prefix is its
 * own business.
 *
 * The owner's loop:
 *
 *	for (;;) {
 *		eu_loop_turn(loop, eu_rpc_server_next_timeout_ns(srv, now()));
 *		eu_rpc_server_tick(srv, now());
 *	}
 *
 * Who calls whom: the owner's functions (handle, sent, on_closed) are called only from within
 * eu_loop_turn(), eu_rpc_server_tick(), eu_rpc_server_shutdown() and eu_rpc_server_free(), never
 * from within a function that takes a call. Inside them every function that takes a call may be
 * used, on any live call; tick, shutdown and free may not.
 *
 * A call's handle is alive from handle() until the first of: eu_rpc_reply(), eu_rpc_fail(),
 * eu_rpc_stream_end() (see there), on_closed. So an owner who keeps a handle beyond handle() sets
 * on_closed. The server never uses more than: per connection 256 KiB of output while something
 * streams (32 KiB otherwise, none when idle), 4 requests of the largest size, and a copy of each
 * unary reply until it is sent, of at most 32 calls.
 *
 * Units: bytes, and nanoseconds of CLOCK_MONOTONIC. Errors: 0 or -errno. The server logs what
 * happens to connections, at most a line per 10 s of each sort; what it returns, it does not log.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "rpc/status.h"

struct eu_loop;
struct eu_rpc_server;
struct eu_rpc_call;

/*
 * One method. handle() is called when the request is complete, with exactly one message, which is
 * valid until it returns. It answers now (eu_rpc_reply, eu_rpc_fail), starts streaming, or keeps
 * the call and does so in a later turn.
 */
struct eu_rpc_method {
	const char *path; /* "/eunomia.collector.v1.Collector/GetStatus" */
	void *data;	  /* handed to handle() */
	void (*handle)(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len);
};

/* A zero takes the default. */
struct eu_rpc_options {
	const uid_t *uids; /* who may connect (SO_PEERCRED); root only if listed. Copied. */
	size_t n_uids;
	unsigned int max_connections; /* 8; one more is closed at accept */
	size_t max_request_bytes;     /* 64 KiB per message; a larger one gets RESOURCE_EXHAUSTED */
	int64_t ping_interval_ns;     /* 5 s of silence from the peer before it gets a ping */
	int64_t ping_timeout_ns;      /* 5 s without an answer to it close the connection */
	int64_t (*now_ns)(void);      /* CLOCK_MONOTONIC; tests put their own clock here */
};

/*
 * methods are borrowed and outlive the server, as does loop. listen_fd is a listening unix stream
 * socket (make its backlog 64 or more); it is set non-blocking, and taken over on success only. -1:
 * no listener, connections come by eu_rpc_server_adopt().
 */
int eu_rpc_server_new(struct eu_rpc_server **ret, struct eu_loop *loop, int listen_fd,
		      const struct eu_rpc_method *methods, size_t n_methods,
		      const struct eu_rpc_options *options);

/* Closes every connection; calls on_closed of every live call. Takes NULL. */
void eu_rpc_server_free(struct eu_rpc_server *srv);
void eu_rpc_server_freep(struct eu_rpc_server **srv);

/* Serves an already connected unix stream socket as if it had been accepted: same checks, -EPERM
 * and -EMFILE (max_connections) when refused. fd is taken over on success only. */
int eu_rpc_server_adopt(struct eu_rpc_server *srv, int fd);

/* How long the loop may wait before eu_rpc_server_tick() has work: 0 = none at all, -1 = nothing is
 * due. */
int64_t eu_rpc_server_next_timeout_ns(const struct eu_rpc_server *srv, int64_t now_ns);

/* Deadlines, pings, and what calls have left to do. After each turn of the loop. */
void eu_rpc_server_tick(struct eu_rpc_server *srv, int64_t now_ns);

/*
 * The graceful end: accepts nothing more, fails every call with UNAVAILABLE and message (on_closed
 * is called for the live ones), says GOAWAY, writes for at most timeout_ns and closes. Only
 * eu_rpc_server_free() is left to do.
 */
void eu_rpc_server_shutdown(struct eu_rpc_server *srv, const char *message, int64_t timeout_ns);

/* Called once when the call ends by the other side: cancelled, deadline passed, connection gone,
 * server shut down. A message in flight is the owner's again. The handle is dead after it. */
typedef void (*eu_rpc_call_fn)(void *user, struct eu_rpc_call *call);
void eu_rpc_on_closed(struct eu_rpc_call *call, eu_rpc_call_fn fn, void *user);

/* Answers a unary call; msg is copied. The handle is dead. */
void eu_rpc_reply(struct eu_rpc_call *call, const uint8_t *msg, size_t len);

/*
 * Ends a call with an error; fmt gives UTF-8 text, cut at 512 bytes. The handle is dead. Of a
 * message in flight nothing more is sent and its buffer is the owner's again; if a part of it was
 * already sent the peer gets a stream reset (CANCELLED) instead of the status.
 */
void eu_rpc_fail(struct eu_rpc_call *call, enum eu_rpc_status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Sends one message of a server stream. msg is borrowed, and must not change, until sent(user,
 * call) is called (user is that of eu_rpc_on_closed) or the call closes. One at a time: -EBUSY
 * before that. -ENOTCONN when the stream is already gone (on_closed is on its way), -EMSGSIZE above
 * 4 GiB - 1. On an error msg is not borrowed and sent is not called.
 */
int eu_rpc_stream_send(struct eu_rpc_call *call, const uint8_t *msg, size_t len,
		       eu_rpc_call_fn sent);

/*
 * Ends a server stream, after the message in flight. Returns false when nothing was in flight: the
 * handle is dead. Returns true when a message still is: its sent() or on_closed() comes as usual,
 * and the handle is dead after it; until then only eu_rpc_fail() may be called. message may be
 * NULL.
 */
bool eu_rpc_stream_end(struct eu_rpc_call *call, enum eu_rpc_status status, const char *message);

/* The peer as it was when it connected. */
struct eu_rpc_peer {
	pid_t pid;
	uid_t uid;
	uint64_t connection; /* counts from 1, never reused */
};
struct eu_rpc_peer eu_rpc_peer(const struct eu_rpc_call *call);

/* Whether the call's connection has missed a ping (none answered for ping_timeout_ns) or is gone.
 * The next tick closes such a connection. */
bool eu_rpc_peer_is_stale(const struct eu_rpc_call *call);
