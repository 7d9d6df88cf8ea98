/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the eBPF programs and the collector share besides the records: the layouts of the maps both
 * sides touch. Private to this pair, not part of the record ABI.
 */
#pragma once

#include "eunomia/event.h"

#define EU_CALL_NUMBERS 512 /* above all that a kernel has */

#define EU_CACHE_LINE 64

/* Calls of functions that not every kernel has: the loader fills them in, or takes them out. */
#define EU_HOLD_CALLS 0x7ea00000 /* above the numbers of all helpers */

enum eu_hold_call {
	EU_HOLD_PREEMPT_DISABLE,
	EU_HOLD_PREEMPT_ENABLE,
	EU_HOLD_IRQ_SAVE,
	EU_HOLD_IRQ_RESTORE,
	_EU_HOLD_MAX,
};

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

#define EU_DNS_PORTS_MAX  8
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
	EU_DOZING = 2, /* sleeps for a moment: a ring that is half full wakes it */
};

/* The only entry of the mmap-able array "control"; written by the collector, sleeping by both. */
struct eu_control {
	__u32 sleeping;
	__u32 filter_by_pid;
	__u32 filter_by_cgroup;
	__u32 filter_open;  /* a filter map refused an insert: everything passes, the controller
			       sorts */
	__u32 unfiltered;   /* 1 << enum eu_family: these are not filtered at all */
	__u32 new_cgroups;  /* 1 << enum eu_family: for these a new cgroup passes */
	__u32 filter_epoch; /* goes up when a filter map was changed */
	__u32 count_buffer; /* which of the two counts calls now */
	__u32 count_phase;  /* what the report of calls does next */
	__u32 count_flags;  /* EU_COUNT_* */
	__u32 own[2];	    /* processes whose single calls are not shown: to show one makes more */
	__u64 counted[2][EU_CALL_NUMBERS / 64]; /* bit sets of calls by enum eu_abi */
	__u32 n_env_names;
	__u32 raw_paths;      /* leave resolved paths of opens out */
	__u64 kinds;	      /* 1 << enum eu_kind: those to record; life-cycle kinds always are */
	__u64 perf_period_ns; /* between two samples of a CPU */
	__u64 udp_idle_ns;    /* a flow without a datagram for that long is over */
	__u16 dns_ports[EU_DNS_PORTS_MAX]; /* 0 = none */
	struct eu_env_name env_names[EU_ENV_NAMES_MAX];
};

/*
 * What the system call dispatcher does with a call that returned. Filled by the collector: from its
 * table of calls, for the families and kinds that are wanted; all zero means that no call is.
 */
enum eu_handler {
	EU_HANDLER_NONE = 0,
	EU_HANDLER_OPEN = 1,
	EU_HANDLER_CLOSE = 2,
	EU_HANDLER_DUP = 3,
	EU_HANDLER_IO = 4,
	EU_HANDLER_CHANGE = 5,
	EU_HANDLER_TCP = 6,
	EU_HANDLER_SYSCALL = 7,
	EU_HANDLER_SECURITY = 8,
	EU_HANDLER_CREDENTIALS = 9,
	EU_HANDLER_REDIRECT = 10,
	EU_HANDLER_IPC_OPEN = 11,
	EU_HANDLER_IPC_SOCKET = 12,
	EU_HANDLER_IPC_CLOSE = 13,
	EU_HANDLER_IPC_IO = 14,
	EU_HANDLER_IPC_SYSV = 15,
	EU_HANDLER_MESSAGE = 16,
	_EU_HANDLER_MAX,
};

