/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/family.h"
#include "cgroup.skel.h"
#include "dispatch.skel.h"
#include "enforce.skel.h"
#include "enforce_lsm.skel.h"
#include "enforce_net.skel.h"
#include "enter.skel.h"
#include "file.skel.h"
#include "ipc.skel.h"
#include "net.skel.h"
#include "perf.skel.h"
#include "process.skel.h"
#include "security.skel.h"
#include "snapshot.skel.h"
#include "symbols.skel.h"
#include "syscall.skel.h"

#define ATTACH(program, record)                                                                    \
	{                                                                                          \
		.name = (program), .use = EU_PROGRAM_ATTACH, .kind = (record)                      \
	}
#define ATTACH_IF(program, record, type, where, missing)                                           \
	{                                                                                          \
		.name = (program), .use = EU_PROGRAM_ATTACH, .kind = (record),                     \
		.hook = EU_HOOK_##type, .target = (where), .need = (missing)                       \
	}
#define HANDLER(program, slot)                                                                     \
	{                                                                                          \
		.name = (program), .use = EU_PROGRAM_HANDLER, .handler = (slot)                    \
	}
#define OTHER(program, what)                                                                       \
	{                                                                                          \
		.name = (program), .use = (what)                                                   \
	}
#define OF_KIND(program, what, record)                                                             \
	{                                                                                          \
		.name = (program), .use = (what), .kind = (record)                                 \
	}
#define CLOCK(program, record, frequency, missing)                                                 \
	{                                                                                          \
		.name = (program), .use = EU_PROGRAM_CLOCK, .kind = (record), .hz = (frequency),   \
		.need = (missing)                                                                  \
	}
#define PROGRAMS(...)                                                                              \
	(const struct eu_program[])                                                                \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			.name = NULL                                                               \
		}                                                                                  \
	}
#define OBJECT(title, elf, ...)                                                                    \
	{                                                                                          \
		.name = (title), .bytes = (elf), .programs = PROGRAMS(__VA_ARGS__)                 \
	}

#define OBJECT_BY_KINDS(title, elf, ...)                                                           \
	{                                                                                          \
		.name = (title), .bytes = (elf), .by_kinds = true,                                 \
		.programs = PROGRAMS(__VA_ARGS__)                                                  \
	}

/* How late, at most, it is told what a thread used that never leaves its CPU. */
#define COUNTERS_HZ 10

