"""The reader's page of a dataset, and the list of datasets where there are several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geomap.core.dataset import Dataset, text_in
from geomap.formats import FORMATS, Format
from geomap.map.folium_map import ASSETS, build, parts
from geomap.picture.picture import PICTURE_TYPES
from geomap.present import payload, sizes
from geomap.web.assets import hashed_name
from geomap.web.headers import allow_script, load_early
from geomap.web.parameters import QUERY, Query, languages, parse_query, pick, reads
from geomap.web.site import absolute, local, page_language, site
from geomap.web.snippets import fill, ratio_of, snippets
from geomap.web.view import Page, page_of
from geomap.wording import words_in
from geomap.wording.catalogue import Words

VIEW = ("date", "known", "sources", "lang")
"""The parameters that say what is shown; the others say how."""
blueprint = Blueprint("pages", __name__, template_folder="templates")


@blueprint.app_context_processor
def _helpers() -> dict[str, Any]:
    return {"asset": asset, "words_in": words_in}


@blueprint.get("/")
@reads(*QUERY, host=True)
def index() -> AnyResponse:
    """Answer with the page of the only dataset, or with a list of them."""
    found = list(site().datasets.values())
    if len(found) == 1:
        return _reader(found[0])
    language = page_language(site(), request.headers.get("Accept-Language", ""))
    rows = [
        {
            "url": url_for("pages.reader", dataset_id=d.id),
            "title": text_in(d.meta.title, language),
            "summary": text_in(d.meta.summary, language),
        }
        for d in found
    ]
    page = render_template("list.html", words=words_in(language), datasets=rows)
    return _negotiated(Response(page))


@blueprint.get("/<dataset_id>")
def without_slash(dataset_id: str) -> AnyResponse:
    """Lead to the page's own address, parameters kept."""
    site().dataset(dataset_id)
    target = url_for("pages.reader", dataset_id=dataset_id)
    query = request.query_string.decode("latin-1")
    return redirect(f"{target}?{query}" if query else target, 308)


@blueprint.get("/<dataset_id>/")
@reads(*QUERY, host=True)
def reader(dataset_id: str) -> AnyResponse:
    """Answer with the reader's page of a dataset."""
    return _reader(site().dataset(dataset_id))


def _reader(dataset: Dataset) -> Response:
    preferred = page_language(site(), request.headers.get("Accept-Language", ""))
    offered = languages(dataset)
    query = parse_query(
        dataset, request.args, lang=preferred if preferred in offered else offered[0]
    )
    page = page_of(dataset, query)
    values = page_values(page, follow_address=True) | _links(page)
    return _negotiated(Response(render_template("reader.html", **values)))


def page_values(page: Page, full: str = "", **options: Any) -> dict[str, Any]:
    """Return what every page with a map hands to its template; its inline script is allowed.

    `full` is the address of the full page, where this is not it.
    """
    query, data = page.query, payload(page.view, full)
    drawn = build(data, link=asset, theme=query.theme, controls=query.controls, **options)
    pieces = parts(drawn)
    allow_script(pieces.script)
    for name in ASSETS:
        load_early(asset(name), "style" if name.endswith(".css") else "script")
    return {
        "dataset": page.dataset,
        "view": page.view,
        "today": page.today,
        "words": page.words,
        "query": query,
        "map": pieces,
        "here": query.address(default_query(page.dataset)),
        "sizes": sizes,
    }


def asset(name: str) -> str:
    """Return the address of a static file."""
    return url_for("downloads.static_file", name=hashed_name(name))


def default_query(dataset: Dataset) -> Query:
    """Return the view that an address without parameters shows."""
    return parse_query(dataset, type(request.args)())


