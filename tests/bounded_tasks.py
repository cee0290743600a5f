"""What tests ask of hostile files in a bounded process; all that it needs is loaded at once."""

from __future__ import annotations

from pathlib import Path

from geomap import sources
from geomap.desk.checking import check
from geomap.errors import listing
from geomap.web import create_app

OUTPUTS = (
    *("", "map.svg", "style.sld", "regions.geojson", "regions.gpkg", "regions.kml", "regions.csv"),
    *("regions.xlsx", "regions.topojson", "tiles.pmtiles", "feed.atom", "handovers.ics"),
)


def faults_of(path: Path) -> tuple[bool, list[str]]:
    """Return whether `geomap check` finds a dataset sound, and the lines that it prints."""
    checked = check(path)
    return checked.sound, [*listing(checked.faults)]


def outputs_of(path: Path) -> dict[str, str]:
    """Return what of a sound dataset does not come out: status and beginning by address."""
    client = create_app([sources.open(path)]).test_client()
    embed = "embed?lang=fr" if (path / "languages").exists() else "embed"
    answers = {address: client.get(f"/test/{address}") for address in (embed, *OUTPUTS)}
    return {
        address: f"{answer.status} {answer.text[:200]}"
        for address, answer in answers.items()
        if answer.status_code != 200
    }
