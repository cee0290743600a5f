"""The web service: its addresses, pages and parameters, asked as a browser or program would."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from addresses import DATA, ID, PAGES
from flask import Flask
from flask.testing import FlaskClient
from markup import Markup, text_of

from geomap import sources as datasets
from geomap.check.names import RESERVED_IDS
from geomap.core.dataset import Dataset
from geomap.errors import BadSetting, DatasetError
from geomap.formats import FORMATS
from geomap.web import create_app
from geomap.web.route import reserved_names, routes

EVERYTHING = (*PAGES, *DATA, "/healthz")


def sentences(html: str) -> dict[str, str]:
    """Return what the reader's page says of each region."""
    names = text_of(html, "button", class_="card-name")
    return dict(zip(names, text_of(html, "div", class_="card-text"), strict=True))


@pytest.mark.parametrize("path", EVERYTHING)
def test_every_address_answers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.data
    assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize("path", EVERYTHING)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed_from_outside(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_is_served_as_what_it_is(client: FlaskClient, ending: str) -> None:
    answer = client.get(f"/{ID}/regions.{ending}?date=2020-11-20")
    assert answer.status_code == 200
    assert answer.content_type == FORMATS[ending].media_type
    assert f'filename="{ID}-2020-11-20.{ending}"' in answer.headers["Content-Disposition"]


def test_every_link_and_asset_of_the_pages_leads_somewhere(client: FlaskClient) -> None:
    seen = set()
    for path in PAGES:
        for address in Markup(client.get(path).text).addresses:
            own = address.removeprefix("http://localhost")
            if own.startswith("/") and own not in seen:
                seen.add(own)
                assert client.get(own).status_code == 200, own
    assert len(seen) > 20


def test_the_only_dataset_is_the_front_page(client: FlaskClient) -> None:
    front, page = client.get("/"), client.get(f"/{ID}/")
    assert sentences(front.text) == sentences(page.text)
    for answer in (front, page):
        canonical = Markup(answer.text).one("link", rel="canonical")
        assert canonical["href"] == f"http://localhost/{ID}/"


def test_several_datasets_are_listed(two: FlaskClient) -> None:
    page = Markup(two.get("/").text)
    links = {e["href"]: e.text for e in page.all("a") if e["href"] != "/"}
    assert links == {
        f"/{ID}/": "The handover of Kalbajar, Aghdam and Lachin",
        "/test/": "Hill & vale",
    }
    assert "Two <places>." in [e.text for e in page.all("p")]
    for address in links:
        assert two.get(address).status_code == 200


def test_a_list_follows_the_browser_whatever_language_is_named(two: FlaskClient) -> None:
    for path in ("/", "/?lang=zz", "/?lang=en"):
        page = two.get(path, headers={"Accept-Language": "ru"})
        assert Markup(page.text).one("html")["lang"] == "ru"
        assert "Accept-Language" in page.headers["Vary"]


def test_two_datasets_of_one_id_are_refused(builtin: Dataset) -> None:
    with pytest.raises(BadSetting, match=f"two datasets have one id: {ID}"):
        create_app([builtin, builtin])


def test_without_its_slash_the_page_is_found_and_keeps_its_parameters(client: FlaskClient) -> None:
    answer = client.get(f"/{ID}?date=2020-11-20&sources=ap-2020-11-30,truce-2020-11-10")
    assert answer.status_code == 308
    there = f"/{ID}/?date=2020-11-20&sources=ap-2020-11-30,truce-2020-11-10"
    assert answer.headers["Location"] == there
    assert client.get(f"/{ID}").headers["Location"] == f"/{ID}/"


def test_a_dataset_cannot_take_an_address_of_the_service(
    app: Flask, make_dataset: Callable[..., Path]
) -> None:
    names = reserved_names(app)
    assert {"static", "healthz", "oembed", "ogc", "openapi.json"} <= names
    # `geomap check` knows no web service, so the names stand in the core once more.
    assert names <= RESERVED_IDS
    with pytest.raises(DatasetError, match="is an address of the site's own"):
        datasets.open(make_dataset(meta={"id": "static"}))


def test_a_dataset_with_an_address_of_the_service_is_never_served(builtin: Dataset) -> None:
    meta = replace(builtin.meta, id="healthz")
    with pytest.raises(BadSetting, match="'healthz' is an address of the site's own"):
        create_app([replace(builtin, meta=meta)])


@pytest.mark.parametrize("path", PAGES[1:])
def test_a_page_shows_the_day_asked_for(client: FlaskClient, path: str) -> None:
    html = client.get(f"{path}?date=2020-11-20").text
    assert Markup(html).one("title").text.endswith(" · 20 November 2020")
    assert "Aghdam has been handed over to Azerbaijan" in html
    data = json.loads(Markup(html).one("script", id="geomap-data").text)
    assert data["date"] == "2020-11-20"


@pytest.mark.parametrize(
    ("day", "shown"),
    [("", "30 November"), (" 2020-11-30 ", "30 November"), ("latest", "1 December")],
)
def test_the_dataset_has_a_day_of_its_own_and_a_latest(
    client: FlaskClient, day: str, shown: str
) -> None:
    page = client.get(f"/{ID}/", query_string={"date": day})
    assert f"Status on {shown} 2020" in text_of(page.text, "h2")


def test_known_and_sources_change_the_pages(client: FlaskClient) -> None:
    later = client.get(f"/{ID}/?date=2020-11-25&known=2020-11-24").text
    assert sentences(later)["Kalbajar"].startswith("Due to be handed over to Azerbaijan on 25 Nov")
    alone = client.get(f"/{ID}/?date=2020-11-12&sources=ap-2020-11-30").text
    assert sentences(alone)["Aghdam"].startswith("Not clear on this date")
    assert "As known on 24 November 2020" in text_of(later, "p", class_="restricted")[0]
    assert "Using only: AP, 30 Nov 2020" in text_of(alone, "p", class_="restricted")[0]
    assert not text_of(client.get(f"/{ID}/").text, "p", class_="restricted")
    embed = client.get(f"/{ID}/embed?date=2020-11-25&known=2020-11-24").text
    assert "Kalbajar is due to be handed over to Azerbaijan on 25 November" in embed


def test_sources_may_be_given_as_a_form_sends_them(client: FlaskClient) -> None:
    ids = ["ap-2020-11-30", "truce-2020-11-10"]
    one = client.get(f"/{ID}/regions.geojson", query_string={"sources": ",".join(ids)})
    several = client.get(f"/{ID}/regions.geojson", query_string={"sources": ids})
    assert one.status_code == 200
    assert several.data == one.data


def test_to_choose_every_source_is_no_restriction(client: FlaskClient, builtin: Dataset) -> None:
    page = client.get(f"/{ID}/", query_string={"sources": list(builtin.ledger.sources)}).text
    assert not text_of(page, "p", class_="restricted")
    assert sentences(page) == sentences(client.get(f"/{ID}/").text)


def test_downloads_follow_the_parameters(client: FlaskClient) -> None:
    def kalbajar(query: str) -> dict[str, object]:
        document = json.loads(client.get(f"/{ID}/regions.geojson?{query}").data)
        rows = {f["properties"]["id"]: f["properties"] for f in document["features"]}
        return rows["kalbajar"]

    assert kalbajar("date=2020-11-25")["control_status"] == "handed_over"
    before = kalbajar("date=2020-11-25&known=2020-11-24")
    assert (before["control_status"], before["known"]) == ("due", "2020-11-24")
    alone = kalbajar("date=2020-11-30&sources=ap-2020-11-30")
    assert alone["handover_date"] == "[2020-11-15..2020-11-25]"
    assert isinstance(alone["sources"], list)
    assert {citation.partition("¶")[0] for citation in alone["sources"]} == {"ap-2020-11-30"}


def test_the_links_of_a_page_lead_to_the_view_shown(client: FlaskClient) -> None:
    query = "date=2020-11-20&known=2020-11-24&sources=ap-2020-11-20"
    page = Markup(client.get(f"/{ID}/?{query}").text)
    (geojson,) = [a for a in page.addresses if "regions.geojson" in a]
    assert set(geojson.partition("?")[2].split("&")) == set(query.split("&"))
    (claims,) = [a for a in page.addresses if "claims.csv" in a]
    assert "date=" not in claims
    rows = list(csv.DictReader(io.StringIO(client.get(claims).data.decode("utf-8-sig"))))
    assert {row["source"] for row in rows} == {"ap-2020-11-20"}


def test_a_head_request_gets_the_same_headers_and_no_body(client: FlaskClient) -> None:
    for path in (*EVERYTHING, f"/{ID}/?date=x", "/nothing/here"):
        get, head = client.get(path), client.head(path)
        assert head.status_code == get.status_code
        assert dict(head.headers) == dict(get.headers)
        assert head.data == b""


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "junk", ["utm_source=news", "fbclid=Iw%3Cb%3E", "a[]=1&a[]=2", "=", "&&", "date_=x", "%ff=%ff"]
)
def test_parameters_of_others_change_nothing(client: FlaskClient, path: str, junk: str) -> None:
    plain = client.get(f"{path}?date=2020-11-20")
    with_junk = client.get(f"{path}?{junk}&date=2020-11-20")
    assert with_junk.status_code == 200
    assert with_junk.data == plain.data


