/* SPDX-License-Identifier: Apache-2.0 */
/* Finding processes of the host by what no process can make up about itself. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* process is an fd of /proc/PID and stays the caller's. Returns true to end the search. */
typedef bool (*eu_proc_fn)(void *data, int process);

/*
 * Calls fn for each process in proc (an fd of /proc) that runs a file whose name is_wanted() takes.
 * Returns true when fn did.
 */
bool eu_procs_search(int proc, bool (*is_wanted)(const char *program), eu_proc_fn fn, void *data);

/*
 * The uid of a process. False when its four uids differ, or when it lives in another pid namespace
 * than proc: root in a container is not root.
 */
bool eu_proc_uid(int process, uid_t *ret);

/* The same from the text of /proc/PID/status. Pure. */
bool eu_status_uid(const char *text, size_t len, uid_t *ret);

/* From the same text the uid that it acts as, and its pid in its own namespace. Pure. */
bool eu_status_own(const char *text, size_t len, uid_t *ret_uid, pid_t *ret_pid);
