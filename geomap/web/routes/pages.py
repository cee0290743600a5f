"""The reader's page of a dataset, and the list of datasets where there are several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import flask
from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geomap.core.dataset import Dataset, text_in
from geomap.formats.citing import citation
from geomap.formats.styles import STYLE_TITLES
from geomap.map.assets import LAST, assets_of
from geomap.map.folium_map import build, parts, script_json
from geomap.picture.film import FILM_TYPES, is_filmed
from geomap.picture.picture import PICTURE_TYPES
from geomap.present import payload, sizes
from geomap.web.assets import hashed_name
from geomap.web.built import Built, each
from geomap.web.file_pages import address_of_any_day, address_or_table, read_in_browser
from geomap.web.headers import allow_script, content_policy, load_early
from geomap.web.lanes import PAGES
from geomap.web.linked_data import described
from geomap.web.negotiation import HTML
from geomap.web.openapi import TEXT, redirect
from geomap.web.overview import MOST_ROWS, has_no_map, overview
from geomap.web.page_links import COURSE, every_format, file_links, language_links
from geomap.web.parameters import QUERY, default_query, languages, pick
from geomap.web.route import asked, route
from geomap.web.site import (
    Site,
    absolute,
    cited_address,
    is_local,
    local,
    public_root,
    site,
)
from geomap.web.snippets import DEFAULT_THEME, FILM, fill, ratio_of, snippets
from geomap.web.view import Page, page_of
from geomap.wording import words_in

VIEW = ("date", "known", "sources", "lang")
"""The parameters that select what is shown; the others change only how it looks."""
_IN_BROWSER = Built(in_browser=("date", "theme", "controls"))
"""A page as a file follows the day and the look in its address by its script."""
blueprint = Blueprint("pages", __name__, template_folder="templates")


@blueprint.app_context_processor
def _helpers() -> dict[str, Any]:
    settings = site().settings
    brand = {"name": settings.name or "geomap", "colour": settings.colour}
    return {
        "asset": asset,
        "brand": brand,
        # A page that is a file says itself what it may load, as its host may not.
        "file_policy": content_policy if site().plan else None,
        "local": local,
        "words_in": words_in,
    }


def _only_dataset(site: Site, _: object) -> Dataset | None:
    return next(iter(site.datasets.values())) if len(site.datasets) == 1 else None


@route(
    blueprint,
    "/",
    "The only dataset's page, or a list of them",
    tag="Pages",
    parameters=QUERY,
    answers={HTML: TEXT},
    absolute_links=True,
    follows_reader=True,
    lane=PAGES,
    dataset=_only_dataset,
    built=_IN_BROWSER,
)
def index() -> AnyResponse:
    """Answer with the page of the only dataset, or with a list of them."""
    only = asked().dataset
    if only:
        return _reader(only)
    language = asked().language
    rows = [
        {
            "url": local("pages.reader", dataset_id=d.id),
            "title": text_in(d.meta.title, language),
            "summary": text_in(d.meta.summary, language),
        }
        for d in site().datasets.values()
    ]
    return Response(render_template("list.html", words=words_in(language), datasets=rows))


@route(
    blueprint,
    "/<dataset_id>",
    "Leads to the page",
    tag="Pages",
    responses=redirect(308, "The page's own address"),
)
def without_slash(dataset_id: str) -> AnyResponse:
    """Redirect to the page's own address, with the same parameters."""
    site().dataset(dataset_id)
    target = url_for("pages.reader", dataset_id=dataset_id)
    query = request.query_string.decode("latin-1")
    return flask.redirect(f"{target}?{query}" if query else target, 308)


@route(
    blueprint,
    "/<dataset_id>/",
    "The map",
    id="page",
    tag="Pages",
    parameters=QUERY,
    answers={HTML: TEXT},
    absolute_links=True,
    follows_reader=True,
    lane=PAGES,
    built=replace(_IN_BROWSER, families=(each(lang=languages),)),
)
def reader(dataset_id: str) -> AnyResponse:
    """Answer with the reader's page of a dataset."""
    return _reader(site().dataset(dataset_id))


def _reader(dataset: Dataset) -> Response:
    page = page_of(dataset, asked().query())
    if has_no_map(dataset):
        links = file_links(page) | {"languages": language_links(page)}
        return overview(page, shared_links(page) | links)
    values = page_values(page, follow_address=True) | _links(page) | {"most_rows": MOST_ROWS}
    return Response(render_template("reader.html", **values))


def page_values(page: Page, full: str = "", *, mode: str = "map", **options: Any) -> dict[str, Any]:
    """Return what every page with a map hands to its template; its inline script is allowed.

    `full` is the address of the full page, where this is not it.
    """
    query, data = page.query, payload(page.view, full, story=mode == "story")
    drawn = build(
        data, link=asset, theme=query.theme, controls=query.controls, mode=mode, **options
    )
    pieces = parts(drawn)
    allow_script(pieces.script)
    for name in assets_of(mode):
        if name == LAST:
            continue  # on a slow line it would take its share of what the others run with meanwhile
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
        "built": read_in_browser(page, mode),
    }


def asset(name: str) -> str:
    """Return the address of a static file."""
    return local("static.static_file", name=hashed_name(name))