/* What distinguishes the calls of one handler. */
enum eu_op {
	EU_OP_NONE = 0,
	EU_OP_OPENAT2,	   /* OPEN: flags and mode stand in a struct open_how */
	EU_OP_CLOSE_RANGE, /* CLOSE */
	EU_OP_FCNTL,	   /* DUP: only with F_DUPFD and F_DUPFD_CLOEXEC */
	EU_OP_READ,	   /* IO */
	EU_OP_WRITE,
	EU_OP_COPY,    /* IO: from one descriptor to another */
	EU_OP_CHOWN16, /* CHANGE: ids of 16 bits */
	EU_OP_CONNECT, /* TCP */
	EU_OP_LISTEN,
	EU_OP_ACCEPT,
	EU_OP_OPEN, /* IPC_OPEN: the result is a descriptor */
	EU_OP_MQ_OPEN,
	EU_OP_PIPE,
	EU_OP_SOCKETPAIR, /* IPC_SOCKET */
	EU_OP_BIND,
	EU_OP_SOCKET,
	EU_OP_DUP,  /* IPC_CLOSE */
	EU_OP_RECV, /* IPC_IO: like READ, but MSG_PEEK is none */
	EU_OP_SENDTO,
	EU_OP_SENDMSG,
	EU_OP_SENDMMSG,
	EU_OP_RECVMMSG,
	EU_OP_TEE,
	EU_OP_VMSPLICE,
	EU_OP_MQ_SEND,
	EU_OP_SOCKETCALL, /* TCP, IPC_SOCKET: 32-bit calls may go through these two */
	EU_OP_IPC,	  /* IPC_SYSV */
	EU_OP_GET,	  /* IPC_SYSV; type: fixed_flags */
	EU_OP_CTL,
	EU_OP_SHMAT,
	EU_OP_SHMDT,
	EU_OP_MSGSND,
	EU_OP_MSGRCV,
	EU_OP_SEMOP,
	EU_OP_MESSAGE_SEND,  /* MESSAGE: path is a buffer, new_path a socket address */
	EU_OP_MESSAGE_SENDV, /* path is an array of struct iovec */
	EU_OP_MESSAGE_SENDMSG,
	EU_OP_MESSAGE_SENDMMSG,
	EU_OP_MESSAGE_RECV, /* from here on: received */
	EU_OP_MESSAGE_RECVV,
	EU_OP_MESSAGE_RECVMSG,
	EU_OP_MESSAGE_RECVMMSG,
	EU_OP_MESSAGE_SOCKETCALL, /* any of these but vectors, its arguments in memory */
};

/* Which argument: counted from 1, or one of these. */
#define EU_ARG_NONE 0 /* there is none: 0 */
#define EU_ARG_CWD  7 /* there is none: AT_FDCWD */
#define EU_ARGS	    8

/* What a family does with a system call: members name the arguments that carry them. */
struct eu_route {
	__u8 handler; /* enum eu_handler */
	__u8 op;      /* enum eu_op; of the security handlers enum eu_security_call */
	__u8 kind;    /* enum eu_kind of its record, or of the one that suffers when it is missed */
	__u8 fd;      /* descriptor; COPY: the one read from */
	__u8 fd_to;   /* COPY: the one written to */
	__u8 dirfd;
	__u8 path;
	__u8 new_dirfd;
	__u8 new_path;
	__u8 flags;
	__u8 mode;
	__u8 owner;
	__u8 group;
	__u8 length;
	__u8 length_high; /* 32-bit calls split it in two */
	__u8 family;	  /* enum eu_family; set from the kind */
	__u8 source;	  /* security: strings of the record's tail, in user memory */
	__u8 name;
	__u8 data;
	__u8 target;	   /* security: a process's number in the caller's pid namespace */
	__u32 fixed_flags; /* added to the flags: what the call's name says */
	__u16 next[2];	   /* the next one for the same call, by enum eu_abi; 0 = none */
};

/* Which arguments of a call point to what is shown of it, counted from 1; 0 = none. */
struct eu_shape {
	__u8 text[EU_SYSCALL_TEXTS];
	__u8 address;	  /* a socket address */
	__u8 address_len; /* the argument with its length, or that points to it */
};

#define EU_ROUTES_MAX 512

/*
 * The only entry of the mmap-able array "routes". A call's entry in first, and next behind it, are
 * indices of routes; 0 = nobody wants it.
 */
struct eu_routes {
	__u16 first[2][EU_CALL_NUMBERS]; /* by enum eu_abi, then number */
	struct eu_route routes[EU_ROUTES_MAX];
	struct eu_shape shapes[2][EU_CALL_NUMBERS];
};

#define EU_ROUTES_PER_CALL 6 /* at most as many families want the same one */

