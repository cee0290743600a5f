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
    region from the one who controlled it until then. `date_form`: how its date is worded, "since"
    1994, "by" 1 December or "when" it happened. `needs_date`: a claim of this kind must have a
    date. `takes_since`: it may say from which day it is in force.
    """

    name: Kind
    transfers: bool
    ends_control: bool
    date_form: DateForm
    needs_date: bool
    takes_since: bool


CONTROL = ClaimKind(
    "control",
    transfers=True,
    ends_control=False,
    date_form="since",
    needs_date=True,
    takes_since=False,
)
DUE = ClaimKind(
    "due",
    transfers=False,
    ends_control=False,
    date_form="by",
    needs_date=False,
    takes_since=True,
)
HANDOVER = ClaimKind(
    "handover",
    transfers=True,
    ends_control=True,
    date_form="when",
    needs_date=True,
    takes_since=False,
)
CLAIM_KINDS: Mapping[str, ClaimKind] = MappingProxyType(
    {kind.name: kind for kind in (CONTROL, DUE, HANDOVER)}
)
