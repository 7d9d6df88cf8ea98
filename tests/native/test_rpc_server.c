/* SPDX-License-Identifier: Apache-2.0 */
/* The server itself: who gets in, pings, shutdown, its timeouts. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rpc_kit.h"
#include "util/clock.h"

#define SECOND INT64_C(1000000000)

static struct {
	struct eu_rpc_call *call;
	int n_closed;
	bool is_closed;
} seen;

static void on_closed(void *user, struct eu_rpc_call *call)
{
	(void)user;
	assert_ptr_equal(seen.call, call);
	seen.n_closed++;
	seen.is_closed = true;
	seen.call = NULL;
}

static void on_sent(void *user, struct eu_rpc_call *call)
{
	(void)user;
	(void)call;
}

static void hold(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	(void)msg;
	(void)len;
	seen.call = call;
	eu_rpc_on_closed(call, on_closed, NULL);
}

static void echo(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	eu_rpc_reply(call, msg, len);
}

static const struct eu_rpc_method methods[] = {
    {"/t.T/Hold", NULL, hold},
    {"/t.T/Echo", NULL, echo},
};

static struct kit kit;
static struct kit_client client;

static int setup(void **state)
{
	(void)state;
	memset(&seen, 0, sizeof(seen));
	kit_start(&kit, -1, methods, 2, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kit_stop(&kit);
	return 0;
}

static struct kit_call *start_held_call(int sndbuf)
{
	struct kit_call *call;

	kit_client_start(&client, &kit, sndbuf, 0, true);
	call = kit_call(&client, "/t.T/Hold", NULL, 0);
	for (int i = 0; i < 100 && !seen.call; i++)
		kit_client_turn(&client);
	assert_non_null(seen.call);
	return call;
}

static void assert_reply_works(void)
{
	struct kit_call *call = kit_call(&client, "/t.T/Echo", "hi", 2);

	kit_run_until_closed(&client, call);
	kit_assert_status(call, 0, "");
}

/* A listener bound to a name that the kernel chooses. */
static int listen_anywhere(struct sockaddr_un *ret_addr, socklen_t *ret_len)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	*ret_addr = (struct sockaddr_un){.sun_family = AF_UNIX};
	assert_int_equal(bind(fd, (struct sockaddr *)ret_addr, sizeof(sa_family_t)), 0);
	*ret_len = sizeof(*ret_addr);
	assert_int_equal(getsockname(fd, (struct sockaddr *)ret_addr, ret_len), 0);
	assert_int_equal(listen(fd, 64), 0);
	return fd;
}

static int connect_to(const struct sockaddr_un *addr, socklen_t len)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)addr, len), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static void restart_with_listener(const struct eu_rpc_options *options, struct sockaddr_un *addr,
				  socklen_t *len)
{
	int fd = listen_anywhere(addr, len);

	kit_stop(&kit);
	kit_start(&kit, fd, methods, 2, options);
}

static void accept_many_in_one_turn(void **state)
{
	struct sockaddr_un addr;
	socklen_t len;
	int fds[8];

	(void)state;
	restart_with_listener(NULL, &addr, &len);
	for (int i = 0; i < 8; i++)
		fds[i] = connect_to(&addr, len);
	kit_turn(&kit);
	for (int i = 0; i < 8; i++) {
		uint8_t settings[9];

		assert_int_equal(recv(fds[i], settings, sizeof(settings), 0), sizeof(settings));
		assert_int_equal(settings[3], NGHTTP2_SETTINGS);
		close(fds[i]);
	}
}

static void refuse_one_connection_too_many(void **state)
{
	struct sockaddr_un addr;
	socklen_t len;
	int fds[9];

	(void)state;
	restart_with_listener(NULL, &addr, &len);
	for (int i = 0; i < 9; i++)
		fds[i] = connect_to(&addr, len);
	assert_false(kit_raw_is_closed(&kit, fds[0]));
	assert_false(kit_raw_is_closed(&kit, fds[7]));
	assert_true(kit_raw_is_closed(&kit, fds[8]));
	close(fds[8]);
	close(fds[3]);
	kit_turn(&kit);
	fds[3] = connect_to(&addr, len);
	assert_false(kit_raw_is_closed(&kit, fds[3]));
	for (int i = 0; i < 8; i++)
		close(fds[i]);
}

