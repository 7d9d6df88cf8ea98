/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "collector/internal.h"
#include "process/privilege.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/packet.h"

#define SERVICE		    "/eunomia.collector.v1.Collector/"
#define METHODS		    10
#define SHUTDOWN_TIMEOUT_NS (500 * EU_NS_PER_MS)

static void collector_free(struct eu_collector **cp)
{
	struct eu_collector *c = *cp;

	if (!c)
		return;
	eu_rpc_server_free(c->rpc);
	collector_release_kernel(c);
	resolve_release(c);
	enforce_release(&c->enforce);
	eu_close(c->signals.fd);
	eu_loop_free(c->loop);
	free(c->subscription.buffer);
	free(c->snapshot.buffer);
	free(c);
}

static int on_signal(void *data, uint32_t events)
{
	struct eu_collector *c = data;

	(void)events;
	c->stopping = true;
	return 0;
}

static int on_loader(void *data, uint32_t events)
{
	struct eu_collector *c = data;
	struct eu_loader_packet head;
	uint8_t *buf = snapshot_packet_buffer(c, sizeof(head));
	int fds[EU_PACKET_FDS_MAX];
	size_t n_fds;
	ssize_t n = eu_packet_receive(c->options->loader_fd, buf, sizeof(head) + SNAPSHOT_BYTES,
				      fds, &n_fds);

	(void)events;
	if (n < (ssize_t)sizeof(head))
		return n < 0 ? (int)n : -ECONNRESET;
	memcpy(&head, buf, sizeof(head));
	if (head.op == EU_LOADER_LINKS && head.family < _EU_OBJECT_MAX)
		return subscription_on_links(c, &head, fds, n_fds);
	if (head.op == EU_LOADER_ATTACH && head.family < _EU_OBJECT_MAX)
		subscription_on_attach(c, &head, fds, n_fds);
	else if (head.op == EU_LOADER_SNAPSHOT && head.size == (size_t)n - sizeof(head))
		snapshot_on_tasks(c, &head);
	else if (head.op == EU_LOADER_SYMBOLS)
		resolve_on_program(c, &head, fds, n_fds);
	else if (head.op == EU_LOADER_ENFORCE)
		return enforce_on_group(c, &head, fds, n_fds);
	else if (head.op == EU_LOADER_SETTLE)
		return enforce_on_settled(c);
	else
		return -EBADMSG;
	return 0;
}

uint32_t collector_next_request(struct eu_collector *c)
{
	if (++c->last_request == SNAPSHOT_REQUEST)
		c->last_request++;
	return c->last_request;
}

static int on_actions(void *data, uint32_t events)
{
	struct eu_collector *c = data;
	struct eu_actions_reply head;
	uint8_t *buf = snapshot_packet_buffer(c, sizeof(head));
	int fds[EU_PACKET_FDS_MAX];
	size_t n_fds;
	ssize_t n = eu_packet_receive(c->options->actions_fd, buf,
				      sizeof(head) + EU_ACTIONS_PAYLOAD_MAX, fds, &n_fds);

	(void)events;
	if (n < (ssize_t)sizeof(head))
		return n < 0 ? (int)n : -ECONNRESET;
	memcpy(&head, buf, sizeof(head));
	if (n_fds > 0 || head.size != (size_t)n - sizeof(head))
		return -EBADMSG;
	if (head.id == SNAPSHOT_REQUEST)
		snapshot_on_cgroups(c, &head);
	else if (!resolve_on_reply(c, &head, buf + sizeof(head)) &&
		 !signal_on_reply(c, &head, buf + sizeof(head)))
		inspect_on_reply(c, &head, buf + sizeof(head));
	return 0;
}

static int watch(struct eu_collector *c, struct eu_watch *w, int fd, eu_loop_fn fn)
{
	*w = (struct eu_watch){.fd = fd, .fn = fn, .data = c};
	return eu_loop_add(c->loop, w, EPOLLIN);
}

static int watch_signals(struct eu_collector *c)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : watch(c, &c->signals, fd, on_signal);
}

static int collector_new(struct eu_collector **ret, const struct eu_collector_options *options)
{
	EU_CLEANUP(collector_free) struct eu_collector *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->options = options;
	c->signals.fd = -1;
	c->symbols_program = -1;
	c->signal_rate =
	    (struct eu_bucket){.size = EU_SIGNALS_AT_ONCE, .per_second = EU_SIGNALS_PER_SECOND};
	enforce_init(&c->enforce);
	memset(c->maps, 0xff, sizeof(c->maps));
	c->subscription.buffer = malloc(EU_BATCH_HEADROOM + BATCH_BYTES);
	c->snapshot.buffer = malloc(EU_BATCH_HEADROOM + SNAPSHOT_BYTES);
	if (!c->subscription.buffer || !c->snapshot.buffer)
		return -ENOMEM;
	c->subscription.batch.records = c->subscription.buffer + EU_BATCH_HEADROOM;
	c->subscription.batch.capacity = BATCH_BYTES;
	r = eu_loop_new(&c->loop);
	if (r == 0)
		r = watch_signals(c);
	if (r == 0)
		r = watch(c, &c->loader, options->loader_fd, on_loader);
	if (r == 0)
		r = watch(c, &c->actions, options->actions_fd, on_actions);
	if (r == 0)
		*ret = EU_TAKE_PTR(c);
	return r;
}

static int serve(struct eu_collector *c)
{
	const struct eu_rpc_method methods[METHODS] = {
	    {SERVICE "GetStatus", c, status_handle},
	    {SERVICE "Subscribe", c, subscription_handle_subscribe},
	    {SERVICE "Unsubscribe", c, subscription_handle_unsubscribe},
	    {SERVICE "UpdateFilter", c, subscription_handle_update_filter},
	    {SERVICE "Snapshot", c, snapshot_handle},
	    {SERVICE "InspectContainer", c, inspect_handle},
	    {SERVICE "ResolveSymbols", c, resolve_handle},
	    {SERVICE "LookupUser", c, lookup_handle},
	    {SERVICE "SetEnforcement", c, enforce_handle},
	    {SERVICE "Signal", c, signal_handle},
	};
	struct eu_rpc_options rpc_options = {.uids = c->options->uids,
					     .n_uids = c->options->n_uids};
	int r = eu_rpc_server_new(&c->rpc, c->loop, c->options->listen_fd, methods, METHODS,
				  &rpc_options);

	while (r >= 0 && !c->stopping) {
		int64_t rpc = eu_rpc_server_next_timeout_ns(c->rpc, eu_clock_ns(CLOCK_MONOTONIC));
		int64_t pause = subscription_prepare_sleep(c);

		r = eu_loop_turn(c->loop, pause < 0 || (rpc >= 0 && rpc < pause) ? rpc : pause);
		subscription_woke(c);
		eu_rpc_server_tick(c->rpc, eu_clock_ns(CLOCK_MONOTONIC));
		subscription_pump(c);
	}
	if (c->rpc)
		eu_rpc_server_shutdown(c->rpc, "the collector is shutting down",
				       SHUTDOWN_TIMEOUT_NS);
	eu_rpc_server_free(EU_TAKE_PTR(c->rpc));
	return r < 0 ? r : 0;
}

int eu_collector_run(const struct eu_collector_options *options)
{
	EU_CLEANUP(collector_free) struct eu_collector *c = NULL;
	int r = collector_new(&c, options);

	if (r == 0)
		r = eu_privilege_confine(EU_ROLE_LOOP, options->allow);
	if (r == 0)
		r = collector_receive_hello(c);
	if (r == 0)
		r = serve(c);
	return r;
}
