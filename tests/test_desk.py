"""What a desk asks before it publishes: `geomap check` with its doubts, and `geomap diff`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from colorspacious import cspace_convert
from datasets import (
    ACTORS,
    REGIONS,
    SOURCES,
    claim,
    csv_text,
    dataset_files,
    region,
    square,
    write_dataset,
    write_zip,
)

from geomap import sources as datasets
from geomap.cli import main
from geomap.desk import check, diff
from geomap.desk.colours import SIGHTS, seen
from geomap.errors import Fault

Make = Callable[..., Path]
HELD = claim("held", "control", "north", "1994")
GOT = claim("got", "handover", "south", "2021-03-10", source="s15")
VALE = claim("vale", "control", "south", "1990", region="vale")
LEDGER = (HELD, GOT, VALE)
CITED = [row for row in SOURCES if row["id"] in ("s00", "s15")]


def write(make: Make, *claims: dict[str, str], **parts: Any) -> Path:
    return make(claims or LEDGER, **{"sources": CITED, **parts})


def the_doubt(path: Path, **options: Any) -> Fault:
    (doubt,) = check(path, **options).faults
    assert doubt.doubt
    return doubt


# Doubts ---------------------------------------------------------------------------------------


def test_a_sound_ledger_raises_no_doubt(make_dataset: Make) -> None:
    assert check(write(make_dataset)).faults == []


def test_the_built_in_dataset_raises_no_doubt() -> None:
    assert check(datasets.builtin_path()).faults == []


def test_a_source_that_nobody_cites(make_dataset: Make) -> None:
    doubt = the_doubt(write(make_dataset, sources=[*CITED, SOURCES[2]]))
    assert (doubt.file, doubt.row, doubt.value) == ("sources.csv", 4, "s10")
    assert doubt.remedy == "remove it, or add what it says"


def test_a_row_that_stands_twice_whoever_entered_it(make_dataset: Make) -> None:
    doubt = the_doubt(write(make_dataset, *LEDGER, {**GOT, "author": "Anna"}))
    assert (doubt.file, doubt.row) == ("claims.csv", 5)
    assert "says the same as row 3" in doubt.message


def test_a_source_that_gives_two_days_for_one_event(make_dataset: Make) -> None:
    doubt = the_doubt(write(make_dataset, *LEDGER, {**GOT, "date": "2021-03-11"}))
    assert (doubt.row, doubt.column, doubt.value) == (5, "date", "2021-03-11")
    assert "differs from 2021-03-10 in row 3, which has the same source and event" in doubt.message


def test_stretches_for_which_nobody_is_said_to_hold_a_region(make_dataset: Make) -> None:
    late = claim("vale", "control", "south", "2021-03-10", region="vale", source="s15")
    doubt = the_doubt(write(make_dataset, HELD, GOT, late))
    assert "no claim about 'vale' says who held it from 2021-03-01 to 2021-03-09" in doubt.message
    doubt = the_doubt(write(make_dataset, HELD, GOT))
    assert "no claim is about 'vale'" in doubt.message


def test_a_language_without_a_catalogue(make_dataset: Make) -> None:
    doubt = the_doubt(write(make_dataset, meta={"languages": ["en", "sw"]}))
    assert (doubt.file, doubt.column, doubt.value) == ("dataset.yaml", "languages", "sw")


def test_colours_that_some_eyes_cannot_tell_apart(make_dataset: Make) -> None:
    red, green = {**ACTORS[0], "colour": "#d62728"}, {**ACTORS[1], "colour": "#2ca02c"}
    faults = check(write(make_dataset, actors=[red, green])).faults
    assert {(f.file, f.row, f.column, f.value) for f in faults} == {
        ("actors.csv", 2, "colour", "#d62728")
    }
    assert "from the colour of 'south' (row 3) for readers with deuteranopia" in faults[0].message


@pytest.mark.parametrize(
    ("sight", "name"),
    [
        ("protanopia", "protanomaly"),
        ("deuteranopia", "deuteranomaly"),
        ("tritanopia", "tritanomaly"),
    ],
)
def test_colour_blind_sight_is_that_of_the_published_model(sight: str, name: str) -> None:
    assert sight in SIGHTS
    space = {"name": "sRGB1+CVD", "cvd_type": name, "severity": 100}
    for colour in np.random.default_rng(1).random((20, 3)):
        expected = np.clip(cspace_convert(colour, space, "sRGB1"), 0, 1)
        assert np.allclose(seen(colour, sight), expected, atol=2e-3)


# Against what was published -------------------------------------------------------------------


def test_a_published_row_that_is_gone_or_changed_is_a_fault(
    make_dataset: Make, tmp_path: Path
) -> None:
    old = write_zip(tmp_path / "old.zip", dataset_files(LEDGER, sources=CITED))
    changed = write(make_dataset, HELD, {**GOT, "date": "2021-03-11"}, VALE)
    (fault,) = check(changed, against=old).faults
    assert (fault.row, fault.column, fault.value) == (3, "date", "2021-03-11")
    assert "was '2021-03-10' when it was published" in fault.message
    gone = check(
        write(make_dataset, GOT, VALE, claim("new", "control", "north", "1993")), against=old
    )
    assert ["row 2 then: held, control, 1994, s00" in f.message for f in gone.faults] == [True]


def test_withdrawals_additions_and_notes_are_how_a_ledger_is_corrected(make_dataset: Make) -> None:
    old = write(make_dataset)
    corrected = write(
        make_dataset,
        {**GOT, "withdrawn": "2021-03-20", "note": "see below", "author": "Anna"},
        claim("got", "handover", "south", "2021-03-11", source="s15"),
        VALE,
        HELD,
    )
    assert check(corrected, against=old).faults == []
    back = check(write(make_dataset), against=corrected).faults
    assert {fault.column for fault in back} == {"withdrawn", None}


# What the command prints ----------------------------------------------------------------------


def run(*arguments: object) -> Any:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def faulty(make_dataset: Make) -> Path:
    """A dataset with a fault in a table, one in dataset.yaml and one in a region's file."""
    return write(
        make_dataset,
        {**HELD, "note": 'two,\nlines "so"'},
        {**GOT, "date": "25/04/2021"},
        VALE,
        meta={"view": {"bounds": [9, 49, 13, 52], "max_zoom": 99}},
        regions={**REGIONS, "dale": region("dale", square(12, 50), actor="x,\ny: z")},
    )


