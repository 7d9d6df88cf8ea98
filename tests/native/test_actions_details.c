/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of a container besides its name: from cut down samples of what each runtime writes,
 * and the bounds of what there may be several of. */
#include <errno.h>

#include "actions/extract.h"
#include "test_actions_kit.h"

#define SECRET "s3cr3t-do-not-leak"

static struct eu_extract e;

static void extract(enum eu_extract_kind kind, const char *id, const char *json)
{
	memset(&e, 0xee, sizeof(e));
	assert_int_equal(eu_extract_table[kind](json, strlen(json), id, &e), 0);
	assert_true(eu_extract_valid(&e));
	assert_null(memmem(&e, sizeof(e), SECRET, strlen(SECRET)));
}

/* "KIND text|text|...\n" for each. */
static const char *details(void)
{
	static const char *const names[] = {"",		 "mount",      "label",
					    "pod-label", "annotation", "pod-annotation"};
	static char text[2 * EU_INSPECT_DETAILS_SIZE];
	struct eu_detail_entry entry;
	size_t pos = 0, len = 0;

	text[0] = '\0';
	while (eu_detail_next(&e.found, &pos, &entry)) {
		len += (size_t)sprintf(text + len, "%s", names[entry.kind]);
		for (size_t i = 0; i < EU_DETAIL_TEXTS_MAX && entry.texts[i]; i++)
			len += (size_t)sprintf(text + len, "%c%s", i ? '|' : ' ', entry.texts[i]);
		len += (size_t)sprintf(text + len, "\n");
	}
	return text;
}

/* docker 20.10: run --privileged -u app -t -v /etc:/host-etc:ro -v vol:/data --health-cmd ... */
static void tell_what_docker_was_told(void **state)
{
	(void)state;
	extract(EU_EXTRACT_DOCKER, KIT_ID,
		"{\"Config\":{\"User\":\"app\",\"Tty\":true,\"Env\":[\"A=" SECRET "\"],"
		"\"Image\":\"nginx:1.25@sha256:aa11\",\"Healthcheck\":{\"Test\":[\"CMD-SHELL\","
		"\"curl -f localhost\"],\"Interval\":5},\"Labels\":{\"team\":\"web\",\"n\":7}},"
		"\"Image\":\"sha256:899c\",\"Driver\":\"overlay2\",\"AppArmorProfile\":"
		"\"docker-default\",\"SeccompProfile\":\"\",\"NoNewPrivileges\":true,"
		"\"MountPoints\":{\"/host-etc\":{\"Source\":\"/etc\",\"Destination\":\"/host-etc\","
		"\"RW\":false,\"Name\":\"\",\"Type\":\"bind\",\"Relabel\":\"ro\",\"Propagation\":"
		"\"rprivate\"},\"/data\":{\"Source\":\"\",\"Destination\":\"/data\",\"RW\":true,"
		"\"Name\":\"vol\",\"Type\":\"volume\",\"Relabel\":\"z\"},\"/bad\":7}}");
	assert_string_equal(e.found.user, "app");
	assert_string_equal(e.found.image_id, "sha256:899c");
	assert_string_equal(e.found.image_digest, "sha256:aa11");
	assert_string_equal(e.found.apparmor, "docker-default");
	assert_string_equal(e.found.seccomp, "default");
	assert_string_equal(e.found.healthcheck, "/bin/sh -c curl -f localhost");
	assert_string_equal(e.more, "overlay2");
	assert_int_equal(e.found.facts, EU_FACT_TTY | EU_FACT_NO_NEW_PRIVILEGES);
	assert_string_equal(details(), "label team|web\n"
				       "mount /etc|/host-etc|ro|ro|rprivate\n"
				       "mount vol|/data|z|rw|\n"
				       "mount |/bad||ro|\n");
	extract(
	    EU_EXTRACT_HOSTCONFIG, KIT_ID,
	    "{\"Privileged\":true,\"ReadonlyRootfs\":false,\"PidMode\":\"host\",\"NetworkMode\":"
	    "\"default\",\"IpcMode\":\"private\",\"UTSMode\":\"\",\"CgroupnsMode\":\"host\"}");
	assert_int_equal(e.found.facts,
			 EU_FACT_PRIVILEGED | EU_FACT_HOST_PID | EU_FACT_HOST_CGROUP);
	assert_int_equal(e.found.facts_known,
			 EU_FACTS & ~(EU_FACT_TTY | EU_FACT_HOST_USER | EU_FACT_NO_NEW_PRIVILEGES));
}

