// SPDX-License-Identifier: Apache-2.0
/* Makes file calls that ordinary programs seldom make, in the working directory. Whether they
 * succeed does not matter: strace says how each went. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define HIGH 0xdead00000000ul /* not looked at by calls that take an int */

/* As many "./" as make a path of so many bytes, ending in name. */
static char *path_of(size_t len, const char *name)
{
	static char path[3 * PAGE];
	size_t at = len - strlen(name);

	for (size_t i = 0; i < at; i++)
		path[i] = i % 2 ? '/' : '.';
	if (at % 2)
		path[at - 1] = '/';
	strcpy(path + at, name);
	return path;
}

static void openat2_calls(int dir)
{
	struct open_how beneath = {.flags = O_RDONLY, .resolve = RESOLVE_BENEATH};
	struct open_how make = {.flags = O_CREAT | O_WRONLY,
				.mode = 0640,
				.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV};

	syscall(SYS_openat2, dir, "inside", &beneath, sizeof(beneath));
	syscall(SYS_openat2, dir, "../file", &beneath, sizeof(beneath));
	syscall(SYS_openat2, dir, "/etc/passwd", &beneath, sizeof(beneath));
	syscall(SYS_openat2, dir, "made", &make, sizeof(make));
	beneath.resolve = 1ull << 40;
	syscall(SYS_openat2, dir, "inside", &beneath, sizeof(beneath));
}

static void open_calls(int dir)
{
	int fd;

	syscall(SYS_open, "file", O_RDONLY);
	syscall(SYS_open, "file", O_WRONLY | O_APPEND | O_SYNC | O_NOATIME);
	syscall(SYS_open, "file", O_RDWR | O_DSYNC | O_ASYNC | O_NOCTTY);
	syscall(SYS_open, "file", O_ACCMODE | O_NONBLOCK);
	syscall(SYS_open, "exclusive", O_CREAT | O_EXCL | O_RDWR, 0604);
	syscall(SYS_open, "exclusive", O_CREAT | O_EXCL | O_RDWR, 0);
	syscall(SYS_creat, "created", 04711);
	syscall(SYS_openat, dir, "inside", O_RDONLY | O_CLOEXEC);
	syscall(SYS_openat, dir, "../dir/./inside", O_RDONLY | O_DIRECTORY);
	syscall(SYS_openat, 999, "inside", O_RDONLY);
	syscall(SYS_openat, AT_FDCWD, "", O_RDONLY);
	syscall(SYS_openat, AT_FDCWD, "file", HIGH | O_RDONLY);
	syscall(SYS_openat, HIGH | (unsigned int)dir, "inside", O_RDONLY);
	syscall(SYS_openat, AT_FDCWD, "link", O_PATH | O_NOFOLLOW);
	syscall(SYS_openat, AT_FDCWD, "link", O_RDONLY | O_NOFOLLOW);
	syscall(SYS_openat, AT_FDCWD, "loop", O_RDONLY);
	fd = (int)syscall(SYS_openat, AT_FDCWD, ".", O_TMPFILE | O_RDWR, 0600);
	syscall(SYS_linkat, fd, "", AT_FDCWD, "from-tmpfile", AT_EMPTY_PATH);
	syscall(SYS_open, "\xff\xfe", O_CREAT | O_WRONLY, 0600);
	syscall(SYS_open, "gr\xc3\xbc\xc3\x9f", O_CREAT | O_WRONLY, 0600);
	syscall(SYS_open, "new\nline \"quoted'\\ \x7f\x1b[31m", O_CREAT | O_WRONLY, 0600);
}

/* Paths that are long, nowhere, or not yet in memory. */
static void path_calls(void)
{
	char *two =
	    mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = (int)syscall(SYS_open, "text", O_RDONLY);
	char *untouched = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);

	for (size_t len = PAGE - 6; len <= PAGE + 2; len++) {
		syscall(SYS_open, path_of(len, "/file"), O_RDONLY);
		syscall(SYS_rename, "file", path_of(len, "/missing/there"));
	}
	syscall(SYS_open, path_of(2 * PAGE, "/file"), O_RDONLY);
	syscall(SYS_mkdir, memset(path_of(300, "x"), 'n', 300), 0700);
	syscall(SYS_open, NULL, O_RDONLY);
	syscall(SYS_open, 1, O_RDONLY);
	syscall(SYS_rename, "file", ~0ul);
	syscall(SYS_unlink, 0xffff800000000000ul);
	syscall(SYS_openat2, AT_FDCWD, "file", 1, sizeof(struct open_how));
	syscall(SYS_open, untouched, O_RDONLY);
	munmap(two + PAGE, PAGE);
	strcpy(two + PAGE - 5, "file");
	syscall(SYS_open, two + PAGE - 5, O_RDONLY);
	memcpy(two + PAGE - 4, "file", 4); /* no end before the hole */
	syscall(SYS_open, two + PAGE - 4, O_RDONLY);
}

