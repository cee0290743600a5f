"""What an edit changes: on the map, in the ledger, and everywhere else, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from geomap import sources
from geomap.check.workbooks import table_of
from geomap.core.dataset import Dataset
from geomap.desk.changed_files import file_changes
from geomap.desk.changed_map import map_changes
from geomap.desk.changed_rows import ledger_changes
from geomap.desk.differences import Difference
from geomap.sources import Source
from geomap.wording import words_in

__all__ = ["Diff", "Difference", "diff"]


@dataclass(frozen=True)
class Diff:
    """The differences of two versions of a dataset.

    `without_effect` are the files that differ in nothing that a reader or an export would see, such
    as in the order of their rows.
    """

    differences: tuple[Difference, ...]
    without_effect: tuple[str, ...]
    last_line: str

    def lines(self) -> list[str]:
        """Return the differences as sentences, the last line about what has no effect."""
        return [*(each.text for each in self.differences), self.last_line]

    def document(self) -> dict[str, object]:
        """Return the differences as plain values, as for JSON."""
        return {
            "differences": [asdict(each) for each in self.differences],
            "without_effect": list(self.without_effect),
        }


def diff(old: Source, new: Source, lang: str = "en") -> Diff:
    """Return what changes from one version of a dataset to another, in sentences in a language.

    Raises CannotRead, and DatasetError where one of them is not sound.
    """
    before, old_files = _opened(old)
    after, new_files = _opened(new)
    words = words_in(lang)
    kinds = (map_changes, ledger_changes, file_changes)
    differences = tuple(each for kind in kinds for each in kind(before, after, words))
    seen = {each.file for each in differences}
    rest = tuple(
        sorted(name for name in _unlike(old_files, new_files) if table_of(name) not in seen)
    )
    if rest:
        last = words.say(
            "Without effect on what readers see: {files}.", files=words.listing(list(rest))
        )
    elif differences:
        last = words.say("Nothing else has changed.")
    else:
        last = words.say("Nothing has changed.")
    return Diff(differences, rest, last)


def _opened(source: Source) -> tuple[Dataset, dict[str, bytes]]:
    files, unread = source.read()
    return sources.from_files(source.name, files, unread), files


def _unlike(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> set[str]:
    return {name for name in {*old, *new} if old.get(name) != new.get(name)}
