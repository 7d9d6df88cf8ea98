/* SPDX-License-Identifier: Apache-2.0 */
/* Policies as they are asked for: are they sound and allowed, and what the kernel's programs get of
 * them. Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "eunomia/enforce.h"
#include "rpc/messages.h"
#include "rpc/status.h"

/* EU_RPC_OK, or the status to answer with and one line that says what is wrong. allow: EU_ALLOW_*.
 */
enum eu_rpc_status eu_policies_check(const struct eu_policies *policies, unsigned int allow,
				     char *error, size_t size);

/* 1 << enum eu_enforce_group of those whose programs they need. */
uint32_t eu_policies_groups(const struct eu_policies *policies);

/* Of policies that were checked. matchers: EU_ENFORCE_MATCHERS_MAX of them. */
void eu_policies_build(const struct eu_policies *policies, struct eu_enforce_set *ret_set,
		       struct eu_enforce_matcher *ret_matchers);
