"""The settings of a running site, as one frozen value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from geomap.errors import BadSetting

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
_NAME = "[A-Za-z0-9-]+"
_PORT = ":[0-9]{1,5}"
_PUBLIC = re.compile(
    rf"https?://({_NAME}(\.{_NAME})*|\[[0-9A-Fa-f:.]+\])({_PORT})?(/[^\s\"'<>?#\\]*)?"
)
"""A public address: a scheme, a host, perhaps a port and a path. No user, query or fragment."""
_FRAMER = re.compile(rf"https?:|(https?://)?(\*\.)?{_NAME}(\.{_NAME})*({_PORT}|:\*)?")
"""Sites as `frame-ancestors` takes them (CSP 3, 2.3.1), without a path, which it does not heed."""


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
        if self.base_url and not _is_public_address(self.base_url):
            raise BadSetting(
                "base-url",
                f"{self.base_url!r} is no address of a site; "
                "write it as https://maps.example.org or https://example.org/maps",
            )
        for framer in self.frame_ancestors:
            _check_framer(framer, alone=len(self.frame_ancestors) == 1)
        if self.colour and not re.fullmatch("#[0-9a-fA-F]{6}", self.colour):
            raise BadSetting("colour", f"{self.colour!r} is not a colour; write it as #1f5f94")

    @property
    def https(self) -> bool:
        """Whether readers come by https, so far as the base URL says."""
        return self.base_url.startswith("https://")


def url_host(host: str) -> str:
    """Return a host as addresses have it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def _is_public_address(text: str) -> bool:
    if not _PUBLIC.fullmatch(text):
        return False
    try:
        return urlsplit(text).port != 0
    except ValueError:  # a port above 65535, or no IPv6 address in the brackets
        return False


def _check_framer(text: str, *, alone: bool) -> None:
    """Raise BadSetting for what does not name a site that may frame an embed."""
    if text in ("*", "'self'") or _FRAMER.fullmatch(text) or (text == "'none'" and alone):
        return
    only = "'none' cannot stand beside others" if text == "'none'" else f"{text!r} names no site"
    raise BadSetting(
        "allow-embed", f"{only}; give one as https://news.example or https://*.news.example"
    )
