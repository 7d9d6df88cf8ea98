/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "actions/extract.h"
#include "test_actions_kit.h"

#define SECRET "s3cr3t-do-not-leak"

/* Cut down from what docker 20.10 wrote. */
static const char docker_json[] =
    "{\"StreamConfig\":{},\"State\":{\"Running\":true,\"Pid\":11359,\"ExitCode\":0,\"Error\":\"\","
    "\"StartedAt\":\"2026-11-23T09:33:08.287816701Z\",\"Health\":null},\"ID\":\"" KIT_ID "\","
    "\"Created\":\"2026-11-23T09:33:08.083992033Z\",\"Path\":\"/bin/sleep\",\"Args\":[\"600\"],"
    "\"Config\":{\"Hostname\":\"b2b2a3c3f4f5\",\"User\":\"\",\"Env\":[\"SECRET=" SECRET "\"],"
    "\"Cmd\":[\"/bin/sleep\",\"600\"],\"Image\":\"registry.example:5000/team/web:1.2\","
    "\"Labels\":{\"a\":\"b\"}},\"Image\":\"sha256:899c21f463b770e02a85af73e86138a27f\","
    "\"Name\":\"/act_probe\",\"Driver\":\"vfs\",\"MountPoints\":{},\"RestartCount\":0}";

/* Cut down from what containerd's CRI plugin writes; the limit is beyond int64. */
static const char cri_json[] =
    "{\"ociVersion\":\"1.0.2-dev\",\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"nginx\"]"
    ","
    "\"env\":[\"PATH=/bin\",\"SECRET=" SECRET "\"],\"cwd\":\"/\",\"rlimits\":[{\"type\":"
    "\"RLIMIT_NOFILE\",\"hard\":18446744073709551615,\"soft\":18446744073709551615}]},"
    "\"root\":{\"path\":\"rootfs\"},\"hostname\":\"web-7f\",\"mounts\":[{\"destination\":\"/proc\","
    "\"type\":\"proc\",\"source\":\"proc\"},{\"destination\":\"/etc/hosts\",\"type\":\"bind\","
    "\"source\":\"/var/lib/kubelet/pods/1/etc-hosts\"}],\"annotations\":{"
    "\"io.kubernetes.cri.container-name\":\"nginx\",\"io.kubernetes.cri.container-type\":"
    "\"container\",\"io.kubernetes.cri.image-name\":\"docker.io/library/nginx:1.25\","
    "\"io.kubernetes.cri.sandbox-id\":\"" KIT_ID2 "\",\"io.kubernetes.cri.sandbox-name\":"
    "\"web-7f\",\"io.kubernetes.cri.sandbox-namespace\":\"prod\"},\"linux\":{}}";

/* Cut down from what docker's containerd writes. */
static const char moby_json[] =
    "{\"ociVersion\":\"1.0.2-dev\",\"process\":{\"env\":[\"SECRET=" SECRET
    "\"]},\"root\":{\"path\":"
    "\"/data/vfs/dir/5e27\"},\"mounts\":[{\"destination\":\"/dev/shm\",\"source\":\"shm\"},"
    "{\"destination\":\"/x\",\"source\":\"/home/u/containers/x/notes\"},{\"destination\":"
    "\"/etc/hostname\",\"source\":\"/data/containers/" KIT_ID "/hostname\"}]}";

/* Cut down from what runc 1.1 wrote. */
static const char runc_json[] =
    "{\"id\":\"c1\",\"init_process_pid\":13900,\"init_process_start\":258563,\"created\":"
    "\"2026-11-23T09:45:10.08960853Z\",\"config\":{\"rootfs\":\"/b1/rootfs\",\"labels\":["
    "\"bundle=/elsewhere\",\"io.kubernetes.cri.sandbox-name=web-7f\","
    "\"io.kubernetes.cri.container-name=nginx=1\",\"bundle=/b1\"],\"rlimits\":[{\"type\":7,"
    "\"hard\":18446744073709551615}]},\"rootless\":false}";

static void extract(const char *json, size_t len, eu_extract_fn fn, struct eu_extract *ret)
{
	memset(ret, 0xee, sizeof(*ret));
	assert_int_equal(fn(json, len, KIT_ID, ret), 0);
	assert_true(eu_extract_valid(ret));
	assert_null(memmem(ret, sizeof(*ret), SECRET, strlen(SECRET)));
}

