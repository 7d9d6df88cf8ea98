/* SPDX-License-Identifier: Apache-2.0 */
/* Names of users and groups: what an /etc/passwd says, and LOOKUP as the loop asks for it, of
 * processes that do not want it. */
#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "actions/accounts.h"
#include "actions/actions.h"
#include "actions/idmap.h"
#include "actions/mapped.h"
#include "test_actions_kit.h"

#define TICK_NS 10000000ull

/* -- the files -- */

static struct eu_symbols answer;

static int read_names(int (*find)(int, const uint64_t *, size_t, struct eu_symbols *),
		      const char *text, size_t len, const uint64_t *at, size_t n)
{
	EU_CLEANUP(eu_closep) int fd = memfd_create("test", MFD_CLOEXEC);
	int r;

	assert_int_equal(write(fd, text, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	r = find(fd, at, n, &answer);
	if (r == 0)
		assert_true(eu_symbols_valid(&answer, eu_symbols_size(&answer), n));
	return r;
}

static void assert_name(size_t i, const char *name)
{
	assert_int_equal(answer.named[i].len, strlen(name));
	assert_memory_equal(answer.names + answer.named[i].name, name, strlen(name));
}

static void take_first_line_of_a_number(void **state)
{
	static const char passwd[] = "root:x:0:0:the root:/root:/bin/bash\n"
				     "toor:x:0:0::/:/bin/sh\n"
				     "# daemon:x:1:1::/:/bin/sh\n"
				     "www-data:x:33:33\n"
				     "no home:x:34:34:::\n"
				     "m\xc3\xbcller:x:1000:1000:a,b:/home/m:/bin/sh";
	static const uint64_t at[] = {0, 0, 1, 33, 34, 1000, 4294967295};

	(void)state;
	assert_int_equal(read_names(eu_passwd_names, passwd, sizeof(passwd) - 1, at, 7), 0);
	assert_name(0, "root:/root:/bin/bash");
	assert_name(1, "root:/root:/bin/bash");
	assert_name(2, "# daemon:/:/bin/sh");
	assert_name(3, "www-data::");
	assert_name(4, "no home::");
	assert_name(5, "m\xc3\xbcller:/home/m:/bin/sh");
	assert_name(6, "");
	assert_int_equal(read_names(eu_group_names, "adm:x:4:a,b\nx:y", 15, at + 3, 1), 0);
	assert_name(0, "");
	assert_int_equal(read_names(eu_group_names, "adm:x:33:a,b\n", 13, at + 3, 1), 0);
	assert_name(0, "adm");
}

static void know_nothing_from_bad_lines_by_table(void **state)
{
	static const char *const lines[] = {
	    "",
	    ":x:0:0::/:/b",
	    "a:x:-0:0::/:/b",
	    "a:x:0x0:0::/:/b",
	    "a:x: 0:0::/:/b",
	    "a:x::0::/:/b",
	    "a:x",
	    "a\xff:x:0:0::/",
	    "a\x1b[2J:x:0:0::/",
	    "a:x:00000000000:0::",
	    "a:x:4294967296:0::/",
	};
	static const uint64_t at[] = {0};
	char line[600];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(read_names(eu_passwd_names, lines[i], strlen(lines[i]), at, 1), 0);
		assert_name(0, "");
	}
	assert_int_equal(read_names(eu_passwd_names, "a\0b:x:0:0::/", 12, at, 1), 0);
	assert_name(0, "");
	memset(line, 'n', sizeof(line));
	memcpy(line + 256, ":x:0:\n", 6);
	assert_int_equal(read_names(eu_passwd_names, line, 262, at, 1), 0);
	assert_name(0, "");
	assert_int_equal(read_names(eu_passwd_names, line + 1, 261, at, 1), 0);
	assert_int_equal(answer.named[0].len, 255 + 2);
	memset(line, 'h', sizeof(line));
	memcpy(line, "a:x:0:0::", 9);
	assert_int_equal(read_names(eu_passwd_names, line, sizeof(line), at, 1), 0);
	assert_name(0, "a::");
}

static void refuse_huge_file(void **state)
{
	EU_CLEANUP(eu_freep) char *text = malloc(EU_STATE_FILE_MAX + 1);
	static const uint64_t at[] = {0};

	(void)state;
	memset(text, '\n', EU_STATE_FILE_MAX + 1);
	memcpy(text, "a:x:0:0::/:/b", 13);
	assert_int_equal(read_names(eu_passwd_names, text, EU_STATE_FILE_MAX, at, 1), 0);
	assert_name(0, "a:/:/b");
	assert_int_equal(read_names(eu_passwd_names, text, EU_STATE_FILE_MAX + 1, at, 1), -EFBIG);
}

static void translate_numbers_by_table(void **state)
{
	static const char map[] =
	    "         0     100000       1000\n      2000       5000          1\n";
	static const struct {
		const char *text;
		uint32_t outside, inside;
		bool is_known;
	} cases[] = {
	    {map, 100000, 0, true},
	    {map, 100999, 999, true},
	    {map, 101000, 0, false},
	    {map, 5000, 2000, true},
	    {map, 5001, 0, false},
	    {map, 0, 0, false},
	    {"0 0 4294967295", 7, 7, true},
	    {"0 0", 0, 0, false},
	    {"0 x 1\n", 0, 0, false},
	    {"0 99999999999 1\n", 1, 0, false},
	    {"", 0, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t inside = 0;

		assert_int_equal(eu_idmap_inside(cases[i].text, strlen(cases[i].text),
						 cases[i].outside, &inside),
				 cases[i].is_known);
		assert_int_equal(inside, cases[i].inside);
	}
}

/* -- LOOKUP -- */

struct fixture {
	struct kit_tree *tree;
	int fd;
	pid_t pid;
	pid_t inside; /* lives in the tree */
	int inside_fd;
};

/* A process with a mount namespace and a root of its own, as a container's is; what is mounted
 * there from outside appears inside. */
static pid_t start_inside(struct fixture *f)
{
	int fds[2];
	pid_t pid;
	char c;
	const char *path = kit_path(f->tree, "/c");

	kit_mkdirs(f->tree, "/c/etc", 1);
	if (mount(path, path, NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, path, NULL, MS_SHARED, NULL) < 0 || pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(fds[1]);
		if (unshare(CLONE_NEWNS) < 0 ||
		    mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 || chroot(path) < 0 ||
		    chdir("/") < 0)
			_exit(1);
		_exit(read(fds[0], &c, 1) != 0);
	}
	close(fds[0]);
	f->inside_fd = fds[1];
	return pid;
}

static void await_inside(const struct fixture *f)
{
	char link[64], root[4096];
	ssize_t n = 0;

	snprintf(link, sizeof(link), "/proc/%d/root", f->inside);
	for (int i = 0; i < 5000 && n <= 1; i++) {
		n = readlink(link, root, sizeof(root));
		usleep(1000);
	}
	assert_true(n > 1);
}

static int setup(void **state)
{
	struct eu_actions_options options = {.n_runtime_roots = 0};
	struct fixture *f = calloc(1, sizeof(*f));
	int fds[2];

	if (!f || kit_setup((void **)&f->tree) < 0)
		return -1;
	*state = f;
	f->fd = f->inside_fd = -1;
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
	f->inside = start_inside(f);
	await_inside(f);
	return f->pid < 0 || f->inside < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	int status = 0;

	eu_close(f->inside_fd);
	if (f->inside > 0)
		waitpid(f->inside, NULL, 0);
	umount2(kit_path(f->tree, "/c"), MNT_DETACH);
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

static char found[EU_RESOLVE_MAX][EU_RESOLVE_TEXT_SIZE];
static size_t n_found;

static void take_records(const char *at, const char *end)
{
	while (at < end) {
		struct eu_resolved head;

		memcpy(&head, at, sizeof(head));
		assert_int_equal(head.module_len, 0);
		snprintf(found[n_found++], EU_RESOLVE_TEXT_SIZE, "%.*s", head.function_len,
			 at + sizeof(head));
		at += (sizeof(head) + head.function_len + 7) & ~7ul;
	}
}

static int ask_with_start(const struct fixture *f, pid_t pid, uint64_t start_ns,
			  const uint64_t *numbers, size_t n)
{
	static char reply[EU_ACTIONS_PACKET_MAX];
	struct eu_actions_packet packet = {
	    .request = {.op = EU_ACTIONS_LOOKUP, .id = 9},
	    .resolve = {.pid = (uint32_t)pid, .start_ns = start_ns, .n = (uint32_t)n}};
	size_t size = sizeof(packet.request) + eu_resolve_request_size(n);
	struct eu_actions_reply head;
	ssize_t len;

	memcpy(packet.resolve.addresses, numbers, n * sizeof(*numbers));
	assert_int_equal(send(f->fd, &packet, size, 0), size);
	n_found = 0;
	alarm(30); /* instead of a test that hangs */
	len = recv(f->fd, reply, sizeof(reply), 0);
	alarm(0);
	assert_true(len >= (ssize_t)sizeof(head));
	memcpy(&head, reply, sizeof(head));
	assert_int_equal(head.id, 9);
	assert_int_equal(head.flags, 0);
	take_records(reply + sizeof(head), reply + len);
	return head.err;
}

static int ask(const struct fixture *f, pid_t pid, const uint64_t *numbers, size_t n)
{
	return ask_with_start(f, pid, start_of(pid), numbers, n);
}

static void write_map(pid_t pid, const char *name, const char *map)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, map, strlen(map)), strlen(map));
	close(fd);
}

