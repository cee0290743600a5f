"""`geomap.status_on` in SQL answers as Python's: row for row and column for column, in PostGIS."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from itertools import combinations
from random import Random
from typing import Any

import geopandas as gpd
import psycopg
import pytest
import shapely
from datasets import days
from ledgers import PERIOD, SOURCE_IDS, actors, dataset_of, random_ledger
from postgres import Server

from geomap.core.citations import citations, places
from geomap.core.claims import Claim, Ledger
from geomap.core.dataset import Dataset
from geomap.core.dates import parse_span
from geomap.core.status import COLUMNS, row, status_on, statuses
from geomap.sources.postgis.address import parse_address
from geomap.sources.postgis.publish import RUN_WHEN_CHANGED, publish

LEDGERS = int(os.environ.get("GEOMAP_SQL_LEDGERS", "150"))
RARE = (163, 1053, 34_996)
"""Random ledgers beyond the first ones that a rule of its own applies to: an arrangement that was
reported late, and a holder whom only several events together confirm.
"""
LOCATORS = (
    *("", "¶7", "¶11", "¶2, ¶11", "¶ 3,4", "¶\u00a05 ,6", "¶5 and ¶6", "clause 2", "clause 10"),
    *("2a", "10", "¶007", " clause 3 ", "¶2–4", "¶٣", "¶", "статья 12"),
)
DATES = (
    *("2020-11-25", "2020-11", "2020", "1994~", "2020-02", "2021-02?", "[2020-01-01..2021-12-31]"),
    *("[2019..2021%]", "[2020-01..2020-11]", "[2020-11-01..2020-11-30]", "[2020~..2020]"),
    *("[..2020]", "[..2020-12-31?]", "[..2020-11-10~]", "[2020-11-16..2020-11-22]", "0001"),
)


@pytest.fixture(scope="module")
def random_dataset() -> Dataset:
    """Many random ledgers as one dataset, each with regions and sources of its own."""
    numbers = dict.fromkeys([*range(LEDGERS), *RARE])
    return _joined([random_ledger(Random(f"sql/{number}")) for number in numbers])


@pytest.fixture(scope="module")
def connection(
    postgres_server: Server, builtin: Dataset, random_dataset: Dataset
) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a database in which both datasets are published."""
    address = postgres_server.address(postgres_server.new_database())
    for dataset in (builtin, random_dataset):
        publish(dataset, {}, parse_address(address), author="A desk", message="A test")
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def test_every_day_of_the_builtin_dataset_by_clocks_and_sources(
    connection: psycopg.Connection[Any], builtin: Dataset
) -> None:
    random = Random("views")
    clocks = sorted({source.published for source in builtin.ledger.sources.values()})
    ids = tuple(builtin.ledger.sources)
    chosen = [*((id,) for id in ids), *combinations(ids, 2), *combinations(ids, 5)]
    views = [(None, None), *((clock, None) for clock in clocks)]
    views += [(random.choice([None, *clocks]), random.choice(chosen)) for _ in range(20)]
    period = days(builtin.period.start, builtin.period.end)
    for known, sources in views:
        some_days = period if known is None and sources is None else random.sample(period, 3)
        assert list(differences(connection, builtin, some_days, known, sources)) == []


def test_random_ledgers(connection: psycopg.Connection[Any], random_dataset: Dataset) -> None:
    ids = random_dataset.ledger.sources
    random = Random("more views")
    for day in PERIOD:
        letters = random.sample(SOURCE_IDS, 2)
        some = [id for id in ids if id[0] in letters]
        for known, sources in ((None, None), (random.choice(PERIOD), random.choice([None, some]))):
            assert list(differences(connection, random_dataset, [day], known, sources)) == []


def test_columns_and_geometry_are_those_of_python(
    connection: psycopg.Connection[Any], builtin: Dataset
) -> None:
    day = builtin.meta.date
    frame = status_on(builtin, day)
    answer = connection.execute("SELECT * FROM geomap.status_on(%s, %s)", (builtin.id, day))
    assert [column.name for column in answer.description or ()] == list(frame.columns)
    view = connection.execute(
        f"SELECT dataset, as_of, {', '.join(COLUMNS[:-1])}, ST_AsBinary(geometry) "
        "FROM geomap.status WHERE dataset = %s ORDER BY key",
        (builtin.id,),
    ).fetchall()
    expected = rows_in_python(builtin, day, None, None)
    assert [one[2:-1] for one in view] == sorted(expected)
    assert {one[:2] for one in view} == {(builtin.id, day)}
    by_id = {one[2]: shapely.from_wkb(one[-1]) for one in view}
    for id, geometry in zip(frame["id"], frame.geometry, strict=True):
        assert by_id[id].equals(geometry)
    typed = connection.execute(
        "SELECT type, srid FROM geometry_columns WHERE f_table_name = 'status'"
    ).fetchall()
    assert typed == [("MULTIPOLYGON", 4326)]


