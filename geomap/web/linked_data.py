"""What a page says to search engines: its dataset as schema.org's `Dataset`, in JSON-LD."""

from __future__ import annotations

from typing import Any

from geomap.core.claims import Source
from geomap.core.dataset import Dataset, name_in, text_in
from geomap.formats import FORMATS
from geomap.formats.citing import citation, short_version
from geomap.web.site import absolute, cited_address, site
from geomap.wording import Words


def described(dataset: Dataset, words: Words) -> dict[str, Any]:
    """Return a dataset as a JSON-LD document; parts that are not known are left out."""
    meta, language = dataset.meta, words.language
    address = absolute("pages.reader", dataset_id=dataset.id)
    publisher = site().settings.name
    west, south, east, north = dataset.regions.total_bounds
    document = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "name": text_in(meta.title, language),
        "description": text_in(meta.summary, language) or text_in(meta.title, language),
        "inLanguage": language,
        "version": short_version(dataset),
        "license": meta.licence.url or meta.licence.name,
        "creditText": text_in(meta.attribution, language),
        "citation": citation(dataset, words, publisher, cited_address(dataset)),
        "isAccessibleForFree": True,
        "temporalCoverage": f"{meta.period.start}/{meta.period.end}",
        "spatialCoverage": {
            "@type": "Place",
            # South, west, north, east, as schema.org has it.
            "geo": {"@type": "GeoShape", "box": f"{south:g} {west:g} {north:g} {east:g}"},
        },
        "publisher": {"@type": "Organization", "name": publisher} if publisher else None,
        "isBasedOn": [_work(source, language) for source in dataset.ledger.sources.values()],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": format.media_type.partition(";")[0],
                "contentUrl": absolute(
                    "downloads.regions", dataset_id=dataset.id, ending=format.ending
                ),
            }
            for format in FORMATS.values()
        ],
    }
    return {name: value for name, value in document.items() if value is not None}


def _work(source: Source, language: str) -> dict[str, Any]:
    work = {
        "@type": "CreativeWork",
        "name": source.title or source.name or source.publisher,
        "url": source.url,
        "datePublished": source.published.isoformat(),
        "publisher": {
            "@type": "Organization",
            "name": name_in(source.publisher, source.publishers, language),
        },
    }
    return {name: value for name, value in work.items() if value}
