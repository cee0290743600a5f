"""What the browser gets, as types: the contract with the scripts under `map/static`.

`schema` writes it as JSON Schema. Days are `YYYY-MM-DD`, places latitude before longitude, as Leaflet
has them.
"""

from __future__ import annotations

from typing import Any, NotRequired

from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

_closed = with_config(ConfigDict(extra="forbid"))
ColourPayload = int | str
"""An actor's number or a role of the theme."""
SpansPayload = list[tuple[str, int]]
"""Texts, each with 1 if it is bold."""
Runs = list[list[float]]
"""See `zooms.ZoomLabels`."""
Place = tuple[float, float]


@_closed
class StripePayload(TypedDict):
    """Bars over a look's fill."""

    colour: ColourPayload
    width: float
    start: float
    across: bool


@_closed
class PatternPayload(TypedDict):
    """What is repeated over a look's fill."""

    period: float
    angle: float
    stripes: list[StripePayload]


@_closed
class OutlinePayload(TypedDict):
    """The line around a region."""

    colour: ColourPayload
    width: float
    dash: list[float]


@_closed
class LookPayload(TypedDict):
    """How a status looks, see `looks.Look`."""

    fill: ColourPayload | None
    opacity: float
    patterns: list[PatternPayload]
    outline: OutlinePayload


@_closed
class CardPayload(TypedDict):
    """What is said of a region, and how it looks, by the number of its look.

    `when` are the dates under its name, in rows as they may be broken; pieces that are marked are
    struck out. `passages` are texts, each with who states it.
    """

    look: int
    disputed: bool
    when: list[SpansPayload]
    passages: list[tuple[SpansPayload, str]]
    dates: list[tuple[str, str]]


StretchPayload = tuple[str, int, list[int], list[int]]
"""The first day of a stretch, which lasts until the next begins, the number of its card, and those
of the claims that state what the card says and of those that are consistent with it."""


@_closed
class ArcsPayload(TypedDict):
    """The outlines of all regions, each shared border once.

    A line has the longitude and latitude of its first point, then the steps to each next one, all
    in parts of a degree, of which `scale` make one.
    """

    scale: int
    lines: list[list[int]]


@_closed
class ReportPayload(TypedDict):
    """What else a source reports, its day, and where."""

    when: str
    text: str
    cite: str
    url: str


@_closed
class RegionPayload(TypedDict):
    """A region, its names and its course; `withdrawn` are numbers of claims.

    `outline` has its polygons, each with its rings, and these with the numbers of their arcs, in
    which the ones' complement is an arc that runs backwards.

    For `places`, `points` and `spare` see `zooms.ZoomLabels`; `number` may stand for its label.
    """

    name: str
    alternates: list[str]
    label: Place
    number: int
    places: Runs
    points: list[float]
    spare: Runs
    outline: list[list[list[int]]]
    note: str
    stretches: list[StretchPayload]
    reports: list[ReportPayload]
    withdrawn: list[int]


@_closed
class TonePayload(TypedDict):
    """The number of a look, and the day from which it holds, "" for all days."""

    look: int
    first: str


@_closed
class ContextPayload(TypedDict):
    """What is drawn beneath; of a town the name alone.

    `days` are the first and the last on which it is drawn, if it is not on all. The geometry is
    GeoJSON, but each of its lines one list: x and y of its first point, and the steps from each
    point to the next, in degrees times `context_scale`.
    """

    kind: str
    name: str
    label: Place | None
    places: Runs
    geometry: dict[str, Any] | None
    tone: TonePayload | None
    days: NotRequired[tuple[str, str]]


@_closed
class LegendPayload(TypedDict):
    """One sign, by the number of its look, and its words, see `legend.LegendEntry`."""

    kind: str
    look: int
    label: str
    more: str
    short: str
    shorter: str


@_closed
class LegendStretchPayload(TypedDict):
    """A first day, and the numbers of the legend's signs that the map shows from it on."""

    first: str
    signs: list[int]


@_closed
class InsetPlacePayload(TypedDict):
    """A place on the small map: its dot, and where its name stands."""

    name: str
    dot: Place
    text: Place
    anchor: str


@_closed
class InsetPayload(TypedDict):
    """The small map, see `inset.Inset`; land as the data of an SVG path, in tenths of a pixel."""

    size: tuple[int, int]
    land: str
    frame: tuple[float, float, float, float]
    places: list[InsetPlacePayload]
    letters: float
    dot: float


