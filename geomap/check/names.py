"""The names of a dataset's files, and the ids that a dataset may not have."""

META = "dataset.yaml"
TABLES = ("actors.csv", "sources.csv", "claims.csv", "reports.csv")
WORKBOOK_ENDINGS = (".xlsx", ".ods")
"""What a table may be in place of CSV."""
WORKBOOKS = tuple(
    table.removesuffix(".csv") + ending for table in TABLES for ending in WORKBOOK_ENDINGS
)
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
