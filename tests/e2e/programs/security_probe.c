// SPDX-License-Identifier: Apache-2.0
/*
 * Makes the calls that the security tracker tells of, one group per argument, and says what it did:
 * "KIND CALL OPERATION OUTCOME" for each, the outcome being an error's name or the result (fd for
 * one that is a new descriptor or process). Whether a call succeeds does not matter. Each group
 * makes calls that are none of its business too, and says nothing of those.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define NOBODY		 65534
#define SYS_secret	 447
#define SYS_release	 448
#define SYS_attribute	 463
#define FLAG_MS_REC	 16384
#define FLAG_MS_PRIVATE	 (1 << 18)
#define FLAG_MS_NOSUID	 2
#define FLAG_MNT_DETACH	 2
#define ATTEMPTS	 1000
#define RING_NOPS	 5
#define AWAIT_STEPS	 400
#define AWAIT_US	 5000
#define USER_MODE_ONLY	 1
#define ACTION_AVAILABLE 2

static char kind[32];

static long say(const char *call, const char *operation, long result)
{
	int error = errno;

	printf("security.%s %s %s ", kind, call, operation);
	if (result < 0)
		printf("%s\n", strerrorname_np(error));
	else if (result > 2)
		printf("+\n"); /* a descriptor, a process, a key, a number of bytes */
	else
		printf("%ld\n", result);
	fflush(stdout);
	return result;
}

#define SAY(name, operation, ...) say(#name, operation, syscall(SYS_##name, __VA_ARGS__))

/* Runs a group in a process of its own. */
static void apart(void (*group)(void))
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		group();
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void do_ptrace(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	if (SAY(ptrace, "PTRACE_SEIZE", PTRACE_SEIZE, pid, 0, 0) == 0) {
		SAY(ptrace, "PTRACE_INTERRUPT", PTRACE_INTERRUPT, pid, 0, 0);
		waitpid(pid, NULL, __WALL);
		SAY(ptrace, "PTRACE_DETACH", PTRACE_DETACH, pid, 0, 0);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	SAY(ptrace, "PTRACE_ATTACH", PTRACE_ATTACH, pid, 0,
	    0); /* nobody has this number any more */
	SAY(ptrace, "PTRACE_TRACEME", PTRACE_TRACEME, 0, 0, 0);
}

static long clone_child(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return pid;
}

static long clone3_child(uint64_t flags)
{
	uint64_t args[8] = {flags, 0, 0, 0, SIGCHLD};
	long pid = syscall(SYS_clone3, args, sizeof(args));

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return pid;
}

static void do_namespace(void)
{
	int fd = open("/proc/self/ns/uts", O_RDONLY);

	SAY(unshare, "-", CLONE_NEWUTS);
	SAY(setns, "-", fd, CLONE_NEWUTS);
	SAY(setns, "-", 999, 0);
	say("clone", "-", clone_child(CLONE_NEWIPC));
	say("clone3", "-", clone3_child(CLONE_NEWNET));
	/* Nothing new: */
	clone_child(0);
	clone3_child(0);
	syscall(SYS_unshare, CLONE_FS);
}

static void new_mount(const char *target)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_NOEXEC, .attr_clr = MOUNT_ATTR_NOSUID};
	int fs = (int)SAY(fsopen, "-", "tmpfs", FSOPEN_CLOEXEC), mnt;

	SAY(fsconfig, "FSCONFIG_SET_STRING", fs, FSCONFIG_SET_STRING, "size", "1m", 0);
	SAY(fsconfig, "FSCONFIG_CMD_CREATE", fs, FSCONFIG_CMD_CREATE, 0, 0, 0);
	mnt = (int)SAY(fsmount, "-", fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV);
	SAY(move_mount, "-", mnt, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH);
	SAY(mount_setattr, "-", AT_FDCWD, target, 0, &attr, sizeof(attr));
	SAY(fspick, "-", AT_FDCWD, target, FSPICK_CLOEXEC);
	SAY(open_tree, "-", AT_FDCWD, target, OPEN_TREE_CLOEXEC);
	SAY(umount2, "-", target, FLAG_MNT_DETACH);
}