def test_a_visitor_cannot_put_anything_on_the_page_of_the_next(builtin: Dataset) -> None:
    # The first answer is kept and served to all: nothing of its caller may be in it.
    client = create_app([builtin]).test_client()
    for path in PAGES:
        first = client.get(f"{path}?utm_source=poison&q=poison", headers={"X-Forwarded-Host": "p"})
        assert "poison" not in first.text
        assert "poison" not in client.get(path).text


def test_without_scripts_the_day_form_keeps_the_view(client: FlaskClient) -> None:
    query = "sources=ap-2020-11-30&sources=truce-2020-11-10&known=2020-11-30&theme=dark"
    for path in PAGES:
        html = client.get(f"{path}?date=2020-11-20&{query}").text
        form = html[html.index('class="day-form"') :]
        form = form[: form.index("</form>")]
        sent = {e["name"]: e["value"] for e in Markup(form).all("input")}
        assert sent == {
            "date": "2020-11-20",
            "known": "2020-11-30",
            "sources": "ap-2020-11-30,truce-2020-11-10",
            "theme": "dark",
        }


@pytest.mark.parametrize("name", ["date", "known", "sources", "lang", "utm_source"])
@pytest.mark.parametrize("length", [3_000, 60_000])
def test_a_very_long_address_is_answered_briefly(
    client: FlaskClient, name: str, length: int
) -> None:
    answer = client.get(f"/{ID}/?{name}={'9' * length}")
    assert answer.status_code == (200 if name == "utm_source" else 400)
    assert len(answer.data) < 150_000
    if answer.status_code == 400:
        assert len(answer.data) < 3_000
        assert f"{name}: " in answer.text


