"""The picture of a day: what it shows, in every format, language, theme and size."""

import io
import math
import os
import re
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import geopandas as gpd
import numpy as np
import pytest
import shapely
from datasets import claim
from PIL import Image
from pypdf import PdfReader
from pyproj import Geod, Transformer

import geomap.sources
from geomap.core.status import statuses
from geomap.errors import BadQuery, MissingExtra, NotFound
from geomap.picture.compose import compose
from geomap.picture.layout import Sheet, fill_of
from geomap.picture.picture import (
    LARGEST,
    PICTURE_TYPES,
    SMALLEST,
    check_theme,
    parse_size,
    picture,
)
from geomap.present import typesetting
from geomap.present.payload import payload
from geomap.present.scene import THEMES, Hatch, Label, Shape, bars, fit, mix
from geomap.wording import LANGUAGES, format_day, headline, words_in
from geomap.wording.sentences import region_name

SVG = "{http://www.w3.org/2000/svg}"
DAY = date(2020, 11, 30)
SIZES = ((1200, 630), (960, 600), (640, 400), (375, 600), (300, 200), (200, 200), (2400, 300))
HOSTILE = (
    "Kalbajar $x^2$ costs $5",
    "<script>alert(1)</script> & \"quotes\" 'too'",
    "{{ 7*7 }} {% raw %} {date}",
    "one\nline\rand\u2028another\ttab",
    "control \x00\x08\x1b\x7f \ufffe\uffff end",
    "\u202eright to left\u202c \u2066isolated",
    "x" * 300,
    "long name of many words " * 15,
    "日本語 한국어 العربية 😀 \U0001f9ed",
    "]]> --> <!-- &amp; &#x41;",
    r"\frac{1}{2} \usepackage ^_~%#",
)


@pytest.fixture(scope="module")
def dataset():
    return geomap.sources.open()


def renamed(dataset, names):
    """The dataset with its regions and towns under other names, in every language."""
    regions, context = dataset.regions.copy(), dataset.context.copy()
    regions["name"] = [names[i % len(names)] for i in range(len(regions))]
    regions["names"] = [{} for _ in range(len(regions))]
    context["name"] = [names[i % len(names)] for i in range(len(context))]
    context["names"] = [{} for _ in range(len(context))]
    return replace(dataset, regions=regions, context=context)


def scene_of(dataset, day=DAY, lang="en", theme="light", size=(960, 600), known=None, sources=None):
    return compose(dataset, words_in(lang), day, known, sources, theme, *size)


def svg_texts(data):
    """Every text that the picture shows, rims left out."""
    root = ElementTree.fromstring(data)
    shown = [e for e in root.iter(f"{SVG}text") if e.get("aria-hidden") is None]
    return ["".join(element.itertext()) for element in shown]


def pdf_text(data):
    (page,) = PdfReader(io.BytesIO(data)).pages
    return " ".join(page.extract_text().split())


def image_of(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def rgb(colour):
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])


def share(image, scene, region, colour):
    """How much of a region is inked in very nearly this colour."""
    shape = next(s for s in scene.layers["regions"] if s.id == f"region-{region}")
    ys, xs = np.mgrid[0 : scene.height, 0 : scene.width]
    inner = shape.geometry.buffer(-2)
    inside = shapely.contains_xy(inner, xs.ravel() + 0.5, ys.ravel() + 0.5).reshape(xs.shape)
    near = np.abs(image - rgb(colour)).max(axis=-1) <= 3
    return near[inside].mean()


