# Every task of the project. Needs python3 (3.11 or newer), git and make; nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
EXTRAS := .venv-extras
OF_DEMO := --config seeds/demo/medvl-watch.toml
# A checkout with a configuration of its own keeps its state apart from the demonstration's.
DEMO := $(if $(wildcard medvl-watch.toml),MEDVL_WATCH_STATE=medvl-watch-demo )$(BIN)/medvl-watch

.DEFAULT_GOAL := help
.PHONY: help install run test coverage extras replays check format bench fuzz completeness maintainers interruptions kills years documents lock sbom clean

help:  ## say what can be done
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "medvl-watch needs Python 3.11 or newer; name one with: make PYTHON=python3.12 …" >&2; exit 2; }
	@echo "Installing into $(VENV) (once) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

install: $(READY)  ## install into .venv, from the lock

run: $(READY)  ## the demonstration: read recorded feeds, open pull requests on five lists, write a digest
	@$(DEMO) run $(OF_DEMO)
	@$(DEMO) digest $(OF_DEMO)
	@$(DEMO) prs $(OF_DEMO)

test: $(READY)  ## all tests
	@$(BIN)/python -m pytest -q

coverage: $(READY)  ## all tests, and which lines and branches they run; fails below the floor in pyproject.toml
	@$(BIN)/python -m pytest -q --cov

# In an environment of their own: `make test` skips them, and stays small.
extras:  ## the tests of training and of plots, with the libraries that they need
	@test -d $(EXTRAS) || { echo "Installing into $(EXTRAS) (once) …"; $(PYTHON) -m venv $(EXTRAS); }
	@$(EXTRAS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(EXTRAS)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[train,plots]'
	@$(EXTRAS)/bin/python -m pytest -q tests/training tests/cli/test_train*.py \
	  tests/cli/test_eval_classify.py tests/evaluate

replays: $(READY)  ## the long tests on recorded data that lie beside the project
	@$(BIN)/python -m pytest -q -m replay

check: $(READY)  ## types, lint, format, workflows
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/zizmor --offline --quiet --persona pedantic .github/workflows action.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions action.yml

format: $(READY)  ## put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY)  ## timings; no test depends on them
	@$(BIN)/python -m pytest -q --benchmark-only -n 0 -o addopts="--import-mode=importlib"

completeness: $(READY)  ## replay weeks of a failing arXiv from 50 seeds: no paper is lost (minutes)
	@$(BIN)/python -m tests.sources.completeness 50

maintainers: $(READY)  ## simulate 200 maintainers for 30 weeks: no promise to them is broken (an hour)
	@$(BIN)/python -m tests.simulation.maintainers 200 30

interruptions: $(READY)  ## break a run off at every write in every way; start two at once (half an hour)
	@$(BIN)/python -m tests.simulation.interruptions 100

KILLS ?= 500
kills: $(READY)  ## kill -9 at KILLS random moments: one worker on SQLite and PostgreSQL, then four with 40 lists
	@$(BIN)/python -m tests.simulation.kills one $(KILLS)
	@$(BIN)/python -m tests.simulation.kills four $(KILLS)

years: $(READY)  ## three years of `serve` with a clock of its own, in two time zones: each digest once (minutes)
	@$(BIN)/python -m tests.simulation.years Europe/Berlin 156
	@$(BIN)/python -m tests.simulation.years Australia/Sydney 156

LISTS ?= seeds/lists
MINUTES ?= 10
fuzz: $(READY)  ## damage the lists of the folder LISTS at random and edit them, for MINUTES
	@$(BIN)/python -m tests.lists.fuzz $(LISTS) --minutes $(MINUTES)

documents: $(READY)  ## write anew what README.md shows of the demonstration
	@UPDATE_DOCUMENTS=1 $(BIN)/python -m pytest -q tests/test_documents.py tests/onboarding/test_written_files.py

# The extras `train` and `plots` stay out: they would add 100 MB to what every checkout installs,
# and nothing but `medvl-watch train` and the plots of `medvl-watch eval` needs them.
lock:  ## renew requirements.lock from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra llm --extra pdf --extra postgres --group dev pyproject.toml -o requirements.lock

sbom: $(READY)  ## write sbom.json, the bill of materials of the installation (CycloneDX)
	@$(PYTHON) -m venv .venv-sbom
	@.venv-sbom/bin/python -m pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=7,<8'
	@.venv-sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
	  --of JSON -o sbom.json $(BIN)/python
	@rm -rf .venv-sbom

clean:  ## forget the installation, the caches and what the demonstration wrote
	rm -rf $(VENV) $(EXTRAS) .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks build dist medvl-watch-data medvl-watch-demo sbom.json
