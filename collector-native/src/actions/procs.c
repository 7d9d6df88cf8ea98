/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "actions/files.h"
#include "actions/procs.h"
#include "util/cleanup.h"

#define STATUS_MAX 65536
#define UID_MAX	   4294967294u /* -1 means none */

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

static bool is_blank(char c)
{
	return c == '\t' || c == ' ';
}

/* Reads the decimal numbers that stand there; -1 when something else does, or a number that differs
 * from the one before it. */
static int count_equal_numbers(const char *at, size_t len, uint32_t *ret)
{
	int n = 0;

	for (size_t i = 0; i < len; n++) {
		uint64_t value = 0;

		for (; i < len && is_blank(at[i]); i++)
			;
		if (i == len)
			break;
		for (; i < len && !is_blank(at[i]); i++) {
			if (at[i] < '0' || at[i] > '9' || value > UID_MAX)
				return -1;
			value = value * 10 + (uint64_t)(at[i] - '0');
		}
		if (value > UID_MAX || (n > 0 && value != *ret))
			return -1;
		*ret = (uint32_t)value;
	}
	return n;
}

/* The kernel escapes a newline in the process's name, so a key after one is the kernel's own. */
bool eu_status_uid(const char *text, size_t len, uid_t *ret)
{
	const char *uids = text, *pids = text;
	size_t uids_len = status_values(text, len, "\nUid:", &uids);
	size_t pids_len = status_values(text, len, "\nNSpid:", &pids);
	uint32_t uid, pid;

	if (count_equal_numbers(uids, uids_len, &uid) != 4 ||
	    count_equal_numbers(pids, pids_len, &pid) != 1)
		return false;
	*ret = uid;
	return true;
}

/* The number with that index among those that stand there, or the last one with -1. */
static bool number_at(const char *at, size_t len, int index, uint32_t *ret)
{
	int n = 0;

	for (size_t i = 0; i < len;) {
		uint32_t equal;
		size_t first;

		for (; i < len && is_blank(at[i]); i++)
			;
		first = i;
		for (; i < len && !is_blank(at[i]); i++)
			;
		if (i == first)
			break;
		if (count_equal_numbers(at + first, i - first, &equal) != 1)
			return false;
		*ret = equal;
		if (n++ == index)
			return true;
	}
	return index < 0 && n > 0;
}

bool eu_status_own(const char *text, size_t len, uid_t *ret_uid, pid_t *ret_pid)
{
	const char *uids = text, *pids = text;
	size_t uids_len = status_values(text, len, "\nUid:", &uids);
	size_t pids_len = status_values(text, len, "\nNSpid:", &pids);
	uint32_t uid, pid;

	if (!number_at(uids, uids_len, 1, &uid) || !number_at(pids, pids_len, -1, &pid) ||
	    pid > INT32_MAX)
		return false;
	*ret_uid = uid;
	*ret_pid = (pid_t)pid;
	return true;
}

bool eu_proc_uid(int process, uid_t *ret)
{
	EU_CLEANUP(eu_freep) char *text = NULL;
	size_t len;

	return eu_files_read_text(process, "status", STATUS_MAX, &text, &len) == 0 &&
	       eu_status_uid(text, len, ret);
}

static bool runs(int dir, const char *link, bool (*is_wanted)(const char *program))
{
	static const char deleted[] = " (deleted)"; /* an upgrade replaced the file */
	char exe[PATH_MAX];
	ssize_t n = readlinkat(dir, link, exe, sizeof(exe) - 1);
	char *name, *end;

	if (n <= 0)
		return false;
	exe[n] = '\0';
	name = strrchr(exe, '/');
	if (!name)
		return false;
	end = name + strlen(name) - strlen(deleted);
	if (end > name && !strcmp(end, deleted))
		*end = '\0';
	return is_wanted(name + 1);
}

/* One call for a process that is not wanted. A pid may be another's by the time it is opened. */
static int open_process(int proc, const char *pid, bool (*is_wanted)(const char *program))
{
	EU_CLEANUP(eu_closep) int process = -1;
	char link[NAME_MAX + sizeof("/exe")];

	snprintf(link, sizeof(link), "%s/exe", pid);
	if (!runs(proc, link, is_wanted))
		return -1;
	process = eu_files_open_beneath(proc, pid, O_PATH | O_DIRECTORY);
	return process >= 0 && runs(process, "exe", is_wanted) ? EU_TAKE_FD(process) : -1;
}

bool eu_procs_search(int proc, bool (*is_wanted)(const char *program), eu_proc_fn fn, void *data)
{
	EU_CLEANUP(eu_closedirp) DIR *dir = eu_files_read_dir(proc);
	const struct dirent *entry;
	bool done = false;

	while (dir && !done && (entry = readdir(dir))) {
		EU_CLEANUP(eu_closep) int process = -1;

		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		process = open_process(proc, entry->d_name, is_wanted);
		done = process >= 0 && fn(data, process);
	}
	return done;
}
