/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the actions process share: a small tree of files to look into. */
#pragma once

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "actions/files.h"
#include "util/cleanup.h"

#define KIT_ID	"b2b2a3c3f4f5bead884fd30c50275505c3a71d9b582b22b53f889c041368473b"
#define KIT_ID2 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct kit_tree {
	char path[64];
	int root; /* O_PATH */
};

static inline void kit_require_root(void)
{
	if (geteuid() != 0) {
		print_message("# SKIP needs root: files of uid 0, another uid for the extractor\n");
		skip();
	}
}

static inline int kit_setup(void **state)
{
	struct kit_tree *t = calloc(1, sizeof(*t));

	if (!t)
		return -1;
	strcpy(t->path, "/tmp/eunomia-actions-XXXXXX");
	if (!mkdtemp(t->path) || chmod(t->path, 0755) < 0)
		return -1;
	t->root = eu_files_open_root(t->path);
	*state = t;
	return t->root < 0 ? -1 : 0;
}

static inline int kit_teardown(void **state)
{
	struct kit_tree *t = *state;
	pid_t pid;

	close(t->root);
	pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-rf", "--one-file-system", t->path, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	free(t);
	return 0;
}

/* The full path of something in the tree, in one of a few static buffers. */
static inline const char *kit_path(const struct kit_tree *t, const char *path)
{
	static char buffers[4][4096];
	static unsigned int next;
	char *buf = buffers[next++ % 4];

	snprintf(buf, sizeof(buffers[0]), "%s%s", t->path, path);
	return buf;
}

/* Makes every directory on the way to path, which starts with "/"; the last part too, unless that
 * is a file's name. */
static inline void kit_mkdirs(const struct kit_tree *t, const char *path, int with_last)
{
	char full[4096];

	snprintf(full, sizeof(full), "%s%s/", t->path, path);
	for (char *at = full + strlen(t->path) + 1; (at = strchr(at, '/')); at++) {
		if (!with_last && !at[1])
			break;
		*at = '\0';
		mkdir(full, 0755);
		*at = '/';
	}
}

static inline void kit_write_bytes(const struct kit_tree *t, const char *path, const void *bytes,
				   size_t len)
{
	int fd;

	kit_mkdirs(t, path, 0);
	fd = open(kit_path(t, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

static inline void kit_write(const struct kit_tree *t, const char *path, const char *text)
{
	kit_write_bytes(t, path, text, strlen(text));
}

static inline void kit_link(const struct kit_tree *t, const char *target, const char *path)
{
	kit_mkdirs(t, path, 0);
	assert_int_equal(symlink(target, kit_path(t, path)), 0);
}
