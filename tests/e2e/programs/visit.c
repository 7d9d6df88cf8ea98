/* SPDX-License-Identifier: Apache-2.0 */
/*
 * visit MARK: what a short container does, known in advance: opens /etc/MARK (it is not there),
 * reads the 5 bytes of /etc/page, and connects once to a port of the loopback where nobody listens.
 * Static, so that it runs in a bare root.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	struct sockaddr_in nobody = {
	    .sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char path[PATH_MAX], page[16];
	int fd, s;

	snprintf(path, sizeof(path), "/etc/%s", argc > 1 ? argv[1] : "");
	if (open(path, O_RDONLY | O_CLOEXEC) >= 0 || errno != ENOENT)
		return EXIT_FAILURE;
	fd = open("/etc/page", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, page, sizeof(page)) != 5 || close(fd) < 0)
		return EXIT_FAILURE;
	s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s < 0 || connect(s, (struct sockaddr *)&nobody, sizeof(nobody)) == 0)
		return EXIT_FAILURE;
	return errno == ECONNREFUSED ? EXIT_SUCCESS : EXIT_FAILURE;
}
