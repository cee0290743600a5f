"""Following: a worker loads what the server publishes (see `geomap.web.reloading`)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from geomap.core.dataset import Dataset
from geomap.web.site import Site
from geomap.web.snapshots import Snapshots, State

_log = logging.getLogger("geomap")


class Follower:
    """Has a worker's site serve what is published."""

    def __init__(self, site: Site, snapshots: Snapshots, served: State) -> None:
        self._site = site
        self._snapshots = snapshots
        self._served = {**served.snapshots}
        self._trouble = ""

    def look(self) -> None:
        """Load what has been published since the last look.

        Whatever goes wrong, as for want of memory or of file descriptors, the site goes on with
        what it has, and the next look tries again.
        """
        try:
            state = self._snapshots.state()
            for id, name in state.snapshots.items():
                if name != self._served.get(id):
                    self._site.replace(self._snapshots.open(name))
                    self._served[id] = name
            self._site.faults = state.faults
        except FileNotFoundError:  # replaced in this very moment: the next look takes the newer one
            return
        except Exception as error:
            self._log_once(f"{type(error).__name__}: {error}")
        else:
            self._trouble = ""

    def _log_once(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            _log.error(
                "a worker cannot load an edit yet, and will try again: %s",
                trouble,
                extra={"event": "edit-not-loaded"},
            )


class Repeater:
    """Calls a function again and again in a thread, `seconds` apart, until it is stopped."""

    def __init__(self, name: str, call: Callable[[], None], seconds: float) -> None:
        self._call = call
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and wait until it has ended."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                self._call()
            except Exception:  # one failure must not be the last look
                _log.exception(
                    "%s failed; trying again",
                    self._thread.name,
                    extra={"event": "watch-failed"},
                )


def open_published(snapshots: Snapshots) -> tuple[list[Dataset], State]:
    """Return the datasets that are published, and the state that they are from."""
    while True:
        state = snapshots.state()
        try:
            return [snapshots.open(name) for name in state.snapshots.values()], state
        except FileNotFoundError:  # replaced in this very moment
            continue
