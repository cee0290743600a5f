"""What commands say, for their tests."""

from __future__ import annotations

from click.testing import Result


def failed(result: Result) -> str:
    """Return the one message of a command that failed as it should."""
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr
    return result.stderr.removeprefix("Error: ").strip()
