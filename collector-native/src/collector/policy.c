/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "collector/policy.h"
#include "probes/protocol.h"
#include "process/options.h"

typedef eunomia_collector_v1_EnforcementMatcher matcher;
typedef eunomia_collector_v1_EnforcementPolicy policy;

#define AF_INET	 2
#define AF_INET6 10

#define KILL eunomia_collector_v1_EnforcementAction_ENFORCEMENT_ACTION_KILL
#define DENY eunomia_collector_v1_EnforcementAction_ENFORCEMENT_ACTION_DENY

#define FIELDS_OPEN    (EU_MATCH_PATH | EU_MATCH_PATH_PREFIX)
#define FIELDS_NETWORK (EU_MATCH_ADDRESS | EU_MATCH_PORT)

/* The number of a cgroup in its hierarchy, and that of a hierarchy's root, which is everybody's. */
#define CGROUP_NUMBER(key) ((key)&0x00ffffffffffffffull)
#define CGROUP_ROOT	   1

_Static_assert(EU_POLICIES_MAX == EU_ENFORCE_POLICIES_MAX, "as many as the programs take");
_Static_assert(EU_MATCHERS_MAX == EU_ENFORCE_MATCHERS_MAX, "likewise");
_Static_assert(EU_TARGETS_MAX == EU_ENFORCE_TARGETS_MAX, "likewise");

struct report {
	char *error;
	size_t size;
};

__attribute__((format(printf, 3, 4))) static enum eu_rpc_status
refuse(const struct report *to, enum eu_rpc_status status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(to->error, to->size, fmt, ap);
	va_end(ap);
	return status;
}

static bool is_open(uint32_t operation)
{
	return operation == EU_ENFORCE_OPEN_READ || operation == EU_ENFORCE_OPEN_WRITE;
}

static bool is_network(uint32_t operation)
{
	return operation >= EU_ENFORCE_CONNECT && operation <= EU_ENFORCE_BIND;
}

static enum eu_rpc_status check_policy(const struct eu_policies *all, size_t at, unsigned int allow,
				       const struct report *to)
{
	const policy *p = &all->policies[at];

	if (p->id == 0)
		return refuse(to, EU_RPC_INVALID_ARGUMENT, "policy %zu has no id", at);
	for (size_t i = 0; i < at; i++) {
		if (all->policies[i].id == p->id)
			return refuse(to, EU_RPC_INVALID_ARGUMENT, "two policies have the id %u",
				      p->id);
	}
	if (p->action != KILL && p->action != DENY)
		return refuse(to, EU_RPC_INVALID_ARGUMENT, "policy %u: unknown action %d", p->id,
			      (int)p->action);
	if (!(allow & (p->action == KILL ? EU_ALLOW_SIGNAL : EU_ALLOW_DENY)))
		return refuse(to, EU_RPC_PERMISSION_DENIED,
			      "the collector was started without --allow %s",
			      p->action == KILL ? "signal" : "deny");
	if (p->host && !(allow & EU_ALLOW_HOST))
		return refuse(to, EU_RPC_PERMISSION_DENIED,
			      "policy %u is for the host: the collector was started without "
			      "--allow-host",
			      p->id);
	return EU_RPC_OK;
}

/* 1 to max bytes without a NUL; a path is absolute. */
static bool is_text(const void *bytes, size_t len, bool is_path)
{
	return len > 0 && !memchr(bytes, 0, len) && (!is_path || *(const char *)bytes == '/');
}

static const char *wrong_values(const matcher *m)
{
	if ((m->fields & (EU_MATCH_EXE | EU_MATCH_EXE_PREFIX)) &&
	    !is_text(m->exe.bytes, m->exe.size, true))
		return "exe is no absolute path of at most 255 bytes";
	if ((m->fields & FIELDS_OPEN) && !is_text(m->path.bytes, m->path.size, true))
		return "path is no absolute path of at most 255 bytes";
	if ((m->fields & EU_MATCH_COMM) && !is_text(m->comm.bytes, m->comm.size, false))
		return "comm is no name of 1 to 15 bytes";
	if ((m->fields & EU_MATCH_ADDRESS) && m->address.size != 4 && m->address.size != 16)
		return "the address has neither 4 nor 16 bytes";
	if ((m->fields & EU_MATCH_ADDRESS) && m->prefix_length > m->address.size * 8u)
		return "the prefix is longer than the address";
	if ((m->fields & EU_MATCH_PORT) &&
	    (m->port_last > UINT16_MAX || m->port_first > m->port_last))
		return "the ports are no range from 0 to 65535";
	return NULL;
}

static const char *wrong_fields(const matcher *m)
{
	uint32_t operation = (uint32_t)m->operation;

	if (operation == 0 || operation >= _EU_ENFORCE_OPERATION_MAX)
		return "unknown operation";
	if ((m->fields & ~EU_MATCH_FIELDS) || (m->negated & ~m->fields))
		return "unknown field, or one that is negated and not compared";
	if ((m->fields & EU_MATCH_EXE) && (m->fields & EU_MATCH_EXE_PREFIX))
		return "EXE and EXE_PREFIX exclude each other";
	if ((m->fields & FIELDS_OPEN) == FIELDS_OPEN)
		return "PATH and PATH_PREFIX exclude each other";
	if ((m->fields & FIELDS_OPEN) && !is_open(operation))
		return "only an open has a path";
	if ((m->fields & FIELDS_NETWORK) && !is_network(operation))
		return "only network calls have addresses and ports";
	if ((m->fields & EU_MATCH_INODE) && is_network(operation))
		return "network calls have no inode";
	return NULL;
}

