/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DNS messages, copied as they are: whoever reads the records decodes them. Over UDP each message
 * is one. Over TCP a length of two bytes stands in front of each, and what comes in pieces is put
 * together here, for each way of a socket.
 */
#pragma once

#include "lib/emit.bpf.h"
#include "lib/hide.bpf.h"
#include "lib/message.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_DNS_STREAMS_MAX);
	__type(key, struct eu_dns_key);
	__type(value, struct eu_dns_stream);
} dns_streams SEC(".maps");

/* The message under construction; the room behind it keeps the verifier's bound simple. */
struct dns_scratch {
	struct eu_dns_stream stream;
	__u8 slack[EU_DNS_MESSAGE_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct dns_scratch);
} dns_scratch SEC(".maps");

static __always_inline struct eu_dns_stream *dns_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&dns_scratch, &zero);
}

static __always_inline bool dns_wanted(void)
{
	struct eu_control *ctl = control_get();

	return ctl && (ctl->kinds & (1ull << EU_KIND_DNS_QUERY | 1ull << EU_KIND_DNS_ANSWER));
}

static __always_inline bool is_dns_port(const struct eu_control *ctl, __u16 port)
{
	int i;

	if (!port)
		return false;
	for (i = 0; i < EU_DNS_PORTS_MAX; i++) {
		if (ctl->dns_ports[i] == port)
			return true;
	}
	return false;
}

/* Whether it goes to or comes from a port of DNS. */
static __always_inline bool is_dns(const struct ends *ends)
{
	struct eu_control *ctl = control_get();

	return ctl && (is_dns_port(ctl, ends->peer_port) || is_dns_port(ctl, ends->local_port));
}

/* A message that begins now, empty. */
static __always_inline void dns_begin(struct eu_dns_stream *s, const struct message_call *m)
{
	struct eu_call *call = call_get();

	__builtin_memset(s, 0, offsetof(struct eu_dns_stream, data));
	if (!call)
		return;
	call_describe(call, bpf_get_current_task_btf(), &s->rec.hdr, &s->rec.actor,
		      EU_KIND_DNS_QUERY);
	__builtin_memcpy(s->rec.local_addr, m->peer.local, sizeof(s->rec.local_addr));
	__builtin_memcpy(s->rec.peer_addr, m->peer.peer, sizeof(s->rec.peer_addr));
	s->rec.socket = m->inode;
	s->rec.netns = m->peer.netns;
	s->rec.local_port = m->peer.local_port;
	s->rec.peer_port = m->peer.peer_port;
	s->rec.family = m->peer.family;
	s->rec.transport = m->transport;
}

/*
 * Puts bytes from a user address behind the message, as far as there is room. Global, so that the
 * verifier checks it once.
 */
__noinline int dns_append(__u64 user, __u32 length)
{
	struct eu_dns_stream *s = dns_get();
	__u32 at, room;

	if (!s)
		return 0;
	at = s->rec.data_len;
	if (at >= EU_DNS_MESSAGE_MAX || at < s->seen)
		length = 0; /* full, or something is missing in front */
	room = EU_DNS_MESSAGE_MAX - at;
	s->seen += length;
	if (length > room)
		length = room;
	asm volatile("%0 &= 4095" : "+r"(at));
	if (length == 0 || length > EU_DNS_MESSAGE_MAX)
		return 0;
	if (bpf_probe_read_user(&s->data[at], length, (void *)user) == 0)
		s->rec.data_len = at + length;
	return 0;
}

#define DNS_RESPONSE 0x80 /* the first bit behind the id */

/* Which of the two it is, and who asks whom. */
static __always_inline __u32 dns_kind(struct eu_dns_stream *s, bool sent)
{
	struct eu_control *ctl = control_get();
	bool asks = sent;

	if (s->rec.data_len > 2)
		asks = !(s->data[2] & DNS_RESPONSE);
	else if (ctl && !is_dns_port(ctl, s->rec.peer_port))
		asks = !sent;
	s->rec.direction = asks == sent ? EU_TCP_OUTBOUND : EU_TCP_INBOUND;
	return asks ? EU_KIND_DNS_QUERY : EU_KIND_DNS_ANSWER;
}

static __always_inline void dns_tell(struct eu_dns_stream *s, bool sent, __u32 length)
{
	__u32 kind = dns_kind(s, sent), size;

	if (!kind_wanted(kind))
		return;
	s->rec.message_len = length;
	if (s->rec.data_len < length)
		s->rec.hdr.truncated = EU_TRUNC_MESSAGE;
	s->rec.hdr.kind = kind;
	size = (sizeof(s->rec) + s->rec.data_len + 7) & ~7u;
	if (size > sizeof(s->rec) + EU_DNS_MESSAGE_MAX)
		size = sizeof(s->rec) + EU_DNS_MESSAGE_MAX;
	emit_event(&s->rec.hdr, kind, size);
}

/* Where the bytes of a call stand: in one buffer, or in the entries of an array. */
struct dns_walk {
	__u64 at;    /* of the piece that is worked on */
	__u32 piece; /* what is left of it */
	__u32 left;  /* and of all that the call moved */
	__u32 index;
	__u32 compat;
};

