/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract's messages on the wire. Small ones are nanopb's structs, bounded by
 * protos/eunomia/collector/v1/collector.options; the EventBatch is written by hand in front of its
 * records. Nothing here allocates or logs.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eunomia/collector/v1/collector.pb.h"
#include "stream/ledger.h"

/* Sizes that always suffice for the encoders below. */
#define EU_STATUS_BYTES	 eunomia_collector_v1_GetStatusResponse_size
#define EU_INSPECT_BYTES 4096 /* without mounts and labels */

#define EU_LEDGER_KINDS 64

/* A SetEnforcementRequest. */
#define EU_POLICIES_MAX 64
#define EU_MATCHERS_MAX 256
#define EU_TARGETS_MAX	1024
struct eu_policies {
	size_t policies_count;
	eunomia_collector_v1_EnforcementPolicy policies[EU_POLICIES_MAX];
	size_t matchers_count;
	eunomia_collector_v1_EnforcementMatcher matchers[EU_MATCHERS_MAX];
	size_t targets_count;
	eunomia_collector_v1_EnforcementTarget targets[EU_TARGETS_MAX];
};

/* What has to be free in front of a batch's records for the rest of the message. */
#define EU_BATCH_HEADROOM 4096

/* Decoders: 0, or -EBADMSG when msg is no such message or exceeds a bound; *ret is only written on
 * success. */
int eu_subscribe_decode(eunomia_collector_v1_SubscribeRequest *ret, const uint8_t *msg, size_t len);
int eu_update_filter_decode(eunomia_collector_v1_UpdateFilterRequest *ret, const uint8_t *msg,
			    size_t len);
int eu_inspect_decode(eunomia_collector_v1_InspectContainerRequest *ret, const uint8_t *msg,
		      size_t len);
int eu_resolve_decode(eunomia_collector_v1_ResolveSymbolsRequest *ret, const uint8_t *msg,
		      size_t len);
int eu_lookup_decode(eunomia_collector_v1_LookupUserRequest *ret, const uint8_t *msg, size_t len);
/* Large: read in place, so that *ret is written even when it fails. */
int eu_policies_decode(struct eu_policies *ret, const uint8_t *msg, size_t len);
int eu_signal_decode(eunomia_collector_v1_SignalRequest *ret, const uint8_t *msg, size_t len);
/* For requests without fields: GetStatus, Unsubscribe, Snapshot. */
int eu_empty_decode(const uint8_t *msg, size_t len);

/* Encoders into buf of size bytes: 0, or -EMSGSIZE when it does not fit or a count is above its
 * bound. The empty responses are messages of length 0. */
int eu_status_encode(uint8_t *buf, size_t size, size_t *ret_len,
		     const eunomia_collector_v1_GetStatusResponse *status);
int eu_inspect_encode(uint8_t *buf, size_t size, size_t *ret_len,
		      const eunomia_collector_v1_InspectContainerResponse *container);

int eu_set_enforcement_encode(uint8_t *buf, size_t size, size_t *ret_len,
			      const eunomia_collector_v1_SetEnforcementResponse *response);
int eu_signal_encode(uint8_t *buf, size_t size, size_t *ret_len,
		     const eunomia_collector_v1_SignalResponse *response);

/* What a response has several of stands behind the rest of it, one behind the other, each of at
 * most as many bytes as named here: these write the next one and move *len behind it. 0/-EMSGSIZE.
 */
#define EU_MOUNT_BYTES (eunomia_collector_v1_ContainerMount_size + 8)
int eu_mount_append(uint8_t *buf, size_t size, size_t *len,
		    const eunomia_collector_v1_ContainerMount *mount);
#define EU_LABEL_BYTES (eunomia_collector_v1_ContainerLabel_size + 8)
int eu_label_append(uint8_t *buf, size_t size, size_t *len, uint32_t field,
		    const eunomia_collector_v1_ContainerLabel *label);
#define EU_USER_BYTES (eunomia_collector_v1_UserAccount_size + 8)
int eu_user_append(uint8_t *buf, size_t size, size_t *len,
		   const eunomia_collector_v1_UserAccount *user);
int eu_group_append(uint8_t *buf, size_t size, size_t *len,
		    const eunomia_collector_v1_GroupAccount *group);
#define EU_SYMBOL_BYTES (eunomia_collector_v1_Symbol_size + 8)
int eu_symbol_append(uint8_t *buf, size_t size, size_t *len,
		     const eunomia_collector_v1_Symbol *symbol);

/* Sets a text field to text as valid UTF-8: bytes that are none become '?', what does not fit is
 * cut on a character's border. NULL counts as empty. EU_TEXT takes the field itself. */
void eu_text_set(char *field, size_t size, const char *text);
#define EU_TEXT(field, text) eu_text_set(field, sizeof(field), text)

/* Copies a ledger, at most EU_LEDGER_KINDS of it, into a status. */
void eu_status_set_ledger(eunomia_collector_v1_GetStatusResponse *status,
			  const struct eu_kind_ledger *ledger, size_t n_ledger);

/* All of an EventBatch but its records. */
struct eu_batch_header {
	uint64_t batch;
	bool final;
	int64_t boot_to_unix_ns;
	uint64_t drained_ns;
	const struct eu_kind_ledger *ledger; /* n_ledger of them, at most EU_LEDGER_KINDS */
	size_t n_ledger;
	uint32_t record_count;
};

/*
 * Writes the message around records, which stay where they are: the fields go right-aligned into
 * the headroom bytes before records. Returns the start of the message, *ret_len bytes long; NULL
 * when headroom is too small (EU_BATCH_HEADROOM never is) or n_ledger is above its bound.
 */
uint8_t *eu_batch_encode(uint8_t *records, size_t headroom, size_t records_len,
			 const struct eu_batch_header *header, size_t *ret_len);
