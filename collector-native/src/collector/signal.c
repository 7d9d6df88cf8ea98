/* SPDX-License-Identifier: Apache-2.0 */
/* Signal: the actions process looks whose process that is, and sends it. */
#include <errno.h>
#include <string.h>

#include "collector/internal.h"
#include "process/options.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/packet.h"

#define SIGNAL_MAX 31

static void on_closed(void *data, struct eu_rpc_call *call)
{
	struct eu_collector *c = data;

	for (size_t i = 0; i < SIGNALS_MAX; i++) {
		if (c->signals_sent[i].call == call)
			c->signals_sent[i].call = NULL;
	}
}

static struct signaling *find_free(struct eu_collector *c)
{
	for (size_t i = 0; i < SIGNALS_MAX; i++) {
		if (!c->signals_sent[i].call)
			return &c->signals_sent[i];
	}
	return NULL;
}

/* False: the call is answered. */
static bool check(struct eu_collector *c, struct eu_rpc_call *call,
		  const eunomia_collector_v1_SignalRequest *asked)
{
	bool is_container = asked->cgroup_key != 0;

	if (!(c->options->allow & EU_ALLOW_SIGNAL))
		eu_rpc_fail(call, EU_RPC_PERMISSION_DENIED,
			    "the collector was started without --allow signal");
	else if (is_container && (asked->pid || asked->start_ns || asked->signal))
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT,
			    "either a process or a container's cgroup is wanted, not both");
	else if (!is_container && (asked->pid == 0 || asked->pid > INT32_MAX ||
				   asked->signal == 0 || asked->signal > SIGNAL_MAX))
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT,
			    "a pid, its start and a signal from 1 to %d are wanted, or a "
			    "container's cgroup",
			    SIGNAL_MAX);
	else if (!eu_bucket_take(&c->signal_rate, eu_clock_ns(CLOCK_MONOTONIC)))
		eu_rpc_fail(call, EU_RPC_RESOURCE_EXHAUSTED, "more than %d signals a second",
			    EU_SIGNALS_PER_SECOND);
	else
		return true;
	return false;
}

void signal_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	struct eu_collector *c = data;
	struct eu_actions_request head = {.op = EU_ACTIONS_SIGNAL};
	struct signaling *s = find_free(c);
	eunomia_collector_v1_SignalRequest asked;
	struct eu_signal_request request;
	int r;

	if (eu_signal_decode(&asked, msg, len) < 0) {
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT, "malformed SignalRequest");
		return;
	}
	if (!s) {
		eu_rpc_fail(call, EU_RPC_RESOURCE_EXHAUSTED, "%d signals are being sent",
			    SIGNALS_MAX);
		return;
	}
	if (!check(c, call, &asked))
		return;
	request = (struct eu_signal_request){.start_ns = asked.start_ns,
					     .cgroup_key = asked.cgroup_key,
					     .pid = asked.pid,
					     .signal = asked.signal,
					     .asker = (uint32_t)eu_rpc_peer(call).pid};
	head.id = collector_next_request(c);
	eu_log_info("signal: pid=%u signal=%u cgroup=%llu asker=%u", asked.pid, asked.signal,
		    (unsigned long long)asked.cgroup_key, request.asker);
	r = eu_packet_send(c->options->actions_fd, &head, sizeof(head), &request, sizeof(request),
			   NULL, 0);
	if (r < 0) {
		eu_rpc_fail(call, EU_RPC_INTERNAL, "cannot send a signal: %s", strerror(-r));
		return;
	}
	*s = (struct signaling){.call = call, .id = head.id};
	eu_rpc_on_closed(call, on_closed, c);
}

static void fail(struct eu_rpc_call *call, int err)
{
	if (err == -EPERM)
		eu_rpc_fail(call, EU_RPC_PERMISSION_DENIED,
			    "not this one: the first process, kernel threads and Eunomia get no "
			    "signals, and what is in no container only with --allow-host");
	else if (err == -ESRCH || err == -ENOENT)
		eu_rpc_fail(call, EU_RPC_NOT_FOUND,
			    err == -ESRCH ? "there is no such process any more"
					  : "there is no such container any more");
	else if (err == -ETIMEDOUT)
		eu_rpc_fail(call, EU_RPC_DEADLINE_EXCEEDED,
			    "the container's processes got SIGKILL and are still there");
	else
		eu_rpc_fail(call, EU_RPC_INTERNAL, "cannot send a signal: %s", strerror(-err));
}

bool signal_on_reply(struct eu_collector *c, const struct eu_actions_reply *reply,
		     const uint8_t *payload)
{
	eunomia_collector_v1_SignalResponse response = {0};
	uint8_t buf[eunomia_collector_v1_SignalResponse_size];
	struct eu_rpc_call *call = NULL;
	size_t len;

	for (size_t i = 0; i < SIGNALS_MAX; i++) {
		struct signaling *s = &c->signals_sent[i];

		if (!s->call || s->id != reply->id)
			continue;
		call = s->call;
		s->call = NULL;
	}
	if (!call)
		return false;
	if (reply->err < 0 || reply->size != sizeof(struct eu_signaled)) {
		fail(call, reply->err);
		return true;
	}
	response.processes = ((const struct eu_signaled *)payload)->processes;
	if (eu_signal_encode(buf, sizeof(buf), &len, &response) == 0)
		eu_rpc_reply(call, buf, len);
	return true;
}
