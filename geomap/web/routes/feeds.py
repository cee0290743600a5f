"""The Atom feed of claims and the calendar of handovers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response

from geomap.core.dataset import Dataset
from geomap.feeds import ATOM, CALENDAR, atom_feed, handover_calendar
from geomap.web.built import Built, each
from geomap.web.openapi import TEXT
from geomap.web.parameters import CLAIMS, LANG, languages, pick
from geomap.web.route import Asked, asked, route
from geomap.web.site import absolute, site

blueprint = Blueprint("feeds", __name__)


@route(
    blueprint,
    "/<dataset_id>/feed.atom",
    "What was added or changed",
    tag="Feeds",
    parameters=[*CLAIMS, LANG],
    answers={ATOM.partition(";")[0]: TEXT},
    open=True,
    absolute_links=True,
    built=Built((each(lang=languages),)),
)
def atom(dataset_id: str) -> Response:
    """Answer with an entry for each claim added, narrowed or withdrawn."""
    dataset, chosen = site().dataset(dataset_id), asked()
    body = atom_feed(
        dataset,
        chosen.values["known"],
        chosen.values["sources"],
        chosen.language,
        page=_page(dataset, chosen),
        address=absolute("feeds.atom", dataset_id=dataset.id, **_choice(dataset, chosen)),
    )
    return Response(body, content_type=ATOM)


@route(
    blueprint,
    "/<dataset_id>/handovers.ics",
    "Due and done handovers",
    tag="Feeds",
    parameters=[*CLAIMS, LANG],
    answers={CALENDAR.partition(";")[0]: TEXT},
    open=True,
    absolute_links=True,
    built=Built((each(lang=languages),)),
)
def calendar(dataset_id: str) -> Response:
    """Answer with the due and done handovers as a calendar."""
    dataset, chosen = site().dataset(dataset_id), asked()
    body = handover_calendar(
        dataset,
        chosen.values["known"],
        chosen.values["sources"],
        chosen.language,
        page=_page(dataset, chosen),
    )
    response = Response(body, content_type=CALENDAR)
    name = f"{dataset.id}-handovers.ics"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _choice(dataset: Dataset, chosen: Asked) -> dict[str, str]:
    """The parameters that make the same choice again; the dataset's own language is left out."""
    parameters = {name: texts[0] for name, texts in chosen.address().items()}
    if chosen.language == languages(dataset)[0]:
        parameters.pop("lang", None)
    return parameters


def _page(dataset: Dataset, chosen: Asked) -> Callable[[date, date | None], str]:
    """Return a function from `date` and `known` to the reader's page, with the chosen sources."""
    same = pick(_choice(dataset, chosen), "sources", "lang")

    def page(day: date, known: date | None) -> str:
        parameters = {"date": day.isoformat(), **same}
        if known:
            parameters["known"] = known.isoformat()
        return absolute("pages.reader", dataset_id=dataset.id, **parameters)

    return page
