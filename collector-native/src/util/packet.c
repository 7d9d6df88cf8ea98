/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "util/cleanup.h"
#include "util/packet.h"

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(EU_PACKET_FDS_MAX * sizeof(int))];
};

int eu_packet_send(int fd, const void *head, size_t head_len, const void *payload, size_t len,
		   const int *fds, size_t n_fds)
{
	struct iovec iov[] = {
	    {.iov_base = (void *)head, .iov_len = head_len},
	    {.iov_base = (void *)payload, .iov_len = len},
	};
	union control control = {0};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = len ? 2 : 1};
	ssize_t n;

	if (n_fds > EU_PACKET_FDS_MAX)
		return -EINVAL;
	if (n_fds) {
		control.align = (struct cmsghdr){.cmsg_len = CMSG_LEN(n_fds * sizeof(int)),
						 .cmsg_level = SOL_SOCKET,
						 .cmsg_type = SCM_RIGHTS};
		memcpy(CMSG_DATA(&control.align), fds, n_fds * sizeof(int));
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
	}
	do {
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

static void take_fds(struct msghdr *msg, int *ret_fds, size_t *ret_n_fds)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		*ret_n_fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(ret_fds, CMSG_DATA(c), *ret_n_fds * sizeof(int));
	}
}

ssize_t eu_packet_receive(int fd, void *buf, size_t size, int *ret_fds, size_t *ret_n_fds)
{
	struct iovec iov = {.iov_base = buf, .iov_len = size};
	union control control = {0};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.bytes,
			     .msg_controllen = sizeof(control.bytes)};
	ssize_t n;

	*ret_n_fds = 0;
	do {
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	take_fds(&msg, ret_fds, ret_n_fds);
	if (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
		for (size_t i = 0; i < *ret_n_fds; i++)
			eu_close(ret_fds[i]);
		*ret_n_fds = 0;
		return -EMSGSIZE;
	}
	return n;
}
