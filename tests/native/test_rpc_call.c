/* SPDX-License-Identifier: Apache-2.0 */
/* Unary calls: answers now and later, every way to be wrong, ends from both sides. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc_kit.h"

#define SECOND INT64_C(1000000000)
#define LIMIT  (64 * 1024)

static struct {
	struct eu_rpc_call *deferred[KIT_CALLS];
	int n_deferred;
	int n_closed;
	int n_answered;
	struct eu_rpc_peer peer;
} seen;

static void echo(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	seen.peer = eu_rpc_peer(call);
	eu_rpc_reply(call, msg, len);
}

static void fail_with(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	eu_rpc_fail(call, EU_RPC_NOT_FOUND, "%.*s", (int)len, (const char *)msg);
}

static void closed(void *user, struct eu_rpc_call *call)
{
	assert_ptr_equal(user, &seen);
	seen.n_closed++;
	for (int i = 0; i < seen.n_deferred; i++) {
		if (seen.deferred[i] == call)
			seen.deferred[i] = NULL;
	}
}

static void defer(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	(void)msg;
	(void)len;
	eu_rpc_on_closed(call, closed, &seen);
	seen.deferred[seen.n_deferred++] = call;
}

/* Answers all that was deferred, then itself. */
static void answer(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	for (; seen.n_answered < seen.n_deferred; seen.n_answered++) {
		if (seen.n_answered % 2)
			eu_rpc_fail(seen.deferred[seen.n_answered], EU_RPC_ABORTED, "no");
		else
			eu_rpc_reply(seen.deferred[seen.n_answered], msg, len);
	}
	eu_rpc_reply(call, msg, len);
}

static const struct eu_rpc_method methods[] = {
    {"/t.T/Echo", NULL, echo},
    {"/t.T/Fail", NULL, fail_with},
    {"/t.T/Defer", NULL, defer},
    {"/t.T/Answer", NULL, answer},
};

static struct kit kit;
static struct kit_client client;

static int setup(void **state)
{
	(void)state;
	memset(&seen, 0, sizeof(seen));
	kit_start(&kit, -1, methods, 4, NULL);
	kit_client_start(&client, &kit, 0, 0, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kit_client_stop(&client);
	kit_stop(&kit);
	return 0;
}

static void run_until_deferred(int n)
{
	for (int i = 0; i < 1000 && seen.n_deferred < n; i++)
		kit_client_turn(&client);
	assert_int_equal(seen.n_deferred, n);
}

static void assert_echo_works(void)
{
	struct kit_call *call = kit_call(&client, "/t.T/Echo", "still here", 10);

	kit_run_until_closed(&client, call);
	kit_assert_status(call, 0, "");
	kit_assert_message(call, "still here", 10);
}

static void reply_unary(void **state)
{
	struct kit_call *call = kit_call(&client, "/t.T/Echo", "hello", 5);

	(void)state;
	kit_run_until_closed(&client, call);
	assert_string_equal(call->http_status, "200");
	kit_assert_status(call, 0, "");
	kit_assert_message(call, "hello", 5);
	assert_int_equal(seen.peer.uid, geteuid());
	assert_int_equal(seen.peer.pid, getpid());
	assert_int_equal(seen.peer.connection, 1);
}

static void reply_empty_message(void **state)
{
	struct kit_call *call = kit_call(&client, "/t.T/Echo", NULL, 0);

	(void)state;
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 0, "");
	kit_assert_message(call, NULL, 0);
}

static void reply_largest_request_in_small_pieces(void **state)
{
	uint8_t *body = calloc(1, KIT_PREFIX + LIMIT);
	struct kit_call *call;

	(void)state;
	body[2] = 1; /* 0x00010000 */
	memset(body + KIT_PREFIX, 'x', LIMIT);
	call = kit_request(
	    &client,
	    &(struct kit_request){.path = "/t.T/Echo", .body = body, .len = 1, .keeps_open = true});
	for (size_t sent = 1; sent < KIT_PREFIX + LIMIT; sent = call->request_len) {
		size_t step = sent < 16 ? 1 : 5000;

		kit_run(&client, 2);
		call->request_len = sent + step;
		if (call->request_len >= KIT_PREFIX + LIMIT) {
			call->request_len = KIT_PREFIX + LIMIT;
			call->keeps_open = false;
		}
		nghttp2_session_resume_data(client.session, call->id);
	}
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 0, "");
	kit_assert_message(call, body + KIT_PREFIX, LIMIT);
	free(body);
}

static void reply_many_at_once(void **state)
{
	struct kit_call *calls[KIT_CALLS];

	(void)state;
	kit_run(&client, 3); /* until the client knows the server's limit */
	for (int i = 0; i < KIT_CALLS; i++)
		calls[i] = kit_call(&client, "/t.T/Echo", &i, sizeof(i));
	for (int i = 0; i < KIT_CALLS; i++) {
		kit_run_until_closed(&client, calls[i]);
		kit_assert_status(calls[i], 0, "");
		kit_assert_message(calls[i], &i, sizeof(i));
	}
}

