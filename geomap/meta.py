"""What dataset.yaml says: its keys, what each takes, and the sentence for a wrong one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

import yaml
from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from geomap.bundle import META
from geomap.dates import parse_day
from geomap.errors import Fault, quoted
from geomap.fields import identifier, link, visible

MAX_ID = 60
MAX_YEARS = 200
MAX_ZOOM = 22
YEARS = (100, 2999)
"""The years that a period may touch: browsers misread those below 100, and days have an end at 9999."""
RESERVED_IDS = frozenset(
    (
        *("embed.js", "favicon.ico", "healthz", "index.html", "oembed", "ogc", "openapi.json"),
        *("robots.txt", "schema", "sitemap.xml", "static"),
    )
)
"""What the site's own addresses begin with: a dataset of that name could not be reached."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?")


def _plain(value: Any) -> str:
    if value is None:
        raise ValueError("has no value; write one or remove the key")
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return visible(value.strip())


def _text(value: Any) -> str:
    if not (text := _plain(value)):
        raise ValueError("is empty; write a text")
    return text


def _day(value: Any) -> date:
    return value if isinstance(value, date) else parse_day(_plain(value))


def _id(value: Any) -> str:
    text = identifier(_plain(value))
    if text in RESERVED_IDS:
        raise ValueError(f"{quoted(text)} is an address of the site's own; choose another id")
    if len(text) > MAX_ID:
        raise ValueError(f"is {len(text)} characters long; use at most {MAX_ID}")
    return text


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(_plain(value)).key
    except (KeyError, ValueError, OSError):  # no such zone, no name of one, a folder of them
        raise ValueError(
            f"{quoted(str(value))} is no time zone; write it as Asia/Baku or UTC"
        ) from None


def _language(value: Any) -> str:
    code = _plain(value)
    try:
        known = _LANGUAGE.fullmatch(code) and Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        known = None
    if not known:
        raise ValueError(
            f"{quoted(code)} is no language; write its code, such as en, az or sr-Latn"
        )
    return code


def _languages(codes: tuple[str, ...]) -> tuple[str, ...]:
    if not codes:
        raise ValueError("is empty; name at least one language, such as [en]")
    if len(set(codes)) < len(codes):
        raise ValueError("names a language twice")
    return codes


def _texts(value: Any) -> dict[str, str]:
    """A text is written plainly, or once a language: {en: …, az: …}."""
    if isinstance(value, str):
        return {"": _text(value)}
    if not isinstance(value, dict) or not value:
        raise ValueError("must be a text, or one for each language as {en: …, az: …}")
    for code, text in value.items():
        if code and not text:
            raise ValueError(f"has no text for {quoted(code)}; write one or remove the language")
    return {_language(code) if code else "": _text(text) for code, text in value.items()}


def _optional_texts(value: Any) -> dict[str, str]:
    return _texts(value) if value else {}


Day = Annotated[date, BeforeValidator(_day)]
Text = Annotated[str, BeforeValidator(_text)]
Plain = Annotated[str, BeforeValidator(_plain)]
Texts = Annotated[dict[str, str], BeforeValidator(_texts)]
OptionalTexts = Annotated[dict[str, str], BeforeValidator(_optional_texts)]
Language = Annotated[str, BeforeValidator(_language)]


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
    source: Text
    locator: OptionalTexts = Field(default_factory=dict)


class Licence(_Part):
    """Under which terms the dataset may be used."""

    name: Text
    url: Annotated[Plain, AfterValidator(link)] = ""


class View(_Part):
    """What the map shows first, in degrees (west, south, east, north), and its zoom limits."""

    bounds: tuple[float, float, float, float]
    min_zoom: float = 6
    max_zoom: float = 11


class Meta(_Part):
    """What dataset.yaml says. Texts are by language, those written without one under ""."""

    id: Annotated[str, BeforeValidator(_id)]
    title: Texts
    summary: OptionalTexts = Field(default_factory=dict)
    period: Period
    date: Day
    timezone: Annotated[str, BeforeValidator(_zone)] = "UTC"
    languages: Annotated[tuple[Language, ...], AfterValidator(_languages)] = ("en",)
    licence: Licence
    attribution: Texts
    limits: OptionalTexts = Field(default_factory=dict)
    view: View | None = None
    milestones: tuple[Milestone, ...] = ()


