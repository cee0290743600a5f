"""Finished responses: their tags, their compressed forms, and how much of them is kept."""

from __future__ import annotations

import gc
import gzip
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
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
from geomap.web import Settings, create_app
from geomap.web.cache import ResponseCache

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

    def __init__(
        self, limit: int = 100_000, key: Callable[[Any], Any] | None = None, **options: Any
    ) -> None:
        self.asked: list[str] = []
        self.during: Callable[[], None] = lambda: None
        self.cache = ResponseCache(
            self.app, key or (lambda e: e["PATH_INFO"]), limit, lambda media_type: True, **options
        )
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


@pytest.mark.parametrize(("status", "asked"), [("200 OK", 1), ("503 Service Unavailable", 8)])
def test_eight_who_ask_at_once_share_one_answer_but_no_error(status: str, asked: int) -> None:
    calls = []
    all_wait = threading.Barrier(8)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        calls.append(environ["PATH_INFO"])
        if len(calls) == 1:
            time.sleep(0.3)  # the others come meanwhile
        start_response(status, [("Content-Type", "text/plain")])
        return [BIG.encode()]

    cache = ResponseCache(app, lambda environ: environ["PATH_INFO"], 10**6, lambda _: False)

    def ask(_: int) -> tuple[int, bytes]:
        all_wait.wait()
        answer = Client(cache, Response).get("/a")
        return answer.status_code, answer.data

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(ask, range(8)))
    assert answers == {(int(status[:3]), BIG.encode())}
    assert len(calls) == asked


def test_errors_and_other_methods_are_not_kept() -> None:
    counting = Counting()
    for _ in range(2):
        assert counting.client.get("/missing").status_code == 404
        counting.client.post("/a")
    assert len(counting.asked) == 4


def test_the_cache_is_bounded_and_drops_the_least_used() -> None:
    counting = Counting(limit=40_000)
    for number in range(200):
        counting.client.get("/often")
        for encoding in ("br", "gzip", ""):
            counting.client.get(f"/{number}", headers={"Accept-Encoding": encoding})
        assert counting.cache.size <= 40_000
    assert counting.asked.count("/often") == 1
    assert 5 < len(counting.cache) < 20
    counting.client.get("/0")
    assert counting.asked.count("/0") == 2


def test_the_number_of_entries_is_bounded() -> None:
    counting = Counting(limit=10**9, most_entries=10)
    for number in range(50):
        counting.client.get(f"/{number}")
    assert len(counting.cache) == 10


def test_keys_and_headers_count_as_bodies_do() -> None:
    long = Counting(limit=10**6, key=lambda e: (e["PATH_INFO"], ("x" * 10_000, e["PATH_INFO"])))
    for number in range(300):
        long.client.get(f"/{number}")
    assert len(long.cache) < 100
    assert long.cache.size <= 10**6


def test_an_answer_larger_than_the_cache_is_not_kept() -> None:
    counting = Counting(limit=3000)
    assert counting.client.get("/a").status_code == 200
    assert len(counting.cache) == 0


def test_clearing_forgets_everything() -> None:
    counting = Counting()
    counting.client.get("/a")
    counting.cache.clear()
    assert counting.cache.size == 0
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


def entries(app: Flask) -> int:
    """Return how many answers are cached in front of an app."""
    cache: Any = app.wsgi_app
    return len(cache)


def test_parameters_and_headers_of_others_make_no_entries(builtin: Dataset) -> None:
    app = create_app([builtin])
    client = app.test_client()
    client.get("/")
    for number in range(50):
        client.get(f"/?utm_source={number}&q={number}")
        client.get("/", headers={"Accept-Language": f"en, x{number};q=0.1"})
        client.get("/", headers={"User-Agent": str(number), "Cookie": f"a={number}"})
    assert entries(app) == 1
    for number in range(50):
        client.get("/", headers={"Host": f"evil{number}.example"})
        client.get(f"/{number}/")
        client.get(f"/?date={number}")
    # One more: the page whose links are relative, for all hosts that are not trusted.
    assert entries(app) == 2


SAME = {
    f"/{ID}/": [
        *("?date=", "?d%61te=+", "?theme=auto", "?th%65me=%61uto"),
        *("?known=", "?sources=", "?controls=full&theme=auto", "?date="),
    ],
    f"/{ID}/regions.csv": [
        "?lang=en",
        "?theme=x",
        "?bbox=",
        "?simplify=0",
        "?date=2020-11-30&lang=en",
    ],
    f"/{ID}/claims.csv?sources=ap-2020-11-20,ap-2020-11-30": [
        "&date=2020-11-20",
        "&lang=hy&theme=dark",
        "&sources=ap-2020-11-30" * 88,
        "," + ",".join(["ap-2020-11-20"] * 88),
    ],
    f"/{ID}/map.svg": ["?width=", "?rest=2.4", "?bbox=1,2,3,4"],
    "/ogc/collections/handover-2020.regions/items?limit=10&sources=ap-2020-11-30": [
        "&sources=ap-2020-11-30",
        "&f=",
    ],
    "/embed.js": ["?date=x"],
    "/openapi.json": ["?date=x", "?url=x"],
}