static void do_mount(void)
{
	char target[] = "/tmp/eunomia-probe-XXXXXX";

	if (!mkdtemp(target))
		return;
	strcpy(kind, "namespace");
	if (SAY(unshare, "-", CLONE_NEWNS) < 0)
		return;
	strcpy(kind, "mount");
	SAY(mount, "-", "none", "/", NULL, FLAG_MS_REC | FLAG_MS_PRIVATE, NULL);
	SAY(mount, "-", "probe", target, "tmpfs", FLAG_MS_NOSUID, "size=1m");
	SAY(umount2, "-", target, FLAG_MNT_DETACH);
	SAY(mount, "-", "probe", target, "no-such-type", 0, NULL);
	SAY(mount, "-", "probe", "no/such/place", "tmpfs", 0, NULL);
	SAY(pivot_root, "-", target, target);
	new_mount(target);
	rmdir(target);
}

static void do_module(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);

	SAY(init_module, "-", "", 0, "first=1");
	SAY(finit_module, "-", fd, "second=2", 0);
	SAY(delete_module, "-", "no_such_module", O_NONBLOCK);
}

static void do_bpf(void)
{
	union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY,
			      .key_size = 4,
			      .value_size = 8,
			      .max_entries = 1,
			      .map_name = "probe_map"};
	union bpf_attr prog = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER, .prog_name = "probe_prog"};
	union bpf_attr get = {.pathname = (uint64_t)(uintptr_t) "/sys/fs/bpf/no-such"};
	uint64_t value;
	uint32_t key = 0;
	int fd = (int)SAY(bpf, "BPF_MAP_CREATE", BPF_MAP_CREATE, &map, sizeof(map));
	union bpf_attr look = {.map_fd = (uint32_t)fd,
			       .key = (uint64_t)(uintptr_t)&key,
			       .value = (uint64_t)(uintptr_t)&value};

	SAY(bpf, "BPF_PROG_LOAD", BPF_PROG_LOAD, &prog, sizeof(prog));
	SAY(bpf, "BPF_OBJ_GET", BPF_OBJ_GET, &get, sizeof(get));
	syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &look, sizeof(look));
}

static void do_credentials(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[2] = {
	    {.effective = 1u << CAP_SETUID, .permitted = 1u << CAP_SETUID}};
	gid_t group = NOBODY;

	syscall(SYS_getuid);
	syscall(SYS_getresuid, &group, &group, &group);
	group = NOBODY;
	SAY(setgroups, "-", 1, &group);
	SAY(setresgid, "-", -1, NOBODY, -1);
	SAY(setregid, "-", NOBODY, NOBODY);
	SAY(setgid, "-", NOBODY);
	SAY(setfsgid, "-", NOBODY);
	SAY(capset, "-", &header, sets);
	SAY(setfsuid, "-", NOBODY);
	SAY(setreuid, "-", -1, NOBODY);
	SAY(setresuid, "-", NOBODY, NOBODY, NOBODY);
	SAY(setuid, "-", 0);
}

/* Told as one and a count: what is counted is said by the caller. */
static void do_capability(void)
{
	if (setresuid(NOBODY, NOBODY, NOBODY) == 0)
		printf("security.credentials setresuid - 0\n");
	for (int i = 0; i < ATTEMPTS; i++)
		setpriority(PRIO_PROCESS, 0, -5);
	printf("security.capability CAP_SYS_NICE EPERM %d\n", ATTEMPTS);
}

