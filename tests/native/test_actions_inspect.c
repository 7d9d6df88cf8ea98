/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "actions/inspect.h"
#include "test_actions_kit.h"

#define SECRET "s3cr3t-do-not-leak"
#define ENV    "\"env\":[\"SECRET=" SECRET "\"],\"Env\":[\"SECRET=" SECRET "\"]"

#define CREATED	   "2026-11-23T09:33:08.083992033Z"
#define CREATED_NS 1795426388083992033

#define DOCKER_JSON(name)                                                                          \
	"{\"Created\":\"" CREATED "\",\"Config\":{" ENV ",\"Image\":\"web:1\"},\"Name\":\"/" name  \
	"\"}"
#define CRI_JSON(name)                                                                             \
	"{\"process\":{" ENV "},\"annotations\":{\"io.kubernetes.cri.container-name\":\"" name     \
	"\",\"io.kubernetes.cri.image-name\":\"nginx:1\",\"io.kubernetes.cri.sandbox-name\":"      \
	"\"web-7f\",\"io.kubernetes.cri.sandbox-namespace\":\"prod\"}}"
#define PLAIN_JSON "{\"process\":{" ENV "},\"root\":{\"path\":\"rootfs\"}}"
#define MOBY_JSON(path)                                                                            \
	"{\"process\":{" ENV "},\"mounts\":[{\"destination\":\"/etc/hostname\",\"source\":\"" path \
	"\"}]}"
#define RUNC_JSON(labels)                                                                          \
	"{\"created\":\"" CREATED "\",\"config\":{" ENV ",\"labels\":[" labels "]}}"

#define TASKS "/run/containerd/io.containerd.runtime.v2.task"
#define OWN   "/run/docker/containerd/daemon/io.containerd.runtime.v2.task"
#define K3S   "/run/k3s/containerd/io.containerd.runtime.v2.task"

struct fixture {
	struct kit_tree *tree;
	struct eu_inspector in;
	struct eu_slow_users slow_users;
};

static int setup(void **state)
{
	static const char *const roots[] = {"/data/docker", "/data/runc", "/data/none"};
	const struct eu_extractor_options options = {
	    .uid = 64123, .timeout_ms = 10000, .table = eu_extract_table};
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f || kit_setup((void **)&f->tree) < 0)
		return -1;
	kit_mkdirs(f->tree, "/proc", 1);
	f->in = (struct eu_inspector){
	    .root = f->tree->root,
	    .proc = eu_files_open_dir(f->tree->root, "proc", O_PATH),
	    .runtime_roots = roots,
	    .n_runtime_roots = 3,
	    .slow_users = &f->slow_users,
	};
	*state = f;
	return geteuid() != 0 ? 0 : eu_extractor_new(&f->in.extractor, &options);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	eu_extractor_free(f->in.extractor);
	close(f->in.proc);
	kit_teardown((void **)&f->tree);
	free(f);
	return 0;
}

static int inspect(const struct fixture *f, const char *id, struct eu_inspect_result *ret)
{
	int r;

	memset(ret, 0, sizeof(*ret));
	r = eu_inspect(&f->in, id, ret);
	assert_null(memmem(ret, sizeof(*ret), SECRET, strlen(SECRET)));
	return r;
}

