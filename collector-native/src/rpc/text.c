/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "rpc/text.h"
#include "util/clock.h"

#define TIMEOUT_DIGITS 8

static int64_t unit_ns(uint8_t unit)
{
	switch (unit) {
	case 'n':
		return 1;
	case 'u':
		return 1000;
	case 'm':
		return EU_NS_PER_MS;
	case 'S':
		return EU_NS_PER_S;
	case 'M':
		return 60 * EU_NS_PER_S;
	case 'H':
		return 3600 * EU_NS_PER_S;
	default:
		return 0;
	}
}

bool eu_rpc_timeout_parse(const uint8_t *value, size_t len, int64_t *ret_ns)
{
	int64_t count = 0, unit, ns;

	if (len < 2 || len > TIMEOUT_DIGITS + 1)
		return false;
	for (size_t i = 0; i < len - 1; i++) {
		if (value[i] < '0' || value[i] > '9')
			return false;
		count = count * 10 + (value[i] - '0');
	}
	unit = unit_ns(value[len - 1]);
	if (!unit)
		return false;
	*ret_ns = __builtin_mul_overflow(count, unit, &ns) ? INT64_MAX : ns;
	return true;
}

/* The length that a UTF-8 lead byte announces, 1 for any other byte. */
static size_t sequence_length(uint8_t lead)
{
	if (lead >= 0xf0 && lead <= 0xf7)
		return 4;
	if (lead >= 0xe0)
		return lead < 0xf0 ? 3 : 1;
	return lead >= 0xc0 ? 2 : 1;
}

static bool is_continuation(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

size_t eu_utf8_character(const char *text)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t len = sequence_length(bytes[0]);

	if (len == 1)
		return bytes[0] && bytes[0] < 0x80;
	for (size_t i = 1; i < len; i++) {
		if (!is_continuation(bytes[i]))
			return 0;
	}
	/* Too long a form of a small number, a surrogate, or beyond the last character. */
	if (bytes[0] < 0xc2 || (bytes[0] == 0xe0 && bytes[1] < 0xa0) ||
	    (bytes[0] == 0xf0 && bytes[1] < 0x90) || (bytes[0] == 0xed && bytes[1] > 0x9f) ||
	    bytes[0] > 0xf4 || (bytes[0] == 0xf4 && bytes[1] > 0x8f))
		return 0;
	return len;
}

size_t eu_utf8_cut(const char *text, size_t len, size_t max)
{
	size_t cut = len < max ? len : max;

	for (size_t back = 1; back <= 3 && back <= cut; back++) {
		uint8_t byte = (uint8_t)text[cut - back];

		if (is_continuation(byte))
			continue;
		return sequence_length(byte) > back ? cut - back : cut;
	}
	return cut;
}

void eu_rpc_message_quote(char ret[EU_RPC_MESSAGE_QUOTED], const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t len = eu_utf8_cut(text, strnlen(text, EU_RPC_MESSAGE_MAX + 1), EU_RPC_MESSAGE_MAX);

	for (size_t i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)text[i];

		if (byte >= 0x20 && byte <= 0x7e && byte != '%') {
			*ret++ = (char)byte;
			continue;
		}
		*ret++ = '%';
		*ret++ = hex[byte >> 4];
		*ret++ = hex[byte & 15];
	}
	*ret = '\0';
}
