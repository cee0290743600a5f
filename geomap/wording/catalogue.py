"""The words of one language: its translations, and names in their cases.

A message is a whole sentence with `{placeholders}`; `*stars*` set a word in bold. A name may be asked
for in a grammatical case, `{actor:dative}`: the dataset may give it (column `name:ru:dative` of
actors.csv), else the catalogue's own message of that case supplies a construction that needs none.
Forms that a rule of the language gives, such as `{year:ordinal}`, come from `endings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from string import Formatter

from babel.lists import format_list

from geomap.core.dataset import Dataset
from geomap.errors import BadQuery, quoted
from geomap.wording.bidi import isolated
from geomap.wording.endings import definite
from geomap.wording.translations import (
    LOCALES,
    SOURCE_LANGUAGE,
    check_language,
    translations_of,
)

Spans = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it is set in bold."""

LANGUAGES = (SOURCE_LANGUAGE, *sorted(path.stem for path in LOCALES.glob("*.po")))
"""The languages of geomap itself; a dataset may bring others."""
_LOCALE_NAMES = {"en": "en_GB"}
_ENDONYMS = {"az": "Azərbaycanca"}
"""Where CLDR's name of a language is a country's too, and would be read as the country's."""
_COMMAS = dict.fromkeys(("ar", "fa", "ps", "ur"), "، ")
CASES = {
    "dative": "{name} (dative)",
    "genitive": "{name} (genitive)",
    "instrumental": "{name} (instrumental)",
}
PLACE_CASES = {"genitive": "{name} (place, genitive)"}
"""The same for the names of places."""
_STRONG = re.compile(r"\*([^*]+)\*")


@dataclass(frozen=True)
class Name:
    """A name for a placeholder: written as it is, or in a case where the message asks for one."""

    text: str
    cases: dict[str, str] = field(default_factory=dict)
    fallback: dict[str, str] = field(default_factory=dict)

    def __format__(self, case: str) -> str:
        if not case:
            return self.text
        if case in self.cases:
            return self.cases[case]
        # Not `format`: a width in a placeholder could make a text of gigabytes.
        return self.fallback.get(case, "{name}").replace("{name}", self.text)

    def isolated(self, direction: str) -> Name:
        """Return the same name, each of its forms kept apart from a sentence of a direction."""
        cases = {case: isolated(text, direction) for case, text in self.cases.items()}
        return Name(isolated(self.text, direction), cases, self.fallback)


