"""The web service's addresses: what each answers, and what it says to a wrong question."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markup import Markup, text_of
from werkzeug.test import create_environ, run_wsgi_app

from geomap import sources as datasets
from geomap.check.names import RESERVED_IDS
from geomap.core.dataset import Dataset
from geomap.errors import BadSetting, DatasetError
from geomap.formats import FORMATS
from geomap.web import Settings, create_app
from geomap.web.route import reserved_names, routes
from geomap.wording import words_in

ID = "handover-2020"
SLOW = (".mp4", ".gif", ".pmtiles", ".html", ".parquet", ".pdf")
PAGES = ("/", f"/{ID}/", f"/{ID}/embed")
TABLES = tuple(
    f"/{ID}/{name}.{ending}"
    for name in ("claims", "events", "reports", "sources", "actors")
    for ending in ("csv", "json")
)
DATA = (f"/{ID}/regions.geojson", f"/{ID}/regions.csv", *TABLES)
EVERYTHING = (*PAGES, *DATA, "/healthz")
JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def sentences(html: str) -> dict[str, str]:
    """Return what the reader's page says of each region."""
    names = text_of(html, "button", class_="card-name")
    return dict(zip(names, text_of(html, "div", class_="card-text"), strict=True))


@pytest.fixture
def two(builtin: Dataset, make_dataset: Callable[..., Path]) -> FlaskClient:
    """A client of a site with two datasets."""
    small = datasets.open(make_dataset(meta={"title": "Hill & vale", "summary": "Two <places>."}))
    return create_app([builtin, small]).test_client()


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


@pytest.mark.parametrize(
    ("lang", "title"),
    [("az", "Excel iş kitabı"), ("hy", "Excel աշխատագիրք"), ("ru", "Книга Excel")],
)
def test_the_workbook_has_a_name_in_each_language(
    client: FlaskClient, lang: str, title: str
) -> None:
    page = client.get(f"/{ID}/?lang={lang}").text
    assert title in page
    assert "Excel workbook" not in page


def test_claims_and_events_follow_the_clock(client: FlaskClient, builtin: Dataset) -> None:
    def rows(path: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(client.get(path).data.decode("utf-8-sig"))))

    assert len(rows(f"/{ID}/claims.csv")) == len(builtin.ledger.claims)
    truce_only = rows(f"/{ID}/claims.csv?known=2020-11-10")
    assert {row["source"] for row in truce_only} == {"truce-2020-11-10"}
    spans = {row["id"]: row["date"] for row in rows(f"/{ID}/events.csv?sources=ap-2020-11-30")}
    assert spans["kalbajar-handover"] == "[2020-11-15..2020-11-25]"


