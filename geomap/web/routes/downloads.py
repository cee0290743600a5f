"""Downloads: the regions' status in every format, the events, and the ledger's tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from geomap.formats import (
    FORMATS,
    TABLES,
    export_actors,
    export_claims,
    export_context,
    export_events,
    export_history,
    export_regions,
    export_reports,
    export_sources,
    parse_bbox,
    parse_simplify,
    tiles,
)
from geomap.formats.query import MAX_TOLERANCE
from geomap.formats.schema import row_schema
from geomap.web.built import Built, built_days, each
from geomap.web.files import file_response
from geomap.web.lanes import FILES, LONG, Lane
from geomap.web.openapi import BYTES, BYTES_OR_TEXT, OBJECT, TEXT, missing_extra, part, plain
from geomap.web.parameters import CLAIMS, DATE, LANG, Node, Parameter, languages
from geomap.web.route import asked, route
from geomap.web.site import site

blueprint = Blueprint("downloads", __name__)
BBOX = Parameter(
    "bbox",
    "Only features that touch this box: west,south,east,north",
    {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
    lambda text, _: parse_bbox(text),
)
SIMPLIFY = Parameter(
    "simplify",
    "Leave out detail smaller than so many metres",
    {"type": "number", "minimum": 0, "maximum": MAX_TOLERANCE},
    lambda text, _: parse_simplify(text),
)


def _region_answers() -> dict[str, Node]:
    answers = {
        format.media_type: OBJECT if format.media_type.endswith("json") else BYTES
        for format in FORMATS.values()
    }
    feature = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {"type": {"const": "Feature"}, "id": TEXT, "properties": row_schema()},
    }
    collection = {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": feature},
        },
    }
    return answers | {FORMATS["geojson"].media_type: plain(collection)}


@route(
    blueprint,
    "/<dataset_id>/regions.<path:ending>",
    "The status of the regions on a day, as a file",
    tag="Data",
    path=[part("ending", "The format", FORMATS)],
    parameters=[DATE, *CLAIMS, LANG, BBOX, SIMPLIFY],
    answers=_region_answers(),
    responses=missing_extra(),
    open=True,
    lane=FILES,
    built=Built((each(ending=tuple(FORMATS), lang=languages, date=built_days),)),
)
def regions(dataset_id: str, ending: str) -> Response:
    """Answer with the status of the regions on `date`."""
    dataset = site().dataset(dataset_id)
    values = asked().values
    body = export_regions(
        dataset,
        ending,
        values["date"],
        values["known"],
        values["sources"],
        asked().language,
        values["bbox"],
        values["simplify"],
    )
    format = FORMATS[ending]
    name = f"{dataset.id}-{values['date']}.{ending}"
    return file_response(body, format.media_type, name, shown=format.shown_by_browsers)


def _layer_options(summary: str, lane: Lane, *parameters: Parameter) -> dict[str, Any]:
    """What the declarations of the tables in every format have in common."""
    kinds = {format.media_type for format in FORMATS.values()}
    return {
        "summary": summary,
        "tag": "Data",
        "path": [part("ending", "The format", FORMATS)],
        "parameters": parameters,
        "answers": {kind: OBJECT if kind.endswith("json") else BYTES for kind in kinds},
        "responses": missing_extra(),
        "open": True,
        "lane": lane,
        "built": Built((each(ending=tuple(FORMATS), lang=languages),)),
    }


@route(
    blueprint,
    "/<dataset_id>/history.<path:ending>",
    **_layer_options(
        "The status of the regions over the whole period, as a file",
        LONG,
        *(*CLAIMS, LANG, BBOX, SIMPLIFY),
    ),
)
def history(dataset_id: str, ending: str) -> Response:
    """Answer with the status of the regions, one row a region and stretch of days."""
    values = asked().values
    return _layer(dataset_id, "history", ending, export_history, simplify=values["simplify"])


@route(
    blueprint,
    "/<dataset_id>/context.<path:ending>",
    **_layer_options("What is drawn beneath the regions, as a file", FILES, *CLAIMS, LANG, BBOX),
)
def context(dataset_id: str, ending: str) -> Response:
    """Answer with what is drawn beneath the regions."""
    return _layer(dataset_id, "context", ending, export_context)


@route(
    blueprint,
    f"/<dataset_id>/tiles.{tiles.ENDING}",
    "The regions over the whole period as vector tiles in one file",
    tag="Data",
    parameters=[*CLAIMS, LANG],
    answers={tiles.MEDIA_TYPE: BYTES},
    open=True,
    lane=LONG,
    built=Built((each(lang=languages),)),
)
def vector_tiles(dataset_id: str) -> Response:
    """Answer with one PMTiles file, of which web maps ask for the parts that they show."""
    dataset, values = site().dataset(dataset_id), asked().values
    body = tiles.export_tiles(dataset, values["known"], values["sources"], asked().language)
    name = f"{dataset.id}.{tiles.ENDING}"
    return file_response(body, tiles.MEDIA_TYPE, name, shown=False)


def _layer(
    dataset_id: str, name: str, ending: str, export: Callable[..., bytes], **options: Any
) -> Response:
    dataset, values = site().dataset(dataset_id), asked().values
    claims = {key: values[key] for key in ("known", "sources", "bbox")}
    body = export(dataset, ending, **claims, lang=asked().language, **options)
    format = FORMATS[ending]
    file = f"{dataset.id}-{name}.{ending}"
    return file_response(body, format.media_type, file, shown=format.shown_by_browsers)


def _table_options(title: str) -> dict[str, Any]:
    """What the declarations of the tables have in common."""
    return {
        "summary": title,
        "tag": "Data",
        "path": [part("ending", "Format", TABLES)],
        "parameters": CLAIMS,
        "answers": {kind.partition(";")[0]: BYTES_OR_TEXT for kind in TABLES.values()},
        "open": True,
        "built": Built((each(ending=tuple(TABLES)),)),
    }


@route(blueprint, "/<dataset_id>/events.<ending>", **_table_options("What the claims agree on"))
def events(dataset_id: str, ending: str) -> Response:
    """Answer with what the chosen claims agree on, one event a row."""
    return _table(dataset_id, "events", ending, export_events)


@route(blueprint, "/<dataset_id>/claims.<ending>", **_table_options("The ledger of claims"))
def claims(dataset_id: str, ending: str) -> Response:
    """Answer with the ledger, one claim a row."""
    return _table(dataset_id, "claims", ending, export_claims)


@route(blueprint, "/<dataset_id>/sources.<ending>", **_table_options("The sources that count"))
def sources(dataset_id: str, ending: str) -> Response:
    """Answer with the sources whose claims count."""
    return _table(dataset_id, "sources", ending, export_sources)


@route(blueprint, "/<dataset_id>/reports.<ending>", **_table_options("What else is reported"))
def reports(dataset_id: str, ending: str) -> Response:
    """Answer with what else the sources tell, one report a row."""
    return _table(dataset_id, "reports", ending, export_reports)


@route(blueprint, "/<dataset_id>/actors.<ending>", **_table_options("Who can hold a region"))
def actors(dataset_id: str, ending: str) -> Response:
    """Answer with the actors, their names and colours."""
    return _table(dataset_id, "actors", ending, export_actors)


def _table(dataset_id: str, name: str, ending: str, export: Callable[..., bytes]) -> Response:
    dataset = site().dataset(dataset_id)
    values = asked().values
    body = export(dataset, ending, values["known"], values["sources"])
    return file_response(body, TABLES[ending], f"{dataset.id}-{name}.{ending}", shown=True)
