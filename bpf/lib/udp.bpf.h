/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UDP flows: what goes between one socket and one peer, counted here and told twice, when it begins
 * and when it is over.
 *
 * There is no tracepoint where a UDP socket ends. So the report program, which comes by every
 * second, looks at each flow's socket: the kernel takes the struct sock out of a struct socket that
 * is let go of. A flow is taken out one visit after it was found over, when no call that began
 * before can still be counting: nothing that was counted is lost.
 */
#pragma once

#include "lib/emit.bpf.h"
#include "lib/message.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_UDP_FLOWS_MAX);
	__type(key, struct eu_udp_key);
	__type(value, struct eu_udp_flow);
} udp_flows SEC(".maps");

/* Where a new flow is built. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_udp_flow);
} udp_scratch SEC(".maps");

/* The reporter's: it may be preempted, and only one runs at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_udp);
} udp_report SEC(".maps");

static __always_inline bool udp_wanted(void)
{
	struct eu_control *ctl = control_get();

	return ctl && (ctl->kinds & (1ull << EU_KIND_UDP_OPEN | 1ull << EU_KIND_UDP_CLOSE));
}

/* A flow as its first message makes it, without anything counted. */
static __always_inline void udp_fill(struct eu_udp_flow *flow, const struct message_call *m,
				     __s64 result)
{
	struct eu_call *call = call_get();

	__builtin_memset(flow, 0, sizeof(*flow));
	if (!call)
		return;
	call_describe(call, bpf_get_current_task_btf(), &flow->rec.hdr, &flow->rec.actor,
		      EU_KIND_UDP_OPEN);
	__builtin_memcpy(flow->rec.local_addr, m->peer.local, sizeof(flow->rec.local_addr));
	__builtin_memcpy(flow->rec.peer_addr, m->peer.peer, sizeof(flow->rec.peer_addr));
	flow->rec.netns = m->peer.netns;
	flow->rec.local_port = m->peer.local_port;
	flow->rec.peer_port = m->peer.peer_port;
	flow->rec.family = m->peer.family;
	flow->rec.direction = m->sent ? EU_TCP_OUTBOUND : EU_TCP_INBOUND;
	flow->rec.result = result < 0 ? result : 0;
	flow->rec.udp_flags = m->ends.peer_port ? EU_UDP_CONNECTED : 0;
	flow->state = result < 0 ? EU_UDP_FAILED : EU_UDP_FLOWS;
	flow->sk = m->sk;
	flow->began_ns = flow->last_ns = flow->rec.hdr.ts_ns;
}

static __always_inline void udp_tell_open(struct eu_udp_flow *scratch)
{
	if (kind_wanted(EU_KIND_UDP_OPEN))
		emit_event(&scratch->rec.hdr, EU_KIND_UDP_OPEN, sizeof(scratch->rec));
}

/* One that is known begins, or begins anew: by the first that sees it. */
static __always_inline void udp_begin(struct eu_udp_flow *flow, const struct message_call *m,
				      __s64 result)
{
	__u32 zero = 0, old = flow->state;
	__u32 to = result < 0 ? EU_UDP_FAILED : EU_UDP_FLOWS;
	struct eu_udp_flow *scratch = bpf_map_lookup_elem(&udp_scratch, &zero);

	if (!scratch || !__sync_bool_compare_and_swap(&flow->state, old, to))
		return;
	udp_fill(scratch, m, result);
	if (old == EU_UDP_QUIET)
		flow->began_ns = scratch->began_ns;
	flow->rec.direction = scratch->rec.direction;
	udp_tell_open(scratch);
}

static long udp_await_step(__u32 i, struct eu_udp_key *key)
{
	struct eu_udp_flow *flow = bpf_map_lookup_elem(&udp_flows, key);

	return !flow || flow->state != EU_UDP_GONE;
}

/* The flow of that key; made if there is none. NULL: there is no room, or an old one does not go.
 */
