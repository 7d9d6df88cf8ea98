/* SPDX-License-Identifier: Apache-2.0 */
/* The other side of extractor.h: the process without rights, and what is said to it. */
#pragma once

#include <stdint.h>

#include "actions/extractor.h"

/* Goes with one descriptor (SCM_RIGHTS): the file. */
struct eu_extractor_request {
	uint32_t kind;			/* enum eu_extract_kind or eu_symbols_kind */
	int32_t timeout_ms;		/* of symbols; else that of the options */
	uint32_t n;			/* of symbols: positions, which follow in the same packet */
	char id[EU_ACTIONS_ID_MAX + 1]; /* NUL-terminated */
	uint8_t reserved[3];
};

/* The child's answer, passed on as it is. The first packet of all says whether the server is ready:
 * err only. */
struct eu_extractor_reply {
	int32_t err;
	uint32_t reserved;
	struct eu_extract e;
};

/* The same for symbols; it ends with the last name. */
struct eu_symbols_reply {
	int32_t err;
	uint32_t reserved;
	struct eu_symbols s;
};

/* Gives up every right and serves fd until its other end is closed. Never returns. */
_Noreturn void eu_extractor_server(int fd, const struct eu_extractor_options *options);
