"""A view as the browser gets it: JSON-ready values under short names, checked by a schema.

The types below are the contract with the scripts under `map/static`; `schema` writes them as JSON
Schema. Days are `YYYY-MM-DD`, places latitude before longitude, as Leaflet has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date as Date
from typing import Any

import shapely
from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

from geomap.present import sizes
from geomap.present.labels import ALWAYS_NAMED
from geomap.present.legend import DISPUTED_SIGN
from geomap.present.looks import SWATCH_OUTLINE, Colour, Look, Pattern
from geomap.present.timeline import Tick
from geomap.present.views import (
    Card,
    ClaimView,
    ContextView,
    Headline,
    RegionView,
    Stretch,
    View,
    labelled,
)
from geomap.wording.catalogue import Spans

DECIMALS = 4
"""Decimals of a degree in the regions that the browser gets, about 10 m: finer than 1:10m is."""
CONTEXT_DECIMALS = 3
"""The same for what is drawn beneath them, about 100 m: two pixels at the closest zoom."""

_closed = with_config(ConfigDict(extra="forbid"))
ColourPayload = int | str
"""An actor's number or a role of the theme."""
SpansPayload = list[tuple[str, int]]
"""Texts, each with 1 if it is bold."""
Runs = list[list[float]]
"""See `zooms.ZoomLabels`."""
Place = tuple[float, float]


@_closed
class StripePayload(TypedDict):
    """Bars over a look's fill."""

    colour: ColourPayload
    width: float
    across: bool


@_closed
class PatternPayload(TypedDict):
    """What is repeated over a look's fill."""

    period: float
    angle: float
    stripes: list[StripePayload]


@_closed
class OutlinePayload(TypedDict):
    """The line around a region."""

    colour: ColourPayload
    width: float
    dash: list[float]


@_closed
class LookPayload(TypedDict):
    """How a status looks, see `looks.Look`."""

    fill: ColourPayload | None
    opacity: float
    pattern: PatternPayload | None
    outline: OutlinePayload


@_closed
class StretchPayload(TypedDict):
    """Days, both included, and what is said of a region on them; `look` and `claims` are numbers."""

    first: str
    last: str
    look: int
    disputed: bool
    overdue: bool
    sentence: SpansPayload
    dates: list[tuple[str, str]]
    claims: list[int]
    cite: str


@_closed
class RegionPayload(TypedDict):
    """A region, its names and its course."""

    name: str
    alternates: list[str]
    label: Place
    places: Runs
    geometry: dict[str, Any]
    stretches: list[StretchPayload]


@_closed
class ContextPayload(TypedDict):
    """What is drawn beneath; of a town the name alone."""

    kind: str
    name: str
    label: Place | None
    places: Runs
    geometry: dict[str, Any] | None


@_closed
class LegendPayload(TypedDict):
    """One sign, by the number of its look, and its words."""

    look: int
    label: str


@_closed
class ActorPayload(TypedDict):
    """An actor's colours, light and dark."""

    colour: str
    dark: str


@_closed
class SourcePayload(TypedDict):
    """A source as it is cited."""

    name: str
    title: str
    published: str
    url: str


@_closed
class ClaimPayload(TypedDict):
    """A claim in words, and the number of its source."""

    text: str
    when: str
    source: int
    locator: str
    note: str


@_closed
class HeadlinePayload(TypedDict):
    """Days, both included, and their headline."""

    first: str
    last: str
    text: SpansPayload


@_closed
class TickPayload(TypedDict):
    """A day to mark on the slider, and the last of them where it is not known exactly."""

    first: str
    last: str
    label: str


@_closed
class DatesPayload(TypedDict):
    """How a day is written, see `texts.DatePatterns`."""

    long: str
    short: str
    months: list[str]
    months_short: list[str]


@_closed
class AreaPayload(TypedDict):
    """What the map shows first, and its zoom limits."""

    bounds: tuple[Place, Place]
    least_zoom: float
    greatest_zoom: float


