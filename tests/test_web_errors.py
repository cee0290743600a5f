"""The web service: what cannot be answered gets its status and a sentence."""

from __future__ import annotations

import pytest
from addresses import DATA, ID, PAGES
from flask.testing import FlaskClient
from markup import Markup, text_of

from geomap.wording import words_in

JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


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
