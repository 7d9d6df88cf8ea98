/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "process/options.h"

#define RING_BYTES_DEFAULT (16ul << 20)
#define RING_BYTES_MIN	   (256ul << 10)
#define RING_BYTES_MAX	   (1ul << 30)

const char eu_options_usage[] =
    "usage: eunomia-collector --socket PATH [OPTION...]\n"
    "       eunomia-collector --supervise [OPTION...] -- CONTROLLER [ARGUMENT...]\n"
    "\n"
    "Loads Eunomia's eBPF programs and streams what they see over gRPC on a unix socket to one "
    "controller.\n"
    "Started by eunomiactl or as a service; needs root.\n"
    "\n"
    "  --socket PATH         listen on this unix socket\n"
    "  --socket-fd FD        listen on this inherited, already listening unix socket\n"
    "  --supervise           make a private socket, start the collector, run CONTROLLER without "
    "any privilege as\n"
    "                        the user who called sudo, and end with its exit status\n"
    "  --allow-uid UID       user id that may connect; repeatable; default 0 (with --supervise: "
    "the controller's)\n"
    "  --runtime-root DIR    where else a container runtime keeps its state; repeatable\n"
    "  --ring-bytes BYTES    memory of all kernel rings together, at least 256 KiB per CPU; "
    "default 4194304\n"
    "  --allow WHAT,...      let the controller end processes of containers (signal), or have "
    "their "
    "calls fail\n"
    "                        (deny); default: neither\n"
    "  --allow-host          with --allow: also those of the host\n"
    "  --pin DIR             with --allow: policies stay in force when the collector ends, pinned "
    "in this folder of\n"
    "                        a bpf file system, until another one with --pin DIR is given others; "
    "without --allow:\n"
    "                        what is pinned there is let go\n"
    "  --verbose             say more on stderr\n"
    "  --version             print the version\n"
    "  --help                print this\n";

static int fail(char *error, size_t size, const char *option, const char *value, const char *wanted)
{
	if (value)
		snprintf(error, size, "%s %s: %s", option, value, wanted);
	else
		snprintf(error, size, "%s: %s", option, wanted);
	return -EINVAL;
}

/* Digits only: strtoul alone takes signs and blanks. */
static bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	char *end;
	unsigned long long n;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || *end || n < min || n > max)
		return false;
	*ret = n;
	return true;
}

static bool set_socket(struct eu_options *o, const char *value)
{
	o->socket_path = value;
	return value[0] == '/' && strlen(value) < 108;
}

static bool set_socket_fd(struct eu_options *o, const char *value)
{
	uint64_t n;

	if (!parse_number(value, 3, INT32_MAX, &n))
		return false;
	o->socket_fd = (int)n;
	return true;
}

static bool add_uid(struct eu_options *o, const char *value)
{
	uint64_t n;

	if (o->n_uids == EU_OPTION_LIST_MAX || !parse_number(value, 0, UINT32_MAX - 1, &n))
		return false;
	o->uids[o->n_uids++] = (uid_t)n;
	return true;
}

static bool add_runtime_root(struct eu_options *o, const char *value)
{
	if (o->n_runtime_roots == EU_OPTION_LIST_MAX || value[0] != '/')
		return false;
	o->runtime_roots[o->n_runtime_roots++] = value;
	return true;
}

static bool set_pin_dir(struct eu_options *o, const char *value)
{
	o->pin_dir = value;
	return value[0] == '/' && value[1] != '\0';
}

static bool set_ring_bytes(struct eu_options *o, const char *value)
{
	uint64_t n;

	if (!parse_number(value, RING_BYTES_MIN, RING_BYTES_MAX, &n))
		return false;
	o->ring_bytes = n;
	return true;
}

