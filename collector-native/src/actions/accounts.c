/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "actions/accounts.h"
#include "actions/files.h"
#include "actions/text.h"
#include "util/cleanup.h"

#define NAME_MAX_BYTES 255
#define PATH_MAX_BYTES 380
#define FIELDS_MAX     7
#define READ_CHUNK     65536

struct field {
	const char *at;
	size_t len;
};

/* Where the fields are, from 0 on. */
struct format {
	size_t name, number, home, shell; /* 0, but for name: there is none */
};

static const struct format passwd_format = {.number = 2, .home = 5, .shell = 6};
static const struct format group_format = {.number = 2};

static int read_all(int fd, char **ret, size_t *ret_len)
{
	EU_CLEANUP(eu_freep) char *text = NULL;
	size_t len = 0;
	ssize_t n;

	do {
		char *bigger = realloc(text, len + READ_CHUNK);

		if (!bigger)
			return -ENOMEM;
		text = bigger;
		n = read(fd, text + len, READ_CHUNK);
		if (n < 0)
			return -errno;
		len += (size_t)n;
	} while (n > 0 && len <= EU_STATE_FILE_MAX);
	if (len > EU_STATE_FILE_MAX)
		return -EFBIG;
	*ret = EU_TAKE_PTR(text);
	*ret_len = len;
	return 0;
}

static size_t split(const char *line, size_t len, struct field *ret)
{
	size_t n = 0;

	while (n < FIELDS_MAX) {
		const char *end = memchr(line, ':', len);
		size_t field = end ? (size_t)(end - line) : len;

		ret[n++] = (struct field){line, field};
		if (!end)
			break;
		line += field + 1;
		len -= field + 1;
	}
	return n;
}

static bool is_number(const struct field *f, uint32_t *ret)
{
	uint64_t value = 0;

	if (f->len == 0 || f->len > 10)
		return false;
	for (size_t i = 0; i < f->len; i++) {
		if (f->at[i] < '0' || f->at[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(f->at[i] - '0');
	}
	*ret = (uint32_t)value;
	return value < UINT32_MAX; /* which means none */
}

static bool is_text(const struct field *f, size_t max)
{
	char copy[PATH_MAX_BYTES + 1];

	if (f->len > max || !eu_text_copy(copy, sizeof(copy), f->at, f->len))
		return false;
	for (size_t i = 0; i < f->len; i++) {
		if ((unsigned char)f->at[i] < ' ' || f->at[i] == 0x7f)
			return false;
	}
	return true;
}

static void add(struct eu_symbols *s, const char *text, size_t len)
{
	memcpy(s->names + s->names_len, text, len);
	s->names_len += (uint32_t)len;
}

static void add_path(struct eu_symbols *s, const struct field *fields, size_t n, size_t which)
{
	if (which == 0)
		return;
	add(s, ":", 1);
	if (which < n && is_text(&fields[which], PATH_MAX_BYTES))
		add(s, fields[which].at, fields[which].len);
}

static void take_line(struct eu_symbols *s, const struct format *format, const char *line,
		      size_t len, const uint64_t *at)
{
	struct field fields[FIELDS_MAX];
	size_t n = split(line, len, fields), i;
	uint32_t number;

	if (n <= format->number || fields[0].len == 0 ||
	    !is_number(&fields[format->number], &number) || !is_text(&fields[0], NAME_MAX_BYTES))
		return;
	i = eu_symbols_search(at, s->n, number);
	if (i == s->n || at[i] != number || s->named[i].len ||
	    sizeof(s->names) - s->names_len < EU_RESOLVE_TEXT_SIZE)
		return;
	s->named[i].name = s->names_len;
	add(s, fields[0].at, fields[0].len);
	add_path(s, fields, n, format->home);
	add_path(s, fields, n, format->shell);
	s->named[i].len = s->names_len - s->named[i].name;
	for (; i + 1 < s->n && at[i + 1] == number; i++)
		s->named[i + 1] = s->named[i];
}

static int find(int fd, const struct format *format, const uint64_t *at, size_t n,
		struct eu_symbols *ret)
{
	EU_CLEANUP(eu_freep) char *text = NULL;
	size_t len = 0;
	int r = read_all(fd, &text, &len);

	if (r < 0)
		return r;
	eu_symbols_init(ret, n);
	for (const char *line = text, *end = text + len; line < end;) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		stop = stop ? stop : end;
		take_line(ret, format, line, (size_t)(stop - line), at);
		line = stop + 1;
	}
	return 0;
}

int eu_passwd_names(int fd, const uint64_t *at, size_t n, struct eu_symbols *ret)
{
	return find(fd, &passwd_format, at, n, ret);
}

int eu_group_names(int fd, const uint64_t *at, size_t n, struct eu_symbols *ret)
{
	return find(fd, &group_format, at, n, ret);
}
