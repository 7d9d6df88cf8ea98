/* SPDX-License-Identifier: Apache-2.0 */
/* The listening unix socket: at a path the administrator named, or private to one controller. */
#pragma once

#include <sys/types.h>

#define EU_SOCKET_PATH_SIZE 108

struct eu_listener {
	int fd;
	char path[EU_SOCKET_PATH_SIZE]; /* empty: inherited, not ours to remove */
	char dir[EU_SOCKET_PATH_SIZE];	/* empty: not ours to remove */
	uid_t owner;
};

/*
 * Listens at path; a stale socket file, at which nobody answers, is replaced. The socket gets mode
 * 0660 and the group of its directory. 0, or -errno: EADDRINUSE when somebody listens there.
 */
int eu_listener_open(struct eu_listener *ret, const char *path);

/* Listens in a new directory that only owner can enter. */
int eu_listener_open_private(struct eu_listener *ret, uid_t owner, gid_t group);

/* Takes over a descriptor; -ENOTSOCK, -EINVAL when it is not a listening unix stream socket. */
int eu_listener_adopt(struct eu_listener *ret, int fd);

/* Closes, and removes what open made. */
void eu_listener_close(struct eu_listener *listener);
