/* SPDX-License-Identifier: Apache-2.0 */
/* InspectContainer where podman and CRI-O keep things, and whom of their conmons it believes. */
#include <errno.h>
#include <sys/mount.h>

#include "actions/inspect.h"
#include "test_actions_kit.h"

#define SECRET "s3cr3t-do-not-leak"
#define USER   1234

#define CREATED	   "2026-11-23T09:33:08.083992033Z"
#define CREATED_NS 1795426388083992033

#define STORAGE	    "/var/lib/containers/storage"
#define OVERLAY	    STORAGE "/overlay-containers"
#define BUNDLE(id)  OVERLAY "/" id "/userdata/config.json"
#define LIST	    OVERLAY "/containers.json"
#define HOME	    "/home/u/.local/share/containers/storage/overlay-containers"
#define HOME_BUNDLE HOME "/" KIT_ID "/userdata"

/* Cut down from what podman 4 writes. */
#define PODMAN_JSON                                                                                \
	"{\"process\":{\"env\":[\"SECRET=" SECRET "\"]},\"root\":{\"path\":\"/x/merged\"},"        \
	"\"annotations\":{\"io.container.manager\":\"libpod\",\"io.kubernetes.cri-o.Created\":"    \
	"\"" CREATED "\",\"io.podman.annotations.autoremove\":\"FALSE\","                          \
	"\"org.opencontainers.image.stopSignal\":\"15\"}}"
#define ENTRY(id, name, image)                                                                     \
	"{\"id\":\"" id "\",\"names\":[\"" name "\"],\"image\":\"0f3c\",\"layer\":\"77\","         \
	"\"metadata\":\"{\\\"image-name\\\":\\\"" image "\\\",\\\"image-id\\\":\\\"0f3c\\\","      \
	"\\\"name\\\":\\\"" name "\\\",\\\"created-at\\\":1795426388}\","                          \
	"\"created\":\"" CREATED "\"}"
#define CRIO_JSON(type, name)                                                                      \
	"{\"process\":{\"env\":[\"SECRET=" SECRET "\"]},\"annotations\":{"                         \
	"\"io.container.manager\":\"cri-o\",\"io.kubernetes.container.name\":\"" name "\","        \
	"\"io.kubernetes.cri-o.ContainerName\":\"k8s_" name "_web-7f_prod_uid_0\","                \
	"\"io.kubernetes.cri-o.ContainerType\":\"" type "\",\"io.kubernetes.cri-o.Created\":"      \
	"\"" CREATED "\",\"io.kubernetes.cri-o.ImageName\":\"quay.io/nginx:1\","                   \
	"\"io.kubernetes.pod.name\":\"web-7f\",\"io.kubernetes.pod.namespace\":\"prod\"}}"

struct fixture {
	struct kit_tree *tree;
	struct eu_inspector in;
	struct eu_slow_users slow_users;
};

static int setup(void **state)
{
	static const char *const roots[] = {"/data/storage"};
	const struct eu_extractor_options options = {
	    .uid = 64123, .timeout_ms = 10000, .table = eu_extract_table};
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f || kit_setup((void **)&f->tree) < 0)
		return -1;
	kit_link(f->tree, "mnt:[1]", "/proc/self/ns/mnt");
	kit_write(f->tree, "/proc/self/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
	f->in = (struct eu_inspector){
	    .root = f->tree->root,
	    .proc = eu_files_open_dir(f->tree->root, "proc", O_PATH),
	    .runtime_roots = roots,
	    .n_runtime_roots = 1,
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

static void find_podman_in_its_storage(void **state)
{
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, OVERLAY "/defaultNetworkBackend", "");
	kit_write(f->tree, STORAGE "/vfs-containers/containers.json", "[]");
	assert_int_equal(inspect(f, KIT_ID, &r), -ENOENT);
	kit_write(
	    f->tree, LIST,
	    "[" ENTRY(KIT_ID2, "other", "o:1") "," ENTRY(KIT_ID, "web", "docker.io/nginx:1") "]");
	kit_write(f->tree, BUNDLE(KIT_ID), PODMAN_JSON);
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.runtime, "podman");
	assert_string_equal(r.name, "web");
	assert_string_equal(r.image, "docker.io/nginx:1");
	assert_int_equal(r.created_unix_ns, CREATED_NS);
	assert_int_equal(r.owner_uid, 0);
}