def test_who_may_only_read_asks_too_and_the_scripts_may_be_run_again(
    connection: psycopg.Connection[Any], builtin: Dataset
) -> None:
    for name in RUN_WHEN_CHANGED:
        script = files("geomap.sources") / "sql" / name
        connection.execute(script.read_text("utf-8").encode())
    with connection.transaction():
        connection.execute("SET TRANSACTION READ ONLY")
        connection.execute("SET LOCAL ROLE pg_read_all_data")
        day = builtin.meta.date
        assert list(differences(connection, builtin, [day], None, None)) == []
        statuses = connection.execute("SELECT count(*) FROM geomap.status").fetchone()
        assert statuses
        assert statuses[0] > len(builtin.regions)


def test_dates_and_citations_are_written_as_in_python(
    connection: psycopg.Connection[Any],
) -> None:
    for text in DATES:
        span = parse_span(text)
        values = (*(span.start or "-infinity", span.end, span.start_qualifier, span.end_qualifier),)
        written = connection.execute("SELECT geomap.edtf(%s, %s, %s, %s)", values).fetchone()
        assert written == (str(span),)
    for locator in LOCATORS:
        written = connection.execute("SELECT geomap.places(%s)", (locator,)).fetchone()
        assert written == ([place for _, place in places("s", locator)],)
        written = connection.execute("SELECT geomap.citation('s', %s)", (locator,)).fetchone()
        assert written == (citations([("s", locator)])[0],)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("'nowhere', '2020-11-25'", "dataset: there is no 'nowhere' here"),
        ("'handover-2020', '2031-01-01'", "lies outside 2020-09-27 to 2020-12-01; this map makes"),
        ("'handover-2020', NULL", "date: no day lies outside"),
        ("'handover-2020', '2020-11-25', NULL, 'ap, x'", "sources: there is no source 'ap'"),
        ("'handover-2020', '2020-11-25', NULL, NULL, 7", "revision: there is no revision 7 of"),
    ],
)
def test_what_there_is_not_gets_a_sentence(
    connection: psycopg.Connection[Any], arguments: str, sentence: str
) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match=sentence):
        connection.execute(f"SELECT FROM geomap.status_on({arguments})")


def test_a_tile_has_the_regions_within(
    connection: psycopg.Connection[Any], builtin: Dataset
) -> None:
    def tile(x: int, y: int, query: str) -> bytes:
        row = connection.execute(
            "SELECT geomap.status_tile(5, %s, %s, %s)", (x, y, query)
        ).fetchone()
        assert row
        return bytes(row[0])

    there = tile(20, 12, '{"dataset": "handover-2020", "date": "2020-11-25"}')
    for text in (b"kalbajar", b"handed_over", b"2020-11-25", b"other_actors"):
        assert text in there
    before = tile(
        20, 12, '{"dataset": "handover-2020", "date": "2020-11-25", "known": "2020-11-15"}'
    )
    assert before != there
    assert tile(3, 3, '{"dataset": "handover-2020"}') == b""
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="dataset: say which one"):
        tile(20, 12, "{}")


# Both compared


def rows_in_sql(
    connection: Any, dataset: Dataset, day: date, known: date | None, sources: Any
) -> list[tuple[Any, ...]]:
    """Return what SQL answers, without the geometry."""
    statement = f"SELECT {', '.join(COLUMNS[:-1])} FROM geomap.status_on(%s, %s, %s, %s)"
    chosen = None if sources is None else ", ".join(sources)
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


def _joined(ledgers: list[Ledger]) -> Dataset:
    """Return the ledgers as one dataset, with more kinds of locators and of what lies within what."""
    sources, claims, regions = {}, [], []
    for index, ledger in enumerate(ledgers):
        random = Random(f"texts/{index}")
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
    dataset = dataset_of(Ledger(actors(), sources, tuple(claims)))
    return replace(
        dataset,
        meta=replace(dataset.meta, id="random"),
        regions=gpd.GeoDataFrame(regions, geometry="geometry", crs=dataset.regions.crs),
    )


def _moved(claim: Claim, index: int, row: int, locator: str) -> Claim:
    return replace(
        claim,
        row=row,
        event=f"{claim.event}-{index}",
        region=f"{claim.region}-{index}",
        source=f"{claim.source}-{index}",
        locator=locator,
    )
