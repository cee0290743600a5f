"""The program agrees with a second reading of the rules, on the built-in dataset and at random."""

from __future__ import annotations

import os
from itertools import combinations

from datasets import days
from oracle import compare_random, differences

from geomap.core.dataset import Dataset

LEDGERS = int(os.environ.get("GEOMAP_ORACLE_LEDGERS", "2500"))


def test_every_day_clock_and_choice_of_sources_of_the_builtin_dataset(builtin: Dataset) -> None:
    ids = tuple(builtin.ledger.sources)
    clocks = sorted({source.published for source in builtin.ledger.sources.values()})
    choices = [None, *((id,) for id in ids), *combinations(ids, 2)]
    period = days(builtin.period.start, builtin.period.end)
    for chosen in choices:
        for known in (None, *clocks):
            assert list(differences(builtin, period, known, chosen)) == []


def test_random_ledgers() -> None:
    assert list(compare_random(LEDGERS)) == []
