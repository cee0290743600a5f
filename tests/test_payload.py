"""What the browser gets: its keys, and what it says of claims left out."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from widget_sample import PAYLOAD

from geomap.core.dataset import Dataset
from geomap.map.noscript import still
from geomap.present.payload import payload


def keys(value: Any, path: str = "") -> set[str]:
    """Return the path of every key; the members of a list count as one."""
    if isinstance(value, list):
        return {path}.union(*(keys(one, path) for one in value))
    if not isinstance(value, dict) or path.endswith(".geometry"):
        return {path}
    return {path}.union(*(keys(one, f"{path}.{key}") for key, one in value.items()))


def test_the_sample_of_the_tests_has_the_keys_of_a_payload(builtin: Dataset) -> None:
    real = orjson.loads(orjson.dumps(payload(builtin)))
    assert keys(PAYLOAD) ^ keys(real) == set()


def test_a_map_of_all_claims_says_nothing_of_it(builtin: Dataset) -> None:
    assert payload(builtin)["restrictions"] == []
    assert payload(builtin, sources=list(builtin.ledger.sources))["restrictions"] == []


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"known": "2020-11-20"}, ["As known on 20 November 2020"]),
        ({"sources": "ap-2020-11-30"}, ["Only by: AP, 30 Nov 2020"]),
        (
            {"known": "2020-12-05", "sources": "ap-2020-11-30"},
            ["As known on 5 December 2020", "Only by: AP, 30 Nov 2020"],
        ),
    ],
)
def test_a_restricted_map_says_so(
    builtin: Dataset, chosen: dict[str, str], said: list[str]
) -> None:
    found = payload(builtin, **chosen)
    assert found["restrictions"] == said
    caption = still(found).partition("<caption>")[2].partition("</caption>")[0]
    assert caption == " · ".join(["Status on 30 November 2020", *said])
