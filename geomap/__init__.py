"""geomap shows who holds which territory on which day, and who says so."""

from geomap.api import Dataset, open
from geomap.version import __version__

__all__ = ["Dataset", "__version__", "open"]
