"""Where things lie on a picture: within it, clear of one another, in Web Mercator, true to scale."""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from picture_reading import DAY, SIZES, scene_of, svg_texts
from pyproj import Geod, Transformer

from geomap.picture.picture import PICTURE_TYPES, picture
from geomap.present import typesetting
from geomap.present.scene import Label, fit


@pytest.mark.parametrize("day", ["2020-09-27", "2020-11-15", "2020-11-30"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_nothing_is_set_outside_the_picture(builtin, size, day):
    scene = scene_of(builtin, date.fromisoformat(day), size=size)
    for layer in scene.layers.values():
        for item in layer:
            if isinstance(item, Label):
                wide = typesetting.spans_width(item.text, item.size)
                left = item.x - {"start": 0, "middle": wide / 2, "end": wide}[item.anchor]
                assert left >= 0
                assert left + wide <= size[0]
                assert item.size <= item.y <= size[1]
                assert item.size >= 8


def test_headline_is_whole_or_not_there(builtin):
    for size in SIZES:
        texts = " ".join(
            svg_texts(picture(builtin, "svg", date=DAY, width=size[0], height=size[1]))
        )
        if "On 30 November 2020," in texts:
            assert "is held in part by ethnic Armenian forces." in texts


def test_place_is_where_web_mercator_puts_it(builtin):
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
def test_scale_bar_is_true(builtin, size):
    scene = scene_of(builtin, size=size)
    line, label = scene.layers["scale"][1:]
    left, _, right, _ = line.geometry.bounds
    kilometres = float(label.text[0][0].split()[0])
    (paper,) = scene.layers["text"][0].geometry.interiors
    _, top, _, bottom = shapely.Polygon(paper).bounds
    # Two regions' places give the scale; the ground distance is measured at the map's middle.
    shapes = {s.id: s.geometry for s in scene.layers["regions"]}
    rows = builtin.regions.set_index("id").geometry
    west, east = (rows["kalbajar"].bounds[0], rows["nagorno-karabakh"].bounds[2])
    x0 = shapes["region-kalbajar"].bounds[0]
    x1 = shapes["region-nagorno-karabakh"].bounds[2]
    south, north = rows["nagorno-karabakh"].bounds[1::2]
    y1, y0 = shapes["region-nagorno-karabakh"].bounds[1::2]
    middle = south + (north - south) * (y0 - (top + bottom) / 2) / (y0 - y1)
    metres = Geod(ellps="WGS84").inv(west, middle, east, middle)[2]
    assert (right - left) * metres / (x1 - x0) == pytest.approx(kilometres * 1000, rel=0.01)


def test_no_ground_and_a_tiny_region(builtin):
    regions = builtin.regions.copy()
    tiny = [shapely.box(10 + i, 50, 10 + i + 1e-5, 50 + 1e-5) for i in range(len(regions))]
    regions = regions.set_geometry(gpd.GeoSeries(tiny, index=regions.index, crs=4326))
    regions["label_lon"] = [10 + i + 5e-6 for i in range(len(regions))]
    regions["label_lat"] = 50 + 5e-6
    meta = replace(builtin.meta, view=None)
    bare = replace(builtin, meta=meta, regions=regions, context=builtin.context.iloc[:0])
    for ending in PICTURE_TYPES:
        assert picture(bare, ending)


def test_the_whole_world(builtin):
    regions = builtin.regions.copy()
    belts = [shapely.box(-180, -90 + 45 * i, 180, -45 + 45 * i) for i in range(len(regions))]
    regions = regions.set_geometry(gpd.GeoSeries(belts, index=regions.index, crs=4326))
    regions["label_lon"] = 0.0
    regions["label_lat"] = [-67.5, -22.5, 22.5, 67.5]
    meta = replace(builtin.meta, view=None)
    for ending in PICTURE_TYPES:
        assert picture(replace(builtin, meta=meta, regions=regions), ending)
