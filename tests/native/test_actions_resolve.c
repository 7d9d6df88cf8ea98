/* SPDX-License-Identifier: Apache-2.0 */
/* RESOLVE as the loop asks for it, of this very process and of hostile ones. */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "actions/actions.h"
#include "actions/mapped.h"
#include "test_actions_kit.h"

#define TICK_NS	     10000000ull
#define MAPPED_BYTES (64u << 20) /* more than this program has */

struct fixture {
	struct kit_tree *tree;
	int fd;
	pid_t pid;
};

static int setup(void **state)
{
	struct eu_actions_options options = {.n_runtime_roots = 0};
	struct fixture *f = calloc(1, sizeof(*f));
	int fds[2];

	if (!f || kit_setup((void **)&f->tree) < 0)
		return -1;
	*state = f;
	f->fd = -1;
	if (geteuid() != 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -1;
	f->pid = fork();
	if (f->pid == 0) {
		close(fds[0]);
		_exit(-eu_actions_run(fds[1], &options));
	}
	close(fds[1]);
	f->fd = fds[0];
	return f->pid < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	int status = 0;

	eu_close(f->fd);
	if (f->pid > 0)
		waitpid(f->pid, &status, 0);
	kit_teardown((void **)&f->tree);
	free(f);
	return status;
}

static uint64_t start_of(pid_t pid)
{
	char path[64], text[4096];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	EU_CLEANUP(eu_fclosep) FILE *f = fopen(path, "re");
	assert_non_null(f);
	return (uint64_t)eu_stat_start(text, fread(text, 1, sizeof(text), f)) * TICK_NS + 4711;
}

static struct {
	char function[EU_RESOLVE_TEXT_SIZE];
	char module[EU_RESOLVE_TEXT_SIZE];
	uint64_t offset;
} found[EU_RESOLVE_MAX];
static size_t n_found, n_packets;

static void take_records(const char *at, const char *end)
{
	while (at < end) {
		struct eu_resolved head;

		memcpy(&head, at, sizeof(head));
		at += sizeof(head);
		snprintf(found[n_found].function, EU_RESOLVE_TEXT_SIZE, "%.*s", head.function_len,
			 at);
		snprintf(found[n_found].module, EU_RESOLVE_TEXT_SIZE, "%.*s", head.module_len,
			 at + head.function_len);
		found[n_found++].offset = head.offset;
		at += (head.function_len + head.module_len + 7) & ~7;
	}
}

/* Receives all replies to one request; returns its error. */
static int receive(const struct fixture *f)
{
	static char packet[EU_ACTIONS_PACKET_MAX];
	struct eu_actions_reply reply;

	n_found = n_packets = 0;
	do {
		ssize_t n;

		alarm(30); /* instead of a test that hangs */
		n = recv(f->fd, packet, sizeof(packet), 0);
		alarm(0);
		assert_true(n >= (ssize_t)sizeof(reply));
		memcpy(&reply, packet, sizeof(reply));
		assert_int_equal(n, sizeof(reply) + reply.size);
		assert_int_equal(reply.id, 9);
		take_records(packet + sizeof(reply), packet + n);
		n_packets++;
	} while (reply.flags & EU_ACTIONS_MORE);
	return reply.err;
}

static void send_request(const struct fixture *f, pid_t pid, uint64_t start_ns,
			 const uint64_t *addresses, size_t n, size_t size)
{
	struct eu_actions_packet packet = {
	    .request = {.op = EU_ACTIONS_RESOLVE, .id = 9},
	    .resolve = {.pid = (uint32_t)pid, .start_ns = start_ns, .n = (uint32_t)n}};

	if (n <= EU_RESOLVE_MAX)
		memcpy(packet.resolve.addresses, addresses, n * sizeof(*addresses));
	assert_int_equal(send(f->fd, &packet, size, 0), size);
}

static size_t size_of(size_t n)
{
	return sizeof(struct eu_actions_request) + eu_resolve_request_size(n);
}

static int ask(const struct fixture *f, pid_t pid, const uint64_t *addresses, size_t n)
{
	send_request(f, pid, start_of(pid), addresses, n, size_of(n));
	return receive(f);
}

static uint64_t own(const void *address)
{
	return (uintptr_t)address;
}

static void name_addresses_in_their_order(void **state)
{
	const uint64_t at[] = {own((const char *)(uintptr_t)own + 1),
			       16,
			       own(state),
			       own((const char *)(uintptr_t)size_of),
			       UINT64_MAX,
			       own((const char *)(uintptr_t)own + 1)};
	char exe[4096] = "";

	kit_require_root();
	assert_true(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	assert_int_equal(ask(*state, getpid(), at, 6), 0);
	assert_int_equal(n_found, 6);
	assert_string_equal(found[0].function, "own");
	assert_string_equal(found[0].module, exe);
	assert_int_equal(found[0].offset, 1);
	assert_string_equal(found[1].module, "");
	assert_string_equal(found[2].function, "");
	assert_true(strlen(found[2].module) > 0);
	assert_string_equal(found[3].function, "size_of");
	assert_string_equal(found[4].module, "");
	assert_string_equal(found[5].function, "own");
}

static void answer_in_several_packets(void **state)
{
	uint64_t at[EU_RESOLVE_MAX];

	kit_require_root();
	for (size_t i = 0; i < EU_RESOLVE_MAX; i++)
		at[i] = i % 2 ? (uintptr_t)own : (uintptr_t)size_of;
	assert_int_equal(ask(*state, getpid(), at, EU_RESOLVE_MAX), 0);
	assert_int_equal(n_found, EU_RESOLVE_MAX);
	assert_true(n_packets > 1);
	for (size_t i = 0; i < EU_RESOLVE_MAX; i++)
		assert_string_equal(found[i].function, i % 2 ? "own" : "size_of");
	assert_int_equal(ask(*state, getpid(), at, 0), 0);
	assert_int_equal(n_found, 0);
}

static void know_only_the_process_that_is_meant(void **state)
{
	const uint64_t at[] = {own((const char *)(uintptr_t)own)};
	struct fixture *f = *state;
	pid_t pid = fork();

	kit_require_root();
	if (pid == 0)
		_exit(0);
	send_request(f, getpid(), start_of(getpid()) + 2 * TICK_NS, at, 1, size_of(1));
	assert_int_equal(receive(f), -ENOENT);
	send_request(f, getpid(), 0, at, 1, size_of(1));
	assert_int_equal(receive(f), -ENOENT);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	send_request(f, pid, start_of(getpid()), at, 1, size_of(1));
	assert_int_equal(receive(f), -ENOENT);
	send_request(f, -1, 0, at, 1, size_of(1));
	assert_int_equal(receive(f), -ENOENT);
	assert_int_equal(ask(f, getpid(), at, 1), 0);
}

static void refuse_malformed_requests(void **state)
{
	static const struct {
		int pid;
		size_t n, size;
	} cases[] = {
	    {1, EU_RESOLVE_MAX + 1, 0},
	    {1, UINT32_MAX, 0},
	    {0, 1, 0},
	    {1, 2, 8},
	    {1, 1, sizeof(struct eu_actions_request) + 8},
	};
	static const uint64_t at[EU_RESOLVE_MAX];

	kit_require_root();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t size = cases[i].size ? cases[i].size : size_of(1);

		if (cases[i].size == 8)
			size = size_of(2) - 8;
		send_request(*state, cases[i].pid, 0, at, cases[i].n, size);
		assert_int_equal(receive(*state), -EINVAL);
	}
}

/* -- code that a runtime makes -- */

static char *make_code(void)
{
	char *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(code != MAP_FAILED);
	return code;
}

static void check_no_perf_map(const struct fixture *f, uint64_t at)
{
	assert_int_equal(ask(f, getpid(), &at, 1), 0);
	assert_string_equal(found[0].function, "");
	assert_string_equal(found[0].module, "[anon]");
	assert_int_equal(found[0].offset, 16);
}

static void believe_perf_map_of_its_process_only(void **state)
{
	char path[64], other[80], line[128];
	char *code = make_code();
	uint64_t at = own(code) + 16;
	FILE *file;

	kit_require_root();
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	snprintf(other, sizeof(other), "%s.other", path);
	snprintf(line, sizeof(line), "%llx 100 a function\n", (unsigned long long)own(code) + 8);
	unlink(path);
	check_no_perf_map(*state, at);
	file = fopen(other, "we");
	assert_non_null(file);
	fputs(line, file);
	fclose(file);
	assert_int_equal(symlink(other, path), 0);
	check_no_perf_map(*state, at);
	unlink(path);
	assert_int_equal(mkfifo(path, 0644), 0);
	check_no_perf_map(*state, at);
	unlink(path);
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(chown(path, 12345, 12345), 0);
	check_no_perf_map(*state, at);
	assert_int_equal(chown(path, 0, 0), 0);
	assert_int_equal(ask(*state, getpid(), &at, 1), 0);
	unlink(path);
	assert_string_equal(found[0].function, "a function");
	assert_string_equal(found[0].module, "[perf-map]");
	assert_int_equal(found[0].offset, 8);
	munmap(code, 4096);
}

/* -- files that are not what they were -- */

static const char *map_copy(const struct kit_tree *tree, const char *path)
{
	EU_CLEANUP(eu_closep) int exe = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	EU_CLEANUP(eu_closep) int fd = -1;
	char *mapped;

	kit_write(tree, path, "");
	fd = open(kit_path(tree, path), O_RDWR | O_CLOEXEC);
	while (sendfile(fd, exe, NULL, 1u << 20) > 0)
		;
	mapped = mmap(NULL, MAPPED_BYTES, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	assert_true(mapped != MAP_FAILED);
	return mapped;
}

static uint64_t offset_of_own(const struct fixture *f)
{
	const uint64_t none[] = {own((const char *)(uintptr_t)own)};
	EU_CLEANUP(eu_fclosep) FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long long start, end, offset;
	char line[4352];

	(void)f;
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%llx-%llx %*s %llx", &start, &end, &offset) == 3 &&
		    none[0] >= start && none[0] < end)
			return none[0] - start + offset;
	}
	return 0;
}