/* podman run --rm, and podman with its state in memory. */
static void find_podman_in_other_lists(void **state)
{
	static const char *const files[] = {
	    OVERLAY "/volatile-containers.json",
	    "/run/containers/storage/overlay-containers/volatile-containers.json",
	    "/data/storage/btrfs-containers/containers.json",
	};
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		kit_write(f->tree, files[i], "[" ENTRY(KIT_ID, "gone-soon", "i") "]");
		assert_int_equal(inspect(f, KIT_ID, &r), 0);
		assert_string_equal(r.runtime, "podman");
		assert_string_equal(r.name, "gone-soon");
		assert_int_equal(r.created_unix_ns, CREATED_NS);
		assert_int_equal(unlink(kit_path(f->tree, files[i])), 0);
	}
}

static void find_crio_in_its_storage(void **state)
{
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, BUNDLE(KIT_ID), CRIO_JSON("container", "nginx"));
	kit_write(f->tree, BUNDLE(KIT_ID2), CRIO_JSON("sandbox", "POD"));
	kit_write(f->tree, LIST, "[" ENTRY(KIT_ID2, "k8s_POD_web-7f_prod_uid_0", "pause") "]");
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.runtime, "cri-o");
	assert_string_equal(r.name, "nginx");
	assert_string_equal(r.image, "quay.io/nginx:1");
	assert_string_equal(r.pod, "web-7f");
	assert_string_equal(r.namespace_, "prod");
	assert_int_equal(r.created_unix_ns, CREATED_NS);
	assert_int_equal(inspect(f, KIT_ID2, &r), 0);
	assert_string_equal(r.name, "");
	assert_string_equal(r.pod, "web-7f");
	assert_int_equal(r.flags, EU_INSPECT_SANDBOX);
}

static void tell_pod_and_digest_from_beside_the_container(void **state)
{
	const struct fixture *f = *state;
	struct eu_inspect_result r;
	struct eu_detail_entry entry;
	size_t pos = 0;

	kit_require_root();
	kit_write(f->tree, BUNDLE(KIT_ID),
		  "{\"annotations\":{\"io.container.manager\":\"cri-o\","
		  "\"io.kubernetes.cri-o.SandboxID\":\"" KIT_ID2 "\"}}");
	kit_write(f->tree, LIST, "[" ENTRY(KIT_ID, "web", "nginx:1") "]");
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.image_id, "0f3c");
	assert_string_equal(r.image_digest, "");
	assert_int_equal(r.details_len, 0);
	kit_write(f->tree, STORAGE "/overlay-images/images.json",
		  "[{\"id\":\"0f3c\",\"digest\":\"sha256:d\"}]");
	kit_write(f->tree, BUNDLE(KIT_ID2),
		  "{\"annotations\":{\"io.container.manager\":\"cri-o\","
		  "\"io.kubernetes.cri-o.ContainerType\":\"sandbox\","
		  "\"io.kubernetes.cri-o.Labels\":\"{\\\"app\\\":\\\"shop\\\"}\"}}");
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.image_digest, "sha256:d");
	assert_true(eu_detail_next(&r, &pos, &entry));
	assert_int_equal(entry.kind, EU_DETAIL_POD_LABEL);
	assert_string_equal(entry.texts[0], "app");
	assert_string_equal(entry.texts[1], "shop");
	assert_false(eu_detail_next(&r, &pos, &entry));
}

/* CRI-O tells runc to keep its state where runc alone does. */
static void find_crio_through_runc_state(void **state)
{
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, "/run/b/config.json", CRIO_JSON("container", "nginx"));
	kit_write(f->tree, "/run/runc/" KIT_ID "/state.json",
		  "{\"created\":\"" CREATED "\",\"config\":{\"labels\":[\"bundle=/run/b\"]}}");
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.runtime, "cri-o");
	assert_string_equal(r.name, "nginx");
}

static void find_crun_through_its_state(void **state)
{
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, "/srv/b/config.json", "{\"annotations\":{\"nertcl/name\":\"x\"}}");
	kit_write(f->tree, "/run/crun/web/status",
		  "{\"pid\":7,\"bundle\":\"/srv/b\",\"created\":\"" CREATED "\"}");
	assert_int_equal(inspect(f, "web", &r), 0);
	assert_string_equal(r.runtime, "crun");
	assert_string_equal(r.name, "web");
	assert_int_equal(r.created_unix_ns, CREATED_NS);
}

