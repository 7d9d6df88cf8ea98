/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the programs that stop things and the collector share. A set of policies is written while
 * the other one is in force, and takes its place with one store. Private to this pair.
 */
#pragma once

#include "eunomia/event.h"

#define EU_ENFORCE_POLICIES_MAX 64 /* a bit each */
#define EU_ENFORCE_MATCHERS_MAX 256
#define EU_ENFORCE_TARGETS_MAX	1024
#define EU_ENFORCE_SLOTS	64  /* decisions that may be under way at once */
#define EU_ENFORCE_DEPTH_MAX	128 /* cgroups that are looked at, from a process's own upwards */

/* eu_enforce_matcher.fields: what is compared; all of them must fit. */
#define EU_MATCH_EXE	     0x1u /* path of the program: of exec the new one */
#define EU_MATCH_EXE_PREFIX  0x2u /* its path begins like that */
#define EU_MATCH_PATH	     0x4u /* path of the file that is opened */
#define EU_MATCH_PATH_PREFIX 0x8u
#define EU_MATCH_COMM	     0x10u /* task name: of exec the new one */
#define EU_MATCH_INODE	     0x20u /* with the device: of exec the program, else the file */
#define EU_MATCH_UID	     0x40u
#define EU_MATCH_ADDRESS     0x80u  /* a network */
#define EU_MATCH_PORT	     0x100u /* a range */
#define EU_MATCH_FIELDS	     0x1ffu

#define EU_ENFORCE_TEXT_WORDS (EU_ENFORCE_TEXT_MAX / 8)

/* Texts are padded with zeros. */
struct eu_enforce_matcher {
	__u64 exe[EU_ENFORCE_TEXT_WORDS];
	__u64 path[EU_ENFORCE_TEXT_WORDS];
	__u64 comm[EU_COMM_LEN / 8];
	__u64 inode;
	__u32 address[4];
	__u32 mask[4];
	__u32 dev;
	__u32 uid;
	__u32 fields;  /* EU_MATCH_* */
	__u32 negated; /* those of them that must not fit */
	__u32 policy;  /* index */
	__u32 exe_len;
	__u32 path_len;
	__u16 port_first;
	__u16 port_last;
	__u16 family; /* of the address */
	__u16 reserved[3];
};

/* Matchers are sorted by operation. */
struct eu_enforce_range {
	__u32 first;
	__u32 end;
	__u32 fields; /* of all of them together */
	__u32 reserved;
};

struct eu_enforce_set {
	struct eu_enforce_range ranges[8]; /* by enum eu_enforce_operation */
	__u64 host;			   /* bits of policies that are for the host */
	__u64 kill;
	__u64 deny;
	__u64 dry_run;
	__u32 ids[EU_ENFORCE_POLICIES_MAX];
};

/* The only entry of the mmap-able array "enforce_config". */
struct eu_enforce_config {
	__u32 active;	 /* which of the sets, and of the halves of the matchers, is in force */
	__u32 lsm_runs;	 /* set by a program on a hook of LSM: such programs are really asked */
	__u64 undecided; /* what passed because the programs could not look at it */
	struct eu_enforce_set sets[2];
};

/* Key of "enforce_targets"; the value has the bits of policies. */
struct eu_enforce_target {
	__u64 cgroup_key;
	__u32 set;
	__u32 zero;
};

/* "enforce_counters", by the controller's number of a policy. */
struct eu_enforce_counter {
	__u64 hits;	  /* killed or denied */
	__u64 would_have; /* in a dry run */
};

/* The only entry of "enforce_host", which the loader alone can write to. */
struct eu_enforce_host {
	__u32 pidns;
	__u32 mntns;
	__u32 supervisor;
	__u32 allowed;	 /* policies may be for the host */
	__u32 uid_first; /* Eunomia's own user ids */
	__u32 uid_last;
};
