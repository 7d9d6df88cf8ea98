/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>

#include "actions/accounts.h"
#include "actions/elf.h"
#include "actions/extractor_server.h"
#include "actions/files.h"
#include "actions/jail.h"
#include "actions/perfmap.h"
#include "util/cleanup.h"
#include "util/packet.h"

#define CPU_S	  5 /* should a child outlive its server, which ends it sooner */
#define SERVER_FD 3 /* the socket's number, above the three standard ones */

#define REAP_TRIES 1000 /* of 100 us each, that a child which was killed is waited for */
#define STUCK_MAX  8

struct request {
	struct eu_extractor_request head;
	uint64_t at[EU_RESOLVE_MAX];
};

/* Both replies begin with the error. */
union reply {
	struct eu_extractor_reply extract;
	struct eu_symbols_reply symbols;
};

struct server {
	const struct eu_extractor_options *options;
	struct eu_jail jail;
	int stuck; /* children that were killed and are not dead */
};

/* -- the child: one file, one answer -- */

/* Reads standard input up to its end; -EFBIG when that is beyond max. */
static int read_file(char *buf, size_t max, size_t *ret_len)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(STDIN_FILENO, buf + len, max + 1 - len);
		if (n < 0)
			return -errno;
		len += (size_t)n;
	} while (n > 0 && len <= max);
	*ret_len = len;
	return len > max ? -EFBIG : 0;
}

static int extract(eu_extract_fn fn, const char *id, struct eu_extract *ret)
{
	EU_CLEANUP(eu_freep) char *buf = malloc(EU_STATE_FILE_MAX + 1);
	size_t len = 0;
	int r;

	if (!buf)
		return -ENOMEM;
	r = read_file(buf, EU_STATE_FILE_MAX, &len);
	return r < 0 ? r : fn(buf, len, id, ret);
}

static bool is_symbols(const struct eu_extractor_request *request)
{
	return request->kind >= _EU_EXTRACT_MAX;
}

/* Returns the size of the answer. */
static size_t find_symbols(const struct request *request, struct eu_symbols_reply *ret)
{
	static int (*const find[])(int fd, const uint64_t *at, size_t n, struct eu_symbols *s) = {
	    [EU_SYMBOLS_ELF] = eu_elf_symbols,
	    [EU_SYMBOLS_PERF_MAP] = eu_perf_map_symbols,
	    [EU_SYMBOLS_PASSWD] = eu_passwd_names,
	    [EU_SYMBOLS_GROUP] = eu_group_names,
	};

	ret->err = find[request->head.kind](STDIN_FILENO, request->at, request->head.n, &ret->s);
	return offsetof(struct eu_symbols_reply, s) + (ret->err ? 0 : eu_symbols_size(&ret->s));
}

static size_t answer(const struct server *s, const struct request *request, union reply *ret)
{
	const struct eu_extractor_request *head = &request->head;

	if (is_symbols(head))
		return find_symbols(request, &ret->symbols);
	ret->extract.err = extract(s->options->table[head->kind], head->id, &ret->extract.e);
	return sizeof(ret->extract);
}

static _Noreturn void run_child(const struct server *s, const struct request *request, int file,
				int out)
{
	static union reply reply;
	size_t len;

	if (dup2(file, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    close_range(STDERR_FILENO, ~0u, 0) < 0 || eu_jail_confine_child(&s->jail, CPU_S) < 0)
		_exit(EXIT_FAILURE);
	len = answer(s, request, &reply);
	if (write(STDOUT_FILENO, &reply, len) != (ssize_t)len)
		_exit(EXIT_FAILURE);
	_exit(EXIT_SUCCESS);
}

/* -- the server: trusts neither its children nor the file -- */

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ll + ts.tv_nsec / 1000000;
}

