"""What the tests of labels share: boxes of texts, and what they must not touch."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import shapely

from geomap.present import typesetting
from geomap.present.scene import Label, Scene, Shape, outlines

SIZES = ((300, 250), (375, 560), (640, 300), (640, 520), (1000, 600), (1600, 900))
"""Sizes of frames, in pixels."""
DAYS = (
    "2020-09-27",
    "2020-11-12",
    "2020-11-16",
    "2020-11-20",
    "2020-11-25",
    "2020-11-30",
    "2020-12-01",
)


@dataclass(frozen=True)
class Text:
    """A text on a map and its box, which may be turned."""

    text: str
    kind: str
    box: shapely.Geometry


def touching(texts: list[Text]) -> list[str]:
    """Return the pairs of texts that touch."""
    return [f"{a.text} / {b.text}" for a, b in combinations(texts, 2) if a.box.intersects(b.box)]


def crossing(texts: list[Text], edges: dict[str, shapely.Geometry]) -> list[str]:
    """Return the texts that lie on an edge of a region or on a line."""
    return [
        f"{text.text} on {name}"
        for text in texts
        for name, edge in edges.items()
        if text.box.intersects(edge)
    ]


def label_text(label: Label) -> Text:
    """Return the box that a label takes on a picture: from its capitals' height to its baseline."""
    wide = sum(
        typesetting.width(text, label.size, bold=bold, spaced=label.spaced)
        for text, bold in label.text
    )
    left = label.x - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
    box = shapely.box(left, label.y - label.size * 0.72, left + wide, label.y + label.size * 0.05)
    turned = shapely.affinity.rotate(box, label.angle, origin=(label.x, label.y))
    return Text("".join(text for text, _ in label.text), "", turned)


def picture_texts(scene: Scene, *layers: str) -> list[Text]:
    """Return the texts of some layers of a picture."""
    items = [item for layer in layers for item in scene.layers[layer]]
    return [label_text(item) for item in items if isinstance(item, Label)]


def picture_edges(scene: Scene) -> dict[str, shapely.Geometry]:
    """Return the edges of a picture's regions and its lines, by name."""
    edges = {
        item.id: shapely.multilinestrings([*map(_line, outlines(item.geometry))])
        for item in scene.layers["regions"]
        if isinstance(item, Shape)
    }
    return edges | {
        f"line {number}": item.geometry
        for number, item in enumerate(scene.layers["lines"])
        if isinstance(item, Shape) and not item.geometry.is_empty
    }


def _line(ring: shapely.Geometry) -> shapely.Geometry:
    return shapely.LineString(ring.coords)
