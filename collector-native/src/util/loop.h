/* SPDX-License-Identifier: Apache-2.0 */
/* The one epoll loop of a process: level-triggered watches with a callback each. */
#pragma once

#include <stdint.h>

struct eu_loop;

/*
 * events: EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR as epoll_wait reports them. Returns 0, or -errno,
 * which ends the turn. A callback may remove any watch, its own too.
 */
typedef int (*eu_loop_fn)(void *data, uint32_t events);

/* One watched fd, embedded in its owner, who keeps it alive until eu_loop_remove(). The fd stays
 * the owner's. */
struct eu_watch {
	int fd;
	eu_loop_fn fn;
	void *data;
};

int eu_loop_new(struct eu_loop **ret);
void eu_loop_free(struct eu_loop *loop);
void eu_loop_freep(struct eu_loop **loop);

/* events: EPOLLIN, EPOLLOUT, EPOLLET... ; watch->fd, fn and data must be set. */
int eu_loop_add(struct eu_loop *loop, struct eu_watch *watch, uint32_t events);
int eu_loop_modify(struct eu_loop *loop, struct eu_watch *watch, uint32_t events);
void eu_loop_remove(struct eu_loop *loop, struct eu_watch *watch);

/*
 * Waits once, at most timeout_ns (-1: without end), and runs the callbacks of what is ready.
 * Returns the number of callbacks run, or -errno from a callback or from epoll.
 */
int eu_loop_turn(struct eu_loop *loop, int64_t timeout_ns);
