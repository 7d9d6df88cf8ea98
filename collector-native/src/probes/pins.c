/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes on stopping things when the collector is gone: links, and the map that counts. Of what
 * a collector before this one left nothing is used but that count, for its programs may be others;
 * it stays in force until the new one is, and then goes.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "probes/internal.h"
#include "util/cleanup.h"
#include "util/log.h"

#define COUNTERS "enforce_counters"

struct new_name {
	char text[64];
};

/* A bpf file system has no names with dots. */
static struct new_name new_name(const char *name)
{
	struct new_name ret;

	snprintf(ret.text, sizeof(ret.text), "%s-new", name);
	return ret;
}

static void let_go(const char *name)
{
	if (unlink(name) < 0 && errno != ENOENT)
		eu_log_warn("enforcement: %s stays pinned: %s", name, strerror(errno));
}

/* A place that is taken is taken over in one step. */
static void settle(const char *name, bool keep)
{
	struct new_name new = new_name(name);

	if (!keep) {
		let_go(new.text);
		let_go(name);
	} else if (rename(new.text, name) < 0 && errno != ENOENT) {
		eu_log_warn("enforcement: %s is not pinned: %s", name, strerror(errno));
	}
}

int loader_pin(int fd, const char *name)
{
	struct new_name new = new_name(name);

	let_go(new.text);
	return bpf_obj_pin(fd, new.text) < 0 ? -errno : 0;
}

/* Of what it did when nobody was there to hear of it there are no records. */
static void tell_what_was_done(void)
{
	EU_CLEANUP(eu_closep) int map = bpf_obj_get(COUNTERS);
	struct eu_enforce_counter counter, sum = {0};
	uint32_t id, *before = NULL;

	if (map < 0)
		return;
	for (; bpf_map_get_next_key(map, before, &id) == 0; before = &id) {
		if (bpf_map_lookup_elem(map, &id, &counter) < 0)
			continue;
		sum.hits += counter.hits;
		sum.would_have += counter.would_have;
	}
	eu_log_warn("enforcement: what was pinned ends: hits=%llu would_have=%llu in its time",
		    (unsigned long long)sum.hits, (unsigned long long)sum.would_have);
}

void loader_pins_settle(uint32_t groups, bool counters_are_ours)
{
	if (!counters_are_ours || access(new_name(COUNTERS).text, F_OK) == 0)
		tell_what_was_done();
	for (uint32_t group = 0; group < _EU_ENFORCE_GROUP_MAX; group++) {
		for (const struct eu_program *p = eu_enforce_objects[group].programs; p->name; p++)
			settle(p->name, groups >> group & 1);
	}
	settle(COUNTERS, groups != 0);
}
