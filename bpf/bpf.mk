# eBPF objects and their skeletons. Dependency files make a changed header rebuild exactly what includes it.
CLANG    ?= clang
BPFTOOL  ?= $(firstword $(wildcard /usr/sbin/bpftool /usr/local/sbin/bpftool) bpftool)
GEN      := $(BUILD)/gen
# Builders without BTF give their own: make VMLINUX_H=/path/to/vmlinux.h
VMLINUX_H ?=

BPF_ARCH := $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(shell uname -m)))
BPF_SRC  := $(wildcard bpf/*.bpf.c)
BPF_OBJ  := $(BPF_SRC:bpf/%.bpf.c=$(BUILD)/bpf/%.bpf.o)
BPF_SKEL := $(BPF_SRC:bpf/%.bpf.c=$(GEN)/%.skel.h)
BPF_CFLAGS := -O2 -g -Wall -Werror -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -I$(GEN) -Ibpf -Ibpf/include

$(GEN)/vmlinux.h:
	$(call msg,BTF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(if $(VMLINUX_H),cp $(VMLINUX_H) $@,$(BPFTOOL) btf dump file /sys/kernel/btf/vmlinux format c > $@)

# gen object leaves out the DWARF, most of the size, which the collector need not carry.
$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c $(GEN)/vmlinux.h bpf/bpf.mk
	$(call msg,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MT $@ -MF $(@:.o=.d) -c $< -o $@.full
	$(Q)$(BPFTOOL) gen object $@ $@.full

$(GEN)/%.skel.h: $(BUILD)/bpf/%.bpf.o
	$(call msg,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@.new
	$(Q)mv $@.new $@

.PRECIOUS: $(BUILD)/bpf/%.bpf.o $(GEN)/%.skel.h
-include $(BPF_OBJ:.o=.d)
