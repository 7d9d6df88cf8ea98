/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "actions/conmons.h"
#include "actions/files.h"
#include "actions/ident.h"
#include "actions/mountinfo.h"
#include "actions/procs.h"
#include "util/cleanup.h"

#define CGROUP_MAX    65536
#define MOUNTINFO_MAX (16 * 1024 * 1024)

/* How many conmons are asked, in one search, that do not stand in a cgroup of their own. */
#define STRANGERS_MAX 64

struct wanted {
	const struct eu_inspector *in;
	const char *id;
	bool users;
	int strangers_left;
	eu_conmon_fn fn;
	void *data;
};

static bool is_conmon(const char *program)
{
	return !strcmp(program, "conmon");
}

/* -- is it one to believe? -- */

static bool same_link(int dir_a, const char *a, int dir_b, const char *b)
{
	char text_a[64], text_b[64];
	ssize_t n_a = readlinkat(dir_a, a, text_a, sizeof(text_a));
	ssize_t n_b = readlinkat(dir_b, b, text_b, sizeof(text_b));

	return n_a > 0 && n_a == n_b && !memcmp(text_a, text_b, (size_t)n_a);
}

static bool has(const char *text, size_t len, const char *piece)
{
	return memmem(text, len, piece, strlen(piece)) != NULL;
}

static bool is_believed(const struct wanted *w, int process, uid_t uid, const char *cgroups,
			size_t len)
{
	char slice[sizeof(":/user.slice/user-4294967295.slice/")];

	if (uid == 0)
		return same_link(process, "ns/mnt", w->in->proc, "self/ns/mnt");
	snprintf(slice, sizeof(slice), ":/user.slice/user-%u.slice/", uid);
	return has(cgroups, len, slice);
}

/* podman and CRI-O give most conmons a cgroup with the id in its name, which saves asking all. */
static bool may_be_of(struct wanted *w, const char *cgroups, size_t len)
{
	if (has(cgroups, len, w->id))
		return true;
	return !has(cgroups, len, "conmon-") && w->strangers_left-- > 0;
}

/* -- its bundle -- */

static int open_roots(const struct eu_inspector *in, const char *path)
{
	return eu_files_open_dir(in->root, path, O_PATH);
}

static int open_users(const struct eu_inspector *in, const char *path)
{
	EU_CLEANUP(eu_closep) int self = eu_files_open_dir(in->root, "proc/self", O_PATH);
	EU_CLEANUP(eu_closep) int mount = -1;
	EU_CLEANUP(eu_freep) char *text = NULL;
	char full[PATH_MAX + 1], above[PATH_MAX];
	size_t len;
	int n;

	if (self < 0)
		return self;
	n = eu_files_read_text(self, "mountinfo", MOUNTINFO_MAX, &text, &len);
	if (n < 0)
		return n;
	snprintf(full, sizeof(full), "/%s", path);
	n = eu_mountinfo_local(text, len, full);
	if (n < 0)
		return -EXDEV;
	snprintf(above, sizeof(above), "%.*s", n, full);
	mount = eu_files_open_dir(in->root, above, O_PATH);
	if (mount < 0)
		return mount;
	path = full + n + (full[n] == '/');
	return eu_files_open_within(mount, *path ? path : ".", O_PATH | O_DIRECTORY);
}

/* -- the search -- */

static bool is_slow(const struct eu_slow_users *slow, uid_t uid)
{
	for (size_t i = 0; i < slow->n && i < EU_SLOW_USERS_MAX; i++) {
		if (slow->uids[i] == uid)
			return true;
	}
	return false;
}

static int read_args(const struct wanted *w, int process, uid_t uid, struct eu_extract *ret)
{
	struct eu_slow_users *slow = w->in->slow_users;
	EU_CLEANUP(eu_closep) int args = eu_files_open_beneath(process, "cmdline", O_RDONLY);
	int r;

	if (args < 0)
		return args;
	r = eu_extractor_run(w->in->extractor, EU_EXTRACT_CONMON, args, w->id, ret);
	if (uid && r == -ETIMEDOUT)
		slow->uids[slow->n++ % EU_SLOW_USERS_MAX] = uid;
	return r;
}

static bool ask(const struct wanted *w, int process, uid_t uid)
{
	EU_CLEANUP(eu_closep) int bundle = -1;
	struct eu_extract e;
	char path[PATH_MAX];

	if ((uid && is_slow(w->in->slow_users, uid)) || read_args(w, process, uid, &e) < 0)
		return false;
	if (eu_host_path(path, sizeof(path), e.path) == 0)
		bundle = uid ? open_users(w->in, path) : open_roots(w->in, path);
	return w->fn(w->data,
		     &(struct eu_conmon){.uid = uid, .bundle = bundle, .name = e.found.name});
}

static bool search_conmon(void *data, int process)
{
	struct wanted *w = data;
	EU_CLEANUP(eu_freep) char *cgroups = NULL;
	size_t len;
	uid_t uid;

	if (!eu_proc_uid(process, &uid) || (uid != 0) != w->users ||
	    eu_files_read_text(process, "cgroup", CGROUP_MAX, &cgroups, &len) < 0)
		return false;
	return is_believed(w, process, uid, cgroups, len) && may_be_of(w, cgroups, len) &&
	       ask(w, process, uid);
}

bool eu_conmons_search(const struct eu_inspector *in, const char *id, bool users, eu_conmon_fn fn,
		       void *data)
{
	struct wanted w = {.in = in,
			   .id = id,
			   .users = users,
			   .strangers_left = STRANGERS_MAX,
			   .fn = fn,
			   .data = data};

	return eu_procs_search(in->proc, is_conmon, search_conmon, &w);
}
