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

#define EU_ABI_VERSION 5u

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
	EU_KIND_IPC_OPEN = 26,	 /* struct eu_ipc; failed ones too */
	EU_KIND_IPC_USE = 27,	 /* struct eu_ipc; a process moved something for the first time */
	EU_KIND_IPC_TRAFFIC = 28,  /* struct eu_ipc; totals of an end that is still there */
	EU_KIND_IPC_CLOSE = 29,	   /* struct eu_ipc; a process has no descriptor of it any more */
	EU_KIND_IPC_SIGNAL = 30,   /* struct eu_signal */
	EU_KIND_SYSCALL = 31,	   /* struct eu_syscall; how often a process made one */
	EU_KIND_SYSCALL_CALL = 32, /* struct eu_syscall_call; one that was asked for returned */
	EU_KIND_SECURITY_PTRACE = 34, /* struct eu_security where nothing else is said */
	EU_KIND_SECURITY_NAMESPACE = 35,
	EU_KIND_SECURITY_MOUNT = 36,
	EU_KIND_SECURITY_MODULE = 37,
	EU_KIND_SECURITY_BPF = 38,
	EU_KIND_SECURITY_CREDENTIALS = 39, /* struct eu_security_credentials */
	EU_KIND_SECURITY_CAPABILITY = 40,
	EU_KIND_SECURITY_MEMFD = 41,
	EU_KIND_SECURITY_USERFAULTFD = 42,
	EU_KIND_SECURITY_KEY = 43,
	EU_KIND_SECURITY_IO_URING = 44,
	EU_KIND_SECURITY_IO_URING_OP = 45,
	EU_KIND_SECURITY_PROCESS_VM = 46,
	EU_KIND_SECURITY_PRCTL = 47,
	EU_KIND_SECURITY_REDIRECT = 48, /* struct eu_security_redirect */
	EU_KIND_SECURITY_OOM = 49,	/* hdr and actor are those of the victim */
	EU_KIND_SECURITY_CHROOT = 50,
	EU_KIND_PERF_SAMPLE = 51,   /* struct eu_perf_sample; where a process was at a tick */
	EU_KIND_PERF_COUNTERS = 52, /* struct eu_perf_counters; what a process used */
	EU_KIND_FILE_MKNOD = 53,    /* struct eu_file_change */
	EU_KIND_SECURITY_SOCKET = 54,
	EU_KIND_SECURITY_SYSTEM = 55,
	EU_KIND_UDP_CONNECT = 56,      /* struct eu_udp; a peer was chosen, nothing is sent yet */
	EU_KIND_ENFORCE_DECISION = 57, /* struct eu_enforce; something was stopped, or would be */
	_EU_KIND_MAX,
};

/* Slots for kinds in ledger arrays: room to grow without a change of the map layout. */
#define EU_KIND_SLOTS 64

