/* SPDX-License-Identifier: Apache-2.0 */
/* Server streaming: the borrowed message, slow readers, ends from both sides. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc_kit.h"

#define SECOND	   INT64_C(1000000000)
#define MIB	   (1024 * 1024)
#define SMALL	   4096 /* a send buffer much smaller than a message */
#define OUT_BUFFER (256 * 1024)

struct stream {
	struct eu_rpc_call *call; /* NULL when dead */
	int n_sent;
	int n_closed;
	int to_send; /* sent() goes on until none is left */
	bool is_sent;
	bool is_closed;
};

static struct stream streams[KIT_CALLS];
static int n_streams;
static int late_send_result;
static uint8_t *big;
static struct kit kit;
static struct kit_client client;

static void on_closed(void *user, struct eu_rpc_call *call)
{
	struct stream *stream = user;

	assert_ptr_equal(stream->call, call);
	stream->call = NULL;
	stream->n_closed++;
	stream->is_closed = true;
}

static void on_sent(void *user, struct eu_rpc_call *call)
{
	struct stream *stream = user;

	assert_ptr_equal(stream->call, call);
	stream->n_sent++;
	stream->is_sent = true;
	if (stream->to_send && --stream->to_send)
		assert_int_equal(eu_rpc_stream_send(call, big, 1000, on_sent), 0);
}

static void start_stream(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	(void)msg;
	(void)len;
	eu_rpc_on_closed(call, on_closed, &streams[n_streams]);
	streams[n_streams++].call = call;
}

static void echo(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	eu_rpc_reply(call, msg, len);
}

static void fail_unsent(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	(void)msg;
	(void)len;
	assert_int_equal(eu_rpc_stream_send(call, big, MIB, on_sent), 0);
	eu_rpc_fail(call, EU_RPC_ABORTED, "changed my mind");
}

static void send_late(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	late_send_result = eu_rpc_stream_send(streams[0].call, big, 10, on_sent);
	eu_rpc_reply(call, msg, len);
}

static const struct eu_rpc_method methods[] = {
    {"/t.T/Stream", NULL, start_stream},
    {"/t.T/Echo", NULL, echo},
    {"/t.T/FailUnsent", NULL, fail_unsent},
    {"/t.T/SendLate", NULL, send_late},
};

static int setup(void **state)
{
	(void)state;
	memset(streams, 0, sizeof(streams));
	n_streams = 0;
	big = malloc(MIB);
	for (int i = 0; i < MIB; i++)
		big[i] = (uint8_t)(i * 7 + i / 251);
	kit_start(&kit, -1, methods, sizeof(methods) / sizeof(methods[0]), NULL);
	kit_client_start(&client, &kit, SMALL, 0, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kit_client_stop(&client);
	kit_stop(&kit);
	free(big);
	big = NULL;
	return 0;
}

/* big must not be read any more. */
static void free_big(void)
{
	free(big);
	big = NULL;
}

static struct kit_call *open_stream(void)
{
	struct kit_call *call = kit_call(&client, "/t.T/Stream", NULL, 0);
	int before = n_streams;

	for (int i = 0; i < 1000 && n_streams == before; i++)
		kit_client_turn(&client);
	assert_int_equal(n_streams, before + 1);
	return call;
}

static void send_big(size_t len)
{
	streams[0].is_sent = false;
	assert_int_equal(eu_rpc_stream_send(streams[0].call, big, len, on_sent), 0);
}

static void assert_reply_works(void)
{
	struct kit_call *call = kit_call(&client, "/t.T/Echo", "hi", 2);

	kit_run_until_closed(&client, call);
	kit_assert_status(call, 0, "");
	kit_assert_message(call, "hi", 2);
}

static void send_messages_and_end(void **state)
{
	struct kit_call *call = open_stream();

	(void)state;
	for (int i = 0; i < 3; i++) {
		send_big(100);
		kit_run_until(&client, &streams[0].is_sent);
	}
	assert_false(eu_rpc_stream_end(streams[0].call, EU_RPC_OK, NULL));
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 0, "");
	assert_int_equal(call->body_len, 3 * (KIT_PREFIX + 100));
	for (int i = 0; i < 3; i++)
		assert_memory_equal(call->body + i * 105, "\0\0\0\0\x64", 5);
	assert_memory_equal(call->body + 2 * 105 + KIT_PREFIX, big, 100);
	assert_int_equal(streams[0].n_closed, 0);
}

