/* SPDX-License-Identifier: Apache-2.0 */
/* How the extractor and its children give up their rights. */
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#define EU_JAIL_INSNS_MAX 256

struct eu_jail_filter {
	unsigned short len;
	struct sock_filter insns[EU_JAIL_INSNS_MAX];
};

/* Both seccomp filters, built once so that a child has one call to make. */
struct eu_jail {
	struct eu_jail_filter server; /* takes requests, forks a child for each, waits for it */
	struct eu_jail_filter child;  /* reads, parses, writes */
};

int eu_jail_build(struct eu_jail *ret);

/*
 * Becomes uid and gid for good: no capability in any set, no_new_privs, no dump, no file written,
 * little memory. Needs CAP_SETUID, CAP_SETGID and CAP_SETPCAP. 0/-errno; the process must end when
 * it fails.
 */
int eu_jail_drop_rights(uid_t uid);

int eu_jail_confine_server(const struct eu_jail *jail);

/* cpu_s: seconds of CPU time until the kernel ends the child. Only descriptors 0, to read from, and
 * 1, to write to, are of use after this. */
int eu_jail_confine_child(const struct eu_jail *jail, unsigned int cpu_s);
