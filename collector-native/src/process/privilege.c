/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process/options.h"
#include "process/privilege.h"

#define CAP(name) (1ull << (name))

/* Every process: memory, time, its end, and what libc does on its own. */
#define CALLS_COMMON                                                                               \
	"read", "write", "close", "brk", "mmap", "munmap", "mremap", "madvise", "mprotect",        \
	    "futex", "clock_gettime", "clock_nanosleep", "exit", "exit_group", "rt_sigreturn",     \
	    "rt_sigprocmask", "restart_syscall", "getpid", "gettid", "recvmsg", "sendmsg",         \
	    "fstat", "newfstatat", "lseek", "ppoll", "poll"

#define CALLS_LOOP                                                                                 \
	"epoll_ctl", "epoll_pwait2", "epoll_pwait", "epoll_wait", "accept4", "getsockopt",         \
	    "recvfrom", "sendto", "writev", "fcntl", "membarrier", "shutdown"

#define CALLS_LOADER                                                                               \
	"openat", "uname", "access", "faccessat", "faccessat2", "ioctl", "epoll_create1",          \
	    "prlimit64", "fcntl", "dup3", "membarrier", "unlink", "unlinkat", "rename",            \
	    "renameat", "renameat2"

/* clone, socketpair and setitimer are for the child that looks into a process (resolve.h). */
#define CALLS_ACTIONS                                                                              \
	"openat2", "getdents64", "readlinkat", "wait4", "fcntl", "recvfrom", "sendto", "clone",    \
	    "socketpair", "setitimer", "statx"

/* With --allow signal. */
#define CALLS_SIGNAL "pidfd_open", "pidfd_send_signal"

/* What the supervisor does itself, and what a child does on its way to its own, narrower filter. */
#define CALLS_SUPERVISOR                                                                           \
	"clone", "clone3", "fork", "wait4", "waitid", "kill", "prctl", "capset", "capget",         \
	    "setgroups", "setresuid", "setresgid", "setsid", "seccomp", "socketpair", "socket",    \
	    "pipe2", "dup", "dup2", "dup3", "rt_sigaction", "set_robust_list", "rseq",             \
	    "set_tid_address", "unlink", "rmdir", "getppid", "getuid", "geteuid", "getgid",        \
	    "getegid", "epoll_create1", "signalfd4", "setrlimit", "prlimit64", "getrandom",        \
	    "close_range", "sysinfo", "bpf", "perf_event_open", "fchdir"

static const char *const calls_supervisor[] = {
    CALLS_COMMON, CALLS_LOOP, CALLS_LOADER, CALLS_ACTIONS, CALLS_SUPERVISOR, CALLS_SIGNAL, NULL};
static const char *const calls_loop[] = {CALLS_COMMON, CALLS_LOOP, NULL};
static const char *const calls_loader[] = {CALLS_COMMON, CALLS_LOADER, "bpf", "perf_event_open",
					   NULL};
static const char *const calls_actions[] = {CALLS_COMMON, CALLS_ACTIONS, NULL};
static const char *const calls_actions_signal[] = {CALLS_COMMON, CALLS_ACTIONS, CALLS_SIGNAL, NULL};

/* The loop works on maps, and runs programs, by descriptors it was given; making or loading
 * anything is not its business. */
static const unsigned int bpf_commands_loop[] = {BPF_MAP_LOOKUP_ELEM,	 BPF_MAP_UPDATE_ELEM,
						 BPF_MAP_DELETE_ELEM,	 BPF_MAP_GET_NEXT_KEY,
						 BPF_OBJ_GET_INFO_BY_FD, BPF_PROG_TEST_RUN};

static const struct role {
	const char *name;
	uint64_t capabilities;
	const char *const *calls;
	bool stays_root; /* to become others later */
} roles[] = {
    [EU_ROLE_SUPERVISOR] = {"supervisor",
			    CAP(CAP_BPF) | CAP(CAP_PERFMON) | CAP(CAP_SYS_PTRACE) |
				CAP(CAP_DAC_READ_SEARCH) | CAP(CAP_KILL) | CAP(CAP_SETUID) |
				CAP(CAP_SETGID) | CAP(CAP_SETPCAP),
			    calls_supervisor, true},
    [EU_ROLE_LOOP] = {"loop", 0, calls_loop, false},
    [EU_ROLE_LOADER] = {"loader", CAP(CAP_BPF) | CAP(CAP_PERFMON), calls_loader, false},
    [EU_ROLE_ACTIONS] = {"actions", CAP(CAP_SYS_PTRACE) | CAP(CAP_DAC_READ_SEARCH), calls_actions,
			 false},
};

_Static_assert(sizeof(roles) / sizeof(roles[0]) == _EU_ROLE_MAX, "a row per role");

const char *eu_role_name(enum eu_role role)
{
	return roles[role].name;
}

