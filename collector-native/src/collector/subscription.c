/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one subscription: attach, stream, drain. At most one batch is in flight; while it is, nothing
 * is read from the rings, so a slow client fills them and the kernel counts what no longer fits.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "collector/internal.h"
#include "probes/family.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define PERF_HZ	    49 /* in step with nothing that happens on round times */
#define PERF_HZ_MAX 1000

#define NEVER INT64_MAX /* not before somebody wakes us */

/* What was promised to a stream that is gone, and what nobody will fetch any more, is lost here and
 * counted here. */
static void abandon(struct eu_collector *c)
{
	struct subscription *s = &c->subscription;

	if (s->state == SUBSCRIPTION_ATTACHING)
		s->attaches_stale += s->attaches_pending;
	s->state = SUBSCRIPTION_NONE;
	s->call = NULL;
	c->control->sleeping = EU_AWAKE;
	collector_detach(c);
	collector_release_programs(c);
	for (size_t kind = 0; s->in_flight && kind < EU_KIND_SLOTS; kind++)
		c->ledger.lost_collector[kind] += s->batch.by_kind[kind];
	s->in_flight = false;
	eu_drain_discard(&c->drain, c->ledger.lost_collector);
}

static void on_closed(void *data, struct eu_rpc_call *call)
{
	(void)call;
	abandon(data);
}

static void on_sent(void *data, struct eu_rpc_call *call)
{
	struct subscription *s = &((struct eu_collector *)data)->subscription;

	(void)call;
	s->in_flight = false;
	if (s->state == SUBSCRIPTION_NONE)
		s->call = NULL; /* that was the final batch */
}

/* Sends what is in the batch, even if it is nothing. */
static void send_batch(struct eu_collector *c, bool final, uint64_t drained_ns,
		       const struct eu_kind_ledger *ledger, size_t n_ledger)
{
	struct subscription *s = &c->subscription;
	struct eu_batch_header header = {.batch = s->batches++,
					 .final = final,
					 .boot_to_unix_ns = eu_clock_boot_to_unix_ns(),
					 .drained_ns = drained_ns,
					 .ledger = ledger,
					 .n_ledger = n_ledger,
					 .record_count = s->batch.count};
	size_t len;
	uint8_t *msg =
	    eu_batch_encode(s->batch.records, EU_BATCH_HEADROOM, s->batch.len, &header, &len);

	/* A refusal means that the stream is gone: on_closed is on its way and counts this batch.
	 */
	s->in_flight = true;
	if (eu_rpc_stream_send(s->call, msg, len, on_sent) < 0)
		eu_log_debug("the subscriber is gone");
}

static void send_current(struct eu_collector *c, bool final, uint64_t drained_ns)
{
	struct eu_kind_ledger ledger[_EU_KIND_MAX];
	size_t n = eu_ledger_read(&c->ledger, ledger);

	send_batch(c, final, drained_ns, ledger, n);
}

static void finish(struct eu_collector *c, uint64_t drained_ns)
{
	struct subscription *s = &c->subscription;

	collector_release_programs(c);
	send_current(c, true, drained_ns);
	s->state = SUBSCRIPTION_NONE;
	if (eu_rpc_stream_end(s->call, EU_RPC_OK, NULL))
		return;
	s->call = NULL;
	s->in_flight = false;
}

/* Reading again at once is right while there is more than one batch holds, and while the end is
 * awaited. */
static int64_t next_drain_ns(struct subscription *s, int64_t now)
{
	int64_t pause = eu_pace_next(&s->pace, s->found);

	if (s->more || s->state == SUBSCRIPTION_DRAINING)
		return now;
	return pause ? now + pause : NEVER;
}

static void report_due(struct eu_collector *c, int64_t now)
{
	for (size_t i = 0; i < _EU_FAMILY_MAX; i++) {
		struct family *f = &c->families[i];

		if (now < f->report_at)
			continue;
		/* What did not fit is told as soon as there is room. */
		f->report_at =
		    now + (collector_report(f, false) ? EU_PACE_MAX_NS : f->report_interval_ns);
	}
}

