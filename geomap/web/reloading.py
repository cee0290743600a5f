"""Reloading: the server publishes valid edits of datasets, its workers load what is published."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Sequence

from geomap.core.dataset import Dataset
from geomap.errors import (
    BadSetting,
    CannotRead,
    CannotWrite,
    DatabaseError,
    Fault,
    GeomapError,
)
from geomap.sources import Source, find, find_all, from_files
from geomap.web.last_good import LastGood
from geomap.web.metrics import Served
from geomap.web.snapshots import Snapshots, State

_MOST_LOOKS = 60
"""After so many looks a source that never comes to rest is read all the same."""
_READ_AGAIN_AFTER = 15.0
"""Seconds after which an edit that the system did not let us read or publish is tried again."""
_log = logging.getLogger("geomap")


def find_sources(addresses: Sequence[str]) -> list[Source]:
    """Return the sources at these addresses, the built-in dataset for none.

    Raises NotFound, CannotRead, DatabaseError, BadSetting, MissingExtra.
    """
    return [source for address in addresses for source in find_all(address)] or [find()]


class Publisher:
    """Publishes datasets for the workers: all at the start, later every edit that is sound.

    An edit is taken once nothing has changed from one look to the next, so that a file of which
    half has been written is not. `reload` has it look for edits of every source, not only of the
    live ones. With `last_good`, a dataset that cannot be read at the start, or is not sound, is
    served as it last was. Raises GeomapError where there is no such version.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        snapshots: Snapshots,
        reload: bool = True,
        last_good: LastGood | None = None,
    ) -> None:
        self._snapshots = snapshots
        self._last_good = last_good
        self._state = State()
        self._sources: dict[str, Source] = {}
        self._stamps: dict[str, object] = {}  # of what was taken
        self._seen: dict[str, object] = {}  # at the last look
        self._restless: dict[str, int] = {}  # for how many looks an edit has been under way
        self._read_again_at: dict[str, float] = {}
        self._unsound: dict[str, str] = {}
        self._unreachable: set[str] = set()
        self._versions: dict[str, str] = {}
        self.looks = reload or any(source.is_live for source in sources)
        self._reload = reload
        # A worker forked while a dataset is being read would inherit locks that are never released
        # in it.
        self._lock = threading.Lock()
        for source in sources:
            self._take(source)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._lock.acquire,
                after_in_parent=self._lock.release,
                after_in_child=self._lock.release,
            )

    def served(self) -> Served:
        """Return the version of each dataset that is served, and what is wrong with an edit of it."""
        return Served(dict(self._versions), self._state.faults)

    def look(self) -> None:
        """Look for edits: publish each sound one, report a broken one."""
        with self._lock:
            self._restore_snapshots()
            for id, source in self._sources.items():
                if self._reload or source.is_live:
                    self._look_at(id, source, even_if_unchanged=False)

    def read_again(self) -> None:
        """Read every source, changed or not."""
        with self._lock:
            for id, source in self._sources.items():
                self._look_at(id, source, even_if_unchanged=True)

    def _take(self, source: Source) -> None:
        """Publish a source at the start: as it is, else as it last was."""
        stamp = None
        try:
            stamp = _stamp(source)
            files, unread = source.read()
            dataset = from_files(source.name, files, unread)
        except (GeomapError, OSError) as error:
            self._restore(source, stamp, error)
        else:
            self._add(dataset.id, source, stamp, files)
            self._versions[dataset.id] = dataset.version
            self._save(source, files)

    def _restore(self, source: Source, stamp: object, error: GeomapError | OSError) -> None:
        """Publish the last good version of a source, and say why. Raises `error` without one."""
        restored = self._last_good.open(source) if self._last_good else None
        if restored is None:
            raise error
        dataset, files, saved = restored
        self._versions[dataset.id] = dataset.version
        _log.warning(
            "starting with %s as it was on %s",
            source.name,
            f"{saved:%Y-%m-%d %H:%M} UTC",
            extra={"event": "older-version", "dataset": dataset.id, "version": dataset.version},
        )
        if isinstance(error, DatabaseError):
            self._add(dataset.id, source, None, files)
            self._lose(dataset.id, source, error)
        else:
            self._add(dataset.id, source, stamp, files)
            self._reject(dataset.id, source, error)

    def _add(self, id: str, source: Source, stamp: object, files: dict[str, bytes]) -> None:
        if id in self._sources:
            raise BadSetting("DATASET", f"two datasets have one id: {id}")
        self._sources[id] = source
        self._stamps[id] = stamp
        self._state = self._snapshots.publish(self._state, id, files)

    def _look_at(self, id: str, source: Source, even_if_unchanged: bool) -> None:
        try:
            # None: the source is being replaced, or is gone; look again later.
            stamp = _stamp(source)
            if even_if_unchanged or self._is_due(id, source, stamp):
                self._read_again_at.pop(id, None)
                self._take_edit(id, source)
                self._stamps[id] = stamp
        except Exception as error:  # the service must go on whatever the error is
            self._lose(id, source, error)
        else:
            self._regain(id, source)

    def _is_due(self, id: str, source: Source, stamp: object) -> bool:
        """Whether there is an edit to read: one that is whole, or one that could not be read."""
        if time.monotonic() >= self._read_again_at.get(id, math.inf):
            return True
        is_at_rest = source.is_live or stamp == self._seen.get(id)
        self._seen[id] = stamp
        if stamp in (None, self._stamps[id]):
            self._restless[id] = 0
            return False
        self._restless[id] = self._restless.get(id, 0) + 1
        return is_at_rest or self._restless[id] > _MOST_LOOKS

    def _take_edit(self, id: str, source: Source) -> None:
        """Publish what a source now holds, or report what is wrong with it.

        Raises DatabaseError where it is out of reach: it shall be read when it is back.
        """
        unread: list[Fault] = []
        try:
            files, unread = source.read()
            dataset = from_files(source.name, files, unread)
            if dataset.id != id:
                raise BadSetting(
                    "id", f"is now {dataset.id!r}; that is another address, so start anew"
                )
            self._publish(dataset, source, files)
        except DatabaseError:
            raise
        except (GeomapError, OSError) as error:
            if unread or isinstance(error, CannotRead | CannotWrite | OSError):
                self._read_later(id)  # the fault may be the system's, and pass
            self._reject(id, source, error)
        except Exception as error:
            if isinstance(error, MemoryError):
                self._read_later(id)
            self._fail(id, source, error)

    def _publish(self, dataset: Dataset, source: Source, files: dict[str, bytes]) -> None:
        """Publish a sound edit. Raises CannotWrite."""
        self._state = self._snapshots.publish(self._state, dataset.id, files)
        self._versions[dataset.id] = dataset.version
        self._unsound.pop(dataset.id, None)
        self._save(source, files)
        _log.info(
            "%s was read again; serving it as it is now",
            source.name,
            extra={"event": "edit-taken", "dataset": dataset.id, "version": dataset.version},
        )

    def _read_later(self, id: str) -> None:
        self._read_again_at[id] = time.monotonic() + _READ_AGAIN_AFTER

    def _restore_snapshots(self) -> None:
        try:
            self._snapshots.restore()
        except CannotWrite as error:
            _log.error(
                "what is served is no longer where new workers read it: %s",
                error,
                extra={"event": "not-shared"},
            )

    def _reject(self, id: str, source: Source, error: Exception) -> None:
        """Report, once, why what a source holds is not served."""
        if self._unsound.get(id) == str(error):
            return
        self._unsound[id] = str(error)
        self._report(id, str(error))
        trouble = "cannot be published" if isinstance(error, CannotWrite) else "is no longer sound"
        _log.error(
            "%s %s; still serving the last good version\n%s",
            source.name,
            trouble,
            error,
            extra={"event": "edit-refused", "dataset": id},
        )

    def _fail(self, id: str, source: Source, error: Exception) -> None:
        """Report, once, that reading a source fails in a way that nobody thought of."""
        fault = f"cannot be read: {type(error).__name__}"
        if self._unsound.get(id) != fault:
            self._unsound[id] = fault
            self._report(id, fault)
            _log.error(
                "%s cannot be read; still serving the last good version",
                source.name,
                exc_info=error,
                extra={"event": "edit-refused", "dataset": id},
            )

    def _save(self, source: Source, files: dict[str, bytes]) -> None:
        try:
            if self._last_good:
                self._last_good.save(source, files)
        except CannotWrite as error:  # a full disk must not keep the edit from readers
            _log.error(
                "a start on a broken dataset would show an older version: %s",
                error,
                extra={"event": "state-not-saved"},
            )

    def _lose(self, id: str, source: Source, error: Exception) -> None:
        """Say that a source is out of reach, once until it is back."""
        if id not in self._unreachable:
            self._unreachable.add(id)
            ours = error if isinstance(error, GeomapError) else None
            self._report(id, ours.public if ours else f"cannot be read: {type(error).__name__}")
            _log.error(
                "%s is out of reach; still serving the last good version\n%s",
                source.name,
                error,
                exc_info=None if ours else error,
                extra={"event": "out-of-reach", "dataset": id},
            )

    def _regain(self, id: str, source: Source) -> None:
        if id in self._unreachable:
            self._unreachable.discard(id)
            self._report(id, self._unsound.get(id))
            _log.info(
                "%s is within reach again",
                source.name,
                extra={"event": "within-reach", "dataset": id},
            )

    def _report(self, id: str, fault: str | None) -> None:
        try:
            self._state = self._snapshots.report(self._state, id, fault)
        except CannotWrite as error:  # a full disk must not end the watch
            _log.error(
                "the fault cannot be shown on /healthz: %s",
                error,
                extra={"event": "fault-not-shown", "dataset": id},
            )


def _stamp(source: Source) -> object:
    """Return a source's stamp, None where it cannot be looked at."""
    try:
        return source.stamp()
    except OSError:
        return None
