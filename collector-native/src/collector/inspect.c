/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "actions/details.h"
#include "actions/ident.h"
#include "collector/internal.h"
#include "util/packet.h"

/* A detail is a few bytes longer in the message, its texts' NULs set against the tags. */
#define RESPONSE_BYTES (EU_INSPECT_BYTES + 2 * EU_INSPECT_DETAILS_SIZE)

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

#define TAG(field) eunomia_collector_v1_InspectContainerResponse_##field##_tag

static const uint32_t tags[_EU_DETAIL_MAX] = {
    [EU_DETAIL_LABEL] = TAG(labels),
    [EU_DETAIL_ANNOTATION] = TAG(annotations),
    [EU_DETAIL_POD_LABEL] = TAG(pod_labels),
    [EU_DETAIL_POD_ANNOTATION] = TAG(pod_annotations),
};

static int append_mount(uint8_t *buf, size_t size, size_t *len, const struct eu_detail_entry *entry)
{
	eunomia_collector_v1_ContainerMount mount = {.read_only = !strcmp(entry->texts[3], "ro")};

	EU_TEXT(mount.source, entry->texts[0]);
	EU_TEXT(mount.destination, entry->texts[1]);
	EU_TEXT(mount.mode, entry->texts[2]);
	EU_TEXT(mount.propagation, entry->texts[4]);
	return eu_mount_append(buf, size, len, &mount);
}

static int append_label(uint8_t *buf, size_t size, size_t *len, const struct eu_detail_entry *entry)
{
	eunomia_collector_v1_ContainerLabel label = {.key = ""};

	EU_TEXT(label.key, entry->texts[0]);
	EU_TEXT(label.value, entry->texts[1]);
	return eu_label_append(buf, size, len, tags[entry->kind], &label);
}

static int append_details(uint8_t *buf, size_t size, size_t *len,
			  const struct eu_inspect_result *found)
{
	struct eu_detail_entry entry;
	size_t pos = 0;
	int r = 0;

	while (r == 0 && eu_detail_next(found, &pos, &entry))
		r = entry.kind == EU_DETAIL_MOUNT ? append_mount(buf, size, len, &entry)
						  : append_label(buf, size, len, &entry);
	return r;
}

static void set_texts(eunomia_collector_v1_InspectContainerResponse *response,
		      const struct eu_inspect_result *found)
{
	EU_TEXT(response->runtime, found->runtime);
	EU_TEXT(response->name, found->name);
	EU_TEXT(response->image, found->image);
	EU_TEXT(response->pod, found->pod);
	EU_TEXT(response->namespace, found->namespace_);
	EU_TEXT(response->pod_uid, found->pod_uid);
	EU_TEXT(response->image_id, found->image_id);
	EU_TEXT(response->image_digest, found->image_digest);
	EU_TEXT(response->user, found->user);
	EU_TEXT(response->apparmor_profile, found->apparmor);
	EU_TEXT(response->seccomp_profile, found->seccomp);
	EU_TEXT(response->healthcheck, found->healthcheck);
}

static void answer(struct eu_rpc_call *call, const struct eu_inspect_result *found)
{
	eunomia_collector_v1_InspectContainerResponse response = {
	    .created_unix_ns = found->created_unix_ns,
	    .owner_uid = found->owner_uid,
	    .has_uid = found->flags & EU_INSPECT_USER,
	    .has_gid = found->flags & EU_INSPECT_USER,
	    .uid = found->uid,
	    .gid = found->gid,
	    .has_capabilities_bounding = found->flags & EU_INSPECT_CAPS,
	    .has_capabilities_effective = found->flags & EU_INSPECT_CAPS,
	    .capabilities_bounding = found->cap_bounding,
	    .capabilities_effective = found->cap_effective,
	    .facts = found->facts,
	    .facts_known = found->facts_known,
	    .incomplete = found->flags & EU_INSPECT_CUT,
	};
	static uint8_t buf[RESPONSE_BYTES];
	size_t len;

	set_texts(&response, found);
	if (eu_inspect_encode(buf, sizeof(buf), &len, &response) < 0 ||
	    append_details(buf, sizeof(buf), &len, found) < 0)
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
