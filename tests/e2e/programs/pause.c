/* SPDX-License-Identifier: Apache-2.0 */
/* Does nothing, under any name and with any arguments, until it is ended. */
#include <unistd.h>

int main(void)
{
	for (;;)
		pause();
}
