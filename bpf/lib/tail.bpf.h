/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Strings behind a record's fixed part. They are written by global functions, which take numbers
 * and find the record again by themselves: the verifier checks each once, whatever came before. at
 * is where the string goes; each returns the string's length.
 */
#pragma once

#include "lib/path.bpf.h"

/* Where this object builds its records. */
static __always_inline void *record_get(void);

static __always_inline void record_cut(__u32 cut_bit)
{
	struct eu_event_header *hdr = record_get();

	if (hdr)
		hdr->truncated |= cut_bit;
}

/* path_address: of a struct path; task_address: whose root it is shown under. */
__noinline int tail_path(__u32 at, __u64 path_address, __u64 task_address, __u32 cut_bit)
{
	char *rec = record_get();
	__u32 zero = 0, found = path_resolve(path_address, task_address);
	__u32 start = found & (PATH_CUT - 1), len = EU_PATH_MAX - start;
	struct path_buffer *buf = bpf_map_lookup_elem(&path_scratch, &zero);

	asm volatile("" : "+r"(len), "+r"(at));
	if (!rec || !buf || len > EU_PATH_MAX || at > EU_RECORD_MAX - EU_PATH_MAX)
		return 0;
	if (bpf_probe_read_kernel(rec + at, len, (char *)buf + start) < 0)
		return 0;
	if (found & PATH_CUT)
		record_cut(cut_bit);
	return len;
}

/* text: the address of a NUL-terminated kernel string of at most EU_PATH_MAX bytes. */
__noinline int tail_string(__u32 at, __u64 text, __u32 cut_bit)
{
	char *rec = record_get();
	long len;

	if (!rec || at > EU_RECORD_MAX - EU_PATH_MAX)
		return 0;
	len = bpf_probe_read_kernel_str(rec + at, EU_PATH_MAX, (void *)text);
	if (len <= 1)
		return 0;
	if (len == EU_PATH_MAX)
		record_cut(cut_bit);
	return len - 1;
}
