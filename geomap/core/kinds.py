"""Kinds of claim: what each one means, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from geomap.core.claims import Kind

DateForm = Literal["since", "by", "when"]


@dataclass(frozen=True)
class ClaimKind:
    """What a kind of claim means.

    `transfers`: its actor holds the region once it has happened. `ends_control`: it takes the
    region from the one who controlled it until then. `asserts`: its actor's government claims the
    region, whoever holds it; `gives_up`: it no longer does. `date_form`: how its date is worded,
    "since" 1994, "by" 1 December or "when" it happened. `needs_date`: a claim of this kind must
    have a date. `takes_since`: it may say from which day it is in force. `takes_part`: it may be
    about a part of the region.
    """

    name: Kind
    transfers: bool = False
    ends_control: bool = False
    asserts: bool = False
    gives_up: bool = False
    date_form: DateForm = "when"
    needs_date: bool = True
    takes_since: bool = False
    takes_part: bool = False


CONTROL = ClaimKind("control", transfers=True, date_form="since", takes_part=True)
DUE = ClaimKind("due", date_form="by", needs_date=False, takes_since=True, takes_part=True)
HANDOVER = ClaimKind("handover", transfers=True, ends_control=True, takes_part=True)
CLAIMED = ClaimKind("claimed", asserts=True, date_form="since")
RENOUNCED = ClaimKind("renounced", gives_up=True)
CLAIM_KINDS: Mapping[str, ClaimKind] = MappingProxyType(
    {kind.name: kind for kind in (CONTROL, DUE, HANDOVER, CLAIMED, RENOUNCED)}
)