/* When the next report is due. */
static int64_t next_report(const struct eu_collector *c)
{
	int64_t next = NEVER;

	for (size_t i = 0; i < _EU_FAMILY_MAX; i++) {
		if (c->families[i].report_at < next)
			next = c->families[i].report_at;
	}
	return next;
}

/* Has every family tell the rest. True when there is more than fitted. */
static bool report_rest(struct eu_collector *c)
{
	bool more = false;

	for (size_t i = 0; i < _EU_FAMILY_MAX; i++)
		more |=
		    c->families[i].report_interval_ns && collector_report(&c->families[i], true);
	return more;
}

/* Nothing is left in the rings, and nobody writes into them but ourselves. */
static void drained(struct eu_collector *c, uint64_t drained_ns)
{
	struct subscription *s = &c->subscription;

	if (!s->reported)
		s->reported = !report_rest(c);
	if (eu_drain_is_empty(&c->drain))
		finish(c, drained_ns);
}

void subscription_pump(struct eu_collector *c)
{
	struct subscription *s = &c->subscription;
	int64_t now = eu_clock_ns(CLOCK_MONOTONIC);
	uint64_t watermark;

	if (s->state < SUBSCRIPTION_STREAMING || s->in_flight)
		return;
	if (s->state == SUBSCRIPTION_STREAMING)
		report_due(c, now);
	if (now < s->drain_at)
		return;
	watermark = (uint64_t)eu_clock_ns(CLOCK_BOOTTIME);
	eu_batch_reset(&s->batch);
	s->more = eu_drain_run(&c->drain, &s->batch, watermark);
	s->found = s->batch.count > 0;
	s->drain_at = next_drain_ns(s, now);
	if (s->found)
		send_current(c, false, watermark);
	else if (s->state == SUBSCRIPTION_DRAINING && eu_drain_is_empty(&c->drain))
		drained(c, watermark);
}

int64_t subscription_prepare_sleep(struct eu_collector *c)
{
	struct subscription *s = &c->subscription;
	int64_t until, pause;

	if (s->state < SUBSCRIPTION_STREAMING || s->in_flight)
		return -1;
	until = next_report(c);
	if (s->drain_at < until)
		until = s->drain_at;
	pause = until == NEVER ? -1 : until - eu_clock_ns(CLOCK_MONOTONIC);
	if (until != NEVER && pause < 0)
		pause = 0;
	if (s->drain_at != NEVER) {
		__atomic_store_n(&c->control->sleeping, EU_DOZING, __ATOMIC_SEQ_CST);
		return pause;
	}
	__atomic_store_n(&c->control->sleeping, EU_QUIET, __ATOMIC_SEQ_CST);
	/* Whoever wrote before the flag was seen does not wake us: look once more. */
	if (eu_drain_is_empty(&c->drain))
		return pause;
	s->drain_at = 0;
	return 0;
}

void subscription_woke(struct eu_collector *c)
{
	struct subscription *s = &c->subscription;

	if (s->state < SUBSCRIPTION_STREAMING || s->in_flight)
		return;
	/* A program took the flag away: it woke us for a reason. */
	if (__atomic_exchange_n(&c->control->sleeping, EU_AWAKE, __ATOMIC_SEQ_CST) == EU_AWAKE)
		s->drain_at = 0;
}

static void start_streaming(struct eu_collector *c)
{
	struct subscription *s = &c->subscription;

	s->state = SUBSCRIPTION_STREAMING;
	for (size_t i = 0; i < _EU_FAMILY_MAX; i++) {
		struct family *f = &c->families[i];

		f->report_at = f->report_interval_ns
				   ? eu_clock_ns(CLOCK_MONOTONIC) + f->report_interval_ns
				   : NEVER;
	}
	eu_batch_reset(&s->batch);
	collector_set_kinds(c, s->wanted_kinds);
	send_batch(c, false, (uint64_t)eu_clock_ns(CLOCK_BOOTTIME), s->base, _EU_KIND_MAX);
}

