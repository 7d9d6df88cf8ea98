/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "process/controller.h"
#include "process/privilege.h"
#include "util/log.h"

#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND	    127

static int id_from_environment(const char *name, unsigned int *ret)
{
	const char *text = getenv(name);
	char *end;
	unsigned long n;

	if (!text || !*text)
		return -ENOENT;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || text[0] == '-' || n >= UINT32_MAX)
		return -EINVAL;
	*ret = (unsigned int)n;
	return 0;
}

/* The groups the user would have after logging in; too many: the primary one only. */
static void find_groups(struct eu_controller *c, const char *user)
{
	int n = EU_CONTROLLER_GROUPS_MAX;

	c->n_groups = getgrouplist(user, c->gid, c->groups, &n) < 0 ? 0 : (size_t)n;
}

int eu_controller_choose_user(struct eu_controller *ret)
{
	struct eu_controller c = {.uid = EU_UID_CONTROLLER, .gid = EU_UID_CONTROLLER};
	const struct passwd *pw;
	unsigned int uid = 0, gid = 0;
	int r = id_from_environment("SUDO_UID", &uid);

	if (r == -EINVAL)
		return r;
	errno = 0;
	pw = r == 0 && uid != 0 ? getpwuid(uid) : getpwnam("eunomia");
	if (pw && pw->pw_uid != 0) {
		c.uid = pw->pw_uid;
		c.gid = pw->pw_gid;
		find_groups(&c, pw->pw_name);
	} else if (r == 0 && uid != 0) {
		c.uid = uid;
		c.gid = id_from_environment("SUDO_GID", &gid) == 0 && gid != 0 ? gid : uid;
	}
	*ret = c;
	return 0;
}

/* By its path; where the user may not walk to it (a checkout below /root), by the descriptor opened
 * before. */
static int execute(int fd, char *const command[])
{
	execv(command[0], command);
	if (errno == EACCES && fd >= 0)
		execveat(fd, "", command, environ, AT_EMPTY_PATH);
	return errno;
}

static void run(const struct eu_controller *c, const char *socket_path, char *const command[],
		pid_t parent)
{
	int executable = open(command[0], O_PATH | O_CLOEXEC);
	sigset_t none;
	int r = eu_privilege_become_user(c->uid, c->gid, c->groups, c->n_groups);

	if (r < 0) {
		eu_log_err("cannot give up privileges for the controller: %s", strerror(-r));
		_exit(EXIT_FAILURE);
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setenv(EU_CONTROLLER_SOCKET_ENV, socket_path, 1);
	r = execute(executable, command);
	eu_log_err("cannot execute %s as user %u: %s", command[0], c->uid, strerror(r));
	_exit(r == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE);
}

pid_t eu_controller_start(const struct eu_controller *controller, const char *socket_path,
			  char *const command[])
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid == 0)
		run(controller, socket_path, command, parent);
	return pid < 0 ? -errno : pid;
}
