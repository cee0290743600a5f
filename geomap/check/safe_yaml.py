"""A small, safe part of YAML: texts, lists and mappings, nothing that stands for something else."""

from __future__ import annotations

import re
from typing import Any

import yaml

from geomap.errors import quoted, short

MAX_VALUES = 20_000
"""Keys, texts and lists of a file: enough for thousands of milestones, and read within a second."""
_STRING, _NULL = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"
_TAGS = frozenset((_STRING, _NULL, "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"))


_PLAIN = (
    (
        r"mapping values are not allowed",
        "has a colon and a blank within a text, or is indented too far; put the text in quotes, "
        "indent keys of one group alike",
    ),
    (
        r"could not find expected ':'",
        "has a line without a colon; write `key: value`, and a text of several lines in quotes",
    ),
    (
        r"found character '\\t'|found a tab",
        "is indented with a tab; indent with blanks",
    ),
    (
        r"unexpected end of stream|quoted scalar",
        "has a quotation mark that is not closed; close it, or put the text in the other quotes",
    ),
    (
        r"expected ',' or '[\]}]'",
        "has a list or group that is not closed, or lacks a comma; close it with ] or }",
    ),
    (
        r"found '<scalar>'",
        "has quotation marks within a text in quotes; double those within, as in 'it''s'",
    ),
    (
        r"expected <block end>|expected the node content|block sequence|but found '",
        "is not in line with the lines above; indent keys of one group alike",
    ),
    (
        r"found character .* that cannot start",
        "has a text that begins with a sign YAML keeps for itself; put the text in quotes",
    ),
)
"""What PyYAML says of the mistakes that people make, and what geomap says in its place."""


def in_plain_words(problem: str) -> str:
    """Return the sentence for a problem that PyYAML or this module names."""
    for pattern, sentence in _PLAIN:
        if re.search(pattern, problem):
            return sentence
    return f"is not valid YAML: {problem}"


def load_yaml(content: bytes) -> Any:
    """Return what a file says: texts as they are written, None, lists and dicts.

    Raises yaml.YAMLError, and ValueError, RecursionError or MemoryError for what YAML's own reader
    does not take.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise yaml.MarkedYAMLError(problem="it is not UTF-8; save it as UTF-8") from None
    return yaml.load(text, Loader=_Loader)  # a SafeLoader


class _Loader(yaml.SafeLoader):
    """YAML whose values stay as they are written: a day that does not exist is a fault of its key,
    and the language `no` is no `false`. Refused are a key that stands twice, a tag such as
    `!!timestamp`, which would have a value read in another way, and anchors with their aliases,
    by which a few lines can stand for gigabytes.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._values = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        self._values += 1
        if self._values > MAX_VALUES:
            problem = f"it holds more than {MAX_VALUES:,} keys and values; leave some out"
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            name = short(event.anchor)
            problem = (
                f"anchors and aliases (&{name}, *{name}) are not taken; "
                "write the value out, or put a text that begins with & or * in quotes"
            )
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        _check_tag(node)
        return super().construct_object(node, deep)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            _check_tag(key)
            if not isinstance(key, yaml.ScalarNode):
                raise _refused("a key must be a text", key)
            if key.value in seen:
                raise _refused(f"the key {quoted(key.value)} stands twice", key)
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


# Of the plain texts, only an empty one, ~ and null are more than a text.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == _NULL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _check_tag(node: yaml.Node) -> None:
    if node.tag not in _TAGS:
        raise _refused(f"the tag {quoted(node.tag)} is not taken; write the value without it", node)


def _refused(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
