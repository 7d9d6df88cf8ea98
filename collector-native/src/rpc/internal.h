/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of rpc/ share.
 *
 * Lifetimes. A connection lives in srv->conns until the server closes it, which happens in
 * eu_rpc_server_settle() and free only: whoever finds it unusable calls eu_rpc_conn_break(). A call
 * is in conn->calls while its HTTP/2 stream is open; nghttp2 may close streams in mem_recv and
 * mem_send, so nobody holds a call across those. When the stream closes, a call that the owner
 * still holds goes on living, with conn == NULL, until its event is dispatched; any other is freed.
 *
 * Events. The owner's functions are never called with nghttp2 on the stack: what has to be told is
 * a call in srv->events, told by eu_rpc_server_settle().
 */
#pragma once

#include <nghttp2/nghttp2.h>
#include <sys/queue.h>

#include "rpc/server.h"
#include "util/loop.h"

#define EU_RPC_MAX_CALLS	32   /* concurrent streams of a connection */
#define EU_RPC_MAX_HEADER_BYTES 8192 /* a request's header list, counted as HTTP/2 does */
#define EU_RPC_REQUESTS_AT_ONCE 4    /* of the largest size, buffered for one connection */

enum eu_rpc_call_state {
	EU_RPC_CALL_RECEIVING, /* the request is not complete */
	EU_RPC_CALL_READY,     /* it is, and handle() has to be called */
	EU_RPC_CALL_OWNED,     /* the owner has the handle */
	EU_RPC_CALL_ENDING,    /* the owner only waits for sent() or on_closed() */
	EU_RPC_CALL_DONE,      /* the owner has no handle */
};

struct eu_rpc_request {
	int64_t timeout_ns; /* -1: none */
	size_t header_bytes;
	bool is_post;
	bool is_grpc;	 /* by content-type */
	bool is_encoded; /* grpc-encoding is not identity */
	bool is_bad_timeout;
	uint8_t prefix[5];
	size_t n_prefix;
	uint8_t *msg; /* owned, msg_len bytes, once the prefix is complete */
	size_t msg_len;
	size_t n_msg;
};

/* The message in flight. */
struct eu_rpc_out {
	bool active;
	uint8_t prefix[5];
	const uint8_t *msg; /* borrowed from the owner, or copy */
	uint8_t *copy;	    /* owned */
	size_t len;
	size_t off; /* bytes given to nghttp2, the prefix included */
};

struct eu_rpc_call {
	TAILQ_ENTRY(eu_rpc_call) in_conn;
	TAILQ_ENTRY(eu_rpc_call) in_events;
	struct eu_rpc_server *srv;
	struct eu_rpc_conn *conn; /* NULL: the stream is closed */
	int32_t stream_id;
	struct eu_rpc_peer peer;
	const struct eu_rpc_method *method; /* NULL: unknown */
	enum eu_rpc_call_state state;
	struct eu_rpc_request request;
	struct eu_rpc_out out;
	int64_t deadline_ns; /* INT64_MAX: none */
	bool is_queued;	     /* in srv->events */
	bool is_sent;	     /* sent() has to be called */
	bool is_lost;	     /* on_closed() has to be called */
	bool is_streaming;   /* counted in conn->n_streaming */
	bool has_headers;    /* the response's are submitted */
	bool is_ended;	     /* its status is decided */
	int status;
	char *message; /* owned, quoted; NULL: none */
	eu_rpc_call_fn sent;
	eu_rpc_call_fn on_closed;
	void *user;
};

struct eu_rpc_conn {
	TAILQ_ENTRY(eu_rpc_conn) in_server;
	struct eu_rpc_server *srv;
	struct eu_watch watch; /* watch.fd is owned */
	uint32_t watched;      /* events asked for */
	nghttp2_session *session;
	struct eu_rpc_peer peer;
	TAILQ_HEAD(, eu_rpc_call) calls;
	unsigned int n_streaming;
	size_t request_bytes; /* of all incomplete and unread requests */
	uint8_t *out;	      /* owned; NULL while nothing is to be written */
	size_t out_size, out_len, out_off;
	bool is_blocked; /* the socket is full */
	bool has_more;	 /* this turn's writes are used up */
	bool is_dirty;	 /* to be pumped when the events are told */
	bool is_broken;	 /* to be closed */
	uint32_t error;	 /* of the GOAWAY that was sent */
	int64_t heard_ns;
	int64_t ping_ns; /* when the unanswered ping was sent; 0: none */
	int64_t credit;	 /* frames that it may still send */
	int64_t credit_ns;
};

