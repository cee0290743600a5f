"""The documents under `/ogc/`: landing page, conformance, collections and their queryables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import shapely

from geomap.core.dataset import Dataset, text_in
from geomap.errors import NotFound
from geomap.formats.schema import DIALECT
from geomap.formats.shapes import shapes
from geomap.web.negotiation import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from geomap.web.ogc.crs import CRS84, CRSS
from geomap.web.ogc.days import end_of, start_of
from geomap.web.ogc.filters import GEOMETRY
from geomap.web.ogc.layers import KINDS, CollectionKind, find_kind, layer
from geomap.web.ogc.properties import properties, simple
from geomap.web.ogc.request import FILES, sortables
from geomap.web.route import PathValues, asked
from geomap.web.site import Site, absolute, site
from geomap.wording import Words

TYPES = {"json": JSON, "html": HTML}
Link = dict[str, str]

_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
CONFORMANCE = (
    *(f"{_FEATURES}1/1.0/conf/{name}" for name in ("core", "oas30", "html", "geojson")),
    f"{_FEATURES}2/1.0/conf/crs",
    *(
        f"{_FEATURES}5/1.0/conf/{name}"
        for name in ("schemas", "core-roles-features", "queryables", "sortables")
    ),
    *(
        f"{_FEATURES}3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        _CQL2 + name
        for name in (
            *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators"),
            *("basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions"),
        )
    ),
)
SCHEMAS = {
    "schema": "What the features have",
    "queryables": "The properties that a filter can name",
    "sortables": "The properties that features can be sorted by",
}
"""What describes a collection's properties, by the last part of its address."""
_ID = {"x-ogc-role": "id"}
_FEATURE_ID = {
    "type": "string",
    **_ID,
    "description": "The feature's own id, in GeoJSON its member id: region, @, first day",
}
_ROLES = {
    "valid_from": {"x-ogc-role": "primary-interval-start"},
    "valid_to": {"x-ogc-role": "primary-interval-end"},
}
_OUTLINE = {
    "format": "geometry-polygon-or-multipolygon",
    "x-ogc-role": "primary-geometry",
    "description": "The region's outline",
}


@dataclass(frozen=True)
class Collection:
    """One collection: a dataset and which of its two tables."""

    dataset: Dataset
    kind: CollectionKind

    @property
    def id(self) -> str:
        """Its name in addresses."""
        return f"{self.dataset.id}.{self.kind.name}"

    def title(self, words: Words) -> str:
        """The dataset's title, and which of its tables it is."""
        title = text_in(self.dataset.meta.title, words.language)
        if self.kind.name == "regions":
            return words.say("{title}: status of the regions", title=title)
        return words.say("{title}: events", title=title)

    def description(self, words: Words) -> str:
        """What one feature is."""
        if self.kind.name == "regions":
            return words.say(
                "One feature for each region and stretch of days through which its status stays the "
                "same. With datetime, those that hold at that time."
            )
        return words.say(
            "One feature for each event, with the outline of its region. With datetime, those that "
            "may have happened at that time, and the arrangements then in force."
        )


def find_collection(site: Site, id: str) -> Collection:
    """Return a collection of a site. Raises NotFound."""
    dataset_id, _, name = id.rpartition(".")
    kind, dataset = find_kind(name), site.datasets.get(dataset_id)
    if dataset is None:
        raise NotFound("there is no collection of that name; /ogc/collections lists them")
    return Collection(dataset, kind)


def dataset_of_collection(site: Site, path: PathValues) -> Dataset:
    """Return the dataset of the collection that a path names. Raises NotFound."""
    return find_collection(site, path["collection_id"]).dataset


def all_collections() -> list[Collection]:
    """Return every collection of this site."""
    return [Collection(d, kind) for d in site().datasets.values() for kind in KINDS.values()]


def link(rel: str, href: str, media_type: str, title: str) -> Link:
    """Return a link as OGC API - Common writes it."""
    return {"rel": rel, "href": href, "type": media_type, "title": title}


def faces(endpoint: str, face: str, types: Mapping[str, str] = TYPES, **values: Any) -> list[Link]:
    """Return the links from a document to itself as JSON and HTML, with the same parameters."""
    parameters = asked().address("f")
    return [
        link(
            "self" if other == face else "alternate",
            absolute(endpoint, **values, **parameters, f=other),
            media_type,
            "This document" if other == face else f"This document as {other.upper()}",
        )
        for other, media_type in types.items()
    ]


