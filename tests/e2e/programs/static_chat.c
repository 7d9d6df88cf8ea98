// SPDX-License-Identifier: Apache-2.0
/*
 * Two processes over a unix socket, in containers without libraries:
 *   static_chat serve PATH        takes one connection, reads all there is, ends
 *   static_chat talk PATH N       sends N messages of 10 bytes
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int serve(int fd, const struct sockaddr_un *address)
{
	char buffer[4096];
	int connection;

	unlink(address->sun_path);
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 || listen(fd, 1) < 0)
		return 1;
	connection = accept(fd, NULL, NULL);
	while (read(connection, buffer, sizeof(buffer)) > 0)
		;
	return 0;
}

static int talk(int fd, const struct sockaddr_un *address, int n)
{
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		return 1;
	while (n-- > 0) {
		if (write(fd, "0123456789", 10) != 10)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (argc < 3)
		return 2;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", argv[2]);
	return strcmp(argv[1], "serve") == 0 ? serve(fd, &address)
					     : talk(fd, &address, argc > 3 ? atoi(argv[3]) : 0);
}
