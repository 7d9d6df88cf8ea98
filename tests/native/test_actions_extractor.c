/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <grp.h>
#include <linux/fuse.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "actions/extractor.h"
#include "actions/extractor_server.h"
#include "test_actions_kit.h"

#define UID 64123

/* The extraction functions run in the jailed child: whatever they do is the test's attack. */

static int do_answer(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	(void)id;
	memset(ret, 0, sizeof(*ret));
	snprintf(ret->found.name, sizeof(ret->found.name), "%.*s", (int)len, json);
	ret->found.created_unix_ns = 7;
	return 0;
}

static int do_answer_id(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	(void)json, (void)len;
	memset(ret, 0, sizeof(*ret));
	snprintf(ret->found.name, sizeof(ret->found.name), "%s", id);
	return 0;
}

static int do_fail(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	(void)id, (void)json, (void)len, (void)ret;
	return -EBADMSG;
}

static int do_hang(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	(void)id, (void)len, (void)ret;
	for (const volatile char *c = json;;)
		(void)*c;
}

static int do_crash(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	(void)id, (void)json, (void)len, (void)ret;
	__builtin_trap();
}

/* A whole answer of its own, in front of the one that is written for it. */
static int do_answer_twice(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	static const struct eu_extractor_reply forged;
	ssize_t n = write(STDOUT_FILENO, &forged, sizeof(forged));

	(void)n;
	return do_answer(json, len, id, ret);
}

static int do_answer_without_end(const char *json, size_t len, const char *id,
				 struct eu_extract *ret)
{
	(void)id, (void)json, (void)len;
	memset(ret, 'x', sizeof(*ret));
	ret->found.flags = 0;
	ret->found.owner_uid = 0;
	return 0;
}

static int do_bad_error(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	(void)id, (void)json, (void)len, (void)ret;
	return 1;
}

static int do_open(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	(void)id, (void)json, (void)len;
	memset(ret, 0, sizeof(*ret));
	close(open("/etc/hostname", O_RDONLY | O_CLOEXEC));
	return 0;
}

static int do_socket(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	(void)id, (void)json, (void)len;
	memset(ret, 0, sizeof(*ret));
	close(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	return 0;
}

static int do_fork(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	(void)id, (void)json, (void)len;
	memset(ret, 0, sizeof(*ret));
	if (fork() == 0)
		_exit(0);
	return 0;
}

static int do_exec(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	(void)id, (void)json, (void)len;
	memset(ret, 0, sizeof(*ret));
	execl("/bin/true", "true", (char *)NULL);
	return 0;
}

/* Its stdin, the file, and its stdout must be all it has: EBADF everywhere else. */
static int do_count_descriptors(const char *json, size_t len, const char *id,
				struct eu_extract *ret)
{
	char c;

	(void)id, (void)json, (void)len;
	memset(ret, 0, sizeof(*ret));
	for (int fd = 2; fd < 256; fd++)
		ret->found.created_unix_ns += read(fd, &c, 0) == 0 || errno != EBADF;
	return 0;
}

static int do_eat_memory(const char *json, size_t len, const char *id, struct eu_extract *ret)
{
	static char *volatile eaten; /* or the compiler sees that nobody wants it */

	(void)id, (void)json, (void)len;
	memset(ret, 0, sizeof(*ret));
	for (size_t mib = 0; mib < 1024; mib++) {
		eaten = malloc(1024 * 1024);
		if (!eaten)
			return -ENOMEM;
	}
	return 0;
}

struct fixture {
	struct kit_tree *tree;
	int file;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f || kit_setup((void **)&f->tree) < 0)
		return -1;
	kit_write(f->tree, "/file", "hello");
	f->file = open(kit_path(f->tree, "/file"), O_RDONLY | O_CLOEXEC);
	*state = f;
	return f->file < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	close(f->file);
	kit_teardown((void **)&f->tree);
	free(f);
	return 0;
}

static struct eu_extractor *start(eu_extract_fn fn, eu_extract_fn second, int timeout_ms)
{
	static eu_extract_fn table[_EU_EXTRACT_MAX];
	struct eu_extractor_options options = {
	    .uid = UID, .timeout_ms = timeout_ms, .table = table};
	struct eu_extractor *x = NULL;

	table[EU_EXTRACT_DOCKER] = fn;
	table[EU_EXTRACT_OCI] = second;
	table[EU_EXTRACT_CONMON] = second;
	assert_int_equal(eu_extractor_new(&x, &options), 0);
	return x;
}

