/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent of all: starts the loop, the loader and the actions process, restarts them when one
 * dies, and, as launcher, runs one unprivileged controller and ends with it. It talks to nobody.
 */
#pragma once

struct eu_options;

/* Returns the exit status of the whole: the controller's, or EXIT_SUCCESS after SIGTERM. Logs its
 * own failures. */
int eu_supervise(const struct eu_options *options);
