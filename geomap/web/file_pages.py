"""What pages hold besides where the site is built as files: what their scripts choose files by."""

from __future__ import annotations

from typing import Any

from flask import request

from geomap.web.parameters import default_query
from geomap.web.plan import DAY
from geomap.web.route import asked
from geomap.web.site import absolute, local, site
from geomap.web.view import Page


def read_in_browser(page: Page, mode: str) -> dict[str, Any] | None:
    """Return what a page that is a file takes besides, for its script to read its address."""
    plan, words, dataset = site().plan, page.words, page.dataset
    if not plan:
        return None
    endpoint = "embed.embed" if request.endpoint == "embed.embed" else "pages.reader"
    pages = plan.table(endpoint, public=False, dataset_id=dataset.id)
    values = {"lang": words.language, "mode": mode}
    return {
        "days": plan.days(dataset),
        "follows": endpoint == "pages.reader",
        "key": " ".join(values[name] for name in pages["by"]),
        "other": words.say(
            "This copy of the map counts every source; the choice in the address has no effect."
        ),
        "own": default_query(dataset).lang,
        "pages": pages,
    }


def address_or_table(endpoint: str, public: bool, **values: str) -> Any:
    """Return the address that the builder fills, or where the site is files the table of them."""
    plan = site().plan
    if plan:
        return plan.table(endpoint, public, **values)
    return (absolute if public else local)(endpoint, **values)


def address_of_any_day(endpoint: str, **values: str) -> str | None:
    """Return the address of a file for any day, with `{day}` in it, or "" where it has none of its
    own; None where the site is served.
    """
    plan = site().plan
    if not plan:
        return None
    files = plan.table(endpoint, public=False, **values)["files"]
    path: str = files.get(asked().language, next(iter(files.values())))
    return path if DAY in path else ""
