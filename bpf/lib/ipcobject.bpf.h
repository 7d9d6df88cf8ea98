/* SPDX-License-Identifier: GPL-2.0-only */
/* What kind of object a file is that processes talk through, and what the kernel knows of it. */
#pragma once

#include "lib/fdtable.bpf.h"

#define S_IFIFO	 0010000
#define S_IFSOCK 0140000

#define PIPEFS_MAGIC 0x50495045 /* include/uapi/linux/magic.h, like the next */
#define TMPFS_MAGIC  0x01021994

#define AF_UNIX	       1
#define SOCK_DGRAM     2
#define SOCK_SEQPACKET 5
#define TCP_LISTEN     10 /* sk_state of any socket that listens */

#define FMODE_READ  0x1 /* include/linux/fs.h */
#define FMODE_WRITE 0x2

#define SHM_DIRECTORY_LEN 9 /* "/dev/shm/" */

#define E2BIG  7
#define EEXIST 17

#define UNIX_NAME_MAX 108
#define MQ_NAME_MAX   255

/* The unix socket behind a socket's file, or NULL. */
static __always_inline struct sock *file_socket(struct file *file)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sk = BPF_CORE_READ(socket, sk);

	return sk && BPF_CORE_READ(sk, __sk_common.skc_family) == AF_UNIX ? sk : NULL;
}

/* What most calls are made on is neither. */
static __always_inline bool may_be_ipc(struct inode *inode)
{
	__u32 type = BPF_CORE_READ(inode, i_mode) & S_IFMT;

	return type == S_IFIFO || type == S_IFSOCK;
}

/* enum eu_ipc_type of a pipe, a fifo or a socket; 0 for anything else. */
static __always_inline __u32 object_type(struct file *file, struct inode *inode)
{
	__u32 type = BPF_CORE_READ(inode, i_mode) & S_IFMT;

	if (type == S_IFIFO)
		return BPF_CORE_READ(inode, i_sb, s_magic) == PIPEFS_MAGIC ? EU_IPC_PIPE
									   : EU_IPC_FIFO;
	return type == S_IFSOCK && file_socket(file) ? EU_IPC_UNIX : 0;
}

static __always_inline struct sock *socket_peer(struct sock *sk)
{
	return sk ? BPF_CORE_READ((struct unix_sock *)sk, peer) : NULL;
}

/* 0 until somebody has the other socket in a descriptor. */
static __always_inline __u64 socket_peer_inode(struct sock *sk)
{
	struct sock *peer = socket_peer(sk);
	struct socket *socket = peer ? BPF_CORE_READ(peer, sk_socket) : NULL;
	struct file *file = socket ? BPF_CORE_READ(socket, file) : NULL;

	return file ? BPF_CORE_READ(file, f_inode, i_ino) : 0;
}

/* The name that a socket is bound to, an abstract one with its NUL in front. Returns its length. */
static __always_inline __u32 socket_name(struct sock *sk, char *name)
{
	struct unix_address *address = sk ? BPF_CORE_READ((struct unix_sock *)sk, addr) : NULL;
	char *text = (char *)address + bpf_core_field_offset(struct unix_address, name) +
		     bpf_core_field_offset(struct sockaddr_un, sun_path);
	long len = address ? BPF_CORE_READ(address, len) -
				 (int)bpf_core_field_offset(struct sockaddr_un, sun_path)
			   : 0;

	if (len <= 0 || len > UNIX_NAME_MAX)
		return 0;
	asm volatile("%0 &= 127" : "+r"(len));
	if (bpf_probe_read_kernel(name, len, text) < 0)
		return 0;
	if (name[0] == '\0')
		return len;
	len = bpf_probe_read_kernel_str(name, UNIX_NAME_MAX, text);
	return len > 0 ? len - 1 : 0;
}

static __always_inline __u32 socket_role(struct sock *sk, bool named, bool peer_named)
{
	if (BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_LISTEN)
		return EU_IPC_LISTENER;
	if (!socket_peer(sk))
		return named ? EU_IPC_BOUND : EU_IPC_ROLE_NONE;
	if (peer_named)
		return EU_IPC_CLIENT;
	return named ? EU_IPC_SERVER : EU_IPC_PAIR;
}

