# Tests: C under sanitizers, C#, the eBPF objects, the whole product. tests/run adds it all up.
SANITIZE    := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
TEST_BUILD  := $(BUILD)/tests
TEST_CFLAGS := -std=gnu17 -O1 -g $(NATIVE_WARN) $(SANITIZE)
TEST_LIB_OBJ := $(NATIVE_LIB_SRC:collector-native/src/%.c=$(TEST_BUILD)/src/%.o) $(TEST_BUILD)/src/collector.pb.o
TEST_LIB    := $(TEST_BUILD)/libcollector.a
TEST_KIT_OBJ := $(patsubst tests/native/%.c,$(TEST_BUILD)/%.o,$(wildcard tests/native/*_kit.c))
TEST_SRC    := $(wildcard tests/native/test_*.c)
TEST_BIN    := $(TEST_SRC:tests/native/%.c=$(TEST_BUILD)/%)
FUZZ_SRC    := $(wildcard tests/native/fuzz_*.c)
FUZZ_BIN    := $(FUZZ_SRC:tests/native/%.c=$(BUILD)/fuzz/%)
FUZZ_CS     := records batch capture dns condition rules-toml rules-yaml
FUZZ_DLL    := artifacts/bin/Eunomia.Fuzz/release/Eunomia.Fuzz.dll
FUZZ_SECONDS ?= 10
PUMP_DLL    := artifacts/bin/Eunomia.AlertPump/release/Eunomia.AlertPump.dll
PROGRAM_SRC := $(wildcard tests/e2e/programs/*.c)
PROGRAM_BIN := $(PROGRAM_SRC:tests/e2e/programs/%.c=$(TEST_BUILD)/programs/%)
TEST_LIBS   := $(NATIVE_LIBS) -lcmocka

.PHONY: test test-native test-programs fuzz vmtest vmtest-all kernels-table
test: deps-test ## run every test this machine can run; prints N passed, N failed, N skipped
	$(Q)$(MAKE) --no-print-directory all test-native test-programs $(PUMP_DLL) $(BUILD)/abi.txt
	$(Q)tests/run

test-native: $(TEST_BIN)

test-programs: $(PROGRAM_BIN)

$(TEST_BUILD)/src/collector.pb.o: $(PB_DIR)/collector.pb.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(NATIVE_CPPFLAGS) $(TEST_CFLAGS) -c $< -o $@

$(TEST_BUILD)/src/%.o: collector-native/src/%.c tests/tests.mk | $(PB_DIR)/collector.pb.h $(BPF_SKEL)
	$(call msg,CC-SAN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(NATIVE_CPPFLAGS) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

$(TEST_LIB): $(TEST_LIB_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

$(TEST_BUILD)/%.o: tests/native/%.c | $(PB_DIR)/collector.pb.h
	$(call msg,CC-SAN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(NATIVE_CPPFLAGS) -Itests/native $(TEST_CFLAGS) -MMD -MP -c $< -o $@

$(TEST_BIN): $(TEST_BUILD)/%: $(TEST_BUILD)/%.o $(TEST_KIT_OBJ) $(TEST_LIB)
	$(call msg,LD-SAN,$@)
	$(Q)$(CLANG) $(TEST_CFLAGS) $< $(TEST_KIT_OBJ) $(TEST_LIB) $(TEST_LIBS) -o $@

$(TEST_BUILD)/programs/%: tests/e2e/programs/%.c tests/tests.mk
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) -std=gnu17 -D_GNU_SOURCE -O2 $(NATIVE_WARN) $< -o $@ -pthread $(if $(filter static_% visit udp_ways security_probe syscall_ways busy_stack,$*),-static) \
		$(if $(filter busy_stack,$*),-fno-omit-frame-pointer -mno-omit-leaf-frame-pointer)

$(BUILD)/fuzz/src/%.o: collector-native/src/%.c tests/tests.mk | $(PB_DIR)/collector.pb.h $(BPF_SKEL)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(NATIVE_CPPFLAGS) $(TEST_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@

$(BUILD)/fuzz/src/collector.pb.o: $(PB_DIR)/collector.pb.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(NATIVE_CPPFLAGS) $(TEST_CFLAGS) -fsanitize=fuzzer-no-link -c $< -o $@

$(BUILD)/fuzz/libcollector.a: $(TEST_LIB_OBJ:$(TEST_BUILD)/src/%=$(BUILD)/fuzz/src/%)
	$(Q)rm -f $@ && ar rcs $@ $^

$(FUZZ_BIN): $(BUILD)/fuzz/%: tests/native/%.c $(BUILD)/fuzz/libcollector.a
	$(call msg,FUZZ,$@)
	$(Q)$(CLANG) $(NATIVE_CPPFLAGS) -Itests/native $(TEST_CFLAGS) -fsanitize=fuzzer $< $(BUILD)/fuzz/libcollector.a $(NATIVE_LIBS) -o $@

# New finds go to build/; the seeds in tests/native/corpus/, tests/captures/ and tests/corpus/ stay as they are. A run is
# one process that takes one core, so there are as many at once as there are cores. With a FUZZ_SEED and no corpus in build/
# it is the same inputs each time.
fuzz: $(FUZZ_BIN) $(FUZZ_DLL) ## run each fuzz target for FUZZ_SECONDS (default 10), as many at once as there are cores
	$(Q)$(MAKE) --no-print-directory -k -j $(shell nproc) $(FUZZ_BIN:$(BUILD)/fuzz/fuzz_%=fuzz-native-%) $(FUZZ_CS:%=fuzz-cs-%)

FUZZ_LOG = $(BUILD)/fuzz/$*.log 2>&1 || { tail -n 40 $(BUILD)/fuzz/$*.log; exit 1; }

fuzz-native-%: $(BUILD)/fuzz/fuzz_%
	$(call msg,FUZZ,$*)
	$(Q)mkdir -p $(BUILD)/fuzz/corpus/$*
	$(Q)$< -max_total_time=$(FUZZ_SECONDS) $(FUZZ_SEED:%=-seed=%) -rss_limit_mb=2048 -artifact_prefix=$(BUILD)/fuzz/ \
	  $(BUILD)/fuzz/corpus/$* $(wildcard tests/native/corpus/$*) > $(FUZZ_LOG)

fuzz-cs-%: $(FUZZ_DLL)
	$(call msg,FUZZ,$*)
	$(Q)mkdir -p $(BUILD)/fuzz
	$(Q)$(DOTNET) $(FUZZ_DLL) $* $(FUZZ_SECONDS) $(FUZZ_SEED:%=--seed %) --findings $(BUILD)/fuzz \
	  $(BUILD)/fuzz/corpus/$* tests/corpus/$* > $(FUZZ_LOG)
	$(Q)tail -n 1 $(BUILD)/fuzz/$*.log

$(FUZZ_DLL): $(CS_SRC) $(shell find tests/Eunomia.Fuzz tests/Eunomia.TestKit -name '*.cs')
	$(call msg,FUZZ,$@)
	$(Q)$(DOTNET) build tests/Eunomia.Fuzz -c Release --nologo -v quiet -clp:NoSummary
	$(Q)touch $@

# Pushes alerts through the outputs, for tests/e2e/test_alert_outputs.sh.
$(PUMP_DLL): $(CS_SRC) $(wildcard tests/Eunomia.AlertPump/*.cs)
	$(call msg,TEST,$@)
	$(Q)$(DOTNET) build tests/Eunomia.AlertPump -c Release --nologo -v quiet -clp:NoSummary
	$(Q)touch $@

$(BUILD)/abi.txt: tests/abi/abi_dump.c bpf/include/eunomia/event.h
	$(call msg,ABI,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) -Ibpf/include $< -o $(BUILD)/abi_dump
	$(Q)$(BUILD)/abi_dump > $@

# Kernels and guests: the head of tests/vm/run tells them. CI boots the default two.
ALL_GUESTS := host 6.1 6.12 newest 5.10 6.12:lockdown-integrity 6.12:lockdown-confidentiality 6.12:no-bpf-lsm

vmtest: deps-vm ## boot Debian kernels with cgroup v2 under QEMU, the product and docker in them (KERNELS: "6.1 6.12")
	$(Q)$(MAKE) --no-print-directory all test-programs
	$(Q)tests/vm/run $(KERNELS)

vmtest-all: ## the same on every kernel of the matrix, with lockdown and without BPF LSM (~15 minutes)
	$(Q)$(MAKE) --no-print-directory vmtest KERNELS="$(ALL_GUESTS)"

kernels-table: ## vmtest-all, and docs/kernels.md from what it found
	$(Q)$(MAKE) --no-print-directory vmtest KERNELS="--table docs/kernels.md $(ALL_GUESTS)"

-include $(TEST_LIB_OBJ:.o=.d) $(TEST_BIN:=.d)
