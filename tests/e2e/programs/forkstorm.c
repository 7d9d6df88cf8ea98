/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forkstorm COUNT [PER-SECOND [THREADS [group]]]: forks COUNT processes and waits for each;
 * PER-SECOND 0: as fast as it goes. With THREADS, each child has that many more threads, and all of
 * them end at once: each by itself, or, with "group", by whichever calls exit_group first. Prints
 * how many it forked.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000l

static pthread_barrier_t barrier;
static int by_group;

static void *end(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&barrier);
	syscall(by_group ? SYS_exit_group : SYS_exit, 0);
	return NULL;
}

static void child(int threads)
{
	pthread_t thread;

	if (threads == 0)
		_exit(0);
	pthread_barrier_init(&barrier, NULL, (unsigned int)threads + 1);
	for (int i = 0; i < threads; i++) {
		if (pthread_create(&thread, NULL, end, NULL) != 0)
			abort();
	}
	end(NULL);
}

static void pace(struct timespec *next, long per_second)
{
	if (per_second == 0)
		return;
	next->tv_nsec += NS_PER_S / per_second;
	if (next->tv_nsec >= NS_PER_S) {
		next->tv_nsec -= NS_PER_S;
		next->tv_sec++;
	}
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL);
}

int main(int argc, char *argv[])
{
	long count = argc > 1 ? atol(argv[1]) : 0, per_second = argc > 2 ? atol(argv[2]) : 0;
	int threads = argc > 3 ? atoi(argv[3]) : 0;
	struct timespec next;

	by_group = argc > 4 && strcmp(argv[4], "group") == 0;
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (long i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid == 0)
			child(threads);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return 1;
		pace(&next, per_second);
	}
	printf("%ld\n", count);
	return 0;
}
