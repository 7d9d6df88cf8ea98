/* SPDX-License-Identifier: Apache-2.0 */
/* The policies in force, as the loop keeps them. */
#pragma once

#include "collector/policy.h"
#include "probes/protocol.h"
#include "util/bucket.h"

struct eu_rpc_call;

struct enforce_group {
	int err; /* why it cannot be had; 0: it can */
	char reason[EU_LOADER_REASON_SIZE];
	size_t n_links;
	int links[EU_LOADER_PROGRAMS_MAX]; /* closing one detaches */
};

enum enforce_state {
	ENFORCE_IDLE,
	ENFORCE_ATTACHING, /* waits for the loader */
	ENFORCE_SETTLING,  /* the new set is in force; somebody may still be deciding by the old one
			    */
};

struct enforce {
	enum enforce_state state;
	struct eu_rpc_call *call; /* NULL: who asked is gone */
	uint32_t pending;	  /* groups being attached */
	struct enforce_group groups[_EU_ENFORCE_GROUP_MAX];
	int maps[_EU_ENFORCE_MAP_MAX];
	struct eu_enforce_config *config; /* NULL before the first set */
	struct eu_enforce_matcher *matchers;
	struct eu_policies asked;
	uint64_t targets[2][EU_ENFORCE_TARGETS_MAX]; /* keys of each set */
	uint32_t n_targets[2];
	uint64_t since_ns; /* CLOCK_BOOTTIME; 0: no policy is in force */
	struct eu_bucket rate;
};
