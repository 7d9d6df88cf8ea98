/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include <pb_decode.h>
#include <pb_encode.h>

#include "rpc/messages.h"
#include "rpc/text.h"

#define VARINT_MAX 10
#define LEDGER_MAX (2 + eunomia_collector_v1_KindLedger_size) /* tag and length in front */
/* Three 64-bit numbers, final, record_count, and the tag and length of records. */
#define BATCH_MAX (EU_LEDGER_KINDS * LEDGER_MAX + 3 * (1 + VARINT_MAX) + 2 + 6 + (1 + VARINT_MAX))
_Static_assert(BATCH_MAX <= EU_BATCH_HEADROOM, "the largest batch header fits the headroom");

#define BATCH_TAG(field) eunomia_collector_v1_EventBatch_##field##_tag
#define KIND_TAG(field)	 eunomia_collector_v1_KindLedger_##field##_tag

enum wire_type {
	WIRE_VARINT = 0,
	WIRE_BYTES = 2,
};

static int decode(const pb_msgdesc_t *fields, void *ret, const uint8_t *msg, size_t len)
{
	pb_istream_t stream = pb_istream_from_buffer(msg, len);

	return pb_decode(&stream, fields, ret) ? 0 : -EBADMSG;
}

int eu_subscribe_decode(eunomia_collector_v1_SubscribeRequest *ret, const uint8_t *msg, size_t len)
{
	eunomia_collector_v1_SubscribeRequest request;
	int r = decode(eunomia_collector_v1_SubscribeRequest_fields, &request, msg, len);

	if (r == 0)
		*ret = request;
	return r;
}

int eu_update_filter_decode(eunomia_collector_v1_UpdateFilterRequest *ret, const uint8_t *msg,
			    size_t len)
{
	eunomia_collector_v1_UpdateFilterRequest request;
	int r = decode(eunomia_collector_v1_UpdateFilterRequest_fields, &request, msg, len);

	if (r == 0)
		*ret = request;
	return r;
}

int eu_inspect_decode(eunomia_collector_v1_InspectContainerRequest *ret, const uint8_t *msg,
		      size_t len)
{
	eunomia_collector_v1_InspectContainerRequest request;
	int r = decode(eunomia_collector_v1_InspectContainerRequest_fields, &request, msg, len);

	if (r == 0)
		*ret = request;
	return r;
}

int eu_resolve_decode(eunomia_collector_v1_ResolveSymbolsRequest *ret, const uint8_t *msg,
		      size_t len)
{
	eunomia_collector_v1_ResolveSymbolsRequest request;
	int r = decode(eunomia_collector_v1_ResolveSymbolsRequest_fields, &request, msg, len);

	if (r == 0)
		*ret = request;
	return r;
}

int eu_lookup_decode(eunomia_collector_v1_LookupUserRequest *ret, const uint8_t *msg, size_t len)
{
	eunomia_collector_v1_LookupUserRequest request;
	int r = decode(eunomia_collector_v1_LookupUserRequest_fields, &request, msg, len);

	if (r == 0)
		*ret = request;
	return r;
}

/* Where the messages of a repeated field go. */
struct list {
	const pb_msgdesc_t *fields;
	void *items;
	size_t item_size;
	size_t max;
	size_t *count;
};

static bool append_item(pb_istream_t *stream, const pb_field_t *field, void **arg)
{
	const struct list *list = *arg;

	(void)field;
	if (*list->count == list->max ||
	    !pb_decode(stream, list->fields, (char *)list->items + *list->count * list->item_size))
		return false;
	(*list->count)++;
	return true;
}

#define LIST(type, ret, name, most)                                                                \
	{                                                                                          \
		eunomia_collector_v1_##type##_fields, (ret)->name, sizeof((ret)->name[0]), (most), \
		    &(ret)->name##_count                                                           \
	}

