"""Catalogues of translations: read, compared with the messages that there are, and written.

A catalogue is a gettext file of one language, `xx.po`. Those of geomap lie in `locale/`; a dataset may
bring its own in `languages/`, which is read first. `locale/messages.pot` lists all messages.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from gettext import c2py
from pathlib import Path
from string import Formatter

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import PoFileError, read_po, write_po

from geomap.check.names import CATALOGUES, META
from geomap.check.values import visible
from geomap.errors import BadQuery, CannotWrite, DatasetError, Fault, NotFound, quoted
from geomap.files import write_whole

Message = str | tuple[str, ...]
"""A message in English; where it counts things, its forms for one and for many."""

LOCALES = Path(__file__).parent / "locale"
TEMPLATE = LOCALES / "messages.pot"
SOURCE_LANGUAGE = "en"
_COUNTED = 1000
"""Numbers on which a rule for plurals is tried."""
_LEFT_OUT = (
    *("Project-Id-Version", "Report-Msgid-Bugs-To", "POT-Creation-Date", "PO-Revision-Date"),
    *("Last-Translator", "Language-Team", "Generated-By"),
)


@dataclass(frozen=True)
class Translations:
    """What a catalogue translates: each message's forms (one, where it counts nothing).

    `plural` says which form a number takes. `broken` are messages whose translation cannot be used,
    each with what is wrong with it; they are not among `forms`.
    """

    forms: Mapping[Message, tuple[str, ...]] = field(default_factory=dict)
    plural: Callable[[int], int] = lambda count: int(count != 1)
    broken: Mapping[Message, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Coverage:
    """How much of geomap a language translates: of `messages` those that are `missing` or `broken`."""

    messages: int
    missing: tuple[Message, ...]
    broken: Mapping[Message, str]

    @property
    def translated(self) -> int:
        """How many messages come out in the language."""
        return self.messages - len(self.missing)


def check_language(language: str) -> Locale:
    """Return the Unicode CLDR's locale of a language's code. Raises BadQuery where there is none."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        raise BadQuery(
            "language",
            f"{quoted(language)} is not the code of a language that the Unicode CLDR knows; "
            "write one such as fr, ka or pt_BR",
        ) from None


def parse(content: bytes, language: str) -> Translations:
    """Return what a catalogue translates. Raises ValueError where it is no catalogue in UTF-8."""
    catalogue = _catalogue(content, language)
    forms: dict[Message, tuple[str, ...]] = {}
    broken: dict[Message, str] = {}
    for entry in catalogue:
        strings = _strings(entry)
        if not entry.id or entry.fuzzy or not all(strings):
            continue
        if wrong := _wrong(entry, strings):
            broken[_id(entry)] = wrong
        else:
            forms[_id(entry)] = strings
    return Translations(forms, _plural(catalogue), broken)


@lru_cache(maxsize=64)
def translations_of(language: str, own: bytes | None = None) -> tuple[Translations, ...]:
    """Return what translates a language, first the dataset's `own` catalogue, if it can be read."""
    parsed = []
    if own is not None:
        # What is wrong with it `geomap check` reports; until then the language has geomap's own words.
        with contextlib.suppress(ValueError):
            parsed.append(parse(own, language))
    path = LOCALES / f"{language}.po"
    if language != SOURCE_LANGUAGE and path.is_file():
        parsed.append(parse(path.read_bytes(), language))
    return tuple(parsed)


def coverage(language: str, own: bytes | None = None) -> Coverage:
    """Return how much of geomap is translated; `own` is a dataset's own catalogue of the language.

    Raises ValueError where `own` is no catalogue. English is the source: nothing of it is missing.
    """
    if own is not None:
        parse(own, language)
    all_messages = messages()
    if language == SOURCE_LANGUAGE and own is None:
        return Coverage(len(all_messages), (), {})
    sources = translations_of(language, own)
    missing = [m for m in all_messages if not any(m in source.forms for source in sources)]
    broken = {m: why for source in sources for m, why in source.broken.items()}
    return Coverage(len(all_messages), tuple(missing), broken)


@cache
def messages() -> dict[Message, tuple[str, ...]]:
    """Return every message of geomap with the files that it stands in, in their order."""
    catalogue = read_po(io.BytesIO(TEMPLATE.read_bytes()))
    return {
        _id(entry): tuple(file for file, _ in entry.locations) for entry in catalogue if entry.id
    }


def template(wanted: Mapping[Message, tuple[str, ...]]) -> bytes:
    """Return the file that lists messages, each with the files that it stands in."""
    return _written(Catalog(charset="utf-8", fuzzy=False), wanted, Catalog(), "Every message")


