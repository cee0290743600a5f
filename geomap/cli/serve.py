"""`geomap serve`."""

from __future__ import annotations

from typing import Any

import click


@click.command()
@click.argument("dataset", nargs=-1)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 for any free one.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that answer; more use more cores.",
)
@click.option("--base-url", default="", help="The site's public address, for absolute links.")
@click.option(
    "--allow-embed",
    multiple=True,
    help="Site that may embed the map, as https://news.example; default: anyone.",
)
@click.option("--name", default="", help="Your own name, at the top of the pages.")
@click.option("--colour", default="", help="Your own colour, as #1f5f94, in a strip above it.")
@click.option("--reload", is_flag=True, help="Follow edits of the dataset while serving.")
@click.option(
    "--state",
    default="",
    metavar="DIR",
    help="Folder for the last good version of each dataset, to start with if it is broken.",
)
@click.option(
    "--log-format",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="The log's lines: for people, or one JSON object each.",
)
@click.option("--access-log", is_flag=True, help="Log each request too, without who asks.")
@click.option(
    "--metrics",
    "metrics_at",
    default="",
    metavar="PORT",
    help="Metrics for Prometheus, on this port of the machine itself or on HOST:PORT.",
)
def serve(dataset: tuple[str, ...], **options: Any) -> None:
    """Serve the map on the web."""
    from geomap.web.server import run

    run(dataset, **options)