uint64_t eu_role_capabilities(enum eu_role role, unsigned int allow)
{
	uint64_t capabilities = roles[role].capabilities;

	if (role == EU_ROLE_ACTIONS && (allow & EU_ALLOW_SIGNAL))
		capabilities |= CAP(CAP_KILL);
	if ((role == EU_ROLE_SUPERVISOR || role == EU_ROLE_LOADER) && (allow & EU_ALLOW_DENY))
		capabilities |= CAP(CAP_NET_ADMIN);
	return capabilities;
}

static const char *const *calls_of(enum eu_role role, unsigned int allow)
{
	return role == EU_ROLE_ACTIONS && (allow & EU_ALLOW_SIGNAL) ? calls_actions_signal
								    : roles[role].calls;
}

static const struct {
	int number;
	const char *name;
} capability_names[] = {
    {CAP_BPF, "CAP_BPF"},
    {CAP_PERFMON, "CAP_PERFMON"},
    {CAP_SYS_PTRACE, "CAP_SYS_PTRACE"},
    {CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH"},
    {CAP_KILL, "CAP_KILL"},
    {CAP_NET_ADMIN, "CAP_NET_ADMIN"},
    {CAP_SETUID, "CAP_SETUID"},
    {CAP_SETGID, "CAP_SETGID"},
    {CAP_SETPCAP, "CAP_SETPCAP"},
};

int eu_privilege_missing(enum eu_role role, unsigned int allow, char *buf, size_t size)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};
	uint64_t missing;
	size_t at = 0;
	int n = 0;

	(void)syscall(SYS_capget, &header, data);
	missing = eu_role_capabilities(role, allow) &
		  ~(data[0].effective | (uint64_t)data[1].effective << 32);
	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(capability_names) / sizeof(capability_names[0]); i++) {
		if (!(missing & CAP(capability_names[i].number)))
			continue;
		at += (size_t)snprintf(buf + at, size - at, "%s%s", n++ ? ", " : "",
				       capability_names[i].name);
		if (at >= size)
			at = size - 1;
	}
	return n;
}

/* Drops from the bounding set all but keep. Needs CAP_SETPCAP. */
static int limit_bounding_set(uint64_t keep)
{
	for (int cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (keep & CAP(cap))
			continue;
		/* EINVAL: a capability younger than this kernel. */
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 && errno != EINVAL)
			return -errno;
	}
	return 0;
}

static int set_capabilities(uint64_t mask)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {
	    {.effective = (uint32_t)mask, .permitted = (uint32_t)mask},
	    {.effective = (uint32_t)(mask >> 32), .permitted = (uint32_t)(mask >> 32)},
	};

	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

static int allow_calls(scmp_filter_ctx filter, enum eu_role role, unsigned int allow)
{
	for (const char *const *name = calls_of(role, allow); *name; name++) {
		int call = seccomp_syscall_resolve_name(*name);
		int r;

		/* A call this architecture does not have. */
		if (call < 0)
			continue;
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
		if (r < 0 && r != -EEXIST)
			return r;
	}
	if (role != EU_ROLE_LOOP)
		return 0;
	for (size_t i = 0; i < sizeof(bpf_commands_loop) / sizeof(bpf_commands_loop[0]); i++) {
		int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(bpf), 1,
					 SCMP_CMP(0, SCMP_CMP_EQ, bpf_commands_loop[i], 0));

		if (r < 0)
			return r;
	}
	return 0;
}

static int install_filter(enum eu_role role, unsigned int allow)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r;

	if (!filter)
		return -ENOMEM;
	r = allow_calls(filter, role, allow);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}

static int become(uid_t uid, gid_t gid, const gid_t *groups, size_t n_groups)
{
	if (setgroups(n_groups, groups) < 0 || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0)
		return -errno;
	return 0;
}

int eu_privilege_confine(enum eu_role role, unsigned int allow)
{
	const struct role *self = &roles[role];
	uint64_t capabilities = eu_role_capabilities(role, allow);
	int r = limit_bounding_set(self->stays_root ? capabilities : 0);

	if (r < 0)
		return r;
	if (!self->stays_root) {
		if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
			return -errno;
		r = become(EU_UID_COLLECTOR, EU_UID_COLLECTOR, NULL, 0);
		if (r < 0)
			return r;
		/* Forgotten at each change of the user, so not before. */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
			return -errno;
	}
	r = set_capabilities(capabilities);
	if (r < 0)
		return r;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return install_filter(role, allow);
}

int eu_privilege_become_user(uid_t uid, gid_t gid, const gid_t *groups, size_t n_groups)
{
	int r = limit_bounding_set(0);

	if (r == 0)
		r = become(uid, gid, groups, n_groups);
	if (r == 0)
		r = set_capabilities(0);
	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	return r;
}
