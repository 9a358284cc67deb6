# The one door to this project. `make` alone lists what there is.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
BUILD  := $(PYTHON) tools/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help install

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## Build .venv from the lock file (quick when nothing changed)
	@$(BUILD) --venv $(VENV) --lock requirements/dev.txt --project
