"""What Folium writes for the map widget: its bytes, its parts and its data block."""

import dataclasses
import re
from importlib.resources import files

import folium
import orjson
import pytest
from widget_sample import PAYLOAD, address, hostile_payload, linked

from geomap.map import assets
from geomap.map import folium_map as fm
from geomap.present import sizes
from geomap.present.themes import THEMES


def test_equal_input_gives_equal_bytes():
    assert linked() == linked()
    assert fm.build(PAYLOAD).get_root().render() == fm.build(PAYLOAD).get_root().render()


def test_rendering_twice_changes_nothing():
    territory = fm.build(PAYLOAD)
    assert territory.get_root().render() == territory.get_root().render()


def test_linked_parts_hold_no_inline_style_and_no_other_script():
    parts = linked()
    assert re.findall(r'(?:src|href)="([^"]*)"', parts.head) == [address(n) for n in assets.ASSETS]
    skeleton = parts.body.replace(fm.json_block(PAYLOAD), "")
    assert skeleton != parts.body
    assert "style" not in skeleton
    assert "<script" not in skeleton
    assert "<style" not in parts.head
    assert "</" not in parts.script


def test_the_script_is_one_constant_for_every_payload():
    assert linked().script == linked(hostile_payload()[0], theme="dark").script


def test_the_one_file_page_asks_for_nothing():
    page = fm.build(PAYLOAD).get_root().render()
    markup = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.search(r"\b(src|href|srcset)=", markup)
    assert "url(" not in assets.asset("geomap.css")
    assert "sourceMappingURL" not in page


def test_assets_hold_nothing_that_ends_their_element():
    for name in assets.ASSETS:
        assert not re.search(r"</(script|style)|<!--", assets.asset(name))


def test_what_does_without_leaflet_comes_before_it():
    *others, last = assets.ASSETS
    assert last == assets.LAST
    assert "geomap.prepare()" in assets.asset(others[-1])


def test_leaflet_keeps_its_licence_note():
    assert "Vladimir Agafonkin" in assets.asset("leaflet.js")[:300]


def test_json_block_comes_back_letter_for_letter():
    payload, _ = hostile_payload()
    block = fm.json_block(payload)
    inside = re.fullmatch(r'<script type="application/json" id="geomap-data">(.*)</script>', block)
    assert inside
    assert not re.search("[<>&\u2028\u2029]", inside[1])
    assert orjson.loads(inside[1]) == payload


def test_texts_of_a_payload_are_in_the_block_only():
    payload, texts = hostile_payload()
    for page in ("".join(linked(payload)), fm.build(payload).get_root().render()):
        assert fm.json_block(payload) in page
        rest = page.replace(fm.json_block(payload), "")
        assert not any(text in rest for text in texts)
        assert "alert(1)</" not in rest
        assert "49" not in "".join(linked(payload)).replace(fm.json_block(payload), "")


def test_other_folium_layers_can_be_added():
    territory = fm.build(PAYLOAD)
    folium.CircleMarker([39.8, 46.7]).add_to(territory)
    page = territory.get_root().render()
    assert "L.circleMarker" in page
    assert page.index("geomap.start(") < page.index("L.circleMarker")


def test_it_shows_in_a_notebook_and_saves_as_one_file(tmp_path):
    territory = fm.build(PAYLOAD)
    assert "<iframe srcdoc=" in territory._repr_html_()
    territory.save(str(tmp_path / "map.html"))
    assert (tmp_path / "map.html").read_text("utf-8") == territory.get_root().render()


@pytest.mark.parametrize("option", ["theme", "controls"])
def test_an_unknown_option_is_refused_with_the_choices(option):
    with pytest.raises(ValueError, match=rf"{option} is 'pink'; it must be one of "):
        fm.build(PAYLOAD, **{option: "pink"})


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_the_colours_of_the_map(theme):
    """`base.css` serves pages without a map too, so it names the colours itself."""
    css = (files("geomap.web") / "static" / "base.css").read_text("utf-8")
    blocks = re.findall(r":root[^{]*\{([^}]*--ink[^}]*)\}", css)
    blocks = blocks[:1] if theme == "light" else blocks[1:]
    assert blocks
    for block in blocks:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]+);", block))
        wide = {
            n: c if len(c) > 4 else "#" + "".join(d * 2 for d in c[1:]) for n, c in colours.items()
        }
        wide["rule"] = wide.pop("line")
        drawn = dataclasses.asdict(THEMES[theme])
        assert wide == {name: drawn[name] for name in wide}


def test_a_page_that_fits_an_embed_accepts_what_embeds_ask_for():
    script = (files("geomap.web") / "static" / "embed.js").read_text("utf-8")
    least, greatest = map(int, re.search(r"LOWEST = (\d+), HIGHEST = (\d+)", script).groups())
    assert (least, greatest) == sizes.ACCEPTED_HEIGHTS
    assert least <= sizes.EMBED_HEIGHTS[0] < sizes.EMBED_HEIGHTS[1] <= greatest
