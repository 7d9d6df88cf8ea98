/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides whether something may happen: finds the policies of the process's containers and compares
 * their matchers with what it is about to do. Programs on hooks of LSM and of cgroups may be
 * preempted on every kernel, so each decision has a slot of its own to work in.
 */
#pragma once

#define PATH_BUFFERS EU_ENFORCE_SLOTS

#include "vmlinux.h"

#include "eunomia/enforce.h"
#include "lib/emit.bpf.h"
#include "lib/path.bpf.h"
#include "lib/socket.bpf.h"
#include "lib/task.bpf.h"

#define BUSY_SEARCH EU_ENFORCE_SLOTS

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_enforce_config);
} enforce_config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_enforce_host);
} enforce_host SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 2 * EU_ENFORCE_MATCHERS_MAX);
	__type(key, __u32);
	__type(value, struct eu_enforce_matcher);
} enforce_matchers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * EU_ENFORCE_TARGETS_MAX);
	__type(key, struct eu_enforce_target);
	__type(value, __u64);
} enforce_targets SEC(".maps");

/* Cgroups of containers that have run an instruction of their own. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * EU_ENFORCE_TARGETS_MAX);
	__type(key, __u64);
	__type(value, __u32);
} enforce_started SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * EU_ENFORCE_POLICIES_MAX);
	__type(key, __u32);
	__type(value, struct eu_enforce_counter);
} enforce_counters SEC(".maps");

/* What a process is about to do, and the record of it. */
struct slot {
	__u64 exe[EU_ENFORCE_TEXT_WORDS];
	__u64 path[EU_ENFORCE_TEXT_WORDS];
	__u64 comm[EU_COMM_LEN / 8];
	__u64 inode;
	__u32 address[4];
	__u32 busy;
	__u32 known; /* EU_MATCH_* */
	__u32 exe_len;
	__u32 path_len;
	__u32 dev;
	__u32 uid;
	__u16 port;
	__u16 family;
	__u16 protocol;
	__u16 reserved;
	struct eu_enforce rec;
	char tail[EU_ENFORCE_TEXT_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, EU_ENFORCE_SLOTS);
	__type(key, __u32);
	__type(value, struct slot);
} enforce_slots SEC(".maps");

static __always_inline struct eu_enforce_config *config_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&enforce_config, &zero);
}

static __always_inline struct slot *slot_get(__u32 index)
{
	return bpf_map_lookup_elem(&enforce_slots, &index);
}

/* -- a slot -- */

static long try_slot(__u32 i, __u32 *at)
{
	__u32 index = (*at + i) & (EU_ENFORCE_SLOTS - 1);
	struct slot *slot = slot_get(index);

	if (!slot || __sync_val_compare_and_swap(&slot->busy, 0, 1) != 0)
		return 0;
	*at = index | EU_ENFORCE_SLOTS; /* found */
	return 1;
}

/* The index of a slot, or -1 when all are taken. */
static __always_inline int slot_take(void)
{
	__u32 at = (bpf_get_smp_processor_id() * 4) & (EU_ENFORCE_SLOTS - 1);

	bpf_loop(BUSY_SEARCH, try_slot, &at, 0);
	return at & EU_ENFORCE_SLOTS ? (int)(at & (EU_ENFORCE_SLOTS - 1)) : -1;
}

static __always_inline void slot_give_back(struct slot *slot)
{
	__sync_lock_test_and_set(&slot->busy, 0);
}

static __always_inline void count_undecided(void)
{
	struct eu_enforce_config *config = config_get();

	if (config)
		__sync_fetch_and_add(&config->undecided, 1);
}

/* -- whose policies -- */

struct search {
	__u64 cgroup;
	__u64 policies;
	__u32 set;
	__u32 begins; /* this is an instruction of the container's own */
};

static __always_inline bool has_started(__u64 key, bool begins)
{
	__u32 one = 1;

	if (bpf_map_lookup_elem(&enforce_started, &key))
		return true;
	if (!begins)
		return false;
	bpf_map_update_elem(&enforce_started, &key, &one, BPF_ANY);
	return true;
}

static long search_step(__u32 i, struct search *s)
{
	struct cgroup *cgrp = (void *)s->cgroup;
	struct eu_enforce_target target = {};
	__u64 *policies;

	target.cgroup_key =
	    EU_CGROUP_KEY(BPF_CORE_READ(cgrp, root, hierarchy_id), BPF_CORE_READ(cgrp, kn, id));
	target.set = s->set;
	policies = bpf_map_lookup_elem(&enforce_targets, &target);
	if (policies && has_started(target.cgroup_key, s->begins))
		s->policies |= *policies;
	s->cgroup = (__u64)BPF_CORE_READ(cgrp, self.parent, cgroup);
	return !s->cgroup;
}

