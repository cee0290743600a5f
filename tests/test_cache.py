"""Finished responses: their tags, their compressed forms, and how much of them is kept."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
from datasets import META, write_dataset
from flask import Flask
from flask.testing import FlaskClient
from markup import Markup
from werkzeug.test import Client
from werkzeug.wrappers import Response

from geomap import sources as datasets
from geomap.core.dataset import Dataset
from geomap.web import Settings, create_app, server
from geomap.web.cache import ResponseCache
from geomap.web.parameters import Reads
from geomap.web.server import take_edit

ID = "handover-2020"
PATHS = ("/", f"/{ID}/embed", f"/{ID}/regions.geojson", f"/{ID}/claims.csv")
BIG = "x" * 1000


@pytest.fixture
def fresh(builtin: Dataset) -> FlaskClient:
    """A client of a service that has answered nothing yet."""
    return create_app([builtin]).test_client()


def decoded(answer: Any) -> bytes:
    """Return the bytes that an answer's encoding stands for."""
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
    return unpack[answer.headers.get("Content-Encoding")](answer.data)


@pytest.mark.parametrize("path", PATHS)
def test_every_encoding_holds_the_same_bytes_under_a_tag_of_its_own(
    fresh: FlaskClient, path: str
) -> None:
    answers = {
        encoding: fresh.get(path, headers={"Accept-Encoding": encoding})
        for encoding in ("identity", "gzip", "br")
    }
    plain = answers["identity"].data
    assert "Content-Encoding" not in answers["identity"].headers
    for encoding in ("gzip", "br"):
        assert answers[encoding].headers["Content-Encoding"] == encoding
        assert decoded(answers[encoding]) == plain
        assert len(answers[encoding].data) < len(plain) / 2
    tags = {answer.headers["ETag"] for answer in answers.values()}
    assert len(tags) == 3
    assert not any(tag.startswith("W/") for tag in tags)
    for answer in answers.values():
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", None),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("br; q=0.000 , GZIP;q=0.5", "gzip"),
        ("gzip;q=0, *", None),
        ("deflate", None),
        ("brotli,x-gzipped", None),
        (";;;,,=q", None),
    ],
)
def test_a_client_gets_only_what_it_accepts(
    client: FlaskClient, accepted: str, encoding: str | None
) -> None:
    answer = client.get("/", headers={"Accept-Encoding": accepted} if accepted else {})
    assert answer.headers.get("Content-Encoding") == encoding


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("form", ["{}", 'W/{}, "a"', '"a" , {} ,"b"', "W/{}", "*"])
def test_what_the_caller_has_is_not_sent_again(
    client: FlaskClient, path: str, method: str, form: str
) -> None:
    for encoding in ("gzip", ""):
        headers = {"Accept-Encoding": encoding}
        first = client.get(path, headers=headers)
        headers["If-None-Match"] = form.format(first.headers["ETag"])
        again = client.open(path, method=method, headers=headers)
        assert again.status_code == 304
        assert again.data == b""
        for name in ("ETag", "Vary", "Cache-Control", "Content-Security-Policy"):
            assert again.headers[name] == first.headers[name]
        assert "Content-Encoding" not in again.headers


@pytest.mark.parametrize("have", ['"a"', "", "W/", '"*"', 'x" , "'])
def test_what_the_caller_has_not_is_sent(client: FlaskClient, have: str) -> None:
    assert client.get("/", headers={"If-None-Match": have}).status_code == 200


def test_a_tag_is_not_taken_for_another_encoding(client: FlaskClient) -> None:
    tag = client.get("/", headers={"Accept-Encoding": "br"}).headers["ETag"]
    headers = {"Accept-Encoding": "gzip", "If-None-Match": tag}
    assert client.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_head_has_the_headers_of_get(fresh: FlaskClient, path: str) -> None:
    for encoding in ("br", "gzip", ""):
        for path_now in (path, f"{path}?date=2020-11-20"):
            head = fresh.head(path_now, headers={"Accept-Encoding": encoding})
            get = fresh.get(path_now, headers={"Accept-Encoding": encoding})
            assert dict(head.headers) == dict(get.headers)
            assert head.data == b""


