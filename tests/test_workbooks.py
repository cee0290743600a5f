"""Tables in workbooks: what a spreadsheet saves is read as its CSV would be, or refused in words."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from datasets import claim, dataset_files
from python_calamine import CalamineWorkbook

from geomap import sources
from geomap.check.whole import build
from geomap.errors import Fault

ROWS = [
    claim("held", "control", "north", "1994", note="a,\nb"),
    claim("got", "handover", "south", "2021-03-10", source="s15"),
]
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
)


def cells(files: dict[str, bytes], name: str = "claims.csv") -> list[list[str]]:
    return list(csv.reader(io.StringIO(files[name].decode())))


def xlsx(rows: list[list[Any]], **others: list[list[Any]]) -> bytes:
    """A workbook with a sheet of rows, `claims`, and others; days are cells of a date."""
    book = openpyxl.Workbook()
    book.active.title = "claims"
    for title, values in {"claims": rows, **others}.items():
        sheet = book["claims"] if title == "claims" else book.create_sheet(title)
        for row in values:
            sheet.append([_typed(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(value: Any) -> Any:
    if value == "1994":
        return 1994
    if value == "2021-03-10":
        return date(2021, 3, 10)
    return value or None


def ods(rows: list[list[str]], more: str = "") -> bytes:
    """A workbook with one sheet, as LibreOffice writes one: blank rows fill it to its end."""
    body = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
    )
    blank = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
    blank += 'table:number-columns-repeated="16384"/></table:table-row>'
    text = (
        f"<office:document-content {_SPACES}><office:body><office:spreadsheet>"
        f'<table:table table:name="Sheet1">{body}{blank}{more}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", text)
    return out.getvalue()


def _ods_cell(text: str) -> str:
    if text == "1994":
        return '<table:table-cell office:value-type="float" office:value="1994"/>'
    if text == "2021-03-10":
        return '<table:table-cell office:value-type="date" office:date-value="2021-03-10"/>'
    lines = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


@pytest.mark.parametrize(("name", "write"), [("claims.xlsx", xlsx), ("claims.ods", ods)])
def test_a_workbook_is_read_as_its_csv(name: str, write: Callable[..., bytes]) -> None:
    files = dataset_files(ROWS)
    content = write(
        [*cells(files), [], ["bad", "hill", "control", "nobody", "2020", "", "", "s00"]]
    )
    # What these tests write is a workbook to others, too.
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    dataset, faults = build(
        {k: v for k, v in files.items() if k != "claims.csv"} | {name: content}, set()
    )
    expected = build(files, set())[0]
    assert dataset is not None
    assert expected is not None
    assert dataset.ledger.claims[:2] == expected.ledger.claims
    # The blank row counts, and the fault names the workbook.
    (fault,) = [fault for fault in faults if not fault.doubt]
    assert (fault.file, fault.row, fault.column, fault.value) == (name, 5, "actor", "nobody")


def the_fault(**files: bytes | None) -> Fault:
    """The one fault of a sound dataset with other files, by the stem of their table."""
    given: dict[str, bytes | None] = {**dataset_files(ROWS)}
    given |= {name.replace("_", "."): content for name, content in files.items()}
    (fault,) = build({name: c for name, c in given.items() if c is not None}, set())[1]
    return fault


def test_two_files_for_one_table_are_a_fault() -> None:
    fault = the_fault(claims_xlsx=xlsx(cells(dataset_files(ROWS))))
    assert fault.file == "claims.xlsx"
    assert "stands beside claims.csv, and only one can be the table" in fault.message


BOMB_ROW = (
    "<table:table-row>"
    '<table:table-cell table:number-columns-repeated="99999999999"/>{}'
    "</table:table-row>"
)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("xlsx", b"PK\x03\x04 no more", "is not a workbook that can be read"),
        ("xlsx", b"\xd0\xcf\x11\xe0", "is an old Excel workbook, or has a password"),
        ("ods", ods([], BOMB_ROW.format(_ods_cell("x"))), "has more than 1,000 columns"),
        ("ods", ods([], f"<table:table-row>{_ods_cell('x')}</table:table-row>" * 600), "rows"),
    ],
)
def test_what_is_no_table_is_one_fault(name: str, content: bytes, message: str) -> None:
    fault = the_fault(claims_csv=None, **{f"claims_{name}": content})
    assert fault.file == f"claims.{name}"
    assert message in fault.message
    assert fault.remedy


def test_of_several_sheets_the_one_of_the_tables_name_counts() -> None:
    table = cells(dataset_files(ROWS))
    files = dataset_files(ROWS)
    del files["claims.csv"]
    assert build(files | {"claims.xlsx": xlsx(table, notes=[["x"]])}, set())[1] == []
    book = openpyxl.load_workbook(io.BytesIO(xlsx(table, notes=[["x"]])))
    book["claims"].title = "Table 1"
    out = io.BytesIO()
    book.save(out)
    fault = the_fault(claims_csv=None, claims_xlsx=out.getvalue())
    assert (
        "has several sheets ('Table 1', 'notes'); call the one that counts 'claims'"
        in fault.message
    )


def test_a_workbook_that_unpacks_to_far_more_is_not_read() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("content.xml", "w") as member,
    ):
        for _ in range(300):
            member.write(bytes(2**20))
    fault = the_fault(claims_csv=None, claims_ods=out.getvalue())
    assert "unpacks to more than 256 MB" in fault.message


def test_a_folder_with_a_workbook_opens(tmp_path: Path) -> None:
    files = dataset_files(ROWS)
    files["claims.xlsx"] = xlsx(cells(files))
    del files["claims.csv"]
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert len(sources.open(tmp_path).ledger.claims) == 2
    (tmp_path / "claims.xls").write_bytes(b"x")
    (fault,) = sources.check(tmp_path)
    assert "save it as .xlsx, .ods or 'CSV UTF-8'" in fault.message
