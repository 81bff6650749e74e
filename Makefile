# Everything a person types. Needs Python 3.11 and make; everything else comes from PyPI, by hash.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint trials bench torture study docs ui clean

PYTHON ?= python3
# One more than cores: some tests wait for servers.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(len(os.sched_getaffinity(0)) + 1)")
VENV := .venv
BIN := $(VENV)/bin
# A uv of the user's is used where there is one; otherwise it comes from PyPI into its own environment.
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
UV_VERSION := 0.13.9

# Without the bytecode kept beside the sources each process would compile dbt and Dagster anew.
unexport PYTHONDONTWRITEBYTECODE
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(VENV)

help:  ## This list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready  ## Makes .venv from the hash-locked uv.lock and parses the dbt project.

$(VENV)/.ready: uv.lock pyproject.toml | $(UV)
	$(UV) sync --frozen --no-build --no-install-project --python $(PYTHON)
	$(UV) pip install --no-deps --no-build-isolation --python $(BIN)/python --editable .
	$(BIN)/python -c "from pipelines.warehouse.dbt import prepare_manifest; prepare_manifest()"
	@touch $@

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check --only-binary :all: uv==$(UV_VERSION)

demo: setup  ## Simulates two sites for a week, runs the river, prints the headline KPIs.
	$(BIN)/headroom demo $(DEMO)

test: setup  ## The whole test suite.
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: lint-python lint-types lint-sql  ## Linters, formatting, types, the import law, SQL.

lint-python: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

lint-types: setup
	$(BIN)/mypy

lint-sql: setup
	$(BIN)/sqlfluff lint --processes 0 dbt/models dbt/tests

trials: setup  ## Tests that run the whole river many times: broken feeds, pages followed, every order, years of real data.
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m long

bench: setup  ## One site-day at 5 s against DuckDB's own COPY, each reader against the raw parse, a year of dispatch.
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.readers
	$(BIN)/python -m tests.bench.dispatch

torture: setup  ## Two seasons with every fault on purpose: what is found, missed, misnamed; writes docs/methods/faults.md.
	$(BIN)/python -W ignore -m tests.torture --write

study: setup  ## Turbine hours avoided on twenty simulated campuses against their truth; writes docs/methods/turbine_hours_avoided.md.
	$(BIN)/python -m tests.avoided_study --write

docs: setup  ## Writes the generated pages of docs/ and what the tour prints.
	$(BIN)/python -m pipelines.cli.handbook
	$(BIN)/python -m tests.house.pages
	$(BIN)/python -m tests.inspection.agreement

ui: setup  ## The web UI on http://127.0.0.1:3000.
	$(BIN)/headroom ui

clean:  ## Removes what setup made; data stay.
	rm -rf $(VENV) .uv dbt/target
