# make serve: set up and run the service on the built-in dataset. make test: set up and run all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000

.PHONY: serve test check format messages screenshots bench boundaries clean

serve: $(VENV)/.run
	$(BIN)/geomap serve --port $(PORT)

test: check
	$(BIN)/pytest

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(VENV)/.test
	$(BIN)/python -m tests.messages

screenshots: $(VENV)/.test
	$(BIN)/python docs/screenshots.py

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

boundaries: $(VENV)/.test
	$(BIN)/python data/build_regions.py

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
