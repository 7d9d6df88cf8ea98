/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The leader ends first, with 3; a thread lives on and ends the process: "leader_exits group" with
 * exit_group(5), "leader_exits alone" with exit(6). What the process's status then is, wait(2)
 * says.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool leader_is_gone(void)
{
	char path[64], stat[256] = {0};
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", getpid());
	f = fopen(path, "r");
	if (f) {
		(void)!fread(stat, 1, sizeof(stat) - 1, f);
		fclose(f);
	}
	return strstr(stat, ") Z ") != NULL;
}

static void *outlive(void *how)
{
	while (!leader_is_gone())
		;
	syscall(strcmp(how, "group") == 0 ? SYS_exit_group : SYS_exit,
		strcmp(how, "group") == 0 ? 5 : 6);
	return NULL;
}

int main(int argc, char *argv[])
{
	pthread_t thread;

	if (argc < 2 || pthread_create(&thread, NULL, outlive, argv[1]) != 0)
		return 1;
	syscall(SYS_exit, 3);
}