static void refuse_peer_that_is_not_listed(void **state)
{
	uid_t other = geteuid() + 1;
	const struct eu_rpc_options options = {.uids = &other, .n_uids = 1};
	struct sockaddr_un addr;
	socklen_t len;
	int fd, pair[2];

	(void)state;
	restart_with_listener(&options, &addr, &len);
	fd = connect_to(&addr, len);
	assert_true(kit_raw_is_closed(&kit, fd));
	close(fd);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(eu_rpc_server_adopt(kit.srv, pair[0]), -EPERM);
	close(pair[0]); /* still the caller's */
	close(pair[1]);
}

static void refuse_everyone_without_list(void **state)
{
	static const uid_t nobody;
	const struct eu_rpc_options options = {.uids = &nobody, .n_uids = 0};
	int pair[2];

	(void)state;
	kit_stop(&kit);
	kit_start(&kit, -1, methods, 2, &options);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(eu_rpc_server_adopt(kit.srv, pair[0]), -EPERM);
	close(pair[0]);
	close(pair[1]);
}

static void rest_listener_without_descriptors(void **state)
{
	struct rlimit old, none;
	struct sockaddr_un addr;
	socklen_t len;
	int fd;

	(void)state;
	restart_with_listener(NULL, &addr, &len);
	fd = connect_to(&addr, len);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = (rlim_t)fd + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	kit_turn(&kit);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	/* It does not spin, and it is back after a while. */
	assert_int_equal(eu_loop_turn(kit.loop, 0), 0);
	assert_int_equal(eu_rpc_server_next_timeout_ns(kit.srv, kit_now_ns), SECOND / 10);
	kit_now_ns += SECOND / 10;
	assert_int_equal(eu_rpc_server_next_timeout_ns(kit.srv, kit_now_ns), 0);
	kit_turn(&kit);
	kit_turn(&kit);
	assert_int_equal(eu_rpc_server_next_timeout_ns(kit.srv, kit_now_ns), 5 * SECOND);
	close(fd);
}

static void need_no_timeout_without_connections(void **state)
{
	(void)state;
	assert_int_equal(eu_rpc_server_next_timeout_ns(kit.srv, kit_now_ns), -1);
}

static void ping_only_after_silence(void **state)
{
	(void)state;
	start_held_call(0);
	kit_run(&client, 5);
	assert_int_equal(eu_rpc_server_next_timeout_ns(kit.srv, kit_now_ns), 5 * SECOND);
	kit_now_ns += 4 * SECOND;
	assert_reply_works();
	kit_now_ns += 4 * SECOND;
	kit_run(&client, 5);
	assert_int_equal(client.pings, 0);
	kit_now_ns += SECOND;
	kit_run(&client, 5);
	assert_int_equal(client.pings, 1);
	/* It was answered. */
	assert_int_equal(eu_rpc_server_next_timeout_ns(kit.srv, kit_now_ns), 5 * SECOND);
	for (int i = 0; i < 10; i++) {
		kit_now_ns += 5 * SECOND;
		kit_run(&client, 5);
	}
	assert_int_equal(client.pings, 11);
	assert_int_equal(seen.n_closed, 0);
	assert_reply_works();
	kit_client_stop(&client);
}

static void close_peer_that_never_answers_ping(void **state)
{
	struct eu_rpc_call *call;

	(void)state;
	start_held_call(0);
	call = seen.call;
	kit_run(&client, 5);
	client.is_deaf = true;
	kit_now_ns += 5 * SECOND;
	kit_client_turn(&client);
	assert_false(eu_rpc_peer_is_stale(call));
	kit_now_ns += 5 * SECOND - 1;
	kit_client_turn(&client);
	assert_false(eu_rpc_peer_is_stale(call));
	assert_int_equal(eu_rpc_server_next_timeout_ns(kit.srv, kit_now_ns), 1);
	kit_now_ns += 1;
	assert_true(eu_rpc_peer_is_stale(call));
	assert_int_equal(seen.n_closed, 0);
	eu_rpc_server_tick(kit.srv, kit_now_ns);
	assert_int_equal(seen.n_closed, 1);
	client.is_deaf = false;
	kit_client_turn(&client);
	assert_int_equal(client.fd, -1);
	kit_client_stop(&client);
}

