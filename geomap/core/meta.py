"""What dataset.yaml says, as values."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from geomap.core.dates import parse_day
from geomap.core.fields import identifier, link, visible
from geomap.errors import quoted

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
