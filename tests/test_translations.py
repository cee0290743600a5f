"""The catalogues: no hole, nothing lost between languages, and sentences that stand on their own."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from string import Formatter

import babel.dates
import pytest
import sentences
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from messages import ROOT, TRANSLATED, Message, messages, updated

from geomap.core.dataset import Dataset
from geomap.core.dates import parse_span
from geomap.present import select, view
from geomap.present.texts import date_patterns
from geomap.wording import LANGUAGES, format_day, format_span, words_in
from geomap.wording.catalogue import CASES, Name, read_catalogue
from geomap.wording.endings import definite, ordinal

FORMS = {*CASES, "definite", "ordinal", "name", "year", "on", "since", "by", "of", "about", "bare"}
ENGLISH = re.compile(
    r"\b(the|of|by|to|on|and|or|with|held|handed|since|between|every|source|date|region|map)\b",
    re.I,
)
SAME = {  # alike in every language, or in one that shares its letters or its word
    *("{region}: {text}", "{text}, {when}", "{text} ({source})", "{source}, {day}"),
    *("{region} ({when})", "{sign} ({actors})", "{label}: {regions}.", "{text}.", "{dates}?"),
    *("{title}: events", "Standard", "{when} ({sources})", "{qualified_day}", "{area} km²"),
}
LATIN_NAMES = "AP JAMnews Republic World Trend Today Az News YJC"
each_language = pytest.mark.parametrize("language", TRANSLATED)


@pytest.fixture(scope="module")
def source() -> dict[Message, set[str]]:
    return messages()


def catalogue(language: str) -> Catalog:
    return read_catalogue(language)


def pairs(language: str) -> list[tuple[str, str]]:
    """Every message beside its translation, each plural form by itself."""
    both = []
    for message in catalogue(language):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id:
            both += [(ids[min(n, len(ids) - 1)], string) for n, string in enumerate(strings)]
    return both


def fields(message: str) -> list[tuple[str, str]]:
    return [(name, form or "") for _, name, form, _ in Formatter().parse(message) if name]


def bare(text: str) -> str:
    """A message without its placeholders."""
    return re.sub(r"\{[^}]*\}", "", text)


def test_every_catalogue_is_a_language() -> None:
    assert set(TRANSLATED) == set(LANGUAGES) - {"en"}


@each_language
def test_every_message_of_the_code_is_in_the_catalogue(
    language: str, source: dict[Message, set[str]]
) -> None:
    held = {message.id for message in catalogue(language) if message.id}
    assert held == set(source), "run `make messages`, then translate what it lists"


@each_language
def test_no_translation_is_missing_or_fuzzy(language: str) -> None:
    holes = [message for message, translation in pairs(language) if not translation]
    assert not holes, "run `make messages` to see what wants a translation"
    assert not [message.id for message in catalogue(language) if message.id and message.fuzzy]


@each_language
def test_each_plural_has_the_forms_of_the_language(language: str) -> None:
    book = catalogue(language)
    plurals = [message for message in book if isinstance(message.id, tuple)]
    assert plurals
    assert {len(message.string) for message in plurals} == {book.num_plurals}


@each_language
def test_updating_keeps_every_translation_and_notes_no_time(
    language: str, source: dict[Message, set[str]]
) -> None:
    content = updated(language, source)
    assert b"-Date:" not in content
    assert str(ROOT).encode() not in content
    after = read_po(io.BytesIO(content), locale=language)
    for message in catalogue(language):
        assert not message.id or after.get(message.id).string == message.string


@each_language
def test_the_placeholders_are_those_of_the_message(language: str) -> None:
    for message, translation in pairs(language):
        assert {n for n, _ in fields(translation)} == {n for n, _ in fields(message)}, message
        assert {form for _, form in fields(translation)} <= FORMS | {""}, message


@each_language
def test_as_many_words_are_bold_as_in_the_message(language: str) -> None:
    for message, translation in pairs(language):
        assert translation.count("*") == message.count("*"), message


@each_language
def test_a_sentence_ends_as_one(language: str) -> None:
    stops = {".": "։", ":": "՝."} if language == "hy" else {".": ".", ":": ":"}
    for message, translation in pairs(language):
        last, end = message.strip("*")[-1], translation.strip("*")[-1]
        if last in stops:
            assert end in stops[last], message
        elif bare(message).strip():
            assert end not in ".։" or translation.endswith(" г."), message


@each_language
def test_names_stand_in_the_case_that_their_place_asks_for(language: str) -> None:
    """Whom something passes to, who holds it, and what is handed over, all need a case."""
    asks = re.compile(
        r"(?:\bto|\bby|\bheld by) \{(actor|other|others|actors)\}|"
        r"handover of \{(region)\}|part of \{(regions)\}"
    )
    missing = []
    for message, translation in pairs(language):
        forms = dict(fields(translation))
        names = [name for found in asks.findall(message) for name in found if name]
        missing += [(message, name) for name in names if not forms[name]]
    assert not missing


@each_language
def test_nothing_is_left_in_english(language: str) -> None:
    for message, translation in pairs(language):
        assert translation != message or message in SAME, message
        allowed = set(re.findall("[A-Za-z]+", message)) if language != "az" else set()
        if language == "az":
            assert not ENGLISH.search(bare(translation)), message
        else:
            assert set(re.findall("[A-Za-z]{2,}", bare(translation))) <= allowed, message


def test_letters_are_of_one_script() -> None:
    """Letters that look alike in two scripts must not get mixed: Azerbaijani ə, Cyrillic ә."""
    for message, translation in pairs("az"):
        assert not re.search("[\u0370-\u058f]", translation), message
    for message, translation in pairs("hy"):
        assert not re.search("[\u0370-\u052f]", translation), message
        assert not re.search(r"[:;]", bare(translation)), message
    for message, translation in pairs("ru"):
        assert not re.search("[a-z][а-яё]|[а-яё][a-z]", translation, re.I), message


def reviewed(language: str) -> list[tuple[str, str]]:
    """The sentences of the reviewed list (see `make sentences`), each with its heading."""
    found, heading = [], ""
    for line in (sentences.FOLDER / f"{language}.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            heading = line[2:]
        elif line:
            found.append((heading.removeprefix("Invented: "), line))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_stands_on_its_own(language: str) -> None:
    stop = "։" if language == "hy" else "."
    for heading, line in reviewed(language):
        text = line.replace("{date}", "1") if heading == "Headlines" else line
        assert not re.search(r"[{}*]|  | [.,։:;]|\.\.|\.։", text), text
        if heading in ("Headlines", "Cards"):
            assert re.sub(r" \[.*\]$", "", text).endswith(stop), text
            assert text[0].isdigit() or text[0].isupper(), text
        if language in ("hy", "ru"):
            latin = set(re.findall("[A-Za-z]{2,}", text))
            assert latin <= set(re.findall("[A-Za-z]+", LATIN_NAMES)), text
        elif language == "az":
            assert not ENGLISH.search(text.replace("Republic World", "")), text
    assert all("{date}" in line for heading, line in reviewed(language) if heading == "Headlines")


@each_language
def test_dates_are_cldrs(language: str) -> None:
    words, day = words_in(language), date(2020, 11, 5)
    pattern = date_patterns(words).long
    assert babel.dates.format_date(day, pattern, locale=language) == format_day(words, day)
    if language != "hy":
        assert format_day(words, day) == babel.dates.format_date(day, "long", locale=language)
        assert format_day(words, day, short=True) == babel.dates.format_date(day, locale=language)


def test_armenian_dates_end_with_the_day_that_takes_the_ending() -> None:
    words = words_in("hy")
    assert format_day(words, date(2020, 12, 1)) == "2020 թ. դեկտեմբերի 1"
    assert format_day(words, date(2020, 12, 1), year=2020) == "դեկտեմբերի 1"
    assert format_day(words, date(2020, 12, 1), short=True) == "1 դեկ, 2020 թ."


@each_language
def test_the_dataset_speaks_the_language(language: str, builtin: Dataset) -> None:
    meta, ledger = builtin.meta, builtin.ledger
    texts = [meta.title, meta.summary, meta.attribution, meta.limits, meta.accuracy]
    texts += [milestone.label for milestone in meta.milestones]
    texts += [actor.names for actor in ledger.actors.values()]
    texts += [claim.notes for claim in ledger.claims if claim.note]
    texts += [c.locators for c in ledger.claims if re.search("[a-z]", c.locator)]
    texts += [report.texts for report in ledger.reports]
    texts += [note for note in builtin.regions["note"] if note]
    context = builtin.context
    texts += [*builtin.regions["names"], *context["names"][context["name"] != ""]]
    texts += [note for note in context["note"] if note]
    assert not [text for text in texts if not text.get(language)]
    asked = {form for _, string in pairs(language) for _, form in fields(string)} & set(CASES)
    for actor in ledger.actors.values():
        assert asked <= {key.partition(":")[2] for key in actor.names if key[:2] == language}


@pytest.mark.parametrize("language", ["hy", "ru"])
@pytest.mark.parametrize("page", ["", "embed"])
def test_a_page_holds_no_english_of_its_own(
    language: str, page: str, client: FlaskClient, builtin: Dataset
) -> None:
    """What is left in Latin letters are names, titles and what is written so everywhere."""
    html = client.get(f"/{builtin.id}/{page}?lang={language}").get_data(as_text=True)
    html = re.sub(
        r"(?s)<(script|style|textarea|select|cite)\b.*?</\1>|<ul class=.downloads.*?</ul>", "", html
    )
    visible = re.sub("<[^>]*>", " ", html)
    for label in re.findall(r'(?:aria-label|title|placeholder)="([^"]*)"', html):
        visible += f" {label}"
    allowed = "geomap iframe Ctrl CC Natural Earth Markdown WordPress English Azərbaycanca "
    allowed += "PNG GIF MP SVG PDF HTML csv atom ics "
    for source in view(builtin, select(builtin), words_in(language)).sources:
        allowed += f"{source.name} {source.publisher} {source.title} "
    latin = r"[A-Za-zƏə]{2,}"
    assert set(re.findall(latin, visible)) <= set(re.findall(latin, allowed))


@each_language
@pytest.mark.parametrize(
    "edtf",
    ["2020-11-25", "2020-11", "1994", "[..2020-11-08]", "[2020-11-08..2020-11-25]", "[1990..1996]"],
)
def test_no_doubt_of_a_source_is_lost(language: str, edtf: str) -> None:
    words, plain = words_in(language), parse_span(edtf)
    for qualifier in "?~%":
        unsure = parse_span(re.sub(r"\]?$", lambda end, q=qualifier: q + end[0], edtf, count=1))
        for form in ("when", "since", "by"):
            texts = format_span(words, unsure, form), format_span(words, plain, form)
            assert texts[0] != texts[1]
            assert len(texts[0]) > len(texts[1])


def test_azerbaijani_years_are_ordinals() -> None:
    years = (1990, 1991, 1993, 1994, 1996, 1999, 2010, 2020, 1940, 1930, 1960, 1900, 2000)
    endings = ["cı", "ci", "cü", "cü", "cı", "cu", "cu", "ci", "cı", "cu", "cı", "cü", "ci"]
    assert [ordinal("az", year) for year in years] == [
        f"{year}-{ending}" for year, ending in zip(years, endings, strict=True)
    ]
    assert ordinal("ru", 1990) == "1990"


def test_russian_says_so_before_the_second_of_a_month() -> None:
    spans = [
        format_span(words_in("ru"), parse_span(f"2020-11-{d:02}"), "since") for d in (2, 12, 20)
    ]
    assert [text.split()[0] for text in spans] == ["со", "с", "с"]
    assert format_span(words_in("ru"), parse_span("2020"), "since") == "с 2020 года"


def test_armenian_names_take_the_article() -> None:
    assert definite("hy", "Աղդամ") == "Աղդամը"
    assert definite("hy", "Գորիս") == "Գորիսը"
    assert definite("hy", "Բաքու") == "Բաքուն"
    assert definite("hy", "Շուշի") == "Շուշին"
    assert definite("hy", "Kalbajar") == "Kalbajar-ը"
    assert definite("ru", "Агдам") == "Агдам"
    listed = words_in("hy").place_list([Name("Աղդամ"), Name("Շուշի")])
    assert f"{listed} / {listed:definite}" == "Աղդամ և Շուշի / Աղդամը և Շուշին"


@each_language
def test_a_name_without_cases_gets_a_construction_that_needs_none(language: str) -> None:
    name = words_in(language).name("Norland", {})
    for case in CASES:
        assert "Norland" in format(name, case)
        assert format(name, case) != "Norland"
    assert isinstance(name, Name)


def test_an_abbreviations_full_stop_ends_its_sentence_too() -> None:
    words = words_in("ru")
    day = format_day(words, date(2020, 12, 1))
    text = words.say("This map makes no claim about days after {day}.", day=day)
    assert text.endswith("2020\u202fг.")
    later = format_day(words, date(2020, 12, 1) + timedelta(1), year=2020)
    assert words.say("This map makes no claim about days after {day}.", day=later).endswith("бря.")