@_closed
class LabelsPayload(TypedDict):
    """What holds for the names on the map, see `zooms.ZoomLabels`."""

    first: float
    step: float
    shrunk: Runs
    always: bool
    disputed_sign: str


@_closed
class SizesPayload(TypedDict):
    """Sizes that the scripts need, see `sizes`."""

    swatch: tuple[int, int]
    swatch_outline: float
    fitted: tuple[int, int]


@_closed
class TextPayload(TypedDict):
    """The words of the map's controls, see `texts.ControlTexts`."""

    play: str
    pause: str
    next: str
    previous: str
    day: str
    map: str
    zoom_in: str
    zoom_out: str
    legend: str
    also: str
    published: str
    claims: str
    full: str
    close: str
    two_fingers: str
    ctrl: str
    status: str
    disputed: str
    overdue: str


@_closed
class Payload(TypedDict):
    """Everything that the map in the browser needs."""

    title: str
    lang: str
    dir: str
    period: tuple[str, str]
    date: str
    restrictions: list[str]
    dates: DatesPayload
    area: AreaPayload
    actors: list[ActorPayload]
    looks: list[LookPayload]
    legend: list[LegendPayload]
    sources: list[SourcePayload]
    claims: list[ClaimPayload]
    regions: list[RegionPayload]
    headlines: list[HeadlinePayload]
    ticks: list[TickPayload]
    context: list[ContextPayload]
    labels: LabelsPayload
    credit: str
    limits: str
    page: str
    sizes: SizesPayload
    text: TextPayload


def schema() -> dict[str, Any]:
    """Return the contract with the scripts as JSON Schema."""
    return TypeAdapter(Payload).json_schema()


def payload(view: View, page: str = "") -> Payload:
    """Return a view as the browser needs it; `page` is the address of the full page, "" for none."""
    writer = _Writer(view)
    (west, south, east, north), today = view.bounds, view.today
    return {
        "title": view.title,
        "lang": view.language,
        "dir": view.direction,
        "period": (_iso(view.period[0]), _iso(view.period[1])),
        "date": _iso(today.date),
        "restrictions": [*today.restrictions],
        "dates": TypeAdapter(DatesPayload).validate_python(_listed(asdict(view.dates))),
        "area": {
            "bounds": ((south, west), (north, east)),
            "least_zoom": view.zooms[0],
            "greatest_zoom": view.zooms[1],
        },
        "actors": [{"colour": actor.colour, "dark": actor.dark} for actor in view.actors],
        "legend": [
            {"look": writer.look(entry.look), "label": entry.label} for entry in view.legend
        ],
        "sources": [
            {
                "name": source.name,
                "title": source.title,
                "published": source.published,
                "url": source.url,
            }
            for source in view.sources
        ],
        "claims": [writer.claim(claim) for claim in view.claims],
        "regions": [
            writer.region(region, runs)
            for region, runs in zip(view.regions, view.labels.regions, strict=True)
        ],
        "headlines": [_headline(one) for one in view.headlines],
        "ticks": [_tick(one) for one in view.ticks],
        "context": [*_contexts(view)],
        "labels": {
            "first": view.labels.first,
            "step": view.labels.step,
            "shrunk": _runs(view.labels.shrunk),
            "always": len(view.regions) <= ALWAYS_NAMED,
            "disputed_sign": DISPUTED_SIGN,
        },
        "credit": today.credit,
        "limits": today.limits,
        "page": page,
        "sizes": {
            "swatch": sizes.SWATCH,
            "swatch_outline": SWATCH_OUTLINE,
            "fitted": sizes.FITTED_HEIGHTS,
        },
        "text": TypeAdapter(TextPayload).validate_python(asdict(view.controls)),
        # Last, when the writer knows them all.
        "looks": [writer.written(look) for look in writer.looks],
    }