/* One line of why: the first family that failed, with its reason. */
static void refuse(struct eu_collector *c)
{
	struct subscription *s = &c->subscription;
	struct eu_rpc_call *call = EU_TAKE_PTR(s->call);
	const char *reason = "";

	for (size_t i = 0; i < _EU_OBJECT_MAX && !reason[0]; i++)
		reason = c->families[i].reason;
	s->state = SUBSCRIPTION_NONE;
	eu_rpc_fail(call, EU_RPC_FAILED_PRECONDITION, "no family could be attached: %s", reason);
}

/* A family that needs what another object sees is nothing without it. */
static void require(struct eu_collector *c, enum eu_family family, enum eu_object object)
{
	const struct family *needed = &c->families[object];
	struct family *f = &c->families[family];

	if (!f->attached || needed->attached)
		return;
	f->err = needed->err;
	memcpy(f->reason, needed->reason, sizeof(f->reason));
}

static void require_dispatchers(struct eu_collector *c)
{
	for (uint32_t i = 0; i < _EU_FAMILY_MAX; i++) {
		if (eu_family_needs_calls(i))
			require(c, i, EU_OBJECT_DISPATCH);
	}
	if (c->subscription.count_flags)
		require(c, EU_FAMILY_SYSCALL, EU_OBJECT_ENTER);
}

int subscription_on_links(struct eu_collector *c, const struct eu_loader_packet *head,
			  const int *fds, size_t n_fds)
{
	if (c->subscription.attaches_stale == 0)
		return collector_take_links(c, head, fds, n_fds);
	for (size_t i = 0; i < n_fds; i++)
		eu_close(fds[i]);
	return 0;
}

void subscription_on_attach(struct eu_collector *c, const struct eu_loader_packet *head,
			    const int *fds, size_t n_fds)
{
	struct subscription *s = &c->subscription;
	bool any = false;

	if (s->attaches_stale > 0) {
		s->attaches_stale--;
		for (size_t i = 0; i < n_fds; i++)
			eu_close(fds[i]);
		return;
	}
	if (collector_take_attach(c, head, fds, n_fds) < 0)
		eu_log_warn("the %s tracker is off: %s", eu_families[head->family].name,
			    head->reason);
	if (s->state != SUBSCRIPTION_ATTACHING || --s->attaches_pending > 0)
		return;
	require_dispatchers(c);
	for (size_t i = 0; i < _EU_FAMILY_MAX; i++)
		any |= c->families[i].attached && !c->families[i].err;
	if (any)
		start_streaming(c);
	else
		refuse(c);
}

/*
 * Attribution hangs on the cgroup family, so it is always on. The last family is attached first: on
 * a hook that several have, those with what a process did come before what ends it.
 */
static int request_families(struct eu_collector *c,
			    const eunomia_collector_v1_SubscribeRequest *request)
{
	struct subscription *s = &c->subscription;
	uint32_t wanted = 1u << EU_FAMILY_CGROUP;
	uint32_t hz = request->perf_frequency_hz ? request->perf_frequency_hz : PERF_HZ;
	uint64_t kinds = c->options->allow ? 1ull << EU_KIND_ENFORCE_DECISION : 0;
	bool calls = false;

	c->control->perf_period_ns = (uint64_t)EU_NS_PER_S / hz;
	for (size_t i = 0; i < request->families_count; i++) {
		uint32_t family = (uint32_t)request->families[i] - 1;

		if (family >= _EU_FAMILY_MAX)
			return -EINVAL;
		wanted |= 1u << family;
		kinds |= eu_family_kinds(family);
		calls |= eu_family_needs_calls(family);
		if (i < request->report_interval_ms_count)
			c->families[family].report_interval_ns =
			    (int64_t)request->report_interval_ms[i] * EU_NS_PER_MS;
	}
	s->wanted_kinds = request->kinds ? request->kinds & kinds : kinds;
	if (calls)
		wanted |= 1u << EU_OBJECT_DISPATCH;
	if (s->count_flags)
		wanted |= 1u << EU_OBJECT_ENTER;
	for (uint32_t object = _EU_OBJECT_MAX; object-- > 0;) {
		int r = wanted & 1u << object ? collector_request_attach(c, object, hz) : 0;

		if (r < 0)
			return r;
		s->attaches_pending += wanted >> object & 1;
	}
	return 0;
}

