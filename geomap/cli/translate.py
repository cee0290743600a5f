"""`geomap translate`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="DATASET")
@click.argument("language")
def translate(folder: str, language: str) -> None:
    """Write or update a catalogue, to translate geomap.

    It is DATASET/languages/LANGUAGE.po and has every message of geomap. What is not translated in it
    comes out as geomap has it, else in English. Run it again after an update of geomap: translations
    stay. DATASET is a folder.
    """
    from geomap.wording.translations import coverage, write_catalogue

    path = write_catalogue(Path(folder), language)
    translated = coverage(language, path.read_bytes())
    click.echo(f"{path}: {translated.translated} of {translated.messages} messages translated")
    click.echo(
        f"translate what has an empty msgstr, add {language} to 'languages' in dataset.yaml, and see "
        f"what is missing with: geomap check {folder}"
    )
