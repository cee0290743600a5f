"""Where in the text of a file a fault is: its line and column, as editors and GitHub count them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache

import yaml

from geomap.check.ledger import ACTORS, CLAIMS, REPORTS, SOURCES
from geomap.check.lines import BrokenLine, Unreadable, decoded, numbered_lines, separator_of
from geomap.check.names import META
from geomap.errors import Fault

Place = tuple[int | None, int | None]
"""Line and column, both from 1; None where there is no one such place."""

_COLUMNS = {
    table.file: [column.name for column in table.columns if column.required]
    for table in (ACTORS, SOURCES, CLAIMS, REPORTS)
}


class Places:
    """The places of faults in the files (name to content) in which they are."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._table = cache(self._read_table)
        self._nodes = cache(self._read_nodes)

    def of(self, fault: Fault) -> Place:
        """Return where a fault is."""
        if fault.file in _COLUMNS:
            return self._in_table(fault)
        if fault.file == META:
            return self._in_meta(fault)
        if fault.column and fault.file in self._files:
            return self._in_features(fault)
        return None, None

    def _in_table(self, fault: Fault) -> Place:
        header, rows = self._table(fault.file)
        if fault.row is None or fault.row not in rows:
            return fault.row, None
        line, text, separator = rows[fault.row]
        if fault.column not in header:
            return line, None
        return line, _start_of_cell(text, separator, header.index(fault.column))

    def _read_table(self, file: str) -> tuple[list[str], dict[int, tuple[int, str, str]]]:
        """Return a table's header, and by row its first line's number and text, and the separator."""
        content = self._files.get(file)
        try:
            text = decoded(content)
            numbered = list(numbered_lines(content, _COLUMNS[file]))
        except Unreadable:
            return [], {}
        lines = text.splitlines()
        separator = separator_of(lines[numbered[0][0] - 1], _COLUMNS[file]) if numbered else ","
        first = numbered[0][1] if numbered else []
        header = [] if isinstance(first, BrokenLine) else [cell.strip() for cell in first]
        rows = {
            row: (number, lines[number - 1], separator)
            for row, (number, _) in enumerate(numbered, start=1)
            if number <= len(lines)
        }
        return header, rows

    def _in_meta(self, fault: Fault) -> Place:
        if fault.row is not None:
            return fault.row, None
        place = fault.column or ""
        nodes = self._nodes()
        while place and place not in nodes:  # a key that is missing: where its group is
            place = place.rpartition(".")[0]
        return nodes.get(place, (None, None))

    def _read_nodes(self) -> dict[str, Place]:
        """Return where each key of dataset.yaml stands, by its path such as `view.bounds`."""
        try:
            root = yaml.compose(decoded(self._files.get(META)), Loader=yaml.SafeLoader)
        except (yaml.YAMLError, Unreadable, RecursionError):
            return {}
        nodes: dict[str, Place] = {}
        waiting: list[tuple[str, yaml.Node | None]] = [("", root)]
        while waiting:
            path, node = waiting.pop()
            if isinstance(node, yaml.MappingNode):
                children = [(key.value, key, value) for key, value in node.value]
            elif isinstance(node, yaml.SequenceNode):
                children = [(str(n), item, item) for n, item in enumerate(node.value)]
            else:
                continue
            for name, at, value in children:
                inner = f"{path}.{name}".strip(".")
                nodes[inner] = at.start_mark.line + 1, at.start_mark.column + 1
                waiting.append((inner, value))
        return nodes

    def _in_features(self, fault: Fault) -> Place:
        """Return where a property stands first in a GeoJSON file; most hold one feature."""
        try:
            text = decoded(self._files[fault.file])
        except Unreadable:
            return None, None
        key = re.escape(json.dumps(fault.column, ensure_ascii=False))
        match = re.search(rf"{key}\s*:", text)
        if not match:
            return 1, None
        line = text.count("\n", 0, match.start()) + 1
        return line, match.start() - text.rfind("\n", 0, match.start())


def _start_of_cell(line: str, separator: str, number: int) -> int | None:
    """Return the column at which a cell begins, None where a line end within a cell comes first."""
    cell = re.compile(rf'(?:"(?:[^"]|"")*"|[^"{separator}][^{separator}]*|){separator}')
    place = 0
    for _ in range(number):
        match = cell.match(line, place)
        if not match:
            return None
        place = match.end()
    return place + 1