static void tell_profiles_and_health_checks_by_table(void **state)
{
	static const struct {
		const char *json, *seccomp, *healthcheck;
	} cases[] = {
	    {"{\"SeccompProfile\":\"unconfined\",\"Config\":{\"Healthcheck\":{\"Test\":[\"NONE\"]}}"
	     "}",
	     "unconfined", "NONE"},
	    {"{\"SeccompProfile\":\"{\\\"defaultAction\\\":\\\"x\\\"}\",\"Config\":{"
	     "\"Healthcheck\":"
	     "{\"Test\":[\"CMD\",\"/probe\",\"-x\",7]}}}",
	     "custom", "/probe -x"},
	    {"{\"Config\":{\"Healthcheck\":{\"Test\":[]}}}", "", ""},
	    {"{\"Config\":{\"Healthcheck\":{\"Test\":\"x\"}}}", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		extract(EU_EXTRACT_DOCKER, KIT_ID, cases[i].json);
		assert_string_equal(e.found.seccomp, cases[i].seccomp);
		assert_string_equal(e.found.healthcheck, cases[i].healthcheck);
	}
}

static void find_digest_of_image(void **state)
{
	static const char docker[] =
	    "{\"Repositories\":{\"a\":{\"a:1\":\"sha256:1\",\"a@sha256:d1\":"
	    "\"sha256:1\"},\"b\":{\"b@sha256:d2\":\"sha256:2\"},\"c\":7}}";
	static const char images[] = "[{\"id\":\"1\",\"digest\":\"sha256:d1\"},7,"
				     "{\"id\":\"2\",\"digest\":\"sha256:d2\"}]";

	(void)state;
	extract(EU_EXTRACT_REPOSITORIES, "sha256:2", docker);
	assert_string_equal(e.found.image_digest, "sha256:d2");
	extract(EU_EXTRACT_REPOSITORIES, "sha256:3", docker);
	assert_string_equal(e.found.image_digest, "");
	extract(EU_EXTRACT_IMAGES, "2", images);
	assert_string_equal(e.found.image_digest, "sha256:d2");
	assert_int_equal(eu_extract_images(images, strlen(images), "3", &e), -ENOENT);
}

#define OCI_PROCESS                                                                                \
	"\"process\":{\"terminal\":true,\"user\":{\"uid\":101,\"gid\":102},\"env\":[\"A=" SECRET   \
	"\"],\"noNewPrivileges\":true,\"apparmorProfile\":\"p\",\"capabilities\":{\"bounding\":["  \
	"\"CAP_CHOWN\",\"CAP_CHECKPOINT_RESTORE\",\"CAP_X\",\"SYS_ADMIN\",7],\"effective\":["      \
	"\"CAP_CHOWN\"]}}"

static void tell_what_bundle_says(void **state)
{
	(void)state;
	extract(EU_EXTRACT_OCI, "c1",
		"{" OCI_PROCESS ",\"root\":{\"path\":\"rootfs\",\"readonly\":true},\"mounts\":["
		"{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},"
		"{\"destination\":\"/h\",\"type\":\"bind\",\"source\":\"/\",\"options\":[\"rbind\","
		"\"rslave\",\"ro\"]},{\"destination\":\"/w\",\"source\":\"/"
		"w\",\"options\":[\"bind\"]}],"
		"\"annotations\":{\"mine\":\"yes\",\"io.kubernetes.cri.x\":\"no\",\"nerdctl/"
		"y\":\"no\"},"
		"\"linux\":{\"seccomp\":{},\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"},"
		"{\"type\":\"ipc\",\"path\":\"/proc/1/ns/ipc\"},{\"type\":\"uts\",\"path\":"
		"\"/proc/17/ns/uts\"},{\"type\":\"user\"},{\"type\":\"cgroup\"}]}}");
	assert_int_equal(e.found.flags, EU_INSPECT_CAPS | EU_INSPECT_USER);
	assert_int_equal(e.found.uid, 101);
	assert_int_equal(e.found.gid, 102);
	assert_string_equal(e.found.user, "101:102");
	assert_int_equal(e.found.cap_bounding, 1ull << 40 | 1);
	assert_int_equal(e.found.cap_effective, 1);
	assert_string_equal(e.found.apparmor, "p");
	assert_string_equal(e.found.seccomp, "filtered");
	assert_int_equal(e.found.facts_known, EU_FACTS);
	assert_int_equal(e.found.facts, EU_FACT_TTY | EU_FACT_READ_ONLY_ROOT |
					    EU_FACT_NO_NEW_PRIVILEGES | EU_FACT_HOST_NETWORK |
					    EU_FACT_HOST_IPC);
	assert_string_equal(details(), "annotation mine|yes\n"
				       "mount /|/h||ro|rslave\n"
				       "mount /w|/w||rw|\n");
}

