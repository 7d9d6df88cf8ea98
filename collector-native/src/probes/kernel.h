/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Why no object at all can be loaded on this kernel; NULL when it is not the kernel. */
const char *eu_kernel_lack(void);
