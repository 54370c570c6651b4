# Two commands are all it takes:  make run   and   make test
# Everything that is made stands in .venv/, web/node_modules/, and webui/ and fonts/ in
# src/video_foundry/.

.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory
TOOL := sh tools/python.sh -m

# `make run PORT=9000`. HOST counts only when given to make itself, because some shells export a
# HOST that is the machine's name, and a server must never leave loopback by accident.
SERVE_FLAGS := $(if $(PORT),--port "$(PORT)")
ifeq ($(origin HOST),command line)
SERVE_FLAGS += --host "$(HOST)"
endif

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: ## install into .venv, build the web UI, bring the fonts in (only what has changed)
	@$(TOOL) tools.setup

.PHONY: run
run: setup ## set up, then serve UI, API and workers on http://localhost:8000 (PORT=, HOST=)
	@exec .venv/bin/video-foundry serve $(SERVE_FLAGS)

.PHONY: test
test: setup-dev ## set up, then run every check and every test (ALL=1: every pair of every axis)
	@$(if $(ALL),VIDEO_FOUNDRY_TEST_ALL=1) $(TOOL) tools.check

.PHONY: lint
lint: setup-dev ## only the checks that read the sources: format, lint, types, architecture
	@$(TOOL) tools.check --lint

.PHONY: fix
fix: setup-dev ## put right what ruff can put right by itself
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

.PHONY: client
client: setup-dev ## make the web's API types anew after a change of the API
	@$(TOOL) tools.api_client

.PHONY: bench
bench: setup-dev ## measure, and print the results as a table
	@.venv/bin/python -m benchmarks

.PHONY: sizing
sizing: setup-dev ## measure queue, workers and PostgreSQL for docs/deploy.md (an hour, on a quiet machine)
	@.venv/bin/python -m benchmarks queue in_flight cluster listing_on_postgres \
		--into docs/deploy.md

# `make chaos SEED=7 JOBS=300 KILLS=100`; OUT= names the report. The same seed strikes the same way.
CHAOS_FLAGS := --seed $(or $(SEED),1) --jobs $(or $(JOBS),10000) --kills $(or $(KILLS),2000)
CHAOS_FLAGS += $(if $(LIMIT),--seconds $(LIMIT)) --out $(or $(OUT),docs/measurements/chaos.md)

.PHONY: chaos
chaos: setup-dev ## a whole cluster, killed and frozen again and again (SEED=, JOBS=, KILLS=, LIMIT=)
	@.venv/bin/python -m tests.cluster.chaos $(CHAOS_FLAGS)

# `make sweep AT_ONCE=8`: so many worlds side by side, in one process; OUT= names the report.
SWEEP_SETTINGS := VIDEO_FOUNDRY_SWEEP=$(abspath $(or $(OUT),docs/measurements/sweep.md))
SWEEP_SETTINGS += VIDEO_FOUNDRY_SWEEP_AT_ONCE=$(or $(AT_ONCE),4)

.PHONY: sweep
sweep: setup-dev ## one render again and again, with a fault at each of its calls (AT_ONCE=, OUT=)
	@$(SWEEP_SETTINGS) .venv/bin/pytest tests/recovery/test_every_call.py

# `make proof SEED=7 CHAINS=100 LIMIT=900`; OUT= names the report. A chain of edits makes some five
# films, and none is begun after LIMIT seconds.
PROOF_SETTINGS := VIDEO_FOUNDRY_PROOF=$(or $(CHAINS),60) VIDEO_FOUNDRY_TEST_ALL=1
PROOF_SETTINGS += $(if $(LIMIT),VIDEO_FOUNDRY_PROOF_SECONDS=$(LIMIT))
PROOF_SETTINGS += VIDEO_FOUNDRY_PROOF_REPORT=$(or $(OUT),docs/measurements/composing.md)

.PHONY: proof
proof: setup-dev ## films held against full renders and the preview (SEED=, CHAINS=, OUT=)
	@$(PROOF_SETTINGS) .venv/bin/pytest --hypothesis-seed=$(or $(SEED),1) tests/composing \
		tests/e2e/test_preview_like_render.py

.PHONY: local-models
local-models: setup-dev ## the tests of local models, with torch in an environment of its own (1.3 GB, once)
	@$(TOOL) tools.local_models

.PHONY: lock
lock: ## pin dependencies anew (UPGRADE=1 takes the newest versions)
	@$(TOOL) tools.lock $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## remove everything that make has made, but no project, film or setting
	rm -rf .venv web/node_modules src/video_foundry/webui src/video_foundry/fonts dist build
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis .import_linter_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: setup-dev
setup-dev:
	@$(TOOL) tools.setup --dev
