"""A new dataset from a boundary file: `geomap new --regions`.

`make` does it. The file is read by a process of its own (`reading`, `gdal_process`), its columns
become ids and names (`naming`), its outlines a clean coverage in degrees (`outlines`), and the
ground around them comes from the world that ships with geomap (`world`, `ground`).
"""
