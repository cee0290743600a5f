"""The whole period as vector tiles: what a web map gets from the one file."""

from __future__ import annotations

from pathlib import Path

import pyogrio
from flask.testing import FlaskClient

from geomap.core.dataset import Dataset
from geomap.core.status import intervals
from geomap.formats.tiles import export_tiles


def rows_at(builtin: Dataset, folder: Path, zoom: int) -> dict[tuple[str, str, str], str]:
    """Each stretch of history in the tiles of a zoom: its control status, by region and days."""
    path = folder / "x.pmtiles"
    path.write_bytes(export_tiles(builtin))
    assert [name for name, _ in pyogrio.list_layers(path)] == ["history"]
    frame = pyogrio.read_dataframe(path, read_geometry=False, ZOOM_LEVEL=zoom)
    return {
        (row.id, str(row.valid_from), str(row.valid_to)): row.control_status
        for row in frame.itertuples()
    }


def test_every_stretch_is_in_the_tiles_at_every_zoom(builtin: Dataset, tmp_path: Path) -> None:
    stretches = {
        (id, str(part.first), str(part.last)): part.status.control_status
        for id, parts in intervals(builtin).items()
        for part in parts
    }
    for zoom in (0, 6, 10):
        assert rows_at(builtin, tmp_path, zoom) == stretches


def test_a_web_map_asks_for_parts_of_the_file(client: FlaskClient) -> None:
    address = "/handover-2020/tiles.pmtiles"
    whole = client.get(address)
    assert whole.content_type == "application/vnd.pmtiles"
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    head = client.get(address, headers={"Range": "bytes=0-126"})
    assert head.status_code == 206
    assert head.data == whole.data[:127]
    assert head.data[:8] == b"PMTiles\x03"  # the third version of the format


def test_the_same_question_gets_the_same_bytes(builtin: Dataset) -> None:
    assert export_tiles(builtin) == export_tiles(builtin)
    assert export_tiles(builtin) != export_tiles(builtin, known="2020-11-20")
