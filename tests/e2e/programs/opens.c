// SPDX-License-Identifier: Apache-2.0
/*
 * opens PROCESSES COUNT [RATE]: so many processes open and close /etc/passwd so many times each,
 * with one read, as fast as they can or RATE times a second each. Prints how many opens there were
 * in all.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000l

static void pace(struct timespec *next, long gap_ns)
{
	next->tv_nsec += gap_ns;
	next->tv_sec += next->tv_nsec / NS_PER_S;
	next->tv_nsec %= NS_PER_S;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL);
}

static int open_files(long count, long gap_ns)
{
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (long i = 0; i < count; i++) {
		char byte;
		int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

		if (fd < 0 || read(fd, &byte, 1) != 1 || close(fd) < 0)
			return EXIT_FAILURE;
		if (gap_ns > 0)
			pace(&next, gap_ns);
	}
	return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	int processes = argc > 1 ? atoi(argv[1]) : 1, status;
	long count = argc > 2 ? atol(argv[2]) : 1, rate = argc > 3 ? atol(argv[3]) : 0;

	for (int i = 0; i < processes; i++) {
		if (fork() == 0)
			_exit(open_files(count, rate > 0 ? NS_PER_S / rate : 0));
	}
	while (wait(&status) > 0) {
		if (status != 0)
			return EXIT_FAILURE;
	}
	printf("%ld\n", processes * count);
	return EXIT_SUCCESS;
}