def shared_links(page: Page, frame: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the addresses in the head of every page: its own, its oEmbed's, its picture's.

    `frame` are parameters that the page has as an embed alone.
    """
    dataset, query = page.dataset, page.query
    here = query.address(default_query(dataset))
    to: dict[str, Any] = {"dataset_id": dataset.id}
    canonical = absolute("pages.reader", **to, **pick(here, *VIEW))
    return {
        "canonical": canonical,
        "oembed": _oembed_links(dataset, here | dict(frame or {})),
        "image": absolute(
            "pictures.map_picture",
            **to,
            ending="png",
            width=sizes.PREVIEW[0],
            height=sizes.PREVIEW[1],
            **pick(here, *VIEW, "theme"),
        ),
        "static_pictures": static_pictures(dataset, here),
    }


def _oembed_links(dataset: Dataset, here: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses of a view's oEmbed answers by format, none where they are not to be had."""
    plan, to, kinds = site().plan, {"dataset_id": dataset.id}, ("json", "xml")
    if plan:
        endpoint = "oembed.oembed_file"
        offered = kinds if plan.has(endpoint) else ()
        return {kind: absolute(endpoint, **to, ending=kind, **here) for kind in offered}
    address = absolute("pages.reader", **to, **here)
    return {kind: absolute("oembed.oembed", url=address, format=kind) for kind in kinds}


def static_pictures(dataset: Dataset, here: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses of a view's picture by theme, for readers without scripts.

    Those for phones have `_narrow` behind the theme's name.
    """
    wide, high = sizes.NARROW_PICTURE
    shapes: dict[str, dict[str, Any]] = {"": {}, "_narrow": {"width": wide, "height": high}}
    return {
        f"{theme}{shape}": local(
            "pictures.map_picture",
            dataset_id=dataset.id,
            ending="svg",
            **pick(here, *VIEW),
            theme=theme,
            **sides,
        )
        for theme in ("light", "dark")
        for shape, sides in shapes.items()
    }


def _builder(page: Page, here: dict[str, str]) -> dict[str, Any]:
    """Return what the embed builder starts from: addresses, snippets and its choices."""
    dataset, words = page.dataset, page.words
    to: dict[str, Any] = {"dataset_id": dataset.id}
    # An embed never guesses its language, so the one on the page goes into the address.
    # The day goes in too, or the embed would change when the dataset's own date does.
    shown = {"date": page.query.date.isoformat()} | pick(here, "known", "sources")
    shown["lang"] = words.language
    theme = here.get("theme", DEFAULT_THEME)
    course = pick(shown, *COURSE)
    dark = pick({"theme": theme}, *(["theme"] if theme == "dark" else []))  # pictures are light
    offers: dict[str, tuple[str, dict[str, str]]] = {
        "embed": ("embed.embed", to),
        "page": ("pages.reader", to),
        "picture": ("pictures.map_picture", {**to, "ending": "png"}),
        "strip": ("pictures.strip_picture", {**to, "ending": "png"}),
    }
    if is_filmed(page.view.steps):
        offers["film"] = ("pictures.map_picture", {**to, "ending": "mp4"})
    bases = {
        name: address_or_table(endpoint, True, **at) for name, (endpoint, at) in offers.items()
    }
    bases["script"] = absolute("static.embed_script")
    fixed = {"title": page.view.title, "script": bases["script"], "ratio": ratio_of("standard")}
    values = fixed | {
        "embed": absolute("embed.embed", **to, **shown, theme=theme),
        "page": absolute("pages.reader", **to, **shown),
        "picture": absolute("pictures.map_picture", **to, ending="png", **shown, **dark),
        "poster": absolute("pictures.map_picture", **to, ending="png", **course, **dark),
        "height": str(sizes.embed_height("standard")),
    }
    if "film" in offers:
        values["film"] = absolute("pictures.map_picture", **to, ending="mp4", **course, **dark)
    offered = [one for one in snippets(words) if one.kinds != (FILM,) or "film" in offers]
    return {
        "bases": bases,
        "shapes": {
            shape: [*ratio, sizes.embed_height(shape)] for shape, ratio in sizes.SHAPES.items()
        },
        "here": {
            name: address_or_table(endpoint, False, **at) for name, (endpoint, at) in offers.items()
        },
        "completed": bool(site().plan) and not public_root(),
        "local": is_local(),
        "theme": theme,
        "titles": {code: text_in(dataset.meta.title, code) for code in languages(dataset)},
        "snippets": [(snippet, fill(snippet, values)) for snippet in offered],
    }


def _links(page: Page) -> dict[str, Any]:
    """Return the links of the reader's page, each to the same view as shown."""
    dataset, query = page.dataset, page.query
    here = query.address(default_query(dataset))
    data = pick(here, "date", "known", "sources", "lang")
    course = pick(here, *COURSE)

    def to(endpoint: str, values: Mapping[str, str], **more: str) -> str:
        return local(endpoint, dataset_id=dataset.id, **values, **more)

    return {
        **shared_links(page),
        **file_links(page),
        "linked_data": script_json(described(dataset, page.words)),
        "cite_as": citation(dataset, page.words, site().settings.name, cited_address(dataset)),
        "context": every_format(page, "downloads.context"),
        "styles": [
            {"title": title, "ending": ending, "url": to("styles.style", course, ending=ending)}
            for ending, title in STYLE_TITLES.items()
        ],
        "own_language": default_query(dataset).lang,
        "builder": _builder(page, here),
        "everything": to("pages.reader", pick(here, "date", "lang")),
        "chosen_sources": query.sources,
        "languages": language_links(page),
        "pictures": [
            {
                "title": ending.upper(),
                "url": to("pictures.map_picture", data, ending=ending),
                "by_day": address_of_any_day(
                    "pictures.map_picture", dataset_id=dataset.id, ending=ending
                ),
            }
            for ending in (*PICTURE_TYPES, "html")
        ],
        "strips": [
            {"title": ending.upper(), "url": to("pictures.strip_picture", course, ending=ending)}
            for ending in PICTURE_TYPES
        ],
        "films": [
            {"title": ending.upper(), "url": to("pictures.map_picture", course, ending=ending)}
            for ending in (FILM_TYPES if is_filmed(page.view.steps) else ())
        ],
    }
