"""Clients that ask a service for everything, at random, and check each answer that they get."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import random
import re
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

import brotli

DATASET = "/handover-2020"
THREADS = 4
"""In each process."""
MOST_SECONDS_BEHIND = 10.0
"""An edit must be served so many seconds after it was made."""
DECODERS = {"gzip": gzip.decompress, "br": brotli.decompress, "": bytes}
WEIGHTS = {
    "embed": 300,
    "page": 100,
    "GeoJSON": 100,
    "304": 200,
    "range": 60,
    "error": 20,
    "health": 20,
    "edit": 20,
    "items never asked": 10,
    "page never asked": 1,
    "picture never asked": 1,
    "export never asked": 2,
}
"""How often each kind is asked for."""
MADE = {kind for kind in WEIGHTS if kind.endswith("never asked")} | {"embed", "page", "GeoJSON"}
"""The kinds that may be answered 503 with Retry-After, as they may have to be made first."""


@dataclass
class Tally:
    """What clients saw: how long each answer took (when, milliseconds), and what was wrong."""

    taken: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    reconnected: int = 0

    def add(self, other: Tally) -> None:
        """Add what other clients saw."""
        for kind, taken in other.taken.items():
            self.taken[kind] += taken
        self.statuses += other.statuses
        self.wrong += other.wrong
        self.reconnected += other.reconnected


def ask_until_told(address: str, seed: int, edits: Connection) -> None:
    """Ask with several threads. Edits come as their numbers; "stop" ends it, and the tally is sent."""
    clients = [_Client(address, seed * THREADS + number) for number in range(THREADS)]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    made: list[tuple[float, int]] = [(0.0, 0)]
    while (message := edits.recv()) != "stop":
        made.append((time.time(), message))
        for client in clients:
            client.edits = made
    tally = Tally()
    for client in clients:
        client.stopped = True
    for client, thread in zip(clients, threads, strict=True):
        thread.join()
        tally.add(client.tally)
    edits.send(tally)


class _Client:
    """One client with a connection that it holds open."""

    def __init__(self, address: str, seed: int) -> None:
        self.tally = Tally()
        self.edits: list[tuple[float, int]] = [(0.0, 0)]
        self.stopped = False
        self._host = urlsplit(address).netloc
        self._connection: HTTPConnection | None = None
        self._chance = random.Random(seed)
        self._number = itertools.count(seed * 10**6)
        self._tag = ""

    def run(self) -> None:
        kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
        while not self.stopped:
            kind = self._chance.choices(kinds, weights)[0]
            path, headers = self._request(kind)
            now, started = time.time(), time.perf_counter()
            answer, body = self._ask(path, headers)
            self.tally.taken[kind].append((now, (time.perf_counter() - started) * 1000))
            status = answer.status if answer else 0
            self.tally.statuses[kind, status] += 1
            fault = self._fault(kind, answer, body, now)
            if fault:
                self.tally.wrong.append(f"{time.strftime('%H:%M:%S')} {kind} {path}: {fault}")
                time.sleep(0.1)

    def _request(self, kind: str) -> tuple[str, dict[str, str]]:
        number = next(self._number)
        encoding = self._chance.choice(["gzip", "br", "gzip, deflate, br, zstd", ""])
        headers = {"Accept-Encoding": encoding or "identity"}
        day, known = (
            f"2020-1{self._chance.randint(0, 1)}-{self._chance.randint(10, 30)}" for _ in "12"
        )
        common = f"2020-11-{self._chance.randint(16, 30)}"
        if kind == "304":
            headers = {"Accept-Encoding": "gzip", "If-None-Match": self._tag}
        if kind == "range":
            first = self._chance.randint(0, 5000)
            headers["Range"] = f"bytes={first}-{first + self._chance.randint(0, 5000)}"
        error = self._chance.choice(["?date=1999", "map.svg?width=x", "nothing", "?lang=zz"])
        ending = self._chance.choice(["regions.gpkg", "regions.xlsx", "history.parquet"])
        theme = self._chance.choice(["light", "dark", "auto"])
        language = self._chance.choice(["en", "az", "hy", "ru", "ar"])
        path = {
            "embed": "embed",
            "page": f"?date={common}",
            "304": "embed",
            "GeoJSON": f"regions.geojson?date={common}",
            "range": "regions.geojson",
            "error": error,
            "edit": "datapackage.json",
            "page never asked": f"embed?date={day}&known={known}&theme={theme}&lang={language}",
            "picture never asked": f"map.svg?width={300 + number % 1999}&height={300 + number % 997}",
            "export never asked": f"{ending}?simplify={number % 10**6 / 1000}",
        }.get(kind, "")
        if kind == "items never asked":
            box = f"{46 + number % 10**6 / 10**7},39,48,40.5"
            return f"/ogc/collections{DATASET}.regions/items?bbox={box}", headers
        return ("/healthz" if kind == "health" else f"{DATASET}/{path}"), headers

    def _ask(self, path: str, headers: dict[str, str]) -> tuple[HTTPResponse | None, bytes]:
        """Ask, once more where a connection that was held open has been closed meanwhile."""
        for _ in range(2):
            fresh = self._connection is None
            self._connection = self._connection or HTTPConnection(self._host, timeout=150)
            try:
                self._connection.request("GET", path, headers=headers)
                answer = self._connection.getresponse()
                return answer, answer.read()
            except (OSError, HTTPException) as error:
                self._connection.close()
                self._connection = None
                if fresh:
                    return None, repr(error).encode()
                self.tally.reconnected += 1
        return None, b"closed twice"

    def _fault(self, kind: str, answer: HTTPResponse | None, body: bytes, asked: float) -> str:
        """Return what is wrong with an answer, "" for nothing."""
        if answer is None:
            return f"no answer: {body.decode()}"
        if answer.status == 503 and kind in MADE and answer.headers["Retry-After"]:
            return ""
        allowed = {
            "error": (400, 404),
            "304": (200, 304),
            "range": (206,),
        }.get(kind, (200,))
        if answer.status not in allowed:
            return f"status {answer.status}: {body[:200]!r}"
        if kind == "embed" and answer.headers["Content-Encoding"] == "gzip":
            self._tag = answer.headers["ETag"]
        if answer.status == 200 and answer.headers["ETag"]:
            encoding = answer.headers["Content-Encoding"] or ""
            whole = DECODERS[encoding](body)
            digest = hashlib.sha256(whole).hexdigest()[:24]
            if answer.headers["ETag"].strip('"').partition("-")[0] != digest:
                return "the bytes are not those of the ETag"
            if kind == "edit":
                return self._behind(whole, asked)
        if answer.status == 206:
            first, last = re.findall(r"\d+", answer.headers["Content-Range"])[:2]
            if len(body) != int(last) - int(first) + 1:
                return "the range has not as many bytes as it says"
        return ""

    def _behind(self, document: bytes, asked: float) -> str:
        served = int(json.loads(document)["title"].rpartition(" ")[2])
        due = max(number for at, number in list(self.edits) if at < asked - MOST_SECONDS_BEHIND)
        return f"edit {served} is served, {due} was due" if served < due else ""
