"""The fonts that ship with the package, and the widths that texts are measured by."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from datasets import dataset_files, region, square
from picture_reading import image_of, near, scene_with

from geomap.check.whole import build as check_files
from geomap.core.dataset import Dataset
from geomap.fonts import FOLDER, FONT_FILES, build, missing_letters, widths
from geomap.picture.png import write_png
from geomap.present import typesetting
from geomap.present.scene import Label
from geomap.wording import catalogue

SENTENCES = {
    "Latin": "On 30 November 2020, Aghdam and Kalbajar have been handed over.",
    "Latin of Azerbaijani": "Ağdam və Kəlbəcər Azərbaycana təhvil verilib. Laçın, Xankəndi",
    "Cyrillic": "Агдам и Кельбаджар переданы Азербайджану. Нагорный Карабах",
    "Armenian": "Աղդամն ու Քարվաճառը հանձնվել են Ադրբեջանին։ Լեռնային Ղարաբաղ",
    "Georgian": "აღდამი და ქელბაჯარი გადაეცა აზერბაიჯანს. მთიანი ყარაბაღი",
    "Arabic": "جرى تسليم أغدام وكلبجار إلى أذربيجان. السيطرة على ناغورني قره باغ",
    "Greek": "Το Αγντάμ και το Κελμπατζάρ παραδόθηκαν στο Αζερμπαϊτζάν",
}
STYLES = ({}, {"bold": True}, {"italic": True}, {"spaced": True})


@pytest.mark.parametrize("style", FONT_FILES)
def test_widths_are_those_of_the_font_files(style: str) -> None:
    font = build.read_widths(FOLDER / FONT_FILES[style])
    assert {chr(code): width for code, width in font.items()} == widths(style)
    assert set(widths(style)) == set(widths("Regular"))


@pytest.mark.parametrize("style", STYLES, ids=str)
@pytest.mark.parametrize("script", SENTENCES)
def test_a_text_is_inked_as_wide_as_it_was_measured(script: str, style: dict[str, bool]) -> None:
    text, size = SENTENCES[script], 15.0
    bold = style.get("bold", False)
    label = Label(
        10, 40, ((text, bold),), size, "#000000",
        spaced=style.get("spaced", False), italic=style.get("italic", False),
    )  # fmt: skip
    image = image_of(write_png(scene_with(label, width=900)))
    columns = np.flatnonzero((~near(image, "#ffffff")).any(axis=0))
    inked = columns[-1] + 1 - columns[0]
    assert inked == pytest.approx(typesetting.width(text, size, **style), rel=0.03)


def test_the_fonts_have_every_letter_that_the_built_in_map_shows(builtin: Dataset) -> None:
    texts = [*builtin.regions["name"], *builtin.context["name"]]
    for frame in (builtin.regions, builtin.context):
        texts += [name for names in frame["names"] for name in names.values()]
    texts += [
        Path(file).read_text("utf-8")
        for file in Path(catalogue.__file__).parent.glob("locale/*.po")
    ]
    assert missing_letters("".join(texts)) == set()
    assert missing_letters("≠ ¶ → · … □ ■ ◪ № – — “ ” « » ‑ \u00a0\u202f") == set()


def test_missing_letters_are_named() -> None:
    assert missing_letters("Tokyo 東京, Ağdam, ☃\ufe0f") == {"東", "京", "☃"}
    # Letters with accents that no font has in one piece are drawn from their parts.
    assert missing_letters("q\u0303 é e\u0301 \u200d") == set()


def test_a_missing_letter_is_drawn_as_a_box_whatever_fonts_the_machine_has() -> None:
    def png(text: str) -> bytes:
        return write_png(scene_with(Label(10, 40, ((text, False),), 20, "#000000")))

    assert png("東京 ☃") == png("□□ □")
    assert png("□□ □") != png("□□")


def test_wide_letters_count_as_wide() -> None:
    assert typesetting.width("東京", 10) == 20
    assert typesetting.width("☃", 10) == typesetting.width("□", 10)
    assert typesetting.width("e\u0301q\u0303", 10) == typesetting.width("éq", 10)


@pytest.mark.long
@pytest.mark.skipif(not build.INPUT.is_dir(), reason="needs Debian's fonts-noto-core")
def test_the_files_can_be_derived_again(tmp_path: Path) -> None:
    build.build(tmp_path)
    for name in (*FONT_FILES.values(), "widths.json"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


def test_the_fonts_are_small_and_come_with_their_licence() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir() if file.is_file()) < 900_000
    licence = (FOLDER / "OFL.txt").read_text("utf-8")
    assert re.search(r"SIL OPEN FONT LICENSE\s+Version 1.1", licence)
    assert "Google LLC" in licence


def test_check_names_the_letters_that_pictures_cannot_show() -> None:
    names = {"name:ja": "東京", "name:zh": "东京"}
    regions = {"tokyo": region("tokyo", square(10, 50), name="東京", **names)}
    files = dataset_files(regions=regions, claims=[], meta={"languages": ["en", "ja"]})
    _, faults = check_files(files, set())
    doubts = [fault for fault in faults if fault.doubt and "東" in fault.message]
    assert {(doubt.file, doubt.column) for doubt in doubts} == {
        ("regions/tokyo.geojson", "name"),
        ("regions/tokyo.geojson", "name:ja"),
    }
    assert "pictures show a box for each" in doubts[0].message
