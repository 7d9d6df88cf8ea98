/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "probes/hook.h"
#include "util/cleanup.h"

static const char *const hook_names[] = {
    [EU_HOOK_SURE] = "tp_btf",
    [EU_HOOK_TRACEPOINT] = "tp_btf",
    [EU_HOOK_FEXIT] = "fexit",
};

#define CLOCKS "perf_event"

_Static_assert(sizeof(hook_names) / sizeof(hook_names[0]) == _EU_HOOK_MAX, "a name per hook");

static void append(char *text, size_t size, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + len, size - len, fmt, ap);
	va_end(ap);
}

static void note_failure(char *why, size_t size, const struct eu_program *p, int err)
{
	append(why, size, "%s%s %s", why[0] ? ", " : "", hook_names[p->hook], p->target);
	if (err == -ENOENT)
		append(why, size, " missing");
	else if (err == EU_HOOK_FTRACE_OFF)
		append(why, size, ": kernel.ftrace_enabled is 0");
	else
		append(why, size, ": %s", strerror(-err));
}

static bool is_same_need(const struct eu_program *a, const struct eu_program *b)
{
	return a->hook != EU_HOOK_SURE && b->hook != EU_HOOK_SURE && strcmp(a->need, b->need) == 0;
}

/* Serves the need of the program at first, which nothing in front of it serves. */
static void choose_for(const struct eu_program *programs, size_t first, eu_hook_try_fn try,
		       void *data, struct eu_hook_choice *ret)
{
	char why[EU_LOADER_REASON_SIZE] = "";

	for (size_t i = first; programs[i].name; i++) {
		const struct eu_program *p = &programs[i];
		int r;

		if (!is_same_need(&programs[first], p))
			continue;
		r = try(data, p->hook, p->target);
		if (r < 0) {
			note_failure(why, sizeof(why), p, r);
			continue;
		}
		ret->used[i] = true;
		if (p->hook != EU_HOOK_TRACEPOINT)
			append(ret->hook, sizeof(ret->hook), ", %s %s", hook_names[p->hook],
			       p->target);
		return;
	}
	append(ret->reason, sizeof(ret->reason), "%sno %s: %s", ret->reason[0] ? "; " : "",
	       programs[first].need, why);
}

void eu_hooks_choose(const struct eu_program *programs, eu_hook_try_fn try, void *data,
		     struct eu_hook_choice *ret)
{
	*ret = (struct eu_hook_choice){0};
	append(ret->hook, sizeof(ret->hook), "%s", hook_names[EU_HOOK_SURE]);
	for (size_t i = 0; programs[i].name; i++) {
		bool is_first = true;

		for (size_t k = 0; k < i; k++)
			is_first = is_first && !is_same_need(&programs[k], &programs[i]);
		if (programs[i].use == EU_PROGRAM_CLOCK && !strstr(ret->hook, CLOCKS))
			append(ret->hook, sizeof(ret->hook), ", %s", CLOCKS);
		if (programs[i].hook == EU_HOOK_SURE)
			ret->used[i] = true;
		else if (is_first)
			choose_for(programs, i, try, data, ret);
	}
}

/* The type that a program for this hook names as its target. */
static int find_target(const struct btf *btf, enum eu_hook hook, const char *target)
{
	char type[64];

	if (hook == EU_HOOK_FEXIT)
		return btf__find_by_name_kind(btf, target, BTF_KIND_FUNC);
	snprintf(type, sizeof(type), "btf_trace_%s", target);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF);
}

static bool is_ftrace_off(void)
{
	EU_CLEANUP(eu_closep)
	int fd = open("/proc/sys/kernel/ftrace_enabled", O_RDONLY | O_CLOEXEC);
	char value = '1';

	return fd >= 0 && read(fd, &value, 1) == 1 && value == '0';
}

/* r0 = 0; exit */
static const struct bpf_insn nothing[] = {
    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
    {.code = BPF_JMP | BPF_EXIT},
};

int eu_hook_try(void *data, enum eu_hook hook, const char *target)
{
	struct eu_hook_trial *trial = data;
	EU_CLEANUP(eu_closep) int program = -1;
	EU_CLEANUP(eu_closep) int link = -1;
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type =
			hook == EU_HOOK_FEXIT ? BPF_TRACE_FEXIT : BPF_TRACE_RAW_TP);
	int id;

	if (!trial->btf)
		trial->btf = btf__load_vmlinux_btf();
	if (!trial->btf)
		return -errno;
	id = find_target(trial->btf, hook, target);
	if (id < 0)
		return -ENOENT;
	if (hook == EU_HOOK_FEXIT && is_ftrace_off())
		return EU_HOOK_FTRACE_OFF;
	opts.attach_btf_id = (uint32_t)id;
	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "eu_trial", "GPL", nothing,
				sizeof(nothing) / sizeof(nothing[0]), &opts);
	if (program < 0)
		return -errno;
	link = bpf_raw_tracepoint_open(NULL, program);
	return link < 0 ? -errno : 0;
}

void eu_hook_trial_end(struct eu_hook_trial *trial)
{
	btf__free(trial->btf);
	trial->btf = NULL;
}
