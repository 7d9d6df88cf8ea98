/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "actions/actions.h"
#include "collector/collector.h"
#include "probes/loader.h"
#include "probes/perf.h"
#include "process/controller.h"
#include "process/listen.h"
#include "process/options.h"
#include "process/pins.h"
#include "process/privilege.h"
#include "process/supervise.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define RESTART_MIN_MS	 50
#define RESTART_MAX_MS	 5000
#define RESTART_LIVED_NS (10 * EU_NS_PER_S) /* a life this long starts the delays anew */
#define SIGNALED_EXIT	 128		    /* a shell's way to say: ended by a signal */
#define STOP_TIMEOUT_MS	 3000

/* The three that live and die together: each holds descriptors of the others. */
static const enum eu_role team[] = {EU_ROLE_LOOP, EU_ROLE_LOADER, EU_ROLE_ACTIONS};
#define TEAM_SIZE (sizeof(team) / sizeof(team[0]))

struct supervisor {
	const struct eu_options *options;
	struct eu_listener listener;
	struct eu_controller controller;
	struct eu_host_identity host;
	struct eu_perf_reserve perf; /* for the loader */
	int cgroup_root;	     /* likewise; or -errno */
	int pins;		     /* where the loader pins; -1: nowhere */
	pid_t self;
	bool leads_session;
	pid_t pids[_EU_ROLE_MAX]; /* 0: not running */
	pid_t controller_pid;
	int signal_fd;
	int64_t started_ns;
	int delay_ms;
	bool stopping;
};

/* The near and far ends of the loop's sockets to the two others. */
struct wiring {
	int loader[2];
	int actions[2];
};

static void wiring_close(struct wiring *w)
{
	for (size_t i = 0; i < 2; i++) {
		w->loader[i] = eu_close(w->loader[i]);
		w->actions[i] = eu_close(w->actions[i]);
	}
}

static int confine_actions(void *data)
{
	const struct supervisor *s = data;

	return eu_privilege_confine(EU_ROLE_ACTIONS, s->options->allow);
}

static int run_actions(const struct supervisor *s, const struct wiring *w)
{
	struct eu_actions_options options = {
	    .runtime_roots = s->options->runtime_roots,
	    .n_runtime_roots = s->options->n_runtime_roots,
	    .extractor_uid = EU_UID_EXTRACTOR,
	    .confine = confine_actions,
	    .confine_data = (void *)s,
	    .allow = s->options->allow,
	    .host_pidns = s->host.pidns,
	    .supervisor = s->self,
	};

	return eu_actions_run(w->actions[1], &options);
}

static int run_loader(const struct supervisor *s, const struct wiring *w)
{
	struct eu_loader_options options = {
	    .ring_budget = s->options->ring_bytes,
	    .perf = &s->perf,
	    .allow = s->options->allow,
	    .host = {.pidns = s->host.pidns,
		     .mntns = s->host.mntns,
		     .supervisor = (uint32_t)s->self,
		     .allowed = (s->options->allow & EU_ALLOW_HOST) != 0,
		     .uid_first = EU_UID_COLLECTOR,
		     .uid_last = EU_UID_CONTROLLER},
	    .cgroup_root = s->cgroup_root,
	    .pins = s->pins >= 0,
	};
	int r;

	if (options.pins && fchdir(s->pins) < 0)
		return -errno;
	r = eu_privilege_confine(EU_ROLE_LOADER, s->options->allow);
	return r < 0 ? r : eu_loader_run(w->loader[1], &options);
}

static int run_loop(const struct supervisor *s, const struct wiring *w)
{
	struct eu_collector_options options = {
	    .listen_fd = s->listener.fd,
	    .loader_fd = w->loader[0],
	    .actions_fd = w->actions[0],
	    .uids = s->options->uids,
	    .n_uids = s->options->n_uids,
	    .host = s->host,
	    .supervisor = s->self,
	    .allow = s->options->allow,
	    .pinned = s->pins >= 0,
	};

	return eu_collector_run(&options);
}

/* The collector's processes neither read the terminal nor keep the reader of a pipe waiting; stderr
 * is for their log. */
static int detach_from_terminal(void)
{
	EU_CLEANUP(eu_closep) int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return -errno;
	return 0;
}

static int (*const runners[])(const struct supervisor *, const struct wiring *) = {
    [EU_ROLE_LOOP] = run_loop,
    [EU_ROLE_LOADER] = run_loader,
    [EU_ROLE_ACTIONS] = run_actions,
};

/* In the child: leaves the terminal's session, so that Ctrl-C does not reach it, and ends with its
 * parent. */
