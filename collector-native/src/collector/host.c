/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "collector/host.h"
#include "util/cleanup.h"

#define CGROUP2_MAGIC 0x63677270 /* linux/magic.h */
#define CGROUP2_ROOT  1		 /* inode number */

static uint32_t namespace_inode(const char *path, const char *fallback)
{
	struct stat st;

	if (stat(path, &st) < 0 && stat(fallback, &st) < 0)
		return 0;
	return (uint32_t)st.st_ino;
}

static int is_cgroup2(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == CGROUP2_MAGIC;
}

static const char *cgroup_mode(void)
{
	if (is_cgroup2("/sys/fs/cgroup"))
		return "v2";
	return is_cgroup2("/sys/fs/cgroup/unified") ? "hybrid" : "v1";
}

static void read_line(const char *path, char *buf, size_t size)
{
	EU_CLEANUP(eu_fclosep) FILE *f = fopen(path, "re");

	if (!f || !fgets(buf, (int)size, f))
		buf[0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
}

void eu_host_identity_read(struct eu_host_identity *ret)
{
	struct utsname uts;

	*ret = (struct eu_host_identity){0};
	ret->pidns = namespace_inode("/proc/1/ns/pid", "/proc/self/ns/pid");
	ret->mntns = namespace_inode("/proc/1/ns/mnt", "/proc/self/ns/mnt");
	if (uname(&uts) == 0)
		snprintf(ret->kernel_release, sizeof(ret->kernel_release), "%s", uts.release);
	read_line("/proc/sys/kernel/random/boot_id", ret->boot_id, sizeof(ret->boot_id));
	snprintf(ret->cgroup_mode, sizeof(ret->cgroup_mode), "%s", cgroup_mode());
}

int eu_host_cgroup_root(void)
{
	const char *path =
	    is_cgroup2("/sys/fs/cgroup") ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified";
	EU_CLEANUP(eu_closep) int fd = -1;
	struct stat st;

	if (!is_cgroup2(path))
		return -ENOENT;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return st.st_ino == CGROUP2_ROOT ? EU_TAKE_FD(fd) : -EXDEV;
}
