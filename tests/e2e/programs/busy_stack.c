// SPDX-License-Identifier: Apache-2.0
/*
 * busy_stack [SECONDS]: burns CPU time, 75 % of it in hot() and 25 % in warm(), both called by
 * spend(), until killed or for so many seconds of it; then says how much it used, in nanoseconds.
 * busy_stack sleeps N: sleeps N times. busy_stack touches N: writes to N pages that it had not.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define SLICE_NS 10000000

static volatile uint64_t sink;

static uint64_t used_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Most of a slice has to be the loop's own, so the clock is not read often. */
#define BURN(until)                                                                                \
	do {                                                                                       \
		for (uint32_t i = 0; i < 500000; i++)                                              \
			sink = sink * 31 + i;                                                      \
	} while (used_ns() < (until))

__attribute__((noinline)) static void hot(uint64_t until)
{
	BURN(until);
	sink++;
}

__attribute__((noinline)) static void warm(uint64_t until)
{
	BURN(until);
	sink--;
}

__attribute__((noinline)) static void spend(uint64_t slice)
{
	hot((4 * slice + 3) * SLICE_NS);
	warm((4 * slice + 4) * SLICE_NS);
	sink++;
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
	uint64_t seconds = argc > 1 ? strtoull(argv[1], NULL, 10) : UINT64_MAX / 1000000000;

	if (argc == 3 && strcmp(argv[1], "sleeps") == 0)
		return sleeps(strtol(argv[2], NULL, 10));
	if (argc == 3 && strcmp(argv[1], "touches") == 0)
		return touches(strtol(argv[2], NULL, 10));
	for (uint64_t slice = 0; used_ns() < seconds * 1000000000; slice++)
		spend(slice);
	printf("%llu\n", (unsigned long long)used_ns());
	return 0;
}
