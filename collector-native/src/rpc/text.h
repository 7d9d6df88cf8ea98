/* SPDX-License-Identifier: Apache-2.0 */
/* Texts: gRPC's timeout and status message, and UTF-8. Pure functions. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A status message is cut at this many bytes, on a UTF-8 border. */
#define EU_RPC_MESSAGE_MAX 512

/* Room for the longest message, quoted. */
#define EU_RPC_MESSAGE_QUOTED (3 * EU_RPC_MESSAGE_MAX + 1)

/* A grpc-timeout value: 1 to 8 digits and one of H M S m u n, "300m". Says whether it is one; more
 * than fits becomes INT64_MAX. */
bool eu_rpc_timeout_parse(const uint8_t *value, size_t len, int64_t *ret_ns);

/* The length of the UTF-8 character that the NUL-terminated text starts with, 0 when it starts with
 * none (as RFC 3629 has it: no surrogates, no longer forms than needed). */
size_t eu_utf8_character(const char *text);

/* The length of the longest start of text[0..len) that is at most max bytes and does not end within
 * a UTF-8 sequence. Bytes that are no UTF-8 count as characters of one byte. */
size_t eu_utf8_cut(const char *text, size_t len, size_t max);

/* Quotes text as grpc-message wants it: bytes < 0x20, > 0x7e and '%' become %XX. Cuts it at
 * EU_RPC_MESSAGE_MAX. */
void eu_rpc_message_quote(char ret[EU_RPC_MESSAGE_QUOTED], const char *text);
