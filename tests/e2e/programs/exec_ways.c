/* SPDX-License-Identifier: Apache-2.0 */
/* Executes /bin/true in an unusual way: exec_ways argc0 | empty-path | dirfd | memfd | unlinked
 * DIR. */
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char *const no_env[] = {NULL};

static int copy_of_true(int to)
{
	int from = open("/bin/true", O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (from < 0 || fstat(from, &st) < 0 ||
	    sendfile(to, from, NULL, (size_t)st.st_size) != st.st_size)
		return -1;
	close(from);
	return to;
}

static int exec_fd(int fd, char *name)
{
	char *argv[] = {name, "an argument", "", "\xc3\xa4", NULL};

	return (int)syscall(SYS_execveat, fd, "", argv, no_env, AT_EMPTY_PATH);
}

static int unlinked(const char *dir)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/gone", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0755);
	if (fd < 0 || copy_of_true(fd) < 0 || close(fd) < 0)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	unlink(path);
	return exec_fd(fd, "unlinked");
}

int main(int argc, char *argv[])
{
	const char *way = argc > 1 ? argv[1] : "";
	char *dirfd_argv[] = {"dirfd", NULL};

	if (strcmp(way, "argc0") == 0)
		execve("/bin/true", (char *[]){NULL}, no_env);
	else if (strcmp(way, "empty-path") == 0)
		exec_fd(open("/bin/true", O_PATH | O_CLOEXEC), "empty-path");
	else if (strcmp(way, "dirfd") == 0)
		syscall(SYS_execveat, open("/bin", O_PATH | O_DIRECTORY | O_CLOEXEC), "true",
			dirfd_argv, no_env, 0);
	else if (strcmp(way, "memfd") == 0)
		exec_fd(copy_of_true(memfd_create("payload", MFD_CLOEXEC)), "memfd");
	else if (strcmp(way, "unlinked") == 0 && argc > 2)
		unlinked(argv[2]);
	perror(way);
	return 1;
}
