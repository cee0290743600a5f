"""Datasets of many regions: what a page carries hangs on what its frame can show."""

import brotli
import numpy as np
import pytest
import shapely

from benchmarks._many import coverage, write_many
from geomap import sources
from geomap.core.arcs import Arcs, arcs_of
from geomap.core.dataset import Dataset
from geomap.core.history import changes
from geomap.core.selection import check_known, check_sources
from geomap.feeds.latest import with_latest_changes
from geomap.present import payload, select, view
from geomap.present.outlines import outlines_of
from geomap.web import create_app
from geomap.web.built import MOST_DAYS, built_days, built_films, changing_days
from geomap.wording import words_in

REGIONS = 300


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Three hundred regions of 300 vertices, each handed over twice."""
    folder = tmp_path_factory.mktemp("many") / "many"
    return sources.open(write_many(folder, REGIONS, vertices=300, claims=3 * REGIONS))


def polygon_of(arcs: Arcs, rings: list[list[int]], scale: float) -> shapely.Polygon:
    """Return a polygon from its arcs, as a client puts it together."""

    def ring(numbers: list[int]) -> np.ndarray:
        lines = [arcs.lines[~n][::-1] if n < 0 else arcs.lines[n] for n in numbers]
        for before, after in zip(lines, lines[1:] + lines[:1], strict=True):
            assert before[-1].tolist() == after[0].tolist()
        return np.vstack([line[:-1] for line in lines]) / scale

    outer, *holes = map(ring, rings)
    return shapely.Polygon(outer, holes)


ISLAND = shapely.box(20, 20, 21, 21)
RING = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
ENCLAVE = shapely.box(1, 1, 2, 2)
NEIGHBOUR = shapely.MultiPolygon([shapely.box(3, 0, 4, 3), ISLAND])


@pytest.mark.parametrize(
    "geometries", [[RING, ENCLAVE, NEIGHBOUR], [ISLAND], coverage(25, 60)], ids=str
)
def test_arcs_give_the_outlines_back_with_each_border_once(
    geometries: list[shapely.Geometry],
) -> None:
    arcs = arcs_of(geometries, 1e6)
    for geometry, polygons in zip(geometries, arcs.uses, strict=True):
        back = shapely.union_all([polygon_of(arcs, rings, 1e6) for rings in polygons])
        assert back.symmetric_difference(geometry).area < 1e-9
    edges = [
        frozenset([tuple(a), tuple(b)])
        for line in arcs.lines
        for a, b in zip(line[:-1].tolist(), line[1:].tolist(), strict=True)
    ]
    assert len(edges) == len(set(edges))


def test_a_region_too_small_for_the_grid_stays() -> None:
    speck = shapely.box(5, 5, 5.0001, 5.0001)
    arcs = arcs_of([RING, speck], 100)
    assert arcs.uses[1]


def test_outlines_differ_by_less_than_a_pixel_of_the_frame(many: Dataset) -> None:
    outlines = outlines_of(many)
    assert (
        sum(map(len, outlines.arcs.lines)) < len(shapely.get_coordinates(many.regions.geometry)) / 3
    )
    pixel = (many.bounds[2] - many.bounds[0]) / 1000
    for place in range(0, REGIONS, 30):
        drawn = shapely.union_all(
            [
                polygon_of(outlines.arcs, rings, outlines.scale)
                for rings in outlines.arcs.uses[place]
            ]
        )
        assert shapely.hausdorff_distance(drawn, many.regions.geometry[place]) < pixel


def test_a_page_of_many_regions_stays_light(many: Dataset) -> None:
    client = create_app([many]).test_client()
    sizes = {}
    for page in ("/many/", "/many/embed"):
        answer = client.get(page)
        assert answer.status_code == 200
        sizes[page] = len(brotli.compress(answer.data, quality=5))
    assert max(sizes.values()) < 150_000, sizes


def test_many_regions_are_counted_not_named(many: Dataset) -> None:
    shown = view(many, select(many), words_in("en"))
    text = "".join(piece for piece, _ in shown.today.headline)
    assert text.startswith("31 December 2020 · Handed over to A: ")
    assert "regions" in text
    assert "Region 1" not in text
    assert max(len(tick.label) for tick in shown.ticks) < 100
    assert payload(shown)["chart"]["lanes"] == []


def test_long_tables_end_with_a_link_to_the_whole(many: Dataset) -> None:
    page = create_app([many]).test_client().get("/many/").get_data(as_text=True)
    assert "500 of 900 rows stand here; the file has them all:" in page
    assert page.count("<tr>") < 1100


def test_what_changes_on_too_many_days_has_files_of_its_own_day_and_no_film(many: Dataset) -> None:
    assert len(changing_days(many)) > MOST_DAYS
    assert built_days(many) == ("", "2020-12-31")
    assert built_films(many) == ()
    page = create_app([many]).test_client().get("/many/").get_data(as_text=True)
    assert ".mp4" not in page
    assert '<option value="film">' not in page
    assert 'id="code-link"' in page


@pytest.mark.parametrize(("known", "chosen"), [(None, None), ("2020-07-01", None), (None, "s3,s4")])
def test_feeds_end_as_the_whole_history_does(
    many: Dataset, known: str | None, chosen: str | None
) -> None:
    whole = changes(many, known, chosen)
    clock, ids = check_known(known), check_sources(many, chosen)
    for most in (1, 7, 100):
        recent = with_latest_changes(many, most, clock, ids)
        assert len(recent.ledger.claims) <= 3 * most
        assert changes(recent, known, chosen)[-most:] == whole[-most:]


def test_more_regions_than_a_page_can_draw_are_counted_and_linked_to(
    many: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geomap.web.overview.MOST_MAPPED", REGIONS - 1)
    client = create_app([many]).test_client()
    page = client.get("/many/?date=2020-06-01").get_data(as_text=True)
    assert "This dataset has 300 regions, more than a page can draw" in page
    assert "1 June 2020 · " in page
    assert "regions.geojson?date=2020-06-01" in page
    assert 'id="geomap-data"' not in page
    assert page.count('<th scope="row"') == REGIONS
    embed = client.get("/many/embed").get_data(as_text=True)
    assert "more than a page can draw" in embed
    assert len(embed) < 5000
