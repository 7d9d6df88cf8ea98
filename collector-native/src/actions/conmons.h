/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conmon holds a container for podman or CRI-O; its command line names the container, its name and
 * its bundle, wherever the storage is.
 *
 * Who is believed. A process of uid 0 in the host's pid namespace and our mount namespace that runs
 * a file called conmon can only be root's: whoever could fake it owns the machine. A user's conmon
 * is the user's own program, though, with a command line, a bundle and lists that may say anything.
 * They are taken for what they are, that user's word: the answer carries the uid, and the
 * controller gives it to containers whose cgroup lies in the slice that systemd made for this user
 * (user-UID.slice) and to no other. There the user could run whatever the lie claims anyway. So a
 * user can tell stories about the user's own containers and can, by claiming somebody else's id, at
 * most keep that container nameless. What this process does on the user's word is bounded too:
 *
 *  - root's files and conmons are asked first, so a user never answers for a container they know;
 *  - the process must itself be in that user's slice, not in a container with the host's pids;
 *  - the command line is read and parsed by the extractor's child: its memory may be a file system
 *    that the user serves, and who reads there may wait for ever. A user who lets it wait is not
 *    asked again;
 *  - the bundle is opened only on the kernel's own local file systems, without following a link or
 *    crossing a mount on the way, for the same reason;
 *  - its files must be the user's own, so that this process, which may read everything, reads
 *    nothing on a user's word that the user could not read.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "actions/inspect.h"

struct eu_conmon {
	uid_t uid;
	int bundle;	  /* -1 when it could not be opened; stays the search's */
	const char *name; /* may be empty */
};

/* Returns true to end the search. */
typedef bool (*eu_conmon_fn)(void *data, const struct eu_conmon *conmon);

/* Calls fn for each conmon of container id: root's, or those of users. True when fn returned it. */
bool eu_conmons_search(const struct eu_inspector *in, const char *id, bool users, eu_conmon_fn fn,
		       void *data);
