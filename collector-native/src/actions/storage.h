/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containers/storage, where podman and CRI-O keep their containers, one directory for each storage
 * driver: DRIVER-containers/ID/userdata is the bundle, DRIVER-containers/containers.json knows the
 * names and images of all of them.
 */
#pragma once

#include "actions/search.h"

/* Asks each driver's directory below root. True when one of them knows the container. */
bool eu_storage_ask(struct eu_search *s, int root);

/* The same for one driver's directory and a bundle, each an fd, or -1 when there is none. */
bool eu_storage_take(struct eu_search *s, int driver, int bundle);
