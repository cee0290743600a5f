"""`make messages`: read every message from the code and bring the catalogues up to date.

Messages are literal strings in calls of `say`, `spans` and `spans_many`, in Python and in templates.
New ones come into each catalogue without a translation, and those that the code has no more go;
`tests/test_translations.py` fails until every hole is filled. Equal input gives equal bytes: the
files hold neither dates nor line numbers nor absolute paths.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from geomap.wording.catalogue import CASES, LANGUAGES, PLACE_CASES, SOURCE_LANGUAGE

ROOT = Path(__file__).parents[1]
CODE = ROOT / "geomap"
LOCALES = CODE / "wording" / "locale"
TRANSLATED = tuple(language for language in LANGUAGES if language != SOURCE_LANGUAGE)
PLURALS = {
    "az": "nplurals=2; plural=(n != 1);",
    "hy": "nplurals=2; plural=(n != 1);",  # Babel's own rule for Armenian has one form only
}
KEYWORDS = {"say": None, "spans": None, "spans_many": (1, 2)}
_HEADER = "# The words of geomap in {language}. See docs/translating.md.\n"
_LEFT_OUT = (
    *("Project-Id-Version", "Report-Msgid-Bugs-To", "POT-Creation-Date", "PO-Revision-Date"),
    *("Last-Translator", "Language-Team", "Generated-By"),
)

Message = str | tuple[str, ...]


def messages() -> dict[Message, set[str]]:
    """Return every message of the code, in the order of the files, with the files it stands in."""
    files: dict[Message, set[str]] = {}
    for path in sorted(CODE.rglob("*.py")):
        for _, message, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            files.setdefault(message, set()).add(path.relative_to(ROOT).as_posix())
    for path in sorted(CODE.rglob("*.html")):
        for message in _in_template(path):
            files.setdefault(message, set()).add(path.relative_to(ROOT).as_posix())
    for message in (*CASES.values(), *PLACE_CASES.values()):
        files.setdefault(message, set()).add("geomap/wording/catalogue.py")
    return files


def updated(language: str, wanted: dict[Message, set[str]]) -> bytes:
    """Return a language's catalogue with just the wanted messages, translations kept.

    `wanted` is what `messages` returns.
    """
    path = LOCALES / f"{language}.po"
    old = read_po(io.BytesIO(path.read_bytes() if path.exists() else b""), locale=language)
    new = Catalog(language, charset="utf-8", fuzzy=False)
    new.header_comment = _HEADER.format(language=new.locale.english_name).rstrip()
    if language in PLURALS:
        new.mime_headers = [("Plural-Forms", PLURALS[language])]
    for message, files in wanted.items():
        before = old.get(message)
        usable = (
            before is not None and not before.fuzzy and isinstance(before.string, type(message))
        )
        new.add(
            message,
            before.string if usable else None,
            locations=[(file, None) for file in sorted(files)],
            user_comments=before.user_comments if before else (),
        )
    file = io.BytesIO()
    write_po(file, new, width=96, include_lineno=False)
    lines = file.getvalue().decode().splitlines(keepends=True)
    return "".join(
        one for one in lines if not one.startswith(tuple(f'"{name}' for name in _LEFT_OUT))
    ).encode()


def _in_template(path: Path) -> Iterator[str]:
    tree = Environment(autoescape=True).parse(path.read_text("utf-8"))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr) and call.node.attr in KEYWORDS:
            first = call.args[0]
            if not isinstance(first, nodes.Const):
                raise ValueError(f"{path.name}:{call.lineno}: a message must be a literal string")
            yield first.value


def main() -> None:
    """Write all catalogues, and say how many messages still want a translation."""
    wanted = messages()
    for language in TRANSLATED:
        content = updated(language, wanted)
        (LOCALES / f"{language}.po").write_bytes(content)
        catalogue = read_po(io.BytesIO(content), locale=language)
        holes = [m.id for m in catalogue if m.id and not all(_forms(m.string))]
        print(f"{language}: {len(catalogue)} messages, {len(holes)} without a translation")
        for hole in holes:
            print(f"  {hole!r}")


def _forms(string: object) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (str(string or ""),)


if __name__ == "__main__":
    main()
