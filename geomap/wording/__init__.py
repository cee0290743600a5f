"""Sentences from data, in each language; a language is one catalogue file in `locale/`."""

from geomap.wording.catalogue import (
    LANGUAGES,
    Words,
    check_words,
    languages_of,
    words_in,
)
from geomap.wording.headlines import headline
from geomap.wording.sentences import (
    claim_text,
    event_text,
    legend_name,
)
from geomap.wording.spans import format_day, format_span
from geomap.wording.statements import Statement, sentence, statements
from geomap.wording.translations import Coverage, coverage

__all__ = [
    "LANGUAGES",
    "Coverage",
    "Statement",
    "Words",
    "check_words",
    "claim_text",
    "coverage",
    "event_text",
    "format_day",
    "format_span",
    "headline",
    "languages_of",
    "legend_name",
    "sentence",
    "statements",
    "words_in",
]
