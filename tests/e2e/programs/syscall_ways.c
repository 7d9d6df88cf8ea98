/*
 * Makes system calls whose numbers are known: "calls", "threads", "refused", "sleeps", "compat" (of
 * 32-bit programs), "storm N" (N children, 500 a second, that end after a few calls).
 * "bare PROGRAM [ARGUMENT...]" waits for a line, then runs a program from a child that makes no
 * other call.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STORM_PAUSE_NS 2000000

extern char **environ;

static int bare(char **argv)
{
	char line[16];
	int status;
	pid_t child;

	if (read(STDIN_FILENO, line, sizeof(line)) <= 0)
		return 1;
	child = vfork();
	if (child == 0) {
		execve(argv[0], argv, environ);
		_exit(127);
	}
	return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int calls(void)
{
	for (int i = 0; i < 1000; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < 7; i++)
		(void)!open("/nonexistent", O_RDONLY);
	for (int i = 0; i < 3; i++)
		(void)!mkdir("/", 0700);
	for (int i = 0; i < 5; i++)
		close(open("/dev/null", O_RDONLY));
	syscall(SYS_close, 12345);
	return 0;
}

static void *many(void *arg)
{
	for (int i = 0; i < 10000; i++)
		syscall(SYS_getppid);
	return arg;
}

static int threads(void)
{
	pthread_t ids[4];

	for (int i = 0; i < 4; i++) {
		if (pthread_create(&ids[i], NULL, many, NULL) != 0)
			return 1;
	}
	for (int i = 0; i < 4; i++)
		pthread_join(ids[i], NULL);
	return 0;
}

static int storm(int n)
{
	const struct timespec pause = {.tv_nsec = STORM_PAUSE_NS};

	for (int i = 0; i < n; i++) {
		pid_t child = fork();

		if (child == 0) {
			for (int k = 0; k < 3; k++)
				syscall(SYS_getppid);
			_exit(0);
		}
		if (child < 0 || waitpid(child, NULL, 0) != child)
			return 1;
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* mkdir is refused with EPERM before the kernel sees it; what fails by itself is no refusal. */
static int refused(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdir, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0)
		return 1;
	for (int i = 0; i < 5; i++)
		(void)!mkdir("/tmp/never", 0700);
	for (int i = 0; i < 4; i++)
		(void)!rmdir("/nonexistent");
	return 0;
}

static int sleeps(void)
{
	const struct timespec pause = {.tv_nsec = 50000000};

	for (int i = 0; i < 3; i++)
		nanosleep(&pause, NULL);
	return 0;
}

#if defined(__x86_64__)
static long int80(long number, long first)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(first), "c"(0), "d"(0)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

/* In the table of 32-bit calls 64 is getppid and 6 is close; in the other one semget and lstat. */
static int compat(void)
{
	for (int i = 0; i < 7; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < 11; i++)
		int80(64, 0);
	for (int i = 0; i < 3; i++)
		int80(6, 12345);
	return 0;
}
#else
static int compat(void)
{
	return 1;
}
#endif

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (strcmp(mode, "bare") == 0 && argc > 2)
		return bare(argv + 2);
	if (strcmp(mode, "calls") == 0)
		return calls();
	if (strcmp(mode, "threads") == 0)
		return threads();
	if (strcmp(mode, "refused") == 0)
		return refused();
	if (strcmp(mode, "sleeps") == 0)
		return sleeps();
	if (strcmp(mode, "compat") == 0)
		return compat();
	if (strcmp(mode, "storm") == 0 && argc > 2)
		return storm(atoi(argv[2]));
	fprintf(stderr, "syscall_ways: unknown mode '%s'\n", mode);
	return 2;
}
