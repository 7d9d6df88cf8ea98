/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "actions/files.h"
#include "actions/idmap.h"
#include "actions/mapped.h"
#include "actions/maps.h"
#include "actions/mountinfo.h"
#include "actions/perfmap.h"
#include "actions/procs.h"
#include "util/cleanup.h"
#include "util/packet.h"

#define STAT_MAX       4096
#define IDMAP_MAX      16384 /* 340 lines are the most */
#define MOUNTINFO_MAX  (16u << 20)
#define TICK_NS	       10000000ll /* USER_HZ is 100 on every machine we run on */
#define START_FIELD    22
#define MAPS_BUFFER    65536
#define FILE_MAX_BYTES (4ll << 30)

struct mapper {
	struct eu_mapped *m;
	int proc;
	int process; /* O_PATH of /proc/PID */
	int root;    /* O_PATH of its root; -1 before it was needed */
	int fd;
	/* Mounts: its and ours. NULL before they were needed. */
	char *theirs, *ours;
	size_t theirs_len, ours_len;
};

/* The name, in parentheses, may have anything in it. */
int64_t eu_stat_start(const char *text, size_t len)
{
	const char *at = memrchr(text, ')', len), *end = text + len;
	int64_t value = 0;

	for (int field = 2; at && field < START_FIELD; field++) {
		at = memchr(at, ' ', (size_t)(end - at));
		at = at ? at + 1 : NULL;
	}
	if (!at || at == end || *at < '0' || *at > '9')
		return -1;
	for (; at < end && *at >= '0' && *at <= '9'; at++) {
		if (value > INT64_MAX / 10 - 1)
			return -1;
		value = value * 10 + (*at - '0');
	}
	return value;
}

static int check_start(const struct mapper *p)
{
	EU_CLEANUP(eu_freep) char *text = NULL;
	int64_t ticks, wanted = (int64_t)(p->m->request.start_ns / TICK_NS);
	size_t len;

	if (eu_files_read_text(p->process, "stat", STAT_MAX, &text, &len) < 0)
		return -ENOENT;
	ticks = eu_stat_start(text, len);
	return ticks >= wanted - 1 && ticks <= wanted + 1 ? 0 : -ENOENT;
}

/* -- mappings -- */

static bool is_module(const struct eu_module *module, const struct eu_mapping *mapping)
{
	return module->inode == mapping->inode && !strcmp(module->path, mapping->path);
}

/* The latest are the likeliest. */
static uint32_t module_of(struct eu_mapped *m, const struct eu_mapping *mapping)
{
	struct eu_module *module;

	for (uint32_t i = m->n_modules; i-- > 0;) {
		if (is_module(&m->modules[i], mapping))
			return i + 1;
	}
	module = &m->modules[m->n_modules++];
	memcpy(module->path, mapping->path, sizeof(module->path));
	module->inode = mapping->inode;
	module->is_file = eu_mapping_is_file(mapping);
	module->is_anonymous = eu_mapping_is_anonymous(mapping);
	return m->n_modules;
}

/* Gives a mapping to the addresses in it, from *next on. */
static void take_mapping(struct eu_mapped *m, const struct eu_mapping *mapping, uint32_t *next)
{
	for (; *next < m->request.n; (*next)++) {
		uint64_t address = m->request.addresses[*next];

		if (address >= mapping->end)
			return;
		if (address < mapping->start)
			continue; /* nothing is there */
		m->module[*next] = module_of(m, mapping);
		m->offset[*next] = address - mapping->start + mapping->offset;
	}
}

static void take_lines(struct eu_mapped *m, const char *text, size_t *len, uint32_t *next)
{
	static struct eu_mapping mapping;
	size_t pos = 0;
	const char *end;

	while ((end = memchr(text + pos, '\n', *len - pos))) {
		size_t line = (size_t)(end - (text + pos));

		if (eu_maps_parse(text + pos, line, &mapping))
			take_mapping(m, &mapping, next);
		pos += line + 1;
	}
	*len -= pos;
	memmove((char *)text, text + pos, *len);
}

/* Both the lines and the addresses ascend, so one pass is enough, up to the last address. */
static int read_maps(struct mapper *p)
{
	static char buf[MAPS_BUFFER];
	EU_CLEANUP(eu_closep) int fd = eu_files_open_beneath(p->process, "maps", O_RDONLY);
	uint32_t next = 0;
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return fd;
	while (n > 0 && next < p->m->request.n && len < sizeof(buf)) {
		n = read(fd, buf + len, sizeof(buf) - len);
		if (n < 0)
			return -errno;
		len += (size_t)n;
		take_lines(p->m, buf, &len, &next);
	}
	return 0;
}

/* -- files -- */

/* Anew for each file: what has the id of a mount that is gone may be another one since. */
static void read_mounts(struct mapper *p)
{
	char ours[32];

	eu_freep(&p->theirs);
	eu_freep(&p->ours);
	p->theirs = p->ours = NULL;
	snprintf(ours, sizeof(ours), "%d/mountinfo", getpid());
	if (eu_files_read_text(p->process, "mountinfo", MOUNTINFO_MAX, &p->theirs, &p->theirs_len) <
		0 ||
	    eu_files_read_text(p->proc, ours, MOUNTINFO_MAX, &p->ours, &p->ours_len) < 0)
		p->theirs_len = 0;
}

/* Whoever asks holds a file of the mount, so that its id stays its own. */
static bool is_trusted(struct mapper *p, uint64_t mount)
{
	read_mounts(p);
	return p->theirs && p->ours &&
	       eu_mountinfo_trusted(p->theirs, p->theirs_len, p->ours, p->ours_len, mount);
}