static void become_child(struct supervisor *s, enum eu_role role, struct wiring *w)
{
	sigset_t none;
	int r;

	if (getppid() != s->self)
		_exit(EXIT_FAILURE);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	eu_close(s->signal_fd);
	prctl(PR_SET_NAME, eu_role_name(role), 0, 0, 0);
	if (role != EU_ROLE_LOOP) {
		eu_close(s->listener.fd);
		w->loader[0] = eu_close(w->loader[0]);
		w->actions[0] = eu_close(w->actions[0]);
	}
	if (role != EU_ROLE_LOADER) {
		w->loader[1] = eu_close(w->loader[1]);
		eu_perf_reserve_close(&s->perf);
		s->cgroup_root = eu_close(s->cgroup_root);
	}
	if (role != EU_ROLE_ACTIONS)
		w->actions[1] = eu_close(w->actions[1]);
	r = detach_from_terminal();
	if (r == 0)
		r = runners[role](s, w);
	if (r < 0)
		eu_log_err("the %s process failed: %s", eu_role_name(role), strerror(-r));
	_exit(r < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

static int start_role(struct supervisor *s, enum eu_role role, struct wiring *w)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		become_child(s, role, w);
	s->pids[role] = pid;
	return 0;
}

static int start_team(struct supervisor *s)
{
	EU_CLEANUP(wiring_close) struct wiring w = {{-1, -1}, {-1, -1}};
	int r = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, w.loader) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, w.actions) < 0)
		return -errno;
	s->started_ns = eu_clock_ns(CLOCK_MONOTONIC);
	for (size_t i = 0; i < TEAM_SIZE && r == 0; i++)
		r = start_role(s, team[i], &w);
	return r;
}

static void kill_team(struct supervisor *s)
{
	for (size_t i = 0; i < TEAM_SIZE; i++) {
		pid_t pid = s->pids[team[i]];

		if (pid == 0)
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		s->pids[team[i]] = 0;
	}
}

static void describe_end(enum eu_role role, int status)
{
	if (WIFSIGNALED(status))
		eu_log_warn("the %s process was ended by signal %d", eu_role_name(role),
			    WTERMSIG(status));
	else
		eu_log_warn("the %s process ended with status %d", eu_role_name(role),
			    WEXITSTATUS(status));
}

/* The rings, links and counters of a dead team are gone with it; the new one starts a new ledger.
 */
static int restart_team(struct supervisor *s, enum eu_role dead, int status)
{
	describe_end(dead, status);
	kill_team(s);
	if (eu_clock_ns(CLOCK_MONOTONIC) - s->started_ns > RESTART_LIVED_NS)
		s->delay_ms = RESTART_MIN_MS;
	/* The listening socket stays open: who connects meanwhile waits. Signals are looked at
	 * afterwards. */
	poll(NULL, 0, s->delay_ms);
	s->delay_ms = s->delay_ms * 2 < RESTART_MAX_MS ? s->delay_ms * 2 : RESTART_MAX_MS;
	eu_log_warn("restarting the collector");
	return start_team(s);
}

static enum eu_role role_of(const struct supervisor *s, pid_t pid)
{
	for (size_t i = 0; i < TEAM_SIZE; i++) {
		if (s->pids[team[i]] == pid)
			return team[i];
	}
	return _EU_ROLE_MAX;
}

/* Returns the exit status when all is over, -1 to go on. */
static int reap(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		enum eu_role role = role_of(s, pid);

		if (pid == s->controller_pid)
			return WIFSIGNALED(status) ? SIGNALED_EXIT + WTERMSIG(status)
						   : WEXITSTATUS(status);
		if (role == _EU_ROLE_MAX)
			continue;
		s->pids[role] = 0;
		if (s->stopping && role == EU_ROLE_LOOP)
			return EXIT_SUCCESS;
		if (!s->stopping && restart_team(s, role, status) < 0)
			return EXIT_FAILURE;
	}
	return -1;
}

/* The controller ends in its own time, and decides what SIGHUP means; a collector alone tells its
 * client first, which the loop does. */
static void stop(struct supervisor *s, int signo)
{
	if (s->controller_pid) {
		kill(s->controller_pid, signo);
		return;
	}
	s->stopping = true;
	if (s->pids[EU_ROLE_LOOP])
		kill(s->pids[EU_ROLE_LOOP], SIGTERM);
}

/*
 * Ctrl-C and a closed terminal reach the controller by themselves, as one of the foreground. But
 * what a process sends is for us alone, and to a session whose leader we are the kernel tells us
 * only that its terminal is gone.
 */
static bool is_ours_alone(const struct supervisor *s, const struct signalfd_siginfo *si)
{
	return si->ssi_code <= 0 || (si->ssi_signo == SIGHUP && s->leads_session);
}

