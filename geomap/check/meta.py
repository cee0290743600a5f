"""What dataset.yaml says: its keys, what each takes, and the sentence for a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from geomap.check.names import META
from geomap.core.meta import MAX_YEARS, MAX_ZOOM, YEARS, Meta, View
from geomap.errors import Fault, quoted


class _Loader(yaml.SafeLoader):
    """YAML whose values stay as they are written: a day that does not exist is a fault of its key,
    and the language `no` is no `false`. A key that stands twice is refused, and so is a tag such as
    `!!timestamp`, which would have a value read in another way.
    """

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag.rpartition(":")[2] not in ("str", "null", "seq", "map"):
            problem = f"the tag {quoted(node.tag)} is not taken; write the value without it"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return super().construct_object(node, deep)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                problem = f"the key {quoted(key.value)} stands twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(str(key.value))
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag == "tag:yaml.org,2002:null"]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_meta(files: dict[str, bytes]) -> tuple[Meta | None, list[Fault]]:
    """Return what dataset.yaml in `files` (name to content) says, None if unreadable, and faults."""
    if META not in files:
        return None, [Fault(META, None, None, "is missing; `geomap new DIR` writes one to copy")]
    try:
        document = yaml.load(_text_of(files[META]), Loader=_Loader)  # a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError, MemoryError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None)
        message = f"is not valid YAML: {problem}" if problem else "is not valid YAML"
        return None, [Fault(META, mark.line + 1 if mark else None, None, message)]
    if not isinstance(document, dict):
        return None, [Fault(META, None, None, "must hold `key: value` lines")]
    try:
        meta = Meta.model_validate(document)
    except ValidationError as error:
        return None, [
            Fault(META, None, ".".join(map(str, e["loc"])), _message(e["type"], e["msg"], e["loc"]))
            for e in error.errors()
        ]
    return meta, list(_check(meta))


def _text_of(content: bytes) -> str:
    """Return a file's text. Raises YAMLError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise yaml.MarkedYAMLError(problem="it is not UTF-8; save it as UTF-8") from None


_MESSAGES = {
    "missing": "is missing",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "tuple_type": "must be a list",
    "too_long": "has too many entries",
}


def _message(kind: str, message: str, place: tuple[int | str, ...]) -> str:
    if kind == "model_type":
        return f"must hold the keys {', '.join(_model_at(place).model_fields)}"
    if kind != "extra_forbidden":
        return _MESSAGES.get(kind) or message.removeprefix("Value error, ")
    known = _model_at(place[:-1]).model_fields
    near = difflib.get_close_matches(str(place[-1]), known, n=1)
    hint = f"is {near[0]!r} meant? " if near else ""
    return f"is not known here; {hint}known: {', '.join(known)}"


def _model_at(place: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the model of the keys at a place such as ("milestones", 0)."""
    model: type[BaseModel] = Meta
    for name in place:
        if isinstance(name, str):
            kind = model.model_fields[name].annotation
            kinds = (kind, *get_args(kind))
            model = next(k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel))
    return model


def _check(meta: Meta) -> Iterator[Fault]:
    start, end = meta.period.start, meta.period.end
    if start > end:
        yield Fault(META, None, "period", f"ends ({end}) before it starts ({start})")
    elif start.year < YEARS[0] or end.year > YEARS[1]:
        message = f"goes from {start} to {end}; use days of the years {YEARS[0]} to {YEARS[1]}"
        yield Fault(META, None, "period", message)
    elif end.year - start.year > MAX_YEARS:
        message = f"is {end.year - start.year} years long; a map shows at most {MAX_YEARS}"
        yield Fault(META, None, "period", message)
    else:
        days = {"date": meta.date}
        days |= {f"milestones.{n}.date": m.date for n, m in enumerate(meta.milestones)}
        for column, day in days.items():
            if not start <= day <= end:
                message = f"{day} lies outside the period {start} to {end}"
                yield Fault(META, None, column, message)
    if meta.view:
        yield from _check_view(meta.view)


def _check_view(view: View) -> Iterator[Fault]:
    west, south, east, north = view.bounds
    # NaN, which YAML can write, is in no order with anything.
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        message = "must be west, south, east, north in degrees, in that order"
        yield Fault(META, None, "view.bounds", message)
    for column in ("min_zoom", "max_zoom"):
        if not 0 <= (zoom := getattr(view, column)) <= MAX_ZOOM:
            message = f"is {zoom:g}; a zoom is a number from 0 to {MAX_ZOOM}"
            yield Fault(META, None, f"view.{column}", message)
    if view.min_zoom > view.max_zoom:
        message = f"{view.min_zoom:g} is more than max_zoom, {view.max_zoom:g}"
        yield Fault(META, None, "view.min_zoom", message)