enum eu_family {
	EU_FAMILY_CGROUP = 0,
	EU_FAMILY_PROCESS = 1,
	EU_FAMILY_FILE = 2,
	EU_FAMILY_NET = 3,
	EU_FAMILY_SYSCALL = 4,
	EU_FAMILY_IPC = 5,
	EU_FAMILY_SECURITY = 6,
	EU_FAMILY_PERF = 7,
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
#define EU_TRUNC_TEXT	  0x800u /* a string argument; also when it could not be read at all */
#define EU_TRUNC_SOURCE	  0x10000u
#define EU_TRUNC_NAME	  0x20000u
#define EU_TRUNC_DATA	  0x40000u
#define EU_TRUNC_MESSAGE  0x8000u
#define EU_TRUNC_STACK	  0x80000u /* deeper than EU_PERF_FRAMES, or it could not be walked at all */

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
	__u32 mntns;	 /* 0 when the task is already too far gone to have one */
	__u16 kind;	 /* enum eu_kind */
	__u16 size;	 /* whole record, header and tail included */
	__u16 cpu;	 /* whose count seq is; 0 in snapshot records */
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
	__u64 cap_inheritable;
	__u64 exe_inode;
	__u64 exe_ctime_ns; /* of its inode, CLOCK_REALTIME */
	__u64 exe_mtime_ns;
	__u32 exe_dev; /* major << 20 | minor */
	__u32 userns;
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
	__u32 vsid; /* sid and pgid in the process's own pid namespace; 0: not of there */
	__u32 vpgid;
	__u32 argc;	 /* what execve was given; 0 in snapshot records: count args instead */
	__u32 exe_flags; /* EU_EXE_* */
	char comm[EU_COMM_LEN];
	__u16 exe_len;	    /* path of the file that runs (the interpreter, for a script), in the
			       process's root */
	__u16 filename_len; /* path as passed to execve */
	__u16 cwd_len;
	__u16 args_len; /* arguments, each followed by NUL (the last one not, when cut) */
	__u16 env_len;	/* chosen variables only, NAME=VALUE, each followed by NUL */
	__u16 syscall;	/* as in struct eu_actor */
	__u8 syscall_abi;
	__u8 reserved;
	__u16 exe_mode; /* type and permissions, as st_mode */
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

/*
 * Who did it, as far as a process can change that without an exec, and by which call. Totals, and
 * what happens outside of a call, have none.
 */
struct eu_actor {
	__u32 uid; /* real ids in the initial user namespace */
	__u32 gid;
	__u32 vpid;	   /* pid inside the process's own pid namespace */
	__u16 syscall;	   /* its number */
	__u8 syscall_abi;  /* 1 + enum eu_abi; 0: there is none */
	__u8 syscall_part; /* of socketcall and ipc, which 32-bit calls may go through: which one */
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
	__u32 mode;   /* chmod, mkdir, mknod: as passed */
	__u32 owner;  /* chown: as passed, EU_ID_UNSET = left as it is */
	__u32 group;
	__s32 result; /* 0 or -errno */
	__s32 fd;     /* of calls that take one in place of a path, else -1 */
	__u16 path_len;
	__u16 raw_len;
	__u16 base_len;
	__u16 new_raw_len;
	__u16 new_base_len;
	__u16 reserved;
	__u32 dev; /* mknod: major << 20 | minor */
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

/* How a system call is numbered. */
enum eu_abi {
	EU_ABI_NATIVE = 0,
	EU_ABI_COMPAT = 1, /* 32-bit calls have numbers of their own: i386 on x86-64 */
	EU_ABI_X32 = 2, /* native numbers, with 32-bit pointers; the mark (bit 30) is taken off */
};

#define EU_SYSCALL_UNKNOWN 0xffffu /* eu_syscall.number: not one that a kernel has */
#define EU_SYSCALL_ERRNOS  8
#define EU_SYSCALL_BUCKETS 32
#define EU_SYSCALL_OVERFLOW                                                                        \
	0x1u /* flags: of processes that there was no room for; without actor                      \
	      */

struct eu_syscall_errno {
	__u32 number; /* 0: free */
	__u32 count;
};

/*
 * What one process did with one system call since the last record of both. What is not counted
 * (errors, refusals, times) is 0. Calls that never return (exit, exit_group) are not counted. No
 * tail.
 */
struct eu_syscall {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u64 count;		/* calls that returned, refused ones included */
	__u64 errors;		/* of them: those that returned an error */
	__u64 refused;		/* of them: those that a seccomp filter answered */
	__u64 latency_total_ns; /* of those that were seen to begin */
	__u64 latency_max_ns;
	__u16 number;
	__u16 abi;   /* enum eu_abi */
	__u32 flags; /* EU_SYSCALL_OVERFLOW */
	/* By error number; what finds no room is in errors only. */
	struct eu_syscall_errno errnos[EU_SYSCALL_ERRNOS];
	/* [0]: below 128 ns; [i]: from 2^(i+6) ns to twice that; the last one: and everything above
	 */
	__u32 latency[EU_SYSCALL_BUCKETS];
};

#define EU_SYSCALL_TEXTS       2
#define EU_SYSCALL_TEXT_MAX    4096
#define EU_SYSCALL_ADDRESS_MAX 128

/*
 * One call that returned. Tail: the strings that its arguments point to, then a socket address, in
 * the order of the arguments; which arguments these are is known from the call.
 */
struct eu_syscall_call {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u64 args[6];
	__s64 result;
	__u64 latency_ns; /* 0: not known */
	__u16 number;
	__u16 abi; /* enum eu_abi */
	__u16 refused;
	__u16 text_len[EU_SYSCALL_TEXTS];
	__u16 address_len;
	__u16 reserved[2];
};

/* Which call a security record tells of, however it is numbered: setuid is both of 32-bit calls. */
enum eu_security_call {
	EU_CALL_NONE = 0, /* it comes from no call */
	EU_CALL_PTRACE = 1,
	EU_CALL_SETNS = 2,
	EU_CALL_UNSHARE = 3,
	EU_CALL_CLONE = 4,
	EU_CALL_CLONE3 = 5,
	EU_CALL_MOUNT = 6,
	EU_CALL_UMOUNT = 7, /* the old one of 32-bit calls, without flags */
	EU_CALL_UMOUNT2 = 8,
	EU_CALL_PIVOT_ROOT = 9,
	EU_CALL_MOVE_MOUNT = 10,
	EU_CALL_OPEN_TREE = 11,
	EU_CALL_OPEN_TREE_ATTR = 12,
	EU_CALL_FSOPEN = 13,
	EU_CALL_FSCONFIG = 14,
	EU_CALL_FSMOUNT = 15,
	EU_CALL_FSPICK = 16,
	EU_CALL_MOUNT_SETATTR = 17,
	EU_CALL_INIT_MODULE = 18,
	EU_CALL_FINIT_MODULE = 19,
	EU_CALL_DELETE_MODULE = 20,
	EU_CALL_BPF = 21,
	EU_CALL_SETUID = 22,
	EU_CALL_SETGID = 23,
	EU_CALL_SETREUID = 24,
	EU_CALL_SETREGID = 25,
	EU_CALL_SETRESUID = 26,
	EU_CALL_SETRESGID = 27,
	EU_CALL_SETFSUID = 28,
	EU_CALL_SETFSGID = 29,
	EU_CALL_SETGROUPS = 30,
	EU_CALL_CAPSET = 31,
	EU_CALL_MEMFD_CREATE = 32,
	EU_CALL_MEMFD_SECRET = 33,
	EU_CALL_USERFAULTFD = 34,
	EU_CALL_ADD_KEY = 35,
	EU_CALL_REQUEST_KEY = 36,
	EU_CALL_KEYCTL = 37,
	EU_CALL_IO_URING_SETUP = 38,
	EU_CALL_IO_URING_REGISTER = 39,
	EU_CALL_PROCESS_VM_READV = 40,
	EU_CALL_PROCESS_VM_WRITEV = 41,
	EU_CALL_PIDFD_GETFD = 42,
	EU_CALL_PROCESS_MADVISE = 43,
	EU_CALL_PRCTL = 44,
	EU_CALL_SECCOMP = 45,
	EU_CALL_DUP = 46,
	EU_CALL_DUP2 = 47,
	EU_CALL_DUP3 = 48,
	EU_CALL_FCNTL = 49,
	EU_CALL_CHROOT = 50,
	EU_CALL_SOCKET = 51,
	EU_CALL_SWAPON = 52,
	EU_CALL_SWAPOFF = 53,
	EU_CALL_ACCT = 54,
	EU_CALL_QUOTACTL = 55,
	EU_CALL_QUOTACTL_FD = 56,
	EU_CALL_SETTIMEOFDAY = 57,
	EU_CALL_STIME = 58, /* the old one of 32-bit calls */
	EU_CALL_CLOCK_SETTIME = 59,
	EU_CALL_ADJTIMEX = 60,
	EU_CALL_CLOCK_ADJTIME = 61,
	EU_CALL_SYSLOG = 62,
	EU_CALL_KEXEC_LOAD = 63,
	EU_CALL_KEXEC_FILE_LOAD = 64,
	EU_CALL_IOPL = 65,
	EU_CALL_IOPERM = 66,
	EU_CALL_REBOOT = 67,
	EU_CALL_SETHOSTNAME = 68,
	EU_CALL_SETDOMAINNAME = 69,
	EU_CALL_FANOTIFY_INIT = 70,
	EU_CALL_PERF_EVENT_OPEN = 71,
	EU_CALL_PERSONALITY = 72,
	EU_CALL_PROCESS_MRELEASE = 73,
	EU_CALL_SETXATTR = 74,
	EU_CALL_LSETXATTR = 75,
	EU_CALL_FSETXATTR = 76,
	EU_CALL_SETXATTRAT = 77,
	_EU_CALL_MAX,
};

/* security_flags */
#define EU_SECURITY_COMPAT 0x1u /* a 32-bit call */
#define EU_SECURITY_BEFORE 0x2u /* what was before is known */

/*
 * Something that matters to security, or an attempt. args are as passed, except that of capset the
 * last three are the sets asked for. A process that it is done to is known by its number in the
 * initial pid namespace, by that in the caller's as passed, or by both.
 *
 * Tail: path (of a descriptor, as the kernel has it), raw (a path as passed) and base (see above);
 * source (what is mounted, or the old root's new place), name (a file system's type, a parameter,
 * a key's type, a memfd's or an eBPF object's name, a namespace's type) and data (options,
 * parameters, a value, a key's description), as passed.
 */
struct eu_security {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u64 args[6];
	__u64 flags; /* the call's, in its arguments or in memory; mount_setattr: attributes set */
	__u64 value; /* setns: namespace's inode; mount_setattr: attributes cleared */
	__u64 cap_effective; /* of the thread, behind the call */
	__u64 cap_permitted;
	__u64 count;	   /* times since the record before; 1 where each is told */
	__u32 euid;	   /* in the initial user namespace, like the actor's ids */
	__u32 target_pid;  /* 0 when not known, or nobody's */
	__u32 target_vpid; /* the same */
	__u32 detail;	   /* bpf: type of program or map, or of attaching; io_uring_op: opcode;
			      capability: its number; oom: the score's adjustment; mount_setattr:
			      propagation */
	__s32 result;	   /* what the call gave, or -errno */
	__u32 reserved;
	__u16 call; /* enum eu_security_call */
	__u16 security_flags;
	__u16 path_len;
	__u16 raw_len;
	__u16 base_len;
	__u16 source_len;
	__u16 name_len;
	__u16 data_len;
};

/* In the initial user namespace. */
struct eu_ids {
	__u64 cap_effective;
	__u64 cap_permitted;
	__u64 cap_inheritable;
	__u32 uid;
	__u32 euid;
	__u32 suid;
	__u32 fsuid;
	__u32 gid;
	__u32 egid;
	__u32 sgid;
	__u32 fsgid;
};

struct eu_security_credentials {
	struct eu_security call;
	struct eu_ids before; /* only with EU_SECURITY_BEFORE */
	struct eu_ids after;
};

#define EU_AF_UNIX 1

/* A socket on descriptor 0, 1 or 2 (the result). Tail: raw is the path of a unix socket: the
 * peer's, else its own; with a NUL in front when it is an abstract one. */
struct eu_security_redirect {
	struct eu_security call;
	__u8 local_addr[16]; /* as in struct eu_tcp */
	__u8 peer_addr[16];
	__u32 netns;
	__u16 local_port;
	__u16 peer_port;
	__u16 family;	/* EU_AF_*, or whatever else the socket has */
	__u16 protocol; /* IPPROTO_* */
	__u32 reserved;
};

enum eu_ipc_type {
	EU_IPC_PIPE = 1,
	EU_IPC_FIFO = 2,
	EU_IPC_UNIX = 3,
	EU_IPC_SYSV_SHM = 4,
	EU_IPC_SYSV_MSG = 5,
	EU_IPC_SYSV_SEM = 6,
	EU_IPC_POSIX_MQ = 7,
	EU_IPC_POSIX_SHM = 8, /* a file below /dev/shm */
};

enum eu_ipc_role {
	EU_IPC_ROLE_NONE = 0,
	EU_IPC_READER = 1,
	EU_IPC_WRITER = 2,
	EU_IPC_READER_WRITER = 3,
	EU_IPC_CLIENT = 4, /* unix: connected to a name */
	EU_IPC_SERVER = 5, /* unix: was accepted */
	EU_IPC_LISTENER = 6,
	EU_IPC_BOUND = 7, /* unix: datagrams are sent to its name */
	EU_IPC_PAIR = 8,
};

/* ipc_flags */
#define EU_IPC_INHERITED                                                                           \
	0x1u		     /* not opened by this process while watched: totals since first use   \
			      */
#define EU_IPC_IMPLICIT 0x2u /* gone without a call that says so: by exec, exit or dup2 */
#define EU_IPC_REMOVED	0x4u /* System V: the object itself was removed */

/*
 * One end of an object that processes talk through: what a process has open of it, be it by several
 * descriptors; processes that share their table of descriptors are one. Each end of a pipe is one.
 * Of System V objects all that a process does with one. A message is a call that moved something;
 * of datagrams and queues a message. Tail: name, of at most EU_OPEN_PATH_MAX bytes: of a fifo and
 * of POSIX shared memory the path, in the process's root; of a queue its name; of a socket the name
 * that it, or the one it is connected to, is bound to, an abstract one with its NUL in front.
 */
struct eu_ipc {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u64 opened_ns; /* CLOCK_BOOTTIME; 0 when that was not watched */
	__u64 bytes_sent;
	__u64 bytes_received;
	__u64 messages_sent;
	__u64 messages_received;
	__u64 inode;	   /* 0 of System V objects, like dev */
	__u64 peer_inode;  /* unix: of the socket it is connected to; 0 when not known */
	__u64 size;	   /* System V: bytes of memory, or semaphores, as passed */
	__u32 dev;	   /* major << 20 | minor */
	__u32 peer_pid;	   /* unix: who connected, listened or made the pair; 0 when not known */
	__u32 ns;	   /* System V: inode number of the ipc namespace */
	__u32 key;	   /* System V: as this process passed it; 0: private, or not known */
	__s32 id;	   /* System V, else -1 */
	__s32 fd;	   /* -1 of System V objects; of a pair the first one */
	__s32 peer_fd;	   /* open: the second one of a pair, else -1 */
	__u32 open_flags;  /* open: as passed; what they mean depends on the type */
	__s32 result;	   /* open: descriptor, id or 0; or -errno. close: 0 or -errno */
	__u32 ipc_flags;   /* EU_IPC_* */
	__u16 type;	   /* enum eu_ipc_type */
	__u16 role;	   /* enum eu_ipc_role */
	__u16 socket_type; /* unix: SOCK_* */
	__u16 name_len;
};

/* signal_flags */
#define EU_SIGNAL_KERNEL 0x1u /* the kernel sent it: hdr and actor are those of the target */
#define EU_SIGNAL_THREAD 0x2u /* to that thread, not to the process */

/* hdr and actor: who sent it. No tail. */
struct eu_signal {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u64 target_start_ns;
	__u64 target_cgroup_key;
	__u64 count; /* so many like this one, more than were told each; else 1 */
	__u32 target_tgid;
	__u32 target_tid;
	__u32 target_vpid;
	__u32 target_pidns;
	__u32 signal;
	__s32 code;	    /* si_code */
	__u32 result;	    /* TRACE_SIGNAL_*, in the order of the kernel's trace/events/signal.h */
	__u32 signal_flags; /* EU_SIGNAL_* */
	char target_comm[EU_COMM_LEN];
};

/* Why a flow is over. */
enum eu_udp_end {
	EU_UDP_RUNNING = 0, /* it is not: the watching ended */
	EU_UDP_IDLE = 1,
	EU_UDP_CLOSED = 2, /* the socket is gone */
};

/* udp_flags */
#define EU_UDP_CONNECTED 0x1u /* the socket has one peer, chosen by connect */

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
	__s32 result;	 /* open: 0, or -errno of the send */
	__u16 end;	 /* close: enum eu_udp_end */
	__u16 udp_flags; /* EU_UDP_* */
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

#define EU_ARGS_MAX    16384
#define EU_PERF_FRAMES 127 /* of each of both stacks, as perf's own limit is */

/* Where a thread was when its CPU's clock ticked. Tail: the addresses of the kernel's stack and of
 * the process's own, 8 bytes each, innermost first. */
struct eu_perf_sample {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u64 weight_ns;  /* CPU time that it stands for: what lies between two ticks */
	__u16 kernel_len; /* bytes; 0 when it ran its own code */
	__u16 user_len;
	__u32 reserved;
};

/* What a machine may count, if it has such counters (perf_event_open(2)). */
enum eu_perf_counter {
	EU_PERF_CPU_CYCLES = 0,
	EU_PERF_INSTRUCTIONS = 1,
	EU_PERF_CACHE_REFERENCES = 2,
	EU_PERF_CACHE_MISSES = 3,
	EU_PERF_BRANCHES = 4,
	EU_PERF_BRANCH_MISSES = 5,
	EU_PERF_CPU_CLOCK = 6, /* nanoseconds; every machine has it */
	_EU_PERF_COUNTER_MAX,
};

#define EU_PERF_COUNTER_SLOTS 8

/* What a process used since it was told of last, or since tracing began. No tail. */
struct eu_perf_counters {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u64 cpu_ns;		    /* as the scheduler accounts it */
	__u64 voluntary_switches;   /* it waited for something */
	__u64 involuntary_switches; /* something else had to run */
	__u64 minor_faults;	    /* pages that were in memory already */
	__u64 major_faults;
	__u64 migrations;		       /* to another CPU */
	__u64 counters[EU_PERF_COUNTER_SLOTS]; /* by enum eu_perf_counter */
	__u32 available; /* 1 << enum eu_perf_counter: those that count here */
	__u32 final;	 /* 1: the process is over */
};

/* What can be stopped. */
enum eu_enforce_operation {
	EU_ENFORCE_EXEC = 1,
	EU_ENFORCE_OPEN_READ = 2, /* an open that may read, and one that may write */
	EU_ENFORCE_OPEN_WRITE = 3,
	EU_ENFORCE_CONNECT = 4, /* TCP and UDP */
	EU_ENFORCE_SEND = 5,	/* UDP, to an address that the call names */
	EU_ENFORCE_BIND = 6,
	_EU_ENFORCE_OPERATION_MAX,
};

/* eu_enforce.enforce_flags */
#define EU_ENFORCE_DRY_RUN 0x1u /* nothing was done: the policy only tells */
#define EU_ENFORCE_KILLED  0x2u /* SIGKILL was sent, or would be */
#define EU_ENFORCE_DENIED  0x4u /* it failed with EPERM, or would */

#define EU_ENFORCE_TEXT_MAX 256

/*
 * The kernel acted on a policy. Each policy that matched has its own record. Tail: path (of the
 * file, in the process's root; at most EU_ENFORCE_TEXT_MAX bytes, a longer one is cut at its end).
 */
struct eu_enforce {
	struct eu_event_header hdr;
	struct eu_actor actor;
	__u64 inode;	     /* exec, open; else 0 */
	__u8 addr[16];	     /* as in struct eu_tcp: the peer's, of bind the own one */
	__u32 policy;	     /* as the controller numbers them */
	__u32 dev;	     /* exec, open: major << 20 | minor */
	__u16 operation;     /* enum eu_enforce_operation */
	__u16 enforce_flags; /* EU_ENFORCE_* */
	__u16 port;
	__u16 family;	/* EU_AF_*; 0: it is about a file */
	__u16 protocol; /* IPPROTO_* */
	__u16 path_len;
	__u32 reserved;
};

#define EU_PATH_MAX   4096
#define EU_ENV_MAX    2048
#define EU_RECORD_MAX 32768

_Static_assert(sizeof(struct eu_event_header) == 64, "the header is ABI");
_Static_assert(sizeof(struct eu_fork) == 104, "fork is ABI");
_Static_assert(sizeof(struct eu_exec) == 208, "exec is ABI");
_Static_assert(sizeof(struct eu_exit) == 120, "exit is ABI");
_Static_assert(sizeof(struct eu_cgroup) == 96, "cgroup is ABI");
_Static_assert(sizeof(struct eu_actor) == 32, "the actor is ABI");
_Static_assert(sizeof(struct eu_file_open) == 152, "file open is ABI");
_Static_assert(sizeof(struct eu_file_io) == 160, "file close and io are ABI");
_Static_assert(sizeof(struct eu_file_change) == 144, "file changes are ABI");
_Static_assert(sizeof(struct eu_tcp) == 184, "tcp is ABI");
_Static_assert(sizeof(struct eu_syscall) == 336, "syscall is ABI");
_Static_assert(sizeof(struct eu_syscall_call) == 176, "a syscall's call is ABI");
_Static_assert(sizeof(struct eu_security) == 224, "security is ABI");
_Static_assert(sizeof(struct eu_ids) == 56, "ids are ABI");
_Static_assert(sizeof(struct eu_security_credentials) == 336, "credentials are ABI");
_Static_assert(sizeof(struct eu_security_redirect) == 272, "redirections are ABI");
_Static_assert(sizeof(struct eu_security_credentials) + 6 * EU_PATH_MAX <= EU_RECORD_MAX,
	       "a security record fits");
_Static_assert(sizeof(struct eu_ipc) == 208, "ipc is ABI");
_Static_assert(sizeof(struct eu_signal) == 168, "signals are ABI");
_Static_assert(sizeof(struct eu_udp) == 192, "udp is ABI");
_Static_assert(sizeof(struct eu_dns) == 160, "dns is ABI");
_Static_assert(sizeof(struct eu_perf_sample) == 112, "perf samples are ABI");
_Static_assert(sizeof(struct eu_perf_counters) == 216, "perf counters are ABI");
_Static_assert(sizeof(struct eu_enforce) == 144, "enforcement is ABI");
_Static_assert(sizeof(struct eu_file_change) + 5 * EU_PATH_MAX <= EU_RECORD_MAX,
	       "a change record fits");
_Static_assert(sizeof(struct eu_exec) + 3 * EU_PATH_MAX + EU_ARGS_MAX + EU_ENV_MAX <= EU_RECORD_MAX,
	       "an exec record fits");
