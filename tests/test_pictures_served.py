"""Pictures, strips and films from the service and from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from geomap.cli import main
from geomap.picture.film import FILM_TYPES
from geomap.picture.picture import PICTURE_TYPES

ID = "handover-2020"
STARTS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "gif": b"GIF89a"}


def is_a(ending: str, data: bytes) -> bool:
    return data[4:8] == b"ftyp" if ending == "mp4" else data.startswith(STARTS[ending])


@pytest.fixture
def run(runner: CliRunner) -> Callable[..., Result]:
    return lambda *args: runner.invoke(main, ["export", *map(str, args)])


@pytest.mark.parametrize("ending", PICTURE_TYPES)
def test_strips_are_served(client: Any, ending: str) -> None:
    answer = client.get(f"/{ID}/strip.{ending}?dates=2020-11-20,2020-12-01&width=640")
    assert answer.status_code == 200
    assert answer.mimetype == PICTURE_TYPES[ending]
    assert is_a(ending, answer.data)
    assert f'filename="{ID}-strip.{ending}"' in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("ending", FILM_TYPES)
def test_films_are_served(client: Any, ending: str) -> None:
    answer = client.get(f"/{ID}/map.{ending}?width=480&height=480&rest=0.5")
    assert answer.status_code == 200
    assert answer.mimetype == FILM_TYPES[ending]
    assert is_a(ending, answer.data)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("strip.svg?dates=2021-01-01", "dates: 2021-01-01 lies outside"),
        ("strip.svg?dates=" + ",".join(["2020-11-20"] * 40), "40 days are too many"),
        ("strip.svg?width=199", "width: '199' is not a size"),
        ("map.mp4?width=2400", "from 480 to 1920"),
        ("map.mp4?rest=99", "rest: '99' is not a rest; give seconds from 0.5 to 10"),
        ("map.gif?height=3000", "height: '3000' is not a size"),
    ],
)
def test_what_is_not_possible_is_said(client: Any, path: str, says: str) -> None:
    answer = client.get(f"/{ID}/{path}")
    assert answer.status_code == 400
    assert says in answer.get_data(as_text=True).replace("&#39;", "'").replace("’", "'")


def test_no_strip_of_that_kind(client: Any) -> None:
    answer = client.get(f"/{ID}/strip.mp4")
    assert answer.status_code == 404


def test_one_side_alone_keeps_the_shape(client: Any) -> None:
    wide = client.get(f"/{ID}/map.svg?width=1200").data
    assert wide == client.get(f"/{ID}/map.svg?height=750").data
    assert b'width="1200" height="750"' in wide


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("day.svg", ["--date", "2020-11-20", "--width", "640"]),
        ("day.pdf", ["--lang", "hy", "--theme", "dark"]),
        ("strip.png", ["--dates", "2020-11-10,2020-11-20", "--width", "800"]),
        ("strip.svg", ["--strip", "--known", "2020-11-30"]),
        ("film.gif", ["--width", "480", "--height", "480", "--rest", "0.5"]),
        ("film.mp4", ["--width", "480", "--height", "480", "--rest", "0.5", "--lang", "az"]),
    ],
)
def test_the_command_line_writes_them(
    run: Callable[..., Result], tmp_path: Path, name: str, options: list[str]
) -> None:
    file = tmp_path / name
    result = run(file, *options)
    assert result.exit_code == 0, result.output
    assert is_a(file.suffix[1:], file.read_bytes())
    assert f"{file.stat().st_size:,} bytes" in result.output


def test_a_strip_is_not_the_picture_of_a_day(run: Callable[..., Result], tmp_path: Path) -> None:
    run(tmp_path / "day.svg")
    run(tmp_path / "strip.svg", "--strip")
    assert b'id="map-2"' in (tmp_path / "strip.svg").read_bytes()
    assert b'id="map-2"' not in (tmp_path / "day.svg").read_bytes()


@pytest.mark.parametrize(
    ("name", "option", "kind"),
    [
        ("a.csv", ["--width", "640"], "a file of data"),
        ("a.mp4", ["--date", "2020-11-20"], "a film"),
        ("a.png", ["--rest", "2"], "a picture of one day"),
        ("a.png", ["--dates", "2020-11-20", "--date", "2020-11-20"], "a picture of several days"),
    ],
)
def test_options_that_a_file_does_not_take(
    run: Callable[..., Result], tmp_path: Path, name: str, option: list[str], kind: str
) -> None:
    result = run(tmp_path / name, *option)
    assert result.exit_code == 2
    assert f"is not for {kind}" in result.output
    assert not (tmp_path / name).exists()