const struct eu_family_object eu_families[] = {
    [EU_FAMILY_CGROUP] =
	OBJECT("cgroup", cgroup_bpf__elf_bytes, ATTACH("eu_cgroup_mkdir", EU_KIND_CGROUP_MKDIR),
	       ATTACH("eu_cgroup_rmdir", EU_KIND_CGROUP_RMDIR)),
    [EU_FAMILY_PROCESS] =
	OBJECT("process", process_bpf__elf_bytes, ATTACH("eu_process_fork", EU_KIND_PROCESS_FORK),
	       ATTACH("eu_process_exec", EU_KIND_PROCESS_EXEC),
	       ATTACH("eu_process_exit", EU_KIND_PROCESS_EXIT)),
    [EU_FAMILY_FILE] = OBJECT(
	"file", file_bpf__elf_bytes, ATTACH("eu_file_exec", EU_KIND_FILE_CLOSE),
	ATTACH("eu_file_exit", EU_KIND_FILE_CLOSE), HANDLER("eu_file_open", EU_HANDLER_OPEN),
	HANDLER("eu_file_close", EU_HANDLER_CLOSE), HANDLER("eu_file_dup", EU_HANDLER_DUP),
	HANDLER("eu_file_transfer", EU_HANDLER_IO), HANDLER("eu_file_change", EU_HANDLER_CHANGE),
	OTHER("eu_file_report", EU_PROGRAM_REPORT)),
    [EU_FAMILY_NET] = OBJECT(
	"net", net_bpf__elf_bytes, ATTACH("eu_tcp_state", EU_KIND_TCP_CLOSE),
	HANDLER("eu_tcp_call", EU_HANDLER_TCP), OTHER("eu_tcp_before", EU_PROGRAM_BEFORE),
	HANDLER("eu_net_message", EU_HANDLER_MESSAGE), OTHER("eu_net_report", EU_PROGRAM_REPORT)),
    [EU_FAMILY_SYSCALL] =
	OBJECT("syscall", syscall_bpf__elf_bytes, HANDLER("eu_syscall_call", EU_HANDLER_SYSCALL),
	       OTHER("eu_syscall_report", EU_PROGRAM_REPORT)),
    [EU_FAMILY_SECURITY] =
	OBJECT("security", security_bpf__elf_bytes,
	       ATTACH("eu_security_fork", EU_KIND_SECURITY_CREDENTIALS),
	       ATTACH("eu_security_exec", EU_KIND_SECURITY_CREDENTIALS),
	       ATTACH("eu_security_victim", EU_KIND_SECURITY_OOM),
	       ATTACH_IF("eu_security_capable", EU_KIND_SECURITY_CAPABILITY, TRACEPOINT,
			 "cap_capable", "security.capability"),
	       ATTACH_IF("eu_security_capable_exit", EU_KIND_SECURITY_CAPABILITY, FEXIT,
			 "cap_capable", "security.capability"),
	       ATTACH_IF("eu_security_ring_req", EU_KIND_SECURITY_IO_URING_OP, TRACEPOINT,
			 "io_uring_submit_req", "security.io_uring_op"),
	       ATTACH_IF("eu_security_ring_sqe", EU_KIND_SECURITY_IO_URING_OP, TRACEPOINT,
			 "io_uring_submit_sqe", "security.io_uring_op"),
	       HANDLER("eu_security_call", EU_HANDLER_SECURITY),
	       HANDLER("eu_security_credentials", EU_HANDLER_CREDENTIALS),
	       HANDLER("eu_security_redirect", EU_HANDLER_REDIRECT),
	       OTHER("eu_security_before", EU_PROGRAM_BEFORE),
	       OTHER("eu_security_report", EU_PROGRAM_REPORT)),
    [EU_FAMILY_IPC] = OBJECT(
	"ipc", ipc_bpf__elf_bytes, ATTACH("eu_ipc_exec", EU_KIND_IPC_CLOSE),
	ATTACH("eu_ipc_exit", EU_KIND_IPC_CLOSE), ATTACH("eu_ipc_signal", EU_KIND_IPC_SIGNAL),
	HANDLER("eu_ipc_open", EU_HANDLER_IPC_OPEN),
	HANDLER("eu_ipc_socket", EU_HANDLER_IPC_SOCKET),
	HANDLER("eu_ipc_close", EU_HANDLER_IPC_CLOSE),
	HANDLER("eu_ipc_transfer", EU_HANDLER_IPC_IO), HANDLER("eu_ipc_sysv", EU_HANDLER_IPC_SYSV),
	OTHER("eu_ipc_report", EU_PROGRAM_REPORT)),
    [EU_FAMILY_PERF] = OBJECT_BY_KINDS(
	"perf", perf_bpf__elf_bytes, ATTACH("eu_perf_begin", EU_KIND_PERF_COUNTERS),
	ATTACH("eu_perf_exec", EU_KIND_PERF_COUNTERS),
	ATTACH("eu_perf_exit", EU_KIND_PERF_COUNTERS),
	ATTACH("eu_perf_switch", EU_KIND_PERF_COUNTERS),
	CLOCK("eu_perf_tick", EU_KIND_PERF_COUNTERS, COUNTERS_HZ, "hardware counters"),
	CLOCK("eu_perf_sample", EU_KIND_PERF_SAMPLE, 0, "perf.sample"),
	OF_KIND("eu_perf_before", EU_PROGRAM_BEFORE, EU_KIND_PERF_COUNTERS),
	OF_KIND("eu_perf_report", EU_PROGRAM_REPORT, EU_KIND_PERF_COUNTERS)),
    [EU_OBJECT_DISPATCH] =
	OBJECT("dispatch", dispatch_bpf__elf_bytes, ATTACH("eu_sys_exit", EU_KIND_UNSPECIFIED)),
    [EU_OBJECT_ENTER] = OBJECT(
	"enter", enter_bpf__elf_bytes, ATTACH("eu_sys_enter", EU_KIND_UNSPECIFIED),
	ATTACH("eu_thread_exit", EU_KIND_UNSPECIFIED), OTHER("eu_begun_before", EU_PROGRAM_BEFORE)),
};

_Static_assert(sizeof(eu_families) / sizeof(eu_families[0]) == _EU_OBJECT_MAX, "a row per object");

const struct eu_family_object eu_snapshot_object =
    OBJECT("snapshot", snapshot_bpf__elf_bytes, OTHER("eu_snapshot_task", EU_PROGRAM_BEFORE));

const struct eu_family_object eu_symbols_object =
    OBJECT("symbols", symbols_bpf__elf_bytes, OTHER("eu_kernel_symbol", EU_PROGRAM_REPORT));

const struct eu_family_object eu_enforce_objects[] = {
    [EU_ENFORCE_GROUP_EXEC] = OBJECT("enforce", enforce_bpf__elf_bytes,
				     ATTACH("eu_enforce_exec", EU_KIND_ENFORCE_DECISION)),
    [EU_ENFORCE_GROUP_NETWORK] = OBJECT("enforce_net", enforce_net_bpf__elf_bytes,
					ATTACH("eu_enforce_connect4", EU_KIND_ENFORCE_DECISION),
					ATTACH("eu_enforce_connect6", EU_KIND_ENFORCE_DECISION),
					ATTACH("eu_enforce_send4", EU_KIND_ENFORCE_DECISION),
					ATTACH("eu_enforce_send6", EU_KIND_ENFORCE_DECISION),
					ATTACH("eu_enforce_bind4", EU_KIND_ENFORCE_DECISION),
					ATTACH("eu_enforce_bind6", EU_KIND_ENFORCE_DECISION)),
    [EU_ENFORCE_GROUP_LSM] = OBJECT("enforce_lsm", enforce_lsm_bpf__elf_bytes,
				    ATTACH("eu_enforce_open", EU_KIND_ENFORCE_DECISION),
				    ATTACH("eu_enforce_exec_check", EU_KIND_ENFORCE_DECISION)),
};

_Static_assert(sizeof(eu_enforce_objects) / sizeof(eu_enforce_objects[0]) == _EU_ENFORCE_GROUP_MAX,
	       "a row per group");
