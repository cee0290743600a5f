"""The same questions to geomap and to others: tipg, pygeoapi, Datasette, and a view that uses Folium.

All hold the same rows: those of 3,000 regions with 300 vertices each, two stretches of days a region,
and those of the built-in dataset. All run at once on this machine, two workers each (Datasette has no
setting for that), with `wrk` over 8 connections. No question is asked twice, but where the table says
so; each is asked of one after the other, in two rounds, and the better round counts.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks import _database, _peers
from benchmarks._many import write_many
from benchmarks._peers import WORKERS, Missing
from benchmarks._service import Load, fetch, geomap_service, load

REGIONS, VERTICES = 3000, 300
LEAST_TIPG, LEAST_FOLIUM = 10.0, 500.0
ROUNDS, SECONDS, ASKED, WARM = 2, 3, 40_000, 200
BUILTIN = "handover-2020"
MANY, FEW = "regions", "few"
"""The tables that hold the many regions and the built-in ones."""
_ITEMS = {
    "geomap": {MANY: "/ogc/collections/many.regions/items"}
    | {FEW: f"/ogc/collections/{BUILTIN}.regions/items"},
    "tipg": {table: f"/collections/public.{table}/items" for table in (MANY, FEW)},
    "pygeoapi": {table: f"/collections/{table}/items" for table in (MANY, FEW)},
}
_EXTRA = {"pygeoapi": "f=json"}
"""What a service must be told to answer with JSON."""


@dataclass(frozen=True)
class Question:
    """What is asked, and by which paths of each service; of a service without paths it cannot be.

    `once`: each path is asked for once at most, so that no cache helps. `least` is how many times the
    answers a second of a peer geomap has to give. `browser`: a compressed answer is accepted, as
    browsers do. `count` counts the features of an answer, of which all have to give as many.
    """

    text: str
    paths: dict[str, Sequence[str]]
    once: bool = True
    least: tuple[str, float] | None = None
    seconds: int = SECONDS
    browser: bool = False
    count: Callable[[bytes], int] | None = None


def run() -> bool:
    """Print the table; return whether geomap kept its limits."""
    if not shutil.which("wrk"):
        print("peers: needs wrk (apt-get install wrk)")
        return False
    missing: list[str] = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        many = write_many(folder / "many", REGIONS, VERTICES, 2 * REGIONS)
        builtin = Path(__file__).parents[1] / "data"
        services = {"geomap": stack.enter_context(geomap_service(WORKERS, builtin, many))}
        features = {
            table: orjson.loads(fetch(f"{services['geomap']}{path}?limit=10000")[0])["features"]
            for table, path in _ITEMS["geomap"].items()
        }
        for peer, start in _starts(folder, features, services["geomap"], stack):
            try:
                services[peer] = stack.enter_context(start())
            except (Missing, RuntimeError) as error:
                missing.append(f"{peer} is left out: {error}")
        table = Table(title="Beside others: answers a second", show_lines=True)
        table.add_column("what is asked", min_width=26)
        for service in (*services, "limit"):
            table.add_column(service, justify="right")
        kept = [_ask(question, services, table) for question in _questions(features)]
    console = Console(width=140)
    console.print(table)
    versions = ", ".join(f"{peer} {_peers.version(peer)}" for peer in services if peer != "geomap")
    console.print(
        f"{versions}. Beneath: kilobytes of an answer, headers included; × how many times fewer."
    )
    console.print("\n".join(missing))
    return all(kept)


def _starts(
    folder: Path, features: dict[str, list[dict[str, Any]]], ours: str, stack: ExitStack
) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield each peer with what starts it."""
    port = 0

    def database() -> int:
        nonlocal port
        if not port:
            port = stack.enter_context(_database.postgis())
            for table, rows in features.items():
                _database.fill(port, table, rows)
        return port

    address = "postgresql://postgres@127.0.0.1:{}/maps"
    yield "tipg", lambda: _peers.tipg(address.format(database()), list(features))
    yield "pygeoapi", lambda: _peers.pygeoapi(folder, database(), list(features))
    yield "datasette", lambda: _peers.datasette(_sqlite(folder / "maps.db", features))
    geojson = fetch(f"{ours}/{BUILTIN}/regions.geojson")[0]
    yield "folium", lambda: _peers.folium_view(folder, geojson)


def _sqlite(path: Path, features: dict[str, list[dict[str, Any]]]) -> Path:
    """Write the rows as SQLite, with the geometries as GeoJSON."""
    with sqlite3.connect(path) as connection:
        for table, rows in features.items():
            names = [*rows[0]["properties"], "geometry"]
            columns = ", ".join(f'"{name}"' for name in names)
            connection.execute(f'CREATE TABLE "{table}" (feature PRIMARY KEY, {columns})')
            holders = ", ".join("?" for _ in range(len(names) + 1))
            values = ({**row["properties"], "geometry": row["geometry"]} for row in rows)
            connection.executemany(
                f'INSERT INTO "{table}" VALUES ({holders})',
                [
                    [row["id"], *map(_text, one.values())]
                    for row, one in zip(rows, values, strict=True)
                ],
            )
            connection.execute(f'CREATE INDEX "{table}_id" ON "{table}" (id, valid_from)')
    return path


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()


