"""A campaign file with its expressions in the canonical form; everything else stays as the author wrote it."""

from __future__ import annotations

from orchestrator.language.format import format_expression
from orchestrator.language.shapes import content_span
from orchestrator.language.yaml import Document, Map, Scalar, read_yaml
from orchestrator.model.diagnostic import Diagnostic

EXPRESSIONS = ("audience", "exclude")
WIDTH = 100


def format_campaign(text: str, path: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """Give the file again and its findings: long expressions move under ``|``; unchanged where one is broken."""
    document, problems = read_yaml(text, path)
    if problems or not isinstance(document.root, Map):
        return text, tuple(problems)
    changes: list[tuple[int, int, str]] = []
    found: list[Diagnostic] = []
    for entry in document.root.entries:
        value = entry.value
        if entry.key.value not in EXPRESSIONS or not isinstance(value, Scalar) or value.is_null or value.in_braces:
            continue
        change, said = _change(document, entry.key, value)
        found += said
        if change is not None:
            changes.append(change)
    if found:
        return text, tuple(found)
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text, ()


def _change(
    document: Document, key: Scalar, value: Scalar
) -> tuple[tuple[int, int, str] | None, tuple[Diagnostic, ...]]:
    text = document.lines.text
    place = content_span(document, value)
    raw = text[place.start : place.end]
    if value.style in ("'", '"') and ("\\" in raw or "''" in raw):
        return None, ()
    indent = " " * (key.span.column + 1)
    made, said = format_expression(text, document.path, place.start, place.end, WIDTH - len(indent))
    if said:
        return None, said
    room = WIDTH - key.span.column - len(key.value) - 2
    one_line = "\n" not in made and len(made) <= room and _is_plain(made)
    comment = _comment(document, value, place.end)
    if one_line:
        return _if_new(text, value.span.start, value.span.end, _closed(text, value, made)), ()
    lines = [f"{indent}{line}" if line else "" for line in made.split("\n")]
    block = "|" + (f" {comment}" if comment else "") + "\n" + "\n".join(lines)
    end = value.span.end
    if comment and value.style not in ("|", ">"):
        end = text.find(comment, end) + len(comment)
    return _if_new(text, value.span.start, end, _closed(text, value, block)), ()


def _closed(text: str, value: Scalar, new: str) -> str:
    """Give the new text with the line end that belongs to a block in the file."""
    old = text[value.span.start : value.span.end]
    tail = len(old) - len(old.rstrip("\n"))
    return new + "\n" * tail if value.style in ("|", ">") else new


def _if_new(text: str, start: int, end: int, new: str) -> tuple[int, int, str] | None:
    return None if text[start:end] == new else (start, end, new)


def _is_plain(made: str) -> bool:
    """Tell whether YAML reads the text back as it stands, without quotes."""
    return not (": " in made or " #" in made or made[:1] in "\"'[]{}>|*&!%#`@,?:-" or made.endswith(":"))


def _comment(document: Document, value: Scalar, end: int) -> str:
    """Give the YAML comment behind a value that stands on one line."""
    if value.style in ("|", ">"):
        first = document.lines.rest_of_line(value.span.start)
        at = first.find(" #")
        return first[at + 1 :].rstrip() if at >= 0 else ""
    rest = document.lines.rest_of_line(value.span.end).strip()
    return rest if rest.startswith("#") else ""