static void check_module_only(const struct fixture *f, uint64_t at, const char *path,
			      uint64_t offset)
{
	assert_int_equal(ask(f, getpid(), &at, 1), 0);
	assert_string_equal(found[0].function, "");
	assert_string_equal(found[0].module, kit_path(f->tree, path));
	assert_int_equal(found[0].offset, offset);
}

static void name_nothing_in_replaced_files(void **state)
{
	struct fixture *f = *state;
	uint64_t offset = offset_of_own(f), at;

	kit_require_root();
	assert_true(offset > 0 && offset < MAPPED_BYTES);
	at = own(map_copy(f->tree, "/a/lib.so")) + offset;
	assert_int_equal(ask(f, getpid(), &at, 1), 0);
	assert_string_equal(found[0].function, "own");
	assert_string_equal(found[0].module, kit_path(f->tree, "/a/lib.so"));

	/* Another file stands there, which has a function at that very place. */
	map_copy(f->tree, "/a/new");
	assert_int_equal(
	    mount(kit_path(f->tree, "/a/new"), kit_path(f->tree, "/a/lib.so"), NULL, MS_BIND, NULL),
	    0);
	check_module_only(f, at, "/a/lib.so", offset);
	assert_int_equal(umount2(kit_path(f->tree, "/a/lib.so"), MNT_DETACH), 0);

	/* The mapped file lives on under another name. */
	assert_int_equal(rename(kit_path(f->tree, "/a/lib.so"), kit_path(f->tree, "/a/old")), 0);
	kit_link(f->tree, "/etc/shadow", "/a/lib.so");
	assert_int_equal(ask(f, getpid(), &at, 1), 0);
	assert_string_equal(found[0].module, kit_path(f->tree, "/a/old"));
	assert_int_equal(unlink(kit_path(f->tree, "/a/old")), 0);
	check_module_only(f, at, "/a/old", offset);
	kit_write(f->tree, "/a/old", "another one");
	check_module_only(f, at, "/a/old", offset);
}

