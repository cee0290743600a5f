"""What the browser gets: one JSON-ready value of texts, intervals and geometry, all by Python.

The page's script only looks things up in it; every rule and every sentence is settled here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import shapely

from geomap.core.claims import Claim, Kind
from geomap.core.dataset import Dataset, text_in
from geomap.core.events import postponements, resolve
from geomap.core.selection import check_date, check_known, check_sources
from geomap.core.status import Interval, change_days, intervals, statuses
from geomap.present.captions import cite_short, credit, facts, legend, restrictions, ticks
from geomap.wording import (
    Words,
    claim_text,
    format_day,
    format_span,
    headline,
    legend_name,
    sentence,
    words_in,
)
from geomap.wording.sentences import place, region_name, source_label
from geomap.wording.spans import Form, long_pattern

DECIMALS = 4
"""Decimals of a degree in the regions that the browser gets, about 10 m: finer than 1:10m is."""
CONTEXT_DECIMALS = 3
"""The same for what is drawn beneath them, about 100 m: two pixels at the closest zoom."""

_CLAIM_FORM: dict[Kind, Form] = {"control": "since", "due": "by", "handover": "when"}
Sources = Collection[str] | str | None
Day = date | str | None


def payload(
    dataset: Dataset,
    *,
    date: Day = None,
    known: Day = None,
    sources: Sources = None,
    lang: str = "en",
    page: str = "",
) -> dict[str, Any]:
    """Return everything that the map in the browser needs, as JSON-ready values.

    `page` is the address of the full page, "" for none. Raises BadQuery as `status_on` does.
    """
    words = words_in(lang)
    day = check_date(dataset, date or dataset.meta.date)
    known, chosen = check_known(known), check_sources(dataset, sources)
    parts = intervals(dataset, known, chosen)
    order = {id: number for number, id in enumerate(dataset.ledger.sources)}
    claims = {
        claim.row: claim for rows in parts.values() for i in rows for claim in i.status.claims
    }
    moved = postponements(resolve(dataset.ledger, known, chosen))
    numbers = {row: number for number, row in enumerate(sorted(claims))}
    return {
        "id": dataset.id,
        "title": text_in(dataset.meta.title, lang),
        "lang": words.language,
        "dir": words.direction,
        "period": [dataset.period.start.isoformat(), dataset.period.end.isoformat()],
        "date": day.isoformat(),
        "restrictions": restrictions(words, dataset, known, chosen),
        "dates": _date_patterns(words),
        "view": _view(dataset),
        "actors": _actors(words, dataset),
        "legend": legend(words, dataset, parts),
        "sources": [_source(words, dataset, id) for id in dataset.ledger.sources],
        "claims": [_claim(words, dataset, claims[row], order, moved) for row in sorted(claims)],
        "regions": [
            _region(words, dataset, region, parts[region.id], numbers)
            for region in dataset.regions.itertuples()
        ],
        "headlines": _headlines(words, dataset, known, chosen),
        "ticks": ticks(words, dataset, known, chosen),
        "context": [_context(words, row) for row in dataset.context.itertuples()],
        "credit": [[credit(words, dataset, claims.values()), 0]],
        "links": {"page": page},
        "text": interface_texts(words, dataset),
    }


def interface_texts(words: Words, dataset: Dataset) -> dict[str, str]:
    """Return the words of the map's own controls."""
    end = format_day(words, dataset.period.end)
    limit = words.say("This map makes no claim about days after {day}.", day=end)
    return {
        "play": words.say("Play"),
        "pause": words.say("Pause"),
        "next": words.say("Next event"),
        "previous": words.say("Previous event"),
        "day": words.say("Day shown"),
        "map": words.say("Map: {title}", title=text_in(dataset.meta.title, words.language)),
        "zoom_in": words.say("Zoom in"),
        "zoom_out": words.say("Zoom out"),
        "legend": words.say("Legend"),
        "also": words.say("Also called"),
        "published": words.say("published {date}", date="{date}"),
        "claims": words.say("Claims"),
        "sources": words.say("Sources"),
        "full": words.say("Full map, data and sources"),
        "close": words.say("Close"),
        "two_fingers": words.say("Use two fingers to move the map"),
        "ctrl": words.say("Use Ctrl + scroll to zoom the map"),
        "limit": f"{limit} {text_in(dataset.meta.limits, words.language)}".strip(),
        "status": words.say("Status on {day}", day="{day}"),
        "disputed": words.say("Sources contradict each other"),
        "overdue": words.say("Overdue"),
    }


def _date_patterns(words: Words) -> dict[str, Any]:
    names = words.locale.months["format"]
    return {
        "long": long_pattern(words),
        "short": words.locale.datetime_skeletons["MMMd"].pattern,
        "months": [names["wide"][month] for month in range(1, 13)],
        "monthsShort": [names["abbreviated"][month] for month in range(1, 13)],
    }


