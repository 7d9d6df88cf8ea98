/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "collector/policy.h"
#include "probes/protocol.h"
#include "process/options.h"
#include "util/bucket.h"

#define BOTH (EU_ALLOW_SIGNAL | EU_ALLOW_DENY)

static struct eu_policies asked;
static char error[256];

/* One policy with one matcher and one target, all sound. */
static void reset(int action, int operation)
{
	memset(&asked, 0, sizeof(asked));
	asked.policies_count = asked.matchers_count = asked.targets_count = 1;
	asked.policies[0].id = 7;
	asked.policies[0].action = action;
	asked.matchers[0].operation = operation;
	asked.targets[0].cgroup_key = 1000;
	asked.targets[0].policies = 1;
}

#define KILL_EXEC() reset(1, EU_ENFORCE_EXEC)

static void refused(unsigned int allow, enum eu_rpc_status status, const char *words)
{
	assert_int_equal(eu_policies_check(&asked, allow, error, sizeof(error)), status);
	if (!strstr(error, words))
		fail_msg("%s", error);
}

static void set_exe(const char *path)
{
	asked.matchers[0].fields = EU_MATCH_EXE;
	asked.matchers[0].exe.size = (pb_size_t)strlen(path);
	memcpy(asked.matchers[0].exe.bytes, path, strlen(path));
}

static void accept_what_is_sound(void **state)
{
	(void)state;
	KILL_EXEC();
	set_exe("/bin/nc");
	assert_int_equal(eu_policies_check(&asked, BOTH, error, sizeof(error)), EU_RPC_OK);
	memset(&asked, 0, sizeof(asked));
	assert_int_equal(eu_policies_check(&asked, BOTH, error, sizeof(error)), EU_RPC_OK);
	assert_int_equal(eu_policies_groups(&asked), 0);
}

static void refuse_what_is_not_allowed(void **state)
{
	(void)state;
	KILL_EXEC();
	refused(0, EU_RPC_PERMISSION_DENIED, "without --allow signal or --allow deny");
	refused(EU_ALLOW_DENY, EU_RPC_PERMISSION_DENIED, "without --allow signal");
	reset(2, EU_ENFORCE_CONNECT);
	refused(EU_ALLOW_SIGNAL, EU_RPC_PERMISSION_DENIED, "without --allow deny");
	KILL_EXEC();
	asked.policies[0].host = true;
	refused(BOTH, EU_RPC_PERMISSION_DENIED, "--allow-host");
	assert_int_equal(eu_policies_check(&asked, BOTH | EU_ALLOW_HOST, error, sizeof(error)),
			 EU_RPC_OK);
}

static void refuse_what_makes_no_sense(void **state)
{
	(void)state;
	KILL_EXEC();
	asked.policies[0].id = 0;
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "no id");
	KILL_EXEC();
	asked.policies[asked.policies_count++] = asked.policies[0];
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "two policies have the id 7");
	reset(3, EU_ENFORCE_EXEC);
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "unknown action");
	reset(1, _EU_ENFORCE_OPERATION_MAX);
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "unknown operation");
	KILL_EXEC();
	asked.matchers[0].policy = 1;
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "of no policy");
	reset(1, EU_ENFORCE_CONNECT);
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "denied, not killed");
	KILL_EXEC();
	asked.targets[0].cgroup_key = 1;
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "root of all");
	KILL_EXEC();
	asked.targets[0].policies = 2;
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "not there");
}