@_closed
class ActorPayload(TypedDict):
    """An actor's colours, light and dark."""

    colour: str
    dark: str


@_closed
class SourcePayload(TypedDict):
    """A source as it is cited."""

    name: str
    title: str
    published: str
    url: str


@_closed
class ClaimPayload(TypedDict):
    """A claim in words, the number of its source, and when and why it was withdrawn, if it was."""

    text: str
    when: str
    source: int
    locator: str
    note: str
    withdrawn: str


@_closed
class HeadlinePayload(TypedDict):
    """Days, both included, their headline, and the numbers of their credits.

    `short` is one line, for frames with little room, and so is its credit.
    """

    first: str
    last: str
    text: SpansPayload
    short: str
    credit: int
    credit_short: int


@_closed
class StepPayload(TypedDict):
    """A day on which something happens: what, who states it, and the numbers of its regions.

    `rest` is how many seconds it takes to read, `reports` what the sources report besides, up to the
    next step.
    """

    day: str
    line: str
    rest: float
    cite: str
    regions: list[int]
    reports: list[ReportPayload]


@_closed
class TickPayload(TypedDict):
    """A day to mark on the axis, and the last of them where it is not known exactly."""

    first: str
    last: str
    label: str


@_closed
class LanePayload(TypedDict):
    """A lane of the chart: its region's number, due days to mark, and from which due day to which a
    handover was put off. Its course is the region's.
    """

    region: int
    due: list[str]
    arrows: list[tuple[str, str]]


@_closed
class ChartPayload(TypedDict):
    """The chart of time; `named` if its lanes have room for names. See `axis.Axis` for the others."""

    lanes: list[LanePayload]
    named: bool
    anchors: list[tuple[str, float]]
    breaks: list[tuple[float, float]]


@_closed
class DatesPayload(TypedDict):
    """How a day is written, see `texts.DatePatterns`."""

    long: str
    short: str
    months: list[str]
    months_short: list[str]


@_closed
class AreaPayload(TypedDict):
    """What the map shows first, and its zoom limits."""

    bounds: tuple[Place, Place]
    least_zoom: float
    greatest_zoom: float


@_closed
class LabelsPayload(TypedDict):
    """What holds for the names on the map, see `zooms.ZoomLabels`."""

    first: float
    step: float
    shrunk: Runs
    numbered: Runs
    disputed_sign: str


@_closed
class SizesPayload(TypedDict):
    """Sizes that the scripts need, see `sizes`."""

    swatch: tuple[int, int]
    swatch_outline: float
    fitted: tuple[int, int]


@_closed
class TextPayload(TypedDict):
    """The words of the map's controls; `{day}` and `{date}` are for the browser to fill."""

    play: str
    pause: str
    next: str
    previous: str
    day: str
    map: str
    zoom_in: str
    zoom_out: str
    legend: str
    also: str
    published: str
    claims: str
    full: str
    close: str
    two_fingers: str
    ctrl: str
    status: str
    consistent: str
    reports: str
    withdrawn: str
    divider: str


@_closed
class Payload(TypedDict):
    """Everything that the map in the browser needs.

    `corrected` is that of the restrictions, if any, which says that the map was corrected since.
    """

    title: str
    lang: str
    dir: str
    period: tuple[str, str]
    date: str
    restrictions: list[str]
    corrected: str
    dates: DatesPayload
    area: AreaPayload
    actors: list[ActorPayload]
    looks: list[LookPayload]
    legend: list[LegendPayload]
    legends: list[LegendStretchPayload]
    inset: InsetPayload | None
    sources: list[SourcePayload]
    claims: list[ClaimPayload]
    arcs: ArcsPayload
    cards: list[CardPayload]
    regions: list[RegionPayload]
    headlines: list[HeadlinePayload]
    steps: list[StepPayload]
    ticks: list[TickPayload]
    chart: ChartPayload
    context: list[ContextPayload]
    context_scale: int
    labels: LabelsPayload
    credits: list[str]
    limits: str
    page: str
    sizes: SizesPayload
    text: TextPayload


def schema() -> dict[str, Any]:
    """Return the contract with the scripts as JSON Schema."""
    return TypeAdapter(Payload).json_schema()