/* Opened for reading only when it is known what it is: a device would take notice. */
static int reopen(const struct mapper *p, int fd)
{
	char link[32];

	snprintf(link, sizeof(link), "self/fd/%d", fd);
	return eu_files_open_linked(p->proc, link, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

/* flags: O_NOFOLLOW, or 0 for a path that may end in a link. */
static int open_file(struct mapper *p, const char *path, int flags, int64_t max, struct statx *ret)
{
	EU_CLEANUP(eu_closep) int fd = -1;

	if (p->root < 0)
		p->root = eu_files_open_link(p->process, "root");
	if (p->root < 0)
		return p->root;
	fd = eu_files_open_inside(p->root, path, O_PATH | flags);
	if (fd < 0)
		return fd;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, ret) < 0)
		return -errno;
	if (!S_ISREG(ret->stx_mode) || ret->stx_size > (uint64_t)max ||
	    !(ret->stx_mask & STATX_MNT_ID) || !is_trusted(p, ret->stx_mnt_id))
		return -EPERM;
	return reopen(p, fd);
}

static void send_packet(const struct mapper *p, struct eu_mapped_packet packet, int file)
{
	if (eu_packet_send(p->fd, &packet, sizeof(packet), NULL, 0, &file, file >= 0) < 0)
		_exit(EXIT_FAILURE); /* nobody waits any more */
}

static void send_file(struct mapper *p, uint32_t i)
{
	const struct eu_module *module = &p->m->modules[i];
	EU_CLEANUP(eu_closep) int fd = -1;
	struct statx st;

	if (!module->is_file)
		return;
	fd = open_file(p, module->path, O_NOFOLLOW, FILE_MAX_BYTES, &st);
	if (fd >= 0 && st.stx_ino == module->inode)
		send_packet(p, (struct eu_mapped_packet){.op = EU_MAPPED_FILE, .module = i}, fd);
}

static void send_perf_map(struct mapper *p)
{
	EU_CLEANUP(eu_freep) char *text = NULL;
	EU_CLEANUP(eu_closep) int fd = -1;
	char path[64];
	struct statx st;
	size_t len;
	uid_t uid;
	pid_t pid;

	if (eu_files_read_text(p->process, "status", MAPS_BUFFER, &text, &len) < 0 ||
	    !eu_status_own(text, len, &uid, &pid))
		return;
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", pid);
	fd = open_file(p, path, O_NOFOLLOW, EU_PERF_MAP_MAX, &st);
	if (fd >= 0 && (st.stx_uid == uid || st.stx_uid == 0))
		send_packet(p, (struct eu_mapped_packet){.op = EU_MAPPED_PERF_MAP}, fd);
}

static void send_files(struct mapper *p)
{
	bool anonymous = false;

	for (uint32_t i = 0; i < p->m->n_modules; i++) {
		anonymous = anonymous || p->m->modules[i].is_anonymous;
		send_file(p, i);
	}
	if (anonymous)
		send_perf_map(p);
}

/* -- users and groups -- */

/* What the process's user namespace makes of the numbers; those that it does not have stay without
 * a module. */
static void translate(const struct mapper *p, const char *map, bool is_group)
{
	EU_CLEANUP(eu_freep) char *text = NULL;
	struct eu_mapped *m = p->m;
	size_t len;
	uint32_t inside;

	if (eu_files_read_text(p->process, map, IDMAP_MAX, &text, &len) < 0)
		return;
	for (uint32_t i = 0; i < m->request.n; i++) {
		uint64_t number = m->request.addresses[i];

		if (!!(number & EU_LOOKUP_GROUP) != is_group ||
		    !eu_idmap_inside(text, len, (uint32_t)number, &inside))
			continue;
		m->module[i] = is_group ? 2 : 1;
		m->offset[i] = inside;
		m->modules[is_group].is_file = true;
	}
}

static void take_numbers(const struct mapper *p)
{
	static const char *const paths[] = {"/etc/passwd", "/etc/group"};

	p->m->n_modules = sizeof(paths) / sizeof(paths[0]);
	for (uint32_t i = 0; i < p->m->n_modules; i++)
		memcpy(p->m->modules[i].path, paths[i], strlen(paths[i]) + 1);
	translate(p, "uid_map", false);
	translate(p, "gid_map", true);
}

static void send_accounts(struct mapper *p)
{
	for (uint32_t i = 0; i < p->m->n_modules; i++) {
		const struct eu_module *module = &p->m->modules[i];
		EU_CLEANUP(eu_closep) int fd = -1;
		struct statx st;

		if (!module->is_file)
			continue;
		fd = open_file(p, module->path, 0, EU_STATE_FILE_MAX, &st);
		if (fd >= 0)
			send_packet(p, (struct eu_mapped_packet){.op = EU_MAPPED_FILE, .module = i},
				    fd);
	}
}

void eu_mapped_run(int proc, int fd, struct eu_mapped *m)
{
	struct mapper p = {.m = m, .proc = proc, .root = -1, .fd = fd};
	char pid[16];
	int r;

	snprintf(pid, sizeof(pid), "%u", m->request.pid);
	p.process = eu_files_open_beneath(proc, pid, O_PATH | O_DIRECTORY);
	r = p.process < 0 ? p.process : check_start(&p);
	if (r == 0 && m->is_lookup)
		take_numbers(&p);
	else if (r == 0)
		r = read_maps(&p);
	if (r == -ESRCH)
		r = -ENOENT; /* it ended meanwhile */
	send_packet(&p, (struct eu_mapped_packet){.op = EU_MAPPED_PLACES, .err = r}, -1);
	if (r == 0 && m->is_lookup)
		send_accounts(&p);
	else if (r == 0)
		send_files(&p);
}