static void extract_from_docker(void **state)
{
	struct eu_extract e;

	(void)state;
	extract(docker_json, strlen(docker_json), eu_extract_docker, &e);
	assert_string_equal(e.found.name, "act_probe");
	assert_string_equal(e.found.image, "registry.example:5000/team/web:1.2");
	assert_string_equal(e.found.pod, "");
	assert_string_equal(e.found.namespace_, "");
	assert_int_equal(e.found.created_unix_ns, 1795426388083992033);
	assert_int_equal(e.found.flags, 0);
	assert_string_equal(e.path, "");
}

static void extract_from_cri(void **state)
{
	struct eu_extract e;

	(void)state;
	extract(cri_json, strlen(cri_json), eu_extract_oci, &e);
	assert_string_equal(e.found.name, "nginx");
	assert_string_equal(e.found.image, "docker.io/library/nginx:1.25");
	assert_string_equal(e.found.pod, "web-7f");
	assert_string_equal(e.found.namespace_, "prod");
	assert_int_equal(e.found.flags, EU_INSPECT_USER);
	assert_int_equal(e.found.uid, 0);
	assert_int_equal(e.found.gid, 0);
	assert_string_equal(e.path, "");
}

static void extract_from_sandbox(void **state)
{
	static const char json[] =
	    "{\"annotations\":{\"io.kubernetes.cri.container-type\":\"sandbox\","
	    "\"io.kubernetes.cri.sandbox-name\":\"web-7f\"}}";
	struct eu_extract e;

	(void)state;
	extract(json, strlen(json), eu_extract_oci, &e);
	assert_int_equal(e.found.flags, EU_INSPECT_SANDBOX);
	assert_string_equal(e.found.pod, "web-7f");
	assert_string_equal(e.found.name, "");
}

static void extract_from_docker_bundle(void **state)
{
	struct eu_extract e;

	(void)state;
	extract(moby_json, strlen(moby_json), eu_extract_oci, &e);
	assert_string_equal(e.found.name, "");
	assert_string_equal(e.path, "/data/containers/" KIT_ID "/hostname");
}

static void extract_from_bundle_without_docker_mounts(void **state)
{
	static const char json[] = "{\"root\":{\"path\":\"/data/vfs/dir/5e27\"},\"annotations\":{"
				   "\"org.opencontainers.image.ref.name\":\"alpine:3\"}}";
	struct eu_extract e;

	(void)state;
	extract(json, strlen(json), eu_extract_oci, &e);
	assert_string_equal(e.path, "/data/vfs/dir/5e27");
	assert_string_equal(e.found.image, "alpine:3");
}

static void extract_from_runc(void **state)
{
	struct eu_extract e;

	(void)state;
	extract(runc_json, strlen(runc_json), eu_extract_runc, &e);
	assert_string_equal(e.found.name, "nginx=1");
	assert_string_equal(e.found.pod, "web-7f");
	assert_string_equal(e.path, "/b1"); /* runc's own label is the last one */
	assert_int_equal(e.found.created_unix_ns, 1795427110089608530);
}

/* Its user's word of when the container was made goes before runc's, who makes it anew at each
 * start. */
static void extract_creation_from_annotation_first(void **state)
{
	static const char json[] =
	    "{\"created\":\"2026-11-23T09:45:10Z\",\"config\":{\"labels\":["
	    "\"io.kubernetes.cri-o.Created=2026-11-23T09:33:08.083992033Z\"]}}";
	struct eu_extract e;

	(void)state;
	extract(json, strlen(json), eu_extract_runc, &e);
	assert_int_equal(e.found.created_unix_ns, 1795426388083992033);
}

