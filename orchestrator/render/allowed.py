"""The second wall of the sandbox: the list of what a template may say, checked on its syntax tree.

What is not on the list is a diagnostic with a place, before anything is rendered. The same pass puts the
counting of loops, macros and joined texts into the tree.
"""

from __future__ import annotations

import re

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from orchestrator.model.diagnostic import Diagnostic, Span
from orchestrator.model.suggest import closest
from orchestrator.render.bag import ROOTS
from orchestrator.render.filters import ALIASES, FILTERS, TESTS
from orchestrator.render.joined import Joined
from orchestrator.render.sandbox import Sandbox
from orchestrator.render.sheet import WEIGHTY

MOST_TAGS = 1_000
"""Tags that a letter's templates may have together, a brace that is text counted as one."""
DEEPEST = 100
"""Levels of brackets, operators and blocks inside one another."""
DEEPEST_BLOCKS = 20
"""Blocks with names of their own (loops, macros) inside one another: each is compiled again for each around it."""
MOST_NODES = 4_000
"""Nodes that the syntax tree of a letter may have: four for each of its tags."""
MOST_PARTS = 1_000
"""Parts that one expression may have side by side: entries of a list, comparisons in a chain, joined texts."""
LONGEST_TAG, LONGEST_TAGS = 20_000, 150_000
"""Characters that one tag, and all tags of a letter together, may have."""
_TAG = re.compile(r"\{(?:\{.*?\}|%.*?%)\}", re.DOTALL)

_FINE = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Assign, nodes.AssignBlock,
    nodes.With, nodes.Macro, nodes.CallBlock, nodes.FilterBlock, nodes.Name, nodes.Const, nodes.Tuple, nodes.List,
    nodes.Dict, nodes.Pair, nodes.Keyword, nodes.Slice, nodes.Filter, nodes.Test, nodes.Call, nodes.Getitem,
    nodes.Getattr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Add, nodes.Sub, nodes.Mul,
    nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos, nodes.Concat, nodes.CondExpr,
)  # fmt: skip
_BLOCKS = (nodes.For, nodes.With, nodes.Macro, nodes.CallBlock, nodes.FilterBlock, nodes.AssignBlock)
_WORDS = {
    "Pow": "**",
    "NSRef": "namespace",
    "ExprStmt": "do",
    "Scope": "autoescape",
    "Import": "import",
}
_TESTS = {*TESTS, "==", "!=", "<", "<=", ">", ">="}
_TEXT_METHODS = {"upper", "lower", "title", "capitalize", "strip", "replace", "join", "format"}


def parse(source: Joined, path: str, sandbox: Sandbox) -> tuple[nodes.Template | None, list[Diagnostic]]:
    """Give the syntax tree, None when it cannot be read, and every reason why it may not run.

    Only a tree without a reason is checked and counted, and may be compiled; any other is for looking at.
    """
    together = 0
    for count, tag in enumerate(_TAG.finditer(source.text), 1):
        if count > MOST_TAGS:
            span = source.span(source.text.count("\n", 0, tag.start()) + 1, path)
            return None, [Diagnostic(span, "E608", f"this letter has more than {MOST_TAGS} tags")]
        size = tag.end() - tag.start()
        together += size
        if size > LONGEST_TAG or together > LONGEST_TAGS:
            span = source.span(source.text.count("\n", 0, tag.start()) + 1, path)
            what = (
                f"this tag is longer than {LONGEST_TAG}" if size > LONGEST_TAG else f"all tags have over {LONGEST_TAGS}"
            )
            return None, [Diagnostic(span, "E608", f"{what} characters")]
    try:
        tree = sandbox.parse(source.text, path, path)
    except TemplateSyntaxError as error:
        return None, [_syntax(error, source, path)]
    except ValueError:  # Python reads no number of more than 4,300 digits
        return None, [Diagnostic(Span(path), "E601", "a number has too many digits")]
    except RecursionError:
        return None, [Diagnostic(Span(path), "E601", "brackets or blocks are nested too deeply to be read")]
    found: list[nodes.Node] = []
    if wrong := _too_much(tree, found):
        line, code, message = wrong
        return None, [Diagnostic(source.span(line, path), code, message)]
    check = _Check(source, path, found)
    check.walk(tree)
    if check.found:
        return tree, check.found
    _count(tree, found)
    return tree, []


def _children(node: nodes.Node) -> list[nodes.Node]:
    """Give the nodes right below one; a letter's tree is walked so often that Jinja's own way is too slow."""
    below: list[nodes.Node] = []
    for name in node.fields:
        value = getattr(node, name, None)
        if isinstance(value, nodes.Node):
            below.append(value)
        elif isinstance(value, list):
            below += [entry for entry in value if isinstance(entry, nodes.Node)]
    return below


