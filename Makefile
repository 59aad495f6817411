# SPDX-License-Identifier: GPL-2.0-only
# `make help` lists the targets. Everything that is built goes to build/.

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:
# pipefail: the status of a test run must not get lost behind the tee that logs it
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec

prefix ?= /usr/local
bindir = $(prefix)/bin
bpfdir = $(prefix)/share/hotprobe
libexecdir = $(prefix)/libexec/hotprobe
mandir = $(prefix)/share/man/man8

PROBE ?= exec

CC = gcc
CFLAGS ?= -O2 -g
# Names that are too long are cut on purpose where snprintf() puts them into messages.
WARN = -Wall -Wextra -Werror -Wno-format-truncation
HARDEN = -fPIE -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
# Among the sanitizers' own code gcc sees things that are not there; the plain build judges those.
SANITIZE = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
	-Wno-maybe-uninitialized -Wno-format-truncation
DIALECT = -std=gnu11 -D_GNU_SOURCE -Itool -MMD -MP
# "-z now" costs a start less than could be measured among so few libraries
LDFLAGS ?= -pie -Wl,-z,relro,-z,now -Wl,--as-needed

# $(call lib,PKG,FLAGS): what pkg-config says, or FLAGS where it or its file is missing
lib = $(shell pkg-config --libs $(1) 2>/dev/null || echo $(2))
LIBS_COMMON := $(call lib,libbpf,-lbpf) $(call lib,libelf,-lelf) $(call lib,zlib,-lz)
LIBS_FRONT := $(LIBS_COMMON)
# libbcc is loaded at run time: see tool/worker/libbcc.h.
LIBS_WORKER := $(LIBS_COMMON)
LIBS_TEST := $(call lib,cmocka,-lcmocka) $(LIBS_FRONT)

# ---- what is built of what -----------------------------------------------------------------------

SRCS := $(sort $(shell find tool -name '*.c'))
ASMS := $(sort $(shell find tool -name '*.S'))
FRONT := $(filter-out tool/worker/% tool/match/% tool/tree/%,$(SRCS) $(ASMS))
TREE := $(filter tool/tree/%,$(SRCS) $(ASMS))
WORKER := $(filter tool/worker/% tool/match/% tool/util/% tool/object/% tool/types/%,$(SRCS)) $(TREE)
# What unit tests may call. Not the worker's own files: they stand in for functions of libc and
# libbcc, and linked into a test they would take its system calls.
TESTED := $(filter-out tool/worker/% tool/main.c,$(SRCS))

