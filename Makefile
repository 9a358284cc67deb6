# The one door to this project. `make` alone lists what there is.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
BUILD  := $(PYTHON) tools/bootstrap.py
TESTS  ?= tests
SEED   ?= 1
COUNT  ?= 20000
UV     := .venv-lock/bin/uv pip compile --no-config --quiet --universal --python-version 3.11 \
          --generate-hashes --only-binary :all: --exclude-newer "7 days" --custom-compile-command "make lock" $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help install demo run test judges fuzz check bench wheel acceptance lock clean

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## Build .venv from the lock file (quick when nothing changed)
	@$(BUILD) --venv $(VENV) --lock requirements/dev.txt --project

demo: install ## Send the example invoices over four channels and show the log
	@$(PY) -m simulators.demo

run: install ## Start the same set-up and keep it running, with addresses and logins
	@$(PY) -m simulators.run

test: install ## Run the tests; TESTS=tests/formats runs a part
	$(PY) -m pytest -n 2 --dist loadfile --ignore tests/acceptance $(TESTS)

judges: install ## Fetch the official rule sets that tests compare ours with (needs Maven)
	@$(PY) tools/judges.py

fuzz: install judges ## Compare our rules with the official ones on mutated invoices; SEED= COUNT= PROFILE=
	@$(PY) -m tests.judges.fuzz --seed $(SEED) --count $(COUNT) $(PROFILE:%=--profile %)

check: install ## Format, lint, types, import contracts
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo

bench: install ## Print the performance figures, one JSON line each
	@$(PY) -m tests.bench

wheel: install ## Build the wheel into dist/
	@rm -rf dist
	$(PY) -m build --wheel --no-isolation --outdir dist

acceptance: wheel ## Install the wheel alone, with the runtime lock, and test that
	@$(BUILD) --venv .venv-acceptance --lock requirements/runtime.txt --wheel dist/*.whl
	GATEWAY_UNDER_TEST="$(CURDIR)/.venv-acceptance" $(PY) -m pytest tests/acceptance

lock: ## Write the lock files anew; UPGRADE=--upgrade takes newer versions (at least 7 days old)
	@$(BUILD) --venv .venv-lock --lock requirements/lock.txt
	$(UV) pyproject.toml --output-file requirements/runtime.txt
	$(UV) pyproject.toml --extra judge --constraints requirements/runtime.txt --output-file requirements/judge.txt
	$(UV) pyproject.toml --group dev --extra judge --constraints requirements/runtime.txt --output-file requirements/dev.txt
	$(UV) --group lock --output-file requirements/lock.txt

clean: ## Remove what was built (data of `make run` stays)
	rm -rf .venv .venv-acceptance .venv-lock dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz
