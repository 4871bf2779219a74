# `make` alone prints this help. Every target that needs the environment makes it first.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint check bench soak docs golden lock clean

help: ## Print this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo '  ARGS="..." is passed on: make test ARGS="tests/core -x", make demo ARGS="--once"'
	@echo '  PYTHON=python3.12 chooses the Python (3.11 or later) that setup uses'

setup: .venv/.installed ## Make the environment in .venv; the program is .venv/bin/kravbro

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Kravbro needs Python 3.11 or later, and '$(PYTHON)' is not: install one and run: make setup PYTHON=python3.12" >&2; \
	  exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.locked: requirements/dev.txt | .venv/.python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## Run the whole main job on example data
	$(BIN)/kravbro demo $(ARGS)

test: setup ## Run the tests on all cores
	$(BIN)/pytest -n auto --dist worksteal $(ARGS)

lint: setup ## Check format, style, types, import contracts and house rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/tidy

check: lint test ## Everything that CI runs

bench: setup ## Measure speed, and print it beside the floor of this machine
	$(BIN)/python -m benchmarks $(ARGS)

soak: setup ## Run the tests that take minutes: kills, interleavings, big files
	$(BIN)/pytest -m soak -n auto --dist worksteal --durations=0 $(ARGS)

docs: setup ## Write docs/errors.md, docs/commands.md and docs/states.md from the code
	$(BIN)/python -m tools.generate_docs

golden: setup ## Write the golden files of all formats, and what is read from them, anew
	$(BIN)/python -m tests.formats.golden_files

# A pin is kept as long as it suits pyproject.toml; ARGS=--upgrade takes the newest of everything.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-emit-find-links --no-config --strip-extras --custom-compile-command "make lock" $(ARGS)

lock: setup ## Write the lock files in requirements/ anew (ARGS=--upgrade for newer versions)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/lock.txt
	$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) pyproject.toml --extra postgresql --extra sqlserver --extra dev --constraint requirements/runtime.txt --output-file requirements/dev.txt
	echo 'uv>=0.13' | $(COMPILE) - --output-file requirements/lock.txt
	$(COMPILE) requirements/tryton.in --output-file requirements/tryton.txt
	$(COMPILE) requirements/bankstatementparser.in --output-file requirements/bankstatementparser.txt

clean: ## Remove .venv, caches and builds; data folders such as kravbro-demo stay
	rm -rf .venv .venv-tryton .venv-bankstatementparser build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests benchmarks tools examples -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.egg-info' -type d -prune -exec rm -rf {} +
