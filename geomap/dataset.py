"""One dataset as a frozen value: opened from a folder or a zip of one, checked as a whole.

Whatever a dataset was opened from, its files become one mapping of name to bytes, and everything
downstream sees the same `Dataset`.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from geomap.dates import parse_day
from geomap.errors import DatasetError, Fault, NotFound
from geomap.ledger import Id, Ledger, read_ledger
from geomap.regions import read_context, read_regions

META = "dataset.yaml"
TABLES = ("actors.csv", "sources.csv", "claims.csv")
FOLDERS = ("regions/", "context/")
MAX_FILE_BYTES = 256 * 2**20
MAX_TOTAL_BYTES = 1024 * 2**20
_BROKEN_ZIP = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError),  # a compression of its own, or a password
)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else parse_day(str(value))


def _texts(value: Any) -> Any:
    """A text is written plainly, or once a language: {en: …, az: …}."""
    return {"": value} if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_day)]
Texts = Annotated[dict[str, str], BeforeValidator(_texts)]


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(str(value)).key
    except (KeyError, ValueError, OSError):  # no such zone, no name of one, a folder of them
        raise ValueError(f"{value!r} is no time zone; write it as Asia/Baku or UTC") from None


class _Loader(yaml.SafeLoader):
    """YAML whose dates stay text, so that an impossible one is a fault of its key."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag != "tag:yaml.org,2002:timestamp"]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Period(_Part):
    """The days that a dataset speaks about, both included."""

    start: Day
    end: Day


class Milestone(_Part):
    """A day worth a tick on the slider that is no event of a region, with who says so."""

    date: Day
    label: Texts
    source: str
    locator: str = ""


class Licence(_Part):
    """Under which terms the dataset may be used."""

    name: str
    url: str = ""


class View(_Part):
    """What the map shows first, in degrees (west, south, east, north), and its zoom limits."""

    bounds: tuple[float, float, float, float]
    min_zoom: float = 6
    max_zoom: float = 11


class Meta(_Part):
    """What dataset.yaml says."""

    id: Id
    title: Texts
    summary: Texts = {}
    period: Period
    date: Day
    timezone: Annotated[str, BeforeValidator(_zone)] = "UTC"
    languages: tuple[str, ...] = ("en",)
    licence: Licence
    attribution: Texts
    limits: Texts = {}
    view: View | None = None
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, eq=False)
class Dataset:
    """One dataset: what dataset.yaml says, the ledger, and regions and context in EPSG:4326.

    `version` is a hash of every byte that it was read from; two datasets of one version are equal.
    """

    meta: Meta
    ledger: Ledger
    regions: gpd.GeoDataFrame
    context: gpd.GeoDataFrame
    version: str
    claims_csv: bytes

    @property
    def id(self) -> str:
        """The dataset's name in addresses."""
        return self.meta.id

    @property
    def period(self) -> Period:
        """The days that the dataset speaks about."""
        return self.meta.period

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """What the map shows first: west, south, east, north in degrees."""
        if self.meta.view:
            return self.meta.view.bounds
        west, south, east, north = self.regions.total_bounds
        x, y = (east - west) * 0.15 + 1e-3, (north - south) * 0.15 + 1e-3
        return float(west - x), float(south - y), float(east + x), float(north + y)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dataset) and other.version == self.version

    def __hash__(self) -> int:
        return hash(self.version)


def text_in(texts: dict[str, str], language: str) -> str:
    """Return a text in `language`, else in English, else as it was written."""
    for key in (language, "en", ""):
        if texts.get(key):
            return texts[key]
    return next(iter(texts.values()), "")


def builtin_path() -> Path:
    """Return the folder of the built-in dataset: inside the package, or beside it in a checkout."""
    here = Path(__file__).parent
    return next(p for p in (here / "data", here.parent / "data") if (p / META).is_file())


def open(source: str | os.PathLike[str] | None = None) -> Dataset:
    """Return the dataset in a folder or a zip of one; without argument the built-in dataset.

    Raises NotFound where there is nothing of that name, DatasetError with every fault where the
    dataset is not sound.
    """
    name = str(source or "built-in dataset")
    dataset, faults = load(source)
    if dataset is None or faults:
        raise DatasetError(name, faults)
    return dataset


def check(source: str | os.PathLike[str] | None = None) -> list[Fault]:
    """Return every fault of a dataset, ordered by file and row; an empty list if it is sound."""
    return load(source)[1]


def load(source: str | os.PathLike[str] | None = None) -> tuple[Dataset | None, list[Fault]]:
    """Return the dataset as far as it can be read, and its faults. Raises NotFound."""
    path = Path(source) if source is not None else builtin_path()
    if path.is_dir():
        files, faults = _read_folder(path)
    elif path.is_file():
        files, faults = _read_zip(path)
    else:
        raise NotFound(f"there is no dataset folder or .zip file {str(source)!r}")
    if faults:
        return None, faults
    return _build(files)