def updated(
    language: str,
    before: bytes = b"",
    wanted: Mapping[Message, tuple[str, ...]] | None = None,
) -> bytes:
    """Return a catalogue with just the messages that geomap has, translations of `before` kept.

    New messages have no translation, and come out in English until they have. The plural rule is
    that of `before`, else Babel's. Equal input gives equal bytes. Raises BadQuery for an unknown
    language, ValueError where `before` is no catalogue.
    """
    locale = check_language(language)
    old = _catalogue(before, language)
    new = Catalog(locale, charset="utf-8", fuzzy=False)
    if before:
        rule = f"nplurals={old.num_plurals}; plural={old.plural_expr};"
        new.mime_headers = [("Plural-Forms", rule)]
    title = f"The words of geomap in {locale.english_name}"
    return _written(new, messages() if wanted is None else wanted, old, title)


def write_catalogue(folder: Path, language: str) -> Path:
    """Write or update a dataset's own catalogue of a language, and return its path.

    A new one has geomap's own translations where there are some. Raises BadQuery for an unknown
    language, NotFound where the folder holds no dataset, CannotWrite, and DatasetError where the file
    that is there is no catalogue.
    """
    check_language(language)
    language = language.replace("_", "-")
    if not (folder / META).is_file():
        raise NotFound(f"there is no dataset folder {quoted(str(folder))}; it would hold {META}")
    path = folder / CATALOGUES / f"{language}.po"
    shipped = LOCALES / f"{language}.po"
    try:
        start = path if path.exists() else shipped
        content = updated(language, start.read_bytes() if start.exists() else b"")
        path.parent.mkdir(exist_ok=True)
        write_whole(path, content)
    except ValueError as error:
        fault = Fault(f"{CATALOGUES}{path.name}", None, None, str(error))
        raise DatasetError(folder.name, [fault]) from None
    except OSError as error:
        raise CannotWrite(str(path), error) from None
    return path


def _written(
    new: Catalog, wanted: Mapping[Message, tuple[str, ...]], old: Catalog, title: str
) -> bytes:
    new.header_comment = f"# {title}. See docs/translating.md."
    for message, files in wanted.items():
        before = old.get(message)
        usable = (
            before is not None and not before.fuzzy and isinstance(before.string, type(message))
        )
        new.add(
            message,
            before.string if before and usable else None,
            locations=[(file, None) for file in files],
            user_comments=before.user_comments if before else (),
        )
    file = io.BytesIO()
    write_po(file, new, width=96, include_lineno=False)
    lines = file.getvalue().decode().splitlines(keepends=True)
    return "".join(
        line for line in lines if not line.startswith(tuple(f'"{name}' for name in _LEFT_OUT))
    ).encode()


def _catalogue(content: bytes, language: str) -> Catalog:
    """The entries of a catalogue. Raises ValueError with what is wrong with the file."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise ValueError(f"line {row} is not UTF-8; save the file as UTF-8") from None
    try:
        locale = check_language(language)
        return read_po(io.BytesIO(content), locale=locale, abort_invalid=True, charset="utf-8")
    except PoFileError as error:
        raise ValueError(f"line {error.lineno + 1} is not gettext: {error}") from None
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise ValueError(f"is not a catalogue of gettext: {error}") from None


def _plural(catalogue: Catalog) -> Callable[[int], int]:
    """Return which form a number takes. Raises ValueError where the rule gives numbers no form."""
    rule = c2py(catalogue.plural_expr)

    def form(count: int) -> int:
        try:
            return int(rule(count))
        except ZeroDivisionError:
            return -1

    if not all(0 <= form(count) < catalogue.num_plurals for count in range(_COUNTED)):
        raise ValueError(f"its rule for plurals gives some number below {_COUNTED} no form")
    return lambda count: max(0, form(count))


def _id(entry: Entry) -> Message:
    return tuple(entry.id) if isinstance(entry.id, (tuple, list)) else str(entry.id)


def _strings(entry: Entry) -> tuple[str, ...]:
    if isinstance(entry.string, (tuple, list)):
        return tuple(str(string or "") for string in entry.string)
    return (str(entry.string or ""),)


def _wrong(entry: Entry, strings: tuple[str, ...]) -> str:
    """What of a translation would come out broken; "" where it is well."""
    message = entry.id[0] if isinstance(entry.id, (tuple, list)) else entry.id
    wanted = _placeholders(message)
    for string in strings:
        try:
            given = _placeholders(string)
        except ValueError:
            return "has a brace that is not part of a placeholder"
        try:
            visible(string)
        except ValueError as error:
            return str(error)
        if given != wanted:
            names = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "none"
            return f"has other placeholders than the message, whose are: {names}"
        if string.count("*") != message.count("*"):
            return "has more or fewer stars than the message"
    return ""


def _placeholders(text: str) -> set[str]:
    return set(_names(text))


def _names(text: str) -> Iterator[str]:
    for _, name, _, _ in Formatter().parse(text):
        if name is not None:
            yield name
