/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

#include "probes/routes.h"

#define KIND(name) (1ull << EU_KIND_##name)
#define CLOSING	   (KIND(FILE_CLOSE) | KIND(FILE_IO))
#define ENDING	   KIND(TCP_CLOSE)
#define USING	   (KIND(IPC_USE) | KIND(IPC_TRAFFIC) | KIND(IPC_CLOSE))
#define MEETING	   (KIND(IPC_OPEN) | USING)
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
#define SECURITY(what, which)                                                                      \
	.handler = EU_HANDLER_SECURITY, .kind = EU_KIND_SECURITY_##what, .op = EU_CALL_##which
#define IDS(which)                                                                                 \
	.handler = EU_HANDLER_CREDENTIALS, .kind = EU_KIND_SECURITY_CREDENTIALS,                   \
	.op = EU_CALL_##which
#define IDS16(which) IDS(which), .fixed_flags = 0xffff /* ids of 16 bits */
#define ON_STANDARD(which)                                                                         \
	.handler = EU_HANDLER_REDIRECT, .kind = EU_KIND_SECURITY_REDIRECT, .op = EU_CALL_##which
#define TCP(what, how) .handler = EU_HANDLER_TCP, .kind = EU_KIND_TCP_##what, .op = (how), .fd = 1

/* ipc */
#define IPC_OPEN(how)	.handler = EU_HANDLER_IPC_OPEN, .kind = EU_KIND_IPC_OPEN, .op = (how)
#define IPC_SOCKET(how) .handler = EU_HANDLER_IPC_SOCKET, .kind = EU_KIND_IPC_OPEN, .op = (how)
#define IPC_CLOSE(how)	.handler = EU_HANDLER_IPC_CLOSE, .kind = EU_KIND_IPC_CLOSE, .op = (how)
#define IPC_IO(how)	.handler = EU_HANDLER_IPC_IO, .kind = EU_KIND_IPC_TRAFFIC, .op = (how)
#define IPC_SYSV(how)	.handler = EU_HANDLER_IPC_SYSV, .kind = EU_KIND_IPC_TRAFFIC, .op = (how)
#define IPC_TYPE(name)	.fixed_flags = EU_IPC_##name

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
    {SYS_mknod, 14, KIND(FILE_MKNOD), {CHANGE(MKNOD), PATH(1), .mode = 2, .length = 3}},
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
    {SYS_mknodat, 297, KIND(FILE_MKNOD), {CHANGE(MKNOD), AT(1, 2), .mode = 3, .length = 4}},
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

    {SYS_connect,
     362,
     KIND(TCP_CONNECT) | KIND(UDP_CONNECT) | ENDING,
     {TCP(CONNECT, EU_OP_CONNECT), .path = 2}},
    {SYS_listen, 363, KIND(TCP_LISTEN) | ENDING, {TCP(LISTEN, EU_OP_LISTEN), .length = 2}},
    {SYS_accept, NO_CALL, KIND(TCP_ACCEPT) | ENDING, {TCP(ACCEPT, EU_OP_ACCEPT)}},
    {SYS_accept4, 364, KIND(TCP_ACCEPT) | ENDING, {TCP(ACCEPT, EU_OP_ACCEPT)}},
    {NO_CALL,
     102,
     KIND(TCP_CONNECT) | KIND(TCP_LISTEN) | KIND(TCP_ACCEPT) | KIND(UDP_CONNECT) | ENDING,
     {TCP(CONNECT, EU_OP_SOCKETCALL)}},

    {SYS_ptrace, 26, KIND(SECURITY_PTRACE), {SECURITY(PTRACE, PTRACE), .target = 2}},
    {SYS_setns,
     346,
     KIND(SECURITY_NAMESPACE) | KIND(SECURITY_CREDENTIALS),
     {SECURITY(NAMESPACE, SETNS), .flags = 2}},
    {SYS_unshare,
     310,
     KIND(SECURITY_NAMESPACE) | KIND(SECURITY_CREDENTIALS),
     {SECURITY(NAMESPACE, UNSHARE), .flags = 1}},
    {SYS_clone, 120, KIND(SECURITY_NAMESPACE), {SECURITY(NAMESPACE, CLONE), .flags = 1}},
    {SYS_clone3, 435, KIND(SECURITY_NAMESPACE), {SECURITY(NAMESPACE, CLONE3)}},
    {SYS_mount,
     21,
     KIND(SECURITY_MOUNT),
     {SECURITY(MOUNT, MOUNT), PATH(2), .source = 1, .name = 3, .flags = 4, .data = 5}},
    {NO_CALL, 22, KIND(SECURITY_MOUNT), {SECURITY(MOUNT, UMOUNT), PATH(1)}},
    {SYS_umount2, 52, KIND(SECURITY_MOUNT), {SECURITY(MOUNT, UMOUNT2), PATH(1), .flags = 2}},
    {SYS_pivot_root,
     217,
     KIND(SECURITY_MOUNT),
     {SECURITY(MOUNT, PIVOT_ROOT), PATH(1), .source = 2}},
    {SYS_move_mount,
     429,
     KIND(SECURITY_MOUNT),
     {SECURITY(MOUNT, MOVE_MOUNT), .fd = 1, AT(3, 4), .source = 2, .flags = 5}},
    {SYS_open_tree, 428, KIND(SECURITY_MOUNT), {SECURITY(MOUNT, OPEN_TREE), AT(1, 2), .flags = 3}},
    {467 /* open_tree_attr, since 6.15 */,
     467,
     KIND(SECURITY_MOUNT),
     {SECURITY(MOUNT, OPEN_TREE_ATTR), AT(1, 2), .flags = 3}},
    {SYS_fsopen, 430, KIND(SECURITY_MOUNT), {SECURITY(MOUNT, FSOPEN), .name = 1, .flags = 2}},
    {SYS_fsconfig,
     431,
     KIND(SECURITY_MOUNT),
     {SECURITY(MOUNT, FSCONFIG), .fd = 1, .name = 3, .data = 4}},
    {SYS_fsmount, 432, KIND(SECURITY_MOUNT), {SECURITY(MOUNT, FSMOUNT), .fd = 1, .flags = 2}},
    {SYS_fspick, 433, KIND(SECURITY_MOUNT), {SECURITY(MOUNT, FSPICK), AT(1, 2), .flags = 3}},
    {SYS_mount_setattr,
     442,
     KIND(SECURITY_MOUNT),
     {SECURITY(MOUNT, MOUNT_SETATTR), AT(1, 2), .flags = 3}},
    {SYS_init_module, 128, KIND(SECURITY_MODULE), {SECURITY(MODULE, INIT_MODULE), .data = 3}},
    {SYS_finit_module,
     350,
     KIND(SECURITY_MODULE),
     {SECURITY(MODULE, FINIT_MODULE), .fd = 1, .data = 2, .flags = 3}},
    {SYS_delete_module,
     129,
     KIND(SECURITY_MODULE),
     {SECURITY(MODULE, DELETE_MODULE), .name = 1, .flags = 2}},
    {SYS_bpf, 357, KIND(SECURITY_BPF), {SECURITY(BPF, BPF)}},
    {SYS_setuid, 213, KIND(SECURITY_CREDENTIALS), {IDS(SETUID)}},
    {NO_CALL, 23, KIND(SECURITY_CREDENTIALS), {IDS16(SETUID)}},
    {SYS_setgid, 214, KIND(SECURITY_CREDENTIALS), {IDS(SETGID)}},
    {NO_CALL, 46, KIND(SECURITY_CREDENTIALS), {IDS16(SETGID)}},
    {SYS_setreuid, 203, KIND(SECURITY_CREDENTIALS), {IDS(SETREUID)}},
    {NO_CALL, 70, KIND(SECURITY_CREDENTIALS), {IDS16(SETREUID)}},
    {SYS_setregid, 204, KIND(SECURITY_CREDENTIALS), {IDS(SETREGID)}},
    {NO_CALL, 71, KIND(SECURITY_CREDENTIALS), {IDS16(SETREGID)}},
    {SYS_setresuid, 208, KIND(SECURITY_CREDENTIALS), {IDS(SETRESUID)}},
    {NO_CALL, 164, KIND(SECURITY_CREDENTIALS), {IDS16(SETRESUID)}},
    {SYS_setresgid, 210, KIND(SECURITY_CREDENTIALS), {IDS(SETRESGID)}},
    {NO_CALL, 170, KIND(SECURITY_CREDENTIALS), {IDS16(SETRESGID)}},
    {SYS_setfsuid, 215, KIND(SECURITY_CREDENTIALS), {IDS(SETFSUID)}},
    {NO_CALL, 138, KIND(SECURITY_CREDENTIALS), {IDS16(SETFSUID)}},
    {SYS_setfsgid, 216, KIND(SECURITY_CREDENTIALS), {IDS(SETFSGID)}},
    {NO_CALL, 139, KIND(SECURITY_CREDENTIALS), {IDS16(SETFSGID)}},
    {SYS_setgroups, 206, KIND(SECURITY_CREDENTIALS), {IDS(SETGROUPS)}},
    {NO_CALL, 81, KIND(SECURITY_CREDENTIALS), {IDS16(SETGROUPS)}},
    {SYS_capset, 185, KIND(SECURITY_CREDENTIALS), {IDS(CAPSET)}},
    {SYS_memfd_create,
     356,
     KIND(SECURITY_MEMFD),
     {SECURITY(MEMFD, MEMFD_CREATE), .name = 1, .flags = 2}},
    {447 /* memfd_secret, since 5.14 */,
     447,
     KIND(SECURITY_MEMFD),
     {SECURITY(MEMFD, MEMFD_SECRET), .flags = 1}},
    {SYS_userfaultfd,
     374,
     KIND(SECURITY_USERFAULTFD),
     {SECURITY(USERFAULTFD, USERFAULTFD), .flags = 1}},
    {SYS_add_key, 286, KIND(SECURITY_KEY), {SECURITY(KEY, ADD_KEY), .name = 1, .data = 2}},
    {SYS_request_key, 287, KIND(SECURITY_KEY), {SECURITY(KEY, REQUEST_KEY), .name = 1, .data = 2}},
    {SYS_keyctl, 288, KIND(SECURITY_KEY), {SECURITY(KEY, KEYCTL)}},
    {SYS_io_uring_setup, 425, KIND(SECURITY_IO_URING), {SECURITY(IO_URING, IO_URING_SETUP)}},
    {SYS_io_uring_register, 427, KIND(SECURITY_IO_URING), {SECURITY(IO_URING, IO_URING_REGISTER)}},
    {SYS_process_vm_readv,
     347,
     KIND(SECURITY_PROCESS_VM),
     {SECURITY(PROCESS_VM, PROCESS_VM_READV), .target = 1}},
    {SYS_process_vm_writev,
     348,
     KIND(SECURITY_PROCESS_VM),
     {SECURITY(PROCESS_VM, PROCESS_VM_WRITEV), .target = 1}},
    {SYS_pidfd_getfd, 438, KIND(SECURITY_PROCESS_VM), {SECURITY(PROCESS_VM, PIDFD_GETFD)}},
    {SYS_process_madvise, 440, KIND(SECURITY_PROCESS_VM), {SECURITY(PROCESS_VM, PROCESS_MADVISE)}},
    {SYS_prctl, 172, KIND(SECURITY_PRCTL), {SECURITY(PRCTL, PRCTL)}},
    {SYS_seccomp, 354, KIND(SECURITY_PRCTL), {SECURITY(PRCTL, SECCOMP), .flags = 2}},
    {SYS_chroot, 61, KIND(SECURITY_CHROOT), {SECURITY(CHROOT, CHROOT), PATH(1)}},
    {SYS_socket, 359, KIND(SECURITY_SOCKET), {SECURITY(SOCKET, SOCKET)}},
    {NO_CALL, 102, KIND(SECURITY_SOCKET), {SECURITY(SOCKET, SOCKET)}},
    {SYS_swapon, 87, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, SWAPON), PATH(1), .flags = 2}},
    {SYS_swapoff, 115, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, SWAPOFF), PATH(1)}},
    {SYS_acct, 51, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, ACCT), PATH(1)}},
    {SYS_quotactl, 131, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, QUOTACTL), .source = 2}},
    {443 /* quotactl_fd, since 5.14 */,
     443,
     KIND(SECURITY_SYSTEM),
     {SECURITY(SYSTEM, QUOTACTL_FD), .fd = 1}},
    {SYS_settimeofday, 79, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, SETTIMEOFDAY)}},
    {NO_CALL, 25, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, STIME)}},
    {SYS_clock_settime, 264, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, CLOCK_SETTIME)}},
    {NO_CALL, 404, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, CLOCK_SETTIME)}},
    {SYS_adjtimex, 124, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, ADJTIMEX)}},
    {SYS_clock_adjtime, 343, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, CLOCK_ADJTIME)}},
    {NO_CALL, 405, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, CLOCK_ADJTIME)}},
    {SYS_syslog, 103, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, SYSLOG)}},
    {SYS_kexec_load, 283, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, KEXEC_LOAD), .flags = 4}},
    {SYS_kexec_file_load,
     NO_CALL,
     KIND(SECURITY_SYSTEM),
     {SECURITY(SYSTEM, KEXEC_FILE_LOAD), .fd = 1, .data = 4, .flags = 5}},
