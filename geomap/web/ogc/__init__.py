"""OGC API - Features over the datasets of a site: every GIS connects to it live.

Parts 1 (Core, GeoJSON, HTML, OpenAPI 3.0: OGC 17-069r4) and 2 (Coordinate Reference Systems by
Reference: OGC 18-058r1), and the filters of Part 3 (OGC 19-079r2) in CQL2 (OGC 21-065r2). The
addresses themselves are in `geomap.web.routes.ogc`.
"""
