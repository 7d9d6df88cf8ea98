/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's messages: round trips through the generated code, bounds, malformed input. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pb_decode.h>
#include <pb_encode.h>

#include "rpc/messages.h"

static uint8_t wire[16384];

static size_t put(const pb_msgdesc_t *fields, const void *message)
{
	pb_ostream_t stream = pb_ostream_from_buffer(wire, sizeof(wire));

	assert_true(pb_encode(&stream, fields, message));
	return stream.bytes_written;
}

static void decode_subscribe_at_its_bounds(void **state)
{
	eunomia_collector_v1_SubscribeRequest in = {.abi_version = 1,
						    .families_count = 8,
						    .has_filter = true,
						    .environment_names_count = 16};
	eunomia_collector_v1_SubscribeRequest out;
	size_t len;

	(void)state;
	for (int i = 0; i < 8; i++)
		in.families[i] = eunomia_collector_v1_Family_FAMILY_PROCESS;
	in.filter.by_pid = in.filter.by_cgroup = true;
	in.filter.pids_count = in.filter.cgroup_keys_count = 256;
	for (uint32_t i = 0; i < 256; i++) {
		in.filter.pids[i] = UINT32_MAX - i;
		in.filter.cgroup_keys[i] = UINT64_MAX - i;
	}
	for (int i = 0; i < 16; i++)
		memset(in.environment_names[i], 'A' + i, 31);
	len = put(eunomia_collector_v1_SubscribeRequest_fields, &in);
	memset(&out, 0xff, sizeof(out));
	assert_int_equal(eu_subscribe_decode(&out, wire, len), 0);
	assert_int_equal(out.abi_version, 1);
	assert_int_equal(out.families_count, 8);
	assert_true(out.has_filter && out.filter.by_pid && out.filter.by_cgroup);
	assert_int_equal(out.filter.pids_count, 256);
	assert_memory_equal(out.filter.pids, in.filter.pids, sizeof(in.filter.pids));
	assert_memory_equal(out.filter.cgroup_keys, in.filter.cgroup_keys,
			    sizeof(in.filter.cgroup_keys));
	assert_int_equal(out.environment_names_count, 16);
	assert_memory_equal(out.environment_names, in.environment_names,
			    sizeof(in.environment_names));
}

static void decode_subscribe_without_fields(void **state)
{
	eunomia_collector_v1_SubscribeRequest out;

	(void)state;
	memset(&out, 0xff, sizeof(out));
	assert_int_equal(eu_subscribe_decode(&out, wire, 0), 0);
	assert_int_equal(out.abi_version, 0);
	assert_false(out.has_filter);
	assert_int_equal(out.filter.pids_count, 0);
}

/* field as a length-delimited value of len bytes, count times. */
static size_t put_strings(uint8_t field, size_t len, int count)
{
	size_t pos = 0;

	for (int i = 0; i < count; i++) {
		wire[pos++] = (uint8_t)(field << 3 | 2);
		if (len > 127)
			wire[pos++] = (uint8_t)(len | 0x80);
		wire[pos++] = (uint8_t)(len > 127 ? len >> 7 : len);
		memset(wire + pos, 'x', len);
		pos += len;
	}
	return pos;
}

static void refuse_subscribe_above_its_bounds(void **state)
{
	eunomia_collector_v1_SubscribeRequest out;

	(void)state;
	memset(&out, 0x5a, sizeof(out));
	assert_int_equal(eu_subscribe_decode(&out, wire, put_strings(4, 31, 16)), 0);
	memset(&out, 0x5a, sizeof(out));
	assert_int_equal(eu_subscribe_decode(&out, wire, put_strings(4, 32, 1)), -EBADMSG);
	assert_int_equal(eu_subscribe_decode(&out, wire, put_strings(4, 1, 17)), -EBADMSG);
	assert_int_equal(eu_subscribe_decode(&out, wire, put_strings(2, 17, 1)), -EBADMSG);
	/* Untouched on failure. */
	for (size_t i = 0; i < sizeof(out); i++)
		assert_int_equal(((uint8_t *)&out)[i], 0x5a);
}

