"""The names of a dataset's files, and the ids that a dataset may not have."""

META = "dataset.yaml"
TABLES = ("actors.csv", "sources.csv", "claims.csv", "reports.csv")
FOLDERS = ("regions/", "context/")
RESERVED_IDS = frozenset(
    (
        *(
            "embed.js",
            "favicon.ico",
            "geomap-embed.js",
            "healthz",
            "index.html",
            "oembed",
            "ogc",
            "openapi.json",
        ),
        *("robots.txt", "schema", "sitemap.xml", "static"),
    )
)
"""What the site's own addresses begin with: a dataset of that name could not be reached."""
