"""What a picture says and shows: headline, sources, limits, legend, colours, names."""

from xml.etree import ElementTree

import numpy as np
import pytest
from datasets import claim
from picture_reading import (
    DAY,
    SIZES,
    SVG,
    image_of,
    near,
    pdf_text,
    region_pixels,
    scene_of,
    svg_texts,
)

import geomap.sources
from geomap.core.status import statuses
from geomap.picture.picture import picture
from geomap.picture.style import Style, fill, stroke
from geomap.present import select, typesetting, view
from geomap.present.looks import look_of
from geomap.present.scene import Label, mix
from geomap.present.statuses import Facts
from geomap.present.themes import THEMES
from geomap.wording import LANGUAGES, format_day, headline, words_in
from geomap.wording.sentences import region_name

# What it says ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_svg_and_pdf_name_the_day_and_the_regions(builtin, lang):
    words = words_in(lang)
    wanted = [format_day(words, DAY), *(region_name(words, builtin, r) for r in builtin.regions.id)]
    texts = svg_texts(picture(builtin, "svg", date=DAY, lang=lang))
    copied = pdf_text(picture(builtin, "pdf", date=DAY, lang=lang))
    for text in wanted:
        # A long name may have a line for each word.
        assert text in texts or {*text.replace("-", "- ").split()} <= {*texts}
        # The reader of these tests takes letters from left to right.
        assert words.direction == "rtl" or " ".join(text.split()) in copied


def test_svg_says_what_the_map_says(builtin):
    data = picture(builtin, "svg", date=DAY)
    words, texts = words_in("en"), svg_texts(data)
    together = " ".join(texts)
    said = headline(words, builtin, statuses(builtin, DAY), DAY.year)
    sentence = "".join(t for t, _ in said).replace("{date}", "30 November 2020")
    assert sentence in together
    assert "Sources: AP, 30 Nov 2020" in together
    assert "Boundaries: Natural Earth" in together
    assert f"Licence: {builtin.meta.licence.name}" in together
    assert "This map makes no claim about days after 1 December 2020." in together
    assert "Using only" not in together
    assert "As known on" not in together
    root = ElementTree.fromstring(data)
    assert root.get("role") == "img"
    labelled = root.get("aria-labelledby").split()
    about = [e for e in root.iter() if e.get("id") in labelled]
    assert [e.text for e in about] == [builtin.meta.title["en"], sentence]


@pytest.mark.parametrize("ending", ["svg", "pdf"])
def test_limits_of_the_question_are_stated(builtin, ending):
    data = picture(
        builtin, ending, date=DAY, known="2020-11-20", sources=["truce-2020-11-10", "ap-2020-11-20"]
    )
    found = pdf_text(data) if ending == "pdf" else " ".join(svg_texts(data))
    assert "As known on 20 November 2020" in found
    assert "Using only: Truce text, 10 Nov 2020 and AP, 20 Nov 2020" in found


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_an_earlier_clock_is_stated_at_every_size(builtin, size):
    data = picture(builtin, "svg", known="2020-11-20", width=size[0], height=size[1])
    assert "As known on 20 November 2020" in svg_texts(data)


def test_no_source_at_all_still_makes_a_picture(builtin):
    found = " ".join(svg_texts(picture(builtin, "svg", date=DAY, known="2019-01-01")))
    assert "Not known" in found
    assert "Sources:" not in found
    assert "Boundaries: Natural Earth" in found


def test_legend_shows_what_occurs_on_the_day(builtin):
    # So wide that each sign and its words are on one line.
    before = svg_texts(picture(builtin, "svg", date="2020-09-27", width=2400, height=1000))
    after = svg_texts(picture(builtin, "svg", date="2020-11-30", width=2400, height=1000))
    assert "Due to pass to Azerbaijan" not in before
    assert "Held by Azerbaijan" not in before  # its colour is that of a part alone, which is named
    assert "Retaken in the fighting (AP, 25 Nov 2020)" not in before
    assert "Perhaps divided: a part held by Azerbaijan" in before
    assert {"Due to pass to Azerbaijan", "Held by Azerbaijan", "Held by Armenian forces"} <= set(
        after
    )
    assert "Retaken in the fighting (AP, 25 Nov 2020)" in after
    assert "Not on this map" in after
    assert {
        "Divided: a part held by Azerbaijan",
        "Perhaps divided: a part held by Russian peacekeepers",
    } <= set(after)


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({}, {"divided", "perhaps_divided", "area"}),
        ({"known": "2020-11-20"}, {"divided", "perhaps_divided", "overdue"}),
        ({"sources": "ap-2020-11-30"}, set()),
    ],
)
def test_the_legend_names_every_sign_that_the_map_may_draw(builtin, query, kinds):
    entries = view(builtin, select(builtin, **query), words_in("en")).legend
    plain = {"actor", "due", "unclear", "unknown", "outside", "line"}
    assert {entry.kind for entry in entries} - plain == kinds


