"""`geomap publish`."""

from __future__ import annotations

import click

from geomap import sources as datasets


@click.command()
@click.argument("dataset")
@click.argument("address", metavar="postgresql://…")
@click.option(
    "--author",
    required=True,
    envvar="GEOMAP_AUTHOR",
    help="Who publishes it; or set GEOMAP_AUTHOR.",
)
@click.option("--message", "-m", required=True, help="What changes, in a sentence.")
@click.option(
    "--base",
    type=click.IntRange(min=0),
    metavar="REVISION",
    help="Refuse if this is no longer the last revision; 0: if there is any.",
)
def publish(dataset: str, address: str, author: str, message: str, base: int | None) -> None:
    """Publish a dataset into PostGIS as a new revision.

    Everything happens in one transaction, and nothing is overwritten.
    """
    from geomap.errors import BadSetting, MissingExtra
    from geomap.sources.postgis.address import is_database, parse_address

    if not is_database(address):
        raise BadSetting("ADDRESS", "begins with postgresql://")
    target = parse_address(address)
    try:
        from geomap.sources.postgis.publish import publish as publish_dataset
    except ImportError:
        raise MissingExtra("publishing into PostGIS", "postgis") from None
    source = datasets.find(dataset)
    files, unread = source.read()
    data = datasets.from_files(source.name, files, unread)
    revision = publish_dataset(data, files, target, author=author, message=message, base=base)
    if revision.is_new:
        click.echo(f"{data.id} is published as {revision}: version {revision.version}")
    else:
        click.echo(f"nothing to publish: {data.id} is already {revision}")
