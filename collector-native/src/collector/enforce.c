/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SetEnforcement. The new set is written beside the one in force, and takes its place with one
 * store: every decision is made by the one or the other. What the old one had is taken away when
 * nobody decides by it any more.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/internal.h"
#include "process/options.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/packet.h"

#define SETS_AT_ONCE	64
#define SETS_PER_SECOND 20

static int map_set(int map, const void *key, const void *value, uint64_t flags)
{
	union bpf_attr attr = {.map_fd = (uint32_t)map,
			       .key = (uint64_t)(uintptr_t)key,
			       .value = (uint64_t)(uintptr_t)value,
			       .flags = flags};

	return syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr)) < 0 ? -errno : 0;
}

static bool map_get(int map, const void *key, void *ret)
{
	union bpf_attr attr = {.map_fd = (uint32_t)map,
			       .key = (uint64_t)(uintptr_t)key,
			       .value = (uint64_t)(uintptr_t)ret};

	return syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) == 0;
}

/* What is not there is deleted already. */
static void map_delete(int map, const void *key)
{
	union bpf_attr attr = {.map_fd = (uint32_t)map, .key = (uint64_t)(uintptr_t)key};

	(void)syscall(SYS_bpf, BPF_MAP_DELETE_ELEM, &attr, sizeof(attr));
}

void enforce_init(struct enforce *e)
{
	memset(e->maps, 0xff, sizeof(e->maps));
	e->rate = (struct eu_bucket){.size = SETS_AT_ONCE, .per_second = SETS_PER_SECOND};
	for (size_t i = 0; i < _EU_ENFORCE_GROUP_MAX; i++)
		e->groups[i].err = -ENOSYS;
}

static void detach(struct enforce_group *group)
{
	for (size_t i = 0; i < group->n_links; i++)
		eu_close(group->links[i]);
	group->n_links = 0;
}

void enforce_release(struct enforce *e)
{
	for (size_t i = 0; i < _EU_ENFORCE_GROUP_MAX; i++)
		detach(&e->groups[i]);
	for (size_t i = 0; i < _EU_ENFORCE_MAP_MAX; i++)
		eu_close(e->maps[i]);
	if (e->config)
		munmap(e->config, sizeof(*e->config));
	if (e->matchers)
		munmap(e->matchers, 2 * EU_ENFORCE_MATCHERS_MAX * sizeof(*e->matchers));
}

/* -- what the loader says -- */

int enforce_take_ability(struct enforce *e, const struct eu_loader_packet *head)
{
	if (head->family >= _EU_ENFORCE_GROUP_MAX)
		return -EBADMSG;
	e->groups[head->family].err = head->err;
	memcpy(e->groups[head->family].reason, head->reason, sizeof(head->reason));
	return 0;
}

static int take_maps(struct enforce *e, const int *fds)
{
	size_t size = 2 * EU_ENFORCE_MATCHERS_MAX * sizeof(*e->matchers);
	void *config, *matchers;

	config = mmap(NULL, sizeof(*e->config), PROT_READ | PROT_WRITE, MAP_SHARED,
		      fds[EU_ENFORCE_MAP_CONFIG], 0);
	matchers =
	    mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fds[EU_ENFORCE_MAP_MATCHERS], 0);
	if (config == MAP_FAILED || matchers == MAP_FAILED)
		return -ENOMEM;
	e->config = config;
	e->matchers = matchers;
	memcpy(e->maps, fds, sizeof(e->maps));
	return 0;
}

static int take_group(struct enforce *e, const struct eu_loader_packet *head, const int *fds,
		      size_t n_fds)
{
	struct enforce_group *group = &e->groups[head->family];
	int r = 0;

	if (n_fds != _EU_ENFORCE_MAP_MAX + head->count || head->count > EU_LOADER_PROGRAMS_MAX)
		return -EBADMSG;
	if (e->config) {
		for (size_t i = 0; i < _EU_ENFORCE_MAP_MAX; i++)
			eu_close(fds[i]);
	} else {
		r = take_maps(e, fds);
	}
	memcpy(group->links, fds + _EU_ENFORCE_MAP_MAX, head->count * sizeof(int));
	group->n_links = head->count;
	return r;
}

