/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCP by calls of the 32-bit kind, made from a 64-bit program: listen, connect and accept by
 * numbers of their own and by socketcall(2). Says of each what it was, the port it concerns and how
 * it went: "WHAT LOCAL-PORT RESULT". Linked statically, so that its data has addresses of 32 bits.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKETCALL = 102, CONNECT = 362, LISTEN = 363, ACCEPT4 = 364 };
enum { BY_CONNECT = 3, BY_LISTEN = 4, BY_ACCEPT = 5, BY_ACCEPT4 = 18 };

static long call(long number, long a, long b, long c, long d)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

static long socketcall(long which, long a, long b, long c, long d)
{
	static unsigned args[4];

	args[0] = (unsigned)a;
	args[1] = (unsigned)b;
	args[2] = (unsigned)c;
	args[3] = (unsigned)d;
	return call(SOCKETCALL, which, (long)args, 0, 0);
}

static unsigned port_of(int fd)
{
	struct sockaddr_in own = {0};
	socklen_t len = sizeof(own);

	getsockname(fd, (struct sockaddr *)&own, &len);
	return ntohs(own.sin_port);
}

static void say(const char *what, unsigned port, long result)
{
	if (result < 0)
		printf("%s %u %s\n", what, port, strerrorname_np((int)-result));
	else
		printf("%s %u 0\n", what, port);
}

static int listener(struct sockaddr_in *own, bool by_socketcall)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(*own);

	*own =
	    (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (bind(fd, (struct sockaddr *)own, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)own, &len) < 0)
		exit(1);
	say("listen", ntohs(own->sin_port),
	    by_socketcall ? socketcall(BY_LISTEN, fd, 7, 0, 0) : call(LISTEN, fd, 7, 0, 0));
	return fd;
}

static void meet(bool by_socketcall, long accept_by)
{
	static struct sockaddr_in to; /* where 32 bits reach */
	int server = listener(&to, by_socketcall), client = socket(AF_INET, SOCK_STREAM, 0);
	long size = sizeof(to), r, accepted;

	r = by_socketcall ? socketcall(BY_CONNECT, client, (long)&to, size, 0)
			  : call(CONNECT, client, (long)&to, size, 0);
	say("connect", port_of(client), r);
	accepted =
	    accept_by ? socketcall(accept_by, server, 0, 0, 0) : call(ACCEPT4, server, 0, 0, 0);
	say("accept", ntohs(to.sin_port), accepted);
	/* Not one that listens. */
	r = by_socketcall ? socketcall(BY_ACCEPT, client, 0, 0, 0) : call(ACCEPT4, client, 0, 0, 0);
	say("accept", port_of(client), r);
	close(client);
	close((int)accepted);
	close(server);
}

/* It fails before a packet is sent, which only the call's result tells. */
static void fail(void)
{
	static struct sockaddr_in nowhere = {.sin_family = AF_INET};
	int client = socket(AF_INET, SOCK_STREAM, 0);

	nowhere.sin_port = htons(9);
	nowhere.sin_addr.s_addr = htonl(INADDR_BROADCAST);
	say("connect", 0, socketcall(BY_CONNECT, client, (long)&nowhere, sizeof(nowhere), 0));
	close(client);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	meet(false, 0);
	meet(true, BY_ACCEPT);
	meet(true, BY_ACCEPT4);
	fail();
	return 0;
}
