/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "collector/kernel_symbol.h"
#include "eunomia/control.h"

/* "name+0x1c/0x40 [module]", where the module is left out for the kernel itself. A name that is cut
 * has no offset. */
void eu_kernel_symbol_parse(const char *text, eunomia_collector_v1_Symbol *ret)
{
	char name[EU_KERNEL_SYMBOL_SIZE];
	char *plus, *module;

	*ret = (eunomia_collector_v1_Symbol){.offset = 0};
	EU_TEXT(name, text);
	if (!name[0] || !strncmp(name, "0x", 2))
		return;
	module = strstr(name, " [");
	if (module)
		*module++ = '\0';
	plus = strstr(name, "+0x");
	if (plus) {
		ret->offset = strtoull(plus + 1, NULL, 16);
		*plus = '\0';
	}
	EU_TEXT(ret->function, name);
	EU_TEXT(ret->module, module ? module : "[kernel]");
}
