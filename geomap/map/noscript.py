"""What the one-file map holds for readers without scripts: its headline and table, as plain HTML."""

from __future__ import annotations

from html import escape

from geomap.present import DayView
from geomap.present.views import Card
from geomap.wording import Words
from geomap.wording.catalogue import Spans


def noscript(view: DayView, words: Words) -> str:
    """Return headline, table and credit of a day as HTML, every text in it escaped."""
    caption = " · ".join((words.say("Status on {day}", day=view.day), *view.restrictions))
    heads = (words.say("Region"), words.say("Status"), words.say("Source"))
    columns = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    rows = "".join(_rows(card) for card in view.cards)
    return (
        f'<div class="gm-static">\n<h2>{escape(view.title)}</h2>\n'
        f"<p>{_spans(view.headline)}</p>\n"
        f"<table>\n<caption>{escape(caption)}</caption>\n"
        f"<thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n"
        f"<p>{escape(view.credit)}. {escape(view.limits)}</p>\n"
        f"<p>{escape(view.accuracy)}</p>\n</div>"
    )


def _rows(card: Card) -> str:
    """A region's rows, one for what each group of sources states."""
    head = f'<th scope="row" rowspan="{len(card.passages)}">{escape(card.name)}</th>'
    cells = [
        f"<td>{_spans(passage.text)}</td><td>{escape(passage.cite)}</td>"
        for passage in card.passages
    ]
    return "".join(f"<tr>{head if n == 0 else ''}{both}</tr>" for n, both in enumerate(cells))


def _spans(spans: Spans) -> str:
    return "".join(
        f"<strong>{escape(text)}</strong>" if strong else escape(text) for text, strong in spans
    )