def _view(dataset: Dataset) -> dict[str, Any]:
    west, south, east, north = dataset.bounds
    view = dataset.meta.view
    return {
        "bounds": [[south, west], [north, east]],
        "minZoom": view.min_zoom if view else 5,
        "maxZoom": view.max_zoom if view else 12,
    }


def _actors(words: Words, dataset: Dataset) -> list[dict[str, str]]:
    return [
        {
            "id": actor.id,
            "name": legend_name(words, dataset, actor.id),
            "colour": actor.colour,
            "dark": actor.dark or actor.colour,
        }
        for actor in dataset.ledger.actors.values()
    ]


def _source(words: Words, dataset: Dataset, id: str) -> dict[str, str]:
    source = dataset.ledger.sources[id]
    return {
        "id": id,
        "name": source_label(words, dataset, id),
        "publisher": source.publisher,
        "title": source.title,
        "language": source.language,
        "published": format_day(words, source.published),
        "url": source.url,
    }


def _claim(
    words: Words, dataset: Dataset, claim: Claim, order: dict[str, int], moved: set[str]
) -> dict[str, Any]:
    postponed = claim.event in moved
    # What was postponed is said with its day.
    when = "" if postponed else words.say("no date stated")
    if claim.date and not postponed:
        when = format_span(words, claim.date, _CLAIM_FORM[claim.kind])
    return {
        "region": region_name(words, dataset, claim.region),
        "text": claim_text(words, dataset, claim, postponed=postponed),
        "when": when,
        "source": order[claim.source],
        "locator": place(words, claim),
        "note": claim.notes.get(words.language) or claim.note,
    }


def _region(
    words: Words,
    dataset: Dataset,
    region: Any,
    parts: list[Interval],
    numbers: dict[int, int],
) -> dict[str, Any]:
    name = region_name(words, dataset, region.id)
    names = [region.name, *region.names.values(), *region.alt_names]
    return {
        "id": region.id,
        "name": name,
        "alt": [n for n in dict.fromkeys(names) if n != name],
        "label": [region.label_lat, region.label_lon],
        "geometry": _geometry(region.geometry),
        "intervals": [_interval(words, dataset, part, numbers) for part in parts],
    }


def _interval(
    words: Words, dataset: Dataset, part: Interval, numbers: dict[int, int]
) -> dict[str, Any]:
    status = part.status
    actors = {id: number for number, id in enumerate(dataset.ledger.actors)}
    return {
        "from": part.first.isoformat(),
        "to": part.last.isoformat(),
        "status": status.control_status,
        "actor": actors.get(status.actor or ""),
        "next": actors[status.pending.actor] if status.pending else None,
        "part": status.part,
        "disputed": status.disputed,
        "overdue": status.overdue,
        "sentence": _pieces(sentence(words, dataset, status, _year_of(part.first, part.last))),
        "facts": facts(words, status),
        "claims": [numbers[claim.row] for claim in status.claims],
        "cite": cite_short(words, dataset, status),
    }


def _headlines(
    words: Words, dataset: Dataset, known: date | None, sources: Sources
) -> list[dict[str, Any]]:
    starts = [dataset.period.start, *change_days(dataset, known, sources)]
    ends = [*(day - timedelta(1) for day in starts[1:]), dataset.period.end]
    return [
        {
            "from": first.isoformat(),
            "to": last.isoformat(),
            "text": _pieces(
                headline(
                    words,
                    dataset,
                    statuses(dataset, first, known, sources),
                    _year_of(first, last),
                )
            ),
        }
        for first, last in zip(starts, ends, strict=True)
    ]


def _year_of(first: date, last: date) -> int | None:
    """The year that need not be written, because every day from `first` to `last` lies in it."""
    return first.year if first.year == last.year else None


def _context(words: Words, row: Any) -> dict[str, Any]:
    labelled = row.label_lon == row.label_lon
    return {
        "kind": row.kind,
        "name": row.names.get(words.language) or row.name,
        "rank": row.rank,
        "label": [row.label_lat, row.label_lon] if labelled else None,
        "geometry": _geometry(row.geometry, CONTEXT_DECIMALS),
    }


def _geometry(geometry: shapely.Geometry, decimals: int = DECIMALS) -> dict[str, Any]:
    """Return a geometry as GeoJSON with as many decimals as the map can show."""
    return dict(
        shapely.geometry.mapping(shapely.transform(geometry, lambda xy: xy.round(decimals)))
    )


def _pieces(spans: tuple[tuple[str, bool], ...]) -> list[list[Any]]:
    return [[text, int(strong)] for text, strong in spans]
