"""Styles: every row gets the look that the map has, in QGIS, in SLD and in MapLibre."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import needs
import numpy as np
import orjson
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from PIL import Image
from run_qgis import seen_by_qgis

from geomap.cli import main
from geomap.core.dataset import Dataset
from geomap.formats import export_history, export_regions, make_history
from geomap.formats.styles import SPRITE_FILES, STYLES, export_sprite, export_style, style_of
from geomap.picture.style import fill
from geomap.present.looks import look_of
from geomap.present.statuses import facts_of

DAY = "2020-11-20"
HELD = "Held by Armenian forces"
DUE = f"{HELD} · Due to pass to Azerbaijan"
LOOKS = {
    "aghdam": "Held by Azerbaijan",
    "kalbajar": DUE,
    "lachin": f"{DUE} · Perhaps divided: a part held by Russian peacekeepers",
    "nagorno-karabakh": f"{HELD} · Divided: a part held by Azerbaijan",
}
SLD = {"sld": "http://www.opengis.net/sld", "ogc": "http://www.opengis.net/ogc"}


def fits(row: dict[str, Any], matches: Any) -> bool:
    return any(all(row[name] in values for name, values in match.items()) for match in matches)


def test_every_row_fits_the_rule_of_its_own_look_alone(builtin: Dataset) -> None:
    for sources in (None, "ap-2020-11-30"):
        history = make_history(builtin, sources=sources)
        sheet = style_of(history)
        assert sheet
        assert history.statuses
        for row, status in zip(history.rows, history.statuses, strict=True):
            (rule,) = [rule for rule in sheet.rules if fits(row, rule.matches)]
            assert rule.look == look_of(facts_of(status))


def test_looks_that_no_column_tells_apart_are_told_apart_by_region_and_day(
    dataset: Callable[..., Dataset],
) -> None:
    shared = {"kind": "due", "source": "s00", "date": "2021-03-31"}
    held = {"kind": "control", "actor": "north", "source": "s00", "date": "2020"}
    data = dataset(
        {**held, "event": "h", "region": "hill"},
        {**held, "event": "v", "region": "vale"},
        {**shared, "event": "d1", "region": "hill", "actor": "south", "since": "2021-03-02"},
        {**shared, "event": "d2", "region": "hill", "actor": "east", "since": "2021-03-09"},
        {**shared, "event": "d3", "region": "vale", "actor": "south", "since": "2021-03-02"},
    )
    history = make_history(data)
    sheet = style_of(history)
    assert sheet
    assert history.statuses
    labels = set()
    for row, status in zip(history.rows, history.statuses, strict=True):
        (rule,) = [rule for rule in sheet.rules if fits(row, rule.matches)]
        assert rule.look == look_of(facts_of(status))
        labels.add(rule.label)
    assert len(labels) == 3


def test_sld_has_a_rule_a_look_in_the_map_s_colours(builtin: Dataset) -> None:
    sheet = style_of(make_history(builtin))
    assert sheet
    root = ET.fromstring(export_style(builtin, "sld"))
    titles = [title.text for title in root.iterfind(".//sld:Rule/sld:Title", SLD)]
    assert titles == [rule.label for rule in sheet.rules]
    plain = root.find(".//sld:Rule/sld:PolygonSymbolizer/sld:Fill/sld:CssParameter", SLD)
    assert plain is not None
    assert plain.text == fill(sheet.drawing, sheet.rules[0].look)["fill"]
    marks = {mark.text for mark in root.iterfind(".//sld:WellKnownName", SLD)}
    assert marks == {"shape://slash", "shape://vertline"}


def test_styles_speak_the_language_and_the_theme_asked_for(builtin: Dataset) -> None:
    text = export_style(builtin, "qml", lang="ru").decode()
    assert "Азербайджан" in text
    assert "Azerbaijan" not in text
    assert export_style(builtin, "json", theme="dark") != export_style(builtin, "json")


def test_maplibre_s_tiles_repeat_without_a_seam(builtin: Dataset, tmp_path: Path) -> None:
    for size in ("", "@2x"):
        tiles = orjson.loads(export_sprite(builtin, f"{size}.json"))
        path = tmp_path / "sprite.png"
        path.write_bytes(export_sprite(builtin, f"{size}.png"))
        with Image.open(path) as picture:
            image = picture.convert("RGB")
        assert image.width == max(tile["x"] + tile["width"] for tile in tiles.values())
        slanted = [name for name, tile in tiles.items() if tile["width"] == (26 if size else 13)]
        tile = tiles[slanted[0]]
        side = tile["width"]
        pixels = np.asarray(image, dtype=int)[:side, tile["x"] : tile["x"] + side]
        # Bars that lean like a slash are the same one pixel to the right and up, across the edges.
        moved = np.roll(pixels, (-1, 1), (0, 1))
        assert np.abs(pixels - moved).max() < 80
        assert np.ptp(pixels[0], axis=0).max() > 100


def test_the_service_gives_styles_whose_addresses_answer(client: FlaskClient) -> None:
    for ending, kind in STYLES.items():
        answer = client.get(f"/handover-2020/style.{ending}?lang=hy")
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    style = client.get(f"/handover-2020/style.json?date={DAY}&known=2020-11-24").json
    assert style
    asked = [source["data"] for source in style["sources"].values()]
    before, query = style["sprite"].split("?")
    asked += [f"{before}{end}?{query}" for end in (".json", ".png", "@2x.json", "@2x.png")]
    for address in asked:
        assert "known=2020-11-24" in address
        assert client.get(address).status_code == 200
    assert client.get("/handover-2020/sprite.gif").status_code == 404
    assert client.get("/handover-2020/style.css").status_code == 404


def test_a_credit_is_no_markup_in_maplibre(make_dataset: Callable[..., Path]) -> None:
    from geomap import sources

    folder = make_dataset([], meta={"attribution": "<b>us</b>"})
    style = orjson.loads(export_style(sources.open(folder), "json"))
    assert style["sources"]["regions"]["attribution"].startswith("&lt;b&gt;us")


def test_the_command_line_writes_styles_and_layers(runner: CliRunner, tmp_path: Path) -> None:
    def run(*arguments: str) -> Result:
        return runner.invoke(main, arguments)

    result = run("export", str(tmp_path / "style.json"))
    assert result.exit_code == 0, result.output
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"style.json", *(f"sprite{end}" for end in SPRITE_FILES)}
    assert all(name in result.output for name in names)
    run("export", "--layer", "history", str(tmp_path / "history.geojson"))
    history = orjson.loads((tmp_path / "history.geojson").read_bytes())
    assert len(history["features"]) == 12
    refused = run("export", "--layer", "context", "--date", DAY, str(tmp_path / "x.csv"))
    assert refused.exit_code == 1
    assert "date" in refused.output
    assert "--bbox is not for a style" in run("export", "--bbox", "1,2,3,4", "x.qml").output


# QGIS and MapLibre themselves


@pytest.fixture(scope="module")
def qgis(builtin: Dataset, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("styles")
    (folder / "regions.gpkg").write_bytes(export_regions(builtin, "gpkg", DAY))
    (folder / "regions.geojson").write_bytes(export_regions(builtin, "geojson", DAY))
    (folder / "history.gpkg").write_bytes(export_history(builtin, "gpkg"))
    for ending in ("qml", "sld"):
        (folder / f"style.{ending}").write_bytes(export_style(builtin, ending))
    return seen_by_qgis("qgis_styles.py", str(folder))


@pytest.mark.slow
def test_qgis_opens_a_geopackage_in_our_looks(qgis: dict[str, Any], builtin: Dataset) -> None:
    assert qgis["day"] == {f"{id}@": [label] for id, label in LOOKS.items()}
    assert set(qgis["legend"]) == set(LOOKS.values())
    sheet = style_of(make_history(builtin))
    assert sheet
    for rule in sheet.rules:
        if rule.label in LOOKS.values():
            drawn = fill(sheet.drawing, rule.look)
            wanted = {drawn["fill"], *(hatch.colour for hatch in drawn["hatches"])}
            # A bar of two pixels at a slant, or beside another, has no pixel of its own colour.
            broad = {hatch.colour for hatch in drawn["hatches"] if hatch.width > 3}
            assert {drawn["fill"], *(wanted & broad)} <= set(qgis["colours"])


@pytest.mark.slow
def test_qgis_shows_each_stretch_of_the_history_in_its_look(
    qgis: dict[str, Any], builtin: Dataset
) -> None:
    history = make_history(builtin)
    assert sorted(qgis["history"]) == sorted(history.ids)
    assert all(len(labels) == 1 for labels in qgis["history"].values())
    assert qgis["history"]["kalbajar@2020-11-15"] == [DUE]
    assert qgis["times"] == [
        True,
        'to_datetime("valid_from")',
        "to_datetime(\"valid_to\") + to_interval('1 day')",
    ]


@pytest.mark.slow
def test_qgis_reads_the_styles_as_files(qgis: dict[str, Any]) -> None:
    assert qgis["loaded"]
    assert qgis["sld"]
    assert qgis["plain"] == qgis["day"] == qgis["sld looks"]
    assert set(LOOKS.values()) <= set(qgis["sld legend"])


@pytest.mark.network
def test_maplibre_s_own_validator_accepts_the_style(builtin: Dataset, tmp_path: Path) -> None:
    npm = needs.program("npm", package="npm")
    package = "@maplibre/maplibre-gl-style-spec@^23"
    install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", package]
    options: dict[str, Any] = {"cwd": tmp_path, "capture_output": True, "text": True}
    if subprocess.run(install, timeout=180, **options).returncode:
        needs.missing(package, "npm could not install it")
    style = orjson.loads(export_style(builtin, "json"))
    # Addresses of files beside the style; the validator wants a whole one for a sprite.
    style["sprite"] = f"https://maps.example.org/{style['sprite']}"
    (tmp_path / "style.json").write_text(json.dumps(style), "utf-8")
    check = [str(tmp_path / "node_modules/.bin/gl-style-validate"), "style.json"]
    done = subprocess.run(check, timeout=60, **options)
    assert done.returncode == 0, done.stdout + done.stderr
