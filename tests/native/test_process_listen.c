/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "process/listen.h"
#include "util/cleanup.h"

struct place {
	char dir[64], path[96];
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	strcpy(p->dir, "/tmp/eunomia-listen-XXXXXX");
	if (!mkdtemp(p->dir))
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/x.sock", p->dir);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	rmdir(p->dir);
	free(p);
	return 0;
}

static int connect_to(const char *path)
{
	EU_CLEANUP(eu_closep) int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	return connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
}

static void open_makes_a_socket_for_owner_and_group(void **state)
{
	const struct place *p = *state;
	struct eu_listener l;
	struct stat st;

	assert_int_equal(eu_listener_open(&l, p->path), 0);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(connect_to(p->path), 0);
	eu_listener_close(&l);
	assert_int_equal(access(p->path, F_OK), -1);
}

static void open_replaces_a_stale_socket(void **state)
{
	const struct place *p = *state;
	struct eu_listener stale, l;

	assert_int_equal(eu_listener_open(&stale, p->path), 0);
	eu_close(stale.fd);
	assert_int_equal(connect_to(p->path), -ECONNREFUSED);
	assert_int_equal(eu_listener_open(&l, p->path), 0);
	assert_int_equal(connect_to(p->path), 0);
	eu_listener_close(&l);
}

static void open_leaves_a_living_socket_alone(void **state)
{
	const struct place *p = *state;
	struct eu_listener first, second;

	assert_int_equal(eu_listener_open(&first, p->path), 0);
	assert_int_equal(eu_listener_open(&second, p->path), -EADDRINUSE);
	assert_int_equal(connect_to(p->path), 0);
	eu_listener_close(&first);
}

static void open_leaves_other_files_alone(void **state)
{
	const struct place *p = *state;
	struct eu_listener l;
	FILE *f = fopen(p->path, "w");

	fclose(f);
	assert_int_equal(eu_listener_open(&l, p->path), -EADDRINUSE);
	assert_int_equal(access(p->path, F_OK), 0);
}

static void open_without_its_directory(void **state)
{
	struct eu_listener l;

	(void)state;
	assert_int_equal(eu_listener_open(&l, "/nonexistent/x.sock"), -ENOENT);
}

static void adopt_takes_only_listening_unix_sockets(void **state)
{
	const struct place *p = *state;
	struct eu_listener opened, adopted;
	int pair[2];

	assert_int_equal(eu_listener_adopt(&adopted, STDIN_FILENO), -ENOTSOCK);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(eu_listener_adopt(&adopted, pair[0]), -EINVAL);
	assert_int_equal(eu_listener_open(&opened, p->path), 0);
	assert_int_equal(eu_listener_adopt(&adopted, opened.fd), 0);
	adopted.fd = -1;
	eu_listener_close(&adopted);
	assert_int_equal(access(p->path, F_OK), 0);
	eu_listener_close(&opened);
	eu_close(pair[0]);
	eu_close(pair[1]);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(open_makes_a_socket_for_owner_and_group),
	    TEST(open_replaces_a_stale_socket),
	    TEST(open_leaves_a_living_socket_alone),
	    TEST(open_leaves_other_files_alone),
	    TEST(open_without_its_directory),
	    TEST(adopt_takes_only_listening_unix_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