static bool add_allowed(struct eu_options *o, const char *value)
{
	static const struct {
		const char *name;
		unsigned int bit;
	} words[] = {{"signal", EU_ALLOW_SIGNAL}, {"deny", EU_ALLOW_DENY}};
	size_t len;

	do {
		unsigned int bit = 0;

		len = strcspn(value, ",");
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (strlen(words[i].name) == len && strncmp(words[i].name, value, len) == 0)
				bit = words[i].bit;
		}
		if (!bit)
			return false;
		o->allow |= bit;
		value += len;
	} while (*value++ == ',');
	return true;
}

static const struct valued_option {
	const char *name;
	bool (*set)(struct eu_options *, const char *);
	const char *wanted;
} valued_options[] = {
    {"--socket", set_socket, "an absolute path of at most 107 bytes is wanted"},
    {"--socket-fd", set_socket_fd, "the number of an inherited descriptor, 3 or more, is wanted"},
    {"--allow-uid", add_uid, "a numeric user id is wanted, at most 16 of them"},
    {"--runtime-root", add_runtime_root, "an absolute path is wanted, at most 16 of them"},
    {"--allow", add_allowed, "signal, deny, or both with a comma between are wanted"},
    {"--pin", set_pin_dir, "an absolute path of a folder is wanted, as /sys/fs/bpf/eunomia"},
    {"--ring-bytes", set_ring_bytes, "a number of bytes from 262144 to 1073741824 is wanted"},
};

static const struct valued_option *find_valued(const char *name)
{
	for (size_t i = 0; i < sizeof(valued_options) / sizeof(valued_options[0]); i++) {
		if (strcmp(valued_options[i].name, name) == 0)
			return &valued_options[i];
	}
	return NULL;
}

static bool set_flag(struct eu_options *o, const char *name)
{
	struct {
		const char *name;
		bool *flag;
	} flags[] = {
	    {"--allow-host", &o->allow_host}, {"--help", &o->help},
	    {"--version", &o->version},	      {"--supervise", &o->supervise},
	    {"--verbose", &o->verbose},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(flags[i].name, name) == 0)
			return *flags[i].flag = true;
	}
	return false;
}

static int check(const struct eu_options *o, char *error, size_t size)
{
	if (o->help || o->version)
		return 0;
	if (o->allow_host && !o->allow)
		return fail(error, size, "--allow-host", NULL,
			    "--allow says what is allowed there; it is wanted too");
	if (o->supervise && !o->command)
		return fail(error, size, "--supervise", NULL,
			    "the controller's command is wanted behind --");
	if (o->command && !o->supervise)
		return fail(error, size, "--", NULL, "a command goes with --supervise only");
	if (o->supervise && (o->socket_path || o->socket_fd >= 0))
		return fail(error, size, "--supervise", NULL,
			    "makes its own socket: leave --socket and --socket-fd out");
	if (!o->supervise && !o->socket_path == (o->socket_fd < 0))
		return fail(error, size, "--socket", NULL,
			    "exactly one of --socket PATH and --socket-fd FD is wanted");
	return 0;
}

int eu_options_parse(struct eu_options *ret, int argc, char *const argv[], char *error, size_t size)
{
	struct eu_options o = {.socket_fd = -1, .ring_bytes = RING_BYTES_DEFAULT};
	int r;

	for (int i = 1; i < argc; i++) {
		const struct valued_option *valued = find_valued(argv[i]);

		if (strcmp(argv[i], "--") == 0) {
			o.command = argv[i + 1] ? &argv[i + 1] : NULL;
			break;
		}
		if (!valued && !set_flag(&o, argv[i]))
			return fail(error, size, argv[i], NULL, "no such option; see --help");
		if (!valued)
			continue;
		if (i + 1 == argc)
			return fail(error, size, argv[i], NULL, valued->wanted);
		i++;
		if (!valued->set(&o, argv[i]))
			return fail(error, size, argv[i - 1], argv[i], valued->wanted);
	}
	r = check(&o, error, size);
	if (o.allow_host)
		o.allow |= EU_ALLOW_HOST;
	if (r == 0)
		*ret = o;
	return r;
}