static int supervise_until_end(struct supervisor *s)
{
	struct signalfd_siginfo si;
	struct pollfd poll_fd = {.fd = s->signal_fd, .events = POLLIN};

	for (;;) {
		int status = -1;

		if (poll(&poll_fd, 1, s->stopping ? STOP_TIMEOUT_MS : -1) == 0)
			return EXIT_SUCCESS;
		if (read(s->signal_fd, &si, sizeof(si)) != sizeof(si))
			return eu_log_err_r(EXIT_FAILURE, "cannot read signals");
		if (si.ssi_signo == SIGCHLD)
			status = reap(s);
		else if (!s->controller_pid || is_ours_alone(s, &si))
			stop(s, si.ssi_signo == SIGHUP ? SIGHUP : SIGTERM);
		if (status >= 0)
			return status;
	}
}

static int watch_signals(struct supervisor *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	return s->signal_fd < 0 ? -errno : 0;
}

static int open_listener(struct supervisor *s, struct eu_options *options)
{
	int r;

	if (!options->supervise && options->n_uids == 0)
		options->uids[options->n_uids++] = 0;
	if (options->socket_fd >= 0) {
		r = eu_listener_adopt(&s->listener, options->socket_fd);
		return r < 0 ? eu_log_err_r(r, "--socket-fd %d is not a listening unix socket: %s",
					    options->socket_fd, strerror(-r))
			     : 0;
	}
	if (options->socket_path) {
		r = eu_listener_open(&s->listener, options->socket_path);
		return r < 0 ? eu_log_err_r(
				   r, "cannot listen on %s: %s", options->socket_path,
				   r == -EADDRINUSE
				       ? "another collector listens there, or it is not a socket"
				       : strerror(-r))
			     : 0;
	}
	r = eu_controller_choose_user(&s->controller);
	if (r < 0)
		return eu_log_err_r(r, "cannot tell which user to run the controller as: SUDO_UID "
				       "is not a user id");
	options->uids[0] = s->controller.uid;
	options->n_uids = 1;
	r = eu_listener_open_private(&s->listener, s->controller.uid, s->controller.gid);
	return r < 0 ? eu_log_err_r(r, "cannot make a private socket in /run: %s", strerror(-r))
		     : 0;
}

static int check_privilege(unsigned int allow)
{
	char missing[256];

	if (geteuid() != 0)
		return eu_log_err_r(-EPERM, "must be started as root (try sudo)");
	if (eu_privilege_missing(EU_ROLE_SUPERVISOR, allow, missing, sizeof(missing)) > 0)
		return eu_log_err_r(-EPERM, "lacks %s: start it as root with these capabilities",
				    missing);
	return 0;
}

/* Rings, clients and a snapshot need descriptors; a shell's soft limit may be low. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int open_pins(struct supervisor *s)
{
	if (s->options->pin_dir)
		s->pins = eu_pins_open(s->options->pin_dir);
	return s->options->pin_dir && s->pins < 0 ? s->pins : 0;
}

static void close_pins(struct supervisor *s)
{
	if (s->pins >= 0 && eu_pins_hold(s->pins))
		eu_log_warn("enforcement: policies stay in force, pinned in %s",
			    s->options->pin_dir);
	s->pins = eu_close(s->pins);
}

static int start_all(struct supervisor *s)
{
	int r = watch_signals(s);

	raise_descriptor_limit();
	eu_perf_reserve_open(&s->perf);
	if (r == 0)
		r = start_team(s);
	if (r < 0)
		return eu_log_err_r(r, "cannot start the collector's processes: %s", strerror(-r));
	if (s->options->supervise) {
		r = eu_controller_start(&s->controller, s->listener.path, s->options->command);
		if (r < 0)
			return eu_log_err_r(r, "cannot start the controller: %s", strerror(-r));
		s->controller_pid = r;
	}
	r = detach_from_terminal();
	if (r == 0)
		r = eu_privilege_confine(EU_ROLE_SUPERVISOR, s->options->allow);
	return r < 0 ? eu_log_err_r(r, "cannot drop privileges: %s", strerror(-r)) : 0;
}

int eu_supervise(const struct eu_options *given)
{
	struct eu_options options = *given;
	struct supervisor s = {.options = &options,
			       .listener.fd = -1,
			       .signal_fd = -1,
			       .pins = -1,
			       .self = getpid(),
			       .leads_session = getsid(0) == getpid(),
			       .delay_ms = RESTART_MIN_MS};
	int status = EXIT_FAILURE;

	if (check_privilege(options.allow) < 0 || open_pins(&s) < 0 ||
	    open_listener(&s, &options) < 0)
		return EXIT_FAILURE;
	eu_host_identity_read(&s.host);
	s.cgroup_root = eu_host_cgroup_root();
	if (start_all(&s) == 0)
		status = supervise_until_end(&s);
	kill_team(&s);
	eu_listener_close(&s.listener);
	eu_close(s.signal_fd);
	eu_close(s.cgroup_root);
	close_pins(&s);
	eu_perf_reserve_close(&s.perf);
	return status;
}