def shared_links(page: Page) -> dict[str, Any]:
    """Return the addresses in the head of every page: its own, its oEmbed's, its picture's."""
    dataset, query = page.dataset, page.query
    here = query.address(default_query(dataset))
    to: dict[str, Any] = {"dataset_id": dataset.id}
    canonical = absolute("pages.reader", **to, **pick(here, *VIEW))
    address = absolute("pages.reader", **to, **here)
    return {
        "canonical": canonical,
        "oembed": {
            kind: absolute("oembed.oembed", url=address, format=kind) for kind in ("json", "xml")
        },
        "image": absolute(
            "pictures.map_picture",
            **to,
            ending="png",
            width=sizes.PREVIEW[0],
            height=sizes.PREVIEW[1],
            **pick(here, *VIEW, "theme"),
        ),
        "static_pictures": {
            theme: local(
                "pictures.map_picture",
                **to,
                ending="svg",
                **pick(here, *VIEW),
                theme=theme,
            )
            for theme in ("light", "dark")
        },
    }


def _builder(page: Page, here: dict[str, str]) -> dict[str, Any]:
    """Return what the embed builder starts from: addresses, snippets and its choices."""
    dataset, words = page.dataset, page.words
    to: dict[str, Any] = {"dataset_id": dataset.id}
    # An embed never guesses its language, so the one on the page goes into the address.
    # And the day goes in too, or the embed would move on when the dataset does.
    shown = {"date": page.query.date.isoformat()} | pick(here, "known", "sources")
    shown["lang"] = words.language
    bases = {
        "embed": absolute("embed.embed", **to),
        "page": absolute("pages.reader", **to),
        "picture": absolute("pictures.map_picture", **to, ending="png"),
        "script": absolute("downloads.embed_script"),
    }
    fixed = {"title": page.view.title, "script": bases["script"], "ratio": ratio_of("standard")}
    values = fixed | {
        "embed": absolute("embed.embed", **to, **shown),
        "page": absolute("pages.reader", **to, **shown),
        "picture": absolute("pictures.map_picture", **to, ending="png", **shown),
        "height": str(sizes.embed_height("standard")),
    }
    offered = snippets(words)
    return {
        "bases": bases,
        "shapes": {
            shape: [*ratio, sizes.embed_height(shape)] for shape, ratio in sizes.SHAPES.items()
        },
        "here": local("embed.embed", **to),
        "titles": {code: text_in(dataset.meta.title, code) for code in languages(dataset)},
        "snippets": [(snippet, fill(snippet, values)) for snippet in offered],
    }


def _links(page: Page) -> dict[str, Any]:
    """Return the addresses that the reader's page gives out, each of the very view shown."""
    dataset, query = page.dataset, page.query
    here = query.address(default_query(dataset))
    data = pick(here, "date", "known", "sources", "lang")

    def to(endpoint: str, values: Mapping[str, str], **more: str) -> str:
        return local(endpoint, dataset_id=dataset.id, **values, **more)

    return {
        **shared_links(page),
        "builder": _builder(page, here),
        "everything": to("pages.reader", pick(here, "date", "lang")),
        "chosen_sources": query.sources,
        "languages": [
            {
                "code": code,
                "name": words_in(code).endonym,
                "url": to("pages.reader", {**here, "lang": code}),
            }
            for code in languages(dataset)
        ],
        "formats": [
            {
                "title": _format_title(page.words, format),
                "ending": format.ending,
                "url": to("downloads.regions", data, ending=format.ending),
            }
            for format in FORMATS.values()
        ],
        "pictures": [
            {"title": ending.upper(), "url": to("pictures.map_picture", data, ending=ending)}
            for ending in (*PICTURE_TYPES, "html")
        ],
        "tables": {
            name: to(f"downloads.{name}", pick(data, "known", "sources"), ending="csv")
            for name in ("claims", "events", "sources", "actors")
        },
        "feeds": {
            # Who follows a feed wants what comes next: it never ends on a day.
            name: to(f"feeds.{name}", pick(data, "sources", "lang"))
            for name in ("atom", "calendar")
        },
    }


def _format_title(words: Words, format: Format) -> str:
    """A format's title in the reader's words; all but one are names, alike in every language."""
    return words.say("Excel workbook") if format.ending == "xlsx" else format.title


def _negotiated(response: Response) -> Response:
    if "lang" not in request.args:
        response.vary.add("Accept-Language")
    return response
