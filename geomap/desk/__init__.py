"""For the desk that edits a dataset: what may be wrong with it, and what an edit changes."""

from geomap.desk.checking import Checked, check
from geomap.desk.diff import Difference, diff

__all__ = ["Checked", "Difference", "check", "diff"]
