# make serve: set up and run the service on the built-in dataset. make test: set up, check the code
# and run all tests. make test-fast: the tests that need neither browser nor network nor long.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
TOOLS := $(VENV)/tools
QUIET := --quiet --disable-pip-version-check
LOCK := $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock'
# On all cores; each starts with a stretch of neighbours, which share what they set up.
PYTEST := $(BIN)/pytest -n auto --dist worksteal

# Installs geomap with an extra: on Python 3.11 what was tested, by its hashes.
define install
if $(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then \
	echo 'Installing what deploy/lock/$(1).txt names.' && \
	$(BIN)/pip install $(QUIET) --require-hashes --requirement deploy/lock/$(1).txt && \
	$(BIN)/pip install $(QUIET) --no-deps --no-build-isolation --editable .; \
else \
	echo 'This is not Python 3.11, with which the versions in deploy/lock were tested:' \
		'installing the newest that setup.cfg allows.'; \
	$(BIN)/pip install $(QUIET) --editable '.[$(1)]'; \
fi
endef

.PHONY: serve test test-fast check long fuzz faults soak format messages sentences screenshots \
	tutorial bench boundaries lock audit wheel clean

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
# route, and faults of the machine.
long: $(VENV)/.test
	$(BIN)/pytest -m long --hypothesis-profile long

fuzz: $(VENV)/.test
	$(PYTEST) -m "" --hypothesis-profile long tests/test_fuzz_*.py

faults: $(VENV)/.test
	$(BIN)/pytest -m "" tests/test_faults*.py

# Ten minutes of load, with edits and restarts.
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

# Writes deploy/lock/*.txt: what setup.cfg allows as versions with hashes. Those that stand there and
# still fit stay; `make lock UPGRADE=--upgrade` takes the newest.
lock: $(TOOLS)/.ready
	$(LOCK) $(UPGRADE) --extra test --output-file deploy/lock/test.txt setup.cfg
	$(LOCK) $(UPGRADE) --extra all --extra build --constraint deploy/lock/test.txt \
		--output-file deploy/lock/all.txt setup.cfg

# Asks PyPI for known vulnerabilities of what is locked. It fails where PyPI does not know a package.
audit: $(TOOLS)/.ready
	$(TOOLS)/bin/pip-audit --strict --progress-spinner off --vulnerability-service pypi \
		--disable-pip --require-hashes --requirement deploy/lock/test.txt

# The wheel of the last commit: the same bytes whoever makes it, where and when.
wheel: $(VENV)/.test
	rm -rf build/wheel && mkdir -p build/wheel
	git -c tar.umask=022 archive HEAD | tar -x -C build/wheel
	umask 022 && SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/pip wheel --quiet \
		--no-deps --no-build-isolation --wheel-dir dist build/wheel
	cd dist && sha256sum geomap_ledger-*.whl

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: setup.cfg pyproject.toml deploy/lock/all.txt | $(VENV)/bin/python
	@$(call install,all)
	touch $@

$(VENV)/.test: setup.cfg pyproject.toml deploy/lock/test.txt | $(VENV)/bin/python
	@$(call install,test)
	touch $@ $(VENV)/.run

# Tools of an environment of their own: what they need is nothing that geomap needs.
$(TOOLS)/.ready: | $(VENV)/bin/python
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/pip install $(QUIET) uv pip-audit
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
