/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Prints the record ABI as the compiler sees it, for the comparison with the C# reader:
 * "struct.field offset size" for every field, "struct size" for every struct, "NAME value" for
 * every constant.
 */
#include <eunomia/event.h>

#include <stddef.h>
#include <stdio.h>

#define STRUCT(type) printf(#type " %zu\n", sizeof(struct type))
#define FIELD(type, field)                                                                         \
	printf(#type "." #field " %zu %zu\n", offsetof(struct type, field),                        \
	       sizeof(((struct type *)NULL)->field))
#define VALUE(name) printf(#name " %llu\n", (unsigned long long)(name))

static void print_header(void)
{
	STRUCT(eu_event_header);
	FIELD(eu_event_header, ts_ns);
	FIELD(eu_event_header, seq);
	FIELD(eu_event_header, cgroup_key);
	FIELD(eu_event_header, start_ns);
	FIELD(eu_event_header, tgid);
	FIELD(eu_event_header, tid);
	FIELD(eu_event_header, ppid);
	FIELD(eu_event_header, pidns);
	FIELD(eu_event_header, mntns);
	FIELD(eu_event_header, kind);
	FIELD(eu_event_header, size);
	FIELD(eu_event_header, cpu);
	FIELD(eu_event_header, flags);
	FIELD(eu_event_header, truncated);
}

static void print_fork(void)
{
	STRUCT(eu_fork);
	FIELD(eu_fork, hdr);
	FIELD(eu_fork, parent_start_ns);
	FIELD(eu_fork, parent_tid);
	FIELD(eu_fork, vpid);
	FIELD(eu_fork, uid);
	FIELD(eu_fork, gid);
	FIELD(eu_fork, comm);
}

static void print_exec(void)
{
	STRUCT(eu_exec);
	FIELD(eu_exec, hdr);
	FIELD(eu_exec, cap_effective);
	FIELD(eu_exec, cap_permitted);
	FIELD(eu_exec, cap_inheritable);
	FIELD(eu_exec, exe_inode);
	FIELD(eu_exec, exe_ctime_ns);
	FIELD(eu_exec, exe_mtime_ns);
	FIELD(eu_exec, exe_dev);
	FIELD(eu_exec, userns);
	FIELD(eu_exec, uid);
	FIELD(eu_exec, gid);
	FIELD(eu_exec, euid);
	FIELD(eu_exec, egid);
	FIELD(eu_exec, loginuid);
	FIELD(eu_exec, audit_session);
	FIELD(eu_exec, sid);
	FIELD(eu_exec, pgid);
	FIELD(eu_exec, tty);
	FIELD(eu_exec, vpid);
	FIELD(eu_exec, vsid);
	FIELD(eu_exec, vpgid);
	FIELD(eu_exec, argc);
	FIELD(eu_exec, exe_flags);
	FIELD(eu_exec, comm);
	FIELD(eu_exec, exe_len);
	FIELD(eu_exec, filename_len);
	FIELD(eu_exec, cwd_len);
	FIELD(eu_exec, args_len);
	FIELD(eu_exec, env_len);
	FIELD(eu_exec, syscall);
	FIELD(eu_exec, syscall_abi);
	FIELD(eu_exec, reserved);
	FIELD(eu_exec, exe_mode);
}

static void print_exit(void)
{
	STRUCT(eu_exit);
	FIELD(eu_exit, hdr);
	FIELD(eu_exit, duration_ns);
	FIELD(eu_exit, cpu_ns);
	FIELD(eu_exit, exit_code);
	FIELD(eu_exit, signal);
	FIELD(eu_exit, vpid);
	FIELD(eu_exit, uid);
	FIELD(eu_exit, gid);
	FIELD(eu_exit, exit_flags);
	FIELD(eu_exit, comm);
}

static void print_cgroup(void)
{
	STRUCT(eu_cgroup);
	FIELD(eu_cgroup, hdr);
	FIELD(eu_cgroup, key);
	FIELD(eu_cgroup, parent_key);
	FIELD(eu_cgroup, hierarchy);
	FIELD(eu_cgroup, level);
	FIELD(eu_cgroup, path_len);
	FIELD(eu_cgroup, reserved);
}

static void print_actor(void)
{
	STRUCT(eu_actor);
	FIELD(eu_actor, uid);
	FIELD(eu_actor, gid);
	FIELD(eu_actor, vpid);
	FIELD(eu_actor, syscall);
	FIELD(eu_actor, syscall_abi);
	FIELD(eu_actor, syscall_part);
	FIELD(eu_actor, comm);
}

