"""The command line: one file a command. Each parses, calls one function and prints."""

from __future__ import annotations

import click

from geomap.cli.build import build
from geomap.cli.check import check
from geomap.cli.diff import diff
from geomap.cli.export import export
from geomap.cli.group import GeomapGroup
from geomap.cli.new import new
from geomap.cli.publish import publish
from geomap.cli.serve import serve
from geomap.cli.status import status
from geomap.cli.translate import translate
from geomap.version import __version__

__all__ = ["main"]


@click.group(cls=GeomapGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="geomap")
def main() -> None:
    """Show who holds which territory on which day, and who says so.

    DATASET is a folder, a .zip of one, or postgresql://…?dataset=ID; without it the built-in
    dataset is used.
    """


for _command in (serve, new, check, diff, status, export, build, publish, translate):
    main.add_command(_command)
