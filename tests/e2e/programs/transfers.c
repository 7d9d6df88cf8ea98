// SPDX-License-Identifier: Apache-2.0
/*
 * transfers: moves known numbers of bytes in every way and lets go of descriptors in every way, in
 * the working directory. Prints what each descriptor's end should say, in any order: "NAME FD read
 * BYTES/CALLS written BYTES/CALLS", then implicit, inherited, created as they apply.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAKE	   (O_CREAT | O_RDWR)
#define CLOSE_EXEC 4u /* CLOSE_RANGE_CLOEXEC */

static char bytes[100000];

struct totals {
	long read, reads, written, writes;
};

static void expect(const char *name, int fd, struct totals t, const char *how)
{
	dprintf(STDERR_FILENO, "%s %d read %ld/%ld written %ld/%ld%s\n", name, fd, t.read, t.reads,
		t.written, t.writes, how);
}

#define EXPECT(name, fd, how, ...) expect(name, fd, (struct totals){__VA_ARGS__}, how)

static void put(int fd, size_t count)
{
	if (write(fd, bytes, count) != (ssize_t)count)
		abort();
}

static int with(const char *name, int flags, size_t count)
{
	int fd = open(name, MAKE | flags, 0600);

	put(fd, count);
	return fd;
}

static void ordinary(void)
{
	struct iovec two[] = {{bytes, 700}, {bytes + 700, 300}};
	int fd = with("source", 0, sizeof(bytes));

	EXPECT("source", fd, " created", .written = sizeof(bytes), .writes = 1);
	close(fd);
	fd = open("source", O_RDONLY);
	(void)!read(fd, bytes, 100);
	readv(fd, two, 2);
	(void)!pread(fd, bytes, 10, 5);
	preadv(fd, two, 2, 3);
	preadv2(fd, two, 1, 3, 0);
	(void)!pread(fd, bytes, 10, sizeof(bytes)); /* nothing there */
	(void)!read(fd, (void *)1, 10);		    /* nowhere to put it */
	(void)!write(fd, bytes, 10);		    /* not for writing */
	EXPECT("source", fd, "", .read = 100 + 1000 + 10 + 1000 + 700, .reads = 5);
	close(fd);
	fd = open("ordinary", MAKE | O_EXCL, 0600);
	put(fd, 1);
	writev(fd, two, 2);
	(void)!pwrite(fd, bytes, 20, 5);
	pwritev(fd, two, 1, 5);
	pwritev2(fd, two, 2, 5, 0);
	put(fd, 0);
	(void)!read(fd, bytes, 4);
	EXPECT("ordinary", fd, " created", .read = 4, .reads = 1,
	       .written = 1 + 1000 + 20 + 700 + 1000, .writes = 5);
	close(fd);
}

static void from_one_to_another(void)
{
	int from = open("source", O_RDONLY), to = open("copied", MAKE, 0600), ends[2], pair[2];
	void *mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, from, 0);

	bytes[1] = *(volatile char *)mapped; /* not through the descriptor */
	sendfile(to, from, NULL, 5000);
	copy_file_range(from, NULL, to, NULL, 6000, 0);
	if (pipe(ends) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		abort();
	splice(from, NULL, ends[1], NULL, 3000, 0);
	splice(ends[0], NULL, to, NULL, 3000, 0);
	sendfile(pair[0], from, NULL, 700);
	EXPECT("source", from, "", .read = 14700, .reads = 4);
	EXPECT("copied", to, " implicit created", .written = 14000, .writes = 3);
	dup2(ends[0], to); /* of a pipe, of which nothing is told */
	close(from);
	close(to);
	for (int i = 0; i < 2; i++) {
		close(ends[i]);
		close(pair[i]);
	}
}

/* Copies have totals of their own. */
static void copies(void)
{
	int fd = with("dup", 0, 1), other = open("dup-over", MAKE, 0600), copy = dup(fd);

	put(copy, 2);
	EXPECT("dup", copy, "", .written = 2, .writes = 1);
	close(copy);
	put(other, 9);
	EXPECT("dup-over", other, " implicit created", .written = 9, .writes = 1);
	dup2(fd, other);
	put(other, 3);
	EXPECT("dup", other, "", .written = 3, .writes = 1);
	dup2(other, other);
	dup3(fd, 51, O_CLOEXEC);
	put(51, 4);
	EXPECT("dup", 51, " implicit", .written = 4, .writes = 1);
	dup3(other, 51, 0); /* the same file over itself */
	put(51, 5);
	EXPECT("dup", 51, "", .written = 5, .writes = 1);
	fcntl(fd, F_DUPFD, 60);
	put(60, 6);
	EXPECT("dup", 60, "", .written = 6, .writes = 1);
	fcntl(fd, F_DUPFD_CLOEXEC, 70);
	EXPECT("dup", 70, "");
	fcntl(fd, F_SETFD, 0);
	EXPECT("dup", fd, " created", .written = 1, .writes = 1);
	close(70);
	close(60);
	close(51);
	close(other);
	close(fd);
	close(fd); /* EBADF */
}

