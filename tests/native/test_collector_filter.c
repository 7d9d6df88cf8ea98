/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collector/internal.h"

static void set_network_without_wishes_is_the_usual(void **state)
{
	struct eu_control control;

	(void)state;
	memset(&control, 0xff, sizeof(control));
	assert_int_equal(filter_set_network(&control, 0, NULL, 0), 0);
	assert_int_equal(control.udp_idle_ns, 30000000000ull);
	assert_int_equal(control.dns_ports[0], 53);
	for (size_t i = 1; i < EU_DNS_PORTS_MAX; i++)
		assert_int_equal(control.dns_ports[i], 0);
}

static void set_network_takes_what_is_wished(void **state)
{
	const uint32_t ports[EU_DNS_PORTS_MAX] = {1, 65535, 3, 4, 5, 6, 7, 8};
	struct eu_control control = {0};

	(void)state;
	assert_int_equal(filter_set_network(&control, 100, ports, EU_DNS_PORTS_MAX), 0);
	assert_int_equal(control.udp_idle_ns, 100000000ull);
	for (size_t i = 0; i < EU_DNS_PORTS_MAX; i++)
		assert_int_equal(control.dns_ports[i], ports[i]);
}

static void set_network_refuses_what_is_no_port(void **state)
{
	const uint32_t none[] = {53, 0}, large[] = {65536};
	struct eu_control control = {0};

	(void)state;
	assert_int_equal(filter_set_network(&control, 0, none, 2), -EINVAL);
	assert_int_equal(filter_set_network(&control, 0, large, 1), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(set_network_without_wishes_is_the_usual),
	    cmocka_unit_test(set_network_takes_what_is_wished),
	    cmocka_unit_test(set_network_refuses_what_is_no_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
