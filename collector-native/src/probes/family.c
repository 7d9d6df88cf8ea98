/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/family.h"
#include "cgroup.skel.h"
#include "process.skel.h"
#include "snapshot.skel.h"

const struct eu_family_object eu_families[] = {
    [EU_FAMILY_CGROUP] = {.name = "cgroup",
			  .hook = "tp_btf",
			  .bytes = cgroup_bpf__elf_bytes,
			  .programs =
			      (const struct eu_program[]){
				  {"eu_cgroup_mkdir", EU_KIND_CGROUP_MKDIR},
				  {"eu_cgroup_rmdir", EU_KIND_CGROUP_RMDIR},
				  {NULL, 0},
			      }},
    [EU_FAMILY_PROCESS] = {.name = "process",
			   .hook = "tp_btf",
			   .bytes = process_bpf__elf_bytes,
			   .programs =
			       (const struct eu_program[]){
				   {"eu_process_fork", EU_KIND_PROCESS_FORK},
				   {"eu_process_exec", EU_KIND_PROCESS_EXEC},
				   {"eu_process_exit", EU_KIND_PROCESS_EXIT},
				   {NULL, 0},
			       }},
};

_Static_assert(sizeof(eu_families) / sizeof(eu_families[0]) == _EU_FAMILY_MAX,
	       "an object per family");

const struct eu_family_object eu_snapshot_object = {
    .name = "snapshot",
    .hook = "iter",
    .bytes = snapshot_bpf__elf_bytes,
    .programs = (const struct eu_program[]){{"eu_snapshot_task", EU_KIND_PROCESS_EXEC}, {NULL, 0}},
};