# Every kind, language, theme and size ------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("ending", PICTURE_TYPES)
def test_every_kind_in_every_language(dataset, ending, lang):
    data = picture(dataset, ending, date=DAY, lang=lang)
    assert data.startswith({"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}[ending])
    words = words_in(lang)
    wanted = [format_day(words, DAY), *(region_name(words, dataset, r) for r in dataset.regions.id)]
    if ending == "pdf":
        found = pdf_text(data)
        assert all(" ".join(text.split()) in found for text in wanted)
    if ending == "svg":
        found = svg_texts(data)
        # A long name may have a line for each word.
        assert all(text in found or set(text.split()) <= set(found) for text in wanted)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_size_and_theme(dataset, size, theme):
    for ending in PICTURE_TYPES:
        data = picture(dataset, ending, date=DAY, theme=theme, width=size[0], height=size[1])
        if ending == "png":
            assert image_of(data).shape == (size[1], size[0], 3)
        if ending == "svg":
            root = ElementTree.fromstring(data)
            assert (root.get("width"), root.get("height")) == tuple(map(str, size))
            assert any("Natural Earth" in text for text in svg_texts(data)) or size == (200, 200)
        if ending == "pdf":
            box = PdfReader(io.BytesIO(data)).pages[0].mediabox
            assert (float(box.width), float(box.height)) == pytest.approx([s * 0.75 for s in size])


def test_png_has_exactly_every_size(dataset):
    for size in range(SMALLEST, LARGEST + 1, 131):
        data = picture(dataset, "png", width=size, height=SMALLEST)
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == (size, SMALLEST)


@pytest.mark.parametrize(
    "day", ["2020-09-27", "2020-11-12", "2020-11-15", "2020-11-30", "2020-12-01"]
)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_nothing_is_set_outside_the_picture(dataset, size, day):
    scene = scene_of(dataset, date.fromisoformat(day), size=size)
    for layer in scene.layers.values():
        for item in layer:
            if isinstance(item, Label):
                wide = typesetting.spans_width(item.text, item.size)
                left = item.x - {"start": 0, "middle": wide / 2, "end": wide}[item.anchor]
                assert left >= 0
                assert left + wide <= size[0]
                assert item.size <= item.y <= size[1]
                assert item.size >= 8


def test_no_name_covers_another(dataset):
    for size in SIZES[:4]:
        boxes = []
        for item in scene_of(dataset, size=size).layers["names"]:
            if isinstance(item, Label):
                ((text, bold),) = item.text
                wide = typesetting.width(text, item.size, bold=bold, spaced=item.spaced)
                left = item.x - {"start": 0, "middle": wide / 2, "end": wide}[item.anchor]
                boxes.append(shapely.box(left, item.y - item.size * 0.7, left + wide, item.y))
        for number, box in enumerate(boxes):
            assert not any(box.intersects(other) for other in boxes[:number])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", [(640, 400), (400, 300)])
def test_no_name_of_a_region_covers_another(dataset, lang, size):
    boxes = []
    for item in scene_of(dataset, size=size, lang=lang).layers["names"]:
        if isinstance(item, Label) and item.text[0][1]:
            half = typesetting.width(item.text[0][0], item.size, bold=True) / 2
            top = item.y - item.size * 0.7
            boxes.append(shapely.box(item.x - half, top, item.x + half, item.y))
    assert len(boxes) == 5  # Nagorno-Karabakh has a line for each word
    for number, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[:number])


def test_a_long_name_has_a_line_for_each_word_before_it_is_cut(dataset):
    names = scene_of(dataset, size=(300, 1200), lang="ru").layers["names"]
    texts = [item.text[0][0] for item in names if isinstance(item, Label)]
    assert "Нагорный" in texts
    assert "Карабах" in texts


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_name_wider_than_its_region_has_a_line_for_each_word(dataset, lang):
    name = region_name(words_in(lang), dataset, "nagorno-karabakh")
    words = re.split(r" |(?<=-)", name)
    assert len(words) == 2
    for width, lines in ((640, words), (2400, [name])):
        scene = scene_of(dataset, size=(width, width * 3 // 4), lang=lang)
        shape = next(s for s in scene.layers["regions"] if s.id == "region-nagorno-karabakh")
        left, _, right, _ = shape.geometry.bounds
        texts = [item.text[0][0] for item in scene.layers["names"] if isinstance(item, Label)]
        assert [text for text in texts if text in (name, *words)] == lines
        for item in scene.layers["names"]:
            if isinstance(item, Label) and item.text[0][0] in lines:
                half = typesetting.width(item.text[0][0], item.size, bold=True) / 2
                assert left <= item.x - half < item.x + half <= right


# What it says ------------------------------------------------------------------------------------


def test_svg_says_what_the_map_says(dataset):
    data = picture(dataset, "svg", date=DAY)
    words, texts = words_in("en"), svg_texts(data)
    together = " ".join(texts)
    said = headline(words, dataset, statuses(dataset, DAY), DAY.year)
    sentence = "".join(t for t, _ in said).replace("{date}", "30 November 2020")
    assert sentence in together
    assert "Sources: AP, 30 Nov 2020" in together
    assert "Boundaries: Natural Earth" in together
    assert f"Licence: {dataset.meta.licence.name}" in together
    assert "This map makes no claim about days after 1 December 2020." in together
    assert "Only:" not in together
    assert "As known on" not in together
    root = ElementTree.fromstring(data)
    assert root.get("role") == "img"
    labelled = root.get("aria-labelledby").split()
    about = [e for e in root.iter() if e.get("id") in labelled]
    assert [e.text for e in about] == [dataset.meta.title["en"], sentence]


@pytest.mark.parametrize("ending", ["svg", "pdf"])
def test_limits_of_the_question_are_stated(dataset, ending):
    data = picture(
        dataset, ending, date=DAY, known="2020-11-20", sources=["truce-2020-11-10", "ap-2020-11-20"]
    )
    found = pdf_text(data) if ending == "pdf" else " ".join(svg_texts(data))
    assert "As known on 20 November 2020" in found
    assert "Only: Truce text, 10 Nov 2020 · AP, 20 Nov 2020" in found


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_an_earlier_clock_is_stated_at_every_size(dataset, size):
    data = picture(dataset, "svg", known="2020-11-20", width=size[0], height=size[1])
    assert "As known on 20 November 2020" in svg_texts(data)


def test_no_source_at_all_still_makes_a_picture(dataset):
    found = " ".join(svg_texts(picture(dataset, "svg", date=DAY, known="2019-01-01")))
    assert "Not known" in found
    assert "Sources:" not in found
    assert "Boundaries: Natural Earth" in found


def test_legend_shows_what_occurs_on_the_day(dataset):
    before = svg_texts(picture(dataset, "svg", date="2020-09-27"))
    after = svg_texts(picture(dataset, "svg", date="2020-11-30"))
    assert "Due to be handed over" not in before
    assert {"Due to be handed over", "Azerbaijan", "Ethnic Armenian forces"} <= set(after)


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({}, set()),
        ({"known": "2020-11-20"}, {"overdue"}),
    ],
)
def test_the_legend_names_every_sign_that_the_map_may_draw(dataset, query, kinds):
    found = payload(dataset, **query)["legend"]
    assert {e["kind"] for e in found} & {"overdue", "disputed"} == kinds


def test_map_and_picture_have_the_same_legend(make_dataset):
    rows = [
        claim("held", "control", "north", "1990"),
        claim("due", "due", "south", "2021-03-10", since="2021-03-05"),
        claim("due", "due", "south", "2021-03-12", since="2021-03-05"),
    ]
    data = geomap.sources.open(make_dataset(rows))
    labels = [entry["label"] for entry in payload(data)["legend"]]
    assert labels[-2:] == ["Overdue", "≠ Sources contradict each other"]
    texts = svg_texts(picture(data, "svg", date="2021-03-15"))
    assert set(labels) <= set(texts)


def test_region_carries_its_sentence(dataset):
    root = ElementTree.fromstring(picture(dataset, "svg", date=DAY))
    (group,) = [g for g in root.iter(f"{SVG}g") if g.get("id") == "region-lachin"]
    assert group.find(f"{SVG}title").text.startswith("Lachin: Due to be handed over to Azerbaijan")


def test_headline_is_whole_or_not_there(dataset):
    for size in SIZES:
        texts = " ".join(
            svg_texts(picture(dataset, "svg", date=DAY, width=size[0], height=size[1]))
        )
        if "On 30 November 2020," in texts:
            assert "is held in part by ethnic Armenian forces." in texts


# What it shows -----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
def test_colours_are_the_actors(dataset, theme):
    scene = scene_of(dataset, theme=theme)
    image = image_of(picture(dataset, "png", date=DAY, theme=theme))
    actors = dataset.ledger.actors
    land = THEMES[theme].land

    def seen(actor):
        found = actors[actor]
        return mix(found.dark if theme == "dark" else found.colour, land, 0.72)

    blue, orange = seen("azerbaijan"), seen("ethnic-armenian-forces")
    for region in ("aghdam", "kalbajar"):
        assert share(image, scene, region, blue) > 0.7
        assert share(image, scene, region, orange) == 0
    # Stripes: 4 of 9 parts are the next holder's, edges between them are mixed.
    assert 0.25 < share(image, scene, "lachin", blue) < 0.5
    assert 0.3 < share(image, scene, "lachin", orange) < 0.6


def test_place_is_where_web_mercator_puts_it(dataset):
    frame = fit((45.45, 39.22, 47.45, 40.42), 960, 500, 8)
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    places = np.array([(45.45, 39.22), (47.45, 40.42), (46.1, 40.0), (46.9, 39.5)])
    metres = np.column_stack(to_metres.transform(*places.T))
    pixels = np.array([frame.point(*place) for place in places])
    per_metre = (pixels[1] - pixels[0]) / (metres[1] - metres[0])
    assert per_metre[0] == pytest.approx(-per_metre[1])
    assert pixels == pytest.approx(pixels[0] + (metres - metres[0]) * per_metre)
    assert pixels.min() >= 8 - 1e-6
    assert (pixels <= [952 + 1e-6, 492 + 1e-6]).all()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_scale_bar_is_true(dataset, size):
    scene = scene_of(dataset, size=size)
    line, label = scene.layers["scale"][1:]
    left, _, right, _ = line.geometry.bounds
    kilometres = float(label.text[0][0].split()[0])
    map_height = scene.layers["text"][0].geometry.bounds[1]
    # Two regions' places give the scale; the ground distance is measured at the map's middle.
    shapes = {s.id: s.geometry for s in scene.layers["regions"]}
    rows = dataset.regions.set_index("id").geometry
    west, east = (rows["kalbajar"].bounds[0], rows["nagorno-karabakh"].bounds[2])
    x0 = shapes["region-kalbajar"].bounds[0]
    x1 = shapes["region-nagorno-karabakh"].bounds[2]
    south, north = rows["nagorno-karabakh"].bounds[1::2]
    y1, y0 = shapes["region-nagorno-karabakh"].bounds[1::2]
    middle = south + (north - south) * (y0 - map_height / 2) / (y0 - y1)
    metres = Geod(ellps="WGS84").inv(west, middle, east, middle)[2]
    assert (right - left) * metres / (x1 - x0) == pytest.approx(kilometres * 1000, rel=0.01)


def test_unclear_unknown_part_disputed_and_overdue_look_different(dataset):
    words = words_in("en")
    found = statuses(dataset, DAY)
    sheet = Sheet(dataset, words, DAY, None, None, found, THEMES["light"], 960, 600)
    looks = [
        fill_of(sheet, "held", "azerbaijan"),
        fill_of(sheet, "held", "azerbaijan", part=True),
        fill_of(sheet, "due", "ethnic-armenian-forces", "azerbaijan"),
        fill_of(sheet, "due", "ethnic-armenian-forces", "azerbaijan", part=True),
        fill_of(sheet, "held", "azerbaijan", disputed=True),
        fill_of(sheet, "unclear", "azerbaijan"),
        fill_of(sheet, "unknown", None),
    ]
    assert len(set(looks)) == len(looks)


def test_bars_lie_where_an_svg_pattern_lays_them():
    field = shapely.box(10, 10, 70, 50)
    drawn = bars(Hatch("#000000", 4, 9, 45), field)
    assert drawn.area == pytest.approx(field.area * 4 / 9, rel=0.05)
    for x, y in [(20.3, 20.1), (33.3, 41.2), (60.0, 12.5), (44.4, 30.9)]:
        inside = ((x + y) / math.sqrt(2)) % 9 < 4
        assert drawn.contains(shapely.Point(x, y)) == inside


def test_stripes_in_svg_use_both_colours(dataset):
    root = ElementTree.fromstring(picture(dataset, "svg", date=DAY))
    (group,) = [g for g in root.iter(f"{SVG}g") if g.get("id") == "region-lachin"]
    base, striped = (path.get("fill") for path in group.iter(f"{SVG}path"))
    (pattern,) = [p for p in root.iter(f"{SVG}pattern") if f"url(#{p.get('id')})" == striped]
    land = THEMES["light"].land
    actors = dataset.ledger.actors
    assert base == mix(actors["ethnic-armenian-forces"].colour, land, 0.72)
    assert pattern[0].get("fill") == mix(actors["azerbaijan"].colour, land, 0.72)


# Safe to open, the same each time -----------------------------------------------------------------


def test_svg_needs_nobody_and_no_style(dataset):
    root = ElementTree.fromstring(picture(dataset, "svg", date=DAY))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "g", "path", "rect", "text", "tspan", "title", "desc", "defs", "pattern"}
    for element in root.iter():
        for name, value in element.attrib.items():
            assert name.rpartition("}")[2] not in ("style", "href", "src", "class")
            assert not name.startswith("on")
            assert "url(" not in value or value.startswith("url(#hatch-")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("ending", PICTURE_TYPES)
