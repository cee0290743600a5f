"""Fixtures that every test file may use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import browser
import datasets
import postgres
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from serving import Service

from geomap import sources as geomap_sources
from geomap.cli import main
from geomap.core.dataset import Dataset
from geomap.formats import export_regions
from geomap.web import create_app

# A busy machine is no fault of a property. `make test-fast` takes the profile with fewer examples,
# `make fuzz` the one with many.
settings.register_profile("full", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", settings.get_profile("full"), max_examples=25)
settings.register_profile("long", settings.get_profile("full"), max_examples=20_000)
settings.load_profile("full")


@pytest.fixture(scope="session")
def builtin() -> Dataset:
    """The built-in dataset."""
    return geomap_sources.open()


@pytest.fixture
def make_dataset(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a small dataset (see `datasets.dataset_files`), each into a new
    folder, and returns the folder.
    """
    numbers = count(1)
    return lambda *args, **kwargs: datasets.write_dataset(
        tmp_path / f"dataset-{next(numbers)}", *args, **kwargs
    )


@pytest.fixture
def dataset(make_dataset: Callable[..., Path]) -> Callable[..., Dataset]:
    """A function that opens a small dataset of the claims given to it (see `make_dataset`)."""
    return lambda *claims, **parts: geomap_sources.open(make_dataset(claims, **parts))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A dataset of texts that are hard to carry (see `formats_readers.hostile_dataset`)."""
    from formats_readers import hostile_dataset

    return hostile_dataset(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a dataset's regions in a format, by its ending, into a file."""

    def write(dataset: Dataset, ending: str, **options: Any) -> Path:
        path = tmp_path / f"x.{ending}"
        path.write_bytes(export_regions(dataset, ending, **options))
        return path

    return write


@pytest.fixture(scope="session")
def app(builtin: Dataset) -> Flask:
    """The web service over the built-in dataset."""
    return create_app([builtin])


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of `app` that sends no request over a network."""
    return app.test_client()


@pytest.fixture
def two(builtin: Dataset, make_dataset: Callable[..., Path]) -> FlaskClient:
    """A client of a site with two datasets."""
    parts = {"title": "Hill & vale", "summary": "Two <places>."}
    return create_app([builtin, geomap_sources.open(make_dataset(meta=parts))]).test_client()


@pytest.fixture
def runner() -> CliRunner:
    """Runs commands of the command line in this process."""
    return CliRunner()


@pytest.fixture
def run(runner: CliRunner) -> Callable[..., Result]:
    """A function that runs a command at a width of the terminal."""
    return lambda *args, width=100: runner.invoke(
        main, [str(a) for a in args], env={"COLUMNS": str(width)}
    )


@pytest.fixture(scope="session")
def live_server(app: Flask) -> Iterator[str]:
    """The address of `app`, answering over HTTP."""
    with browser.serving(app) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for all tests of a process, in which Playwright can start only once."""
    with browser.launch() as running:
        yield running


@pytest.fixture(scope="session")
def large(chromium: Any) -> Iterator[Any]:
    """Chromium of a reader who has set letters to twice their size."""
    running = browser.another(chromium, "--blink-settings=defaultFontSize=32")
    yield running
    running.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One PostgreSQL server with PostGIS for all tests of a process."""
    with postgres.running_server() as server:
        yield server


@pytest.fixture
def database(postgres_server: postgres.Server) -> str:
    """The address of a new database that has PostGIS and nothing else."""
    return postgres_server.address(postgres_server.new_database())


@pytest.fixture
def start() -> Iterator[Callable[..., Service]]:
    """A function that starts a service; all are stopped in the end."""
    services: list[Service] = []

    def run(*arguments: object, **options: Any) -> Service:
        services.append(Service(*arguments, **options))
        return services[-1]

    yield run
    for service in services:
        if service.process.poll() is None:
            service.process.kill()  # its workers follow it
            service.process.wait(10)
        service.reader.join(5)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that waits for other programs is tried twice before it fails; the summary says so."""
    for item in items:
        if any(item.get_closest_marker(name) for name in ("browser", "network", "slow")):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line each what was not tested on this machine, and how to get what is missing."""
    skipped = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple)
    )
    if skipped:
        terminalreporter.section("not tested on this machine")
    for reason, number in sorted(skipped.items()):
        terminalreporter.line(f"{number} {'test' if number == 1 else 'tests'}: {reason}")