/* What the process inside calls user 0. */
static const char *root_inside(const struct fixture *f)
{
	static const uint64_t number = 0;

	assert_int_equal(ask(f, f->inside, &number, 1), 0);
	assert_int_equal(n_found, 1);
	return found[0];
}

static void name_by_files_in_root_of_process(void **state)
{
	static const uint64_t numbers[] = {33,	 EU_LOOKUP_GROUP | 5, 0,
					   4711, EU_LOOKUP_GROUP | 0, 33};
	const struct fixture *f = *state;

	kit_require_root();
	kit_write(f->tree, "/c/etc/passwd", "boss:x:0:0::/b:/sh\nwww:x:33:33::/w:/no\n");
	kit_write(f->tree, "/c/etc/group", "wheel:x:0:\n");
	assert_int_equal(ask(f, f->inside, numbers, 6), 0);
	assert_int_equal(n_found, 6);
	assert_string_equal(found[0], "www:/w:/no");
	assert_string_equal(found[1], "");
	assert_string_equal(found[2], "boss:/b:/sh");
	assert_string_equal(found[3], "");
	assert_string_equal(found[4], "wheel");
	assert_string_equal(found[5], "www:/w:/no");
	assert_int_equal(ask(f, getpid(), numbers + 2, 1), 0);
	assert_memory_equal(found[0], "root:", 5);
	assert_int_equal(ask(f, f->inside, numbers, 0), 0);
	assert_int_equal(n_found, 0);
}

