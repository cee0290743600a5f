"""The names of a dataset's files."""

META = "dataset.yaml"
TABLES = ("actors.csv", "sources.csv", "claims.csv")
FOLDERS = ("regions/", "context/")