def test_the_data_package_leads_to_tables_as_it_describes_them(client: FlaskClient) -> None:
    address = f"/{ID}/datapackage.json"
    resources = client.get(address).json["resources"]
    assert len(resources) == 6
    for resource in resources:
        answer = client.get(urljoin(address, resource["path"]))
        assert answer.status_code == 200
        assert answer.mimetype == resource["mediatype"]
        if resource["format"] != "csv":
            continue
        header = next(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert header == [field["name"] for field in resource["schema"]["fields"]]


def test_sources_follow_the_clock_and_actors_do_not(client: FlaskClient) -> None:
    def ids(name: str) -> list[str]:
        query = "known=2020-11-15&sources=truce-2020-11-10,ap-2020-11-20"
        return [row["id"] for row in client.get(f"/{ID}/{name}.json?{query}").json[name]]

    assert ids("sources") == ["truce-2020-11-10"]
    assert ids("actors") == ["azerbaijan", "armenian-forces", "russian-peacekeepers"]


def test_reports_follow_the_clock_and_the_sources(client: FlaskClient, builtin: Dataset) -> None:
    def sources(query: str = "") -> set[str]:
        document = client.get(f"/{ID}/reports.json", query_string=query).json
        return {row["source"] for row in document["reports"]}

    assert sources() == {report.source for report in builtin.ledger.reports}
    assert sources("known=2020-11-21") == {"rw-2020-11-21"}
    assert sources("sources=trend-2020-11-20") == set()


def test_the_page_links_reports_only_where_there_are_some(
    client: FlaskClient, two: FlaskClient
) -> None:
    shown = client.get(f"/{ID}/", query_string={"known": "2020-11-21"}).text
    assert f'href="/{ID}/reports.csv?known=2020-11-21"' in shown
    assert "reports.csv" not in two.get("/test/").text


WRONG = [
    ("date=yesterday", "date", "'yesterday' is not a day; write it as 2020-11-25"),
    ("date=2020-02-30", "date", "there is no such day"),
    ("date=2020-12-02", "date", "outside 2020-09-27 to 2020-12-01"),
    ("date=2020-09-26", "date", "outside 2020-09-27 to 2020-12-01"),
    ("known=2020", "known", "write it as 2020-11-25"),
    ("sources=reuters", "sources", "there is no source 'reuters'; this dataset has ap-2020-11-30"),
    ("sources=ap-2020-11-30,", "sources", "there is no source ''"),
    ("lang=xx", "lang", "takes one of"),
    ("theme=pink", "theme", "takes one of auto, light, dark"),
    ("controls=all", "controls", "takes one of full, slider, none"),
    ("date=2020-11-20&date=2020-11-21", "date", "given more than once"),
    ("known=2020-11-20&known=2020-11-21", "known", "given more than once"),
    ("lang=en&lang=en", "lang", "given more than once"),
]


READ = {
    **dict.fromkeys(PAGES, ("date", "known", "sources", "lang", "theme", "controls")),
    f"/{ID}/regions.geojson": ("date", "known", "sources", "lang"),
    f"/{ID}/claims.csv": ("known", "sources"),
}
CASES = [(path, *wrong) for path, read in READ.items() for wrong in WRONG if wrong[1] in read]
IGNORED = [
    (path, *wrong[:2]) for path, read in READ.items() for wrong in WRONG if wrong[1] not in read
]


@pytest.mark.parametrize(("path", "query", "parameter"), IGNORED)
def test_what_an_address_does_not_read_is_ignored(
    client: FlaskClient, path: str, query: str, parameter: str
) -> None:
    assert client.get(f"{path}?{query}").data == client.get(path).data


@pytest.mark.parametrize(("path", "query", "parameter", "sentence"), CASES)
def test_a_wrong_parameter_gets_a_sentence(
    client: FlaskClient, path: str, query: str, parameter: str, sentence: str
) -> None:
    page = client.get(f"{path}?{query}", headers=HTML)
    assert (page.status_code, page.mimetype) == (400, "text/html")
    (said,) = text_of(page.text, "p", class_="headline")
    assert said.startswith(f"{parameter}: ")
    assert sentence in said
    problem = client.get(f"{path}?{query}", headers=JSON)
    assert (problem.status_code, problem.mimetype) == (400, "application/problem+json")
    assert problem.json is not None
    assert problem.json["status"] == 400
    assert problem.json["parameter"] == parameter
    assert sentence in problem.json["detail"]
    for answer in (page, problem):
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_program_that_names_no_type_gets_the_kind_that_it_asked_for(client: FlaskClient) -> None:
    assert client.get(f"/{ID}/regions.geojson?date=x").mimetype == "application/problem+json"
    assert client.get(f"/{ID}/?date=x").mimetype == "text/html"
    anything = {"Accept": "*/*"}
    data = client.get(f"/{ID}/regions.csv?date=x", headers=anything)
    assert data.mimetype == "application/problem+json"
    assert client.get(f"/{ID}/?date=x", headers=anything).mimetype == "text/html"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html;q=0.1, application/json", "application/problem+json"),
        ("text/html;q=0, */*", "application/problem+json"),
        ("application/json;q=0.5, text/html", "text/html"),
        ("text/*", "text/html"),
    ],
)
def test_an_error_has_the_kind_that_a_program_likes_best(
    client: FlaskClient, accept: str, kind: str
) -> None:
    for path in (f"/{ID}/", f"/{ID}/regions.geojson", "/ogc/collections"):
        assert client.get(f"{path}?date=x&bbox=x", headers={"Accept": accept}).mimetype == kind