static void print_file_open(void)
{
	STRUCT(eu_file_open);
	FIELD(eu_file_open, hdr);
	FIELD(eu_file_open, actor);
	FIELD(eu_file_open, open_flags);
	FIELD(eu_file_open, resolve);
	FIELD(eu_file_open, inode);
	FIELD(eu_file_open, dev);
	FIELD(eu_file_open, mode);
	FIELD(eu_file_open, file_mode);
	FIELD(eu_file_open, result);
	FIELD(eu_file_open, file_flags);
	FIELD(eu_file_open, path_len);
	FIELD(eu_file_open, raw_len);
	FIELD(eu_file_open, base_len);
	FIELD(eu_file_open, reserved);
}

static void print_file_io(void)
{
	STRUCT(eu_file_io);
	FIELD(eu_file_io, hdr);
	FIELD(eu_file_io, actor);
	FIELD(eu_file_io, opened_ns);
	FIELD(eu_file_io, bytes_read);
	FIELD(eu_file_io, bytes_written);
	FIELD(eu_file_io, inode);
	FIELD(eu_file_io, reads);
	FIELD(eu_file_io, writes);
	FIELD(eu_file_io, dev);
	FIELD(eu_file_io, file_mode);
	FIELD(eu_file_io, fd);
	FIELD(eu_file_io, result);
	FIELD(eu_file_io, file_flags);
	FIELD(eu_file_io, path_len);
	FIELD(eu_file_io, reserved);
}

static void print_file_change(void)
{
	STRUCT(eu_file_change);
	FIELD(eu_file_change, hdr);
	FIELD(eu_file_change, actor);
	FIELD(eu_file_change, length);
	FIELD(eu_file_change, flags);
	FIELD(eu_file_change, mode);
	FIELD(eu_file_change, owner);
	FIELD(eu_file_change, group);
	FIELD(eu_file_change, result);
	FIELD(eu_file_change, fd);
	FIELD(eu_file_change, path_len);
	FIELD(eu_file_change, raw_len);
	FIELD(eu_file_change, base_len);
	FIELD(eu_file_change, new_raw_len);
	FIELD(eu_file_change, new_base_len);
	FIELD(eu_file_change, reserved);
	FIELD(eu_file_change, dev);
}

static void print_tcp(void)
{
	STRUCT(eu_syscall_errno);
	FIELD(eu_syscall_errno, number);
	FIELD(eu_syscall_errno, count);
	STRUCT(eu_syscall);
	FIELD(eu_syscall, hdr);
	FIELD(eu_syscall, actor);
	FIELD(eu_syscall, count);
	FIELD(eu_syscall, errors);
	FIELD(eu_syscall, refused);
	FIELD(eu_syscall, latency_total_ns);
	FIELD(eu_syscall, latency_max_ns);
	FIELD(eu_syscall, number);
	FIELD(eu_syscall, abi);
	FIELD(eu_syscall, flags);
	FIELD(eu_syscall, errnos);
	FIELD(eu_syscall, latency);
	STRUCT(eu_syscall_call);
	FIELD(eu_syscall_call, hdr);
	FIELD(eu_syscall_call, actor);
	FIELD(eu_syscall_call, args);
	FIELD(eu_syscall_call, result);
	FIELD(eu_syscall_call, latency_ns);
	FIELD(eu_syscall_call, number);
	FIELD(eu_syscall_call, abi);
	FIELD(eu_syscall_call, refused);
	FIELD(eu_syscall_call, text_len);
	FIELD(eu_syscall_call, address_len);
	FIELD(eu_syscall_call, reserved);
	STRUCT(eu_tcp);
	FIELD(eu_tcp, hdr);
	FIELD(eu_tcp, actor);
	FIELD(eu_tcp, local_addr);
	FIELD(eu_tcp, peer_addr);
	FIELD(eu_tcp, latency_ns);
	FIELD(eu_tcp, duration_ns);
	FIELD(eu_tcp, bytes_sent);
	FIELD(eu_tcp, bytes_received);
	FIELD(eu_tcp, retransmits);
	FIELD(eu_tcp, backlog);
	FIELD(eu_tcp, netns);
	FIELD(eu_tcp, result);
	FIELD(eu_tcp, local_port);
	FIELD(eu_tcp, peer_port);
	FIELD(eu_tcp, family);
	FIELD(eu_tcp, direction);
}