def _too_much(tree: nodes.Node, found: list[nodes.Node]) -> tuple[int, str, str] | None:
    """Give line, code and sentence where a tree is too deep, too wide or too large; walks without recursion.

    Every node that is looked at is put into ``found``, and has a line afterwards.
    """
    waiting: list[tuple[nodes.Node, int, int, int]] = [(tree, 0, 0, 1)]
    while waiting:
        node, depth, blocks, line = waiting.pop()
        node.lineno = node.lineno or line  # Jinja gives none to some, as to the one that stands for a block's text
        found.append(node)
        blocks += isinstance(node, _BLOCKS)
        if depth > DEEPEST:
            return node.lineno, "E601", f"brackets or blocks are nested more than {DEEPEST} levels deep"
        if blocks > DEEPEST_BLOCKS:
            return node.lineno, "E601", f"loops, macros and other blocks are nested more than {DEEPEST_BLOCKS} deep"
        if len(found) > MOST_NODES:
            return node.lineno, "E608", f"this letter's tags have more than {MOST_NODES} parts"
        children = _children(node)
        if len(children) > MOST_PARTS and isinstance(node, nodes.Expr):
            return node.lineno, "E608", f"this expression has more than {MOST_PARTS} parts"
        waiting += [(child, depth + 1, blocks, node.lineno) for child in children]
    return None


def _syntax(error: TemplateSyntaxError, source: Joined, path: str) -> Diagnostic:
    message = (error.message or "this cannot be read").rstrip(".")
    unknown = re.match(r"Encountered unknown tag '(\w+)'|No (filter|test) named '(\w+)'", message)
    help: tuple[str, ...] = ()
    code = "E601"
    if unknown and unknown.group(1):
        word = unknown.group(1)
        message = f"there is no tag {word!r} in a template"
        near = closest(
            word,
            (
                "if",
                "elif",
                "else",
                "endif",
                "for",
                "endfor",
                "set",
                "endset",
                "block",
                "endblock",
                "macro",
                "endmacro",
                "include",
                "extends",
                "import",
            ),
        )
        help = tuple("{% " + name + " %}" for name in near[:1])
    elif unknown:
        code = "E606"
    message = message.replace("Jinja was looking for the following tags", "expected here")
    return Diagnostic(source.span(error.lineno, path), code, message[:1].lower() + message[1:], help)


class _Check:
    def __init__(self, source: Joined, path: str, every: list[nodes.Node]) -> None:
        self.source, self.path = source, path
        self.found: list[Diagnostic] = []
        self.line = 1
        self.macros = {node.name for node in every if isinstance(node, nodes.Macro)}
        self.names = {"loop", "caller", "range", *ROOTS, *self.macros}
        for node in every:
            if isinstance(node, nodes.Name) and node.ctx in ("store", "param"):
                self.names.add(node.name)

    def wrong(self, code: str, message: str, *help: str) -> None:
        self.found.append(Diagnostic(self.source.span(self.line, self.path), code, message, help))

    def walk(self, node: nodes.Node) -> None:
        self.line = node.lineno or self.line
        kind = type(node).__name__
        if not isinstance(node, _FINE) or type(node) not in _FINE:
            self.wrong("E605", f"{_WORDS.get(kind, kind.lower())!r} is not available in templates")
            return
        if isinstance(node, nodes.Name):
            self.name(node)
        elif isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            self.wrong("E605", f"{node.attr!r} is not available in templates: no name begins with _")
        elif (
            isinstance(node, nodes.Getitem)
            and isinstance(node.arg, nodes.Const)
            and str(node.arg.value).startswith("_")
        ):
            self.wrong("E605", f"{node.arg.value!r} is not available in templates: no name begins with _")
        elif isinstance(node, nodes.Filter):
            if node.name not in FILTERS and node.name not in ALIASES:
                near = closest(node.name, (*FILTERS, *ALIASES))
                self.wrong("E606", f"there is no filter {node.name!r}", *(f"| {name}" for name in near[:1]))
            if node.dyn_args or node.dyn_kwargs:
                self.wrong("E605", "'*' before an argument is not available in templates")
        elif isinstance(node, nodes.Test) and node.name not in _TESTS:
            near = closest(node.name, TESTS)
            self.wrong("E606", f"there is no test {node.name!r}", *(f"is {name}" for name in near[:1]))
        elif isinstance(node, nodes.Call):
            self.call(node)
        elif isinstance(node, nodes.For) and node.recursive:
            self.wrong("E605", "'recursive' is not available in templates")
        for child in _children(node):
            self.walk(child)

    def name(self, node: nodes.Name) -> None:
        if node.ctx == "load" and node.name not in self.names:
            near = closest(node.name, {*ROOTS, *self.names} - {"caller"})
            notes = f"a template sees {', '.join(ROOTS)} and what it sets itself"
            span = self.source.span(node.lineno, self.path)
            self.found.append(
                Diagnostic(
                    span, "E607", f"there is no name {node.name!r} in templates", tuple(near[:1]), notes=(notes,)
                )
            )
        elif node.ctx != "load" and (node.name.startswith("_") or node.name in ROOTS):
            self.wrong("E605", f"{node.name!r} cannot be set: the name is taken or begins with _")

    def call(self, node: nodes.Call) -> None:
        callee = node.node
        named = isinstance(callee, nodes.Name) and callee.name in {*self.macros, "range", "caller"}
        loops = (
            isinstance(callee, nodes.Getattr)
            and callee.attr in ("cycle", "changed")
            and isinstance(callee.node, nodes.Name)
            and callee.node.name == "loop"
        )
        if node.dyn_args or node.dyn_kwargs:
            self.wrong("E605", "'*' before an argument is not available in templates")
        elif not named and not loops:
            method = callee.attr if isinstance(callee, nodes.Getattr) else ""
            help = (f"| {'trim' if method == 'strip' else method}",) if method in _TEXT_METHODS - {"format"} else ()
            what = f"{method}()" if method else callee.name + "()" if isinstance(callee, nodes.Name) else "this"
            self.wrong("E605", f"{what} cannot be called in a template: only macros and range can", *help)


