/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "actions/args.h"

struct cursor {
	const char *at, *end;
};

static const char *next(struct cursor *c)
{
	const char *arg = c->at;
	size_t left = (size_t)(c->end - arg), n = strnlen(arg, left);

	if (n == left)
		return NULL;
	c->at += n + 1;
	return arg;
}

static bool is_for_others(const char *arg)
{
	static const char suffix[] = "-arg";
	size_t len = strlen(arg), n = sizeof(suffix) - 1;

	return arg[0] == '-' && len > n && !strcmp(arg + len - n, suffix);
}

/* Behind the name: "" or "=VALUE"; NULL when it is not this option. */
static const char *match(const char *arg, const char *name, const char *long_name)
{
	size_t len = strlen(long_name);

	if (name && arg[0] == '-' && !strcmp(arg + 1, name))
		return "";
	if (strncmp(arg, "--", 2) != 0 || strncmp(arg + 2, long_name, len) != 0)
		return NULL;
	arg += 2 + len;
	return !*arg || *arg == '=' ? arg : NULL;
}

/* What match() says of the first argument that is the option; the cursor stands behind it. */
static const char *find(struct cursor *c, const char *name, const char *long_name)
{
	const char *arg;

	while ((arg = next(c))) {
		const char *rest = match(arg, name, long_name);

		if (rest)
			return rest;
		if (is_for_others(arg))
			next(c);
	}
	return NULL;
}

bool eu_args_flag(const char *args, size_t len, const char *name, const char *long_name)
{
	struct cursor c = {args, args + len};

	return find(&c, name, long_name) != NULL;
}

const char *eu_args_value(const char *args, size_t len, const char *name, const char *long_name)
{
	struct cursor c = {args, args + len};
	const char *rest = find(&c, name, long_name);

	if (!rest)
		return NULL;
	return *rest ? rest + 1 : next(&c);
}
