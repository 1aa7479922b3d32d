"""A letter: subject, HTML and text of one variant, compiled once, written for each person by compiled Jinja alone.

What is done once per template, never per message: files are joined, styles inlined, the text part derived, the
places of ``preheader`` found. Where a step has ``template: x.html.j2``, the text part is its ``text:`` or is
derived; ``template: x.txt.j2`` makes a letter of text only.

Names a template sees: ``person`` (the facts of one person), ``campaign`` (``name``, ``title``, ``params``,
``postal_address``, ``project``), ``variant`` (``name``, ``params``), ``links`` (``unsubscribe``), ``content``
(``subject``, ``preheader``). The preheader is put behind ``<body>``, hidden, unless the template shows
``content.preheader`` itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from jinja2 import Template
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.nodes import EvalContext

from orchestrator.model.campaign import Step, Variant
from orchestrator.model.delivery import Part
from orchestrator.model.diagnostic import NOWHERE, Span
from orchestrator.model.header import header_problem
from orchestrator.model.people import Fact
from orchestrator.model.project import Project
from orchestrator.model.quoted import Slots, table
from orchestrator.model.utm import settled
from orchestrator.render.allowed import parse, weigh
from orchestrator.render.bag import Bag
from orchestrator.render.errors import RenderError
from orchestrator.render.filters import TemplateError
from orchestrator.render.html import Moved, inline, with_body
from orchestrator.render.joined import Joined
from orchestrator.render.mjml import ENDING, compiled, tidied
from orchestrator.render.plain import derive
from orchestrator.render.reads import inspect
from orchestrator.render.sandbox import Sandbox
from orchestrator.render.sheet import OUTPUT, Sheet
from orchestrator.render.source import HTML_ENDINGS, Flat, Piece, flatten
from orchestrator.render.utm import FILTER, Marker, defaults, mark_values, unmarked
from orchestrator.render.weight import MOST_ELEMENTS, elements

_HIDDEN = (
    '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">',
    "&#8199;&#847; " * 40 + "</div>",
)
_SHOW = Piece("print", "{{ content.preheader }}", Span("<preheader>"))
_TRAILING = re.compile(r"[ \t]+\n")
_BLANK = re.compile(r"\n{3,}")


class Parts(NamedTuple):
    """A written message. ``rich`` (HTML) or ``plain`` (text) may be None, never both.

    Both are the pieces that they were written in, or one text that was changed after it was written.
    """

    subject: str
    rich: Part | None
    plain: Part | None

    def __repr__(self) -> str:
        return f"Parts({len(self.subject)} characters of subject)"

    @property
    def html(self) -> str | None:
        """Give the HTML part as one text."""
        return None if self.rich is None else str(self.rich)

    @property
    def text(self) -> str | None:
        """Give the text part as one text."""
        return None if self.plain is None else str(self.plain)


class _Page:
    """One compiled template and the way from its lines back to the author's."""

    def __init__(self, sandbox: Sandbox, parts: Sequence[Piece | str], path: str) -> None:
        self.path = path
        self.joined = Joined(parts)
        tree, wrong = parse(self.joined, path, sandbox)
        if wrong or tree is None:
            raise RenderError(wrong[0].message, wrong[0].span)
        mark_values(tree, self.joined)
        weigh(tree)
        try:
            code = sandbox.compile(tree, name=path, filename=f"<{path}>")
            self.template = Template.from_code(sandbox, code, sandbox.globals)
        except (JinjaError, RecursionError, SyntaxError) as error:
            raise RenderError(f"this template cannot be compiled: {type(error).__name__}", Span(path)) from None
        fixed = self.template.root_render_func.__code__.co_consts
        own = [one if isinstance(one, str) else one.text for one in parts if isinstance(one, str) or one.kind == "data"]
        self.fixed = table([text for text in fixed if isinstance(text, str)], "".join(own))
        self._new = partial(Sheet, sandbox, EvalContext(sandbox, path))

    def write(self, names: Mapping[str, Any]) -> Slots:
        """Give the text for these names, in its pieces; raises RenderError with the author's place."""
        try:
            pieces = list(self.template.root_render_func(self._new(names)))
        except (JinjaError, TemplateError) as error:
            raise RenderError(str(error) or "this value is unknown", self._place(error)) from None
        except (RecursionError, MemoryError):
            raise RenderError("this letter calls itself too deeply", Span(self.path)) from None
        except Exception as error:  # the code that ran is the author's, over this person's values: not a bug of ours
            where = self._place(error)
            raise RenderError(f"this cannot be computed for this person ({type(error).__name__})", where) from None
        if sum(map(len, pieces)) > OUTPUT:
            raise RenderError(f"this letter is longer than {OUTPUT} characters", Span(self.path))
        return Slots(pieces, self.fixed)

    def _place(self, error: BaseException) -> Span:
        line = 0
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == f"<{self.path}>":
                line = self.template.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return self.joined.span(line, self.path)


