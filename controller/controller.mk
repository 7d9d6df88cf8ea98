# The controller: one native AOT binary. dotnet decides what is up to date.
DOTNET   ?= dotnet
RID      := linux-$(patsubst aarch64,arm64,$(patsubst x86_64,x64,$(shell uname -m)))
CS_SRC   := $(shell find controller -name '*.cs' -not -path '*/obj/*') $(wildcard controller/*/*.csproj protos/eunomia/*/*.proto protos/eunomia/*/*/*.proto) \
	$(wildcard deploy/rules/*.toml) Directory.Build.props Directory.Packages.props

.PHONY: controller
controller: $(DIST)/eunomiactl

$(DIST)/eunomiactl: $(CS_SRC)
	$(call msg,AOT,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(DOTNET) publish controller/Eunomia.Cli -c Release -r $(RID) -o $(BUILD)/publish --nologo -v quiet
	$(Q)cp $(BUILD)/publish/eunomiactl $@.new && mv $@.new $@ # one that runs is left alone
