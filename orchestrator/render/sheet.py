"""What a template is written on: it shows values, and counts what the writing costs until it is stopped.

Jinja's generated code goes through five calls for ``{{ person.city }}``; :class:`Writer` generates code that looks it
up, made once for a letter, which gives the same text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Environment
from jinja2.nodes import EvalContext
from jinja2.runtime import Context

from orchestrator.render.bag import REMEMBERED, ROOTS, in_html, shown
from orchestrator.render.filters import TemplateError

OUTPUT = 1_000_000
"""Characters that one part of a message may have."""
STEPS = 50_000
"""Rounds of loops and calls of macros that one part may take, weighed by the text they write."""
WEIGHTY = 200
"""Characters that one step reads."""


class Sheet(Context):
    """The context of one part of one message, with the budget of its writing."""

    def __init__(self, environment: Environment, settings: EvalContext, names: Mapping[str, Any]) -> None:
        """Start with the full budget; ``settings`` are the same for every sheet of a template."""
        # what Context.__init__ does, without what is the same each time
        self.parent = names  # type: ignore[assignment]
        self.vars = {}
        self.environment = environment
        self.eval_ctx = settings
        self.exported_vars = set()
        self.name = None
        self.globals_keys = set()
        self.blocks = {}
        self.steps = STEPS
        self.characters = OUTPUT

    def step(self, weight: int) -> None:
        """Count a round of a loop or a call; raises TemplateError when there were too many."""
        self.steps -= weight
        if self.steps < 0:
            raise TemplateError(f"this letter takes more than {STEPS} steps: is there a loop in a loop?")

    def weigh(self, value: Any) -> None:
        """Count work on a value: a step for 200 characters or 50 entries; raises TemplateError like :meth:`step`."""
        if isinstance(value, str):
            if len(value) >= WEIGHTY:
                self.step(len(value) // WEIGHTY)
        elif isinstance(value, list | tuple) and value:
            self.step(1 + len(value) // 50)
            for entry in value:
                self.weigh(entry)

    def html(self, value: Any) -> str:
        """Give a value as it is shown in HTML; raises TemplateError for what cannot be shown."""
        text = in_html(value)
        self.characters -= len(text)
        if self.characters < 0:
            self._full()
        return text

    def text(self, value: Any) -> str:
        """Give a value as it is shown in plain text; raises TemplateError for what cannot be shown."""
        text = value if type(value) is str else str(shown(value))
        self.characters -= len(text)
        if self.characters < 0:
            self._full()
        return text

    def _full(self) -> None:
        raise TemplateError(f"this letter is longer than {OUTPUT} characters")


class Writer(CodeGenerator):
    """Jinja's code generator, with a shorter way for values that are shown and for what stands below a name.

    The names themselves cannot be set by a template (``allowed.py``), so that each is the bag that it was given. What
    is looked up as it is shown goes straight into the letter, whose length is counted at its end; in a captured text,
    which could grow, every showing is counted.
    """

    _whole: nodes.Node | None = None
    """What is looked up as it is shown."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """Write how to get a value below a name."""
        name = node.node
        if not (isinstance(name, nodes.Name) and name.name in ROOTS):
            super().visit_Getattr(node, frame)
        elif node is self._whole:
            self.write(f"{frame.symbols.ref(name.name)}.shown[{node.attr!r}]")
        else:
            self.write(f"{frame.symbols.ref(name.name)}.get({node.attr!r})")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        below = isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == REMEMBERED
        straight = frame.buffer is None and frame.eval_ctx.autoescape
        self._whole = node if below and straight else None
        if not self._whole:
            self.write("context.html(" if frame.eval_ctx.autoescape else "context.text(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if node is not self._whole:
            self.write(")")