static void print_security(void)
{
	STRUCT(eu_security);
	FIELD(eu_security, hdr);
	FIELD(eu_security, actor);
	FIELD(eu_security, args);
	FIELD(eu_security, flags);
	FIELD(eu_security, value);
	FIELD(eu_security, cap_effective);
	FIELD(eu_security, cap_permitted);
	FIELD(eu_security, count);
	FIELD(eu_security, euid);
	FIELD(eu_security, target_pid);
	FIELD(eu_security, target_vpid);
	FIELD(eu_security, detail);
	FIELD(eu_security, result);
	FIELD(eu_security, reserved);
	FIELD(eu_security, call);
	FIELD(eu_security, security_flags);
	FIELD(eu_security, path_len);
	FIELD(eu_security, raw_len);
	FIELD(eu_security, base_len);
	FIELD(eu_security, source_len);
	FIELD(eu_security, name_len);
	FIELD(eu_security, data_len);
}

static void print_ids(void)
{
	STRUCT(eu_ids);
	FIELD(eu_ids, cap_effective);
	FIELD(eu_ids, cap_permitted);
	FIELD(eu_ids, cap_inheritable);
	FIELD(eu_ids, uid);
	FIELD(eu_ids, euid);
	FIELD(eu_ids, suid);
	FIELD(eu_ids, fsuid);
	FIELD(eu_ids, gid);
	FIELD(eu_ids, egid);
	FIELD(eu_ids, sgid);
	FIELD(eu_ids, fsgid);
}

static void print_security_credentials(void)
{
	STRUCT(eu_security_credentials);
	FIELD(eu_security_credentials, call);
	FIELD(eu_security_credentials, before);
	FIELD(eu_security_credentials, after);
}

static void print_security_redirect(void)
{
	STRUCT(eu_security_redirect);
	FIELD(eu_security_redirect, call);
	FIELD(eu_security_redirect, local_addr);
	FIELD(eu_security_redirect, peer_addr);
	FIELD(eu_security_redirect, netns);
	FIELD(eu_security_redirect, local_port);
	FIELD(eu_security_redirect, peer_port);
	FIELD(eu_security_redirect, family);
	FIELD(eu_security_redirect, protocol);
	FIELD(eu_security_redirect, reserved);
}

static void print_ipc(void)
{
	STRUCT(eu_ipc);
	FIELD(eu_ipc, hdr);
	FIELD(eu_ipc, actor);
	FIELD(eu_ipc, opened_ns);
	FIELD(eu_ipc, bytes_sent);
	FIELD(eu_ipc, bytes_received);
	FIELD(eu_ipc, messages_sent);
	FIELD(eu_ipc, messages_received);
	FIELD(eu_ipc, inode);
	FIELD(eu_ipc, peer_inode);
	FIELD(eu_ipc, size);
	FIELD(eu_ipc, dev);
	FIELD(eu_ipc, peer_pid);
	FIELD(eu_ipc, ns);
	FIELD(eu_ipc, key);
	FIELD(eu_ipc, id);
	FIELD(eu_ipc, fd);
	FIELD(eu_ipc, peer_fd);
	FIELD(eu_ipc, open_flags);
	FIELD(eu_ipc, result);
	FIELD(eu_ipc, ipc_flags);
	FIELD(eu_ipc, type);
	FIELD(eu_ipc, role);
	FIELD(eu_ipc, socket_type);
	FIELD(eu_ipc, name_len);
}

static void print_signal(void)
{
	STRUCT(eu_signal);
	FIELD(eu_signal, hdr);
	FIELD(eu_signal, actor);
	FIELD(eu_signal, target_start_ns);
	FIELD(eu_signal, target_cgroup_key);
	FIELD(eu_signal, count);
	FIELD(eu_signal, target_tgid);
	FIELD(eu_signal, target_tid);
	FIELD(eu_signal, target_vpid);
	FIELD(eu_signal, target_pidns);
	FIELD(eu_signal, signal);
	FIELD(eu_signal, code);
	FIELD(eu_signal, result);
	FIELD(eu_signal, signal_flags);
	FIELD(eu_signal, target_comm);
}

