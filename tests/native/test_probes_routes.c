/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "probes/routes.h"

#define KIND(name) (1ull << EU_KIND_##name)

static struct eu_routes routes;

static size_t count(const uint16_t *first)
{
	size_t n = 0;

	for (size_t i = 0; i < EU_CALL_NUMBERS; i++)
		n += first[i] != 0;
	return n;
}

/* The first route of a call; one that does nothing when nobody wants it. */
static const struct eu_route *native(uint16_t number)
{
	static const struct eu_route none;
	uint16_t first = routes.first[EU_ABI_NATIVE][number];

	return first ? &routes.routes[first] : &none;
}

static const struct eu_route *compat(uint16_t number)
{
	return &routes.routes[routes.first[EU_ABI_COMPAT][number]];
}

static void set_nothing_leaves_nothing(void **state)
{
	(void)state;
	eu_routes_set(&routes, ~0ull, NULL);
	assert_true(count(routes.first[EU_ABI_NATIVE]) > 40);
	assert_true(count(routes.first[EU_ABI_COMPAT]) > 40);
	eu_routes_set(&routes, 0, NULL);
	assert_int_equal(count(routes.first[EU_ABI_NATIVE]), 0);
	assert_int_equal(count(routes.first[EU_ABI_COMPAT]), 0);
}

/* Whoever asks for opens alone must not pay for reads and writes. */
static void set_opens_leaves_reads_alone(void **state)
{
	(void)state;
	eu_routes_set(&routes, KIND(FILE_OPEN), NULL);
	assert_int_equal(native(SYS_openat)->handler, EU_HANDLER_OPEN);
	assert_int_equal(native(SYS_read)->handler, EU_HANDLER_NONE);
	assert_int_equal(native(SYS_close)->handler, EU_HANDLER_NONE);
	assert_int_equal(native(SYS_unlinkat)->handler, EU_HANDLER_NONE);
}

/* The path of a closed file is known from its open. */
static void set_closes_needs_opens_and_transfers(void **state)
{
	(void)state;
	eu_routes_set(&routes, KIND(FILE_CLOSE), NULL);
	assert_int_equal(native(SYS_openat)->handler, EU_HANDLER_OPEN);
	assert_int_equal(native(SYS_pwrite64)->handler, EU_HANDLER_IO);
	assert_int_equal(native(SYS_dup3)->handler, EU_HANDLER_DUP);
	assert_int_equal(native(SYS_close_range)->op, EU_OP_CLOSE_RANGE);
	assert_int_equal(native(SYS_connect)->handler, EU_HANDLER_NONE);
}

/* unlinkat is rmdir too. */
static void set_rmdir_needs_unlinkat(void **state)
{
	(void)state;
	eu_routes_set(&routes, KIND(FILE_RMDIR), NULL);
	assert_int_equal(native(SYS_unlinkat)->kind, EU_KIND_FILE_UNLINK);
#ifdef SYS_unlink
	assert_int_equal(native(SYS_unlink)->handler, EU_HANDLER_NONE);
#endif
}

static void set_tcp_close_needs_all_that_make_sockets(void **state)
{
	(void)state;
	eu_routes_set(&routes, KIND(TCP_CLOSE), NULL);
	assert_int_equal(native(SYS_accept4)->op, EU_OP_ACCEPT);
	assert_int_equal(native(SYS_listen)->op, EU_OP_LISTEN);
	assert_int_equal(native(SYS_connect)->op, EU_OP_CONNECT);
	assert_int_equal(native(SYS_openat)->handler, EU_HANDLER_NONE);
}

/* The arguments of a call that has all of them, and of the same call with 32 bits. */
static void set_says_where_arguments_stand(void **state)
{
	const struct eu_route *route;

	(void)state;
	eu_routes_set(&routes, ~0ull, NULL);
	route = native(SYS_renameat2);
	assert_int_equal(route->dirfd, 1);
	assert_int_equal(route->path, 2);
	assert_int_equal(route->new_dirfd, 3);
	assert_int_equal(route->new_path, 4);
	assert_int_equal(route->flags, 5);
	assert_int_equal(route->fd, EU_ARG_NONE);
	assert_ptr_equal(route, compat(353));
	assert_int_equal(compat(193)->length_high, 3);
#ifdef SYS_creat
	assert_int_equal(native(SYS_creat)->fixed_flags, O_CREAT | O_WRONLY | O_TRUNC);
	assert_int_equal(native(SYS_creat)->dirfd, EU_ARG_CWD);
#endif
}

