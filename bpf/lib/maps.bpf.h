/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps all families share. The collector's loader creates them once, with the sizes this
 * machine needs, and puts their fds into every object before it is loaded; the sizes here are what
 * the verifier checks against.
 */
#pragma once

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "eunomia/control.h"

/*
 * How often to look whether another CPU has taken an entry out. It needs less than a microsecond,
 * unless it is a virtual one that does not run just then: then it takes some 100 ms, for which a
 * spin lock would wait too. 8 million looks are about 0.2 s, and the most that bpf_loop() does.
 */
#define AWAIT_STEPS (1u << 23)

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

/* The life-cycle ring of each CPU, and the one for everything else: a flood of opens must not cost
 * attribution. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct ring);
} lifecycle_rings SEC(".maps"), event_rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_cpu_ledger);
} ledger SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_control);
} control SEC(".maps");

/* By tgid: the families (1 << enum eu_family) for which a process passes; its children inherit
 * that. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_FILTER_PIDS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} filter_pids SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_FILTER_CGROUPS_MAX);
	__type(key, __u64);
	__type(value, __u32);
} filter_cgroups SEC(".maps");

/* Records lost for want of room, by the cgroup they belong to. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_CGROUP_LOSSES_MAX);
	__type(key, __u64);
	__type(value, __u64);
} cgroup_losses SEC(".maps");

/* Where a record with a tail is built before it goes to the ring. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[EU_RECORD_MAX]);
} scratch SEC(".maps");

static __always_inline struct eu_control *control_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&control, &zero);
}

static __always_inline struct eu_cpu_ledger *ledger_get(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&ledger, &cpu);
}

/* The number behind a typed pointer, as global functions and loop contexts take it. */
static __always_inline __u64 address_of(const void *pointer)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &pointer);
	return address;
}
