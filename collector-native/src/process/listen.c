/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "process/listen.h"
#include "util/cleanup.h"

#define BACKLOG		 64
#define PRIVATE_TEMPLATE "/run/eunomia-XXXXXX"
#define PRIVATE_PATTERN	 "/run/eunomia-??????"
#define ABANDONED_AGE_S	 10
#define PRIVATE_NAME	 "collector.sock"

static int address_of(struct sockaddr_un *ret, const char *path)
{
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(ret->sun_path))
		return -ENAMETOOLONG;
	strcpy(ret->sun_path, path);
	return 0;
}

/* Removes a socket file at which nobody answers. -EADDRINUSE when somebody does, or when it is
 * something else. */
static int remove_stale(const struct sockaddr_un *address)
{
	EU_CLEANUP(eu_closep) int fd = -1;
	struct stat st;

	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EADDRINUSE;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
		return -EADDRINUSE;
	if (errno != ECONNREFUSED)
		return -errno;
	return unlink(address->sun_path) < 0 ? -errno : 0;
}

/* The file's mode is right from the start: the umask of a moment. */
static int bind_and_listen(int fd, const struct sockaddr_un *address, mode_t mode)
{
	mode_t saved = umask(0777 & ~mode);
	int r = bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? -errno : 0;

	umask(saved);
	if (r == 0 && listen(fd, BACKLOG) < 0)
		r = -errno;
	return r;
}

static int open_at(struct eu_listener *listener, const char *path, mode_t mode, uid_t uid,
		   gid_t gid)
{
	EU_CLEANUP(eu_closep)
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un address;
	int r;

	if (fd < 0)
		return -errno;
	r = address_of(&address, path);
	if (r == 0)
		r = remove_stale(&address);
	if (r == 0)
		r = bind_and_listen(fd, &address, mode);
	if (r < 0)
		return r;
	strcpy(listener->path, path);
	listener->fd = EU_TAKE_FD(fd);
	return chown(path, uid, gid) < 0 ? -errno : 0;
}

int eu_listener_open(struct eu_listener *ret, const char *path)
{
	struct eu_listener listener = {.fd = -1};
	char copy[EU_SOCKET_PATH_SIZE];
	struct stat st;
	int r;

	if (strlen(path) >= sizeof(copy))
		return -ENAMETOOLONG;
	strcpy(copy, path);
	if (stat(dirname(copy), &st) < 0)
		return -errno;
	r = open_at(&listener, path, 0660, (uid_t)-1, st.st_gid);
	if (r < 0) {
		eu_listener_close(&listener);
		return r;
	}
	*ret = listener;
	return 0;
}

static bool is_abandoned(const char *dir, const char *path)
{
	EU_CLEANUP(eu_closep) int fd = -1;
	struct sockaddr_un address;
	struct stat st;

	/* A younger one may be on its way between bind and listen. */
	if (lstat(dir, &st) < 0 || !S_ISDIR(st.st_mode) ||
	    time(NULL) - st.st_mtime < ABANDONED_AGE_S)
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || address_of(&address, path) < 0)
		return false;
	return connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 &&
	       errno == ECONNREFUSED;
}

/* A launcher that was killed could not tidy up: whoever comes next does. */
static void remove_abandoned(void)
{
	EU_CLEANUP(globfree) glob_t found = {0};

	if (glob(PRIVATE_PATTERN, GLOB_NOSORT, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char path[EU_SOCKET_PATH_SIZE];
		int n = snprintf(path, sizeof(path), "%s/%s", found.gl_pathv[i], PRIVATE_NAME);

		if (n >= (int)sizeof(path) || !is_abandoned(found.gl_pathv[i], path))
			continue;
		(void)unlink(path);
		(void)rmdir(found.gl_pathv[i]);
	}
}

int eu_listener_open_private(struct eu_listener *ret, uid_t owner, gid_t group)
{
	struct eu_listener listener = {.fd = -1, .dir = PRIVATE_TEMPLATE, .owner = owner};
	char path[EU_SOCKET_PATH_SIZE];
	int r;

	remove_abandoned();
	if (!mkdtemp(listener.dir))
		return -errno;
	snprintf(path, sizeof(path), "%.64s/%s", listener.dir, PRIVATE_NAME);
	r = open_at(&listener, path, 0600, owner, group);
	if (r == 0 && chown(listener.dir, owner, group) < 0)
		r = -errno;
	if (r < 0) {
		eu_listener_close(&listener);
		return r;
	}
	*ret = listener;
	return 0;
}

int eu_listener_adopt(struct eu_listener *ret, int fd)
{
	struct sockaddr_un address;
	socklen_t len = sizeof(address);
	int listening = 0;
	socklen_t int_len = sizeof(listening);

	if (getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		return -errno;
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &int_len) < 0)
		return -errno;
	if (address.sun_family != AF_UNIX || !listening)
		return -EINVAL;
	*ret = (struct eu_listener){.fd = fd};
	return 0;
}

void eu_listener_close(struct eu_listener *listener)
{
	listener->fd = eu_close(listener->fd);
	/* The directory is its owner's alone: root without CAP_DAC_OVERRIDE enters it as the owner.
	 */
	if (listener->dir[0] && listener->owner && seteuid(listener->owner) == 0) {
		(void)unlink(listener->path);
		(void)!seteuid(0);
	} else if (listener->path[0]) {
		(void)unlink(listener->path);
	}
	if (listener->dir[0])
		(void)rmdir(listener->dir);
	listener->path[0] = listener->dir[0] = '\0';
}
