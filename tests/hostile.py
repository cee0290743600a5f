"""A dataset whose every text is one that must stay a text, wherever it comes out."""

from __future__ import annotations

import io
import json
from itertools import count
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from datasets import ACTORS, SOURCES, claim, csv_text, region, square, write_dataset

from geomap.wording.translations import messages

TEXTS = (
    "{{ 7*7 }}",
    "{% raw %}{% endraw",
    "{# note #}",
    "{date}",
    "{sentences} {0} {actor}",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</title></textarea></noscript><b>",
    "<!-- <script>",
    "a&amp;b &lt;i&gt; &",
    "' \" \\ $& ${x} ` %s %(x)s",
    "*bold* [red]red[/red] :smile:",
    "=1+1",
)


class Texts:
    """Gives out the texts in turn, each made unlike the others by a number."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def __call__(self, prefix: str = "") -> str:
        number = len(self.given)
        self.given.append(f"{prefix}{TEXTS[number % len(TEXTS)]} №{number}")
        return self.given[-1]


def write_hostile(folder: Path) -> tuple[Path, dict[str, list[str]]]:
    """Write the dataset into `folder`; return it and the texts by what they are."""
    by_kind = {kind: Texts() for kind in ("meta", "actors", "sources", "claims", "regions")}
    meta, actors, sources, claims, regions = by_kind.values()
    notes = Texts()
    # Commas part the ids of sources in an address, so an id cannot be hostile; all else can.
    rows = [
        claim("hill-held", "control", "south", "1990", locator=claims(), note=notes()),
        claim("hill-due", "due", "north", "2021-03-10", "s05", locator=claims(), note=notes()),
        claim("hill-got", "handover", "north", "2021-03-12", "s15", locator=claims(), note=notes()),
        claim("vale-held", "control", "south", "1990", region="vale", locator=claims()),
        claim("vale-got", "handover", "east", "2021-03-12", "s15", region="vale", locator=claims()),
        claim("vale-got", "handover", "east", "2021-03-14", "s20", region="vale", locator=claims()),
    ]
    write_dataset(
        folder,
        rows,
        actors=[row | {"name": actors()} for row in ACTORS],
        sources=[
            row | {"publisher": sources(), "title": sources(), "name": sources()} for row in SOURCES
        ],
        regions={
            id: region(id, square(10 + n, 50), name=regions(), alt_name=regions())
            for n, id in enumerate(("hill", "vale"))
        },
        meta={
            "title": meta(),
            "summary": meta(),
            "attribution": meta(),
            "limits": meta(),
            "licence": {"name": meta()},
            "milestones": [{"date": "2021-03-05", "label": meta(), "source": "s05"}],
        },
    )
    return folder, {kind: texts.given for kind, texts in by_kind.items()} | {"notes": notes.given}


RUNS = (
    "<img src=x onerror=window.__ran=1>",
    "</script><script>window.__ran=1</script>",
    "\"'><svg onload=window.__ran=1>",
    "javascript:window.__ran=1",
    "{{constructor.constructor('window.__ran=1')()}}",
    "<iframe srcdoc='<script>parent.__ran=1</script>'></iframe>",
    "<a href=javascript:window.__ran=1>x</a>",
    "<style>@import 'https://foreign.example/x'</style>",
    "<link rel=stylesheet href=//foreign.example/x><base href=//foreign.example/>",
    "<meta http-equiv=refresh content='0;url=https://foreign.example'>",
    "data:text/html,<script>window.__ran=1</script>",
    "</style></textarea></title></noscript><script>window.__ran=1</script>",
    "]]><x:script xmlns:x='http://www.w3.org/1999/xhtml'>window.__ran=1</x:script>",
    "${window.__ran=1} `${window.__ran=1}` <%= window.__ran=1 %>",
    "--><script>window.__ran=1</script><!--",
    '=HYPERLINK("https://foreign.example")',
)
"""Texts each of which sets `window.__ran`, or asks another site, where it is taken for more."""
LINK = "https://foreign.example/'\"><script>window.__ran=1</script>"


def write_running(folder: Path) -> Path:
    """Write a dataset whose every text that readers see, in two languages, is one of RUNS."""
    numbers = count()

    def text() -> str:
        number = next(numbers)
        return f"{RUNS[number % len(RUNS)]} №{number}"

    def both(name: str) -> dict[str, str]:
        return {name: text(), f"{name}:fr": text()}

    def claimed(*values: str, **more: str) -> dict[str, str]:
        return claim(*values, **more, **both("note"), **both("locator"))

    rows = [
        claimed("hill-held", "control", "south", "1990"),
        claimed("hill-due", "due", "north", "2021-03-10", "s05"),
        claimed("hill-got", "handover", "north", "2021-03-12", "s15"),
        claimed("vale-held", "control", "south", "1990", region="vale"),
        claimed("vale-part", "control", "east", "1991", region="vale", part="part"),
        claimed("vale-got", "handover", "east", "2021-03-12", "s15", region="vale"),
        claimed("vale-got", "handover", "east", "2021-03-14", "s20", region="vale"),
        claimed("vale-wish", "claimed", "north", "2021-03-02", "s05", region="vale"),
        claimed("gone", "control", "east", "1992", withdrawn="2021-03-20")
        | both("withdrawn_because"),
    ]
    reports = [
        {"date": f"2021-03-{day}", "region": region_id, "source": "s15", **both("text")}
        | both("locator")
        for day, region_id in ((11, "hill"), (13, ""))
    ]
    beneath = [
        region("a", square(9.5, 49.5, 2), kind="area", actor="north", source="s05", **both("name"))
        | {"geometry": square(9.5, 49.5, 0.4)},
        region("t", None, kind="town", **both("name"))
        | {"geometry": {"type": "Point", "coordinates": [10.5, 50.5]}},
    ]
    beneath[0]["properties"] |= both("note") | both("locator")
    write_dataset(
        folder,
        rows,
        actors=[row | both("name") for row in ACTORS],
        sources=[
            row | both("publisher") | both("name") | {"title": text(), "url": LINK}
            for row in SOURCES
        ],
        regions={
            id: region(
                id,
                square(10 + n, 50),
                alt_name=text(),
                wikidata=f"Q{n + 1}",
                remark=text(),
                **both("name"),
                **both("note"),
                **both("lies_within:note"),
                **{"lies_within": "north", "lies_within:source": "s05"},
                **{"lies_within:locator": text()},
            )
            for n, id in enumerate(("hill", "vale"))
        },
        meta={
            name: {"en": text(), "fr": text()}
            for name in ("title", "summary", "attribution", "limits", "accuracy")
        }
        | {
            "languages": ["en", "fr"],
            "licence": {"name": text(), "url": LINK},
            "milestones": [
                {
                    "date": "2021-03-05",
                    "label": {"en": text(), "fr": text()},
                    "source": "s05",
                    "locator": text(),
                }
            ],
        },
        raw={
            "reports.csv": csv_text(reports, ("date", "region", "text", "source", "locator")),
            "context/beneath.geojson": json.dumps(
                {"type": "FeatureCollection", "features": beneath}
            ),
            "languages/fr.po": _running_words(),
        },
    )
    return folder


def _running_words() -> bytes:
    """Return a catalogue whose every word of geomap's own would run too."""
    catalogue = Catalog("fr")
    for message in messages():
        forms = (message,) if isinstance(message, str) else message
        hostile = [f"{form} {RUNS[n % 4]}" for n, form in enumerate(forms)]
        catalogue.add(message, hostile[0] if isinstance(message, str) else hostile)
    file = io.BytesIO()
    write_po(file, catalogue)
    return file.getvalue()