static void refuse_wrong_fields_and_values(void **state)
{
	(void)state;
	KILL_EXEC();
	set_exe("bin/nc");
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "no absolute path");
	asked.matchers[0].fields |= EU_MATCH_EXE_PREFIX;
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "exclude");
	KILL_EXEC();
	asked.matchers[0].fields = EU_MATCH_PORT;
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "only network calls");
	KILL_EXEC();
	asked.matchers[0].fields = EU_MATCH_PATH;
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "only an open");
	KILL_EXEC();
	asked.matchers[0].negated = EU_MATCH_UID;
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "negated and not compared");
	reset(2, EU_ENFORCE_BIND);
	asked.matchers[0].fields = EU_MATCH_PORT;
	asked.matchers[0].port_first = 2;
	asked.matchers[0].port_last = 1;
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "no range");
	asked.matchers[0].fields = EU_MATCH_ADDRESS;
	asked.matchers[0].address.size = 5;
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "neither 4 nor 16");
	asked.matchers[0].address.size = 4;
	asked.matchers[0].prefix_length = 33;
	refused(BOTH, EU_RPC_INVALID_ARGUMENT, "longer than the address");
}

static void need_what_their_operations_do(void **state)
{
	const uint32_t exec = 1u << EU_ENFORCE_GROUP_EXEC; /* sees where a container begins */

	(void)state;
	KILL_EXEC();
	assert_int_equal(eu_policies_groups(&asked), exec);
	reset(2, EU_ENFORCE_EXEC);
	assert_int_equal(eu_policies_groups(&asked), exec | 1u << EU_ENFORCE_GROUP_LSM);
	reset(1, EU_ENFORCE_OPEN_READ);
	assert_int_equal(eu_policies_groups(&asked), exec | 1u << EU_ENFORCE_GROUP_LSM);
	reset(2, EU_ENFORCE_SEND);
	assert_int_equal(eu_policies_groups(&asked), exec | 1u << EU_ENFORCE_GROUP_NETWORK);
}

static void sort_matchers_by_operation(void **state)
{
	static struct eu_enforce_matcher matchers[EU_ENFORCE_MATCHERS_MAX];
	struct eu_enforce_set set;

	(void)state;
	reset(2, EU_ENFORCE_BIND);
	asked.matchers[0].fields = EU_MATCH_ADDRESS;
	asked.matchers[0].address.size = 4;
	memcpy(asked.matchers[0].address.bytes, "\x0a\x01\x02\x03", 4);
	asked.matchers[0].prefix_length = 12;
	asked.matchers_count = 2;
	asked.matchers[1].operation = (int)EU_ENFORCE_CONNECT;
	eu_policies_build(&asked, &set, matchers);
	assert_int_equal(set.deny, 1);
	assert_int_equal(set.kill, 0);
	assert_int_equal(set.ids[0], 7);
	assert_int_equal(set.ranges[EU_ENFORCE_CONNECT].first, 0);
	assert_int_equal(set.ranges[EU_ENFORCE_CONNECT].end, 1);
	assert_int_equal(set.ranges[EU_ENFORCE_BIND].first, 1);
	assert_int_equal(set.ranges[EU_ENFORCE_BIND].end, 2);
	assert_int_equal(set.ranges[EU_ENFORCE_BIND].fields, EU_MATCH_ADDRESS);
	assert_memory_equal(matchers[1].mask, "\xff\xf0\0\0", 4);
	assert_memory_equal(matchers[1].address, "\x0a\x01\x02\x03", 4);
}

static void let_so_many_through(void **state)
{
	struct eu_bucket bucket = {.size = 3, .per_second = 10};
	int64_t now = 1000 * EU_NS_PER_S;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(eu_bucket_take(&bucket, now));
	assert_false(eu_bucket_take(&bucket, now));
	assert_false(eu_bucket_take(&bucket, now + EU_NS_PER_S / 20));
	assert_true(eu_bucket_take(&bucket, now + EU_NS_PER_S / 10));
	assert_false(eu_bucket_take(&bucket, now + EU_NS_PER_S / 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accept_what_is_sound),
	    cmocka_unit_test(refuse_what_is_not_allowed),
	    cmocka_unit_test(refuse_what_makes_no_sense),
	    cmocka_unit_test(refuse_wrong_fields_and_values),
	    cmocka_unit_test(need_what_their_operations_do),
	    cmocka_unit_test(sort_matchers_by_operation),
	    cmocka_unit_test(let_so_many_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
