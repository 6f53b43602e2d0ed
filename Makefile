# oddport: `make help` explains every target.
SHELL := /bin/bash
PREFIX ?= /usr/local
BINARY := .build/release/oddport
SAMPLES := .build/release/oddport-samples
SAMPLE := sample-data/nights
PACKAGES := libzstd-dev libsimdjson-dev libssl-dev libsqlite3-dev zlib1g-dev pkg-config
# Optimised, as users run it, and apart from the release build, which is not compiled for testing.
TESTED := -c release --scratch-path .build/tested -Xswiftc -enable-testing
STRICT := --explicit-target-dependency-import-check error
# With Swift's own libraries inside, where the toolchain has them to give: starts faster, and runs where no
# Swift is installed.
RELEASE = -c release $(shell libraries=$$(swift -print-target-info | \
	sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1_static/p'); \
	[ -n "$$libraries" ] && [ -d "$$libraries" ] && echo --static-swift-stdlib)

.DEFAULT_GOAL := help
.PHONY: help deps build hunt sweep report verify-report test lint format samples bench fuzz screenshots sample-data intel install clean

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

build: deps ## build the release binary
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
	swift build --build-tests $(TESTED) $(STRICT)
	swift test --skip-build $(TESTED)

lint: ## check format and left-overs
	swift format lint --strict --recursive Sources Tests Package.swift
	@! grep -rnE '\b(TODO|FIXME|XXX)\b' Sources Tests

format: ## put the sources into the house format
	swift format --in-place --recursive Sources Tests Package.swift

samples: deps # the maker of archives; swift run would not take $(RELEASE)
	swift build $(RELEASE) --product oddport-samples $(STRICT)

bench: build samples ## measure hunt beside the libzstd floor
	Benchmarks/bench

SECONDS_OF_FUZZ ?= 60
SEED ?= 1
fuzz: samples ## read changed lines and archives in two ways each, for SECONDS_OF_FUZZ (60) from SEED (1) on
	$(SAMPLES) fuzz --seconds $(SECONDS_OF_FUZZ) --seed $(SEED)

screenshots: build ## take the pictures of docs/ anew (needs chromium)
	docs/screenshots

sample-data: samples ## make sample-data/ again, the same bytes
	$(SAMPLES) nights --seed 1571 --output sample-data

intel: samples ## make intel/t1571.csv of intel/sources; ATTACK=enterprise-attack.json compares them with a release
	$(SAMPLES) intel $(if $(ATTACK),--attack $(ATTACK))

install: build ## install the binary below PREFIX (/usr/local)
	install -s -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/oddport

clean: ## remove what was built
	rm -rf .build
