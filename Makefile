# `make help` lists the targets. All of them set up what they need; the second time they are quick.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SAM := .venv-sam/bin/sam
export PYTHONPATH := layers/connections/python:layers/sdk/python
export PYTHONDONTWRITEBYTECODE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export SAM_CLI_TELEMETRY := 0

.DEFAULT_GOAL := help
.PHONY: help run tour test test-stack test-handlers test-parts test-proof test-some fuzz proof bench \
	check lint format openapi lock clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

run: $(VENV)/local.done  ## Run the whole stack on this machine; Ctrl-C ends it
	@$(BIN)/python -m local

tour: $(VENV)/local.done  ## Take a running `make run` through the life of a connection
	@$(BIN)/python -m local.tour

# In four processes side by side: those of the running stack mostly wait.
test: $(VENV)/dev.done  ## Run all tests, and measure coverage; TESTS=tests/unit runs some
	@began=$$(date +%s); \
	$(BIN)/coverage erase && $(MAKE) --no-print-directory --jobs=4 $(TEST_JOBS) && \
	$(BIN)/coverage combine --quiet && { [ -n "$(TESTS)" ] || $(BIN)/coverage report; } && \
	echo "make test took $$(( $$(date +%s) - began )) s"

TEST_JOBS := $(if $(TESTS),test-some,test-stack test-handlers test-parts test-proof)
RUN_TESTS := $(BIN)/coverage run --parallel-mode -m pytest --quiet
# These start stacks of their own, one after the other; all others share one.
OWN_STACKS := tests/e2e/test_regions.py $(wildcard tests/e2e/test_local_*.py)
test-stack:
	@$(RUN_TESTS) tests/e2e tests/hostile tests/interop tests/fuzz $(addprefix --ignore=,$(OWN_STACKS))
test-handlers:
	@$(RUN_TESTS) tests/integration/entrypoints
test-parts:
	@$(RUN_TESTS) tests/unit tests/integration tests/packaging $(OWN_STACKS) \
		--ignore=tests/integration/entrypoints
test-proof:
	@$(RUN_TESTS) tests/proof tests/performance
test-some:
	@$(RUN_TESTS) $(TESTS)

fuzz: $(VENV)/dev.done  ## Send thousands of cases made from the API document; SEED=2 makes others
	@$(BIN)/python -m tests.fuzz

proof: $(VENV)/dev.done  ## Prove at full length that no grant is lost: interleavings, faults, races, outages
	@$(BIN)/python -m tests.proof

bench: $(VENV)/dev.done  ## Print requests, times and costs beside their budgets
	@$(BIN)/python -m tests.performance

check: lint test  ## Run all checks and all tests

lint: $(VENV)/dev.done .venv-sam/done  ## Check format, style, types, import contracts, template, API document
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint template.yaml
	AWS_DEFAULT_REGION=us-east-2 $(SAM) validate --lint
	$(BIN)/python -m tests.openapi_document --check

format: $(VENV)/dev.done  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

openapi: $(VENV)/dev.done  ## Write docs/openapi.json from the code
	$(BIN)/python -m tests.openapi_document

# From the largest list to the smallest, so that every package has one version in all of them.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-strip-extras
lock: $(VENV)/dev.done  ## Pin the newest versions of everything in requirements/
	cd requirements && ../$(LOCK) --upgrade dev.in -o dev.txt
	cd requirements && ../$(LOCK) --upgrade -c dev.txt local.in -o local.txt
	cd requirements && ../$(LOCK) --upgrade -c local.txt runtime.in -o runtime.txt
	cd requirements && ../$(LOCK) --upgrade sam.in -o sam.txt

clean:  ## Remove what the other targets made
	rm -rf .venv .venv-* .local .aws-sam .coverage* .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "Python 3.11 or newer is needed; name one: PYTHON=python3.11 make ..." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	echo "Python's venv module is needed (Debian: apt-get install python3-venv)." >&2; exit 2; }

$(VENV)/local.done: requirements/local.txt | $(VENV)/bin/python
	@echo "Installing what the stack needs (once, about half a minute) ..."
	@[ -e $(VENV)/dev.done ] || $(BIN)/pip install --quiet --require-hashes -r requirements/local.txt
	@touch $@

$(VENV)/dev.done: requirements/dev.txt | $(VENV)/bin/python
	@echo "Installing what the tests need (once, about a minute) ..."
	@$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

.venv-sam/done: requirements/sam.txt $(VENV)/dev.done
	@echo "Installing SAM's command line (once) ..."
	@$(PYTHON) -m venv .venv-sam
	@$(BIN)/uv pip install --quiet --python .venv-sam/bin/python --require-hashes -r requirements/sam.txt
	@touch $@