int eu_policies_decode(struct eu_policies *ret, const uint8_t *msg, size_t len)
{
	struct list policies = LIST(EnforcementPolicy, ret, policies, EU_POLICIES_MAX);
	struct list matchers = LIST(EnforcementMatcher, ret, matchers, EU_MATCHERS_MAX);
	struct list targets = LIST(EnforcementTarget, ret, targets, EU_TARGETS_MAX);
	eunomia_collector_v1_SetEnforcementRequest request = {
	    .policies = {.funcs.decode = append_item, .arg = &policies},
	    .matchers = {.funcs.decode = append_item, .arg = &matchers},
	    .targets = {.funcs.decode = append_item, .arg = &targets},
	};
	pb_istream_t stream = pb_istream_from_buffer(msg, len);

	ret->policies_count = ret->matchers_count = ret->targets_count = 0;
	/* Without initializing: that would clear the callbacks. */
	return pb_decode_ex(&stream, eunomia_collector_v1_SetEnforcementRequest_fields, &request,
			    PB_DECODE_NOINIT)
		   ? 0
		   : -EBADMSG;
}

int eu_signal_decode(eunomia_collector_v1_SignalRequest *ret, const uint8_t *msg, size_t len)
{
	eunomia_collector_v1_SignalRequest request;
	int r = decode(eunomia_collector_v1_SignalRequest_fields, &request, msg, len);

	if (r == 0)
		*ret = request;
	return r;
}

int eu_empty_decode(const uint8_t *msg, size_t len)
{
	eunomia_collector_v1_GetStatusRequest request;

	return decode(eunomia_collector_v1_GetStatusRequest_fields, &request, msg, len);
}

static int encode(uint8_t *buf, size_t size, size_t *ret_len, const pb_msgdesc_t *fields,
		  const void *message)
{
	pb_ostream_t stream = pb_ostream_from_buffer(buf, size);

	if (!pb_encode(&stream, fields, message))
		return -EMSGSIZE;
	*ret_len = stream.bytes_written;
	return 0;
}

int eu_status_encode(uint8_t *buf, size_t size, size_t *ret_len,
		     const eunomia_collector_v1_GetStatusResponse *status)
{
	return encode(buf, size, ret_len, eunomia_collector_v1_GetStatusResponse_fields, status);
}

int eu_inspect_encode(uint8_t *buf, size_t size, size_t *ret_len,
		      const eunomia_collector_v1_InspectContainerResponse *container)
{
	return encode(buf, size, ret_len, eunomia_collector_v1_InspectContainerResponse_fields,
		      container);
}

int eu_set_enforcement_encode(uint8_t *buf, size_t size, size_t *ret_len,
			      const eunomia_collector_v1_SetEnforcementResponse *response)
{
	return encode(buf, size, ret_len, eunomia_collector_v1_SetEnforcementResponse_fields,
		      response);
}

int eu_signal_encode(uint8_t *buf, size_t size, size_t *ret_len,
		     const eunomia_collector_v1_SignalResponse *response)
{
	return encode(buf, size, ret_len, eunomia_collector_v1_SignalResponse_fields, response);
}

static int append(uint8_t *buf, size_t size, size_t *len, uint32_t field,
		  const pb_msgdesc_t *fields, const void *message)
{
	pb_ostream_t stream = pb_ostream_from_buffer(buf + *len, size - *len);

	if (!pb_encode_tag(&stream, PB_WT_STRING, field) ||
	    !pb_encode_submessage(&stream, fields, message))
		return -EMSGSIZE;
	*len += stream.bytes_written;
	return 0;
}

int eu_symbol_append(uint8_t *buf, size_t size, size_t *len,
		     const eunomia_collector_v1_Symbol *symbol)
{
	return append(buf, size, len, eunomia_collector_v1_ResolveSymbolsResponse_symbols_tag,
		      eunomia_collector_v1_Symbol_fields, symbol);
}

int eu_mount_append(uint8_t *buf, size_t size, size_t *len,
		    const eunomia_collector_v1_ContainerMount *mount)
{
	return append(buf, size, len, eunomia_collector_v1_InspectContainerResponse_mounts_tag,
		      eunomia_collector_v1_ContainerMount_fields, mount);
}

int eu_label_append(uint8_t *buf, size_t size, size_t *len, uint32_t field,
		    const eunomia_collector_v1_ContainerLabel *label)
{
	return append(buf, size, len, field, eunomia_collector_v1_ContainerLabel_fields, label);
}

int eu_user_append(uint8_t *buf, size_t size, size_t *len,
		   const eunomia_collector_v1_UserAccount *user)
{
	return append(buf, size, len, eunomia_collector_v1_LookupUserResponse_users_tag,
		      eunomia_collector_v1_UserAccount_fields, user);
}