/* Up to the root: a process may have made cgroups below its container's. */
static __always_inline void search_from(struct search *s, struct cgroup *cgrp)
{
	s->cgroup = address_of(cgrp);
	if (bpf_loop(EU_ENFORCE_DEPTH_MAX, search_step, s, 0) == EU_ENFORCE_DEPTH_MAX && s->cgroup)
		count_undecided();
}

static __always_inline bool is_own(const struct eu_enforce_host *host, struct task_struct *task)
{
	__u32 uid = task->cred->uid.val;

	return task->tgid == 1 || task->tgid == host->supervisor ||
	       (uid >= host->uid_first && uid <= host->uid_last);
}

/*
 * The bits of the policies for this task. Whoever shares the host's pid namespace is the host's,
 * unless its cgroup is that of a container; and in the host's mount namespace besides, it is the
 * runtime at work, whatever the cgroup.
 */
static __always_inline __u64 policies_for(struct task_struct *task, __u32 set, bool is_exec)
{
	__u32 zero = 0, pidns = BPF_CORE_READ(task_upid(task).ns, ns.inum);
	__u32 mntns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	struct eu_enforce_host *host = bpf_map_lookup_elem(&enforce_host, &zero);
	struct eu_enforce_config *config = config_get();
	struct cgroup *v2 = task->cgroups->dfl_cgrp;
	struct cgroup *v1 = pids_cgroup(task);
	struct search search = {.set = set + hidden_zero()};
	bool contained;

	if (!host || !config || is_own(host, task))
		return 0;
	contained = pidns != host->pidns ||
		    (mntns != host->mntns &&
		     (in_container(address_of(v2)) || (v1 && in_container(address_of(v1)))));
	if (!contained)
		return host->allowed ? config->sets[set & 1].host : 0;
	search.begins = is_exec && mntns != host->mntns;
	search.policies = hidden_zero();
	search_from(&search, v2);
	if (v1 && BPF_CORE_READ(v1, root) != v2->root)
		search_from(&search, v1);
	return search.policies;
}

/* -- what fits -- */

static __always_inline bool text_fits(const __u64 *want, __u32 want_len, const __u64 *have,
				      __u32 have_len, bool prefix)
{
	if (prefix ? have_len < want_len : have_len != want_len)
		return false;
	for (__u32 i = 0; i < EU_ENFORCE_TEXT_WORDS; i++) {
		__u64 diff = want[i] ^ have[i];

		if (i * 8 >= want_len)
			return true;
		if (want_len - i * 8 < 8)
			diff &= (1ull << ((want_len - i * 8) * 8 & 63)) - 1;
		if (diff)
			return false;
	}
	return true;
}

static __always_inline bool address_fits(const struct eu_enforce_matcher *m, const struct slot *s)
{
	__u32 diff = 0;

	for (int i = 0; i < 4; i++)
		diff |= (s->address[i] ^ m->address[i]) & m->mask[i];
	return s->family == m->family && diff == 0;
}

/* Which of the matcher's fields, as bits of EU_MATCH_*, fit. */
static __always_inline __u32 fields_that_fit(const struct eu_enforce_matcher *m,
					     const struct slot *s)
{
	const __u32 exe = EU_MATCH_EXE | EU_MATCH_EXE_PREFIX;
	const __u32 path = EU_MATCH_PATH | EU_MATCH_PATH_PREFIX;
	__u32 fit = 0;

	if (m->uid == s->uid)
		fit |= EU_MATCH_UID;
	if (m->comm[0] == s->comm[0] && m->comm[1] == s->comm[1])
		fit |= EU_MATCH_COMM;
	if (m->inode == s->inode && m->dev == s->dev)
		fit |= EU_MATCH_INODE;
	if (s->port >= m->port_first && s->port <= m->port_last)
		fit |= EU_MATCH_PORT;
	if ((m->fields & EU_MATCH_ADDRESS) && address_fits(m, s))
		fit |= EU_MATCH_ADDRESS;
	if ((m->fields & exe) &&
	    text_fits(m->exe, m->exe_len, s->exe, s->exe_len, m->fields & EU_MATCH_EXE_PREFIX))
		fit |= exe;
	if ((m->fields & path) &&
	    text_fits(m->path, m->path_len, s->path, s->path_len, m->fields & EU_MATCH_PATH_PREFIX))
		fit |= path;
	return fit;
}

struct match {
	__u64 policies; /* that are looked at */
	__u64 hit;
	__u32 first;
	__u32 end;
	__u32 slot;
	__u32 set;
};