/* -- a new set -- */

static void fail(struct enforce *e, enum eu_rpc_status status, const char *why)
{
	struct eu_rpc_call *call = EU_TAKE_PTR(e->call);

	e->state = ENFORCE_IDLE;
	if (call)
		eu_rpc_fail(call, status, "%s", why);
}

static void forget_targets(struct enforce *e, uint32_t set)
{
	for (uint32_t i = 0; i < e->n_targets[set]; i++) {
		struct eu_enforce_target key = {.cgroup_key = e->targets[set][i], .set = set};

		map_delete(e->maps[EU_ENFORCE_MAP_TARGETS], &key);
	}
	e->n_targets[set] = 0;
}

static int write_targets(struct enforce *e, uint32_t set)
{
	for (size_t i = 0; i < e->asked.targets_count; i++) {
		const eunomia_collector_v1_EnforcementTarget *t = &e->asked.targets[i];
		struct eu_enforce_target key = {.cgroup_key = t->cgroup_key, .set = set};
		uint64_t policies = t->policies;
		uint32_t one = 1;
		int r = map_set(e->maps[EU_ENFORCE_MAP_TARGETS], &key, &policies, BPF_NOEXIST);

		if (r < 0)
			return r;
		e->targets[set][e->n_targets[set]++] = t->cgroup_key;
		if (t->started)
			r = map_set(e->maps[EU_ENFORCE_MAP_STARTED], &t->cgroup_key, &one, BPF_ANY);
		if (r < 0)
			return r;
	}
	return 0;
}

static int write_counters(const struct enforce *e)
{
	const struct eu_enforce_counter none = {0};

	for (size_t i = 0; i < e->asked.policies_count; i++) {
		uint32_t id = e->asked.policies[i].id;
		int r = map_set(e->maps[EU_ENFORCE_MAP_COUNTERS], &id, &none, BPF_NOEXIST);

		if (r < 0 && r != -EEXIST)
			return r;
	}
	return 0;
}

static bool has_target(const struct enforce *e, uint64_t key)
{
	for (size_t i = 0; i < e->asked.targets_count; i++) {
		if (e->asked.targets[i].cgroup_key == key)
			return true;
	}
	return false;
}

static bool has_policy(const struct enforce *e, uint32_t id)
{
	for (size_t i = 0; i < e->asked.policies_count; i++) {
		if (e->asked.policies[i].id == id)
			return true;
	}
	return false;
}

/* Nobody decides by the old set any more. */
static void clean_up(struct enforce *e)
{
	uint32_t old;

	if (!e->config)
		return;
	old = 1 - e->config->active;
	for (uint32_t i = 0; i < e->n_targets[old]; i++) {
		if (!has_target(e, e->targets[old][i]))
			map_delete(e->maps[EU_ENFORCE_MAP_STARTED], &e->targets[old][i]);
	}
	forget_targets(e, old);
	for (size_t i = 0; i < EU_ENFORCE_POLICIES_MAX; i++) {
		uint32_t id = e->config->sets[old].ids[i];

		if (id && !has_policy(e, id))
			map_delete(e->maps[EU_ENFORCE_MAP_COUNTERS], &id);
	}
	for (size_t i = 0; i < _EU_ENFORCE_GROUP_MAX; i++) {
		if (!(eu_policies_groups(&e->asked) >> i & 1))
			detach(&e->groups[i]);
	}
}

static void answer(struct enforce *e)
{
	eunomia_collector_v1_SetEnforcementResponse response = {.since_ns = e->since_ns};
	struct eu_rpc_call *call = EU_TAKE_PTR(e->call);
	uint8_t buf[eunomia_collector_v1_SetEnforcementResponse_size];
	size_t len;

	e->state = ENFORCE_IDLE;
	if (call && eu_set_enforcement_encode(buf, sizeof(buf), &len, &response) == 0)
		eu_rpc_reply(call, buf, len);
}

