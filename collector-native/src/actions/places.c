/* SPDX-License-Identifier: Apache-2.0 */
#include "actions/places.h"

#define TASKS "io.containerd.runtime.v2.task"

#define DOCKER .runtime = "docker", .docker_id = true
#define CONFIG .sub = "containers", .file = "config.v2.json", .kind = EU_EXTRACT_DOCKER
#define BUNDLE .sub = TASKS, .namespaced = true, .file = "config.json", .kind = EU_EXTRACT_OCI
#define STATE  .file = "state.json", .kind = EU_EXTRACT_RUNC
#define CRUN   .runtime = "crun", .file = "status", .kind = EU_EXTRACT_CRUN

const struct eu_place eu_places[] = {
    {.root = "/var/lib/docker", DOCKER, CONFIG},
    {.root = NULL, DOCKER, CONFIG},
    {.root = "/run/containerd", .runtime = "containerd", BUNDLE},
    {.root = "/run/k3s/containerd", .runtime = "containerd", BUNDLE},
    {.root = "/run/docker/containerd/daemon", .runtime = "containerd", BUNDLE},
    {.root = "/var/lib/containers/storage", .kind = EU_EXTRACT_STORAGE},
    {.root = "/run/containers/storage", .kind = EU_EXTRACT_STORAGE},
    {.root = NULL, .kind = EU_EXTRACT_STORAGE},
    {.root = "/run/docker/runtime-runc", .sub = EU_DOCKER_NAMESPACE, DOCKER, STATE},
    {.root = "/run/containerd/runc", .namespaced = true, .runtime = "containerd", STATE},
    {.root = "/run/runc", .runtime = "runc", STATE},
    {.root = "/run/crun", CRUN},
    {.root = NULL, .runtime = "runc", STATE},
    {.root = NULL, CRUN},
};
const size_t eu_places_len = sizeof(eu_places) / sizeof(eu_places[0]);
