"""Pictures as files: the same bytes everywhere, safe to open, and clear words for bad input."""

import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from xml.etree import ElementTree

import pytest
from picture_reading import DAY, HOSTILE, SIZES, SVG, image_of, pdf_text, renamed, svg_texts
from pypdf import PdfReader

from geomap.errors import BadQuery, MissingExtra, NotFound
from geomap.picture.picture import PICTURE_TYPES, check_theme, parse_size, picture
from geomap.present import typesetting
from geomap.present.themes import THEMES

# Safe to open, the same everywhere ----------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_svg_and_pdf_have_the_size_asked_for(builtin, size):
    sides = {"width": size[0], "height": size[1]}
    svg = picture(builtin, "svg", **sides)
    root = ElementTree.fromstring(svg)
    assert (root.get("width"), root.get("height")) == tuple(map(str, size))
    assert any("Natural Earth" in text for text in svg_texts(svg)) or size == (200, 200)
    (page,) = PdfReader(io.BytesIO(picture(builtin, "pdf", **sides))).pages
    box = page.mediabox
    assert (float(box.width), float(box.height)) == pytest.approx([s * 0.75 for s in size])


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 4))
def test_strangers_names_are_plain_text(builtin, start):
    names = [*HOSTILE[start:], *HOSTILE[:start]]
    odd = renamed(builtin, names)
    data = {e: picture(odd, e, date=DAY, width=1200, height=900) for e in PICTURE_TYPES}
    shown = svg_texts(data["svg"])
    copied = pdf_text(data["pdf"])
    for name in names[:4]:
        text = typesetting.clean(name)
        # In one line, in a line for each word, in the key of numbers, or cut.
        lines = [text] if text in shown else [t for t in shown if t in text.split()]
        if not lines and "".join(text.split()) in "".join("".join(shown).split()):
            continue
        lines = lines or [
            t for t in shown if t.endswith("…") and text.startswith(t[:-1]) and t[:-1]
        ]
        assert lines
        lines = [
            line for line in lines if not typesetting.joins(line)
        ]  # copied the other way round
        assert all(" ".join(typesetting.drawable(line).split()) in copied for line in lines)
    assert image_of(data["png"]).std() > 10


def test_svg_needs_nobody_and_no_style(builtin):
    root = ElementTree.fromstring(picture(builtin, "svg", date=DAY))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "g", "path", "rect", "text", "tspan", "title", "desc", "defs", "pattern"}
    for element in root.iter():
        for name, value in element.attrib.items():
            assert name.rpartition("}")[2] not in ("style", "href", "src", "class")
            assert not name.startswith("on")
            assert "url(" not in value or value.startswith("url(#hatch-")


def test_all_kinds_are_the_same_each_time(builtin):
    for ending in PICTURE_TYPES:
        first = picture(builtin, ending, date=DAY)
        assert picture(builtin, ending, date=DAY) == first
        assert picture(builtin, ending, date=DAY, theme="dark") != first


def test_pdf_says_what_it_is(builtin):
    about = PdfReader(io.BytesIO(picture(builtin, "pdf", date=DAY))).metadata
    assert about.title == builtin.meta.title["en"]
    assert "Lachin is due" in about.subject
    assert "Kalbajar" in about.keywords
    assert "/CreationDate" not in about


def test_pdf_letters_of_four_scripts_are_text(builtin):
    names = ["Kəlbəcər İşğal", "Քարվաճառ և Աղդամ", "Кельбаджар Ёж", "Nagorno-Karabakh"]
    found = pdf_text(picture(renamed(builtin, names), "pdf", width=1200, height=800))
    assert all(name in found for name in names)


@pytest.mark.parametrize("side", ["width", "height"])
def test_bad_size(builtin, side):
    for value in ("", "abc", "-5", "199", "2401", "960.5", " 960", "٩٦٠", "9" * 5000, 1.5):
        with pytest.raises(BadQuery, match="a whole number of pixels from 200 to 2400") as caught:
            picture(builtin, "svg", **{side: value})
        assert caught.value.parameter == side
        assert len(str(caught.value)) < 200


def test_good_sizes():
    assert parse_size("width", "960") == parse_size("width", 960) == 960


@pytest.mark.parametrize("value", ["", "auto", "Light", "x" * 500])
def test_bad_theme(value):
    with pytest.raises(BadQuery, match="use light or dark") as caught:
        check_theme(value)
    assert len(str(caught.value)) < 200


def test_bad_day_source_and_kind(builtin):
    with pytest.raises(BadQuery, match="date"):
        picture(builtin, "svg", date="2021-01-01")
    with pytest.raises(BadQuery, match="known"):
        picture(builtin, "svg", known="soon")
    with pytest.raises(BadQuery, match="sources"):
        picture(builtin, "svg", sources="nobody")
    with pytest.raises(NotFound, match="svg, png, pdf"):
        picture(builtin, "gif")


def test_pictures_are_the_same_in_another_process_and_place(builtin, tmp_path):
    program = (
        "import hashlib; from geomap import sources; from geomap.picture.picture import *\n"
        "for e in PICTURE_TYPES: print(hashlib.sha256(picture(sources.open(), e)).hexdigest())"
    )
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
        "LANG": "tr_TR",
        "TZ": "Asia/Baku",
        "HOME": str(tmp_path),
        "SOURCE_DATE_EPOCH": "86400",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=env, cwd=tmp_path, check=True, capture_output=True, text=True,
    )  # fmt: skip
    here = [sha256(picture(builtin, ending)).hexdigest() for ending in PICTURE_TYPES]
    assert done.stdout.split() == here


def test_pictures_from_many_threads(builtin):
    jobs = [(ending, theme) for ending in PICTURE_TYPES for theme in THEMES] * 2

    def draw(job):
        return picture(builtin, job[0], theme=job[1], width=400, height=300)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(draw, jobs)) == [draw(job) for job in jobs]


@pytest.mark.parametrize(("ending", "library"), [("png", "resvg_py"), ("pdf", "typst")])
def test_without_its_library_a_picture_says_what_to_install(builtin, monkeypatch, ending, library):
    monkeypatch.setitem(sys.modules, library, None)
    assert picture(builtin, "svg").startswith(b"<?xml")
    with pytest.raises(MissingExtra, match=r"pip install 'geomap-ledger\[pictures\]'"):
        picture(builtin, ending)
