"""Every sentence that the built-in dataset can produce stands in a reviewed list."""

from __future__ import annotations

import difflib

import pytest
import sentences

from geomap.wording import LANGUAGES


@pytest.fixture(scope="module")
def parts() -> dict[str, list[sentences.Shown]]:
    return sentences.everything()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_changes_unseen(parts: dict[str, list[sentences.Shown]], language: str) -> None:
    """After a change that is meant: `make sentences`, read the difference, commit it."""
    reviewed = (sentences.FOLDER / f"{language}.txt").read_text(encoding="utf-8")
    produced = sentences.listing(parts, language)
    changed = list(difflib.unified_diff(reviewed.splitlines(), produced.splitlines(), n=0))
    assert not changed, "\n".join(changed[:40])
