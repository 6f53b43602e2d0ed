# oddport: `make help` explains every target.
SHELL := /bin/bash
PREFIX ?= /usr/local
BINARY := .build/release/oddport
SAMPLES := .build/release/oddport-samples
SAMPLE := sample-data/nights
PACKAGES := libzstd-dev libssl-dev libsqlite3-dev zlib1g-dev pkg-config
# Optimised, as users run it, and apart from the release build, which is not compiled for testing.
TESTED := -c release --scratch-path .build/tested -Xswiftc -enable-testing
# COVERAGE=1: in a third place, and each line counts how often it is executed, right in files that all processes have in
# memory: four of 2 MB for each executable. (`swift test` keeps 2 MB of each process, and merging them as the processes
# end, which LLVM can do as well, adds functions that several modules have more than once, until counters overflow.)
ifdef COVERAGE
TESTED := -c release --scratch-path .build/coverage -Xswiftc -enable-testing
INSTRUMENTED := --enable-code-coverage -Xswiftc -Xllvm -Xswiftc -runtime-counter-relocation \
	-Xcc -mllvm -Xcc -runtime-counter-relocation
PROFILES = $(CURDIR)/.build/coverage/profiles
test: export LLVM_PROFILE_FILE = $(PROFILES)/%c%4m.profraw
endif
STRICT := --explicit-target-dependency-import-check error
TOOLCHAIN = $(shell swift -print-target-info | sed -n 's/.*"runtimeResourcePath": *"\(.*\)\/lib\/swift".*/\1/p')
# With Swift's own libraries inside, where the toolchain has them to give: starts faster, and runs where no
# Swift is installed. No path of this machine is compiled in. COMMIT takes precedence over "unknown commit" when
# linking.
COMMIT := .build/commit.o
RELEASE = -c release -Xcc -ffile-prefix-map=$(CURDIR)=. -Xlinker $(CURDIR)/$(COMMIT) \
	$(shell [ -d "$(TOOLCHAIN)/lib/swift_static" ] && echo --static-swift-stdlib)

.DEFAULT_GOAL := help
.PHONY: help deps commit build hunt sweep report verify-report test test-static kernels arm-kernels sanitize \
	coverage reproducible test-spark test-systemd page lint format samples bench fuzz screenshots sample-data intel oracle install uninstall \
	static dist clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## install the system packages that are missing (apt), or say which
	@missing=""; for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then echo "missing:$$missing (Debian's names); install them with your package manager" >&2; exit 1; fi; \
	root=""; [ "$$(id -u)" = 0 ] || root="sudo"; \
	if [ -n "$$root" ] && ! command -v sudo >/dev/null; then echo "missing:$$missing; as root: apt-get install$$missing" >&2; exit 1; fi; \
	echo "installing$$missing"; \
	$$root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$root apt-get install -y -qq $$missing >/dev/null

# Written, and the executable linked again, only when it is another one.
commit:
	@mkdir -p .build; text="$$(packaging/commit)"; \
	if [ "$$text" != "$$(cat .build/commit.txt 2>/dev/null)" ] || [ ! -e $(COMMIT) ]; then \
	  printf 'const char oddport_commit[] = "%s";\n' "$$text" | $(TOOLCHAIN)/bin/clang -x c -c -o $(COMMIT) - && \
	  printf '%s\n' "$$text" >.build/commit.txt && rm -f $(BINARY); fi

build: deps commit ## build the release binary
	swift build $(RELEASE) --product oddport $(STRICT)

hunt: build ## hunt the sample data and print the report
	$(BINARY) hunt $(SAMPLE)

sweep: build ## who of the sample data talked to the ports of intel/t1571.csv
	$(BINARY) sweep --intel intel/t1571.csv $(SAMPLE)

JOB ?= jobs/report.yaml
REPORT ?= out/report
report: build ## write the report of JOB (jobs/report.yaml) into REPORT (out/report)
	$(BINARY) hunt --job $(JOB) --out $(REPORT)