@pytest.mark.parametrize("path", SAME)
def test_different_addresses_of_one_answer_share_an_entry(builtin: Dataset, path: str) -> None:
    app = create_app([builtin])
    client = app.test_client()
    first = client.get(path)
    assert first.status_code == 200
    for more in SAME[path]:
        answer = client.get(path + more)
        assert (answer.status_code, answer.data) == (200, first.data), more
    assert entries(app) == 1


def test_what_a_table_does_not_read_makes_no_entry(builtin: Dataset) -> None:
    app = create_app([builtin])
    tables = ("claims", "events", "reports", "sources", "actors")
    for name, host in product(tables, ("localhost:1", "a.b")):
        for query in ("", "?date=2020-11-20", "?lang=hy", "?theme=dark", "?controls=none"):
            address = f"/{ID}/{name}.csv{query}"
            assert app.test_client().get(address, headers={"Host": host}).status_code == 200
    assert entries(app) == len(tables)


def test_addresses_that_differ_when_decoded_are_two(builtin: Dataset) -> None:
    app = create_app([builtin])
    client = app.test_client()
    texts = ("%25", "%2525", "%ff", "%fe", "%C3%BF", "a+b", "a%2Bb")
    items = "/ogc/collections/handover-2020.regions/items"
    bodies = {client.get(f"{items}?name={text}").data for text in texts}
    assert len(bodies) == entries(app) == len(texts)
    assert client.get(f"/{ID}/regions%2Ecsv").data == client.get(f"/{ID}/regions.csv").data
    assert client.get(f"/{ID}/regions%252Ecsv").status_code == 404


def test_made_up_ports_do_not_push_out_the_real_host_for_long(builtin: Dataset) -> None:
    app = create_app([builtin])
    client = app.test_client()
    for number in range(1, 60):
        page = client.get(f"/{ID}/embed", headers={"Host": f"localhost:{number}"})
        assert f"http://localhost:{number}/" in page.text
    before = entries(app)
    first = client.get(f"/{ID}/embed", headers={"Host": "localhost:8000"})
    assert "http://localhost:8000/" in first.text
    assert client.get(f"/{ID}/embed", headers={"Host": "localhost:8000"}).data == first.data
    assert entries(app) == before + 1


def test_refused_requests_leave_nothing_behind(builtin: Dataset) -> None:
    app = create_app([builtin])
    client = app.test_client()
    items = "/ogc/collections/handover-2020.regions/items"

    def ask(number: int) -> None:
        names = "&".join(f"x{number}_{n}={n}" for n in range(200))
        assert client.get(f"{items}?{names}").status_code == 400
        encoding = ",".join(f"e{number}_{n}" for n in range(500))
        client.get(f"/{ID}/claims.csv", headers={"Accept-Encoding": encoding})

    sizes = []
    tracemalloc.start()
    for start in (0, 150):  # the first round fills the caches of the libraries, which are bounded
        for number in range(start, start + 150):
            ask(number)
        gc.collect()
        sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert sizes[1] - sizes[0] < 200_000
    assert entries(app) == 1


def test_a_list_of_datasets_is_cached_once(
    builtin: Dataset, make_dataset: Callable[..., Path]
) -> None:
    app = create_app([builtin, datasets.open(make_dataset())])
    for number in range(9):
        assert app.test_client().get(f"/?date=x{number}&lang=zz").status_code == 200
    assert entries(app) == 1


def test_a_page_from_the_cache_does_not_touch_flask(builtin: Dataset) -> None:
    app = create_app([builtin])
    client = app.test_client()
    client.get("/")
    asked: list[str] = []
    app.before_request_funcs.setdefault(None, []).append(lambda: asked.append("x"))
    assert client.get("/").status_code == 200
    assert asked == []
    client.get("/?date=2020-11-20")
    assert asked == ["x"]


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


def test_the_operators_limit_holds(builtin: Dataset) -> None:
    app = create_app([builtin], Settings(cache_bytes=700_000))
    client = app.test_client()
    for day in range(1, 30):
        client.get(f"/?date=2020-11-{day:02}", headers={"Accept-Encoding": "gzip"})
    assert 0 < entries(app) < 8


def test_an_edited_dataset_is_served_at_once(make_dataset: Callable[..., Path]) -> None:
    folder = make_dataset()
    app = create_app([datasets.open(folder)])
    client = app.test_client()
    before = client.get("/")
    assert client.get("/?date=2021-03-10").status_code == 200
    write_dataset(folder, meta={**META, "title": "A new title", "date": "2021-03-10"})
    app.extensions["geomap"].replace(datasets.open(folder))
    after = client.get("/")
    assert "A new title" in after.text
    assert after.headers["ETag"] != before.headers["ETag"]
    assert "A new title" in client.get("/?date=2021-03-10").text
