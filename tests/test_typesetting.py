"""Texts on a picture: made safe, wrapped between words, cut where they do not fit."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from picture_reading import HOSTILE

from geomap.present import typesetting


def test_clean_texts_are_fit_for_xml() -> None:
    for name in (*HOSTILE, "half a letter \ud800"):
        text = typesetting.clean(name)
        ElementTree.fromstring(f"<a>{escape(text)}</a>".encode())
        assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)


def test_lines_are_wrapped_between_words() -> None:
    spans = (("On ", False), ("1 December 2020", True), (", all of it was handed over.", False))
    lines = typesetting.wrap(spans, 10, 90)
    assert len(lines) > 2
    assert all(typesetting.spans_width(line, 10) <= 90 for line in lines)
    texts = ["".join(text for text, _ in line) for line in lines]
    assert " ".join(texts) == "".join(text for text, _ in spans)
    assert not any(line.endswith("1") for line in texts)
    bold = "".join(text for line in lines for text, strong in line if strong)
    assert bold.replace(" ", "") == "1December2020"


def test_what_does_not_fit_ends_in_dots() -> None:
    assert typesetting.shorten("abc", 10, 100) == "abc"
    short = typesetting.shorten("a very long name indeed", 10, 60)
    assert short.endswith("…")
    assert typesetting.width(short, 10) <= 60
    lines = typesetting.cut(typesetting.wrap((("word " * 50, False),), 10, 100), 2, 10, 100)
    assert len(lines) == 2
    assert lines[-1][-1][0].endswith("…")


def test_capitals_keep_the_dot() -> None:
    assert typesetting.capitals("Ermənistan", "az") == "ERMƏNİSTAN"
    assert typesetting.capitals("Armenia", "en") == "ARMENIA"
