# The same verbs that CI calls. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
# Two at a time: more would make the measuring gates wait for the processor.
PYTEST := -n 2 --dist worksteal

.PHONY: help setup demo test fast check format lock benchmarks catalogue clean

help: ## list the verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: .venv/.done ## make .venv with everything pinned, and .venv/bin/relevo

.venv/.done: requirements/dev.txt pyproject.toml runtime/pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e runtime -e .
	$(BIN)/python -m compileall -q src runtime/src
	touch $@

demo: setup ## carry the example line through four versions of its data, and ask its service
	$(BIN)/python examples/recordatorios/demo.py

test: check ## everything: checks, then all tests
	$(BIN)/pytest $(PYTEST)

fast: setup ## the tests that take under a minute together
	$(BIN)/pytest $(PYTEST) -m "not slow"

check: setup ## formatting, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## put the sources into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: setup ## resolve the dependencies anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-package relevo-runtime --extra image \
	  --custom-compile-command "make lock" -o requirements/dev.txt pyproject.toml runtime/pyproject.toml requirements/dev.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --custom-compile-command "uv pip compile --universal --python-version 3.11 --generate-hashes image/requirements.in -o image/requirements.txt" \
	  -o src/relevo/cli/templates/requirements.txt src/relevo/cli/templates/requirements.in.txt

benchmarks: setup ## measure the figures of the README, as ratios
	for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

catalogue: setup ## bring the Spanish catalogue up to date with the messages in the code
	$(BIN)/python scripts/catalogue.py

clean: ## remove what was built
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
