# Everything installed goes into .venv and frontend/node_modules; state lives in .cytoloop.
# The work is done by .ci/dev.py; programs are called as `python -m ...`, never as scripts of the
# virtual environment, so that a folder with a space in its path works.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
DEV = $(if $(PYTHON),$(PYTHON) .ci/dev.py,$(error Python 3.11 or newer is needed: install it, or say where it is with PYTHON=...))
CYTOLOOP = .venv/bin/python -m cytoloop
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo up test check format clean

help: ## say what there is
	@echo "Cytoloop: make <target>"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-7s %s\n", $$1, $$2}' Makefile
	@echo "On Linux without an NVIDIA card, name PyTorch's CPU package index in PIP_EXTRA_INDEX_URL before"
	@echo "the first target: that fetches the small CPU build of torch (the README says more)."

setup: ## virtual environment, pinned packages, front end
	@$(DEV) setup

demo: setup ## the whole loop on generated pictures; leaves the site running (Ctrl-C stops it)
	@$(CYTOLOOP) demo $(ARGS)

up: setup ## start the site without the demo (Ctrl-C stops it)
	@$(CYTOLOOP) up $(ARGS)

test: ## every test: Python, front end, end to end in Chromium
	@$(DEV) test

check: ## formatters, linters, types, import contracts, generated API types, then every test
	@$(DEV) check

format: ## format Python and TypeScript
	@$(DEV) setup --dev
	@.venv/bin/python -m ruff format . && .venv/bin/python -m ruff check --fix .
	@cd frontend && npm run --silent format

clean: ## remove what was installed and built; keeps .cytoloop
	@$(DEV) clean
