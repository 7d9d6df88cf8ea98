/* SPDX-License-Identifier: Apache-2.0 */
/* An owning local shows its destructor, EU_TAKE shows the hand-over. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EU_CLEANUP(fn) __attribute__((cleanup(fn)))

#define EU_TAKE(v, empty)                                                                          \
	({                                                                                         \
		typeof(v) *take_p_ = &(v);                                                         \
		typeof(v) take_v_ = *take_p_;                                                      \
		*take_p_ = (empty);                                                                \
		take_v_;                                                                           \
	})
#define EU_TAKE_PTR(v) EU_TAKE(v, NULL)
#define EU_TAKE_FD(v)  EU_TAKE(v, -1)

/* Closes fd when it is one; keeps errno. Returns -1, so that a field is closed and reset in one
 * line. */
int eu_close(int fd);

static inline void eu_closep(int *fd)
{
	eu_close(*fd);
}

static inline void eu_freep(void *p)
{
	free(*(void **)p);
}

static inline void eu_fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}