static void extract_annotations_by_table(void **state)
{
#define CRIO "\"io.kubernetes.cri-o."
#define KUBE                                                                                       \
	"\"io.kubernetes.pod.name\":\"web-7f\",\"io.kubernetes.pod.namespace\":\"prod\","          \
	"\"io.kubernetes.container.name\":\"nginx\""
	static const struct {
		const char *annotations;
		const char *name, *image, *pod, *namespace_;
		uint32_t manager;
		uint32_t flags;
	} cases[] = {
	    {"\"io.container.manager\":\"cri-o\"," KUBE "," CRIO "ImageName\":\"quay.io/nginx:1\"",
	     "nginx", "quay.io/nginx:1", "web-7f", "prod", EU_MANAGER_CRIO, 0},
	    {KUBE "," CRIO "ContainerName\":\"k8s_nginx_web\"," CRIO "ImageName\":\"sha\"," CRIO
		  "UserRequestedImage\":\"nginx:1\"," CRIO "ContainerType\":\"container\"",
	     "nginx", "nginx:1", "web-7f", "prod", EU_MANAGER_CRIO, 0},
	    {CRIO "ContainerName\":\"k8s_nginx_web\"," CRIO "KubeName\":\"web-7f\"," CRIO
		  "Namespace\":\"prod\"",
	     "k8s_nginx_web", "", "web-7f", "prod", EU_MANAGER_CRIO, 0},
	    {CRIO "Name\":\"other\"", "other", "", "", "", EU_MANAGER_UNKNOWN, 0},
	    {KUBE "," CRIO "ContainerName\":\"k8s_POD_web\"," CRIO "ContainerType\":\"sandbox\"",
	     "", "", "web-7f", "prod", EU_MANAGER_CRIO, EU_INSPECT_SANDBOX},
	    {"\"io.container.manager\":\"libpod\"," CRIO "ContainerType\":\"container\"", "", "",
	     "", "", EU_MANAGER_PODMAN, 0},
	    {"\"nerdctl/name\":\"web\",\"nerdctl/namespace\":\"default\"", "web", "", "", "",
	     EU_MANAGER_UNKNOWN, 0},
	    {"\"io.container.manager\":\"else\"", "", "", "", "", EU_MANAGER_UNKNOWN, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct eu_extract e;
		char json[1024];

		print_message("# %s\n", cases[i].annotations);
		snprintf(json, sizeof(json), "{\"annotations\":{%s}}", cases[i].annotations);
		extract(json, strlen(json), eu_extract_oci, &e);
		assert_string_equal(e.found.name, cases[i].name);
		assert_string_equal(e.found.image, cases[i].image);
		assert_string_equal(e.found.pod, cases[i].pod);
		assert_string_equal(e.found.namespace_, cases[i].namespace_);
		assert_int_equal(e.manager, cases[i].manager);
		assert_int_equal(e.found.flags, cases[i].flags);
	}
#undef KUBE
#undef CRIO
}

static void extract_from_storage_by_table(void **state)
{
	static const struct {
		const char *json;
		int r;
		const char *name, *image;
	} cases[] = {
	    {"[{\"id\":\"x\"},{\"id\":\"" KIT_ID "\",\"names\":[\"web\",\"two\"]}]", 0, "web", ""},
	    {"[{\"id\":\"" KIT_ID "\",\"names\":[\"k8s_nginx\"],\"metadata\":\"{\\\"image-name\\\":"
	     "\\\"nginx:1\\\",\\\"metadata-name\\\":\\\"nginx\\\",\\\"name\\\":\\\"k8s\\\"}\"}]",
	     0, "nginx", "nginx:1"},
	    {"[{\"id\":\"" KIT_ID "\",\"names\":7,\"metadata\":\"[]\",\"created\":\"?\"}]", 0, "",
	     ""},
	    {"[{\"id\":\"" KIT_ID "\",\"names\":[null],\"metadata\":{\"name\":\"x\"}}]", 0, "", ""},
	    {"[7,null,[],{\"id\":7},{\"ID\":\"" KIT_ID "\"}]", -ENOENT, "", ""},
	    {"[]", -ENOENT, "", ""},
	    {"{}", -EBADMSG, "", ""},
	    {"[", -EBADMSG, "", ""},
	    {"", -EBADMSG, "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct eu_extract e = {0};

		print_message("# %s\n", cases[i].json);
		assert_int_equal(
		    eu_extract_storage(cases[i].json, strlen(cases[i].json), KIT_ID, &e),
		    cases[i].r);
		assert_true(eu_extract_valid(&e));
		assert_string_equal(e.found.name, cases[i].name);
		assert_string_equal(e.found.image, cases[i].image);
	}
}

static void extract_from_conmon(void **state)
{
	static const char args[] = "conmon\0--api-version\0001\0-c\0" KIT_ID
				   "\0-b\0/s/userdata\0-n\0web\0--exit-command-arg\0-e";
	static const char session[] = "conmon\0-c\0" KIT_ID "\0-e\0-b\0/s/userdata\0-n\0web";
	static const char odd[] = "conmon\0-c\0" KIT_ID "\0-b\0relative\0-n\0\xff";
	struct eu_extract e = {0};

	(void)state;
	extract(args, sizeof(args), eu_extract_conmon, &e);
	assert_string_equal(e.found.name, "web");
	assert_string_equal(e.path, "/s/userdata");
	extract(odd, sizeof(odd), eu_extract_conmon, &e);
	assert_string_equal(e.found.name, "");
	assert_string_equal(e.path, "");
	assert_int_equal(eu_extract_conmon(args, sizeof(args), KIT_ID2, &e), -ENOENT);
	assert_int_equal(eu_extract_conmon(session, sizeof(session), KIT_ID, &e), -ENOENT);
	assert_int_equal(eu_extract_conmon("", 0, KIT_ID, &e), -ENOENT);
}

static void leave_fields_empty_by_table(void **state)
{
	static const char *const cases[] = {
	    "{}",
	    "{\"Name\":7,\"Config\":[],\"Created\":{},\"annotations\":[],\"config\":7,"
	    "\"mounts\":{},\"root\":\"/x\",\"created\":null}",
	    "{\"Name\":null,\"Config\":{\"Image\":[\"a\"]},\"Created\":\"yesterday\","
	    "\"annotations\":{\"io.kubernetes.cri.container-name\":{\"a\":\"b\"}},"
	    "\"mounts\":[7,null,[],{\"source\":9},{}],\"root\":{\"path\":[]},"
	    "\"config\":{\"labels\":{\"bundle\":\"/x\"}},\"created\":\"0001-01-01T00:00:00Z\"}",
	    "{\"Name\":\"/a\\u0000b\",\"Config\":{\"Image\":\"\\u0000\"},\"config\":{\"labels\":"
	    "[\"bundle=/x\\u0000\",7,null,\"bundle\",\"bundlex=/y\"]},\"root\":{\"path\":\"rel\"}}",
	    "{\"name\":\"x\",\"NAME\":\"x\",\"Config\":{\"image\":\"x\"}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int kind = 0; kind < EU_EXTRACT_STORAGE; kind++) {
			static const struct eu_extract empty;
			struct eu_extract e;

			print_message("# case %zu kind %d\n", i, kind);
			extract(cases[i], strlen(cases[i]), eu_extract_table[kind], &e);
			assert_int_equal(e.found.facts, 0);
			e.found.facts_known = 0;
			assert_memory_equal(&e, &empty, sizeof(e));
		}
	}
}

static void refuse_malformed_by_table(void **state)
{
	static const char *const cases[] = {
	    "",
	    " ",
	    "null",
	    "7",
	    "\"x\"",
	    "[]",
	    "{",
	    "{\"a\"}",
	    "{\"a\":}",
	    "{\"a\":1}}",
	    "{\"a\":1} x",
	    "{'a':1}",
	    "{\"a\":\"\xff\"}",
	    "{\"a\":\"\\ud800\"}",
	    "{\"a\":1e999}",
	    "{\"a\":NaN}",
	    "{\"Name\":\"/x\",",
	    "\xef\xbb\xbf{}",
	    "{\"a\":\"\n\"}",
	    "{\"a\\u0000\":1}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int kind = 0; kind < EU_EXTRACT_STORAGE; kind++) {
			struct eu_extract e, before;

			memset(&before, 0xee, sizeof(before));
			e = before;
			print_message("# case %zu kind %d\n", i, kind);
			assert_int_equal(
			    eu_extract_table[kind](cases[i], strlen(cases[i]), KIT_ID, &e),
			    -EBADMSG);
			assert_memory_equal(&e, &before, sizeof(e));
		}
	}
}

