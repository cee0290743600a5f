"""What the one-file map says where scripts are off: its headline and facts, as plain HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from geomap.wording import format_day, words_in


def still(payload: Mapping[str, Any]) -> str:
    """Return headline, table and credit of a payload's day as HTML, every text in it escaped.

    A reader without scripts gets no slider, so the day is the one the map was made for.
    """
    words = words_in(payload["lang"])
    shown = str(payload["date"])
    day = format_day(words, date.fromisoformat(shown))
    caption = " · ".join((words.say("Status on {day}", day=day), *payload["restrictions"]))
    heads = (words.say("Region"), words.say("Status"), words.say("Source"))
    columns = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    rows = []
    for region in payload["regions"]:
        now = _at(region["intervals"], shown)
        cells = f"<td>{_pieces(now['sentence'], day)}</td><td>{escape(now['cite'])}</td>"
        rows.append(f'<tr><th scope="row">{escape(region["name"])}</th>{cells}</tr>')
    credit = " ".join(escape(text) for text, _ in payload["credit"])
    return (
        f'<div class="gm-still">\n<h2>{escape(payload["title"])}</h2>\n'
        f"<p>{_pieces(_at(payload['headlines'], shown)['text'], day)}</p>\n"
        f"<table>\n<caption>{escape(caption)}</caption>\n"
        f"<thead><tr>{columns}</tr></thead>\n<tbody>\n{''.join(rows)}\n</tbody>\n</table>\n"
        f"<p>{credit}. {escape(payload['text']['limit'])}</p>\n</div>"
    )


def _at(intervals: Sequence[Mapping[str, Any]], day: str) -> Mapping[str, Any]:
    return next(one for one in intervals if one["from"] <= day <= one["to"])


def _pieces(spans: Sequence[Sequence[Any]], day: str) -> str:
    """Spans of text as HTML; `{date}` alone in one stands for the day."""
    texts = [(escape(day if text == "{date}" else text), strong) for text, strong in spans]
    return "".join(f"<strong>{text}</strong>" if strong else text for text, strong in texts)
