"""Errors raised by name anywhere, turned into responses in one table."""

from __future__ import annotations

import logging

import orjson
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from geomap.errors import BadQuery, GeomapError, MissingExtra, NotFound
from geomap.web.headers import open_to_all

STATUS: dict[type[GeomapError], int] = {BadQuery: 400, NotFound: 404, MissingExtra: 501}
_TITLES = {
    400: "This address cannot be answered",
    404: "Not found",
    405: "Not possible here",
    501: "Not offered here",
}
_JSON = ("application/json", "application/problem+json", "application/geo+json")
_FOR_PEOPLE = (".html", ".svg", ".png", ".pdf", "/", "/embed")
_log = logging.getLogger("geomap")


def register(app: Flask) -> None:
    """Answer every error of the app with its status and a sentence."""
    app.register_error_handler(GeomapError, _own)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def problem(status: int, message: str, parameter: str | None = None) -> Response:
    """Return an error as a page, or as RFC 9457 problem+json where JSON was asked for."""
    title = _TITLES.get(status, "Something went wrong")
    if _wants_json():
        detail = {"type": "about:blank", "title": title, "status": status, "detail": message}
        if parameter:
            detail["parameter"] = parameter
        answer = Response(orjson.dumps(detail), status, mimetype="application/problem+json")
        return open_to_all(answer)
    page = render_template("error.html", title=title, message=message, status=status)
    return Response(page, status)


def _wants_json() -> bool:
    if request.path.startswith("/ogc"):
        face = request.args.get("f")
        if face in ("json", "html"):
            return face == "json"
        return "text/html" not in request.headers.get("Accept", "")
    """Whether a caller prefers JSON, or, where it names neither, has asked for data."""
    best = request.accept_mimetypes.best_match(["text/html", *_JSON])
    if best in _JSON:
        return True
    if "text/html" in request.headers.get("Accept", "") or request.path.endswith(_FOR_PEOPLE):
        return False
    return "." in request.path.rpartition("/")[2] or request.path.startswith(("/ogc", "/oembed"))


def _own(error: GeomapError) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    return problem(status, str(error), getattr(error, "parameter", None))


def _http(error: HTTPException) -> Response:
    if error.code == 404:
        return problem(404, "there is no page at this address")
    response = problem(error.code or 500, error.description or error.name)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    _log.exception("unexpected error at %s", request.path, exc_info=error)
    return problem(500, "This is a fault of ours, and it is in the log; please try again later.")
