"""Every sentence that the built-in dataset can produce stands in a reviewed list."""

from __future__ import annotations

import difflib

import pytest
import sentences

from geomap.core.dataset import Dataset
from geomap.wording import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_changes_unseen(builtin: Dataset, language: str) -> None:
    """After a change that is meant: `make sentences`, read the difference, commit it."""
    reviewed = (sentences.FOLDER / f"{language}.txt").read_text(encoding="utf-8")
    produced = sentences.listing(builtin, language)
    changed = list(difflib.unified_diff(reviewed.splitlines(), produced.splitlines(), n=0))
    assert not changed, "\n".join(changed[:40])
