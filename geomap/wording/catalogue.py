"""The words of one language: gettext catalogues read with Babel, and names in their cases.

A message is a whole sentence with `{placeholders}`; `*stars*` set a word in bold. A name may be asked
for in a grammatical case, `{actor:dative}`: the dataset may give it (column `name:ru:dative` of
actors.csv), else the catalogue's own message of that case supplies a construction that needs none.
Forms that a rule of the language gives, such as `{year:ordinal}`, come from `endings`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from gettext import c2py
from pathlib import Path
from string import Formatter

from babel import Locale
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from geomap.wording.endings import definite

Spans = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether it is set in bold."""

_LOCALES = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
LANGUAGES = (SOURCE_LANGUAGE, *sorted(path.stem for path in _LOCALES.glob("*.po")))
_LOCALE_NAMES = {"en": "en_GB"}
_ENDONYMS = {"az": "Azərbaycanca"}
"""Where CLDR's name of a language is a country's too, and would be read as the country's."""
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
        return self.fallback.get(case, "{name}").format(name=self.text)


class Words:
    """The words of one language. Messages not in its catalogue come out in English."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = Locale.parse(_LOCALE_NAMES.get(language, language))
        self._catalogue = _read(language)

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, as the script runs."""
        return str(self.locale.text_direction)

    @property
    def endonym(self) -> str:
        """The language's own name for itself."""
        name = Locale.parse(self.language).get_display_name() or self.language
        return _ENDONYMS.get(self.language) or name[:1].upper() + name[1:]

    def say(self, message: str, **values: object) -> str:
        """Return a message in this language with its placeholders filled, stars taken out."""
        return "".join(piece for piece, _ in self.spans(message, **values))

    def spans(self, message: str, **values: object) -> Spans:
        """Return a message in pieces, bold or not."""
        return _fill(self._translate(message), values)

    def spans_many(self, one: str, many: str, count: int, **values: object) -> Spans:
        """Return the form of a message that this language uses for `count` things."""
        return _fill(self._translate_many(one, many, count), values)

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
        fallback = {case: self._translate(message) for case, message in messages.items()}
        if self.language == SOURCE_LANGUAGE:
            fallback = {}
        written = cases.get(self.language) or text
        if place:
            own.setdefault("definite", definite(self.language, written))
        return Name(written, own, fallback)

    def listing(self, items: list[str]) -> str:
        """Return items as this language lists them: a, b and c."""
        return str(format_list(items, locale=self.locale))

    def alternatives(self, items: list[str]) -> str:
        """Return items as this language lists a choice: a, b or c."""
        return str(format_list(items, style="or", locale=self.locale))

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

    def capitalise(self, text: str) -> str:
        """Return a text with its first letter as a capital, by the language's own rule."""
        if self.language == "az" and text.startswith("i"):
            return "İ" + text[1:]
        return text[:1].upper() + text[1:]

    def _translate(self, message: str) -> str:
        entry = self._catalogue.get(message) if self._catalogue else None
        return str(entry.string) if entry and entry.string and not entry.fuzzy else message

    def _translate_many(self, one: str, many: str, count: int) -> str:
        entry = self._catalogue.get((one, many)) if self._catalogue else None
        if self._catalogue is None or not entry or not entry.string or entry.fuzzy:
            return one if count == 1 else many
        forms = entry.string if isinstance(entry.string, (list, tuple)) else [entry.string]
        return str(forms[min(_plural_index(self._catalogue, count), len(forms) - 1)])


@lru_cache(maxsize=32)
def words_in(language: str) -> Words:
    """Return the words of a language of `LANGUAGES`; of English for any other."""
    return Words(language if language in LANGUAGES else SOURCE_LANGUAGE)


def read_catalogue(language: str) -> Catalog:
    """Return the translators' catalogue of a language, as it stands in `locale/`."""
    with (_LOCALES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _read(language: str) -> Catalog | None:
    return None if language == SOURCE_LANGUAGE else read_catalogue(language)


def _plural_index(catalogue: Catalog, count: int) -> int:
    return int(c2py(catalogue.plural_expr)(count))


def _fill(message: str, values: dict[str, object]) -> Spans:
    """Fill the placeholders of a message piece by piece, so that no value is read as markup."""
    pieces = []
    before = ""
    for number, piece in enumerate(_STRONG.split(message)):
        text = ""
        for literal, name, case, _ in Formatter().parse(piece):
            # An abbreviation's full stop ends its sentence too.
            twice = literal.startswith(".") and (text or before).endswith(".")
            text += literal[1:] if twice else literal
            if name is not None:
                text += format(values[name], case or "")
        if text:
            pieces.append((text, bool(number % 2)))
            before = text
    return tuple(pieces)
