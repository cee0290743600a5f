"""All that `geomap check` has to say of a dataset."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from geomap import sources
from geomap.check.workbooks import with_workbooks
from geomap.core.dataset import Dataset
from geomap.desk.doubts import doubts
from geomap.desk.published import changed_rows
from geomap.errors import Fault

Address = str | os.PathLike[str]


@dataclass(frozen=True)
class Checked:
    """A dataset as far as it can be read, its faults and doubts in order, and its files."""

    dataset: Dataset | None
    faults: list[Fault]
    files: dict[str, bytes] = field(repr=False)

    @property
    def sound(self) -> bool:
        """Whether the dataset can be served; doubts do not count."""
        return self.dataset is not None and all(fault.doubt for fault in self.faults)


def check(address: Address | None = None, against: Address | None = None) -> Checked:
    """Return what is wrong, or may be, with the dataset at an address.

    `against` is an older version of it: published rows that it has, and that were deleted or
    changed since, are faults. Raises NotFound, CannotRead, and DatasetError where `against` is not
    sound.
    """
    files, unread = sources.find(address).read()
    dataset, faults = sources.inspect(files, unread)
    # Where something is wrong, a doubt about the rest would most often be the same mistake.
    if dataset is not None and all(fault.doubt for fault in faults):
        more = doubts(dataset)
        if against is not None:
            more += changed_rows(sources.open(against), dataset)
        faults = [*faults, *with_workbooks(more, files)]
    return Checked(dataset, sources.in_order(faults), files)
