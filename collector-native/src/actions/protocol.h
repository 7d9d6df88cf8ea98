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
#define EU_RESOLVE_MAX		512  /* addresses */
#define EU_RESOLVE_TEXT_SIZE	1024 /* of a function or a module; longer ones are cut */
#define EU_INSPECT_RUNTIME_SIZE 32
#define EU_INSPECT_TEXT_SIZE	256
#define EU_INSPECT_IMAGE_SIZE	512

enum eu_actions_op {
	EU_ACTIONS_INSPECT = 1,	     /* one reply: struct eu_inspect_result */
	EU_ACTIONS_LIST_CGROUPS = 2, /* replies of back-to-back struct eu_cgroup records */
	EU_ACTIONS_RESOLVE = 3,	     /* replies of back-to-back struct eu_resolved records */
	_EU_ACTIONS_OP_MAX,
};

struct eu_actions_request {
	uint32_t op;			       /* enum eu_actions_op */
	uint32_t id;			       /* chosen by the asker, stands in the replies */
	char container[EU_ACTIONS_ID_MAX + 1]; /* NUL-terminated; INSPECT only, else empty */
	uint8_t reserved[7];		       /* 0 */
};

/* RESOLVE: stands behind the request, in the same packet, which ends with the last address. */
struct eu_resolve_request {
	uint64_t start_ns; /* CLOCK_BOOTTIME */
	uint32_t pid;	   /* in the initial namespace */
	uint32_t n;
	uint64_t addresses[EU_RESOLVE_MAX];
};

static inline size_t eu_resolve_request_size(size_t n)
{
	return offsetof(struct eu_resolve_request, addresses) + n * sizeof(uint64_t);
}

/* The largest packet to this process. */
struct eu_actions_packet {
	struct eu_actions_request request;
	struct eu_resolve_request resolve; /* RESOLVE only */
};

/* RESOLVE: one for each address, in their order; the texts, which are not NUL-terminated, and zeros
 * up to the next multiple of 8 follow. */
struct eu_resolved {
	uint64_t offset; /* into the function; without one, into the module */
	uint16_t function_len;
	uint16_t module_len; /* 0: nothing is mapped there */
	uint32_t reserved;
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
_Static_assert(sizeof(struct eu_resolve_request) == 16 + 8 * EU_RESOLVE_MAX, "no hidden padding");
_Static_assert(sizeof(struct eu_resolved) == 16, "records stay 8-aligned");
_Static_assert(sizeof(struct eu_actions_reply) == 16, "payload stays 8-aligned");
_Static_assert(sizeof(struct eu_inspect_result) == 16 + 32 + 3 * 256 + 512, "no hidden padding");
