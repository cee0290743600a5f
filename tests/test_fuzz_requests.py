"""Requests that nobody would write by hand: none is a fault of ours, and none changes the answer to
another.

`make test` asks a few hundred; `make fuzz` twenty thousand of the first kind, and thousands from the
description of the service.
"""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes

import pytest
import schemathesis
from datasets import claim, write_dataset
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from raw import request, send
from serving import Service
from test_openapi import SCHEMA, call
from werkzeug.test import create_environ, run_wsgi_app

from geomap import sources
from geomap.core.dataset import Dataset
from geomap.web import Settings, create_app

FEW = 120
"""Examples in `make test`; the profile `long` has its own number."""
EVIL = "evil.example"
BUILTIN = "handover-2020"
QUOTE = "\"'<script>{{7*7}}</script>"
Headers = dict[str, str]
Answer = tuple[int, bytes, Headers]


def settled(*names: str) -> st.SearchStrategy[str]:
    return st.sampled_from(names)


# --- What is asked -------------------------------------------------------------------------------

ODD = settled(
    *(
        "",
        " ",
        ".",
        "..",
        "%00",
        "%2e%2e",
        "%2f",
        "%5c",
        "\\",
        ";x=1",
        "%ff%fe",
        "%c0%ae",
        "//",
        "~",
        "*",
    ),
    *("%0d%0aX:%20y", "%E2%80%AE", quote(QUOTE), "a" * 3000, "%ud800", "%", "%zz", "%25", "%252e"),
)
ENDINGS = settled(
    "geojson", "csv", "json", "topojson", "xlsx", "atom", "ics", "svg", "html", "qml", "x", ""
)
PLACES = settled(
    *("", "/", "/test", "/test/", "/test/embed", "/other/", "/nowhere/", "/oembed", "/healthz"),
    *("/openapi.json", "/ogc", "/ogc/", "/ogc/api", "/ogc/collections", "/ogc/conformance"),
    *("/ogc/collections/test.regions", "/ogc/collections/test.events/items", "/embed.js"),
    *("/ogc/collections/test.regions/items", "/ogc/collections/test.regions/items/hill"),
    *("/ogc/collections/test.regions/queryables", "/ogc/collections/other.regions/schema"),
    *("/robots.txt", "/sitemap.xml", "/static/geomap.js", "/schema/row.json", "/favicon.ico"),
)
FILES = st.builds(
    "/test/{}.{}".format,
    settled(
        "regions", "history", "context", "claims", "events", "feed", "handovers", "style", "oembed"
    ),
    ENDINGS,
)
PATHS = st.one_of(
    PLACES,
    FILES,
    st.builds("{}{}".format, st.one_of(PLACES, FILES), ODD),
    st.builds("/{}{}".format, ODD, PLACES),
    st.binary(max_size=12).map(lambda raw: f"/{quote_from_bytes(raw)}"),
)
DAYS = settled(
    "2021-03-15", "2021-03-31", "latest", "2021-03", "1999-01-01", "2021-02-30", "0", "9" * 400
)
VALUES = st.one_of(
    DAYS,
    settled(
        "en", "az", "zz", "dark", "full", "none", "story", "json", "html", "csv", "true", "1", "-1"
    ),
    settled("s05", "s05,s10", "s05,,", ",", "nobody", "hill", "name", "-name", "geojson"),
    settled(
        "10,50,11,51",
        "170,-10,-170,10",
        "1,2",
        "nan,1,2,3",
        "1e999,0,0,0",
        "../2021-03-12",
        "../..",
    ),
    settled(
        "name='x'",
        "((((((((",
        "datetime BETWEEN",
        "1=1 OR 1=1",
        "S_INTERSECTS(geometry,POINT(1 1))",
    ),
    settled(f"http://{EVIL}/test/", "http://localhost/test/", "http://[::1", "//", "javascript:x"),
    settled("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "EPSG:3857", "cql2-json", "cql2-text"),
    ODD,
    st.text(max_size=8).map(lambda text: quote(text, errors="replace")),
    st.integers(-(10**30), 10**30).map(str),
)
NAMES = st.one_of(
    settled(
        *(
            "date",
            "known",
            "sources",
            "lang",
            "theme",
            "controls",
            "mode",
            "dates",
            "bbox",
            "simplify",
        ),
        *(
            "f",
            "limit",
            "offset",
            "datetime",
            "crs",
            "bbox-crs",
            "filter",
            "filter-lang",
            "properties",
        ),
        *(
            "sortby",
            "skipGeometry",
            "url",
            "format",
            "maxwidth",
            "maxheight",
            "width",
            "height",
            "name",
        ),
        *("strict", "utm_source", "callback", "SCRIPT_NAME", "d%61te", "known%00", "%", ""),
    ),
    ODD,
)
QUERIES = st.lists(st.tuples(NAMES, VALUES).map("=".join), max_size=4).map("&".join)
LIST = st.lists(
    settled(
        *(
            "*/*",
            "text/html",
            "application/json",
            "application/geo+json;q=0.1",
            "text/*;q=0.x",
            "*",
            "q=1",
        ),
        *(
            "en",
            "az;q=0.9",
            "hy-AM",
            "zz",
            "gzip",
            "br;q=0",
            "identity;q=0",
            "*;q=0",
            ";",
            "=",
            '"',
            "a" * 600,
        ),
    ),
    max_size=30,
).map(",".join)
TAGS = settled("*", '"a"', 'W/"a", "b"', '"' * 50, ",,,,", '"307e9063d3dae4a41d4c2845"')
RANGES = settled(
    *(
        "bytes=0-0",
        "bytes=-1",
        "bytes=5-1",
        "bytes=999999999-",
        "bytes=0-0,2-3",
        f"bytes={'0-,' * 500}",
    ),
    *(
        "bytes=0-" + "9" * 5000,
        "lines=1-2",
        "bytes",
        "bytes=--",
        "bytes=-" + "9" * 5000,
        "bytes=\u0661-",
    ),
)
HOSTS = settled(
    *(
        "localhost",
        "localhost:8000",
        "LOCALHOST",
        "localhost:99999999",
        f"{EVIL}:80",
        f"localhost,{EVIL}",
    ),
    *(
        EVIL,
        "",
        " ",
        f"localhost@{EVIL}",
        f"localhost/{EVIL}",
        "[::1]:1",
        "[::1",
        "a b",
        "\xe9",
        "x" * 2000,
    ),
)
FORGED = {
    "Forwarded": f"host={EVIL};proto=https",
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": f"/{EVIL}",
    "X-Forwarded-For": EVIL,
    "X-Original-URL": "/nowhere/",
    "X-Rewrite-URL": "/nowhere/",
    "X-HTTP-Method-Override": "DELETE",
    "X-Script-Name": f"/{EVIL}",
    "Cookie": f"session={EVIL}; lang=ru",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/",
    "User-Agent": EVIL,
    "Save-Data": "on",
    "Content-Type": "multipart/form-data",
    "Content-Length": "5",
}
HEADERS = st.fixed_dictionaries(
    {"Host": HOSTS},
    optional={
        **{"Accept": LIST, "Accept-Language": LIST, "Accept-Encoding": LIST},
        **{"If-None-Match": TAGS, "If-Range": TAGS, "Range": RANGES},
        **{name: st.just(value) for name, value in FORGED.items()},
    },
)
METHODS = st.one_of(
    settled("GET"), settled("GET", "HEAD", "OPTIONS", "POST", "get", "TRACE", "X" * 99)
)
REQUESTS = st.tuples(METHODS, PATHS, QUERIES, HEADERS)


# --- Who is asked --------------------------------------------------------------------------------


class Site:
    """A site with its cache of answers, and the same without one."""

    def __init__(self, datasets: Sequence[Dataset], base_url: str = "") -> None:
        self.base_url = base_url
        self._cached = create_app(datasets, Settings(base_url=base_url))
        self._uncached = create_app(datasets, Settings(base_url=base_url, cache_bytes=0))

    def __call__(
        self, method: str, path: str, query: str, headers: Mapping[str, str], cached: bool = True
    ) -> Answer:
        """Return status, body and headers of an answer."""
        app = self._cached if cached else self._uncached
        body, status, answered = run_wsgi_app(app.wsgi_app, _environ(method, path, query, headers))
        return int(status[:3]), b"".join(body), dict(answered.items())


def _environ(method: str, path: str, query: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """The environment as the server makes it: the path decoded, both as Latin-1 texts."""
    environ = create_environ("/", method="GET", input_stream=None)
    decoded = unquote_to_bytes(path.encode()).decode("latin-1")
    environ |= {"REQUEST_METHOD": method, "PATH_INFO": decoded, "QUERY_STRING": query}
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        own = key in ("CONTENT_TYPE", "CONTENT_LENGTH")
        environ[key if own else f"HTTP_{key}"] = value
    return environ


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    claims = [
        claim("a", "control", "north", "2021-03-01"),
        claim("b", "due", "south", "2021-03-20"),
    ]
    return write_dataset(tmp_path_factory.mktemp("fuzz") / "data", claims)


@pytest.fixture(scope="module")
def sites(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Site]:
    """One dataset and no base URL; two of them under a path of a public address."""
    other = write_dataset(tmp_path_factory.mktemp("fuzz") / "other", meta={"id": "other"})
    one, two = sources.open(folder), sources.open(other)
    return [Site([one]), Site([one, two], "https://maps.example.org/news")]


def few(test: Any) -> Any:
    """Ask few examples, unless the profile is the one for long runs."""
    is_long = settings.default is not None and settings.default.max_examples >= 1000
    return test if is_long else settings(max_examples=FEW)(test)


# --- What must hold ------------------------------------------------------------------------------

ANSWERS = {200, 206, 303, 304, 308, 400, 404, 405, 416, 501}
"""501 is what the oEmbed standard asks for where a format is not offered."""
OF_THE_CACHE = ("Accept-Encoding", "If-None-Match", "If-Range", "Range")
"""Headers that choose a form or a part of an answer, not the answer."""


@few
@given(number=st.integers(0, 1), request=REQUESTS)
def test_no_request_is_a_fault_of_ours_and_none_changes_the_answer_to_another(
    sites: list[Site], number: int, request: tuple[str, str, str, Headers]
) -> None:
    site, (method, path, query, headers) = sites[number], request
    status, body, answered = site(*request)
    assert status in ANSWERS, body
    assert "frame-ancestors" in answered["Content-Security-Policy"]
    assert "Set-Cookie" not in answered
    assert all(text.isprintable() for text in answered.values())
    if status != 304 and method != "HEAD":
        assert int(answered["Content-Length"]) == len(body)
    if answered.get("Content-Type", "").startswith("text/html"):
        assert b"<script>{{" not in body
        assert b"<script>49" not in body
    # What a caller sent may be repeated in the sentence about it, and is never linked to.
    if EVIL not in query and EVIL not in path:
        assert EVIL.encode() not in body
        assert EVIL not in "".join(answered.values())
    if method not in ("GET", "HEAD"):
        return
    kept = {name: value for name, value in headers.items() if name not in OF_THE_CACHE}
    plain = site("GET", path, query, kept)
    # Whatever is cached from earlier requests, this is what the site answers without a cache.
    assert plain == site("GET", path, query, kept, cached=False)
    if plain[0] == 200:
        _check_vary(site, path, query, kept, plain)


def _check_vary(site: Site, path: str, query: str, headers: Headers, answer: Answer) -> None:
    """A shared cache gives an answer to all whose address and headers named in Vary are the same."""
    vary = {name.strip() for name in answer[2].get("Vary", "").split(",")}
    same = {name: value for name, value in headers.items() if name in vary}
    # Without a base URL, the host is a part of the address.
    same["Host"] = EVIL if site.base_url else headers["Host"]
    assert site("GET", path, query, {**FORGED, **same}) == answer


# --- At length, in `make fuzz` --------------------------------------------------------------------


@pytest.mark.long
@SCHEMA.parametrize()
@settings(
    max_examples=100,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_thousands_of_requests_made_from_the_description(case: schemathesis.Case) -> None:
    call(case)


@pytest.fixture
def service() -> Iterator[Service]:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    one = Service()
    yield one
    one.stop()
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


SLOW = {
    "silent": (b"", b""),
    "a request line by letters": (b"G", b"E"),
    "headers without end": (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X-a: b\r\n"),
    "a head of 60 kB without its end": (b"GET / HTTP/1.1\r\nX: " + b"a" * 60_000, b""),
    "a body by letters": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n", b"x"),
    "idle after an answer": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b""),
    "reading nothing": (b"GET /handover-2020/map.html HTTP/1.1\r\nHost: a\r\n\r\n" * 9, b""),
}
CLIENTS = 1500


@pytest.mark.long
@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_keep_nobody_out_and_are_let_go(service: Service, kind: str) -> None:
    first, more = SLOW[kind]
    before = service.memory
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(socket.socket()) for _ in range(CLIENTS)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", service.port))
        service.until(lambda: service.connections > CLIENTS)
        end = time.monotonic() + 15
        while time.monotonic() < end:
            for client in clients:
                with contextlib.suppress(OSError):
                    client.send(first or more)
            first = b""
            started = time.monotonic()
            assert service.get(f"/{BUILTIN}/embed").status == 200
            assert time.monotonic() - started < 5
            time.sleep(1)
        service.until(lambda: service.connections < CLIENTS / 10)
        assert service.memory - before < 200_000_000


def _odd(number: int) -> bytes:
    """Return a request of which no part has been sent before."""
    claims = f"/{BUILTIN}/claims.csv"
    paths = (
        f"/{number}/",
        f"{claims}?x{number}={number}&known={number}",
        f"{claims}?{number}&sources=ap-2020-11-20{',ap-2020-11-20' * 40}",
        f"/ogc/collections/{BUILTIN}.regions/items?name=x{number}&f=json",
    )
    return request(
        paths[number % len(paths)],
        f"Accept: text/html;q=0.{number}",
        f"Accept-Language: x{number},en;q=0.1",
        f"Accept-Encoding: e{number}",
        f'If-None-Match: "{number}"',
        f"Range: bytes={number}-",
        f"X-{number}: {'a' * (number % 3000)}",
        host=f"h{number}.example",
    )


@pytest.mark.long
def test_memory_stays_flat_under_thousands_of_odd_requests(service: Service) -> None:
    """What the readers of headers, addresses and parameters remember is bounded."""
    sizes = []
    for start in range(0, 32_000, 4000):
        for number in range(start, start + 4000):
            (status,) = send(service.port, _odd(number)).statuses
            assert status in ANSWERS
        sizes.append(service.memory)
    # Four thousand answers fill the cache of them.
    assert sizes[-1] - sizes[3] < 10_000_000, sizes