class Words:
    """The words of one language. Messages not in its catalogue come out in English."""

    def __init__(self, language: str, own: bytes | None = None) -> None:
        self.language = language
        self.locale = check_language(_LOCALE_NAMES.get(language, language))
        self.direction = str(self.locale.text_direction)
        """`ltr` or `rtl`, as the script runs."""
        self._translations = translations_of(language, own)

    @property
    def endonym(self) -> str:
        """The language's own name for itself."""
        name = check_language(self.language).get_display_name() or self.language
        return _ENDONYMS.get(self.language) or name[:1].upper() + name[1:]

    def say(self, message: str, **values: object) -> str:
        """Return a message in this language with its placeholders filled, stars taken out."""
        return "".join(piece for piece, _ in self.spans(message, **values))

    def spans(self, message: str, **values: object) -> Spans:
        """Return a message in pieces, bold or not."""
        return _fill(self._translate(message), self._isolated(values))

    def spans_many(self, one: str, many: str, count: int, **values: object) -> Spans:
        """Return the form of a message that this language uses for `count` things."""
        return _fill(self._translate_many(one, many, count), self._isolated(values))

    def name(self, text: str, cases: Mapping[str, str], *, place: bool = False) -> Name:
        """Return a name for placeholders; `cases` holds it by language or `language:case`.

        `place` says that it names a place and not somebody, for cases that the dataset lacks.
        """
        own = {
            key.partition(":")[2]: value
            for key, value in cases.items()
            if key.startswith(f"{self.language}:") and value
        }
        messages = PLACE_CASES if place else CASES
        fallback = {
            case: self._translate(message)
            for case, message in messages.items()
            if self._translate(message) != message
        }
        written = cases.get(self.language) or text
        if place:
            own.setdefault("definite", definite(self.language, written))
        return Name(written, own, fallback)

    def listing(self, items: list[str]) -> str:
        """Return items as this language lists them: a, b and c."""
        return str(format_list([*map(self.set_apart, items)], locale=self.locale))

    def alternatives(self, items: list[str]) -> str:
        """Return items as this language lists a choice: a, b or c."""
        return str(format_list([*map(self.set_apart, items)], style="or", locale=self.locale))

    def joined_names(self, names: list[Name]) -> Name:
        """Return several names as one list, in each case that a message may ask for."""
        cases = {case: self.listing([format(name, case) for name in names]) for case in CASES}
        return Name(self.listing([name.text for name in names]), cases)

    def place_list(self, names: list[Name]) -> Name:
        """Return places as this language lists them, ready for the ending that a message asks for.

        Azerbaijani sets an ending behind the last name only.
        """
        marked = self.listing([definite(self.language, name.text) for name in names])
        genitives = [format(name, "genitive") for name in names]
        if self.language == "az":
            genitives[:-1] = [name.text for name in names[:-1]]
        texts = self.listing([name.text for name in names])
        return Name(texts, {"definite": marked, "genitive": self.listing(genitives)})

    def enumeration(self, items: Iterable[str]) -> str:
        """Return items with nothing but this language's comma between them: a, b, c."""
        return _COMMAS.get(self.language, ", ").join(map(self.set_apart, items))

    def set_apart(self, text: str) -> str:
        """Return a text for a line of its language; what runs against its direction is isolated."""
        return isolated(text, self.direction)

    def capitalise(self, text: str) -> str:
        """Return a text with its first letter as a capital, by the language's own rule."""
        if self.language == "az" and text.startswith("i"):
            return "İ" + text[1:]
        return text[:1].upper() + text[1:]

    def _translate(self, message: str) -> str:
        for translations in self._translations:
            if message in translations.forms:
                return translations.forms[message][0]
        return message

    def _translate_many(self, one: str, many: str, count: int) -> str:
        for translations in self._translations:
            if (one, many) in translations.forms:
                forms = translations.forms[one, many]
                return forms[min(translations.plural(count), len(forms) - 1)]
        return one if count == 1 else many

    def _isolated(self, values: dict[str, object]) -> dict[str, object]:
        """Values for placeholders; but one that the page fills in stays as it is, `{date}`."""
        direction = self.direction
        return {
            key: value
            if value == f"{{{key}}}"
            else value.isolated(direction)
            if isinstance(value, Name)
            else isolated(str(value), direction)
            for key, value in values.items()
        }


def words_in(language: str, dataset: Dataset | None = None) -> Words:
    """Return the words of a language of geomap or of a dataset's own; of English for any other."""
    own = dataset.catalogues.get(language) if dataset else None
    return _words(language, own)


def languages_of(dataset: Dataset) -> tuple[str, ...]:
    """Return the languages that a dataset can be shown in, the first being its own."""
    spoken = (*LANGUAGES, *filter(_has_locale, dataset.catalogues))
    offered = tuple(language for language in dataset.meta.languages if language in spoken)
    return offered or (SOURCE_LANGUAGE,)


def check_words(language: str, dataset: Dataset) -> str:
    """Return a language in which a dataset can be put into words; raises BadQuery for another."""
    spoken = list(dict.fromkeys((*LANGUAGES, *languages_of(dataset))))
    if language not in spoken:
        raise BadQuery("lang", f"{quoted(language)} is not known; use {', '.join(spoken)}")
    return language


@lru_cache(maxsize=64)
def _words(language: str, own: bytes | None) -> Words:
    known = language in LANGUAGES or (own is not None and _has_locale(language))
    return Words(language, own) if known else Words(SOURCE_LANGUAGE)


def _has_locale(language: str) -> bool:
    try:
        return bool(check_language(language))
    except BadQuery:
        return False


def _fill(message: str, values: dict[str, object]) -> Spans:
    """Fill the placeholders of a message piece by piece, so that no value is read as markup."""
    pieces = []
    before = ""
    for strong, parts in _parsed(message):
        text = ""
        for literal, name, case in parts:
            # An abbreviation's full stop ends its sentence too.
            twice = literal.startswith(".") and (text or before).endswith(".")
            text += literal[1:] if twice else literal
            if name is not None:
                value = values[name]
                text += format(value, case or "") if isinstance(value, Name) else str(value)
        if text:
            pieces.append((text, strong))
            before = text
    return tuple(pieces)


@lru_cache(maxsize=4096)
def _parsed(
    message: str,
) -> tuple[tuple[bool, tuple[tuple[str, str | None, str | None], ...]], ...]:
    """A message's pieces: whether each is in bold, and its texts with the placeholder behind each."""
    return tuple(
        (bool(number % 2), tuple(part[:3] for part in Formatter().parse(piece)))
        for number, piece in enumerate(_STRONG.split(message))
    )