/* Files want the same reads; signals come from no call. */
static void set_ipc_stands_beside_files(void **state)
{
	const struct eu_route *route;

	(void)state;
	eu_routes_set(&routes, KIND(IPC_TRAFFIC) | KIND(FILE_CLOSE), NULL);
	route = native(SYS_read);
	assert_int_equal(route->handler, EU_HANDLER_IO);
	route = &routes.routes[route->next[EU_ABI_NATIVE]];
	assert_int_equal(route->handler, EU_HANDLER_IPC_IO);
	assert_int_equal(route->family, EU_FAMILY_IPC);
	assert_int_equal(route->next[EU_ABI_NATIVE], 0);
	assert_int_equal(native(SYS_mq_timedreceive)->fixed_flags, EU_IPC_POSIX_MQ);
	assert_int_equal(compat(117)->op, EU_OP_IPC);
	assert_int_equal(compat(102)->op, EU_OP_SOCKETCALL);
	eu_routes_set(&routes, KIND(IPC_OPEN), NULL);
	assert_int_equal(native(SYS_pipe2)->op, EU_OP_PIPE);
	assert_int_equal(native(SYS_write)->handler, EU_HANDLER_NONE);
	assert_int_equal(native(SYS_close)->handler, EU_HANDLER_NONE);
	eu_routes_set(&routes, KIND(IPC_SIGNAL), NULL);
	assert_int_equal(count(routes.first[EU_ABI_NATIVE]), 0);
}

/* Whatever sends or receives is handed on for datagrams and DNS, 32-bit calls too. */
static void set_messages_needs_all_that_send_and_receive(void **state)
{
	static const int calls[] = {SYS_read,	  SYS_readv,	SYS_recvfrom, SYS_recvmsg,
				    SYS_recvmmsg, SYS_write,	SYS_writev,   SYS_sendto,
				    SYS_sendmsg,  SYS_sendmmsg, SYS_preadv2,  SYS_pwritev2};
	static const int compats[] = {3,   4,	102, 145, 146, 337, 345,
				      369, 370, 371, 372, 378, 379, 417};
	static const uint64_t kinds[] = {KIND(UDP_OPEN), KIND(UDP_CLOSE), KIND(DNS_QUERY),
					 KIND(DNS_ANSWER)};

	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		eu_routes_set(&routes, kinds[k], NULL);
		for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
			assert_int_equal(native(calls[i])->handler, EU_HANDLER_MESSAGE);
		for (size_t i = 0; i < sizeof(compats) / sizeof(compats[0]); i++)
			assert_int_equal(compat(compats[i])->handler, EU_HANDLER_MESSAGE);
		assert_int_equal(native(SYS_connect)->handler, EU_HANDLER_NONE);
		assert_int_equal(native(SYS_close)->handler, EU_HANDLER_NONE);
	}
	assert_int_equal(native(SYS_recvfrom)->op, EU_OP_MESSAGE_RECV);
	assert_int_equal(native(SYS_recvfrom)->new_path, 5);
	assert_int_equal(native(SYS_read)->new_path, EU_ARG_NONE);
	assert_int_equal(compat(102)->op, EU_OP_MESSAGE_SOCKETCALL);
}

/* A read may be of a file and of a socket: both families get it. */
static void set_reads_go_to_both_families(void **state)
{
	(void)state;
	eu_routes_set(&routes, KIND(FILE_CLOSE) | KIND(UDP_CLOSE), NULL);
	assert_int_equal(native(SYS_read)->handler, EU_HANDLER_IO);
	assert_int_equal(routes.routes[native(SYS_read)->next[EU_ABI_NATIVE]].handler,
			 EU_HANDLER_MESSAGE);
	assert_int_equal(routes.routes[native(SYS_read)->next[EU_ABI_NATIVE]].family,
			 EU_FAMILY_NET);
}

/* A call that somebody wants to see as such goes there last. */
static void set_calls_come_behind_the_families(void **state)
{
	static struct eu_syscall_wish wish;
	const struct eu_route *open, *call;

	(void)state;
	wish.calls[EU_ABI_NATIVE][SYS_openat / 64] |= 1ull << (SYS_openat % 64);
	wish.shapes[EU_ABI_NATIVE][SYS_openat].text[0] = 2;
	eu_routes_set(&routes, KIND(FILE_OPEN) | KIND(SYSCALL_CALL), &wish);
	open = native(SYS_openat);
	call = &routes.routes[open->next[EU_ABI_NATIVE]];
	assert_int_equal(open->handler, EU_HANDLER_OPEN);
	assert_int_equal(call->handler, EU_HANDLER_SYSCALL);
	assert_int_equal(call->family, EU_FAMILY_SYSCALL);
	assert_int_equal(call->next[EU_ABI_NATIVE], 0);
	assert_int_equal(routes.shapes[EU_ABI_NATIVE][SYS_openat].text[0], 2);
	assert_int_equal(native(SYS_getpid)->handler, EU_HANDLER_NONE);
	assert_int_equal(compat(295)->handler, EU_HANDLER_OPEN);
	eu_routes_set(&routes, KIND(SYSCALL), &wish);
	assert_int_equal(native(SYS_openat)->handler, EU_HANDLER_NONE);
}

