/* SPDX-License-Identifier: Apache-2.0 */
/* One packet with file descriptors over a SOCK_SEQPACKET socket between the collector's own
 * processes. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#define EU_PACKET_FDS_MAX 64

/* Sends head and payload as one packet, with n_fds descriptors, which stay the caller's. 0 or
 * -errno. */
int eu_packet_send(int fd, const void *head, size_t head_len, const void *payload, size_t len,
		   const int *fds, size_t n_fds);

/*
 * Receives one packet into buf. Descriptors that came along are put into ret_fds (room for
 * EU_PACKET_FDS_MAX), close on exec; the caller owns them. Returns the length, 0 at the end of the
 * connection, -errno; -EMSGSIZE when it did not fit.
 */
ssize_t eu_packet_receive(int fd, void *buf, size_t size, int *ret_fds, size_t *ret_n_fds);
