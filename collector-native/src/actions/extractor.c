/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "actions/extractor.h"
#include "actions/extractor_server.h"
#include "util/cleanup.h"
#include "util/packet.h"

/* What the server may take beyond its own timeout until it counts as gone. */
#define MARGIN_MS 2000

struct eu_extractor {
	int fd; /* -1: gone */
	pid_t pid;
	int timeout_ms;
};

/* Waits for one packet of at most size bytes; returns its length, or -EPIPE. */
static ssize_t receive(struct eu_extractor *x, int timeout_ms, void *ret, size_t size)
{
	struct pollfd wait = {.fd = x->fd, .events = POLLIN};
	ssize_t n = -1;

	if (poll(&wait, 1, timeout_ms + MARGIN_MS) > 0)
		n = recv(x->fd, ret, size, MSG_DONTWAIT | MSG_TRUNC);
	return n <= 0 || (size_t)n > size ? -EPIPE : n;
}

static int receive_reply(struct eu_extractor *x, struct eu_extractor_reply *ret)
{
	return receive(x, x->timeout_ms, ret, sizeof(*ret)) == sizeof(*ret) ? 0 : -EPIPE;
}

static int await_ready(struct eu_extractor *x)
{
	struct eu_extractor_reply hello;
	int r = receive_reply(x, &hello);

	return r < 0 ? r : hello.err;
}

int eu_extractor_new(struct eu_extractor **ret, const struct eu_extractor_options *options)
{
	EU_CLEANUP(eu_extractor_freep) struct eu_extractor *x = calloc(1, sizeof(*x));
	int fds[2], r;

	if (!x)
		return -ENOMEM;
	*x = (struct eu_extractor){.fd = -1, .pid = -1, .timeout_ms = options->timeout_ms};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	x->fd = fds[0];
	EU_CLEANUP(eu_closep) int theirs = fds[1];

	x->pid = fork();
	if (x->pid < 0)
		return -errno;
	if (x->pid == 0)
		eu_extractor_server(theirs, options);
	theirs = eu_close(theirs);
	r = await_ready(x);
	if (r < 0)
		return r;
	*ret = EU_TAKE_PTR(x);
	return 0;
}

/* The server ends by itself when its socket does. */
void eu_extractor_free(struct eu_extractor *x)
{
	if (!x)
		return;
	eu_close(x->fd);
	if (x->pid > 0)
		waitpid(x->pid, NULL, 0);
	free(x);
}

void eu_extractor_freep(struct eu_extractor **x)
{
	eu_extractor_free(*x);
}

bool eu_extractor_alive(const struct eu_extractor *x)
{
	return x->fd >= 0;
}

static int hand_over(struct eu_extractor *x, enum eu_extract_kind kind, int fd, const char *id)
{
	struct eu_extractor_request request = {.kind = kind};
	int r;

	memcpy(request.id, id, strnlen(id, sizeof(request.id) - 1));
	r = eu_packet_send(x->fd, &request, sizeof(request), NULL, 0, &fd, 1);
	return r < 0 ? -EPIPE : 0;
}

/* An answer that comes after all must not be taken for the next one's. */
static int give_up(struct eu_extractor *x, int r)
{
	x->fd = eu_close(x->fd);
	return r;
}

static int checked_error(int err)
{
	return err < 0 && err > -4096 ? err : -EPROTO;
}

int eu_extractor_run(struct eu_extractor *x, enum eu_extract_kind kind, int fd, const char *id,
		     struct eu_extract *ret)
{
	struct eu_extractor_reply reply;
	int r;

	r = hand_over(x, kind, fd, id);
	if (r == 0)
		r = receive_reply(x, &reply);
	if (r < 0)
		return give_up(x, r);
	if (reply.err)
		return checked_error(reply.err);
	if (!eu_extract_valid(&reply.e))
		return -EPROTO;
	*ret = reply.e;
	return 0;
}

int eu_extractor_symbols(struct eu_extractor *x, enum eu_symbols_kind kind, int fd,
			 const uint64_t *at, size_t n, int timeout_ms, struct eu_symbols *ret)
{
	static struct eu_symbols_reply reply;
	struct eu_extractor_request request = {
	    .kind = kind, .timeout_ms = timeout_ms, .n = (uint32_t)n};
	ssize_t len = -EPIPE;

	if (eu_packet_send(x->fd, &request, sizeof(request), at, n * sizeof(*at), &fd, 1) == 0)
		len = receive(x, timeout_ms, &reply, sizeof(reply));
	if (len < (ssize_t)offsetof(struct eu_symbols_reply, s))
		return give_up(x, -EPIPE);
	if (reply.err)
		return checked_error(reply.err);
	len -= (ssize_t)offsetof(struct eu_symbols_reply, s);
	if (!eu_symbols_valid(&reply.s, (size_t)len, n))
		return -EPROTO;
	memcpy(ret, &reply.s, (size_t)len);
	return 0;
}

void eu_extractor_forget(struct eu_extractor *x)
{
	x->fd = eu_close(x->fd);
}
