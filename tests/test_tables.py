"""Reading CSV files: encodings, separators, headers and cells, whatever wrote them."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import pytest
from datasets import ACTORS, claim, dataset_files

from geomap.check.ledger import read_ledger
from geomap.core.claims import Ledger
from geomap.errors import Fault

HELD = claim("held", "control", "north", "1994")
DUE = claim("due", "due", "south", "2021-03-20")
SOUND = (HELD, DUE)


def read(*claims: dict[str, str], **parts: Any) -> tuple[Ledger, list[Fault]]:
    return read_ledger(dataset_files(claims or SOUND, **parts), ["hill", "vale"])


def the_fault(*claims: dict[str, str], **parts: Any) -> Fault:
    """The only fault of a dataset."""
    faults = read(*claims, **parts)[1]
    assert len(faults) == 1, faults
    return faults[0]


def table(name: str, text: str) -> dict[str, Any]:
    return {"raw": {name: text}}


def test_cells_are_trimmed_and_blank_lines_skipped_but_counted() -> None:
    text = (
        "event,region,kind,actor,date,since,part,source,locator,withdrawn\n"
        " held , hill,control ,north, 1994 ,,, s00,,\n"
        "\n"
        ",,,,,,,,,\n"
        "due,hill,due,south,,,,s00,,\n"
    )
    ledger, faults = read(**table("claims.csv", text))
    assert faults == []
    assert [(c.row, c.event, str(c.date)) for c in ledger.claims] == [
        (2, "held", "1994"),
        (5, "due", "None"),
    ]


def test_a_cell_may_hold_commas_quotes_and_line_breaks() -> None:
    note = 'He said: "no,\nnot yet"'
    ledger, faults = read({**HELD, "note": note}, {**DUE, "date": "soon"})
    assert ledger.claims[0].note == note
    # A spreadsheet shows the row after it as row 3, although it starts on line 4 of the file.
    assert [fault.row for fault in faults] == [3]


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    files = dataset_files(SOUND)
    for name in ("actors.csv", "sources.csv", "claims.csv"):
        files[name] = b"\xef\xbb\xbf" + files[name].replace(b"\n", b"\r\n")
    ledger, faults = read_ledger(files, ["hill"])
    assert faults == []
    assert len(ledger.claims) == 2


@pytest.mark.parametrize("name", ["actors.csv", "sources.csv", "claims.csv"])
def test_a_missing_table_is_one_fault(name: str) -> None:
    fault = the_fault(**table(name, None))  # type: ignore[arg-type]
    assert (fault.file, fault.row, fault.column) == (name, None, None)
    assert "is missing; a dataset needs this file" in fault.message


@pytest.mark.parametrize("name", ["actors.csv", "sources.csv", "claims.csv"])
def test_another_encoding_is_one_fault_that_says_where_and_how_to_save(name: str) -> None:
    fault = the_fault(raw={name: "id,name\nx,un été\n".encode("cp1252")})
    assert (fault.file, fault.row) == (name, 2)
    assert "is not UTF-8 (byte 6 of the row, in 'été'?)" in fault.message
    assert fault.remedy == "save it as 'CSV UTF-8'"


def test_a_workbook_named_csv_is_called_what_it_is() -> None:
    fault = the_fault(raw={"claims.csv": b"PK\x03\x04rest"})
    assert (fault.file, fault.row) == ("claims.csv", None)
    assert "is a spreadsheet (xlsx or ods) in spite of its name" in fault.message


def test_the_line_by_which_excel_is_told_the_separator_is_no_row() -> None:
    text = "sep=;\nid;name;colour\nnorth;the North;#2a78b5\nsouth;the South;red\n"
    fault = the_fault(HELD, **table("actors.csv", text))
    assert (fault.row, fault.column, fault.value) == (3, "colour", "red")


def test_a_name_in_place_of_an_id_is_answered_with_the_id() -> None:
    files = dataset_files([{**HELD, "actor": "The north"}, {**DUE, "region": "Upper Tarn"}])
    faults = read_ledger(files, ["hill", "tarn-2"], {"Upper Tarn": "tarn-2"})[1]
    assert [(fault.value, fault.remedy) for fault in faults] == [
        ("The north", "write 'north', which is the id of that name"),
        ("Upper Tarn", "write 'tarn-2', which is the id of that name"),
    ]


@pytest.mark.parametrize("cell", ['"the North', '"the "North', 'the North","'])
def test_a_stray_quote_is_a_fault_of_its_row_and_the_others_are_read(cell: str) -> None:
    text = f'id,name,colour\nnorth,{cell},#2a78b5\nsouth,the South,blue\neast,"East",red\n'
    faults = read(**table("actors.csv", text))[1]
    assert [(f.row, f.column) for f in faults] == [(2, None), (3, "colour"), (4, "colour")]
    assert 'is written "so ""that"" they are doubled"' in faults[0].message


def test_a_stray_quote_in_the_header_is_one_fault() -> None:
    fault = the_fault(**table("actors.csv", 'id,"name"s,colour\nnorth,the North,#2a78b5\n'))
    assert (fault.file, fault.row, fault.column) == ("actors.csv", 1, None)


def test_empty_columns_and_cells_at_the_end_do_not_count() -> None:
    text = "id,name,colour,,\nnorth,the North,#2a78b5\nsouth,the South,#e08a2c,,,,\n"
    assert read(**table("actors.csv", text))[1] == []
    fault = the_fault(**table("actors.csv", text.replace("8a2c,", "8a2c,x")))
    assert (fault.row, fault.column) == (3, None)
    assert "has 4 cells where the header has 3" in fault.message


@pytest.mark.parametrize(
    ("row", "cells"), [("north,the North", 2), ("north,the North,#2a78b5,extra", 4)]
)
def test_a_row_with_another_number_of_cells_is_named(row: str, cells: int) -> None:
    good = "south,the South,#e08a2c\neast,the East,#5b6673\n"
    text = f"id,name,colour\n{good}{row}\n"
    fault = the_fault(claim("e", "control", "south", "1994"), **table("actors.csv", text))
    assert (fault.file, fault.row) == ("actors.csv", 4)
    assert f"has {cells} cells where the header has 3" in fault.message


def test_a_conflict_that_git_left_behind_is_called_what_it_is() -> None:
    text = "id,name,colour\nnorth,the North,#2a78b5\n<<<<<<< HEAD\nsouth,the South,#e08a2c\n"
    fault = the_fault(HELD, **table("actors.csv", text))
    assert fault.row == 3
    assert fault.remedy == "keep what is right and remove the marks"


def test_a_missing_column_is_named() -> None:
    text = "id,name\nnorth,the North\n"
    fault = the_fault(**table("actors.csv", text))
    assert (fault.file, fault.row, fault.column) == ("actors.csv", 1, "colour")
    assert "is missing from the header" in fault.message


def test_a_misspelt_column_is_named_with_what_was_meant() -> None:
    files = dataset_files(SOUND)
    files["claims.csv"] = files["claims.csv"].replace(b"locator", b"locater", 1)
    faults = read_ledger(files, ["hill"])[1]
    assert [(f.file, f.row, f.column) for f in faults] == [
        ("claims.csv", 1, "locator"),
        ("claims.csv", 1, "locater"),
    ]
    assert "is 'locater' meant?" in faults[0].message
    assert "is 'locator' meant?" in faults[1].message


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("notes", "is 'note' meant?"),
        ("colour", "it takes event, region, kind"),
        ("part:az", "is not a column of this table"),
        ("date", "stands twice in the header"),
    ],
)
def test_a_column_that_does_not_belong_is_named(column: str, message: str) -> None:
    header, _, rest = dataset_files(())["claims.csv"].decode().partition("\n")
    fault = the_fault(**table("claims.csv", f"{header},{column}\n{rest}"))
    assert (fault.file, fault.row, fault.column) == ("claims.csv", 1, column)
    assert message in fault.message


def test_an_empty_file_lacks_every_column_that_is_needed() -> None:
    faults = read(**table("sources.csv", ""))[1]
    assert {(f.file, f.row) for f in faults} == {("sources.csv", 1)}
    assert {f.column for f in faults} >= {"id", "publisher", "title", "published"}


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_spreadsheets_that_write_other_separators_are_understood(
    separator: str, quote: str
) -> None:
    files = dataset_files([{**HELD, "note": "a, b"}])
    for name in ("actors.csv", "sources.csv", "claims.csv"):
        out = io.StringIO()
        quoting = csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
        writer = csv.writer(out, delimiter=separator, quoting=quoting)
        writer.writerows(csv.reader(io.StringIO(files[name].decode())))
        files[name] = out.getvalue().encode("utf-8-sig")
    ledger, faults = read_ledger(files, ["hill"])
    assert faults == []
    plain, _ = read_ledger(dataset_files([{**HELD, "note": "a, b"}]), ["hill"])
    assert ledger.actors == plain.actors
    assert ledger.sources == plain.sources
    assert ledger.claims == plain.claims


def test_a_header_with_semicolons_and_a_mistake_has_one_fault_for_the_mistake() -> None:
    text = "id;nam;colour\nnorth;the North;#2a78b5\n"
    faults = read(**table("actors.csv", text))[1]
    assert [(f.row, f.column) for f in faults] == [(1, "name"), (1, "nam")]


def test_semicolons_in_cells_do_not_part_them() -> None:
    ledger, faults = read({**HELD, "note": "a; b; c;;;;;;;;;;;;;;;;;;"})
    assert faults == []
    assert ledger.claims[0].note.startswith("a; b")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_excels_unicode_text_is_named(encoding: str) -> None:
    content = dataset_files(SOUND)["claims.csv"].decode().encode(encoding)
    fault = the_fault(raw={"claims.csv": content})
    assert (fault.file, fault.row) == ("claims.csv", None)
    assert "is not UTF-8 but UTF-16, which Excel calls Unicode text" in fault.message


@pytest.mark.parametrize("name", ["actors.csv", "sources.csv"])
def test_a_row_with_a_missing_cell_still_has_its_id(name: str) -> None:
    lines = dataset_files(SOUND)[name].decode().splitlines()
    lines[1] = lines[1].rpartition(",")[0]
    fault = the_fault(**table(name, "\n".join(lines)))
    assert (fault.file, fault.row) == (name, 2)
    assert "cells where the header has" in fault.message


@pytest.mark.parametrize("character", ["\x07", "\x0b", "\x1b", "\x7f", "\x9b", "\uffff", "\u202e"])
def test_a_character_that_nothing_can_show_is_named(character: str) -> None:
    fault = the_fault(HELD, {**DUE, "note": f"a{character}b"})
    assert (fault.file, fault.row, fault.column) == ("claims.csv", 3, "note")
    assert f"holds a control character (U+{ord(character):04X}); remove it" in fault.message


def test_a_cell_as_long_as_a_book_is_a_fault() -> None:
    fault = the_fault({**HELD, "note": "x" * 200_000})
    assert (fault.file, fault.row) == ("claims.csv", 2)
    assert "is longer than 131,072 characters; shorten it" in fault.message


def test_rows_padded_to_the_width_of_a_spreadsheet_are_read_at_once() -> None:
    files = dataset_files([HELD] * 200)
    header, *lines = files["claims.csv"].decode().splitlines()
    padding = "," * (16_384 - len(header.split(",")))
    files["claims.csv"] = "\n".join(line + padding for line in (header, *lines)).encode()
    start = time.process_time()
    ledger, faults = read_ledger(files, ["hill"])
    assert time.process_time() - start < 2
    assert faults == []
    assert len(ledger.claims) == 200


def test_a_table_with_more_columns_than_any_is_one_fault() -> None:
    header = dataset_files(())["claims.csv"].decode().strip()
    text = f"{header},{','.join(f'x{n}' for n in range(5000))}\n"
    fault = the_fault(**table("claims.csv", text))
    assert (fault.file, fault.row) == ("claims.csv", 1)
    assert "has 5,012 columns; a table takes at most 1,000" in fault.message


def test_a_file_of_stray_quotes_is_not_read_to_its_end() -> None:
    header = dataset_files(())["claims.csv"].decode()
    start = time.process_time()
    faults = read(**table("claims.csv", header + 'a","\n' * 20_000))[1]
    assert time.process_time() - start < 5
    assert len(faults) < 200
    assert "the file is read no further" in faults[-1].message


@pytest.mark.parametrize("column", ["name:english", "name:EN", "name:en_GB", "name:a"])
def test_a_column_of_no_language_is_a_doubt(column: str) -> None:
    actors = [{**ACTORS[0], column: "X"}, *ACTORS[1:]]
    ledger, faults = read(actors=actors)
    (doubt,) = faults
    assert doubt.doubt
    assert (doubt.file, doubt.row, doubt.column) == ("actors.csv", 1, column)
    assert "is not the code of a language" in doubt.message
    assert len(ledger.actors) == len(ACTORS)


@pytest.mark.parametrize("column", ["name:az", "name:sr-Latn", "name:ru:genitive", "name:es-419"])
def test_a_column_of_a_language_is_none(column: str) -> None:
    assert read(actors=[{**ACTORS[0], column: "X"}, *ACTORS[1:]])[1] == []