static void take_last_of_duplicate_keys(void **state)
{
	static const char json[] = "{\"Name\":\"/first\",\"Name\":\"/last\",\"Config\":{\"Image\":"
				   "\"first\"},\"Config\":{\"Image\":\"last\"}}";
	struct eu_extract e;

	(void)state;
	extract(json, strlen(json), eu_extract_docker, &e);
	assert_string_equal(e.found.name, "last");
	assert_string_equal(e.found.image, "last");
}

static void refuse_deep_nesting(void **state)
{
	static char json[EU_ACTIONS_PAYLOAD_MAX];
	struct eu_extract e;

	(void)state;
	memset(json, '[', sizeof(json));
	memcpy(json, "{\"a\":", 5);
	assert_int_equal(eu_extract_docker(json, sizeof(json), KIT_ID, &e), -EBADMSG);
}

static void cut_huge_strings(void **state)
{
	enum { HUGE = 900000 };
	EU_CLEANUP(eu_freep) char *json = malloc(HUGE + 64);
	struct eu_extract e;
	int n;

	(void)state;
	assert_non_null(json);
	n = sprintf(json, "{\"Name\":\"/");
	memset(json + n, 'n', HUGE);
	n += HUGE + sprintf(json + n + HUGE, "\",\"Config\":{\"Image\":\"i\"}}");
	extract(json, (size_t)n, eu_extract_docker, &e);
	assert_int_equal(strlen(e.found.name), EU_INSPECT_TEXT_SIZE - 1);
	assert_string_equal(e.found.image, "i");
	assert_int_equal(e.found.flags, EU_INSPECT_CUT);
}