static void send_writes_at_once_and_never_calls_back(void **state)
{
	uint8_t byte;

	(void)state;
	open_stream();
	kit_run(&client, 5);
	assert_int_equal(recv(client.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT), -1);
	send_big(100);
	assert_int_equal(recv(client.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT), 1);
	assert_false(streams[0].is_sent);
	assert_int_equal(eu_rpc_server_next_timeout_ns(kit.srv, kit_now_ns), 0);
	eu_rpc_server_tick(kit.srv, kit_now_ns);
	assert_true(streams[0].is_sent);
}

static void send_large_message_over_small_socket_buffer(void **state)
{
	struct kit_call *call = open_stream();

	(void)state;
	send_big(MIB);
	assert_false(eu_rpc_server_next_timeout_ns(kit.srv, kit_now_ns) == 0);
	kit_run_until(&client, &streams[0].is_sent);
	assert_true(call->body_len + OUT_BUFFER + 65536 >= MIB);
	assert_false(eu_rpc_stream_end(streams[0].call, EU_RPC_OK, NULL));
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 0, "");
	kit_assert_message(call, big, MIB);
	assert_int_equal(streams[0].n_sent, 1);
}

static void send_one_at_a_time_to_slow_reader(void **state)
{
	struct kit_call *call = open_stream();
	size_t before, after;

	(void)state;
	client.is_deaf = true;
	before = kit_heap();
	send_big(MIB);
	for (int i = 0; i < 1000; i++) {
		kit_client_turn(&client);
		assert_int_equal(eu_rpc_stream_send(streams[0].call, big, MIB, on_sent), -EBUSY);
	}
	after = kit_heap();
	assert_true(after < before + OUT_BUFFER + 65536);
	assert_int_equal(streams[0].n_sent, 0);
	client.is_deaf = false;
	kit_run_until(&client, &streams[0].is_sent);
	eu_rpc_stream_end(streams[0].call, EU_RPC_OK, NULL);
	kit_run_until_closed(&client, call);
	kit_assert_message(call, big, MIB);
	kit_run(&client, 3);
	assert_true(kit_heap() < before + MIB + 65536); /* the client's copy, no out buffer */
}

static void keep_other_calls_going_beside_reader_without_window(void **state)
{
	struct kit_call *call;

	(void)state;
	kit_client_stop(&client);
	kit_client_start(&client, &kit, 0, 16384, false);
	call = open_stream();
	send_big(MIB);
	kit_run(&client, 20);
	assert_int_equal(call->body_len, 16384);
	assert_false(streams[0].is_sent);
	assert_reply_works();
	kit_cancel(&client, call);
	kit_run_until(&client, &streams[0].is_closed);
	free_big();
	assert_reply_works();
	assert_int_equal(streams[0].n_closed, 1);
	assert_int_equal(streams[0].n_sent, 0);
}

static void end_after_message_in_flight(void **state)
{
	struct kit_call *call = open_stream();

	(void)state;
	send_big(MIB);
	assert_true(eu_rpc_stream_end(streams[0].call, EU_RPC_UNAVAILABLE, "going down"));
	kit_run_until(&client, &streams[0].is_sent);
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 14, "going down");
	kit_assert_message(call, big, MIB);
	assert_int_equal(streams[0].n_sent, 1);
	assert_int_equal(streams[0].n_closed, 0);
}

static void tell_sent_when_stream_closes_in_same_write(void **state)
{
	struct kit_call *call = open_stream();

	(void)state;
	send_big(100); /* is out with this call, sent() is still to come */
	assert_true(eu_rpc_stream_end(streams[0].call, EU_RPC_OK, NULL));
	kit_run_until(&client, &streams[0].is_sent);
	kit_run_until_closed(&client, call);
	kit_run(&client, 5);
	kit_assert_status(call, 0, "");
	assert_int_equal(streams[0].n_sent, 1);
	assert_int_equal(streams[0].n_closed, 0);
}

