"""Instances that serve a dataset from PostGIS follow it, and outlive the database."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from datasets import META, write_dataset
from postgres import PASSWORD, Server, address, pooler_of, publish_folder, replica_of
from serving import Service

from geomap import sources as datasets
from geomap.errors import DatabaseError, NotPublished
from geomap.sources.postgis import watch

pytestmark = pytest.mark.slow
SECONDS_TO_NOTICE = 6
AWAY = {"test": "this dataset is not served as it now is; the log says why"}


def test_two_instances_follow_what_is_published_and_outlive_the_database(
    postgres_server: Server,
    database: str,
    make_dataset: Callable[..., Path],
    start: Callable[..., Service],
) -> None:
    folder = make_dataset()
    publish_folder(folder, database)
    instances = [start(database), start("--workers", 2, f"{database}?dataset=test")]

    def change(title: str) -> None:
        write_dataset(folder, meta={**META, "title": title})
        published = publish_folder(folder, database)
        asked = time.monotonic()
        for instance in instances:
            instance.until(lambda i=instance: all(title.encode() in b for b in answers(i)))
            version = {"test": published.version}
            instance.until(lambda i=instance, v=version: i.health()["datasets"] == v)
        assert time.monotonic() - asked < SECONDS_TO_NOTICE

    change("A second revision")
    degraded = {"status": "degraded", "faults": AWAY}
    postgres_server.kill()
    try:
        for instance in instances:
            # Each worker follows on its own; either may answer.
            instance.until(lambda i=instance: i.health().items() >= degraded.items())
            assert b"A second revision" in instance.get("/").body
    finally:
        postgres_server.start()
    for instance in instances:
        instance.until(lambda i=instance: i.health()["faults"] == {})
    change("A third revision")
    for instance in instances:
        assert instance.output.count("is out of reach") == 2  # which, and why
        assert PASSWORD not in instance.output
        assert "Traceback" not in instance.output
        assert instance.stop() == 0


def answers(instance: Service) -> list[bytes]:
    """Return the page as several requests get it, of which each worker answers some."""
    return [instance.get("/").body for _ in range(6)]


@pytest.mark.parametrize("between", ["nothing", "pooler", "replica"])
def test_a_revision_is_noticed_directly_behind_a_pooler_and_on_a_replica(
    between: str, postgres_server: Server, database: str, make_dataset: Callable[..., Path]
) -> None:
    name = database.rpartition("/")[2]
    folder = make_dataset()
    publish_folder(folder, database)
    if between == "nothing":
        follow(database, database, folder, is_told=True)
    elif between == "pooler":
        with pooler_of(postgres_server) as port:
            pooled = address(port, name)
            follow(pooled, pooled, folder, is_told=False)
    else:
        with replica_of(postgres_server) as replica:
            both = database.replace("127.0.0.1:", f"127.0.0.1:{replica.port},127.0.0.1:")
            with pytest.raises(NotPublished, match="can only be read"):
                publish_folder(make_dataset(meta={"title": "New"}), replica.address(name))
            follow(replica.address(name), both, folder, is_told=False)


def follow(read: str, written: str, folder: Path, is_told: bool) -> None:
    """Follow an address while another is published to."""
    source: Any = datasets.find(read)
    try:
        before = source.stamp()
        assert source._watch.is_told is is_told
        assert source.stamp() == before
        write_dataset(folder, meta={**META, "title": "Noticed"})
        publish_folder(folder, written)
        asked = time.monotonic()
        while source.stamp() == before:
            assert time.monotonic() - asked < SECONDS_TO_NOTICE
            time.sleep(0.05)
        assert datasets.read(source).meta.title == {"": "Noticed"}
    finally:
        source.close()


def test_a_database_that_hangs_holds_nobody_up(
    postgres_server: Server,
    database: str,
    make_dataset: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "_SECONDS_TO_ANSWER", 0.3)
    monkeypatch.setattr(watch, "_ASK_ALL_THE_SAME", 0)
    folder = make_dataset()
    publish_folder(folder, database)
    source: Any = datasets.find(database)
    source.stamp()
    with postgres_server.hanging():
        asked = time.monotonic()
        with pytest.raises(DatabaseError, match="no connection"):
            source.stamp()
        assert time.monotonic() - asked < 3
    source.close()


def test_a_database_that_is_away_is_not_asked_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempts = []

    def refuse(conninfo: str) -> Any:
        attempts.append(conninfo)
        raise psycopg.OperationalError("connection refused")

    now = 0.0
    monkeypatch.setattr(watch, "connect", refuse)
    monkeypatch.setattr(watch.time, "monotonic", lambda: now)
    source = datasets.find("postgresql://nowhere/maps?dataset=test")
    for _ in range(120):  # looks, a second apart
        with pytest.raises(DatabaseError):
            source.stamp()
        now += 1
    assert 12 <= len(attempts) <= 30