/* Reads the child's answer up to its end; returns its length, and size + 1 when it is longer. */
static ssize_t read_answer(int in, int timeout_ms, union reply *ret)
{
	static char buf[sizeof(*ret) + 1];
	int64_t deadline = now_ms() + timeout_ms;
	struct pollfd wait = {.fd = in, .events = POLLIN};
	size_t len = 0;

	for (;;) {
		int64_t left = deadline - now_ms();
		ssize_t n;

		if (poll(&wait, 1, left > 0 ? (int)left : 0) <= 0)
			return -ETIMEDOUT;
		n = read(in, buf + len, sizeof(buf) - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	memcpy(ret, buf, len < sizeof(*ret) ? len : sizeof(*ret));
	return (ssize_t)len;
}

/* It counts only when it has a size that it can have; whoever asked looks further into it. */
static bool is_size(const struct eu_extractor_request *request, size_t len)
{
	return is_symbols(request) ? len >= offsetof(struct eu_symbols_reply, s) &&
					 len <= sizeof(struct eu_symbols_reply)
				   : len == sizeof(struct eu_extractor_reply);
}

/*
 * A command line is memory of its process, which may lie in a file system that its user serves: a
 * child that reads there and gets no answer cannot be killed either. It is left behind until then.
 */
static void end_child(struct server *s, pid_t pid)
{
	const struct timespec pause = {.tv_nsec = 100000};

	kill(pid, SIGKILL); /* not reaped yet, so the pid is still its own */
	for (int i = 0; i < REAP_TRIES; i++) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return;
		ppoll(NULL, 0, &pause, NULL);
	}
	s->stuck++;
}

static void reap_stuck(struct server *s)
{
	while (s->stuck > 0 && waitpid(-1, NULL, WNOHANG) > 0)
		s->stuck--;
}

static bool is_request(const struct request *request, size_t len)
{
	const struct eu_extractor_request *head = &request->head;

	return head->kind < _EU_SYMBOLS_KIND_MAX && head->n <= EU_RESOLVE_MAX &&
	       len == sizeof(*head) + head->n * sizeof(request->at[0]) &&
	       head->id[sizeof(head->id) - 1] == '\0';
}

/* The size of the answer, or -errno. */
static ssize_t serve_file(struct server *s, const struct request *request, int file,
			  union reply *ret)
{
	const struct eu_extractor_request *head = &request->head;
	int timeout_ms = is_symbols(head) ? head->timeout_ms : s->options->timeout_ms;
	int fds[2];
	ssize_t n;
	pid_t pid;

	reap_stuck(s);
	if (s->stuck >= STUCK_MAX && (head->kind == EU_EXTRACT_CONMON || is_symbols(head)))
		return -EBUSY;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	EU_CLEANUP(eu_closep) int in = fds[0];
	EU_CLEANUP(eu_closep) int out = fds[1];

	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		run_child(s, request, file, out);
	out = eu_close(out);
	n = read_answer(in, timeout_ms, ret);
	end_child(s, pid);
	return n >= 0 && !is_size(head, (size_t)n) ? -EPROTO : n;
}

/* One request and its file, -1 when none came along; returns its length, or -1 at the end. */
static ssize_t receive(struct request *ret, int *ret_file)
{
	int fds[EU_PACKET_FDS_MAX];
	size_t n_fds;
	ssize_t n = eu_packet_receive(SERVER_FD, ret, sizeof(*ret), fds, &n_fds);

	*ret_file = n_fds == 1 ? fds[0] : -1;
	return n < (ssize_t)sizeof(ret->head) || n_fds > 1 ? -1 : n;
}

static bool send_reply(const void *reply, size_t len)
{
	return eu_packet_send(SERVER_FD, reply, len, NULL, 0, NULL, 0) == 0;
}

static int give_up_rights(struct server *s, int fd)
{
	int r;

	if (dup2(fd, SERVER_FD) < 0 || close_range(SERVER_FD + 1, ~0u, 0) < 0)
		return -errno;
	signal(SIGCHLD, SIG_DFL); /* if it were ignored, a child's pid could be another's by now */
	prctl(PR_SET_NAME, "eu-extractor", 0, 0, 0);
	r = eu_jail_build(&s->jail);
	if (r == 0)
		r = eu_jail_drop_rights(s->options->uid);
	return r < 0 ? r : eu_jail_confine_server(&s->jail);
}

/* jansson would open /dev/urandom for the seed of its hash tables, which the jail forbids. */
static int seed_hashes(void)
{
	size_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return -EIO;
	json_object_seed(seed | 1);
	return 0;
}

static ssize_t serve(struct server *s, const struct request *request, size_t len, int file,
		     union reply *ret)
{
	return is_request(request, len) && file >= 0 ? serve_file(s, request, file, ret) : -EINVAL;
}

_Noreturn void eu_extractor_server(int fd, const struct eu_extractor_options *options)
{
	static struct request request;
	static union reply reply;
	struct server s = {.options = options};
	int r = give_up_rights(&s, fd);

	if (r == 0)
		r = seed_hashes();
	reply.extract.err = r;
	if (!send_reply(&reply, sizeof(reply.extract)) || r < 0)
		_exit(EXIT_FAILURE);
	for (;;) {
		EU_CLEANUP(eu_closep) int file = -1;
		ssize_t len = receive(&request, &file), n;

		if (len < 0)
			_exit(EXIT_SUCCESS);
		n = serve(&s, &request, (size_t)len, file, &reply);
		if (n < 0) {
			memset(&reply.extract, 0, sizeof(reply.extract));
			reply.extract.err = (int)n;
			n = sizeof(reply.extract);
		}
		if (!send_reply(&reply, (size_t)n))
			_exit(EXIT_FAILURE);
	}
}