int eu_group_append(uint8_t *buf, size_t size, size_t *len,
		    const eunomia_collector_v1_GroupAccount *group)
{
	return append(buf, size, len, eunomia_collector_v1_LookupUserResponse_groups_tag,
		      eunomia_collector_v1_GroupAccount_fields, group);
}

void eu_text_set(char *field, size_t size, const char *text)
{
	size_t n = 0;

	while (text && *text) {
		size_t character = eu_utf8_character(text);
		size_t width = character ? character : 1;

		if (n + width >= size)
			break;
		if (character)
			memcpy(field + n, text, width);
		else
			field[n] = '?';
		n += width;
		text += width;
	}
	field[n] = '\0';
}

void eu_status_set_ledger(eunomia_collector_v1_GetStatusResponse *status,
			  const struct eu_kind_ledger *ledger, size_t n_ledger)
{
	if (n_ledger > EU_LEDGER_KINDS)
		n_ledger = EU_LEDGER_KINDS;
	for (size_t i = 0; i < n_ledger; i++) {
		status->ledger[i] = (eunomia_collector_v1_KindLedger){
		    .kind = ledger[i].kind,
		    .offered = ledger[i].offered,
		    .lost_ring = ledger[i].lost_ring,
		    .lost_program = ledger[i].lost_program,
		    .lost_map = ledger[i].lost_map,
		    .lost_collector = ledger[i].lost_collector,
		};
	}
	status->ledger_count = (pb_size_t)n_ledger;
}

/* Writes backwards: from the records, whose place is fixed, to the message's start, which is not
 * known before. */
struct writer {
	uint8_t *pos;
	uint8_t *floor;
	bool is_full;
};

static void put_varint(struct writer *w, uint64_t value)
{
	uint8_t bytes[VARINT_MAX];
	size_t n = 0;

	do {
		bytes[n] = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
		value >>= 7;
		n++;
	} while (value);
	if ((size_t)(w->pos - w->floor) < n) {
		w->is_full = true;
		return;
	}
	w->pos -= n;
	memcpy(w->pos, bytes, n);
}

static void put_tag(struct writer *w, uint32_t field, enum wire_type type)
{
	put_varint(w, field << 3 | type);
}

/* A zero is the default: it is left out. */
static void put_number(struct writer *w, uint32_t field, uint64_t value)
{
	if (!value)
		return;
	put_varint(w, value);
	put_tag(w, field, WIRE_VARINT);
}

static void put_ledger(struct writer *w, const struct eu_kind_ledger *ledger)
{
	const uint8_t *end = w->pos;

	put_number(w, KIND_TAG(lost_collector), ledger->lost_collector);
	put_number(w, KIND_TAG(lost_map), ledger->lost_map);
	put_number(w, KIND_TAG(lost_program), ledger->lost_program);
	put_number(w, KIND_TAG(lost_ring), ledger->lost_ring);
	put_number(w, KIND_TAG(offered), ledger->offered);
	put_number(w, KIND_TAG(kind), ledger->kind);
	put_varint(w, (uint64_t)(end - w->pos));
	put_tag(w, BATCH_TAG(ledger), WIRE_BYTES);
}

uint8_t *eu_batch_encode(uint8_t *records, size_t headroom, size_t records_len,
			 const struct eu_batch_header *header, size_t *ret_len)
{
	struct writer w = {.pos = records, .floor = records - headroom};

	if (header->n_ledger > EU_LEDGER_KINDS)
		return NULL;
	if (records_len) {
		put_varint(&w, records_len);
		put_tag(&w, BATCH_TAG(records), WIRE_BYTES);
	}
	put_number(&w, BATCH_TAG(record_count), header->record_count);
	for (size_t i = header->n_ledger; i-- > 0;)
		put_ledger(&w, &header->ledger[i]);
	put_number(&w, BATCH_TAG(drained_ns), header->drained_ns);
	put_number(&w, BATCH_TAG(boot_to_unix_ns), (uint64_t)header->boot_to_unix_ns);
	put_number(&w, BATCH_TAG(final), header->final);
	put_number(&w, BATCH_TAG(batch), header->batch);
	if (w.is_full)
		return NULL;
	*ret_len = (size_t)(records - w.pos) + records_len;
	return w.pos;
}
