// SPDX-License-Identifier: Apache-2.0
/*
 * static_links [-r ROOT] PATH...: opens each and prints what /proc says it has opened, a line each.
 * Descriptors 100 to 103 are a memfd, a file without a name, a pipe, and the directory it began in;
 * @PATH is relative to that. With -r the opens happen after chroot to ROOT.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MEMFD = 100, NAMELESS, PIPE, BEGAN };

static int links = -1;

static int show(int fd)
{
	char name[16], link[4097];
	ssize_t len;

	snprintf(name, sizeof(name), "%d", fd);
	if (fd >= 0 && links < 0)
		links = fd;
	len = fd < 0 ? -1 : readlinkat(links, name, link, sizeof(link));
	if (len >= 0)
		printf("%.*s\n", (int)len, link);
	return fd;
}

static void prepare(void)
{
	int ends[2];

	show(open("/proc/self/fd", O_PATH | O_DIRECTORY));
	dup2(memfd_create("in memory", 0), MEMFD);
	dup2(show(open("nameless", O_CREAT | O_RDWR, 0600)), NAMELESS);
	unlink("nameless");
	if (pipe(ends) == 0)
		dup2(ends[0], PIPE);
	dup2(show(open(".", O_RDONLY | O_DIRECTORY)), BEGAN);
	show(open(".", O_TMPFILE | O_RDWR, 0600));
}

int main(int argc, char *argv[])
{
	int i = 1;

	prepare();
	if (argc > 2 && strcmp(argv[1], "-r") == 0) {
		if (chroot(argv[2]) < 0 || chdir("/") < 0)
			return 1;
		i = 3;
	}
	for (; i < argc; i++) {
		if (argv[i][0] == '@')
			show(openat(BEGAN, argv[i] + 1, O_RDONLY));
		else
			show(open(argv[i], O_RDONLY | O_NONBLOCK));
	}
	return 0;
}