/* Goes to the next piece when one is used up; false at the end. */
static __always_inline bool dns_next(struct dns_walk *walk, const struct message_call *m)
{
	struct user_vector v = {.base = m->base, .length = m->count};

	if (walk->left == 0)
		return false;
	if (walk->piece)
		return true;
	if (walk->index >= (m->vector ? m->count : 1))
		return false;
	if (m->vector && !read_vector(&v, m->base, walk->index, walk->compat))
		return false;
	walk->index++;
	walk->at = v.base;
	walk->piece = v.length < walk->left ? v.length : walk->left;
	return true;
}

static __always_inline void dns_advance(struct dns_walk *walk, __u32 n)
{
	walk->at += n;
	walk->piece -= n;
	walk->left -= n;
}

static long dns_datagram_step(__u32 i, struct dns_walk *walk)
{
	struct message_call *m = message_get();
	__u32 n;

	if (!m || !dns_next(walk, m))
		return 1;
	n = walk->piece;
	if (n)
		dns_append(walk->at, n);
	dns_advance(walk, n);
	return 0;
}

/* One more byte of the length; a message of no bytes at all is one too. */
static __always_inline void dns_length_byte(struct eu_dns_stream *s, const struct message_call *m,
					    struct dns_walk *walk)
{
	__u8 byte = 0;

	if (s->length_bytes == 0)
		dns_begin(s, m);
	bpf_probe_read_user(&byte, 1, (void *)walk->at);
	s->length = s->length << 8 | byte;
	s->length_bytes++;
	dns_advance(walk, 1);
}

static __always_inline void dns_stream_bytes(struct eu_dns_stream *s, struct dns_walk *walk)
{
	__u32 missing = s->length - s->seen, n = walk->piece < missing ? walk->piece : missing;
	__u32 seen = s->seen + n;

	dns_append(walk->at, n);
	s->seen = seen;
	dns_advance(walk, n);
}

static long dns_stream_step(__u32 i, struct dns_walk *walk)
{
	struct message_call *m = message_get();
	struct eu_dns_stream *s = dns_get();

	if (!m || !s || !dns_next(walk, m))
		return 1;
	if (walk->piece == 0)
		return 0;
	if (s->length_bytes < 2)
		dns_length_byte(s, m, walk);
	else
		dns_stream_bytes(s, walk);
	if (s->length_bytes == 2 && s->seen >= s->length) {
		dns_tell(s, m->sent, s->length);
		s->length_bytes = 0;
	}
	return 0;
}

#define DNS_PIECES_MAX 64  /* entries of an array that hold one datagram */
#define DNS_STEPS_MAX  256 /* pieces and messages in one call, over TCP */

static __always_inline void dns_datagram(struct message_call *m, struct dns_walk *walk)
{
	struct eu_dns_stream *s = dns_get();

	if (!s)
		return;
	dns_begin(s, m);
	bpf_loop(DNS_PIECES_MAX, dns_datagram_step, walk, 0);
	dns_tell(s, m->sent, m->bytes);
}

/* Takes up what an earlier call left, and leaves what is not complete. */
static __always_inline void dns_stream(struct message_call *m, struct dns_walk *walk)
{
	struct eu_dns_stream *s = dns_get(), *kept;
	struct eu_dns_key key = {.socket = m->socket, .inode = m->inode, .sent = m->sent};

	if (!s)
		return;
	kept = bpf_map_lookup_elem(&dns_streams, &key);
	s->length_bytes = 0;
	if (kept && bpf_probe_read_kernel(s, sizeof(*s), kept) < 0)
		return;
	bpf_loop(DNS_STEPS_MAX, dns_stream_step, walk, 0);
	if (s->length_bytes == 0) {
		if (kept)
			bpf_map_delete_elem(&dns_streams, &key);
		return;
	}
	s->touched_ns = bpf_ktime_get_boot_ns();
	if (bpf_map_update_elem(&dns_streams, &key, s, BPF_ANY) != 0)
		LOSE(lost_map, EU_KIND_DNS_ANSWER);
}

/* The message that the scratch map holds. Global, so that the verifier checks it once. */
__noinline int dns_message(void)
{
	struct message_call *m = message_get();
	struct eu_call *call = call_get();
	__u32 zero = hidden_zero();
	struct dns_walk walk = {.piece = zero, .index = zero};

	if (!m || !call)
		return 0;
	walk.left = m->bytes;
	walk.compat = call->abi == EU_ABI_COMPAT;
	if (m->transport == IPPROTO_UDP)
		dns_datagram(m, &walk);
	else
		dns_stream(m, &walk);
	return 0;
}

#define DNS_PATIENCE_NS 30000000000ull

struct dns_visit {
	__u64 now;
	__u32 final;
};

/* What never got complete is told as far as it came. */
static long dns_visit_step(void *map, struct eu_dns_key *key, struct eu_dns_stream *s,
			   struct dns_visit *visit)
{
	struct eu_dns_key own;

	if (!key || !s)
		return 1;
	if (!visit->final && visit->now < s->touched_ns + DNS_PATIENCE_NS)
		return 0;
	s->rec.hdr.ts_ns = s->touched_ns;
	dns_tell(s, key->sent, s->length_bytes == 2 ? s->length : s->seen + 1);
	own = *key; /* before 6.2 a map wants its key on the stack */
	bpf_map_delete_elem(&dns_streams, &own);
	return 0;
}

static __always_inline void dns_visit_all(const struct eu_report *report)
{
	struct dns_visit visit = {.now = bpf_ktime_get_boot_ns(), .final = report->final};

	bpf_for_each_map_elem(&dns_streams, dns_visit_step, &visit, 0);
}
