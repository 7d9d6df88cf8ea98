/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each of the collector's processes may do. docs/architecture.md shows the same table, and a
 * test compares it with /proc/PID/status of the running processes.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum eu_role {
	EU_ROLE_SUPERVISOR, /* starts and restarts the others */
	EU_ROLE_LOOP,	    /* talks to the controller, reads the rings */
	EU_ROLE_LOADER,	    /* loads and attaches eBPF programs */
	EU_ROLE_ACTIONS,    /* reads the runtimes' files */
	_EU_ROLE_MAX,
};

/*
 * User ids nobody else has: above what systemd hands out to containers (0x6fffffff), below 2^31.
 * Each job has its own, so that none may signal or trace another.
 */
#define EU_UID_COLLECTOR  0x7ea00001u
#define EU_UID_EXTRACTOR  0x7ea00002u
#define EU_UID_CONTROLLER 0x7ea00003u /* nobody called sudo, and there is no user "eunomia" */

const char *eu_role_name(enum eu_role role);

/* Bit mask of CAP_*: permitted and effective; nothing is inheritable or ambient. allow: EU_ALLOW_*
 * of options.h, which some roles need more for. */
uint64_t eu_role_capabilities(enum eu_role role, unsigned int allow);

/* Writes the names of the capabilities that the role needs and this process lacks into buf. Returns
 * how many. */
int eu_privilege_missing(enum eu_role role, unsigned int allow, char *buf, size_t size);

/*
 * Makes this process, single-threaded and root, what its role may be: user, capabilities, empty
 * bounding set where it starts nobody, no_new_privs, not dumpable, its seccomp filter (anything
 * else fails with EPERM). For good. 0 or -errno.
 */
int eu_privilege_confine(enum eu_role role, unsigned int allow);

/* The way to a controller: uid, gid and groups of its user, no capability, empty bounding set,
 * no_new_privs. 0 or -errno. */
int eu_privilege_become_user(uid_t uid, gid_t gid, const gid_t *groups, size_t n_groups);
