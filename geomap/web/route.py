"""Routes, each declared once with its parameters, answers and caching rules.

The parsing of its parameters, the key under which its answer is cached, its description in OpenAPI,
and the headers that let other sites read or frame it derive from the declaration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from flask import Blueprint, Flask, current_app, g, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import MethodNotAllowed

from geomap.core.dataset import Dataset
from geomap.errors import BadQuery
from geomap.web.built import Built
from geomap.web.cache import UNAVAILABLE
from geomap.web.lanes import QUICK, Lane
from geomap.web.negotiation import page_language, preferred_face
from geomap.web.parameters import Node, Parameter, Query, Schema, choice, languages
from geomap.web.site import Site, has_one_host, site
from geomap.wording import LANGUAGES

ViewFunction = TypeVar("ViewFunction", bound=Callable[..., Any])
PathValues = Mapping[str, Any]
"""What stands for the variable parts of a route's path."""
FACES = ("json", "html")
_METHODS = ("GET", "HEAD", "OPTIONS")


def face_parameter(files: Collection[str] = ()) -> Parameter:
    """Return the parameter of a route with `json_or_html`; it precedes the header Accept.

    `files` are the endings of the files that the route gives, too.
    """
    also = ", or a file" if files else ""
    return choice("f", f"JSON or a page for people{also}", (*FACES, *files), None)


FACE = face_parameter()


@dataclass(frozen=True)
class Operation:
    """An address as the documentation describes it: what it takes and which media types it gives.

    `answers` are JSON Schemas by media type. A route that stands for collections of several kinds
    has one operation for each `kind`. `more` returns the parameters that only one dataset has.
    `files` are the media types of the files that a route with `json_or_html` gives, by ending.
    """

    id: str
    summary: str
    answers: Mapping[str, Schema]
    parameters: tuple[Parameter, ...] = ()
    kind: str = ""
    more: Callable[[Dataset], tuple[Parameter, ...]] | None = None
    files: Mapping[str, str] = field(default_factory=dict)

    def parameters_for(self, dataset: Dataset | None) -> tuple[Parameter, ...]:
        """Return its parameters where it is about a dataset."""
        more = self.more(dataset) if self.more and dataset else ()
        return (*self.parameters, *more)


@dataclass(frozen=True)
class Route:
    """The declaration of one route.

    - `path`: its variable parts, but for the dataset, as the documentation has them.
    - `open`: scripts of other sites may read it. `framed`: other sites may frame it.
    - `absolute_links`: its answer depends on the host in the request.
    - `follows_reader`: without `lang`, it uses the language that the browser prefers.
    - `json_or_html`: data or a page for people, by `f` or by the header Accept. A page follows the
      reader's language, data does not.
    - `repeats_parameters`: links in its answers repeat the parameters that were given, so a
      parameter left out and one given as its default have different answers.
    - `strict`: parameters that it does not have are refused, not ignored.
    - `lane`: in which lane its answers are made, or what says so from the values in its path.
    - `cached`: whether its answers are cached.
    - `refuses`: whether it can answer 400 or 404. `responses`: answers besides the usual ones.
    - `built`: the files that it becomes when the site is built as files; None for none.
    - `dataset`: returns the dataset that a request is about; None for a route that is about none.
      Where it returns none, no parameter is read.
    """

    tag: str
    operations: tuple[Operation, ...]
    path: Sequence[Parameter] = ()
    open: bool = False
    framed: bool = False
    absolute_links: bool = False
    follows_reader: bool = False
    json_or_html: bool = False
    repeats_parameters: bool = False
    strict: bool = False
    lane: Lane | Callable[[PathValues], Lane] = QUICK
    cached: bool = True
    refuses: bool = True
    responses: Mapping[str, Node] = field(default_factory=dict)
    built: Built | None = None
    dataset: Callable[[Site, PathValues], Dataset | None] | None = None

    @property
    def is_data(self) -> bool:
        """Whether the answers are for programs, not for people."""
        types = {kind for operation in self.operations for kind in operation.answers}
        for_people = any(kind.startswith(("text/html", "image/")) for kind in types)
        return self.json_or_html or (bool(types) and not for_people)

    def lane_of(self, values: PathValues) -> Lane:
        """Return the lane in which the answer at a path is made."""
        return self.lane if isinstance(self.lane, Lane) else self.lane(values)

    def operation(self, values: PathValues) -> Operation:
        """Return the operation that a path stands for."""
        kind = values.get("collection_id", "").rpartition(".")[2]
        return next((one for one in self.operations if one.kind == kind), self.operations[0])


@dataclass(frozen=True)
class Asked:
    """What one request asks for: its parameters as values, and what its headers decide.

    `values` are None for parameters that are absent and have no default. `face` is one of `FACES`,
    or the ending of a file. `vary` names the request headers that the answer depends on.
    """

    parameters: tuple[Parameter, ...]
    dataset: Dataset | None
    values: Mapping[str, Any]
    language: str
    face: str
    vary: tuple[str, ...]

    @property
    def html(self) -> bool:
        """Whether a page is asked for where data is to be had, too."""
        return self.face == "html"

    def query(self) -> Query:
        """Return what a page about a dataset is asked for."""
        return Query.of(self.values)

    def address(self, *but: str) -> dict[str, list[str]]:
        """Return the parameters that lead here again, without those named."""
        return {
            parameter.name: parameter.texts(self.values[parameter.name])
            for parameter in self.parameters
            if parameter.name not in but and self.values[parameter.name] is not None
        }


