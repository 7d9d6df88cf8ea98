/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/family.h"
#include "cgroup.skel.h"
#include "dispatch.skel.h"
#include "file.skel.h"
#include "net.skel.h"
#include "process.skel.h"
#include "snapshot.skel.h"

#define ATTACH(program, record)                                                                    \
	{                                                                                          \
		.name = (program), .use = EU_PROGRAM_ATTACH, .kind = (record)                      \
	}
#define HANDLER(program, slot)                                                                     \
	{                                                                                          \
		.name = (program), .use = EU_PROGRAM_HANDLER, .handler = (slot)                    \
	}
#define OTHER(program, what)                                                                       \
	{                                                                                          \
		.name = (program), .use = (what)                                                   \
	}
#define PROGRAMS(...)                                                                              \
	(const struct eu_program[])                                                                \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			.name = NULL                                                               \
		}                                                                                  \
	}
#define OBJECT(title, how, elf, ...)                                                               \
	{                                                                                          \
		.name = (title), .hook = (how), .bytes = (elf), .programs = PROGRAMS(__VA_ARGS__)  \
	}

const struct eu_family_object eu_families[] = {
    [EU_FAMILY_CGROUP] = OBJECT("cgroup", "tp_btf", cgroup_bpf__elf_bytes,
				ATTACH("eu_cgroup_mkdir", EU_KIND_CGROUP_MKDIR),
				ATTACH("eu_cgroup_rmdir", EU_KIND_CGROUP_RMDIR)),
    [EU_FAMILY_PROCESS] = OBJECT("process", "tp_btf", process_bpf__elf_bytes,
				 ATTACH("eu_process_fork", EU_KIND_PROCESS_FORK),
				 ATTACH("eu_process_exec", EU_KIND_PROCESS_EXEC),
				 ATTACH("eu_process_exit", EU_KIND_PROCESS_EXIT)),
    [EU_FAMILY_FILE] = OBJECT(
	"file", "tp_btf", file_bpf__elf_bytes, ATTACH("eu_file_exec", EU_KIND_FILE_CLOSE),
	ATTACH("eu_file_exit", EU_KIND_FILE_CLOSE), HANDLER("eu_file_open", EU_HANDLER_OPEN),
	HANDLER("eu_file_close", EU_HANDLER_CLOSE), HANDLER("eu_file_dup", EU_HANDLER_DUP),
	HANDLER("eu_file_transfer", EU_HANDLER_IO), HANDLER("eu_file_change", EU_HANDLER_CHANGE),
	OTHER("eu_file_report", EU_PROGRAM_REPORT)),
    [EU_FAMILY_NET] = OBJECT(
	"net", "tp_btf", net_bpf__elf_bytes, ATTACH("eu_tcp_state", EU_KIND_TCP_CLOSE),
	HANDLER("eu_tcp_call", EU_HANDLER_TCP), OTHER("eu_tcp_before", EU_PROGRAM_BEFORE),
	HANDLER("eu_net_message", EU_HANDLER_MESSAGE), OTHER("eu_net_report", EU_PROGRAM_REPORT)),
    [EU_OBJECT_DISPATCH] = OBJECT("dispatch", "tp_btf", dispatch_bpf__elf_bytes,
				  ATTACH("eu_sys_exit", EU_KIND_UNSPECIFIED)),
};

_Static_assert(sizeof(eu_families) / sizeof(eu_families[0]) == _EU_OBJECT_MAX, "a row per object");

const struct eu_family_object eu_snapshot_object = OBJECT(
    "snapshot", "iter", snapshot_bpf__elf_bytes, OTHER("eu_snapshot_task", EU_PROGRAM_BEFORE));
