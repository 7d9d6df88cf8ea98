// SPDX-License-Identifier: GPL-2.0-only
/*
 * System calls: what was counted becomes records here, and single calls that were asked for. The
 * counting itself is part of the dispatcher.
 */
#include "lib/count.bpf.h"
#include "lib/tail.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define RING_RESERVE (64u << 10) /* what others may write while a report looks for room */

static __always_inline void *record_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratch, &zero);
}

/* A string argument. One that cannot be read (EFAULT, mostly) is marked as cut. */
__noinline int tail_text(__u32 at, __u64 user)
{
	char *rec = record_get(), last = 0;
	long len;

	if (!rec || !user || at > EU_RECORD_MAX - EU_SYSCALL_TEXT_MAX)
		return 0;
	len = bpf_probe_read_user_str(rec + at, EU_SYSCALL_TEXT_MAX, (void *)user);
	if (len == EU_SYSCALL_TEXT_MAX)
		bpf_probe_read_user(&last, 1, (void *)(user + EU_SYSCALL_TEXT_MAX - 1));
	if (len <= 0 || last)
		record_cut(EU_TRUNC_TEXT);
	return len > 0 ? len - 1 : 0;
}

/* A socket address: its length stands in an argument, or where that points to. */
__noinline int tail_address(__u32 at, __u64 user, __u64 len)
{
	char *rec = record_get();
	__u32 value = len;

	if (len > EU_SYSCALL_ADDRESS_MAX &&
	    bpf_probe_read_user(&value, sizeof(value), (void *)len) < 0)
		return 0;
	asm volatile("" : "+r"(value));
	if (value > EU_SYSCALL_ADDRESS_MAX)
		value = EU_SYSCALL_ADDRESS_MAX;
	if (!rec || !user || at > EU_RECORD_MAX - EU_SYSCALL_ADDRESS_MAX ||
	    bpf_probe_read_user(rec + at, value, (void *)user) < 0)
		return 0;
	return value;
}

static __always_inline __u32 call_tail(struct eu_syscall_call *rec, const struct eu_call *call,
				       const struct eu_shape *shape)
{
	__u32 at = sizeof(*rec);
	int i;

	for (i = 0; i < EU_SYSCALL_TEXTS; i++) {
		if (shape->text[i])
			rec->text_len[i] = tail_text(at, call_arg(call, shape->text[i]));
		at += rec->text_len[i];
	}
	if (shape->address)
		rec->address_len = tail_address(at, call_arg(call, shape->address),
						call_arg(call, shape->address_len));
	return at + rec->address_len;
}

CALL_HANDLER(eu_syscall_call)
{
	struct eu_syscall_call *rec = record_get();
	__u32 zero = 0, at;
	struct eu_routes *table = bpf_map_lookup_elem(&routes, &zero);
	struct eu_control *ctl = control_get();
	struct eu_shape shape;

	if (ctl && (task->tgid == ctl->own[0] || task->tgid == ctl->own[1]))
		return;
	if (!rec || !table) {
		LOSE(lost_program, EU_KIND_SYSCALL_CALL);
		return;
	}
	shape = table->shapes[call->abi & 1][call->number & (EU_CALL_NUMBERS - 1)];
	call_describe(call, task, &rec->hdr, &rec->actor, EU_KIND_SYSCALL_CALL);
	__builtin_memcpy(rec->args, &call->args[1], sizeof(rec->args));
	rec->result = call->result;
	rec->latency_ns = call->latency_ns;
	rec->number = call->number;
	rec->abi = call->abi;
	rec->refused = call->refused;
	rec->text_len[0] = rec->text_len[1] = rec->address_len = 0;
	rec->reserved[0] = rec->reserved[1] = 0;
	at = (call_tail(rec, call, &shape) + 7) & ~7u;
	emit_event(&rec->hdr, EU_KIND_SYSCALL_CALL, at > EU_RECORD_MAX ? EU_RECORD_MAX : at);
}

/* Where the report builds its records: it may be preempted, and only one runs at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_syscall);
} report_scratch SEC(".maps");

struct report {
	__u32 full;   /* the ring: the rest is told later */
	__u32 forget; /* entries go when they are told */
	__u32 odd;    /* which table */
	__u32 reserved;
};

static __always_inline bool has_room(void)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *ring = bpf_map_lookup_elem(&event_rings, &cpu);

	return ring && bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) + RING_RESERVE <
			   bpf_ringbuf_query(ring, BPF_RB_RING_SIZE);
}

static __always_inline void send(struct eu_syscall *rec)
{
	rec->hdr.ts_ns = bpf_ktime_get_boot_ns();
	rec->hdr.kind = EU_KIND_SYSCALL;
	emit_event(&rec->hdr, EU_KIND_SYSCALL, sizeof(*rec));
}

