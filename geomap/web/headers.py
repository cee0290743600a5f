"""The headers of every response: security policy, caching, and access by other sites."""

from __future__ import annotations

from flask import Response, current_app, g, request

from geomap.map.policy import hash_source
from geomap.web.negotiation import PROBLEM
from geomap.web.route import Route, route_of
from geomap.web.site import site

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
_YEAR = 365 * 24 * 60 * 60  # in seconds
IMMUTABLE = f"public, max-age={_YEAR}, immutable"


def allow_script(script: str) -> None:
    """Allow one inline script of the page that is being answered, by its hash."""
    g.setdefault("script_hashes", []).append(hash_source(script))


def load_early(address: str, kind: str) -> None:
    """Let the browser preload a `script` or `style` of the page that is being answered."""
    g.setdefault("early", []).append(f"<{address}>; rel=preload; as={kind}")


def _open_to_all(response: Response, declared: Route | None) -> None:
    """Let scripts of other sites read answers of open routes, and JSON errors of any route (CORS).

    Other sites may load these, and embeds, which `frame-ancestors` guards; the rest is for this site.
    """
    headers = response.headers
    is_open = bool(declared and declared.open) or response.mimetype == PROBLEM
    loaded = is_open or bool(declared and declared.framed)
    headers["Cross-Origin-Resource-Policy"] = "cross-origin" if loaded else "same-origin"
    if not is_open:
        return
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = (
        "Accept-Ranges, Content-Crs, Content-Range, ETag, Link, OGC-NumberMatched, OGC-NumberReturned"
    )
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        headers["Access-Control-Allow-Headers"] = (
            "Accept, Accept-Language, If-None-Match, If-Range, Range"
        )
        headers["Access-Control-Max-Age"] = "86400"


def content_policy() -> str:
    """Return what the page that is being answered may load and run, as CSP directives."""
    policy = dict(_POLICY)
    policy["script-src"] = " ".join([policy["script-src"], *g.get("script_hashes", [])])
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def add_headers(response: Response) -> Response:
    """Add the headers that every response has, unless its view has set them."""
    declared = route_of(current_app, request.endpoint) if request.endpoint else None
    _open_to_all(response, declared)
    framed = declared is not None and declared.framed and response.status_code == 200
    frames = site().settings.frame_ancestors if framed else ("'self'",)
    text = f"{content_policy()}; frame-ancestors {' '.join(frames)}"
    headers = response.headers
    headers.setdefault("Content-Security-Policy", text)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if site().settings.https:
        headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
    if "early" in g:
        headers.setdefault("Link", ", ".join(g.early))
    if response.status_code == 200:
        for name in g.asked.vary if "asked" in g else ():
            response.vary.add(name)
        age = site().settings.max_age
        headers.setdefault("Cache-Control", f"public, max-age={age}, stale-while-revalidate=600")
    else:
        headers.setdefault("Cache-Control", "no-store")
    return response