@pytest.mark.parametrize("start", range(0, len(HOSTILE), 4))
def test_strangers_names_are_plain_text(dataset, ending, lang, start):
    names = [*HOSTILE[start:], *HOSTILE[:start]]
    odd = renamed(dataset, names)
    data = picture(odd, ending, date=DAY, lang=lang, width=1200, height=900)
    if ending == "svg":
        texts = svg_texts(data)
        for name in names[:4]:
            shown = typesetting.clean(name)
            assert any(shown == text or shown.startswith(text[:-1]) for text in texts)
    if ending == "pdf":
        assert pdf_text(data)


def test_clean_texts_are_fit_for_xml():
    for name in (*HOSTILE, "half a letter \ud800"):
        text = typesetting.clean(name)
        ElementTree.fromstring(f"<a>{escape(text)}</a>".encode())
        assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)


def test_all_kinds_are_the_same_each_time(dataset):
    for ending in PICTURE_TYPES:
        first = picture(dataset, ending, date=DAY)
        assert picture(dataset, ending, date=DAY) == first
        assert picture(dataset, ending, date=DAY, theme="dark") != first


def test_all_kinds_are_the_same_in_another_process(dataset):
    program = (
        "import hashlib; from geomap import sources; from geomap.picture.picture import *\n"
        "for e in PICTURE_TYPES: print(hashlib.sha256(picture(sources.open(), e)).hexdigest())"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, check=True, capture_output=True, text=True
    )
    from hashlib import sha256

    here = [sha256(picture(dataset, ending)).hexdigest() for ending in PICTURE_TYPES]
    assert done.stdout.split() == here


