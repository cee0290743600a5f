"""Further properties of regions, and identifiers of public registers."""

from __future__ import annotations

from typing import Any

import pytest
from datasets import region, square
from region_files import files, the_fault

from geomap.check.regions import read_regions
from geomap.core.further import TAKEN
from geomap.formats.export import ROW_COLUMNS, VALID
from geomap.web.ogc.layers import KINDS
from geomap.web.ogc.request import features_parameters

# Further properties


def test_further_properties_are_kept_as_they_are() -> None:
    own = {
        **{
            "wikidata": "Q1",
            "population": 1200,
            "area": 1.5,
            "rural": False,
            "name:etymology": "?",
        },
        **{"ISO3166-2": "XX", "ref:xx": "7", "население": "1", "nothing": None},
    }
    read = {"name:az": "x", "name:az:genitive": "x", "note": "x", "note:az": "x", "label_lon": 10.5}
    frame, faults = read_regions(files(hill=region("hill", square(10, 50), **own, **read)))
    assert [fault for fault in faults if not fault.doubt] == []
    del own["nothing"]
    assert frame["further"][0] == own


@pytest.mark.parametrize(
    "name", ["actor", "Lies_Within", "NAME", "valid_from", "geom", "limit", "fid"]
)
def test_a_name_that_exports_use_themselves_is_refused(name: str) -> None:
    fault = the_fault(region("hill", square(20, 50), **{name: "x"}))
    assert (fault.file, fault.column, fault.doubt) == ("regions/bad.geojson", name, False)
    assert "rename the property" in fault.message


def test_every_name_of_an_export_or_parameter_is_taken() -> None:
    ours = {*ROW_COLUMNS, *VALID, *(p.name.lower() for p in features_parameters(KINDS["regions"]))}
    assert ours | {"geometry", "feature_id"} <= TAKEN


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("tags", ["a"], "is a list; write a text or a number"),
        ("tags", {"a": 1}, "is a group; write a text or a number"),
        ("a b", "x", "has a name that not every format can hold"),
        ("x" * 61, "x", "has a name that not every format can hold"),
        ("ref", "a\u0007b", "control character"),
    ],
)
def test_what_cannot_be_passed_on_is_a_doubt(name: str, value: Any, says: str) -> None:
    frame, faults = read_regions(files(hill=region("hill", square(10, 50), **{name: value})))
    (fault,) = faults
    assert fault.doubt
    assert "is not passed on" in fault.message
    assert says in fault.message
    assert frame["further"][0] == {}


def test_a_property_is_spelt_and_written_alike_in_every_region() -> None:
    _, faults = read_regions(
        files(
            hill=region("hill", square(10, 50), level=6, ref="1"),
            vale=region("vale", square(11, 50), level="6", Ref="2"),
        )
    )
    (doubt,) = [fault for fault in faults if fault.doubt]
    assert doubt.column == "level"
    assert "is number here and text there" in doubt.message
    (fault,) = [fault for fault in faults if not fault.doubt]
    assert (fault.file, fault.column) == ("regions/vale.geojson", "Ref")
    assert "differs from 'ref' in capitals only" in fault.message


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("iso_3166_2", "AZ-KAL", "AZ KAL"),
        ("wikidata", "Q42", "https://www.wikidata.org/wiki/Q42"),
        ("osm", "relation/123", "r123"),
        ("geonames", 123456, "0"),
    ],
)
def test_identifiers_of_public_registers_are_checked_by_their_form(
    name: str, good: Any, bad: str
) -> None:
    frame, faults = read_regions(files(hill=region("hill", square(10, 50), **{name: good})))
    assert not faults
    assert frame["further"][0] == {name: str(good)}
    fault = the_fault(region("hill", square(20, 50), **{name: bad}))
    assert fault.column == name
    assert not fault.doubt
    assert "write it as" in fault.message