static void drop_path_too_long(void **state)
{
	EU_CLEANUP(eu_freep) char *json = malloc(3 * PATH_MAX);
	struct eu_extract e;
	int n;

	(void)state;
	assert_non_null(json);
	n = sprintf(json, "{\"root\":{\"path\":\"/");
	memset(json + n, 'n', PATH_MAX);
	n += PATH_MAX + sprintf(json + n + PATH_MAX, "\"}}");
	extract(json, (size_t)n, eu_extract_oci, &e);
	assert_string_equal(e.path, "");
}

static void refuse_answer_nobody_wrote(void **state)
{
	struct eu_extract e = {0};

	(void)state;
	assert_true(eu_extract_valid(&e));
	e.found.runtime[0] = 'x';
	assert_false(eu_extract_valid(&e));
	e = (struct eu_extract){.found.owner_uid = 1};
	assert_false(eu_extract_valid(&e));
	e = (struct eu_extract){.found.flags = 0x10};
	assert_false(eu_extract_valid(&e));
	e = (struct eu_extract){.manager = _EU_MANAGER_MAX};
	assert_false(eu_extract_valid(&e));
	e = (struct eu_extract){0};
	memset(e.found.name, 'x', sizeof(e.found.name));
	assert_false(eu_extract_valid(&e));
	e = (struct eu_extract){.found.namespace_ = "\xff"};
	assert_false(eu_extract_valid(&e));
	e = (struct eu_extract){0};
	e.path[PATH_MAX - 1] = 'x';
	assert_false(eu_extract_valid(&e));
	e = (struct eu_extract){.more = "../x"};
	assert_false(eu_extract_valid(&e));
	e = (struct eu_extract){.reserved_more = {1}};
	assert_false(eu_extract_valid(&e));
	e = (struct eu_extract){.found.facts = EU_FACT_TTY};
	assert_false(eu_extract_valid(&e));
	e = (struct eu_extract){.found.facts_known = EU_FACTS + 1};
	assert_false(eu_extract_valid(&e));
	e = (struct eu_extract){.found.image_digest = "\xff"};
	assert_false(eu_extract_valid(&e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(extract_from_docker),
	    cmocka_unit_test(extract_from_cri),
	    cmocka_unit_test(extract_from_sandbox),
	    cmocka_unit_test(extract_from_docker_bundle),
	    cmocka_unit_test(extract_from_bundle_without_docker_mounts),
	    cmocka_unit_test(extract_from_runc),
	    cmocka_unit_test(extract_creation_from_annotation_first),
	    cmocka_unit_test(extract_annotations_by_table),
	    cmocka_unit_test(extract_from_storage_by_table),
	    cmocka_unit_test(extract_from_conmon),
	    cmocka_unit_test(leave_fields_empty_by_table),
	    cmocka_unit_test(refuse_malformed_by_table),
	    cmocka_unit_test(take_last_of_duplicate_keys),
	    cmocka_unit_test(refuse_deep_nesting),
	    cmocka_unit_test(cut_huge_strings),
	    cmocka_unit_test(drop_path_too_long),
	    cmocka_unit_test(refuse_answer_nobody_wrote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
