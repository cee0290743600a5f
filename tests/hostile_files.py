"""Hostile datasets by name: the files that differ from a sound one's, and a word of the refusal.

Where there is no word, the dataset is sound, and what it holds must come out everywhere. Each is as
small as shows the harm: what took quadratic time, ran out of memory or stack, or went unremarked.
"""

from __future__ import annotations

import json
from math import cos, pi, sin
from typing import Any

import yaml
from datasets import META, csv_text, region, square

Files = dict[str, str | bytes]
CLAIMS = "event,region,kind,actor,date,since,part,source,locator,withdrawn,note,added\n"
SOURCES = "id,publisher,title,published,url,language,kind\n"


def claims(count: int, form: str) -> str:
    """Return claims.csv; `form` has {n}, the number of the row, and {d}, a day that comes again."""
    return CLAIMS + "".join(form.format(n=n, d=1 + n % 28) for n in range(count))


def _meta(**more: Any) -> str:
    return yaml.safe_dump({**META, **more}, allow_unicode=True)


def _hill(geometry: Any, **properties: Any) -> Files:
    return {"regions/hill.geojson": json.dumps(region("hill", geometry, **properties))}


def _raw_hill(geometry: str, properties: str = "") -> Files:
    members = f'"id": "hill", "name": "Hill"{properties}'
    text = f'{{"type": "Feature", "properties": {{{members}}}, "geometry": {geometry}}}'
    return {"regions/hill.geojson": text}


def _ring(count: int) -> list[list[float]]:
    ring = [[10 + cos(2 * pi * n / count), 50 + sin(2 * pi * n / count)] for n in range(count)]
    return [*ring, ring[0]]


def _box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [*rings]}


SQUARE = json.dumps(square(10, 50))
NUMBER = '{"type": "Polygon", "coordinates": [[[%s, 1], [1, 1], [1, 2], [%s, 1]]]}'
ROW = "e{n},hill,control,north,1990,,,s00,,,,\n"
PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
FRENCH = _meta(languages=["en", "fr"])


def _plural(rule: str) -> Files:
    return {
        "dataset.yaml": FRENCH,
        "languages/fr.po": f'{PO}"Plural-Forms: nplurals=2; plural={rule};\\n"\n',
    }


def _word(translation: str) -> Files:
    return {
        "dataset.yaml": FRENCH,
        "languages/fr.po": f'{PO}\nmsgid "{{name}} (dative)"\nmsgstr "{translation}"\n',
    }


