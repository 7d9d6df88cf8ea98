/* SPDX-License-Identifier: Apache-2.0 */
/* A thread, not the leader, executes argv[1...]. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *run(void *argv)
{
	execv(((char **)argv)[1], (char **)argv + 1);
	abort();
}

int main(int argc, char *argv[])
{
	pthread_t thread;

	if (argc < 2 || pthread_create(&thread, NULL, run, argv) != 0)
		return EXIT_FAILURE;
	pthread_join(thread, NULL);
	return EXIT_FAILURE;
}