static void end_without_message(void **state)
{
	struct kit_call *call = open_stream();

	(void)state;
	assert_false(eu_rpc_stream_end(streams[0].call, EU_RPC_FAILED_PRECONDITION, "abi"));
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 9, "abi");
	assert_int_equal(call->body_len, 0);
}

static void fail_with_message_partly_sent(void **state)
{
	struct kit_call *call = open_stream();

	(void)state;
	send_big(MIB);
	kit_run(&client, 3);
	eu_rpc_fail(streams[0].call, EU_RPC_RESOURCE_EXHAUSTED, "taken over");
	free_big();
	kit_run_until_closed(&client, call);
	assert_int_equal(call->error, NGHTTP2_CANCEL);
	assert_int_equal(call->status, -1);
	assert_reply_works();
	assert_int_equal(streams[0].n_sent, 0);
	assert_int_equal(streams[0].n_closed, 0);
}

static void fail_while_ending(void **state)
{
	struct kit_call *call = open_stream();

	(void)state;
	send_big(MIB);
	assert_true(eu_rpc_stream_end(streams[0].call, EU_RPC_OK, NULL));
	kit_run(&client, 3);
	eu_rpc_fail(streams[0].call, EU_RPC_RESOURCE_EXHAUSTED, "taken over");
	free_big();
	kit_run_until_closed(&client, call);
	assert_int_equal(call->error, NGHTTP2_CANCEL);
	assert_reply_works();
	assert_int_equal(streams[0].n_sent, 0);
	assert_int_equal(streams[0].n_closed, 0);
}

static void fail_with_message_unsent(void **state)
{
	struct kit_call *call = kit_call(&client, "/t.T/FailUnsent", NULL, 0);

	(void)state;
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 10, "changed my mind");
	assert_int_equal(call->body_len, 0);
}

static void fail_between_messages(void **state)
{
	struct kit_call *call = open_stream();

	(void)state;
	send_big(10);
	kit_run_until(&client, &streams[0].is_sent);
	eu_rpc_fail(streams[0].call, EU_RPC_DATA_LOSS, "ring broken");
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 15, "ring broken");
	kit_assert_message(call, big, 10);
}

static void close_stream_on_cancel_within_message(void **state)
{
	struct kit_call *call = open_stream();

	(void)state;
	send_big(MIB);
	kit_run(&client, 3);
	kit_cancel(&client, call);
	kit_run_until(&client, &streams[0].is_closed);
	free_big();
	assert_reply_works();
	assert_int_equal(streams[0].n_closed, 1);
	assert_int_equal(streams[0].n_sent, 0);
}

static void close_stream_on_disconnect_within_message(void **state)
{
	(void)state;
	open_stream();
	send_big(MIB);
	kit_run(&client, 3);
	close(client.fd);
	client.fd = -1;
	kit_run_until(&client, &streams[0].is_closed);
	free_big();
	kit_run(&client, 5);
	assert_int_equal(streams[0].n_closed, 1);
}

static void close_stream_that_is_ending_on_disconnect(void **state)
{
	(void)state;
	open_stream();
	send_big(MIB);
	assert_true(eu_rpc_stream_end(streams[0].call, EU_RPC_OK, NULL));
	close(client.fd);
	client.fd = -1;
	kit_run_until(&client, &streams[0].is_closed);
	free_big();
	kit_run(&client, 5);
	assert_int_equal(streams[0].n_closed, 1);
	assert_int_equal(streams[0].n_sent, 0);
}

static void refuse_to_send_on_closed_stream(void **state)
{
	struct kit_call *call = open_stream();
	struct kit_bytes bytes = {0};

	(void)state;
	/* One read brings a call whose handler sends on the stream, and the stream's end. */
	kit_put_headers(&bytes, NGHTTP2_FLAG_END_HEADERS, 101, "/t.T/SendLate");
	kit_put_frame(&bytes, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 101, "\0\0\0\0\0", 5);
	kit_put_frame(&bytes, NGHTTP2_RST_STREAM, 0, (uint32_t)call->id, "\0\0\0\x8", 4);
	late_send_result = 0;
	assert_true(kit_raw_send(&kit, client.fd, bytes.data, bytes.len, true));
	assert_false(kit_raw_is_closed(&kit, client.fd));
	assert_int_equal(late_send_result, -ENOTCONN);
	assert_int_equal(streams[0].n_closed, 1);
	assert_int_equal(streams[0].n_sent, 0);
	kit_free_bytes(&bytes);
}