static __always_inline struct eu_udp_flow *udp_flow(struct eu_udp_key *key,
						    const struct message_call *m, __s64 result)
{
	struct eu_udp_flow *flow = bpf_map_lookup_elem(&udp_flows, key), *scratch;
	__u32 zero = 0;

	if (flow && flow->state == EU_UDP_GONE) {
		bpf_loop(AWAIT_STEPS, udp_await_step, key, 0);
		flow = bpf_map_lookup_elem(&udp_flows, key);
		if (flow && flow->state == EU_UDP_GONE)
			return NULL;
	}
	if (flow)
		return flow;
	scratch = bpf_map_lookup_elem(&udp_scratch, &zero);
	if (!scratch)
		return NULL;
	udp_fill(scratch, m, result);
	if (bpf_map_update_elem(&udp_flows, key, scratch, BPF_NOEXIST) == 0)
		udp_tell_open(scratch);
	return bpf_map_lookup_elem(&udp_flows, key);
}

/* connect returned. Without an address it takes the peer away: that is none. */
static __always_inline void udp_connected(const struct eu_call *call, struct file *file,
					  __u64 address)
{
	__u32 zero = 0;
	struct eu_udp_flow *flow = bpf_map_lookup_elem(&udp_scratch, &zero);
	__u64 socket = kind_wanted(EU_KIND_UDP_CONNECT) ? file_socket(file) : 0;
	struct sock *sk = socket ? socket_sock(socket) : NULL;
	struct message_call *m = message_get();

	if (!sk || !m || BPF_CORE_READ_BITFIELD_PROBED(sk, sk_protocol) != IPPROTO_UDP)
		return;
	if (!flow) {
		LOSE(lost_program, EU_KIND_UDP_CONNECT);
		return;
	}
	ends_of(&m->peer, sk);
	if ((m->peer.family != AF_INET && m->peer.family != AF_INET6) ||
	    !ends_to(&m->peer, address))
		return;
	m->sent = 1;
	m->sk = (__u64)sk;
	m->ends = m->peer;
	udp_fill(flow, m, call->result);
	if (call->result < 0)
		flow->rec.udp_flags = 0;
	flow->rec.hdr.kind = EU_KIND_UDP_CONNECT;
	emit_event(&flow->rec.hdr, EU_KIND_UDP_CONNECT, sizeof(flow->rec));
}

/*
 * Counts the message that the scratch map holds; result: what the call gave, for this one.
 * Global, so that the verifier checks it once.
 */
__noinline int udp_count(__s64 result)
{
	struct message_call *m = message_get();
	struct eu_udp_key key = {};
	struct eu_udp_flow *flow;

	if (!m)
		return 0;
	key.socket = m->socket;
	key.inode = m->inode;
	key.peer_port = m->peer.peer_port;
	key.family = m->peer.family;
	__builtin_memcpy(key.peer_addr, m->peer.peer, sizeof(key.peer_addr));
	flow = udp_flow(&key, m, result);
	if (!flow) {
		LOSE(lost_map, EU_KIND_UDP_CLOSE);
		return 0;
	}
	if (flow->state == EU_UDP_QUIET || (flow->state == EU_UDP_FAILED && result >= 0))
		udp_begin(flow, m, result);
	flow->last_ns = bpf_ktime_get_boot_ns();
	if (result < 0) {
		__sync_fetch_and_add(&flow->rec.errors, 1);
	} else if (m->sent) {
		__sync_fetch_and_add(&flow->rec.datagrams_sent, 1);
		__sync_fetch_and_add(&flow->rec.bytes_sent, result);
	} else {
		__sync_fetch_and_add(&flow->rec.datagrams_received, 1);
		__sync_fetch_and_add(&flow->rec.bytes_received, result);
	}
	return 0;
}

#define UDP_ROOM 4096 /* in the ring: below this the rest is told next time */

static __always_inline bool ring_has_room(void)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *ring = bpf_map_lookup_elem(&event_rings, &cpu);

	return ring && bpf_ringbuf_query(ring, BPF_RB_RING_SIZE) -
			       bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) >
			   UDP_ROOM;
}

