"""A new dataset from a boundary file: `geomap new --regions`.

The file is read by a process of its own (`gdal_process`), its columns become ids and names
(`naming`), its outlines a clean coverage in degrees (`outlines`), and the ground around them comes
from the world that ships with geomap (`world`, `ground`).
"""

from geomap.making.make import Choices, Made, make_dataset

__all__ = ["Choices", "Made", "make_dataset"]
