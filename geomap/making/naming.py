"""Columns of a boundary file to ids, names and further properties of regions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from anyascii import anyascii

from geomap.check.public_ids import PUBLIC_IDS, public_id
from geomap.check.regions import LANGUAGE_COLUMN
from geomap.check.values import is_language_tag, visible
from geomap.core.further import NAME, TAKEN
from geomap.errors import BadSetting, quoted
from geomap.making.listing import few

_NAME_COLUMNS = (
    *("name", "name_en", "nameen", "name:en", "shapename", "admin_name", "region_name"),
    *("district_name", "naam", "nom", "nombre", "nome", "navn", "namn", "nazwa", "title", "label"),
    *("region", "district", "province", "county", "municipality", "name_4", "name_3", "name_2"),
    *("name_1", "adm4_en", "adm3_en", "adm2_en", "adm1_en", "admin"),
)
"""What a column of names is often called, the likeliest first."""
_OWN = re.compile(r"id|name|alt_name|note|lies_within(:\w+)?|label_l(on|at)|note:.+|lies_within:.+")
"""Properties with a meaning of ours, which a stranger's column of that name does not share."""
_CODES = re.compile("(?i)id$|^id|code|iso|fips|date|time")
"""How columns are called that hold no names."""
_MAX_ID = 60


@dataclass(frozen=True)
class Columns:
    """Which columns of a file hold what: `id` is None where ids are made of the names."""

    name: str
    id: str | None
    by_language: Mapping[str, str]


@dataclass(frozen=True)
class Group:
    """The features, by their place in the file, that become one region, and its properties."""

    id: str
    features: tuple[int, ...]
    properties: dict[str, Any]


def choose_columns(
    columns: Mapping[str, list[Any]], id: str | None, name: str | None, languages: Mapping[str, str]
) -> tuple[Columns, list[str]]:
    """Return which columns hold ids and names, and sentences about what was guessed.

    Columns are found with capitals or without. Languages that the file names as OpenStreetMap does,
    in columns such as `name:az`, are taken too. Raises BadSetting where there is no such column.
    """
    notes = []
    options = {"--id": id, "--name": name} | {f"--name:{key}": v for key, v in languages.items()}
    given = {option: _find(columns, option, value) for option, value in options.items() if value}
    chosen = given.get("--name") or _guess(columns)
    if not given.get("--name"):
        notes.append(f"Names are taken from the column {quoted(chosen)}; another: --name COLUMN.")
    by_language = {
        column.removeprefix(LANGUAGE_COLUMN): column
        for column in columns
        if column.startswith(LANGUAGE_COLUMN)
        and is_language_tag(column.removeprefix(LANGUAGE_COLUMN))
        and column != chosen
    }
    for language in languages:
        if not is_language_tag(language):
            message = f"{quoted(language)} is not the code of a language; write az or sr-Latn"
            raise BadSetting(f"--name:{language}", message)
        by_language[language] = given[f"--name:{language}"]
    if "--id" not in given:
        notes.append("Ids are made of the names; from a column: --id COLUMN.")
    return Columns(chosen, given.get("--id"), by_language), notes


def _find(columns: Iterable[str], option: str, wanted: str) -> str:
    """Return a column's name as the file spells it."""
    names = [*columns]
    alike = [column for column in names if column.casefold() == wanted.casefold()]
    if wanted in names:
        return wanted
    if len(alike) == 1:
        return alike[0]
    there = ", ".join(names) if names else "none"
    raise BadSetting(option, f"there is no column {quoted(wanted)}; there are: {there}")


def _guess(columns: Mapping[str, list[Any]]) -> str:
    """Return the column that names are most likely in: by its own name, else by what it holds."""
    texts = {
        column: {value for value in values if isinstance(value, str) and value.strip()}
        for column, values in columns.items()
    }
    for wanted in _NAME_COLUMNS:
        for column, different in texts.items():
            if different and column.casefold() == wanted:
                return column
    texts = {c: different for c, different in texts.items() if not _CODES.search(c)}
    column = max(texts, key=lambda c: len(texts[c]), default="")
    if not column or not texts[column]:
        there = ", ".join(columns) if columns else "none"
        message = "no column looks like names; say which holds them. There are"
        raise BadSetting("--name", f"{message}: {there}")
    return column


