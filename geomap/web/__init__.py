"""The web service: a Flask app over one or more datasets, behind a table of finished responses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

from geomap.core.dataset import Dataset
from geomap.errors import BadSetting
from geomap.web import errors, ogc
from geomap.web.cache import Environ, ResponseCache, StartResponse, WSGIApp
from geomap.web.headers import add_headers
from geomap.web.ogc.parameters import prefers_html
from geomap.web.parameters import Reads
from geomap.web.render_pool import RenderPool
from geomap.web.routes import downloads, embed, feeds, oembed, openapi, pages, pictures
from geomap.web.settings import Settings
from geomap.web.site import Site, below, is_trusted, page_language

__all__ = ["Settings", "create_app"]

_LONGEST_KEPT = 2000
"""Characters of a query; answers to longer ones are not kept, as the table counts only answers."""
_MOST_HOSTS = 8
"""Trusted names and ports by which a site is reached, and for each of which its pages are kept."""


def create_app(datasets: Sequence[Dataset], settings: Settings | None = None) -> Flask:
    """Return the Flask app that serves `datasets`. Raises BadSetting where two share an id."""
    settings = settings or Settings()
    ids = [dataset.id for dataset in datasets]
    if len(set(ids)) != len(ids):
        raise BadSetting("DATASET", f"two datasets have one id: {', '.join(sorted(ids))}")
    app = Flask(__name__, static_folder=None)
    app.extensions["geomap"] = Site({d.id: d for d in datasets}, settings)
    app.extensions["geomap-render"] = RenderPool(settings.render_processes)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for module in (pages, embed, downloads, feeds, pictures, oembed, ogc, openapi):
        app.register_blueprint(module.blueprint)
    errors.register(app)
    app.after_request(add_headers)
    cache = ResponseCache(cast(WSGIApp, app.wsgi_app), _key(app), settings.cache_bytes)
    app.extensions["geomap"].on_change = cache.clear
    cast(Any, app).wsgi_app = _under(urlsplit(settings.base_url).path.rstrip("/"), cache)
    return app


def _under(root: str, app: WSGIApp) -> WSGIApp:
    """Answer below a path, `root`, whether or not a proxy in front has taken it off already."""
    if not root:
        return app

    def mounted(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        whole = environ.get("PATH_INFO", "")
        path = below(root, whole) or whole
        return app({**environ, "SCRIPT_NAME": root, "PATH_INFO": path}, start_response)

    return mounted


def _key(app: Flask) -> Any:
    """How the cache remembers a request: its path, and of the rest what its view reads."""
    site: Site = app.extensions["geomap"]
    adapter = app.url_map.bind("localhost")
    hosts: set[str] = set()

    @lru_cache(maxsize=4096)
    def endpoint_of(path: str) -> str | None:
        try:
            endpoint: str = adapter.match(path, method="GET")[0]
        except HTTPException:  # nothing there, or a redirect
            return None
        return endpoint

    def key(environ: Environ) -> object | None:
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if len(path) + len(query) > _LONGEST_KEPT:
            return None
        endpoint = endpoint_of(path)
        if endpoint in (None, "downloads.health"):
            return None
        read = getattr(app.view_functions[endpoint], "reads", Reads())
        host = ""
        if read.host and is_trusted(site.settings, environ):
            host = f"{environ.get('wsgi.url_scheme')}://{environ.get('HTTP_HOST', '')}"
            if host not in hosts and len(hosts) >= _MOST_HOSTS:
                return None  # whoever makes up one port after another
            hosts.add(host)
        parameters = read.parameters
        if endpoint == "pages.index" and len(site.datasets) > 1:
            parameters = frozenset()  # the list of datasets: nothing can be chosen
        html = path.startswith("/ogc") and prefers_html(environ.get("HTTP_ACCEPT", ""))
        language = page_language(site, environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        pairs = _parameters(query, parameters)
        return path, environ.get("SCRIPT_NAME", ""), pairs, host, html, language

    return key


@lru_cache(maxsize=4096)
def _parameters(query: str, read: frozenset[str] | None) -> tuple[tuple[str, str], ...]:
    """A query's parameters in one order: those that are read, all of them for None."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return tuple(sorted(pair for pair in pairs if read is None or pair[0] in read))