static void print_ipc_constants(void)
{
	VALUE(EU_KIND_SYSCALL);
	VALUE(EU_KIND_SYSCALL_CALL);
	VALUE(EU_ABI_NATIVE);
	VALUE(EU_ABI_COMPAT);
	VALUE(EU_ABI_X32);
	VALUE(EU_SYSCALL_UNKNOWN);
	VALUE(EU_SYSCALL_ERRNOS);
	VALUE(EU_SYSCALL_BUCKETS);
	VALUE(EU_SYSCALL_OVERFLOW);
	VALUE(EU_SYSCALL_TEXTS);
	VALUE(EU_SYSCALL_TEXT_MAX);
	VALUE(EU_SYSCALL_ADDRESS_MAX);
	VALUE(EU_TRUNC_TEXT);
	VALUE(EU_KIND_IPC_OPEN);
	VALUE(EU_KIND_IPC_USE);
	VALUE(EU_KIND_IPC_TRAFFIC);
	VALUE(EU_KIND_IPC_CLOSE);
	VALUE(EU_KIND_IPC_SIGNAL);
	VALUE(EU_IPC_PIPE);
	VALUE(EU_IPC_FIFO);
	VALUE(EU_IPC_UNIX);
	VALUE(EU_IPC_SYSV_SHM);
	VALUE(EU_IPC_SYSV_MSG);
	VALUE(EU_IPC_SYSV_SEM);
	VALUE(EU_IPC_POSIX_MQ);
	VALUE(EU_IPC_POSIX_SHM);
	VALUE(EU_IPC_ROLE_NONE);
	VALUE(EU_IPC_READER);
	VALUE(EU_IPC_WRITER);
	VALUE(EU_IPC_READER_WRITER);
	VALUE(EU_IPC_CLIENT);
	VALUE(EU_IPC_SERVER);
	VALUE(EU_IPC_LISTENER);
	VALUE(EU_IPC_BOUND);
	VALUE(EU_IPC_PAIR);
	VALUE(EU_IPC_INHERITED);
	VALUE(EU_IPC_IMPLICIT);
	VALUE(EU_IPC_REMOVED);
	VALUE(EU_SIGNAL_KERNEL);
	VALUE(EU_SIGNAL_THREAD);
}

static void print_udp(void)
{
	STRUCT(eu_udp);
	FIELD(eu_udp, hdr);
	FIELD(eu_udp, actor);
	FIELD(eu_udp, local_addr);
	FIELD(eu_udp, peer_addr);
	FIELD(eu_udp, duration_ns);
	FIELD(eu_udp, datagrams_sent);
	FIELD(eu_udp, datagrams_received);
	FIELD(eu_udp, bytes_sent);
	FIELD(eu_udp, bytes_received);
	FIELD(eu_udp, errors);
	FIELD(eu_udp, netns);
	FIELD(eu_udp, result);
	FIELD(eu_udp, end);
	FIELD(eu_udp, udp_flags);
	FIELD(eu_udp, local_port);
	FIELD(eu_udp, peer_port);
	FIELD(eu_udp, family);
	FIELD(eu_udp, direction);
}

static void print_dns(void)
{
	STRUCT(eu_dns);
	FIELD(eu_dns, hdr);
	FIELD(eu_dns, actor);
	FIELD(eu_dns, local_addr);
	FIELD(eu_dns, peer_addr);
	FIELD(eu_dns, socket);
	FIELD(eu_dns, message_len);
	FIELD(eu_dns, netns);
	FIELD(eu_dns, local_port);
	FIELD(eu_dns, peer_port);
	FIELD(eu_dns, family);
	FIELD(eu_dns, direction);
	FIELD(eu_dns, transport);
	FIELD(eu_dns, data_len);
	FIELD(eu_dns, reserved);
}

