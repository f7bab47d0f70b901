# Clawdbot's tasks. `make up` needs Python 3.11+ and nothing else; PYTHON=... names another one.
.PHONY: help up setup nodes serving server test check bench airgap lock messages screenshots clean

help:
	@echo 'make up      install what is missing, start everything, print address, login, API key'
	@echo 'make setup   only the environment (.venv)'
	@echo 'make serving what model servers of GGUF files need besides (compiles llama.cpp, 5 minutes)'
	@echo 'make nodes   what a node among many needs besides: drivers of PostgreSQL and S3'
	@echo 'make server  everything: these, llama.cpp, other embedding models, Milvus, traces (700 MB to load)'
	@echo 'make test    install what tests need, run them'
	@echo 'make check   ruff, mypy, lint-imports, migrations, size limits'
	@echo 'make bench   the measurements of benchmarks/'
	@echo 'make airgap  start everything where nothing can leave, fail on any attempt to'
	@echo 'make lock    renew the locked requirements'
	@echo 'make messages  renew the Chinese catalogs'
	@echo 'make screenshots  pictures of every page, in build/screenshots; ARGS=ask only some'

up: setup
	@.venv/bin/clawdbot up $(ARGS)

setup:
	@PYTHON='$(PYTHON)' sh deploy/setup.sh workstation

nodes: setup
	@PYTHON='$(PYTHON)' sh deploy/setup.sh nodes

serving: setup
	@PYTHON='$(PYTHON)' sh deploy/setup.sh serving

server: setup
	@PYTHON='$(PYTHON)' sh deploy/setup.sh server

test: .venv-dev
	@.venv/bin/python -m pytest -n "$$(sh deploy/test_processes.sh)" $(ARGS)

check: .venv-dev
	@sh deploy/check.sh

bench: .venv-dev
	@sh deploy/bench.sh $(ARGS)

airgap: setup
	@.venv/bin/clawdbot doctor --airgap $(ARGS)

.PHONY: .venv-dev
.venv-dev:
	@sh deploy/apt.sh
	@PYTHON='$(PYTHON)' sh deploy/setup.sh dev
	@.venv/bin/python deploy/helm/tools.py

lock:
	@PYTHON='$(or $(PYTHON),python3)' sh deploy/lock.sh

messages: .venv-dev
	@sh deploy/messages.sh

screenshots: .venv-dev
	@.venv/bin/python -m tests.browser.screenshots $(ARGS)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