static void set_tcp_has_the_32_bit_way_in(void **state)
{
	static const uint64_t kinds[] = {KIND(TCP_CONNECT), KIND(TCP_LISTEN), KIND(TCP_ACCEPT),
					 KIND(TCP_CLOSE)};
	int handlers = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		eu_routes_set(&routes, kinds[i], NULL);
		assert_int_equal(compat(102)->handler, EU_HANDLER_TCP);
		assert_int_equal(compat(102)->op, EU_OP_SOCKETCALL);
	}
	/* Whoever else wants socketcall gets it too. */
	eu_routes_set(&routes, ~0ull, NULL);
	for (uint16_t at = routes.first[EU_ABI_COMPAT][102]; at;
	     at = routes.routes[at].next[EU_ABI_COMPAT])
		handlers |= 1 << routes.routes[at].handler;
	assert_true(handlers & 1 << EU_HANDLER_TCP);
	assert_true(handlers & 1 << EU_HANDLER_MESSAGE);
	assert_true(handlers & 1 << EU_HANDLER_IPC_SOCKET);
}

static void family_kinds_are_disjoint(void **state)
{
	uint64_t file = eu_family_kinds(EU_FAMILY_FILE), net = eu_family_kinds(EU_FAMILY_NET);
	uint64_t ipc = eu_family_kinds(EU_FAMILY_IPC);

	(void)state;
	assert_true(file & KIND(FILE_OPEN) && file & KIND(FILE_TRUNCATE));
	assert_true(net & KIND(TCP_CONNECT) && net & KIND(TCP_CLOSE));
	assert_true(ipc & KIND(IPC_OPEN) && ipc & KIND(IPC_SIGNAL));
	assert_true(net & KIND(UDP_OPEN) && net & KIND(DNS_ANSWER));
	assert_int_equal(file & net, 0);
	assert_int_equal((file | net) & eu_family_kinds(EU_FAMILY_SECURITY), 0);
	assert_true(eu_family_kinds(EU_FAMILY_SECURITY) & KIND(SECURITY_OOM));
	assert_int_equal((file | net) & ipc, 0);
	assert_int_equal((file | net) & KIND(PROCESS_EXEC), 0);
	assert_int_equal(eu_family_kinds(EU_FAMILY_PROCESS), 0);
}

static void clocks_need_no_calls(void **state)
{
	(void)state;
	assert_int_equal(eu_family_kinds(EU_FAMILY_PERF), KIND(PERF_SAMPLE) | KIND(PERF_COUNTERS));
	assert_int_equal(eu_kind_family(EU_KIND_PERF_COUNTERS), EU_FAMILY_PERF);
	assert_false(eu_family_needs_calls(EU_FAMILY_PERF));
	assert_false(eu_family_needs_calls(EU_FAMILY_PROCESS));
	assert_true(eu_family_needs_calls(EU_FAMILY_FILE));
	eu_routes_set(&routes, eu_family_kinds(EU_FAMILY_PERF), NULL);
	for (uint16_t i = 0; i < EU_CALL_NUMBERS; i++)
		assert_int_equal(routes.first[EU_ABI_NATIVE][i] | routes.first[EU_ABI_COMPAT][i],
				 0);
}