static void decode_update_filter_at_its_bounds(void **state)
{
	eunomia_collector_v1_UpdateFilterRequest in = {.add_pids_count = 256,
						       .remove_pids_count = 256,
						       .add_cgroup_keys_count = 256,
						       .remove_cgroup_keys_count = 256,
						       .pid_families_count = 256,
						       .cgroup_families_count = 256};
	static const uint8_t too_many[] = {0x1a, 0x88, 0x10}; /* 257 packed keys, 2056 bytes */
	eunomia_collector_v1_UpdateFilterRequest out;

	(void)state;
	for (uint32_t i = 0; i < 256; i++) {
		in.add_pids[i] = i + 1;
		in.remove_pids[i] = UINT32_MAX - i;
		in.add_cgroup_keys[i] = i;
		in.remove_cgroup_keys[i] = UINT64_MAX - i;
		in.pid_families[i] = in.cgroup_families[i] = UINT32_MAX - i;
	}
	assert_int_equal(eu_update_filter_decode(
			     &out, wire, put(eunomia_collector_v1_UpdateFilterRequest_fields, &in)),
			 0);
	assert_int_equal(out.add_pids_count, 256);
	assert_memory_equal(out.add_pids, in.add_pids, sizeof(in.add_pids));
	assert_int_equal(out.remove_pids_count, 256);
	assert_memory_equal(out.remove_pids, in.remove_pids, sizeof(in.remove_pids));
	assert_int_equal(out.add_cgroup_keys_count, 256);
	assert_memory_equal(out.add_cgroup_keys, in.add_cgroup_keys, sizeof(in.add_cgroup_keys));
	assert_int_equal(out.remove_cgroup_keys_count, 256);
	assert_memory_equal(out.remove_cgroup_keys, in.remove_cgroup_keys,
			    sizeof(in.remove_cgroup_keys));
	assert_int_equal(out.pid_families_count, 256);
	assert_memory_equal(out.pid_families, in.pid_families, sizeof(in.pid_families));
	assert_int_equal(out.cgroup_families_count, 256);
	assert_memory_equal(out.cgroup_families, in.cgroup_families, sizeof(in.cgroup_families));
	memcpy(wire, too_many, sizeof(too_many));
	assert_int_equal(eu_update_filter_decode(&out, wire, 3 + 2056), -EBADMSG);
}

static void decode_inspect_at_its_bounds(void **state)
{
	eunomia_collector_v1_InspectContainerRequest out;

	(void)state;
	assert_int_equal(eu_inspect_decode(&out, wire, put_strings(1, 128, 1)), 0);
	assert_int_equal(strlen(out.id), 128);
	assert_int_equal(eu_inspect_decode(&out, wire, put_strings(1, 129, 1)), -EBADMSG);
}

static void decode_empty_with_unknown_fields(void **state)
{
	(void)state;
	assert_int_equal(eu_empty_decode(wire, 0), 0);
	assert_int_equal(eu_empty_decode((const uint8_t *)"\x08\x01\x12\x01x", 5), 0);
}

static void refuse_malformed_messages(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} wrong[] = {{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11}, /* endless varint */
		     {"\x0a\x05x", 3},					   /* cut off */
		     {"\x07", 1},					   /* no wire type 7 */
		     {"\x00\x01", 2}};					   /* no field 0 */
	union {
		eunomia_collector_v1_SubscribeRequest subscribe;
		eunomia_collector_v1_UpdateFilterRequest update;
		eunomia_collector_v1_InspectContainerRequest inspect;
	} out;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const uint8_t *msg = (const uint8_t *)wrong[i].bytes;
		size_t len = wrong[i].len;

		assert_int_equal(eu_subscribe_decode(&out.subscribe, msg, len), -EBADMSG);
		assert_int_equal(eu_update_filter_decode(&out.update, msg, len), -EBADMSG);
		assert_int_equal(eu_inspect_decode(&out.inspect, msg, len), -EBADMSG);
		assert_int_equal(eu_empty_decode(msg, len), -EBADMSG);
	}
}

static const struct eu_kind_ledger largest_kind = {UINT32_MAX, UINT64_MAX, UINT64_MAX,
						   UINT64_MAX, UINT64_MAX, UINT64_MAX};