/* All of it is needed: the capabilities, the devices, and nothing that is hidden or forbidden. */
static void know_privileged_bundle_by_table(void **state)
{
	static const char *const caps =
	    "\"CAP_CHOWN\",\"CAP_DAC_OVERRIDE\",\"CAP_DAC_READ_SEARCH\",\"CAP_FOWNER\",\"CAP_"
	    "FSETID\","
	    "\"CAP_KILL\",\"CAP_SETGID\",\"CAP_SETUID\",\"CAP_SETPCAP\",\"CAP_LINUX_IMMUTABLE\","
	    "\"CAP_NET_BIND_SERVICE\",\"CAP_NET_BROADCAST\",\"CAP_NET_ADMIN\",\"CAP_NET_RAW\","
	    "\"CAP_IPC_LOCK\",\"CAP_IPC_OWNER\",\"CAP_SYS_MODULE\",\"CAP_SYS_RAWIO\",\"CAP_SYS_"
	    "CHROOT\","
	    "\"CAP_SYS_PTRACE\",\"CAP_SYS_PACCT\",\"CAP_SYS_BOOT\",\"CAP_SYS_NICE\",\"CAP_SYS_"
	    "RESOURCE\","
	    "\"CAP_SYS_TIME\",\"CAP_SYS_TTY_CONFIG\",\"CAP_MKNOD\",\"CAP_LEASE\",\"CAP_AUDIT_"
	    "WRITE\","
	    "\"CAP_AUDIT_CONTROL\",\"CAP_SETFCAP\",\"CAP_MAC_OVERRIDE\",\"CAP_MAC_ADMIN\",\"CAP_"
	    "SYSLOG\","
	    "\"CAP_WAKE_ALARM\",\"CAP_BLOCK_SUSPEND\",\"CAP_AUDIT_READ\"";
	static const char all[] = "{\"allow\":true,\"access\":\"rwm\"}";
	static const char none[] = "{\"allow\":false,\"access\":\"rwm\"}";
	const struct {
		const char *cap, *devices, *rest;
		bool is_privileged;
	} cases[] = {
	    {"CAP_SYS_ADMIN", all, "", true},
	    {"CAP_SYS_ADMIN", all, ",\"maskedPaths\":[],\"seccomp\":null", true},
	    {"CAP_BPF", all, "", false},
	    {"CAP_SYS_ADMIN", none, "", false},
	    {"CAP_SYS_ADMIN", "{\"allow\":true,\"access\":\"rwm\",\"type\":\"c\",\"major\":1}", "",
	     false},
	    {"CAP_SYS_ADMIN", all, ",\"seccomp\":{}", false},
	    {"CAP_SYS_ADMIN", all, ",\"maskedPaths\":[\"/proc/kcore\"]", false},
	};
	static char json[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# case %zu\n", i);
		snprintf(json, sizeof(json),
			 "{\"process\":{\"capabilities\":{\"bounding\":[%s,\"%s\"]}},\"linux\":{"
			 "\"resources\":{\"devices\":[%s]}%s}}",
			 caps, cases[i].cap, cases[i].devices, cases[i].rest);
		extract(EU_EXTRACT_OCI, "c1", json);
		assert_int_equal(e.found.facts_known & EU_FACT_PRIVILEGED, EU_FACT_PRIVILEGED);
		assert_int_equal(!!(e.found.facts & EU_FACT_PRIVILEGED), cases[i].is_privileged);
	}
	extract(EU_EXTRACT_OCI, "c1",
		"{\"annotations\":{\"io.podman.annotations.privileged\":\"TRUE\"}}");
	assert_int_equal(e.found.facts, EU_FACT_PRIVILEGED);
}

static void tell_what_crio_says_of_pod(void **state)
{
	(void)state;
	extract(EU_EXTRACT_OCI, KIT_ID,
		"{\"annotations\":{\"io.kubernetes.cri-o.ContainerType\":\"sandbox\","
		"\"io.kubernetes.cri-o.Labels\":\"{\\\"app\\\":\\\"web\\\"}\",\"io.kubernetes.pod."
		"uid\":"
		"\"u-1\",\"io.kubernetes.cri-o.Annotations\":\"{\\\"a\\\":\\\"b\\\","
		"\\\"kubectl.kubernetes.io/last-applied-configuration\\\":\\\"" SECRET "\\\"}\"}}");
	assert_string_equal(e.found.pod_uid, "u-1");
	assert_string_equal(details(), "pod-label app|web\n"
				       "pod-annotation a|b\n"
				       "annotation io.kubernetes.pod.uid|u-1\n");
	extract(EU_EXTRACT_OCI, KIT_ID,
		"{\"annotations\":{\"io.kubernetes.cri-o.ContainerType\":\"container\","
		"\"io.kubernetes.cri-o.Labels\":\"{\\\"l\\\":\\\"1\\\"}\",\"io.kubernetes.cri-o."
		"Image\":"
		"\"77\",\"io.kubernetes.cri-o.ImageRef\":\"q.io/n@sha256:d\","
		"\"io.kubernetes.cri-o.SandboxID\":\"" KIT_ID2 "\"}}");
	assert_string_equal(e.more, KIT_ID2);
	assert_string_equal(e.found.image_id, "77");
	assert_string_equal(e.found.image_digest, "sha256:d");
	assert_string_equal(details(), "label l|1\n");
	extract(EU_EXTRACT_OCI, KIT_ID,
		"{\"annotations\":{\"io.kubernetes.cri-o.SandboxID\":\"../../x\","
		"\"io.kubernetes.cri-o.Labels\":\"[7\"}}");
	assert_string_equal(e.more, "");
	assert_string_equal(details(), "");
}

