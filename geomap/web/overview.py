"""The page of a dataset with more regions than a page can draw: how they stand, where the data is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template

from geomap.core.dataset import Dataset
from geomap.present import MOST_MAPPED, day_view, sizes
from geomap.web.file_pages import read_in_browser
from geomap.web.parameters import default_query, pick
from geomap.web.site import local
from geomap.web.view import Page, selection_of
from geomap.wording.short_lines import number_of_regions

MOST_ROWS = 500
"""So many rows a table of a page has at most; the files have all."""


def has_no_map(dataset: Dataset) -> bool:
    """Return whether a dataset has more regions than a page can draw."""
    return len(dataset.regions) > MOST_MAPPED


def overview(page: Page, links: Mapping[str, Any], full: str = "") -> Response:
    """Answer with how the regions stand on a day, and with links to all that is known of each.

    `full` is the address of the full page, for an embed.
    """
    dataset, query, words = page.dataset, page.query, page.words
    today = day_view(dataset, selection_of(query), words, 0 if full else MOST_ROWS)
    here = query.address(default_query(dataset))
    data = pick(here, "date", "known", "sources", "lang")
    values = {
        "dataset": dataset,
        "view": today,
        "today": today,
        "words": words,
        "query": query,
        "here": here,
        "sizes": sizes,
        "built": read_in_browser(page, "map"),
        "regions": number_of_regions(words, len(dataset.regions)),
        "all_regions": len(dataset.regions),
        "whole_table": local("downloads.regions", dataset_id=dataset.id, ending="csv", **data),
        "full": full,
        # A picture of so many regions takes too long to be asked for by every site that links here.
        "image": "",
    }
    return Response(render_template("overview.html", **{**links, **values}))
