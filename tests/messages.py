"""`make messages`: read every message from the code and bring the catalogues up to date.

Messages are literal strings in calls of `say`, `spans` and `spans_many`, in Python and in templates.
`locale/messages.pot` lists them for those who have no checkout; new ones come into each catalogue
without a translation, and those that the code has no more go. `tests/test_translations.py` fails
until every hole is filled. Equal input gives equal bytes: the files hold neither dates nor line
numbers nor absolute paths.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file
from jinja2 import Environment, nodes

from geomap.wording.catalogue import CASES, LANGUAGES, PLACE_CASES
from geomap.wording.translations import (
    LOCALES,
    SOURCE_LANGUAGE,
    TEMPLATE,
    Message,
    parse,
    template,
    updated,
)

ROOT = Path(__file__).parents[1]
CODE = ROOT / "geomap"
TRANSLATED = tuple(language for language in LANGUAGES if language != SOURCE_LANGUAGE)
KEYWORDS = {"say": None, "spans": None, "spans_many": (1, 2)}


def messages() -> dict[Message, tuple[str, ...]]:
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
    return {message: tuple(sorted(names)) for message, names in files.items()}


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
    TEMPLATE.write_bytes(template(wanted))
    for language in TRANSLATED:
        path = LOCALES / f"{language}.po"
        path.write_bytes(updated(language, path.read_bytes(), wanted))
        have = parse(path.read_bytes(), language)
        holes = [message for message in wanted if message not in have.forms]
        print(f"{language}: {len(wanted)} messages, {len(holes)} without a translation")
        for hole in holes:
            print(f"  {hole!r}")


if __name__ == "__main__":
    main()
