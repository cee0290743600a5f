"""The datasets and settings of a running site, and the building of its addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import current_app, request, url_for

from geomap.core.dataset import Dataset
from geomap.errors import NotFound
from geomap.web.parameters import all_languages
from geomap.web.settings import LOCAL_HOSTS, Settings

if TYPE_CHECKING:
    from geomap.web.plan import Plan

_PORT = re.compile(r":[0-9]{1,5}$")


class Site:
    """The datasets of a running app, by id, and its settings. `replace` swaps in an edited one.

    `generation` counts the swaps. `plan` has the files of a site that is built as files; a site that
    is served has none.
    """

    def __init__(self, datasets: dict[str, Dataset], settings: Settings) -> None:
        self.datasets = datasets
        self.settings = settings
        self.faults: dict[str, str] = {}
        self.generation = 0
        self.plan: Plan | None = None
        self.on_change: Callable[[], None] = lambda: None

    @property
    def datasets(self) -> dict[str, Dataset]:
        """What is served, by id."""
        return self._datasets

    @datasets.setter
    def datasets(self, datasets: dict[str, Dataset]) -> None:
        self._datasets = datasets
        self.languages = all_languages(list(datasets.values()))

    def dataset(self, id: str) -> Dataset:
        """Return a dataset. Raises NotFound."""
        datasets = self.datasets
        if id not in datasets:
            known = ", ".join(datasets)
            raise NotFound(f"there is no dataset of that name here; there is: {known}")
        return datasets[id]

    def replace(self, dataset: Dataset) -> None:
        """Serve an edited dataset from now on; cached responses are dropped."""
        self.generation += 1
        self.datasets = {**self.datasets, dataset.id: dataset}
        self.on_change()


def site() -> Site:
    """Return what the present app serves."""
    served: Site = current_app.extensions["geomap"]
    return served


def local(endpoint: str, **values: Any) -> str:
    """Return the address of a page within this site."""
    plan = site().plan
    return plan.local(endpoint, values) if plan else url_for(endpoint, **values)


def has_one_host(environ: Mapping[str, Any]) -> bool:
    """Return whether a request names one host, as HTTP/1.1 demands (RFC 9112, 3.2).

    The server hands on several Host headers as one, with commas between them, and none as an empty
    one.
    """
    host = environ.get("HTTP_HOST", "")
    if not host:
        return environ.get("SERVER_PROTOCOL") != "HTTP/1.1"
    return "," not in host


def is_trusted(settings: Settings, environ: Mapping[str, Any]) -> bool:
    """Return whether links may be built from a request's Host header (without a base URL)."""
    name = _PORT.sub("", environ.get("HTTP_HOST", ""))
    return not settings.base_url and name in settings.trusted_hosts


def public_root() -> str:
    """Return the site's public address without a slash at its end, "" if the host is not trusted.

    That is the base URL, or else the request's own host if it is one of the trusted ones.
    """
    settings = site().settings
    if settings.base_url:
        return settings.base_url.rstrip("/")
    if not is_trusted(settings, request.environ):
        return ""
    return f"{request.scheme}://{request.environ['HTTP_HOST']}{request.script_root}"


def cited_address(dataset: Dataset) -> str:
    """Return the address of a dataset's page for who cites it, "" where a file has none to name."""
    if site().plan and not public_root():
        return ""
    return absolute("pages.reader", dataset_id=dataset.id)


def is_local() -> bool:
    """Return whether the public address is one of this computer, which no other can reach."""
    return urlsplit(public_root()).hostname in [host.strip("[]") for host in LOCAL_HOSTS]


def own_path(address: str) -> str | None:
    """Return the path within this site of an absolute address, None if it leads elsewhere."""
    try:
        root, asked = urlsplit(public_root()), urlsplit(address)
    except ValueError:  # an unbalanced bracket, for example
        return None
    if not root.netloc or (asked.scheme, asked.netloc) != (root.scheme, root.netloc):
        return None
    return below(root.path, asked.path)


def below(root: str, path: str) -> str | None:
    """Return the rest of a path after `root`, from its slash on; None if it is not under `root`."""
    if path != root and not path.startswith(f"{root}/"):
        return None
    return path[len(root) :] or "/"


def absolute(endpoint: str, **values: Any) -> str:
    """Return the full address of a page: from the base URL, or from a host that is trusted.

    A Host header that is not trusted never gets into a link; the address is then relative.
    """
    plan = site().plan
    if plan:
        return plan.absolute(endpoint, values)
    path = url_for(endpoint, **values)
    root = public_root()
    return root + path.removeprefix(request.script_root) if root else path
