"""One day of a dataset as a scene: the map, what lies on it, and the lines of text below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import shapely

from geomap.core.dataset import Dataset, text_in
from geomap.core.status import statuses
from geomap.picture.footer import text_below
from geomap.picture.layout import NARROW, Sheet, fill_of, outline_of
from geomap.picture.panels import date_box, legend_box, scale_bar
from geomap.present import labels, typesetting
from geomap.present.scene import THEMES, Frame, Item, Scene, Shape, fit, outlines
from geomap.wording import Words, format_day, headline, sentence
from geomap.wording.catalogue import Spans

_MOST_DESCRIBED = 2000
_MOST_NAMES = 50
_SAFE_ID = re.compile(r"[\w.-]{1,80}")


def compose(
    dataset: Dataset,
    words: Words,
    day: date,
    known: date | None,
    sources: tuple[str, ...] | None,
    theme: str,
    width: int,
    height: int,
) -> Scene:
    """Return the picture of a dataset on a day, `width` by `height` pixels.

    Raises BadQuery as `status_on` does.
    """
    found = statuses(dataset, day, known, sources)
    sheet = Sheet(dataset, words, day, known, sources, found, THEMES[theme], width, height)
    said = _headline(sheet)
    below, map_height = text_below(sheet, said)
    # Who comes first gets the room: the panels, then the names of regions, then the rest.
    board = labels.Board(width, map_height)
    # In a corner of the world this small, the date needs the left side for itself.
    across = 1.0 if sheet.low and width < NARROW else 0.5
    frame = fit(_bounds(dataset), width, map_height, 8 * sheet.scale, across)
    panels = {
        "date": date_box(sheet, board),
        "legend": [] if sheet.small else legend_box(sheet, board, map_height),
        "scale": scale_bar(sheet, board, frame),
    }
    names = [_name(sheet, row) for row in dataset.regions.itertuples()]
    shapes = _regions(sheet, frame, names)
    ground, lines, countries = _ground(sheet, frame)
    return Scene(
        width,
        height,
        title=typesetting.clean(text_in(dataset.meta.title, words.language)),
        description="".join(text for text, _ in said)[:_MOST_DESCRIBED],
        language=words.language,
        keywords=tuple(names[:_MOST_NAMES]),
        paper=sheet.theme.land,
        layers={
            "ground": ground,
            # The thickest outlines last, or a neighbour would cover half of them.
            "regions": [*sorted(shapes, key=_thickness)],
            "lines": lines,
            "names": _labels(sheet, frame, board, names, shapes, countries),
            **panels,
            "text": below,
        },
    )


def _headline(sheet: Sheet) -> Spans:
    """The headline sentences, with the day in them."""
    day = format_day(sheet.words, sheet.day)
    spans = headline(sheet.words, sheet.dataset, sheet.found, sheet.day.year)
    # Only the piece that is nothing else stands for the day; a region may bear the name "{date}".
    return typesetting.clean_spans(tuple((day if t == "{date}" else t, b) for t, b in spans))


# What lies beneath ------------------------------------------------------------------------------


def _bounds(dataset: Dataset) -> tuple[float, float, float, float]:
    """The dataset's view, widened so that every region shows."""
    west, south, east, north = dataset.bounds
    left, bottom, right, top = (float(x) for x in dataset.regions.total_bounds)
    x, y = (right - left) * 0.04, (top - bottom) * 0.04
    return min(west, left - x), min(south, bottom - y), max(east, right + x), max(north, top + y)


def _ground(sheet: Sheet, frame: Frame) -> tuple[list[Item], list[Item], list[tuple[Any, ...]]]:
    """What is drawn under the regions, the lines over them, and countries that want a name."""
    theme, scale = sheet.theme, sheet.scale
    looks: dict[str, dict[str, Any]] = {
        "country": {"stroke": theme.border, "stroke_width": 1.4 * scale},
        "district": {"stroke": theme.district, "stroke_width": 0.9 * scale},
        "lake": {"fill": theme.water},
        "line": {
            "stroke": theme.ink,
            "stroke_width": 1.5 * scale,
            "dash": (5 * scale, 4 * scale),
        },
    }
    drawn: dict[str, list[Item]] = {kind: [] for kind in looks}
    countries = []
    for row in sheet.dataset.context.itertuples():
        if row.kind not in looks:
            continue
        part = frame.clip(row.geometry, margin=6)
        if shapely.is_empty(part):
            continue
        shown = _borders(sheet, frame, part) if row.kind == "country" else part
        drawn[row.kind].append(Shape(shown, **looks[row.kind]))
        if row.kind == "country" and row.label_lon == row.label_lon:
            name = typesetting.capitals(_name(sheet, row), sheet.words.language)
            countries.append((name, row.label_lon, row.label_lat, part))
    return [*drawn["country"], *drawn["district"], *drawn["lake"]], drawn["line"], countries