static void close_stalled_stream_reader(void **state)
{
	uint8_t *big = calloc(1, 1 << 20);

	(void)state;
	start_held_call(4096);
	client.is_deaf = true;
	assert_int_equal(eu_rpc_stream_send(seen.call, big, 1 << 20, on_sent), 0);
	for (int i = 0; i < 20 && !seen.is_closed; i++) {
		kit_now_ns += SECOND;
		kit_client_turn(&client);
	}
	assert_true(seen.is_closed);
	free(big);
	kit_client_stop(&client);
}

static void close_silent_connection(void **state)
{
	int fd = kit_connect(&kit, 0);

	(void)state;
	kit_now_ns += 5 * SECOND;
	assert_false(kit_raw_is_closed(&kit, fd));
	kit_now_ns += 5 * SECOND - 1;
	assert_false(kit_raw_is_closed(&kit, fd));
	kit_now_ns += 1;
	assert_true(kit_raw_is_closed(&kit, fd));
	close(fd);
}

static void fail_calls_at_shutdown(void **state)
{
	struct kit_call *call = start_held_call(0);

	(void)state;
	eu_rpc_server_shutdown(kit.srv, "collector is shutting down", SECOND);
	assert_int_equal(seen.n_closed, 1);
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 14, "collector is shutting down");
	assert_true(client.is_going_away);
	kit_run(&client, 2);
	assert_int_equal(client.fd, -1);
	kit_client_stop(&client);
}

static void fail_open_stream_at_shutdown(void **state)
{
	struct kit_call *call = start_held_call(0);

	(void)state;
	/* Headers and a message are out, so that the status comes as trailers behind DATA. */
	assert_int_equal(eu_rpc_stream_send(seen.call, (const uint8_t *)"abc", 3, on_sent), 0);
	kit_run(&client, 5);
	eu_rpc_server_shutdown(kit.srv, "collector is shutting down", SECOND);
	assert_int_equal(seen.n_closed, 1);
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 14, "collector is shutting down");
	kit_assert_message(call, "abc", 3);
	kit_client_stop(&client);
}

static void bound_shutdown_with_peer_that_does_not_read(void **state)
{
	uint8_t *big = calloc(1, 1 << 20);
	int64_t before;

	(void)state;
	start_held_call(4096);
	client.is_deaf = true;
	assert_int_equal(eu_rpc_stream_send(seen.call, big, 1 << 20, on_sent), 0);
	assert_true(eu_rpc_stream_end(seen.call, EU_RPC_OK, NULL));
	kit_client_turn(&client);
	before = eu_clock_ns(CLOCK_MONOTONIC);
	eu_rpc_server_shutdown(kit.srv, "bye", SECOND / 20);
	assert_true(eu_clock_ns(CLOCK_MONOTONIC) - before < 5 * SECOND);
	assert_int_equal(seen.n_closed, 1);
	free(big);
	kit_client_stop(&client);
}

static void count_connections(void **state)
{
	uint64_t first;

	(void)state;
	start_held_call(0);
	first = eu_rpc_peer(seen.call).connection;
	kit_client_stop(&client);
	kit_turn(&kit);
	assert_int_equal(seen.n_closed, 1);
	start_held_call(0);
	assert_int_equal(eu_rpc_peer(seen.call).connection, first + 1);
	kit_client_stop(&client);
}

static void keep_nothing_of_closed_connections(void **state)
{
	size_t before = 0;

	(void)state;
	for (int i = 0; i < 50; i++) {
		if (i == 10)
			before = kit_heap();
		seen.call = NULL;
		start_held_call(0);
		assert_reply_works();
		kit_client_stop(&client);
		kit_turn(&kit);
	}
	assert_true(kit_heap() <= before + 4096);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(accept_many_in_one_turn),
	    TEST(refuse_one_connection_too_many),
	    TEST(refuse_peer_that_is_not_listed),
	    TEST(refuse_everyone_without_list),
	    TEST(rest_listener_without_descriptors),
	    TEST(need_no_timeout_without_connections),
	    TEST(ping_only_after_silence),
	    TEST(close_peer_that_never_answers_ping),
	    TEST(close_stalled_stream_reader),
	    TEST(close_silent_connection),
	    TEST(fail_calls_at_shutdown),
	    TEST(fail_open_stream_at_shutdown),
	    TEST(bound_shutdown_with_peer_that_does_not_read),
	    TEST(count_connections),
	    TEST(keep_nothing_of_closed_connections),
	};

	return cmocka_run_group_tests_name("rpc_server", tests, NULL, NULL);
}