def test_a_tag_changes_with_the_bytes_and_only_with_them(
    builtin: Dataset, make_dataset: Callable[..., Path]
) -> None:
    one, other = (create_app([builtin]).test_client() for _ in range(2))
    for path in PATHS:
        assert one.get(path).headers["ETag"] == other.get(path).headers["ETag"]
    days = ("2020-11-15", "2020-11-16", "2020-11-20", "2020-12-01")
    answers = [one.get(f"/{ID}/regions.geojson?date={day}") for day in days]
    by_tag = {answer.headers["ETag"]: answer.data for answer in answers}
    assert len(by_tag) == len({answer.data for answer in answers}) == len(days)
    same = one.get(f"/{ID}/regions.geojson?lang=en&date=2020-11-15")
    assert same.headers["ETag"] == answers[0].headers["ETag"]
    small, edited = make_dataset(), make_dataset(meta={"title": "Another title"})
    tags = [
        create_app([datasets.open(folder)]).test_client().get("/").headers["ETag"]
        for folder in (small, small, edited)
    ]
    assert tags[0] == tags[1] != tags[2]


def test_answers_may_be_kept_on_the_way(client: FlaskClient) -> None:
    for path in PATHS:
        assert client.get(path).headers["Cache-Control"].startswith("public, max-age=60")
    for path in ("/?date=x", "/atlantis/", f"/{ID}", "/healthz"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_static_files_never_change_under_their_name(client: FlaskClient) -> None:
    from geomap.web.assets import assets

    for hashed, content in assets().values():
        answer = client.get(f"/static/{hashed}")
        assert answer.data == content
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


class Counting:
    """A small app that counts how often it is asked, and a cache in front of it."""

    def __init__(self, limit: int = 100_000, key: Callable[[Any], Any] | None = None) -> None:
        self.asked: list[str] = []
        self.during: Callable[[], None] = lambda: None
        self.cache = ResponseCache(self.app, key or (lambda e: e["PATH_INFO"]), limit)
        self.client = Client(self.cache, Response)

    def app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        self.during()
        status = "404 Not Found" if path.startswith("/missing") else "200 OK"
        start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
        return iter([path.encode(), BIG.encode()])


def test_an_answer_is_made_once() -> None:
    counting = Counting()
    bodies = {counting.client.get("/a").data for _ in range(3)}
    counting.client.head("/a")
    counting.client.get("/a", headers={"Accept-Encoding": "gzip"})
    assert bodies == {b"/a" + BIG.encode()}
    assert counting.asked == ["/a"]


def test_errors_and_other_methods_are_not_kept() -> None:
    counting = Counting()
    for _ in range(2):
        assert counting.client.get("/missing").status_code == 404
        counting.client.post("/a")
    assert len(counting.asked) == 4


def test_the_table_is_bounded_and_forgets_the_least_used() -> None:
    counting = Counting(limit=40_000)
    for number in range(200):
        counting.client.get("/often")
        for encoding in ("br", "gzip", ""):
            counting.client.get(f"/{number}", headers={"Accept-Encoding": encoding})
        entries = counting.cache._table.values()
        assert sum(entry.size for entry in entries) == counting.cache._bytes <= 40_000
    assert counting.asked.count("/often") == 1
    assert len(counting.cache._table) < 30
    counting.client.get("/0")
    assert counting.asked.count("/0") == 2


def test_an_answer_larger_than_the_table_is_not_kept() -> None:
    counting = Counting(limit=3000)
    assert counting.client.get("/a").status_code == 200
    assert not counting.cache._table


def test_clearing_forgets_everything() -> None:
    counting = Counting()
    counting.client.get("/a")
    counting.cache.clear()
    assert counting.cache._bytes == 0
    counting.client.get("/a")
    assert counting.asked == ["/a", "/a"]


def test_an_answer_begun_before_an_edit_is_not_kept_after_it() -> None:
    counting = Counting()
    counting.during = counting.cache.clear
    counting.client.get("/a")
    counting.during = lambda: None
    counting.client.get("/a")
    counting.client.get("/a")
    assert counting.asked == ["/a", "/a"]


def table(app: Flask) -> Any:
    """Return the cache in front of an app."""
    return app.wsgi_app


def test_parameters_and_headers_of_others_do_not_fill_the_table(builtin: Dataset) -> None:
    app = create_app([builtin])
    client = app.test_client()
    client.get("/")
    for number in range(50):
        client.get(f"/?utm_source={number}&q={number}")
        client.get("/", headers={"Accept-Language": f"en, x{number};q=0.1"})
        client.get("/", headers={"User-Agent": str(number), "Cookie": f"a={number}"})
    assert len(table(app)._table) == 1
    for number in range(50):
        client.get("/", headers={"Host": f"evil{number}.example"})
        client.get(f"/{number}/")
        client.get(f"/?date={number}")
    # One more: the page whose links are relative, for all hosts that nobody vouched for.
    assert len(table(app)._table) == 2


def test_what_a_view_does_not_read_does_not_fill_the_table(builtin: Dataset) -> None:
    app = create_app([builtin])
    client = app.test_client()
    pages = ("/embed.js?date=x{}", "/?url=x{}", "/openapi.json?date={}", f"/{ID}/map.svg?bbox={{}}")
    for number in range(30):
        for page in pages:
            assert client.get(page.format(number)).status_code == 200
        client.get(f"/{ID}/claims.csv", headers={"Host": f"localhost:{number}"})
    assert len(table(app)._table) == len(pages) + 1
    for number in range(1000, 1030):
        page = client.get("/", headers={"Host": f"localhost:{number}"})
        assert f"http://localhost:{number}/" in page.text
    assert len(table(app)._table) < 20


def test_a_list_of_datasets_is_kept_once(
    builtin: Dataset, make_dataset: Callable[..., Path]
) -> None:
    app = create_app([builtin, datasets.open(make_dataset())])
    for number in range(9):
        assert app.test_client().get(f"/?date=x{number}").status_code == 200
    assert len(table(app)._table) == 1


def test_every_parameter_that_the_description_names_counts(builtin: Dataset) -> None:
    app = create_app([builtin])
    document = app.test_client().get("/openapi.json").json
    assert document is not None
    shared = document["components"]["parameters"]
    adapter = app.url_map.bind("localhost")
    for path, item in document["paths"].items():
        named = [
            shared[p["$ref"].split("/")[-1]] if "$ref" in p else p
            for p in item["get"]["parameters"]
        ]
        endpoint, _ = adapter.match(path.replace("{", "").replace("}", ""))
        read = getattr(app.view_functions[endpoint], "reads", Reads()).parameters
        assert read is None or {p["name"] for p in named if p["in"] == "query"} <= read, path


def test_answers_in_two_languages_or_sizes_are_two(builtin: Dataset) -> None:
    client = create_app([builtin]).test_client()
    asked = [{"Accept-Language": "ru"}, {"Accept-Language": "hy"}, {}]
    for _ in range(2):
        pages = [client.get("/", headers=headers) for headers in asked]
        assert [Markup(page.text).one("html")["lang"] for page in pages] == ["ru", "hy", "en"]
        assert len({page.data for page in pages}) == 3
        assert len({page.headers["ETag"] for page in pages}) == 3
    sizes = ("", "?width=700", "?height=500", "?width=700&height=500")
    assert len({client.get(f"/{ID}/map.svg{size}").data for size in sizes}) == 4


def test_long_queries_are_answered_but_not_kept(builtin: Dataset) -> None:
    app = create_app([builtin])
    sources = ",".join(["ap-2020-11-30"] * 500)
    assert app.test_client().get(f"/{ID}/claims.csv?sources={sources}").status_code == 200
    assert not table(app)._table


def test_the_operators_limit_holds(builtin: Dataset) -> None:
    app = create_app([builtin], Settings(cache_bytes=700_000))
    client = app.test_client()
    for day in range(1, 30):
        client.get(f"/?date=2020-11-{day:02}", headers={"Accept-Encoding": "gzip"})
    assert 0 < len(table(app)._table) < 8
    assert table(app)._bytes <= 700_000


def edit(folder: Path, **meta: Any) -> None:
    write_dataset(folder, meta={**META, **meta})


def test_a_sound_edit_is_served_at_once(make_dataset: Callable[..., Path]) -> None:
    folder = make_dataset()
    app = create_app([datasets.open(folder)])
    client = app.test_client()
    before = client.get("/")
    edit(folder, title="A new title")
    assert client.get("/").data == before.data
    take_edit(app.extensions["geomap"], "test", str(folder))
    after = client.get("/")
    assert "A new title" in after.text
    assert after.headers["ETag"] != before.headers["ETag"]
    health = client.get("/healthz").json
    assert health is not None
    assert health["status"] == "ok"
    assert health["datasets"] == {"test": datasets.open(folder).version}


def test_a_broken_edit_takes_nothing_down(
    make_dataset: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    folder = make_dataset()
    app = create_app([datasets.open(folder)])
    client, site = app.test_client(), app.extensions["geomap"]
    before = client.get("/").data
    good = (folder / "actors.csv").read_bytes()
    (folder / "actors.csv").write_text("id,name\nnorth,the North\n")
    take_edit(site, "test", str(folder))
    assert client.get("/").data == before
    assert client.get("/test/regions.geojson").status_code == 200
    health = client.get("/healthz").json
    assert health is not None
    assert health["status"] == "degraded"
    (fault,) = health["faults"].values()
    assert "actors.csv, row 1, column colour: is missing from the header" in fault
    assert "column colour: is missing" in caplog.text
    assert str(folder.parent) not in str(health)
    (folder / "actors.csv").write_bytes(good)
    take_edit(site, "test", str(folder))
    assert client.get("/healthz").json == {
        "status": "ok",
        "datasets": {"test": datasets.open(folder).version},
        "faults": {},
    }


def test_a_folder_that_is_gone_takes_nothing_down(make_dataset: Callable[..., Path]) -> None:
    folder = make_dataset()
    app = create_app([datasets.open(folder)])
    folder.rename(folder.with_name("elsewhere"))
    take_edit(app.extensions["geomap"], "test", str(folder))
    assert app.test_client().get("/").status_code == 200
    health = app.test_client().get("/healthz").json
    assert health is not None
    assert health["status"] == "degraded"


def test_faults_of_folders_of_one_name_are_two(make_dataset: Callable[..., Path]) -> None:
    folders = {id: make_dataset(meta={"id": id}) for id in ("first", "second")}
    paths = {id: folder.rename(folder.with_name(id)) / "map" for id, folder in folders.items()}
    for id, path in paths.items():
        write_dataset(path, meta={**META, "id": id})
    app = create_app([datasets.open(path) for path in paths.values()])
    site, client = app.extensions["geomap"], app.test_client()
    for id, path in paths.items():
        (path / "actors.csv").unlink()
        take_edit(site, id, str(path))
    health = client.get("/healthz").json
    assert health is not None
    assert list(health["faults"]) == ["first", "second"]
    write_dataset(paths["first"], meta={**META, "id": "first"})
    take_edit(site, "first", str(paths["first"]))
    assert list(site.faults) == ["second"]
    # Nor does an edit take the address of the other.
    write_dataset(paths["second"], meta={**META, "id": "first", "title": "Usurper"})
    take_edit(site, "second", str(paths["second"]))
    assert "Usurper" not in client.get("/first/").text


def test_a_folder_that_is_being_replaced_does_not_end_the_watch(
    make_dataset: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_dataset()
    site = create_app([datasets.open(folder)]).extensions["geomap"]
    looks: list[int] = []

    def stamp(path: Path) -> Any:
        looks.append(1)
        if len(looks) < 3:
            raise FileNotFoundError(path)
        return len(looks)

    monkeypatch.setattr(server, "_stamp", stamp)
    monkeypatch.setattr(server, "_LOOK_EVERY", 0.01)
    edited = threading.Event()
    monkeypatch.setattr(server, "take_edit", lambda *_: edited.set())
    server.follow_edits(site, {"test": str(folder)})
    assert edited.wait(10)


def test_an_edited_id_leaves_no_old_dataset_behind(make_dataset: Callable[..., Path]) -> None:
    folder = make_dataset()
    app = create_app([datasets.open(folder)])
    edit(folder, id="renamed")
    take_edit(app.extensions["geomap"], "test", str(folder))
    client = app.test_client()
    health = client.get("/healthz").json
    assert health is not None
    # The addresses that readers have must go on working, so the old name is kept until a restart.
    assert list(health["datasets"]) == ["test"]
    assert "renamed" in str(health["faults"])
    assert client.get("/test/").status_code == 200