# $(call objs,KINDS,SOURCES): their objects, for each kind (obj: as installed, asan: sanitized)
objs = $(foreach kind,$(1),$(addprefix build/$(kind)/,$(addsuffix .o,$(basename $(2)))))
UNIT := $(patsubst tests/unit/%.c,build/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZ := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(sort $(wildcard tests/fuzz/*.c)))
FUZZ_SECONDS ?= 10
FUZZER = -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=address,undefined
E2E := $(sort $(wildcard tests/e2e/*.t))
PROBES := $(sort $(wildcard bpf_src/*.c))
MAN := $(sort $(wildcard man/*.8))
PROBE_MAN := $(patsubst bpf_src/%.c,build/man/hotprobe-%.8,$(PROBES))

# In parallel even when called without -j; a -j of the caller's is left alone.
JOBS = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

# V=1 shows the commands
say = $(if $(V),,@echo '  $(1) $@';)

.PHONY: all run test test-matrix unit e2e fuzz bench lint lint-form lint-c lint-shell lint-man install uninstall clean help FORCE
all: build/hotprobe build/hotprobe-cc $(PROBE_MAN) ## build the programs and the probes' manual pages (default)

build/hotprobe: $(call objs,obj,$(FRONT))
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_FRONT)

# -rdynamic: libbcc must find the functions that the worker puts in the place of libc's and its own.
build/hotprobe-cc: $(call objs,obj,$(WORKER))
	$(call say,LINK)$(CC) $(LDFLAGS) -rdynamic -o $@ $^ $(LIBS_WORKER)

build/obj/%.o: %.c Makefile | build/libs-found
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(DIALECT) $(WARN) $(CFLAGS) $(HARDEN) $(DEFINES) -c -o $@ $<

build/asan/%.o: %.c Makefile | build/libs-found
	@mkdir -p $(@D)
	$(call say,CC  )$(CC) $(DIALECT) $(WARN) $(SANITIZE) $(DEFINES) -c -o $@ $<

build/obj/%.o: %.S Makefile | build/libs-found
	@mkdir -p $(@D)
	$(call say,AS  )$(CC) -Wa,-I.,--noexecstack -c -o $@ $<

# What .incbin embeds is named from the root of the repository; gcc -MMD does not report it.
EMBEDDED := $(if $(ASMS),$(wildcard $(shell grep -oh '"[^"]*"' $(ASMS) | tr -d '"')))
$(call objs,obj,$(ASMS)): $(EMBEDDED)

build/asan/tool.a: $(call objs,asan,$(TESTED)) $(call objs,obj,$(ASMS))
%.a:
	$(call say,AR  )rm -f $@ && ar qcs $@ $^

build/unit/%: build/asan/tests/unit/%.o build/asan/tool.a
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(SANITIZE) -Wl,--as-needed -o $@ $^ $(LIBS_TEST)

build/fuzz/obj/%.o: %.c Makefile | build/libs-found
	@mkdir -p $(@D)
	$(call say,CLNG)clang $(DIALECT) $(FUZZER),fuzzer-no-link $(DEFINES) -c -o $@ $<

build/fuzz/tool.a: $(patsubst %.c,build/fuzz/obj/%.o,$(TESTED)) $(call objs,obj,$(ASMS))
build/fuzz/%: build/fuzz/obj/tests/fuzz/%.o build/fuzz/tool.a
	$(call say,LINK)clang $(FUZZER),fuzzer -Wl,--as-needed -o $@ $^ $(LIBS_FRONT)

build/man/hotprobe-%.8: bpf_src/%.c build/hotprobe
	@mkdir -p $(@D)
	$(call say,MAN )build/hotprobe man $< >$@

# Version and folders go only to the files that name them, which are compiled again when one of the
# values changes (another commit, `make install prefix=...`); all the others stay as they are.
VERSION := $(or $(shell git -c safe.directory='*' describe --always --dirty 2>/dev/null),0.1)
NAMED := -DHOTPROBE_VERSION='"$(VERSION)"' -DHOTPROBE_BPFDIR='"$(bpfdir)"' \
	-DHOTPROBE_LIBEXECDIR='"$(libexecdir)"'
NAMING := $(call objs,obj asan fuzz/obj,$(shell grep -rlwE --include='*.c' \
	'HOTPROBE_(VERSION|BPFDIR|LIBEXECDIR)' $(wildcard tool tests/unit)))
$(NAMING): DEFINES = $(NAMED)
$(NAMING): build/named
build/named: FORCE
	@mkdir -p $(@D)
	@echo "$(NAMED)" | cmp -s - $@ || echo "$(NAMED)" >$@

# One small program that uses every library, before anything else is compiled, so that a machine
# without them gets the remedy and not a page of compiler errors.
build/libs-found: Makefile
	@mkdir -p $(@D)
	@printf '#include <%s>\n' bcc/bcc_common.h bpf/btf.h gelf.h zlib.h \
		| { cat; echo 'int main(void) { return 0; }'; } >$@.c
	@$(CC) -Wl,--as-needed -o $@ $@.c $(LIBS_FRONT) $(LIBS_WORKER) 2>$@.log || { \
		grep -hm1 -E 'fatal error|cannot find|not found' $@.log >&2 || cat $@.log >&2; \
		echo 'A library or tool that hotprobe is built with is missing: run scripts/setup' >&2; \
		exit 1; }

-include $(patsubst %.o,%.d,$(call objs,obj asan fuzz/obj,$(SRCS)) $(UNIT:build/unit/%=build/asan/tests/unit/%.o))

# ---- run, test, lint -----------------------------------------------------------------------------

run: ## as root: install what is missing, build, run PROBE (default: exec) with ARGS
	@scripts/setup run
	@$(MAKE) $(JOBS) --no-print-directory all
	build/hotprobe $(PROBE) $(ARGS)

# $(call prove,FILES): TAP programs, run in the repository's root. prove is content when every file
# skips all its tests, and with no files looks for others: neither is a test run.
prove = $(if $(strip $(1)),,echo 'no tests found' >&2; exit 1;) \
	CMOCKA_MESSAGE_OUTPUT=TAP UBSAN_OPTIONS=print_stacktrace=1 \
	ASAN_OPTIONS=detect_stack_use_after_return=1 \
	prove --failures --comments --exec 'timeout --foreground --kill-after=90 300' \
		$(PROVE_FLAGS) $(1) 2>&1 | tee build/test.log; \
	if grep -q '^Result: NOTESTS' build/test.log; then echo 'no test was executed' >&2; exit 1; fi

test: ## install what is missing, build, run all tests, also on Debian 12's kernel
	@scripts/setup test lab
	@$(MAKE) $(JOBS) --no-print-directory all $(UNIT)
	@$(call prove,$(UNIT) $(E2E))
	$(if $(filter no,$(LAB)),,@scripts/test-matrix 6.1)

test-matrix: ## run the lab's tests on all four kernels, print a table
	@scripts/setup test lab
	@scripts/test-matrix

unit: $(UNIT) ## run the unit tests, with sanitizers
	@$(call prove,$(UNIT))

e2e: all ## as root: run the end-to-end tests
	@$(call prove,$(E2E))

# A corpus stays in build/fuzz/, so that the next run goes on from there.
fuzz: $(FUZZ) ## run each fuzz target for FUZZ_SECONDS (default: 10); needs clang
	@set -e; for target in $(FUZZ); do \
		mkdir -p $$target.corpus; \
		echo "  FUZZ $$target"; \
		$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=4096 -verbosity=0 \
			-artifact_prefix=$$target. $$target.corpus >$$target.log 2>&1 \
			|| { tail -n 40 $$target.log >&2; exit 1; }; \
	done

bench: ## as root: measure hotprobe beside other tracers, put the tables into the README
	@scripts/setup bench
	@$(MAKE) $(JOBS) --no-print-directory all
	@scripts/bench --readme $(BENCH_FLAGS)

C_FILES = $(sort $(shell find $(wildcard tool tests bpf_src scripts) -name '*.[ch]' -not -path '*/fixtures/*'))
SHELL_FILES = $(sort $(shell grep -rlE '^(#!/bin/(ba)?sh|# shellcheck shell=)' scripts .ci tests))

lint: ## check the form of the C, the C itself, the shell and the manual pages
	@scripts/setup lint
	@$(MAKE) --no-print-directory --keep-going lint-form lint-c lint-shell lint-man

lint-form:
	clang-format --dry-run -Werror $(filter-out $(EMBEDDED),$(C_FILES))

lint-c:
	@mkdir -p build/cppcheck
	cppcheck --quiet --error-exitcode=1 --enable=warning,portability,performance --inline-suppr \
		--std=c11 -D__GNUC__ -D_GNU_SOURCE -D__$(shell uname -m)__ $(NAMED) -Itool \
		-D'LIBBPF_OPTS(TYPE,NAME,...)=struct TYPE NAME = { __VA_ARGS__ }' \
		-j$(shell nproc) --cppcheck-build-dir=build/cppcheck tool $(wildcard tests/unit)

lint-shell:
	printf '%s\n' $(SHELL_FILES) | xargs -P $(shell nproc) -n 20 shellcheck

lint-man:
	@$(MAKE) $(JOBS) --no-print-directory all
	mandoc -T lint -W warning $(MAN) $(PROBE_MAN)

# ---- install -------------------------------------------------------------------------------------

install: all ## install below DESTDIR and prefix (default: /usr/local)
	install -D -t $(DESTDIR)$(bindir) build/hotprobe
	install -D -t $(DESTDIR)$(libexecdir) build/hotprobe-cc
	install -D -m 644 -t $(DESTDIR)$(bpfdir) $(PROBES) $(wildcard bpf_src/*.h)
	install -D -m 644 -t $(DESTDIR)$(mandir) $(MAN) $(PROBE_MAN)

uninstall: ## remove what install put there, with the same DESTDIR and prefix
	rm -f $(DESTDIR)$(bindir)/hotprobe $(DESTDIR)$(libexecdir)/hotprobe-cc
	rm -f $(addprefix $(DESTDIR)$(bpfdir)/,$(notdir $(PROBES) $(wildcard bpf_src/*.h)))
	rm -f $(addprefix $(DESTDIR)$(mandir)/,$(notdir $(MAN) $(PROBE_MAN)))
	rmdir --ignore-fail-on-non-empty \
		$(DESTDIR)$(bpfdir) $(DESTDIR)$(libexecdir) 2>/dev/null || :

clean: ## remove what was built
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 12
