/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only way this process opens anything: openat2 below a directory that is open already. What
 * opens something returns an fd the caller closes, or -errno.
 */
#pragma once

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define EU_STATE_FILE_MAX (1024 * 1024)

/* What "/" is for the functions below: sysroot, or "/" when that is NULL. */
int eu_files_open_root(const char *sysroot);

/*
 * A directory that this build or the command line names: links on the way are followed, but not
 * out of root. flags: O_PATH or O_RDONLY.
 */
int eu_files_open_dir(int root, const char *path, int flags);

/* Something below dir: no link is followed and no way leads out. */
int eu_files_open_beneath(int dir, const char *path, int flags);

/* The directory behind a link of /proc/PID, which the kernel made and vouches for. */
int eu_files_open_link(int process, const char *link);
int eu_files_open_parent(int dir);

/* What a link of /proc leads to, which may be any file. */
int eu_files_open_linked(int proc, const char *link, int flags);

/* A path as a process whose root that is would see it, but through no link of /proc. */
int eu_files_open_inside(int root, const char *path, int flags);

/* For reading the entries of dir, which stays open and the caller's. NULL, with errno. */
DIR *eu_files_read_dir(int dir);
void eu_closedirp(DIR **dir);

/*
 * A runtime's state file below dir: regular, owned by that uid, not writable by everybody (else
 * -EPERM), at most EU_STATE_FILE_MAX bytes (else -EFBIG). Never waits for a FIFO. A user's, that is
 * with an owner other than 0, is not looked for behind a mount point (else -EXDEV).
 */
int eu_files_open_state(int dir, const char *path, uid_t owner, struct stat *ret_st);

/* Like eu_files_open_beneath(), but does not cross a mount point either (-EXDEV). */
int eu_files_open_within(int dir, const char *path, int flags);

/* Reads a file of /proc as text; at most max bytes, else -EFBIG. The caller frees *ret. */
int eu_files_read_text(int dir, const char *path, size_t max, char **ret, size_t *ret_len);