static void do_memfd(void)
{
	SAY(memfd_create, "-", "probe", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	say("memfd_secret", "-", syscall(SYS_secret, O_CLOEXEC));
}

static void do_userfaultfd(void)
{
	SAY(userfaultfd, "-", O_CLOEXEC | USER_MODE_ONLY);
}

static void do_key(void)
{
	char text[16];
	long key = SAY(add_key, "-", "user", "probe:key", "secret", 6, KEY_SPEC_PROCESS_KEYRING);

	SAY(request_key, "-", "user", "probe:none", NULL, 0);
	SAY(keyctl, "KEYCTL_READ", KEYCTL_READ, key, text, sizeof(text), 0);
	SAY(keyctl, "KEYCTL_REVOKE", KEYCTL_REVOKE, key, 0, 0, 0);
}

struct ring {
	int fd;
	uint32_t *tail, *mask, *array;
	struct io_uring_sqe *entries;
};

static bool ring_map(struct ring *ring, const struct io_uring_params *params)
{
	size_t size = params->sq_off.array + params->sq_entries * sizeof(uint32_t);
	char *queue = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
			   IORING_OFF_SQ_RING);

	ring->entries =
	    mmap(NULL, params->sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
	if (queue == MAP_FAILED || ring->entries == MAP_FAILED)
		return false;
	ring->tail = (uint32_t *)(queue + params->sq_off.tail);
	ring->mask = (uint32_t *)(queue + params->sq_off.ring_mask);
	ring->array = (uint32_t *)(queue + params->sq_off.array);
	return true;
}

/* Returns when it is done: some operations are handed to another thread. */
static void ring_submit(struct ring *ring, const struct io_uring_sqe *entry)
{
	uint32_t at = *ring->tail & *ring->mask;

	ring->entries[at] = *entry;
	ring->array[at] = at;
	__atomic_store_n(ring->tail, *ring->tail + 1, __ATOMIC_RELEASE);
	syscall(SYS_io_uring_enter, ring->fd, 1, *ring->tail, IORING_ENTER_GETEVENTS, NULL, 0);
}

static void do_io_uring(void)
{
	char target[] = "/tmp/eunomia-ring-XXXXXX", made[64];
	struct io_uring_params params = {.flags = IORING_SETUP_CLAMP};
	struct io_uring_sqe nop = {.opcode = IORING_OP_NOP}, make = {.opcode = IORING_OP_MKDIRAT};
	struct ring ring = {.fd = (int)SAY(io_uring_setup, "-", 8, &params)};

	SAY(io_uring_register, "IORING_REGISTER_FILES", ring.fd, IORING_REGISTER_FILES, NULL, 0);
	if (ring.fd < 0 || !ring_map(&ring, &params) || !mkdtemp(target))
		return;
	for (int i = 0; i < RING_NOPS; i++)
		ring_submit(&ring, &nop);
	snprintf(made, sizeof(made), "%s/made", target);
	make.fd = AT_FDCWD;
	make.addr = (uint64_t)(uintptr_t)made;
	make.len = 0700;
	ring_submit(&ring, &make);
	printf("security.io_uring_op IORING_OP_NOP - %d\n", RING_NOPS);
	for (int i = 0; i < AWAIT_STEPS && access(made, F_OK) < 0; i++)
		usleep(AWAIT_US); /* a signal may have ended the wait for it */
	printf("security.io_uring_op IORING_OP_MKDIRAT - %d\n", rmdir(made) == 0);
	rmdir(target);
}

static void do_process_vm(void)
{
	char from[8] = "memory", to[8];
	struct iovec local = {to, sizeof(to)}, remote = {from, sizeof(from)};
	int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	SAY(process_vm_readv, "-", getpid(), &local, 1, &remote, 1, 0);
	SAY(process_vm_writev, "-", getpid(), &local, 1, &remote, 1, 0);
	SAY(process_vm_readv, "-", 0x3fffffff, &local, 1, &remote, 1, 0);
	SAY(pidfd_getfd, "-", pidfd, 1, 0);
	SAY(process_madvise, "MADV_COLD", pidfd, &remote, 0, MADV_COLD, 0);
}

static void do_prctl(void)
{
	uint32_t action = 0;

	prctl(PR_GET_DUMPABLE);
	prctl(PR_SET_TIMERSLACK, 50000);
	SAY(prctl, "PR_SET_DUMPABLE", PR_SET_DUMPABLE, 1, 0, 0, 0);
	SAY(prctl, "PR_SET_KEEPCAPS", PR_SET_KEEPCAPS, 0, 0, 0, 0);
	SAY(prctl, "PR_SET_PTRACER", PR_SET_PTRACER, getppid(), 0, 0, 0);
	SAY(prctl, "PR_CAPBSET_DROP", PR_CAPBSET_DROP, CAP_WAKE_ALARM, 0, 0, 0);
	SAY(prctl, "PR_CAP_AMBIENT", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_MKNOD, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_MKNOD, 0, 0);
	SAY(prctl, "PR_SET_NO_NEW_PRIVS", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	SAY(seccomp, "SECCOMP_GET_ACTION_AVAIL", ACTION_AVAILABLE, 0, &action);
	/* As any program may: the name of this one is what the test looks for. */
	prctl(PR_SET_NAME, "security_probe");
}

/* A socket that is connected to a listener of our own. */
static int connected(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(to);
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(listener, (struct sockaddr *)&to, sizeof(to)) < 0 || listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&to, &len) < 0 ||
	    connect(client, (struct sockaddr *)&to, sizeof(to)) < 0)
		return -1;
	return client;
}

