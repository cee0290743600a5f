"""Styles for other software: the map's fills, hatches and legend."""

from __future__ import annotations

from flask import Blueprint, Response

from geomap.formats.styles import SPRITE_FILES, STYLES, export_sprite, export_style
from geomap.web.built import Built, each
from geomap.web.files import file_response
from geomap.web.negotiation import JSON
from geomap.web.openapi import BYTES, OBJECT, TEXT, missing_extra, part
from geomap.web.parameters import CLAIMS, DATE, LANG, THEME, languages, pick
from geomap.web.route import asked, route
from geomap.web.site import absolute, site

_THEMES = ("light", "dark")
blueprint = Blueprint("styles", __name__)
_CLAIMS = tuple(parameter.name for parameter in CLAIMS)


@route(
    blueprint,
    "/<dataset_id>/style.<ending>",
    "The map's fills and hatches as a style for QGIS, SLD or MapLibre",
    id="style",
    tag="Data",
    path=[part("ending", "The style's language", STYLES)],
    parameters=[DATE, *CLAIMS, LANG, THEME],
    answers={kind: OBJECT if kind.endswith("json") else TEXT for kind in STYLES.values()},
    open=True,
    absolute_links=True,
    built=Built((each(ending=tuple(STYLES), lang=languages, theme=_THEMES),)),
)
def style(dataset_id: str, ending: str) -> Response:
    """Answer with a style for the regions of every day; one for MapLibre loads those of `date`."""
    dataset, values = site().dataset(dataset_id), asked().values
    here = {name: ",".join(texts) for name, texts in asked().address().items()}
    if here["theme"] == THEME.default:
        del here["theme"]

    def to(endpoint: str, *names: str, **more: str) -> str:
        return absolute(endpoint, dataset_id=dataset_id, **more, **pick(here, *names))

    addresses = {
        "regions": to("downloads.regions", "date", *_CLAIMS, "lang", ending="geojson"),
        "context": to("downloads.context", *_CLAIMS, "lang", ending="geojson"),
        # A style names its sprite without the ending.
        "sprite": to("styles.sprite", *_CLAIMS, "theme", file=".json").replace(".json", ""),
    }
    body = export_style(
        dataset,
        ending,
        values["known"],
        values["sources"],
        asked().language,
        _theme(values["theme"]),
        addresses,
        values["date"],
    )
    return file_response(body, STYLES[ending], f"{dataset.id}.{ending}", shown=ending == "json")


@route(
    blueprint,
    "/<dataset_id>/sprite<path:file>",
    "The hatches of a style for MapLibre",
    id="sprite",
    tag="Data",
    path=[part("file", "Size and kind", SPRITE_FILES)],
    parameters=[*CLAIMS, THEME],
    answers={JSON: OBJECT, "image/png": BYTES},
    responses=missing_extra(),
    open=True,
    built=Built((each(file=SPRITE_FILES, theme=_THEMES),)),
)
def sprite(dataset_id: str, file: str) -> Response:
    """Answer with a style's hatches as one picture, or with where in it each lies."""
    values = asked().values
    body = export_sprite(
        site().dataset(dataset_id),
        file,
        values["known"],
        values["sources"],
        _theme(values["theme"]),
    )
    return Response(body, content_type=JSON if file.endswith("json") else "image/png")


def _theme(asked_for: str) -> str:
    """The theme of a style, which has no reader whose system it could follow."""
    return "light" if asked_for == "auto" else asked_for
