/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An allowed peer gone wrong, frame by frame. Whatever it sends, the server goes on serving the
 * others, its memory stays flat, and it closes the connection, at once or for want of an answer to
 * its ping.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc_kit.h"

#define SECOND	  INT64_C(1000000000)
#define FRAMES	  120000 /* more than the credit of a connection */
#define CHUNK	  65536
#define MAX_EXTRA (1024 * 1024) /* nghttp2's own queues of some 100 frames, and the buffers */

static void echo(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	(void)data;
	eu_rpc_reply(call, msg, len);
}

static const struct eu_rpc_method methods[] = {{"/t.T/Echo", NULL, echo}};

static struct kit kit;
static struct kit_client neighbour;
static struct kit_bytes bytes;
static int fd;
static size_t heap_before;

static int setup(void **state)
{
	(void)state;
	kit_start(&kit, -1, methods, 1, NULL);
	kit_client_start(&neighbour, &kit, 0, 0, true);
	kit_run(&neighbour, 5);
	kit_put_preface(&bytes);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close(fd);
	kit_client_stop(&neighbour);
	kit_stop(&kit);
	kit_free_bytes(&bytes);
	return 0;
}

static void assert_neighbour_is_served(void)
{
	struct kit_call *call = kit_call(&neighbour, "/t.T/Echo", "hi", 2);

	kit_run_until_closed(&neighbour, call);
	kit_assert_status(call, 0, "");
}

/* Sends what was put, looking at the memory on the way. Says whether all of it was taken. */
static bool attack(bool reads)
{
	size_t sent = 0;
	bool is_open = true;

	fd = kit_connect(&kit, 0);
	heap_before = kit_heap();
	while (sent < bytes.len && is_open) {
		size_t len = bytes.len - sent < CHUNK ? bytes.len - sent : CHUNK;

		is_open = kit_raw_send(&kit, fd, bytes.data + sent, len, reads);
		sent += len;
		assert_true(kit_heap() < heap_before + MAX_EXTRA);
	}
	assert_neighbour_is_served();
	return is_open;
}

static void assert_attack_is_closed(bool reads)
{
	if (attack(reads))
		assert_true(kit_raw_is_closed(&kit, fd));
}

static void put_many(uint8_t type, uint8_t flags, uint32_t stream, const void *payload, size_t len)
{
	for (int i = 0; i < FRAMES; i++)
		kit_put_frame(&bytes, type, flags, stream, payload, len);
}

static void put_open_stream(uint32_t stream)
{
	kit_put_headers(&bytes, NGHTTP2_FLAG_END_HEADERS, stream, "/t.T/Echo");
}

static void close_bad_preface(void **state)
{
	(void)state;
	bytes.len = 0;
	kit_put(&bytes, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 35);
	assert_attack_is_closed(true);
}

static void close_oversized_frame(void **state)
{
	static const uint8_t data[16385];

	(void)state;
	put_open_stream(1);
	kit_put_frame(&bytes, NGHTTP2_DATA, 0, 1, data, sizeof(data));
	assert_attack_is_closed(true);
}

static void close_window_overflow(void **state)
{
	(void)state;
	kit_put_frame(&bytes, NGHTTP2_WINDOW_UPDATE, 0, 0, "\x7f\xff\xff\xff", 4);
	kit_put_frame(&bytes, NGHTTP2_WINDOW_UPDATE, 0, 0, "\x7f\xff\xff\xff", 4);
	assert_attack_is_closed(true);
}

static void close_data_on_stream_zero(void **state)
{
	(void)state;
	kit_put_frame(&bytes, NGHTTP2_DATA, 0, 0, "x", 1);
	assert_attack_is_closed(true);
}

static void close_broken_header_block(void **state)
{
	(void)state;
	kit_put_frame(&bytes, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, "\xff\xff\xff\xff\xff",
		      5);
	assert_attack_is_closed(true);
}

static void close_rapid_reset(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < FRAMES / 4; i++) {
		put_open_stream(2 * i + 1);
		kit_put_frame(&bytes, NGHTTP2_RST_STREAM, 0, 2 * i + 1, "\0\0\0\x8", 4);
	}
	assert_false(attack(true));
}

static void close_continuation_flood(void **state)
{
	(void)state;
	kit_put_frame(&bytes, NGHTTP2_HEADERS, 0, 1, NULL, 0);
	for (int i = 0; i < FRAMES; i++)
		kit_put_frame(&bytes, NGHTTP2_CONTINUATION, 0, 1, NULL, 0);
	assert_false(attack(true));
}

/* It answers no ping of the server's either, so it goes at the latest after two of its intervals.
 */
static void assert_deaf_attack_is_closed(void)
{
	(void)attack(false);
	for (int i = 0; i < 3; i++) {
		kit_now_ns += 5 * SECOND;
		kit_turn(&kit);
		kit_run(&neighbour, 5);
	}
	assert_neighbour_is_served();
	assert_true(kit_raw_is_closed(&kit, fd));
}

static void close_ping_flood(void **state)
{
	(void)state;
	put_many(NGHTTP2_PING, 0, 0, "12345678", 8);
	assert_false(attack(true));
}