def test_json_has_all_that_is_known_of_each_fault(faulty: Path) -> None:
    result = run("check", faulty, "--format", "json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["sound"] is False
    date = next(fault for fault in document["faults"] if fault["file"] == "claims.csv")
    assert date == {
        "severity": "fault",
        "file": "claims.csv",
        "row": 3,
        "column": "date",
        "value": "25/04/2021",
        "message": "'25/04/2021' is not a date; write 2021-04-25",
        "remedy": "write 2021-04-25",
        "line": 4,  # the row before has two lines
        "line_column": len("got,hill,handover,south,") + 1,
    }
    assert all(fault["remedy"] for fault in document["faults"])


def test_github_gets_annotations_at_lines_of_files(faulty: Path) -> None:
    lines = run("check", faulty, "--format", "github").stdout.splitlines()
    assert f"::error file={faulty}/claims.csv,line=4,col=25,title=row 3%2C date::" in lines[-2]
    zoom = next(line for line in lines if "max_zoom" in line)
    row = (
        (faulty / "dataset.yaml")
        .read_text()
        .splitlines()[int(zoom.split("line=")[1].split(",")[0]) - 1]
    )
    assert row.strip() == "max_zoom: 99"
    region_line = next(line for line in lines if "dale.geojson" in line)
    assert "title=actor::is a name that exports give" in region_line


def test_a_doubt_is_a_warning_and_no_failure(make_dataset: Make) -> None:
    folder = write(make_dataset, sources=[*CITED, SOURCES[2]])
    result = run("check", folder, "--format", "github")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"::warning file={folder}/sources.csv,line=4,col=1,")


# diff -----------------------------------------------------------------------------------------


def lines(old: Path, new: Path, lang: str = "en") -> list[str]:
    return diff(datasets.find(old), datasets.find(new), lang).lines()