static void print_perf(void)
{
	STRUCT(eu_enforce);
	FIELD(eu_enforce, hdr);
	FIELD(eu_enforce, actor);
	FIELD(eu_enforce, inode);
	FIELD(eu_enforce, addr);
	FIELD(eu_enforce, policy);
	FIELD(eu_enforce, dev);
	FIELD(eu_enforce, operation);
	FIELD(eu_enforce, enforce_flags);
	FIELD(eu_enforce, port);
	FIELD(eu_enforce, family);
	FIELD(eu_enforce, protocol);
	FIELD(eu_enforce, path_len);
	FIELD(eu_enforce, reserved);
	STRUCT(eu_perf_sample);
	FIELD(eu_perf_sample, hdr);
	FIELD(eu_perf_sample, actor);
	FIELD(eu_perf_sample, weight_ns);
	FIELD(eu_perf_sample, kernel_len);
	FIELD(eu_perf_sample, user_len);
	FIELD(eu_perf_sample, reserved);
	STRUCT(eu_perf_counters);
	FIELD(eu_perf_counters, hdr);
	FIELD(eu_perf_counters, actor);
	FIELD(eu_perf_counters, cpu_ns);
	FIELD(eu_perf_counters, voluntary_switches);
	FIELD(eu_perf_counters, involuntary_switches);
	FIELD(eu_perf_counters, minor_faults);
	FIELD(eu_perf_counters, major_faults);
	FIELD(eu_perf_counters, migrations);
	FIELD(eu_perf_counters, counters);
	FIELD(eu_perf_counters, available);
	FIELD(eu_perf_counters, final);
}

