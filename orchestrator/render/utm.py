"""UTM parameters put into the links of a letter, once per template; what a link already says is left to it.

A link whose host is written in the template gets them in its text. One that is a single value (``href="{{ url }}"``,
as in a macro for buttons) gets them when the value is known, from a filter that is put into the compiled template.
Anything else between (a value before a path, an ``{% if %}`` inside the link) is left alone and told by
:func:`unmarked`. Links of ours that unsubscribe, other kinds than http and https, and tags with ``data-utm="off"``
stay as they are.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote_plus, urlsplit

from jinja2 import nodes
from markupsafe import Markup

from orchestrator.model.utm import Utm
from orchestrator.render.joined import Joined
from orchestrator.render.source import Piece

FILTER = "_utm"
"""The filter's name in compiled templates; no author can write a name that begins with ``_``."""
_VALUE = r"""(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'>]+))"""
_TAG = re.compile(r"""<(?:a|area|v:\w+)(?=[\s/])(?:[^"'>]|"[^"]*"|'[^']*')*>""", re.I)
_HREF = re.compile(r"(?<=\s)href\s*=\s*" + _VALUE, re.I)
_OFF = re.compile(r"""\sdata-utm\s*=\s*["']?off\b["']?""", re.I)
_PLAIN = re.compile(r"""https?://[^\s<>"')\]]+""", re.I)
_COMMENT = re.compile(r"<!--(?!\[if).*?-->", re.S)
_OURS = re.compile(r"/u/[A-Za-z0-9_-]{60,}/?\Z")
_SENTENCE_ENDS = ".,;:!?"