/* The call that a handler works on, left for it by the dispatcher of this CPU. */
struct eu_call {
	__u64 args[EU_ARGS];
	__s64 result;
	__u64 cgroup_key;
	__u32 pidns;
	__u32 vpid;
	struct eu_route route;
	__u64 latency_ns; /* 0: not known */
	__u32 families;	  /* 1 << enum eu_family: whose filter lets it pass */
	__u32 refused;	  /* a seccomp filter answered */
	__u16 abi;	  /* enum eu_abi */
	__u16 number;
	__u16 syscall; /* for the actor, like the next two */
	__u8 syscall_abi;
	__u8 syscall_part;
};

#define EU_KERNEL_SYMBOL_SIZE 256

/* What the program that names addresses of the kernel is given, and where it answers. */
struct eu_kernel_symbol {
	__u64 address;
	char text[EU_KERNEL_SYMBOL_SIZE]; /* as printk's %pS: "name+0x1c/0x40 [module]", and only an
					     address when there is no name; cut when it is longer */
};

/* What a family's report program is given. It returns whether there is more to tell than fitted. */
struct eu_report {
	__u32 final; /* nothing happens any more: what was counted and not told is told now */
	__u32 reserved;
};

/*
 * Bounds of what is remembered between two events. Full: the event that it was for counts as lost
 * (lost_map).
 */
#define EU_OPEN_FILES_MAX  16384
#define EU_FILE_TABLES_MAX 8192
#define EU_TCP_SOCKETS_MAX 16384
#define EU_IPC_ENDS_MAX	   16384
#define EU_IPC_FDS_MAX	   32768
#define EU_IPC_SYSV_MAX	   4096
#define EU_SIGNALS_MAX	   8192

#define EU_COUNTS_MAX	   16384
#define EU_CALLS_BEGUN_MAX 16384

/* eu_control.count_flags */
#define EU_COUNT_CALLS	 0x1u /* and their errors */
#define EU_COUNT_LATENCY 0x2u /* needs the calls' begins, like the next */
#define EU_COUNT_REFUSED 0x4u

struct eu_count_key {
	__u64 start_ns;
	__u64 css_set; /* of a process that changes its container, what it did in each */
	__u32 tgid;
	__u16 number;
	__u16 abi;
};

/* Where a thread is within a call. */
struct eu_begun {
	__u64 since_ns; /* CLOCK_MONOTONIC; 0: before anybody looked */
	__u64 thread;	/* start time of the thread, as pids come again */
	__u32 pid;	/* 0: nobody */
	__u32 zero;
	__u64 reserved[5]; /* a cache line each */
};

/* Calls of processes that there was no room for. */
struct eu_count_overflow {
	__u64 count;
	__u64 errors;
};
#define EU_UDP_FLOWS_MAX   32768
#define EU_DNS_STREAMS_MAX 1024

struct eu_open_key {
	__u64 table; /* struct files_struct */
	__u32 fd;
	__u32 zero;
};

struct eu_open_file {
	__u64 file; /* struct file */
	__u64 reported_read;
	__u64 reported_written;
	__u32 ended; /* somebody is telling of its end */
	__u32 zero;
	struct eu_file_io rec; /* of FILE_CLOSE and FILE_IO, as far as it is known already */
	char path[EU_OPEN_PATH_MAX];
};

/* Ends of pipes, sockets and the like are those of a descriptor table, System V ones of a process.
 */
struct eu_ipc_key {
	__u64 object; /* struct file; System V: id */
	__u64 owner;  /* struct files_struct; System V: tgid */
	__u32 ns;     /* System V: inode number of the ipc namespace, else 0 */
	__u32 type;   /* System V: enum eu_ipc_type, else 0 */
};

struct eu_ipc_end {
	__u64 inode;	     /* struct inode */
	__u64 reported_sent; /* messages */
	__u64 reported_received;
	__u32 refs;  /* descriptors of it; System V shared memory: attachments */
	__u32 ended; /* somebody is telling of its end */
	__u32 used;  /* its first use was told */
	__s32 last_fd;
	__u32 silent; /* a socket that was made, and nothing else so far: no end of anything */
	__u32 zero;
	struct eu_ipc rec; /* of the next record, as far as it is known already */
	char name[EU_OPEN_PATH_MAX];
};

struct eu_shm_key {
	__u64 address;
	__u32 tgid;
	__u32 zero;
};