static void fill_status(eunomia_collector_v1_GetStatusResponse *status)
{
	struct eu_kind_ledger ledger[EU_LEDGER_KINDS + 1];

	for (size_t i = 0; i < EU_LEDGER_KINDS + 1; i++)
		ledger[i] = largest_kind;
	eu_status_set_ledger(status, ledger, EU_LEDGER_KINDS + 1);
	memset(status->version, 'v', sizeof(status->version) - 1);
	memset(status->kernel_release, 'k', sizeof(status->kernel_release) - 1);
	memset(status->boot_id, 'b', sizeof(status->boot_id) - 1);
	memset(status->cgroup_mode, 'c', sizeof(status->cgroup_mode) - 1);
	status->abi_version = status->cpus = status->host_pidns = status->host_mntns = UINT32_MAX;
	status->ring_bytes = UINT64_MAX;
	status->subscribed = true;
	status->families_count = 16;
	for (int i = 0; i < 16; i++) {
		status->families[i].family = eunomia_collector_v1_Family_FAMILY_PROCESS;
		status->families[i].state = eunomia_collector_v1_FamilyState_FAMILY_STATE_OFF;
		memset(status->families[i].hook, 'h', 31);
		memset(status->families[i].reason, 'r', 255);
	}
	status->cgroup_losses_count = 64;
	for (int i = 0; i < 64; i++)
		status->cgroup_losses[i] =
		    (eunomia_collector_v1_CgroupLoss){UINT64_MAX, UINT64_MAX - (uint64_t)i};
}

static void encode_largest_status(void **state)
{
	static eunomia_collector_v1_GetStatusResponse in, out;
	static uint8_t buf[EU_STATUS_BYTES];
	pb_istream_t stream;
	size_t len = 0;

	(void)state;
	fill_status(&in);
	assert_int_equal(eu_status_encode(buf, sizeof(buf), &len, &in), 0);
	stream = pb_istream_from_buffer(buf, len);
	assert_true(pb_decode(&stream, eunomia_collector_v1_GetStatusResponse_fields, &out));
	assert_int_equal(out.ledger_count, 64);
	assert_memory_equal(&out, &in, sizeof(in));
	assert_int_equal(eu_status_encode(buf, len - 1, &len, &in), -EMSGSIZE);
	in.families_count = 17;
	assert_int_equal(eu_status_encode(buf, sizeof(buf), &len, &in), -EMSGSIZE);
}

static void encode_largest_container(void **state)
{
	eunomia_collector_v1_InspectContainerResponse in = {.created_unix_ns = -1}, out = {0};
	uint8_t buf[EU_INSPECT_BYTES];
	pb_istream_t stream;
	size_t len = 0;

	(void)state;
	memset(in.runtime, 'r', sizeof(in.runtime) - 1);
	memset(in.name, 'n', sizeof(in.name) - 1);
	memset(in.image, 'i', sizeof(in.image) - 1);
	memset(in.pod, 'p', sizeof(in.pod) - 1);
	memset(in.namespace, 's', sizeof(in.namespace) - 1);
	memset(in.pod_uid, 'u', sizeof(in.pod_uid) - 1);
	memset(in.image_id, 'i', sizeof(in.image_id) - 1);
	memset(in.image_digest, 'd', sizeof(in.image_digest) - 1);
	memset(in.user, 'u', sizeof(in.user) - 1);
	memset(in.apparmor_profile, 'a', sizeof(in.apparmor_profile) - 1);
	memset(in.seccomp_profile, 's', sizeof(in.seccomp_profile) - 1);
	memset(in.healthcheck, 'h', sizeof(in.healthcheck) - 1);
	in.has_uid = in.has_gid = in.has_capabilities_bounding = in.has_capabilities_effective =
	    true;
	in.owner_uid = in.uid = in.gid = in.facts = in.facts_known = UINT32_MAX;
	in.capabilities_bounding = UINT64_MAX;
	in.incomplete = true;
	assert_int_equal(eu_inspect_encode(buf, sizeof(buf), &len, &in), 0);
	stream = pb_istream_from_buffer(buf, len);
	assert_true(pb_decode(&stream, eunomia_collector_v1_InspectContainerResponse_fields, &out));
	assert_string_equal(out.image, in.image);
	assert_string_equal(out.namespace, in.namespace);
	assert_int_equal(out.created_unix_ns, -1);
	assert_string_equal(out.healthcheck, in.healthcheck);
	assert_true(out.has_capabilities_effective);
	assert_int_equal(out.capabilities_effective, 0);
	assert_int_equal(out.capabilities_bounding, UINT64_MAX);
}

