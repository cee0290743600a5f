"""Languages that a dataset brings with it, unfinished catalogues, and text of mixed direction."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from geomap import desk, sources
from geomap.cli import main
from geomap.core.dataset import Dataset
from geomap.picture.picture import picture
from geomap.present import day_view, select
from geomap.starter import write_starter
from geomap.web import create_app
from geomap.wording import coverage, languages_of, words_in
from geomap.wording.bidi import isolated, without_marks
from geomap.wording.translations import parse, updated

HELD = "*Held* by {actor} {since}."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dataset that speaks English and Georgian, its catalogue made by `geomap translate`."""
    write_starter(tmp_path / "lake")
    meta = tmp_path / "lake" / "dataset.yaml"
    text = meta.read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("languages:"))
    meta.write_text(text.replace(line, "languages: [en, ka]"), "utf-8")
    made = CliRunner().invoke(main, ["translate", str(meta.parent), "ka"])
    assert made.exit_code == 0, made.output
    return meta.parent


def translate(folder: Path, message: str, translation: str) -> None:
    path = folder / "languages" / "ka.po"
    text = path.read_text("utf-8")
    assert f'msgid "{message}"\nmsgstr ""' in text
    new = f'msgid "{message}"\nmsgstr "{translation}"'
    path.write_text(text.replace(f'msgid "{message}"\nmsgstr ""', new), "utf-8")


def doubts(folder: Path) -> str:
    checked = desk.check(folder)
    assert checked.sound
    return "\n".join(fault.message for fault in checked.faults if "ka" in str(fault))


def said(dataset: Dataset) -> str:
    return day_view(dataset, select(dataset), words_in("ka", dataset)).headline_text


def test_a_new_catalogue_falls_back_sentence_by_sentence(folder: Path) -> None:
    dataset = sources.open(folder)
    assert languages_of(dataset) == ("en", "ka")
    assert "None of" in said(dataset) or "handed over" in said(dataset)
    translate(folder, "As of *{date}*, {sentences}", "*{date}* მდგომარეობით: {sentences}")
    assert "მდგომარეობით: " in said(sources.open(folder))
    assert "translates 1 of " in doubts(folder)
    # An update keeps what is translated.
    CliRunner().invoke(main, ["translate", str(folder), "ka"])
    assert "translates 1 of " in doubts(folder)


def test_the_page_and_the_picture_speak_it(folder: Path) -> None:
    translate(folder, "Legend", "აღნიშვნები")
    translate(folder, "Not on this map", "ამ რუკაზე არ არის")
    dataset = sources.open(folder)
    client = create_app([dataset]).test_client()
    page = client.get(f"/{dataset.id}/?lang=ka").get_data(as_text=True)
    assert '<html lang="ka"' in page
    assert "აღნიშვნები" in page
    assert client.get(f"/{dataset.id}/embed?lang=fr").status_code == 400
    assert b'lang="ka"' in picture(dataset, "svg", lang="ka")


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (f'msgid "{HELD}"\nmsgstr "*{{who}}*"\n'.encode(), "has other placeholders"),
        (f'msgid "{HELD}"\nmsgstr "{{actor}} {{since}}"\n'.encode(), "more or fewer stars"),
        (f'msgid "{HELD}"\nmsgstr "*{{actor}}* {{since"\n'.encode(), "a brace"),
        (b"no catalogue", "line 1 is not gettext"),
        (b'msgid "Legend"\nmsgstr "\xe9"\n', "line 2 is not UTF-8"),
        (b"", "translates 0 of "),
    ],
)
def test_what_cannot_be_used_comes_out_in_english_and_is_reported(
    folder: Path, content: bytes, remedy: str
) -> None:
    (folder / "languages" / "ka.po").write_bytes(content)
    dataset = sources.open(folder)
    words = words_in("ka", dataset)
    assert words.say(HELD, actor="Norland", since="since 1994") == "Held by Norland since 1994."
    assert format(words.name("Norland", {}), "dative") == "Norland"
    assert remedy in doubts(folder)


def test_check_says_which_languages_have_no_catalogue_or_no_reader(folder: Path) -> None:
    meta = folder / "dataset.yaml"
    meta.write_text(meta.read_text("utf-8").replace("[en, ka]", "[en, fr]"), "utf-8")
    messages = [fault.message for fault in desk.check(folder).faults]
    assert any("'fr'" in message and "geomap translate" in message for message in messages)
    assert any("add ka to 'languages'" in message for message in messages)


def test_translate_refuses_what_it_cannot_do(folder: Path, tmp_path: Path) -> None:
    for arguments in (
        [str(folder), "xx"],
        [str(folder), "../ka"],
        [str(tmp_path), "ka"],
    ):
        result = CliRunner().invoke(main, ["translate", *arguments])
        assert result.exit_code == 1
        assert result.output.startswith("Error: ")


def test_coverage_counts_messages() -> None:
    assert coverage("en").missing == ()
    assert coverage("fr").translated == 0
    assert coverage("ar").translated == coverage("ar").messages


def test_a_dataset_may_word_a_language_of_geomap_in_its_own_way() -> None:
    own = updated("ar", b"").replace(b'msgid "Legend"\nmsgstr ""', b'msgid "Legend"\nmsgstr "X"')
    assert parse(own, "ar").forms == {"Legend": ("X",)}
    assert coverage("ar", own).missing == ()


def test_arabic_has_a_form_for_two() -> None:
    words = words_in("ar")
    texts = [
        "".join(
            text
            for text, _ in words.spans_many(
                "a part of {regions} is due to be handed over to {actor}; no date is stated.",
                "parts of {regions} are due to be handed over to {actor}; no date is stated.",
                count,
                regions="س",
                actor="ص",
            )
        )
        for count in (1, 2, 3, 11, 100)
    ]
    assert len(set(texts)) == 3
    assert texts[2] == texts[3] == texts[4]


def test_latin_names_keep_to_themselves_in_a_sentence_from_right_to_left() -> None:
    arabic, english = words_in("ar"), words_in("en")
    assert (
        arabic.say("{source}, {day}", source="AP", day="20 نوفمبر") == "\u2068AP\u2069، 20 نوفمبر"
    )
    assert english.say("{source}, {day}", source="AP", day="20 Nov") == "AP, 20 Nov"
    assert isolated("أغدام", "rtl") == "أغدام"
    assert isolated(isolated("AP", "rtl"), "rtl") == isolated("AP", "rtl")
    assert isolated("\u2068AP\u2069 ¶5", "rtl") == "\u2068AP\u2069 ¶5"


def test_a_name_from_right_to_left_does_not_turn_a_sentence_around() -> None:
    english = words_in("en")
    sentence = "{regions} has been handed over to {actor}, but for a part held by {others}."
    said = english.say(sentence, regions="أغدام 7", actor=english.name("העיר", {}), others="AP")
    assert said == (
        "\u2068أغدام 7\u2069 has been handed over to \u2068העיר\u2069, but for a part held by AP."
    )


def test_a_name_cannot_turn_the_sentence_around_it() -> None:
    assert without_marks("a\u202eb\u200fc") == "abc"
    for text in ("\u2067a", "a\u2069", "\u2069a\u2066"):
        assert without_marks(text) == "a"
