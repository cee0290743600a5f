"""What dataset.yaml may say, and every fault with its key."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import META, claim

from geomap import sources as geomap_sources
from geomap.check.meta import read_meta
from geomap.check.names import RESERVED_IDS
from geomap.errors import Fault
from geomap.sources import check

Make = Callable[..., Path]
HELD = claim("held", "control", "north", "1994")


def the_fault(path: Path) -> Fault:
    """The only fault of a dataset."""
    faults = check(path)
    assert len(faults) == 1, faults
    return faults[0]


def zoom(**keys: Any) -> dict[str, Any]:
    return {"view": {"bounds": [9, 49, 13, 52], **keys}}


def milestone(**keys: Any) -> dict[str, Any]:
    return {"milestones": [{"date": "2021-03-10", "label": "X", "source": "s00", **keys}]}


@pytest.mark.parametrize(
    ("meta", "column", "message"),
    [
        ({"date": "2020-12-31"}, "date", "2020-12-31 lies outside the period 2021-03-01 to"),
        ({"date": "2021-02-30"}, "date", "no such day in the calendar"),
        ({"date": "March"}, "date", "'March' is not a day"),
        ({"period": {"start": "2021-03-31", "end": "2021-03-01"}}, "period", "before it starts"),
        ({"period": {"start": "2021-03-01"}}, "period.end", "is missing"),
        ({"period": {"start": "2021-03-00", "end": "2021-03-31"}}, "period.start", "no such day"),
        ({"titel": "X"}, "titel", "is not known here; is 'title' meant? known: id, title"),
        ({"colour": "X"}, "colour", "is not known here; known: id, title"),
        ({"id": "9" * 61}, "id", "is 61 characters long; use at most 60"),
        ({"id": "My Map"}, "id", "use lower-case letters, digits and hyphens"),
        ({"id": "../etc"}, "id", "is not an id"),
        ({"id": ""}, "id", "is not an id"),
        ({"view": {"bounds": [13, 49, 9, 52]}}, "view.bounds", "west, south, east, north"),
        ({"view": {"bounds": [49, 9, 52, 200]}}, "view.bounds", "in degrees"),
        ({"view": {"bounds": [9, 49, "nan", 52]}}, "view.bounds", "west, south, east"),
        ({"view": {"bounds": [9, "-inf", 13, 52]}}, "view.bounds", "west, south, east"),
        ({"view": {"bounds": [9, 49, float("nan"), 52]}}, "view.bounds.2", "must be a number"),
        ({"view": {"bounds": [9, 49, 13]}}, "view.bounds.3", "is missing"),
        ({"view": {"bounds": [9, 49, 13, 52, 1]}}, "view.bounds", "has too many entries"),
        ({"view": {"bounds": [9, 49, 13, "N"]}}, "view.bounds.3", "must be a number"),
        ({"view": {"bounds": "all"}}, "view.bounds", "must be a list"),
        (zoom(min_zom=5), "view.min_zom", "is 'min_zoom' meant? known: bounds, min_zoom, max_zoom"),
        (zoom(min_zoom=-1), "view.min_zoom", "is -1; a zoom is a number from 0 to 22"),
        (zoom(max_zoom=23), "view.max_zoom", "is 23; a zoom is a number from 0 to 22"),
        (zoom(max_zoom="inf"), "view.max_zoom", "is inf; a zoom is a number from 0 to 22"),
        (zoom(max_zoom="nan"), "view.max_zoom", "a zoom is a number from 0 to 22"),
        (zoom(max_zoom="far"), "view.max_zoom", "must be a number"),
        (zoom(min_zoom=9, max_zoom=8), "view.min_zoom", "9 is more than max_zoom, 8"),
        (milestone(source="gazette"), "milestones.0.source", "there is no source 'gazette'"),
        (milestone(source=""), "milestones.0.source", "is empty; write a text"),
        (milestone(label=""), "milestones.0.label", "is empty; write a text"),
        (milestone(date="2021-04-01"), "milestones.0.date", "lies outside the period 2021-03-01"),
        (milestone(date="2021-02-30"), "milestones.0.date", "no such day in the calendar"),
        (milestone(day="2021-03-01"), "milestones.0.day", "known: date, label, source, locator"),
        ({"period": "March"}, "period", "must hold the keys start, end"),
        (
            {"period": {"start": "1800-01-01", "end": "2021-03-31"}},
            "period",
            "is 221 years long; a map shows at most 200",
        ),
        (
            {"period": {"start": "9990-01-01", "end": "9999-12-31"}},
            "period",
            "goes from 9990-01-01 to 9999-12-31; use days of the years 100 to 2999",
        ),
        ({"title": "\ud800 x"}, "title", "holds a control character (U+D800)"),
        ({"title": ""}, "title", "is empty; write a text"),
        ({"title": "  "}, "title", "is empty; write a text"),
        ({"title": {}}, "title", "must be a text, or one for each language"),
        ({"title": ["Hill"]}, "title", "must be a text, or one for each language"),
        ({"title": {"en": None}}, "title", "has no text for 'en'; write one or remove"),
        ({"title": {"english": "Hill"}}, "title", "'english' is no language; write its code"),
        ({"attribution": ""}, "attribution", "is empty; write a text"),
        ({"licence": {"name": ""}}, "licence.name", "is empty; write a text"),
        ({"licence": "CC0-1.0"}, "licence", "must hold the keys name, url"),
        ({"licence": {"name": "X", "url": "javascript:x"}}, "licence.url", "is not a web address"),
        ({"timezone": "Baku"}, "timezone", "'Baku' is no time zone; write it as Asia/Baku or UTC"),
        ({"timezone": "../etc"}, "timezone", "is no time zone"),
        ({"timezone": ""}, "timezone", "is no time zone"),
        ({"languages": []}, "languages", "is empty; name at least one language"),
        ({"languages": "en"}, "languages", "must be a list"),
        ({"languages": ["en", "en"]}, "languages", "names a language twice"),
        ({"languages": ["en", "xx"]}, "languages.1", "'xx' is no language; write its code"),
        ({"languages": ["EN"]}, "languages.0", "'EN' is no language"),
        ({"languages": ["en_GB"]}, "languages.0", "'en_GB' is no language"),
    ],
)
def test_a_bad_entry_of_dataset_yaml_is_named(
    make_dataset: Make, meta: dict, column: str, message: str
) -> None:
    fault = the_fault(make_dataset([HELD], meta=meta))
    assert (fault.file, fault.column) == ("dataset.yaml", column)
    assert message in fault.message


@pytest.mark.parametrize("key", ["id", "title", "period", "date", "licence", "attribution"])
def test_a_missing_entry_of_dataset_yaml_is_named(make_dataset: Make, key: str) -> None:
    text = yaml.safe_dump({k: v for k, v in META.items() if k != key})
    fault = the_fault(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert (fault.file, fault.column) == ("dataset.yaml", key)
    assert fault.message == f"is missing; write `{key}: …`, as the guide says"


def test_an_impossible_day_is_named_without_quotes_too(make_dataset: Make) -> None:
    text = yaml.safe_dump({**META, "date": "DAY"}).replace("DAY", "2021-02-30")
    fault = the_fault(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert (fault.file, fault.column) == ("dataset.yaml", "date")
    assert "no such day in the calendar" in fault.message


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("id: test\ntitle: [unclosed\n", 3),
        ("id: test\n  title: X\n", 2),
        ("id: !!python/object/apply:os.system [ls]\n", 1),
        (b"title: caf\xe9\n", None),
        ("a: " + "[" * 5000, None),
        ("id: test\ndate: !!timestamp foo\n", 2),
        ("id: !!bool foo\n", 1),
        ('id: !!int ""\n', 1),
        ("!!int id: test\n", 1),
        ("id: test\ntitle: X\nid: other\n", 3),
        ("id: test\n[a, b]: X\n", 2),
        ("id: test\n!!merge <<: {title: X}\n", 2),
    ],
)
def test_broken_yaml_is_one_fault(make_dataset: Make, text: str | bytes, row: int | None) -> None:
    fault = the_fault(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert (fault.file, fault.row) == ("dataset.yaml", row)
    assert fault.remedy or "is not valid YAML: " in fault.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: Kalbajar: the handover", "put the text in quotes"),
        ("title: X\n\tsummary: Y", "is indented with a tab; indent with blanks"),
        ('title: "X\n', "has a quotation mark that is not closed"),
        ("title: 'it's'", "double those within, as in 'it''s'"),
        ("licence:\n    name: X\n  url: Y", "indent keys of one group alike"),
        ("languages: [en, az\ntitle: X", "close it with ] or }"),
        ("title: @home", "begins with a sign YAML keeps for itself"),
        ("id: x\ntitle\nsummary: Y", "has a line without a colon"),
    ],
)
def test_mistakes_in_yaml_are_explained_in_plain_words(text: str, message: str) -> None:
    (fault,) = read_meta({"dataset.yaml": text.encode()})[1]
    assert message in fault.message


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n"])
def test_yaml_without_keys_is_one_fault(make_dataset: Make, text: str) -> None:
    fault = the_fault(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert fault.file == "dataset.yaml"
    assert "does not hold `key: value` lines" in fault.message


BOMB = "a0: &a0 [x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    "text",
    [
        f"{BOMB}timezone: *a8\n",
        f"{BOMB}? *a8\n: x\n",
        f"{BOMB}title: {{<<: [*a8, *a8]}}\n",
        "id: &id test\ntitle: X\n",
    ],
)
def test_a_value_that_stands_for_another_is_refused(make_dataset: Make, text: str) -> None:
    start = time.process_time()
    fault = the_fault(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert time.process_time() - start < 2
    assert (fault.file, fault.row) == ("dataset.yaml", 1)
    assert "anchors and aliases" in fault.message
    assert "write the value out" in fault.message


def test_many_unknown_keys_are_reported_at_once(make_dataset: Make) -> None:
    text = yaml.safe_dump(META) + "".join(f"titlee{n}: x\n" for n in range(9_000))
    start = time.process_time()
    faults = check(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert time.process_time() - start < 20
    assert len(faults) == 9_000


def test_a_key_that_stands_twice_is_named(make_dataset: Make) -> None:
    text = yaml.safe_dump(META) + "title: Again\n"
    fault = the_fault(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert "the key 'title' stands twice" in fault.message


def test_values_stay_as_they_are_written(make_dataset: Make) -> None:
    # In YAML, `no` is a truth value, 2021 a number and 010 another one than it seems.
    text = yaml.safe_dump({k: v for k, v in META.items() if k != "title"})
    text += "title: 2021\nsummary: {no: Ja, en: 010}\nlanguages: [en, no]\n"
    data = geomap_sources.open(make_dataset([HELD], raw={"dataset.yaml": text}))
    assert data.meta.title == {"": "2021"}
    assert data.meta.summary == {"no": "Ja", "en": "010"}
    assert data.meta.languages == ("en", "no")


@pytest.mark.parametrize("code", ["az", "hy", "ka", "sr-Latn", "pt-BR", "zh-Hant", "es-419"])
def test_any_language_that_has_a_code_may_be_named(make_dataset: Make, code: str) -> None:
    data = geomap_sources.open(make_dataset([HELD], meta={"languages": [code]}))
    assert data.meta.languages == (code,)


@pytest.mark.parametrize("empty", ["", None, {}])
def test_a_text_that_may_be_left_out_may_be_left_empty(make_dataset: Make, empty: Any) -> None:
    data = geomap_sources.open(make_dataset([HELD], meta={"summary": empty, "limits": empty}))
    assert (data.meta.summary, data.meta.limits) == ({}, {})


@pytest.mark.parametrize("id", sorted(RESERVED_IDS))
def test_a_dataset_may_not_have_the_name_of_an_address(make_dataset: Make, id: str) -> None:
    fault = the_fault(make_dataset([HELD], meta={"id": id}))
    assert (fault.file, fault.column) == ("dataset.yaml", "id")
    assert f"{id!r} is an address of the site's own; choose another id" in fault.message


def test_every_address_of_the_site_is_reserved(app) -> None:
    first = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    assert {name for name in first if name and not name.startswith("<")} <= RESERVED_IDS
