/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/internal.h"
#include "collector/kernel_symbol.h"
#include "util/cleanup.h"
#include "util/packet.h"

#define RESPONSE_CHUNK 16384
#define KERNEL_REQUEST SNAPSHOT_REQUEST /* waits for the loader, not for the actions process */

_Static_assert(RESPONSE_CHUNK >= EU_SYMBOL_BYTES, "a symbol fits what is added for it");
_Static_assert(sizeof(((eunomia_collector_v1_Symbol *)0)->module) == EU_RESOLVE_TEXT_SIZE,
	       "what the actions process tells fits the message");

static struct resolve *find_free(struct eu_collector *c)
{
	for (size_t i = 0; i < RESOLVES_MAX; i++) {
		if (!c->resolves[i].is_used)
			return &c->resolves[i];
	}
	return NULL;
}

static void release(struct resolve *p)
{
	free(p->response);
	*p = (struct resolve){.is_used = false};
}

static void on_closed(void *data, struct eu_rpc_call *call)
{
	struct eu_collector *c = data;

	for (size_t i = 0; i < RESOLVES_MAX; i++) {
		if (c->resolves[i].call == call)
			c->resolves[i].call = NULL;
	}
}

/* -- the response -- */

static int make_room(struct resolve *p, size_t bytes)
{
	uint8_t *bigger;

	if (p->size - p->len >= bytes)
		return 0;
	bigger = realloc(p->response, p->size + RESPONSE_CHUNK);
	if (!bigger)
		return -ENOMEM;
	p->response = bigger;
	p->size += RESPONSE_CHUNK;
	return 0;
}

static int append(struct resolve *p, const eunomia_collector_v1_Symbol *symbol)
{
	int r = make_room(p, EU_SYMBOL_BYTES);

	p->got++;
	return r < 0 ? r : eu_symbol_append(p->response, p->size, &p->len, symbol);
}

static void finish(struct resolve *p, int err)
{
	if (p->call && err == -ENOENT)
		eu_rpc_fail(p->call, EU_RPC_NOT_FOUND, "no such process runs");
	else if (p->call && err < 0)
		eu_rpc_fail(p->call, EU_RPC_INTERNAL, "cannot resolve: %s", strerror(-err));
	else if (p->call)
		eu_rpc_reply(p->call, p->response, p->len);
	release(p);
}

/* -- the kernel's -- */

static int name_address(const struct eu_collector *c, uint64_t address,
			eunomia_collector_v1_Symbol *ret)
{
	struct eu_kernel_symbol symbol = {.address = address};
	union bpf_attr attr = {.test.prog_fd = (uint32_t)c->symbols_program,
			       .test.ctx_in = (uint64_t)(uintptr_t)&symbol,
			       .test.ctx_size_in = sizeof(symbol)};

	if (syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof(attr)) < 0)
		return -errno;
	symbol.text[sizeof(symbol.text) - 1] = '\0';
	eu_kernel_symbol_parse(symbol.text, ret);
	return 0;
}

static void answer_kernel(const struct eu_collector *c, struct resolve *p)
{
	eunomia_collector_v1_Symbol symbol;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < p->n; i++) {
		r = name_address(c, p->addresses[i], &symbol);
		if (r == 0)
			r = append(p, &symbol);
	}
	finish(p, r);
}

static int ask_loader(struct eu_collector *c)
{
	struct eu_loader_request request = {.op = EU_LOADER_SYMBOLS};

	return eu_packet_send(c->options->loader_fd, &request, sizeof(request), NULL, 0, NULL, 0);
}

void resolve_on_program(struct eu_collector *c, const struct eu_loader_packet *packet,
			const int *fds, size_t n_fds)
{
	for (size_t i = 0; i < n_fds; i++) {
		if (c->symbols_program < 0)
			c->symbols_program = fds[i];
		else
			eu_close(fds[i]);
	}
	for (size_t i = 0; i < RESOLVES_MAX; i++) {
		struct resolve *p = &c->resolves[i];

		if (!p->is_used || p->id != KERNEL_REQUEST)
			continue;
		if (c->symbols_program < 0)
			finish(p, packet->err < 0 ? packet->err : -EBADMSG);
		else
			answer_kernel(c, p);
	}
}

static void ask_kernel(struct eu_collector *c, struct resolve *p)
{
	int r = 0;

	if (c->symbols_program >= 0)
		return answer_kernel(c, p);
	p->id = KERNEL_REQUEST;
	r = ask_loader(c);
	if (r < 0)
		finish(p, r);
}

/* -- those of a process -- */

static void ask_actions(struct eu_collector *c, struct resolve *p, uint32_t pid, uint64_t start_ns)
{
	struct eu_actions_request request = {.op = p->is_lookup ? EU_ACTIONS_LOOKUP
								: EU_ACTIONS_RESOLVE};
	struct eu_resolve_request resolve = {.start_ns = start_ns, .pid = pid, .n = p->n};
	int r;

	p->id = request.id = collector_next_request(c);
	memcpy(resolve.addresses, p->addresses, p->n * sizeof(p->addresses[0]));
	r = eu_packet_send(c->options->actions_fd, &request, sizeof(request), &resolve,
			   eu_resolve_request_size(p->n), NULL, 0);
	if (r < 0)
		finish(p, r);
}

/* A text of the reply, which is not terminated; moves *at behind it. */
static void take_text(char *field, const uint8_t **at, size_t len)
{
	char text[EU_RESOLVE_TEXT_SIZE];

	memcpy(text, *at, len);
	text[len] = '\0';
	eu_text_set(field, EU_RESOLVE_TEXT_SIZE, text);
	*at += len;
}