def _borders(sheet: Sheet, frame: Frame, country: shapely.Geometry) -> shapely.Geometry:
    """A country's borders; where the data end it is cut off, and that is no border."""
    context = sheet.dataset.context
    whole = context.geometry[context["kind"] == "country"].total_bounds
    data = frame.project(shapely.box(*whole))
    lines = shapely.multilinestrings([shapely.LineString(ring) for ring in outlines(country)])
    return shapely.clip_by_rect(lines, *(data.buffer(-1, join_style="mitre").bounds or data.bounds))


def _name(sheet: Sheet, row: Any) -> str:
    """The name of a region or a thing beneath, in the picture's language, else its own."""
    return typesetting.clean(row.names.get(sheet.words.language) or row.name)


# Regions ----------------------------------------------------------------------------------------


def _regions(sheet: Sheet, frame: Frame, names: Sequence[str]) -> list[Shape]:
    """The regions as they stand on the day, each with its status sentence as a hint."""
    shapes = []
    for region, name, status in zip(
        sheet.dataset.regions.itertuples(), names, sheet.found, strict=True
    ):
        outline = frame.clip(region.geometry, margin=6)
        said = "".join(t for t, _ in sentence(sheet.words, sheet.dataset, status, sheet.day.year))
        shapes.append(
            Shape(
                outline,
                *fill_of(
                    sheet,
                    status.control_status,
                    status.actor,
                    status.pending.actor if status.pending else None,
                    part=status.part,
                    disputed=status.disputed,
                ),
                **outline_of(
                    sheet, unknown=status.control_status == "unknown", overdue=status.overdue
                ),
                id=f"region-{region.id}" if _SAFE_ID.fullmatch(region.id) else "",
                hint=typesetting.clean(f"{name}: {said}")[:_MOST_DESCRIBED],
            )
        )
    return shapes


def _thickness(shape: Shape) -> float:
    return shape.stroke_width


# Names ------------------------------------------------------------------------------------------


def _labels(
    sheet: Sheet,
    frame: Frame,
    board: labels.Board,
    names: Sequence[str],
    shapes: Sequence[Shape],
    countries: Iterable[tuple[Any, ...]],
) -> list[Item]:
    theme, scale = sheet.theme, sheet.scale
    rows = list(sheet.dataset.context.itertuples())
    towns = [
        (_name(sheet, row), int(row.rank), point.x, point.y)
        for row in rows
        if row.kind == "town" and not (point := row.geometry.centroid).is_empty
    ]
    waters = [
        (_name(sheet, row), row.label_lon, row.label_lat)
        for row in rows
        if row.kind == "lake" and row.label_lon == row.label_lon
    ]
    regions = [
        (("≠ " if status.disputed else "") + name, row.label_lon, row.label_lat, shape.geometry)
        for name, status, row, shape in zip(
            names, sheet.found, sheet.dataset.regions.itertuples(), shapes, strict=True
        )
    ]
    small = sheet.small
    dots = [] if small else labels.town_dots(frame, towns, 11 * scale)
    tree = shapely.STRtree([shape.geometry for shape in shapes])
    size = (11.5 if sheet.low else 13.5) * scale
    placed: list[Item] = []
    placed += labels.region_labels(board, frame, regions, theme, size, dots)
    if not small:
        placed += labels.town_marks(board, frame, towns, theme, 11.5 * scale)
        placed += labels.water_labels(board, frame, waters, theme, 12 * scale)
    placed += labels.country_labels(board, frame, countries, tree, theme, 11.5 * scale)
    return placed