static void reply_later(void **state)
{
	struct kit_call *call = kit_call(&client, "/t.T/Defer", "x", 1);

	(void)state;
	run_until_deferred(1);
	kit_run(&client, 10);
	assert_false(call->is_closed);
	eu_rpc_reply(seen.deferred[0], (const uint8_t *)"later", 5);
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 0, "");
	kit_assert_message(call, "later", 5);
	assert_int_equal(seen.n_closed, 0);
}

static void fail_later(void **state)
{
	struct kit_call *call = kit_call(&client, "/t.T/Defer", "x", 1);

	(void)state;
	run_until_deferred(1);
	eu_rpc_fail(seen.deferred[0], EU_RPC_FAILED_PRECONDITION, "no %s", "subscription");
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 9, "no subscription");
	assert_int_equal(call->body_len, 0);
	assert_int_equal(seen.n_closed, 0);
}

static void fail_with_non_ascii_message(void **state)
{
	const char text[] = "100% \xc3\xa4\n\xf0\x9f\x90\x9b";
	struct kit_call *call = kit_call(&client, "/t.T/Fail", text, sizeof(text) - 1);

	(void)state;
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 5, "100%25 %C3%A4%0A%F0%9F%90%9B");
	assert_string_equal(call->http_status, "200");
}

static void fail_with_long_message(void **state)
{
	struct kit_call *call = kit_call(&client, "/t.T/Defer", "x", 1);
	char text[1001];

	(void)state;
	/* Two-byte characters behind one byte: the border at 512 is within a character. */
	text[0] = 'a';
	for (int i = 1; i < 1000; i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	text[sizeof(text) - 1] = '\0';
	run_until_deferred(1);
	eu_rpc_fail(seen.deferred[0], EU_RPC_INTERNAL, "%s", text);
	kit_run_until_closed(&client, call);
	assert_int_equal(call->status, 13);
	assert_int_equal(strlen(call->message), 1 + 255 * 6);
}

static void refuse_unknown_method(void **state)
{
	struct kit_call *call = kit_call(&client, "/t.T/Ech", "x", 1);

	(void)state;
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 12, "no such method");
	assert_echo_works();
}

static struct kit_call *refuse(const struct kit_request *request)
{
	struct kit_call *call = kit_request(&client, request);

	kit_run_until_closed(&client, call);
	assert_int_equal(seen.n_deferred, 0);
	assert_echo_works();
	return call;
}

static void refuse_wrong_content_type(void **state)
{
	static const uint8_t body[KIT_PREFIX];
	static const char *const wrong[] = {"application/json", "application/grpc+json",
					    "application/grpcx", "application/grp"};
	static const char *const right[] = {"application/grpc+proto", "application/grpc;a=b"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct kit_call *call = refuse(&(struct kit_request){
		    "/t.T/Defer", .content_type = wrong[i], .body = body, .len = sizeof(body)});

		assert_string_equal(call->http_status, "415");
	}
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		struct kit_call *call = refuse(&(struct kit_request){
		    "/t.T/Echo", .content_type = right[i], .body = body, .len = sizeof(body)});

		kit_assert_status(call, 0, "");
	}
}

static void refuse_other_http_method(void **state)
{
	struct kit_call *call = refuse(&(struct kit_request){"/t.T/Defer", .method = "GET"});

	(void)state;
	assert_string_equal(call->http_status, "405");
}

static void refuse_encoding(void **state)
{
	static const uint8_t body[KIT_PREFIX];
	struct kit_request request = {"/t.T/Defer", .encoding = "gzip", .body = body,
				      .len = sizeof(body)};

	(void)state;
	kit_assert_status(refuse(&request), 12, "compression is not supported");
	request.encoding = "identity";
	request.path = "/t.T/Echo";
	kit_assert_status(refuse(&request), 0, "");
}

static void refuse_malformed_timeout(void **state)
{
	(void)state;
	kit_assert_status(refuse(&(struct kit_request){"/t.T/Defer", .timeout = "1h"}), 13,
			  "malformed grpc-timeout");
}

static void refuse_body(const void *body, size_t len, int status, const char *message)
{
	const struct kit_request request = {"/t.T/Defer", .body = body, .len = len};

	kit_assert_status(refuse(&request), status, message);
}

static void refuse_malformed_body(void **state)
{
	(void)state;
	refuse_body("\1\0\0\0\1x", 6, 12, "compression is not supported");
	refuse_body("\2\0\0\0\1x", 6, 13, "malformed message prefix");
	refuse_body("\0\0\0\0\1x\0\0\0\0\1y", 12, 13, "more than one message in the request");
	refuse_body("\0\0\0\0\0\0", 6, 13, "more than one message in the request");
	refuse_body("\0\0\0\0\2x", 6, 13, "the request's message is cut off");
	refuse_body("\0\0\0", 3, 13, "the request's message is cut off");
	refuse_body("", 0, 13, "the request has no message");
}

