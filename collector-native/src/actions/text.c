/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "actions/text.h"

#define NS_PER_S 1000000000ll

/* Length of the UTF-8 character that s starts with; 0 when it starts with none. */
static size_t utf8_step(const char *s, size_t len)
{
	static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)s[0];
	size_t n = first < 0x80 ? 1 : first >> 5 == 0x6 ? 2 : first >> 4 == 0xe ? 3 : 4;
	uint32_t code = first & (0x7fu >> n);

	if (n == 1)
		return 1;
	if ((n == 4 && first >> 3 != 0x1e) || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)s[i] & 0x3f);
	}
	if (code < lowest[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return n;
}

/* How many of the first max bytes of s are whole, valid characters, from the start on. */
static size_t utf8_span(const char *s, size_t len, size_t max)
{
	size_t at = 0;

	while (at < len) {
		size_t step = utf8_step(s + at, len - at);

		if (!step || at + step > max)
			break;
		at += step;
	}
	return at;
}

bool eu_text_copy(char *dst, size_t size, const char *src, size_t len)
{
	size_t fits = utf8_span(src, len, size - 1);

	memcpy(dst, src, fits);
	memset(dst + fits, 0, size - fits);
	return fits == len;
}

bool eu_text_valid(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	if (len == size || utf8_span(text, len, len) != len)
		return false;
	for (size_t i = len; i < size; i++) {
		if (text[i])
			return false;
	}
	return true;
}

/* Reads exactly n digits at *at, with a value between low and high, and the character after them
 * when there is one to expect. */
static bool take_number(const char **at, int n, int low, int high, char after, int *ret)
{
	int value = 0;

	for (int i = 0; i < n; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		value = value * 10 + (**at - '0');
	}
	if (value < low || value > high || (after && **at != after))
		return false;
	*at += after != '\0';
	*ret = value;
	return true;
}

/* ".5" is half a second; digits after the ninth are dropped. */
static bool take_fraction(const char **at, int64_t *ret_ns)
{
	int64_t unit = NS_PER_S, ns = 0;

	if (**at == '.') {
		if ((*at)[1] < '0' || (*at)[1] > '9')
			return false;
		for ((*at)++; **at >= '0' && **at <= '9'; (*at)++) {
			unit /= 10;
			ns += (**at - '0') * unit;
		}
	}
	*ret_ns = ns;
	return true;
}

/* "Z" or "+HH:MM", up to the end of the text. */
static bool take_offset(const char *at, int64_t *ret_s)
{
	int sign = *at == '-' ? -1 : 1, hours = 0, minutes = 0;

	if (*at != 'Z') {
		if (*at != '+' && *at != '-')
			return false;
		at++;
		if (!take_number(&at, 2, 0, 23, ':', &hours) ||
		    !take_number(&at, 2, 0, 59, '\0', &minutes))
			return false;
	} else {
		at++;
	}
	*ret_s = sign * (hours * 3600ll + minutes * 60ll);
	return *at == '\0';
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1970-01-01 to a day of 1970 or later. */
static int64_t days_since_1970(int year, int month, int day)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int past = year - 1;
	int leap_days = past / 4 - past / 100 + past / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);

	return 365ll * (year - 1970) + leap_days + before[month - 1] +
	       (month > 2 && is_leap(year)) + day - 1;
}

int eu_parse_rfc3339(const char *text, int64_t *ret_ns)
{
	int year, month, day, hour, minute, second;
	int64_t fraction, offset;

	if (!take_number(&text, 4, 0, 9999, '-', &year) ||
	    !take_number(&text, 2, 1, 12, '-', &month) ||
	    !take_number(&text, 2, 1, 31, 'T', &day) || !take_number(&text, 2, 0, 23, ':', &hour) ||
	    !take_number(&text, 2, 0, 59, ':', &minute) ||
	    !take_number(&text, 2, 0, 60, '\0', &second) || !take_fraction(&text, &fraction) ||
	    !take_offset(text, &offset))
		return -EINVAL;
	if (year < 1970 || year > 2261)
		return -ERANGE;
	*ret_ns = (days_since_1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second -
		   offset) *
		      NS_PER_S +
		  fraction;
	return 0;
}