static void answer_from_child(void **state)
{
	struct fixture *f = *state;
	EU_CLEANUP(eu_extractor_freep) struct eu_extractor *x = NULL;
	struct eu_extract e;

	kit_require_root();
	x = start(do_answer, do_fail, 10000);
	assert_int_equal(eu_extractor_run(x, EU_EXTRACT_DOCKER, f->file, "c1", &e), 0);
	assert_string_equal(e.found.name, "hello");
	assert_int_equal(e.found.created_unix_ns, 7);
	assert_int_equal(eu_extractor_run(x, EU_EXTRACT_OCI, f->file, "c1", &e), -EBADMSG);
	assert_int_equal(eu_extractor_run(x, 99, f->file, "c1", &e), -EINVAL);
	assert_true(eu_extractor_alive(x));
}

static void tell_child_whom_it_is_about(void **state)
{
	struct fixture *f = *state;
	EU_CLEANUP(eu_extractor_freep) struct eu_extractor *x = NULL;
	struct eu_extract e;

	kit_require_root();
	x = start(do_answer_id, do_fail, 10000);
	assert_int_equal(eu_extractor_run(x, EU_EXTRACT_DOCKER, f->file, KIT_ID, &e), 0);
	assert_string_equal(e.found.name, KIT_ID);
}

/* Each of them is answered with an error, and the next request is served as if nothing was. */
static void survive_child_by_table(void **state)
{
	static const struct {
		const char *name;
		eu_extract_fn fn;
		int timeout_ms;
		int r;
	} cases[] = {
	    {"hang", do_hang, 50, -ETIMEDOUT},
	    {"crash", do_crash, 10000, -EPROTO},
	    {"answer twice", do_answer_twice, 10000, -EPROTO},
	    {"answer without end", do_answer_without_end, 10000, -EPROTO},
	    {"bad error", do_bad_error, 10000, -EPROTO},
	    {"open", do_open, 10000, -EPROTO},
	    {"socket", do_socket, 10000, -EPROTO},
	    {"fork", do_fork, 10000, -EPROTO},
	    {"exec", do_exec, 10000, -EPROTO},
	};
	struct fixture *f = *state;

	kit_require_root();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		EU_CLEANUP(eu_extractor_freep)
		struct eu_extractor *x = start(cases[i].fn, do_fail, cases[i].timeout_ms);
		struct eu_extract e, before;

		memset(&before, 0xee, sizeof(before));
		e = before;
		print_message("# child: %s\n", cases[i].name);
		assert_int_equal(eu_extractor_run(x, EU_EXTRACT_DOCKER, f->file, "c1", &e),
				 cases[i].r);
		assert_memory_equal(&e, &before, sizeof(e));
		assert_true(eu_extractor_alive(x));
		lseek(f->file, 0, SEEK_SET);
	}
}

static void serve_after_child_that_hung(void **state)
{
	struct fixture *f = *state;
	EU_CLEANUP(eu_extractor_freep) struct eu_extractor *x = NULL;
	struct eu_extract e;

	kit_require_root();
	x = start(do_hang, do_answer, 2000);
	assert_int_equal(eu_extractor_run(x, EU_EXTRACT_DOCKER, f->file, "c1", &e), -ETIMEDOUT);
	lseek(f->file, 0, SEEK_SET);
	assert_int_equal(eu_extractor_run(x, EU_EXTRACT_OCI, f->file, "c1", &e), 0);
	assert_string_equal(e.found.name, "hello");
}

/* -- a file system that answers everything but a read -- */

static void answer_fuse(int fd, uint64_t unique, int error, const void *body, size_t size)
{
	char buf[512];
	struct fuse_out_header head = {
	    .len = (uint32_t)(sizeof(head) + (error ? 0 : size)), .error = error, .unique = unique};
	ssize_t n;

	memcpy(buf, &head, sizeof(head));
	memcpy(buf + sizeof(head), body, size);
	n = write(fd, buf, head.len);
	(void)n;
}

static struct fuse_attr attr_of(uint64_t node)
{
	return (struct fuse_attr){.ino = node,
				  .mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0444,
				  .nlink = 1,
				  .size = 4096};
}

