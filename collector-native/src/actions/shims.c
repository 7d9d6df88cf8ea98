/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "actions/files.h"
#include "actions/places.h"
#include "actions/shims.h"
#include "util/cleanup.h"

#define SHIM_PREFIX "containerd-shim"
#define TEXT_MAX    65536 /* of a command line or a status file */

bool eu_args_have(const char *args, size_t len, const char *name, const char *value)
{
	size_t name_len = strlen(name);
	const char *end = args + len;

	while (args < end) {
		size_t n = strnlen(args, (size_t)(end - args));
		const char *next = args + n + 1;
		size_t dashes = n > 1 && args[0] == '-' ? 1 + (args[1] == '-') : 0;

		/* A last argument without its NUL was cut off: nothing in it is certain. */
		if (next > end)
			return false;
		args += dashes;
		if (dashes && !strncmp(args, name, name_len)) {
			if (args[name_len] == '=' && !strcmp(args + name_len + 1, value))
				return true;
			if (!args[name_len] &&
			    strnlen(next, (size_t)(end - next)) < (size_t)(end - next) &&
			    !strcmp(next, value))
				return true;
		}
		args = next;
	}
	return false;
}

/* The values behind "\nKEY:" in a status file: from *ret on to the end of the line. */
static size_t status_values(const char *text, size_t len, const char *key, const char **ret)
{
	const char *at = memmem(text, len, key, strlen(key)), *end;

	if (!at)
		return 0;
	at += strlen(key);
	end = memchr(at, '\n', len - (size_t)(at - text));
	*ret = at;
	return (end ? (size_t)(end - text) : len) - (size_t)(at - text);
}

/* How many numbers of digits up to highest stand there; -1 when something else does. */
static int count_numbers(const char *at, size_t len, char highest)
{
	bool inside = false;
	int n = 0;

	for (size_t i = 0; i < len; i++) {
		bool blank = at[i] == '\t' || at[i] == ' ';

		if (!blank && (at[i] < '0' || at[i] > highest))
			return -1;
		n += !blank && !inside;
		inside = !blank;
	}
	return n;
}

/* The kernel escapes a newline in the process's name, so a key after one is the kernel's own. */
bool eu_status_trusted(const char *text, size_t len)
{
	const char *uids = text, *pids = text;
	size_t uids_len = status_values(text, len, "\nUid:", &uids);
	size_t pids_len = status_values(text, len, "\nNSpid:", &pids);

	return count_numbers(uids, uids_len, '0') == 4 && count_numbers(pids, pids_len, '9') == 1;
}

/* The name of the file it runs is what no process can make up. */
static bool runs_shim(int dir, const char *link)
{
	char exe[PATH_MAX];
	ssize_t n = readlinkat(dir, link, exe, sizeof(exe) - 1);
	const char *name;

	if (n <= 0)
		return false;
	exe[n] = '\0';
	name = strrchr(exe, '/');
	return name && !strncmp(name + 1, SHIM_PREFIX, strlen(SHIM_PREFIX));
}

static bool is_trusted(int process)
{
	EU_CLEANUP(eu_freep) char *text = NULL;
	size_t len;

	return runs_shim(process, "exe") &&
	       eu_files_read_text(process, "status", TEXT_MAX, &text, &len) == 0 &&
	       eu_status_trusted(text, len);
}

static bool search_shim(int process, const char *id, eu_shim_fn fn, void *data)
{
	EU_CLEANUP(eu_closep) int bundle = -1;
	EU_CLEANUP(eu_closep) int parent = -1;
	EU_CLEANUP(eu_closep) int beside = -1;
	EU_CLEANUP(eu_freep) char *args = NULL;
	size_t len;
	bool docker;

	if (!is_trusted(process) ||
	    eu_files_read_text(process, "cmdline", TEXT_MAX, &args, &len) < 0)
		return false;
	bundle = eu_files_open_link(process, "cwd");
	if (bundle < 0)
		return false;
	docker = eu_args_have(args, len, "namespace", EU_DOCKER_NAMESPACE);
	if (eu_args_have(args, len, "id", id))
		return fn(data, bundle, docker);
	parent = eu_files_open_parent(bundle);
	if (parent >= 0)
		beside = eu_files_open_beneath(parent, id, O_PATH | O_DIRECTORY);
	return beside >= 0 && fn(data, beside, docker);
}

static bool search_process(int proc, const char *pid, const char *id, eu_shim_fn fn, void *data)
{
	EU_CLEANUP(eu_closep) int process = -1;
	char link[NAME_MAX + sizeof("/exe")];

	/* One call for a process that is no shim. Its command line is not read before it is known
	 * for one: a process can make whoever reads that wait. */
	snprintf(link, sizeof(link), "%s/exe", pid);
	if (!runs_shim(proc, link))
		return false;
	process = eu_files_open_beneath(proc, pid, O_PATH | O_DIRECTORY);
	return process >= 0 && search_shim(process, id, fn, data);
}

bool eu_shims_search(int proc, const char *id, eu_shim_fn fn, void *data)
{
	EU_CLEANUP(eu_closedirp) DIR *dir = eu_files_read_dir(proc);
	const struct dirent *entry;
	bool done = false;

	while (dir && !done && (entry = readdir(dir))) {
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			done = search_process(proc, entry->d_name, id, fn, data);
	}
	return done;
}
