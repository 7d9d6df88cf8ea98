/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

#include "probes/routes.h"

#define KIND(name) (1ull << EU_KIND_##name)
#define CLOSING	   (KIND(FILE_CLOSE) | KIND(FILE_IO))
#define ENDING	   KIND(TCP_CLOSE)
#define MESSAGES   (KIND(UDP_OPEN) | KIND(UDP_CLOSE) | KIND(DNS_QUERY) | KIND(DNS_ANSWER))
#define NO_CALL	   0xffff

/* A path, as its directory's descriptor and its text, or as the text alone. */
#define AT(dir, text)	  .dirfd = (dir), .path = (text)
#define PATH(text)	  AT(EU_ARG_CWD, text)
#define NEW_AT(dir, text) .new_dirfd = (dir), .new_path = (text)
#define NEW_PATH(text)	  NEW_AT(EU_ARG_CWD, text)
#define OPEN		  .handler = EU_HANDLER_OPEN, .kind = EU_KIND_FILE_OPEN
#define CLOSE		  .handler = EU_HANDLER_CLOSE, .kind = EU_KIND_FILE_CLOSE
#define DUP		  .handler = EU_HANDLER_DUP, .kind = EU_KIND_FILE_CLOSE, .fd = 1
#define IO(how)		  .handler = EU_HANDLER_IO, .kind = EU_KIND_FILE_CLOSE, .op = (how)
#define CHANGE(what)	  .handler = EU_HANDLER_CHANGE, .kind = EU_KIND_FILE_##what
#define TCP(what, how)	  .handler = EU_HANDLER_TCP, .kind = EU_KIND_TCP_##what, .op = (how), .fd = 1

/* Whatever a socket sends and receives: a buffer, an array or headers, with its length. */
#define MESSAGE(how) .handler = EU_HANDLER_MESSAGE, .kind = EU_KIND_UDP_CLOSE, .op = (how)
#define DATA	     .fd = 1, .path = 2, .length = 3

