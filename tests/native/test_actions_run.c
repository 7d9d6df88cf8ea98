/* SPDX-License-Identifier: Apache-2.0 */
/* The process as the loop sees it: forked, confined, at the other end of a socket. */
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "actions/actions.h"
#include "actions/protocol.h"
#include "eunomia/event.h"
#include "test_actions_kit.h"

#define DOCKER "/var/lib/docker/containers/" KIT_ID "/config.v2.json"

struct fixture {
	struct kit_tree *tree;
	int fd;
	pid_t pid;
};

/* The capabilities that the product leaves it. */
static int confine(void *data)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const uint32_t kept = 1u << CAP_DAC_READ_SEARCH | 1u << CAP_SYS_PTRACE;
	struct __user_cap_data_struct caps[2] = {{kept, kept, 0}, {0, 0, 0}};

	(void)data;
	return syscall(SYS_capset, &header, caps) < 0 ? -errno : 0;
}

static int refuse_to_confine(void *data)
{
	(void)data;
	return -EXDEV;
}

/* The status is -errno of eu_actions_run(), as far as it fits. */
static void start(struct fixture *f, int (*fn)(void *data))
{
	struct eu_actions_options options = {.sysroot = f->tree->path, .confine = fn};
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	f->pid = fork();
	assert_true(f->pid >= 0);
	if (f->pid == 0) {
		close(fds[0]);
		_exit(-eu_actions_run(fds[1], &options));
	}
	close(fds[1]);
	f->fd = fds[0];
}

static int end(struct fixture *f)
{
	int status = -1;

	f->fd = eu_close(f->fd);
	assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
	f->pid = 0;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f || kit_setup((void **)&f->tree) < 0)
		return -1;
	f->fd = -1;
	kit_mkdirs(f->tree, "/proc/self", 1);
	kit_write(f->tree, "/proc/self/mountinfo", "");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	eu_close(f->fd);
	if (f->pid > 0)
		waitpid(f->pid, NULL, 0);
	kit_teardown((void **)&f->tree);
	free(f);
	return 0;
}

struct packet {
	struct eu_actions_reply reply;
	char payload[EU_ACTIONS_PAYLOAD_MAX];
};

static void receive(const struct fixture *f, struct packet *ret)
{
	ssize_t n;

	alarm(30); /* instead of a test that hangs */
	n = recv(f->fd, ret, sizeof(*ret), 0);
	alarm(0);
	assert_true(n >= (ssize_t)sizeof(ret->reply));
	assert_int_equal(n, sizeof(ret->reply) + ret->reply.size);
}

static void ask(const struct fixture *f, uint32_t op, uint32_t id, const char *container,
		struct packet *ret)
{
	struct eu_actions_request request = {.op = op, .id = id};

	memcpy(request.container, container, strnlen(container, sizeof(request.container)));
	assert_int_equal(send(f->fd, &request, sizeof(request), 0), sizeof(request));
	receive(f, ret);
	assert_int_equal(ret->reply.id, id);
}

static void serve_until_socket_is_closed(void **state)
{
	static struct packet p;
	struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, DOCKER,
		  "{\"Name\":\"/a\",\"Config\":{\"Env\":[\"K=s3cr3t\"],\"Image\":\"i\"}}");
	assert_int_equal(chmod(kit_path(f->tree, DOCKER), 0), 0);
	start(f, confine);
	ask(f, EU_ACTIONS_INSPECT, 7, KIT_ID, &p);
	assert_int_equal(p.reply.err, 0);
	assert_int_equal(p.reply.flags, 0);
	assert_int_equal(p.reply.size, sizeof(r));
	assert_null(memmem(p.payload, p.reply.size, "s3cr3t", 6));
	memcpy(&r, p.payload, sizeof(r));
	assert_string_equal(r.runtime, "docker");
	assert_string_equal(r.name, "a");
	ask(f, EU_ACTIONS_INSPECT, 8, "unknown", &p);
	assert_int_equal(p.reply.err, -ENOENT);
	assert_int_equal(p.reply.size, 0);
	assert_int_equal(end(f), 0);
}

static void refuse_request_by_table(void **state)
{
	static const struct {
		const char *id;
		uint32_t op;
	} cases[] = {
	    {"../../etc", EU_ACTIONS_INSPECT}, {"", EU_ACTIONS_INSPECT},
	    {"a/b", EU_ACTIONS_INSPECT},       {KIT_ID, 0},
	    {KIT_ID, _EU_ACTIONS_OP_MAX},      {KIT_ID, 0xffffffff},
	};
	static struct packet p;
	struct fixture *f = *state;

	kit_require_root();
	start(f, confine);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ask(f, cases[i].op, (uint32_t)i, cases[i].id, &p);
		assert_int_equal(p.reply.err, -EINVAL);
		assert_int_equal(p.reply.size, 0);
	}
	assert_int_equal(end(f), 0);
}

static void refuse_id_without_end(void **state)
{
	struct eu_actions_request request = {.op = EU_ACTIONS_INSPECT, .id = 3};
	static struct packet p;
	struct fixture *f = *state;

	kit_require_root();
	memset(request.container, 'a', sizeof(request.container));
	memset(request.reserved, 'a', sizeof(request.reserved));
	start(f, confine);
	assert_int_equal(send(f->fd, &request, sizeof(request), 0), sizeof(request));
	receive(f, &p);
	assert_int_equal(p.reply.err, -EINVAL);
	assert_int_equal(end(f), 0);
}

