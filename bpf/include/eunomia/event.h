/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The raw record ABI: what the eBPF programs write, the collector forwards untouched and the
 * controller reads in place.
 *
 * A record is a fixed header, a fixed part that depends on the kind, and a tail of byte strings
 * whose lengths stand in the fixed part, in tail order. Strings are not NUL-terminated. Everything
 * is little-endian. A record's size is a multiple of 8, so that records laid back to back stay
 * aligned. A reader skips a kind it does not know by its size.
 *
 * Change anything here and EU_ABI_VERSION goes up; tests/abi compares every offset with the C#
 * reader.
 */
#pragma once

#ifndef __VMLINUX_H__ /* eBPF programs get the same names from vmlinux.h */
#include <linux/types.h>
#endif

#define EU_ABI_VERSION 1u

enum eu_kind {
	EU_KIND_UNSPECIFIED = 0,
	EU_KIND_PROCESS_FORK = 1, /* struct eu_fork; a new process, not a thread */
	EU_KIND_PROCESS_EXEC = 2, /* struct eu_exec */
	EU_KIND_PROCESS_EXIT = 3, /* struct eu_exit; the last thread of a process is gone */
	EU_KIND_CGROUP_MKDIR = 4, /* struct eu_cgroup */
	EU_KIND_CGROUP_RMDIR = 5, /* struct eu_cgroup */
	_EU_KIND_MAX,
};

/* Slots for kinds in ledger arrays: room to grow without a change of the map layout. */
#define EU_KIND_SLOTS 64

enum eu_family {
	EU_FAMILY_CGROUP = 0,
	EU_FAMILY_PROCESS = 1,
	_EU_FAMILY_MAX,
};

/* eu_event_header.flags */
#define EU_FLAG_SNAPSHOT 0x1u /* describes what already was, not something that happened now */
#define EU_FLAG_LATE	 0x2u /* set by the collector: delivered after a record with a newer time */
#define EU_FLAG_COMPACT	 0x4u /* outside the filter: identity only, strings are left out */

/* eu_event_header.truncated: which part of this record was cut */
#define EU_TRUNC_ARGS	  0x1u
#define EU_TRUNC_EXE	  0x2u
#define EU_TRUNC_CWD	  0x4u
#define EU_TRUNC_FILENAME 0x8u
#define EU_TRUNC_ENV	  0x10u
#define EU_TRUNC_CGROUP	  0x20u

/*
 * A cgroup's key: hierarchy id in the top 8 bits (0 = the unified v2 hierarchy), the kernfs id of
 * the directory (its inode number) in the rest.
 */
#define EU_CGROUP_KEY(hierarchy, id)                                                               \
	(((__u64)(hierarchy) << 56) | ((__u64)(id)&0x00ffffffffffffffull))

/* 64 bytes in front of every record. ids are those of the initial namespaces; namespaces are inode
 * numbers. */
struct eu_event_header {
	__u64 ts_ns;	  /* CLOCK_BOOTTIME */
	__u64 seq;	  /* per cpu, counts every offered record, so a gap is a loss; 0 in snapshot
			     records */
	__u64 cgroup_key; /* EU_CGROUP_KEY of the task's cgroup: v2 where that is a container, else
			     v1 pids */
	__u64 start_ns;	  /* CLOCK_BOOTTIME start of the process: with tgid the process key */
	__u32 tgid;
	__u32 tid;
	__u32 ppid;
	__u32 pidns;
	__u32 mntns; /* 0 when the task is already too far gone to have one */
	__u16 kind;  /* enum eu_kind */
	__u16 size;  /* whole record, header and tail included */
	__u16 cpu;
	__u16 flags;	 /* EU_FLAG_* */
	__u32 truncated; /* EU_TRUNC_* */
};

#define EU_COMM_LEN 16

