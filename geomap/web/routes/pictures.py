"""Pictures of the requested view, and the one-file map that works without a network."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from geomap.core.dataset import Dataset
from geomap.errors import NotFound
from geomap.map import draw
from geomap.picture.film import FILM_TYPES, REST, RESTS, film, parse_rest
from geomap.picture.picture import LARGEST, PICTURE_TYPES, SMALLEST, parse_size, picture
from geomap.picture.strip import MOST_DATES, parse_dates, strip
from geomap.present.sizes import NARROW_PICTURE, PREVIEW
from geomap.web.built import Built, built_days, built_films, each
from geomap.web.lanes import FILES, LONG
from geomap.web.negotiation import HTML
from geomap.web.openapi import BYTES_OR_TEXT, TEXT, missing_extra, part
from geomap.web.parameters import CLAIMS, LANG, QUERY, THEME, Parameter, languages
from geomap.web.route import asked, route
from geomap.web.site import site

blueprint = Blueprint("pictures", __name__)
ONE_FILE = "html"
_TYPES = {**PICTURE_TYPES, **FILM_TYPES, ONE_FILE: "text/html"}
_DRAWN_THEMES = ("light", "dark")


def _size(name: str) -> Parameter:
    """The parameter for a width or height."""
    schema = {"type": "integer", "minimum": SMALLEST, "maximum": LARGEST}
    description = "Pixels; one side alone keeps the usual shape"
    return Parameter(name, description, schema, lambda text, _: parse_size(name, text))


_SIZES = (_size("width"), _size("height"))
_REST = Parameter(
    "rest",
    "How many seconds a film rests on each day",
    {"type": "number", "minimum": RESTS[0], "maximum": RESTS[1], "default": REST},
    lambda text, _: parse_rest(text),
    default=f"{REST}",
)
_DATES = Parameter(
    "dates",
    f"Up to {MOST_DATES} days with commas between; if absent, those on which something happens",
    {"type": "string"},
    lambda text, dataset: parse_dates(dataset, text),
    texts=lambda days: [",".join(day.isoformat() for day in days)],
)


@route(
    blueprint,
    "/<dataset_id>/map.<ending>",
    "The map of a day as a picture, its period as a film, or all of it as one HTML file",
    id="picture",
    tag="Pictures",
    path=[part("ending", "Kind of picture", _TYPES)],
    parameters=[*QUERY, *_SIZES, _REST],
    answers={
        **dict.fromkeys([*PICTURE_TYPES.values(), *FILM_TYPES.values()], BYTES_OR_TEXT),
        HTML: TEXT,
    },
    responses=missing_extra(),
    open=True,
    lane=lambda path: LONG if path["ending"] in FILM_TYPES else FILES,
    built=Built(
        (
            each(ending=("svg", "png"), lang=languages, date=built_days, theme=_DRAWN_THEMES),
            each(
                {"width": str(NARROW_PICTURE[0]), "height": str(NARROW_PICTURE[1])},
                ending=("svg",),
                lang=languages,
                date=built_days,
                theme=_DRAWN_THEMES,
            ),
            each(
                {"width": str(PREVIEW[0]), "height": str(PREVIEW[1])},
                ending=("png",),
                lang=languages,
            ),
            each(ending=("pdf",), lang=languages, date=built_days),
            each(ending=built_films, lang=languages),
            each(ending=(ONE_FILE,), lang=languages),
        )
    ),
)
def map_picture(dataset_id: str, ending: str) -> Response:
    """Answer with the map of a day as a picture, a film of its period, or one `html` file."""
    dataset = site().dataset(dataset_id)
    if ending not in _TYPES:
        raise NotFound(f"there is no picture of that kind; there are {', '.join(_TYPES)}")
    query = asked().query()
    options: dict[str, Any] = {"known": query.known, "sources": query.sources, "lang": query.lang}
    on_day = {**options, "date": query.date}
    drawn = {"ending": ending, "theme": picture_theme(query.theme), **_sides()}
    if ending == ONE_FILE:
        shown = {"theme": query.theme, "controls": query.controls}
        body = one_file(dataset, **on_day, **shown)
    elif ending in FILM_TYPES:
        options |= {**drawn, "rest": asked().values["rest"]}
        body = film(dataset, **options)
    else:
        body = picture(dataset, **on_day, **drawn)
    # Shown from here, a one-file map would be blocked by this site's Content-Security-Policy.
    kind = "attachment" if ending == ONE_FILE else "inline"
    day = "" if ending in FILM_TYPES else f"-{query.date}"
    return _answer(body, ending, f'{kind}; filename="{dataset.id}{day}.{ending}"')


@route(
    blueprint,
    "/<dataset_id>/strip.<ending>",
    "Several days side by side in one picture",
    id="strip",
    tag="Pictures",
    path=[part("ending", "Kind of picture", PICTURE_TYPES)],
    parameters=[_DATES, *CLAIMS, LANG, THEME, *_SIZES],
    answers=dict.fromkeys(PICTURE_TYPES.values(), BYTES_OR_TEXT),
    responses=missing_extra(),
    open=True,
    lane=FILES,
    built=Built((each(ending=tuple(PICTURE_TYPES), lang=languages),)),
)
def strip_picture(dataset_id: str, ending: str) -> Response:
    """Answer with several days side by side as `svg`, `png` or `pdf`."""
    dataset, values = site().dataset(dataset_id), asked().values
    if ending not in PICTURE_TYPES:
        raise NotFound(f"there is no strip of that kind; there are {', '.join(PICTURE_TYPES)}")
    options = {
        "ending": ending,
        "theme": picture_theme(values["theme"]),
        **_sides(),
        **{name: values[name] for name in ("dates", "known", "sources", "lang")},
    }
    name = f"{dataset.id}-strip.{ending}"
    return _answer(strip(dataset, **options), ending, f'inline; filename="{name}"')


def _sides() -> dict[str, Any]:
    return {side: asked().values[side] for side in ("width", "height")}


def _answer(body: bytes, ending: str, disposition: str) -> Response:
    response = Response(body, mimetype=_TYPES[ending])
    response.headers["Content-Disposition"] = disposition
    return response


def one_file(dataset: Dataset, **options: Any) -> bytes:
    """Return the map as one HTML file; `options` are those of `draw`."""
    html: str = draw(dataset, **options).get_root().render()
    return html.encode()


def picture_theme(theme: str) -> str:
    """Return a picture's theme: light where the page would follow the reader's system."""
    return theme if theme != "auto" else "light"
