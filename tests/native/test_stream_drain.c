/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/bpf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ring_kit.h"
#include "stream/drain.h"

#define RINGS	  3
#define RING_SIZE 4096
#define NO_LIMIT  UINT64_MAX

struct fixture {
	struct fake_ring fakes[RINGS];
	struct eu_ring rings[RINGS];
	struct eu_drain drain;
	struct eu_batch batch;
	uint8_t bytes[8192];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	for (size_t i = 0; i < RINGS; i++) {
		fake_ring_init(&f->fakes[i], RING_SIZE);
		f->rings[i] = f->fakes[i].ring;
	}
	f->drain = (struct eu_drain){.rings = f->rings, .n_rings = RINGS};
	f->batch = (struct eu_batch){.records = f->bytes, .capacity = sizeof(f->bytes)};
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < RINGS; i++)
		fake_ring_free(&f->fakes[i]);
	free(f);
	return 0;
}

static const struct eu_event_header *nth(const struct fixture *f, uint32_t n)
{
	size_t at = 0;

	while (n--)
		at += ((const struct eu_event_header *)(f->bytes + at))->size;
	return (const struct eu_event_header *)(f->bytes + at);
}

static void peek_with_nothing_written(void **state)
{
	struct fixture *f = *state;
	uint32_t len;

	assert_null(eu_ring_peek(&f->rings[0], &len));
	assert_true(eu_drain_is_empty(&f->drain));
}

static void peek_stops_at_a_busy_record(void **state)
{
	struct fixture *f = *state;
	uint32_t len;

	fake_ring_write(&f->fakes[0], 1, 1, 64);
	fake_ring_mark_last(&f->fakes[0], BPF_RINGBUF_BUSY_BIT);
	assert_null(eu_ring_peek(&f->rings[0], &len));
	assert_false(eu_drain_is_empty(&f->drain));
	fake_ring_mark_last(&f->fakes[0], 0);
	assert_non_null(eu_ring_peek(&f->rings[0], &len));
	assert_int_equal(len, 64);
}

static void peek_skips_discarded_records(void **state)
{
	struct fixture *f = *state;
	uint32_t len;

	fake_ring_write(&f->fakes[0], 1, 1, 64);
	fake_ring_mark_last(&f->fakes[0], BPF_RINGBUF_DISCARD_BIT);
	assert_null(eu_ring_peek(&f->rings[0], &len));
	assert_true(eu_drain_is_empty(&f->drain));
	fake_ring_write(&f->fakes[0], 2, 1, 72);
	assert_int_equal(eu_ring_peek(&f->rings[0], &len)->ts_ns, 2);
}

static void read_across_the_end_of_the_ring(void **state)
{
	struct fixture *f = *state;
	uint64_t written = 0, read = 0;

	for (int round = 0; round < 200; round++) {
		while (fake_ring_write(&f->fakes[0], written + 1, 1,
				       (uint16_t)(64 + 8 * (written % 7))))
			written++;
		eu_batch_reset(&f->batch);
		eu_drain_run(&f->drain, &f->batch, NO_LIMIT);
		for (uint32_t i = 0; i < f->batch.count; i++)
			assert_int_equal(nth(f, i)->ts_ns, ++read);
	}
	assert_int_equal(read, written);
	assert_true(written > 5000);
}

static void merge_rings_by_time(void **state)
{
	struct fixture *f = *state;
	static const uint64_t times[RINGS][3] = {{1, 5, 9}, {2, 4, 8}, {3, 6, 7}};

	for (size_t r = 0; r < RINGS; r++) {
		for (size_t i = 0; i < 3; i++)
			fake_ring_write(&f->fakes[r], times[r][i], 1, 64);
	}
	assert_false(eu_drain_run(&f->drain, &f->batch, NO_LIMIT));
	assert_int_equal(f->batch.count, 9);
	for (uint32_t i = 0; i < 9; i++) {
		assert_int_equal(nth(f, i)->ts_ns, i + 1);
		assert_int_equal(nth(f, i)->flags, 0);
	}
}

static void leave_what_is_newer_than_the_watermark(void **state)
{
	struct fixture *f = *state;

	fake_ring_write(&f->fakes[0], 10, 1, 64);
	fake_ring_write(&f->fakes[1], 11, 1, 64);
	assert_false(eu_drain_run(&f->drain, &f->batch, 10));
	assert_int_equal(f->batch.count, 1);
	assert_false(eu_drain_is_empty(&f->drain));
	eu_drain_run(&f->drain, &f->batch, 11);
	assert_int_equal(f->batch.count, 2);
}

static void mark_late_what_is_older_than_delivered(void **state)
{
	struct fixture *f = *state;

	fake_ring_write(&f->fakes[0], 10, 1, 64);
	eu_drain_run(&f->drain, &f->batch, NO_LIMIT);
	fake_ring_write(&f->fakes[1], 9, 1, 64);
	fake_ring_write(&f->fakes[1], 10, 1, 64);
	eu_drain_run(&f->drain, &f->batch, NO_LIMIT);
	assert_int_equal(nth(f, 1)->flags, EU_FLAG_LATE);
	assert_int_equal(nth(f, 2)->flags, 0);
}

static void stop_when_the_batch_is_full(void **state)
{
	struct fixture *f = *state;

	f->batch.capacity = 200;
	for (uint64_t i = 1; i <= 4; i++)
		fake_ring_write(&f->fakes[0], i, 1, 64);
	assert_true(eu_drain_run(&f->drain, &f->batch, NO_LIMIT));
	assert_int_equal(f->batch.count, 3);
	eu_batch_reset(&f->batch);
	assert_false(eu_drain_run(&f->drain, &f->batch, NO_LIMIT));
	assert_int_equal(nth(f, 0)->ts_ns, 4);
}

static void count_what_is_discarded(void **state)
{
	struct fixture *f = *state;
	uint64_t by_kind[EU_KIND_SLOTS] = {0};

	fake_ring_write(&f->fakes[0], 1, EU_KIND_PROCESS_EXEC, 200);
	fake_ring_write(&f->fakes[1], 2, EU_KIND_PROCESS_EXIT, 120);
	fake_ring_write(&f->fakes[1], 3, EU_KIND_PROCESS_EXIT, 120);
	eu_drain_discard(&f->drain, by_kind);
	assert_int_equal(by_kind[EU_KIND_PROCESS_EXEC], 1);
	assert_int_equal(by_kind[EU_KIND_PROCESS_EXIT], 2);
	assert_true(eu_drain_is_empty(&f->drain));
}

static void count_a_batch_by_kind(void **state)
{
	struct fixture *f = *state;

	fake_ring_write(&f->fakes[0], 1, EU_KIND_PROCESS_EXEC, 200);
	fake_ring_write(&f->fakes[0], 2, EU_KIND_PROCESS_EXEC, 200);
	eu_drain_run(&f->drain, &f->batch, NO_LIMIT);
	assert_int_equal(f->batch.by_kind[EU_KIND_PROCESS_EXEC], 2);
	eu_batch_reset(&f->batch);
	assert_int_equal(f->batch.by_kind[EU_KIND_PROCESS_EXEC], 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(peek_with_nothing_written),
	    TEST(peek_stops_at_a_busy_record),
	    TEST(peek_skips_discarded_records),
	    TEST(read_across_the_end_of_the_ring),
	    TEST(merge_rings_by_time),
	    TEST(leave_what_is_newer_than_the_watermark),
	    TEST(mark_late_what_is_older_than_delivered),
	    TEST(stop_when_the_batch_is_full),
	    TEST(count_what_is_discarded),
	    TEST(count_a_batch_by_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