@pytest.mark.parametrize("name", ["known", "sources"])
def test_an_empty_choice_of_claims_is_refused_where_a_program_asks(
    client: FlaskClient, name: str
) -> None:
    items = f"/ogc/collections/{ID}.regions/items"
    for path in (f"/{ID}/regions.csv", f"/{ID}/feed.atom", items):
        answer = client.get(f"{path}?{name}=", headers={"Accept": "application/json"})
        assert answer.status_code == 400, path
        assert answer.get_json()["detail"] == f"{name}: is empty; give it a value or leave it out"
    # A form sends what its reader left empty.
    assert client.get(f"/{ID}/?{name}=").data == client.get(f"/{ID}/").data


def test_the_language_of_the_browser_is_followed_only_where_none_is_named(
    builtin: Dataset,
) -> None:
    client = create_app([builtin]).test_client()
    answer = client.get("/", headers={"Accept-Language": "tlh,en;q=0.5"})
    assert "Accept-Language" in answer.headers["Vary"]
    for empty in ("/?lang=", "/?lang=%20"):
        assert "Accept-Language" in client.get(empty).headers["Vary"]
    assert "Accept-Language" not in client.get("/?lang=en").headers.get("Vary", "")
    assert "Accept-Language" not in client.get(f"/{ID}/embed").headers.get("Vary", "")


def test_health_names_each_dataset_and_is_never_kept(app: Flask, builtin: Dataset) -> None:
    answer = app.test_client().get("/healthz")
    assert answer.json == {"status": "ok", "datasets": {ID: builtin.version}, "faults": {}}
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_route_is_declared_and_says_whether_others_may_read_it(app: Flask) -> None:
    declared = routes(app)
    assert len(declared) == len(list(app.url_map.iter_rules()))
    pages = {"/", "/<dataset_id>", "/<dataset_id>/", "/<dataset_id>/embed", "/healthz"}
    assert {path for path, route in declared.items() if not route.open} == pages
    assert [path for path, route in declared.items() if route.framed] == ["/<dataset_id>/embed"]