static void refuse_packet_of_another_size(void **state)
{
	/* But for its size a valid request: operation, id and container stand where they should. */
	char bytes[sizeof(struct eu_actions_request) + 8] = {
	    EU_ACTIONS_INSPECT, 0, 0, 0, 5, 0, 0, 0, 'x'};
	static struct packet p;
	struct fixture *f = *state;

	kit_require_root();
	start(f, confine);
	for (size_t size = 1; size <= sizeof(bytes); size += 7) {
		if (size == sizeof(struct eu_actions_request))
			continue;
		assert_int_equal(send(f->fd, bytes, size, 0), size);
		receive(f, &p);
		assert_int_equal(p.reply.id, size > 4 ? 5 : 0);
		assert_int_equal(p.reply.err, -EINVAL);
	}
	assert_int_equal(end(f), 0);
}

static void send_cgroups_in_packets(void **state)
{
	struct eu_actions_request request = {.op = EU_ACTIONS_LIST_CGROUPS, .id = 9};
	static struct packet p;
	struct fixture *f = *state;
	char line[128], path[128];
	struct stat st;
	size_t n = 0, packets = 0;

	kit_require_root();
	assert_int_equal(stat(f->tree->path, &st), 0);
	snprintf(line, sizeof(line), "1 1 %u:%u / /cg rw - cgroup2 c rw\n",
		 (unsigned int)(st.st_dev >> 8 & 0xfff),
		 (unsigned int)((st.st_dev & 0xff) | (st.st_dev >> 12 & 0xfff00)));
	kit_write(f->tree, "/proc/self/mountinfo", line);
	for (int i = 0; i < 600; i++) {
		snprintf(path, sizeof(path), "/cg/%064d", i);
		kit_mkdirs(f->tree, path, 1);
	}
	start(f, confine);
	assert_int_equal(send(f->fd, &request, sizeof(request), 0), sizeof(request));
	do {
		receive(f, &p);
		assert_int_equal(p.reply.id, 9);
		assert_int_equal(p.reply.err, 0);
		packets++;
		for (uint32_t at = 0; at < p.reply.size; n++)
			at += ((struct eu_cgroup *)(void *)(p.payload + at))->hdr.size;
	} while (p.reply.flags & EU_ACTIONS_MORE);
	assert_int_equal(n, 601);
	assert_in_range(packets, 3, 5);
	assert_int_equal(end(f), 0);
}

static void fail_list_without_mountinfo(void **state)
{
	static struct packet p;
	struct fixture *f = *state;

	kit_require_root();
	assert_int_equal(unlink(kit_path(f->tree, "/proc/self/mountinfo")), 0);
	start(f, confine);
	ask(f, EU_ACTIONS_LIST_CGROUPS, 4, "", &p);
	assert_int_equal(p.reply.err, -ENOENT);
	assert_int_equal(p.reply.flags, 0);
	assert_int_equal(end(f), 0);
}

static void fail_start_when_not_confined(void **state)
{
	struct fixture *f = *state;

	kit_require_root();
	start(f, refuse_to_confine);
	assert_int_equal(end(f), EXDEV);
}

/* The one child of the actions process. */
static pid_t extractor_of(pid_t pid)
{
	char path[64];
	int child = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	EU_CLEANUP(eu_fclosep) FILE *f = fopen(path, "re");
	return f && fscanf(f, "%d", &child) == 1 ? child : 0;
}

static void end_when_extractor_is_gone(void **state)
{
	static struct packet p;
	struct fixture *f = *state;
	pid_t extractor;

	kit_require_root();
	kit_write(f->tree, DOCKER, "{\"Name\":\"/a\"}");
	start(f, confine);
	ask(f, EU_ACTIONS_INSPECT, 1, KIT_ID, &p);
	assert_int_equal(p.reply.err, 0);
	extractor = extractor_of(f->pid);
	assert_true(extractor > 0);
	assert_int_equal(kill(extractor, SIGKILL), 0);
	ask(f, EU_ACTIONS_INSPECT, 2, KIT_ID, &p);
	assert_int_equal(p.reply.err, -EPIPE);
	assert_int_equal(end(f), ECHILD);
}

static void take_extractor_along_when_killed(void **state)
{
	static struct packet p;
	struct fixture *f = *state;
	struct stat st;
	char path[64];

	kit_require_root();
	start(f, confine);
	ask(f, EU_ACTIONS_INSPECT, 1, "x", &p);
	snprintf(path, sizeof(path), "/proc/%d", extractor_of(f->pid));
	int extractor = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(extractor >= 0);
	kill(f->pid, SIGKILL);
	waitpid(f->pid, NULL, 0);
	f->pid = 0;
	alarm(30);
	while (fstatat(extractor, "stat", &st, 0) == 0)
		sched_yield();
	alarm(0);
	close(extractor);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(serve_until_socket_is_closed),
	    TEST(refuse_request_by_table),
	    TEST(refuse_id_without_end),
	    TEST(refuse_packet_of_another_size),
	    TEST(send_cgroups_in_packets),
	    TEST(fail_list_without_mountinfo),
	    TEST(fail_start_when_not_confined),
	    TEST(end_when_extractor_is_gone),
	    TEST(take_extractor_along_when_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
