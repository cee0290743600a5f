"""The address of a dataset in PostGIS: an address of libpq with two parameters more."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from geomap.check.values import identifier
from geomap.errors import BadSetting, MissingExtra

_SCHEMES = ("postgresql://", "postgres://")
_DEFAULTS = {
    "connect_timeout": "5",  # seconds for each host
    "tcp_user_timeout": "15000",  # milliseconds until unanswered data ends a connection
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "fallback_application_name": "geomap",
}
_UNREADABLE = (
    "the address of the database cannot be read; write "
    "postgresql://USER@HOST:PORT/DATABASE?dataset=ID, with %40 for @, %3A for : and %2F for / in a "
    "name or password"
)


@dataclass(frozen=True)
class Address:
    """Where a dataset is: `conninfo` for libpq, with the password; the dataset's id if it is given.

    `revision` is the number of an older one, None for the last.
    """

    conninfo: str = field(repr=False)
    dataset: str | None = None
    revision: int | None = None

    def of(self, dataset: str) -> Address:
        """Return the address of another dataset in the same database."""
        return replace(self, dataset=dataset)


def is_database(address: str | os.PathLike[str] | None) -> bool:
    """Return whether an address is one of a database."""
    return isinstance(address, str) and address.startswith(_SCHEMES)


def parse_address(text: str) -> Address:
    """Return what an address means. Raises BadSetting, MissingExtra.

    It takes what libpq takes (https://www.postgresql.org/docs/current/libpq-connect.html), several
    hosts included, and the parameters `dataset` and `revision`. No message repeats any of it: a
    password that is not percent-encoded may stand in any part.
    """
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict, make_conninfo
    except ImportError:
        raise MissingExtra("a dataset in PostGIS", "postgis") from None
    base, _, query = text.partition("?")
    ours: dict[str, str] = {}
    theirs = []
    for parameter in query.split("&"):
        name, _, value = parameter.partition("=")
        if name in ("dataset", "revision"):
            ours[name] = unquote(value)
        elif parameter:
            theirs.append(parameter)
    hosts, _, database = base.partition("://")[2].partition("/")
    try:
        given = conninfo_to_dict(f"{base}?{'&'.join(theirs)}")
    except psycopg.Error:
        raise BadSetting("DATASET", _UNREADABLE) from None
    if hosts.count("@") > 1 or "@" in database:
        # Part of the password would be taken for the host or the database, and be shown.
        raise BadSetting("DATASET", _UNREADABLE)
    conninfo = make_conninfo("", **{**_DEFAULTS, **given})
    return Address(conninfo, _dataset(ours.get("dataset")), _revision(ours.get("revision")))


def _dataset(text: str | None) -> str | None:
    try:
        return text and identifier(text)
    except ValueError as error:
        raise BadSetting("dataset", str(error)) from None


def _revision(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 2**31):
        raise BadSetting("revision", "is not the number of a revision; give 1, 2 or a later one")
    return int(text)
