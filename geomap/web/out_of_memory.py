"""Which process ends when the machine has no memory left."""

from __future__ import annotations

import contextlib
from pathlib import Path


def end_before_others(points: int, process: int | None = None) -> None:
    """Have the system, when memory runs out, kill a process rather than one with fewer points.

    `process` is the id of one that this process has started; None is this one itself. Only Linux
    has that. 1000 points are as much as all memory.
    """
    with contextlib.suppress(OSError):
        Path(f"/proc/{process or 'self'}/oom_score_adj").write_text(str(points))
