"""Which scripts and styles a page may run and use, as sources of a Content-Security-Policy."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable


def hash_source(text: str) -> str:
    """Return the CSP source that allows one inline script or style: the hash of its exact text."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def policy_of_file(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Return the policy of a document that holds these scripts and styles and loads nothing.

    It is for a `meta` element, in which browsers read no `frame-ancestors`.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(hash_source, scripts))}",
            f"style-src {' '.join(map(hash_source, styles))}",
            "img-src data:",
            "form-action 'none'",
            "base-uri 'none'",
        )
    )
