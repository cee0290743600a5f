"""The headers of every response: who may embed, load, cache and read what."""

from __future__ import annotations

import base64
import hashlib

from flask import Response, g, request

from geomap.web.site import site

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
_OPEN = ("downloads", "feeds", "pictures", "oembed", "ogc", "openapi")
"""The blueprints whose answers are for everybody's scripts."""
PROBLEM = "application/problem+json"
IMMUTABLE = "public, max-age=31536000, immutable"


def allow_script(script: str) -> None:
    """Allow one inline script of the page that is being answered, by its hash."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    g.setdefault("script_hashes", []).append(f"'sha256-{digest}'")


def allow_framing() -> None:
    """Let the page that is being answered be embedded where the operator allows it."""
    g.frame_ancestors = " ".join(site().settings.frame_ancestors)


def load_early(address: str, kind: str) -> None:
    """Have the browser fetch a `script` or `style` of this page before it has read the page."""
    g.setdefault("early", []).append(f"<{address}>; rel=preload; as={kind}")


def _open_to_all(response: Response) -> None:
    """Let scripts of other sites read data, pictures and oEmbed, what is wrong with a question for
    them too, and ask before they do.
    """
    own = request.blueprint not in _OPEN or request.endpoint == "downloads.health"
    if own and response.mimetype != PROBLEM:
        return
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers["Access-Control-Expose-Headers"] = "Content-Crs, ETag, Link"
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, If-None-Match"
        headers["Access-Control-Max-Age"] = "86400"


def add_headers(response: Response) -> Response:
    """Add to a response what all of them carry, unless its view has set it."""
    _open_to_all(response)
    policy = dict(_POLICY)
    policy["script-src"] = " ".join([policy["script-src"], *g.get("script_hashes", [])])
    policy["frame-ancestors"] = g.get("frame_ancestors", "'self'")
    text = "; ".join(f"{name} {value}" for name, value in policy.items())
    headers = response.headers
    headers.setdefault("Content-Security-Policy", text)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if "early" in g:
        headers.setdefault("Link", ", ".join(g.early))
    if response.status_code == 200:
        age = site().settings.max_age
        headers.setdefault("Cache-Control", f"public, max-age={age}, stale-while-revalidate=600")
    else:
        headers.setdefault("Cache-Control", "no-store")
    return response
