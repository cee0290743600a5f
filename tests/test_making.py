"""`geomap new --regions`: a sound dataset from a boundary file, or a sentence and nothing written."""

from __future__ import annotations

import json
import shutil
import threading
import zipfile
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner, Result
from shapely.geometry import Polygon, box

from geomap import sources as datasets
from geomap.cli import main
from geomap.core.dataset import Dataset
from geomap.core.geometry import areas_km2
from geomap.core.status import status_on
from geomap.errors import BadSetting
from geomap.making import reading
from geomap.making.ground import ground, view_of
from geomap.making.make import Choices, make_dataset
from geomap.making.naming import slug
from geomap.making.world import countries, towns

UTM = "EPSG:32638"
X, Y = 500_000, 4_400_000
WFS = """\
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" xmlns:t="http://example.org/t"
 xmlns:gml="http://www.opengis.net/gml" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://example.org/t {schema}"><gml:featureMember><t:region><t:name>Tarn</t:name>
<t:shape><gml:Polygon srsName="EPSG:32638"><gml:exterior><gml:LinearRing><gml:posList>
500000 4400000 510000 4400000 510000 4410000 500000 4400000</gml:posList></gml:LinearRing>
</gml:exterior></gml:Polygon></t:shape></t:region></gml:featureMember></wfs:FeatureCollection>"""
"""An answer of a WFS, as it is often saved: it names a schema on the web."""
New = Callable[..., Result]


def square(column: int, row: int = 0, size: float = 10_000) -> Polygon:
    x, y = X + column * size, Y + row * size
    return box(x, y, x + size, y + size)


def frame(**columns: list[object]) -> gpd.GeoDataFrame:
    """Three squares side by side in UTM, with Russian names as a Caucasian GIS desk has them."""
    names = {"ADI": ["Верхний Тарн", "Нижний Тарн", "Ёлка"], "POP": [1200.0, None, 5.5]}
    return gpd.GeoDataFrame(names | columns, geometry=[square(i) for i in range(3)], crs=UTM)


@pytest.fixture
def new(runner: CliRunner, tmp_path: Path) -> New:
    """Run `geomap new` into the folder `map`, with a file of the frame given, or a path."""

    def run(data: gpd.GeoDataFrame | Path, *options: str, file: str = "regions.gpkg") -> Result:
        path = data if isinstance(data, Path) else tmp_path / file
        if not isinstance(data, Path):
            data.to_file(path)
        command = ["new", str(tmp_path / "map"), "--regions", str(path), *options]
        return runner.invoke(main, command)

    return run


def opened(tmp_path: Path, result: Result) -> Dataset:
    """Return the dataset that was written; it has neither fault nor doubt but of the example source."""
    assert result.exit_code == 0, result.output
    data, faults = datasets.load(tmp_path / "map")
    assert data is not None
    assert [fault for fault in faults if not fault.doubt] == []
    return data


def test_a_shapefile_in_utm_becomes_a_map_with_its_surroundings(tmp_path: Path, new: New) -> None:
    result = new(frame(), "--name:ru", "ADI", "--name", "adi", file="regions.shp")
    data = opened(tmp_path, result)
    assert [*data.regions["id"]] == ["elka", "nizhniy-tarn", "verkhniy-tarn"]
    assert data.meta.languages == ("en", "ru")
    assert data.regions["names"].iloc[0] == {"ru": "Ёлка"}
    assert data.regions["further"].iloc[2] == {"POP": 1200.0}
    # The ellipsoid's square kilometres, a hair's breadth from the grid's by its scale of 0.9996.
    assert areas_km2(data.regions.geometry) == pytest.approx([100.08] * 3, rel=1e-3)
    west, south, east, north = data.bounds
    assert west < 45.0 < 45.35 < east
    assert south < 39.75 < 39.84 < north
    assert {"country", "lake", "town", "inset"} == set(data.context["kind"])
    named = data.context.set_index("name")["names"]
    assert named["Armenia"] == {"ru": "Армения"}
    reach = data.context[data.context["kind"] == "country"].total_bounds
    assert reach[0] <= west - 2.9 * (east - west)
    # Nobody has said anything yet, and the map says so.
    day = data.meta.date
    assert set(status_on(data, day)["control_status"]) == {"unknown"}
    assert "TODO" in (tmp_path / "map/dataset.yaml").read_text("utf-8")
    assert "geomap serve" in result.output