class Letter:
    """The message of one variant. ``facts`` are the dotted attributes of ``person`` that it reads."""

    facts: frozenset[str]
    notes: tuple[str, ...]
    _nested: list[str]
    _known: Mapping[str, _Known]

    def __init__(self, templates: Mapping[str, str], step: Step, variant: Variant, project: Project) -> None:
        """Compile everything; raises RenderError when a template is missing or cannot be read."""
        sandbox = Sandbox(project.zone, project.currency)
        self._globals = sandbox.globals
        self._marker = _marker(step, variant, project)
        if self._marker is not None:
            sandbox.filters[FILTER] = self._marker.filter
        self.facts = frozenset()
        self.notes = ()
        self._at = {"subject": variant.subject_span, "preheader": variant.span}
        self._subject = self._short(sandbox, variant.subject or "", "subject")
        self._preheader = self._short(sandbox, variant.preheader or "", "preheader")
        self._html: _Page | None = None
        self._text: _Page | None = None
        self._derived = False
        name = variant.template
        if name and name.endswith(HTML_ENDINGS):
            self._compile_html(sandbox, templates, name, derived=variant.text is None)
        elif name and name.endswith(".txt.j2"):
            self._compile_text(sandbox, templates, name)
        elif name:
            raise RenderError(f"the template {name!r} must end with .html.j2, .mjml.j2 or .txt.j2", variant.span)
        if variant.text is not None:
            self._compile_text(sandbox, templates, variant.text)
        if self._html is None and self._text is None:
            raise RenderError(f"step {step.id!r} has neither a template nor a text", variant.span)
        self._nested = sorted(path for path in self.facts if "." in path)
        params = dict(variant.params)
        own = {"name": variant.name, "params": Bag("variant.params", params, strict=False)}
        whole = {
            "name": None,
            "title": None,
            "params": Bag("campaign.params", params, strict=False),
            "postal_address": project.postal_address,
            "project": project.name,
        }
        self._known = {"campaign": _Known("campaign", whole), "variant": _Known("variant", own)}

    def _read(self, text: str, path: str, templates: Mapping[str, str]) -> frozenset[str]:
        """Note the facts that a template reads; give what it reads of ``content``. Raises RenderError."""
        reads = inspect(text, path, templates)
        if reads.diagnostics:
            first = reads.diagnostics[0]
            raise RenderError(first.message, first.span)
        self.facts |= reads.of("person")
        return reads.of("content")

    def _short(self, sandbox: Sandbox, text: str, what: str) -> _Page | str:
        """Give a compiled subject or preheader, or the text itself where nothing in it changes."""
        text = text.strip()
        if "{{" not in text and "{%" not in text and "{#" not in text:
            return text
        try:
            self._read(text, what, {})
            return _Page(sandbox, flatten(what, text, what, {}).pieces, what)
        except RenderError as error:
            raise self._placed(error, what) from None

    def _placed(self, error: RenderError, what: str) -> RenderError:
        """Give the error of a subject at its place in the campaign file, where that is known."""
        at = self._at[what]
        return error if at is NOWHERE else RenderError(f"{what}: {error.message}", at)

    def _source(self, templates: Mapping[str, str], name: str) -> str:
        if name not in templates:
            raise RenderError(f"there is no template {name!r}")
        return templates[name]

    def _compile_html(self, sandbox: Sandbox, templates: Mapping[str, str], name: str, derived: bool) -> None:
        text, path = self._source(templates, name), f"templates/{name}"
        content = self._read(text, path, templates)
        flat = _flat(templates, name)
        parts, body = with_body(flat.pieces)
        parts[body:body] = flat.macros
        if elements(part if isinstance(part, str) else part.text for part in parts) > MOST_ELEMENTS:
            raise RenderError(f"this letter has more than {MOST_ELEMENTS} elements", Span(path))
        if self._marker is not None:
            parts = self._marker.html(parts)
        if derived:
            try:
                words = derive(parts)
            except Moved as moved:
                raise RenderError(f"no text part can be made of it: {moved}; or write `text:`", Span(path)) from None
            self._text = _Page(sandbox, words, f"{path.rsplit('.', 2)[0]}.txt.j2")
            self._derived = True
        if self._preheader and "preheader" not in content:
            parts[body:body] = [_HIDDEN[0], _SHOW, _HIDDEN[1]]
        inlined = inline(parts)
        if inlined.note:
            self.notes = (*self.notes, f"{path}: {inlined.note}")
        self._html = _Page(sandbox, tidied(inlined.parts) if name.endswith(ENDING) else inlined.parts, path)

    def _compile_text(self, sandbox: Sandbox, templates: Mapping[str, str], name: str) -> None:
        text, path = self._source(templates, name), f"templates/{name}"
        self._read(text, path, templates)
        flat = flatten(name, text, path, templates)
        parts: list[Piece | str] = [*flat.macros, *flat.pieces]
        if self._marker is not None:
            parts = self._marker.text(parts)
        self._text = _Page(sandbox, parts, path)

    def render(
        self,
        person_facts: Mapping[str, Fact],
        campaign: Mapping[str, Any],
        variant: Mapping[str, Any],
        links: Mapping[str, str],
    ) -> Parts:
        """Write the message for one person; raises RenderError with the place in the template.

        ``campaign`` and ``variant`` add to what the letter knows of them (``name``, ``title``, ``params``); the same
        mapping given again is taken to hold the same. A fact that is None is unknown: ``default`` replaces it; a name
        that does not exist is an error.
        """
        content: dict[str, str] = {"subject": "", "preheader": ""}
        names: dict[str, Any] = {
            **self._globals,
            "person": Bag("person", self._facts(person_facts)).remembering(),
            "campaign": self._known["campaign"].of(campaign),
            "variant": self._known["variant"].of(variant),
            "links": Bag("links", links),
            "content": Bag("content", content),
        }
        content["subject"] = subject = self._line(self._subject, names, "subject")
        if self._preheader:
            content["preheader"] = self._line(self._preheader, names, "preheader")
        html = self._html.write(names) if self._html else None
        text = self._text.write(names) if self._text else None
        return Parts(subject, html, _tidied(text) if text and self._derived else text)

    def _line(self, page: _Page | str, names: Mapping[str, Any], what: str) -> str:
        try:
            text = page if isinstance(page, str) else str(page.write(names)).strip()
            if problem := header_problem(text):
                raise RenderError(f"the {what} cannot be sent: {problem}", Span(what))
            if len(text) > 900:
                raise RenderError(f"the {what} is longer than 900 characters", Span(what))
        except RenderError as error:
            raise self._placed(error, what) from None
        return text

    def _facts(self, facts: Mapping[str, Fact]) -> Mapping[str, Any]:
        if not self._nested:
            return facts
        out: dict[str, Any] = dict(facts)
        for path in self._nested:
            *above, last = path.split(".")
            level, name = out, "person"
            for part in above:
                name = f"{name}.{part}"
                bag = level.get(part)
                if not isinstance(bag, Bag):
                    bag = level[part] = Bag(name, {})
                level = bag.values  # type: ignore[assignment]
            if path in facts:
                level[last] = facts[path]
        return out


