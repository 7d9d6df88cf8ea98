/* SPDX-License-Identifier: Apache-2.0 */
/*
 * last_two COUNT: COUNT processes, each of a leader on CPU 0 and a thread on CPU 1 that end at
 * once, while a real-time task interrupts CPU 0 all the time: often between the leader's leaving
 * the count of living threads and its being seen to end, and for long enough that the other thread
 * has ended and gone. Needs two CPUs and SCHED_FIFO.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S    1000000000l
#define PAUSE_NS    15000
#define BURST_NS    60000
#define DELAYS	    40 /* of the leader's end, so that it meets the bursts at different points */
#define DELAY_LOOPS 5

static atomic_int meeting;

static void pin_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		_exit(EXIT_FAILURE);
}

static void *end_thread(void *unused)
{
	pin_to(1);
	meeting = 1;
	while (meeting != 2)
		;
	syscall(SYS_exit, 0);
	return unused;
}

static void child(long delay)
{
	pthread_t thread;

	pin_to(0);
	if (pthread_create(&thread, NULL, end_thread, NULL) != 0)
		_exit(EXIT_FAILURE);
	while (meeting != 1)
		;
	meeting = 2;
	for (volatile long i = 0; i < delay; i++)
		;
	syscall(SYS_exit, 0);
}

static long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static void interrupt_cpu0(void)
{
	const struct sched_param priority = {.sched_priority = 50};
	const struct timespec pause = {.tv_nsec = PAUSE_NS};

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	pin_to(0);
	if (sched_setscheduler(0, SCHED_FIFO, &priority) < 0)
		_exit(EXIT_FAILURE);
	for (;;) {
		long end;

		nanosleep(&pause, NULL);
		end = now_ns() + BURST_NS;
		while (now_ns() < end)
			;
	}
}

int main(int argc, char *argv[])
{
	long count = argc > 1 ? atol(argv[1]) : 0;
	pid_t disturber = fork();

	if (disturber == 0)
		interrupt_cpu0();
	for (long i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid == 0)
			child(i % DELAYS * DELAY_LOOPS);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return EXIT_FAILURE;
	}
	/* It cannot have been made real-time when it has ended. */
	if (waitpid(disturber, NULL, WNOHANG) != 0)
		return EXIT_FAILURE;
	kill(disturber, SIGKILL);
	waitpid(disturber, NULL, 0);
	printf("%ld\n", count);
	return 0;
}
