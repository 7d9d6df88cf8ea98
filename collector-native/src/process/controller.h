/* SPDX-License-Identifier: Apache-2.0 */
/* The controller as the launcher starts it: somebody without any privilege. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#define EU_CONTROLLER_GROUPS_MAX 64
#define EU_CONTROLLER_SOCKET_ENV "EUNOMIA_COLLECTOR_SOCKET"

struct eu_controller {
	uid_t uid;
	gid_t gid;
	gid_t groups[EU_CONTROLLER_GROUPS_MAX];
	size_t n_groups;
};

/*
 * Who it runs as: the user who called sudo (SUDO_UID), else user "eunomia", else EU_UID_CONTROLLER;
 * never root. 0 or -errno.
 */
int eu_controller_choose_user(struct eu_controller *ret);

/*
 * Forks, gives everything up, and executes command with EU_CONTROLLER_SOCKET_ENV set. It ends when
 * its parent dies. Returns the pid, or -errno; a command that cannot be executed ends with status
 * 127 (126 when it may not), as in a shell.
 */
pid_t eu_controller_start(const struct eu_controller *controller, const char *socket_path,
			  char *const command[]);
