/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/cleanup.h"
#include "util/loop.h"
#include "util/packet.h"

static void send_a_packet_with_descriptors(void **state)
{
	int pair[2], pipes[2], fds[EU_PACKET_FDS_MAX];
	char buf[16];
	size_t n_fds;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(eu_packet_send(pair[0], "head", 4, "tail", 4, pipes, 2), 0);
	assert_int_equal(eu_packet_receive(pair[1], buf, sizeof(buf), fds, &n_fds), 8);
	assert_memory_equal(buf, "headtail", 8);
	assert_int_equal(n_fds, 2);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(read(pipes[0], buf, 1), 1);
	assert_int_equal(fcntl(fds[0], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	for (int i = 0; i < 2; i++) {
		eu_close(fds[i]);
		eu_close(pipes[i]);
	}
	eu_close(pair[0]);
	assert_int_equal(eu_packet_receive(pair[1], buf, sizeof(buf), fds, &n_fds), 0);
	eu_close(pair[1]);
}

static void refuse_a_packet_that_does_not_fit(void **state)
{
	int pair[2], fds[EU_PACKET_FDS_MAX];
	char buf[4];
	size_t n_fds;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	assert_int_equal(eu_packet_send(pair[0], "too long", 8, NULL, 0, pair, 1), 0);
	assert_int_equal(eu_packet_receive(pair[1], buf, sizeof(buf), fds, &n_fds), -EMSGSIZE);
	assert_int_equal(n_fds, 0);
	eu_close(pair[0]);
	eu_close(pair[1]);
}

struct counter {
	struct eu_loop *loop;
	struct eu_watch watch;
	struct eu_watch *victim;
	int runs, fails_with;
};

static int count_run(void *data, uint32_t events)
{
	struct counter *c = data;

	assert_true(events & EPOLLIN);
	c->runs++;
	if (c->victim)
		eu_loop_remove(c->loop, c->victim);
	return c->fails_with;
}

static void run_what_is_ready(void **state)
{
	struct counter c = {.watch = {.fn = count_run, .data = &c}};
	int pipes[2];

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(eu_loop_new(&c.loop), 0);
	c.watch.fd = pipes[0];
	assert_int_equal(eu_loop_add(c.loop, &c.watch, EPOLLIN), 0);
	assert_int_equal(eu_loop_turn(c.loop, 0), 0);
	assert_int_equal(write(pipes[1], "x", 1), 1);
	assert_int_equal(eu_loop_turn(c.loop, -1), 1);
	c.fails_with = -EIO;
	assert_int_equal(eu_loop_turn(c.loop, -1), -EIO);
	assert_int_equal(c.runs, 2);
	eu_loop_free(c.loop);
	eu_close(pipes[0]);
	eu_close(pipes[1]);
}

/* Both are ready in one turn, and whichever runs first removes the other. */
static void never_run_a_removed_watch(void **state)
{
	struct counter a = {.watch = {.fn = count_run, .data = &a}},
		       b = {.watch = {.fn = count_run, .data = &b}};
	int pipe_a[2], pipe_b[2];

	(void)state;
	assert_int_equal(pipe(pipe_a) | pipe(pipe_b), 0);
	assert_int_equal(eu_loop_new(&a.loop), 0);
	b.loop = a.loop;
	a.victim = &b.watch;
	b.victim = &a.watch;
	a.watch.fd = pipe_a[0];
	b.watch.fd = pipe_b[0];
	assert_int_equal(
	    eu_loop_add(a.loop, &a.watch, EPOLLIN) | eu_loop_add(a.loop, &b.watch, EPOLLIN), 0);
	assert_int_equal(write(pipe_a[1], "x", 1) + write(pipe_b[1], "x", 1), 2);
	assert_int_equal(eu_loop_turn(a.loop, 0), 1);
	assert_int_equal(a.runs + b.runs, 1);
	eu_loop_free(a.loop);
	for (int i = 0; i < 2; i++) {
		eu_close(pipe_a[i]);
		eu_close(pipe_b[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(send_a_packet_with_descriptors),
	    cmocka_unit_test(refuse_a_packet_that_does_not_fit),
	    cmocka_unit_test(run_what_is_ready),
	    cmocka_unit_test(never_run_a_removed_watch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