static enum eu_rpc_status check_matcher(const struct eu_policies *all, size_t at,
					const struct report *to)
{
	const matcher *m = &all->matchers[at];
	const char *wrong;

	if (m->policy >= all->policies_count)
		return refuse(to, EU_RPC_INVALID_ARGUMENT, "matcher %zu is of no policy", at);
	wrong = wrong_fields(m);
	if (!wrong)
		wrong = wrong_values(m);
	if (!wrong && all->policies[m->policy].action == KILL && is_network((uint32_t)m->operation))
		wrong = "network calls can be denied, not killed";
	return wrong ? refuse(to, EU_RPC_INVALID_ARGUMENT, "matcher %zu: %s", at, wrong)
		     : EU_RPC_OK;
}

static enum eu_rpc_status check_target(const struct eu_policies *all, size_t at,
				       const struct report *to)
{
	const eunomia_collector_v1_EnforcementTarget *t = &all->targets[at];

	if (CGROUP_NUMBER(t->cgroup_key) <= CGROUP_ROOT)
		return refuse(to, EU_RPC_INVALID_ARGUMENT,
			      "target %zu is no container's cgroup, but the root of all", at);
	if (all->policies_count < 64 && t->policies >> all->policies_count)
		return refuse(to, EU_RPC_INVALID_ARGUMENT,
			      "target %zu names a policy that is not there", at);
	return EU_RPC_OK;
}

enum eu_rpc_status eu_policies_check(const struct eu_policies *policies, unsigned int allow,
				     char *error, size_t size)
{
	const struct report to = {error, size};
	enum eu_rpc_status status = EU_RPC_OK;

	if (!(allow & (EU_ALLOW_SIGNAL | EU_ALLOW_DENY)))
		return refuse(&to, EU_RPC_PERMISSION_DENIED,
			      "the collector was started without --allow signal or --allow deny");
	for (size_t i = 0; status == EU_RPC_OK && i < policies->policies_count; i++)
		status = check_policy(policies, i, allow, &to);
	for (size_t i = 0; status == EU_RPC_OK && i < policies->matchers_count; i++)
		status = check_matcher(policies, i, &to);
	for (size_t i = 0; status == EU_RPC_OK && i < policies->targets_count; i++)
		status = check_target(policies, i, &to);
	return status;
}

static enum eu_enforce_group group_of(const struct eu_policies *all, const matcher *m)
{
	if (is_network((uint32_t)m->operation))
		return EU_ENFORCE_GROUP_NETWORK;
	if (m->operation == EU_ENFORCE_EXEC && all->policies[m->policy].action == KILL)
		return EU_ENFORCE_GROUP_EXEC;
	return EU_ENFORCE_GROUP_LSM;
}

uint32_t eu_policies_groups(const struct eu_policies *policies)
{
	uint32_t groups = 0;

	for (size_t i = 0; i < policies->matchers_count; i++)
		groups |= 1u << group_of(policies, &policies->matchers[i]);
	/* The runtime's set-up ends with an exec, which somebody has to see. */
	return groups ? groups | 1u << EU_ENFORCE_GROUP_EXEC : 0;
}

static void build_mask(uint32_t *words, uint32_t prefix_length)
{
	uint8_t bytes[16] = {0};

	for (uint32_t i = 0; i < prefix_length; i++)
		bytes[i / 8] |= (uint8_t)(0x80u >> (i % 8));
	memcpy(words, bytes, sizeof(bytes));
}

static void build_matcher(const matcher *m, struct eu_enforce_matcher *ret)
{
	*ret = (struct eu_enforce_matcher){
	    .inode = m->inode,
	    .dev = m->dev,
	    .uid = m->uid,
	    .fields = m->fields,
	    .negated = m->negated,
	    .policy = m->policy,
	    .exe_len = m->exe.size,
	    .path_len = m->path.size,
	    .port_first = (uint16_t)m->port_first,
	    .port_last = (uint16_t)m->port_last,
	    .family = m->address.size == 4 ? AF_INET : AF_INET6,
	};
	memcpy(ret->exe, m->exe.bytes, m->exe.size);
	memcpy(ret->path, m->path.bytes, m->path.size);
	memcpy(ret->comm, m->comm.bytes, m->comm.size);
	memcpy(ret->address, m->address.bytes, m->address.size);
	build_mask(ret->mask, m->prefix_length);
}

void eu_policies_build(const struct eu_policies *policies, struct eu_enforce_set *ret_set,
		       struct eu_enforce_matcher *ret_matchers)
{
	uint32_t n = 0;

	memset(ret_set, 0, sizeof(*ret_set));
	for (size_t i = 0; i < policies->policies_count; i++) {
		const policy *p = &policies->policies[i];
		uint64_t bit = 1ull << i;

		ret_set->ids[i] = p->id;
		ret_set->kill |= p->action == KILL ? bit : 0;
		ret_set->deny |= p->action == DENY ? bit : 0;
		ret_set->dry_run |= p->dry_run ? bit : 0;
		ret_set->host |= p->host ? bit : 0;
	}
	for (uint32_t operation = 1; operation < _EU_ENFORCE_OPERATION_MAX; operation++) {
		struct eu_enforce_range *range = &ret_set->ranges[operation];

		range->first = n;
		for (size_t i = 0; i < policies->matchers_count; i++) {
			if ((uint32_t)policies->matchers[i].operation != operation)
				continue;
			range->fields |= policies->matchers[i].fields;
			build_matcher(&policies->matchers[i], &ret_matchers[n++]);
		}
		range->end = n;
	}
}
