"""A dataset whose every text is one that must stay a text, wherever it comes out."""

from __future__ import annotations

from pathlib import Path

from datasets import ACTORS, SOURCES, claim, region, square, write_dataset

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
