"""Following edits: what is sound is published and served, what is broken is only reported."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from datasets import META, write_dataset
from flask import Flask
from flask.testing import FlaskClient

from geomap import sources as datasets
from geomap.errors import BadSetting, DatasetError
from geomap.web import create_app
from geomap.web.following import Follower, Repeater, open_published
from geomap.web.last_good import LastGood
from geomap.web.reloading import Publisher, Source, find_sources
from geomap.web.snapshots import Snapshots


def look_twice(publisher: Publisher) -> None:
    """Look for an edit: it is taken once nothing has changed since the look before."""
    publisher.look()
    publisher.look()


@dataclass
class Service:
    """A server and one worker of it, which look for edits when they are told to."""

    publisher: Publisher
    snapshots: Snapshots
    app: Flask
    follower: Follower

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    @property
    def faults(self) -> dict[str, str]:
        """What the worker knows of the faults, which strangers do not."""
        faults: dict[str, str] = self.app.extensions["geomap"].faults
        return faults

    def look(self) -> dict[str, Any]:
        """Look for edits, and return what /healthz then says."""
        look_twice(self.publisher)
        self.follower.look()
        health: dict[str, Any] = self.client.get("/healthz").json
        return health


@pytest.fixture
def serve(tmp_path: Path) -> Callable[..., Service]:
    """A function that serves folders, or sources."""

    def start(*given: Any) -> Service:
        (tmp_path / "published").mkdir()
        sources = [one if hasattr(one, "read") else find_sources([one])[0] for one in given]
        snapshots = Snapshots(tmp_path / "published")
        publisher = Publisher(sources, snapshots)
        opened, state = open_published(snapshots)
        app = create_app(opened)
        return Service(
            publisher, snapshots, app, Follower(app.extensions["geomap"], snapshots, state)
        )

    return start


def test_a_snapshot_is_the_dataset_byte_for_byte(
    make_dataset: Callable[..., Path], serve: Callable[..., Service]
) -> None:
    folder = make_dataset()
    service = serve(folder)
    assert service.look() == {
        "status": "ok",
        "datasets": {"test": datasets.open(folder).version},
        "faults": {},
    }


def test_a_sound_edit_is_served(
    make_dataset: Callable[..., Path], serve: Callable[..., Service]
) -> None:
    folder = make_dataset()
    service = serve(folder)
    before = service.client.get("/").data
    write_dataset(folder, meta={**META, "title": "A new title"})
    assert service.client.get("/").data == before
    assert service.look()["status"] == "ok"
    assert "A new title" in service.client.get("/").text
    assert len(list((service.snapshots._folder).glob("*.zip"))) == 1


def test_a_broken_edit_takes_nothing_down(
    make_dataset: Callable[..., Path],
    serve: Callable[..., Service],
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = make_dataset()
    service = serve(folder)
    before = service.client.get("/").data
    good = (folder / "actors.csv").read_bytes()
    (folder / "actors.csv").write_text("id,name\nnorth,the North\n")
    health = service.look()
    assert service.client.get("/").data == before
    assert service.client.get("/test/regions.geojson").status_code == 200
    assert health["status"] == "degraded"
    # Who asks hears that something is wrong; what it is stands in the log alone.
    assert health["faults"] == {"test": "this dataset is not served as it now is; the log says why"}
    assert "actors.csv, row 1, column colour: is missing from the header" in caplog.text
    assert str(folder.parent) not in str(health)
    # A worker that starts only now has the last good version, and knows of the fault.
    opened, state = open_published(service.snapshots)
    assert opened[0].version == health["datasets"]["test"]
    assert state.faults == service.faults != {}
    (folder / "actors.csv").write_bytes(good)
    assert service.look() == {**health, "status": "ok", "faults": {}}


def test_a_folder_that_is_gone_takes_nothing_down(
    make_dataset: Callable[..., Path], serve: Callable[..., Service]
) -> None:
    folder = make_dataset()
    service = serve(folder)
    elsewhere = folder.rename(folder.with_name("elsewhere"))
    service.look()
    assert service.client.get("/").status_code == 200
    service.publisher.read_again()  # as the signal HUP has it
    service.follower.look()
    health = service.client.get("/healthz").json
    assert health is not None
    assert health["status"] == "degraded"
    assert str(folder.parent) not in str(health)
    elsewhere.rename(folder)
    write_dataset(folder, meta={**META, "title": "Back again"})
    assert service.look()["status"] == "ok"
    assert "Back again" in service.client.get("/").text


def test_faults_of_two_datasets_are_two(
    make_dataset: Callable[..., Path], serve: Callable[..., Service]
) -> None:
    folders = {id: make_dataset(meta={"id": id}) for id in ("first", "second")}
    service = serve(*folders.values())
    for folder in folders.values():
        (folder / "actors.csv").unlink()
    assert list(service.look()["faults"]) == ["first", "second"]
    write_dataset(folders["first"], meta={**META, "id": "first"})
    assert list(service.look()["faults"]) == ["second"]
    # Nor does an edit take the address of the other.
    write_dataset(folders["second"], meta={**META, "id": "first", "title": "Usurper"})
    service.look()
    assert "is now 'first'" in service.faults["second"]
    assert "Usurper" not in service.client.get("/first/").text


def test_an_edited_id_leaves_the_address_that_readers_have(
    make_dataset: Callable[..., Path], serve: Callable[..., Service]
) -> None:
    folder = make_dataset()
    service = serve(folder)
    write_dataset(folder, meta={**META, "id": "renamed"})
    health = service.look()
    assert list(health["datasets"]) == ["test"]
    assert "'renamed'" in service.faults["test"]
    assert service.client.get("/test/").status_code == 200


def test_what_is_not_sound_or_shares_an_id_is_refused_at_the_start(
    make_dataset: Callable[..., Path], serve: Callable[..., Service], tmp_path: Path
) -> None:
    one, other = make_dataset(), make_dataset()
    with pytest.raises(BadSetting, match="two datasets have one id: test"):
        serve(one, other)
    (other / "actors.csv").unlink()
    with pytest.raises(DatasetError, match=r"actors\.csv: is missing"):
        Publisher(find_sources([str(other)]), Snapshots(tmp_path / "published"))


def test_a_start_on_a_broken_dataset_shows_the_last_good_version(
    make_dataset: Callable[..., Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = make_dataset()
    other = make_dataset()

    def start(dataset: Path) -> tuple[Publisher, Snapshots, list[Any]]:
        published = tmp_path / f"published-{len(list(tmp_path.iterdir()))}"
        published.mkdir()
        snapshots = Snapshots(published)
        last_good = LastGood(tmp_path / "new" / "state")
        publisher = Publisher(find_sources([str(dataset)]), snapshots, True, last_good)
        return publisher, snapshots, open_published(snapshots)[0]

    publisher, *_ = start(folder)
    write_dataset(folder, meta={**META, "title": "The last good one"})
    look_twice(publisher)
    (folder / "actors.csv").unlink()
    publisher, snapshots, opened = start(folder)
    assert [*opened[0].meta.title.values()] == ["The last good one"]
    assert "actors.csv: is missing" in snapshots.state().faults["test"]
    assert "starting with" in caplog.text
    write_dataset(folder, meta={**META, "title": "Mended"})
    look_twice(publisher)
    assert snapshots.state().faults == {}
    assert [*open_published(snapshots)[0][0].meta.title.values()] == ["Mended"]
    # What another folder held is no last good version of this one.
    (other / "actors.csv").unlink()
    with pytest.raises(DatasetError, match=r"actors\.csv: is missing"):
        start(other)


def test_healthz_fails_for_a_broken_edit_where_it_is_asked_to(
    make_dataset: Callable[..., Path], serve: Callable[..., Service]
) -> None:
    folder = make_dataset()
    service = serve(folder)
    assert service.client.get("/healthz?strict=1").status_code == 200
    (folder / "actors.csv").unlink()
    health = service.look()
    strict = service.client.get("/healthz?strict=1")
    assert (strict.status_code, strict.json) == (503, health)
    assert service.client.get("/healthz").status_code == 200
    alive = service.client.get("/healthz?live=1&strict=1")
    assert (alive.status_code, alive.json) == (200, {"status": "ok"})
    assert service.client.get("/healthz?strict=yes").status_code == 400


class Busy:
    """A source that is being replaced, or fails in a way that nobody thought of."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.name, self.place = source.name, source.place
        self.is_live = False
        self.fails: Exception | None = None
        self.edits = 0

    def read(self) -> Any:
        if self.fails:
            raise self.fails
        return self._source.read()

    def stamp(self) -> object:
        if isinstance(self.fails, OSError):
            raise self.fails
        return self.edits