static long match_step(__u32 i, struct match *match)
{
	__u32 at = match->first + i;
	struct eu_enforce_matcher *m;
	struct slot *slot;
	__u64 bit;

	if (at >= match->end)
		return 1;
	at += (match->set & 1) * EU_ENFORCE_MATCHERS_MAX;
	m = bpf_map_lookup_elem(&enforce_matchers, &at);
	slot = slot_get(match->slot);
	if (!m || !slot)
		return 1;
	bit = 1ull << (m->policy & (EU_ENFORCE_POLICIES_MAX - 1));
	if (!(match->policies & bit) || (match->hit & bit) || (m->fields & ~slot->known))
		return 0;
	if (((fields_that_fit(m, slot) ^ m->negated) & m->fields) == m->fields)
		match->hit |= bit;
	return 0;
}

/* -- what the process is about to do -- */

static __always_inline void slot_who(struct slot *slot, struct task_struct *task)
{
	slot->known = EU_MATCH_COMM | EU_MATCH_UID;
	slot->uid = task->cred->uid.val;
	slot->inode = 0;
	slot->dev = 0;
	slot->exe_len = slot->path_len = 0;
	slot->family = slot->port = slot->protocol = 0;
	slot->address[0] = slot->address[1] = slot->address[2] = slot->address[3] = 0;
	slot->comm[0] = slot->comm[1] = 0;
	bpf_probe_read_kernel_str(slot->comm, sizeof(slot->comm), &task->comm);
}

/*
 * Puts the path at the address of a struct path into the slot: its beginning and its whole length,
 * 0 when its beginning is not known. to_exe: as the program's, else as the file's.
 */
__noinline int slot_path(__u32 index, __u64 path, __u64 task, __u32 to_exe)
{
	struct slot *slot = slot_get(index);
	struct path_buffer *buf;
	__u32 found, start, len;

	if (!slot)
		return 0;
	found = path_resolve_into(index, path, task);
	start = found & (PATH_CUT - 1);
	buf = bpf_map_lookup_elem(&path_scratch, &index);
	asm volatile("" : "+r"(start));
	if (!buf || start > EU_PATH_MAX)
		return 0;
	if (found & PATH_CUT) {
		count_undecided();
		return 0;
	}
	len = EU_PATH_MAX - start;
	if (bpf_probe_read_kernel(to_exe ? slot->exe : slot->path, EU_ENFORCE_TEXT_MAX,
				  &buf->bytes[start]) < 0)
		return 0;
	if (to_exe)
		slot->exe_len = len;
	else
		slot->path_len = len;
	slot->known |=
	    to_exe ? EU_MATCH_EXE | EU_MATCH_EXE_PREFIX : EU_MATCH_PATH | EU_MATCH_PATH_PREFIX;
	return len;
}

static __always_inline void slot_inode(struct slot *slot, struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	slot->inode = BPF_CORE_READ(inode, i_ino);
	slot->dev = BPF_CORE_READ(inode, i_sb, s_dev);
	slot->known |= EU_MATCH_INODE;
}

/* The program that a task runs. */
static __always_inline void slot_exe(__u32 index, struct task_struct *task)
{
	struct file *exe = BPF_CORE_READ(task, mm, exe_file);

	if (exe)
		slot_path(index, address_of(exe) + bpf_core_field_offset(struct file, f_path),
			  address_of(task), true);
}

/* -- what is done about it -- */

struct verdict {
	__u64 hit;
	__u32 slot;
	__u32 set;
	__u32 operation;
	__u32 done; /* EU_ENFORCE_KILLED, EU_ENFORCE_DENIED */
};

static __always_inline void count_decision(__u32 id, bool dry_run)
{
	struct eu_enforce_counter *counter = bpf_map_lookup_elem(&enforce_counters, &id);

	if (counter && dry_run)
		__sync_fetch_and_add(&counter->would_have, 1);
	else if (counter)
		__sync_fetch_and_add(&counter->hits, 1);
}

static __always_inline void fill_decision(struct slot *slot, __u32 operation, __u32 policy,
					  __u32 flags)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct eu_enforce *rec = &slot->rec;

	header_fill(&rec->hdr, task, EU_KIND_ENFORCE_DECISION);
	rec->actor.uid = slot->uid;
	rec->actor.gid = task->cred->gid.val;
	rec->actor.vpid = task_upid(task).nr;
	rec->actor.syscall = 0; /* the operation says more than the call */
	rec->actor.syscall_abi = rec->actor.syscall_part = 0;
	__builtin_memcpy(rec->actor.comm, slot->comm, sizeof(rec->actor.comm));
	rec->inode = slot->inode;
	__builtin_memcpy(rec->addr, slot->address, sizeof(rec->addr));
	rec->policy = policy;
	rec->dev = slot->dev;
	rec->operation = operation;
	rec->enforce_flags = flags;
	rec->port = slot->port;
	rec->family = slot->family;
	rec->protocol = slot->protocol;
	rec->reserved = 0;
}

