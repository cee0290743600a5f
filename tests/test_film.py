"""Films: a poster, then a rest on each day on which something happens, and fades between."""

import io
import sys
from dataclasses import replace

import av
import numpy as np
import pytest
from PIL import Image

from geomap.errors import BadQuery, MissingExtra, NotFound
from geomap.picture.film import FILM_TYPES, film
from geomap.present import select
from geomap.present.steps import steps
from geomap.wording import words_in

SMALL = {"width": 480, "height": 480}


@pytest.fixture(scope="module")
def mp4(builtin):
    return film(builtin, "mp4", **SMALL, rest=1)


@pytest.fixture(scope="module")
def frames(mp4):
    return frames_of(mp4)


def frames_of(data):
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def difference(one, other):
    """How far two frames differ, on average, in 255ths."""
    return np.abs(one.astype(np.int16) - other).mean()


def test_mp4_is_one_that_every_player_knows(mp4):
    with av.open(io.BytesIO(mp4)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert (stream.width, stream.height) == (480, 480)
        assert stream.average_rate == 25
    assert mp4.index(b"moov") < mp4.index(b"mdat")  # it plays before all of it is there


def test_it_rests_on_the_poster_and_on_each_step(builtin, frames):
    made = steps(words_in("en"), builtin, select(builtin))
    rests = [1, *(min(max(1, 0.045 * len(step.line)), 6) for step in made)]
    assert max(rests) == 6
    fades = 9 * len(made)
    assert len(frames) == sum(round(rest * 25) for rest in rests) + fades


def test_the_poster_shows_the_last_day(frames):
    first, half, last = (frames[n][160:360, 40:440] for n in (0, len(frames) // 2, -1))
    # The last frame has an outline in addition.
    assert difference(first, last) < 12
    assert difference(first, half) > 12


def test_gif_repeats_and_rests_as_long_as_asked(builtin):
    with Image.open(io.BytesIO(film(builtin, "gif", **SMALL, rest="3"))) as image:
        assert image.info["loop"] == 0
        assert image.size == (480, 480)
        durations = []
        for number in range(image.n_frames):
            image.seek(number)
            durations.append(image.info["duration"])
    made = steps(words_in("en"), builtin, select(builtin))
    assert sum(duration >= 3000 for duration in durations) == len(made) + 1
    assert set(durations) - {100} <= {3000, *range(3000, 6010, 10)}


def test_progress_goes_from_nothing_to_all(builtin):
    calls = []
    film(builtin, "gif", **SMALL, rest=0.5, progress=lambda *call: calls.append(call))
    assert calls[0][0] == 0
    assert calls[-1][0] == calls[-1][1] == len(calls) - 1
    assert calls == sorted(calls)


def test_the_same_each_time(builtin, frames):
    again = frames_of(film(builtin, "mp4", **SMALL, rest=1))
    assert len(again) == len(frames)
    for n in range(0, len(frames), 10):
        assert difference(frames[n], again[n]) < 0.5


def test_a_dark_film_is_dark(builtin, frames):
    with Image.open(io.BytesIO(film(builtin, "gif", **SMALL, rest=1, theme="dark"))) as image:
        assert difference(np.asarray(image.convert("RGB")), frames[0]) > 50


@pytest.mark.parametrize(
    ("options", "parameter", "says"),
    [
        ({"width": 2000}, "width", "from 480 to 1920"),
        ({"height": 300}, "height", "from 480 to 1920"),
        ({"width": 481}, "width", "481 is odd"),
        ({"rest": "long"}, "rest", "give seconds from 0.5 to 10"),
        ({"rest": "nan"}, "rest", "give seconds from 0.5 to 10"),
        ({"rest": 0}, "rest", "give seconds from 0.5 to 10"),
        ({"theme": "blue"}, "theme", "use light or dark"),
        ({"sources": "nobody"}, "sources", "nobody"),
    ],
)
def test_what_is_not_possible(builtin, options, parameter, says):
    with pytest.raises(BadQuery, match=says) as caught:
        film(builtin, "mp4", **options)
    assert caught.value.parameter == parameter


def test_one_side_alone_is_made_even(builtin):
    with Image.open(io.BytesIO(film(builtin, "gif", width=481, rest=0.5))) as image:
        assert image.size == (481, 481)


def test_no_such_kind(builtin):
    with pytest.raises(NotFound, match="mp4, gif"):
        film(builtin, "webm")


@pytest.mark.parametrize("ending", FILM_TYPES)
def test_a_dataset_in_which_nothing_happens_has_no_film(builtin, ending):
    still = replace(
        builtin,
        ledger=replace(builtin.ledger, claims=()),
        meta=replace(builtin.meta, milestones=()),
    )
    with pytest.raises(BadQuery, match="nothing happens in this dataset's period"):
        film(still, ending)


def test_without_its_library_a_film_says_what_to_install(builtin, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtra, match=r"pip install 'geomap-ledger\[film\]'"):
        film(builtin, "mp4")