static void do_redirect(void)
{
	int null = open("/dev/null", O_RDWR), out = fcntl(1, F_DUPFD, 50), pair[2];
	int client = connected(), fd;

	if (client < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return;
	dup2(null, 0);
	dup2(client, 40);
	say("dup2", "-", dup2(client, 0));
	fd = dup3(pair[0], 2, 0);
	say("dup3", "-", fd);
	close(0);
	say("fcntl", "F_DUPFD", fcntl(client, F_DUPFD, 0));
	close(0);
	say("dup", "-", dup(client));
	dup2(out, 1);
}

static void do_chroot(void)
{
	SAY(chroot, "-", "no/such/root");
	SAY(chroot, "-", "/");
}

static void do_socket(void)
{
	SAY(socket, "-", AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
	SAY(socket, "-", AF_PACKET, SOCK_DGRAM, 0);
	SAY(socket, "-", AF_INET, SOCK_RAW, IPPROTO_ICMP);
	SAY(socket, "-", AF_INET6, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMPV6);
	SAY(socket, "-", AF_INET, SOCK_STREAM, IPPROTO_ICMP);
	SAY(socket, "-", AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);
	SAY(socket, "-", AF_ALG, SOCK_SEQPACKET, 0);
	SAY(socket, "-", AF_VSOCK, SOCK_STREAM, 0);
	SAY(socket, "-", 99, SOCK_STREAM, 0);
	/* Everyday ones: */
	socket(AF_UNIX, SOCK_SEQPACKET, 0);
	socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
	socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP);
	socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
}

/* Clocks, none of which is changed. */
static void clocks(void)
{
	struct timeval wrong = {.tv_usec = -1};
	struct timespec zero = {};
	struct timex ask = {}, tick = {.modes = ADJ_TICK};

	SAY(settimeofday, "-", &wrong, NULL);
	SAY(clock_settime, "CLOCK_MONOTONIC", CLOCK_MONOTONIC, &zero);
	SAY(adjtimex, "-", &tick);
	SAY(clock_adjtime, "CLOCK_MONOTONIC", CLOCK_MONOTONIC, &tick);
	syscall(SYS_adjtimex, &ask);
}

/* Names, of a machine of our own. */
static void host_names(void)
{
	strcpy(kind, "namespace");
	if (SAY(unshare, "-", CLONE_NEWUTS) < 0)
		return;
	strcpy(kind, "system");
	SAY(sethostname, "-", "probed!", 6);
	SAY(sethostname, "-", "probed", -1);
	SAY(setdomainname, "-", "probed.example", 14);
}

static void file_capability(void)
{
	char path[] = "/tmp/eunomia-probe-XXXXXX";
	int fd = mkstemp(path);

	SAY(setxattr, "-", path, "security.capability", "", 0, XATTR_CREATE);
	SAY(lsetxattr, "-", path, "security.capability", "", 0, 0);
	SAY(fsetxattr, "-", fd, "security.capability", "", 0, 0);
	say("setxattrat", "-",
	    syscall(SYS_attribute, AT_FDCWD, path, 0, "security.capability", NULL, 0));
	setxattr(path, "user.probe", "", 0, 0);
	setxattr(path, "security.capability.not", "", 0, 0);
	unlink(path);
}

/* All of it fails, or changes nothing that outlives this process. */
static void do_system(void)
{
	struct perf_event_attr attr = {
	    .type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_CPU_CLOCK};
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);

	SAY(swapon, "-", "no/such/swap", 0x8005);
	SAY(swapoff, "-", "/no/such/swap");
	SAY(acct, "-", "/no/such/account");
	SAY(quotactl, "Q_SYNC", 0x80000100, "/dev/no-such", 0, NULL);
	SAY(syslog, "SYSLOG_ACTION_SIZE_BUFFER", 10, NULL, 0);
	SAY(kexec_load, "-", 0, 1000, NULL, 1);
	SAY(kexec_file_load, "-", -1, -1, 6, "quiet", 0);
	SAY(iopl, "-", 9);
	SAY(ioperm, "-", 0x70, 0, 1);
	SAY(reboot, "LINUX_REBOOT_CMD_CAD_OFF", 0, 0, 0, NULL);
	SAY(fanotify_init, "-", 1, O_RDONLY);
	SAY(perf_event_open, "-", &attr, getppid(), -1, -1, PERF_FLAG_FD_CLOEXEC);
	SAY(personality, "-", ADDR_NO_RANDOMIZE);
	say("process_mrelease", "-", syscall(SYS_release, self, 0));
	syscall(SYS_personality, 0xffffffff);
	syscall(SYS_syslog, 1, NULL, 0);
	clocks();
	file_capability();
	host_names();
}