def test_slivers_overlaps_and_crossings_are_mended_and_told(tmp_path: Path, new: New) -> None:
    east = X + 10_000
    left = Polygon([(X, Y), (east, Y), (east + 3, Y + 5000), (east, Y + 10_000), (X, Y + 10_000)])
    far = [(east, Y), (X + 20_000, Y), (X + 20_000, Y + 10_000)]
    right = Polygon([*far, (east + 8, Y + 10_000), (east + 9, Y + 3000)])
    crossed = Polygon([(X, Y + 10_000), (east, Y + 20_000), (east, Y + 10_000), (X, Y + 20_000)])
    columns = {"name": ["Left", "Right", "Crossed"], "actor": ["a", "b", "c"], "note": [1, 2, 3]}
    result = new(gpd.GeoDataFrame(columns, geometry=[left, right, crossed], crs=UTM))
    data = opened(tmp_path, result)
    assert "Repaired, look at them: Crossed (feature 3) (Self-intersection" in result.output
    assert "Small gaps and overlaps between neighbours were closed, which changed" in result.output
    assert "'actor' is passed on as 'file_actor'" in result.output
    assert shapely.coverage_is_valid(data.regions.geometry.to_numpy(), gap_width=1e-4)
    assert "file_note" in data.regions["further"].iloc[0]
    assert "Small gaps and overlaps" in (tmp_path / "map/README.md").read_text("utf-8")


def test_features_with_one_id_are_one_region(tmp_path: Path, new: New) -> None:
    result = new(
        frame(CODE=["B.1", "b 2", "B.1"]), "--id", "CODE", "--where", "POP > 1 OR POP IS NULL"
    )
    data = opened(tmp_path, result)
    assert dict(zip(data.regions["id"], data.regions.geometry.geom_type, strict=True)) == {
        "b-1": "MultiPolygon",
        "b-2": "Polygon",
    }
    assert "Features that share a id are one region: b-1 (2)" in result.output.replace(
        "an id", "a id"
    )


@pytest.mark.parametrize("ending", ["kml", "gml", "fgb", "geojson", "zip"])
def test_other_formats_give_the_same_regions(tmp_path: Path, new: New, ending: str) -> None:
    data = frame().to_crs(4326).rename(columns={"ADI": "Name"})[["Name", "geometry"]]
    if ending == "zip":
        data.to_file(tmp_path / "inside.shp", encoding="utf-8")
        with zipfile.ZipFile(tmp_path / "regions.zip", "w") as archive:
            for path in tmp_path.glob("inside.*"):
                archive.write(path, f"../folder/{path.name}")
        result = new(tmp_path / "regions.zip")
    else:
        data.to_file(tmp_path / f"regions.{ending}", driver="KML" if ending == "kml" else None)
        result = new(tmp_path / f"regions.{ending}")
    regions = opened(tmp_path, result).regions
    assert [*regions["id"]] == ["elka", "nizhniy-tarn", "verkhniy-tarn"]
    assert [*regions["further"]] == [{}, {}, {}]


def test_texts_without_an_encoding_are_utf_8_or_said_to_be_guessed(
    tmp_path: Path, new: New
) -> None:
    frame().to_file(tmp_path / "old.shp", encoding="cp1251")
    (tmp_path / "old.cpg").unlink()
    result = new(tmp_path / "old.shp")
    assert "If names look wrong, give --encoding" in result.output
    shutil.rmtree(tmp_path / "map")
    data = opened(tmp_path, new(tmp_path / "old.shp", "--encoding", "cp1251"))
    assert "Ёлка" in set(data.regions["name"])


