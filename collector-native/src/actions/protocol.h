/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the loop and the actions process say to each other over a SOCK_SEQPACKET pair: one packet
 * per request, one or more per reply. Requests are served one after the other, in their order.
 * Nothing leaves the machine or outlives it, so both ends are the same build.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define EU_ACTIONS_ID_MAX	128
#define EU_ACTIONS_PAYLOAD_MAX	32768
#define EU_INSPECT_RUNTIME_SIZE 32
#define EU_INSPECT_TEXT_SIZE	256
#define EU_INSPECT_IMAGE_SIZE	512

enum eu_actions_op {
	EU_ACTIONS_INSPECT = 1,	     /* one reply: struct eu_inspect_result */
	EU_ACTIONS_LIST_CGROUPS = 2, /* replies of back-to-back struct eu_cgroup records */
	_EU_ACTIONS_OP_MAX,
};

struct eu_actions_request {
	uint32_t op;			       /* enum eu_actions_op */
	uint32_t id;			       /* chosen by the asker, stands in the replies */
	char container[EU_ACTIONS_ID_MAX + 1]; /* NUL-terminated; INSPECT only, else empty */
	uint8_t reserved[7];		       /* 0 */
};

#define EU_ACTIONS_MORE 0x1u /* another packet follows for the same request */
/* LIST_CGROUPS, in the last packet: a bound was reached, so cgroups are missing from the list. */
#define EU_ACTIONS_INCOMPLETE 0x2u

/* In front of every reply packet; size bytes of payload follow. err != 0 only in the last one. */
struct eu_actions_reply {
	uint32_t id;
	int32_t err;	/* 0 or -errno: EINVAL bad request, ENOENT unknown, ETIMEDOUT, EBADMSG... */
	uint32_t flags; /* EU_ACTIONS_* */
	uint32_t size;
};

#define EU_INSPECT_CUT	   0x1u /* a text did not fit and ends early, on a character boundary */
#define EU_INSPECT_SANDBOX 0x2u /* the pause container of a pod: it has no name of its own */

/* Every text is valid UTF-8, NUL-terminated and zero-filled; empty when unknown. */
struct eu_inspect_result {
	int64_t created_unix_ns; /* 0 when unknown */
	uint32_t flags;		 /* EU_INSPECT_* */
	/* Whose word it is: 0, or the user who runs the container; good for that user's only. */
	uint32_t owner_uid;
	char runtime[EU_INSPECT_RUNTIME_SIZE]; /* "docker", "containerd", "podman", ... */
	char name[EU_INSPECT_TEXT_SIZE];
	char image[EU_INSPECT_IMAGE_SIZE];
	char pod[EU_INSPECT_TEXT_SIZE];
	char namespace_[EU_INSPECT_TEXT_SIZE];
};

/* A buffer that holds any reply. */
#define EU_ACTIONS_PACKET_MAX (sizeof(struct eu_actions_reply) + EU_ACTIONS_PAYLOAD_MAX)

_Static_assert(sizeof(struct eu_actions_request) == 144, "no hidden padding");
_Static_assert(sizeof(struct eu_actions_reply) == 16, "payload stays 8-aligned");
_Static_assert(sizeof(struct eu_inspect_result) == 16 + 32 + 3 * 256 + 512, "no hidden padding");
