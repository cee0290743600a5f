"""The settings of a running site, as one frozen value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from geomap.errors import BadSetting

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Settings:
    """The operator's choices.

    `base_url` is the site's public address, such as https://maps.example.org/handover; without it
    absolute links use the request's host, but only one of `trusted_hosts`. `frame_ancestors` are the
    sites that may embed the map, as CSP sources; `*` is anyone. `max_age` is how many seconds a
    browser may reuse a page without asking again. `name`, the
    operator's, stands at the top of the pages in place of ours, and `colour` (#rrggbb) as a strip
    above it.
    """

    base_url: str = ""
    trusted_hosts: tuple[str, ...] = LOCAL_HOSTS
    frame_ancestors: tuple[str, ...] = ("*",)
    max_age: int = 60
    cache_bytes: int = 64 * 2**20
    name: str = ""
    colour: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if self.base_url and (parts.scheme not in ("http", "https") or not parts.netloc):
            raise BadSetting("base-url", f"{self.base_url!r} must start with http:// or https://")
        if self.colour and not re.fullmatch("#[0-9a-fA-F]{6}", self.colour):
            raise BadSetting("colour", f"{self.colour!r} is not a colour; write it as #1f5f94")
