"""`geomap.status_on` in SQL answers as Python's: row for row and column for column, in PostGIS."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import geopandas as gpd
import pytest
import shapely
from datasets import days
from ledgers import PERIOD, actors, dataset_of, random_ledger
from needs import missing

from geomap.core.claims import Claim, Ledger
from geomap.core.dataset import Dataset
from geomap.core.status import COLUMNS, change_days, row, status_on, statuses

psycopg = pytest.importorskip("psycopg")
LEDGERS = int(os.environ.get("GEOMAP_SQL_LEDGERS", "400"))
LOCATORS = ("", "¶7", "¶11", "¶2, ¶11", "¶ 3,4", "clause 2", "clause 10", "2a", "10", "¶5 and ¶6")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty database with PostGIS, on a server started for this module."""
    programs = Path("/usr/lib/postgresql/15/bin")
    if not (programs / "initdb").exists():
        missing("PostgreSQL", "apt-get install postgresql-15-postgis-3")
    folder = Path(tempfile.mkdtemp(prefix="geomap-sql-"))
    as_user: tuple[str, ...] = ()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        as_user = ("runuser", "-u", "postgres", "--")

    def run(program: str, *options: str) -> None:
        command = [*as_user, str(programs / program), "-D", str(folder / "data"), *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync")
    settings = f"-k {folder} -c listen_addresses= -c fsync=off"
    run("pg_ctl", "start", "-w", "-o", settings, "-l", str(folder / "log"))
    yield f"postgresql://postgres@/postgres?host={folder}"
    run("pg_ctl", "stop", "-m", "immediate")
    shutil.rmtree(folder)


def publish(database: str, *all_datasets: Dataset) -> None:
    from geomap.sources.postgis.address import parse_address
    from geomap.sources.postgis.publish import publish

    for dataset in all_datasets:
        publish(dataset, {}, parse_address(database), author="A desk", message="A test")


def rows_in_sql(
    connection: Any, dataset: Dataset, day: date, known: date | None, sources: Any
) -> list[tuple[Any, ...]]:
    """Return what SQL answers, without the geometry."""
    statement = f"SELECT {', '.join(COLUMNS[:-1])} FROM geomap.status_on(%s, %s, %s, %s)"
    chosen = None if sources is None else list(sources)
    return connection.execute(statement, (dataset.id, day, known, chosen)).fetchall()


def rows_in_python(
    dataset: Dataset, day: date, known: date | None, sources: Any
) -> list[tuple[Any, ...]]:
    """Return what `status_on` answers, without the geometry."""
    rows = [row(status) for status in statuses(dataset, day, known, sources)]
    names = dataset.regions["name"]
    return [
        tuple(({**values, "name": name})[column] for column in COLUMNS[:-1])
        for values, name in zip(rows, names, strict=True)
    ]


def differences(
    connection: Any,
    dataset: Dataset,
    all_days: Iterable[date],
    known: date | None,
    sources: Collection[str] | None,
) -> Iterator[tuple[Any, ...]]:
    """Yield (day, known, sources, region, column, in Python, in SQL) where both differ."""
    for day in all_days:
        expected = rows_in_python(dataset, day, known, sources)
        answered = rows_in_sql(connection, dataset, day, known, sources)
        assert len(expected) == len(answered)
        if expected != answered:
            for a, b in zip(expected, answered, strict=True):
                for column, here, there in zip(COLUMNS, a, b, strict=False):
                    if here != there:
                        yield day, known, sources, a[0], column, here, there


def random_dataset(number: int, seed: int) -> Dataset:
    """Return a dataset of so many random ledgers, each with regions and sources of its own."""
    sources, claims, regions = {}, [], []
    for index in range(number):
        random = Random(f"{seed}/{index}")
        ledger = random_ledger(random)
        for id, source in ledger.sources.items():
            sources[f"{id}-{index}"] = replace(source, id=f"{id}-{index}")
        for claim in ledger.claims:
            claims.append(_moved(claim, index, len(claims) + 2, random.choice(LOCATORS)))
        for values in dataset_of(ledger).regions.to_dict("records"):
            cited = random.choice(["", "a", "b"])
            regions.append(
                {
                    **values,
                    "id": f"{values['id']}-{index}",
                    "lies_within": random.choice(["", "north"]) if cited else "",
                    "lies_within_source": cited and f"{cited}-{index}",
                    "lies_within_locator": random.choice(LOCATORS) if cited else "",
                }
            )
    ledger = Ledger(actors(), sources, tuple(claims))
    frame = gpd.GeoDataFrame(regions, geometry="geometry", crs="EPSG:4326")
    dataset = dataset_of(ledger)
    return replace(dataset, meta=replace(dataset.meta, id="random"), regions=frame)


def _moved(claim: Claim, index: int, row: int, locator: str) -> Claim:
    return replace(
        claim,
        row=row,
        event=f"{claim.event}-{index}",
        region=f"{claim.region}-{index}",
        source=f"{claim.source}-{index}",
        locator=locator,
    )
