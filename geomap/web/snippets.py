"""The snippets for embedding: one template a kind, filled here and by the builder's script.

Placeholders in braces: `{embed}`, `{page}`, `{picture}` and `{film}` addresses and `{title}`, each
escaped for HTML where it stands in HTML; `{ratio}` the shape as CSS writes it; `{height}` the height
in pixels for places that drop styles; `{script}` the address of the script that sets the height.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from geomap.present.sizes import EMBED_HEIGHTS, SHAPES, embed_height
from geomap.wording import Words

EMBEDS = ("map", "story", "compare")
"""The kinds of the builder that are embeds, as the parameter `mode` names them."""
STRIP, FILM = "strip", "film"
"""Those that are files."""


DEFAULT_THEME = "light"
"""Of what is pasted: most pages are light, and one that follows the reader's system is asked for."""

_LINK = (
    '\n<p style="margin:.25em 0 0;text-align:center"><small>'
    '<a href="{page}">{title}</a></small></p>'
)
"""Beside a frame: all that is left where a system takes frames out."""


def _frame(attributes: str = "", ratio: str = "{ratio}", height: str = "{height}") -> str:
    least, greatest = EMBED_HEIGHTS
    return (
        f'<iframe src="{{embed}}" title="{{title}}" loading="lazy" width="100%" height="{height}"'
        f' style="width:100%;height:auto;aspect-ratio:{ratio};'
        f'min-height:{least}px;max-height:{greatest}px;display:block;margin:0 auto;border:0"'
        f" allowfullscreen{attributes}></iframe>{_LINK}"
    )


@dataclass(frozen=True)
class Snippet:
    """One thing to paste: its name for people, its template, whether it is HTML, and for which kinds
    of the builder it is offered.
    """

    id: str
    title: str
    hint: str
    template: str
    html: bool
    kinds: tuple[str, ...] = EMBEDS


def snippets(words: Words) -> list[Snippet]:
    """Return everything that the embed builder offers, in the order in which it does."""
    return [
        Snippet(
            "iframe",
            words.say("Embed code"),
            words.say("Works everywhere that takes an iframe; needs no script."),
            _frame(),
            True,
        ),
        Snippet(
            "script",
            words.say("Embed code that fits its height"),
            words.say(
                "Adds one small script from this site that sets the exact height;"
                " the chosen shape does not count here."
            ),
            _frame(" data-geomap", ratio_of("standard"), str(embed_height("standard")))
            + '\n<script src="{script}" async></script>',
            True,
        ),
        Snippet(
            "link",
            words.say("Link"),
            words.say("Leads to this very view."),
            "{page}",
            False,
            (*EMBEDS, STRIP, FILM),
        ),
        Snippet(
            "picture",
            words.say("Picture that leads to the map"),
            words.say("Survives where an iframe is taken out: feeds, mail, some editors."),
            '<a href="{page}"><img src="{picture}" alt="{title}" loading="lazy"'
            ' style="display:block;max-width:100%;height:auto;margin:0 auto"></a>',
            True,
            (*EMBEDS, STRIP),
        ),
        Snippet(
            "film",
            words.say("Film"),
            words.say("A video that plays without sound; the file can be downloaded, too."),
            '<video src="{film}" poster="{poster}" title="{title}" controls muted playsinline'
            ' preload="none" style="display:block;width:100%;height:auto;margin:0 auto"></video>',
            True,
            (FILM,),
        ),
        Snippet(
            "markdown",
            "Markdown",
            words.say("A picture of this view that leads to the map."),
            "[![{title}]({picture})]({page})",
            False,
            (*EMBEDS, STRIP),
        ),
        Snippet(
            "wordpress",
            "WordPress",
            words.say("On a line of its own in the editor."),
            "[embed]{embed}[/embed]",
            False,
        ),
    ]


def fill(snippet: Snippet, values: dict[str, str]) -> str:
    """Return a snippet's text with its placeholders filled."""
    text = snippet.template
    for name, value in values.items():
        safe = escape(value) if snippet.html else _plain(value)
        text = text.replace(f"{{{name}}}", safe)
    return text


def ratio_of(shape: str) -> str:
    """Return a shape as CSS writes it, such as 16/13."""
    across, down = SHAPES[shape]
    return f"{across}/{down}"


def _plain(value: str) -> str:
    """A value for Markdown and the like: nothing in it may end the brackets that it stands in."""
    for character, code in (("[", "("), ("]", ")"), ("\n", " ")):
        value = value.replace(character, code)
    return value
