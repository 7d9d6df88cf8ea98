/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actions/cgroups.h"
#include "actions/files.h"
#include "actions/signal.h"
#include "eunomia/event.h"
#include "process/options.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define STAT_MAX	  4096
#define CGROUP_MAX	  65536
#define PROCS_MAX	  (1u << 20)
#define KERNEL_THREAD	  0x00200000u /* PF_KTHREAD, include/linux/sched.h */
#define ID_DIGITS	  64
#define TICK_NS		  10000000 /* of the times in /proc */
#define END_TIMEOUT_NS	  (2 * EU_NS_PER_S)
#define END_POLL_MS	  2
#define CONTAINER_CGROUPS 4096 /* below one container */

/* -- texts -- */

bool eu_process_stat_parse(const char *text, size_t len, struct eu_process_stat *ret)
{
	/* The name may have blanks and parentheses, what follows its end has none. */
	const char *at = memrchr(text, ')', len);
	unsigned long long start;
	unsigned int flags;
	int parent;

	if (!at || sscanf(at,
			  ") %*c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d "
			  "%*d %llu",
			  &parent, &flags, &start) != 3)
		return false;
	*ret = (struct eu_process_stat){.start_ticks = start, .flags = flags, .parent = parent};
	return true;
}

static bool is_container_name(const char *name, size_t len)
{
	static const char *const beginnings[] = {"lxc.payload.", "machine-"};
	size_t digits = 0;

	for (size_t i = 0; i < len; i++) {
		bool is_digit =
		    isdigit((unsigned char)name[i]) || (name[i] >= 'a' && name[i] <= 'f');

		digits = is_digit ? digits + 1 : 0;
		if (digits == ID_DIGITS)
			return true;
	}
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		size_t n = strlen(beginnings[i]);

		if (len > n && strncmp(name, beginnings[i], n) == 0)
			return true;
	}
	return false;
}

size_t eu_container_path_len(const char *path, size_t len)
{
	for (size_t at = 0; at < len;) {
		const char *end = memchr(path + at + 1, '/', len - at - 1);
		size_t next = end ? (size_t)(end - path) : len;

		if (path[at] == '/' && is_container_name(path + at + 1, next - at - 1))
			return next;
		at = next;
	}
	return 0;
}

/* Does one of the lines of /proc/PID/cgroup have a container's path? */
static bool names_container(const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t line = end ? (size_t)(end - text) - at : len - at;
		const char *path = memchr(text + at, '/', line);

		if (path && eu_container_path_len(path, line - (size_t)(path - text - at)) > 0)
			return true;
		at += line + 1;
	}
	return false;
}

/* -- one process -- */

static int open_process(const struct eu_signaler *s, pid_t pid)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", pid);
	return eu_files_open_beneath(s->proc, name, O_PATH | O_DIRECTORY);
}

static int read_stat(int process, struct eu_process_stat *ret)
{
	EU_CLEANUP(eu_freep) char *text = NULL;
	size_t len;
	int r = eu_files_read_text(process, "stat", STAT_MAX, &text, &len);

	if (r < 0)
		return -ESRCH;
	return eu_process_stat_parse(text, len, ret) ? 0 : -ESRCH;
}

/* In a pid namespace of its own, or in a container's cgroup. */
static bool is_in_container(const struct eu_signaler *s, int process)
{
	EU_CLEANUP(eu_freep) char *text = NULL;
	struct stat ns;
	size_t len;

	if (fstatat(process, "ns/pid", &ns, 0) < 0)
		return false;
	if ((uint32_t)ns.st_ino != s->host_pidns)
		return true;
	return eu_files_read_text(process, "cgroup", CGROUP_MAX, &text, &len) == 0 &&
	       names_container(text, len);
}

/* The supervisor, its children, the extractor, which is ours, and who asks. */
static bool is_own(const struct eu_signaler *s, pid_t pid, const struct eu_process_stat *stat,
		   uint32_t asker)
{
	return pid == s->supervisor || stat->parent == s->supervisor || stat->parent == getpid() ||
	       (uint32_t)pid == asker;
}

/* Whether this process, which pidfd keeps, may get a signal: 0 or -errno. */
static int check(const struct eu_signaler *s, pid_t pid, uint32_t asker,
		 struct eu_process_stat *ret_stat)
{
	EU_CLEANUP(eu_closep) int process = open_process(s, pid);
	int r = process < 0 ? -ESRCH : read_stat(process, ret_stat);

	if (r < 0)
		return r;
	if (pid == 1 || (ret_stat->flags & KERNEL_THREAD) || is_own(s, pid, ret_stat, asker))
		return -EPERM;
	if (!(s->allow & EU_ALLOW_HOST) && !is_in_container(s, process))
		return -EPERM;
	return 0;
}

