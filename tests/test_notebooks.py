"""The notebooks run from a clean kernel, and print what they were committed with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import needs
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
NETWORK = "build_regions"
# Folders of a machine, and hosts other than those that sources and licences name.
PLACES = re.compile(r"(?<![\w.:/])/(home|root|tmp|work|usr|var|opt|Users)/|localhost|127\.0\.0\.1")


def read(name: str) -> Any:
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts(cell: Any) -> str:
    """What a cell printed and showed as plain text, without the addresses of objects."""
    parts = [
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for output in cell.outputs
    ]
    return re.sub(" at 0x[0-9a-f]+", "", "".join(parts)).strip()


def run(name: str) -> None:
    notebook = read(name)
    shown = [texts(cell) for cell in code_cells(notebook)]
    resources = {"metadata": {"path": str(NOTEBOOKS)}}
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources)
    client.execute()
    assert [texts(cell) for cell in code_cells(notebook)] == shown


@pytest.mark.parametrize("name", NAMES)
def test_committed_with_outputs(name: str) -> None:
    notebook = read(name)
    nbformat.validate(notebook)
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert "error" not in kinds
    assert not [o for cell in cells for o in cell.outputs if o.get("name") == "stderr"]
    assert any("image/png" in o.get("data", {}) for cell in cells for o in cell.outputs)


@pytest.mark.parametrize("name", NAMES)
def test_name_no_machine(name: str) -> None:
    for cell in code_cells(read(name)):
        for output in cell.outputs:
            shown = [output.get("text", ""), *map(str, output.get("data", {}).values())]
            # A picture's letters mean nothing, and base64 has slashes.
            pictures = output.get("data", {}).get("image/png", "")
            places = [PLACES.search(text) for text in shown if text != pictures]
            assert not any(places), places


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("name", [name for name in NAMES if name != NETWORK])
def test_run(name: str) -> None:
    run(name)


@pytest.mark.long  # what it derives is derived in tests/test_boundaries.py too
@pytest.mark.network
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
def test_run_the_derivation() -> None:
    """GEOMAP_BOUNDARY_INPUTS may name a folder that keeps the fetched packages."""
    try:
        run(NETWORK)
    except CellExecutionError as error:
        if "FetchError" in str(error):
            needs.missing("what the boundaries are derived from", "it is fetched over the network")
        raise
