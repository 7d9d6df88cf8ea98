/*
 * busy_stack SECONDS: three quarters of its CPU time in hot(), one quarter in warm(), both called
 * by main. busy_stack sleeps N: sleeps N times. busy_stack touches N: writes to N pages that it had
 * not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline __attribute__((always_inline)) unsigned long spin(unsigned long rounds)
{
	volatile unsigned long sum = 0;

	for (unsigned long i = 0; i < rounds; i++)
		sum += i;
	return sum;
}

static __attribute__((noinline)) unsigned long hot(unsigned long rounds)
{
	return spin(3 * rounds);
}

static __attribute__((noinline)) unsigned long warm(unsigned long rounds)
{
	return spin(rounds);
}

static int sleeps(long count)
{
	const struct timespec moment = {.tv_nsec = 1000000};

	for (long i = 0; i < count; i++)
		nanosleep(&moment, NULL);
	return EXIT_SUCCESS;
}

static int touches(long count)
{
	const size_t page = 4096;
	char *memory = mmap(NULL, (size_t)count * page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return EXIT_FAILURE;
	madvise(memory, (size_t)count * page, MADV_NOHUGEPAGE);
	for (long i = 0; i < count; i++)
		memory[(size_t)i * page] = 1;
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	unsigned long sum = 0;

	if (argc == 3 && !strcmp(argv[1], "sleeps"))
		return sleeps(strtol(argv[2], NULL, 10));
	if (argc == 3 && !strcmp(argv[1], "touches"))
		return touches(strtol(argv[2], NULL, 10));
	if (argc != 2) {
		fprintf(stderr, "usage: busy_stack SECONDS|sleeps N|touches N\n");
		return 2;
	}
	for (double end = cpu_seconds() + strtod(argv[1], NULL); cpu_seconds() < end;)
		sum += hot(20000) + warm(20000);
	return sum == 1; /* never */
}
