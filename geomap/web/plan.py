"""The site as files: which there are, what each answers, and the links between them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode

from flask import Flask, request

from geomap.core.dataset import Dataset
from geomap.web.built import Built, Family, built_days
from geomap.web.negotiation import HTML
from geomap.web.parameters import LATEST, languages
from geomap.web.route import Route, route_of
from geomap.web.site import Site

CURRENT = "geomap.file"
"""The key of a request's environment under which stands the path of the file that it makes."""
DAY = "{day}"
"""Stands in an address for a day that the browser fills in."""
_SEGMENTS = ("lang", "date", "mode", "theme", "width", "height")
"""The parameters whose values are folders in a file's path, in this order."""


@dataclass(frozen=True)
class BuiltFile:
    """A file of the site: its path, the address that it answers, and its dataset's id, if any."""

    path: str
    address: str
    dataset_id: str


class Plan:
    """The files of a site.

    A file's path is that of its route, with a folder for each value that is not the default behind
    the dataset's: `regions.geojson?lang=az&date=2020-11-20` is `az/2020-11-20/regions.geojson`.
    """

    def __init__(self, app: Flask, site: Site) -> None:
        self._site = site
        self._urls = app.url_map.bind("localhost")
        self._routes: dict[str, tuple[Route, Built, frozenset[str]]] = {}
        for rule in app.url_map.iter_rules():
            route = route_of(app, rule.endpoint)
            if route.built and (site.settings.base_url or not route.built.need_address):
                self._routes[rule.endpoint] = (route, route.built, frozenset(rule.arguments))

    def files(self) -> Iterator[BuiltFile]:
        """Yield every file of the site."""
        for endpoint, (_, built, parts) in self._routes.items():
            datasets = self._site.datasets.values() if "dataset_id" in parts else (None,)
            for dataset in datasets:
                for family in built.families:
                    for values in family.combinations(dataset):
                        yield self._file(endpoint, family, values, dataset)

    def has(self, endpoint: str) -> bool:
        """Return whether a route becomes files."""
        return endpoint in self._routes

    def days(self, dataset: Dataset) -> tuple[str, ...]:
        """Return the days that have files of their own, ascending."""
        return built_days(dataset)[1:]

    def local(self, endpoint: str, values: Mapping[str, Any]) -> str:
        """Return the address of a file as seen from the one that is being made."""
        path, query = self._find(endpoint, values)
        return _relative(path) + query

    def absolute(self, endpoint: str, values: Mapping[str, Any]) -> str:
        """Return the public address of a file; where the site has none, as `local` does."""
        path, query = self._find(endpoint, values)
        root = self._site.settings.base_url.rstrip("/")
        return (f"{root}/{quote(_public(path))}" if root else _relative(path)) + query

    def table(self, endpoint: str, public: bool, **values: str) -> dict[str, Any]:
        """Return the addresses of a route's files for the browser to choose from.

        `values` are those of the variable parts of its path. `by` names the parameters that choose
        a file, `files` has the addresses by their values with spaces between, `{day}` in them
        stands for one of `days`, and `query` names the parameters that the file reads itself.
        """
        _, built, parts = self._routes[endpoint]
        dataset = self._site.dataset(values["dataset_id"])
        family = next(one for one in built.families if _takes(one, values, parts, dataset))
        by = [name for name in family.choices if name not in parts and name != "date"]
        files = {}
        for chosen in family.combinations(dataset):
            if all(chosen[name] == values[name] for name in parts & set(chosen)):
                day = {"date": DAY} if chosen.pop("date", None) is not None else {}
                path = self._path(endpoint, family, {**chosen, **day}, dataset)
                root = self._site.settings.base_url.rstrip("/") if public else ""
                address = f"{root}/{_public(path)}" if root else _relative(path, safe="/{}")
                files[" ".join(chosen[name] for name in by)] = address
        return {"by": by, "files": files, "query": built.in_browser}

    def _find(self, endpoint: str, values: Mapping[str, Any]) -> tuple[str, str]:
        """Return the path of the file that comes closest to an address, and the query behind it."""
        if endpoint not in self._routes:
            raise LookupError(
                f"a page links to {endpoint!r}, which is not declared to become files"
            )
        route, built, parts = self._routes[endpoint]
        wanted = {name: str(value) for name, value in values.items() if value is not None}
        dataset = self._site.dataset(wanted["dataset_id"]) if "dataset_id" in wanted else None
        families = [one for one in built.families if _takes(one, wanted, parts, dataset)]
        if not families:
            raise LookupError(f"a page links to {endpoint!r} with {wanted}, which is no file")
        chosen = [self._nearest(family, wanted, dataset) for family in families]
        dropped = [
            len(set(wanted) - set(family.choices) - set(family.fixed)) for family in families
        ]
        best = dropped.index(min(dropped))
        path = self._path(endpoint, families[best], {**wanted, **chosen[best]}, dataset)
        query = {name: wanted[name] for name in built.in_browser if name in wanted}
        if route.follows_reader and dataset and wanted.get("lang") == languages(dataset)[0]:
            query["lang"] = wanted["lang"]  # or the page would lead on to the reader's language
        return path, f"?{urlencode(query, safe=',')}" if query else ""

    def _nearest(
        self, family: Family, wanted: Mapping[str, str], dataset: Dataset | None
    ) -> dict[str, str]:
        """The values of a family that come closest to those wanted; of days, the last change."""
        nearest = {}
        for name in family.choices:
            allowed = family.values_of(name, dataset)
            value = wanted.get(name, "")
            if name == "date" and value and dataset:
                day = dataset.period.end.isoformat() if value == LATEST else value
                value = max((one for one in allowed if one and one <= day), default="")
            nearest[name] = value if value in allowed else allowed[0]
        return nearest

    def _file(
        self, endpoint: str, family: Family, values: Mapping[str, str], dataset: Dataset | None
    ) -> BuiltFile:
        asked = {**_without_defaults(family, values, dataset), **family.fixed}
        if dataset:
            asked["dataset_id"] = dataset.id
        address = self._urls.build(endpoint, asked)
        path = self._path(endpoint, family, values, dataset)
        return BuiltFile(path, address, dataset.id if dataset else "")

    def _path(
        self, endpoint: str, family: Family, values: Mapping[str, str], dataset: Dataset | None
    ) -> str:
        route, _, parts = self._routes[endpoint]
        of_path = {name: values[name] for name in parts if name in values}
        if dataset:
            of_path["dataset_id"] = dataset.id
        path = unquote(self._urls.build(endpoint, of_path)).removeprefix("/")
        folder = f"{dataset.id}/" if dataset else ""
        own = {**_without_defaults(family, values, dataset), **family.fixed}
        folders = [own[name] for name in _SEGMENTS if name in own]
        whole = "/".join([*folders, path.removeprefix(folder)])
        is_page = HTML in route.operations[0].answers and "." not in posixpath.basename(whole)
        if is_page:
            whole = posixpath.join(whole, "index.html")
        return folder + whole