static void settle(struct eu_collector *c)
{
	struct eu_loader_request request = {.op = EU_LOADER_SETTLE,
					    .family = eu_policies_groups(&c->enforce.asked)};

	c->enforce.state = ENFORCE_SETTLING;
	/* Without it the loader is gone, and so are we in a moment. */
	(void)eu_packet_send(c->options->loader_fd, &request, sizeof(request), NULL, 0, NULL, 0);
}

static void swap(struct eu_collector *c)
{
	struct enforce *e = &c->enforce;
	uint32_t next = 1 - e->config->active;
	int r;

	eu_policies_build(&e->asked, &e->config->sets[next],
			  e->matchers + next * EU_ENFORCE_MATCHERS_MAX);
	r = write_targets(e, next);
	if (r == 0)
		r = write_counters(e);
	if (r < 0) {
		forget_targets(e, next);
		fail(e, r == -EEXIST ? EU_RPC_INVALID_ARGUMENT : EU_RPC_RESOURCE_EXHAUSTED,
		     r == -EEXIST ? "two targets have the same cgroup key" : strerror(-r));
		return;
	}
	__atomic_store_n(&e->config->active, next, __ATOMIC_RELEASE);
	e->since_ns = e->asked.policies_count ? (uint64_t)eu_clock_ns(CLOCK_BOOTTIME) : 0;
	eu_log_info("enforcement: policies=%u matchers=%u targets=%u",
		    (unsigned int)e->asked.policies_count, (unsigned int)e->asked.matchers_count,
		    (unsigned int)e->asked.targets_count);
	settle(c);
}

static uint32_t missing_groups(const struct enforce *e)
{
	uint32_t missing = 0;

	for (uint32_t i = 0; i < _EU_ENFORCE_GROUP_MAX; i++) {
		if ((eu_policies_groups(&e->asked) >> i & 1) && e->groups[i].n_links == 0)
			missing |= 1u << i;
	}
	return missing;
}

int enforce_on_group(struct eu_collector *c, const struct eu_loader_packet *head, const int *fds,
		     size_t n_fds)
{
	struct enforce *e = &c->enforce;
	int r = 0;

	if (head->family >= _EU_ENFORCE_GROUP_MAX || e->state != ENFORCE_ATTACHING)
		return -EBADMSG;
	if (head->err == 0)
		r = take_group(e, head, fds, n_fds);
	if (r < 0 || --e->pending > 0)
		return r;
	if (missing_groups(e))
		fail(e, EU_RPC_FAILED_PRECONDITION, head->err < 0 ? head->reason : "not attached");
	else
		swap(c);
	return 0;
}

int enforce_on_settled(struct eu_collector *c)
{
	if (c->enforce.state != ENFORCE_SETTLING)
		return -EBADMSG;
	clean_up(&c->enforce);
	answer(&c->enforce);
	return 0;
}

/* -- the request -- */

static void on_closed(void *data, struct eu_rpc_call *call)
{
	(void)call;
	((struct eu_collector *)data)->enforce.call = NULL;
}

/* The first group that this host does not have, with its reason; true when there is none. */
static bool has_groups(const struct enforce *e, struct eu_rpc_call *call)
{
	uint32_t wanted = eu_policies_groups(&e->asked);

	for (uint32_t i = 0; i < _EU_ENFORCE_GROUP_MAX; i++) {
		if (!(wanted >> i & 1) || e->groups[i].err == 0)
			continue;
		eu_rpc_fail(call, EU_RPC_FAILED_PRECONDITION, "this needs %s: %s",
			    i == EU_ENFORCE_GROUP_EXEC	    ? "programs at exec"
			    : i == EU_ENFORCE_GROUP_NETWORK ? "programs on cgroups"
							    : "the kernel's BPF LSM",
			    e->groups[i].reason);
		return false;
	}
	return true;
}

