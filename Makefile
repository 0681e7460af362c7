# The only entry points. Each target sets up what it needs; nothing is to be installed by hand but
# Rust and Node.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check bench fuzz build relay terminal deploy-test page setup-run setup-test clean

export CARGO_TARGET_DIR ?= $(CURDIR)/target
BIN := $(CARGO_TARGET_DIR)/debug

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: setup-run build ## Start a relay on loopback and the desktop app, paired with it
	@scripts/run.sh "$(BIN)"

test: setup-test check ## Check everything and run every test, the real window among them
	cd ui && npm test
	cargo build --workspace --all-targets
	cargo nextest run --workspace
	cargo test --workspace --doc
	git diff --exit-code -- ui/src/bindings
	cd ui && npm run e2e

check: setup-test page ## Formatting, lints and documentation, for Rust and for the page
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
	cd ui && npm run check

bench: setup-test page ## Measure: throughput, latency, memory, start, sizes
	@scripts/bench.sh

fuzz: ## Fuzz whatever reads a stranger's bytes, FUZZ_SECONDS (60) for each target
	@scripts/fuzz.sh

build: page
	cargo build --workspace

terminal: ## Build `tenterhook` with its completions and manual pages, dist/terminal
	@scripts/terminal.sh

relay: ## Build the relay as one static file for servers, dist/tenterhook-relay
	@scripts/relay.sh

deploy-test: ## Try all of deploy/ for real: image, compose, proxies; as root, takes minutes
	@deploy/test.sh

page: ui/node_modules/.package-lock.json
	cd ui && npm run build

ui/node_modules/.package-lock.json: ui/package-lock.json
	cd ui && npm ci --no-audit --no-fund
	@touch $@

setup-run:
	@scripts/setup.sh run

setup-test: tests/node_modules/.package-lock.json
	@scripts/setup.sh test

tests/node_modules/.package-lock.json: tests/package-lock.json
	cd tests && npm ci --no-audit --no-fund
	@touch $@

clean: ## Remove what was built
	cargo clean
	rm -rf ui/dist ui/node_modules