#ifdef __x86_64__
static long int80(long number, long first, long second, long third)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(first), "c"(second), "d"(third)
			 : "memory", "r8", "r9", "r10", "r11");
	errno = (int)(result < 0 ? -result : 0);
	return result < 0 ? -1 : result;
}

/* socket, directly and as part of socketcall, whose arguments have to lie low in memory. */
static void compat_sockets(void)
{
	uint32_t *args = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	strcpy(kind, "socket");
	say("socket", "-", int80(359, AF_PACKET, SOCK_RAW, 0));
	if (args == MAP_FAILED)
		return;
	args[0] = AF_INET;
	args[1] = SOCK_RAW;
	args[2] = IPPROTO_ICMP;
	say("socket", "-", int80(102, 1, (long)args, 0));
	args[1] = SOCK_STREAM;
	args[2] = 0;
	int80(102, 1, (long)args, 0);
}

/* The same through the gate of 32-bit programs, whose calls have other numbers. */
static void do_compat(void)
{
	strcpy(kind, "namespace");
	say("unshare", "-", int80(310, CLONE_NEWUTS, 0, 0));
	strcpy(kind, "ptrace");
	say("ptrace", "PTRACE_ATTACH", int80(26, PTRACE_ATTACH, 0x3fffffff, 0));
	strcpy(kind, "credentials");
	say("setresuid", "-", int80(164, 0xffff, NOBODY, 0xffff)); /* ids of 16 bits */
	say("setuid", "-", int80(213, 1, 0, 0));
	compat_sockets();
}
#else
static void do_compat(void)
{
}
#endif

static const struct {
	const char *name;
	void (*work)(void);
} groups[] = {
    {"ptrace", do_ptrace},
    {"namespace", do_namespace},
    {"mount", do_mount},
    {"module", do_module},
    {"bpf", do_bpf},
    {"credentials", do_credentials},
    {"capability", do_capability},
    {"memfd", do_memfd},
    {"userfaultfd", do_userfaultfd},
    {"key", do_key},
    {"io_uring", do_io_uring},
    {"process_vm", do_process_vm},
    {"prctl", do_prctl},
    {"redirect", do_redirect},
    {"chroot", do_chroot},
    {"socket", do_socket},
    {"system", do_system},
    {"compat", do_compat},
};

int main(int argc, char **argv)
{
	for (int a = 1; a < argc; a++) {
		for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
			if (strcmp(groups[i].name, argv[a]) != 0)
				continue;
			snprintf(kind, sizeof(kind), "%s", groups[i].name);
			apart(groups[i].work);
		}
	}
	return 0;
}
