"""What usual hosts of static files are told: headers, media types and compressed forms.

One set of rules, taken from the headers that the service gives, in the words of each host.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

_SHARED = (
    *("X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"),
    "Cross-Origin-Opener-Policy",
)
"""Headers that every file has alike."""
READ = (
    *(name.lower() for name in _SHARED),
    *("cache-control", "content-security-policy", "content-type"),
)
"""The headers that are read of each file, in lower case."""
_STATIC = "static/"
"""The folder of the files whose names change with their content."""
_HASHED = r"\.[0-9a-f]{10}\.[a-z]+$"
_OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_INDEX = "index.html"
_EMBED = "/embed/"
"""The end of an embed's path."""


@dataclass(frozen=True)
class Rules:
    """The headers of a site's files.

    `shared` and `fresh` (Cache-Control) are those of every file, `immutable` is the Cache-Control of
    files with a hash in their name. `types` are media types by ending. `frames` says who may frame
    each page, by its path.
    """

    shared: dict[str, str]
    fresh: str
    immutable: str
    types: dict[str, str]
    frames: dict[str, str]


def host_files(headers: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the files for hosts by path; `headers` are those of every file of the site by path,
    their names in lower case.
    """
    rules = _rules(headers)
    return {"_headers": _netlify(rules), ".htaccess": _apache(rules), "nginx.conf": _nginx(rules)}


def _rules(headers: Mapping[str, Mapping[str, str]]) -> Rules:
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    ages: dict[bool, str] = {}
    frames = {}
    for path, one in sorted(headers.items()):
        kinds[path.rpartition(".")[2]][one["content-type"]] += 1
        hashed = path.startswith(_STATIC) and re.search(_HASHED, path) is not None
        ages.setdefault(hashed, one["cache-control"])
        if path == _INDEX or path.endswith(f"/{_INDEX}"):
            frames[f"/{path.removesuffix(_INDEX)}"] = one["content-security-policy"].partition(
                "frame-ancestors "
            )[2]
    first = next(iter(headers.values()))
    return Rules(
        {name: first[name.lower()] for name in _SHARED},
        ages[False],
        ages[True],
        {ending: count.most_common(1)[0][0] for ending, count in sorted(kinds.items())},
        frames,
    )


def _netlify(rules: Rules) -> str:
    """`_headers`, as Netlify and Cloudflare Pages read it; values of several rules are joined, so
    that none is given twice."""
    blocks: list[tuple[str, dict[str, str]]] = [("/*", {**rules.shared, **_OPEN})]
    blocks.append((f"/{_STATIC}*", {"Cache-Control": rules.immutable}))
    blocks += [
        (page, {"Content-Security-Policy": f"frame-ancestors {who}"})
        for page, who in rules.frames.items()
        if who != "*"
    ]
    blocks += [
        (f"/*.{ending}", {"Content-Type": kind})
        for ending, kind in rules.types.items()
        if ending != "html"
    ]
    return "\n".join(
        "\n".join([path, *(f"  {name}: {value}" for name, value in values.items()), ""])
        for path, values in blocks
    )


def _apache(rules: Rules) -> str:
    types = [f'  AddType "{kind}" .{ending}' for ending, kind in rules.types.items()]
    shared = [f'  Header set {name} "{value}"' for name, value in {**rules.shared, **_OPEN}.items()]
    frames = [
        f'  Header set Content-Security-Policy "frame-ancestors {who}"'
        f' "expr=%{{REQUEST_URI}} =~ m#{pages}#"'
        for pages, who in _frames(rules)
    ]
    return "\n".join(
        [
            "# For Apache, which reads this file where AllowOverride All is set for the folder.",
            f"DirectoryIndex {_INDEX}",
            "<IfModule mod_mime.c>",
            *types,
            "  RemoveType .gz .br",
            "  RemoveLanguage .br",
            "  AddEncoding gzip .gz",
            "  AddEncoding br .br",
            "</IfModule>",
            "<IfModule mod_headers.c>",
            *shared,
            f'  Header set Cache-Control "{rules.fresh}"',
            f'  <FilesMatch "{_HASHED[:-1]}(\\.gz|\\.br)?$">',
            f'    Header set Cache-Control "{rules.immutable}"',
            "  </FilesMatch>",
            "  Header append Vary Accept-Encoding",
            *frames,
            "</IfModule>",
            "<IfModule mod_rewrite.c>",
            "  # The compressed form that stands beside a file, for those who accept it.",
            "  RewriteEngine On",
            *_rewrite("br", "br"),
            *_rewrite("gzip", "gz"),
            "</IfModule>",
            "",
        ]
    )


def _rewrite(encoding: str, ending: str) -> list[str]:
    return [
        f"  RewriteCond %{{HTTP:Accept-Encoding}} \\b{encoding}\\b",
        f"  RewriteCond %{{REQUEST_FILENAME}}.{ending} -f",
        f"  RewriteRule ^(.+)$ $1.{ending} [E=no-gzip:1,L]",
    ]


def _nginx(rules: Rules) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '\\"') + '"'

    types = [f"  {quoted(kind)} {ending};" for ending, kind in sorted(rules.types.items())]
    shared = [
        f"add_header {name} {quoted(value)};" for name, value in {**rules.shared, **_OPEN}.items()
    ]
    frames = [
        f'if ($uri ~ "{pages}") {{ set $geomap_frames "frame-ancestors {who}"; }}'
        for pages, who in _frames(rules)
    ]
    return "\n".join(
        [
            "# For nginx: include this file in the location (or server) that serves the folder.",
            "gzip_static on;",
            "# brotli_static on;  # with the module ngx_brotli",
            "gzip_vary on;",
            f"index {_INDEX};",
            "types {",
            *types,
            "}",
            f'set $geomap_age "{rules.fresh}";',
            f'if ($uri ~ "/{_STATIC}.*{_HASHED}") {{ set $geomap_age "{rules.immutable}"; }}',
            'set $geomap_frames "";',
            *frames,
            "add_header Cache-Control $geomap_age;",
            "add_header Content-Security-Policy $geomap_frames;",
            *shared,
            "",
        ]
    )


def _frames(rules: Rules) -> list[tuple[str, str]]:
    """Who may frame all pages, then who may frame embeds, by a pattern of paths under any root."""
    end = r"(index\.html(\.br|\.gz)?)?$"
    embeds = [who for page, who in rules.frames.items() if page.endswith(_EMBED)]
    return [(f"/{end}", rules.frames["/"]), *((f"{_EMBED}{end}", who) for who in embeds[:1])]