def test_map_and_picture_have_the_same_legend(make_dataset):
    rows = [
        claim("held", "control", "north", "1990"),
        claim("due", "due", "south", "2021-03-10", since="2021-03-05"),
        claim("due", "due", "south", "2021-03-12", since="2021-03-05"),
    ]
    data = geomap.sources.open(make_dataset(rows))
    labels = [entry.label for entry in view(data, select(data), words_in("en")).legend]
    assert labels[-2:] == ["Was due", "≠ Sources contradict each other"]
    texts = svg_texts(picture(data, "svg", date="2021-03-15", width=2400, height=1000))
    assert set(labels) <= set(texts)


def test_region_carries_its_sentence(builtin):
    root = ElementTree.fromstring(picture(builtin, "svg", date=DAY))
    (group,) = [g for g in root.iter(f"{SVG}g") if g.get("id") == "region-lachin"]
    assert group.find(f"{SVG}title").text.startswith("Lachin: Due to be handed over to Azerbaijan")


def test_every_status_has_a_look_of_its_own(builtin):
    style = Style(THEMES["light"], builtin.ledger.actors, 960, 600)
    azerbaijan, armenian, russian = builtin.ledger.actors
    parted = {"divided": "yes", "other_actors": (russian,)}
    perhaps = {"divided": "perhaps", "other_actors": (russian,)}
    facts = [
        Facts("held", azerbaijan),
        Facts("held", azerbaijan, **parted),
        Facts("held", azerbaijan, **perhaps),
        Facts("due", armenian, (azerbaijan,)),
        Facts("due", armenian, (azerbaijan, russian)),
        Facts("due", armenian, (azerbaijan,), **parted),
        Facts("due", armenian, (azerbaijan,), **perhaps),
        Facts("held", azerbaijan, disputed=True),
        Facts("held", azerbaijan, overdue=True),
        Facts("unclear", azerbaijan),
        Facts("unclear", claimants=(azerbaijan, armenian), disputed=True),
        Facts("unclear", claimants=(azerbaijan, russian), disputed=True),
        Facts("unknown"),
    ]
    looks = {
        str({**fill(style, look), **stroke(style, look.outline)}) for look in map(look_of, facts)
    }
    assert len(looks) == len(facts)


def test_stripes_in_svg_use_both_colours(builtin):
    root = ElementTree.fromstring(picture(builtin, "svg", date=DAY))
    (group,) = [g for g in root.iter(f"{SVG}g") if g.get("id") == "region-lachin"]
    base, striped, *upright = (path.get("fill") for path in group.iter(f"{SVG}path"))
    assert len(upright) == 2  # the corridor, with a rim
    (pattern,) = [p for p in root.iter(f"{SVG}pattern") if f"url(#{p.get('id')})" == striped]
    land = THEMES["light"].land
    actors = builtin.ledger.actors
    assert base == mix(actors["armenian-forces"].colour, land, 0.72)
    assert pattern[0].get("fill") == mix(actors["azerbaijan"].colour, land, 0.72)


# What it shows -----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
def test_regions_have_the_colours_of_their_holders(builtin, theme):
    scene = scene_of(builtin, theme=theme)
    image = image_of(picture(builtin, "png", date=DAY, theme=theme))
    land = THEMES[theme].land

    def share(region, actor):
        """How much of a region has an actor's colour; where bars meet, colours are mixed."""
        shown = builtin.ledger.actors[actor]
        colour = shown.dark if theme == "dark" else shown.colour
        colour = mix(colour, land, THEMES[theme].opacity)
        return near(region_pixels(image, scene, region), colour, 12).mean()

    for region in ("aghdam", "kalbajar"):
        assert share(region, "azerbaijan") > 0.7
        assert share(region, "armenian-forces") == 0
    # Stripes: 4 of 9 parts are the next holder's, 5 of 14 those of who holds a part.
    assert 0.25 < share("lachin", "azerbaijan") < 0.5
    assert 0.3 < share("lachin", "armenian-forces") < 0.6
    assert 0.2 < share("nagorno-karabakh", "azerbaijan") < 0.4
    assert 0.3 < share("nagorno-karabakh", "armenian-forces") < 0.6


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_text_is_inked_where_it_was_placed(builtin, lang):
    scene = scene_of(builtin, lang=lang)
    image = image_of(picture(builtin, "png", date=DAY, lang=lang))
    items = [item for layer in scene.layers.values() for item in layer]
    labels = [item for item in items if isinstance(item, Label) and not item.angle]
    assert len(labels) > 15
    for label in labels:
        wide = typesetting.spans_width(label.text, label.size)
        if label.spaced:
            wide = typesetting.width(label.text[0][0], label.size, spaced=True)
        left = label.x - {"start": 0, "middle": 0.5, "end": 1}[label.anchor] * wide
        top = label.y - label.size
        box = image[round(top) : round(label.y) + 1, round(left) : round(left + wide) + 1]
        columns = np.flatnonzero(near(box, label.colour, 90).any(axis=0))
        assert len(columns) > 0.35 * wide  # letters, not a line that passes
        assert columns[0] <= 0.6 * label.size
        assert columns[-1] >= 0.96 * wide - 0.3 * label.size


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_frame_is_whole_at_every_size(builtin, size):
    width, height = size
    image = image_of(picture(builtin, "png", date=DAY, width=width, height=height))
    assert image.shape == (height, width, 3)
    rule = THEMES["light"].rule
    for edge in (image[0], image[-1], image[:, 0], image[:, -1]):
        assert near(edge, rule, 40).mean() > 0.9
