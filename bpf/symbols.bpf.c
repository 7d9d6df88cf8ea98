// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own symbol table, which only a process with CAP_SYSLOG may read with its addresses:
 * here each address that is asked for is turned into text.
 */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "eunomia/control.h"

char LICENSE[] SEC("license") = "GPL";

SEC("syscall")
int eu_kernel_symbol(struct eu_kernel_symbol *ctx)
{
	static const char format[] = "%pS";
	char text[EU_KERNEL_SYMBOL_SIZE] = {};
	__u64 address = ctx->address;

	bpf_snprintf(text, sizeof(text), format, &address, sizeof(address));
	__builtin_memcpy(ctx->text, text, sizeof(text));
	return 0;
}
