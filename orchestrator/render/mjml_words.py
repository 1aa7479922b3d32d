"""The words of MJML: which element stands where, and which attributes it has.

Only what the compiler does something with is here: it leaves out everything else without a word, so an attribute
that is not in this table is told to its author instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its attributes, what may stand in it, and what of Jinja may.

    ``content`` says that it holds HTML or text, nothing of MJML. ``steers`` says that ``if`` and ``for`` may stand
    between its elements.
    """

    attributes: frozenset[str]
    children: frozenset[str] = frozenset()
    content: bool = False
    steers: bool = False
    needs: tuple[str, ...] = ()


def _sides(*names: str) -> str:
    return " ".join(f"{name} {name}-top {name}-right {name}-bottom {name}-left" for name in names)


_PADDING = _sides("padding")
_BOX = f"align vertical-align container-background-color {_PADDING}"
_FONT = "color font-family font-size font-style font-weight line-height"
_LINK = "href name rel target data-utm"
_DECORATION = "text-decoration text-transform letter-spacing"
_BACKGROUND = (
    "background-color background-url background-position background-position-x background-position-y "
    "background-repeat background-size"
)
_ICON = (
    "font-family border icon-align icon-height icon-width icon-position icon-wrapped-url icon-wrapped-alt "
    "icon-unwrapped-url icon-unwrapped-alt"
)
_BLOCKS = "mj-text mj-button mj-image mj-divider mj-spacer mj-table mj-raw mj-social mj-navbar mj-accordion mj-carousel"


def _row(attributes: str, children: str = "", *, needs: str = "", shared: bool = True, **more: bool) -> Element:
    words = attributes.split() + (["css-class", "mj-class"] if shared else [])
    return Element(frozenset(words), frozenset(children.split()), needs=tuple(needs.split()), **more)


def _head(attributes: str = "", children: str = "", needs: str = "", content: bool = False) -> Element:
    return _row(attributes, children, needs=needs, shared=False, content=content)


_SECTION = f"{_BACKGROUND} {_sides('border')} border-radius direction full-width text-align {_PADDING}"
_BODY: dict[str, Element] = {
    "mj-body": _row("background-color width", "mj-section mj-wrapper mj-hero mj-raw", steers=True),
    "mj-wrapper": _row(_SECTION, "mj-section mj-hero mj-raw", steers=True),
    "mj-section": _row(_SECTION, "mj-column mj-group mj-raw", steers=True),
    "mj-group": _row(
        "align background-color border border-left border-right inner-border inner-border-left inner-border-right "
        "direction padding padding-left padding-right vertical-align width",
        "mj-column mj-raw",
        steers=True,
    ),
    "mj-column": _row(
        f"align background-color {_sides('border', 'inner-border')} border-radius inner-border-radius direction "
        f"inner-background-color {_PADDING} vertical-align width",
        _BLOCKS,
        steers=True,
    ),
    "mj-hero": _row(
        f"align background-color background-height background-position background-url background-width height "
        f"inner-background-color {_sides('inner-padding')} {_PADDING} vertical-align width",
        _BLOCKS,
        steers=True,
        needs="height",
    ),
    "mj-text": _row(f"{_BOX} {_FONT} {_DECORATION} height", content=True),
    "mj-button": _row(
        f"{_BOX} {_FONT} {_DECORATION} {_LINK} {_sides('border')} border-radius background-color height inner-padding "
        "text-align width",
        content=True,
    ),
    "mj-image": _row(
        f"{_BOX} {_LINK} alt border border-left border-right border-radius fluid-on-mobile font-size full-width height "
        "max-height src srcset title usemap width",
        needs="src",
    ),
    "mj-divider": _row(f"{_BOX} border-color border-style border-width width"),
    "mj-spacer": _row(f"{_BOX} height"),
    "mj-table": _row(
        f"{_BOX} border cellpadding cellspacing color font-family font-size line-height table-layout width",
        content=True,
    ),
    "mj-raw": _head(content=True),
    "mj-social": _row(
        f"{_BOX} {_FONT} border-radius icon-height icon-padding icon-size inner-padding mode text-decoration "
        "text-padding",
        "mj-social-element",
    ),
    "mj-social-element": _row(
        f"align vertical-align {_PADDING} {_FONT} {_LINK} alt background-color border-radius icon-height icon-padding "
        "icon-size src text-decoration text-padding title",
        content=True,
    ),
    "mj-navbar": _row(
        f"{_BOX} base-url hamburger ico-align ico-close ico-color ico-font-family ico-font-size ico-line-height "
        f"ico-open {_sides('ico-padding')} ico-text-decoration ico-text-transform",
        "mj-navbar-link",
        steers=True,
    ),
    "mj-navbar-link": _row(f"{_PADDING} {_FONT} {_DECORATION} {_LINK}", content=True),
    "mj-accordion": _row(f"{_BOX} {_ICON}", "mj-accordion-element", steers=True),
    "mj-accordion-element": _row(f"{_ICON} background-color", "mj-accordion-title mj-accordion-text"),
    "mj-accordion-title": _row(f"{_ICON} {_PADDING} background-color color font-size", content=True),
    "mj-accordion-text": _row(
        f"{_PADDING} background-color border color font-family font-size font-weight letter-spacing line-height",
        content=True,
    ),
    "mj-carousel": _row(
        f"{_BOX} border-radius icon-width left-icon right-icon tb-border tb-border-radius tb-hover-border-color "
        "tb-selected-border-color tb-width thumbnails",
        "mj-carousel-image",
    ),
    "mj-carousel-image": _row(
        "alt border-radius href rel src target tb-border tb-border-radius tb-width thumbnails-src title data-utm",
        needs="src",
    ),
}

