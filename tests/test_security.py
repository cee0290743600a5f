"""What pages, downloads and messages let nobody do: run their text, frame them, follow readers."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pytest
from click.testing import CliRunner
from flask import request
from flask.testing import FlaskClient
from hostile import TEXTS, write_hostile
from markup import Markup

from geomap import sources as datasets
from geomap.check.formulas import as_meant
from geomap.cli import main
from geomap.core.dataset import Dataset
from geomap.errors import BadSetting
from geomap.web import Settings, create_app
from geomap.web.route import route_of

ID = "handover-2020"
PAGES = ("/", f"/{ID}/", f"/{ID}/embed")
ERRORS = (f"/{ID}/?date=x", "/atlantis/", f"/{ID}/embed?known=x")
DATA = (f"/{ID}/regions.geojson", f"/{ID}/claims.csv", f"/{ID}/events.json")
Hostile = tuple[Path, dict[str, list[str]]]
ATTACK = "<script>alert(1)</script>\"'{{7*7}}{%"


def policy(answer: Any) -> dict[str, list[str]]:
    """Return the Content-Security-Policy of an answer, directive by directive."""
    parts = answer.headers["Content-Security-Policy"].split("; ")
    return {name: values for name, *values in (part.split() for part in parts)}


@pytest.mark.parametrize("path", [*PAGES, *ERRORS, *DATA, "/healthz", f"/{ID}"])
def test_the_policy_allows_this_site_only(client: FlaskClient, path: str) -> None:
    found = policy(client.get(path))
    assert found["default-src"] == ["'none'"]
    assert found["base-uri"] == ["'none'"]
    for name, values in found.items():
        if name != "frame-ancestors":
            allowed = [v for v in values if not re.fullmatch(r"'sha256-[\w+/]{43}='", v)]
            assert set(allowed) <= {"'none'", "'self'", "data:"}, name
    assert "data:" not in found["script-src"] + found["style-src"]


@pytest.mark.parametrize("path", [*PAGES, *ERRORS])
def test_inline_scripts_are_the_ones_that_the_policy_names(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    page = Markup(answer.text)
    inline = [
        e.text
        for e in page.all("script")
        if "src" not in e.attributes and "json" not in (e.attributes.get("type") or "")
    ]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline]
    assert policy(answer)["script-src"] == ["'self'", *(f"'sha256-{h}'" for h in hashes)]
    assert len(inline) == (0 if path in ERRORS else 1)


@pytest.mark.parametrize("path", [*PAGES, *ERRORS])
def test_no_style_or_handler_stands_in_a_page(client: FlaskClient, path: str) -> None:
    page = Markup(client.get(path).text)
    assert page.all("style") == []
    for element in page.elements:
        wrong = [n for n in element.attributes if n.startswith("on") or n in ("style", "srcdoc")]
        assert not wrong, element
    for address in page.addresses:
        assert re.match(r"(/(?!/)|#|data:,$|https?://)", address), address


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_anybody_else(client: FlaskClient, path: str) -> None:
    for element in Markup(client.get(path).text).elements:
        loads = element.tag not in ("a", "form") and element.attributes.get("rel") in (
            None,
            "stylesheet",
            "icon",
            "preload",
        )
        address = element.attributes.get("src") or element.attributes.get("href") or ""
        if loads and address:
            assert re.match(r"/(?!/)|data:", address), element


def test_no_cookie_is_ever_set(client: FlaskClient) -> None:
    for path in (*PAGES, *ERRORS, *DATA, "/healthz", f"/{ID}"):
        assert "Set-Cookie" not in client.get(path).headers


def test_readers_leave_no_trace_at_the_sites_that_are_linked(client: FlaskClient) -> None:
    for path in (*PAGES, *DATA):
        answer = client.get(path)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for link in Markup(client.get("/").text).all("a"):
        if link.attributes.get("href", "").startswith("http"):
            assert "noopener" in link.attributes.get("rel", "")


@pytest.mark.parametrize("path", ["/", f"/{ID}/", *ERRORS, *DATA, "/healthz"])
def test_only_the_embed_may_be_framed_by_others(client: FlaskClient, path: str) -> None:
    assert policy(client.get(path))["frame-ancestors"] == ["'self'"]


def test_who_may_frame_the_embed_is_the_operators_choice(builtin: Dataset) -> None:
    def allowed(*sites: str) -> list[str]:
        settings = Settings(frame_ancestors=sites) if sites else Settings()
        client = create_app([builtin], settings).test_client()
        assert policy(client.get("/"))["frame-ancestors"] == ["'self'"]
        return policy(client.get(f"/{ID}/embed"))["frame-ancestors"]

    assert allowed() == ["*"]
    sites = ["https://news.example", "https://*.paper.example:8443", "desk.example:*", "'self'"]
    assert allowed(*sites) == sites
    assert allowed("'none'") == ["'none'"]


@pytest.mark.parametrize(
    "text",
    [
        *("x; script-src *", "a.example, b.example", "a.example b.example", "", " ", "data:", "**"),
        *(
            "https://a.example/path",
            "a.example\r\nX-Y: z",
            "'unsafe-inline'",
            "'none' *",
            "javascript:",
        ),
        *("https://", "https://*", "a.*.example", "a.example:port", "ünicode.example"),
    ],
)
def test_what_names_no_site_gets_into_no_policy(text: str) -> None:
    with pytest.raises(BadSetting, match=r"allow-embed: .* names no site; give one as https://"):
        Settings(frame_ancestors=("https://news.example", text))


def test_none_cannot_stand_beside_others() -> None:
    with pytest.raises(BadSetting, match="'none' cannot stand beside others"):
        Settings(frame_ancestors=("'none'", "https://news.example"))


@pytest.mark.parametrize("path", [*PAGES, *ERRORS, *DATA, "/healthz", f"/{ID}", "/robots.txt"])
def test_a_window_that_opened_the_map_has_no_hold_on_it(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_other_sites_load_no_page_but_the_embed(client: FlaskClient) -> None:
    def loaded_by(path: str) -> str:
        answer = client.get(path, headers={"Accept": "text/html"})
        return answer.headers["Cross-Origin-Resource-Policy"]

    for path in ("/", f"/{ID}/", "/atlantis/", "/healthz", f"/{ID}/?date=x"):
        assert loaded_by(path) == "same-origin", path
    # A page whose own policy admits only what says so can frame it, and its errors, too.
    for path in (f"/{ID}/embed", f"/{ID}/embed?date=x"):
        assert loaded_by(path) == "cross-origin", path


def test_browsers_that_came_by_https_come_by_nothing_else(builtin: Dataset) -> None:
    def asked_of(base_url: str) -> set[str | None]:
        client = create_app([builtin], Settings(base_url=base_url)).test_client()
        answers = [client.get(path) for path in ("/", *ERRORS, *DATA, f"/{ID}")]
        tag = answers[0].headers["ETag"]
        answers.append(client.get("/", headers={"If-None-Match": tag}))
        return {answer.headers.get("Strict-Transport-Security") for answer in answers}

    assert asked_of("https://maps.example.org") == {"max-age=31536000"}
    assert asked_of("http://maps.example.org") == asked_of("") == {None}


@pytest.mark.parametrize("path", DATA)
def test_other_sites_may_read_the_data(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
def test_other_sites_scripts_may_not_read_the_pages(client: FlaskClient, path: str) -> None:
    assert "Access-Control-Allow-Origin" not in client.get(path).headers


@pytest.mark.parametrize("name", ["date", "known", "sources", "lang", "theme", "controls", "bbox"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("path", [*PAGES, f"/{ID}/regions.geojson", f"/{ID}/claims.csv"])
def test_what_a_caller_sends_is_never_echoed_as_markup(
    client: FlaskClient, path: str, name: str, accept: str
) -> None:
    answer = client.get(path, query_string={name: ATTACK}, headers={"Accept": accept})
    with client.application.test_request_context(path):
        route = route_of(client.application, str(request.endpoint))
    read = {parameter.name for parameter in route.operations[0].parameters}
    assert answer.status_code == (400 if name in read else 200)
    if answer.mimetype == "text/html":
        assert "<script>alert" not in answer.text
        assert ">49<" not in answer.text
        assert all("alert" not in e.text for e in Markup(answer.text).all("script"))
    elif answer.status_code == 400:
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", [f"/{ATTACK}/", f"/{ID}/regions.{ATTACK}", f"/{ID}/{ATTACK}", f"/static/{ATTACK}"]
)
def test_a_path_is_never_echoed_as_markup(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<script>" not in answer.text


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    return write_hostile(tmp_path_factory.mktemp("hostile") / "data")


@pytest.fixture(scope="module")
def site(hostile: Hostile) -> FlaskClient:
    return create_app([datasets.open(hostile[0])]).test_client()


def flat(value: Any) -> str:
    """Return every text in a JSON value, one a line; numbers are none."""
    if isinstance(value, dict):
        return "\n".join(map(flat, value.values()))
    if isinstance(value, list):
        return "\n".join(map(flat, value))
    return value if isinstance(value, str) else ""


def missing(given: list[str], everything: str) -> list[str]:
    return [text for text in given if text not in everything]


@pytest.mark.parametrize("day", ["2021-03-07", "2021-03-13", "2021-03-30"])
def test_hostile_texts_stay_texts_on_the_readers_page(
    site: FlaskClient, client: FlaskClient, hostile: Hostile, day: str
) -> None:
    html = site.get(f"/test/?date={day}").text
    page = Markup(html)
    seen = "\n".join(e.text for e in page.elements if e.tag not in ("script", "noscript"))
    seen += flat(json.loads(page.one("script", id="geomap-data").text))
    for kind, given in hostile[1].items():
        # The summary is said on the page, the alternates of names on the map's card.
        assert missing(given, seen) == [], kind
    plain_text = re.sub(r"\d+\.\d+|№\d+|[\da-f]{8,}|[ML,h-]?\d{3,}", "", seen)
    assert "49" not in plain_text, plain_text[max(0, plain_text.find("49") - 60) :][:120]
    # Of the elements that the texts would make, there are as many as without them.
    plain = [e.tag for e in Markup(client.get("/").text).elements]
    for tag in ("script", "img", "b", "i", "textarea", "noscript"):
        assert [e.tag for e in page.elements].count(tag) == plain.count(tag), tag


def test_hostile_texts_stay_texts_in_the_embed_and_the_list(
    site: FlaskClient, client: FlaskClient, hostile: Hostile, builtin: Dataset
) -> None:
    embed = Markup(site.get("/test/embed").text)
    data = json.loads(embed.one("script", id="geomap-data").text)
    by_kind = hostile[1]
    for kind in ("actors", "claims", "regions", "notes"):
        assert missing(by_kind[kind], flat(data)) == [], kind
    assert embed.one("h1").text == by_kind["meta"][0]
    assert len(embed.all("script")) == len(Markup(client.get(f"/{ID}/embed").text).all("script"))
    assert embed.all("img", src="x") == []
    listed = create_app([builtin, datasets.open(hostile[0])]).test_client().get("/").text
    texts = "\n".join(e.text for e in Markup(listed).elements)
    assert missing(by_kind["meta"][:2], texts) == []


def test_hostile_texts_stay_texts_in_the_data(site: FlaskClient, hostile: Hostile) -> None:
    by_kind = hostile[1]
    document = orjson.loads(site.get("/test/regions.geojson?date=2021-03-30").data)
    names = [feature["properties"]["name"] for feature in document["features"]]
    assert names == by_kind["regions"][::2]
    assert missing(by_kind["meta"][2:5], flat(document)) == []
    claims = site.get("/test/claims.csv").data
    table = pd.read_csv(io.BytesIO(claims), dtype=str, keep_default_na=False)
    assert list(map(as_meant, table["locator"])) == by_kind["claims"]
    assert [as_meant(note) for note in table["note"] if note] == by_kind["notes"]


def test_hostile_texts_stay_texts_in_the_terminal(hostile: Hostile, runner: CliRunner) -> None:
    folder, by_kind = hostile
    answer = runner.invoke(
        main, ["status", str(folder), "--date", "2021-03-13"], env={"COLUMNS": "400"}
    )
    assert answer.exit_code == 0
    shown = [by_kind["meta"][0], *by_kind["regions"][::2], by_kind["actors"][0]]
    assert missing(shown, answer.output) == []
    asjson = runner.invoke(main, ["status", str(folder), "--json"])
    assert missing(by_kind["regions"][::2], flat(json.loads(asjson.output))) == []


CONTROLS = "\x1b[2J\x1b]0;title\x07\x9b31m\x08"


def test_a_dataset_cannot_command_the_terminal(runner: CliRunner, make_dataset: Any) -> None:
    from datasets import ACTORS, region, square

    folder = make_dataset(
        actors=[row | {"name": f"A{CONTROLS}"} for row in ACTORS],
        regions={"hill": region("hill", square(10, 50), name=f"Hill{CONTROLS}")},
        meta={"title": "T"},
    )
    wrong = make_dataset(
        [{"event": "e", "region": f"x{CONTROLS}", "kind": CONTROLS, "actor": "north"}],
        regions={"hill": region("hill", square(10, 50))},
    )
    for arguments in (["status", str(folder)], ["check", str(wrong)], ["status", str(wrong)]):
        said = runner.invoke(main, arguments).output
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", said), arguments


def test_hostile_texts_stay_texts_in_error_messages(
    hostile: Hostile, builtin: Dataset, make_dataset: Any
) -> None:
    for text in TEXTS:
        client = create_app([builtin]).test_client()
        page = client.get("/", query_string={"date": text}, headers={"Accept": "text/html"})
        (said,) = [e.text for e in Markup(page.text).all("p", class_="headline")]
        assert said == f"date: {text!r} is not a day; write it as 2020-11-25"
        answer = client.get(
            "/", query_string={"sources": text.replace(",", "")}, headers={"Accept": "a/b,*/json"}
        )
        assert answer.status_code == 400