/* The largest of what there may be several of, one behind the other, up to the end of the room. */
static void append_within_bounds(void **state)
{
	static eunomia_collector_v1_ContainerMount mount = {.read_only = true};
	static eunomia_collector_v1_ContainerLabel label;
	static eunomia_collector_v1_UserAccount user = {.uid = UINT32_MAX};
	static eunomia_collector_v1_GroupAccount group = {.gid = UINT32_MAX};
	static uint8_t buf[EU_MOUNT_BYTES + EU_LABEL_BYTES + 2 * EU_USER_BYTES];
	size_t len = 0, before;

	(void)state;
	memset(mount.source, 's', sizeof(mount.source) - 1);
	memset(mount.destination, 'd', sizeof(mount.destination) - 1);
	memset(mount.mode, 'm', sizeof(mount.mode) - 1);
	memset(mount.propagation, 'p', sizeof(mount.propagation) - 1);
	memset(label.key, 'k', sizeof(label.key) - 1);
	memset(label.value, 'v', sizeof(label.value) - 1);
	memset(user.name, 'n', sizeof(user.name) - 1);
	memset(user.home, 'h', sizeof(user.home) - 1);
	memset(user.shell, 's', sizeof(user.shell) - 1);
	memset(group.name, 'n', sizeof(group.name) - 1);
	assert_int_equal(eu_mount_append(buf, EU_MOUNT_BYTES, &len, &mount), 0);
	before = len;
	assert_int_equal(eu_label_append(buf, sizeof(buf), &len, 23, &label), 0);
	assert_in_range(len - before, 1, EU_LABEL_BYTES);
	before = len;
	assert_int_equal(eu_user_append(buf, sizeof(buf), &len, &user), 0);
	assert_in_range(len - before, 1, EU_USER_BYTES);
	before = len;
	assert_int_equal(eu_group_append(buf, sizeof(buf), &len, &group), 0);
	assert_in_range(len - before, 1, EU_USER_BYTES);
	before = len;
	assert_int_equal(eu_user_append(buf, before + 100, &len, &user), -EMSGSIZE);
	assert_int_equal(len, before);
}

static void decode_lookup_at_its_bounds(void **state)
{
	eunomia_collector_v1_LookupUserRequest in = {.pid = UINT32_MAX, .start_ns = UINT64_MAX},
					       out;
	size_t len;

	(void)state;
	in.uids_count = in.gids_count = 64;
	for (uint32_t i = 0; i < 64; i++)
		in.uids[i] = in.gids[i] = UINT32_MAX - i;
	len = put(eunomia_collector_v1_LookupUserRequest_fields, &in);
	assert_int_equal(eu_lookup_decode(&out, wire, len), 0);
	assert_int_equal(out.uids_count, 64);
	assert_memory_equal(out.gids, in.gids, sizeof(in.gids));
	/* One more of either, by itself. */
	for (int field = 3; field <= 4; field++) {
		wire[len] = (uint8_t)(field << 3);
		wire[len + 1] = 7;
		assert_int_equal(eu_lookup_decode(&out, wire, len + 2), -EBADMSG);
	}
}

static void set_text_within_bounds(void **state)
{
	char field[8];

	(void)state;
	EU_TEXT(field, "short");
	assert_string_equal(field, "short");
	EU_TEXT(field, "1234567");
	assert_string_equal(field, "1234567");
	EU_TEXT(field, "12345678");
	assert_string_equal(field, "1234567");
	EU_TEXT(field, "123456\xc3\xa4");
	assert_string_equal(field, "123456");
	EU_TEXT(field, "a\xff\xc3z\xc3\xa4");
	assert_string_equal(field, "a??z\xc3\xa4");
	EU_TEXT(field, NULL);
	assert_string_equal(field, "");
}

struct records {
	const uint8_t *want;
	size_t want_len;
	int n_seen;
};

static bool check_records(pb_istream_t *stream, const pb_field_t *field, void **arg)
{
	struct records *records = *arg;
	uint8_t bytes[4096];

	(void)field;
	assert_int_equal(stream->bytes_left, records->want_len);
	assert_true(pb_read(stream, bytes, stream->bytes_left));
	assert_memory_equal(bytes, records->want, records->want_len);
	records->n_seen++;
	return true;
}

