"""The links of a page to files and to its other languages, each of the view that it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geomap.formats import FORMATS
from geomap.web.file_pages import address_of_any_day
from geomap.web.parameters import default_query, languages, pick
from geomap.web.site import local
from geomap.web.view import Page
from geomap.wording import words_in

COURSE = ("known", "sources", "lang")
"""The parameters that select what is shown of the whole period."""


def every_format(page: Page, endpoint: str) -> list[dict[str, str]]:
    """Return the links to what a route has of the whole period, in every format."""
    course = pick(page.query.address(default_query(page.dataset)), *COURSE)
    return [
        {
            "title": format.title_for(page.words),
            "ending": format.ending,
            "url": local(endpoint, dataset_id=page.dataset.id, **course, ending=format.ending),
        }
        for format in FORMATS.values()
    ]


def file_links(page: Page) -> dict[str, Any]:
    """Return the links to a view's data, for which nothing needs to be drawn."""
    dataset = page.dataset
    here = page.query.address(default_query(dataset))
    data = pick(here, "date", "known", "sources", "lang")

    def to(endpoint: str, values: Mapping[str, str], **more: str) -> str:
        return local(endpoint, dataset_id=dataset.id, **values, **more)

    return {
        "formats": [
            {
                "title": format.title_for(page.words),
                "ending": format.ending,
                "url": to("downloads.regions", data, ending=format.ending),
                "by_day": address_of_any_day(
                    "downloads.regions", dataset_id=dataset.id, ending=format.ending
                ),
            }
            for format in FORMATS.values()
        ],
        "history": every_format(page, "downloads.history"),
        "tables": {
            name: to(f"downloads.{name}", pick(data, "known", "sources"), ending="csv")
            for name in ("claims", "events", "reports", "sources", "actors")
        },
        "feeds": {
            # Subscribers want future changes, so a feed has no `known` and no `date`.
            name: to(f"feeds.{name}", pick(data, "sources", "lang"))
            for name in ("atom", "calendar")
        },
    }


def language_links(page: Page) -> list[dict[str, str]]:
    """Return the languages of a page, each with the page's address in it."""
    dataset = page.dataset
    here = page.query.address(default_query(dataset))
    return [
        {
            "code": code,
            "name": words_in(code, dataset).endonym,
            "url": local("pages.reader", dataset_id=dataset.id, **{**here, "lang": code}),
        }
        for code in languages(dataset)
    ]
