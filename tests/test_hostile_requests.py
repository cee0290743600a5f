"""Requests as an attacker sends them, over a socket: to the service, and to nginx in front of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nginx
import pytest
from raw import Raw, request, send
from serving import Service

from geomap import sources
from geomap.errors import CannotListen
from geomap.web import Settings, create_app, server
from geomap.web.settings import url_host

ID = "handover-2020"
DATA = f"/{ID}/claims.json"
EMBED = f"/{ID}/embed"
EVIL = "evil.example"
SMUGGLED = f"GET /smuggled-{EVIL} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    one = Service()
    yield one
    one.process.terminate()
    one.process.wait(15)
    one.reader.join(5)
    # Nothing of all this is worth a line in the log, let alone a traceback.
    assert one.output.count("\n") == 1, one.output


@pytest.fixture
def port(service: Service) -> int:
    return service.port


@pytest.mark.parametrize(
    "line",
    [
        f"GET {DATA}".encode(),
        f"GET {DATA} HTTP/2.0".encode(),
        f"GET {DATA} HTTP/9.9".encode(),
        b"GE T / HTTP/1.1",
        b"GET /a\x00b HTTP/1.1",
        b"GET /\xff\xfe HTTP/1.1",
        b"GET / HTTP/1.1\r\nX: a\r\n b",
        b"GET / HTTP/1.1\r\nContent-Length : 5",
        b"GET / HTTP/1.1\r\nX: a\x00b",
        b"GET / HTTP/1.1\r\nno colon",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_http_gets_a_400(port: int, line: bytes) -> None:
    answer = send(port, line + b"\r\nHost: localhost\r\n\r\n")
    assert (answer.statuses, answer.closed) == ([400], True)


def test_http_2_is_not_spoken(port: int) -> None:
    preface = send(port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
    assert (preface.data, preface.closed) == (b"", True)
    upgrade = ("Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA")
    assert send(port, request(DATA, *upgrade)).statuses == [200]


@pytest.mark.parametrize("method", ["get", "Get", "head", "POST", "TRACE", "X" * 5000])
def test_only_reading_is_possible(port: int, method: str) -> None:
    answer = send(port, request(DATA, method=method))
    assert answer.statuses == [405]
    assert b"\r\nallow: GET, HEAD, OPTIONS\r\n" in answer.data


PATHS = {
    "/../../etc/passwd": 404,
    "/%2e%2e/%2e%2e/etc/passwd": 404,
    "/%c0%ae%c0%ae/etc/passwd": 404,
    "/static/..%2f..%2fsetup.cfg": 404,
    f"/{ID}\\..\\": 404,
    f"/{ID}%00/": 404,
    f"/{ID};x=1/": 404,
    f"/{ID}%0d%0aX-Evil:%20a": 404,
    f"/////{EVIL}/%2f..": 404,
    f"http://{EVIL}{DATA}": 200,
    f"/{ID}?x=%0d%0aX-Evil:%20a": 308,
    f"//{EVIL}//embed": 308,
    "*": 404,
    f"/{'a' * 60_000}": 404,
    f"{DATA}?{'&'.join(f'a{n}=1' for n in range(8000))}": 200,
}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:30])
def test_a_path_leads_nowhere_else(port: int, path: str) -> None:
    answer = send(port, request(path, host=EVIL))
    assert answer.statuses == [PATHS[path]]
    head = answer.data.partition(b"\r\n\r\n")[0].lower()
    assert b"\r\nx-evil" not in head
    for location in re.findall(rb"\r\nlocation: (.*)", head):
        assert re.match(rb"/(?!/)", location)


@pytest.mark.parametrize("host", [EVIL, f"localhost@{EVIL}", "x" * 5000, "[::1"])
def test_a_host_that_is_not_trusted_changes_nothing(port: int, host: str) -> None:
    plain = send(port, request(EMBED, host="maps.example"))
    assert plain.statuses == [200]
    answer = send(port, request(EMBED, host=host))
    assert (answer.statuses, answer.body) == ([200], plain.body)


@pytest.mark.parametrize("hosts", [[], [""], ["localhost", EVIL], [f"localhost,{EVIL}"]])
@pytest.mark.parametrize("path", [EMBED, DATA, "/nowhere/"])
def test_a_request_names_one_host(port: int, path: str, hosts: list[str]) -> None:
    lines = [f"GET {path} HTTP/1.1", *(f"Host: {host}" for host in hosts), "Connection: close"]
    answer = send(port, "\r\n".join([*lines, "", ""]).encode())
    assert answer.statuses == [400]
    assert b"Host: a request has one such header" in answer.body
    assert EVIL.encode() not in answer.data


def test_http_1_0_needs_no_host(port: int) -> None:
    assert send(port, f"GET {DATA} HTTP/1.0\r\n\r\n".encode()).statuses == [200]


def test_what_proxies_say_is_not_believed(port: int) -> None:
    forged = (
        *(f"Forwarded: host={EVIL};proto=https", f"X-Forwarded-Host: {EVIL}"),
        *(
            "X-Forwarded-Proto: https",
            f"X-Forwarded-Prefix: /{EVIL}",
            f"X-Forwarded-Server: {EVIL}",
        ),
        *(
            "X-Original-URL: /nowhere/",
            "X-Rewrite-URL: /nowhere/",
            "X-HTTP-Method-Override: DELETE",
        ),
        *(f"Script-Name: /{EVIL}", f"X-Host: {EVIL}", "Cookie: lang=ru"),
    )
    plain = send(port, request(EMBED))
    assert send(port, request(EMBED, *forged)).body == plain.body


HEADS = {
    "a path": (request(f"/{'a' * 1_000_000}"), 431),
    "a header": (request(DATA, f"X: {'a' * 1_000_000}"), 431),
    "many headers": (request(DATA, *(f"X-{n}: 1" for n in range(50_000))), 431),
    "languages": (request("/", f"Accept-Language: {'a;q=0.1,' * 7000}"), 200),
    "types": (request("/", f"Accept: {'text/html;a=b,' * 4000}"), 200),
    "encodings": (request(DATA, f"Accept-Encoding: {'a;q=0.1,' * 7000}"), 200),
    "tags": (request(DATA, "If-None-Match: " + 'W/"a", ' * 7000), 200),
    "cookies": (request(DATA, f"Cookie: {'a=b;' * 12000}"), 200),
    "ranges": (request(DATA, f"Range: bytes={'0-0,' * 10_000}0-0"), 200),
    "a range": (request(DATA, f"Range: bytes=0-{'9' * 50_000}"), 200),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_head_is_bounded(service: Service, port: int, name: str) -> None:
    data, status = HEADS[name]
    send(port, data)
    before = service.memory
    for _ in range(20):
        answer = send(port, data)
        # Where the server closes before it has read all, its answer may be lost on the way.
        assert answer.statuses == [status] or (status == 431 and not answer.data)
        assert answer.closed
    assert service.memory - before < 20_000_000


def _post(*headers: str, body: bytes, method: str = "POST", version: str = "1.1") -> bytes:
    lines = [f"{method} {DATA} HTTP/{version}", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


LENGTH = len(SMUGGLED)
CHUNK = f"{LENGTH:x}\r\n".encode() + SMUGGLED + b"\r\n0\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked"
AMBIGUOUS = {
    "length and chunks": _post(
        f"Content-Length: {5 + LENGTH}", CHUNKED, body=b"0\r\n\r\n" + SMUGGLED
    ),
    "chunks and length": _post(CHUNKED, "Content-Length: 4", body=CHUNK),
    "two lengths": _post("Content-Length: 0", f"Content-Length: {LENGTH}", body=SMUGGLED),
    "a list of lengths": _post(f"Content-Length: {LENGTH}, {LENGTH}", body=SMUGGLED),
    "a signed length": _post(f"Content-Length: +{LENGTH}", body=SMUGGLED),
    "a negative length": _post("Content-Length: -1", body=SMUGGLED),
    "a huge length": _post(f"Content-Length: {'9' * 30}", body=SMUGGLED),
    "no such coding": _post("Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + SMUGGLED),
    "two codings": _post(CHUNKED, "Transfer-Encoding: x", body=CHUNK),
    "a space": _post("Transfer-Encoding : chunked", body=b"0\r\n\r\n" + SMUGGLED),
    "HTTP/1.0": _post(
        "Connection: keep-alive", CHUNKED, body=b"0\r\n\r\n" + SMUGGLED, version="1.0"
    ),
    "bare line ends": _post(CHUNKED, body=b"2\nab\n0\n\n" + SMUGGLED),
    "a huge chunk": _post(CHUNKED, body=b"f" * 20 + b"\r\na\r\n0\r\n\r\n" + SMUGGLED),
    "GET with a body": _post(
        f"Content-Length: {LENGTH}", "Connection: close", body=SMUGGLED, method="GET"
    ),
    "HEAD with a body": _post(CHUNKED, "Connection: close", body=CHUNK, method="HEAD"),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_a_body_is_never_taken_for_a_request(port: int, name: str) -> None:
    answer = send(port, AMBIGUOUS[name])
    assert answer.closed
    assert answer.statuses in ([400], [405], [200])
    assert EVIL.encode() not in answer.data


def test_requests_that_come_at_once_are_answered_in_their_order(port: int) -> None:
    one = f"GET {DATA} HTTP/1.1\r\nHost: localhost\r\nRange: bytes={{0}}-{{0}}\r\n\r\n"
    many = "".join(one.format(n) for n in range(300)).encode() + request("/nowhere/")
    answer = send(port, many)
    assert answer.statuses == [206] * 300 + [404]
    ranges = re.findall(rb"content-range: bytes (\d+)-", answer.data)
    assert [int(start) for start in ranges] == list(range(300))


# --- nginx in front ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def front(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with nginx.front(tmp_path_factory.mktemp("nginx"), (service.port,) * 2) as address:
        yield int(address.rpartition(":")[2])


def _head(answer: Raw, *names: str) -> dict[str, bytes]:
    head = answer.data.partition(b"\r\n\r\n")[0]
    found = {
        name: re.search(rf"^{name}: (.*)\r$".encode(), head + b"\r\n", re.M | re.I)
        for name in names
    }
    return {name: match[1] for name, match in found.items() if match}


def test_through_nginx_an_answer_is_the_same(port: int, front: int) -> None:
    asked = {
        "whole": request(DATA),
        "head": request(DATA, method="HEAD"),
        "part": request(DATA, "Range: bytes=10-19"),
        "past the end": request(DATA, "Range: bytes=99999999-"),
        "compressed": request(DATA, "Accept-Encoding: br"),
        "bad": request(f"{DATA}?known=x"),
        "elsewhere": request(f"/{ID}"),
        "dots": request(f"/{ID}/%2e%2e/{ID}/"),
        "slashes": request(f"/{ID}//embed"),
    }
    tag = _head(send(port, request(DATA)), "etag")["etag"].decode()
    asked["known"] = request(DATA, f"If-None-Match: {tag}")
    asked["a part of the known"] = request(DATA, "Range: bytes=0-4", f"If-Range: {tag}")
    asked["a part of another"] = request(DATA, "Range: bytes=0-4", 'If-Range: "x"')
    names = ("etag", "content-range", "content-encoding", "location", "cache-control", "vary")
    for name, data in asked.items():
        direct = send(port, data)
        for _ in range(2):  # from the service, then from the cache
            passed = send(front, data)
            assert passed.statuses == direct.statuses, name
            if direct.statuses != [416]:  # which nginx words itself
                assert passed.body == direct.body, name
                assert _head(passed, *names) == _head(direct, *names), name


def test_nobody_poisons_the_cache_for_others(front: int) -> None:
    """Each forged request comes first; whoever asks for the same afterwards gets their own answer."""
    reader = "maps.example"
    for number, forged in enumerate(
        [
            request(f"{EMBED}?a=0", host="localhost"),
            request(
                f"{EMBED}?a=1", f"X-Forwarded-Host: {EVIL}", "X-Forwarded-Proto: https", host=reader
            ),
            request(f"{EMBED}?a=2", "X-HTTP-Method-Override: HEAD", host=reader),
            request(f"{EMBED}?a=3", "Range: bytes=0-0", host=reader),
            request(f"{EMBED}?a=4", "Accept: application/json", "Accept-Encoding: br", host=reader),
            request(f"{EMBED}?a=5", method="HEAD", host=reader),
            request(f"{EMBED}?a=6", "If-None-Match: *", host=reader),
        ]
    ):
        send(front, forged)
        answer = send(front, request(f"{EMBED}?a={number}", host=reader))
        assert answer.statuses == [200], number
        assert answer.body.rstrip().endswith(b"</html>"), number
        assert EVIL.encode() not in answer.data, number
        assert b"http://localhost" not in answer.data, number


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_nothing_is_smuggled_past_nginx(front: int, name: str) -> None:
    data = AMBIGUOUS[name]
    if b"Connection: close" not in data:
        data = data.replace(b"Host: localhost\r\n", b"Host: localhost\r\nConnection: close\r\n")
    answer = send(front, data)
    assert answer.closed
    assert len(answer.statuses) == 1
    assert answer.statuses[0] in (200, 400, 405, 413, 501)
    assert send(front, request(DATA)).statuses == [200]


# --- IPv6 ----------------------------------------------------------------------------------------


def test_an_address_of_version_6_stands_in_brackets(
    make_dataset: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = make_dataset()
    monkeypatch.setattr(server, "_listen", lambda *args, **options: None)
    try:
        server.run([str(folder)], host="::1", port=0, workers=1)
    except CannotListen:
        pytest.skip("this machine has no IPv6")
    assert re.match(r"geomap: open http://\[::1\]:\d+/ in", capsys.readouterr().out)
    settings = Settings(trusted_hosts=(url_host("fd00::1"),))
    client = create_app([sources.open(folder)], settings).test_client()
    page = client.get("/test/embed", headers={"Host": "[fd00::1]:80"})
    assert "http://[fd00::1]:80/test/" in page.text
