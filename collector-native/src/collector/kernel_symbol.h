/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of one of its addresses. Pure. */
#pragma once

#include <stdint.h>

#include "rpc/messages.h"

/* text: as in struct eu_kernel_symbol, NUL-terminated. An address without a name belongs to
 * nothing. */
void eu_kernel_symbol_parse(const char *text, eunomia_collector_v1_Symbol *ret);