class _Loader(yaml.SafeLoader):
    """YAML whose values stay as they are written: a day that does not exist is a fault of its key,
    and the language `no` is no `false`. A key that stands twice is refused, and so is a tag such as
    `!!timestamp`, which would have a value read in another way.
    """

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag.rpartition(":")[2] not in ("str", "null", "seq", "map"):
            problem = f"the tag {quoted(node.tag)} is not taken; write the value without it"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return super().construct_object(node, deep)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                problem = f"the key {quoted(key.value)} stands twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(str(key.value))
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag == "tag:yaml.org,2002:null"]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_meta(files: dict[str, bytes]) -> tuple[Meta | None, list[Fault]]:
    """Return what dataset.yaml in `files` (name to content) says, None if unreadable, and faults."""
    if META not in files:
        return None, [Fault(META, None, None, "is missing; `geomap new DIR` writes one to copy")]
    try:
        document = yaml.load(_text_of(files[META]), Loader=_Loader)  # a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError, MemoryError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None)
        message = f"is not valid YAML: {problem}" if problem else "is not valid YAML"
        return None, [Fault(META, mark.line + 1 if mark else None, None, message)]
    if not isinstance(document, dict):
        return None, [Fault(META, None, None, "must hold `key: value` lines")]
    try:
        meta = Meta.model_validate(document)
    except ValidationError as error:
        return None, [
            Fault(META, None, ".".join(map(str, e["loc"])), _message(e["type"], e["msg"], e["loc"]))
            for e in error.errors()
        ]
    return meta, list(_check(meta))


def _text_of(content: bytes) -> str:
    """Return a file's text. Raises YAMLError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise yaml.MarkedYAMLError(problem="it is not UTF-8; save it as UTF-8") from None


_MESSAGES = {
    "missing": "is missing",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "tuple_type": "must be a list",
    "too_long": "has too many entries",
}


def _message(kind: str, message: str, place: tuple[int | str, ...]) -> str:
    if kind == "model_type":
        return f"must hold the keys {', '.join(_model_at(place).model_fields)}"
    if kind != "extra_forbidden":
        return _MESSAGES.get(kind) or message.removeprefix("Value error, ")
    known = _model_at(place[:-1]).model_fields
    near = difflib.get_close_matches(str(place[-1]), known, n=1)
    hint = f"is {near[0]!r} meant? " if near else ""
    return f"is not known here; {hint}known: {', '.join(known)}"


def _model_at(place: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the model of the keys at a place such as ("milestones", 0)."""
    model: type[BaseModel] = Meta
    for name in place:
        if isinstance(name, str):
            kind = model.model_fields[name].annotation
            kinds = (kind, *get_args(kind))
            model = next(k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel))
    return model


def _check(meta: Meta) -> Iterator[Fault]:
    start, end = meta.period.start, meta.period.end
    if start > end:
        yield Fault(META, None, "period", f"ends ({end}) before it starts ({start})")
    elif start.year < YEARS[0] or end.year > YEARS[1]:
        message = f"goes from {start} to {end}; use days of the years {YEARS[0]} to {YEARS[1]}"
        yield Fault(META, None, "period", message)
    elif end.year - start.year > MAX_YEARS:
        message = f"is {end.year - start.year} years long; a map shows at most {MAX_YEARS}"
        yield Fault(META, None, "period", message)
    else:
        days = {"date": meta.date}
        days |= {f"milestones.{n}.date": m.date for n, m in enumerate(meta.milestones)}
        for column, day in days.items():
            if not start <= day <= end:
                message = f"{day} lies outside the period {start} to {end}"
                yield Fault(META, None, column, message)
    if meta.view:
        yield from _check_view(meta.view)


def _check_view(view: View) -> Iterator[Fault]:
    west, south, east, north = view.bounds
    # NaN, which YAML can write, is in no order with anything.
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        message = "must be west, south, east, north in degrees, in that order"
        yield Fault(META, None, "view.bounds", message)
    for column in ("min_zoom", "max_zoom"):
        if not 0 <= (zoom := getattr(view, column)) <= MAX_ZOOM:
            message = f"is {zoom:g}; a zoom is a number from 0 to {MAX_ZOOM}"
            yield Fault(META, None, f"view.{column}", message)
    if view.min_zoom > view.max_zoom:
        message = f"{view.min_zoom:g} is more than max_zoom, {view.max_zoom:g}"
        yield Fault(META, None, "view.min_zoom", message)