static void begin(struct eu_collector *c, struct eu_rpc_call *call)
{
	struct enforce *e = &c->enforce;
	uint32_t missing = missing_groups(e);

	e->call = call;
	eu_rpc_on_closed(call, on_closed, c);
	if (!e->config && !missing) { /* nothing of ours was ever in force, nor shall be */
		settle(c);
		return;
	}
	e->pending = 0;
	for (uint32_t i = 0; i < _EU_ENFORCE_GROUP_MAX; i++) {
		struct eu_loader_request request = {.op = EU_LOADER_ENFORCE, .family = i};

		if (!(missing >> i & 1))
			continue;
		e->pending++;
		(void)eu_packet_send(c->options->loader_fd, &request, sizeof(request), NULL, 0,
				     NULL, 0);
	}
	if (missing)
		e->state = ENFORCE_ATTACHING;
	else
		swap(c);
}

void enforce_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	struct eu_collector *c = data;
	struct enforce *e = &c->enforce;
	enum eu_rpc_status status;
	char error[256];

	if (e->state != ENFORCE_IDLE) {
		eu_rpc_fail(call, EU_RPC_RESOURCE_EXHAUSTED,
			    "a set of policies is being put into force already");
		return;
	}
	if (!eu_bucket_take(&e->rate, eu_clock_ns(CLOCK_MONOTONIC))) {
		eu_rpc_fail(call, EU_RPC_RESOURCE_EXHAUSTED,
			    "more than %d sets of policies a second", SETS_PER_SECOND);
		return;
	}
	if (eu_policies_decode(&e->asked, msg, len) < 0) {
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT,
			    "malformed SetEnforcementRequest, or more than 64 policies, 256 "
			    "matchers or 1024 targets, or a text that is too long");
		return;
	}
	status = eu_policies_check(&e->asked, c->options->allow, error, sizeof(error));
	if (status != EU_RPC_OK) {
		eu_log_warn("enforcement: refused pid=%d reason=%s", (int)eu_rpc_peer(call).pid,
			    error);
		eu_rpc_fail(call, status, "%s", error);
	} else if (has_groups(e, call)) {
		begin(c, call);
	}
}

/* -- status -- */

static void show_group(const struct enforce_group *group,
		       eunomia_collector_v1_EnforcementAbility *shown)
{
	shown->available = group->err == 0;
	shown->attached = group->n_links > 0;
	if (group->err)
		EU_TEXT(shown->reason, group->reason);
}

void enforce_show(const struct eu_collector *c, eunomia_collector_v1_EnforcementStatus *shown)
{
	const struct enforce *e = &c->enforce;

	shown->allow_signal = c->options->allow & EU_ALLOW_SIGNAL;
	shown->allow_deny = c->options->allow & EU_ALLOW_DENY;
	shown->allow_host = c->options->allow & EU_ALLOW_HOST;
	shown->pinned = c->options->pinned;
	shown->has_exec_kill = shown->has_network_deny = shown->has_lsm = true;
	show_group(&e->groups[EU_ENFORCE_GROUP_EXEC], &shown->exec_kill);
	show_group(&e->groups[EU_ENFORCE_GROUP_NETWORK], &shown->network_deny);
	show_group(&e->groups[EU_ENFORCE_GROUP_LSM], &shown->lsm);
	if (!e->config)
		return;
	shown->since_ns = e->since_ns;
	shown->undecided = __atomic_load_n(&e->config->undecided, __ATOMIC_RELAXED);
	shown->targets = e->n_targets[e->config->active];
	for (size_t i = 0; i < EU_ENFORCE_POLICIES_MAX; i++) {
		uint32_t id = e->config->sets[e->config->active].ids[i];
		struct eu_enforce_counter counter;

		if (id && map_get(e->maps[EU_ENFORCE_MAP_COUNTERS], &id, &counter))
			shown->policies[shown->policies_count++] =
			    (eunomia_collector_v1_EnforcementCount){
				.id = id, .hits = counter.hits, .would_have = counter.would_have};
	}
}
