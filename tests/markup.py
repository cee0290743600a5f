"""A page as its elements and texts, read with the standard library's parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Element:
    """One element: its tag, attributes, and the text directly in it or in any element inside."""

    tag: str
    attributes: dict[str, str]
    text: str = ""

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


@dataclass
class Markup(HTMLParser):
    """A parsed page; `elements` in the order of their start tags."""

    html: str
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in ("meta", "link", "input", "br", "img", "hr"):
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements of a tag whose attributes have these values (`class_` for class)."""
        wanted = {name.rstrip("_").replace("_", "-"): v for name, v in attributes.items()}
        return [
            e
            for e in self.elements
            if e.tag == tag
            and all(
                v in e.attributes.get(name, "").split()
                if name in ("class", "rel")
                else e.attributes.get(name) == v
                for name, v in wanted.items()
            )
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        """Return the only such element."""
        (only,) = self.all(tag, **attributes)
        return only

    @property
    def addresses(self) -> list[str]:
        """Every address that the page names in an attribute."""
        names = ("href", "src", "srcset", "action", "formaction", "data", "poster")
        return [e.attributes[n] for e in self.elements for n in names if n in e.attributes]


def text_of(html: str, tag: str, **attributes: str) -> list[str]:
    """Return the texts of the elements of a tag, space between words made single."""
    return [" ".join(e.text.split()) for e in Markup(html).all(tag, **attributes)]
