"""geomap shows who holds which territory on which day, and who says so."""

from geomap.api import Dataset, open

__all__ = ["Dataset", "__version__", "open"]
__version__ = "0.1.0"