/* One record: of exec the new program is what it is about. */
__noinline int tell_decision(__u32 index, __u32 operation, __u32 policy, __u32 flags)
{
	struct slot *slot = slot_get(index);
	bool is_exec = operation == EU_ENFORCE_EXEC;
	__u32 len, size;

	if (!slot)
		return 0;
	fill_decision(slot, operation, policy, flags);
	len = is_exec ? slot->exe_len : slot->path_len;
	if (operation > EU_ENFORCE_OPEN_WRITE)
		len = 0;
	if (len > EU_ENFORCE_TEXT_MAX) {
		len = EU_ENFORCE_TEXT_MAX;
		slot->rec.hdr.truncated |= EU_TRUNC_PATH;
	}
	slot->rec.path_len = len;
	bpf_probe_read_kernel(slot->tail, EU_ENFORCE_TEXT_MAX, is_exec ? slot->exe : slot->path);
	size = (sizeof(slot->rec) + len + 7) & ~7u;
	asm volatile("" : "+r"(size));
	if (size > sizeof(slot->rec) + EU_ENFORCE_TEXT_MAX)
		return 0;
	emit_event(&slot->rec.hdr, EU_KIND_ENFORCE_DECISION, size);
	return 0;
}

static long verdict_step(__u32 i, struct verdict *v)
{
	struct eu_enforce_config *config = config_get();
	struct eu_enforce_set *set;
	__u32 flags, id;

	if (!config || i >= EU_ENFORCE_POLICIES_MAX)
		return 1;
	if (!(v->hit >> i & 1))
		return 0;
	set = &config->sets[v->set & 1];
	id = set->ids[i & (EU_ENFORCE_POLICIES_MAX - 1)];
	flags = set->kill >> i & 1 ? EU_ENFORCE_KILLED : EU_ENFORCE_DENIED;
	if (set->dry_run >> i & 1)
		flags |= EU_ENFORCE_DRY_RUN;
	else
		v->done |= flags;
	count_decision(id, flags & EU_ENFORCE_DRY_RUN);
	if (kind_wanted(EU_KIND_ENFORCE_DECISION))
		tell_decision(v->slot, v->operation, id, flags);
	return 0;
}

struct decision {
	__u64 policies;
	__u32 set;
	__u32 operation;
	__u32 fields; /* that matchers ask for */
	__u32 reserved;
};

/* Whether there is anything to decide; which policies may then apply. actions: bits of set->kill
 * and set->deny that the hook can do. */
static __always_inline bool decision_begin(struct decision *d, __u32 operation, bool kill,
					   bool deny, struct task_struct *task)
{
	struct eu_enforce_config *config = config_get();
	struct eu_enforce_set *set;
	struct eu_enforce_range *range;

	if (!config)
		return false;
	d->operation = operation & 7;
	d->set = *(volatile __u32 *)&config->active & 1;
	set = &config->sets[d->set];
	range = &set->ranges[d->operation];
	if (range->first >= range->end)
		return false;
	d->fields = range->fields;
	d->policies = policies_for(task, d->set, operation == EU_ENFORCE_EXEC);
	d->policies &= (kill ? set->kill : 0) | (deny ? set->deny : 0);
	return d->policies != 0;
}

/* Compares, counts and tells. Returns what is to be done: EU_ENFORCE_KILLED, EU_ENFORCE_DENIED. */
__noinline int decide(__u32 index, __u32 set, __u32 operation, __u64 policies)
{
	struct eu_enforce_config *config = config_get();
	struct match match = {.policies = policies, .slot = index, .set = set};
	struct verdict verdict = {.slot = index, .set = set, .operation = operation};
	struct eu_enforce_range *range;

	if (!config)
		return 0;
	range = &config->sets[set & 1].ranges[operation & 7];
	match.first = range->first;
	match.end = range->end;
	match.hit = hidden_zero();
	bpf_loop(EU_ENFORCE_MATCHERS_MAX, match_step, &match, 0);
	if (!match.hit)
		return 0;
	verdict.hit = match.hit;
	verdict.done = hidden_zero();
	bpf_loop(EU_ENFORCE_POLICIES_MAX, verdict_step, &verdict, 0);
	return verdict.done & (EU_ENFORCE_KILLED | EU_ENFORCE_DENIED);
}
