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

#define EU_ABI_VERSION 3u

enum eu_kind {
	EU_KIND_UNSPECIFIED = 0,
	EU_KIND_PROCESS_FORK = 1, /* struct eu_fork; a new process, not a thread */
	EU_KIND_PROCESS_EXEC = 2, /* struct eu_exec */
	EU_KIND_PROCESS_EXIT = 3, /* struct eu_exit; the last thread of a process is gone */
	EU_KIND_CGROUP_MKDIR = 4, /* struct eu_cgroup */
	EU_KIND_CGROUP_RMDIR = 5, /* struct eu_cgroup */
	EU_KIND_FILE_OPEN = 6,	  /* struct eu_file_open; failed ones too */
	EU_KIND_FILE_CLOSE = 7,	  /* struct eu_file_io; a descriptor is gone */
	EU_KIND_FILE_IO = 8,	  /* struct eu_file_io; totals of one that is still open */
	EU_KIND_FILE_UNLINK = 9,  /* struct eu_file_change, and so on up to TRUNCATE */
	EU_KIND_FILE_RENAME = 10,
	EU_KIND_FILE_LINK = 11,
	EU_KIND_FILE_SYMLINK = 12,
	EU_KIND_FILE_MKDIR = 13,
	EU_KIND_FILE_RMDIR = 14,
	EU_KIND_FILE_CHMOD = 15,
	EU_KIND_FILE_CHOWN = 16,
	EU_KIND_FILE_TRUNCATE = 17,
	EU_KIND_TCP_CONNECT = 18, /* struct eu_tcp; when the outcome is known */
	EU_KIND_TCP_LISTEN = 19,  /* struct eu_tcp */
	EU_KIND_TCP_ACCEPT = 20,  /* struct eu_tcp */
	EU_KIND_TCP_CLOSE = 21,	  /* struct eu_tcp; the connection, or the listening, is over */
	EU_KIND_UDP_OPEN = 22,	 /* struct eu_udp; the first datagram between a socket and a peer */
	EU_KIND_UDP_CLOSE = 23,	 /* struct eu_udp; totals, when no more comes */
	EU_KIND_DNS_QUERY = 24,	 /* struct eu_dns */
	EU_KIND_DNS_ANSWER = 25, /* struct eu_dns */
	_EU_KIND_MAX,
};

/* Slots for kinds in ledger arrays: room to grow without a change of the map layout. */
#define EU_KIND_SLOTS 64