/* Numbers of 32-bit calls: arch/x86/entry/syscalls/syscall_32.tbl. */
static const struct row {
	uint16_t native;
	uint16_t compat;
	uint64_t kinds; /* any of them needs the call */
	struct eu_route route;
} rows[] = {
#ifdef SYS_open /* architectures newer than x86-64 have only the calls that take a directory */
    {SYS_open, 5, KIND(FILE_OPEN) | CLOSING, {OPEN, PATH(1), .flags = 2, .mode = 3}},
    {SYS_creat,
     8,
     KIND(FILE_OPEN) | CLOSING,
     {OPEN, PATH(1), .mode = 2, .fixed_flags = O_CREAT | O_WRONLY | O_TRUNC}},
    {SYS_dup2, 63, CLOSING, {DUP}},
    {SYS_unlink, 10, KIND(FILE_UNLINK), {CHANGE(UNLINK), PATH(1)}},
    {SYS_rmdir, 40, KIND(FILE_RMDIR), {CHANGE(RMDIR), PATH(1)}},
    {SYS_rename, 38, KIND(FILE_RENAME), {CHANGE(RENAME), PATH(1), NEW_PATH(2)}},
    {SYS_link, 9, KIND(FILE_LINK), {CHANGE(LINK), PATH(1), NEW_PATH(2)}},
    {SYS_symlink, 83, KIND(FILE_SYMLINK), {CHANGE(SYMLINK), PATH(2), .new_path = 1}},
    {SYS_mkdir, 39, KIND(FILE_MKDIR), {CHANGE(MKDIR), PATH(1), .mode = 2}},
    {SYS_chmod, 15, KIND(FILE_CHMOD), {CHANGE(CHMOD), PATH(1), .mode = 2}},
    {SYS_chown, 212, KIND(FILE_CHOWN), {CHANGE(CHOWN), PATH(1), .owner = 2, .group = 3}},
    {NO_CALL,
     182,
     KIND(FILE_CHOWN),
     {CHANGE(CHOWN), PATH(1), .owner = 2, .group = 3, .op = EU_OP_CHOWN16}},
    {SYS_lchown,
     198,
     KIND(FILE_CHOWN),
     {CHANGE(CHOWN), PATH(1), .owner = 2, .group = 3, .fixed_flags = AT_SYMLINK_NOFOLLOW}},
    {NO_CALL,
     16,
     KIND(FILE_CHOWN),
     {CHANGE(CHOWN), PATH(1), .owner = 2, .group = 3, .fixed_flags = AT_SYMLINK_NOFOLLOW,
      .op = EU_OP_CHOWN16}},
#endif
#ifdef SYS_renameat
    {SYS_renameat, 302, KIND(FILE_RENAME), {CHANGE(RENAME), AT(1, 2), NEW_AT(3, 4)}},
#endif
    {SYS_openat, 295, KIND(FILE_OPEN) | CLOSING, {OPEN, AT(1, 2), .flags = 3, .mode = 4}},
    {SYS_openat2,
     437,
     KIND(FILE_OPEN) | CLOSING,
     {OPEN, AT(1, 2), .flags = 3, .op = EU_OP_OPENAT2}},
    {SYS_open_by_handle_at, 342, KIND(FILE_OPEN) | CLOSING, {OPEN, .flags = 3}},

    {SYS_close, 6, CLOSING, {CLOSE, .fd = 1}},
    {SYS_close_range, 436, CLOSING, {CLOSE, .fd = 1, .fd_to = 2, .op = EU_OP_CLOSE_RANGE}},
    {SYS_dup, 41, CLOSING, {DUP}},
    {SYS_dup3, 330, CLOSING, {DUP}},
    {SYS_fcntl, 55, CLOSING, {DUP, .flags = 2, .op = EU_OP_FCNTL}},
    {NO_CALL, 221, CLOSING, {DUP, .flags = 2, .op = EU_OP_FCNTL}},

    {SYS_read, 3, CLOSING, {IO(EU_OP_READ), .fd = 1}},
    {SYS_readv, 145, CLOSING, {IO(EU_OP_READ), .fd = 1}},
    {SYS_pread64, 180, CLOSING, {IO(EU_OP_READ), .fd = 1}},
    {SYS_preadv, 333, CLOSING, {IO(EU_OP_READ), .fd = 1}},
    {SYS_preadv2, 378, CLOSING, {IO(EU_OP_READ), .fd = 1}},
    {SYS_write, 4, CLOSING, {IO(EU_OP_WRITE), .fd_to = 1}},
    {SYS_writev, 146, CLOSING, {IO(EU_OP_WRITE), .fd_to = 1}},
    {SYS_pwrite64, 181, CLOSING, {IO(EU_OP_WRITE), .fd_to = 1}},
    {SYS_pwritev, 334, CLOSING, {IO(EU_OP_WRITE), .fd_to = 1}},
    {SYS_pwritev2, 379, CLOSING, {IO(EU_OP_WRITE), .fd_to = 1}},
    {SYS_sendfile, 187, CLOSING, {IO(EU_OP_COPY), .fd = 2, .fd_to = 1}},
    {NO_CALL, 239, CLOSING, {IO(EU_OP_COPY), .fd = 2, .fd_to = 1}},
    {SYS_splice, 313, CLOSING, {IO(EU_OP_COPY), .fd = 1, .fd_to = 3}},
    {SYS_copy_file_range, 377, CLOSING, {IO(EU_OP_COPY), .fd = 1, .fd_to = 3}},

    {SYS_unlinkat,
     301,
     KIND(FILE_UNLINK) | KIND(FILE_RMDIR),
     {CHANGE(UNLINK), AT(1, 2), .flags = 3}},
    {SYS_renameat2, 353, KIND(FILE_RENAME), {CHANGE(RENAME), AT(1, 2), NEW_AT(3, 4), .flags = 5}},
    {SYS_linkat, 303, KIND(FILE_LINK), {CHANGE(LINK), AT(1, 2), NEW_AT(3, 4), .flags = 5}},
    {SYS_symlinkat, 304, KIND(FILE_SYMLINK), {CHANGE(SYMLINK), AT(2, 3), .new_path = 1}},
    {SYS_mkdirat, 296, KIND(FILE_MKDIR), {CHANGE(MKDIR), AT(1, 2), .mode = 3}},
    {SYS_fchmod, 94, KIND(FILE_CHMOD), {CHANGE(CHMOD), .fd = 1, .mode = 2}},
    {SYS_fchmodat, 306, KIND(FILE_CHMOD), {CHANGE(CHMOD), AT(1, 2), .mode = 3}},
    {452 /* fchmodat2, since 6.6 */,
     452,
     KIND(FILE_CHMOD),
     {CHANGE(CHMOD), AT(1, 2), .mode = 3, .flags = 4}},
    {SYS_fchown, 207, KIND(FILE_CHOWN), {CHANGE(CHOWN), .fd = 1, .owner = 2, .group = 3}},
    {NO_CALL,
     95,
     KIND(FILE_CHOWN),
     {CHANGE(CHOWN), .fd = 1, .owner = 2, .group = 3, .op = EU_OP_CHOWN16}},
    {SYS_fchownat,
     298,
     KIND(FILE_CHOWN),
     {CHANGE(CHOWN), AT(1, 2), .owner = 3, .group = 4, .flags = 5}},
    {SYS_truncate, 92, KIND(FILE_TRUNCATE), {CHANGE(TRUNCATE), PATH(1), .length = 2}},
    {NO_CALL, 193, KIND(FILE_TRUNCATE), {CHANGE(TRUNCATE), PATH(1), .length = 2, .length_high = 3}},
    {SYS_ftruncate, 93, KIND(FILE_TRUNCATE), {CHANGE(TRUNCATE), .fd = 1, .length = 2}},
    {NO_CALL, 194, KIND(FILE_TRUNCATE), {CHANGE(TRUNCATE), .fd = 1, .length = 2, .length_high = 3}},

    {SYS_connect, 362, KIND(TCP_CONNECT) | ENDING, {TCP(CONNECT, EU_OP_CONNECT), .path = 2}},
    {SYS_listen, 363, KIND(TCP_LISTEN) | ENDING, {TCP(LISTEN, EU_OP_LISTEN), .length = 2}},
    {SYS_accept, NO_CALL, KIND(TCP_ACCEPT) | ENDING, {TCP(ACCEPT, EU_OP_ACCEPT)}},
    {SYS_accept4, 364, KIND(TCP_ACCEPT) | ENDING, {TCP(ACCEPT, EU_OP_ACCEPT)}},

    {SYS_read, 3, MESSAGES, {MESSAGE(EU_OP_RECV), DATA}},
    {SYS_readv, 145, MESSAGES, {MESSAGE(EU_OP_RECVV), DATA}},
    {SYS_preadv2, 378, MESSAGES, {MESSAGE(EU_OP_RECVV), DATA}},
    {SYS_recvfrom, 371, MESSAGES, {MESSAGE(EU_OP_RECV), DATA, .flags = 4, .new_path = 5}},
    {SYS_recvmsg, 372, MESSAGES, {MESSAGE(EU_OP_RECVMSG), DATA, .flags = 3}},
    {SYS_recvmmsg, 337, MESSAGES, {MESSAGE(EU_OP_RECVMMSG), DATA, .flags = 4}},
    {NO_CALL, 417 /* recvmmsg_time64 */, MESSAGES, {MESSAGE(EU_OP_RECVMMSG), DATA, .flags = 4}},
    {SYS_write, 4, MESSAGES, {MESSAGE(EU_OP_SEND), DATA}},
    {SYS_writev, 146, MESSAGES, {MESSAGE(EU_OP_SENDV), DATA}},
    {SYS_pwritev2, 379, MESSAGES, {MESSAGE(EU_OP_SENDV), DATA}},
    {SYS_sendto, 369, MESSAGES, {MESSAGE(EU_OP_SEND), DATA, .new_path = 5}},
    {SYS_sendmsg, 370, MESSAGES, {MESSAGE(EU_OP_SENDMSG), DATA}},
    {SYS_sendmmsg, 345, MESSAGES, {MESSAGE(EU_OP_SENDMMSG), DATA}},
    {NO_CALL, 102, MESSAGES, {MESSAGE(EU_OP_SOCKETCALL)}},
};

