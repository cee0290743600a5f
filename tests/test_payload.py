"""What the browser gets: its schema, on both sides, and what it says of claims left out."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from datasets import claim
from pydantic import TypeAdapter
from widget_sample import PAYLOAD, linked

from geomap import sources
from geomap.core.dataset import Dataset
from geomap.map.noscript import noscript
from geomap.present import payload, select, view
from geomap.present.schema import Payload, schema
from geomap.wording import LANGUAGES, words_in

CHECK = TypeAdapter(Payload)
STRICT_READS = """(schema) => {
  const watched = new WeakMap();
  const strict = (value, type, path) => {
    if (value === null || typeof value !== "object") return value;
    if (type.$ref) type = schema.$defs[type.$ref.split("/").pop()];
    if (type.anyOf) type = type.anyOf.find((one) => one.type !== "null");
    if (type.$ref) return strict(value, type, path);
    const of = (name) => Array.isArray(value)
      ? (type.prefixItems || {})[name] || type.items : (type.properties || {})[name];
    if (watched.has(value)) return watched.get(value);
    const made = new Set(); // what the scripts themselves have put there
    watched.set(value, new Proxy(value, {set(target, name, to) {
      made.add(name);
      target[name] = to;
      return true;
    }, get(target, name) {
      if (made.has(name)) return target[name];
      const own = typeof name === "string" && (!Array.isArray(value) || /^[0-9]+$/.test(name));
      if (!own || type.additionalProperties === true) return target[name];
      if (!of(name)) window.unknown.push(path + "." + name);
      return of(name) ? strict(target[name], of(name), path + "." + name) : target[name];
    }}));
    return watched.get(value);
  };
  window.unknown = [];
  const parse = JSON.parse;
  JSON.parse = (text) => strict(parse(text), schema, "");
}"""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("known", [None, "2020-11-20", "2020-10-01"])
def test_a_payload_keeps_to_its_schema(builtin: Dataset, language: str, known: str | None) -> None:
    data = payload(view(builtin, select(builtin, known=known), words_in(language)))
    CHECK.validate_python(orjson.loads(orjson.dumps(data)))


def test_so_does_one_of_every_kind_of_status(make_dataset: Any) -> None:
    rows = [
        claim("held", "control", "north", "1990"),
        claim("part", "control", "north", "2021-03-02", part="part"),
        claim("due", "due", "south", "2021-03-10", since="2021-03-05"),
        claim("due", "due", "south", "2021-03-12", since="2021-03-05"),
        claim("got", "handover", "south", "[2021-03-16..2021-03-20]"),
    ]
    dataset = sources.open(make_dataset(rows))
    shown = view(dataset, select(dataset), words_in("en"))
    kinds = {stretch.card.facts.kind for region in shown.regions for stretch in region.stretches}
    assert kinds == {"held", "due", "unclear", "handed_over", "unknown"}
    CHECK.validate_python(orjson.loads(orjson.dumps(payload(shown))))


@pytest.mark.browser
def test_the_scripts_read_nothing_that_the_schema_lacks(chromium: Any) -> None:
    parts = linked(follow_address=True)
    context = chromium.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.add_init_script(f"({STRICT_READS})({orjson.dumps(schema()).decode()})")
    from geomap.map import assets

    def answer(route: Any) -> None:
        name = route.request.url.partition("/static/")[2]
        html = f"<!DOCTYPE html><title>Map</title>{parts.head}{parts.body}"
        html += f"<script>{parts.script}</script>"
        if name in assets.ASSETS:
            route.fulfill(
                body=assets.asset(name),
                content_type="text/css" if name.endswith(".css") else "text/javascript",
            )
        else:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    page.goto("http://map.test/")
    page.wait_for_selector("html.gm-ready")
    page.evaluate("geomap.data.regions.forEach((region, i) => geomap.open(i))")
    for stretch in PAYLOAD["regions"][1]["stretches"]:
        page.evaluate("(day) => geomap.setDate(day)", stretch[0])
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('.gm-live').textContent !== ''")
    assert page.evaluate("unknown") == []
    # The watch itself works.
    page.evaluate("geomap.data.regions[0].colour")
    assert page.evaluate("unknown") == [".regions.0.colour"]
    context.close()
    assert not faults


def test_a_map_of_all_claims_says_nothing_of_it(builtin: Dataset) -> None:
    for chosen in (None, list(builtin.ledger.sources)):
        shown = view(builtin, select(builtin, sources=chosen), words_in("en"))
        assert shown.today.restrictions == ()


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"known": "2020-11-20"}, ["As known on 20 November 2020"]),
        ({"sources": "ap-2020-11-30"}, ["Using only: AP, 30 Nov 2020"]),
        (
            {"known": "2020-12-05", "sources": "ap-2020-11-30"},
            ["As known on 5 December 2020", "Using only: AP, 30 Nov 2020"],
        ),
    ],
)
def test_a_restricted_map_says_so(
    builtin: Dataset, chosen: dict[str, str], expected: list[str]
) -> None:
    words = words_in("en")
    shown = view(builtin, select(builtin, **chosen), words)
    assert payload(shown)["restrictions"] == expected
    caption = noscript(shown.today, words).partition("<caption>")[2].partition("</caption>")[0]
    assert caption == " · ".join(["Status on 30 November 2020", *expected])