/* -- bounds -- */

static void add_label(const char *key, const char *value)
{
	eu_detail_add(&e.found, EU_DETAIL_LABEL, (const char *const[]){key, value});
	assert_true(eu_details_valid(&e.found));
}

static void cut_long_values_and_leave_out_long_keys(void **state)
{
	char text[2 * EU_DETAIL_TEXT_SIZE] = "";
	struct eu_detail_entry entry;
	size_t pos = 0;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	e = (struct eu_extract){0};
	add_label("k", text);
	assert_int_equal(e.found.flags, EU_INSPECT_CUT);
	assert_true(eu_detail_next(&e.found, &pos, &entry));
	assert_int_equal(strlen(entry.texts[1]), EU_DETAIL_VALUE_SIZE - 1);
	e = (struct eu_extract){0};
	add_label(text, "v");
	assert_int_equal(e.found.flags, EU_INSPECT_CUT);
	assert_int_equal(e.found.details_len, 0);
	add_label("bad\xff", "v");
	assert_int_equal(e.found.details_len, 0);
	eu_detail_add(&e.found, EU_DETAIL_MOUNT, (const char *const[]){"/", text, "", "rw", ""});
	assert_int_equal(e.found.details_len, 0);
	add_label("k", "v");
	assert_int_equal(e.found.details_len, 5);
}

static void leave_out_what_has_no_room(void **state)
{
	char source[EU_DETAIL_TEXT_SIZE] = "", destination[32];

	(void)state;
	e = (struct eu_extract){0};
	for (int i = 0; i < EU_DETAIL_PER_KIND + 1; i++) {
		assert_int_equal(e.found.flags, 0);
		snprintf(destination, sizeof(destination), "/%d", i);
		eu_detail_add(&e.found, EU_DETAIL_MOUNT,
			      (const char *const[]){"/", destination, "", "ro", ""});
	}
	assert_int_equal(e.found.flags, EU_INSPECT_CUT);
	e = (struct eu_extract){0};
	memset(source, 's', sizeof(source) - 1);
	for (int i = 0; i < EU_DETAIL_PER_KIND; i++)
		eu_detail_add(&e.found, EU_DETAIL_MOUNT,
			      (const char *const[]){source, "/", "", "ro", ""});
	assert_int_equal(e.found.flags, EU_INSPECT_CUT);
	assert_true(eu_details_valid(&e.found));
	assert_true(e.found.details_len > EU_INSPECT_DETAILS_SIZE - 2 * EU_DETAIL_TEXT_SIZE);
}

static void refuse_details_nobody_wrote(void **state)
{
	(void)state;
	e = (struct eu_extract){0};
	add_label("k", "v");
	e.found.details_len++;
	assert_false(eu_details_valid(&e.found));
	e.found.details_len = 3;
	assert_false(eu_details_valid(&e.found));
	e.found.details_len = 5;
	assert_true(eu_details_valid(&e.found));
	e.found.details[1] = '\xff';
	assert_false(eu_details_valid(&e.found));
	e.found.details[1] = 'k';
	e.found.details[0] = _EU_DETAIL_MAX;
	assert_false(eu_details_valid(&e.found));
	e.found.details[0] = EU_DETAIL_LABEL;
	e.found.details_len = UINT32_MAX;
	assert_false(eu_details_valid(&e.found));
	e = (struct eu_extract){0};
	eu_detail_add(&e.found, EU_DETAIL_MOUNT, (const char *const[]){"/", "/", "", "xx", ""});
	assert_false(eu_details_valid(&e.found));
	e = (struct eu_extract){.found.reserved = 1};
	assert_false(eu_details_valid(&e.found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tell_what_docker_was_told),
	    cmocka_unit_test(tell_profiles_and_health_checks_by_table),
	    cmocka_unit_test(find_digest_of_image),
	    cmocka_unit_test(tell_what_bundle_says),
	    cmocka_unit_test(know_privileged_bundle_by_table),
	    cmocka_unit_test(tell_what_crio_says_of_pod),
	    cmocka_unit_test(cut_long_values_and_leave_out_long_keys),
	    cmocka_unit_test(leave_out_what_has_no_room),
	    cmocka_unit_test(refuse_details_nobody_wrote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