/* -- conmon -- */

struct process {
	const char *exe, *uids, *cgroup, *mntns, *args; /* args: space for NUL */
};

static void add_process(const struct fixture *f, int pid, const struct process *p)
{
	char path[64], text[512];
	size_t len = strlen(p->args) + 1;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	kit_link(f->tree, p->exe, path);
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	kit_link(f->tree, p->mntns, path);
	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	snprintf(text, sizeof(text), "0::%s\n", p->cgroup);
	kit_write(f->tree, path, text);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	snprintf(text, sizeof(text), "Name:\tconmon\nUid:\t%s\nNSpid:\t%d\n", p->uids, pid);
	kit_write(f->tree, path, text);
	memcpy(text, p->args, len);
	for (char *at = text; (at = strchr(at, ' '));)
		*at++ = '\0';
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	kit_write_bytes(f->tree, path, text, len);
}

#define ROOT_UIDS "0\t0\t0\t0"
#define USER_UIDS "1234\t1234\t1234\t1234"
#define EXE	  "/usr/bin/conmon"
#define SCOPE	  "/machine.slice/libpod-conmon-" KIT_ID ".scope"
#define USER_SCOPE                                                                                 \
	"/user.slice/user-1234.slice/user@1234.service/user.slice/libpod-conmon-" KIT_ID ".scope"
#define ARGS(b) "conmon -c " KIT_ID " -b " b " -n web --exit-command-arg -n"

static void find_podman_through_root_conmon(void **state)
{
	static const struct process conmon = {
	    EXE, ROOT_UIDS, SCOPE, "mnt:[1]",
	    ARGS("/linked/overlay-containers/" KIT_ID "/userdata")};
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_link(f->tree, "/srv/storage", "/linked");
	kit_write(f->tree, "/srv/storage/overlay-containers/containers.json",
		  "[" ENTRY(KIT_ID, "web", "img:1") "]");
	kit_write(f->tree, "/srv/storage/overlay-containers/" KIT_ID "/userdata/config.json",
		  PODMAN_JSON);
	add_process(f, 70, &conmon);
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.runtime, "podman");
	assert_string_equal(r.name, "web");
	assert_string_equal(r.image, "img:1");
	assert_int_equal(r.owner_uid, 0);
	assert_int_equal(inspect(f, KIT_ID2, &r), -ENOENT);
}

/* Then nothing but the arguments knows the name. */
static void name_by_conmon_what_list_too_large_does_not(void **state)
{
	static const struct process conmon = {EXE, ROOT_UIDS, SCOPE, "mnt:[1]",
					      ARGS(OVERLAY "/" KIT_ID "/userdata")};
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, LIST, "[" ENTRY(KIT_ID, "list", "i") "]");
	kit_write(f->tree, BUNDLE(KIT_ID), PODMAN_JSON);
	assert_int_equal(truncate(kit_path(f->tree, LIST), EU_STATE_FILE_MAX + 1), 0);
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.name, "");
	add_process(f, 70, &conmon);
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.runtime, "podman");
	assert_string_equal(r.name, "web");
	assert_int_equal(r.created_unix_ns, CREATED_NS);
}

static void ignore_conmon_by_table(void **state)
{
	static const struct {
		const char *name;
		struct process process;
	} cases[] = {
	    {"another program", {"/usr/bin/conmon2", ROOT_UIDS, SCOPE, "mnt:[1]", ARGS("/b/b/b")}},
	    {"another container",
	     {EXE, ROOT_UIDS, SCOPE, "mnt:[1]", "conmon -c " KIT_ID2 " -n web"}},
	    {"an exec session",
	     {EXE, ROOT_UIDS, SCOPE, "mnt:[1]", "conmon -e -c " KIT_ID " -n web"}},
	    {"in another mount namespace", {EXE, ROOT_UIDS, SCOPE, "mnt:[2]", ARGS("/b/b/b")}},
	    {"another's cgroup",
	     {EXE, ROOT_UIDS, "/x/libpod-conmon-" KIT_ID2 ".scope", "mnt:[1]", ARGS("/b/b/b")}},
	    {"in a container", {EXE, "0\t0\t0\t0\nNSpid:\t7\t1", SCOPE, "mnt:[1]", ARGS("/b/b/b")}},
	    {"two uids", {EXE, "1234\t0\t0\t0", USER_SCOPE, "mnt:[1]", ARGS("/b/b/b")}},
	    {"a user outside of the slice", {EXE, USER_UIDS, SCOPE, "mnt:[1]", ARGS("/b/b/b")}},
	    {"a user in another's slice",
	     {EXE, USER_UIDS, "/user.slice/user-1.slice/libpod-conmon-" KIT_ID ".scope", "mnt:[1]",
	      ARGS("/b/b/b")}},
	    {"a user in a slice made up",
	     {EXE, USER_UIDS, "/docker/x/user.slice/user-1234.slice/" KIT_ID, "mnt:[1]",
	      ARGS("/b/b/b")}},
	};
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s\n", cases[i].name);
		add_process(f, 100 + (int)i, &cases[i].process);
		assert_int_equal(inspect(f, KIT_ID, &r), -ENOENT);
	}
}

