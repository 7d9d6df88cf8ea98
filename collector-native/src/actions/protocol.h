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
#define EU_INSPECT_SHORT_SIZE	128
#define EU_INSPECT_TEXT_SIZE	256
#define EU_INSPECT_IMAGE_SIZE	512
#define EU_INSPECT_DETAILS_SIZE 16384

enum eu_actions_op {
	EU_ACTIONS_INSPECT = 1,	     /* one reply: struct eu_inspect_result */
	EU_ACTIONS_LIST_CGROUPS = 2, /* replies of back-to-back struct eu_cgroup records */
	EU_ACTIONS_RESOLVE = 3,	     /* replies of back-to-back struct eu_resolved records */
	EU_ACTIONS_LOOKUP = 4,	     /* the same: a text is NAME:HOME:SHELL, or a group's NAME */
	EU_ACTIONS_SIGNAL = 5,	     /* one reply: struct eu_signaled */
	_EU_ACTIONS_OP_MAX,
};

/* LOOKUP: an address is the number of a user in the initial user namespace, or with this of a
 * group. */
#define EU_LOOKUP_GROUP (1ull << 32)

struct eu_actions_request {
	uint32_t op;			       /* enum eu_actions_op */
	uint32_t id;			       /* chosen by the asker, stands in the replies */
	char container[EU_ACTIONS_ID_MAX + 1]; /* NUL-terminated; INSPECT only, else empty */
	uint8_t reserved[7];		       /* 0 */
};

/* RESOLVE, LOOKUP: stands behind the request, in the same packet, which ends with the last address.
 */
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

/* SIGNAL: stands behind the request, likewise. */
struct eu_signal_request {
	uint64_t start_ns;   /* CLOCK_BOOTTIME */
	uint64_t cgroup_key; /* not 0: SIGKILL to all of this container, and nothing else counts */
	uint32_t pid;	     /* in the initial namespace */
	uint32_t signal;
	uint32_t asker; /* the controller's pid: it gets none */
	uint32_t reserved;
};

/* The largest packet to this process. */
struct eu_actions_packet {
	struct eu_actions_request request;
	union {
		struct eu_resolve_request resolve; /* RESOLVE and LOOKUP only */
		struct eu_signal_request signal;   /* SIGNAL only */
	};
};

struct eu_signaled {
	uint32_t processes;
	uint32_t reserved;
};

/* RESOLVE, LOOKUP: one for each address, in their order; the texts, which are not NUL-terminated,
 * and zeros up to the next multiple of 8 follow. */
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

/* A text did not fit and ends early, on a character boundary; or a detail had no room. */
#define EU_INSPECT_CUT	   0x1u
#define EU_INSPECT_SANDBOX 0x2u /* the pause container of a pod: it has no name of its own */
#define EU_INSPECT_CAPS	   0x4u /* cap_bounding and cap_effective are known */
#define EU_INSPECT_USER	   0x8u /* uid and gid are known */

/* Bits of facts; the contract has the same (enum ContainerFact). */
#define EU_FACT_PRIVILEGED	  0x1u
#define EU_FACT_READ_ONLY_ROOT	  0x2u
#define EU_FACT_NO_NEW_PRIVILEGES 0x4u
#define EU_FACT_TTY		  0x8u
#define EU_FACT_HOST_PID	  0x10u /* it shares the host's namespace of that type */
#define EU_FACT_HOST_NETWORK	  0x20u
#define EU_FACT_HOST_IPC	  0x40u
#define EU_FACT_HOST_UTS	  0x80u
#define EU_FACT_HOST_USER	  0x100u
#define EU_FACT_HOST_CGROUP	  0x200u
#define EU_FACTS		  0x3ffu

/* Every text is valid UTF-8, NUL-terminated and zero-filled; empty when unknown. */
struct eu_inspect_result {
	int64_t created_unix_ns; /* 0 when unknown */
	uint32_t flags;		 /* EU_INSPECT_* */
	/* Whose word it is: 0, or the user who runs the container; good for that user's only. */
	uint32_t owner_uid;
	uint64_t cap_bounding; /* 1 << CAP_* */
	uint64_t cap_effective;
	uint32_t facts;	      /* EU_FACT_* */
	uint32_t facts_known; /* which of them somebody tells */
	uint32_t uid, gid;    /* of its first process, as the container numbers them */
	char runtime[EU_INSPECT_RUNTIME_SIZE]; /* "docker", "containerd", "podman", ... */
	char name[EU_INSPECT_TEXT_SIZE];
	char image[EU_INSPECT_IMAGE_SIZE];
	char pod[EU_INSPECT_TEXT_SIZE];
	char namespace_[EU_INSPECT_TEXT_SIZE];
	char pod_uid[EU_INSPECT_SHORT_SIZE];
	char image_id[EU_INSPECT_SHORT_SIZE];
	char image_digest[EU_INSPECT_SHORT_SIZE]; /* "sha256:..." */
	char user[EU_INSPECT_SHORT_SIZE];	  /* as configured, or "UID:GID" */
	char apparmor[EU_INSPECT_SHORT_SIZE];
	char seccomp[EU_INSPECT_SHORT_SIZE];
	char healthcheck[EU_INSPECT_IMAGE_SIZE];
	uint32_t details_len;
	uint32_t reserved;
	char details[EU_INSPECT_DETAILS_SIZE]; /* details.h */
};

/* A buffer that holds any reply. */
#define EU_ACTIONS_PACKET_MAX (sizeof(struct eu_actions_reply) + EU_ACTIONS_PAYLOAD_MAX)

_Static_assert(sizeof(struct eu_actions_request) == 144, "no hidden padding");
_Static_assert(sizeof(struct eu_resolve_request) == 16 + 8 * EU_RESOLVE_MAX, "no hidden padding");
_Static_assert(sizeof(struct eu_resolved) == 16, "records stay 8-aligned");
_Static_assert(sizeof(struct eu_actions_reply) == 16, "payload stays 8-aligned");
_Static_assert(sizeof(struct eu_inspect_result) ==
		   48 + 32 + 3 * 256 + 2 * 512 + 6 * 128 + 8 + EU_INSPECT_DETAILS_SIZE,
	       "no hidden padding");
_Static_assert(sizeof(struct eu_inspect_result) <= EU_ACTIONS_PAYLOAD_MAX, "it is one packet");