def _build(files: dict[str, bytes]) -> tuple[Dataset | None, list[Fault]]:
    """Return the dataset that `files` (name to content) hold, if it can be built, and its faults."""
    meta, faults = _read_meta(files)
    regions, wrong = read_regions(files)
    faults += wrong
    context, wrong = read_context(files)
    faults += wrong
    # A region whose file is broken is still a region that claims may name.
    broken = {Path(fault.file).stem for fault in faults if fault.file.startswith("regions/")}
    ledger, wrong = read_ledger(files, broken | set(regions["id"]))
    faults += wrong
    if meta is not None:
        faults += _check_whole(meta, ledger, regions)
    order = {name: place for place, name in enumerate((META, *TABLES))}
    faults.sort(key=lambda f: (order.get(f.file, 9), f.file, f.row or 0))
    if meta is None or not len(regions):
        return None, faults
    version = _version(files)
    dataset = Dataset(meta, ledger, regions, context, version, files.get("claims.csv", b""))
    return dataset, faults


def _version(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return digest.hexdigest()[:16]


def _read_meta(files: dict[str, bytes]) -> tuple[Meta | None, list[Fault]]:
    if META not in files:
        return None, [Fault(META, None, None, "is missing; `geomap new DIR` writes one to copy")]
    try:
        document = yaml.load(files[META], Loader=_Loader)  # a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        return None, [Fault(META, mark.line + 1 if mark else None, None, "is not valid YAML")]
    if not isinstance(document, dict):
        return None, [Fault(META, None, None, "must hold `key: value` lines")]
    try:
        meta = Meta.model_validate(document)
    except ValidationError as error:
        return None, [
            Fault(META, None, ".".join(map(str, e["loc"])), _meta_message(e["type"], e["msg"]))
            for e in error.errors()
        ]
    return meta, list(_check_meta(meta))


def _meta_message(kind: str, message: str) -> str:
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return f"is not known here; known: {', '.join(Meta.model_fields)}"
    return message.removeprefix("Value error, ")


def _check_meta(meta: Meta) -> Iterator[Fault]:
    start, end = meta.period.start, meta.period.end
    if start > end:
        yield Fault(META, None, "period", f"ends ({end}) before it starts ({start})")
    elif not start <= meta.date <= end:
        message = f"{meta.date} lies outside the period {start} to {end}"
        yield Fault(META, None, "date", message)
    if meta.view:
        west, south, east, north = meta.view.bounds
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            message = "must be west, south, east, north in degrees, in that order"
            yield Fault(META, None, "view.bounds", message)


def _check_whole(meta: Meta, ledger: Ledger, regions: gpd.GeoDataFrame) -> list[Fault]:
    """Return the faults that show only between dataset.yaml, the ledger and the regions."""
    faults = []
    if ledger.sources:
        for number, milestone in enumerate(meta.milestones):
            if milestone.source not in ledger.sources:
                message = f"there is no source {milestone.source!r}"
                faults.append(Fault(META, None, f"milestones.{number}.source", message))
        for region in regions.itertuples():
            file = f"regions/{region.id}.geojson"
            if region.lies_within and region.lies_within_source not in ledger.sources:
                message = f"there is no source {region.lies_within_source!r}; say who says so"
                faults.append(Fault(file, None, "lies_within:source", message))
            if ledger.actors and region.lies_within and region.lies_within not in ledger.actors:
                message = f"there is no actor {region.lies_within!r}"
                faults.append(Fault(file, None, "lies_within", message))
    return faults


def _wanted(name: str) -> bool:
    return name in (META, *TABLES) or (
        name.startswith(FOLDERS) and name.count("/") == 1 and name.endswith(".geojson")
    )


def _too_large(name: str, limit: int) -> Fault:
    return Fault(name, None, None, f"is larger than {limit // 2**20} MB; simplify or split it")


def _read_folder(folder: Path) -> tuple[dict[str, bytes], list[Fault]]:
    paths = [folder / name for name in (META, *TABLES)]
    paths += [path for sub in FOLDERS for path in sorted((folder / sub).glob("*.geojson"))]
    files: dict[str, bytes] = {}
    faults, total = [], 0
    for path in paths:
        if not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        total += path.stat().st_size
        if path.stat().st_size > MAX_FILE_BYTES or total > MAX_TOTAL_BYTES:
            faults.append(_too_large(name, MAX_FILE_BYTES))
            continue
        files[name] = path.read_bytes()
    return files, faults


def _read_zip(path: Path) -> tuple[dict[str, bytes], list[Fault]]:
    """Return the wanted members of a zip; nothing is unpacked to disk, sizes are bounded."""
    files: dict[str, bytes] = {}
    faults, total = [], 0
    try:
        with zipfile.ZipFile(path) as archive:
            prefix = _zip_prefix(archive.namelist())
            for info in archive.infolist():
                name = info.filename.removeprefix(prefix)
                if not _wanted(name):
                    continue
                # The size in the directory may lie, so no more than the limit is ever read.
                with archive.open(info) as member:
                    content = member.read(min(MAX_FILE_BYTES, MAX_TOTAL_BYTES - total) + 1)
                total += len(content)
                if len(content) > MAX_FILE_BYTES or total > MAX_TOTAL_BYTES:
                    faults.append(_too_large(name, MAX_FILE_BYTES))
                    break
                files[name] = content
    except _BROKEN_ZIP as error:
        message = f"is not a dataset folder nor a zip of one: {error}"
        faults.append(Fault(path.name, None, None, message))
    return files, faults


def _zip_prefix(names: list[str]) -> str:
    """The folder inside a zip that holds dataset.yaml, as zips of a folder have."""
    found = sorted((name for name in names if Path(name).name == META), key=len)
    return found[0].removesuffix(META) if found else ""
