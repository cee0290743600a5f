"""A view as the browser gets it: JSON-ready values, of the types in `schema`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from pydantic import TypeAdapter

from geomap.memory import collector_paused
from geomap.present import sizes
from geomap.present.label_blocks import date_rows
from geomap.present.lanes import Tick, drawn_lanes
from geomap.present.legend import DISPUTED_SIGN
from geomap.present.looks import SWATCH_OUTLINE, Colour, Look, Pattern
from geomap.present.outlines import Outlines
from geomap.present.payload_ground import contexts, inset_of
from geomap.present.payload_values import CONTEXT_SCALE, iso, runs_of, spans_of, steps_of
from geomap.present.schema import (
    ArcsPayload,
    CardPayload,
    ChartPayload,
    ClaimPayload,
    ColourPayload,
    DatesPayload,
    HeadlinePayload,
    LookPayload,
    PatternPayload,
    Payload,
    RegionPayload,
    ReportPayload,
    StepPayload,
    StretchPayload,
    TickPayload,
    TonePayload,
)
from geomap.present.steps import Step
from geomap.present.views import (
    ClaimView,
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
_CardContent = tuple[Look, bool, Spans, tuple[tuple[Spans, str], ...], tuple[tuple[str, str], ...]]
"""What of a card is the same for many regions: look, whether it is disputed, dates and passages."""


def payload(view: View, page: str = "", *, story: bool = False) -> Payload:
    """Return a view as the browser needs it; `page` is the address of the full page, "" for none.

    What the sources report besides comes with each step only for a `story`.
    """
    with collector_paused():
        return _payload(view, page, story)


def _payload(view: View, page: str, story: bool) -> Payload:
    writer = _Writer(view)
    (west, south, east, north), today = view.bounds, view.today
    regions = {region.id: number for number, region in enumerate(view.regions)}
    return {
        "title": view.title,
        "lang": view.language,
        "dir": view.direction,
        "period": (iso(view.period[0]), iso(view.period[1])),
        "date": iso(today.date),
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
                "short": entry.short_label,
                "shorter": entry.shortest_label,
            }
            for entry in view.legend
        ],
        "legends": [
            {"first": iso(one.first), "signs": [view.legend.index(entry) for entry in one.entries]}
            for one in view.legends
        ],
        "inset": inset_of(today.inset) if today.inset else None,
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
        "arcs": _arcs(view.outlines),
        "headlines": [writer.headline(one) for one in view.headlines],
        "steps": [
            _step(one, regions, reports if story else ())
            for one, reports in zip(view.steps, view.step_reports, strict=True)
        ],
        "ticks": [_tick(one) for one in view.ticks],
        "chart": _chart(view),
        "context": [*contexts(view, writer.tone)],
        "context_scale": CONTEXT_SCALE,
        "labels": {
            "first": view.labels.first,
            "step": view.labels.step,
            "shrunk": runs_of(view.labels.shrunk),
            "numbered": runs_of(view.labels.numbered),
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
        "cards": [writer.written_card(card) for card in writer.cards],
        "looks": [writer.written(look) for look in writer.looks],
    }


class _Writer:
    """Writes what refers to actors, looks, sources and claims by number."""

    def __init__(self, view: View) -> None:
        self.looks: dict[Look, int] = {}
        self.cards: dict[_CardContent, int] = {}
        self._outlines = view.outlines
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
        first = iso(tone.first) if tone.first else ""
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
            "places": runs_of(labels.regions[i]),
            "points": [*labels.points[i]],
            "spare": runs_of(labels.spare[i]) if i < len(labels.spare) else [],
            "outline": self._outlines.arcs.uses[i],
            "note": region.note,
            "stretches": [self._stretch(one) for one in region.stretches],
            "reports": [_report(one) for one in region.reports],
            "withdrawn": [self._claims[row] for row in region.withdrawn],
        }

    def _stretch(self, stretch: Stretch) -> StretchPayload:
        card = stretch.card
        passages = tuple((passage.text, passage.cite) for passage in card.passages)
        content = (card.look, card.facts.disputed, card.when, passages, card.dates)
        return (
            iso(stretch.first),
            self.cards.setdefault(content, len(self.cards)),
            [self._claims[row] for row in card.stating],
            [self._claims[row] for row in card.consistent],
        )

    def written_card(self, card: _CardContent) -> CardPayload:
        """Return a card."""
        look, disputed, when, passages, dates = card
        return {
            "look": self.look(look),
            "disputed": disputed,
            "when": [spans_of(tuple(row)) for row in date_rows(when)],
            "passages": [(spans_of(text), cite) for text, cite in passages],
            "dates": [*dates],
        }

    def headline(self, one: Headline) -> HeadlinePayload:
        """Return a headline."""
        return {
            "first": iso(one.first),
            "last": iso(one.last),
            "text": spans_of(one.text),
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


def _rows_needed(view: View) -> Iterator[int]:
    """The rows of the claims that a card of the map may name."""
    for region in view.regions:
        yield from region.withdrawn
        for stretch in region.stretches:
            yield from (*stretch.card.stating, *stretch.card.consistent)


def _arcs(outlines: Outlines) -> ArcsPayload:
    return {"scale": outlines.scale, "lines": [steps_of(line) for line in outlines.arcs.lines]}


def _tick(one: Tick) -> TickPayload:
    return {"first": iso(one.first), "last": iso(one.last), "label": one.label}


def _chart(view: View) -> ChartPayload:
    lanes, named = drawn_lanes(view.lanes)
    numbers = {region.id: number for number, region in enumerate(view.regions)}
    return {
        "lanes": [
            {
                "region": numbers[lane.region],
                "due": [*map(iso, lane.due_days)],
                "arrows": [(iso(old), iso(new)) for old, new in lane.arrows],
            }
            for lane in lanes
        ],
        "named": named,
        "anchors": [(iso(day), share) for day, share in view.axis.anchors],
        "breaks": [*view.axis.breaks],
    }


def _report(one: ReportView) -> ReportPayload:
    return {"when": one.when, "text": one.text, "cite": one.cite, "url": one.url}


def _step(one: Step, regions: Mapping[str, int], reports: Iterable[ReportView]) -> StepPayload:
    return {
        "day": iso(one.day),
        "line": one.line,
        "rest": one.reading_seconds,
        "cite": " · ".join(citation.text for citation in one.citations),
        "regions": [regions[id] for id in one.regions],
        "reports": [_report(report) for report in reports],
    }


def _numbered(values: Iterable[_T]) -> dict[_T, int]:
    """Return each value once with its number, in the order of their first mention."""
    return {value: number for number, value in enumerate(dict.fromkeys(values))}


def _listed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: [*v] if isinstance(v, tuple) else v for name, v in values.items()}