def _questions(features: dict[str, list[dict[str, Any]]]) -> Iterator[Question]:
    rng = random.Random(7)
    boxes = [(rng.uniform(10, 23), rng.uniform(20, 33)) for _ in range(ASKED)]
    days = [date(2020, 1, 1) + timedelta(days=n) for n in range(366)]
    tipg = ("tipg", LEAST_TIPG)
    yield Question(
        "features in a box of 0.5°",
        _of(
            MANY, [f"bbox={x:.5f},{y:.5f},{x + 0.5:.5f},{y + 0.5:.5f}&limit=100" for x, y in boxes]
        ),
        least=tipg,
        count=_features,
    )
    pages = list(product(days[180:], range(0, 3000, 10)))
    yield Question(
        "10 features until a day",
        _of(MANY, [f"datetime=../{d}T00:00:00Z&limit=10&offset={n}" for d, n in _some(pages, rng)]),
        least=tipg,
        count=_features,
    )
    of_region = list(product(days, range(REGIONS)))
    asked = _some(of_region, rng)
    yield Question(
        "a region's features until a day",
        _of(MANY, [f"id=r{n}&datetime=../{d}T00:00:00Z" for d, n in asked])
        | {"datasette": [f"/maps/{MANY}.json?id=r{n}&valid_from__lte={d}" for d, n in asked]},
        least=tipg,
    )
    ids = [one["id"] for one in features[MANY]]
    # By other days of knowledge the feature is the same, but geomap does not know that it is.
    known = [date(2020, 12, 29) + timedelta(days=n) for n in range(5)]
    again = _some([f"{id}?known={day}" for id in ids for day in known], rng)
    one = _items(MANY, ids) | {"geomap": [f"{_ITEMS['geomap'][MANY]}/{each}" for each in again]}
    yield Question("one feature of 6,000", one, seconds=1, least=tipg)
    few = [one["id"] for one in features[FEW]]
    yield Question(
        "all features, built-in, again and again",
        _of(FEW, ["limit=100"]) | {"datasette": [f"/maps/{FEW}.json?_size=100"]},
        once=False,
        count=_features,
    )
    yield Question("one feature, built-in, again and again", _items(FEW, few), once=False)
    yield Question(
        "the rows as CSV, built-in, again and again",
        {"geomap": [f"/{BUILTIN}/history.csv"], "datasette": [f"/maps/{FEW}.csv?_size=max"]},
        once=False,
    )
    shown = [date(2020, 9, 27) + timedelta(days=n) for n in range(66)]
    known = [date(2020, 12, 1) + timedelta(days=n) for n in range(300)]
    yield Question(
        "the map, of a day and a state of knowledge",
        {
            "geomap": [f"/{BUILTIN}/embed?date={d}&known={k}" for k, d in product(known, shown)],
            "folium": [f"/?date={d}&known={k}" for k, d in product(known, shown)],
        },
        seconds=6,
        browser=True,
    )
    yield Question(
        "the map, again and again",
        {"geomap": [f"/{BUILTIN}/embed"], "folium": ["/"]},
        once=False,
        least=("folium", LEAST_FOLIUM),
        browser=True,
    )


def _some(choices: list[Any], rng: random.Random) -> list[Any]:
    return rng.sample(choices, min(ASKED, len(choices)))


def _of(table: str, queries: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return the paths of queries for a collection's features, by service."""
    return {
        service: [
            f"{tables[table]}?{'&'.join(filter(None, (q, _EXTRA.get(service))))}" for q in queries
        ]
        for service, tables in _ITEMS.items()
    }


def _items(table: str, ids: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return the paths of single features, by service."""
    return {
        service: [f"{tables[table]}/{id}?{_EXTRA.get(service, '')}".rstrip("?") for id in ids]
        for service, tables in _ITEMS.items()
    }


def _features(body: bytes) -> int:
    document = orjson.loads(body)
    return len(document["features"] if "features" in document else document["rows"])


def _ask(question: Question, services: dict[str, str], table: Table) -> bool:
    """Ask a question of all services that can answer it; add a row; return whether a limit is kept.

    Raises RuntimeError where they give different numbers of features.
    """
    asked = {name: question.paths[name] for name in services if name in question.paths}
    if question.count:
        counts = {
            name: question.count(fetch(services[name] + paths[0])[0])
            for name, paths in asked.items()
        }
        if len(set(counts.values())) > 1:
            raise RuntimeError(f"{question.text}: features answered are {counts}")
    best: dict[str, Load] = {}
    for turn in range(ROUNDS):
        for name, paths in asked.items():
            headers = {"Accept-Encoding": "gzip"} if question.browser else {}
            if not turn:
                load(services[name], paths[:WARM], 1, once=False, **headers)
            # Only geomap remembers its answers.
            once = question.once and name == "geomap"
            fresh = paths[WARM + turn * (len(paths) - WARM) // ROUNDS :] if once else paths
            now = load(services[name], fresh, question.seconds, once=once, **headers)
            best[name] = max(best.get(name, now), now, key=lambda one: one.each_second)
    ours = best["geomap"]
    cells = [_cell(best.get(name), ours.each_second) for name in services]
    peer, least = question.least or ("", 0.0)
    table.add_row(question.text, *cells, f"×{least:,.0f} of {peer}" if peer else "")
    return peer not in best or ours.each_second >= least * best[peer].each_second


def _cell(one: Load | None, ours: float) -> str:
    if not one:
        return "-"
    rate = f"{one.each_second:,.0f}" if one.each_second >= 10 else f"{one.each_second:.1f}"
    times = f" ×{ours / one.each_second:,.1f}" if 0 < one.each_second != ours else ""
    return f"{rate}{times}\n{one.size / 1e3:,.1f} kB"