verify-report: build ## repeat the run of REPORT over ARCHIVES (sample-data/nights), compare bytes
	$(BINARY) verify $(REPORT) $(or $(ARCHIVES),$(SAMPLE))

test: deps ## run all tests
	swift build --build-tests $(TESTED) $(INSTRUMENTED) $(STRICT)
	$(if $(COVERAGE),rm -rf $(PROFILES) && mkdir -p $(PROFILES))
	swift test --skip-build $(TESTED)

test-static: static ## run the end-to-end tests against the static binary (after make test)
	ODDPORT_UNDER_TEST=$(CURDIR)/.build/static/oddport swift test --skip-build $(TESTED) --filter OddportTests

test-spark: build ## read the sample data on Spark, local and on a cluster of two workers (needs Java; 4 minutes)
	jobs/spark/test $(BINARY)

test-systemd: dist ## boot a systemd with the .deb and see the nightly job at work (needs root, debootstrap, systemd-nspawn)
	checks/systemd .build/dist/oddport_*.deb

page: build ## open the page in a browser: speed, accessibility, filters, copying, printing (needs chromium)
	checks/page $(BINARY)

kernels: ## compare the C kernels with their definitions
	checks/native/run native

arm-kernels: ## the same on aarch64, with qemu-user; skipped where that is not installed
	checks/native/run aarch64

sanitize: ## kernels and JSON parser over changed input under AddressSanitizer and UBSan
	checks/native/run sanitized

coverage: ## run all tests in a build that counts lines, and hold each module to a floor
	@$(MAKE) --no-print-directory test COVERAGE=1
	checks/coverage

reproducible: ## pack this commit twice, in different folders, and compare the bytes (two whole builds)
	checks/reproducible

lint: ## check format, left-overs, declared dependencies and words that read like a translation
	swift format lint --strict --recursive Sources Tests Package.swift
	@if command -v python3 >/dev/null; then checks/imports && checks/words; \
	else echo "skipped: checks/imports and checks/words need python3"; fi

format: ## put the sources into the house format
	swift format --in-place --recursive Sources Tests Package.swift

samples: deps commit # the maker of archives; swift run would not take $(RELEASE)
	swift build $(RELEASE) --product oddport-samples $(STRICT)

bench: build samples ## measure hunt beside the libzstd floor
	Benchmarks/bench $(BENCH)

SECONDS_OF_FUZZ ?= 60
SEED ?= 1
fuzz: samples ## read changed lines and archives in two ways each, for SECONDS_OF_FUZZ (60) from SEED (1) on
	$(SAMPLES) fuzz --seconds $(SECONDS_OF_FUZZ) --seed $(SEED)

screenshots: build ## take the pictures of docs/ again (needs chromium)
	docs/screenshots

oracle: samples ## make Tests/oracle again: its archives, and the answers of the Python oracle
	$(SAMPLES) parity --output Tests/oracle/archives
	mkdir -p Tests/oracle/expected
	for a in Tests/oracle/archives/*.jsonl.gz; do for p in seed strict; do \
	  Tests/oracle/oracle.py $$p $$a >Tests/oracle/expected/$$(basename $$a .jsonl.gz).$$p.json; done; done

sample-data: samples ## make sample-data/ again, the same bytes
	$(SAMPLES) nights --seed 1571 --output sample-data

intel: samples ## make intel/t1571.csv of intel/sources; ATTACK=enterprise-attack.json compares them with a release
	$(SAMPLES) intel $(if $(ATTACK),--attack $(ATTACK))

install: build ## install binary, man page, completions, units, jobs and feed below PREFIX (/usr/local)
	packaging/install $(BINARY) $(DESTDIR)$(PREFIX) $(PREFIX)

uninstall: ## remove what install has put below PREFIX (/usr/local)
	packaging/install --remove $(DESTDIR)$(PREFIX)

static: build ## link .build/static/oddport, which needs no shared library
	packaging/link-static .build/static/oddport

dist: static ## pack the static binary into .build/dist: tarball, .deb, SBOM, checksums
	packaging/dist

clean: ## remove what was built
	rm -rf .build