static void serve_fuse_request(int fd, const struct fuse_in_header *in)
{
	struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096};
	struct fuse_entry_out entry = {.nodeid = 2, .attr = attr_of(2), .attr_valid = 60};
	struct fuse_attr_out attr = {.attr = attr_of(in->nodeid), .attr_valid = 60};
	struct fuse_open_out opened = {.fh = 1, .open_flags = FOPEN_DIRECT_IO};

	switch (in->opcode) {
	case FUSE_INIT:
		answer_fuse(fd, in->unique, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer_fuse(fd, in->unique, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
		answer_fuse(fd, in->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		answer_fuse(fd, in->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
	case FUSE_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer_fuse(fd, in->unique, -ENOSYS, "", 0);
	}
}

static _Noreturn void serve_fuse(int fd)
{
	static _Alignas(8) char buf[FUSE_MIN_READ_BUFFER * 2];

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* nothing stays stuck when the test fails */
	while (read(fd, buf, sizeof(buf)) > 0)
		serve_fuse_request(fd, (const struct fuse_in_header *)buf);
	_exit(0);
}

/* Returns the pid of its server, or -errno. */
static pid_t mount_fuse(const char *at)
{
	EU_CLEANUP(eu_closep) int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[128];
	pid_t pid;

	if (fd < 0)
		return -errno;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 fd);
	if (mount("test", at, "fuse.test", MS_NOSUID | MS_NODEV, options) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		serve_fuse(fd);
	return pid;
}

/* Not even SIGKILL ends a process that waits for such an answer. */
static void leave_child_behind_that_cannot_be_ended(void **state)
{
	enum { STUCK_MAX = 8, TRIES_MAX = 200 };
	struct fixture *f = *state;
	EU_CLEANUP(eu_extractor_freep) struct eu_extractor *x = NULL;
	EU_CLEANUP(eu_closep) int stuck = -1;
	struct eu_extract e;
	pid_t server;
	int r = -ETIMEDOUT, tries;

	kit_require_root();
	x = start(do_answer, do_answer, 50);
	kit_mkdirs(f->tree, "/fuse", 1);
	server = mount_fuse(kit_path(f->tree, "/fuse"));
	if (server < 0) {
		print_message("# SKIP cannot mount FUSE: %s\n", strerror(-server));
		skip();
	}
	stuck = open(kit_path(f->tree, "/fuse/file"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(umount2(kit_path(f->tree, "/fuse"), MNT_DETACH), 0);
	assert_true(stuck >= 0);
	/* On a busy machine some children come to their end before they read. */
	for (tries = 0; r == -ETIMEDOUT && tries < TRIES_MAX; tries++)
		r = eu_extractor_run(x, EU_EXTRACT_CONMON, stuck, "c1", &e);
	assert_int_equal(r, -EBUSY);
	assert_true(tries > STUCK_MAX);
	assert_int_equal(eu_extractor_run(x, EU_EXTRACT_OCI, f->file, "c1", &e), 0);
	assert_string_equal(e.found.name, "hello");

	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	for (int i = 0; i < 1000 && r == -EBUSY; i++) {
		usleep(10000);
		lseek(f->file, 0, SEEK_SET);
		r = eu_extractor_run(x, EU_EXTRACT_CONMON, f->file, "c1", &e);
	}
	assert_int_equal(r, 0);
}

static void give_child_nothing_but_its_file(void **state)
{
	struct fixture *f = *state;
	EU_CLEANUP(eu_extractor_freep) struct eu_extractor *x = NULL;
	struct eu_extract e;

	kit_require_root();
	x = start(do_count_descriptors, do_fail, 10000);
	assert_int_equal(eu_extractor_run(x, EU_EXTRACT_DOCKER, f->file, "c1", &e), 0);
	assert_int_equal(e.found.created_unix_ns, 0);
}

/* The file may grow after it was looked at. */
static void refuse_file_over_cap(void **state)
{
	struct fixture *f = *state;
	EU_CLEANUP(eu_extractor_freep) struct eu_extractor *x = NULL;
	struct eu_extract e;

	kit_require_root();
	x = start(do_answer, do_fail, 10000);
	assert_int_equal(truncate(kit_path(f->tree, "/file"), EU_STATE_FILE_MAX + 1), 0);
	assert_int_equal(eu_extractor_run(x, EU_EXTRACT_DOCKER, f->file, "c1", &e), -EFBIG);
	lseek(f->file, 0, SEEK_SET);
	assert_int_equal(truncate(kit_path(f->tree, "/file"), EU_STATE_FILE_MAX), 0);
	assert_int_equal(eu_extractor_run(x, EU_EXTRACT_DOCKER, f->file, "c1", &e), 0);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NO_MEMORY_LIMIT
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define NO_MEMORY_LIMIT
#endif

static void limit_memory_of_child(void **state)
{
#ifdef NO_MEMORY_LIMIT
	(void)state;
	(void)do_eat_memory;
	print_message("# SKIP a sanitizer needs all address space: run without one\n");
	skip();
#else
	struct fixture *f = *state;
	EU_CLEANUP(eu_extractor_freep) struct eu_extractor *x = NULL;
	struct eu_extract e;

	kit_require_root();
	x = start(do_eat_memory, do_fail, 10000);
	assert_int_equal(eu_extractor_run(x, EU_EXTRACT_DOCKER, f->file, "c1", &e), -ENOMEM);
#endif
}

/* The only child of this process is the server. */
static pid_t find_server(void)
{
	char path[64];
	int pid = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	EU_CLEANUP(eu_fclosep) FILE *f = fopen(path, "re");
	if (!f || fscanf(f, "%d", &pid) != 1)
		return 0;
	return pid;
}

static void check_line(const char *status, const char *line)
{
	print_message("# %s", line + 1);
	assert_non_null(strstr(status, line));
}

static void give_up_every_right(void **state)
{
	EU_CLEANUP(eu_extractor_freep) struct eu_extractor *x = NULL;
	EU_CLEANUP(eu_fclosep) FILE *f = NULL;
	char status[8192] = "";
	char path[64];

	(void)state;
	kit_require_root();
	assert_int_equal(setgroups(2, (const gid_t[]){5, 6}), 0);
	x = start(do_answer, do_fail, 10000);
	assert_int_equal(setgroups(0, NULL), 0);
	snprintf(path, sizeof(path), "/proc/%d/status", find_server());
	f = fopen(path, "re");
	assert_non_null(f);
	assert_true(fread(status, 1, sizeof(status) - 1, f) > 0);
	check_line(status, "\nUid:\t64123\t64123\t64123\t64123\n");
	check_line(status, "\nGid:\t64123\t64123\t64123\t64123\n");
	check_line(status, "\nGroups:\t \n");
	check_line(status, "\nCapInh:\t0000000000000000\n");
	check_line(status, "\nCapPrm:\t0000000000000000\n");
	check_line(status, "\nCapEff:\t0000000000000000\n");
	check_line(status, "\nCapBnd:\t0000000000000000\n");
	check_line(status, "\nCapAmb:\t0000000000000000\n");
	check_line(status, "\nNoNewPrivs:\t1\n");
	check_line(status, "\nSeccomp:\t2\n");
}

static void notice_server_that_is_gone(void **state)
{
	struct fixture *f = *state;
	EU_CLEANUP(eu_extractor_freep) struct eu_extractor *x = NULL;
	struct eu_extract e;

	kit_require_root();
	x = start(do_answer, do_fail, 10000);
	kill(find_server(), SIGKILL);
	assert_int_equal(eu_extractor_run(x, EU_EXTRACT_DOCKER, f->file, "c1", &e), -EPIPE);
	assert_false(eu_extractor_alive(x));
	assert_int_equal(eu_extractor_run(x, EU_EXTRACT_DOCKER, f->file, "c1", &e), -EPIPE);
}

/* In a process of its own, because it gives up what the other tests need. */
static void refuse_start_without_rights(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	kit_require_root();
	pid = fork();
	if (pid == 0) {
		struct eu_extractor_options options = {
		    .uid = UID, .timeout_ms = 10000, .table = eu_extract_table};
		struct eu_extractor *x = NULL;

		if (setresuid(UID + 1, UID + 1, UID + 1) < 0)
			_exit(2);
		_exit(eu_extractor_new(&x, &options) == -EPERM && !x ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(answer_from_child),
	    TEST(tell_child_whom_it_is_about),
	    TEST(survive_child_by_table),
	    TEST(serve_after_child_that_hung),
	    TEST(leave_child_behind_that_cannot_be_ended),
	    TEST(tell_child_whom_it_is_about),
	    TEST(give_child_nothing_but_its_file),
	    TEST(refuse_file_over_cap),
	    TEST(limit_memory_of_child),
	    TEST(give_up_every_right),
	    TEST(notice_server_that_is_gone),
	    TEST(refuse_start_without_rights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
