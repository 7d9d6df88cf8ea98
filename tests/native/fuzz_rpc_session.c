/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client's connection may bring. The input is a list of steps: a byte that says what to do
 * and, for bytes to send, how many. The methods answer in every way there is. The answers are read
 * or not as the steps say.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/server.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "util/loop.h"

#define SECOND	  INT64_C(1000000000)
#define MAX_HELD  64
#define MAX_STEPS 512

enum step {
	STEP_TURN,
	STEP_READ,
	STEP_WAIT,
	STEP_REPLY,
	STEP_SEND,
	STEP_END,
	STEP_FAIL,
	STEP_BYTES, /* and everything above: the low bits say how many */
};

struct held {
	struct eu_rpc_call *call;
	uint8_t *msg; /* borrowed by the call while not NULL */
	bool is_ending;
	bool is_streaming;
};

static struct held held[MAX_HELD];
static size_t n_held;
static int64_t now_ns;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t fake_clock(void)
{
	return now_ns;
}

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void forget(struct held *one)
{
	free(one->msg);
	*one = (struct held){0};
}

static void on_closed(void *user, struct eu_rpc_call *call)
{
	struct held *one = user;

	must(one->call == call);
	(void)eu_rpc_peer_is_stale(call);
	forget(one);
}

static void on_sent(void *user, struct eu_rpc_call *call)
{
	struct held *one = user;

	must(one->call == call && one->msg);
	free(EU_TAKE_PTR(one->msg));
	if (one->is_ending)
		forget(one);
}

static void hold(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	(void)msg;
	(void)len;
	if (n_held == MAX_HELD)
		return eu_rpc_fail(call, EU_RPC_RESOURCE_EXHAUSTED, "full");
	held[n_held].call = call;
	eu_rpc_on_closed(call, on_closed, &held[n_held++]);
}

static void echo(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	eu_rpc_reply(call, msg, len);
}

static void refuse(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	eu_rpc_fail(call, EU_RPC_NOT_FOUND, "%.*s", (int)len, (const char *)msg);
}

/* Each of these does something to the newest held call that still allows it. */
static void send_message(struct held *one, size_t len)
{
	uint8_t *msg;

	if (one->is_ending)
		return;
	msg = malloc(len + 1);
	if (!msg)
		return;
	memset(msg, 'm', len);
	if (eu_rpc_stream_send(one->call, msg, len, on_sent) == 0)
		one->msg = EU_TAKE_PTR(msg);
	one->is_streaming = true;
	free(msg);
}

static void end_stream(struct held *one)
{
	if (one->is_ending)
		return;
	if (eu_rpc_stream_end(one->call, EU_RPC_OK, "done"))
		one->is_ending = true;
	else
		forget(one);
}

static void fail_call(struct held *one)
{
	eu_rpc_fail(one->call, EU_RPC_ABORTED, "failed \xc3\xa4");
	forget(one);
}

static void reply(struct held *one, size_t len)
{
	static const uint8_t msg[65536];

	if (one->is_streaming || one->is_ending)
		return;
	eu_rpc_reply(one->call, msg, len);
	forget(one);
}

static void act(enum step step, size_t argument)
{
	struct held *one = n_held ? &held[argument % n_held] : NULL;

	if (!one || !one->call)
		return;
	if (step == STEP_SEND)
		send_message(one, argument * 7000);
	else if (step == STEP_END)
		end_stream(one);
	else if (step == STEP_REPLY)
		reply(one, argument * 250);
	else
		fail_call(one);
}

static void read_all(int fd)
{
	uint8_t buf[16384];

	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
}

static void run(struct eu_loop *loop, struct eu_rpc_server *srv, int fd, const uint8_t *data,
		size_t size)
{
	for (int i = 0; i < MAX_STEPS && size >= 2; i++) {
		enum step step = data[0] < STEP_BYTES ? (enum step)data[0] : STEP_BYTES;
		size_t argument = (size_t)(data[0] & 0x0f) << 8 | data[1];

		data += 2;
		size -= 2;
		if (step == STEP_BYTES) {
			size_t n = argument < size ? argument : size;

			(void)!send(fd, data, n, MSG_DONTWAIT | MSG_NOSIGNAL);
			data += n;
			size -= n;
		} else if (step == STEP_READ) {
			read_all(fd);
		} else if (step == STEP_WAIT) {
			now_ns += (int64_t)(argument & 0xff) * SECOND / 20;
		} else if (step != STEP_TURN) {
			act(step, argument & 0xff);
			continue;
		}
		must(eu_rpc_server_next_timeout_ns(srv, now_ns) >= -1);
		must(eu_loop_turn(loop, 0) >= 0);
		eu_rpc_server_tick(srv, now_ns);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct eu_rpc_method methods[] = {
	    {"/t.T/Echo", NULL, echo}, {"/t.T/Fail", NULL, refuse}, {"/t.T/Hold", NULL, hold}};
	uid_t self = geteuid();
	const struct eu_rpc_options options = {
	    .uids = &self, .n_uids = 1, .max_request_bytes = 1024, .now_ns = fake_clock};
	struct eu_loop *loop = NULL;
	struct eu_rpc_server *srv = NULL;
	int fds[2];

	now_ns = SECOND;
	n_held = 0;
	eu_log_set_level(EU_LOG_ERR);
	must(eu_loop_new(&loop) == 0);
	must(eu_rpc_server_new(&srv, loop, -1, methods, 3, &options) == 0);
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	must(eu_rpc_server_adopt(srv, fds[0]) == 0);
	run(loop, srv, fds[1], data, size);
	if (size % 2)
		eu_rpc_server_shutdown(srv, "down", 0);
	eu_rpc_server_free(srv);
	for (size_t i = 0; i < n_held; i++)
		must(!held[i].call);
	eu_loop_free(loop);
	close(fds[1]);
	return 0;
}