def _takes(
    family: Family, values: Mapping[str, str], parts: frozenset[str], dataset: Dataset | None
) -> bool:
    """Whether a family has files with these parts of the path, and its fixed values are wanted."""
    fits = all(
        values[name] in family.values_of(name, dataset)
        for name in family.choices
        if name in parts and name in values
    )
    return fits and all(values.get(name) == value for name, value in family.fixed.items())


def _without_defaults(
    family: Family, values: Mapping[str, str], dataset: Dataset | None
) -> dict[str, str]:
    """Those values of a family's parameters that an address names; parts of the path always."""
    named = {}
    for name in family.choices:
        is_part = name not in _SEGMENTS
        if name in values and (is_part or values[name] != family.values_of(name, dataset)[0]):
            named[name] = values[name]
    return named


def _public(path: str) -> str:
    """A file's path as links have it: a page's folder, as every host of files finds its index."""
    return path.removesuffix("index.html")


def _relative(path: str, safe: str = "/") -> str:
    """The way to a file from the one that is being made."""
    start = posixpath.dirname(request.environ[CURRENT])
    public = _public(path)
    way = posixpath.relpath("/" + public, "/" + start)
    way = f"{way}/" if not public or public.endswith("/") else way
    way = way if way.startswith(".") else f"./{way}"
    return quote(way, safe=safe)
