"""Which process ends when the machine has no memory left."""

from __future__ import annotations

import contextlib
from pathlib import Path


def end_before_others(points: int) -> None:
    """Have the system, when memory runs out, kill this process rather than one with fewer points.

    Only Linux has that. 1000 points are as much as all memory.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(points))