static int pidfd_open_(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

static int signal_process(const struct eu_signaler *s, const struct eu_signal_request *request)
{
	/* What is read after this of that pid is of this process, as long as it gets the signal. */
	EU_CLEANUP(eu_closep) int pidfd = pidfd_open_((pid_t)request->pid);
	uint64_t ticks = request->start_ns / TICK_NS;
	struct eu_process_stat stat;
	int r;

	if (pidfd < 0)
		return pidfd == -EINVAL ? -ESRCH : pidfd;
	r = check(s, (pid_t)request->pid, request->asker, &stat);
	if (r < 0)
		return r;
	if (stat.start_ticks + 1 < ticks || stat.start_ticks > ticks + 1)
		return -ESRCH;
	return syscall(SYS_pidfd_send_signal, pidfd, (int)request->signal, NULL, 0) < 0 ? -errno
											: 0;
}

/* -- a container -- */

struct found {
	uint64_t key;
	char path[EU_CGROUP_PATH_MAX]; /* empty: not there */
	uint32_t hierarchy;
};

static int look_for(void *data, const void *records, size_t size, uint32_t flags)
{
	struct found *found = data;
	const char *at = records;

	(void)flags;
	for (size_t left = size; left >= sizeof(struct eu_cgroup);) {
		const struct eu_cgroup *rec = (const void *)at;

		if (rec->key == found->key && rec->path_len < sizeof(found->path)) {
			memcpy(found->path, rec + 1, rec->path_len);
			found->path[rec->path_len] = '\0';
			found->hierarchy = rec->hierarchy;
		}
		at += rec->hdr.size;
		left -= rec->hdr.size;
	}
	return 0;
}

static int kill_listed(const struct eu_signaler *s, const char *text, uint32_t asker,
		       uint32_t *killed)
{
	int alive = 0;

	for (const char *at = text; *at; at++) {
		EU_CLEANUP(eu_closep) int pidfd = -1;
		struct eu_process_stat stat;
		pid_t pid = (pid_t)strtol(at, NULL, 10);

		if (pid > 0) {
			pidfd = pidfd_open_(pid);
			if (pidfd >= 0 && check(s, pid, asker, &stat) == 0 &&
			    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) == 0) {
				alive++;
				(*killed)++;
			}
		}
		at = strchr(at, '\n');
		if (!at)
			break;
	}
	return alive;
}

/* SIGKILL to what is in the cgroup and below it. How many were still there, or -errno. */
static int kill_cgroup(const struct eu_signaler *s, int dir, uint32_t asker, uint32_t *killed,
		       int *left)
{
	EU_CLEANUP(eu_freep) char *text = NULL;
	EU_CLEANUP(eu_closedirp) DIR *entries = NULL;
	const struct dirent *entry;
	size_t len;
	int n, r = eu_files_read_text(dir, "cgroup.procs", PROCS_MAX, &text, &len);

	if (r < 0)
		return r == -ENODEV ? 0 : r; /* gone meanwhile */
	n = len > 0 ? kill_listed(s, text, asker, killed) : 0;
	entries = eu_files_read_dir(dir);
	while (entries && (entry = readdir(entries)) && (*left)-- > 0) {
		EU_CLEANUP(eu_closep) int child = -1;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		child = eu_files_open_beneath(dir, entry->d_name, O_PATH | O_DIRECTORY);
		r = child < 0 ? 0 : kill_cgroup(s, child, asker, killed, left);
		if (r < 0)
			return r;
		n += r;
	}
	return n;
}

/* Whoever forks faster than we read is met in the next round: a killed process forks no more. */
static int kill_until_empty(const struct eu_signaler *s, int dir, uint32_t asker, uint32_t *killed)
{
	int64_t deadline = eu_clock_ns(CLOCK_MONOTONIC) + END_TIMEOUT_NS;
	uint32_t rounds = 0, again = 0;

	for (;; rounds++) {
		int left = CONTAINER_CGROUPS;
		int n = kill_cgroup(s, dir, asker, rounds == 0 ? killed : &again, &left);

		if (n <= 0)
			return n;
		if (eu_clock_ns(CLOCK_MONOTONIC) > deadline)
			return -ETIMEDOUT;
		poll(NULL, 0, END_POLL_MS);
	}
}

static int kill_container(const struct eu_signaler *s, const struct eu_signal_request *request,
			  uint32_t *ret_killed)
{
	EU_CLEANUP(eu_freep) struct found *found = calloc(1, sizeof(*found));
	EU_CLEANUP(eu_closep) int dir = -1;
	bool is_container;
	int r;

	if (!found)
		return -ENOMEM;
	found->key = request->cgroup_key;
	r = eu_cgroups_list(s->root, EU_CGROUPS_MAX, look_for, found);
	if (r < 0)
		return r;
	if (!found->path[0] || strcmp(found->path, "/") == 0)
		return -ENOENT;
	dir = eu_cgroups_open(s->root, found->hierarchy, found->path, found->key);
	r = dir < 0 ? dir : kill_until_empty(s, dir, request->asker, ret_killed);
	/* Some other cgroup, in which there was nothing that may be ended. */
	is_container = eu_container_path_len(found->path, strlen(found->path)) > 0;
	return r == 0 && *ret_killed == 0 && !is_container ? -EPERM : r;
}

int eu_signal(const struct eu_signaler *s, const struct eu_signal_request *request,
	      uint32_t *ret_processes)
{
	int r;

	*ret_processes = 0;
	if (!(s->allow & EU_ALLOW_SIGNAL))
		return -EPERM;
	if (request->cgroup_key)
		return kill_container(s, request, ret_processes);
	if (request->pid == 0 || request->pid > INT32_MAX || request->signal == 0 ||
	    request->signal > 31)
		return -EINVAL;
	r = signal_process(s, request);
	if (r == 0)
		*ret_processes = 1;
	return r;
}
