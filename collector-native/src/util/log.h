/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line per message on stderr: "eunomia-collector: LEVEL: text key=value". Each returns nothing;
 * eu_log_err_r() logs and returns the error, so that a failure is reported once, by its owner, in
 * one expression.
 */
#pragma once

#include <stdarg.h>

enum eu_log_level {
	EU_LOG_ERR,
	EU_LOG_WARN,
	EU_LOG_INFO,
	EU_LOG_DEBUG,
};

void eu_log_set_level(enum eu_log_level level);
void eu_log_v(enum eu_log_level level, const char *fmt, va_list ap);
void eu_log(enum eu_log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define eu_log_err(...)	  eu_log(EU_LOG_ERR, __VA_ARGS__)
#define eu_log_warn(...)  eu_log(EU_LOG_WARN, __VA_ARGS__)
#define eu_log_info(...)  eu_log(EU_LOG_INFO, __VA_ARGS__)
#define eu_log_debug(...) eu_log(EU_LOG_DEBUG, __VA_ARGS__)
#define eu_log_err_r(err, ...)                                                                     \
	({                                                                                         \
		int log_err_ = (err);                                                              \
		eu_log(EU_LOG_ERR, __VA_ARGS__);                                                   \
		log_err_;                                                                          \
	})
