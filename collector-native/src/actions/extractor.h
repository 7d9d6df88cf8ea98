/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the functions of extract.h where they can do no harm. A server process without any right is
 * forked once, while this process still has what that takes; for each file it forks a child that
 * can only read the file and write its answer, and ends that child when it takes too long.
 */
#pragma once

#include <sys/types.h>

#include "actions/extract.h"
#include "actions/symbols.h"

/* Files that are asked for names of addresses, or of users and groups; the numbers go on behind
 * enum eu_extract_kind. */
enum eu_symbols_kind {
	EU_SYMBOLS_ELF = _EU_EXTRACT_MAX,
	EU_SYMBOLS_PERF_MAP,
	EU_SYMBOLS_PASSWD,
	EU_SYMBOLS_GROUP,
	_EU_SYMBOLS_KIND_MAX,
};

struct eu_extractor;

struct eu_extractor_options {
	uid_t uid;		    /* and gid; not 0 */
	int timeout_ms;		    /* for one file */
	const eu_extract_fn *table; /* eu_extract_table; tests give their own */
};

/* -EPERM when this process may not change uids. The caller frees *ret. */
int eu_extractor_new(struct eu_extractor **ret, const struct eu_extractor_options *options);
void eu_extractor_free(struct eu_extractor *x);
void eu_extractor_freep(struct eu_extractor **x);

/*
 * Extracts what fd, which stays the caller's, says of container id (valid, see ident.h). -ETIMEDOUT
 * when the child took too long, -EBUSY when too many such children cannot even be ended, -EPROTO
 * when it died or gave an answer it could not have, -EFBIG for a file over EU_STATE_FILE_MAX,
 * -EPIPE when the server is gone, else what the function returned.
 */
int eu_extractor_run(struct eu_extractor *x, enum eu_extract_kind kind, int fd, const char *id,
		     struct eu_extract *ret);

/*
 * Names for n ascending positions, as elf.h, perfmap.h and accounts.h have them, within
 * timeout_ms. Errors are those of eu_extractor_run().
 */
int eu_extractor_symbols(struct eu_extractor *x, enum eu_symbols_kind kind, int fd,
			 const uint64_t *at, size_t n, int timeout_ms, struct eu_symbols *ret);

/* Closes the way to the server in a child of this process, which is not to keep it alive. */
void eu_extractor_forget(struct eu_extractor *x);

/* False for good once one of them has returned -EPIPE. */
bool eu_extractor_alive(const struct eu_extractor *x);
