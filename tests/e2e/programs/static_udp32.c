/*
 * Datagrams by calls of the 32-bit kind, made from a 64-bit program: each way to send and to
 * receive, by its own number and by socketcall. Says what went as udp_ways does. Linked statically,
 * so that its data has addresses of 32 bits.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define SOCKETCALL 102

static struct sockaddr_in server, client;
static unsigned sent, sent_bytes, received, received_bytes;
static int s, c;

/* The sixth argument goes through rbp, which is the compiler's: exchanged and put back. */
static long call(long number, long a, long b, long d, long e, long f, long g)
{
	register long sixth __asm__("r12") = g;
	long result;

	__asm__ volatile("xchg %%r12, %%rbp\n\tint $0x80\n\txchg %%r12, %%rbp"
			 : "=a"(result), "+r"(sixth)
			 : "a"(number), "b"(a), "c"(b), "d"(d), "S"(e), "D"(f)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

static long socketcall(long number, long a, long b, long d, long e, long f, long g)
{
	static unsigned args[6];

	args[0] = (unsigned)a;
	args[1] = (unsigned)b;
	args[2] = (unsigned)d;
	args[3] = (unsigned)e;
	args[4] = (unsigned)f;
	args[5] = (unsigned)g;
	return call(SOCKETCALL, number, (long)args, 0, 0, 0, 0);
}

static void count(long n, unsigned *calls, unsigned *bytes)
{
	if (n < 0) {
		fprintf(stderr, "a call failed: %ld\n", n);
		exit(1);
	}
	*calls += 1;
	*bytes += (unsigned)n;
}

struct vector32 {
	unsigned base, length;
};

struct message32 {
	unsigned name, name_length, vector, n_vector, control, control_length, flags;
	unsigned length; /* of struct mmsghdr */
};

static int udp_socket(struct sockaddr_in *address)
{
	socklen_t length = sizeof(*address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (void *)address, length) < 0 ||
	    getsockname(fd, (void *)address, &length) < 0)
		exit(1);
	return fd;
}

int main(void)
{
	static char data[] = "0123456789", room[100];
	static struct sockaddr_in from;
	static unsigned from_length;
	static struct vector32 out, in;
	static struct message32 message, messages[2], taken;
	long to = (long)&server, length = sizeof(server), d = (long)data, r = (long)room;

	s = udp_socket(&server);
	c = udp_socket(&client);
	out = (struct vector32){(unsigned)d, 3};
	in = (struct vector32){(unsigned)r, sizeof(room)};
	message =
	    (struct message32){(unsigned)to, (unsigned)length, (unsigned)(long)&out, 1, 0, 0, 0, 0};
	taken = (struct message32){
	    (unsigned)(long)&from, sizeof(from), (unsigned)(long)&in, 1, 0, 0, 0, 0};
	messages[0] = messages[1] = message;
	count(call(369, c, d, 1, 0, to, length), &sent, &sent_bytes);		  /* sendto */
	count(socketcall(11, c, d, 2, 0, to, length), &sent, &sent_bytes);	  /* sendto */
	count(call(370, c, (long)&message, 0, 0, 0, 0), &sent, &sent_bytes);	  /* sendmsg */
	count(socketcall(16, c, (long)&message, 0, 0, 0, 0), &sent, &sent_bytes); /* sendmsg */
	if (call(345, c, (long)messages, 2, 0, 0, 0) != 2 ||			  /* sendmmsg */
	    socketcall(20, c, (long)messages, 1, 0, 0, 0) != 1)
		return 1;
	sent += 3;
	sent_bytes += 9;
	from_length = sizeof(from);
	count(call(371, s, r, 100, 0, (long)&from, (long)&from_length), &received, &received_bytes);
	count(socketcall(12, s, r, 100, 0, (long)&from, (long)&from_length), &received,
	      &received_bytes);
	count(call(372, s, (long)&taken, 0, 0, 0, 0), &received, &received_bytes);
	count(socketcall(17, s, (long)&taken, 0, 0, 0, 0), &received, &received_bytes);
	if (call(337, s, (long)&taken, 1, 0, 0, 0) != 1)
		return 1;
	received++;
	received_bytes += taken.length;
	if (call(417, s, (long)&taken, 1, 0, 0, 0) != 1)
		return 1;
	received++;
	received_bytes += taken.length;
	if (socketcall(19, s, (long)&taken, 1, 0, 0, 0) != 1)
		return 1;
	received++;
	received_bytes += taken.length;
	/* Connected: without an address. */
	if (connect(c, (void *)&server, sizeof(server)) < 0 ||
	    connect(s, (void *)&client, sizeof(client)) < 0)
		return 1;
	count(call(4, c, d, 4, 0, 0, 0), &sent, &sent_bytes);			/* write */
	count(call(146, c, (long)&out, 1, 0, 0, 0), &sent, &sent_bytes);	/* writev */
	count(socketcall(9, c, d, 6, 0, 0, 0), &sent, &sent_bytes);		/* send */
	count(call(3, s, r, 100, 0, 0, 0), &received, &received_bytes);		/* read */
	count(call(145, s, (long)&in, 1, 0, 0, 0), &received, &received_bytes); /* readv */
	count(socketcall(10, s, r, 100, 0, 0, 0), &received, &received_bytes);	/* recv */
	printf("%d 127.0.0.1 %d %u %u 0 0\n", ntohs(client.sin_port), ntohs(server.sin_port), sent,
	       sent_bytes);
	printf("%d 127.0.0.1 %d 0 0 %u %u\n", ntohs(server.sin_port), ntohs(client.sin_port),
	       received, received_bytes);
	return 0;
}
