/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "util/log.h"

static const char *const level_names[] = {
    [EU_LOG_ERR] = "error",
    [EU_LOG_WARN] = "warning",
    [EU_LOG_INFO] = "info",
    [EU_LOG_DEBUG] = "debug",
};

static enum eu_log_level max_level = EU_LOG_WARN;

void eu_log_set_level(enum eu_log_level level)
{
	max_level = level;
}

void eu_log_v(enum eu_log_level level, const char *fmt, va_list ap)
{
	char line[1024];
	int saved = errno;
	int n, m;

	if (level > max_level)
		return;
	n = snprintf(line, sizeof(line), "eunomia-collector: %s: ", level_names[level]);
	m = vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, ap);
	if (m > 0)
		n += m < (int)sizeof(line) - n - 1 ? m : (int)sizeof(line) - n - 2;
	if (line[n - 1] != '\n')
		line[n++] = '\n';
	/* One write, so that lines of several processes never mix; a log that cannot be written is
	 * not an error. */
	(void)!write(STDERR_FILENO, line, (size_t)n);
	errno = saved;
}

void eu_log(enum eu_log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	eu_log_v(level, fmt, ap);
	va_end(ap);
}