static void set_security_has_a_route_for_both_kinds_of_ids(void **state)
{
	const struct eu_route *route;

	(void)state;
	eu_routes_set(&routes, KIND(SECURITY_CREDENTIALS), NULL);
	assert_int_equal(native(SYS_setuid)->op, EU_CALL_SETUID);
	assert_int_equal(native(SYS_setuid)->family, EU_FAMILY_SECURITY);
	assert_int_equal(compat(213)->op, EU_CALL_SETUID);
	assert_int_equal(compat(213)->fixed_flags, 0);
	assert_int_equal(compat(23)->op, EU_CALL_SETUID);
	assert_int_equal(compat(23)->fixed_flags, 0xffff);
	/* They change what is known of credentials, so they are wanted too. */
	assert_int_equal(native(SYS_setns)->kind, EU_KIND_SECURITY_NAMESPACE);
	assert_int_equal(native(SYS_clone)->handler, EU_HANDLER_NONE);
	eu_routes_set(&routes, KIND(SECURITY_MOUNT), NULL);
	route = native(SYS_mount);
	assert_int_equal(route->path, 2);
	assert_int_equal(route->source, 1);
	assert_int_equal(route->name, 3);
	assert_int_equal(route->data, 5);
	assert_int_equal(route->dirfd, EU_ARG_CWD);
	assert_int_equal(compat(22)->op, EU_CALL_UMOUNT);
	assert_int_equal(native(SYS_ptrace)->handler, EU_HANDLER_NONE);
}

/* dup is both the end of a file and the beginning of a reverse shell. */
static void set_two_families_are_chained(void **state)
{
	const struct eu_route *first, *second;

	(void)state;
	eu_routes_set(&routes, KIND(FILE_CLOSE) | KIND(SECURITY_REDIRECT), NULL);
	first = native(SYS_dup3);
	second = &routes.routes[first->next[EU_ABI_NATIVE]];
	assert_int_equal(first->handler, EU_HANDLER_DUP);
	assert_int_equal(second->handler, EU_HANDLER_REDIRECT);
	assert_int_equal(second->next[EU_ABI_NATIVE], 0);
	eu_routes_set(&routes, KIND(SECURITY_REDIRECT), NULL);
	assert_int_equal(native(SYS_dup3)->handler, EU_HANDLER_REDIRECT);
}

/* Kinds that came later stand behind the others' and belong to the same families. */
static void set_later_kinds_needs_their_calls_alone(void **state)
{
	(void)state;
	assert_int_equal(eu_kind_family(EU_KIND_UDP_CONNECT), EU_FAMILY_NET);
	assert_int_equal(eu_kind_family(EU_KIND_FILE_MKNOD), EU_FAMILY_FILE);
	assert_int_equal(eu_kind_family(EU_KIND_SECURITY_SOCKET), EU_FAMILY_SECURITY);
	assert_int_equal(eu_kind_family(EU_KIND_SECURITY_SYSTEM), EU_FAMILY_SECURITY);
	eu_routes_set(&routes, KIND(UDP_CONNECT), NULL);
	assert_int_equal(native(SYS_connect)->op, EU_OP_CONNECT);
	assert_int_equal(compat(102)->op, EU_OP_SOCKETCALL);
	assert_int_equal(native(SYS_listen)->handler, EU_HANDLER_NONE);
	assert_int_equal(native(SYS_sendto)->handler, EU_HANDLER_NONE);
	eu_routes_set(&routes, KIND(FILE_MKNOD), NULL);
	assert_int_equal(native(SYS_mknodat)->path, 2);
	assert_int_equal(native(SYS_mknodat)->length, 4);
	assert_int_equal(native(SYS_mkdirat)->handler, EU_HANDLER_NONE);
	eu_routes_set(&routes, KIND(SECURITY_SOCKET), NULL);
	assert_int_equal(native(SYS_socket)->op, EU_CALL_SOCKET);
	assert_int_equal(compat(102)->op, EU_CALL_SOCKET);
	assert_int_equal(native(SYS_swapon)->handler, EU_HANDLER_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(set_nothing_leaves_nothing),
	    cmocka_unit_test(set_opens_leaves_reads_alone),
	    cmocka_unit_test(set_closes_needs_opens_and_transfers),
	    cmocka_unit_test(set_rmdir_needs_unlinkat),
	    cmocka_unit_test(set_tcp_close_needs_all_that_make_sockets),
	    cmocka_unit_test(set_says_where_arguments_stand),
	    cmocka_unit_test(set_ipc_stands_beside_files),
	    cmocka_unit_test(set_messages_needs_all_that_send_and_receive),
	    cmocka_unit_test(set_reads_go_to_both_families),
	    cmocka_unit_test(set_calls_come_behind_the_families),
	    cmocka_unit_test(set_tcp_has_the_32_bit_way_in),
	    cmocka_unit_test(family_kinds_are_disjoint),
	    cmocka_unit_test(clocks_need_no_calls),
	    cmocka_unit_test(set_security_has_a_route_for_both_kinds_of_ids),
	    cmocka_unit_test(set_two_families_are_chained),
	    cmocka_unit_test(set_later_kinds_needs_their_calls_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
