"""The days on which something happens as a film: a rest on each, cross-fades, a poster first.

Pictures are drawn as everywhere else. PyAV encodes MP4 (H.264), Pillow GIF; both are loaded only
when a film is asked for.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from geomap.core.dataset import Dataset
from geomap.errors import BadQuery, MissingExtra, NotFound, quoted
from geomap.files import temporary_folder
from geomap.picture.chart import chart
from geomap.picture.compose import DrawnMap, has_chart, key_text, map_layers, scene_of
from geomap.picture.days import (
    Day,
    common_credit,
    common_legend,
    days_of,
    outlines_of,
)
from geomap.picture.layout import Layout, lay_out, moved
from geomap.picture.picture import check_theme, size
from geomap.picture.png import write_png
from geomap.picture.style import Style
from geomap.picture.texts import Texts, texts_of
from geomap.present import View, select, selection, view
from geomap.present.scene import Scene
from geomap.present.steps import Step, reading_seconds, steps
from geomap.present.themes import THEMES
from geomap.wording import Words, words_in

FILM_TYPES = {"mp4": "video/mp4", "gif": "image/gif"}
"""The kinds of film by the ending of their names, with their media types."""
FILM = (1080, 1080)
"""A film's size where none is given, in pixels."""
FILM_LIMITS = (480, 1920)
"""The limits of a film's width and height, in pixels."""
REST = 2.4
"""How long a film rests on each day where nothing else is asked for, in seconds."""
RESTS = (0.5, 10.0)
"""The least and greatest rest, in seconds."""
MOST_DAYS = 60
"""A rest is longer where its line is long, but no longer than this."""
_FADE = 0.4
"""How long a cross-fade takes, in seconds."""
_RATE = 25
"""Frames a second of an MP4."""
_BT709 = 1
"""The colours of high-definition video, as FFmpeg numbers them."""
_GIF_FADE = 4
"""Pictures of a cross-fade in a GIF."""
_GIF_COLOURS = 128

Progress = Callable[[int, int], None]
"""Is called with how many parts of a film are done, and how many there are."""


@dataclass(frozen=True)
class Still:
    """A picture of a film, its pixels as rows, columns, red green blue; and its rest in seconds."""

    pixels: np.ndarray[Any, Any]
    rest: float


def film(
    dataset: Dataset,
    ending: str,
    *,
    known: selection.Day = None,
    sources: selection.Sources = None,
    lang: str = "en",
    theme: str = "light",
    width: int | str | None = None,
    height: int | str | None = None,
    rest: float | str = REST,
    progress: Progress | None = None,
) -> bytes:
    """Return the days on which something happens as a film; `ending` is one of `FILM_TYPES`.

    The first picture is a poster: title and last day. Each day rests for `rest` seconds, longer
    where its line takes longer to read, and fades into the next within 0.4 s. What is new is outlined.
    `width` and `height` are in pixels, from 480 to 1920, and even for an MP4.

    Raises BadQuery where the dataset has fewer than two such days, or where the size, the rest, the
    theme or a source is not possible, NotFound for an unknown ending, MissingExtra where a library
    is not installed.
    """
    if ending not in FILM_TYPES:
        raise NotFound(f"there is no such kind of film; use one of {', '.join(FILM_TYPES)}")
    write = _load(ending)
    sides = film_size(ending, width, height)
    words, chosen = words_in(lang, dataset), select(dataset, None, known, sources)
    actors, rtl = dataset.ledger.actors, words.direction == "rtl"
    style = Style(THEMES[check_theme(theme)], actors, *sides, rtl)
    seconds = parse_rest(rest)
    on_steps = steps(words, dataset, chosen)
    if len(on_steps) < 2:
        raise BadQuery(
            "film", "nothing happens in this dataset's period, so there is no film of it"
        )
    if len(on_steps) > MOST_DAYS:
        raise BadQuery(
            "film", f"{len(on_steps)} days on which something happens are too many; "
            f"a film shows at most {MOST_DAYS}",
        )  # fmt: skip
    days = days_of(dataset, words, chosen, [step.day for step in on_steps], on_steps)
    period = view(dataset, chosen, words) if has_chart(style) else None
    scenes = _scenes(style, dataset, words, days, period)
    report = progress or (lambda done, whole: None)
    return write(_stills(scenes, days, seconds, report), lambda: report(len(scenes), len(scenes)))


