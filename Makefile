# make serve: set up and run the service on the built-in dataset. make test: set up, check the code
# and run all tests. make test-fast: the tests that need neither browser nor network nor long.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
# On all cores; each starts with a stretch of neighbours, which share what they set up.
PYTEST := $(BIN)/pytest -n auto --dist worksteal

.PHONY: serve test test-fast check long fuzz faults soak format messages sentences screenshots tutorial \
	bench boundaries clean

serve: $(VENV)/.run
	$(BIN)/geomap serve --port $(PORT)

test: check
	$(PYTEST)

test-fast: $(VENV)/.test
	$(PYTEST) --hypothesis-profile fast -m "not browser and not network and not slow and not long"

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What takes long: all tests that `make test` leaves out; of them random input to every reader and
# route, and faults of the machine; and minutes of load.
long: $(VENV)/.test
	$(BIN)/pytest -m long --hypothesis-profile long

fuzz: $(VENV)/.test
	$(BIN)/pytest -m "" --hypothesis-profile long tests/test_fuzz_*.py

faults: $(VENV)/.test
	$(BIN)/pytest -m "" tests/test_faults*.py

soak: $(VENV)/.test
	$(BIN)/python -m benchmarks.soak

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(VENV)/.test
	$(BIN)/python -m tests.messages

sentences: $(VENV)/.test
	$(BIN)/python tests/sentences.py

screenshots: $(VENV)/.test
	$(BIN)/python docs/screenshots.py

tutorial: $(VENV)/.test
	$(BIN)/python docs/tutorial.py

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

boundaries: $(VENV)/.test
	$(BIN)/python data/build_regions.py
	$(BIN)/python data/build_world.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[all]'
	touch $@

$(VENV)/.test: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) build dist *.egg-info
