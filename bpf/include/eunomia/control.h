/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the eBPF programs and the collector share besides the records: the layouts of the maps both
 * sides touch. Private to this pair, not part of the record ABI.
 */
#pragma once

#include "eunomia/event.h"

#define EU_CACHE_LINE 64

/*
 * One per CPU in the mmap-able array "ledger". Only eBPF programs write it, atomically, because a
 * softirq may interrupt a task on the same CPU. offered counts after the filter and before the
 * ring: offered = handed over + lost_*.
 */
struct eu_cpu_ledger {
	__u64 seq;
	__u64 reserved[7];
	__u64 offered[EU_KIND_SLOTS];
	__u64 lost_ring[EU_KIND_SLOTS];	   /* no room in the ring */
	__u64 lost_program[EU_KIND_SLOTS]; /* the record could not be built */
	__u64 lost_map[EU_KIND_SLOTS]; /* a map refused the insert that decides about the record */
} __attribute__((aligned(EU_CACHE_LINE)));

#define EU_ENV_NAMES_MAX  16
#define EU_ENV_NAME_WORDS 4

/* "NAME=" padded with zeros, and a mask of its bytes: compared as words, without a branch per byte.
 */
struct eu_env_name {
	__u64 text[EU_ENV_NAME_WORDS];
	__u64 mask[EU_ENV_NAME_WORDS];
};

/* eu_control.sleeping: what the reader of the rings is doing, and so who has to wake it. */
enum eu_sleeping {
	EU_AWAKE = 0,
	EU_QUIET = 1,  /* sleeps without a timeout: the next record wakes it */
	EU_DOZING = 2, /* sleeps for a moment: a ring filled past wake_bytes wakes it */
};

/* The only entry of the mmap-able array "control"; written by the collector, sleeping by both. */
struct eu_control {
	__u32 sleeping;
	__u32 wake_bytes;
	__u32 filter_by_pid;
	__u32 filter_by_cgroup;
	__u32 filter_open; /* a filter map refused an insert: everything passes, the controller
			      sorts */
	__u32 n_env_names;
	struct eu_env_name env_names[EU_ENV_NAMES_MAX];
};

/* Bounds of the shared hash maps. Full: filters open (filter_open), losses by cgroup go to
 * EU_CGROUP_KEY_OTHER. */
#define EU_FILTER_PIDS_MAX    65536
#define EU_FILTER_CGROUPS_MAX 16384
#define EU_CGROUP_LOSSES_MAX  4096
#define EU_CGROUP_KEY_OTHER   (~0ull)