/* hdr describes the new process; ppid is its parent. No tail. */
struct eu_fork {
	struct eu_event_header hdr;
	__u64 parent_start_ns;
	__u32 parent_tid; /* the thread that called fork/clone */
	__u32 vpid;	  /* pid inside the process's own pid namespace */
	__u32 uid;	  /* real ids in the initial user namespace */
	__u32 gid;
	char comm[EU_COMM_LEN];
};

/*
 * eu_exec.exe_flags. Upper layer: of an overlay, so new or changed since the image. Writable: by
 * the process that runs it, going by owner, group and mode, not by capabilities.
 */
#define EU_EXE_MEMFD	   0x1u
#define EU_EXE_UPPER_LAYER 0x2u
#define EU_EXE_WRITABLE	   0x4u
#define EU_EXE_UNLINKED	   0x8u /* it has no name any more */

#define EU_ID_UNSET 0xffffffffu /* loginuid, audit session: never set */

/* Tail: exe, filename, cwd, args, env. hdr.tid is the thread that called execve, before it became
 * the leader. */
struct eu_exec {
	struct eu_event_header hdr;
	__u64 cap_effective;
	__u64 cap_permitted;
	__u64 exe_inode;
	__u32 uid;
	__u32 gid;
	__u32 euid;
	__u32 egid;
	__u32 loginuid;	     /* EU_ID_UNSET when not set */
	__u32 audit_session; /* EU_ID_UNSET when not set */
	__u32 sid;	     /* session leader's pid */
	__u32 pgid;	     /* process group leader's pid */
	__u32 tty; /* device number of the controlling terminal, major << 20 | minor; 0 = none */
	__u32 vpid;
	__u32 argc;	 /* what execve was given; 0 in snapshot records: count args instead */
	__u32 exe_flags; /* EU_EXE_* */
	char comm[EU_COMM_LEN];
	__u16 exe_len;	    /* path of the file that runs (the interpreter, for a script), in the
			       process's root */
	__u16 filename_len; /* path as passed to execve */
	__u16 cwd_len;
	__u16 args_len; /* arguments, each followed by NUL (the last one not, when cut) */
	__u16 env_len;	/* chosen variables only, NAME=VALUE, each followed by NUL */
	__u16 reserved[3];
};

/* eu_exit.exit_flags */
#define EU_EXIT_CORE 0x1u /* dumped core */

/* No tail. */
struct eu_exit {
	struct eu_event_header hdr;
	__u64 duration_ns; /* since the process started */
	__u64 cpu_ns;	   /* user + system time of all its threads */
	__u32 exit_code;   /* 0..255; 0 when ended by a signal */
	__u32 signal;	   /* 0 when it exited by itself */
	__u32 vpid;
	__u32 uid;
	__u32 gid;
	__u32 exit_flags; /* EU_EXIT_* */
	char comm[EU_COMM_LEN];
};

#define EU_CGROUP_PATH_MAX 4096

/* hdr describes who made or removed it. Tail: path, from the root of the hierarchy
 * ("/docker/<id>"). */
struct eu_cgroup {
	struct eu_event_header hdr;
	__u64 key;
	__u64 parent_key;
	__u32 hierarchy; /* 0 = v2, else the v1 pids hierarchy */
	__u32 level;	 /* depth below the root of the hierarchy */
	__u16 path_len;
	__u16 reserved[3];
};

#define EU_ARGS_MAX   16384
#define EU_PATH_MAX   4096
#define EU_ENV_MAX    2048
#define EU_RECORD_MAX 32768

_Static_assert(sizeof(struct eu_event_header) == 64, "the header is ABI");
_Static_assert(sizeof(struct eu_fork) == 104, "fork is ABI");
_Static_assert(sizeof(struct eu_exec) == 168, "exec is ABI");
_Static_assert(sizeof(struct eu_exit) == 120, "exit is ABI");
_Static_assert(sizeof(struct eu_cgroup) == 96, "cgroup is ABI");
_Static_assert(sizeof(struct eu_exec) + 3 * EU_PATH_MAX + EU_ARGS_MAX + EU_ENV_MAX <= EU_RECORD_MAX,
	       "an exec record fits");