/* A low-level runtime's own state leads to the bundle, and only conmon to the list beside it. */
static void name_by_conmon_what_runc_state_does_not(void **state)
{
	static const struct process conmon = {
	    EXE, ROOT_UIDS, SCOPE, "mnt:[1]",
	    ARGS("/srv/storage/overlay-containers/" KIT_ID "/userdata")};
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	kit_write(f->tree, "/srv/storage/overlay-containers/containers.json",
		  "[" ENTRY(KIT_ID, "list", "img:1") "]");
	kit_write(f->tree, "/srv/storage/overlay-containers/" KIT_ID "/userdata/config.json",
		  PODMAN_JSON);
	kit_write(f->tree, "/run/runc/" KIT_ID "/state.json",
		  "{\"created\":\"2026-12-01T00:00:00Z\",\"config\":{\"labels\":["
		  "\"bundle=/srv/storage/overlay-containers/" KIT_ID "/userdata\"]}}");
	add_process(f, 70, &conmon);
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.runtime, "podman");
	assert_string_equal(r.name, "list");
	assert_string_equal(r.image, "img:1");
	assert_int_equal(r.created_unix_ns, CREATED_NS);

	assert_int_equal(chown(kit_path(f->tree, "/srv/storage/overlay-containers/" KIT_ID
						 "/userdata/config.json"),
			       USER, USER),
			 0);
	assert_int_equal(unlink(kit_path(f->tree, "/srv/storage/overlay-containers/"
						  "containers.json")),
			 0);
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.runtime, "runc"); /* nothing but runc's state is left */
}

/* A conmon in somebody else's cgroup is asked too, but not each of thousands. */
static void ask_few_conmons_without_cgroup_of_their_own(void **state)
{
	struct process other = {EXE, ROOT_UIDS, "/system.slice/web.service", "mnt:[1]",
				"conmon -c " KIT_ID2 " -n other"};
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	add_process(f, 300, &other);
	other.args = ARGS("/none/of/it");
	add_process(f, 301, &other);
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.name, "web");
	assert_string_equal(r.runtime, "podman");
}

static void own(const struct fixture *f, const char *path)
{
	assert_int_equal(chown(kit_path(f->tree, path), USER, USER), 0);
}

static void add_rootless(const struct fixture *f)
{
	static const struct process conmon = {EXE, USER_UIDS, USER_SCOPE, "mnt:[5]",
					      ARGS(HOME_BUNDLE)};

	kit_write(f->tree, HOME "/containers.json", "[" ENTRY(KIT_ID, "list", "img:2") "]");
	kit_write(f->tree, HOME_BUNDLE "/config.json", PODMAN_JSON);
	own(f, HOME "/containers.json");
	own(f, HOME_BUNDLE "/config.json");
	add_process(f, 80, &conmon);
}

static void take_word_of_user(void **state)
{
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	add_rootless(f);
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.runtime, "podman");
	assert_string_equal(r.name, "list");
	assert_string_equal(r.image, "img:2");
	assert_int_equal(r.created_unix_ns, CREATED_NS);
	assert_int_equal(r.owner_uid, USER);
}

static void ask_no_user_who_let_us_wait(void **state)
{
	struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	add_rootless(f);
	f->slow_users = (struct eu_slow_users){.uids = {7, USER}, .n = 2};
	assert_int_equal(inspect(f, KIT_ID, &r), -ENOENT);
	f->slow_users.n = 1;
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
}