@pytest.mark.parametrize("language", ["ru", "hy", "az"])
def test_an_error_speaks_the_language_of_the_page(client: FlaskClient, language: str) -> None:
    words = words_in(language)
    for path in (f"/{ID}/?date=x", f"/{ID}/?date=1999-01-01", "/?known=x", "/atlantis/", "/a/b/c"):
        accepted = client.get(path, headers={"Accept-Language": language, **HTML})
        asked = client.get(f"{path}{'&' if '?' in path else '?'}lang={language}", headers=HTML)
        for answer in (accepted, asked):
            page = Markup(answer.text)
            assert page.one("html")["lang"] == language
            (title,) = text_of(answer.text, "h1")
            assert title == words.say(
                "Not found" if answer.status_code == 404 else "This request cannot be answered"
            )
            assert words.say("To the map") in answer.text
            assert page.one("p", class_="headline").attributes.get("lang") != "en"
        assert f'href="/?lang={language}"' in asked.text
    (said,) = text_of(client.get(f"/{ID}/?date=x&lang={language}").text, "p", class_="headline")
    assert "2020" in said
    assert client.get(f"/{ID}/?date=x", headers=JSON | {"Accept-Language": language}).json == (
        client.get(f"/{ID}/?date=x", headers=JSON).json
    )
    embed = client.get(f"/{ID}/embed?date=x", headers={"Accept-Language": language})
    assert Markup(embed.text).one("html")["lang"] == "en"


@pytest.mark.parametrize(
    "path",
    [*DATA, f"/{ID}/map.svg", "/oembed", f"/{ID}/feed.atom", "/openapi.json", "/ogc/collections"],
)
def test_scripts_of_other_sites_may_ask_for_open_data_and_read_why_not(
    client: FlaskClient, path: str
) -> None:
    asked = client.options(path)
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert asked.headers["Access-Control-Max-Age"] == "86400"
    for answer in (asked, client.get(path), client.get(f"{path}?lang=x&url=x", headers=HTML)):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for own in (*PAGES, "/healthz"):
        assert "Access-Control-Allow-Origin" not in client.get(own).headers
        assert "Access-Control-Allow-Methods" not in client.options(own).headers


@pytest.mark.parametrize("path", [f"/{ID}/regions.geojson", f"/{ID}/regions.csv"])
@pytest.mark.parametrize("query", ["bbox=1,2,3", "simplify=-1", "bbox=1,1,2,2&bbox=1,1,2,2"])
def test_a_wrong_box_or_tolerance_is_refused(client: FlaskClient, path: str, query: str) -> None:
    answer = client.get(f"{path}?{query}", headers=JSON)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/atlantis/", "there is no dataset of that name here; there is: handover-2020"),
        ("/atlantis", "there is no dataset of that name here"),
        ("/atlantis/embed", "there is no dataset of that name here"),
        ("/atlantis/regions.geojson", "there is no dataset of that name here"),
        ("/atlantis/claims.csv", "there is no dataset of that name here"),
        (f"/{ID}/regions.doc", "there are "),
        (f"/{ID}/regions.", "there is no"),
        (f"/{ID}/regions.shp.zip/more", "there is no format"),
        (f"/{ID}/claims.xml", "csv"),
        (f"/{ID}/events.xml", "csv"),
        (f"/{ID}/nothing", "there is no page at this address"),
        (f"/{ID}/embed/", "there is no page at this address"),
        ("/static/geomap.js", "there is no such file"),
        ("/static/../cli.py", "there is no"),
        ("/static/%2e%2e%2fcli.py", "there is no"),
        ("/wp-login.php", "there is no"),
        ("/%00", "there is no"),
        ("/%ff%fe/", "there is no"),
    ],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str, sentence: str) -> None:
    page = client.get(path, headers=HTML)
    assert page.status_code == 404
    assert sentence in text_of(page.text, "p", class_="headline")[0]
    problem = client.get(path, headers=JSON)
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")


def test_errors_of_data_can_be_read_by_other_sites(client: FlaskClient) -> None:
    answer = client.get(f"/{ID}/regions.geojson?date=x")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


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