static int decode_batch(eunomia_collector_v1_EventBatch *ret, const uint8_t *msg, size_t len,
			const uint8_t *records, size_t records_len)
{
	struct records want = {records, records_len, 0};
	pb_istream_t stream = pb_istream_from_buffer(msg, len);

	*ret = (eunomia_collector_v1_EventBatch){.records.funcs.decode = check_records,
						 .records.arg = &want};
	assert_true(
	    pb_decode_ex(&stream, eunomia_collector_v1_EventBatch_fields, ret, PB_DECODE_NOINIT));
	return want.n_seen;
}

static void encode_batch_in_place(void **state)
{
	const struct eu_kind_ledger ledger[] = {
	    {1, 10, 1, 2, 3, 4}, {2, 0, 0, 0, 0, 0}, {300, 5000000000, 0, 0, 0, 1}};
	const struct eu_batch_header header = {.batch = 300,
					       .final = true,
					       .boot_to_unix_ns = -5,
					       .drained_ns = 1ull << 40,
					       .ledger = ledger,
					       .n_ledger = 3,
					       .record_count = 2};
	uint8_t buf[EU_BATCH_HEADROOM + 1000];
	eunomia_collector_v1_EventBatch batch;
	size_t len;
	uint8_t *msg;

	(void)state;
	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(i * 3);
	msg = eu_batch_encode(buf + EU_BATCH_HEADROOM, EU_BATCH_HEADROOM, 1000, &header, &len);
	assert_non_null(msg);
	assert_ptr_equal(msg + len, buf + sizeof(buf));
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(buf[EU_BATCH_HEADROOM + i],
				 (uint8_t)((EU_BATCH_HEADROOM + i) * 3));
	assert_int_equal(decode_batch(&batch, msg, len, buf + EU_BATCH_HEADROOM, 1000), 1);
	assert_int_equal(batch.batch, 300);
	assert_true(batch.final);
	assert_int_equal(batch.boot_to_unix_ns, -5);
	assert_int_equal(batch.drained_ns, 1ull << 40);
	assert_int_equal(batch.record_count, 2);
	assert_int_equal(batch.ledger_count, 3);
	assert_int_equal(batch.ledger[0].kind, 1);
	assert_int_equal(batch.ledger[0].offered, 10);
	assert_int_equal(batch.ledger[0].lost_ring, 1);
	assert_int_equal(batch.ledger[0].lost_program, 2);
	assert_int_equal(batch.ledger[0].lost_map, 3);
	assert_int_equal(batch.ledger[0].lost_collector, 4);
	assert_int_equal(batch.ledger[1].kind, 2);
	assert_int_equal(batch.ledger[2].kind, 300);
	assert_int_equal(batch.ledger[2].offered, 5000000000);
}

static void encode_largest_batch_within_headroom(void **state)
{
	static uint8_t buf[EU_BATCH_HEADROOM + 8];
	struct eu_kind_ledger ledger[EU_LEDGER_KINDS];
	struct eu_batch_header header = {.batch = UINT64_MAX,
					 .final = true,
					 .boot_to_unix_ns = -1,
					 .drained_ns = UINT64_MAX,
					 .ledger = ledger,
					 .n_ledger = EU_LEDGER_KINDS,
					 .record_count = UINT32_MAX};
	eunomia_collector_v1_EventBatch batch;
	size_t len;
	uint8_t *msg;

	(void)state;
	for (size_t i = 0; i < EU_LEDGER_KINDS; i++)
		ledger[i] = largest_kind;
	msg = eu_batch_encode(buf + EU_BATCH_HEADROOM, EU_BATCH_HEADROOM, 8, &header, &len);
	assert_non_null(msg);
	assert_int_equal(decode_batch(&batch, msg, len, buf + EU_BATCH_HEADROOM, 8), 1);
	assert_int_equal(batch.ledger_count, 64);
	assert_int_equal(batch.ledger[63].lost_collector, UINT64_MAX);
	/* One byte less than it needs is refused. */
	assert_null(eu_batch_encode(buf + EU_BATCH_HEADROOM, len - 8 - 1, 8, &header, &len));
	assert_null(eu_batch_encode(buf + EU_BATCH_HEADROOM, 0, 8, &header, &len));
	header.n_ledger = EU_LEDGER_KINDS + 1;
	assert_null(eu_batch_encode(buf + EU_BATCH_HEADROOM, EU_BATCH_HEADROOM, 8, &header, &len));
}