static int append_symbol(struct resolve *p, const struct eu_resolved *head, const uint8_t *texts)
{
	eunomia_collector_v1_Symbol symbol = {.offset = head->offset};

	take_text(symbol.function, &texts, head->function_len);
	take_text(symbol.module, &texts, head->module_len);
	return append(p, &symbol);
}

/* NAME:HOME:SHELL, or a group's NAME; empty when it is not known. */
static int append_account(struct resolve *p, const struct eu_resolved *head, const uint8_t *texts)
{
	uint64_t number = p->addresses[p->got++];
	eunomia_collector_v1_GroupAccount group = {.gid = (uint32_t)number};
	eunomia_collector_v1_UserAccount user = {.uid = (uint32_t)number};
	char text[EU_RESOLVE_TEXT_SIZE], *rest = text;
	int r = make_room(p, EU_USER_BYTES);

	if (r < 0 || head->function_len == 0)
		return r;
	take_text(text, &texts, head->function_len);
	if (number & EU_LOOKUP_GROUP) {
		EU_TEXT(group.name, text);
		return eu_group_append(p->response, p->size, &p->len, &group);
	}
	EU_TEXT(user.name, strsep(&rest, ":"));
	EU_TEXT(user.home, strsep(&rest, ":"));
	EU_TEXT(user.shell, strsep(&rest, ":"));
	return eu_user_append(p->response, p->size, &p->len, &user);
}

static int take_record(struct resolve *p, const uint8_t **at, const uint8_t *end)
{
	struct eu_resolved head;
	const uint8_t *start = *at;
	size_t len;

	if ((size_t)(end - start) < sizeof(head))
		return -EBADMSG;
	memcpy(&head, start, sizeof(head));
	len = (sizeof(head) + head.function_len + head.module_len + 7) & ~(size_t)7;
	if (head.function_len >= EU_RESOLVE_TEXT_SIZE || head.module_len >= EU_RESOLVE_TEXT_SIZE ||
	    (size_t)(end - start) < len || p->got == p->n)
		return -EBADMSG;
	start += sizeof(head);
	*at += len;
	return p->is_lookup ? append_account(p, &head, start) : append_symbol(p, &head, start);
}

static void take_reply(struct resolve *p, const struct eu_actions_reply *reply,
		       const uint8_t *payload)
{
	const uint8_t *end = payload + reply->size;
	int r = reply->err;

	while (r == 0 && p->call && payload < end)
		r = take_record(p, &payload, end);
	if (r < 0 && (reply->flags & EU_ACTIONS_MORE) && p->call) {
		eu_rpc_fail(p->call, EU_RPC_INTERNAL, "cannot resolve: %s", strerror(-r));
		p->call = NULL; /* the rest is thrown away */
	}
	if (reply->flags & EU_ACTIONS_MORE)
		return;
	finish(p, r == 0 && p->got != p->n ? -EBADMSG : r);
}

bool resolve_on_reply(struct eu_collector *c, const struct eu_actions_reply *reply,
		      const uint8_t *payload)
{
	for (size_t i = 0; i < RESOLVES_MAX; i++) {
		struct resolve *p = &c->resolves[i];

		if (!p->is_used || p->id != reply->id || p->id == KERNEL_REQUEST)
			continue;
		take_reply(p, reply, payload);
		return true;
	}
	return false;
}

void resolve_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	static eunomia_collector_v1_ResolveSymbolsRequest asked;
	struct eu_collector *c = data;
	struct resolve *p = find_free(c);

	if (eu_resolve_decode(&asked, msg, len) < 0 || (asked.pid == 0 && asked.start_ns != 0)) {
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT,
			    "at most %d addresses; the kernel, pid 0, has no start",
			    EU_RESOLVE_MAX);
		return;
	}
	if (!p) {
		eu_rpc_fail(call, EU_RPC_RESOURCE_EXHAUSTED, "%d requests for symbols are running",
			    RESOLVES_MAX);
		return;
	}
	*p = (struct resolve){.is_used = true, .call = call, .n = asked.addresses_count};
	memcpy(p->addresses, asked.addresses, p->n * sizeof(p->addresses[0]));
	eu_rpc_on_closed(call, on_closed, c);
	if (asked.pid == 0)
		ask_kernel(c, p);
	else
		ask_actions(c, p, asked.pid, asked.start_ns);
}

void lookup_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	eunomia_collector_v1_LookupUserRequest asked;
	struct eu_collector *c = data;
	struct resolve *p = find_free(c);

	if (eu_lookup_decode(&asked, msg, len) < 0 || asked.pid == 0) {
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT,
			    "a pid, and at most 64 users and 64 groups");
		return;
	}
	if (!p) {
		eu_rpc_fail(call, EU_RPC_RESOURCE_EXHAUSTED, "%d requests for names are running",
			    RESOLVES_MAX);
		return;
	}
	*p = (struct resolve){.is_used = true, .is_lookup = true, .call = call};
	for (size_t i = 0; i < asked.uids_count; i++)
		p->addresses[p->n++] = asked.uids[i];
	for (size_t i = 0; i < asked.gids_count; i++)
		p->addresses[p->n++] = asked.gids[i] | EU_LOOKUP_GROUP;
	eu_rpc_on_closed(call, on_closed, c);
	ask_actions(c, p, asked.pid, asked.start_ns);
}

void resolve_release(struct eu_collector *c)
{
	for (size_t i = 0; i < RESOLVES_MAX; i++)
		release(&c->resolves[i]);
	eu_close(c->symbols_program);
}
