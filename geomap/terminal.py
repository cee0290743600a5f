"""The status of the regions as a table for a terminal."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from geomap.core.dataset import Dataset, text_in
from geomap.core.selection import check_date
from geomap.core.status import row, statuses
from geomap.errors import printable
from geomap.present.captions import cite_short
from geomap.wording import headline, sentence, words_in
from geomap.wording.sentences import region_name
from geomap.wording.spans import format_day

_SIGNS = {"held": "■", "due": "◪", "handed_over": "■", "unclear": "?", "unknown": "□"}


def status_rows(
    dataset: Dataset, date: str, known: str | None, sources: str | None
) -> list[dict[str, Any]]:
    """Return the public rows of one day, without geometry."""
    names = dict(zip(dataset.regions["id"], dataset.regions["name"], strict=True))
    found = [row(status) for status in statuses(dataset, date, known, sources)]
    return [{"id": r["id"], "name": names[r["id"]], **r} for r in found]


def status_table(
    dataset: Dataset,
    date: str,
    known: str | None,
    sources: str | None,
    lang: str,
    width: int,
    colour: bool = False,
) -> str:
    """Return headline and table of one day in words, at most `width` columns wide.

    `colour` asks for as much as the terminal can (none where NO_COLOR is set). A sign before each
    name carries what the colour says.
    """
    words = words_in(lang)
    day = check_date(dataset, date)
    found = statuses(dataset, day, known, sources)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=True, header_style="bold")
    for heading in (words.say("Region"), words.say("Status"), words.say("Source")):
        table.add_column(heading, overflow="fold")
    actors = dataset.ledger.actors
    for status in found:
        style = actors[status.actor].colour if status.actor else "default"
        name = Text(f"{_SIGNS[status.control_status]} ", style=style)
        name.append(printable(region_name(words, dataset, status.region)), style="bold default")
        said = _text(sentence(words, dataset, status, day.year))
        table.add_row(name, said, Text(printable(cite_short(words, dataset, status)), style="dim"))
    title = Text(printable(text_in(dataset.meta.title, lang)), style="bold")
    opening = headline(words, dataset, found, day.year)
    filled = tuple((format_day(words, day) if t == "{date}" else t, s) for t, s in opening)
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, highlight=False, soft_wrap=False
    )
    console.print(title)
    console.print(_text(filled))
    console.print()
    console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _text(pieces: tuple[tuple[str, bool], ...]) -> Text:
    return Text.assemble(*((printable(text), "bold" if strong else "") for text, strong in pieces))