static void find_container_by_table(void **state)
{
	static const struct {
		const char *id, *file, *json;
		const char *runtime, *name, *image, *pod, *namespace_;
	} cases[] = {
	    {KIT_ID, "/var/lib/docker/containers/" KIT_ID "/config.v2.json", DOCKER_JSON("a1"),
	     "docker", "a1", "web:1", "", ""},
	    {KIT_ID2, "/data/docker/containers/" KIT_ID2 "/config.v2.json", DOCKER_JSON("a2"),
	     "docker", "a2", "web:1", "", ""},
	    {"c1", TASKS "/k8s.io/c1/config.json", CRI_JSON("nginx"), "containerd", "nginx",
	     "nginx:1", "web-7f", "prod"},
	    {"c2", TASKS "/default/c2/config.json", PLAIN_JSON, "containerd", "c2", "", "", ""},
	    {"c3", K3S "/k8s.io/c3/config.json", CRI_JSON("k"), "containerd", "k", "nginx:1",
	     "web-7f", "prod"},
	    {"m1", TASKS "/moby/m1/config.json", PLAIN_JSON, "docker", "", "", "", ""},
	    {"r1", "/run/runc/r1/state.json", RUNC_JSON("\"bundle=/gone\""), "runc", "r1", "", "",
	     ""},
	    {"r2", "/run/runc/r2/state.json",
	     RUNC_JSON("\"io.kubernetes.cri.container-name=n\",\"bundle=/gone\""), "runc", "n", "",
	     "", ""},
	    {"r3", "/run/containerd/runc/default/r3/state.json", RUNC_JSON("\"a=b\""), "containerd",
	     "r3", "", "", ""},
	    {"r4", "/data/runc/r4/state.json",
	     RUNC_JSON("\"org.opencontainers.image.ref.name=alpine\""), "runc", "r4", "alpine", "",
	     ""},
	    {"b1", "/run/runc/b1/state.json", RUNC_JSON("\"bundle=/var/run/bundles/b1\""), "runc",
	     "b1-name", "nginx:1", "web-7f", "prod"},
	};
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, "/run/bundles/b1/config.json", CRI_JSON("b1-name"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s\n", cases[i].file);
		assert_int_equal(inspect(f, cases[i].id, &r), -ENOENT);
		kit_write(f->tree, cases[i].file, cases[i].json);
		assert_int_equal(inspect(f, cases[i].id, &r), 0);
		assert_string_equal(r.runtime, cases[i].runtime);
		assert_string_equal(r.name, cases[i].name);
		assert_string_equal(r.image, cases[i].image);
		assert_string_equal(r.pod, cases[i].pod);
		assert_string_equal(r.namespace_, cases[i].namespace_);
		assert_true(r.created_unix_ns > 0);
		if (strstr(cases[i].json, CREATED))
			assert_int_equal(r.created_unix_ns, CREATED_NS);
	}
}

/* Docker's data root may be anywhere: the bundle's mounts, or else its root, lead there. */
static void find_docker_through_bundle_by_table(void **state)
{
	static const char *const bundles[] = {
	    MOBY_JSON("/srv/docker/containers/" KIT_ID "/hostname"),
	    MOBY_JSON("/srv/docker/containers/" KIT_ID2 "/hosts"), /* --network container: */
	    "{\"root\":{\"path\":\"/srv/docker/overlay2/1234/merged\"}}",
	    "{\"root\":{\"path\":\"/srv/docker/vfs/dir/1234\"}}",
	};
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, "/srv/docker/containers/" KIT_ID "/config.v2.json", DOCKER_JSON("far"));
	for (size_t i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++) {
		print_message("# %s\n", bundles[i]);
		kit_write(f->tree, TASKS "/moby/" KIT_ID "/config.json", bundles[i]);
		assert_int_equal(inspect(f, KIT_ID, &r), 0);
		assert_string_equal(r.runtime, "docker");
		assert_string_equal(r.name, "far");
		assert_int_equal(r.created_unix_ns, CREATED_NS);
	}
}

static void find_docker_through_runc_state(void **state)
{
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, "/srv/docker/containers/" KIT_ID "/config.v2.json", DOCKER_JSON("far"));
	kit_write(f->tree, "/run/docker/x/" KIT_ID "/config.json",
		  MOBY_JSON("/srv/docker/containers/" KIT_ID "/resolv.conf"));
	kit_write(f->tree, "/run/docker/runtime-runc/moby/" KIT_ID "/state.json",
		  RUNC_JSON("\"bundle=/run/docker/x/" KIT_ID "\""));
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.runtime, "docker");
	assert_string_equal(r.name, "far");
}