static void ranges(void)
{
	int fd = with("range", 0, 1);

	dup2(fd, 100);
	dup2(fd, 101);
	dup2(fd, 110);
	put(101, 11);
	EXPECT("range", 100, "");
	EXPECT("range", 101, "", .written = 11, .writes = 1);
	syscall(SYS_close_range, 100, 105, 0);
	put(110, 12);
	syscall(SYS_close_range, 106, ~0u, CLOSE_EXEC); /* not yet */
	put(110, 13);
	EXPECT("range", 110, "", .written = 25, .writes = 2);
	EXPECT("range", fd, " created", .written = 1, .writes = 1);
	syscall(SYS_close_range, 106, ~0u, 0);
	close(fd);
}

static void wait_for(pid_t child)
{
	while (waitpid(child, NULL, 0) < 0)
		;
}

static void ends_of_processes(void)
{
	char *argv[] = {"true", NULL};
	int fd = with("shared", 0, 3), n;
	pid_t child = fork();

	if (child == 0) {
		put(fd, 4);
		EXPECT("shared", fd, " implicit inherited", .written = 4, .writes = 1);
		n = with("exited", 0, 5);
		EXPECT("exited", n, " implicit created", .written = 5, .writes = 1);
		n = with("killed", 0, 6);
		EXPECT("killed", n, " implicit created", .written = 6, .writes = 1);
		kill(getpid(), SIGKILL);
	}
	wait_for(child);
	child = vfork();
	if (child == 0) {
		n = with("cloexec", O_CLOEXEC, 7);
		EXPECT("cloexec", n, " implicit created", .written = 7, .writes = 1);
		n = with("kept", 0, 8);
		EXPECT("kept", n, " implicit created", .written = 8, .writes = 1);
		execv("/bin/true", argv);
	}
	wait_for(child);
	EXPECT("shared", fd, " created", .written = 3, .writes = 1);
	close(fd);
}

static void *in_thread(void *arg)
{
	put(*(int *)arg, 20);
	return NULL;
}

static void *leaves_open(void *arg)
{
	int fd = with(arg, 0, 21);

	EXPECT(arg, fd, " implicit created", .written = 21, .writes = 1);
	sched_yield();
	return NULL;
}

static void threads(void)
{
	pthread_t thread[4];
	int fd = with("threads", 0, 1);
	pid_t child;

	for (int i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, in_thread, &fd);
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	EXPECT("threads", fd, " created", .written = 81, .writes = 5);
	close(fd);
	child = fork();
	if (child == 0) { /* the leader first, all at once */
		pthread_create(&thread[0], NULL, leaves_open, "thread-1");
		pthread_create(&thread[1], NULL, leaves_open, "thread-2");
		pthread_exit(NULL);
	}
	wait_for(child);
	child = fork();
	if (child == 0) {
		pthread_create(&thread[0], NULL, leaves_open, "thread-3");
		pthread_join(thread[0], NULL);
		pthread_create(&thread[0], NULL, (void *(*)(void *))pause, NULL);
		_exit(0);
	}
	wait_for(child);
}

static int shares(void *arg)
{
	put(*(int *)arg, 30);
	return 0;
}

/* Another process with the same table: its end is not the table's. */
static void shared_table(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	int fd = with("table", 0, 1);

	wait_for(clone(shares, stack + sizeof(stack), CLONE_FILES | SIGCHLD, &fd));
	put(fd, 2);
	EXPECT("table", fd, " created", .written = 33, .writes = 3);
	close(fd);
}

/* A descriptor that came over a socket. */
static void sent(void)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)),
			      .cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS}};
	struct iovec one = {bytes, 1};
	struct msghdr message = {.msg_iov = &one,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	int fd = with("sent", 0, 40), pair[2], got;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		abort();
	*(int *)CMSG_DATA(&control.head) = fd;
	sendmsg(pair[0], &message, 0);
	EXPECT("sent", fd, " created", .written = 40, .writes = 1);
	close(fd);
	recvmsg(pair[1], &message, 0);
	got = *(int *)CMSG_DATA(&control.head);
	put(got, 41);
	EXPECT("sent", got, " inherited", .written = 41, .writes = 1);
	close(got);
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	ordinary();
	from_one_to_another();
	copies();
	ranges();
	ends_of_processes();
	threads();
	shared_table();
	sent();
	EXPECT("at-exit", with("at-exit", 0, 50), " implicit created", .written = 50, .writes = 1);
	return 0;
}