static void close_ping_flood_without_reading(void **state)
{
	(void)state;
	put_many(NGHTTP2_PING, 0, 0, "12345678", 8);
	assert_deaf_attack_is_closed();
}

static void close_settings_flood(void **state)
{
	(void)state;
	put_many(NGHTTP2_SETTINGS, 0, 0, NULL, 0);
	assert_false(attack(true));
}

static void close_settings_flood_without_reading(void **state)
{
	(void)state;
	put_many(NGHTTP2_SETTINGS, 0, 0, NULL, 0);
	assert_deaf_attack_is_closed();
}

/* Above the limit of streams every further one is refused with a frame to the peer. */
static void close_stream_flood_without_reading(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < FRAMES; i++)
		put_open_stream(2 * i + 1);
	assert_deaf_attack_is_closed();
}

static void close_stream_flood(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < FRAMES; i++)
		put_open_stream(2 * i + 1);
	assert_false(attack(true));
}

static void close_empty_data_flood(void **state)
{
	(void)state;
	put_open_stream(1);
	put_many(NGHTTP2_DATA, 0, 1, NULL, 0);
	assert_false(attack(true));
}

static void close_unknown_type_flood(void **state)
{
	(void)state;
	put_many(0x77, 0, 0, NULL, 0);
	assert_false(attack(true));
}

static void close_unknown_type_flood_with_payload(void **state)
{
	(void)state;
	put_many(0xfe, 0xff, 5, "some bytes", 10);
	assert_false(attack(true));
}

static void close_priority_flood(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < FRAMES; i++)
		kit_put_frame(&bytes, NGHTTP2_PRIORITY, 0, 2 * i + 1, "\0\0\0\0\x10", 5);
	assert_false(attack(true));
}

static void close_window_update_flood(void **state)
{
	(void)state;
	put_many(NGHTTP2_WINDOW_UPDATE, 0, 0, "\0\0\0\1", 4);
	assert_false(attack(true));
}

static void close_flood_only_when_credit_is_used_up(void **state)
{
	(void)state;
	for (int i = 0; i < FRAMES / 2; i++)
		kit_put_frame(&bytes, 0x77, 0, 0, NULL, 0);
	assert_true(attack(true));
	assert_false(kit_raw_is_closed(&kit, fd));
	/* As many again at the same moment would be too many; a second later they are not. */
	kit_now_ns += SECOND;
	assert_true(kit_raw_send(&kit, fd, bytes.data + 33, bytes.len - 33, true));
	assert_false(kit_raw_is_closed(&kit, fd));
}

/* A header of 4 KB put into the table once, then named 12,000 times by a byte each. */
static void survive_header_bomb(void **state)
{
	struct kit_bytes block = {0};
	uint8_t value[3900];

	(void)state;
	memset(value, 'a', sizeof(value));
	kit_put(&block, "\x40\x01x\x7f\xbd\x1d",
		6); /* literal, indexed; length 127 + 61 + 29 * 128 */
	kit_put(&block, value, 127 + 61 + 29 * 128);
	for (int i = 0; i < 12000; i++)
		kit_put(&block, "\xbe", 1);
	kit_put_frame(&bytes, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM,
		      1, block.data, block.len);
	kit_free_bytes(&block);
	assert_true(attack(true));
	(void)kit_raw_is_closed(&kit, fd);
	assert_neighbour_is_served();
}

/* Any cut of a good conversation, then the end of the connection. */
static void survive_every_cut_of_a_call(void **state)
{
	(void)state;
	put_open_stream(1);
	kit_put_frame(&bytes, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 1, "\0\0\0\0\3abc", 8);
	heap_before = kit_heap();
	for (size_t len = 0; len <= bytes.len; len++) {
		fd = kit_connect(&kit, 0);
		assert_true(kit_raw_send(&kit, fd, bytes.data, len, true));
		kit_turn(&kit);
		assert_int_equal(shutdown(fd, SHUT_WR), 0);
		assert_true(kit_raw_is_closed(&kit, fd));
		close(fd);
	}
	fd = -1;
	assert_true(kit_heap() <= heap_before);
	assert_neighbour_is_served();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(close_bad_preface),
	    TEST(close_oversized_frame),
	    TEST(close_window_overflow),
	    TEST(close_data_on_stream_zero),
	    TEST(close_broken_header_block),
	    TEST(close_rapid_reset),
	    TEST(close_continuation_flood),
	    TEST(close_ping_flood),
	    TEST(close_ping_flood_without_reading),
	    TEST(close_settings_flood),
	    TEST(close_settings_flood_without_reading),
	    TEST(close_stream_flood),
	    TEST(close_stream_flood_without_reading),
	    TEST(close_empty_data_flood),
	    TEST(close_unknown_type_flood),
	    TEST(close_unknown_type_flood_with_payload),
	    TEST(close_priority_flood),
	    TEST(close_window_update_flood),
	    TEST(close_flood_only_when_credit_is_used_up),
	    TEST(survive_header_bomb),
	    TEST(survive_every_cut_of_a_call),
	};

	return cmocka_run_group_tests_name("rpc_attack", tests, NULL, NULL);
}