enum eu_family {
	EU_FAMILY_CGROUP = 0,
	EU_FAMILY_PROCESS = 1,
	EU_FAMILY_FILE = 2,
	EU_FAMILY_NET = 3,
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
#define EU_TRUNC_PATH	  0x40u
#define EU_TRUNC_RAW	  0x80u /* the path as passed; also when it could not be read at all */
#define EU_TRUNC_BASE	  0x100u
#define EU_TRUNC_NEW_RAW  0x200u
#define EU_TRUNC_NEW_BASE 0x400u
#define EU_TRUNC_MESSAGE  0x8000u

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

/* Who did it, as far as a process can change that without an exec. */
struct eu_actor {
	__u32 uid; /* real ids in the initial user namespace */
	__u32 gid;
	__u32 vpid; /* pid inside the process's own pid namespace */
	__u32 reserved;
	char comm[EU_COMM_LEN]; /* of the thread */
};

/* file_flags */
#define EU_FILE_CREATED	 0x1u /* this open made the file */
#define EU_FILE_UNLINKED 0x2u /* it has no name any more: path is the one it had */
#define EU_FILE_IMPLICIT 0x4u /* closed without a call of close: by exec, exit or dup2 */
#define EU_FILE_INHERITED                                                                          \
	0x8u /* not opened by this process while watched: totals since first use */

/*
 * Paths of the file kinds. path is where the kernel says the file is, in the process's root; raw is
 * what the process passed, read when the call returned; base, given when raw is relative and path
 * is not there, is the directory it is relative to.
 *
 * Tail: path (of an open that succeeded, when asked for), raw, base.
 */
struct eu_file_open {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u64 open_flags; /* O_*, as passed */
	__u64 resolve;	  /* RESOLVE_* of openat2, else 0 */
	__u64 inode;	  /* 0 when it failed, like dev and file_mode */
	__u32 dev;	  /* major << 20 | minor */
	__u32 mode;	  /* as passed, where O_CREAT or O_TMPFILE makes it count, else 0 */
	__u32 file_mode;  /* type and permissions of what was opened, as st_mode */
	__s32 result;	  /* descriptor, or -errno */
	__u32 file_flags; /* EU_FILE_* */
	__u16 path_len;
	__u16 raw_len;
	__u16 base_len;
	__u16 reserved[3];
};

/*
 * What went through one descriptor of one process (sharing its table with others counts as one),
 * by calls that read and write; not through mappings of the file, nor through io_uring. Tail: path,
 * of at most EU_OPEN_PATH_MAX bytes.
 */
struct eu_file_io {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u64 opened_ns; /* CLOCK_BOOTTIME; 0 when that was not watched */
	__u64 bytes_read;
	__u64 bytes_written;
	__u64 inode;
	__u32 reads; /* calls that moved something */
	__u32 writes;
	__u32 dev;
	__u32 file_mode;
	__s32 fd;
	__s32 result; /* of close: 0 or -errno, the descriptor is gone all the same */
	__u32 file_flags;
	__u16 path_len;
	__u16 reserved;
};

/*
 * Tail: path, raw, base, new_raw, new_base. path: only of calls that take a descriptor. new_*: what
 * rename and link make; for a symlink raw is the link and new_raw the text in it.
 */
struct eu_file_change {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u64 length; /* truncate */
	__u32 flags;  /* AT_* or RENAME_*, as passed */
	__u32 mode;   /* chmod, mkdir: as passed */
	__u32 owner;  /* chown: as passed, EU_ID_UNSET = left as it is */
	__u32 group;
	__s32 result; /* 0 or -errno */
	__s32 fd;     /* of calls that take one in place of a path, else -1 */
	__u16 path_len;
	__u16 raw_len;
	__u16 base_len;
	__u16 new_raw_len;
	__u16 new_base_len;
	__u16 reserved[3];
};

enum eu_tcp_direction {
	EU_TCP_UNKNOWN = 0, /* it was there before it was watched */
	EU_TCP_OUTBOUND = 1,
	EU_TCP_INBOUND = 2,
	EU_TCP_LISTENING = 3, /* no peer */
};

#define EU_AF_INET  2
#define EU_AF_INET6 10

/*
 * hdr and actor are those of the process that connected, listened or accepted; for a close too,
 * which happens later and often in no process at all. No tail.
 */
struct eu_tcp {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u8 local_addr[16]; /* network order; an IPv4 address stands in the first 4 bytes */
	__u8 peer_addr[16];
	__u64 latency_ns;  /* connect: from the first packet to the outcome; 0 without one */
	__u64 duration_ns; /* close: since it was established; 0 when that was not watched */
	__u64 bytes_sent;  /* close: payload handed to the network, each byte once */
	__u64 bytes_received;
	__u32 retransmits; /* close: segments sent again */
	__u32 backlog;	   /* listen: as passed */
	__u32 netns;
	__s32 result; /* 0, or -errno; accept: descriptor, or -errno */
	__u16 local_port;
	__u16 peer_port;
	__u16 family;	 /* EU_AF_*; IPv4 in IPv6 (::ffff:1.2.3.4) is given as EU_AF_INET */
	__u16 direction; /* enum eu_tcp_direction */
};

/* Why a flow is over. */
enum eu_udp_end {
	EU_UDP_RUNNING = 0, /* it is not: the watching ended */
	EU_UDP_IDLE = 1,
	EU_UDP_CLOSED = 2, /* the socket is gone */
};

/*
 * Datagrams between one socket and one peer, counted as the calls that send and receive them. hdr
 * and actor are those of the process that sent or received the first one. No tail.
 */
struct eu_udp {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u8 local_addr[16];  /* as in struct eu_tcp; zero: not bound to one */
	__u8 peer_addr[16];   /* zero, and its port: the receiver did not ask */
	__u64 duration_ns;    /* close: from the first to the last datagram */
	__u64 datagrams_sent; /* these: close */
	__u64 datagrams_received;
	__u64 bytes_sent;
	__u64 bytes_received;
	__u32 errors; /* close: calls that failed */
	__u32 netns;
	__s32 result; /* open: 0, or -errno of the send */
	__u16 end;    /* close: enum eu_udp_end */
	__u16 reserved;
	__u16 local_port;
	__u16 peer_port;
	__u16 family;	 /* EU_AF_* */
	__u16 direction; /* enum eu_tcp_direction: who sent first */
};

/*
 * A DNS message that was sent or received. Tail: the message, of at most EU_DNS_MESSAGE_MAX bytes.
 */
struct eu_dns {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u8 local_addr[16]; /* as in struct eu_udp */
	__u8 peer_addr[16];
	__u64 socket;	   /* names the socket as long as there is one: its inode number */
	__u32 message_len; /* as sent, without the length in front that TCP needs */
	__u32 netns;
	__u16 local_port;
	__u16 peer_port;
	__u16 family;	 /* EU_AF_* */
	__u16 direction; /* enum eu_tcp_direction; outbound: this side asks, or gets the answer */
	__u16 transport; /* IPPROTO_UDP or IPPROTO_TCP */
	__u16 data_len;
	__u16 reserved[2];
};

#define EU_OPEN_PATH_MAX   256
#define EU_DNS_MESSAGE_MAX 4096

#define EU_ARGS_MAX   16384
#define EU_PATH_MAX   4096
#define EU_ENV_MAX    2048
#define EU_RECORD_MAX 32768

_Static_assert(sizeof(struct eu_event_header) == 64, "the header is ABI");
_Static_assert(sizeof(struct eu_fork) == 104, "fork is ABI");
_Static_assert(sizeof(struct eu_exec) == 168, "exec is ABI");
_Static_assert(sizeof(struct eu_exit) == 120, "exit is ABI");
_Static_assert(sizeof(struct eu_cgroup) == 96, "cgroup is ABI");
_Static_assert(sizeof(struct eu_actor) == 32, "the actor is ABI");
_Static_assert(sizeof(struct eu_file_open) == 152, "file open is ABI");
_Static_assert(sizeof(struct eu_file_io) == 160, "file close and io are ABI");
_Static_assert(sizeof(struct eu_file_change) == 144, "file changes are ABI");
_Static_assert(sizeof(struct eu_tcp) == 184, "tcp is ABI");
_Static_assert(sizeof(struct eu_udp) == 192, "udp is ABI");
_Static_assert(sizeof(struct eu_dns) == 160, "dns is ABI");
_Static_assert(sizeof(struct eu_file_change) + 5 * EU_PATH_MAX <= EU_RECORD_MAX,
	       "a change record fits");
_Static_assert(sizeof(struct eu_exec) + 3 * EU_PATH_MAX + EU_ARGS_MAX + EU_ENV_MAX <= EU_RECORD_MAX,
	       "an exec record fits");
