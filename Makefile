# `make demo` and `make test` are all a fresh machine needs: they build .venv on first use (with uv where it is
# installed, else with venv and pip) and are quick the second time.
PYTHON ?= python3
VENV   ?= .venv
JOBS   ?= auto
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)

ifneq ($(UV),)
NEW_VENV = $(UV) venv --quiet --python $(PYTHON) $(VENV)
INSTALL  = $(UV) pip install --quiet --python $(BIN)/python
else
NEW_VENV = $(PYTHON) -m venv $(VENV)
INSTALL  = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench docs ci

help:   ## list these targets
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.ready   ## the whole way on a generated shop: check, plan, apply, send to a local outbox
	@$(BIN)/orc demo

test: $(VENV)/.ready-for-tests   ## every test, on SQLite, DuckDB, PostgreSQL, and MariaDB where one answers
	@$(BIN)/python -m pytest -n $(JOBS) --maxprocesses 8 --dist loadfile $(PYTEST_FLAGS)

lint: $(VENV)/.ready-for-tests   ## style, types, and whether the printed manual is up to date
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python docs/print.py --check

bench: $(VENV)/.ready-for-tests   ## one line of JSON per measure
	@$(BIN)/python -m benchmarks

docs: $(VENV)/.ready-for-tests   ## print the manual from the code again
	@$(BIN)/python docs/print.py

ci:   ## everything that must hold before a change is merged
	@.ci/run

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=..." >&2; exit 1; }
	@$(NEW_VENV) || { echo "No environment could be made: on Debian and Ubuntu, apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.ready: pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV) (once)"
	@$(INSTALL) -e '.[postgres,web]'
	@touch $@

$(VENV)/.ready-for-tests: pyproject.toml | $(BIN)/python
	@echo "installing with the test extra into $(VENV) (once)"
	@$(INSTALL) -e '.[test]'
	@touch $@ $(VENV)/.ready
