"""Ledgers as values for tests: made without files, changed row by row, or drawn at random."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from random import Random

import geopandas as gpd
from datasets import ACTORS, dataset_files, days

from geomap.check.context import read_context
from geomap.check.meta import read_meta
from geomap.check.regions import read_regions
from geomap.core.claims import Actor, Claim, Ledger, Source
from geomap.core.dataset import Dataset
from geomap.core.dates import Span, parse_span
from geomap.core.kinds import CLAIM_KINDS
from geomap.core.meta import Meta

FIRST, LAST = date(2021, 3, 1), date(2021, 3, 12)
PERIOD = days(FIRST, LAST)
SOURCE_IDS = ("a", "b", "c")


def with_claims(ledger: Ledger, claims: list[Claim]) -> Ledger:
    """Return a ledger with other claims."""
    return replace(ledger, claims=tuple(claims))


def span(text: str) -> Span | None:
    """Return an EDTF text as a span; "" is none."""
    return parse_span(text) if text else None


@lru_cache(maxsize=1)
def _map() -> tuple[Meta, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    period = {"start": str(FIRST), "end": str(LAST)}
    files = dataset_files(meta={"period": period, "date": str(FIRST)})
    meta = read_meta(files)[0]
    assert meta is not None
    return meta, read_regions(files)[0], read_context({})[0]


def dataset_of(ledger: Ledger) -> Dataset:
    """Return a dataset of a ledger about `hill` and `vale`, over twelve days of March 2021."""
    meta, regions, context = _map()
    return Dataset(meta, ledger, regions, context, "test")


def actors() -> dict[str, Actor]:
    """Return the actors of `datasets`, by id."""
    return {row["id"]: Actor(**row) for row in ACTORS}


def source(id: str, published: date) -> Source:
    """Return a source with what a claim's rules ask of it."""
    return Source(id=id, publisher="P", title="T", published=published)


def random_ledger(random: Random, most: int = 9) -> Ledger:
    """Return a ledger in which contradictions, parts, open starts and equal days are common."""
    around = lambda: FIRST + timedelta(random.randint(-3, 13))  # noqa: E731
    sources = {id: source(id, around()) for id in SOURCE_IDS}
    claims: list[Claim] = []
    common = [_random_span(random) for _ in range(3)]

    def a_span() -> Span:
        return random.choice(common) if random.random() < 0.4 else _random_span(random)

    for number in range(random.randint(1, most)):
        kind = random.choice(
            ("control", "control", "due", "handover", "handover", "claimed", "renounced")
        )
        region = random.choice(("hill", "hill", "hill", "vale"))
        actor = random.choice(("north", "south", "east"))
        part = random.random() < 0.25 and CLAIM_KINDS[kind].takes_part
        for _ in range(random.choice((1, 1, 2, 3))):
            id = random.choice(SOURCE_IDS)
            published = sources[id].published
            added = published + timedelta(random.randint(0, 8)) if random.random() < 0.2 else None
            gone = None
            if random.random() < 0.15:
                gone = (added or published) + timedelta(random.randint(0, 8))
            dated = kind != "due" or random.random() < 0.7
            stated = kind == "due" and random.random() < 0.5
            claims.append(
                Claim(
                    row=len(claims) + 2,
                    event=f"e{number}",
                    region=region,
                    kind=kind,
                    actor=actor,
                    date=a_span() if dated else None,
                    since=a_span() if stated else None,
                    part=part and random.random() < 0.8,
                    source=id,
                    locator=f"¶{len(claims)}",
                    added=added,
                    withdrawn=gone,
                )
            )
    return Ledger(actors(), sources, tuple(claims))


def _random_span(random: Random) -> Span:
    length = random.choice((0, 0, 0, 1, 2, 3, 6, 10))
    start = FIRST + timedelta(random.randint(-3, 12))
    marks = ["", "", "", "~", "?", "%"]
    last_mark = random.choice(marks)
    if random.random() < 0.2:
        return Span(None, start + timedelta(length), "", last_mark)
    first_mark = last_mark if not length else random.choice(marks)
    return Span(start, start + timedelta(length), first_mark, last_mark)
