/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "actions/ident.h"
#include "actions/protocol.h"

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool eu_container_id_valid(const char *id, size_t size)
{
	size_t len = strnlen(id, size);

	if (len == size || len > EU_ACTIONS_ID_MAX || !is_alnum(id[0]))
		return false;
	for (size_t i = 1; i < len; i++) {
		if (!is_alnum(id[i]) && !strchr("_.+-", id[i]))
			return false;
	}
	return true;
}

bool eu_docker_id_valid(const char *id)
{
	return strlen(id) == 64 && strspn(id, "0123456789abcdef") == 64;
}

static bool component_plain(const char *name, size_t len)
{
	bool dots = (len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.');

	return len > 0 && !dots;
}

int eu_host_path(char *ret, size_t size, const char *src)
{
	static const char linked[] = "/var/run/";
	const char *from = src;
	size_t len;

	if (!strncmp(src, linked, sizeof(linked) - 1))
		from = src + strlen("/var");
	len = strlen(from);
	if (from[0] != '/' || len > size)
		return -EINVAL;
	for (const char *at = from; at; at = strchr(at + 1, '/')) {
		if (!component_plain(at + 1, strcspn(at + 1, "/")))
			return -EINVAL;
	}
	memcpy(ret, from + 1, len);
	return 0;
}
