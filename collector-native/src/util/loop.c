/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/epoll.h>
#include <time.h>

#include "util/cleanup.h"
#include "util/loop.h"

#define TURN_EVENTS 32

struct eu_loop {
	int epfd;
	/* The events of the running turn: a removed watch is crossed out here, so that its callback
	 * is never run. */
	struct epoll_event ready[TURN_EVENTS];
	int n_ready;
};

int eu_loop_new(struct eu_loop **ret)
{
	EU_CLEANUP(eu_loop_freep) struct eu_loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return -ENOMEM;
	loop->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epfd < 0)
		return -errno;
	*ret = EU_TAKE_PTR(loop);
	return 0;
}

void eu_loop_free(struct eu_loop *loop)
{
	if (!loop)
		return;
	eu_close(loop->epfd);
	free(loop);
}

void eu_loop_freep(struct eu_loop **loop)
{
	eu_loop_free(*loop);
}

static int control(struct eu_loop *loop, int op, struct eu_watch *watch, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = watch};

	return epoll_ctl(loop->epfd, op, watch->fd, &ev) < 0 ? -errno : 0;
}

int eu_loop_add(struct eu_loop *loop, struct eu_watch *watch, uint32_t events)
{
	return control(loop, EPOLL_CTL_ADD, watch, events);
}

int eu_loop_modify(struct eu_loop *loop, struct eu_watch *watch, uint32_t events)
{
	return control(loop, EPOLL_CTL_MOD, watch, events);
}

void eu_loop_remove(struct eu_loop *loop, struct eu_watch *watch)
{
	(void)control(loop, EPOLL_CTL_DEL, watch, 0);
	for (int i = 0; i < loop->n_ready; i++) {
		if (loop->ready[i].data.ptr == watch)
			loop->ready[i].data.ptr = NULL;
	}
}

/* Before Linux 5.11 there are only milliseconds; that is where the loop says why it is no use. */
static int wait_ready(struct eu_loop *loop, int64_t timeout_ns)
{
	struct timespec ts = {.tv_sec = timeout_ns / 1000000000,
			      .tv_nsec = timeout_ns % 1000000000};
	int n =
	    epoll_pwait2(loop->epfd, loop->ready, TURN_EVENTS, timeout_ns < 0 ? NULL : &ts, NULL);

	if (n < 0 && errno == ENOSYS)
		n = epoll_wait(loop->epfd, loop->ready, TURN_EVENTS,
			       timeout_ns < 0 ? -1 : (int)((timeout_ns + 999999) / 1000000));
	return n;
}

int eu_loop_turn(struct eu_loop *loop, int64_t timeout_ns)
{
	int run = 0, r = 0;

	loop->n_ready = wait_ready(loop, timeout_ns);
	if (loop->n_ready < 0) {
		loop->n_ready = 0;
		return errno == EINTR ? 0 : -errno;
	}
	for (int i = 0; i < loop->n_ready && r >= 0; i++) {
		struct eu_watch *watch = loop->ready[i].data.ptr;

		if (!watch)
			continue;
		r = watch->fn(watch->data, loop->ready[i].events);
		run++;
	}
	loop->n_ready = 0;
	return r < 0 ? r : run;
}
