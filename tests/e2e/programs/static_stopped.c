/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does one thing and prints how it ended:
 *   create FILE | read FILE | write FILE | connect ADDRESS PORT | mapped ADDRESS PORT |
 *   send ADDRESS PORT | bind ADDRESS PORT | times N FILE PROGRAM ARGUMENT...
 * create is the first act of its main. mapped connects by IPv4 in IPv6. times runs the program so
 * often, and prints how many of them were not killed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int say(int result)
{
	puts(result < 0 ? strerrorname_np(errno) : "ok");
	return result < 0;
}

static int network(const char *what, const char *address, const char *port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
	struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = to.sin_port};
	int stream = socket(AF_INET, SOCK_STREAM, 0), datagram = socket(AF_INET, SOCK_DGRAM, 0);
	char mapped[64];

	inet_pton(AF_INET, address, &to.sin_addr);
	snprintf(mapped, sizeof(mapped), "::ffff:%s", address);
	inet_pton(AF_INET6, mapped, &to6.sin6_addr);
	if (strcmp(what, "connect") == 0)
		return say(connect(stream, (struct sockaddr *)&to, sizeof(to)));
	if (strcmp(what, "mapped") == 0)
		return say(connect(socket(AF_INET6, SOCK_STREAM, 0), (struct sockaddr *)&to6,
				   sizeof(to6)));
	if (strcmp(what, "bind") == 0)
		return say(bind(stream, (struct sockaddr *)&to, sizeof(to)));
	return say((int)sendto(datagram, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)));
}

static int times(int n, char *argv[])
{
	int survived = 0;

	for (int i = 0; i < n; i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			execv(argv[0], argv);
			_exit(127);
		}
		waitpid(pid, &status, 0);
		survived += !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
	printf("%d\n", survived);
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc < 3)
		return 2;
	if (strcmp(argv[1], "create") == 0)
		return say(open(argv[2], O_WRONLY | O_CREAT, 0644));
	if (strcmp(argv[1], "read") == 0)
		return say(open(argv[2], O_RDONLY));
	if (strcmp(argv[1], "write") == 0)
		return say(open(argv[2], O_WRONLY));
	if (strcmp(argv[1], "times") == 0)
		return times(atoi(argv[2]), argv + 3);
	return argc == 4 ? network(argv[1], argv[2], argv[3]) : 2;
}