def is_filmed(on_steps: Sequence[Step]) -> bool:
    """Return whether there is a film of a period with these steps: not too few and not too many."""
    return 2 <= len(on_steps) <= MOST_DAYS


def film_size(ending: str, width: int | str | None, height: int | str | None) -> tuple[int, int]:
    """Return a film's checked width and height in pixels. Raises BadQuery naming the side."""
    sides = size(width, height, FILM, FILM_LIMITS)
    if ending == "mp4":
        for name, given, side in zip(("width", "height"), (width, height), sides, strict=True):
            if given is not None and side % 2:
                raise BadQuery(name, f"{side} is odd; an MP4 has an even number of pixels a side")
        sides = (sides[0] // 2 * 2, sides[1] // 2 * 2)
    return sides


def parse_rest(value: float | str) -> float:
    """Return a rest in seconds, from a number or its text; else raise BadQuery."""
    least, most = RESTS
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = 0.0
    if not least <= seconds <= most:
        raise BadQuery(
            "rest", f"{quoted(str(value))} is not a rest; give seconds from {least:g} to {most:g}"
        )
    return seconds


# Pictures ---------------------------------------------------------------------------------------


def _scenes(
    style: Style, dataset: Dataset, words: Words, days: Sequence[Day], period: View | None
) -> list[Scene]:
    """The poster, and a picture of each day, all in one layout, so that nothing but the days moves.

    The chart of time is that of the `period`, if there is one.
    """
    legend = common_legend(words, days)
    credit, credit_short = common_credit(words, dataset, days)
    texts = [
        replace(
            texts_of(day.view),
            line=day.line,
            headline=(),
            legend=legend,
            credit=credit,
            credit_short=credit_short,
            chart=partial(chart, style, words, period, day=day.view.date) if period else None,
        )
        for day in days
    ]
    longest = replace(texts[0], line=max((one.line for one in texts), key=len))
    layout = lay_out(style, dataset, longest, film=True)
    maps = [_map(layout, dataset, words, day) for day in days]
    if any(drawn.numbered for drawn in maps):
        keyed = replace(longest, key=key_text(days[0].view, dated=False))
        layout = lay_out(style, dataset, keyed, film=True)
        maps = [_map(layout, dataset, words, day) for day in days]
    last = days[-1]
    poster = _scene(
        layout,
        _map(layout, dataset, words, replace(last, news=())),
        last,
        replace(texts[-1], line=texts_of(last.view).line),
    )
    return [
        poster,
        *(_scene(layout, *one) for one in zip(maps, days, texts, strict=True)),
    ]


def _map(layout: Layout, dataset: Dataset, words: Words, day: Day) -> DrawnMap:
    """The map of a day, what is new on it outlined."""
    style = layout.style
    drawn = map_layers(style, dataset, words, day.view, layout.frame, layout.legend)
    lines = [*drawn.layers["lines"], *outlines_of(style, dataset, layout.frame, day)]
    return replace(drawn, layers=drawn.layers | {"lines": lines})


def _scene(layout: Layout, drawn: DrawnMap, day: Day, texts: Texts) -> Scene:
    left, top, _, _ = layout.map
    placed = {
        name: [moved(item, left, top) for item in items] for name, items in drawn.layers.items()
    }
    placed["text"] = layout.with_day(texts).draw()
    return scene_of(layout.style, day.view, placed)


def _stills(
    scenes: Sequence[Scene], days: Sequence[Day], rest: float, report: Progress
) -> Iterator[Still]:
    rests = [rest, *(max(rest, reading_seconds(day.line)) for day in days)]
    for number, (scene, seconds) in enumerate(zip(scenes, rests, strict=True)):
        report(number, len(scenes))
        yield Still(_pixels(write_png(scene)), seconds)


def _pixels(png: bytes) -> np.ndarray[Any, Any]:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))


