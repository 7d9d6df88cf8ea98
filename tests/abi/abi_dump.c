/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Prints the record ABI as the compiler sees it, for the comparison with the C# reader:
 * "struct.field offset size" for every field, "struct size" for every struct, "NAME value" for
 * every constant.
 */
#include <eunomia/event.h>

#include <stddef.h>
#include <stdio.h>

#define STRUCT(type) printf(#type " %zu\n", sizeof(struct type))
#define FIELD(type, field)                                                                         \
	printf(#type "." #field " %zu %zu\n", offsetof(struct type, field),                        \
	       sizeof(((struct type *)NULL)->field))
#define VALUE(name) printf(#name " %llu\n", (unsigned long long)(name))

static void print_header(void)
{
	STRUCT(eu_event_header);
	FIELD(eu_event_header, ts_ns);
	FIELD(eu_event_header, seq);
	FIELD(eu_event_header, cgroup_key);
	FIELD(eu_event_header, start_ns);
	FIELD(eu_event_header, tgid);
	FIELD(eu_event_header, tid);
	FIELD(eu_event_header, ppid);
	FIELD(eu_event_header, pidns);
	FIELD(eu_event_header, mntns);
	FIELD(eu_event_header, kind);
	FIELD(eu_event_header, size);
	FIELD(eu_event_header, cpu);
	FIELD(eu_event_header, flags);
	FIELD(eu_event_header, truncated);
}

static void print_fork(void)
{
	STRUCT(eu_fork);
	FIELD(eu_fork, hdr);
	FIELD(eu_fork, parent_start_ns);
	FIELD(eu_fork, parent_tid);
	FIELD(eu_fork, vpid);
	FIELD(eu_fork, uid);
	FIELD(eu_fork, gid);
	FIELD(eu_fork, comm);
}

static void print_exec(void)
{
	STRUCT(eu_exec);
	FIELD(eu_exec, hdr);
	FIELD(eu_exec, cap_effective);
	FIELD(eu_exec, cap_permitted);
	FIELD(eu_exec, exe_inode);
	FIELD(eu_exec, uid);
	FIELD(eu_exec, gid);
	FIELD(eu_exec, euid);
	FIELD(eu_exec, egid);
	FIELD(eu_exec, loginuid);
	FIELD(eu_exec, audit_session);
	FIELD(eu_exec, sid);
	FIELD(eu_exec, pgid);
	FIELD(eu_exec, tty);
	FIELD(eu_exec, vpid);
	FIELD(eu_exec, argc);
	FIELD(eu_exec, exe_flags);
	FIELD(eu_exec, comm);
	FIELD(eu_exec, exe_len);
	FIELD(eu_exec, filename_len);
	FIELD(eu_exec, cwd_len);
	FIELD(eu_exec, args_len);
	FIELD(eu_exec, env_len);
	FIELD(eu_exec, reserved);
}

static void print_exit(void)
{
	STRUCT(eu_exit);
	FIELD(eu_exit, hdr);
	FIELD(eu_exit, duration_ns);
	FIELD(eu_exit, cpu_ns);
	FIELD(eu_exit, exit_code);
	FIELD(eu_exit, signal);
	FIELD(eu_exit, vpid);
	FIELD(eu_exit, uid);
	FIELD(eu_exit, gid);
	FIELD(eu_exit, exit_flags);
	FIELD(eu_exit, comm);
}

static void print_cgroup(void)
{
	STRUCT(eu_cgroup);
	FIELD(eu_cgroup, hdr);
	FIELD(eu_cgroup, key);
	FIELD(eu_cgroup, parent_key);
	FIELD(eu_cgroup, hierarchy);
	FIELD(eu_cgroup, level);
	FIELD(eu_cgroup, path_len);
	FIELD(eu_cgroup, reserved);
}

static void print_constants(void)
{
	VALUE(EU_ABI_VERSION);
	VALUE(EU_KIND_UNSPECIFIED);
	VALUE(EU_KIND_PROCESS_FORK);
	VALUE(EU_KIND_PROCESS_EXEC);
	VALUE(EU_KIND_PROCESS_EXIT);
	VALUE(EU_KIND_CGROUP_MKDIR);
	VALUE(EU_KIND_CGROUP_RMDIR);
	VALUE(_EU_KIND_MAX);
	VALUE(EU_KIND_SLOTS);
	VALUE(EU_FLAG_SNAPSHOT);
	VALUE(EU_FLAG_LATE);
	VALUE(EU_FLAG_COMPACT);
	VALUE(EU_TRUNC_ARGS);
	VALUE(EU_TRUNC_EXE);
	VALUE(EU_TRUNC_CWD);
	VALUE(EU_TRUNC_FILENAME);
	VALUE(EU_TRUNC_ENV);
	VALUE(EU_TRUNC_CGROUP);
	VALUE(EU_EXE_MEMFD);
	VALUE(EU_EXE_UPPER_LAYER);
	VALUE(EU_EXE_WRITABLE);
	VALUE(EU_EXE_UNLINKED);
	VALUE(EU_EXIT_CORE);
	VALUE(EU_ID_UNSET);
	VALUE(EU_COMM_LEN);
	VALUE(EU_CGROUP_PATH_MAX);
	VALUE(EU_ARGS_MAX);
	VALUE(EU_PATH_MAX);
	VALUE(EU_ENV_MAX);
	VALUE(EU_RECORD_MAX);
	/* A function in C#: one sample that both must agree on. */
	printf("EU_CGROUP_KEY_SAMPLE %llu\n", EU_CGROUP_KEY(7, 0xab00000000000001ull));
}

int main(void)
{
	print_header();
	print_fork();
	print_exec();
	print_exit();
	print_cgroup();
	print_constants();
	return 0;
}