#define EU_SIGNAL_TOLD_EACH 10 /* of a flood so many are told one by one in a report interval */

/* Signals of one process to another, since the last report. */
struct eu_signal_key {
	__u32 sender; /* 0: the kernel */
	__u32 target;
	__u32 signal;
};

struct eu_signal_flood {
	__u32 seen;
	__u32 zero;
	__u64 untold;
	struct eu_signal rec; /* of the last one that was not told */
};

struct eu_tcp_socket {
	struct eu_tcp rec; /* of the next record, as far as it is known already */
	__u64 began_ns;	   /* when it began to connect, was established, or began to listen */
};

/*
 * What is used so often that it is counted: a capability by its number, an operation of a ring by
 * its opcode. Told at the first use, and then now and then.
 */
#define EU_USES_MAX 16384

struct eu_use_key {
	__u64 start_ns; /* the process */
	__u64 cgroup_key;
	__u32 tgid;
	__u32 what;
	__s32 result;
	__u32 kind; /* enum eu_kind */
};

#define EU_USE_ENDED (1ull << 63)

struct eu_use {
	__u64 count; /* and EU_USE_ENDED: the entry is going, whoever sees that counts elsewhere */
	__u64 told;  /* only touched by the report */
	struct eu_security rec;
};

struct eu_udp_key {
	__u64 socket; /* struct socket */
	__u8 peer_addr[16];
	__u32 inode; /* and its inode number, since addresses are used again */
	__u16 peer_port;
	__u16 family;
};

enum eu_udp_state {
	EU_UDP_FLOWS = 0,
	EU_UDP_FAILED, /* so far no datagram went, only errors came */
	EU_UDP_QUIET,  /* told as idle: the next datagram begins anew */
	EU_UDP_GONE,   /* is being taken out */
};

struct eu_udp_flow {
	struct eu_udp rec; /* of UDP_CLOSE, as far as it is known already */
	__u64 sk;	   /* struct sock */
	__u64 began_ns;
	__u64 last_ns;
	__u32 state;  /* enum eu_udp_state */
	__u32 closed; /* its socket was found to be gone once */
};

struct eu_dns_key {
	__u64 socket;
	__u32 inode;
	__u32 sent; /* each way is a stream of its own */
};

/* A message of which the rest has not come yet; over TCP. */
struct eu_dns_stream {
	__u64 touched_ns;
	__u32 seen; /* bytes of the message, kept or not */
	__u16 length;
	__u16 length_bytes; /* how much of the length is known */
	struct eu_dns rec;
	__u8 data[EU_DNS_MESSAGE_MAX];
};

/*
 * What processes use, by process and cgroup: a process that changes its container has an entry for
 * each.
 */
#define EU_PERF_PROCESSES_MAX 32768

struct eu_perf_key {
	__u64 start_ns;
	__u64 cgroup_key;
	__u32 tgid;
	__u32 zero;
};

#define EU_PERF_GONE (1u << 31)

struct eu_perf_process {
	struct eu_perf_counters rec; /* what was added since it was told of last */
	__u64 left_ns;		     /* CLOCK_BOOTTIME; when the last thread left, or it was made */
	__u32 threads; /* that count here; EU_PERF_GONE: it is being taken out, nobody comes in */
	__u32 over;    /* the process ended */
};

/* A counter of a CPU, as it was read last. */
struct eu_perf_reading {
	__u64 counter;
	__u64 enabled; /* nanoseconds that it should have counted */
	__u64 running; /* and did; counters may take turns */
};

/* Of each CPU; only touched there, with interrupts off. */
struct eu_perf_cpu {
	__u32 available; /* 1 << enum eu_perf_counter: which the loader could open */
	__u32 begun;	 /* 0: nothing was read yet */
	struct eu_perf_reading last[EU_PERF_COUNTER_SLOTS];
} __attribute__((aligned(EU_CACHE_LINE)));

/* Bounds of the shared hash maps. Full: filters open (filter_open), losses by cgroup go to
 * EU_CGROUP_KEY_OTHER. */
#define EU_FILTER_PIDS_MAX    65536
#define EU_FILTER_CGROUPS_MAX 16384
#define EU_CGROUP_LOSSES_MAX  4096
#define EU_CGROUP_KEY_OTHER   (~0ull)
