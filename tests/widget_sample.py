"""The sample payload of the widget's tests, and one full of texts that must stay texts."""

import copy

import orjson

from geomap import sources
from geomap.map import folium_map as fm
from geomap.present import payload, select, view
from geomap.wording import words_in


def sample(language: str = "en") -> dict:
    dataset = sources.open()
    shown = view(dataset, select(dataset), words_in(language))
    return orjson.loads(orjson.dumps(payload(shown, "https://example.org/handover-2020/")))


PAYLOAD = sample()
"""The built-in dataset as the browser gets it."""
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


def card_of(payload: dict, stretch: list) -> dict:
    """Return what is said on a stretch's days."""
    return payload["cards"][stretch[1]]


def hostile_payload() -> tuple[dict, list[str]]:
    """The sample with every text that the widget shows replaced; and those texts."""
    payload = copy.deepcopy(PAYLOAD)
    made: list[str] = []

    def text(_: str = "") -> str:
        made.append(f"{HOSTILE[len(made) % len(HOSTILE)]}№{len(made)}")
        return made[-1]

    def spans() -> list:
        return [[text(), 1], [text(), 0]]

    def plain(old: dict, *names: str) -> None:
        old.update({name: text() for name in names})

    for region in payload["regions"]:
        plain(region, "name")
        region["alternates"] = [text(), text()]
        for stretch in region["stretches"]:
            last = len(payload["claims"]) - 2
            stretch[2:] = [*range(last)], [last]
        plain(region, "note")
        region["withdrawn"] = [len(payload["claims"]) - 1]
        region["reports"] = [{"when": text(), "text": text(), "cite": text(), "url": "javascript:"}]
    for card in payload["cards"]:
        card["passages"] = [[spans(), text()] for _ in card["passages"]]
        card["dates"] = [[text(), text()]]
    for claim in payload["claims"]:
        plain(claim, "text", "when", "locator", "note", "withdrawn")
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
        if item["label"]:
            plain(item, "name")
    for line in payload["headlines"]:
        line["text"] = spans()
    payload["credits"] = [text() for _ in payload["credits"]]
    plain(payload, "corrected", "limits")
    payload["restrictions"] = [text(), payload["corrected"]]
    payload["title"] = "".join(HOSTILE)
    plain(payload["text"], *(set(payload["text"]) - {"published", "claims", "status"}))
    for region in payload["regions"]:
        card_of(payload, region["stretches"][0]).update(disputed=True)
    return payload, made
