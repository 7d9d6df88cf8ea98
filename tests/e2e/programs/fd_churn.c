// SPDX-License-Identifier: Apache-2.0
/*
 * fd_churn THREADS ROUNDS FILE: threads of one process open, read 7 bytes, copy and close at once,
 * so that descriptors are used again as soon as they are free. Prints how many ended, and how many
 * bytes were read.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS_MAX 64

static const char *file;
static long rounds;

static void *churn(void *arg)
{
	char bytes[7];

	for (long i = 0; i < rounds; i++) {
		int fd = open(file, O_RDONLY), copy = dup(fd);

		if (read(fd, bytes, sizeof(bytes)) != sizeof(bytes))
			abort();
		close(fd);
		close(copy);
	}
	return arg;
}

int main(int argc, char *argv[])
{
	int threads = argc > 3 ? atoi(argv[1]) : 0;
	pthread_t thread[THREADS_MAX];

	if (threads < 1 || threads > THREADS_MAX)
		return EXIT_FAILURE;
	rounds = atol(argv[2]);
	file = argv[3];
	for (int i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, churn, NULL);
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	printf("%ld %ld\n", threads * rounds * 2, threads * rounds * 7);
	return EXIT_SUCCESS;
}