def test_pictures_from_many_threads(dataset):
    jobs = [(ending, theme) for ending in PICTURE_TYPES for theme in THEMES] * 2

    def draw(job):
        return picture(dataset, job[0], theme=job[1], width=400, height=300)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(draw, jobs))
    assert found == [draw(job) for job in jobs]


def test_the_callers_matplotlib_settings_do_not_matter(dataset):
    import matplotlib

    plain = {ending: picture(dataset, ending) for ending in PICTURE_TYPES}
    with matplotlib.rc_context({"text.usetex": True, "savefig.bbox": "tight", "font.size": 30}):
        matplotlib.rcParams["path.sketch"] = (3, 20, 2)
        assert {ending: picture(dataset, ending) for ending in PICTURE_TYPES} == plain
        assert matplotlib.rcParams["text.usetex"] is True


def test_pdf_says_what_it_is(dataset):
    about = PdfReader(io.BytesIO(picture(dataset, "pdf", date=DAY))).metadata
    assert about.title == dataset.meta.title["en"]
    assert "Lachin is due" in about.subject
    assert "Kalbajar" in about.keywords
    assert "/CreationDate" not in about


def test_pdf_letters_of_four_scripts_are_text(dataset):
    names = ["Kəlbəcər İşğal", "Քարվաճառ և Աղդամ", "Кельбаджар Ёж", "Nagorno-Karabakh"]
    found = pdf_text(picture(renamed(dataset, names), "pdf", width=1200, height=800))
    assert all(name in found for name in names)