static void find_docker_through_shim(void **state)
{
	static const char args[] = "shim\0-namespace\0moby\0-id\0" KIT_ID;
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, "/srv/docker/containers/" KIT_ID "/config.v2.json", DOCKER_JSON("far"));
	kit_write(f->tree, "/srv/state/" KIT_ID "/config.json",
		  MOBY_JSON("/srv/docker/containers/" KIT_ID "/hostname"));
	kit_link(f->tree, "/usr/bin/containerd-shim-runc-v2", "/proc/77/exe");
	kit_link(f->tree, kit_path(f->tree, "/srv/state/" KIT_ID), "/proc/77/cwd");
	kit_write(f->tree, "/proc/77/status", "Name:\tx\nUid:\t0\t0\t0\t0\nNSpid:\t77\n");
	kit_write_bytes(f->tree, "/proc/77/cmdline", args, sizeof(args));
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.runtime, "docker");
	assert_string_equal(r.name, "far");
}

/* Docker's three files, and the bundle for what only it knows. */
static void complete_docker_from_all_its_files(void **state)
{
	static const char *const bundles[] = {TASKS "/moby/" KIT_ID "/config.json",
					      OWN "/moby/" KIT_ID "/config.json",
					      "/srv/state/" KIT_ID "/config.json"};
	static const char args[] = "shim\0-namespace\0moby\0-id\0" KIT_ID;
	static const char docker[] = "/var/lib/docker/containers/" KIT_ID "/";
	const struct fixture *f = *state;
	struct eu_inspect_result r;
	struct eu_detail_entry entry;
	size_t pos = 0;
	char path[256];

	kit_require_root();
	snprintf(path, sizeof(path), "%sconfig.v2.json", docker);
	kit_write(
	    f->tree, path,
	    "{\"Name\":\"/full\",\"Image\":\"sha256:1\",\"Driver\":\"vfs\",\"Config\":{\"User\":"
	    "\"app\"},\"MountPoints\":{\"/d\":{\"Source\":\"/s\",\"RW\":true}}}");
	snprintf(path, sizeof(path), "%shostconfig.json", docker);
	kit_write(f->tree, path, "{\"Privileged\":true,\"PidMode\":\"\"}");
	kit_write(f->tree, "/var/lib/docker/image/vfs/repositories.json",
		  "{\"Repositories\":{\"a\":{\"a@sha256:d\":\"sha256:1\"}}}");
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_int_equal(r.flags, 0);
	kit_link(f->tree, "/usr/bin/containerd-shim-runc-v2", "/proc/77/exe");
	kit_link(f->tree, kit_path(f->tree, "/srv/state/" KIT_ID), "/proc/77/cwd");
	kit_write(f->tree, "/proc/77/status", "Name:\tx\nUid:\t0\t0\t0\t0\nNSpid:\t77\n");
	kit_write_bytes(f->tree, "/proc/77/cmdline", args, sizeof(args));
	for (size_t i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++) {
		print_message("# %s\n", bundles[i]);
		kit_write(
		    f->tree, bundles[i],
		    "{\"process\":{\"user\":{\"uid\":7,\"gid\":8},\"capabilities\":{\"bounding\":["
		    "\"CAP_CHOWN\"]}},\"mounts\":[{\"type\":\"bind\",\"source\":\"/x\","
		    "\"destination\":\"/y\"}],\"linux\":{\"namespaces\":[{\"type\":\"pid\"}]}}");
		assert_int_equal(inspect(f, KIT_ID, &r), 0);
		assert_string_equal(r.name, "full");
		assert_string_equal(r.user, "app");
		assert_string_equal(r.image_digest, "sha256:d");
		assert_int_equal(r.flags, EU_INSPECT_CAPS | EU_INSPECT_USER);
		assert_int_equal(r.uid, 7);
		assert_int_equal(r.cap_bounding, 1);
		assert_true(r.facts &
			    EU_FACT_PRIVILEGED); /* docker's word, whatever the bundle is like */
		assert_false(r.facts & EU_FACT_HOST_PID);
		assert_true(r.facts & EU_FACT_HOST_NETWORK);
		unlink(kit_path(f->tree, bundles[i]));
	}
	assert_true(eu_detail_next(&r, &pos, &entry));
	assert_string_equal(entry.texts[0], "/s");
	assert_false(eu_detail_next(&r, &pos, &entry));

	/* The bundle's mounts are docker's own where the user has none. */
	snprintf(path, sizeof(path), "%sconfig.v2.json", docker);
	kit_write(f->tree, path, DOCKER_JSON("bare"));
	kit_write(
	    f->tree, bundles[0],
	    "{\"process\":{\"capabilities\":{}},\"mounts\":[{\"type\":\"bind\",\"source\":\"/x\","
	    "\"destination\":\"/y\"}]}");
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_int_equal(r.flags, EU_INSPECT_CAPS);
	assert_int_equal(r.details_len, 0);
}