def _tidied(written: Slots) -> Part:
    """Give a derived text without blanks at the ends of lines and more than one empty line; in pieces where it was."""
    text = str(written)
    tidy = _BLANK.sub("\n\n", _TRAILING.sub("\n", text)).strip()
    return Slots([*written.pieces, "\n"], written.fixed) if tidy == text else tidy + "\n"


def links_left_alone(
    templates: Mapping[str, str], name: str, step: Step, variant: Variant, project: Project
) -> list[Piece]:
    """Give the tags of the links in an HTML template that get no UTM parameters although the files ask for them.

    Raises RenderError where the template cannot be read.
    """
    marker = _marker(step, variant, project)
    if marker is None or not name.endswith(HTML_ENDINGS):
        return []
    flat = _flat(templates, name)
    return unmarked([*flat.macros, *flat.pieces])


def _flat(templates: Mapping[str, str], name: str) -> Flat:
    """Give a template and the files it uses as one, MJML as HTML; raises RenderError where it cannot be compiled."""
    path = f"templates/{name}"
    flat = flatten(name, templates[name], path, templates)
    if not name.endswith(ENDING):
        return flat
    done = compiled(flat, path)
    if done.diagnostics:
        raise RenderError(done.diagnostics[0].message, done.diagnostics[0].span)
    return Flat(done.pieces, done.macros, [], flat.files)


def _marker(step: Step, variant: Variant, project: Project) -> Marker | None:
    """Give the one who puts parameters into links, None where the files ask for none."""
    arm = variant.name if len(step.variants) > 1 else ""
    utm = settled(project.utm, step.utm, defaults(step.campaign, step.channel, arm, project.name))
    return None if utm is None else Marker(utm)


class _Known:
    """What a letter knows of its campaign or variant, and the name for it that was asked for last."""

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        self._name, self._values = name, values
        self._last: tuple[Mapping[str, Any], Bag] | None = None

    def of(self, given: Mapping[str, Any]) -> Bag:
        """Give what is known with what is given on top; the same mapping gives the same bag."""
        if self._last is not None and self._last[0] is given:
            return self._last[1]
        values = {**self._values, **given}
        if not isinstance(values["params"], Bag):
            values["params"] = Bag(f"{self._name}.params", values["params"] or {}, strict=False)
        bag = Bag(self._name, values)
        self._last = (given, bag)
        return bag


def compile_letter(templates: Mapping[str, str], step: Step, variant: Variant, project: Project) -> Letter:
    """Give the compiled message of one variant; raises RenderError when a template is missing or cannot be read."""
    return Letter(templates, step, variant, project)
