"""Datasets in PostGIS: published as revisions, read and followed by any number of instances."""