/* A file system that never answers, where the mapped file was. */
static void wait_for_no_file_system(void **state)
{
	struct fixture *f = *state;
	EU_CLEANUP(eu_closep) int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	uint64_t offset = offset_of_own(f), at[2];
	char options[128];

	kit_require_root();
	at[0] = own(map_copy(f->tree, "/a/lib.so")) + offset;
	at[1] = own((const char *)(uintptr_t)own);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 fuse);
	if (fuse < 0 ||
	    mount("test", kit_path(f->tree, "/a"), "fuse.test", MS_NOSUID, options) < 0) {
		print_message("# SKIP cannot mount FUSE: %s\n", strerror(errno));
		skip();
	}
	assert_int_equal(ask(f, getpid(), at, 2), 0);
	assert_int_equal(umount2(kit_path(f->tree, "/a"), MNT_DETACH), 0);
	fuse = eu_close(fuse);
	assert_string_equal(found[0].function, "");
	assert_string_equal(found[0].module, kit_path(f->tree, "/a/lib.so"));
	assert_true(strlen(found[1].module) > 0);
	assert_int_equal(ask(f, getpid(), at, 2), 0);
	assert_string_equal(found[0].function, "own");
	assert_string_equal(found[1].function, "own");
}

static void find_start_in_stat(void **state)
{
	static const struct {
		const char *text;
		int64_t start;
	} cases[] = {
	    {"7 (a) b) 1) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20", 4711},
	    {"7 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711", 4711},
	    {"7 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 ", -1},
	    {"7 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 -5 1", -1},
	    {"7 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 99999999999999999999", -1},
	    {"7 (a", -1},
	    {"", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(eu_stat_start(cases[i].text, strlen(cases[i].text)),
				 cases[i].start);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(name_addresses_in_their_order),
	    TEST(answer_in_several_packets),
	    TEST(know_only_the_process_that_is_meant),
	    TEST(refuse_malformed_requests),
	    TEST(believe_perf_map_of_its_process_only),
	    TEST(name_nothing_in_replaced_files),
	    TEST(wait_for_no_file_system),
	    cmocka_unit_test(find_start_in_stat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
