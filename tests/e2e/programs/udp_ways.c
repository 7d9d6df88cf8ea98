/*
 * Sends and receives datagrams in every way, at both ends, and says what it did: for each socket
 * and peer "LOCAL_PORT PEER_ADDRESS PEER_PORT SENT BYTES RECEIVED BYTES".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS	   8
#define PER_THREAD 2000
#define FLOWS_MAX  64

struct flow {
	int fd;
	int local_port;
	char peer[INET6_ADDRSTRLEN];
	int peer_port;
	unsigned long sent, sent_bytes, received, received_bytes;
};

static struct flow flows[FLOWS_MAX];
static int n_flows;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int port_of(const struct sockaddr_storage *address)
{
	return ntohs(((const struct sockaddr_in *)address)->sin_port);
}

static void name_of(const struct sockaddr_storage *address, char *name)
{
	const struct sockaddr_in6 *six = (const void *)address;

	if (address->ss_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, name,
			  INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, &six->sin6_addr, name, INET6_ADDRSTRLEN);
	if (strncmp(name, "::ffff:", 7) == 0)
		memmove(name, name + 7, strlen(name + 7) + 1);
}

static struct flow *flow(int fd, const struct sockaddr_storage *peer)
{
	struct sockaddr_storage local;
	socklen_t len = sizeof(local);
	char name[INET6_ADDRSTRLEN];
	struct flow *f;

	if (getsockname(fd, (void *)&local, &len) < 0)
		fail("getsockname");
	name_of(peer, name);
	for (f = flows; f < flows + n_flows; f++)
		if (f->fd == fd && strcmp(f->peer, name) == 0 && f->peer_port == port_of(peer))
			return f;
	if (n_flows == FLOWS_MAX)
		fail("too many flows");
	n_flows++;
	*f = (struct flow){.fd = fd, .local_port = port_of(&local), .peer_port = port_of(peer)};
	strcpy(f->peer, name);
	return f;
}

static void sent(int fd, const struct sockaddr_storage *peer, ssize_t n)
{
	struct flow *f;

	if (n < 0)
		fail("send");
	f = flow(fd, peer);
	f->sent++;
	f->sent_bytes += (unsigned long)n;
}

static void received(int fd, const struct sockaddr_storage *peer, ssize_t n)
{
	struct flow *f;

	if (n < 0)
		fail("receive");
	f = flow(fd, peer);
	f->received++;
	f->received_bytes += (unsigned long)n;
}

static struct sockaddr_storage address(int family, const char *host, int port)
{
	struct sockaddr_storage a = {.ss_family = (sa_family_t)family};
	void *bytes = family == AF_INET ? (void *)&((struct sockaddr_in *)&a)->sin_addr
					: (void *)&((struct sockaddr_in6 *)&a)->sin6_addr;

	inet_pton(family, host, bytes);
	((struct sockaddr_in *)&a)->sin_port = htons((uint16_t)port);
	return a;
}

static socklen_t length(const struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static int bound(int family, const char *host, struct sockaddr_storage *ret)
{
	socklen_t len = sizeof(*ret);
	int fd = socket(family, SOCK_DGRAM, 0);

	*ret = address(family, host, 0);
	if (fd < 0 || bind(fd, (void *)ret, length(ret)) < 0 ||
	    getsockname(fd, (void *)ret, &len) < 0)
		fail("bind");
	return fd;
}

/* Takes one datagram with its sender's address, and has the sender counted. */
static void take(int fd)
{
	struct sockaddr_storage from = {0};
	socklen_t len = sizeof(from);
	char buffer[2048];
	ssize_t n = recvfrom(fd, buffer, sizeof(buffer), 0, (void *)&from, &len);

	received(fd, &from, n);
}

static void plain(int family, const char *host)
{
	struct sockaddr_storage server, client;
	int s = bound(family, host, &server), c = bound(family, host, &client);

	sent(c, &server, sendto(c, "hello", 5, 0, (void *)&server, length(&server)));
	sent(c, &server, sendto(c, "", 0, 0, (void *)&server, length(&server)));
	take(s);
	take(s);
	sent(s, &client, sendto(s, "answer", 6, 0, (void *)&client, length(&client)));
	take(c);
}

static void mapped(void)
{
	struct sockaddr_storage server, to;
	int s = bound(AF_INET, "127.0.0.1", &server), c = socket(AF_INET6, SOCK_DGRAM, 0);

	to = address(AF_INET6, "::ffff:127.0.0.1", port_of(&server));
	sent(c, &to, sendto(c, "mapped", 6, 0, (void *)&to, length(&to)));
	take(s);
}

/* A connected pair, by write and read, by vectors, by send and recv. */
static void connected(void)
{
	struct sockaddr_storage a, b;
	struct iovec out[3] = {{.iov_base = "ab", .iov_len = 2},
			       {.iov_base = "", .iov_len = 0},
			       {.iov_base = "cdefg", .iov_len = 5}};
	char buffer[100], rest[100];
	struct iovec in[2] = {{.iov_base = buffer, .iov_len = 3},
			      {.iov_base = rest, .iov_len = sizeof(rest)}};
	int x = bound(AF_INET, "127.0.0.1", &a), y = bound(AF_INET, "127.0.0.2", &b);

	if (connect(x, (void *)&b, length(&b)) < 0 || connect(y, (void *)&a, length(&a)) < 0)
		fail("connect");
	sent(x, &b, write(x, "written", 7));
	received(y, &a, read(y, buffer, sizeof(buffer)));
	sent(y, &a, writev(y, out, 3));
	received(x, &b, readv(x, in, 2));
	sent(x, &b, send(x, "sent", 4, 0));
	if (recv(y, buffer, sizeof(buffer), MSG_PEEK) != 4)
		fail("peek");
	received(y, &a, recv(y, buffer, 2, MSG_TRUNC));
	sent(y, &a, write(y, "", 0));
	received(x, &b, read(x, buffer, sizeof(buffer)));
	/* None of these moves a datagram. */
	if (read(x, buffer, 0) != 0 || writev(x, out + 1, 1) != 0)
		fail("nothing");
	if (recv(x, buffer, sizeof(buffer), MSG_DONTWAIT) != -1 || errno != EAGAIN)
		fail("nothing there");
}