/* 0, or -EINVAL when a table has another size than ours. */
static int take_wish(struct subscription *s, const eunomia_collector_v1_SubscribeRequest *request)
{
	const struct {
		const uint8_t *bytes;
		size_t len;
		void *to;
		size_t size;
	} tables[] = {
	    {request->syscalls.bytes, request->syscalls.size, s->wish.calls, sizeof(s->wish.calls)},
	    {request->syscall_shapes.bytes, request->syscall_shapes.size, s->wish.shapes,
	     sizeof(s->wish.shapes)},
	};

	memset(s->wish.calls, 0xff, sizeof(s->wish.calls));
	memset(s->wish.shapes, 0, sizeof(s->wish.shapes));
	for (size_t i = 0; i < 2; i++) {
		if (tables[i].len == tables[i].size)
			memcpy(tables[i].to, tables[i].bytes, tables[i].size);
		else if (tables[i].len > 0)
			return -EINVAL;
	}
	s->count_flags = (request->syscall_latency ? EU_COUNT_LATENCY : 0) |
			 (request->syscall_refused ? EU_COUNT_REFUSED : 0);
	return 0;
}

static void subscribe(struct eu_collector *c, struct eu_rpc_call *call,
		      const eunomia_collector_v1_SubscribeRequest *request)
{
	struct subscription *s = &c->subscription;
	int r;

	collector_read_misses(c);
	eu_ledger_read(&c->ledger, s->base);
	filter_set_environment(c->control, request->environment_names,
			       request->environment_names_count);
	c->control->raw_paths = request->raw_paths;
	c->control->own[0] = (uint32_t)getpid();
	c->control->own[1] = (uint32_t)eu_rpc_peer(call).pid;
	for (size_t i = 0; i < _EU_FAMILY_MAX; i++)
		c->families[i].report_interval_ns = 0;
	s->reported = false;
	/* What runs before all is attached is nobody's. */
	__atomic_store_n(&c->control->kinds, 0, __ATOMIC_RELEASE);
	r = filter_reset(c, &request->filter);
	if (r == 0)
		r = filter_set_network(c->control, request->udp_idle_ms, request->dns_ports,
				       request->dns_ports_count);
	s->attaches_pending = 0;
	s->batches = 0;
	s->pace = (struct eu_pace){0};
	s->more = s->found = false;
	s->drain_at = 0;
	if (r == 0)
		r = take_wish(s, request);
	if (r == 0)
		r = request_families(c, request);
	if (r < 0) {
		s->attaches_stale += s->attaches_pending;
		eu_rpc_fail(call, r == -EINVAL ? EU_RPC_INVALID_ARGUMENT : EU_RPC_INTERNAL,
			    "cannot subscribe: %s",
			    r == -EINVAL ? "unknown family or port, or tables of another size"
					 : strerror(-r));
		return;
	}
	s->state = SUBSCRIPTION_ATTACHING;
	s->call = call;
	eu_rpc_on_closed(call, on_closed, c);
}

/* A peer that missed its ping loses its place to one that answers. */
static bool make_room(struct eu_collector *c)
{
	struct subscription *s = &c->subscription;
	struct eu_rpc_call *old = s->call;

	if (!old)
		return true;
	if (!eu_rpc_peer_is_stale(old))
		return false;
	eu_log_info("a new controller takes over: the old one does not answer");
	abandon(c);
	eu_rpc_fail(old, EU_RPC_ABORTED, "another controller took over");
	return true;
}