/* Moves what an entry counted so far into the record; what is added meanwhile stays for the next.
 */
static __always_inline void take(struct eu_syscall *rec, struct eu_syscall *entry)
{
	int i;

	__builtin_memcpy(rec, entry, sizeof(*rec));
	rec->count = __sync_lock_test_and_set(&entry->count, 0);
	rec->errors = __sync_lock_test_and_set(&entry->errors, 0);
	rec->refused = __sync_lock_test_and_set(&entry->refused, 0);
	rec->latency_total_ns = __sync_lock_test_and_set(&entry->latency_total_ns, 0);
	rec->latency_max_ns = __sync_lock_test_and_set(&entry->latency_max_ns, 0);
	for (i = 0; i < EU_SYSCALL_ERRNOS; i++)
		rec->errnos[i].count = __sync_lock_test_and_set(&entry->errnos[i].count, 0);
	for (i = 0; i < EU_SYSCALL_BUCKETS; i++)
		rec->latency[i] = __sync_lock_test_and_set(&entry->latency[i], 0);
}

static long report_step(void *map, struct eu_count_key *key, struct eu_syscall *entry,
			struct report *report)
{
	__u32 zero = 0;
	struct eu_syscall *rec = bpf_map_lookup_elem(&report_scratch, &zero);
	struct eu_count_key own;

	if (!rec)
		return 1;
	if (entry->count) {
		if (!has_room()) {
			report->full = 1;
			return 1;
		}
		take(rec, entry);
		send(rec);
	}
	if (!report->forget)
		return 0;
	own = *key;
	if (report->odd)
		bpf_map_delete_elem(&counts_odd, &own);
	else
		bpf_map_delete_elem(&counts_even, &own);
	return 0;
}

static long overflow_step(void *map, __u32 *key, struct eu_count_overflow *over,
			  struct report *report)
{
	__u32 zero = 0, slot = *key & (EU_CALL_NUMBERS - 1);
	struct eu_syscall *rec = bpf_map_lookup_elem(&report_scratch, &zero);

	if (!rec)
		return 1;
	if (!over->count)
		return 0;
	if (!has_room()) {
		report->full = 1;
		return 1;
	}
	__builtin_memset(rec, 0, sizeof(*rec));
	rec->count = __sync_lock_test_and_set(&over->count, 0);
	rec->errors = __sync_lock_test_and_set(&over->errors, 0);
	rec->number = slot == EU_CALL_NUMBERS - 1 ? EU_SYSCALL_UNKNOWN : slot;
	rec->abi = *key / EU_CALL_NUMBERS;
	rec->flags = EU_SYSCALL_OVERFLOW;
	send(rec);
	return 0;
}

/* Functions of their own: a call with either map would not pass the verifier before 6.2. */
__noinline int report_even(__u32 forget)
{
	struct report report = {.odd = 0, .forget = forget};

	bpf_for_each_map_elem(&counts_even, report_step, &report, 0);
	return !report.full;
}

__noinline int report_odd(__u32 forget)
{
	struct report report = {.odd = 1, .forget = forget};

	bpf_for_each_map_elem(&counts_odd, report_step, &report, 0);
	return !report.full;
}

/* True when all of it was told. */
static __always_inline bool report_table(__u32 odd, __u32 forget)
{
	return odd ? report_odd(forget) : report_even(forget);
}

static __always_inline bool report_overflow(void)
{
	struct report report = {};

	bpf_for_each_map_elem(&counts_overflow, overflow_step, &report, 0);
	return !report.full;
}

enum { PHASE_CHANGE = 0, PHASE_TELL = 1 };

/*
 * Told to report, the table that rested since the last time is emptied and begins to count; what
 * the other one has is told a moment later, when programs that still had hold of one of its entries
 * are long done. Its entries stay until the next time, for those that were not.
 */
SEC("syscall")
int eu_syscall_report(struct eu_report *ctx)
{
	struct eu_control *ctl = control_get();
	__u32 resting;

	if (!ctl)
		return 0;
	if (ctx->final)
		return !(report_table(0, 1) && report_table(1, 1) && report_overflow());
	resting = !(ctl->count_buffer & 1);
	if (ctl->count_phase == PHASE_CHANGE) {
		if (report_table(resting, 1)) {
			ctl->count_buffer = resting;
			ctl->count_phase = PHASE_TELL;
		}
		return 1;
	}
	if (!report_table(resting, 0) || !report_overflow())
		return 1;
	ctl->count_phase = PHASE_CHANGE;
	return 0;
}