static void refuse_oversized_request(void **state)
{
	uint8_t *body = calloc(1, 5 << 20);

	(void)state;
	body[2] = 1; /* one byte more than the limit */
	body[4] = 1;
	refuse_body(body, KIT_PREFIX + LIMIT + 1, 8, "the request is too large");
	memset(body + 1, 0xff, 4);
	refuse_body(body, 5 << 20, 8, "the request is too large");
	free(body);
}

static void refuse_oversized_request_that_never_ends(void **state)
{
	struct kit_call *call = kit_request(
	    &client, &(struct kit_request){"/t.T/Defer", .body = (const uint8_t *)"\0\1\0\0\0",
					   .len = 5, .keeps_open = true});

	(void)state;
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 8, "the request is too large");
	assert_int_equal(call->error, NGHTTP2_NO_ERROR);
	assert_echo_works();
}

static void refuse_too_many_requests_at_once(void **state)
{
	static const uint8_t prefix[KIT_PREFIX] = {0, 0, 1, 0, 0};
	const struct kit_request request = {"/t.T/Echo", .body = prefix, .len = KIT_PREFIX,
					    .keeps_open = true};
	struct kit_call *calls[5];

	(void)state;
	for (int i = 0; i < 5; i++)
		calls[i] = kit_request(&client, &request);
	kit_run_until_closed(&client, calls[4]);
	kit_assert_status(calls[4], 8, "too many requests at once");
	for (int i = 0; i < 4; i++) {
		assert_false(calls[i]->is_closed);
		kit_cancel(&client, calls[i]);
	}
	/* What was cancelled counts no more. */
	kit_run(&client, 5);
	calls[0] = kit_request(&client, &request);
	kit_run(&client, 5);
	assert_false(calls[0]->is_closed);
	assert_echo_works();
}

static void refuse_large_header_list(void **state)
{
	char padding[8001];
	struct kit_call *call;

	(void)state;
	memset(padding, 'x', sizeof(padding) - 1);
	padding[sizeof(padding) - 1] = '\0';
	call = kit_request(&client, &(struct kit_request){"/t.T/Defer", .padding = padding});
	kit_run_until_closed(&client, call);
	assert_int_not_equal(call->error, NGHTTP2_NO_ERROR);
	assert_int_equal(call->status, -1);
	assert_int_equal(seen.n_deferred, 0);
	padding[7000] = '\0';
	refuse_body("\0\0\0", 3, 13, "the request's message is cut off");
	kit_run_until_closed(
	    &client,
	    call = kit_request(
		&client, &(struct kit_request){"/t.T/Echo", .padding = padding, .len = KIT_PREFIX,
					       .body = (const uint8_t *)"\0\0\0\0\0"}));
	kit_assert_status(call, 0, "");
}

static void close_call_on_cancel(void **state)
{
	struct kit_call *call = kit_call(&client, "/t.T/Defer", "x", 1);

	(void)state;
	run_until_deferred(1);
	kit_cancel(&client, call);
	kit_run_until_closed(&client, call);
	kit_run(&client, 20);
	assert_int_equal(seen.n_closed, 1);
	assert_null(seen.deferred[0]);
	assert_echo_works();
}

static void close_call_on_disconnect(void **state)
{
	(void)state;
	kit_call(&client, "/t.T/Defer", "x", 1);
	kit_call(&client, "/t.T/Defer", "y", 1);
	run_until_deferred(2);
	close(client.fd);
	client.fd = -1;
	kit_run(&client, 10);
	assert_int_equal(seen.n_closed, 2);
}

static void close_call_on_half_close(void **state)
{

	(void)state;
	kit_call(&client, "/t.T/Defer", "x", 1);
	run_until_deferred(1);
	assert_int_equal(shutdown(client.fd, SHUT_WR), 0);
	kit_run(&client, 10);
	assert_int_equal(seen.n_closed, 1);
	assert_int_equal(client.fd, -1);
}

static void put_call(struct kit_bytes *bytes, uint32_t stream, const char *path)
{
	kit_put_headers(bytes, NGHTTP2_FLAG_END_HEADERS, stream, path);
	kit_put_frame(bytes, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, stream, "\0\0\0\0\0", 5);
}

static void put_cancel(struct kit_bytes *bytes, uint32_t stream)
{
	kit_put_frame(bytes, NGHTTP2_RST_STREAM, 0, stream, "\0\0\0\x8", 4);
}