/* Whatever is counted meanwhile stays for the next time. */
static __always_inline void udp_tell_close(struct eu_udp_flow *flow, __u16 end)
{
	__u32 zero = 0;
	struct eu_udp *rec = bpf_map_lookup_elem(&udp_report, &zero);

	if (!rec)
		return;
	__builtin_memcpy(rec, &flow->rec, sizeof(*rec));
	rec->datagrams_sent = __sync_lock_test_and_set(&flow->rec.datagrams_sent, 0);
	rec->datagrams_received = __sync_lock_test_and_set(&flow->rec.datagrams_received, 0);
	rec->bytes_sent = __sync_lock_test_and_set(&flow->rec.bytes_sent, 0);
	rec->bytes_received = __sync_lock_test_and_set(&flow->rec.bytes_received, 0);
	rec->errors = __sync_lock_test_and_set(&flow->rec.errors, 0);
	rec->duration_ns = flow->last_ns - flow->began_ns;
	rec->result = 0;
	rec->end = end;
	actor_without_call(&rec->actor);
	rec->hdr.ts_ns = bpf_ktime_get_boot_ns();
	rec->hdr.kind = EU_KIND_UDP_CLOSE;
	if (kind_wanted(EU_KIND_UDP_CLOSE))
		emit_event(&rec->hdr, EU_KIND_UDP_CLOSE, sizeof(*rec));
}

static __always_inline bool udp_has_counted(const struct eu_udp_flow *flow)
{
	return flow->rec.datagrams_sent | flow->rec.datagrams_received | flow->rec.errors;
}

struct udp_visit {
	__u64 now;
	__u64 idle_ns;
	__u32 final;
	__u32 more; /* there was no room for all */
};

static __always_inline void udp_forget(const struct eu_udp_key *key)
{
	struct eu_udp_key own = *key; /* before 6.2 a map wants its key on the stack */

	bpf_map_delete_elem(&udp_flows, &own);
}

/* Told already, unless a late one was counted: out with it, if it is still quiet. */
static __always_inline void udp_visit_quiet(const struct eu_udp_key *key, struct eu_udp_flow *flow)
{
	if (udp_has_counted(flow))
		udp_tell_close(flow, EU_UDP_IDLE);
	else if (__sync_bool_compare_and_swap(&flow->state, EU_UDP_QUIET, EU_UDP_GONE))
		udp_forget(key);
}

static long udp_visit_step(void *map, struct eu_udp_key *key, struct eu_udp_flow *flow,
			   struct udp_visit *visit)
{
	bool closed, idle;

	if (!flow || !key)
		return 1;
	closed = !socket_lives(key->socket, key->inode, flow->sk);
	idle = visit->now > flow->last_ns + visit->idle_ns;
	if (!closed && !idle && !visit->final)
		return 0;
	if (!ring_has_room()) {
		visit->more = 1;
		return 1;
	}
	if (flow->state == EU_UDP_QUIET) {
		udp_visit_quiet(key, flow);
	} else if (closed || visit->final) {
		if (closed && !flow->closed && !visit->final) {
			flow->closed = 1;
			return 0;
		}
		udp_tell_close(flow, closed ? EU_UDP_CLOSED : EU_UDP_RUNNING);
		udp_forget(key);
	} else {
		flow->state = EU_UDP_QUIET;
		udp_tell_close(flow, EU_UDP_IDLE);
	}
	return 0;
}

/* True when there is more to tell than fitted. */
static __always_inline bool udp_visit_all(const struct eu_report *report)
{
	struct eu_control *ctl = control_get();
	struct udp_visit visit = {.now = bpf_ktime_get_boot_ns(), .final = report->final};

	if (!ctl)
		return false;
	visit.idle_ns = ctl->udp_idle_ns;
	bpf_for_each_map_elem(&udp_flows, udp_visit_step, &visit, 0);
	return visit.more;
}
