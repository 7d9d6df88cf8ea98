// SPDX-License-Identifier: Apache-2.0
/*
 * static_rule_ways WAY [ARGUMENT...]: does one thing that a default rule is about, or its harmless
 * neighbour. Whether the call succeeds is said by the exit status only where a rule asks for
 * success.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/keyctl.h>
#include <linux/userfaultfd.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

static int done(long result)
{
	return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int by_handle(char **arguments)
{
	struct {
		struct file_handle head;
		unsigned char rest[64];
	} handle = {.head.handle_bytes = 64};
	int mount_id = 0, root = open("/", O_RDONLY | O_DIRECTORY);

	if (name_to_handle_at(AT_FDCWD, arguments[0] ? arguments[0] : "/", &handle.head, &mount_id,
			      0) != 0)
		handle.head.handle_bytes =
		    8; /* an overlay has none: whether it opens does not matter */
	return open_by_handle_at(root, &handle.head, O_RDONLY) >= 0 || errno != EBADF
		   ? EXIT_SUCCESS
		   : EXIT_FAILURE;
}

static int enter_own(char **arguments)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", arguments[0] ? arguments[0] : "uts");
	return done(setns(open(path, O_RDONLY), 0));
}

static int user_namespace(char **arguments)
{
	(void)arguments;
	unshare(CLONE_NEWUSER);
	return EXIT_SUCCESS;
}

static int packet(char **arguments)
{
	(void)arguments;
	return done(socket(AF_PACKET, SOCK_RAW, htons(3)));
}

static int alg(char **arguments)
{
	(void)arguments;
	socket(AF_ALG, SOCK_SEQPACKET, 0);
	return EXIT_SUCCESS;
}

static int key(char **arguments)
{
	(void)arguments;
	syscall(SYS_add_key, "user", "rule", "x", 1, KEY_SPEC_PROCESS_KEYRING);
	return EXIT_SUCCESS;
}

static int random_off(char **arguments)
{
	(void)arguments;
	return done(personality(ADDR_NO_RANDOMIZE));
}

static int page_faults(char **arguments)
{
	if (!arguments[0] && setuid(NOBODY) != 0)
		return EXIT_FAILURE;
	syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY);
	return EXIT_SUCCESS;
}

static int copy_self(int to)
{
	struct stat self;
	int from = open("/proc/self/exe", O_RDONLY);
	off_t at = 0;

	if (from < 0 || fstat(from, &self) != 0)
		return -1;
	while (at < self.st_size)
		if (sendfile(to, from, &at, (size_t)(self.st_size - at)) <= 0)
			return -1;
	return 0;
}

static int run(int fd)
{
	char *const arguments[] = {"nothing", "nothing", NULL};
	char *const none[] = {NULL};

	return done(syscall(SYS_execveat, fd, "", arguments, none, AT_EMPTY_PATH));
}

static int from_memory(char **arguments)
{
	(void)arguments;
	int fd = memfd_create("payload", MFD_CLOEXEC);

	return copy_self(fd) != 0 ? EXIT_FAILURE : run(fd);
}

/* A program whose file has no name any more. */
static int from_nothing(char **arguments)
{
	const char *path = arguments[0] ? arguments[0] : "/tmp/gone";
	int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755), fd;

	if (copy_self(to) != 0 || close(to) != 0)
		return EXIT_FAILURE;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return unlink(path) != 0 ? EXIT_FAILURE : run(fd);
}

static int trace_me(char **arguments)
{
	(void)arguments;
	return done(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int read_memory(char **arguments)
{
	static char word[8], copy[8];
	struct iovec here = {copy, sizeof(copy)}, there = {word, sizeof(word)};
	pid_t child = fork();

	(void)arguments;
	if (child == 0) {
		pause();
		_exit(0);
	}
	long got = process_vm_readv(child, &here, 1, &there, 1, 0);

	kill(child, 9);
	waitpid(child, NULL, 0);
	return done(got);
}

/* What a reverse shell does: a connection in the place of the standard streams, then a shell. */
static int call_back(char **arguments)
{
	struct sockaddr_in peer = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(peer);
	int server = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(server, (struct sockaddr *)&peer, size) != 0 || listen(server, 1) != 0 ||
	    getsockname(server, (struct sockaddr *)&peer, &size) != 0 ||
	    connect(fd, (struct sockaddr *)&peer, size) != 0)
		return EXIT_FAILURE;
	if (!arguments[0])
		return EXIT_SUCCESS; /* connected, and nothing moved */
	dup2(fd, 0);
	dup2(fd, 1);
	return EXIT_SUCCESS;
}

/* To an address and a port; whether somebody listens there does not matter. */
static int connect_to(char **arguments)
{
	struct sockaddr_in peer = {.sin_family = AF_INET};

	if (!arguments[0] || !arguments[1] || inet_pton(AF_INET, arguments[0], &peer.sin_addr) != 1)
		return EXIT_FAILURE;
	peer.sin_port = htons((uint16_t)strtoul(arguments[1], NULL, 10));
	connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&peer, sizeof(peer));
	return EXIT_SUCCESS;
}

