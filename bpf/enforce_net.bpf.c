// SPDX-License-Identifier: GPL-2.0-only
/*
 * Denies network calls on every kernel with the unified cgroup hierarchy. The programs stand on its
 * root and look up who calls: so they know a container whose runtime made cgroups on v1 only, and
 * a process that went into a cgroup of its own.
 */
#include "lib/enforce.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define ALLOW 1 /* 0 is EPERM */

struct endpoint {
	__u32 address[4];
	__u16 port;
	__u16 family;
	__u32 protocol;
};

static __always_inline int decide_network(const struct endpoint *end, __u32 operation)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct decision d = {};
	struct slot *slot;
	int index, done;

	if (!decision_begin(&d, operation, false, true, task))
		return ALLOW;
	index = slot_take();
	slot = index < 0 ? NULL : slot_get(index);
	if (!slot) {
		count_undecided();
		return ALLOW;
	}
	slot_who(slot, task);
	if (d.fields & (EU_MATCH_EXE | EU_MATCH_EXE_PREFIX))
		slot_exe(index, task);
	__builtin_memcpy(slot->address, end->address, sizeof(slot->address));
	slot->port = end->port;
	slot->family = end->family;
	slot->protocol = end->protocol;
	slot->known |= EU_MATCH_ADDRESS | EU_MATCH_PORT;
	done = decide(index, d.set, d.operation, d.policies);
	slot_give_back(slot);
	return done & EU_ENFORCE_DENIED ? 0 : ALLOW;
}

static __always_inline int network4(struct bpf_sock_addr *ctx, __u32 operation)
{
	struct endpoint end = {.address = {ctx->user_ip4},
			       .port = bpf_ntohs(ctx->user_port),
			       .family = AF_INET,
			       .protocol = ctx->protocol};

	return decide_network(&end, operation);
}

/* IPv4 in IPv6 is IPv4: that is what is on the wire. */
static __always_inline int network6(struct bpf_sock_addr *ctx, __u32 operation)
{
	struct endpoint end = {
	    .address = {ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3]},
	    .port = bpf_ntohs(ctx->user_port),
	    .family = AF_INET6,
	    .protocol = ctx->protocol};

	if (is_mapped(end.address)) {
		end.family = AF_INET;
		end.address[0] = end.address[3];
		end.address[1] = end.address[2] = end.address[3] = 0;
	}
	return decide_network(&end, operation);
}

SEC("cgroup/connect4")
int eu_enforce_connect4(struct bpf_sock_addr *ctx)
{
	return network4(ctx, EU_ENFORCE_CONNECT);
}

SEC("cgroup/connect6")
int eu_enforce_connect6(struct bpf_sock_addr *ctx)
{
	return network6(ctx, EU_ENFORCE_CONNECT);
}

SEC("cgroup/sendmsg4")
int eu_enforce_send4(struct bpf_sock_addr *ctx)
{
	return network4(ctx, EU_ENFORCE_SEND);
}

SEC("cgroup/sendmsg6")
int eu_enforce_send6(struct bpf_sock_addr *ctx)
{
	return network6(ctx, EU_ENFORCE_SEND);
}

SEC("cgroup/bind4")
int eu_enforce_bind4(struct bpf_sock_addr *ctx)
{
	return network4(ctx, EU_ENFORCE_BIND);
}

SEC("cgroup/bind6")
int eu_enforce_bind6(struct bpf_sock_addr *ctx)
{
	return network6(ctx, EU_ENFORCE_BIND);
}
