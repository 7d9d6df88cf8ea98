// SPDX-License-Identifier: Apache-2.0
/* File calls of the 32-bit kind, made from a 64-bit program. Linked statically, so that its data
 * has addresses of 32 bits. */
#include <fcntl.h>
#include <stdio.h>

static long call(long number, long a, long b, long c, long d)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

int main(void)
{
	static const char name[] = "32-bit", other[] = "32-bit other", sub[] = "32-bit dir";
	static const struct {
		unsigned long long flags, mode, resolve;
	} how = {.flags = O_RDONLY};
	static char byte;
	long n = (long)name, o = (long)other, s = (long)sub;
	long fd = call(5, n, O_CREAT | O_RDWR, 0640, 0);

	call(4, fd, n, 6, 0);
	call(94, fd, 0711, 0, 0);    /* fchmod */
	call(207, fd, 65536, -1, 0); /* fchown32 */
	call(194, fd, 9, 1, 0);	     /* ftruncate64 */
	call(93, fd, 3, 0, 0);	     /* ftruncate */
	call(6, fd, 0, 0, 0);
	fd = call(295, AT_FDCWD, n, O_RDONLY, 0); /* openat */
	call(3, fd, (long)&byte, 1, 0);
	call(437, AT_FDCWD, n, (long)&how, sizeof(how));
	call(8, o, 0600, 0, 0);			 /* creat */
	call(10, o, 0, 0, 0);			 /* unlink */
	call(9, n, o, 0, 0);			 /* link */
	call(38, o, n, 0, 0);			 /* rename */
	call(353, AT_FDCWD, o, AT_FDCWD, n);	 /* renameat2 */
	call(83, n, o, 0, 0);			 /* symlink */
	call(15, n, 0600, 0, 0);		 /* chmod */
	call(182, n, 7, 0xffff, 0);		 /* chown, of 16 bits each */
	call(16, o, 0xffff, 8, 0);		 /* lchown */
	call(95, fd, 0x10009, 0x1ffff, 0);	 /* fchown */
	call(212, n, 65536, -1, 0);		 /* chown32 */
	call(198, o, -1, 65537, 0);		 /* lchown32 */
	call(92, n, 4, 0, 0);			 /* truncate */
	call(193, n, 5, 1, 0);			 /* truncate64 */
	call(39, s, 0700, 0, 0);		 /* mkdir */
	call(40, s, 0, 0, 0);			 /* rmdir */
	call(301, AT_FDCWD, s, AT_REMOVEDIR, 0); /* unlinkat */
	call(5, 1, O_RDONLY, 0, 0);
	return 0;
}