static size_t put_name(unsigned char *to, const char *name)
{
	size_t length = strlen(name), label = 0;

	memcpy(to + 1, name, length + 1);
	for (size_t i = 0; i <= length; i++)
		if (name[i] == '.' || name[i] == '\0') {
			to[label] = (unsigned char)(i - label);
			label = i + 1;
		}
	to[length + 1] = 0;
	return length + 2;
}

/* A query for an address and its answer, 127.0.0.1 to itself. */
static int look_up(const char *name, const char *address)
{
	static const unsigned char head[12] = {0, 1, 1, 0, 0, 1}, type[4] = {0, 1, 0, 1};
	static const unsigned char answer[12] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4};
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons(53),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);
	int server = socket(AF_INET, SOCK_DGRAM, 0), client = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned char message[300];
	size_t length = sizeof(head);

	memcpy(message, head, sizeof(head));
	length += put_name(message + length, name);
	memcpy(message + length, type, sizeof(type));
	length += sizeof(type);
	if (bind(server, (struct sockaddr *)&at, size) != 0 ||
	    connect(client, (struct sockaddr *)&at, size) != 0 ||
	    send(client, message, length, 0) < 0 ||
	    recvfrom(server, message, length, 0, (struct sockaddr *)&at, &size) < 0)
		return -1;
	message[2] = 0x81;
	message[3] = 0x80;
	message[7] = 1;
	memcpy(message + length, answer, sizeof(answer));
	length += sizeof(answer);
	inet_pton(AF_INET, address, message + length);
	length += 4;
	if (sendto(server, message, length, 0, (struct sockaddr *)&at, size) < 0)
		return -1;
	return recv(client, message, sizeof(message), 0) > 0 ? 0 : -1;
}

/* NAME ADDRESS PORT: asks for the name, gets the address, and connects there. */
static int connect_by_name(char **arguments)
{
	if (!arguments[0] || strlen(arguments[0]) > 200 || look_up(arguments[0], arguments[1]) != 0)
		return EXIT_FAILURE;
	return connect_to(arguments + 1);
}

/* As a set-uid program would: the saved user is root still. */
static int become_root(char **arguments)
{
	(void)arguments;
	return done(setresuid(NOBODY, NOBODY, 0) == 0 ? setresuid(0, 0, 0) : -1);
}

static int connect_unix(char **arguments)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (!arguments[0])
		return EXIT_FAILURE;
	strncpy(name.sun_path + (arguments[0][0] == '@'), arguments[0] + (arguments[0][0] == '@'),
		sizeof(name.sun_path) - 2);
	connect(fd, (struct sockaddr *)&name,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(arguments[0])));
	return EXIT_SUCCESS;
}

static int named(char **arguments)
{
	char *const own[] = {arguments[0] ? arguments[0] : "[kworker/0:1]", "nothing", NULL};

	return done(execv("/proc/self/exe", own));
}

static int nothing(char **arguments)
{
	(void)arguments;
	return EXIT_SUCCESS;
}

static const struct {
	const char *name;
	int (*way)(char **arguments);
} WAYS[] = {
    {"by_handle", by_handle},
    {"enter_own", enter_own},
    {"user_namespace", user_namespace},
    {"packet", packet},
    {"alg", alg},
    {"key", key},
    {"random_off", random_off},
    {"page_faults", page_faults},
    {"from_memory", from_memory},
    {"from_nothing", from_nothing},
    {"trace_me", trace_me},
    {"read_memory", read_memory},
    {"call_back", call_back},
    {"connect_unix", connect_unix},
    {"named", named},
    {"connect", connect_to},
    {"connect_by_name", connect_by_name},
    {"become_root", become_root},
    {"nothing", nothing},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(WAYS) / sizeof(WAYS[0]); i++)
		if (strcmp(WAYS[i].name, argv[1]) == 0)
			return WAYS[i].way(argv + 2);
	fprintf(stderr, "static_rule_ways: no such way\n");
	return 2;
}