def landing_document(face: str, words: Words) -> dict[str, Any]:
    """Return the landing page: where everything else is."""
    return {
        "title": words.say("Who holds which territory on which day"),
        "description": words.say(
            "The datasets of this site for geographic information systems, by OGC API - Features."
        ),
        "links": [
            *faces("ogc.landing", face),
            link("service-desc", absolute("ogc.api", f="json"), OPENAPI, "The API as OpenAPI 3.0"),
            link("service-doc", absolute("ogc.api", f="html"), HTML, "The API as a page"),
            link("conformance", absolute("ogc.conformance"), JSON, "Conformance classes"),
            link("data", absolute("ogc.collections"), JSON, "Collections"),
        ],
    }


def collections_document(face: str, words: Words) -> dict[str, Any]:
    """Return every collection."""
    return {
        "links": faces("ogc.collections", face),
        "crs": list(CRSS),
        "collections": [collection_document(c, None, words) for c in all_collections()],
    }


def collection_document(collection: Collection, face: str | None, words: Words) -> dict[str, Any]:
    """Return one collection; `face` is None where it is one of a list."""
    dataset, id = collection.dataset, collection.id
    licence = dataset.meta.licence
    here: dict[str, Any] = {"collection_id": id}
    links = [
        link("items", absolute("ogc.items", **here), GEOJSON, "The features"),
        link("items", absolute("ogc.items", **here, f="html"), HTML, "The features as a page"),
        *(
            link(
                "items", absolute("ogc.items", **here, f=ending), kind, f"The features as {ending}"
            )
            for ending, kind in FILES.items()
            if kind != GEOJSON
        ),
        *(
            link(f"{_REL}{name}", absolute(f"ogc.{name}", **here), SCHEMA, title)
            for name, title in SCHEMAS.items()
        ),
    ]
    if licence.url:
        links.append(link("license", licence.url, HTML, licence.name))
    own = (
        faces("ogc.collection", face, **here)
        if face
        else [link("self", absolute("ogc.collection", **here), JSON, "This collection")]
    )
    return {
        "id": id,
        "title": collection.title(words),
        "description": collection.description(words),
        "attribution": text_in(dataset.meta.attribution, words.language),
        "extent": _extent(collection),
        "itemType": "feature",
        "crs": list(CRSS),
        "storageCrs": CRS84.uri,
        "links": [*own, *links],
    }


def queryables_document(collection: Collection, words: Words) -> dict[str, Any]:
    """Return the JSON Schema of what a filter can name (OGC 19-079r2, section 6)."""
    columns = properties(collection.kind, collection.dataset)
    rules = {name: simple(rule) for name, rule in columns.items()} | {GEOMETRY: _OUTLINE}
    return _schema("queryables", collection, words, rules)


def sortables_document(collection: Collection, words: Words) -> dict[str, Any]:
    """Return the JSON Schema of what `sortby` can name (OGC 23-058r2)."""
    columns = properties(collection.kind, collection.dataset)
    names = sortables(collection.kind, collection.dataset)
    return _schema("sortables", collection, words, {name: simple(columns[name]) for name in names})


def schema_document(collection: Collection, words: Words) -> dict[str, Any]:
    """Return the JSON Schema of the features (OGC 23-058r2), with the roles of their properties.

    A property that may be null is none that is required, and has one type.
    """
    columns = properties(collection.kind, collection.dataset)
    rules = {name: simple(rule) | _ROLES.get(name, {}) for name, rule in columns.items()}
    # A region has several features, so its own id is not theirs.
    if collection.kind.name == "regions":
        rules = {"feature_id": _FEATURE_ID, **rules}
    else:
        rules["id"] |= _ID
    rules[GEOMETRY] = _OUTLINE
    numbered = {
        name: {**rule, "x-ogc-propertySeq": number}
        for number, (name, rule) in enumerate(rules.items(), start=1)
    }
    return _schema("schema", collection, words, numbered)


def _schema(
    endpoint: str, collection: Collection, words: Words, rules: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "$schema": DIALECT,
        "$id": absolute(f"ogc.{endpoint}", collection_id=collection.id),
        "type": "object",
        "title": collection.title(words),
        "properties": rules,
        "additionalProperties": False,
    }


def _extent(collection: Collection) -> dict[str, Any]:
    dataset = collection.dataset
    rows = layer(dataset, collection.kind)
    zone = ZoneInfo(dataset.meta.timezone)
    first = int(rows.first.min()) if len(rows.first) else 0
    interval = [
        start_of(first, zone) if first else None,
        end_of(int(rows.last.max()), zone) if len(rows.last) else None,
    ]
    return {
        "spatial": {
            "bbox": [shapely.total_bounds(shapes(dataset).geometries).tolist()],
            "crs": CRS84.uri,
        },
        "temporal": {
            "interval": [interval],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        },
    }
