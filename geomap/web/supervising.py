"""The server that starts workers, and starts another where one has ended by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from granian import Granian

_SECONDS_OF_A_START = 5.5
"""A worker that ends within so many has not got going. It is granian's own limit."""
_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Seconds before another worker starts, by how many in a row have ended at their start."""


class Server(Granian):  # type: ignore[misc] # it has no types
    """granian, which goes on when a worker is killed again and again.

    granian itself ends, with all workers, when one worker ends twice within a few seconds, as it
    does where memory is short. This one pauses a little longer each time, and lets granian end only
    where several in a row have not got going and no other worker answers.
    """

    workers_kill_timeout: int
    _failed_starts = 0

    def _respawn_workers(
        self,
        workers: Sequence[int],
        spawn_target: Callable[..., None],
        target_loader: Callable[..., Any],
        delay: float = 0,
    ) -> None:
        """Start others in place of these workers, which have ended or are to end after `delay`."""
        ended = [self.wrks[place] for place in workers if not self.wrks[place].is_alive()]
        if ended:
            got_going = all(self._got_going(worker) for worker in ended)
            self._failed_starts = 0 if got_going else self._failed_starts + 1
            self._pause(_PAUSES[min(self._failed_starts, len(_PAUSES) - 1)])
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        others_answer = any(one.is_alive() and self._got_going(one) for one in self.wrks)
        # When workers were started: granian ends if one of them ends within seconds of that.
        self.respawned_wrks.clear()
        if self._failed_starts >= len(_PAUSES) and not others_answer:
            self.respawned_wrks.update(dict.fromkeys(range(self.workers), time.monotonic()))
        self._repeat_lost_calls()

    def _stop_workers(self) -> None:
        """Stop all; say of none that it refused to stop while its end is just being heard of.

        granian waits for a worker in two threads, of which one may be told that it still runs.
        """
        for worker in self.wrks:
            worker.terminate()
        end = time.monotonic() + self.workers_kill_timeout
        while time.monotonic() < end and any(worker.is_alive() for worker in self.wrks):
            time.sleep(0.01)
        self.workers_kill_timeout = 1  # those that still run have had their time
        super()._stop_workers()

    @staticmethod
    def _got_going(worker: Any) -> bool:
        return bool(time.monotonic() - worker.birth > _SECONDS_OF_A_START)

    def _pause(self, seconds: float) -> None:
        """Wait, but no longer than until the server is told to stop."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.interrupt_signal:
            time.sleep(0.05)

    def _repeat_lost_calls(self) -> None:
        """Wake the main loop for what happened while it was clearing its lists.

        It would never hear of a worker that ended in that moment, nor of a signal.
        """
        for worker in self.wrks:
            if not worker.is_alive() and worker.idx not in self.interrupt_children:
                self.interrupt_children.append(worker.idx)
        if self.interrupt_children or self.interrupt_signal or self.reload_signal:
            self.main_loop_interrupt.set()
