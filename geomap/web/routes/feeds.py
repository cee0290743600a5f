"""What programs follow: the Atom feed of claims and the calendar of handovers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, request

from geomap.core.dataset import Dataset
from geomap.feeds import ATOM, CALENDAR, atom_feed, handover_calendar
from geomap.web.parameters import QUERY, Query, parse_query, pick, reads
from geomap.web.routes.pages import default_query
from geomap.web.site import absolute, site

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/<dataset_id>/feed.atom")
@reads(*QUERY, host=True)
def atom(dataset_id: str) -> Response:
    """Answer with an entry for each claim added, narrowed or withdrawn."""
    dataset = site().dataset(dataset_id)
    query = parse_query(dataset, request.args)
    here = pick(query.address(default_query(dataset)), "known", "sources", "lang")
    body = atom_feed(
        dataset,
        query.known,
        query.sources,
        query.lang,
        page=_page(dataset, query),
        address=absolute("feeds.atom", dataset_id=dataset.id, **here),
    )
    return Response(body, content_type=ATOM)


@blueprint.get("/<dataset_id>/handovers.ics")
@reads(*QUERY, host=True)
def calendar(dataset_id: str) -> Response:
    """Answer with the due and done handovers as a calendar."""
    dataset = site().dataset(dataset_id)
    query = parse_query(dataset, request.args)
    body = handover_calendar(
        dataset, query.known, query.sources, query.lang, page=_page(dataset, query)
    )
    response = Response(body, content_type=CALENDAR)
    name = f"{dataset.id}-handovers.ics"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _page(dataset: Dataset, query: Query) -> Callable[[date, date | None], str]:
    """How to address the reader's page for a day and a clock, by the sources that were asked for."""
    kept = pick(query.address(default_query(dataset)), "sources", "lang")

    def page(day: date, known: date | None) -> str:
        parameters = {"date": day.isoformat(), **kept}
        if known:
            parameters["known"] = known.isoformat()
        return absolute("pages.reader", dataset_id=dataset.id, **parameters)

    return page
