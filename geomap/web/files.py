"""Files to download, as responses."""

from __future__ import annotations

from flask import Response


def file_response(body: bytes, media_type: str, name: str, *, shown: bool) -> Response:
    """Return a download named `name`: one that a browser shows, or one that it saves."""
    response = Response(body, content_type=media_type)
    kind = "inline" if shown else "attachment"
    response.headers["Content-Disposition"] = f'{kind}; filename="{name}"'
    return response
