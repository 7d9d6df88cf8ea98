// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a tracer is measured with: one kind of operation, again and again. Prints one JSON object:
 * operations, wall and CPU time in nanoseconds (of the process and of its children), and how often
 * it opened, executed and connected.
 *
 *   load getpid|spin|open|exec|connect|mix COUNT [PER_SECOND]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FILE_TO_OPEN "/etc/hostname"
#define MIX_CONNECT  32
#define MIX_EXEC     512

static struct {
	uint64_t opens, execs, connects;
} done;

static int listener = -1;
static struct sockaddr_in address = {.sin_family = AF_INET};

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static uint64_t ns_of(struct timeval tv)
{
	return ((uint64_t)tv.tv_sec * 1000000u + (uint64_t)tv.tv_usec) * 1000u;
}

static uint64_t cpu_ns(void)
{
	struct rusage children;

	getrusage(RUSAGE_CHILDREN, &children);
	return now_ns(CLOCK_PROCESS_CPUTIME_ID) + ns_of(children.ru_utime) +
	       ns_of(children.ru_stime);
}

static void op_getpid(void)
{
	syscall(SYS_getpid);
}

/* What never leaves the CPU by itself: about a millisecond of it. */
static void op_spin(void)
{
	static volatile uint64_t sink;

	for (int i = 0; i < 1000000; i++)
		sink = sink * 31 + (uint64_t)i;
}

static void op_open(void)
{
	int fd = open(FILE_TO_OPEN, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(FILE_TO_OPEN);
	close(fd);
	done.opens++;
}

static void op_exec(void)
{
	static char *const argv[] = {"true", NULL}, *const envp[] = {NULL};
	pid_t pid = fork();

	if (pid == 0) {
		execve("/bin/true", argv, envp);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		die("/bin/true");
	done.execs++;
}

static void listen_somewhere(void)
{
	socklen_t len = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(listener, 16) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &len) != 0)
		die("listen");
}

/* Ends with a reset, so that no port is left waiting. */
static void op_connect(void)
{
	struct linger at_once = {.l_onoff = 1};
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), server;

	if (connect(client, (struct sockaddr *)&address, sizeof(address)) != 0)
		die("connect");
	server = accept(listener, NULL, NULL);
	if (server < 0)
		die("accept");
	setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(client);
	close(server);
	done.connects++;
}

/* Ten calls as a program makes them, now and then a connection, rarely a program. */
static void op_mix(void)
{
	static uint64_t count;
	char buf[64];
	struct stat st;
	int fd = open(FILE_TO_OPEN, O_RDONLY | O_CLOEXEC);

	done.opens++;
	fstat(fd, &st);
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	lseek(fd, 0, SEEK_SET);
	fcntl(fd, F_GETFL);
	close(fd);
	stat("/etc", &st);
	access("/etc/nothing", R_OK);
	op_getpid();
	count++;
	if (count % MIX_CONNECT == 0)
		op_connect();
	if (count % MIX_EXEC == 0)
		op_exec();
}

static const struct {
	const char *name;
	void (*op)(void);
} kinds[] = {
    {"getpid", op_getpid}, {"spin", op_spin},	    {"open", op_open},
    {"exec", op_exec},	   {"connect", op_connect}, {"mix", op_mix},
};

/* Sleeps until it is the turn of an operation; in steps, as sleeping for each would be all there
 * is. */
static void pace(uint64_t start, uint64_t i, uint64_t per_second)
{
	uint64_t due = start + i * 1000000000u / per_second;
	struct timespec until = {.tv_sec = (time_t)(due / 1000000000u),
				 .tv_nsec = (long)(due % 1000000000u)};

	if (i % 20 == 0)
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void run(void (*op)(void), uint64_t count, uint64_t per_second)
{
	uint64_t wall = now_ns(CLOCK_MONOTONIC), cpu = cpu_ns();

	for (uint64_t i = 0; i < count; i++) {
		if (per_second)
			pace(wall, i, per_second);
		op();
	}
	cpu = cpu_ns() - cpu;
	wall = now_ns(CLOCK_MONOTONIC) - wall;
	printf("{\"pid\": %d, \"ops\": %lu, \"wall_ns\": %lu, \"cpu_ns\": %lu, \"open\": %lu, "
	       "\"exec\": %lu, "
	       "\"connect\": %lu}\n",
	       getpid(), count, wall, cpu, done.opens, done.execs, done.connects);
}

int main(int argc, char **argv)
{
	if (argc >= 3) {
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			if (strcmp(kinds[i].name, argv[1]) == 0) {
				listen_somewhere();
				run(kinds[i].op, strtoull(argv[2], NULL, 10),
				    argc > 3 ? strtoull(argv[3], NULL, 10) : 0);
				return 0;
			}
		}
	}
	fprintf(stderr, "usage: load getpid|open|exec|connect|mix COUNT [PER_SECOND]\n");
	return 2;
}