def test_a_diff_says_what_the_map_says_otherwise_on_which_days(make_dataset: Make) -> None:
    old = write(make_dataset)
    new = write(
        make_dataset,
        HELD,
        {**GOT, "withdrawn": "2021-03-20", "withdrawn_because": "a slip"},
        {**GOT, "event": "later", "date": "2021-03-12", "author": "Anna"},
        VALE,
    )
    assert lines(old, new) == [
        "Hill, 10 March 2021 – 11 March 2021. "
        "Before: Handed over to the South on 10 March 2021. Now: Held by the North since 1994.",
        "Hill, since 12 March 2021. Before: Handed over to the South on 10 March 2021. "
        "Now: Handed over to the South on 12 March 2021.",
        "Withdrawn in claims.csv on 20 March 2021: "
        "Hill: Handed over to the South on 10 March 2021 (Paper, 15 Mar 2021). Reason: a slip",
        "Added to claims.csv: Hill: Handed over to the South on 12 March 2021 "
        "(Paper, 15 Mar 2021) [entered by Anna]",
        "Nothing else has changed.",
    ]
    assert "[кто внёс: Anna]" in lines(old, new, "ru")[3]


def test_a_diff_names_every_other_change(make_dataset: Make) -> None:
    reports = ("date", "region", "text", "source", "locator")
    report = {"date": "2021-03-10", "text": "A road opened", "source": "s15"}
    old = write(make_dataset, raw={"reports.csv": csv_text([report], reports)})
    new = write(
        make_dataset,
        actors=[{**ACTORS[0], "colour": "#123456"}, *ACTORS[1:]],
        sources=[{**CITED[0], "title": "Another"}, CITED[1], SOURCES[2]],
        meta={"title": "Vale and hill"},
        regions={
            "hill": region("hill", square(10, 50), **{"name:az": "Təpə"}),
            "vale": region("vale", square(11, 50, 0.9)),
        },
        raw={"context/towns.geojson": json.dumps(TOWN)},
    )
    said = "\n".join(lines(old, new))
    for expected in (
        "Vale: its outline has changed. Before: ",
        "Deleted from reports.csv: on 10 March 2021: A road opened (s15)",
        "Changed in sources.csv: Paper, Another, 1 January 2020 (s00) [title: Story s00 → Another]",
        "Added to sources.csv: Paper, Story s10, 10 March 2021 (s10)",
        "Changed in actors.csv: the North (north) [colour: #2a78b5 → #123456]",
        "Changed in dataset.yaml: title: Hill and vale → Vale and hill",
        "Changed in regions/hill.geojson: Hill (hill) [name:az: ∅ → Təpə]",
        "Changed in context/towns.geojson: town Tarn",
    ):
        assert expected in said
    assert "Hill, " not in said  # no day on which the map says anything else of it


TOWN = {
    "type": "Feature",
    "properties": {"kind": "town", "name": "Tarn"},
    "geometry": {"type": "Point", "coordinates": [10.5, 50.5]},
}


def test_a_diff_ends_with_what_has_no_effect(make_dataset: Make) -> None:
    old, new = write(make_dataset), write(make_dataset, VALE, GOT, HELD)
    assert lines(old, old) == ["Nothing has changed."]
    assert lines(old, new) == ["Without effect on what readers see: claims.csv."]
    result = run("diff", old, new, "--format", "json")
    assert json.loads(result.stdout) == {"differences": [], "without_effect": ["claims.csv"]}


def test_readers_never_see_who_entered_a_row(tmp_path: Path) -> None:
    from geomap.formats.schema import datapackage
    from geomap.formats.tables import export_claims

    rows = [{**HELD, "author": "Anna Secret"}, GOT, VALE]
    dataset = datasets.open(write_dataset(tmp_path / "d", rows, sources=CITED))
    assert dataset.ledger.claims[0].author == "Anna Secret"
    for text in (export_claims(dataset, "csv"), export_claims(dataset, "json")):
        assert b"author" not in text
        assert b"Secret" not in text
    assert '"author"' not in json.dumps(datapackage(dataset))