def _fade(
    before: np.ndarray[Any, Any], after: np.ndarray[Any, Any], pictures: int
) -> Iterator[Any]:
    """The pictures between two, each nearer to the second."""
    old, new = before.astype(np.uint16), after.astype(np.uint16)
    for number in range(1, pictures + 1):
        share = round(256 * number / (pictures + 1))
        yield ((old * (256 - share) + new * share) >> 8).astype(np.uint8)


# Files ------------------------------------------------------------------------------------------

Writer = Callable[[Iterator[Still], Callable[[], None]], bytes]


def _load(ending: str) -> Writer:
    """The writer of a kind of film. Raises MissingExtra where its library is not installed."""
    try:
        import PIL.Image  # noqa: F401
        import resvg_py  # noqa: F401

        if ending == "mp4":
            import av  # noqa: F401
    except ImportError:
        raise MissingExtra("films", "film") from None
    return _write_mp4 if ending == "mp4" else _write_gif


def _write_mp4(stills: Iterator[Still], done: Callable[[], None]) -> bytes:
    import av

    # Into a file, because its index is moved to its start, so that it plays before all is loaded.
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with temporary_folder() as folder:
        file = folder / "film.mp4"
        with av.open(file, "w", format="mp4", options=options) as container:
            stream: Any = None
            for pixels, times in _frames(stills):
                if stream is None:
                    stream = _h264(container, pixels)
                frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
                    format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
                )
                for _ in range(times):
                    frame.pts = None
                    container.mux(stream.encode(frame))
            container.mux(stream.encode())
        done()
        return file.read_bytes()


def _h264(container: Any, pixels: np.ndarray[Any, Any]) -> Any:
    """A stream of frames of this size, in the one form of H.264 that every player knows."""
    stream = container.add_stream("libx264", rate=Fraction(_RATE))
    stream.height, stream.width = pixels.shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.options = {"preset": "veryfast", "crf": "19", "tune": "animation", "threads": "1"}
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = 1
    return stream


def _frames(stills: Iterator[Still]) -> Iterator[tuple[np.ndarray[Any, Any], int]]:
    """Every picture of a film, and for how many frames it stands."""
    before: np.ndarray[Any, Any] | None = None
    for still in stills:
        if before is not None:
            for pixels in _fade(before, still.pixels, round(_FADE * _RATE) - 1):
                yield pixels, 1
        yield still.pixels, round(still.rest * _RATE)
        before = still.pixels


def _write_gif(stills: Iterator[Still], done: Callable[[], None]) -> bytes:
    """A GIF that repeats without end. All its pictures have one palette, so nothing flickers."""
    from PIL import Image

    shown = list(stills)
    samples = np.concatenate([still.pixels[::3, ::3] for still in shown])
    palette = Image.fromarray(samples).quantize(_GIF_COLOURS, dither=Image.Dither.NONE)

    def reduced(pixels: np.ndarray[Any, Any]) -> Any:
        return Image.fromarray(pixels).quantize(palette=palette, dither=Image.Dither.NONE)

    images, lasting = [reduced(shown[0].pixels)], [shown[0].rest]
    for before, still in pairwise(shown):
        for pixels in _fade(before.pixels, still.pixels, _GIF_FADE):
            images.append(reduced(pixels))
            lasting.append(_FADE / _GIF_FADE)
        images.append(reduced(still.pixels))
        lasting.append(still.rest)
    file = io.BytesIO()
    images[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=images[1:],
        duration=[round(seconds * 100) * 10 for seconds in lasting],
        loop=0,
    )
    done()
    return file.getvalue()
