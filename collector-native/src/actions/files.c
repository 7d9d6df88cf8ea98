/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include "actions/files.h"
#include "util/cleanup.h"

#define OPEN_TRIES 4 /* a rename elsewhere during a lookup makes openat2 fail with EAGAIN */
#define READ_CHUNK 65536

static int open_resolved(int dir, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {.flags = (unsigned int)flags | O_CLOEXEC, .resolve = resolve};
	int fd = -1;

	for (int i = 0; i < OPEN_TRIES; i++) {
		fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd < 0 ? -errno : fd;
}

int eu_files_open_root(const char *sysroot)
{
	return open_resolved(AT_FDCWD, sysroot ? sysroot : "/", O_PATH | O_DIRECTORY, 0);
}

int eu_files_open_dir(int root, const char *path, int flags)
{
	return open_resolved(root, path, flags | O_DIRECTORY,
			     RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

#define BENEATH (RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)

int eu_files_open_beneath(int dir, const char *path, int flags)
{
	return open_resolved(dir, path, flags, BENEATH);
}

int eu_files_open_within(int dir, const char *path, int flags)
{
	return open_resolved(dir, path, flags, BENEATH | RESOLVE_NO_XDEV);
}

int eu_files_open_link(int process, const char *link)
{
	return open_resolved(process, link, O_PATH | O_DIRECTORY, 0);
}

int eu_files_open_linked(int proc, const char *link, int flags)
{
	return open_resolved(proc, link, flags, 0);
}

int eu_files_open_inside(int root, const char *path, int flags)
{
	return open_resolved(root, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

int eu_files_open_parent(int dir)
{
	return open_resolved(dir, "..", O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
}

DIR *eu_files_read_dir(int dir)
{
	EU_CLEANUP(eu_closep) int fd = eu_files_open_beneath(dir, ".", O_RDONLY | O_DIRECTORY);
	DIR *opened = fd < 0 ? NULL : fdopendir(fd);

	if (opened)
		fd = -1; /* closed with it */
	return opened;
}

void eu_closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

int eu_files_open_state(int dir, const char *path, uid_t owner, struct stat *ret_st)
{
	const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
	EU_CLEANUP(eu_closep) int fd = -1;
	struct stat st;

	fd = owner ? eu_files_open_within(dir, path, flags)
		   : eu_files_open_beneath(dir, path, flags);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != owner || st.st_mode & S_IWOTH)
		return -EPERM;
	if (st.st_size > EU_STATE_FILE_MAX)
		return -EFBIG;
	*ret_st = st;
	return EU_TAKE_FD(fd);
}

int eu_files_read_text(int dir, const char *path, size_t max, char **ret, size_t *ret_len)
{
	EU_CLEANUP(eu_closep) int fd = eu_files_open_beneath(dir, path, O_RDONLY);
	EU_CLEANUP(eu_freep) char *text = NULL;
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	do {
		char *bigger = realloc(text, len + READ_CHUNK);

		if (!bigger)
			return -ENOMEM;
		text = bigger;
		n = read(fd, text + len, READ_CHUNK);
		if (n < 0)
			return -errno;
		len += (size_t)n;
	} while (n > 0 && len <= max);
	if (len > max)
		return -EFBIG;
	*ret = EU_TAKE_PTR(text);
	*ret_len = len;
	return 0;
}
