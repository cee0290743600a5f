"""Error responses: the status of each class of error, as a page or problem+json."""

from __future__ import annotations

import logging

import orjson
from flask import Flask, Response, current_app, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from geomap.errors import (
    BadQuery,
    CannotWrite,
    GeomapError,
    MissingExtra,
    NotFound,
    Unavailable,
)
from geomap.web import limits
from geomap.web.logs import where
from geomap.web.negotiation import PROBLEM, page_language, prefers_html
from geomap.web.route import FACES, reserved_names, route_of
from geomap.web.site import site
from geomap.wording import Words, format_day, words_in

STATUS: dict[type[GeomapError], int] = {
    BadQuery: 400,
    NotFound: 404,
    MissingExtra: 501,
    Unavailable: 503,
    CannotWrite: 507,
}
"""The status of each class of error; any other is 500."""
_log = logging.getLogger("geomap")


def register(app: Flask) -> None:
    """Answer every error of the app with its status and a sentence."""
    app.register_error_handler(GeomapError, _own)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def problem(status: int, message: str, parameter: str | None = None) -> Response:
    """Return an error as a page, or as RFC 9457 problem+json where JSON was asked for.

    `message` is English, as JSON is. A page has a sentence of its own language where there is one.
    """
    try:
        return _problem(status, message, parameter)
    except (OSError, MemoryError) as error:
        if limits.is_limit(error):
            return _at_a_limit(error)
        raise


def _problem(status: int, message: str, parameter: str | None) -> Response:
    if _wants_json():
        title = _title(words_in("en"), status)
        detail = {"type": "about:blank", "title": title, "status": status, "detail": message}
        if parameter:
            detail["parameter"] = parameter
        return Response(orjson.dumps(detail), status, mimetype=PROBLEM)
    asked = request.args.get("lang", "")
    words = words_in(_language(asked))
    explanation = "" if words.language == "en" else _explanation(words, status, parameter)
    page = render_template(
        "error.html",
        words=words,
        title=_title(words, status),
        explanation=explanation,
        message=message,
        home=url_for("pages.index", lang=asked if asked == words.language else None),
    )
    return Response(page, status)


def _title(words: Words, status: int) -> str:
    if status == 400:
        return words.say("This request cannot be answered")
    if status == 404:
        return words.say("Not found")
    if status == 405:
        return words.say("Not possible here")
    if status == 501:
        return words.say("Not offered here")
    return words.say("Something went wrong")


def _explanation(words: Words, status: int, parameter: str | None) -> str:
    """Return a sentence on a common error in the page's language, "" for other errors."""
    if status == 404:
        return words.say("There is no page at this address.")
    if status == 500:
        return words.say("This is a fault of ours; please try again later.")
    if parameter == "known":
        return words.say("Give a day such as 2020-11-25.")
    if parameter == "sources":
        return words.say(
            "One of the chosen sources is not in this dataset; choose from its list of sources."
        )
    served = site().datasets
    dataset = served.get((request.view_args or {}).get("dataset_id", next(iter(served), "")))
    if parameter != "date" or dataset is None:
        return ""
    first, last = (format_day(words, day) for day in (dataset.period.start, dataset.period.end))
    return words.say(
        "This map shows the days from {first} to {last}; choose one of them.",
        first=first,
        last=last,
    )


def _language(asked: str) -> str:
    """The page's language: the one asked for, else the reader's; an embed never guesses."""
    guessed = "" if request.path.endswith("/embed") else request.headers.get("Accept-Language", "")
    return asked if asked in site().languages else page_language(site(), guessed)


def _wants_json() -> bool:
    """Whether a client prefers JSON or, without a preference, has asked for data."""
    declared = route_of(current_app, request.endpoint) if request.endpoint else None
    data = declared.is_data if declared else _looks_like_data(request.path)
    face = request.args.get("f")
    if face in FACES and (declared.json_or_html if declared else data):
        return face == "json"
    return not prefers_html(request.headers.get("Accept", ""), data=data)


def _looks_like_data(path: str) -> bool:
    """Whether an unknown address looks like one of data, not of a page."""
    _, first, *_ = path.split("/")
    return "." in path.rpartition("/")[2] or first in reserved_names(current_app)


def _own(error: GeomapError) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    response = problem(status, str(error), getattr(error, "parameter", None))
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http(error: HTTPException) -> Response:
    if error.code == 404:
        return problem(404, "there is no page at this address")
    response = problem(error.code or 500, error.description or error.name)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    if limits.is_limit(error):  # a page may need what cannot be had
        return _at_a_limit(error)
    # Neither the path nor the error's own text, which may quote what a reader has asked.
    route = request.url_rule.rule if request.url_rule else ""
    _log.error(
        "unexpected error at %s\n%s",
        route,
        where(error),
        extra={"event": "error", "route": route, "status": 500},
    )
    return problem(500, "This is a fault of ours, and it is in the log; please try again later.")


def _at_a_limit(error: BaseException) -> Response:
    limits.report(error)
    return Response(limits.SENTENCE, limits.STATUS, limits.HEADERS)