static void message(void)
{
	struct sockaddr_storage server, client, from = {0};
	int s = bound(AF_INET, "127.0.0.1", &server), c = bound(AF_INET, "127.0.0.1", &client);
	char buffer[100];
	struct iovec piece = {.iov_base = "message", .iov_len = 7};
	struct msghdr out = {.msg_name = &server,
			     .msg_namelen = length(&server),
			     .msg_iov = &piece,
			     .msg_iovlen = 1};
	struct iovec room = {.iov_base = buffer, .iov_len = sizeof(buffer)};
	struct msghdr in = {
	    .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &room, .msg_iovlen = 1};

	sent(c, &server, sendmsg(c, &out, 0));
	received(s, &client, recvmsg(s, &in, 0));
}

static void many(void)
{
	struct sockaddr_storage one, two, client, from[4];
	int s = bound(AF_INET, "127.0.0.1", &one), t = bound(AF_INET, "127.0.0.3", &two);
	int c = bound(AF_INET, "127.0.0.1", &client), n;
	char buffers[4][100];
	struct iovec pieces[3] = {{"1", 1}, {"22", 2}, {"333", 3}}, rooms[4];
	struct mmsghdr out[3] = {0}, in[4] = {0};

	for (int i = 0; i < 3; i++) {
		out[i].msg_hdr = (struct msghdr){.msg_name = i == 1 ? &two : &one,
						 .msg_namelen = length(&one),
						 .msg_iov = &pieces[i],
						 .msg_iovlen = 1};
	}
	if (sendmmsg(c, out, 3, 0) != 3)
		fail("sendmmsg");
	for (int i = 0; i < 3; i++)
		sent(c, i == 1 ? &two : &one, out[i].msg_len);
	for (int i = 0; i < 4; i++) {
		rooms[i] = (struct iovec){buffers[i], sizeof(buffers[i])};
		in[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
						.msg_namelen = sizeof(from[i]),
						.msg_iov = &rooms[i],
						.msg_iovlen = 1};
	}
	n = recvmmsg(s, in, 4, MSG_WAITFORONE, NULL);
	for (int i = 0; i < n; i++)
		received(s, &from[i], in[i].msg_len);
	if (n != 2)
		fail("recvmmsg");
	take(t);
}

static struct {
	int fd;
	struct sockaddr_storage to;
} shared;

static void *send_many(void *unused)
{
	char buffer[64] = {0};

	for (size_t i = 0; i < PER_THREAD; i++)
		if (sendto(shared.fd, buffer, i % sizeof(buffer), 0, (void *)&shared.to,
			   length(&shared.to)) < 0)
			fail("thread");
	return unused;
}

/* All threads begin the same flow at once. */
static void threads(void)
{
	struct sockaddr_storage client;
	pthread_t ids[THREADS];
	struct flow *f;

	bound(AF_INET, "127.0.0.1", &shared.to);
	shared.fd = bound(AF_INET, "127.0.0.1", &client);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&ids[i], NULL, send_many, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(ids[i], NULL);
	f = flow(shared.fd, &shared.to);
	f->sent = THREADS * PER_THREAD;
	for (size_t i = 0; i < PER_THREAD; i++)
		f->sent_bytes += THREADS * (i % 64);
}

/* A child goes on with a socket that its parent has closed. */
static void inherited(void)
{
	struct sockaddr_storage server, client;
	int s = bound(AF_INET, "127.0.0.1", &server), c = bound(AF_INET, "127.0.0.1", &client);
	struct flow *f;
	int go[2];
	pid_t child;

	sent(c, &server, sendto(c, "parent", 6, 0, (void *)&server, length(&server)));
	f = flow(c, &server);
	if (pipe(go) < 0)
		fail("pipe");
	child = fork();
	if (child == 0) {
		char byte;

		close(go[1]);
		if (read(go[0], &byte, 1) != 0 ||
		    sendto(c, "child!!", 7, 0, (void *)&server, length(&server)) != 7)
			_exit(1);
		_exit(0);
	}
	close(c);
	close(go[0]);
	close(go[1]);
	waitpid(child, NULL, 0);
	f->fd = -1;
	f->sent++;
	f->sent_bytes += 7;
	take(s);
	take(s);
}

/* A container may have no address of IPv6. */
static bool has_v6(void)
{
	struct sockaddr_storage a = address(AF_INET6, "::1", 0);
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	bool has = fd >= 0 && bind(fd, (void *)&a, length(&a)) == 0;

	close(fd);
	return has;
}

int main(void)
{
	plain(AF_INET, "127.0.0.1");
	if (has_v6())
		plain(AF_INET6, "::1");
	mapped();
	connected();
	message();
	many();
	threads();
	inherited();
	for (struct flow *f = flows; f < flows + n_flows; f++)
		printf("%d %s %d %lu %lu %lu %lu\n", f->local_port, f->peer, f->peer_port, f->sent,
		       f->sent_bytes, f->received, f->received_bytes);
	return 0;
}