# Bad input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["", "abc", "-5", "199", "2401", "1e3", "960.5", " 960", "٩٦٠", "9" * 5000, None, 1.5]
)
@pytest.mark.parametrize("side", ["width", "height"])
def test_bad_size(dataset, side, value):
    with pytest.raises(BadQuery, match="a whole number of pixels from 200 to 2400") as caught:
        picture(dataset, "svg", **{side: value})
    assert caught.value.parameter == side
    assert len(str(caught.value)) < 200


def test_good_sizes():
    assert parse_size("width", "960") == parse_size("width", 960) == 960


@pytest.mark.parametrize("value", ["", "auto", "Light", "x" * 500])
def test_bad_theme(value):
    with pytest.raises(BadQuery, match="use light or dark") as caught:
        check_theme(value)
    assert len(str(caught.value)) < 200


def test_bad_day_source_and_kind(dataset):
    with pytest.raises(BadQuery, match="date"):
        picture(dataset, "svg", date="2021-01-01")
    with pytest.raises(BadQuery, match="known"):
        picture(dataset, "svg", known="soon")
    with pytest.raises(BadQuery, match="sources"):
        picture(dataset, "svg", sources="nobody")
    with pytest.raises(NotFound, match="svg, png, pdf"):
        picture(dataset, "gif")


