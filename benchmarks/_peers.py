"""Other services that answer some of what geomap answers, each run as its documentation says.

Each has a virtual environment of its own under `.venv/peers`, as what they need does not go together.
It is made from PyPI when first needed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks._service import free_port, running

WORKERS = 2
_ROOT = Path(__file__).parents[1] / ".venv" / "peers"
_PACKAGES = {
    "tipg": ["tipg", "uvicorn[standard]"],
    "pygeoapi": ["pygeoapi", "uvicorn[standard]", "sqlalchemy", "geoalchemy2", "psycopg2-binary"],
    "datasette": ["datasette"],
    "folium": ["folium", "flask", "granian"],
}


class Missing(Exception):
    """A peer cannot be run here; the text says what is missing and how to get it."""


def program(peer: str, name: str) -> Path:
    """Return a program of a peer's environment, which is made if it is not there.

    Raises Missing if its packages cannot be had.
    """
    folder = _ROOT / peer
    done = folder / "made"
    wanted = " ".join(_PACKAGES[peer])
    if not done.exists() or done.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*install, *_PACKAGES[peer]], capture_output=True).returncode:
            raise Missing(f"its packages are not to be had: pip install {wanted}")
        done.write_text(wanted)
    return folder / "bin" / name


def version(peer: str) -> str:
    """Return the version of a peer's main package."""
    ask = f"from importlib.metadata import version; print(version('{peer}'))"
    command = [program(peer, "python"), "-c", ask]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def tipg(database: str, tables: Sequence[str]) -> Iterator[str]:
    """Run tipg over tables of a database (a `postgresql://` address); yield its address."""
    port = free_port()
    command = [program("tipg", "uvicorn"), "tipg.main:app", "--port", str(port)]
    command += ["--workers", str(WORKERS), "--no-access-log"]
    settings = {"DATABASE_URL": database, "TIPG_DB_SCHEMAS": '["public"]'}
    for table in tables:
        for name, value in (("pk", "feature"), ("geomcol", "geom"), ("datetimecol", "valid_from")):
            settings[f"TIPG_TABLE_CONFIG__public_{table}__{name}"] = value
    with running(command, port, "healthz", **settings) as address:
        yield address


@contextmanager
def pygeoapi(folder: Path, port_of_database: int, tables: Sequence[str]) -> Iterator[str]:
    """Run pygeoapi over tables of a PostGIS database; yield its address."""
    port = free_port()
    config, document = folder / "pygeoapi.yml", folder / "openapi.yml"
    resources = "".join(_RESOURCE.format(table=t, port=port_of_database) for t in tables)
    config.write_text(_PYGEOAPI.format(port=port, resources=resources))
    variables = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(document)}
    make = [program("pygeoapi", "pygeoapi"), "openapi", "generate", config]
    subprocess.run(
        [*make, "--output-file", document],
        check=True,
        capture_output=True,
        env={**os.environ, **variables},
    )
    command = [program("pygeoapi", "uvicorn"), "pygeoapi.starlette_app:APP", "--port", str(port)]
    command += ["--workers", str(WORKERS), "--no-access-log"]
    with running(command, port, "conformance?f=json", **variables) as address:
        yield address


@contextmanager
def datasette(database: Path) -> Iterator[str]:
    """Run Datasette over an SQLite file that does not change; yield its address."""
    port = free_port()
    command = [program("datasette", "datasette"), "serve", "-i", database, "--port", str(port)]
    command += ["--setting", "max_returned_rows", "10000"]
    with running(command, port) as address:
        yield address


@contextmanager
def folium_view(folder: Path, geojson: bytes) -> Iterator[str]:
    """Run a Flask view that draws GeoJSON with Folium on each request; yield its address."""
    port = free_port()
    (folder / "regions.geojson").write_bytes(geojson)
    (folder / "folium_app.py").write_text(_FOLIUM)
    command = [program("folium", "granian"), "--interface", "wsgi", "--port", str(port)]
    command += ["--workers", str(WORKERS), "folium_app:app"]
    variables = {"PYTHONPATH": str(folder), "REGIONS": str(folder / "regions.geojson")}
    with running(command, port, **variables) as address:
        yield address


_FOLIUM = """
import json, os
import folium
from flask import Flask

app = Flask("folium_app")
regions = json.load(open(os.environ["REGIONS"], encoding="utf-8"))

@app.get("/")
def view():
    drawn = folium.Map([39.8, 46.6], zoom_start=8)
    folium.GeoJson(regions, tooltip=folium.GeoJsonTooltip(["name"])).add_to(drawn)
    return drawn.get_root().render()
"""
_PYGEOAPI = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  gzip: false
  languages: [en-US]
  cors: true
  pretty_print: false
  limits: {{default_items: 100, max_items: 10000}}
  map: {{url: "https://tile.openstreetmap.org/{{z}}/{{x}}/{{y}}.png", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification:
    title: regions
    description: regions
    keywords: [regions]
    keywords_type: theme
    terms_of_service: none
    url: http://127.0.0.1
  license: {{name: none, url: "http://127.0.0.1"}}
  provider: {{name: none, url: "http://127.0.0.1"}}
  contact: {{name: none, url: "http://127.0.0.1"}}
resources:
{resources}
"""
_RESOURCE = """
  {table}:
    type: collection
    title: {table}
    description: {table}
    keywords: [regions]
    links: []
    extents: {{spatial: {{bbox: [-180, -90, 180, 90]}}}}
    providers:
      - type: feature
        name: PostgreSQL
        data: {{host: 127.0.0.1, port: {port}, dbname: maps, user: postgres, password: none}}
        id_field: feature
        table: {table}
        geom_field: geom
        time_field: valid_from
"""