def group(
    columns: Mapping[str, list[Any]], chosen: Columns, keep: Iterable[int]
) -> tuple[list[Group], list[str]]:
    """Return the regions: features with one id are one, in the order of the file; and sentences.

    `keep` are the places of the features that have an outline. Raises BadSetting where one has
    neither id nor name.
    """
    members: dict[str, list[int]] = {}
    for place in keep:
        key = _text(columns[chosen.id or chosen.name][place])
        if not key:
            option = "--id" if chosen.id else "--name"
            column = quoted(chosen.id or chosen.name)
            message = f"feature {place + 1} has no value in the column {column}"
            raise BadSetting(option, f"{message}; fill it in, or leave it out with --where")
        members.setdefault(key, []).append(place)
    renamed, further, notes = _further_columns(columns, chosen)
    ids = _ids(members)
    groups = []
    for key, places in members.items():
        name = next((t for p in places if (t := _text(columns[chosen.name][p]))), "")
        if not name:
            message = f"{quoted(key)} has no value in the column {quoted(chosen.name)}"
            raise BadSetting("--name", f"{message}; fill it in, or leave it out with --where")
        properties: dict[str, Any] = {"id": ids[key], "name": name}
        for language, column in chosen.by_language.items():
            if text := next((t for p in places if (t := _text(columns[column][p]))), ""):
                properties[f"{LANGUAGE_COLUMN}{language}"] = text
        for column in further:
            values = [columns[column][place] for place in places]
            value = values[0] if all(one == values[0] for one in values) else None
            value = _text(value) if isinstance(value, str) else value
            if value is not None and value != "":
                properties[renamed.get(column, column)] = value
        groups.append(Group(ids[key], tuple(places), properties))
    if joined := [f"{one.id} ({len(one.features)})" for one in groups if len(one.features) > 1]:
        remedy = "" if chosen.id else ". If they are different places, give --id COLUMN"
        what = "an id" if chosen.id else "a name"
        notes.append(f"Features that share {what} are one region: {few(joined)}{remedy}.")
    return groups, notes


def _further_columns(
    columns: Mapping[str, list[Any]], chosen: Columns
) -> tuple[dict[str, str], list[str], list[str]]:
    """Return new names of columns that need one, the columns that are passed on, and sentences."""
    used = {chosen.name, chosen.id, *chosen.by_language.values()}
    renamed: dict[str, str] = {}
    passed, taken, left = [], {"id", "name"}, []
    for column, values in columns.items():
        if column in used or all(value is None or value == "" for value in values):
            continue
        name = column
        if _is_ours(name, values) or name.casefold() in taken:
            name = f"file_{column}"
        if not NAME.fullmatch(name):
            name = re.sub(r"[^\w.:-]+", "_", name).strip("_")[:60]
        if not NAME.fullmatch(name) or name.casefold() in taken:
            left.append(column)
            continue
        taken.add(name.casefold())
        passed.append(column)
        if name != column:
            renamed[column] = name
    notes = [
        f"The column {quoted(column)} is passed on as {quoted(name)}, since its name has a meaning "
        "here."
        for column, name in renamed.items()
    ]
    if left:
        notes.append(f"Columns that cannot be passed on: {', '.join(left)}.")
    return renamed, passed, notes


def _is_ours(name: str, values: Iterable[Any]) -> bool:
    """Whether a column's name has a meaning here that its values have not."""
    if name in PUBLIC_IDS:
        try:
            for value in values:
                public_id(name)("" if value is None else str(value))
        except ValueError:
            return True
        return False
    return name.casefold() in TAKEN or bool(_OWN.fullmatch(name.casefold()))


def _text(value: Any) -> str:
    """Return a value as a text without control characters, a whole number without a fraction."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", str(value)).strip()
    try:
        return visible(text)
    except ValueError:
        kept = (c for c in text if not unicodedata.category(c).startswith("C"))
        return "".join(kept).strip()


def _ids(keys: Iterable[str]) -> dict[str, str]:
    """Return an id for each key: readable where its letters allow, and no two alike."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for key in keys:
        stem = slug(key) or "region"
        number, one = 1, stem
        while one in taken or (one == "region" and number == 1):
            one, number = f"{stem}-{number if stem == 'region' else number + 1}", number + 1
        taken.add(one)
        ids[key] = one
    return ids


def slug(text: str) -> str:
    """Return a text as an id: lower-case Latin letters, digits and hyphens; "" if nothing is left.

    Other scripts are transliterated letter by letter, which is readable but no spelling of record.
    """
    plain = re.sub("['`\u2019]", "", anyascii(text).lower())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MAX_ID].strip("-")
