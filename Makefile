# make run: the pipeline on the sample articles · make test: all tests · make check: lint, types, import contracts, docs
# Each sets up what is missing first. Nothing but Python 3.12 or 3.13, make and a package index is needed.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements.lock
DATA ?=
PAGES ?=

.PHONY: help setup run test check evaluate benchmark lock clean

help:
	@echo "make setup      the environment in $(VENV), from $(LOCK)"
	@echo "make run        the pipeline on the sample articles in seeds/articles"
	@echo "make test       all tests"
	@echo "make check      lint, types, import contracts, generated docs up to date, known holes of dependencies"
	@echo "make evaluate   quality on annotated data: make evaluate DATA=folder"
	@echo "make benchmark  speed beside the limit and a plain script: make benchmark DATA=folder [PAGES=2000]"
	@echo "make lock       $(LOCK) anew from requirements.in (needs uv)"
	@echo "make clean      away with the environment and caches; data/ stays"

setup:
	@./.ci/setup $(VENV) $(LOCK)

run: setup
	@$(BIN)/claimhouse run seeds/articles

test: setup
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: setup
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m warehouse.dictionary --check
	$(BIN)/python .ci/audit $(BIN)/pip-audit $(LOCK)

evaluate: setup
	@$(BIN)/claimhouse evaluate --data "$(or $(DATA),$(error name the folder of the benchmark data: make evaluate DATA=folder))"

benchmark: setup
	@$(BIN)/python -m benchmarks.throughput "$(or $(DATA),$(error name the folder of the pages: make benchmark DATA=folder))" \
	  $(if $(PAGES),--pages $(PAGES))

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv; install it with pip or your package manager." >&2; exit 2; }
	uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header requirements.in -o $(LOCK)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