class _Writer:
    """Writes what refers to actors, looks, sources and claims by number."""

    def __init__(self, view: View) -> None:
        self.looks: dict[Look, int] = {}
        self._actors = {actor.id: number for number, actor in enumerate(view.actors)}
        self._sources = {source.id: number for number, source in enumerate(view.sources)}
        self._claims = {claim.row: number for number, claim in enumerate(view.claims)}

    def look(self, look: Look) -> int:
        """Return the number of a look."""
        return self.looks.setdefault(look, len(self.looks))

    def written(self, look: Look) -> LookPayload:
        """Return a look."""
        return {
            "fill": None if look.fill is None else self._colour(look.fill),
            "opacity": look.opacity,
            "pattern": self._pattern(look.pattern) if look.pattern else None,
            "outline": {
                "colour": self._colour(look.outline.colour),
                "width": look.outline.width,
                "dash": [*look.outline.dash],
            },
        }

    def claim(self, claim: ClaimView) -> ClaimPayload:
        """Return a claim."""
        return {
            "text": claim.text,
            "when": claim.when,
            "source": self._sources[claim.source],
            "locator": claim.locator,
            "note": claim.note,
        }

    def region(self, region: RegionView, runs: Iterable[Iterable[float]]) -> RegionPayload:
        """Return a region."""
        lon, lat = region.label
        return {
            "name": region.name,
            "alternates": [*region.alternates],
            "label": (lat, lon),
            "places": _runs(runs),
            "geometry": _geometry(region.geometry, DECIMALS),
            "stretches": [self._stretch(one, one.card) for one in region.stretches],
        }

    def _stretch(self, stretch: Stretch, card: Card) -> StretchPayload:
        return {
            "first": _iso(stretch.first),
            "last": _iso(stretch.last),
            "look": self.look(card.look),
            "disputed": card.facts.disputed,
            "overdue": card.facts.overdue,
            "sentence": _spans(card.sentence),
            "dates": [*card.dates],
            "claims": [self._claims[row] for row in card.claims],
            "cite": card.cite,
        }

    def _colour(self, colour: Colour) -> ColourPayload:
        return colour.role if colour.actor is None else self._actors[colour.actor]

    def _pattern(self, pattern: Pattern) -> PatternPayload:
        return {
            "period": pattern.period,
            "angle": pattern.angle,
            "stripes": [
                {
                    "colour": self._colour(stripe.colour),
                    "width": stripe.width,
                    "across": stripe.across,
                }
                for stripe in pattern.stripes
            ],
        }


def _contexts(view: View) -> Iterator[ContextPayload]:
    """What is drawn beneath; a town is its name alone, and so is left out where it has none."""
    context = view.today.context
    places: dict[int, Any] = {}
    for kind, runs in (
        ("town", view.labels.towns),
        ("lake", view.labels.waters),
        ("country", view.labels.countries),
    ):
        places |= dict(zip(map(id, labelled(context, kind)), runs, strict=True))
    for one in context:
        named = places.get(id(one))
        if one.kind != "town" or named:
            yield _context(one, named)


def _context(one: ContextView, runs: Iterable[Iterable[float]] | None) -> ContextPayload:
    town = one.kind == "town"
    return {
        "kind": one.kind,
        "name": one.name if runs else "",
        "label": (one.label[1], one.label[0]) if one.label and runs else None,
        "places": _runs(runs or ()),
        "geometry": None if town else _geometry(one.geometry, CONTEXT_DECIMALS),
    }


def _headline(one: Headline) -> HeadlinePayload:
    return {"first": _iso(one.first), "last": _iso(one.last), "text": _spans(one.text)}


def _tick(one: Tick) -> TickPayload:
    return {"first": _iso(one.first), "last": _iso(one.last), "label": one.label}


def _geometry(geometry: shapely.Geometry, decimals: int) -> dict[str, Any]:
    """Return a geometry as GeoJSON with as many decimals as the map can show."""
    return dict(
        shapely.geometry.mapping(shapely.transform(geometry, lambda xy: xy.round(decimals)))
    )


def _spans(spans: Spans) -> SpansPayload:
    return [(text, int(strong)) for text, strong in spans]


def _runs(runs: Iterable[Iterable[float]]) -> Runs:
    return [[*run] for run in runs]


def _listed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: [*v] if isinstance(v, tuple) else v for name, v in values.items()}


def _iso(day: Date) -> str:
    return day.isoformat()