def test_the_watch_outlives_whatever_happens(
    make_dataset: Callable[..., Path], serve: Callable[..., Service]
) -> None:
    folder = make_dataset()
    source = Busy(find_sources([str(folder)])[0])
    service = serve(source)
    source.fails = FileNotFoundError(folder)
    assert service.look()["status"] == "ok"  # it is being replaced this very moment
    source.fails, source.edits = RuntimeError("whatever"), 1
    assert service.look()["status"] == "degraded"
    assert service.faults == {"test": "cannot be read: RuntimeError"}
    write_dataset(folder, meta={**META, "title": "Mended"})
    source.fails, source.edits = None, 2
    assert service.look()["status"] == "ok"
    assert "Mended" in service.client.get("/").text


def test_a_snapshot_replaced_while_a_worker_looks_is_taken_at_the_next_look(
    make_dataset: Callable[..., Path], serve: Callable[..., Service]
) -> None:
    folder = make_dataset()
    service = serve(folder)
    write_dataset(folder, meta={**META, "title": "Second"})
    look_twice(service.publisher)
    state = service.snapshots.state()
    write_dataset(folder, meta={**META, "title": "Third"})
    look_twice(service.publisher)
    with pytest.raises(FileNotFoundError):
        service.snapshots.open(state.snapshots["test"])
    service.follower.look()
    assert "Third" in service.client.get("/").text


@pytest.fixture
def calls() -> Iterator[threading.Semaphore]:
    yield threading.Semaphore(0)
    assert not [t for t in threading.enumerate() if t.name.startswith("geomap-")]


def test_a_repeater_repeats_until_it_is_stopped(calls: threading.Semaphore) -> None:
    repeater = Repeater("geomap-test", lambda: calls.release(), 0.001)
    for _ in range(3):
        assert calls.acquire(timeout=10)
    repeater.stop()