def test_without_matplotlib_svg_is_drawn_and_the_rest_says_what_to_install(dataset, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert picture(dataset, "svg").startswith(b"<?xml")
    for ending in ("png", "pdf"):
        with pytest.raises(MissingExtra, match=r"pip install '\.\[pictures\]'"):
            picture(dataset, ending)


# Other datasets ----------------------------------------------------------------------------------


def test_no_ground_and_a_tiny_region(dataset):
    regions = dataset.regions.copy()
    tiny = [shapely.box(10 + i, 50, 10 + i + 1e-5, 50 + 1e-5) for i in range(len(regions))]
    regions = regions.set_geometry(gpd.GeoSeries(tiny, index=regions.index, crs=4326))
    regions["label_lon"] = [10 + i + 5e-6 for i in range(len(regions))]
    regions["label_lat"] = 50 + 5e-6
    meta = replace(dataset.meta, view=None)
    bare = replace(dataset, meta=meta, regions=regions, context=dataset.context.iloc[:0])
    for ending in PICTURE_TYPES:
        assert picture(bare, ending)


def test_the_whole_world(dataset):
    regions = dataset.regions.copy()
    belts = [shapely.box(-180, -90 + 45 * i, 180, -45 + 45 * i) for i in range(len(regions))]
    regions = regions.set_geometry(gpd.GeoSeries(belts, index=regions.index, crs=4326))
    regions["label_lon"] = 0.0
    regions["label_lat"] = [-67.5, -22.5, 22.5, 67.5]
    meta = replace(dataset.meta, view=None)
    for ending in PICTURE_TYPES:
        assert picture(replace(dataset, meta=meta, regions=regions), ending)


# Letters -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "On 30 November 2020, Aghdam and Kalbajar have been handed over to Azerbaijan.",
        "Ağdam və Kəlbəcər Azərbaycana təhvil verilib. Laçın 1 dekabradək",
        "Աղդամն ու Քարվաճառը հանձնվել են Ադրբեջանին։ Լեռնային Ղարաբաղ",
        "Агдам и Кельбаджар переданы Азербайджану. Нагорный Карабах удерживают",
    ],
)
@pytest.mark.parametrize("bold", [False, True])
def test_widths_are_those_of_the_font(text, bold):
    from geomap.picture.raster import _width

    assert typesetting.width(text, 15, bold=bold) == pytest.approx(
        _width(((text, bold),), 15), rel=0.04
    )


def test_lines_are_wrapped_between_words():
    spans = (("On ", False), ("1 December 2020", True), (", all of it was handed over.", False))
    lines = typesetting.wrap(spans, 10, 90)
    assert all(typesetting.spans_width(line, 10) <= 90 for line in lines)
    texts = ["".join(text for text, _ in line) for line in lines]
    assert " ".join(texts) == "".join(text for text, _ in spans)
    assert not any(line.endswith("1") for line in texts)
    bold = "".join(text for line in lines for text, strong in line if strong)
    assert bold.replace(" ", "") == "1December2020"


def test_what_does_not_fit_ends_in_dots():
    assert typesetting.shorten("abc", 10, 100) == "abc"
    short = typesetting.shorten("a very long name indeed", 10, 60)
    assert short.endswith("…")
    assert typesetting.width(short, 10) <= 60
    lines = typesetting.cut(typesetting.wrap((("word " * 50, False),), 10, 100), 2, 10, 100)
    assert len(lines) == 2
    assert lines[-1][-1][0].endswith("…")


def test_capitals_keep_the_dot():
    assert typesetting.capitals("Ermənistan", "az") == "ERMƏNİSTAN"
    assert typesetting.capitals("Armenia", "en") == "ARMENIA"


def test_shapes_know_no_format():
    assert {Shape.__module__, Label.__module__} == {"geomap.present.scene"}