def route(
    blueprint: Blueprint,
    rule: str,
    summary: str = "",
    *,
    answers: Mapping[str, Schema] | None = None,
    parameters: Sequence[Parameter] = (),
    id: str = "",
    operations: Sequence[Operation] = (),
    strict_slashes: bool | None = None,
    **options: Any,
) -> Callable[[ViewFunction], ViewFunction]:
    """Declare a view as the route `rule` of a blueprint; `options` are fields of `Route`.

    `summary`, `answers` and `parameters` describe its only operation (`id`: the view's name), unless
    `operations` are given. A rule with `<dataset_id>` is about that dataset.
    """
    if "<dataset_id>" in rule:
        options.setdefault("dataset", lambda site, path: site.dataset(path["dataset_id"]))

    def declare(view: ViewFunction) -> ViewFunction:
        only = Operation(id or view.__name__, summary, answers or {}, tuple(parameters))
        view.route = Route(operations=tuple(operations) or (only,), **options)  # type: ignore[attr-defined]
        blueprint.add_url_rule(rule, view_func=view, methods=["GET"], strict_slashes=strict_slashes)
        return view

    return declare


def route_of(app: Flask, endpoint: str) -> Route:
    """Return the declaration of an endpoint."""
    declared: Route = cast(Any, app.view_functions[endpoint]).route
    return declared


def routes(app: Flask) -> dict[str, Route]:
    """Return every route of an app by its path, with its variable parts as `<name>`."""
    return {
        re.sub(r"<\w+:", "<", rule.rule): route_of(app, rule.endpoint)
        for rule in app.url_map.iter_rules()
    }


def reserved_names(app: Flask) -> set[str]:
    """Return the first parts of the site's own paths: no dataset may have such an id."""
    first = {path.split("/")[1] for path in routes(app)}
    return {name for name in first if name and "<" not in name}


def read(
    route: Route,
    site: Site,
    path: PathValues,
    args: MultiDict[str, str],
    headers: Mapping[str, str],
) -> Asked:
    """Return what a request asks of a route; `headers` are its environment's, such as HTTP_ACCEPT.

    Raises NotFound for a dataset that is not there, BadQuery for a parameter.
    """
    operation = route.operation(path)
    dataset = route.dataset(site, path) if route.dataset else None
    parameters = operation.parameters_for(dataset) if dataset or not route.dataset else ()
    if route.strict:
        _refuse_others(parameters, args)
    values = {parameter.name: parameter.value(args, dataset) for parameter in parameters}
    vary = []
    face = "json"
    if route.json_or_html:
        face = values["f"] or preferred_face(headers.get("HTTP_ACCEPT", ""), operation.files)
        vary += ["Accept"] if values["f"] is None else []
    language = values.get("lang")
    if language is None:
        follows = face == "html" or route.follows_reader
        accepted = headers.get("HTTP_ACCEPT_LANGUAGE", "") if follows else ""
        language = _language(site, dataset, accepted, follows)
        vary += ["Accept-Language"] if follows else []
        if "lang" in values and not route.repeats_parameters:
            values["lang"] = language
    return Asked(tuple(parameters), dataset, values, language, face, tuple(vary))


def read_request() -> None:
    """Before a view is called, read what the request asks for.

    Raises NotFound, BadQuery, Unavailable where the view is not to be called, and MethodNotAllowed,
    also for `get`: methods are written in capitals (RFC 9110, 9.1), which Flask does not mind and
    the cache does.
    """
    if UNAVAILABLE in request.environ:
        raise request.environ[UNAVAILABLE]
    if not has_one_host(request.environ):
        raise BadQuery("Host", "a request has one such header, with the name of one host")
    if request.environ["REQUEST_METHOD"] not in _METHODS:
        raise MethodNotAllowed(_METHODS)
    if request.endpoint and request.method in ("GET", "HEAD"):
        declared = route_of(current_app, request.endpoint)
        g.asked = read(declared, site(), request.view_args or {}, request.args, request.environ)


def asked() -> Asked:
    """Return what the present request asks for."""
    parsed: Asked = g.asked
    return parsed


def _language(site: Site, dataset: Dataset | None, accepted: str, follows: bool) -> str:
    """The language where none is named: the reader's, if it is followed, else the dataset's own."""
    offered = languages(dataset) if dataset else LANGUAGES
    preferred = page_language(site, accepted)
    return preferred if preferred in offered and (follows or not dataset) else offered[0]


def _refuse_others(parameters: Sequence[Parameter], args: MultiDict[str, str]) -> None:
    """Refuse what is no parameter of an address (OGC 17-069r4, 7.6: answer 400)."""
    names = [parameter.name for parameter in parameters]
    for name in args:
        if name not in names:
            takes = ", ".join(names)
            raise BadQuery(name[:40], f"is no parameter of this address; it takes {takes}")