#ifdef SYS_iopl /* of x86 */
    {SYS_iopl, 110, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, IOPL)}},
    {SYS_ioperm, 101, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, IOPERM)}},
#endif
    {SYS_reboot, 88, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, REBOOT)}},
    {SYS_sethostname, 74, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, SETHOSTNAME)}},
    {SYS_setdomainname, 121, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, SETDOMAINNAME)}},
    {SYS_fanotify_init, 338, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, FANOTIFY_INIT), .flags = 1}},
    {SYS_perf_event_open,
     336,
     KIND(SECURITY_SYSTEM),
     {SECURITY(SYSTEM, PERF_EVENT_OPEN), .target = 2, .flags = 5}},
    {SYS_personality, 136, KIND(SECURITY_SYSTEM), {SECURITY(SYSTEM, PERSONALITY), .flags = 1}},
    {448 /* process_mrelease, since 5.15 */,
     448,
     KIND(SECURITY_SYSTEM),
     {SECURITY(SYSTEM, PROCESS_MRELEASE)}},
    {SYS_setxattr,
     226,
     KIND(SECURITY_SYSTEM),
     {SECURITY(SYSTEM, SETXATTR), PATH(1), .name = 2, .flags = 5}},
    {SYS_lsetxattr,
     227,
     KIND(SECURITY_SYSTEM),
     {SECURITY(SYSTEM, LSETXATTR), PATH(1), .name = 2, .flags = 5}},
    {SYS_fsetxattr,
     228,
     KIND(SECURITY_SYSTEM),
     {SECURITY(SYSTEM, FSETXATTR), .fd = 1, .name = 2, .flags = 5}},
    {463 /* setxattrat, since 6.13 */,
     463,
     KIND(SECURITY_SYSTEM),
     {SECURITY(SYSTEM, SETXATTRAT), AT(1, 2), .name = 4, .flags = 3}},
    {SYS_dup, 41, KIND(SECURITY_REDIRECT), {ON_STANDARD(DUP)}},
    {SYS_dup3, 330, KIND(SECURITY_REDIRECT), {ON_STANDARD(DUP3), .flags = 3}},
    {SYS_fcntl, 55, KIND(SECURITY_REDIRECT), {ON_STANDARD(FCNTL)}},
    {NO_CALL, 221, KIND(SECURITY_REDIRECT), {ON_STANDARD(FCNTL)}},
