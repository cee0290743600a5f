"""Random input to every reader of data: only faults, and errors with a sentence, come out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from datasets import claim, dataset_files, write_zip
from hypothesis import given
from hypothesis import strategies as st

from geomap import sources
from geomap.check.columns import ANY_TEXT
from geomap.check.features import read_features
from geomap.check.formulas import as_meant
from geomap.check.lines import read_lines
from geomap.check.public_ids import PUBLIC_IDS, public_id
from geomap.check.suggest import Names
from geomap.check.values import colour, identifier, link, slug, visible
from geomap.check.workbooks import tables_as_csv
from geomap.core.dates import parse_day, parse_span
from geomap.core.status import status_on
from geomap.errors import Fault, GeomapError
from geomap.wording.translations import LOCALES, parse

CLAIMS = (
    claim("held", "control", "south", "1990~", note="Über 'so', \"so\""),
    claim("due", "due", "north", "2021-03-20", "s05", since="2021-03-04", locator="¶6"),
    claim("got", "handover", "north", "[2021-03-18..2021-03-21]", "s25"),
)
FILES = dataset_files(CLAIMS) | {"languages/fr.po": (LOCALES / "ru.po").read_bytes()[:4000]}
COMMANDS = re.compile(r"[\x00-\x08\n-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a line for the terminal may not hold."""
# What means something to one of the readers, and what means too much.
PIECES = st.sampled_from(
    (
        *(b"", b"\0", b"\xff", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\r", b"\n", b"\t", b" ", b"''"),
        *(b'"', b"'", b",", b";", b":", b"- ", b"? ", b"&a ", b"*a", b"!!x ", b"|", b">", b"#"),
        *(b"{", b"}", b"[", b"]", b"[" * 50, b"{a: " * 50, b"\\u0000", b"\\ud800", b"\\", b"<<: "),
        *(b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"-0", b"9" * 40, b"0x1F", b".inf"),
        *(b"2021-02-30", b"[..]", b"..", b"?~%", b"9999", b"0000-00", b"-1", b"=1+1", b"PK\3\4"),
        *(b"nplurals=1; plural=n/0;", b"msgid ", b"msgstr[9] ", b"{x!r:>9}", b"{", b"#, fuzzy\n"),
    )
) | st.binary(max_size=6)


def problem_of(call: Callable[[], Any]) -> str | None:
    """Return the sentence of the error that a call raises, None if none."""
    try:
        call()
    except (GeomapError, ValueError) as error:
        return str(error)
    return None


@st.composite
def damaged(draw: Any, content: bytes) -> bytes:
    """Return a file's content with some pieces of it replaced, cut out or doubled."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from((0, 0, 1, 2, 10, 200))))
        content = content[:start] + draw(PIECES) + content[end:]
    return content


def test_whatever_is_in_a_file_it_is_read_or_a_fault(tmp_path: Path) -> None:
    @given(st.data())
    def reads(data: Any) -> None:
        name = data.draw(st.sampled_from(sorted(FILES)))
        files = FILES | {name: data.draw(damaged(FILES[name]))}
        dataset, faults = sources.inspect(files)
        assert not any(COMMANDS.search(str(fault)) for fault in faults)
        if dataset is not None and all(fault.doubt for fault in faults):
            assert len(status_on(dataset, dataset.meta.date)) == len(dataset.regions)

    reads()


@pytest.mark.parametrize(
    "read",
    [
        parse_day,
        parse_span,
        link,
        identifier,
        colour,
        visible,
        slug,
        as_meant,
        ANY_TEXT.parse,
        Names(["north", "south"]).hint,
        *(public_id(name) for name in PUBLIC_IDS),
    ],
)
def test_a_text_is_a_value_or_an_error_with_a_sentence(read: Callable[[str], Any]) -> None:
    shapes = st.text() | st.from_regex(r"\[?[\d-]*[?~%]?(\.\.)?[\d-]*[?~%]?\]?", fullmatch=True)

    @given(shapes)
    def reads(text: str) -> None:
        problem = problem_of(lambda: read(text))
        assert problem is None or 0 < len(problem) < 600

    reads()


@given(st.binary(max_size=300) | damaged(FILES["claims.csv"]))
def test_a_table_is_lines_or_unreadable(content: bytes) -> None:
    assert problem_of(lambda: list(read_lines(content, ["event", "region"]))) != ""


@given(st.binary(max_size=300) | damaged(FILES["regions/hill.geojson"]))
def test_features_are_read_or_a_fault(content: bytes) -> None:
    faults: list[Fault] = []
    features = list(read_features({"regions/x.geojson": content}, "regions/", faults))
    assert features or faults


@given(damaged(FILES["languages/fr.po"]))
def test_a_catalogue_translates_or_says_why_not(content: bytes) -> None:
    def plurals() -> None:
        rule = parse(content, "fr").plural
        assert all(rule(count) >= 0 for count in (0, 1, 2, 5, 10**9))

    assert problem_of(plurals) != ""


def test_a_zip_is_read_or_a_fault(tmp_path: Path) -> None:
    content = write_zip(tmp_path / "sound.zip", FILES).read_bytes()

    @given(damaged(content))
    def reads(content: bytes) -> None:
        path = tmp_path / "x.zip"
        path.write_bytes(content)
        files, faults = sources.find(path).read()
        assert files or faults

    reads()


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in [["id", "name", "colour"], ["north", "=N", "#2a78b5"], ["south", 1.5, True]]:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


WORKBOOK = _workbook()
with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as _archive:
    SHEETS = {name: _archive.read(name) for name in _archive.namelist()}


def test_a_workbook_is_a_table_or_a_fault() -> None:
    @given(st.data())
    def reads(data: Any) -> None:
        if data.draw(st.booleans()):
            content = data.draw(damaged(WORKBOOK))
        else:
            name = data.draw(st.sampled_from(sorted(SHEETS)))
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w") as archive:
                for part, sheet in SHEETS.items():
                    archive.writestr(part, data.draw(damaged(sheet)) if part == name else sheet)
            content = file.getvalue()
        read, faults = tables_as_csv({"actors.xlsx": content})
        assert ("actors.csv" in read) != bool(faults)

    reads()