static void encode_batch_without_anything(void **state)
{
	uint8_t buf[8] = {0};
	size_t len = 99;

	(void)state;
	assert_ptr_equal(eu_batch_encode(buf + 8, 8, 0, &(struct eu_batch_header){0}, &len),
			 buf + 8);
	assert_int_equal(len, 0);
}

static void decode_resolve_at_its_bounds(void **state)
{
	static eunomia_collector_v1_ResolveSymbolsRequest in, out;
	size_t len;

	(void)state;
	in.pid = UINT32_MAX;
	in.start_ns = UINT64_MAX;
	in.addresses_count = 512;
	for (uint32_t i = 0; i < 512; i++)
		in.addresses[i] = UINT64_MAX - i;
	len = put(eunomia_collector_v1_ResolveSymbolsRequest_fields, &in);
	assert_int_equal(eu_resolve_decode(&out, wire, len), 0);
	assert_int_equal(out.pid, UINT32_MAX);
	assert_int_equal(out.start_ns, UINT64_MAX);
	assert_int_equal(out.addresses_count, 512);
	assert_memory_equal(out.addresses, in.addresses, sizeof(in.addresses));
	/* One more address, by itself. */
	wire[len] = 3 << 3 | 1;
	memset(wire + len + 1, 0, 8);
	assert_int_equal(eu_resolve_decode(&out, wire, len + 9), -EBADMSG);
}

static bool take_symbol(pb_istream_t *stream, const pb_field_t *field, void **arg)
{
	eunomia_collector_v1_Symbol **next = (eunomia_collector_v1_Symbol **)arg;

	(void)field;
	return pb_decode(stream, eunomia_collector_v1_Symbol_fields, (*next)++);
}

static void append_symbols_up_to_the_end(void **state)
{
	static eunomia_collector_v1_Symbol in[2], out[2];
	static uint8_t buf[2 * EU_SYMBOL_BYTES];
	eunomia_collector_v1_ResolveSymbolsResponse response = {
	    .symbols = {.funcs.decode = take_symbol, .arg = out}};
	pb_istream_t stream;
	size_t len = 0, first;

	(void)state;
	memset(in[1].function, 'f', sizeof(in[1].function) - 1);
	memset(in[1].module, 'm', sizeof(in[1].module) - 1);
	in[1].offset = UINT64_MAX;
	assert_int_equal(eu_symbol_append(buf, sizeof(buf), &len, &in[0]), 0);
	assert_int_equal(len, 2);
	first = len;
	assert_int_equal(eu_symbol_append(buf, first + EU_SYMBOL_BYTES, &len, &in[1]), 0);
	stream = pb_istream_from_buffer(buf, len);
	assert_true(
	    pb_decode(&stream, eunomia_collector_v1_ResolveSymbolsResponse_fields, &response));
	assert_memory_equal(out, in, sizeof(in));
	first = len;
	assert_int_equal(eu_symbol_append(buf, len + 100, &len, &in[1]), -EMSGSIZE);
	assert_int_equal(len, first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(decode_subscribe_at_its_bounds),
	    cmocka_unit_test(decode_subscribe_without_fields),
	    cmocka_unit_test(refuse_subscribe_above_its_bounds),
	    cmocka_unit_test(decode_update_filter_at_its_bounds),
	    cmocka_unit_test(decode_inspect_at_its_bounds),
	    cmocka_unit_test(decode_resolve_at_its_bounds),
	    cmocka_unit_test(decode_lookup_at_its_bounds),
	    cmocka_unit_test(append_within_bounds),
	    cmocka_unit_test(append_symbols_up_to_the_end),
	    cmocka_unit_test(decode_empty_with_unknown_fields),
	    cmocka_unit_test(refuse_malformed_messages),
	    cmocka_unit_test(encode_largest_status),
	    cmocka_unit_test(encode_largest_container),
	    cmocka_unit_test(set_text_within_bounds),
	    cmocka_unit_test(encode_batch_in_place),
	    cmocka_unit_test(encode_largest_batch_within_headroom),
	    cmocka_unit_test(encode_batch_without_anything),
	};

	return cmocka_run_group_tests_name("rpc_messages", tests, NULL, NULL);
}