@pytest.mark.parametrize("path", [*PAGES, f"/{ID}"])
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", 'a"><script>', "localhost:evil", "q w"]
)
def test_a_forged_host_is_in_no_link(builtin: Dataset, path: str, host: str) -> None:
    answer = create_app([builtin]).test_client().get(path, headers={"Host": host})
    assert answer.status_code in (200, 308, 400)
    assert host not in answer.text
    assert "evil" not in str(answer.headers)


@pytest.mark.parametrize("settings", [Settings(), Settings(base_url="https://example.org/maps")])
@pytest.mark.parametrize("path", ["//", f"/{ID}//", f"//{ID}//embed", "/ogc//collections", "//ogc"])
def test_a_forged_host_is_in_no_redirect(builtin: Dataset, settings: Settings, path: str) -> None:
    # A client would take // at the start for a host of its own, so the app is called directly.
    environ = create_environ("/", headers={"Host": "evil.example"}) | {
        "PATH_INFO": path,
        "QUERY_STRING": "lang=en",
    }
    body, status, headers = run_wsgi_app(create_app([builtin], settings).wsgi_app, environ)
    assert status.startswith(("301", "308", "404", "200")), status
    assert b"evil" not in b"".join(body)
    assert "evil" not in str(headers)
    location = headers.get("Location")
    assert location is None or (location[0] == "/" and location[:2] != "//")
    if "//" in path and status.startswith("308"):
        assert str(location).endswith("?lang=en")


@pytest.mark.parametrize("host", ["localhost:8123", "127.0.0.1", "[::1]:8000"])
def test_an_own_host_makes_links_absolute(builtin: Dataset, host: str) -> None:
    answer = create_app([builtin]).test_client().get("/", headers={"Host": host})
    assert Markup(answer.text).one("link", rel="canonical")["href"] == f"http://{host}/{ID}/"


def test_the_base_url_is_in_every_absolute_link(builtin: Dataset) -> None:
    settings = Settings(base_url="https://maps.example.org")
    client = create_app([builtin], settings).test_client()
    for path in PAGES:
        answer = client.get(path, headers={"Host": "evil.example"})
        assert "evil" not in answer.text
        canonical = Markup(answer.text).one("link", rel="canonical")
        assert canonical["href"] == f"https://maps.example.org/{ID}/"


@pytest.mark.parametrize("kept", [True, False], ids=["prefix kept", "prefix taken off"])
def test_a_base_url_with_a_path_is_in_every_link(builtin: Dataset, kept: bool) -> None:
    # A proxy in front may hand on the whole path or take its own part off.
    settings = Settings(base_url="https://example.org/news/maps/")
    client = create_app([builtin], settings).test_client()
    inside = "/news/maps" if kept else ""
    seen: set[str] = set()
    for path in PAGES if kept else PAGES[:1]:
        page = Markup(client.get(inside + path).text)
        assert page.one("link", rel="canonical")["href"] == f"https://example.org/news/maps/{ID}/"
        own = [a for a in page.addresses if a.startswith("/")]
        assert own
        assert [a for a in own if not a.startswith("/news/maps/")] == []
        for address in {*own} - seen:
            seen.add(address)
            if address.partition("?")[0].endswith(SLOW):  # another test follows them
                continue
            asked = address if kept else address.removeprefix("/news/maps")
            assert client.get(asked).status_code == 200
    moved = client.get(f"{inside}/{ID}?date=2020-11-20")
    assert moved.headers["Location"] == f"/news/maps/{ID}/?date=2020-11-20"


@pytest.mark.parametrize(
    "url",
    [
        *("maps.example.org", "ftp://example.org", "https://", "javascript:", "https://a.b/ c"),
        *(
            "https://a.b:99999",
            "https://[::1",
            "https://me:pw@a.b",
            "https://a.b/?c",
            "https://a.b#c",
        ),
        *("https://a.b/\r\nX-Y: z", 'https://a.b/"><script>', "https://a.b\\c"),
    ],
)
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(
        BadSetting, match=r"base-url: .* is no address of a site; write it as https"
    ):
        Settings(base_url=url)


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "https://[fd00::1]:81/a/b/", "https://a.b/"]
)
def test_a_base_url_may_have_a_port_and_a_path(url: str) -> None:
    assert Settings(base_url=url).base_url == url


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
