/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/internal.h"

#define LOSSES_SHOWN 64

static eunomia_collector_v1_FamilyState state_of(const struct family *f)
{
	if (f->err)
		return eunomia_collector_v1_FamilyState_FAMILY_STATE_OFF;
	if (!f->attached)
		return eunomia_collector_v1_FamilyState_FAMILY_STATE_IDLE;
	return f->reason[0] ? eunomia_collector_v1_FamilyState_FAMILY_STATE_DEGRADED
			    : eunomia_collector_v1_FamilyState_FAMILY_STATE_FULL;
}

static void add_families(const struct eu_collector *c,
			 eunomia_collector_v1_GetStatusResponse *status)
{
	for (size_t i = 0; i < _EU_FAMILY_MAX; i++) {
		const struct family *f = &c->families[i];
		eunomia_collector_v1_FamilyStatus *shown =
		    &status->families[status->families_count++];

		shown->family = (eunomia_collector_v1_Family)(i + 1);
		shown->state = state_of(f);
		EU_TEXT(shown->hook, f->hook);
		if (f->err || f->attached) /* of one that is idle nothing is missing */
			EU_TEXT(shown->reason, f->reason);
	}
}

static bool next_loss(const struct eu_collector *c, uint64_t *key, bool first, uint64_t *ret_lost)
{
	union bpf_attr next = {.map_fd = (uint32_t)c->maps[EU_MAP_CGROUP_LOSSES],
			       .key = first ? 0 : (uint64_t)(uintptr_t)key,
			       .next_key = (uint64_t)(uintptr_t)key};
	union bpf_attr get = {.map_fd = (uint32_t)c->maps[EU_MAP_CGROUP_LOSSES],
			      .key = (uint64_t)(uintptr_t)key,
			      .value = (uint64_t)(uintptr_t)ret_lost};

	return syscall(SYS_bpf, BPF_MAP_GET_NEXT_KEY, &next, sizeof(next)) == 0 &&
	       syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &get, sizeof(get)) == 0;
}

/* Keeps the largest, sorted downwards. */
static void insert_loss(eunomia_collector_v1_GetStatusResponse *status, uint64_t key, uint64_t lost)
{
	size_t at = status->cgroup_losses_count;

	if (at == LOSSES_SHOWN && status->cgroup_losses[at - 1].lost_ring >= lost)
		return;
	if (at < LOSSES_SHOWN)
		status->cgroup_losses_count++;
	else
		at--;
	for (; at > 0 && status->cgroup_losses[at - 1].lost_ring < lost; at--)
		status->cgroup_losses[at] = status->cgroup_losses[at - 1];
	status->cgroup_losses[at].cgroup_key = key;
	status->cgroup_losses[at].lost_ring = lost;
}

static void add_losses(const struct eu_collector *c, eunomia_collector_v1_GetStatusResponse *status)
{
	uint64_t key = 0, lost;

	for (uint32_t i = 0; i < EU_CGROUP_LOSSES_MAX && next_loss(c, &key, i == 0, &lost); i++) {
		if (lost > 0)
			insert_loss(status, key, lost);
	}
}

static void fill(struct eu_collector *c, eunomia_collector_v1_GetStatusResponse *status)
{
	const struct eu_host_identity *host = &c->options->host;
	struct eu_kind_ledger ledger[_EU_KIND_MAX];

	EU_TEXT(status->version, EU_VERSION);
	status->abi_version = EU_ABI_VERSION;
	EU_TEXT(status->kernel_release, host->kernel_release);
	EU_TEXT(status->boot_id, host->boot_id);
	status->ring_bytes = c->ring_bytes;
	status->cpus = (uint32_t)c->n_cpus;
	status->host_pidns = host->pidns;
	status->host_mntns = host->mntns;
	EU_TEXT(status->cgroup_mode, host->cgroup_mode);
	status->supervisor_pid = (uint32_t)c->options->supervisor;
	status->subscribed = c->subscription.call != NULL;
	add_families(c, status);
	status->has_enforcement = true;
	enforce_show(c, &status->enforcement);
	if (!c->control)
		return;
	collector_read_misses(c);
	eu_status_set_ledger(status, ledger, eu_ledger_read(&c->ledger, ledger));
	add_losses(c, status);
}

void status_handle(void *data, struct eu_rpc_call *call, const uint8_t *msg, size_t len)
{
	/* Some 25 KiB together: too much for a stack that is meant to stay small, and only one is
	 * made at a time. */
	static eunomia_collector_v1_GetStatusResponse status;
	static uint8_t buf[EU_STATUS_BYTES];
	size_t n;

	if (eu_empty_decode(msg, len) < 0) {
		eu_rpc_fail(call, EU_RPC_INVALID_ARGUMENT, "malformed GetStatusRequest");
		return;
	}
	status = (eunomia_collector_v1_GetStatusResponse)
	    eunomia_collector_v1_GetStatusResponse_init_zero;
	fill(data, &status);
	if (eu_status_encode(buf, sizeof(buf), &n, &status) < 0)
		eu_rpc_fail(call, EU_RPC_INTERNAL, "the status is too large");
	else
		eu_rpc_reply(call, buf, n);
}
