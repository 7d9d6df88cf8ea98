/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the tests of rpc/: a server with a clock of its own, a well-behaved client (an nghttp2 client
 * session) and a raw one (frames by hand). Nothing sleeps: kit_run_until() turns the loop until a
 * condition holds. Everything that can fail here fails the test.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <nghttp2/nghttp2.h>
#include <stdbool.h>

#include "rpc/server.h"
#include "util/loop.h"

#define KIT_CALLS   64
#define KIT_MESSAGE 1600
#define KIT_PREFIX  5
#define KIT_SHORT   256 /* the longest message of kit_call() */

/* The server's clock. */
extern int64_t kit_now_ns;

struct kit {
	struct eu_loop *loop;
	struct eu_rpc_server *srv;
};

/* Starts a server; options may be NULL. The calling user is allowed unless options say otherwise.
 */
void kit_start(struct kit *kit, int listen_fd, const struct eu_rpc_method *methods, size_t n,
	       const struct eu_rpc_options *options);
void kit_stop(struct kit *kit);

/* A new connection to the server; sndbuf is the server's send buffer, 0: the default. Returns the
 * peer's end, non-blocking. */
int kit_connect(struct kit *kit, int sndbuf);

/* One turn of the loop without waiting, and a tick. */
void kit_turn(struct kit *kit);

/* What a call looked like from the client's side. */
struct kit_call {
	int32_t id;
	char http_status[8];
	int status; /* grpc-status, -1: none seen */
	char message[KIT_MESSAGE];
	uint8_t *body; /* with the prefixes */
	size_t body_len;
	bool is_closed;
	uint32_t error; /* of the stream's end */
	const uint8_t *request;
	size_t request_len, request_sent;
	uint8_t short_request[KIT_PREFIX + KIT_SHORT];
	bool keeps_open;
};

struct kit_client {
	struct kit *kit;
	int fd; /* -1: the server closed it */
	nghttp2_session *session;
	bool is_deaf;	    /* does not read the socket */
	bool is_going_away; /* got a GOAWAY */
	size_t pings;
	struct kit_call calls[KIT_CALLS];
	size_t n_calls;
};

/* NULL takes the default of a good call. */
struct kit_request {
	const char *path;
	const char *method;
	const char *content_type;
	const char *encoding;
	const char *timeout;
	const char *padding; /* value of one more header */
	const uint8_t *body; /* with the prefix, borrowed until the call is closed */
	size_t len;
	bool keeps_open; /* no END_STREAM after the body */
};

/* window: the initial window of the client's streams, 0: the default; auto_window: gives back what
 * it received. */
void kit_client_start(struct kit_client *client, struct kit *kit, int sndbuf, uint32_t window,
		      bool auto_window);
void kit_client_stop(struct kit_client *client);
struct kit_call *kit_request(struct kit_client *client, const struct kit_request *request);
/* A good call with one message. */
struct kit_call *kit_call(struct kit_client *client, const char *path, const void *msg, size_t len);
void kit_cancel(struct kit_client *client, struct kit_call *call);
/* Client writes, server turns, client reads: once. */
void kit_client_turn(struct kit_client *client);
void kit_run_until_closed(struct kit_client *client, const struct kit_call *call);
/* Turns until *flag, or for a number of times. */
void kit_run_until(struct kit_client *client, const bool *flag);
void kit_run(struct kit_client *client, int turns);

/* Asserts that the body is one message of these bytes. */
void kit_assert_message(const struct kit_call *call, const void *msg, size_t len);
void kit_assert_status(const struct kit_call *call, int status, const char *message);

/* Frames by hand, appended to a buffer that the caller frees. */
struct kit_bytes {
	uint8_t *data;
	size_t len, size;
};
void kit_put(struct kit_bytes *bytes, const void *data, size_t len);
void kit_put_frame(struct kit_bytes *bytes, uint8_t type, uint8_t flags, uint32_t stream,
		   const void *payload, size_t len);
/* The client's preface and empty SETTINGS. */
void kit_put_preface(struct kit_bytes *bytes);
/* HEADERS of a good request of path. */
void kit_put_headers(struct kit_bytes *bytes, uint8_t flags, uint32_t stream, const char *path);
void kit_free_bytes(struct kit_bytes *bytes);

/* Sends all of it while the server turns, reading what it answers if reads says so. Returns false
 * when the server closed the connection, or took no more, before all was sent. */
bool kit_raw_send(struct kit *kit, int fd, const void *data, size_t len, bool reads);
/* Turns until the server has nothing to do; says whether it has closed the connection. */
bool kit_raw_is_closed(struct kit *kit, int fd);

/* Bytes allocated on the heap now. */
size_t kit_heap(void);
