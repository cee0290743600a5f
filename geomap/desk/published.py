"""Published rows that are gone: readers have seen them, so they are withdrawn, never deleted."""

from __future__ import annotations

from collections.abc import Iterator

from geomap.check.columns import Table
from geomap.check.ledger import CLAIMS, REPORTS, SOURCES
from geomap.core.claims import Claim
from geomap.core.dataset import Dataset
from geomap.desk.rows import match_claims, match_reports
from geomap.errors import Fault, quoted

_FACTS = ("event", "region", "kind", "actor", "date", "since", "part", "source", "locator", "added")
"""What a claim says. Notes, translations and authors may be mended without a trace."""


def changed_rows(old: Dataset, new: Dataset) -> list[Fault]:
    """Return a fault for each published row of `old` that `new` lacks or says differently."""
    return [*_claims(old, new), *_sources(old, new), *_reports(old, new), *_regions(old, new)]


def _claims(old: Dataset, new: Dataset) -> Iterator[Fault]:
    matched = match_claims(old.ledger.claims, new.ledger.claims)
    for claim in matched.removed:
        if claim.withdrawn is None:
            remedy = "put the row back, and write the day of today into its column withdrawn"
        else:
            remedy = "put the row back; readers of days before the withdrawal still see it"
        message = f"lacks a published row ({_described(claim)}); {remedy}"
        yield Fault(CLAIMS.file, None, None, message)
    for before, after in matched.changed:
        for column in _FACTS:
            if getattr(before, column) != getattr(after, column):
                was = _text(CLAIMS, before, column)
                message = (
                    f"was {quoted(was)} when it was published; put that back, withdraw the row, "
                    "and add what is right as a row of its own"
                )
                value = _text(CLAIMS, after, column)
                yield Fault(CLAIMS.file, after.row, column, message, value=value)
        if before.withdrawn and before.withdrawn != after.withdrawn:
            message = (
                f"was {before.withdrawn} when it was published; put that day back, and add a claim "
                "that holds again as a row of its own"
            )
            value = _text(CLAIMS, after, "withdrawn")
            yield Fault(CLAIMS.file, after.row, "withdrawn", message, value=value)


def _sources(old: Dataset, new: Dataset) -> Iterator[Fault]:
    cited = {claim.source for claim in old.ledger.claims}
    cited |= {report.source for report in old.ledger.reports}
    for id, before in old.ledger.sources.items():
        after = new.ledger.sources.get(id)
        if after is None and id in cited:
            message = f"lacks the published source {quoted(id)}; put it back, ids stay as they are"
            yield Fault(SOURCES.file, None, "id", message)
        elif after is not None and after.published != before.published:
            message = (
                f"was {before.published} when it was published, which moves what was known when; "
                "put it back, unless that day was wrong"
            )
            value = str(after.published)
            yield Fault(SOURCES.file, after.row, "published", message, doubt=True, value=value)


def _reports(old: Dataset, new: Dataset) -> Iterator[Fault]:
    for report in match_reports(old.ledger.reports, new.ledger.reports).removed:
        message = (
            f"lacks a published row ({report.date}, {quoted(report.text)}); put it back, "
            "unless it was wrong"
        )
        yield Fault(REPORTS.file, None, None, message, doubt=True)


def _regions(old: Dataset, new: Dataset) -> Iterator[Fault]:
    left = set(new.regions["id"])
    for id in old.regions["id"]:
        if id not in left:
            message = f"lack the published region {quoted(id)}; put it back, links lead to its id"
            yield Fault("regions/", None, "id", message)


def _described(claim: Claim) -> str:
    texts = (_text(CLAIMS, claim, name) for name in ("event", "kind", "date", "source", "locator"))
    return f"row {claim.row} then: {', '.join(text for text in texts if text)}"


def _text(table: Table[Claim], claim: Claim, name: str) -> str:
    declared = table.column(name)
    return declared[0].text(claim) if declared else ""
