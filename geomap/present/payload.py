"""A view as the browser gets it: JSON-ready values, of the types in `schema`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date as Date
from typing import Any, TypeVar

import numpy as np
import shapely
from pydantic import TypeAdapter

from geomap.present import inset as inset_map
from geomap.present import sizes
from geomap.present.ground import labelled
from geomap.present.inset import Inset
from geomap.present.lanes import Tick, drawn_lanes
from geomap.present.legend import DISPUTED_SIGN
from geomap.present.looks import SWATCH_OUTLINE, Colour, Look, Pattern
from geomap.present.scene import outlines
from geomap.present.schema import (
    ChartPayload,
    ClaimPayload,
    ColourPayload,
    ContextPayload,
    DatesPayload,
    HeadlinePayload,
    InsetPayload,
    LookPayload,
    PatternPayload,
    Payload,
    RegionPayload,
    ReportPayload,
    Runs,
    SpansPayload,
    StepPayload,
    StretchPayload,
    TickPayload,
    TonePayload,
)
from geomap.present.steps import Step
from geomap.present.views import (
    Card,
    ClaimView,
    ContextView,
    Headline,
    RegionView,
    ReportView,
    Stretch,
    Tone,
    View,
)
from geomap.present.zooms import ZoomLabels
from geomap.wording.catalogue import Spans

_T = TypeVar("_T")

DECIMALS = 4
"""Decimals of a degree in the regions that the browser gets, about 10 m: finer than 1:10m is."""
CONTEXT_DECIMALS = 3
"""The same for what is drawn beneath them, about 100 m: two pixels at the closest zoom."""


def payload(view: View, page: str = "", *, story: bool = False) -> Payload:
    """Return a view as the browser needs it; `page` is the address of the full page, "" for none.

    What the sources report besides comes with each step only for a `story`.
    """
    writer = _Writer(view)
    (west, south, east, north), today = view.bounds, view.today
    regions = {region.id: number for number, region in enumerate(view.regions)}
    return {
        "title": view.title,
        "lang": view.language,
        "dir": view.direction,
        "period": (_iso(view.period[0]), _iso(view.period[1])),
        "date": _iso(today.date),
        "restrictions": [*today.restrictions],
        "corrected": today.corrected,
        "dates": TypeAdapter(DatesPayload).validate_python(_listed(asdict(view.dates))),
        "area": {
            "bounds": ((south, west), (north, east)),
            "least_zoom": view.zooms[0],
            "greatest_zoom": view.zooms[1],
        },
        "actors": [{"colour": actor.colour, "dark": actor.dark} for actor in view.actors],
        "legend": [
            {
                "kind": entry.kind,
                "look": writer.look(entry.look),
                "label": entry.label,
                "more": entry.more,
                "short": entry.short,
                "shorter": entry.shorter,
            }
            for entry in view.legend
        ],
        "legends": [
            {"first": _iso(one.first), "signs": [view.legend.index(entry) for entry in one.entries]}
            for one in view.legends
        ],
        "inset": _inset(today.inset) if today.inset else None,
        "sources": [
            {
                "name": source.name,
                "title": source.title,
                "published": source.published,
                "url": source.url,
            }
            for source in view.sources
        ],
        "claims": [writer.claim(claim) for claim in writer.claims],
        "regions": [writer.region(region, view.labels, i) for i, region in enumerate(view.regions)],
        "headlines": [writer.headline(one) for one in view.headlines],
        "steps": [
            _step(one, regions, reports if story else ())
            for one, reports in zip(view.steps, view.step_reports, strict=True)
        ],
        "ticks": [_tick(one) for one in view.ticks],
        "chart": _chart(view),
        "context": [*_contexts(view, writer)],
        "labels": {
            "first": view.labels.first,
            "step": view.labels.step,
            "shrunk": _runs(view.labels.shrunk),
            "numbered": _runs(view.labels.numbered),
            "disputed_sign": DISPUTED_SIGN,
        },
        "credits": [*writer.credits],
        "limits": today.limits,
        "page": page,
        "sizes": {
            "swatch": sizes.SWATCH,
            "swatch_outline": SWATCH_OUTLINE,
            "fitted": sizes.EMBED_HEIGHTS,
        },
        "text": view.controls,
        # Last, when the writer knows them all.
        "looks": [writer.written(look) for look in writer.looks],
    }


class _Writer:
    """Writes what refers to actors, looks, sources and claims by number."""

    def __init__(self, view: View) -> None:
        self.looks: dict[Look, int] = {}
        self.credits = _numbered(
            text for one in view.headlines for text in (one.credit, one.credit_short)
        )
        needed = set(_rows_needed(view))
        self.claims = [claim for claim in view.claims if claim.row in needed]
        self._actors = {actor.id: number for number, actor in enumerate(view.actors)}
        self._sources = {source.id: number for number, source in enumerate(view.sources)}
        self._claims = _numbered(claim.row for claim in self.claims)

    def look(self, look: Look) -> int:
        """Return the number of a look."""
        return self.looks.setdefault(look, len(self.looks))

    def written(self, look: Look) -> LookPayload:
        """Return a look."""
        return {
            "fill": None if look.fill is None else self._colour(look.fill),
            "opacity": look.opacity,
            "patterns": [self._pattern(pattern) for pattern in look.patterns],
            "outline": {
                "colour": self._colour(look.outline.colour),
                "width": look.outline.width,
                "dash": [*look.outline.dash],
            },
        }

    def tone(self, tone: Tone) -> TonePayload:
        """Return a tone of land outside the regions."""
        first = _iso(tone.first) if tone.first else ""
        return {"look": self.look(tone.look), "first": first}

    def claim(self, claim: ClaimView) -> ClaimPayload:
        """Return a claim."""
        return {
            "text": claim.text,
            "when": claim.when,
            "source": self._sources[claim.source],
            "locator": claim.locator,
            "note": claim.note,
            "withdrawn": claim.withdrawn,
        }

    def region(self, region: RegionView, labels: ZoomLabels, i: int) -> RegionPayload:
        """Return a region, which is number `i` of the labels."""
        lon, lat = region.label
        return {
            "name": region.name,
            "alternates": [*region.alternates],
            "label": (lat, lon),
            "number": region.number,
            "places": _runs(labels.regions[i]),
            "points": [*labels.points[i]],
            "spare": _runs(labels.spare[i]) if i < len(labels.spare) else [],
            "geometry": _geometry(region.geometry, DECIMALS),
            "note": region.note,
            "stretches": [self._stretch(one, one.card) for one in region.stretches],
            "reports": [_report(one) for one in region.reports],
            "withdrawn": [self._claims[row] for row in region.withdrawn],
        }

    def _stretch(self, stretch: Stretch, card: Card) -> StretchPayload:
        return {
            "first": _iso(stretch.first),
            "last": _iso(stretch.last),
            "look": self.look(card.look),
            "disputed": card.facts.disputed,
            "when": _spans(card.when),
            "passages": [(_spans(passage.text), passage.cite) for passage in card.passages],
            "dates": [*card.dates],
            "stating": [self._claims[row] for row in card.stating],
            "consistent": [self._claims[row] for row in card.consistent],
        }

    def headline(self, one: Headline) -> HeadlinePayload:
        """Return a headline."""
        return {
            "first": _iso(one.first),
            "last": _iso(one.last),
            "text": _spans(one.text),
            "short": one.short,
            "credit": self.credits[one.credit],
            "credit_short": self.credits[one.credit_short],
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
                    "start": stripe.start,
                    "across": stripe.across,
                }
                for stripe in pattern.stripes
            ],
        }


def _contexts(view: View, writer: _Writer) -> Iterator[ContextPayload]:
    """What is drawn beneath; a town is its name alone, and so is left out where it has none."""
    context = view.today.context
    places: dict[int, Any] = {}
    for kind, runs in (
        ("town", view.labels.towns),
        ("lake", view.labels.waters),
        ("country", view.labels.countries),
        ("line", view.labels.lines),
    ):
        places |= dict(zip(map(id, labelled(context, kind)), runs, strict=True))
    for one in context:
        named = places.get(id(one))
        if one.kind != "town" or any(run[1] for run in named or ()):
            yield _context(one, named, writer)


def _context(
    one: ContextView, runs: Iterable[Iterable[float]] | None, writer: _Writer
) -> ContextPayload:
    town = one.kind == "town"
    return {
        "kind": one.kind,
        "name": one.name if runs else "",
        "label": (one.label[1], one.label[0]) if one.label and runs else None,
        "places": _runs(runs or ()),
        "geometry": None if town else _geometry(one.geometry, CONTEXT_DECIMALS),
        "tone": None if one.tone is None else writer.tone(one.tone),
    }


def _inset(inset: Inset) -> InsetPayload:
    left, top, right, bottom = inset.frame
    return {
        "size": (inset.width, inset.height),
        "land": "".join(_path(ring) for one in inset.land for ring in outlines(one)),
        "frame": (round(left, 1), round(top, 1), round(right, 1), round(bottom, 1)),
        "places": [
            {
                "name": place.name,
                "dot": (round(place.dot[0], 1), round(place.dot[1], 1)),
                "text": (round(place.text[0], 1), round(place.text[1], 1)),
                "anchor": place.anchor,
            }
            for place in inset.places
        ],
        "letters": inset_map.LETTERS,
        "dot": inset_map.DOT,
    }


def _path(ring: shapely.Geometry) -> str:
    """A ring as path data: its first point, then each from the one before, in tenths of a pixel."""
    points = (shapely.get_coordinates(ring)[:-1] * 10).round().astype(int)
    (x, y), steps = points[0], np.diff(points, axis=0)
    moved = "".join(f"{dx}{'' if dy < 0 else ' '}{dy}" + " " for dx, dy in steps.tolist())
    return f"M{x} {y}l{moved.strip()}z".replace(" -", "-")


def _rows_needed(view: View) -> Iterator[int]:
    """The rows of the claims that a card of the map may name."""
    for region in view.regions:
        yield from region.withdrawn
        for stretch in region.stretches:
            yield from (*stretch.card.stating, *stretch.card.consistent)


def _tick(one: Tick) -> TickPayload:
    return {"first": _iso(one.first), "last": _iso(one.last), "label": one.label}


def _chart(view: View) -> ChartPayload:
    lanes, named = drawn_lanes(view.lanes)
    numbers = {region.id: number for number, region in enumerate(view.regions)}
    return {
        "lanes": [
            {
                "region": numbers[lane.region],
                "due": [*map(_iso, lane.due_days)],
                "arrows": [(_iso(old), _iso(new)) for old, new in lane.arrows],
            }
            for lane in lanes
        ],
        "named": named,
        "anchors": [(_iso(day), share) for day, share in view.axis.anchors],
        "breaks": [*view.axis.breaks],
    }


def _report(one: ReportView) -> ReportPayload:
    return {"when": one.when, "text": one.text, "cite": one.cite, "url": one.url}


def _step(one: Step, regions: Mapping[str, int], reports: Iterable[ReportView]) -> StepPayload:
    return {
        "day": _iso(one.day),
        "line": one.line,
        "cite": " · ".join(citation.text for citation in one.citations),
        "regions": [regions[id] for id in one.regions],
        "reports": [_report(report) for report in reports],
    }


def _geometry(geometry: shapely.Geometry, decimals: int) -> dict[str, Any]:
    """Return a geometry as GeoJSON with as many decimals as the map can show."""
    return dict(
        shapely.geometry.mapping(shapely.transform(geometry, lambda xy: xy.round(decimals)))
    )


def _spans(spans: Spans) -> SpansPayload:
    return [(text, int(strong)) for text, strong in spans]


def _runs(runs: Iterable[Iterable[float]]) -> Runs:
    return [[*run] for run in runs]


def _numbered(values: Iterable[_T]) -> dict[_T, int]:
    """Return each value once with its number, in the order of their first mention."""
    return {value: number for number, value in enumerate(dict.fromkeys(values))}


def _listed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: [*v] if isinstance(v, tuple) else v for name, v in values.items()}


def _iso(day: Date) -> str:
    return day.isoformat()