static void follow_data_root_that_is_a_link(void **state)
{
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, "/big/disk/containers/" KIT_ID "/config.v2.json", DOCKER_JSON("linked"));
	kit_link(f->tree, "/big/disk", "/var/lib/docker");
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.name, "linked");
}

/* What is refused is no answer and says why; what another place knows still is one. */
static void refuse_files_by_table(void **state)
{
	static const char file[] = "/var/lib/docker/containers/" KIT_ID "/config.v2.json";
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, "/elsewhere", DOCKER_JSON("evil"));
	kit_link(f->tree, "/elsewhere", file);
	assert_int_equal(inspect(f, KIT_ID, &r), -ELOOP);
	assert_int_equal(unlink(kit_path(f->tree, file)), 0);

	kit_write(f->tree, file, DOCKER_JSON("evil"));
	assert_int_equal(chown(kit_path(f->tree, file), 1000, 1000), 0);
	assert_int_equal(inspect(f, KIT_ID, &r), -EPERM);
	assert_int_equal(chown(kit_path(f->tree, file), 0, 0), 0);

	assert_int_equal(truncate(kit_path(f->tree, file), EU_STATE_FILE_MAX + 1), 0);
	assert_int_equal(inspect(f, KIT_ID, &r), -EFBIG);

	kit_write(f->tree, file, "{\"Name\":");
	assert_int_equal(inspect(f, KIT_ID, &r), -EBADMSG);

	kit_write(f->tree, TASKS "/moby/" KIT_ID "/config.json", PLAIN_JSON);
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.runtime, "docker");
	assert_string_equal(r.name, "");
}

static void refuse_bundle_outside_by_table(void **state)
{
	static const char *const labels[] = {
	    "\"bundle=/run/../secret\"", "\"bundle=secret\"", "\"bundle=/link\"",
	    "\"bundle=//secret\"",	 "\"bundle=\"",	      "\"bundle=/\"",
	};
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, "/secret/config.json", CRI_JSON("evil"));
	kit_write(f->tree, "/config.json", CRI_JSON("evil"));
	kit_link(f->tree, "/secret", "/link");
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		char json[256];

		print_message("# %s\n", labels[i]);
		snprintf(json, sizeof(json), "{\"config\":{\"labels\":[%s]}}", labels[i]);
		kit_write(f->tree, "/run/runc/r1/state.json", json);
		assert_int_equal(inspect(f, "r1", &r), 0);
		assert_string_equal(r.name, "r1");
	}
}

static void look_for_docker_with_its_ids_only(void **state)
{
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, "/var/lib/docker/containers/short/config.v2.json", DOCKER_JSON("x"));
	assert_int_equal(inspect(f, "short", &r), -ENOENT);
	kit_write(f->tree, TASKS "/default/short/config.json",
		  "{\"root\":{\"path\":\"/var/lib/docker/overlay2/1/merged\"}}");
	assert_int_equal(inspect(f, "short", &r), 0);
	assert_string_equal(r.runtime, "containerd");
	assert_string_equal(r.name, "short");
}

static void ignore_hidden_namespaces(void **state)
{
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, TASKS "/.tmp/c1/config.json", PLAIN_JSON);
	kit_write(f->tree, TASKS "/file", "");
	assert_int_equal(inspect(f, "c1", &r), -ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(find_container_by_table),
	    TEST(find_docker_through_bundle_by_table),
	    TEST(find_docker_through_runc_state),
	    TEST(find_docker_through_shim),
	    TEST(complete_docker_from_all_its_files),
	    TEST(follow_data_root_that_is_a_link),
	    TEST(refuse_files_by_table),
	    TEST(refuse_bundle_outside_by_table),
	    TEST(look_for_docker_with_its_ids_only),
	    TEST(ignore_hidden_namespaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
