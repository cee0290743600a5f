"""The status of the regions as a table for a terminal."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from geomap.core.dataset import Dataset
from geomap.core.status import row, statuses
from geomap.errors import printable
from geomap.present import day_view, select
from geomap.wording import words_in
from geomap.wording.bidi import without_isolates
from geomap.wording.catalogue import Spans


def status_rows(
    dataset: Dataset, date: str, known: str | None, sources: str | None
) -> list[dict[str, Any]]:
    """Return the public rows of one day, without geometry."""
    names = dict(zip(dataset.regions["id"], dataset.regions["name"], strict=True))
    rows = [row(status) for status in statuses(dataset, date, known, sources)]
    return [{"id": r["id"], "name": names[r["id"]], **r} for r in rows]


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
    words = words_in(lang, dataset)
    view = day_view(dataset, select(dataset, date, known, sources), words)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=True, header_style="bold")
    for heading in (words.say("Region"), words.say("Status"), words.say("Source")):
        table.add_column(heading, overflow="fold")
    actors = dataset.ledger.actors
    for card in view.cards:
        actor = card.facts.actor
        name = Text(f"{card.look.sign} ", style=actors[actor].colour if actor else "default")
        name.append(_shown(card.name), style="bold default")
        if card.when:
            name.append("\n  ")
        for text, struck in card.when:
            name.append(_shown(text), style="strike dim" if struck else "default")
        for number, passage in enumerate(card.passages):
            cite = Text(_shown(passage.cite), style="dim")
            table.add_row("" if number else name, _text(passage.text), cite)
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, highlight=False, soft_wrap=False
    )
    console.print(Text(_shown(view.title), style="bold"))
    console.print(_text(view.headline))
    for restriction in view.restrictions:
        console.print(Text(_shown(restriction), style="dim"))
    console.print()
    console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _shown(text: str) -> str:
    return printable(without_isolates(text))


def _text(pieces: Spans) -> Text:
    return Text.assemble(*((_shown(text), "bold" if strong else "") for text, strong in pieces))