#ifdef SYS_dup2
    {SYS_dup2, 63, KIND(SECURITY_REDIRECT), {ON_STANDARD(DUP2)}},
#endif

#ifdef SYS_open
    {SYS_open, 5, MEETING, {IPC_OPEN(EU_OP_OPEN), .flags = 2}},
    {SYS_creat, 8, MEETING, {IPC_OPEN(EU_OP_OPEN), .fixed_flags = O_CREAT | O_WRONLY | O_TRUNC}},
    {SYS_pipe, 42, MEETING, {IPC_OPEN(EU_OP_PIPE), .path = 1}},
    {SYS_dup2, 63, USING, {IPC_CLOSE(EU_OP_DUP), .fd = 1}},
#endif
    {SYS_openat, 295, MEETING, {IPC_OPEN(EU_OP_OPEN), .flags = 3}},
    {SYS_openat2, 437, MEETING, {IPC_OPEN(EU_OP_OPENAT2), .flags = 3}},
    {SYS_open_by_handle_at, 342, MEETING, {IPC_OPEN(EU_OP_OPEN), .flags = 3}},
    {SYS_pipe2, 331, MEETING, {IPC_OPEN(EU_OP_PIPE), .path = 1, .flags = 2}},
    {SYS_mq_open, 277, MEETING, {IPC_OPEN(EU_OP_MQ_OPEN), .flags = 2}},
    {SYS_socket, 359, USING, {IPC_SOCKET(EU_OP_SOCKET)}},
    {SYS_socketpair, 360, MEETING, {IPC_SOCKET(EU_OP_SOCKETPAIR)}},
    {SYS_bind, 361, MEETING, {IPC_SOCKET(EU_OP_BIND)}},
    {SYS_connect, 362, MEETING, {IPC_SOCKET(EU_OP_CONNECT)}},
    {SYS_listen, 363, MEETING, {IPC_SOCKET(EU_OP_LISTEN)}},
    {SYS_accept, NO_CALL, MEETING, {IPC_SOCKET(EU_OP_ACCEPT)}},
    {SYS_accept4, 364, MEETING, {IPC_SOCKET(EU_OP_ACCEPT)}},
    {NO_CALL, 102, MEETING, {IPC_SOCKET(EU_OP_SOCKETCALL)}},

    {SYS_close, 6, USING, {IPC_CLOSE(EU_OP_NONE), .fd = 1}},
    {SYS_close_range, 436, USING, {IPC_CLOSE(EU_OP_CLOSE_RANGE), .fd = 1, .fd_to = 2}},
    {SYS_dup, 41, USING, {IPC_CLOSE(EU_OP_DUP), .fd = 1}},
    {SYS_dup3, 330, USING, {IPC_CLOSE(EU_OP_DUP), .fd = 1}},
    {SYS_fcntl, 55, USING, {IPC_CLOSE(EU_OP_FCNTL), .fd = 1, .flags = 2}},
    {NO_CALL, 221, USING, {IPC_CLOSE(EU_OP_FCNTL), .fd = 1, .flags = 2}},

    {SYS_read, 3, USING, {IPC_IO(EU_OP_READ), .fd = 1}},
    {SYS_readv, 145, USING, {IPC_IO(EU_OP_READ), .fd = 1}},
    {SYS_preadv2, 378, USING, {IPC_IO(EU_OP_READ), .fd = 1}},
    {SYS_recvfrom, 371, USING, {IPC_IO(EU_OP_RECV), .fd = 1, .flags = 4}},
    {SYS_recvmsg, 372, USING, {IPC_IO(EU_OP_RECV), .fd = 1, .flags = 3}},
    {SYS_recvmmsg, 337, USING, {IPC_IO(EU_OP_RECVMMSG), .fd = 1, .flags = 4}},
    {NO_CALL, 417, USING, {IPC_IO(EU_OP_RECVMMSG), .fd = 1, .flags = 4}},
    {SYS_write, 4, USING, {IPC_IO(EU_OP_WRITE), .fd_to = 1}},
    {SYS_writev, 146, USING, {IPC_IO(EU_OP_WRITE), .fd_to = 1}},
    {SYS_pwritev2, 379, USING, {IPC_IO(EU_OP_WRITE), .fd_to = 1}},
    {SYS_sendto, 369, USING, {IPC_IO(EU_OP_SENDTO), .fd_to = 1}},
    {SYS_sendmsg, 370, USING, {IPC_IO(EU_OP_SENDMSG), .fd_to = 1}},
    {SYS_sendmmsg, 345, USING, {IPC_IO(EU_OP_SENDMMSG), .fd_to = 1}},
    {SYS_sendfile, 187, USING, {IPC_IO(EU_OP_COPY), .fd = 2, .fd_to = 1}},
    {NO_CALL, 239, USING, {IPC_IO(EU_OP_COPY), .fd = 2, .fd_to = 1}},
    {SYS_splice, 313, USING, {IPC_IO(EU_OP_COPY), .fd = 1, .fd_to = 3}},
    {SYS_tee, 315, USING, {IPC_IO(EU_OP_TEE), .fd_to = 2}},
    {SYS_vmsplice, 316, USING, {IPC_IO(EU_OP_VMSPLICE), .fd_to = 1}},
    {SYS_mq_timedsend, 279, USING, {IPC_IO(EU_OP_MQ_SEND), .fd_to = 1, .length = 3}},
    {NO_CALL, 418, USING, {IPC_IO(EU_OP_MQ_SEND), .fd_to = 1, .length = 3}},
    {SYS_mq_timedreceive, 280, USING, {IPC_IO(EU_OP_READ), .fd = 1, IPC_TYPE(POSIX_MQ)}},
    {NO_CALL, 419, USING, {IPC_IO(EU_OP_READ), .fd = 1, IPC_TYPE(POSIX_MQ)}},

    {SYS_shmget, 395, MEETING, {IPC_SYSV(EU_OP_GET), IPC_TYPE(SYSV_SHM), .length = 2, .flags = 3}},
    {SYS_msgget, 399, MEETING, {IPC_SYSV(EU_OP_GET), IPC_TYPE(SYSV_MSG), .flags = 2}},
    {SYS_semget, 393, MEETING, {IPC_SYSV(EU_OP_GET), IPC_TYPE(SYSV_SEM), .length = 2, .flags = 3}},
    {SYS_shmctl, 396, USING, {IPC_SYSV(EU_OP_CTL), IPC_TYPE(SYSV_SHM), .fd = 1, .flags = 2}},
    {SYS_msgctl, 402, USING, {IPC_SYSV(EU_OP_CTL), IPC_TYPE(SYSV_MSG), .fd = 1, .flags = 2}},
    {SYS_semctl, 394, USING, {IPC_SYSV(EU_OP_CTL), IPC_TYPE(SYSV_SEM), .fd = 1, .flags = 3}},
    {SYS_shmat, 397, USING, {IPC_SYSV(EU_OP_SHMAT), .fd = 1}},
    {SYS_shmdt, 398, USING, {IPC_SYSV(EU_OP_SHMDT)}},
    {SYS_msgsnd, 400, USING, {IPC_SYSV(EU_OP_MSGSND), .fd = 1}},
    {SYS_msgrcv, 401, USING, {IPC_SYSV(EU_OP_MSGRCV), .fd = 1}},
    {SYS_semop, NO_CALL, USING, {IPC_SYSV(EU_OP_SEMOP), .fd = 1}},
    {SYS_semtimedop, 420, USING, {IPC_SYSV(EU_OP_SEMOP), .fd = 1}},
    {NO_CALL, 117, MEETING, {IPC_SYSV(EU_OP_IPC)}},

    {SYS_read, 3, MESSAGES, {MESSAGE(EU_OP_MESSAGE_RECV), DATA}},
    {SYS_readv, 145, MESSAGES, {MESSAGE(EU_OP_MESSAGE_RECVV), DATA}},
    {SYS_preadv2, 378, MESSAGES, {MESSAGE(EU_OP_MESSAGE_RECVV), DATA}},
    {SYS_recvfrom, 371, MESSAGES, {MESSAGE(EU_OP_MESSAGE_RECV), DATA, .flags = 4, .new_path = 5}},
    {SYS_recvmsg, 372, MESSAGES, {MESSAGE(EU_OP_MESSAGE_RECVMSG), DATA, .flags = 3}},
    {SYS_recvmmsg, 337, MESSAGES, {MESSAGE(EU_OP_MESSAGE_RECVMMSG), DATA, .flags = 4}},
    {NO_CALL,
     417 /* recvmmsg_time64 */,
     MESSAGES,
     {MESSAGE(EU_OP_MESSAGE_RECVMMSG), DATA, .flags = 4}},
    {SYS_write, 4, MESSAGES, {MESSAGE(EU_OP_MESSAGE_SEND), DATA}},
    {SYS_writev, 146, MESSAGES, {MESSAGE(EU_OP_MESSAGE_SENDV), DATA}},
    {SYS_pwritev2, 379, MESSAGES, {MESSAGE(EU_OP_MESSAGE_SENDV), DATA}},
    {SYS_sendto, 369, MESSAGES, {MESSAGE(EU_OP_MESSAGE_SEND), DATA, .new_path = 5}},
    {SYS_sendmsg, 370, MESSAGES, {MESSAGE(EU_OP_MESSAGE_SENDMSG), DATA}},
    {SYS_sendmmsg, 345, MESSAGES, {MESSAGE(EU_OP_MESSAGE_SENDMMSG), DATA}},
    {NO_CALL, 102, MESSAGES, {MESSAGE(EU_OP_MESSAGE_SOCKETCALL)}},
};

