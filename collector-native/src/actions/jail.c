/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "actions/jail.h"
#include "util/cleanup.h"

#define MEMORY_MAX (128ull * 1024 * 1024)

/* A sanitizer's run time reserves terabytes of address space and makes calls of its own. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* Ends a list. Calls an architecture does not have are negative too, but never this. */
#define LIST_END (-1000000)

static const int child_calls[] = {
    SCMP_SYS(read),  SCMP_SYS(write),	     SCMP_SYS(exit),	SCMP_SYS(exit_group),
    SCMP_SYS(brk),   SCMP_SYS(munmap),	     SCMP_SYS(mremap),	SCMP_SYS(madvise),
    SCMP_SYS(futex), SCMP_SYS(rt_sigreturn), SCMP_SYS(pread64), LIST_END,
};

/* What the server does for itself, and what a child does until it is confined. */
static const int server_calls[] = {
    SCMP_SYS(recvmsg),	      SCMP_SYS(sendmsg),
    SCMP_SYS(poll),	      SCMP_SYS(ppoll),
    SCMP_SYS(close),	      SCMP_SYS(pipe2),
    SCMP_SYS(clone),	      SCMP_SYS(kill),
    SCMP_SYS(wait4),	      SCMP_SYS(set_robust_list),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(clock_gettime),
    SCMP_SYS(dup2),	      SCMP_SYS(dup3),
    SCMP_SYS(close_range),    SCMP_SYS(prlimit64),
    SCMP_SYS(setrlimit),      SCMP_SYS(prctl),
    SCMP_SYS(getrandom),      LIST_END,
};

static const int sanitizer_calls[] = {
    SCMP_SYS(sched_yield), SCMP_SYS(sigaltstack),  SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(mmap),	   SCMP_SYS(rt_sigaction), SCMP_SYS(prctl),  LIST_END,
};

static void filter_releasep(scmp_filter_ctx *ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
}

static int allow(scmp_filter_ctx ctx, const int *calls)
{
	int r = 0;

	for (; *calls != LIST_END && r == 0; calls++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, *calls, 0);
	return r;
}

/* libseccomp 2.5 writes a filter to a descriptor only. */
static int export_filter(scmp_filter_ctx ctx, struct eu_jail_filter *ret)
{
	int fds[2], r;
	ssize_t n;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	EU_CLEANUP(eu_closep) int in = fds[0];
	EU_CLEANUP(eu_closep) int out = fds[1];

	r = seccomp_export_bpf(ctx, out);
	if (r < 0)
		return r;
	n = read(in, ret->insns, sizeof(ret->insns));
	if (n <= 0 || (size_t)n == sizeof(ret->insns))
		return -E2BIG;
	ret->len = (unsigned short)((size_t)n / sizeof(ret->insns[0]));
	return 0;
}

/* No page is ever made executable: mmap is allowed for data only. */
static int build_filter(const int *const *lists, struct eu_jail_filter *ret)
{
	EU_CLEANUP(filter_releasep) scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r;

	if (!ctx)
		return -ENOMEM;
	r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
			     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	for (; *lists && r == 0; lists++)
		r = allow(ctx, *lists);
	if (r == 0 && SANITIZED)
		r = allow(ctx, sanitizer_calls);
	return r < 0 ? r : export_filter(ctx, ret);
}

int eu_jail_build(struct eu_jail *ret)
{
	int r = build_filter((const int *const[]){child_calls, server_calls, NULL}, &ret->server);

	return r < 0 ? r : build_filter((const int *const[]){child_calls, NULL}, &ret->child);
}

static int empty_bounding_set(void)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return -errno;
	}
	return 0;
}

static int empty_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return syscall(SYS_capset, &header, none) < 0 ? -errno : 0;
}

static int limit(int resource, rlim_t max)
{
	struct rlimit both = {.rlim_cur = max, .rlim_max = max};

	return setrlimit(resource, &both) < 0 ? -errno : 0;
}

static int limit_resources(void)
{
	int r = limit(RLIMIT_CORE, 0);

	if (r == 0)
		r = limit(RLIMIT_FSIZE, 0);
	if (r == 0 && !SANITIZED)
		r = limit(RLIMIT_AS, MEMORY_MAX);
	return r;
}

int eu_jail_drop_rights(uid_t uid)
{
	int r;

	if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0)
		return -errno;
	r = empty_bounding_set(); /* takes CAP_SETPCAP: before the uid goes */
	if (r < 0)
		return r;
	if (setresuid(uid, uid, uid) < 0)
		return -errno;
	r = empty_capabilities();
	if (r < 0)
		return r;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	return limit_resources();
}

static int confine(const struct eu_jail_filter *filter)
{
	struct sock_fprog program = {
	    .len = filter->len,
	    .filter = (struct sock_filter *)filter->insns,
	};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0 ? -errno : 0;
}

int eu_jail_confine_server(const struct eu_jail *jail)
{
	return confine(&jail->server);
}

int eu_jail_confine_child(const struct eu_jail *jail, unsigned int cpu_s)
{
	int r = limit(RLIMIT_CPU, cpu_s);

	if (r == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		r = -errno;
	return r < 0 ? r : confine(&jail->child);
}