static void ignore_answer_to_closed_stream_before_owner_knows(void **state)
{
	struct kit_bytes bytes = {0};
	int fd = kit_connect(&kit, 0);

	(void)state;
	kit_put_preface(&bytes);
	put_call(&bytes, 1, "/t.T/Defer");
	put_call(&bytes, 3, "/t.T/Defer");
	assert_true(kit_raw_send(&kit, fd, bytes.data, bytes.len, true));
	assert_false(kit_raw_is_closed(&kit, fd));
	assert_int_equal(seen.n_deferred, 2);
	bytes.len = 0;
	/* In one read: the handler of 5 runs before the ends of 1 and 3 are told. */
	put_call(&bytes, 5, "/t.T/Answer");
	put_cancel(&bytes, 1);
	put_cancel(&bytes, 3);
	assert_true(kit_raw_send(&kit, fd, bytes.data, bytes.len, true));
	assert_false(kit_raw_is_closed(&kit, fd));
	assert_int_equal(seen.n_answered, 2);
	assert_int_equal(seen.n_closed, 0);
	kit_free_bytes(&bytes);
	close(fd);
}

static void never_hand_out_call_cancelled_with_its_request(void **state)
{
	struct kit_bytes bytes = {0};
	int fd = kit_connect(&kit, 0);

	(void)state;
	kit_put_preface(&bytes);
	put_call(&bytes, 1, "/t.T/Defer");
	put_cancel(&bytes, 1);
	assert_true(kit_raw_send(&kit, fd, bytes.data, bytes.len, true));
	assert_false(kit_raw_is_closed(&kit, fd));
	assert_int_equal(seen.n_deferred, 0);
	assert_int_equal(seen.n_closed, 0);
	kit_free_bytes(&bytes);
	close(fd);
}

static void end_call_at_deadline(void **state)
{
	static const uint8_t body[KIT_PREFIX];
	struct kit_call *call =
	    kit_request(&client, &(struct kit_request){"/t.T/Defer", .timeout = "300m",
						       .body = body, .len = sizeof(body)});

	(void)state;
	run_until_deferred(1);
	assert_int_equal(eu_rpc_server_next_timeout_ns(kit.srv, kit_now_ns), 300000000);
	kit_now_ns += 299999999;
	kit_run(&client, 5);
	assert_false(call->is_closed);
	assert_int_equal(eu_rpc_server_next_timeout_ns(kit.srv, kit_now_ns), 1);
	kit_now_ns += 1;
	assert_int_equal(eu_rpc_server_next_timeout_ns(kit.srv, kit_now_ns), 0);
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 4, "deadline exceeded");
	assert_int_equal(seen.n_closed, 1);
	assert_echo_works();
}

static void end_incomplete_request_at_deadline(void **state)
{
	struct kit_call *call =
	    kit_request(&client, &(struct kit_request){"/t.T/Defer", .timeout = "1S",
						       .body = (const uint8_t *)"\0\0\0\0\5x",
						       .len = 6, .keeps_open = true});

	(void)state;
	kit_run(&client, 5);
	kit_now_ns += SECOND;
	kit_run_until_closed(&client, call);
	kit_assert_status(call, 4, "deadline exceeded");
	assert_int_equal(seen.n_deferred, 0);
	assert_echo_works();
}

static void free_server_with_live_calls(void **state)
{
	(void)state;
	kit_call(&client, "/t.T/Defer", "x", 1);
	kit_call(&client, "/t.T/Defer", "y", 1);
	run_until_deferred(2);
	eu_rpc_server_free(kit.srv);
	kit.srv = NULL;
	assert_int_equal(seen.n_closed, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(reply_unary),
	    TEST(reply_empty_message),
	    TEST(reply_largest_request_in_small_pieces),
	    TEST(reply_many_at_once),
	    TEST(reply_later),
	    TEST(fail_later),
	    TEST(fail_with_non_ascii_message),
	    TEST(fail_with_long_message),
	    TEST(refuse_unknown_method),
	    TEST(refuse_wrong_content_type),
	    TEST(refuse_other_http_method),
	    TEST(refuse_encoding),
	    TEST(refuse_malformed_timeout),
	    TEST(refuse_malformed_body),
	    TEST(refuse_oversized_request),
	    TEST(refuse_oversized_request_that_never_ends),
	    TEST(refuse_too_many_requests_at_once),
	    TEST(refuse_large_header_list),
	    TEST(close_call_on_cancel),
	    TEST(close_call_on_disconnect),
	    TEST(close_call_on_half_close),
	    TEST(ignore_answer_to_closed_stream_before_owner_knows),
	    TEST(never_hand_out_call_cancelled_with_its_request),
	    TEST(end_call_at_deadline),
	    TEST(end_incomplete_request_at_deadline),
	    TEST(free_server_with_live_calls),
	};

	return cmocka_run_group_tests_name("rpc_call", tests, NULL, NULL);
}
