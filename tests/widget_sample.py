"""The sample payload of the widget's tests, and one full of texts that must stay texts."""

import copy
import json
from pathlib import Path

from geomap.map import folium_map as fm

PAYLOAD = json.loads((Path(__file__).parent / "fixtures" / "payload.json").read_text("utf-8"))
HOSTILE = (
    "{{ 7*7 }}",
    "{% raw",
    "{# note",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- <script>",
    "a\u2028b\u2029c",
    "&lt;b&gt; ' \" \\ $& ${x} `",
)


def address(name: str) -> str:
    return f"/static/{name}"


def linked(payload=PAYLOAD, **options) -> fm.Parts:
    return fm.parts(fm.build(payload, link=address, **options))


def hostile_payload() -> tuple[dict, list[str]]:
    """The sample with every text that the widget shows replaced; and those texts."""
    payload = copy.deepcopy(PAYLOAD)
    made: list[str] = []

    def text(_: str = "") -> str:
        made.append(f"{HOSTILE[len(made) % len(HOSTILE)]}№{len(made)}")
        return made[-1]

    def spans(old: list) -> list:
        return [[text(), 1], [text(), 0]]

    def plain(old: dict, *names: str) -> None:
        old.update({name: text() for name in names})

    for region in payload["regions"]:
        plain(region, "name")
        region["alt"] = [text(), text()]
        for now in region["intervals"]:
            now["sentence"] = spans(now["sentence"])
            now["facts"] = [[text(), text()]]
            now["claims"] = list(range(len(payload["claims"])))
    for claim in payload["claims"]:
        plain(claim, "text", "when", "locator", "note")
    used = {claim["source"] for claim in payload["claims"]}
    payload["sources"][0]["url"] = "javascript:alert(1)"
    for i, source in enumerate(payload["sources"]):
        if i in used:
            plain(source, "name", "title", "published")
    for item in payload["legend"]:
        plain(item, "label")
    for tick in payload["ticks"]:
        plain(tick, "label")
    for item in payload["context"]:
        if item["label"] or item["kind"] == "town":
            plain(item, "name")
    for line in payload["headlines"]:
        line["text"] = spans(line["text"])
    payload["restrictions"] = [text()]
    payload["credit"] = spans([])
    payload["title"] = "".join(HOSTILE)
    plain(payload["text"], *(set(payload["text"]) - {"sources", "published", "claims", "status"}))
    for region in payload["regions"]:
        region["intervals"][0].update(disputed=True, overdue=True)
    return payload, made
