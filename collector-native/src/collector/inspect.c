/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "actions/ident.h"
#include "collector/internal.h"
#include "util/packet.h"

static struct inspection *find(struct eu_collector *c, const struct eu_rpc_call *call, uint32_t id)
{
	for (size_t i = 0; i < INSPECTIONS_MAX; i++) {
		struct inspection *p = &c->inspections[i];

		if (p->call == call && (!call || p->id == id))
			return p;
	}
	return NULL;
}

static void on_closed(void *data, struct eu_rpc_call *call)
{
	struct eu_collector *c = data;

	for (size_t i = 0; i < INSPECTIONS_MAX; i++) {
		if (c->inspections[i].call == call)
			c->inspections[i].call = NULL;
	}
}

void inspect_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	struct eu_collector *c = data;
	struct eu_actions_request request = {.op = EU_ACTIONS_INSPECT};
	struct inspection *p = find(c, NULL, 0);
	eunomia_collector_v1_InspectContainerRequest asked;
	int r;

	if (eu_inspect_decode(&asked, msg, len) < 0 ||
	    !eu_container_id_valid(asked.id, sizeof(asked.id))) {
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT,
			    "a container id is 1 to 128 letters, digits, '_', '.', '+' or '-', the "
			    "first a letter or digit");
		return;
	}
	if (!p) {
		eu_rpc_fail(call, EU_RPC_RESOURCE_EXHAUSTED, "%d inspections are running",
			    INSPECTIONS_MAX);
		return;
	}
	request.id = collector_next_request(c);
	snprintf(request.container, sizeof(request.container), "%s", asked.id);
	r = eu_packet_send(c->options->actions_fd, &request, sizeof(request), NULL, 0, NULL, 0);
	if (r < 0) {
		eu_rpc_fail(call, EU_RPC_INTERNAL, "cannot inspect: %s", strerror(-r));
		return;
	}
	*p = (struct inspection){.call = call, .id = request.id};
	eu_rpc_on_closed(call, on_closed, c);
}

static void answer(struct eu_rpc_call *call, const struct eu_inspect_result *found)
{
	eunomia_collector_v1_InspectContainerResponse response = {
	    .created_unix_ns = found->created_unix_ns, .owner_uid = found->owner_uid};
	uint8_t buf[EU_INSPECT_BYTES];
	size_t len;

	EU_TEXT(response.runtime, found->runtime);
	EU_TEXT(response.name, found->name);
	EU_TEXT(response.image, found->image);
	EU_TEXT(response.pod, found->pod);
	EU_TEXT(response.namespace, found->namespace_);
	if (eu_inspect_encode(buf, sizeof(buf), &len, &response) < 0)
		eu_rpc_fail(call, EU_RPC_INTERNAL, "the answer is too large");
	else
		eu_rpc_reply(call, buf, len);
}

void inspect_on_reply(struct eu_collector *c, const struct eu_actions_reply *reply,
		      const uint8_t *payload)
{
	struct inspection *p = NULL;
	struct eu_rpc_call *call;

	for (size_t i = 0; i < INSPECTIONS_MAX; i++) {
		if (c->inspections[i].call && c->inspections[i].id == reply->id)
			p = &c->inspections[i];
	}
	if (!p)
		return; /* who asked is gone */
	call = p->call;
	p->call = NULL;
	if (reply->err == -ENOENT)
		eu_rpc_fail(call, EU_RPC_NOT_FOUND, "no runtime's files know this container");
	else if (reply->err < 0 || reply->size != sizeof(struct eu_inspect_result))
		eu_rpc_fail(call, EU_RPC_INTERNAL, "cannot inspect: %s", strerror(-reply->err));
	else
		answer(call, (const struct eu_inspect_result *)payload);
}