static void end_stream_at_deadline(void **state)
{
	static const uint8_t body[KIT_PREFIX];
	struct kit_call *call =
	    kit_request(&client, &(struct kit_request){"/t.T/Stream", .timeout = "2S", .body = body,
						       .len = sizeof(body)});

	(void)state;
	kit_run(&client, 5);
	send_big(10);
	kit_run_until(&client, &streams[0].is_sent);
	kit_now_ns += 2 * SECOND;
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 4, "deadline exceeded");
	assert_int_equal(streams[0].n_closed, 1);
}

static void reset_stream_at_deadline_within_message(void **state)
{
	static const uint8_t body[KIT_PREFIX];
	struct kit_call *call =
	    kit_request(&client, &(struct kit_request){"/t.T/Stream", .timeout = "2S", .body = body,
						       .len = sizeof(body)});

	(void)state;
	kit_run(&client, 5);
	send_big(MIB);
	kit_now_ns += 2 * SECOND;
	kit_run_until(&client, &streams[0].is_closed);
	free_big();
	kit_run_until_closed(&client, call);
	assert_int_equal(call->error, NGHTTP2_CANCEL);
	assert_int_equal(streams[0].n_sent, 0);
	assert_reply_works();
}

static void share_connection_among_streams(void **state)
{
	struct kit_call *calls[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		calls[i] = open_stream();
	for (int i = 0; i < 3; i++)
		assert_int_equal(eu_rpc_stream_send(streams[i].call, big, MIB, on_sent), 0);
	for (int i = 0; i < 3; i++)
		assert_true(eu_rpc_stream_end(streams[i].call, EU_RPC_OK, NULL));
	while (calls[0]->body_len < MIB / 2)
		kit_client_turn(&client);
	for (int i = 1; i < 3; i++) {
		assert_true(calls[i]->body_len > MIB / 4);
		assert_true(calls[i]->body_len < MIB * 3 / 4);
	}
	assert_reply_works();
	assert_false(calls[0]->is_closed);
	for (int i = 0; i < 3; i++) {
		kit_run_until_closed(&client, calls[i]);
		kit_assert_message(calls[i], big, MIB);
	}
}

static void send_from_sent_without_holding_the_loop(void **state)
{
	struct kit_call *call;
	int most = 0;

	(void)state;
	kit_client_stop(&client);
	kit_client_start(&client, &kit, 0, 0, true);
	call = open_stream();
	streams[0].to_send = 1000;
	send_big(1000);
	while (streams[0].to_send) {
		int before = streams[0].n_sent;

		kit_turn(&kit);
		most = streams[0].n_sent - before > most ? streams[0].n_sent - before : most;
		kit_client_turn(&client);
	}
	assert_true(most >= 1 && most <= 12);
	eu_rpc_stream_end(streams[0].call, EU_RPC_OK, NULL);
	kit_run_until_closed(&client, call);
	assert_int_equal(call->body_len, 1000 * 1005);
	assert_int_equal(streams[0].n_sent, 1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(send_messages_and_end),
	    TEST(send_writes_at_once_and_never_calls_back),
	    TEST(send_large_message_over_small_socket_buffer),
	    TEST(send_one_at_a_time_to_slow_reader),
	    TEST(keep_other_calls_going_beside_reader_without_window),
	    TEST(end_after_message_in_flight),
	    TEST(tell_sent_when_stream_closes_in_same_write),
	    TEST(end_without_message),
	    TEST(fail_with_message_partly_sent),
	    TEST(fail_while_ending),
	    TEST(fail_with_message_unsent),
	    TEST(fail_between_messages),
	    TEST(close_stream_on_cancel_within_message),
	    TEST(close_stream_on_disconnect_within_message),
	    TEST(close_stream_that_is_ending_on_disconnect),
	    TEST(refuse_to_send_on_closed_stream),
	    TEST(end_stream_at_deadline),
	    TEST(reset_stream_at_deadline_within_message),
	    TEST(share_connection_among_streams),
	    TEST(send_from_sent_without_holding_the_loop),
	};

	return cmocka_run_group_tests_name("rpc_stream", tests, NULL, NULL);
}
