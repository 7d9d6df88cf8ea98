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

#include "actions/extractor_server.h"
#include "actions/files.h"
#include "actions/jail.h"
#include "util/cleanup.h"
#include "util/packet.h"

#define CPU_S	  5 /* should a child outlive its server, which ends it sooner */
#define SERVER_FD 3 /* the socket's number, above the three standard ones */

#define REAP_TRIES 1000 /* of 100 us each, that a child which was killed is waited for */
#define STUCK_MAX  8

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

static _Noreturn void run_child(const struct server *s, const struct eu_extractor_request *request,
				int file, int out)
{
	struct eu_extractor_reply reply = {0};

	if (dup2(file, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    close_range(STDERR_FILENO, ~0u, 0) < 0 || eu_jail_confine_child(&s->jail, CPU_S) < 0)
		_exit(EXIT_FAILURE);
	reply.err = extract(s->options->table[request->kind], request->id, &reply.e);
	if (write(STDOUT_FILENO, &reply, sizeof(reply)) != sizeof(reply))
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

/* Reads the child's answer up to its end. It counts only when it has exactly the right size. */
static int read_answer(int in, int timeout_ms, struct eu_extractor_reply *ret)
{
	int64_t deadline = now_ms() + timeout_ms;
	struct pollfd wait = {.fd = in, .events = POLLIN};
	char buf[sizeof(*ret) + 1];
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
	if (len != sizeof(*ret))
		return -EPROTO;
	memcpy(ret, buf, sizeof(*ret));
	return 0;
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

static int serve_file(struct server *s, const struct eu_extractor_request *request, int file,
		      struct eu_extractor_reply *ret)
{
	int fds[2], r;
	pid_t pid;

	if (request->kind >= _EU_EXTRACT_MAX || file < 0 ||
	    request->id[sizeof(request->id) - 1] != '\0')
		return -EINVAL;
	reap_stuck(s);
	if (s->stuck >= STUCK_MAX && request->kind == EU_EXTRACT_CONMON)
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
	r = read_answer(in, s->options->timeout_ms, ret);
	end_child(s, pid);
	return r;
}

/* One request and its file, -1 when none came along. False at the end. */
static bool receive(struct eu_extractor_request *ret, int *ret_file)
{
	int fds[EU_PACKET_FDS_MAX];
	size_t n_fds;

	if (eu_packet_receive(SERVER_FD, ret, sizeof(*ret), fds, &n_fds) != sizeof(*ret))
		return false;
	*ret_file = n_fds == 1 ? fds[0] : -1;
	return n_fds <= 1;
}

static bool send_reply(const struct eu_extractor_reply *reply)
{
	return eu_packet_send(SERVER_FD, reply, sizeof(*reply), NULL, 0, NULL, 0) == 0;
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

_Noreturn void eu_extractor_server(int fd, const struct eu_extractor_options *options)
{
	struct server s = {.options = options};
	struct eu_extractor_request request;
	struct eu_extractor_reply reply = {0};

	reply.err = give_up_rights(&s, fd);
	if (reply.err == 0)
		reply.err = seed_hashes();
	if (!send_reply(&reply) || reply.err < 0)
		_exit(EXIT_FAILURE);
	for (;;) {
		EU_CLEANUP(eu_closep) int file = -1;
		int r;

		if (!receive(&request, &file))
			_exit(EXIT_SUCCESS);
		memset(&reply, 0, sizeof(reply));
		r = serve_file(&s, &request, file, &reply);
		if (r < 0)
			reply = (struct eu_extractor_reply){.err = r};
		if (!send_reply(&reply))
			_exit(EXIT_FAILURE);
	}
}
