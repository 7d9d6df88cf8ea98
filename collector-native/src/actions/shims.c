/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>

#include "actions/files.h"
#include "actions/places.h"
#include "actions/procs.h"
#include "actions/shims.h"
#include "util/cleanup.h"

#define SHIM_PREFIX "containerd-shim"
#define ARGS_MAX    65536

bool eu_args_have(const char *args, size_t len, const char *name, const char *value)
{
	size_t name_len = strlen(name);
	const char *end = args + len;

	while (args < end) {
		size_t n = strnlen(args, (size_t)(end - args));
		const char *next = args + n + 1;
		size_t dashes = n > 1 && args[0] == '-' ? 1 + (args[1] == '-') : 0;

		/* A last argument without its NUL was cut off: nothing in it is certain. */
		if (next > end)
			return false;
		args += dashes;
		if (dashes && !strncmp(args, name, name_len)) {
			if (args[name_len] == '=' && !strcmp(args + name_len + 1, value))
				return true;
			if (!args[name_len] &&
			    strnlen(next, (size_t)(end - next)) < (size_t)(end - next) &&
			    !strcmp(next, value))
				return true;
		}
		args = next;
	}
	return false;
}

static bool is_shim(const char *program)
{
	return !strncmp(program, SHIM_PREFIX, strlen(SHIM_PREFIX));
}

struct wanted {
	const char *id;
	eu_shim_fn fn;
	void *data;
};

/* The command line is not read before the process is known to be root's: any other can make whoever
 * reads that wait. */
static bool search_shim(void *data, int process)
{
	const struct wanted *w = data;
	EU_CLEANUP(eu_closep) int bundle = -1;
	EU_CLEANUP(eu_closep) int parent = -1;
	EU_CLEANUP(eu_closep) int beside = -1;
	EU_CLEANUP(eu_freep) char *args = NULL;
	size_t len;
	uid_t uid;
	bool docker;

	if (!eu_proc_uid(process, &uid) || uid != 0 ||
	    eu_files_read_text(process, "cmdline", ARGS_MAX, &args, &len) < 0)
		return false;
	bundle = eu_files_open_link(process, "cwd");
	if (bundle < 0)
		return false;
	docker = eu_args_have(args, len, "namespace", EU_DOCKER_NAMESPACE);
	if (eu_args_have(args, len, "id", w->id))
		return w->fn(w->data, bundle, docker);
	parent = eu_files_open_parent(bundle);
	if (parent >= 0)
		beside = eu_files_open_beneath(parent, w->id, O_PATH | O_DIRECTORY);
	return beside >= 0 && w->fn(w->data, beside, docker);
}

bool eu_shims_search(int proc, const char *id, eu_shim_fn fn, void *data)
{
	struct wanted w = {id, fn, data};

	return eu_procs_search(proc, is_shim, search_shim, &w);
}