uint64_t eu_family_kinds(enum eu_family family)
{
	switch (family) {
	case EU_FAMILY_FILE:
		return KIND(TCP_CONNECT) - KIND(FILE_OPEN);
	case EU_FAMILY_NET:
		return (KIND(DNS_ANSWER) << 1) - KIND(TCP_CONNECT);
	default:
		return 0;
	}
}

enum eu_family eu_kind_family(enum eu_kind kind)
{
	enum eu_family family = EU_FAMILY_PROCESS;

	for (enum eu_family f = 0; f < _EU_FAMILY_MAX; f++) {
		if (eu_family_kinds(f) & 1ull << kind)
			family = f;
	}
	return family;
}

/* Puts a route in front of those that the call has already. */
static uint16_t chain(struct eu_routes *routes, enum eu_abi abi, uint16_t number, uint16_t route)
{
	uint16_t next = 0;

	if (number < EU_CALL_NUMBERS) {
		next = routes->first[abi][number];
		routes->first[abi][number] = route;
	}
	return next;
}

/* Index 0 means: none. */
#define N_ROWS (sizeof(rows) / sizeof(rows[0]))
_Static_assert(N_ROWS < EU_ROUTES_MAX, "there is room for every row");

void eu_routes_set(struct eu_routes *ret, uint64_t kinds)
{
	static struct eu_routes routes;

	memset(routes.first, 0, sizeof(routes.first));
	for (size_t i = N_ROWS; i > 0; i--) {
		const struct row *row = &rows[i - 1];
		struct eu_route *route = &routes.routes[i];

		*route = row->route;
		route->family = eu_kind_family(route->kind);
		if (!(row->kinds & kinds))
			continue;
		route->next[EU_ABI_NATIVE] =
		    chain(&routes, EU_ABI_NATIVE, row->native, (uint16_t)i);
		route->next[EU_ABI_COMPAT] =
		    chain(&routes, EU_ABI_COMPAT, row->compat, (uint16_t)i);
	}
	/* Programs may be reading: what they follow is complete before it is pointed to. */
	memcpy(ret->routes, routes.routes, sizeof(ret->routes));
	__atomic_thread_fence(__ATOMIC_RELEASE);
	memcpy(ret->first, routes.first, sizeof(ret->first));
}
