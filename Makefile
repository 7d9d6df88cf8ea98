# Eunomia's front door. `make help` lists what there is; `make run` and `make test` need nothing else to be known.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

VERSION := 0.1.0
BUILD   := build
DIST    := dist
Q       := $(if $(V),,@)
msg      = @printf '  %-8s %s\n' "$(1)" "$(2)"
SUDO    := $(if $(filter 0,$(shell id -u)),,sudo)

include bpf/bpf.mk
include collector-native/native.mk
include controller/controller.mk
include tests/tests.mk

.PHONY: all deps run dist bench bench-start bench-overhead bench-events bench-rules bench-alerts bench-false-alarms bare-test lint fmt clean help

all: collector controller ## build everything into dist/

deps: ## install what is missing (apt, .NET SDK); asks for sudo when not root
	$(Q)tests/deps.sh test

# What a target needs is installed only when something is missing, so that a second call costs nothing.
deps-%:
	$(Q)tests/deps.sh --if-missing $*

TRACKERS ?= process files tcpconnect
run: deps-run ## install what is missing, build, show live events until Ctrl-C (ARGS: options, TRACKERS: what)
	$(Q)$(MAKE) --no-print-directory all
	$(Q)$(SUDO) $(DIST)/eunomiactl run $(TRACKERS) $(ARGS)

dist: all ## what a user installs: both programs, stripped, manual pages and completions, in dist/
	$(Q)mkdir -p $(DIST)/man $(DIST)/completions
	$(Q)for page in $$($(DIST)/eunomiactl man); do $(DIST)/eunomiactl man $$page > $(DIST)/man/$$page.1; done
	$(Q)for shell in bash zsh fish; do $(DIST)/eunomiactl completion $$shell > $(DIST)/completions/eunomiactl.$$shell; done

bench: bench-start bench-overhead bench-events bench-rules bench-alerts ## what it costs: start and memory, the watched programs, each event (~20 minutes)

bench-start: all
	$(Q)bench/start.sh

bench-overhead: all $(BUILD)/bench/load
	$(Q)bench/overhead.py $(ARGS)

bench-events:
	$(Q)$(DOTNET) run --project bench/Eunomia.Bench -c Release -- --filter '*' --artifacts $(BUILD)/bench/events

bench-alerts: all $(BUILD)/bench/load ## from event to alert, beside 10,000 opens a second (ARGS: see bench/alerts.py)
	$(Q)bench/alerts.py $(ARGS)

bench-false-alarms: all ## what the default rules say of ordinary work (ARGS: see bench/false_alarms.py)
	$(Q)bench/false_alarms.py $(ARGS)

bench-rules: ## events a second with the default rules (ARGS: more rule files, captures)
	$(Q)$(DOTNET) run --project bench/Eunomia.Bench -c Release -- rules $(ARGS)

$(BUILD)/bench/load: bench/load.c
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) -std=gnu17 -D_GNU_SOURCE -O2 $(NATIVE_WARN) $< -o $@

bare-test: ## the README's two commands on a bare Debian (debootstrap); needs root, takes minutes
	$(Q)tests/bare/run

C_FILES     = $(shell git ls-files '*.c' '*.h')
TIDY_FILES  = $(shell git ls-files 'collector-native/src/*.c')
SHELL_FILES = .ci/run tests/run $(shell git ls-files '*.sh') $(wildcard tests/vm/run tests/bare/run tests/captures/record tests/captures/rules/record)

lint: $(GEN)/vmlinux.h $(PB_DIR)/collector.pb.h $(BPF_SKEL) ## formatting, clang-tidy, shellcheck; changes nothing
	$(call msg,LINT,clang-format)
	$(Q)clang-format --dry-run -Werror $(C_FILES)
	$(call msg,LINT,clang-tidy)
	$(Q)printf '%s\n' $(TIDY_FILES) | xargs -P 2 -n 8 \
	  sh -c 'clang-tidy --quiet "$$@" -- -std=gnu17 $(subst ','\'',$(NATIVE_CPPFLAGS)) 2>/dev/null' tidy
	$(call msg,LINT,shellcheck)
	$(Q)shellcheck $(SHELL_FILES)
	$(call msg,LINT,dotnet format)
	$(Q)$(DOTNET) restore Eunomia.sln -v quiet
	$(Q)$(DOTNET) format Eunomia.sln --no-restore --verify-no-changes

fmt: ## format everything as lint wants it
	clang-format -i $(C_FILES)
	$(DOTNET) format Eunomia.sln

clean: ## remove everything that was built
	rm -rf $(BUILD) $(DIST) artifacts

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'
