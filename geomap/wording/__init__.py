"""Sentences from data, in each language; a language is one catalogue file in `locale/`."""

from geomap.wording.catalogue import LANGUAGES, Words, words_in
from geomap.wording.headlines import headline
from geomap.wording.sentences import (
    claim_text,
    event_text,
    legend_name,
    sentence,
)
from geomap.wording.spans import format_day, format_span

__all__ = [
    "LANGUAGES",
    "Words",
    "claim_text",
    "event_text",
    "format_day",
    "format_span",
    "headline",
    "legend_name",
    "sentence",
    "words_in",
]