static void name_calls(int dir)
{
	syscall(SYS_link, "file", "second");
	syscall(SYS_linkat, AT_FDCWD, "link", dir, "third", AT_SYMLINK_FOLLOW);
	syscall(SYS_symlink, "no/such place", "dangling");
	syscall(SYS_symlinkat, "", dir, "empty");
	syscall(SYS_symlinkat, "../file", dir, "up");
	syscall(SYS_rename, "second", "dir/../first");
	syscall(SYS_renameat, AT_FDCWD, "first", dir, "second");
	syscall(SYS_renameat2, dir, "second", dir, "third", RENAME_EXCHANGE);
	syscall(SYS_renameat2, dir, "second", dir, "third", RENAME_NOREPLACE);
	syscall(SYS_renameat2, dir, "second", dir, "third", RENAME_NOREPLACE | RENAME_EXCHANGE);
	syscall(SYS_mkdir, "made-dir", 01777);
	syscall(SYS_mkdirat, dir, "deeper", 0);
	syscall(SYS_mkdirat, 999, "deeper", 0700);
	syscall(SYS_unlinkat, dir, "deeper", AT_REMOVEDIR);
	syscall(SYS_unlinkat, dir, "third", 0);
	syscall(SYS_unlinkat, dir, "second", AT_REMOVEDIR);
	syscall(SYS_unlinkat, dir, "second", 0x40);
	syscall(SYS_mknod, "node", S_IFCHR | 0600, makedev(1, 3));
	syscall(SYS_mknod, "node", S_IFBLK | 0640, makedev(259, 70000));
	syscall(SYS_mknodat, dir, "pipe", S_IFIFO | 0644, 0);
	syscall(SYS_mknodat, dir, "plain", 0604, 0);
	syscall(SYS_mknodat, 999, "nowhere", S_IFSOCK | 0600, 0);
	syscall(SYS_rmdir, "made-dir");
	syscall(SYS_rmdir, "dir");
	syscall(SYS_unlink, "dangling");
	syscall(SYS_unlink, "dangling");
}

static void attribute_calls(int dir, int fd)
{
	syscall(SYS_chmod, "file", 0);
	syscall(SYS_fchmod, fd, 06755);
	syscall(SYS_fchmod, 999, 0644);
	syscall(SYS_fchmodat, dir, "inside", 0644);
	syscall(SYS_chown, "file", 1, -1);
	syscall(SYS_lchown, "link", -1, 2);
	syscall(SYS_fchown, fd, 3, 4);
	syscall(SYS_fchownat, dir, "../link", 5, 6, AT_SYMLINK_NOFOLLOW);
	syscall(SYS_fchownat, fd, "", -1, -1, AT_EMPTY_PATH);
	syscall(SYS_truncate, "file", 5000000000);
	syscall(SYS_truncate, "dir", 0);
	syscall(SYS_ftruncate, fd, 3);
	syscall(SYS_ftruncate, 999, 7);
}

static void by_handle(void)
{
	union {
		struct file_handle handle;
		char bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = {.handle.handle_bytes = MAX_HANDLE_SZ};
	int mount_id;

	if (name_to_handle_at(AT_FDCWD, "file", &u.handle, &mount_id, 0) == 0)
		open_by_handle_at(AT_FDCWD, &u.handle, O_RDONLY);
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* An open that waits, is interrupted and begins again, and one that fails with EINTR. */
static void interrupted(void)
{
	struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	struct itimerval soon = {.it_value.tv_usec = 20000};

	sigaction(SIGALRM, &action, NULL);
	if (fork() == 0) {
		usleep(60000);
		_exit(open("fifo", O_WRONLY) < 0);
	}
	setitimer(ITIMER_REAL, &soon, NULL);
	close((int)syscall(SYS_open, "fifo", O_RDONLY));
	wait(NULL);
	action.sa_flags = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	syscall(SYS_open, "fifo", O_WRONLY);
}

int main(void)
{
	int text, dir, fd;

	mkdir("dir", 0755);
	close(open("dir/inside", O_CREAT | O_WRONLY, 0644));
	fd = open("file", O_CREAT | O_RDWR, 0644);
	text = open("text", O_CREAT | O_WRONLY, 0644);
	if (symlink("file", "link") < 0 || symlink("loop", "loop") < 0 ||
	    mkfifo("fifo", 0600) < 0 || write(text, "dir/inside", 11) != 11)
		return EXIT_FAILURE;
	dir = open("dir", O_RDONLY | O_DIRECTORY);
	open_calls(dir);
	openat2_calls(dir);
	path_calls();
	name_calls(dir);
	attribute_calls(dir, fd);
	by_handle();
	interrupted();
	return EXIT_SUCCESS;
}
