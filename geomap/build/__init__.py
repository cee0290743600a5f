"""The whole site as files, for any web space: asked of the service and written down."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask

from geomap.build.fingerprint import group_keys
from geomap.build.folder import Content, Result, SiteFolder
from geomap.build.hosts import READ, host_files
from geomap.core.dataset import Dataset
from geomap.errors import CannotBuild
from geomap.web import Settings, compressible, create_app
from geomap.web.fork_server import spawn
from geomap.web.lanes import Lane
from geomap.web.plan import CURRENT, BuiltFile, Plan
from geomap.web.render_pool import RenderPool
from geomap.web.render_process import serve
from geomap.web.responses import ENCODERS, SMALLEST

__all__ = ["TWINS", "Result", "build"]

TWINS = {".br": "br", ".gz": "gzip"}
"""The endings of the compressed forms that stand beside a file, with the encoding of each."""
_QUALITY = 9
"""Brotli's: a fifth of the time of its best, for files a few hundredths larger."""
_LANE = Lane("build", seconds=600, most_jobs=10**6, niceness=0)
_SLOWEST = (".mp4", ".gif")
"""Files that take so long to make that they are begun first."""
Report = Callable[[int, int], None]


def build(
    datasets: Sequence[Dataset],
    folder: str | os.PathLike[str],
    *,
    base_url: str = "",
    allow_embed: Sequence[str] = (),
    name: str = "",
    colour: str = "",
    progress: Report = lambda done, whole: None,
) -> Result:
    """Write the site of some datasets into a folder, all of it or nothing.

    `base_url` is where the site will stand; without it every link is relative, and what cannot do
    without an address (oEmbed, the sitemap) is left out. `name`, `colour` and `allow_embed` are as in
    `Settings`. `progress` is called with how many files are done and how many there are.

    What has not changed since the last build stays as it is; files of an earlier build that are gone
    are removed, others that stand in the folder stay. Raises FolderInUse where the folder is not
    empty and not of an earlier build, BadSetting, CannotWrite, CannotBuild.
    """
    settings = Settings(
        base_url=base_url,
        trusted_hosts=(),
        frame_ancestors=tuple(allow_embed) or ("*",),
        cache_bytes=0,  # nothing is asked for twice
        name=name,
        colour=colour,
    )
    # Not forked: the caller may have threads, or libraries that have had some.
    pool = RenderPool(
        partial(spawn, partial(serve, settings, as_files=True)), _processes(), [_LANE]
    )
    try:
        app = create_app(datasets, settings, as_files=True, pool=pool)
        return _build(app, datasets, settings, Path(folder), progress)
    finally:
        pool.close()


def _build(
    app: Flask, datasets: Sequence[Dataset], settings: Settings, folder: Path, progress: Report
) -> Result:
    plan: Plan = app.extensions["geomap"].plan
    target = SiteFolder(folder)
    keys = group_keys(datasets, settings)
    unchanged = {group for group, key in keys.items() if target.is_unchanged(group, key)}
    files = list(plan.files())
    to_make = [file for file in files if file.dataset_id not in unchanged]
    if not to_make and target.has_only(keys):
        progress(len(files), len(files))
        return target.unchanged()
    with target.begin(keys, unchanged) as part:
        done = len(files) - len(to_make)
        progress(done, len(files))
        for file, content in _contents(app, to_make):
            part.add(file.dataset_id, file.path, content)
            done += 1
            progress(done, len(files))
        for path, text in host_files(part.headers()).items():
            part.add("", path, Content(text.encode()))
        return part.finish()


def _contents(app: Flask, files: Sequence[BuiltFile]) -> Iterator[tuple[BuiltFile, Content]]:
    """Have files made, several at once."""
    ordered = sorted(files, key=lambda file: not file.path.endswith(_SLOWEST))
    with ThreadPoolExecutor(_processes() + 2) as threads:
        futures = {threads.submit(_make, app, file): file for file in ordered}
        try:
            for future in as_completed(futures):
                yield futures.pop(future), future.result()
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise


def _make(app: Flask, file: BuiltFile) -> Content:
    """Ask the app for one file. Raises CannotBuild."""
    response = app.test_client().get(file.address, environ_overrides={CURRENT: file.path})
    if response.status_code != 200:
        problem: Any = response.get_json(silent=True) or {}
        raise CannotBuild(file.path, str(problem.get("detail", response.status)))
    body = response.get_data()
    kind = response.content_type
    twins: Mapping[str, Callable[[], bytes]] = {}
    if len(body) >= SMALLEST and compressible(kind):
        twins = {ending: _compression(encoding, body) for ending, encoding in TWINS.items()}
    headers = {name: response.headers[name] for name in READ if name in response.headers}
    return Content(body, twins, headers)


def _compression(encoding: str, body: bytes) -> Callable[[], bytes]:
    return lambda: ENCODERS[encoding](body, _QUALITY)


def _processes() -> int:
    return min(os.cpu_count() or 1, 8)