static void print_constants(void)
{
	VALUE(EU_ABI_VERSION);
	VALUE(EU_KIND_UNSPECIFIED);
	VALUE(EU_KIND_PROCESS_FORK);
	VALUE(EU_KIND_PROCESS_EXEC);
	VALUE(EU_KIND_PROCESS_EXIT);
	VALUE(EU_KIND_CGROUP_MKDIR);
	VALUE(EU_KIND_CGROUP_RMDIR);
	VALUE(EU_KIND_FILE_OPEN);
	VALUE(EU_KIND_FILE_CLOSE);
	VALUE(EU_KIND_FILE_IO);
	VALUE(EU_KIND_FILE_UNLINK);
	VALUE(EU_KIND_FILE_RENAME);
	VALUE(EU_KIND_FILE_LINK);
	VALUE(EU_KIND_FILE_SYMLINK);
	VALUE(EU_KIND_FILE_MKDIR);
	VALUE(EU_KIND_FILE_RMDIR);
	VALUE(EU_KIND_FILE_CHMOD);
	VALUE(EU_KIND_FILE_CHOWN);
	VALUE(EU_KIND_FILE_TRUNCATE);
	VALUE(EU_KIND_TCP_CONNECT);
	VALUE(EU_KIND_TCP_LISTEN);
	VALUE(EU_KIND_TCP_ACCEPT);
	VALUE(EU_KIND_TCP_CLOSE);
	VALUE(EU_KIND_SECURITY_PTRACE);
	VALUE(EU_KIND_SECURITY_NAMESPACE);
	VALUE(EU_KIND_SECURITY_MOUNT);
	VALUE(EU_KIND_SECURITY_MODULE);
	VALUE(EU_KIND_SECURITY_BPF);
	VALUE(EU_KIND_SECURITY_CREDENTIALS);
	VALUE(EU_KIND_SECURITY_CAPABILITY);
	VALUE(EU_KIND_SECURITY_MEMFD);
	VALUE(EU_KIND_SECURITY_USERFAULTFD);
	VALUE(EU_KIND_SECURITY_KEY);
	VALUE(EU_KIND_SECURITY_IO_URING);
	VALUE(EU_KIND_SECURITY_IO_URING_OP);
	VALUE(EU_KIND_SECURITY_PROCESS_VM);
	VALUE(EU_KIND_SECURITY_PRCTL);
	VALUE(EU_KIND_SECURITY_REDIRECT);
	VALUE(EU_KIND_SECURITY_OOM);
	VALUE(EU_KIND_SECURITY_CHROOT);
	VALUE(EU_KIND_UDP_OPEN);
	VALUE(EU_KIND_UDP_CLOSE);
	VALUE(EU_KIND_DNS_QUERY);
	VALUE(EU_KIND_DNS_ANSWER);
	VALUE(EU_KIND_PERF_SAMPLE);
	VALUE(EU_KIND_PERF_COUNTERS);
	VALUE(EU_KIND_FILE_MKNOD);
	VALUE(EU_KIND_SECURITY_SOCKET);
	VALUE(EU_KIND_SECURITY_SYSTEM);
	VALUE(EU_KIND_UDP_CONNECT);
	VALUE(EU_KIND_ENFORCE_DECISION);
	VALUE(EU_ENFORCE_EXEC);
	VALUE(EU_ENFORCE_OPEN_READ);
	VALUE(EU_ENFORCE_OPEN_WRITE);
	VALUE(EU_ENFORCE_CONNECT);
	VALUE(EU_ENFORCE_SEND);
	VALUE(EU_ENFORCE_BIND);
	VALUE(EU_ENFORCE_DRY_RUN);
	VALUE(EU_ENFORCE_KILLED);
	VALUE(EU_ENFORCE_DENIED);
	VALUE(EU_ENFORCE_TEXT_MAX);
	VALUE(_EU_ENFORCE_OPERATION_MAX);
	VALUE(EU_PERF_FRAMES);
	VALUE(EU_PERF_COUNTER_SLOTS);
	VALUE(EU_PERF_CPU_CYCLES);
	VALUE(EU_PERF_INSTRUCTIONS);
	VALUE(EU_PERF_CACHE_REFERENCES);
	VALUE(EU_PERF_CACHE_MISSES);
	VALUE(EU_PERF_BRANCHES);
	VALUE(EU_PERF_BRANCH_MISSES);
	VALUE(EU_PERF_CPU_CLOCK);
	VALUE(_EU_PERF_COUNTER_MAX);
	VALUE(_EU_KIND_MAX);
	VALUE(EU_KIND_SLOTS);
	VALUE(EU_FLAG_SNAPSHOT);
	VALUE(EU_FLAG_LATE);
	VALUE(EU_FLAG_COMPACT);
	VALUE(EU_TRUNC_ARGS);
	VALUE(EU_TRUNC_EXE);
	VALUE(EU_TRUNC_CWD);
	VALUE(EU_TRUNC_FILENAME);
	VALUE(EU_TRUNC_ENV);
	VALUE(EU_TRUNC_CGROUP);
	VALUE(EU_TRUNC_PATH);
	VALUE(EU_TRUNC_RAW);
	VALUE(EU_TRUNC_BASE);
	VALUE(EU_TRUNC_NEW_RAW);
	VALUE(EU_TRUNC_NEW_BASE);
	VALUE(EU_TRUNC_SOURCE);
	VALUE(EU_TRUNC_NAME);
	VALUE(EU_TRUNC_DATA);
	VALUE(EU_TRUNC_MESSAGE);
	VALUE(EU_TRUNC_STACK);
	VALUE(EU_FILE_CREATED);
	VALUE(EU_FILE_UNLINKED);
	VALUE(EU_FILE_IMPLICIT);
	VALUE(EU_FILE_INHERITED);
	VALUE(EU_TCP_UNKNOWN);
	VALUE(EU_TCP_OUTBOUND);
	VALUE(EU_TCP_INBOUND);
	VALUE(EU_TCP_LISTENING);
	VALUE(EU_AF_UNIX);
	VALUE(EU_UDP_RUNNING);
	VALUE(EU_UDP_IDLE);
	VALUE(EU_UDP_CLOSED);
	VALUE(EU_UDP_CONNECTED);
	VALUE(EU_AF_INET);
	VALUE(EU_AF_INET6);
	VALUE(EU_OPEN_PATH_MAX);
	VALUE(EU_DNS_MESSAGE_MAX);
	VALUE(EU_EXE_MEMFD);
	VALUE(EU_EXE_UPPER_LAYER);
	VALUE(EU_EXE_WRITABLE);
	VALUE(EU_EXE_UNLINKED);
	VALUE(EU_EXIT_CORE);
	VALUE(EU_CALL_NONE);
	VALUE(EU_CALL_PTRACE);
	VALUE(EU_CALL_SETNS);
	VALUE(EU_CALL_UNSHARE);
	VALUE(EU_CALL_CLONE);
	VALUE(EU_CALL_CLONE3);
	VALUE(EU_CALL_MOUNT);
	VALUE(EU_CALL_UMOUNT);
	VALUE(EU_CALL_UMOUNT2);
	VALUE(EU_CALL_PIVOT_ROOT);
	VALUE(EU_CALL_MOVE_MOUNT);
	VALUE(EU_CALL_OPEN_TREE);
	VALUE(EU_CALL_OPEN_TREE_ATTR);
	VALUE(EU_CALL_FSOPEN);
	VALUE(EU_CALL_FSCONFIG);
	VALUE(EU_CALL_FSMOUNT);
	VALUE(EU_CALL_FSPICK);
	VALUE(EU_CALL_MOUNT_SETATTR);
	VALUE(EU_CALL_INIT_MODULE);
	VALUE(EU_CALL_FINIT_MODULE);
	VALUE(EU_CALL_DELETE_MODULE);
	VALUE(EU_CALL_BPF);
	VALUE(EU_CALL_SETUID);
	VALUE(EU_CALL_SETGID);
	VALUE(EU_CALL_SETREUID);
	VALUE(EU_CALL_SETREGID);
	VALUE(EU_CALL_SETRESUID);
	VALUE(EU_CALL_SETRESGID);
	VALUE(EU_CALL_SETFSUID);
	VALUE(EU_CALL_SETFSGID);
	VALUE(EU_CALL_SETGROUPS);
	VALUE(EU_CALL_CAPSET);
	VALUE(EU_CALL_MEMFD_CREATE);
	VALUE(EU_CALL_MEMFD_SECRET);
	VALUE(EU_CALL_USERFAULTFD);
	VALUE(EU_CALL_ADD_KEY);
	VALUE(EU_CALL_REQUEST_KEY);
	VALUE(EU_CALL_KEYCTL);
	VALUE(EU_CALL_IO_URING_SETUP);
	VALUE(EU_CALL_IO_URING_REGISTER);
	VALUE(EU_CALL_PROCESS_VM_READV);
	VALUE(EU_CALL_PROCESS_VM_WRITEV);
	VALUE(EU_CALL_PIDFD_GETFD);
	VALUE(EU_CALL_PROCESS_MADVISE);
	VALUE(EU_CALL_PRCTL);
	VALUE(EU_CALL_SECCOMP);
	VALUE(EU_CALL_DUP);
	VALUE(EU_CALL_DUP2);
	VALUE(EU_CALL_DUP3);
	VALUE(EU_CALL_FCNTL);
	VALUE(EU_CALL_CHROOT);
	VALUE(EU_CALL_SOCKET);
	VALUE(EU_CALL_SWAPON);
	VALUE(EU_CALL_SWAPOFF);
	VALUE(EU_CALL_ACCT);
	VALUE(EU_CALL_QUOTACTL);
	VALUE(EU_CALL_QUOTACTL_FD);
	VALUE(EU_CALL_SETTIMEOFDAY);
	VALUE(EU_CALL_STIME);
	VALUE(EU_CALL_CLOCK_SETTIME);
	VALUE(EU_CALL_ADJTIMEX);
	VALUE(EU_CALL_CLOCK_ADJTIME);
	VALUE(EU_CALL_SYSLOG);
	VALUE(EU_CALL_KEXEC_LOAD);
	VALUE(EU_CALL_KEXEC_FILE_LOAD);
	VALUE(EU_CALL_IOPL);
	VALUE(EU_CALL_IOPERM);
	VALUE(EU_CALL_REBOOT);
	VALUE(EU_CALL_SETHOSTNAME);
	VALUE(EU_CALL_SETDOMAINNAME);
	VALUE(EU_CALL_FANOTIFY_INIT);
	VALUE(EU_CALL_PERF_EVENT_OPEN);
	VALUE(EU_CALL_PERSONALITY);
	VALUE(EU_CALL_PROCESS_MRELEASE);
	VALUE(EU_CALL_SETXATTR);
	VALUE(EU_CALL_LSETXATTR);
	VALUE(EU_CALL_FSETXATTR);
	VALUE(EU_CALL_SETXATTRAT);
	VALUE(_EU_CALL_MAX);
	VALUE(EU_SECURITY_COMPAT);
	VALUE(EU_SECURITY_BEFORE);
	VALUE(EU_ID_UNSET);
	VALUE(EU_COMM_LEN);
	VALUE(EU_CGROUP_PATH_MAX);
	VALUE(EU_ARGS_MAX);
	VALUE(EU_PATH_MAX);
	VALUE(EU_ENV_MAX);
	VALUE(EU_RECORD_MAX);
	/* A function in C#: one sample that both must agree on. */
	printf("EU_CGROUP_KEY_SAMPLE %llu\n", EU_CGROUP_KEY(7, 0xab00000000000001ull));
}

int main(void)
{
	print_header();
	print_fork();
	print_exec();
	print_exit();
	print_cgroup();
	print_actor();
	print_file_open();
	print_file_io();
	print_file_change();
	print_tcp();
	print_security();
	print_ids();
	print_security_credentials();
	print_security_redirect();
	print_ipc();
	print_signal();
	print_udp();
	print_dns();
	print_perf();
	print_constants();
	print_ipc_constants();
	return 0;
}
