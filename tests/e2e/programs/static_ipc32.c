// SPDX-License-Identifier: Apache-2.0
/*
 * What processes talk through, by calls of the 32-bit kind, made from a 64-bit program: those that
 * have numbers of their own and those behind socketcall(2) and ipc(2). Linked statically, so that
 * its data has addresses of 32 bits. Says what it moved as ipc_ways does.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKETCALL 102
#define IPC	   117

static long call(long number, long a, long b, long c, long d, long e)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

static long socketcall(long which, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	static uint32_t args[6];

	args[0] = a;
	args[1] = b;
	args[2] = c;
	args[3] = d;
	return call(SOCKETCALL, which, (long)args, 0, 0, 0);
}

static void tell(const char *label, const char *word, long bytes, long messages)
{
	printf("%s %d %s %ld %ld\n", label, getpid(), word, bytes, messages);
	fflush(stdout);
}

struct message32 {
	int type;
	char text[64];
};

struct mmsghdr32 {
	uint32_t name, name_len, iov, iov_len, control, control_len, flags, len;
};

static char data[64] = "data";
static int fds[2];

static void pipes(void)
{
	call(42, (long)fds, 0, 0, 0, 0); /* pipe */
	call(4, fds[1], (long)data, 11, 0, 0);
	call(3, fds[0], (long)data, 64, 0, 0);
	tell("pipe32", "sent", 11, 1);
	tell("pipe32", "received", 11, 1);
	call(6, fds[0], 0, 0, 0, 0);
	call(6, fds[1], 0, 0, 0, 0);
}

static void sockets(void)
{
	static uint32_t iov[2][2];
	static struct mmsghdr32 many[2];

	for (uint32_t i = 0; i < 2; i++) {
		iov[i][0] = (uint32_t)(uintptr_t)data;
		iov[i][1] = 5 + i;
		many[i].iov = (uint32_t)(uintptr_t)iov[i];
		many[i].iov_len = 1;
	}
	socketcall(8, AF_UNIX, SOCK_DGRAM, 0, (uint32_t)(uintptr_t)fds);	   /* socketpair */
	socketcall(9, (uint32_t)fds[0], (uint32_t)(uintptr_t)data, 7, 0);	   /* send */
	socketcall(11, (uint32_t)fds[0], (uint32_t)(uintptr_t)data, 3, 0);	   /* sendto */
	socketcall(16, (uint32_t)fds[0], (uint32_t)(uintptr_t)&many[0], 0, 0);	   /* sendmsg */
	socketcall(20, (uint32_t)fds[0], (uint32_t)(uintptr_t)many, 2, 0);	   /* sendmmsg */
	call(369, fds[0], (long)data, 2, 0, 0);					   /* sendto */
	socketcall(10, (uint32_t)fds[1], (uint32_t)(uintptr_t)data, 64, MSG_PEEK); /* recv */
	socketcall(10, (uint32_t)fds[1], (uint32_t)(uintptr_t)data, 64, 0);	   /* recv */
	socketcall(12, (uint32_t)fds[1], (uint32_t)(uintptr_t)data, 64, 0);	   /* recvfrom */
	socketcall(17, (uint32_t)fds[1], (uint32_t)(uintptr_t)&many[0], 0, 0);	   /* recvmsg */
	socketcall(19, (uint32_t)fds[1], (uint32_t)(uintptr_t)many, 2, MSG_DONTWAIT); /* recvmmsg */
	call(371, fds[1], (long)data, 64, 0, 0);				      /* recvfrom */
	tell("socket32", "sent", 7 + 3 + 5 + 5 + 6 + 2, 6);
	tell("socket32", "received", 7 + 3 + 5 + 5 + 6 + 2, 6);
	close(fds[0]);
	close(fds[1]);
}

static void sysv(void)
{
	static struct message32 m = {.type = 1};
	static struct {
		short number, op, flags;
	} up = {0, 1, 0}, down = {0, -1, 0};
	static uint32_t where, receive[2];
	long queue = call(IPC, 13, 0, 0600, 0, 0), other = call(399, 0, 0600, 0, 0, 0);
	long set = call(IPC, 2, 0, 1, 0600, 0), memory = call(IPC, 23, 0, 4096, 0600, 0);

	call(IPC, 11, queue, 9, 0, (long)&m); /* msgsnd */
	receive[0] = (uint32_t)(uintptr_t)&m;
	call(IPC, 12, queue, 64, 0, (long)receive); /* msgrcv */
	call(400, other, (long)&m, 4, 0, 0);
	call(401, other, (long)&m, 64, 0, 0);
	call(IPC, 1, set, 1, 0, (long)&up);
	call(IPC, 4, set, 1, 0, (long)&down);
	call(IPC, 21, memory, 0, (long)&where, 0); /* shmat */
	call(IPC, 22, 0, 0, 0, (long)where);	   /* shmdt */
	call(IPC, 14, queue, 0, 0, 0);
	call(402, other, 0, 0, 0, 0);
	call(IPC, 3, set, 0, 0, 0);
	call(IPC, 24, memory, 0, 0, 0);
	tell("sysv32", "sent", 13, 3);
	tell("sysv32", "received", 13, 3);
}

int main(int argc, char **argv)
{
	const char *which = argc > 1 ? argv[1] : "";

	if (strcmp(which, "pipe") == 0)
		pipes();
	else if (strcmp(which, "socket") == 0)
		sockets();
	else
		sysv();
	return 0;
}
