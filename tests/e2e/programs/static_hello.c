/* SPDX-License-Identifier: Apache-2.0 */
/* Linked statically: no interpreter. */
#include <stdio.h>

int main(void)
{
	return puts("hello") < 0;
}
