"""The last good version of each dataset in a folder of the operator's, for a start on a broken one."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

from geomap.core.dataset import Dataset
from geomap.errors import CannotWrite, GeomapError
from geomap.files import write_whole
from geomap.sources import Source, from_files
from geomap.sources.zip import ZipSource
from geomap.web.snapshots import packed


class LastGood:
    """A folder with one zip a source. It is made where it is not there; raises CannotWrite."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotWrite(repr(str(folder)), error, "give another with --state") from None

    def save(self, source: Source, files: dict[str, bytes]) -> None:
        """Keep the files of a source that is sound. Raises CannotWrite."""
        write_whole(self._path(source), packed(files))

    def open(self, source: Source) -> tuple[Dataset, dict[str, bytes], datetime.datetime] | None:
        """Return a source's last good version, its files and when it was saved.

        None where there is none, or none that can be read and is sound for this version of geomap.
        """
        path = self._path(source)
        try:
            saved = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC)
            files, unread = ZipSource(path).read()
            return from_files(source.name, files, unread), files, saved
        except (OSError, GeomapError):
            return None

    def _path(self, source: Source) -> Path:
        # Not by its name: two folders may have one.
        digest = hashlib.sha256(source.place.encode()).hexdigest()[:16]
        return self._folder / f"last-good-{digest}.zip"
