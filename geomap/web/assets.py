"""Static files, whose names contain a hash of their content so that they can be cached for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files

from geomap.errors import NotFound
from geomap.map.assets import ALL_ASSETS, asset

_OWN = (
    "base.css",
    "page.css",
    "page.js",
    "builder.js",
    "frame.js",
    "built.js",
    "static.css",
    "icon.svg",
    "icon-180.png",
)
_FOR_OTHERS = ("embed.js", "geomap-embed.js")
"""What other sites' pages load. These names never change."""
FAVICON = "favicon.ico"
_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}


@lru_cache(maxsize=1)
def assets() -> dict[str, tuple[str, bytes]]:
    """Return every static file: plain name to (name with hash, content)."""
    static = files("geomap.web") / "static"
    content = {name: asset(name).encode() for name in ALL_ASSETS}
    content |= {name: (static / name).read_bytes() for name in _OWN}
    return {name: (_hashed(name, data), data) for name, data in content.items()}


def hashed_name(name: str) -> str:
    """Return the name under which a static file is served, such as `geomap.1f2e3d4c.js`."""
    return assets()[name][0]


def for_others(name: str) -> bytes:
    """Return one of the scripts that other sites' pages load. Raises NotFound for another name."""
    if name not in _FOR_OTHERS:
        raise NotFound(f"there is no such script; there are {', '.join(_FOR_OTHERS)}")
    return own_file(name)


def own_file(name: str) -> bytes:
    """Return one of our own files whose name never changes."""
    return (files("geomap.web") / "static" / name).read_bytes()


def by_hashed_name(hashed: str) -> tuple[bytes, str]:
    """Return content and media type of a static file. Raises NotFound."""
    for name, data in assets().values():
        if name == hashed:
            return data, _TYPES[hashed.rpartition(".")[2]]
    raise NotFound("there is no such file; reload the page that asked for it")


def _hashed(name: str, data: bytes) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(data).hexdigest()[:10]}.{ending}"
