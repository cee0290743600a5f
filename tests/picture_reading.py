"""What the tests of pictures share: names of strangers, and reading a picture back."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import numpy as np
import shapely
from PIL import Image
from pypdf import PdfReader

from geomap.core.dataset import Dataset
from geomap.picture.compose import compose
from geomap.present import Selection
from geomap.present.scene import Label, Scene, Shape
from geomap.wording import words_in

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
    '#read("/etc/passwd") #sys.inputs @label <tag>',
)


def renamed(dataset: Dataset, names: list[str]) -> Dataset:
    """The dataset with its regions and towns under other names, in every language."""
    regions, context = dataset.regions.copy(), dataset.context.copy()
    for frame in (regions, context):
        frame["name"] = [names[i % len(names)] for i in range(len(frame))]
        frame["names"] = [{} for _ in range(len(frame))]
    return replace(dataset, regions=regions, context=context)


def scene_of(
    dataset: Dataset,
    day: date = DAY,
    lang: str = "en",
    theme: str = "light",
    size: tuple[int, int] = (960, 600),
) -> Scene:
    """The composed picture, before it is written."""
    return compose(dataset, words_in(lang), Selection(day), theme, *size)


def scene_with(*labels: Label, width: int = 600, height: int = 60) -> Scene:
    """A white picture with nothing but some labels on it."""
    return Scene(width, height, "Title", "Text", "en", (), "#ffffff", {"names": [*labels]})


def svg_texts(data: bytes) -> list[str]:
    """Every text that the picture shows, halos left out."""
    root = ElementTree.fromstring(data)
    shown = [e for e in root.iter(f"{SVG}text") if e.get("aria-hidden") is None]
    texts = ["".join(element.itertext()) for element in shown]
    return [re.sub("[\u202b\u202c\u2066-\u2069]", "", text) for text in texts]  # seen by nobody


def pdf_text(data: bytes) -> str:
    """The text that can be copied from the only page."""
    (page,) = PdfReader(io.BytesIO(data)).pages
    return " ".join(page.extract_text().split())


def image_of(data: bytes) -> Any:
    """A PNG's pixels: rows, columns, red green blue."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def near(pixels: Any, colour: str, tolerance: int = 3) -> Any:
    """Which pixels are of this colour, or very nearly."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return np.abs(pixels - wanted).max(axis=-1) <= tolerance


def region_pixels(image: Any, scene: Scene, region: str) -> Any:
    """The pixels within a region's outline."""
    outline = next(
        item.geometry
        for item in scene.layers["regions"]
        if isinstance(item, Shape) and item.id == f"region-{region}"
    )
    ys, xs = np.mgrid[0 : scene.height, 0 : scene.width]
    inside = shapely.contains_xy(outline.buffer(-2), xs.ravel() + 0.5, ys.ravel() + 0.5)
    return image[inside.reshape(xs.shape)]