ELEMENTS: dict[str, Element] = {
    "mjml": _head("lang dir", "mj-head mj-body"),
    "mj-head": _head("", "mj-attributes mj-breakpoint mj-font mj-preview mj-raw mj-style mj-title"),
    "mj-attributes": _head("", f"mj-all mj-class {' '.join(_BODY)}"),
    "mj-all": _head(" ".join(sorted({name for row in _BODY.values() for name in row.attributes} - {"mj-class"}))),
    "mj-class": _head(
        "name " + " ".join(sorted({name for row in _BODY.values() for name in row.attributes} - {"mj-class"})),
        needs="name",
    ),
    "mj-breakpoint": _head("width", needs="width"),
    "mj-font": _head("name href", needs="name href"),
    "mj-preview": _head(content=True),
    "mj-style": _head("inline", content=True),
    "mj-title": _head(content=True),
    **_BODY,
}
"""Every element by its name, in the order of a letter."""

_NETWORKS = (
    "dribbble facebook github google instagram linkedin medium pinterest snapchat soundcloud tumblr twitter vimeo web "
    "x xing youtube"
)
_COPIED = (
    "alt background-color background-url base-url border-color color container-background-color font-style "
    "font-weight href ico-color icon-unwrapped-alt icon-unwrapped-url icon-wrapped-alt icon-wrapped-url "
    "inner-background-color left-icon rel right-icon src srcset target tb-hover-border-color "
    "tb-selected-border-color text-decoration text-transform thumbnails-src title"
)
FREE = frozenset(_COPIED.split())
"""Attributes whose value may come from Jinja: the compiler copies them and computes nothing from them."""

NETWORKS = frozenset(name + ending for name in _NETWORKS.split() for ending in ("", "-noshare"))
"""Names of social networks that the compiler has a picture for."""
_SIZE = r"\d+(\.\d+)?(px|%)?"
_SIZES = re.compile(rf"{_SIZE}(\s+{_SIZE}){{0,3}}\Z")
_SIZED = re.compile(
    r"(inner-|ico-|icon-|text-)?padding(-\w+)?\Z|icon-size\Z|(max-|background-|icon-|tb-)?(width|height)\Z"
)
_CHOICES: dict[str, tuple[str, ...]] = {
    "align": ("left", "center", "right", "justify"),
    "background-repeat": ("repeat", "no-repeat"),
    "data-utm": ("off",),
    "dir": ("ltr", "rtl", "auto"),
    "direction": ("ltr", "rtl"),
    "fluid-on-mobile": ("true", "false"),
    "full-width": ("full-width", "false"),
    "hamburger": ("hamburger",),
    "icon-position": ("left", "right"),
    "inline": ("inline",),
    "mode": ("horizontal", "vertical"),
    "text-align": ("left", "center", "right", "justify"),
    "thumbnails": ("visible", "hidden", "supported"),
    "vertical-align": ("top", "middle", "bottom"),
}


def value_problem(name: str, value: str) -> tuple[str, str]:
    """Tell why the compiler can do nothing with a value, and give one that it can use; two empty texts if it can."""
    choices = _CHOICES.get(name)
    if choices and value not in choices:
        return f"`{name}` is one of {', '.join(choices)}", f'{name}="{choices[0]}"'
    if _SIZED.match(name) and not _SIZES.match(value.strip()) and value != "auto":
        return f"`{name}` takes numbers with px or %", f'{name}="20px"'
    return "", ""
