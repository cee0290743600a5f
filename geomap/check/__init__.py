"""Reading and validating: tables, YAML and GeoJSON to values, faults to sentences."""
