"""The embed: the map alone, for an iframe on somebody else's page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, Response, render_template

from geomap.map.assets import MODES
from geomap.web.built import Built, each
from geomap.web.lanes import PAGES
from geomap.web.negotiation import HTML
from geomap.web.openapi import TEXT
from geomap.web.overview import has_no_map, overview
from geomap.web.parameters import COMPARED, MODE, QUERY, default_query, languages, pick
from geomap.web.route import asked, route
from geomap.web.routes.pages import VIEW, page_values, shared_links, static_pictures
from geomap.web.site import absolute, site
from geomap.web.view import Page, page_of
from geomap.wording import format_day

blueprint = Blueprint("embed", __name__, template_folder="templates")


@route(
    blueprint,
    "/<dataset_id>/embed",
    "The map for an iframe",
    tag="Pages",
    parameters=[*QUERY, MODE, COMPARED],
    answers={HTML: TEXT},
    framed=True,
    absolute_links=True,
    lane=PAGES,
    built=Built(
        (each(lang=languages, mode=MODES),), in_browser=("date", "theme", "controls", "dates")
    ),
)
def embed(dataset_id: str) -> Response:
    """Answer with the map for an iframe. Its language is the one asked for, never guessed."""
    dataset = site().dataset(dataset_id)
    query, mode = asked().query(), asked().values["mode"]
    here = query.address(default_query(dataset))
    full = absolute("pages.reader", dataset_id=dataset.id, **pick(here, *VIEW))
    if mode == "story" and query.date == dataset.meta.date and not query.day_name:
        query = replace(query, date=dataset.period.start)  # a story begins at its beginning
    page = page_of(dataset, query)
    if has_no_map(dataset):
        return overview(page, shared_links(page), full)
    days: tuple[date, ...] = ()
    if mode == "compare":
        days = asked().values["dates"] or (dataset.period.start, query.date)
    compared = [day.isoformat() for day in days]
    values = page_values(page, full, mode=mode, fill=True, compared=compared)
    values |= shared_links(page, frame_parameters(mode, asked().values["dates"]))
    stills = _stills(page, mode, days)
    return Response(
        render_template("embed.html", **values, full=full, stills=stills, query_mode=mode)
    )


def frame_parameters(mode: str, dates: tuple[date, ...] | None) -> dict[str, str]:
    """Return the parameters of an address that only embeds have, where they are given."""
    dated = {"dates": COMPARED.texts(dates)[0]} if dates else {}
    return ({"mode": mode} if mode != MODE.default else {}) | dated


@dataclass(frozen=True)
class Still:
    """A day as a picture, for readers without scripts: its address by theme, and its words."""

    day: str
    line: str
    cite: str
    pictures: dict[str, str]


def _stills(page: Page, mode: str, days: tuple[date, ...]) -> list[Still]:
    """Return the pictures of a story or of a comparison, in order; of the map alone none."""
    steps = page.view.steps
    if mode == "story":
        return [_still(page, s.day, s.line, " · ".join(c.text for c in s.citations)) for s in steps]
    return [_still(page, day, page.view.short_on(day), "") for day in days]


def _still(page: Page, day: date, line: str, cite: str) -> Still:
    here = page.query.address(default_query(page.dataset)) | {"date": day.isoformat()}
    return Still(format_day(page.words, day), line, cite, static_pictures(page.dataset, here))