uint64_t eu_family_kinds(enum eu_family family)
{
	switch (family) {
	case EU_FAMILY_FILE:
		return (KIND(TCP_CONNECT) - KIND(FILE_OPEN)) | KIND(FILE_MKNOD);
	case EU_FAMILY_NET:
		return ((KIND(DNS_ANSWER) << 1) - KIND(TCP_CONNECT)) | KIND(UDP_CONNECT);
	case EU_FAMILY_SYSCALL:
		return KIND(SYSCALL) | KIND(SYSCALL_CALL);
	case EU_FAMILY_SECURITY:
		return ((KIND(SECURITY_CHROOT) << 1) - KIND(SECURITY_PTRACE)) |
		       KIND(SECURITY_SOCKET) | KIND(SECURITY_SYSTEM);
	case EU_FAMILY_IPC:
		return (KIND(IPC_SIGNAL) << 1) - KIND(IPC_OPEN);
	case EU_FAMILY_PERF:
		return KIND(PERF_SAMPLE) | KIND(PERF_COUNTERS);
	default:
		return 0;
	}
}

bool eu_family_needs_calls(enum eu_family family)
{
	return family != EU_FAMILY_PERF && eu_family_kinds(family);
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

/* Index 0 means: none. Behind the rows stands the one that shows a call as such. */
#define N_ROWS	   (sizeof(rows) / sizeof(rows[0]))
#define CALL_ROUTE (N_ROWS + 1)
_Static_assert(CALL_ROUTE < EU_ROUTES_MAX, "there is room for every row");

static void route_calls(struct eu_routes *routes, const struct eu_syscall_wish *wish)
{
	routes->routes[CALL_ROUTE] = (struct eu_route){.handler = EU_HANDLER_SYSCALL,
						       .kind = EU_KIND_SYSCALL_CALL,
						       .family = EU_FAMILY_SYSCALL};
	for (size_t abi = 0; abi < 2; abi++) {
		for (uint16_t i = 0; i < EU_CALL_NUMBERS; i++) {
			if (wish->calls[abi][i / 64] >> (i % 64) & 1)
				chain(routes, abi, i, CALL_ROUTE);
		}
	}
}

void eu_routes_set(struct eu_routes *ret, uint64_t kinds, const struct eu_syscall_wish *wish)
{
	static struct eu_routes routes;

	memset(routes.first, 0, sizeof(routes.first));
	if (wish && kinds & KIND(SYSCALL_CALL)) {
		route_calls(&routes, wish);
		memcpy(routes.shapes, wish->shapes, sizeof(routes.shapes));
	}
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
	memcpy(ret->shapes, routes.shapes, sizeof(ret->shapes));
	__atomic_thread_fence(__ATOMIC_RELEASE);
	memcpy(ret->first, routes.first, sizeof(ret->first));
}