def add(url: str, utm: Utm) -> str:
    """Give a URL with the parameters that it does not have yet, before its fragment.

    It comes back unchanged where it is none of http or https, leads to another host than those asked for, or is one
    of our own links to unsubscribe.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return url
    if parts.scheme.lower() not in ("http", "https") or not _asked(host, utm) or _OURS.search(parts.path):
        return url
    return _with(url.strip(), utm, "&")


def _asked(host: str, utm: Utm) -> bool:
    if not host:
        return False
    return not utm.hosts or any(host == known or host.endswith("." + known) for known in utm.hosts)


def _with(url: str, utm: Utm, ampersand: str) -> str:
    address, sign, fragment = url.partition("#")
    _, asks, query = address.partition("?")
    query = html.unescape(query)
    said = {word.partition("=")[0].lower() for word in re.split("[&;]", query)}
    new = [f"utm_{name}={quote_plus(value)}" for name, value in utm.values.items() if f"utm_{name}" not in said]
    if not new:
        return url
    first = "?" if not asks else "" if not query or query.endswith("&") else ampersand
    return address + first + ampersand.join(new) + sign + fragment


class Marker:
    """Puts the parameters into the links of one letter."""

    def __init__(self, utm: Utm) -> None:
        """Keep what the links shall say."""
        self.utm = utm

    def filter(self, value: object) -> object:
        """Give a link that is known only now with its parameters; what is no text stays what it is."""
        if isinstance(value, Markup):
            return add(value.unescape(), self.utm)
        return add(value, self.utm) if isinstance(value, str) else value

    def html(self, parts: Sequence[Piece | str]) -> list[Piece | str]:
        """Give the parts of an HTML letter with marked links: as many parts, each in its place."""
        return self._done(parts, _hrefs, "&amp;")

    def text(self, parts: Sequence[Piece | str]) -> list[Piece | str]:
        """Give the parts of a letter of text with marked links."""
        return self._done(parts, _written, "&")

    def _done(
        self, parts: Sequence[Piece | str], links: Callable[[_Row], Iterator[_Link]], ampersand: str
    ) -> list[Piece | str]:
        row = _Row(parts)
        done: list[Piece | str] = list(parts)
        changes: list[tuple[int, int, str]] = []
        for link in links(row):
            if link.value is not None and not _piece(parts[link.value]).inner.strip().startswith("links."):
                done[link.value] = replace(_piece(parts[link.value]), link=True)
            elif link.fixed and _asked(_host(link.text), self.utm) and not _OURS.search(link.text):
                before = link.text.partition("#")[0]
                if new := _with(link.text, self.utm, ampersand)[len(before) :].removesuffix(link.text[len(before) :]):
                    changes.append((*row.place(link.start + len(before)), new))
        for number, at, new in sorted(changes, reverse=True):
            if at < 0:
                done.insert(number, new)
                continue
            part = done[number]
            text = part if isinstance(part, str) else part.text
            text = text[:at] + new + text[at:]
            done[number] = text if isinstance(part, str) else replace(part, text=text)
        return done


@dataclass(frozen=True)
class _Link:
    """A link in a row of parts: its text with marks for tags, where it begins, and what can be done with it.

    ``fixed`` says that its host is written; ``value`` is the number of the part that is the whole link.
    """

    text: str
    start: int
    fixed: bool
    value: int | None
    tags: tuple[int, ...]


class _Row:
    """The parts as one text, each Jinja tag as one character that no letter has, and the way back."""

    def __init__(self, parts: Sequence[Piece | str]) -> None:
        self.parts = parts
        self.begins: list[int] = []
        texts: list[str] = []
        size = 0
        for part in parts:
            data = _MARK if isinstance(part, Piece) and part.kind != "data" else _data(part)
            self.begins.append(size)
            texts.append(data)
            size += len(data)
        self.text = "".join(texts)
        self.tags = {
            begin: at
            for at, (begin, part) in enumerate(zip(self.begins, parts, strict=True))
            if isinstance(part, Piece) and part.kind != "data"
        }

    def link(self, text: str, start: int) -> _Link:
        tags = tuple(self.tags[start + n] for n, sign in enumerate(text) if sign == _MARK and start + n in self.tags)
        kinds = {_piece(self.parts[at]).kind for at in tags}
        alone = tags[0] if len(tags) == 1 and text.strip() == _MARK and kinds == {"print"} else None
        fixed = _MARK not in _front(text) and _host(text) != "" and kinds <= {"print"}
        return _Link(text, start, fixed, alone, tags)

    def steers(self, at: int) -> bool:
        """Tell whether a block tag stands at a place."""
        return at in self.tags and _piece(self.parts[self.tags[at]]).kind == "block"

    def place(self, at: int) -> tuple[int, int]:
        """Give the part and the place in its text where new text goes; -1 stands for right before the part."""
        number = bisect_right(self.begins, at) - 1
        if self.begins[number] not in self.tags:
            return number, at - self.begins[number]
        if at > self.begins[number]:
            return number + 1, -1
        if number and self.begins[number - 1] not in self.tags:
            return number - 1, at - self.begins[number - 1]
        return number, -1


_MARK = "\ue0ff"


def _data(part: Piece | str) -> str:
    return (part if isinstance(part, str) else part.text).replace(_MARK, " ")


def _piece(part: Piece | str) -> Piece:
    if isinstance(part, str):
        raise TypeError("a tag is a piece")
    return part


def _front(text: str) -> str:
    """Give scheme and host of a link as written."""
    found = re.match(r"\s*https?://[^/?#]*", text, re.I)
    return found.group() if found else _MARK


def _host(text: str) -> str:
    try:
        return (urlsplit(html.unescape(_front(text)).strip()).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _hrefs(row: _Row) -> Iterator[_Link]:
    hidden = [match.span() for match in _COMMENT.finditer(row.text)]
    for tag in _TAG.finditer(row.text):
        if any(start <= tag.start() < end for start, end in hidden) or _OFF.search(tag.group()):
            continue
        found = _HREF.search(tag.group())
        if found is not None:
            word = next(name for name in ("double", "single", "bare") if found.group(name) is not None)
            yield row.link(found.group(word), tag.start() + found.start(word))


def _written(row: _Row) -> Iterator[_Link]:
    for found in _PLAIN.finditer(row.text):
        text, start = found.group(), found.start()
        while text[-1] in _SENTENCE_ENDS or row.steers(start + len(text) - 1):
            text = text[:-1]
        yield row.link(text, start)


def unmarked(parts: Sequence[Piece | str]) -> list[Piece]:
    """Give the tag by which each link of an HTML letter begins or steers that can have no parameters."""
    marked: list[Piece] = []
    for link in _hrefs(_Row(parts)):
        pieces = [_piece(parts[at]) for at in link.tags]
        if not pieces or link.value is not None or link.fixed:
            continue
        begins = link.text.strip().startswith(_MARK)
        scheme = re.match(r"\s*(\w+):", link.text)
        if begins or (scheme and scheme.group(1).lower() in ("http", "https")):
            marked.append(pieces[0])
    return marked


def mark_values(tree: nodes.Template, source: Joined) -> None:
    """Put the filter around every value that is a whole link; the tree is one that was checked before."""
    for output in tree.find_all(nodes.Output):
        for at, node in enumerate(output.nodes):
            piece = None if isinstance(node, nodes.TemplateData) else source.piece(node.lineno)
            if piece is not None and piece.link:
                output.nodes[at] = marked = nodes.Filter(node, FILTER, [], [], None, None, lineno=node.lineno)
                marked.environment = node.environment


def defaults(campaign: str, channel: str, variant: str, project: str) -> Mapping[str, str]:
    """Give what links say where the files leave it out; an empty text says nothing."""
    return {"source": project, "medium": channel, "campaign": campaign, "content": variant}
