/* SPDX-License-Identifier: Apache-2.0 */
/* Every decoder of a request, on the same bytes; what decodes is encoded and decoded again. */
#include <stdlib.h>

#include <pb_encode.h>

#include "rpc/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
	if (!condition)
		abort();
}

static size_t put(uint8_t *buf, size_t size, const pb_msgdesc_t *fields, const void *message)
{
	pb_ostream_t stream = pb_ostream_from_buffer(buf, size);

	must(pb_encode(&stream, fields, message));
	return stream.bytes_written;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t buf[65536];
	eunomia_collector_v1_SubscribeRequest subscribe;
	eunomia_collector_v1_UpdateFilterRequest update;
	eunomia_collector_v1_InspectContainerRequest inspect;
	static eunomia_collector_v1_ResolveSymbolsRequest resolve;
	eunomia_collector_v1_LookupUserRequest lookup;
	size_t len;

	(void)eu_empty_decode(data, size);
	if (eu_subscribe_decode(&subscribe, data, size) == 0) {
		len =
		    put(buf, sizeof(buf), eunomia_collector_v1_SubscribeRequest_fields, &subscribe);
		must(eu_subscribe_decode(&subscribe, buf, len) == 0);
	}
	if (eu_update_filter_decode(&update, data, size) == 0) {
		len =
		    put(buf, sizeof(buf), eunomia_collector_v1_UpdateFilterRequest_fields, &update);
		must(eu_update_filter_decode(&update, buf, len) == 0);
	}
	if (eu_inspect_decode(&inspect, data, size) == 0) {
		char text[32];

		EU_TEXT(text, inspect.id);
		len = put(buf, sizeof(buf), eunomia_collector_v1_InspectContainerRequest_fields,
			  &inspect);
		must(eu_inspect_decode(&inspect, buf, len) == 0);
	}
	if (eu_resolve_decode(&resolve, data, size) == 0) {
		len = put(buf, sizeof(buf), eunomia_collector_v1_ResolveSymbolsRequest_fields,
			  &resolve);
		must(eu_resolve_decode(&resolve, buf, len) == 0);
	}
	if (eu_lookup_decode(&lookup, data, size) == 0) {
		len = put(buf, sizeof(buf), eunomia_collector_v1_LookupUserRequest_fields, &lookup);
		must(eu_lookup_decode(&lookup, buf, len) == 0);
	}
	return 0;
}
