/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "process/pins.h"
#include "process/privilege.h"
#include "util/cleanup.h"
#include "util/log.h"

static bool is_bpf(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == BPF_FS_MAGIC;
}

/* Neither the root of the file system nor what others pin in is taken. */
static int check_owner(int fd, bool is_ours)
{
	struct stat st, above;

	if (fstat(fd, &st) < 0 || fstatat(fd, "..", &above, 0) < 0)
		return -errno;
	if (st.st_dev != above.st_dev || (!is_ours && st.st_uid != EU_UID_COLLECTOR))
		return -EEXIST;
	return 0;
}

static int open_pins(const char *path)
{
	bool is_ours = mkdir(path, 0700) == 0;
	EU_CLEANUP(eu_closep) int fd = -1;
	int r;

	if (!is_ours && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!is_bpf(fd)) {
		if (is_ours)
			(void)rmdir(path);
		return -EMEDIUMTYPE;
	}
	r = check_owner(fd, is_ours);
	if (r < 0)
		return r;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 || fchown(fd, EU_UID_COLLECTOR, EU_UID_COLLECTOR) < 0)
		return -errno;
	return EU_TAKE_FD(fd);
}

static const char *explain(int err)
{
	switch (err) {
	case -EMEDIUMTYPE:
		return "is on no bpf file system; one is made by mount -t bpf bpf /sys/fs/bpf";
	case -EEXIST:
		return "is somebody else's; a folder of its own is wanted, as /sys/fs/bpf/eunomia";
	case -EWOULDBLOCK:
		return "another collector pins there";
	default:
		return strerror(-err);
	}
}

int eu_pins_open(const char *path)
{
	int fd = open_pins(path);

	return fd < 0 ? eu_log_err_r(fd, "--pin %s: %s", path, explain(fd)) : fd;
}

bool eu_pins_hold(int fd)
{
	EU_CLEANUP(eu_closep) int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *entry = NULL;
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);

	if (!dir)
		return false;
	(void)EU_TAKE_FD(copy);
	while ((entry = readdir(dir)) && entry->d_name[0] == '.')
		;
	closedir(dir);
	return entry != NULL;
}