enum eu_rpc_warning {
	EU_RPC_WARN_REFUSED,
	EU_RPC_WARN_FULL,
	EU_RPC_WARN_ACCEPT,
	EU_RPC_WARN_BROKEN,
	_EU_RPC_WARN_MAX,
};

struct eu_rpc_server {
	struct eu_loop *loop;
	const struct eu_rpc_method *methods;
	size_t n_methods;
	struct eu_rpc_options options; /* defaults filled in; uids owned */
	struct eu_watch listener;      /* listener.fd is owned; -1: none */
	int64_t accept_again_ns;       /* the listener rests until then; 0: it does not */
	TAILQ_HEAD(, eu_rpc_conn) conns;
	unsigned int n_conns;
	uint64_t last_connection;
	TAILQ_HEAD(, eu_rpc_call) events;
	bool is_settling;
	struct {
		int64_t next_ns;
		unsigned int suppressed;
	} warnings[_EU_RPC_WARN_MAX];
};

/* server.c */
int64_t eu_rpc_server_now(const struct eu_rpc_server *srv);
void eu_rpc_server_settle(struct eu_rpc_server *srv);
void eu_rpc_server_warn(struct eu_rpc_server *srv, enum eu_rpc_warning sort, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* listener.c: fd is taken over on success only. */
int eu_rpc_listener_start(struct eu_rpc_server *srv, int fd);
void eu_rpc_listener_stop(struct eu_rpc_server *srv);
void eu_rpc_listener_tick(struct eu_rpc_server *srv, int64_t now_ns);

/* connection.c: fd is taken over on success only. */
int eu_rpc_conn_new(struct eu_rpc_conn **ret, struct eu_rpc_server *srv, int fd,
		    const struct eu_rpc_peer *peer);
void eu_rpc_conn_free(struct eu_rpc_conn *conn);
void eu_rpc_conn_freep(struct eu_rpc_conn **conn);
/* Writes what there is, within this turn's bound; tells nobody. */
void eu_rpc_conn_pump(struct eu_rpc_conn *conn);
/* Pumps now, or when the events are told. */
void eu_rpc_conn_kick(struct eu_rpc_conn *conn);
void eu_rpc_conn_ping(struct eu_rpc_conn *conn, int64_t now_ns);
bool eu_rpc_conn_is_stale(const struct eu_rpc_conn *conn, int64_t now_ns);
/* Marks it for closing; why is logged, NULL: the peer closed it. */
void eu_rpc_conn_break(struct eu_rpc_conn *conn, const char *why);
/* Breaks it when r, a result of nghttp2, is an error. */
void eu_rpc_conn_check(struct eu_rpc_conn *conn, int r);

/* request.c: the callbacks of nghttp2 that receive a call. */
void eu_rpc_request_callbacks(nghttp2_session_callbacks *callbacks);
/* Takes the complete message out of the call; the caller frees it. */
uint8_t *eu_rpc_request_take(struct eu_rpc_call *call, size_t *ret_len);

/* response.c: the callbacks of nghttp2 that send one. */
void eu_rpc_response_callbacks(nghttp2_session_callbacks *callbacks);
/* Ends of calls as HTTP/2 sees them: they change no call->state and write nothing
 * (eu_rpc_conn_kick does). */
void eu_rpc_response_status(struct eu_rpc_call *call, enum eu_rpc_status status,
			    const char *message);
void eu_rpc_response_http(struct eu_rpc_call *call, const char *http_status);
void eu_rpc_response_reset(struct eu_rpc_call *call);
/* Sends the message in call->out, behind the headers if it is the first. */
void eu_rpc_response_send(struct eu_rpc_call *call);
/* Ends the call with its status after the message in flight. */
void eu_rpc_response_end(struct eu_rpc_call *call, enum eu_rpc_status status, const char *message);
/* Forgets the message in flight. */
void eu_rpc_response_drop(struct eu_rpc_call *call);

/* call.c */
int eu_rpc_call_new(struct eu_rpc_call **ret, struct eu_rpc_conn *conn, int32_t stream_id);
void eu_rpc_call_free(struct eu_rpc_call *call);
/* Its stream is closed: frees it, unless the owner has to be told first. */
void eu_rpc_call_detach(struct eu_rpc_call *call);
void eu_rpc_call_queue(struct eu_rpc_call *call);
/* Tells the owner what call, taken from srv->events, has for it. */
void eu_rpc_call_tell(struct eu_rpc_call *call);
/* Ends it from this side, without the owner: deadline passed, server going down. */
void eu_rpc_call_abort(struct eu_rpc_call *call, enum eu_rpc_status status, const char *message);
