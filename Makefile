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

.PHONY: all deps deps-check run dist bench lint fmt clean help

all: collector controller ## build everything into dist/

deps: ## install what is missing (apt, .NET SDK); asks for sudo when not root
	$(Q)tests/deps.sh

# What `run` and `test` need is installed only when something is missing, so that a second call costs nothing.
deps-check:
	$(Q)tests/deps.sh --if-missing

run: deps-check ## install what is missing, build, show live process events until Ctrl-C
	$(Q)$(MAKE) --no-print-directory all
	$(Q)$(SUDO) $(DIST)/eunomiactl run process $(ARGS)

dist: all ## what a user installs: dist/eunomia-collector and dist/eunomiactl, stripped

clean: ## remove everything that was built
	rm -rf $(BUILD) $(DIST) artifacts

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'