void subscription_handle_subscribe(void *data, struct eu_rpc_call *call, const uint8_t *msg,
				   size_t len)
{
	struct eu_collector *c = data;
	/* Too much for a stack that is meant to stay small; one at a time. */
	static eunomia_collector_v1_SubscribeRequest request;

	if (eu_subscribe_decode(&request, msg, len) < 0)
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT, "malformed SubscribeRequest");
	else if (request.abi_version != EU_ABI_VERSION)
		eu_rpc_fail(call, EU_RPC_FAILED_PRECONDITION,
			    "record ABI %u is asked for, this collector has %u",
			    request.abi_version, EU_ABI_VERSION);
	else if (request.perf_frequency_hz > PERF_HZ_MAX)
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT,
			    "cannot subscribe: %u ticks per second are asked for, %u is the most",
			    request.perf_frequency_hz, PERF_HZ_MAX);
	else if (!c->control)
		eu_rpc_fail(call, EU_RPC_FAILED_PRECONDITION, "no family could be loaded: %s",
			    c->families[EU_FAMILY_CGROUP].reason);
	else if (!make_room(c))
		eu_rpc_fail(call, EU_RPC_RESOURCE_EXHAUSTED,
			    "another controller is subscribed (pid %d)",
			    (int)eu_rpc_peer(c->subscription.call).pid);
	else
		subscribe(c, call, &request);
}

/* Only the subscriber's own connection may end or change a subscription. */
static bool is_subscriber(const struct eu_collector *c, struct eu_rpc_call *call)
{
	const struct subscription *s = &c->subscription;

	if (s->state == SUBSCRIPTION_STREAMING &&
	    eu_rpc_peer(call).connection == eu_rpc_peer(s->call).connection)
		return true;
	eu_rpc_fail(call, EU_RPC_FAILED_PRECONDITION,
		    "this connection has no running subscription");
	return false;
}

void subscription_handle_unsubscribe(void *data, struct eu_rpc_call *call, const uint8_t *msg,
				     size_t len)
{
	struct eu_collector *c = data;

	if (eu_empty_decode(msg, len) < 0) {
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT, "malformed UnsubscribeRequest");
		return;
	}
	if (!is_subscriber(c, call))
		return;
	collector_detach(c);
	c->subscription.state = SUBSCRIPTION_DRAINING;
	c->subscription.drain_at = 0;
	eu_rpc_reply(call, NULL, 0);
}

static uint64_t attached_kinds(const struct eu_collector *c)
{
	uint64_t kinds = c->options->allow ? 1ull << EU_KIND_ENFORCE_DECISION : 0;

	for (uint32_t i = 0; i < _EU_FAMILY_MAX; i++) {
		const struct family *f = &c->families[i];

		if (f->attached && !eu_families[i].by_kinds)
			kinds |= eu_family_kinds(i);
		for (size_t p = 0; f->attached && eu_families[i].by_kinds && p < f->n_programs; p++)
			kinds |= 1ull << f->kinds[p];
	}
	return kinds;
}

void subscription_handle_update_filter(void *data, struct eu_rpc_call *call, const uint8_t *msg,
				       size_t len)
{
	struct eu_collector *c = data;
	eunomia_collector_v1_UpdateFilterRequest request;
	int r;

	if (eu_update_filter_decode(&request, msg, len) < 0) {
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT, "malformed UpdateFilterRequest");
		return;
	}
	if (!is_subscriber(c, call))
		return;
	r = filter_update(c, &request);
	if (request.kinds)
		collector_set_kinds(c, request.kinds & attached_kinds(c));
	if (r < 0)
		eu_rpc_fail(call, EU_RPC_RESOURCE_EXHAUSTED, "the filter is full: %s",
			    strerror(-r));
	else
		eu_rpc_reply(call, NULL, 0);
}