def _weight(body: list[nodes.Node]) -> int:
    """Give what one round over ``body`` costs, more for much text and many nodes; inner loops count themselves."""
    characters = count = 0
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        count += 1
        if isinstance(node, nodes.TemplateData):
            characters += len(node.data)
        if not isinstance(node, nodes.For | nodes.Macro):
            waiting += _children(node)
    return 1 + characters // 200 + count // 20


def _filter(node: nodes.Node, name: str, *args: nodes.Expr) -> nodes.Filter:
    made = nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno)
    made.environment = node.environment
    return made


def _const(value: int, node: nodes.Node) -> nodes.Const:
    made = nodes.Const(value, lineno=node.lineno)
    made.environment = node.environment
    return made


def _count(tree: nodes.Template, every: list[nodes.Node]) -> None:
    """Put the meter into loops, macros and joined texts."""
    for node in every:
        if isinstance(node, nodes.For):
            node.iter = _filter(node.iter, "_loop", _const(_weight(node.body), node))
        elif isinstance(node, nodes.Macro | nodes.CallBlock):
            cost = _const(_weight(node.body), node)
            step = nodes.If(_filter(cost, "_step"), node.body, [], [], lineno=node.lineno)
            step.environment = node.environment
            node.body = [step]
    if any(isinstance(node, nodes.Concat) for node in every):
        _replace_concats(tree)


def weigh(tree: nodes.Template) -> None:
    """Put the meter into comparisons and tests too; for a tree that is compiled, not for one that is looked at."""
    waiting: list[nodes.Node] = [tree]
    while waiting:
        node = waiting.pop()
        waiting += _children(node)
        if isinstance(node, nodes.Compare):
            node.expr = _weighed(node.expr)
            for operand in node.ops:
                operand.expr = _weighed(operand.expr)
        elif isinstance(node, nodes.Test):
            node.node = _weighed(node.node)
            node.args = [_weighed(arg) for arg in node.args]


def _weighed(node: nodes.Expr) -> nodes.Expr:
    """Give an expression whose value is weighed; what is written out and short weighs nothing."""
    if isinstance(node, nodes.Const) and not (isinstance(node.value, str) and len(node.value) >= WEIGHTY):
        return node
    return _filter(node, "_weigh")


def _replace_concats(node: nodes.Node) -> None:
    for name, value in list(node.iter_fields()):
        if isinstance(value, list):
            for at, entry in enumerate(value):
                if isinstance(entry, nodes.Node):
                    value[at] = _joined(entry)
        elif isinstance(value, nodes.Node):
            setattr(node, name, _joined(value))


def _joined(node: nodes.Node) -> nodes.Node:
    _replace_concats(node)
    if isinstance(node, nodes.Concat):
        listed = nodes.List(node.nodes, lineno=node.lineno)
        listed.environment = node.environment
        return _filter(listed, "_concat")
    return node