__noinline int describe_socket(struct eu_ipc_end *end, __u64 file_address)
{
	struct file *file = (void *)file_address;
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sk = BPF_CORE_READ(socket, sk), *peer = socket_peer(sk);
	struct pid *pid = BPF_CORE_READ(sk, sk_peer_pid);
	__u32 own, others = 0;

	if (!end)
		return 0;
	own = socket_name(sk, end->name);
	if (!own)
		others = socket_name(peer, end->name);
	else if (peer && BPF_CORE_READ((struct unix_sock *)peer, addr))
		others = own;
	end->rec.name_len = own ? own : others;
	end->rec.role = socket_role(sk, own, others);
	end->rec.socket_type = BPF_CORE_READ(socket, type);
	end->rec.peer_inode = socket_peer_inode(sk);
	if (peer && pid)
		end->rec.peer_pid = BPF_CORE_READ(pid, numbers[0].nr);
	return 0;
}

/* Puts the path behind the record under construction and moves it into the name. */
static __always_inline int name_from_path(struct eu_ipc_end *end, __u64 file)
{
	char *rec = record_get();
	__u32 len;

	if (!end || !rec)
		return 0;
	((struct eu_event_header *)rec)->truncated = 0;
	len = tail_file(sizeof(struct eu_ipc), file, EU_TRUNC_PATH);
	end->rec.hdr.truncated |= ((struct eu_event_header *)rec)->truncated & EU_TRUNC_PATH;
	if (len > EU_OPEN_PATH_MAX) {
		len = EU_OPEN_PATH_MAX;
		end->rec.hdr.truncated |= EU_TRUNC_PATH;
	}
	end->rec.name_len = len;
	bpf_probe_read_kernel(end->name, sizeof(end->name), rec + sizeof(struct eu_ipc));
	return 0;
}

static __always_inline __u32 role_of_mode(struct file *file)
{
	return BPF_CORE_READ(file, f_mode) & (FMODE_READ | FMODE_WRITE);
}

/* A queue's name is that of its file in mqueue's own file system. */
static __always_inline void describe_queue(struct eu_ipc_end *end, struct file *file)
{
	const unsigned char *text = BPF_CORE_READ(file, f_path.dentry, d_name.name);
	long len = bpf_probe_read_kernel_str(end->name + 1, MQ_NAME_MAX, text);

	end->name[0] = '/';
	end->rec.name_len = len > 0 ? len : 0;
	end->rec.role = role_of_mode(file);
}

/* type: enum eu_ipc_type, as found out already. */
static __always_inline void object_describe(struct eu_ipc_end *end, struct file *file, __u32 type)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	end->inode = (__u64)inode;
	end->rec.type = type;
	end->rec.inode = BPF_CORE_READ(inode, i_ino);
	end->rec.dev = BPF_CORE_READ(inode, i_sb, s_dev);
	if (type == EU_IPC_UNIX) {
		describe_socket(end, (__u64)file);
		return;
	}
	if (type == EU_IPC_POSIX_MQ) {
		describe_queue(end, file);
		return;
	}
	end->rec.role = role_of_mode(file);
	if (type != EU_IPC_PIPE)
		name_from_path(end, (__u64)file);
}

/*
 * What an open of a path gave, when it is of interest: a fifo, or a file below /dev/shm. Of the
 * latter the path is left in end.
 */
static __always_inline __u32 opened_type(struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	__u32 type = BPF_CORE_READ(inode, i_mode) & S_IFMT;

	if (type == S_IFIFO)
		return object_type(file, inode);
	if (type != S_IFREG || BPF_CORE_READ(inode, i_sb, s_magic) != TMPFS_MAGIC)
		return 0;
	return EU_IPC_POSIX_SHM;
}

static __always_inline bool below_shm(const struct eu_ipc_end *end)
{
	const __u64 *words = (const __u64 *)end->name;

	/* "/dev/shm" and a slash */
	return end->rec.name_len > SHM_DIRECTORY_LEN && words[0] == 0x6d68732f7665642full &&
	       end->name[8] == '/';
}