/* Users of a namespace have other numbers outside, as those of rootless containers have. */
static void name_what_user_namespace_makes_of_numbers(void **state)
{
	static const uint64_t numbers[] = {100000, EU_LOOKUP_GROUP | 200001, 0, 1};
	const struct fixture *f = *state;
	int ready[2], go[2];
	pid_t pid;
	char c = 0;

	kit_require_root();
	assert_int_equal(pipe2(ready, O_CLOEXEC) | pipe2(go, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		close(go[1]);
		if (unshare(CLONE_NEWUSER) < 0 || write(ready[1], &c, 1) != 1)
			_exit(1);
		_exit(read(go[0], &c, 1) != 0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	write_map(pid, "uid_map", "0 100000 10\n");
	write_map(pid, "gid_map", "0 200000 10\n");
	assert_int_equal(ask(f, pid, numbers, 4), 0);
	close(go[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(go[0]);
	close(ready[0]);
	assert_memory_equal(found[0], "root:", 5);
	assert_true(strlen(found[1]) > 0 && strcmp(found[1], "root") != 0);
	assert_string_equal(found[2], "");
	assert_string_equal(found[3], "");
}

static void know_only_the_process_that_is_meant(void **state)
{
	static const uint64_t number = 0;
	const struct fixture *f = *state;
	uint64_t start;
	pid_t pid;

	kit_require_root();
	start = start_of(f->inside);
	assert_int_equal(ask_with_start(f, f->inside, start + 2 * TICK_NS, &number, 1), -ENOENT);
	assert_int_equal(ask_with_start(f, f->inside, 0, &number, 1), -ENOENT);
	assert_int_equal(ask_with_start(f, -1, 0, &number, 1), -ENOENT);
	assert_int_equal(ask_with_start(f, 0, 0, &number, 1), -EINVAL);
	pid = fork();
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(ask_with_start(f, pid, start, &number, 1), -ENOENT);
	assert_int_equal(ask_with_start(f, f->inside, start, &number, 1), 0);
}

static void never_leave_root_of_process(void **state)
{
	const struct fixture *f = *state;

	kit_require_root();
	assert_string_equal(root_inside(f), "");
	kit_write(f->tree, "/outside", "evil:x:0:0::/:/x\n");
	kit_link(f->tree, "../../outside", "/c/etc/passwd");
	assert_string_equal(root_inside(f), "");
	unlink(kit_path(f->tree, "/c/etc/passwd"));
	kit_link(f->tree, kit_path(f->tree, "/outside"), "/c/etc/passwd");
	assert_string_equal(root_inside(f), "");
	unlink(kit_path(f->tree, "/c/etc/passwd"));
	kit_link(f->tree, "/proc/1/root/etc/passwd", "/c/etc/passwd");
	assert_string_equal(root_inside(f), "");
	unlink(kit_path(f->tree, "/c/etc/passwd"));
	kit_link(f->tree, "passwd", "/c/etc/passwd");
	assert_string_equal(root_inside(f), "");
	unlink(kit_path(f->tree, "/c/etc/passwd"));
	/* A link that stays inside is one that the container's own programs follow. */
	kit_write(f->tree, "/c/usr/passwd", "boss:x:0:0::/:/x\n");
	kit_link(f->tree, "../../../../usr/passwd", "/c/etc/passwd");
	assert_string_equal(root_inside(f), "boss:/:/x");
}

static void take_regular_files_only(void **state)
{
	const struct fixture *f = *state;
	const char *path;

	kit_require_root();
	path = kit_path(f->tree, "/c/etc/passwd");
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_string_equal(root_inside(f), "");
	unlink(path);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_string_equal(root_inside(f), "");
	rmdir(path);
	assert_int_equal(mknod(path, S_IFCHR | 0644, 1 << 8 | 5), 0); /* /dev/zero */
	assert_string_equal(root_inside(f), "");
	unlink(path);
	kit_write(f->tree, "/c/etc/passwd", "boss:x:0:0::/:/x\n");
	assert_string_equal(root_inside(f), "boss:/:/x");
	assert_int_equal(truncate(path, EU_STATE_FILE_MAX + 1), 0);
	assert_string_equal(root_inside(f), "");
}

/* A file system that never answers. */
static void wait_for_no_file_system(void **state)
{
	const struct fixture *f = *state;
	EU_CLEANUP(eu_closep) int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	static const uint64_t number = 0;
	char options[128];

	kit_require_root();
	kit_write(f->tree, "/c/etc/passwd", "boss:x:0:0::/:/x\n");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 fuse);
	if (fuse < 0 ||
	    mount("test", kit_path(f->tree, "/c/etc"), "fuse.test", MS_NOSUID, options) < 0) {
		print_message("# SKIP cannot mount FUSE: %s\n", strerror(errno));
		skip();
	}
	assert_string_equal(root_inside(f), "");
	assert_int_equal(ask(f, getpid(), &number, 1), 0); /* the next one is served */
	assert_memory_equal(found[0], "root:", 5);
	assert_int_equal(umount2(kit_path(f->tree, "/c/etc"), MNT_DETACH), 0);
	fuse = eu_close(fuse);
	assert_string_equal(root_inside(f), "boss:/:/x");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(take_first_line_of_a_number),
	    cmocka_unit_test(know_nothing_from_bad_lines_by_table),
	    cmocka_unit_test(refuse_huge_file),
	    cmocka_unit_test(translate_numbers_by_table),
	    TEST(name_by_files_in_root_of_process),
	    TEST(name_what_user_namespace_makes_of_numbers),
	    TEST(know_only_the_process_that_is_meant),
	    TEST(never_leave_root_of_process),
	    TEST(take_regular_files_only),
	    TEST(wait_for_no_file_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