REFUSED: dict[str, tuple[Files, str]] = {
    "YAML that nests": ({"dataset.yaml": "title: " + "[" * 5_000}, "not valid YAML"),
    "YAML that nests by lines": ({"dataset.yaml": "- " * 100_000}, "not valid YAML"),
    "YAML with an alias": ({"dataset.yaml": "a: &a [x]\nb: [*a, *a]\n"}, "aliases"),
    "YAML of a million values": ({"dataset.yaml": f"title: [{'a,' * 500_000}]"}, "20,000 keys"),
    "YAML that makes an object": ({"dataset.yaml": "!!python/name:os.system x"}, "tag"),
    "YAML with a key twice": ({"dataset.yaml": _meta() + "title: other\n"}, "stands twice"),
    "YAML with a lone surrogate": ({"dataset.yaml": _meta() + 'summary: "\\ud800"\n'}, "U+D800"),
    "YAML with a NUL": ({"dataset.yaml": _meta() + 'summary: "\\0"\n'}, "U+0000"),
    "a time zone from elsewhere": ({"dataset.yaml": _meta(timezone="../../x")}, "no time zone"),
    "a title like a book": ({"dataset.yaml": _meta(title="T" * 900_000)}, "20,000 characters"),
    "bounds that are no numbers": (
        {"dataset.yaml": _meta(view={"bounds": ["nan", "inf", "9" * 400, 1], "max_zoom": "nan"})},
        "must be west",
    ),
    "many faults": (
        {"claims.csv": claims(10_000, "e{n},hil{n},kontrol,nort{n},2020-13-45,,,s,,,,\n")},
        "not a kind of claim",
    ),
    "many ids that are nearly right": (
        {
            "sources.csv": SOURCES + "".join(f"story-{n},P,T,2020-01-01,,,\n" for n in range(5000)),
            "claims.csv": claims(5000, "e{n},hill,control,north,1990,,,storey-{n},,,,\n"),
        },
        "is 'story-",
    ),
    "events without an end": (
        {"claims.csv": claims(3000, "e{n},hill,control,north,[..1990-01-{d:02}],,,s00,,,,\n")},
        "3,000 events",
    ),
    "a note like a book": (
        {"claims.csv": CLAIMS + ROW.format(n=0).replace(",,,,\n", f",,,{'w ' * 20_000},\n")},
        "20,000 characters",
    ),
    "a cell without an end": ({"claims.csv": CLAIMS + '"' * 5_000_000}, "131,072"),
    "a header without an end": ({"claims.csv": "a," * 1_000_000}, "1,000,000 columns"),
    "lines without an end": ({"claims.csv": CLAIMS + "\n" * 3_000_001}, "3,000,000 lines"),
    "a NUL in a table": ({"claims.csv": CLAIMS + "a\0"}, "UTF-16"),
    "a column twice": ({"claims.csv": CLAIMS.replace("note", "event")}, "stands twice"),
    "a date without an end": (
        {"claims.csv": CLAIMS + ROW.format(n=0).replace("1990", "[" * 20_000)},
        "is not a date",
    ),
    "a date of wide digits": (
        {"claims.csv": CLAIMS + ROW.format(n=0).replace("1990", "１９９０")},
        "is not a date",
    ),
    "a link that is a script": (
        {"sources.csv": SOURCES + "s00,P,T,2020-01-01,javascript:alert(1),,\n"},
        "not a web address",
    ),
    "a link that is a page": (
        {"sources.csv": SOURCES + "s00,P,T,2020-01-01,data:text/html;x,,\n"},
        "not a web address",
    ),
    "text that turns around": (
        {"actors.csv": csv_text([{"id": "north", "name": "N\u202eX", "colour": "#000000"}], ())},
        "U+202E",
    ),
    "a note of a region that turns around": (
        _hill(square(10, 50), **{"note:az": "\u2067"}),
        "U+2067",
    ),
    "JSON that nests": ({"regions/hill.geojson": "[" * 100_000}, "not JSON"),
    "a system that nests": (
        {"regions/hill.geojson": f'{{"type": "Feature", "crs": {"[" * 1000}{"]" * 1000}}}'},
        "WGS 84",
    ),
    "geometry that nests": (
        _raw_hill('{"type": "GeometryCollection", "geometries": [' * 400 + "]}" * 400),
        "GeometryCollection",
    ),
    "coordinates that are no numbers": (_raw_hill(NUMBER % ("NaN", "NaN")), "not JSON"),
    "coordinates without end": (_raw_hill(NUMBER % ("1e999", "1e999")), "infinity"),
    "coordinates of many digits": (_raw_hill(NUMBER % ("9" * 30, "9" * 30)), "outside the world"),
    "a key twice": (_raw_hill(SQUARE, ', "n\\u0061me": "Other"'), "stands twice"),
    "a name with a lone surrogate": (_raw_hill(SQUARE, ', "note": "\\ud800"'), "not JSON"),
    "a name with a NUL": (_raw_hill(SQUARE, ', "note": "\\u0000"'), "U+0000"),
    "a name like a book": (_hill(square(10, 50), name="N" * 1_000_000), "20,000 characters"),
    "very many properties": (
        _hill(square(10, 50), **{f"p{n}": n for n in range(50_000)}),
        "at most 1,000",
    ),
    "a star of many lines": (
        _hill(
            _polygon([[10 + n * 7919 % 9973 / 9973, 50 + n * 31 % 997 / 997] for n in range(9000)])
        ),
        "broken polygon",
    ),
    "one ring many times": (_hill(_polygon(*[_box(10, 50, 11, 51)] * 5000)), "broken polygon"),
    "a region at the pole": (_hill(square(10, 88)), "85 degrees"),
    "a region over the edge of the world": (_hill(square(179.5, 10)), "outside the world"),
    "many features of nothing": (
        {"regions/x.geojson": f'{{"type": "FeatureCollection", "features": [{"{}," * 9999}{{}}]}}'},
        "is missing",
    ),
    "a catalogue in an encoding that nobody knows": (
        {
            "dataset.yaml": FRENCH,
            "languages/fr.po": PO.replace("UTF-8", "no-such")
            + '\nmsgid "a"\nmsgstr "b"\n\nmsgid "c"\nmsgstr "d"\n',
        },
        "unknown encoding",
    ),
    "plurals by nothing": (_plural("n/0"), "no form"),
    "plurals far off": (_plural("n-1000"), "no form"),
    "plurals that nest": (_plural("(" * 480 + "n" + ")" * 480), "complex"),
    "plurals that call": (_plural("n.__class__"), "plural form"),
    "a word that turns around": (_word("{name}\u202e"), "U+202E"),
    "a word of other placeholders": (_word("{name.__class__}"), "other placeholders"),
}
HARMLESS: dict[str, Files] = {
    "a word of a width": _word("{name:>900000000}"),
    "the world": _hill(_polygon(_box(-180, -85, 180, 85))),
    "the south pole": _hill(_polygon(_box(-180, -90, 180, -60))),
    "across the antimeridian": _hill(
        {
            "type": "MultiPolygon",
            "coordinates": [[_box(179, 10, 180, 11)], [_box(-180, 10, -179, 11)]],
        }
    ),
    "a metre": _hill(square(10, 50, 0.00001)),
    "letters upon letters": _hill(square(10, 50), name="Z" + "\u0301" * 3000),
    "long words": _hill(square(10, 50), name="W" * 5000, alt_name="a;" * 2000, remark="r" * 9000),
    "very many vertices": _hill(_polygon(_ring(20_000))),
    "many events of a day": {"claims.csv": claims(200, ROW)},
}
