"""What a map rests on, in words: claims, sources, reports, and what was withdrawn or corrected.

Nothing of a claim that the selection does not show gets any further than this: of one withdrawn
by the day `known` its text, place, day and reason, of one withdrawn later no reason.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date as Date

from geomap.core.claims import Claim, Report
from geomap.core.dataset import Dataset
from geomap.core.events import is_visible, postponements, resolve
from geomap.core.history import Change, corrections_since, visible_reports, withdrawn_claims
from geomap.present import texts
from geomap.present.selection import Selection
from geomap.present.views import ClaimView, CorrectionView, ReportView, SourceView
from geomap.wording import Words, claim_text, format_day, format_span
from geomap.wording.sentences import citation, place, region_name, source_label


def claim_views(words: Words, dataset: Dataset, selection: Selection) -> tuple[ClaimView, ...]:
    """Return every claim that counts and every one that was withdrawn, in the ledger's order."""
    ledger, known, sources = dataset.ledger, selection.known, selection.sources
    moved = postponements(resolve(ledger, known, sources))
    gone = {claim.row for claim in withdrawn(dataset, selection)}
    return tuple(
        _claim(words, dataset, claim, claim.event in moved, claim.row in gone)
        for claim in ledger.claims
        if claim.row in gone or is_visible(ledger, claim, known, sources)
    )


def withdrawn(dataset: Dataset, selection: Selection) -> tuple[Claim, ...]:
    """Return the claims that once counted and were withdrawn, the first withdrawn first."""
    return withdrawn_claims(dataset.ledger, selection.known, selection.sources)


def _claim(words: Words, dataset: Dataset, claim: Claim, postponed: bool, gone: bool) -> ClaimView:
    return ClaimView(
        row=claim.row,
        region=region_name(words, dataset, claim.region),
        text=claim_text(words, dataset, claim, postponed=postponed),
        when=texts.day_of_claim(words, claim),
        source=claim.source,
        locator=place(words, claim),
        note="" if gone else claim.notes.get(words.language) or claim.note,
        withdrawn=texts.withdrawal(words, claim) if gone else "",
    )


def corrections(words: Words, dataset: Dataset, selection: Selection) -> tuple[CorrectionView, ...]:
    """Return what has been put right since the day `known`, the first correction first."""
    changes = corrections_since(dataset.ledger, selection.known, selection.sources)
    return tuple(
        CorrectionView(format_day(words, change.day), _correction(words, dataset, change))
        for change in changes
    )


def _correction(words: Words, dataset: Dataset, change: Change) -> str:
    claim = texts.claim_in_full(words, dataset, change.claim)
    if change.withdrawn:
        text = texts.withdrawn_claim(words, change.claim, claim)
    else:
        text = words.say("A later claim contradicts what was known: {claim}", claim=claim)
    region = region_name(words, dataset, change.claim.region)
    return words.say("{region}: {text}", region=region, text=text)


def source_views(words: Words, dataset: Dataset, selection: Selection) -> tuple[SourceView, ...]:
    """Return every source, in the ledger's order."""
    ledger, known, sources = dataset.ledger, selection.known, selection.sources
    gone = {claim.source for claim in withdrawn(dataset, selection)}
    standing = {
        claim.source for claim in ledger.claims if is_visible(ledger, claim, known, sources)
    }
    standing |= {report.source for report in visible_reports(ledger, known, sources)}
    return tuple(
        _source(words, dataset, id, withdrawn=id in gone - standing) for id in ledger.sources
    )


def _source(words: Words, dataset: Dataset, id: str, withdrawn: bool) -> SourceView:
    source = dataset.ledger.sources[id]
    publisher = source.publishers.get(words.language)
    return SourceView(
        id=id,
        name=source_label(words, dataset, id),
        publisher=publisher or source.publisher,
        publisher_language="" if publisher else source.language,
        title=source.title or words.say("report"),
        title_language=source.language if source.title else "",
        published=format_day(words, source.published),
        url=source.url,
        withdrawn=withdrawn,
    )


def report_views(
    words: Words, dataset: Dataset, selection: Selection
) -> dict[str, tuple[ReportView, ...]]:
    """Return what else the sources report, by region id ("" for none), the earliest day first."""
    reports = visible_reports(dataset.ledger, selection.known, selection.sources)
    by_region: dict[str, list[ReportView]] = {}
    for report in sorted(reports, key=lambda report: report.date.end):
        by_region.setdefault(report.region, []).append(report_view(words, dataset, report))
    return {region: tuple(views) for region, views in by_region.items()}


def reports_of_steps(
    words: Words, dataset: Dataset, selection: Selection, days: Sequence[Date]
) -> tuple[tuple[ReportView, ...], ...]:
    """Return what else the sources report, by step: from its day up to the next one's.

    `days` are those of the steps, ascending. What is of a region names it.
    """
    by_step: list[list[ReportView]] = [[] for _ in days]
    reports = visible_reports(dataset.ledger, selection.known, selection.sources)
    for report in sorted(reports, key=lambda report: report.date.end):
        number = bisect_right(days, report.date.end) - 1
        view = report_view(words, dataset, report)
        if report.region:
            region = region_name(words, dataset, report.region)
            text = words.say("{region}: {text}", region=region, text=view.text)
            view = replace(view, text=text)
        if number >= 0:
            by_step[number].append(view)
    return tuple(map(tuple, by_step))


def report_view(words: Words, dataset: Dataset, report: Report) -> ReportView:
    """Return what a source reports, in words."""
    where = report.locators.get(words.language) or report.locator
    return ReportView(
        when=words.capitalise(format_span(words, report.date, "when")),
        text=report.texts.get(words.language) or report.text,
        cite=citation(words, dataset, report.source, where),
        url=dataset.ledger.sources[report.source].url,
    )