static void prefer_word_of_root(void **state)
{
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	add_rootless(f);
	kit_write(f->tree, LIST, "[" ENTRY(KIT_ID, "roots", "i") "]");
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.name, "roots");
	assert_int_equal(r.owner_uid, 0);
}

/* What remains is what conmon was told; the secret in root's file stays where it is. */
static void read_nothing_but_own_files_on_word_of_user_by_table(void **state)
{
	static const char list[] = HOME "/containers.json";
	static const char bundle[] = HOME_BUNDLE "/config.json";
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	add_rootless(f);

	print_message("# root's files\n");
	assert_int_equal(chown(kit_path(f->tree, list), 0, 0), 0);
	assert_int_equal(chown(kit_path(f->tree, bundle), 0, 0), 0);
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.name, "web");
	assert_string_equal(r.image, "");
	assert_int_equal(r.created_unix_ns, 0);
	assert_int_equal(r.owner_uid, USER);

	print_message("# links\n");
	own(f, bundle);
	assert_int_equal(unlink(kit_path(f->tree, list)), 0);
	kit_write(f->tree, "/etc/secret", "[" ENTRY(KIT_ID, "x", SECRET) "]");
	own(f, "/etc/secret");
	kit_link(f->tree, "../../../../../../../etc/secret", list);
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.name, "web");
	assert_string_equal(r.image, "");
}

static void enter_no_file_system_that_others_serve_by_table(void **state)
{
	static const char *const mounts[] = {
	    "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 / /home rw - nfs4 server:/ rw\n",
	    "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 / /home/u rw - fuse.x x rw\n",
	    "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:9 / " HOME " rw - fuse x rw\n",
	    "2 1 0:9 / /home rw - autofs x rw\n3 2 8:2 / /home/u rw - ext4 /dev/sda2 rw\n",
	    "",
	};
	const struct fixture *f = *state;
	struct eu_inspect_result r;

	kit_require_root();
	add_rootless(f);
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		print_message("# mounts %zu\n", i);
		kit_write(f->tree, "/proc/self/mountinfo", mounts[i]);
		assert_int_equal(inspect(f, KIT_ID, &r), 0);
		assert_string_equal(r.name, "web");
		assert_string_equal(r.image, "");
	}
	kit_write(f->tree, "/proc/self/mountinfo",
		  "1 0 8:1 / / rw - ext4 x rw\n2 1 8:2 / /home/u rw - xfs x rw\n"
		  "2 1 0:9 / /home/u2 rw - fuse x rw\n");
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_string_equal(r.image, "img:2");
}

/* Something that was mounted after the list of mounts was read. */
static void cross_no_mount_on_word_of_user(void **state)
{
	const struct fixture *f = *state;
	struct eu_inspect_result r;
	const char *at;

	kit_require_root();
	add_rootless(f);
	at = kit_path(f->tree, HOME);
	if (mount(at, at, NULL, MS_BIND, NULL) < 0) {
		print_message("# SKIP cannot mount: %s\n", strerror(errno));
		skip();
	}
	assert_int_equal(inspect(f, KIT_ID, &r), 0);
	assert_int_equal(umount2(at, MNT_DETACH), 0);
	assert_string_equal(r.name, "web");
	assert_string_equal(r.image, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(find_podman_in_its_storage),
	    TEST(find_podman_in_other_lists),
	    TEST(find_crio_in_its_storage),
	    TEST(tell_pod_and_digest_from_beside_the_container),
	    TEST(find_crio_through_runc_state),
	    TEST(find_crun_through_its_state),
	    TEST(find_podman_through_root_conmon),
	    TEST(name_by_conmon_what_list_too_large_does_not),
	    TEST(name_by_conmon_what_runc_state_does_not),
	    TEST(ignore_conmon_by_table),
	    TEST(ask_few_conmons_without_cgroup_of_their_own),
	    TEST(take_word_of_user),
	    TEST(ask_no_user_who_let_us_wait),
	    TEST(prefer_word_of_root),
	    TEST(read_nothing_but_own_files_on_word_of_user_by_table),
	    TEST(enter_no_file_system_that_others_serve_by_table),
	    TEST(cross_no_mount_on_word_of_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