def placed(*shapes: Polygon, crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    names = [f"Place {n}" for n in range(len(shapes))]
    return gpd.GeoDataFrame({"name": names}, geometry=[*shapes], crs=crs)


REFUSED = {
    "points": (lambda: frame().set_geometry(frame().centroid), (), "no layer of areas"),
    "no features": (lambda: frame()[:0], (), "holds no feature"),
    "empty": (lambda: placed(None), (), "have no outlines"),
    "flat": (
        lambda: placed(Polygon([(0, 0), (1, 1), (2, 2)])),
        (),
        "Place 0 (feature 1) is broken and nothing is left",
    ),
    "overlap": (lambda: placed(box(0, 0, 1, 1), box(0.5, 0, 2, 1)), (), "Place 1 (50% of"),
    "antimeridian": (lambda: placed(box(-178, -19, 177, -16)), (), "crosses the 180th meridian"),
    "pole": (lambda: placed(box(0, 80, 10, 89)), (), "beyond 85° of latitude"),
    "wrong system": (
        lambda: placed(square(0), crs="EPSG:4326"),
        (),
        "lies outside the world in the system EPSG:4326",
    ),
    "no name": (lambda: frame(ADI=["a", None, "c"]), (), "feature 2 has no value in the column"),
    "where": (frame, ("--where", "POP >"), "the columns are: ADI, POP"),
    "no match": (frame, ("--where", "POP > 9999"), "no feature of 'regions' is POP > 9999"),
    "column": (frame, ("--name", "NAME_1"), "there is no column 'NAME_1'; there are: ADI, POP"),
    "language": (frame, ("--name:Русский", "ADI"), "is not the code of a language"),
    "layer": (frame, ("--layer", "two"), "there is no layer 'two'; there are: 'regions'"),
    "columns": (
        lambda: frame(ADI=list("abc")).join(pd.DataFrame(1, range(3), map(str, range(1100)))),
        (),
        "columns; at most 1,000 are read",
    ),
    "crs": (frame, ("--crs", "UTM"), "is no coordinate reference system"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_a_map_gets_a_sentence_and_nothing_is_written(
    tmp_path: Path, new: New, case: str
) -> None:
    data, options, sentence = REFUSED[case]
    result = new(data(), *options)
    assert result.exit_code == 1
    assert sentence in result.output
    assert len(result.output.splitlines()) == 1
    assert not (tmp_path / "map").exists()


def test_of_two_layers_one_has_to_be_named(tmp_path: Path, new: New) -> None:
    for layer in ("one", "two"):
        frame().to_file(tmp_path / "regions.gpkg", layer=layer)
    assert "several layers; name one of them: 'one', 'two'" in new(tmp_path / "regions.gpkg").output
    opened(tmp_path, new(tmp_path / "regions.gpkg", "--layer", "two"))


def test_a_file_without_a_system_needs_one(tmp_path: Path, new: New) -> None:
    frame().to_file(tmp_path / "regions.shp")
    (tmp_path / "regions.prj").unlink()
    result = new(tmp_path / "regions.shp")
    assert "--crs: the file does not say its coordinate reference system" in result.output
    opened(tmp_path, new(tmp_path / "regions.shp", "--crs", UTM))


def test_a_file_cannot_lead_to_other_files_or_addresses(tmp_path: Path, new: New) -> None:
    frame().to_file(tmp_path / "secret.gpkg")
    layer = f"<SrcDataSource>{tmp_path}/secret.gpkg</SrcDataSource>"
    vrt = f'<OGRVRTDataSource><OGRVRTLayer name="secret">{layer}</OGRVRTLayer></OGRVRTDataSource>'
    command = f"gdal vector pipeline ! read {tmp_path}/secret.gpkg ! write --of stream s"
    steps = json.dumps({"type": "gdal_streamed_alg", "command_line": command})
    for name, content in {"a.geojson": vrt, "a.vrt": vrt, "a.gdalg.json": steps}.items():
        (tmp_path / name).write_text(content)
        assert "cannot be read as a boundary file" in new(tmp_path / name).output
    assert "there is no file" in new(Path(f"/vsizip/{tmp_path}/secret.gpkg")).output
    assert not (tmp_path / "map").exists()


def test_a_schema_on_the_web_is_not_fetched(tmp_path: Path, new: New) -> None:
    asked: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        schema = (
            f"http://127.0.0.1:{server.server_port}/?SERVICE=WFS&amp;REQUEST=DescribeFeatureType"
        )
        (tmp_path / "wfs.gml").write_text(WFS.format(schema=schema))
        result = new(tmp_path / "wfs.gml")
        server.shutdown()
    assert [*opened(tmp_path, result).regions["id"]] == ["tarn"]
    assert asked == []


def test_entities_are_neither_multiplied_nor_fetched(tmp_path: Path, new: New) -> None:
    (tmp_path / "secret.txt").write_text("told by nobody")
    ring = "<coordinates>10,50 11,50 11,51 10,50</coordinates>"
    area = f"<Polygon><outerBoundaryIs><LinearRing>{ring}</LinearRing></outerBoundaryIs></Polygon>"
    kml = f"<kml><Placemark><name>&b9;</name>{area}</Placemark></kml>"
    times = "".join(f'<!ENTITY b{n + 1} "{f"&b{n};" * 10}">' for n in range(9))
    for first in ('<!ENTITY b0 "aaaaaaaaaa">', f'<!ENTITY b0 SYSTEM "{tmp_path}/secret.txt">'):
        (tmp_path / "x.kml").write_text(f"<!DOCTYPE kml [{first}{times}]>{kml}")
        result = new(tmp_path / "x.kml")
        assert result.exit_code == 1
        assert "cannot be read as a boundary file" in result.output
        assert "told by nobody" not in result.output


def test_large_files_are_refused(tmp_path: Path, new: New, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", bytes(2**21))
    monkeypatch.setattr(reading, "MAX_BYTES", 2**20)
    assert "unpacked it is 2 MB large; at most 1 MB" in new(tmp_path / "bomb.zip").output
    monkeypatch.setattr(reading, "MAX_REGIONS", 2)
    frame().to_file(tmp_path / "many.fgb")
    with pytest.raises(BadSetting, match="more than 2 features"):
        make_dataset(tmp_path / "map", tmp_path / "many.fgb")


def test_the_same_file_gives_the_same_folder(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "regions.fgb")
    today = date(2026, 11, 25)
    for name in ("a", "b"):
        made = make_dataset(tmp_path / name / "map", tmp_path / "regions.fgb", Choices(), today)
    files = [(tmp_path / name / "map").rglob("*.*") for name in ("a", "b")]
    first, second = ({p.name: p.read_bytes() for p in one if p.is_file()} for one in files)
    assert first == second
    assert set(made.files) > {"dataset.yaml", "regions/elka.geojson", "context/water.geojson"}


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Kəlbəcər", "kelbecer"),
        ("Քարվաճառ", "karvacharr"),
        ("Đà Nẵng", "da-nang"),
        ("St. Mary's", "st-marys"),
        ("…", ""),
    ],
)
def test_ids_are_readable_whatever_the_script(name: str, id: str) -> None:
    assert slug(name) == id


def test_a_region_that_is_a_country_is_not_drawn_beneath_itself_too() -> None:
    outline = next(country.outline for country in countries() if country.code == "AM")
    features = ground([outline], view_of([outline]), ())["countries.geojson"]
    names = {feature["properties"].get("name") for feature in features}
    assert "Georgia" in names
    assert "Armenia" not in names


def test_the_world_is_whole() -> None:
    outlines = [country.outline for country in countries()]
    assert len(outlines) > 230
    assert shapely.coverage_is_valid(outlines)
    assert {"AM", "HK", "XK", "ZA"} <= {country.code for country in countries()}
    assert {town.name for town in towns() if town.capital in ("AM", "FR")} == {"Yerevan", "Paris"}
