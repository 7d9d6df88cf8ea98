# The collector: one binary, everything but libc linked statically.
PROTOC   ?= protoc
NATIVE_SRC := $(wildcard collector-native/src/*.c collector-native/src/*/*.c)
NATIVE_LIB_SRC := $(filter-out collector-native/src/main.c,$(NATIVE_SRC))
NATIVE_OBJ := $(NATIVE_SRC:collector-native/src/%.c=$(BUILD)/native/%.o)
PB_DIR   := $(GEN)/eunomia/collector/v1
PB_OBJ   := $(BUILD)/native/collector.pb.o

# Debian 13 has nanopb's headers in a directory of their own.
NATIVE_CPPFLAGS := -D_GNU_SOURCE -DEU_VERSION='"$(VERSION)"' -Icollector-native/src -Ibpf/include -I$(GEN) \
	$(addprefix -isystem ,$(wildcard /usr/include/nanopb))
NATIVE_WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
NATIVE_CFLAGS := -std=gnu17 -O2 -g $(NATIVE_WARN) -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2
NATIVE_LDFLAGS := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
NATIVE_LIBS := -Wl,-Bstatic $(shell pkg-config --static --libs libbpf libnghttp2 libseccomp jansson 2>/dev/null) \
	-lprotobuf-nanopb -Wl,-Bdynamic

.PHONY: collector
collector: $(DIST)/eunomia-collector

$(PB_DIR)/collector.pb.c: protos/eunomia/collector/v1/collector.proto protos/eunomia/collector/v1/collector.options
	$(call msg,NANOPB,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(PROTOC) -Iprotos --nanopb_out=-Iprotos,--error-on-unmatched:$(GEN) $<

$(PB_DIR)/collector.pb.h: $(PB_DIR)/collector.pb.c ;

$(PB_OBJ): $(PB_DIR)/collector.pb.c
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(NATIVE_CPPFLAGS) $(NATIVE_CFLAGS) -c $< -o $@

$(BUILD)/native/%.o: collector-native/src/%.c collector-native/native.mk | $(PB_DIR)/collector.pb.h $(BPF_SKEL)
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(NATIVE_CPPFLAGS) $(NATIVE_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/native/eunomia-collector: $(NATIVE_OBJ) $(PB_OBJ)
	$(call msg,LD,$@)
	$(Q)$(CLANG) $(NATIVE_CFLAGS) $(NATIVE_LDFLAGS) $^ $(NATIVE_LIBS) -o $@

$(DIST)/eunomia-collector: $(BUILD)/native/eunomia-collector
	$(call msg,STRIP,$@)
	$(Q)mkdir -p $(@D)
	$(Q)strip -o $@.new $< && mv $@.new $@ # one that runs is left alone

-include $(NATIVE_OBJ:.o=.d)
