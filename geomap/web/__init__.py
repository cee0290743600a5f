"""The web service: a Flask app over one or more datasets, behind a cache of finished responses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from flask import Flask, Request, Response, make_response, redirect, request
from werkzeug.routing import MapAdapter, RequestRedirect

from geomap.core.dataset import Dataset
from geomap.errors import BadSetting
from geomap.formats import FORMATS
from geomap.web import errors
from geomap.web.cache import Render, ResponseCache
from geomap.web.headers import add_headers
from geomap.web.keys import DEPENDS_ON, RequestKeys
from geomap.web.observing import Observer, Observing
from geomap.web.plan import CURRENT, Plan
from geomap.web.responses import Answer, Environ, StartResponse, WSGIApp
from geomap.web.route import read_request, reserved_names, route_of
from geomap.web.routes import blueprints
from geomap.web.settings import LOCAL_HOSTS, Settings
from geomap.web.site import Site, below

if TYPE_CHECKING:
    from geomap.web.render_pool import RenderPool

__all__ = ["Settings", "bare_app", "compressible", "create_app"]


class _App(Flask):
    """A Flask app whose routes are found by the path alone."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Leave the Host header out: one that is no host's name would end in an error."""
        if request is None:
            return super().create_url_adapter(None)
        return self.url_map.bind_to_environ({**request.environ, "HTTP_HOST": LOCAL_HOSTS[0]})


def create_app(
    datasets: Sequence[Dataset],
    settings: Settings | None = None,
    *,
    as_files: bool = False,
    pool: RenderPool | None = None,
    observers: Sequence[Observer] = (),
) -> Flask:
    """Return the Flask app that serves `datasets`, behind a cache of finished responses.

    `as_files` makes its answers link to the files that the site becomes (`geomap.web.plan`). With a
    `pool`, answers are made in the processes of that. `observers` are told of each request.

    Raises BadSetting where two share an id, or one has an id that is an address of the site's own.
    """
    settings = settings or Settings()
    app = bare_app(datasets, settings, as_files=as_files)
    site: Site = app.extensions["geomap"]
    keys = RequestKeys(app, site)
    made = cast(WSGIApp, app.wsgi_app)
    render = _elsewhere(app, site, pool) if pool else None
    observing = Observing(app, site, observers) if observers else None
    if observing:
        made = observing.inside(made)
        render = observing.inside(render) if render else None
    cache = ResponseCache(made, keys, settings.cache_bytes, compressible, render=render)

    def clear_caches() -> None:
        keys.clear()
        cache.clear()

    site.on_change = clear_caches
    front = observing.around(cache) if observing else cache
    cast(Any, app).wsgi_app = _under(urlsplit(settings.base_url).path.rstrip("/"), front)
    return app


def bare_app(datasets: Sequence[Dataset], settings: Settings, *, as_files: bool = False) -> Flask:
    """Return the Flask app alone, without a cache in front of it. Raises BadSetting."""
    app = _App(__name__, static_folder=None)
    site = Site({dataset.id: dataset for dataset in datasets}, settings)
    app.extensions["geomap"] = site
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    _check_ids(datasets, reserved_names(app))
    if as_files:
        site.plan = Plan(app, site)
    errors.register(app)
    app.before_request(read_request)
    app.after_request(add_headers)
    app.after_request(_make_redirect_relative)
    return app


def _elsewhere(app: Flask, site: Site, pool: RenderPool) -> Render:
    """Return what has answers made in a pool's processes, each in the lane of its route."""
    adapter = app.url_map.bind("localhost")

    def render(environ: Environ, encoding: str) -> Answer:
        given = {name: environ[name] for name in (*DEPENDS_ON, CURRENT) if name in environ}
        path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        endpoint, values = adapter.match(path, method="GET")
        lane = route_of(app, endpoint).lane_of(values)
        return pool.render(lane, given, encoding, site.datasets)

    return render


def _check_ids(datasets: Sequence[Dataset], reserved: set[str]) -> None:
    ids = [dataset.id for dataset in datasets]
    if len(set(ids)) != len(ids):
        raise BadSetting("DATASET", f"two datasets have one id: {', '.join(sorted(ids))}")
    for id in reserved.intersection(ids):
        raise BadSetting(
            "DATASET", f"the id {id!r} is an address of the site's own; choose another"
        )


def _make_redirect_relative(response: Response) -> Response:
    """Make a redirect by Flask's routing, as from // to /, relative: Flask uses the Host header."""
    if not isinstance(request.routing_exception, RequestRedirect):
        return response
    path, query = urlsplit(request.routing_exception.new_url)[2:4]
    return make_response(redirect(f"{path}?{query}" if query else path, response.status_code))


def compressible(content_type: str) -> bool:
    """Whether to compress a body of this type: as its format says, or if it is a text type."""
    by_type = {format.media_type: format.compressible for format in FORMATS.values()}
    media_type = content_type.partition(";")[0]
    is_text = media_type.startswith("text/") or media_type.endswith(("json", "xml"))
    return by_type.get(content_type, is_text)


def _under(root: str, app: WSGIApp) -> WSGIApp:
    """Mount an app under the path `root`, whether or not a proxy has already removed it."""
    if not root:
        return app

    def mounted(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        whole = environ.get("PATH_INFO", "")
        path = below(root, whole) or whole
        return app({**environ, "SCRIPT_NAME": root, "PATH_INFO": path}, start_response)

    return mounted
