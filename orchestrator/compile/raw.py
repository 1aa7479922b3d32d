"""SQL in a segment: read, held to what is allowed and declared, and never run as it was written.

The text becomes a tree, every node of which is on the list of ``raw_grammar.py``; every table and column is one of
``schema.yml``. What an engine runs is printed from that tree, so nothing runs that was not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from orchestrator.compile.features import Raw
from orchestrator.compile.names import Mistake, Scope, mistake, unknown
from orchestrator.compile.raw_grammar import FORBIDDEN, FUNCTIONS, PARTS, READ, TYPES
from orchestrator.compile.raw_keys import doubt, key_of
from orchestrator.compile.raw_tables import declared
from orchestrator.model import condition as c
from orchestrator.model.diagnostic import Span
from orchestrator.model.schema import Schema, Type
from orchestrator.model.workspace import Workspace

Tree = Any
"""A node of sqlglot, whose types are looked at by their names."""

SET_OPERATORS = ("Union", "Intersect", "Except")


def checked(checker: Any, node: c.RawSql, scope: Scope) -> None:
    """Report the first thing that is wrong with the SQL."""
    schema = scope.workspace.schema
    try:
        accepted(node, schema)
    except Mistake as error:
        checker.report.caught(error)
        return
    for part, column in _ids(node.body, schema):
        problem = doubt(schema, scope.entity, node.columns[0].type, column)
        if problem is not None:
            key = key_of(schema, scope.entity, column[0])
            helps = () if key is None else (f"{key} as id",)
            label = f"the key is `{scope.entity.key}`"
            checker.report.warn("W330", _place(part, node.body), problem, *helps, label=label)
            return


def built(_b: Any, node: c.RawSql, scope: Scope) -> Raw:
    """Give the predicate; raises Mistake for SQL that is not allowed, whoever asks."""
    accepted(node, scope.workspace.schema)
    return Raw(node.body.text, tuple(column.name for column in node.columns))


def reads(workspace: Workspace, node: c.RawSql) -> Iterator[str]:
    """Yield the names of the schema (``schema:purchase.amount``) behind the columns that the SQL reads."""
    try:
        columns = accepted(node, workspace.schema)
    except Mistake:
        return
    tables = declared(workspace.schema)
    for table, column in columns:
        for name in sorted(tables[table][column]):
            yield f"schema:{name}"
            if "." in name:
                yield f"schema:{name.partition('.')[0]}"


def accepted(node: c.RawSql, schema: Schema) -> list[tuple[str, str]]:
    """Give the (table, column) pairs that the SQL reads; raises Mistake E360 to E365."""
    names = [column.name for column in node.columns]
    for column in node.columns:
        if column.type not in set(Type) - {Type.LIST, Type.PLACE}:
            raise unknown("E365", column.span, f"there is no type `{column.type}`", column.type, list(Type))
    if names[0] != "id" or len(set(names)) < len(names):
        message = "the first column is the person and is called `id`, and no name stands twice"
        raise mistake("E365", node.columns[0].span, message, label="not `id`" if names[0] != "id" else "")
    body = node.body
    tree = _read(body)
    for part in tree.walk():
        _allow(part, body)
    if list(tree.named_selects) != names:
        gives = ", ".join(f"`{name or '?'}`" for name in tree.named_selects)
        message = f"the SELECT gives {gives}, and {', '.join(f'`{name}`' for name in names)} is declared"
        raise mistake("E365", body.span, f"{message}: name each column with `as`", label="other columns")
    return list(_columns(tree, body, declared(schema)))


def _ids(body: c.RawText, schema: Schema) -> Iterator[tuple[Tree, tuple[str, str]]]:
    """Yield the column that each SELECT of the SQL gives as the id, and the (table, column) of schema.yml it is."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    tree: Tree = parsed(body.text)
    branches, tables = [tree], declared(schema)
    while branches:
        branch = branches.pop(0)
        if type(branch).__name__ in SET_OPERATORS:
            branches += [branch.this, branch.expression]
            continue
        here = next((found for found in traverse_scope(tree) if found.expression is branch), None)
        first = branch.expressions[0].unalias() if isinstance(branch, exp.Select) else None
        if here is not None and isinstance(first, exp.Column):
            yield from ((first, column) for column in _column(first, here, body, tables))


# ------------------------------------------------------------------ the text becomes a tree


def _read(body: c.RawText) -> Tree:
    made = parsed(body.text)
    if isinstance(made, str):
        raise mistake("E360", body.span, made, label="not one SELECT")
    if type(made).__name__ not in ("Select", *SET_OPERATORS):
        raise mistake("E361", body.span, "only one SELECT may stand here", label="this is no SELECT")
    return made


@lru_cache(maxsize=64)
def parsed(text: str) -> Tree | str:
    """Give the tree of the first dialect that can read the text, or what is wrong with it."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    if "POSTCOMPILE" in text:
        return "the word POSTCOMPILE cannot stand in SQL"
    problem = ""
    for dialect in READ:
        try:
            found = sqlglot.parse(text, read=dialect or None)
            tokens = sqlglot.tokenize(text, read=dialect or None)
        except (SqlglotError, RecursionError, ValueError) as error:
            problem = problem or _said(error)
            continue
        if any(token.comments for token in tokens):
            return "comments do not belong into SQL: some engines run them"
        if len(found) != 1 or found[0] is None or any(token.token_type.name == "SEMICOLON" for token in tokens):
            return "one SELECT stands here, without a semicolon"
        return found[0]
    return problem


def _said(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "this SQL is nested too deep to be read"
    (first, *_) = getattr(error, "errors", None) or [{}]
    near = str(first.get("highlight") or "").strip()
    return f"this SQL cannot be read; the trouble is at `{near}`" if near else "this SQL cannot be read"


# ------------------------------------------------------------------ every node is on the list


def _allow(part: Tree, body: c.RawText) -> None:
    kind = type(part).__name__
    if kind not in PARTS and kind not in FUNCTIONS:
        if (said := FORBIDDEN.get(kind)) or not _is_function(part):
            message = said or f"`{_called(part)}` is nothing that SQL in a segment may hold"
            raise mistake("E361", _place(part, body), message, label="not allowed here")
        message = f"`{_called(part)}` is not among the functions that SQL in a segment may call"
        raise mistake("E362", _place(part, body), message, label="not allowed here")
    refused = _refused(part, kind)
    if refused:
        raise mistake("E361", _place(part, body), refused, label="not allowed here")


CLOCK = frozenset({"now", "today", "yesterday", "tomorrow", "current_timestamp", "localtime"})
"""Words that engines take for the moment of their own clock where a date is wanted."""


def _refused(part: Tree, kind: str) -> str:
    """Say what is wrong with a kind of node that is allowed in another form; nothing where it is fine."""
    given = {name for name, value in part.args.items() if value}
    if kind == "Star" and type(part.parent).__name__ != "Count":
        return "`*` stands in `count(*)` only: name the columns"
    if kind == "Star" and len(given) > 0:
        return "`*` takes nothing behind it"
    if kind == "Table" and given - {"this", "db", "alias"}:
        return "a table stands here by its name, and nothing behind it"
    if kind == "Table" and type(part.this).__name__ != "Identifier":
        return f"`{_called(part.this)}` is not a table of schema.yml"
    if kind == "Column" and given - {"this", "table"}:
        return "a column is named alone or behind its table"
    joined = str(part.args.get("kind") or "") in ("", "INNER", "CROSS", "OUTER")
    if kind == "Join" and (given & {"method", "using"} or not joined):
        return "a join says its condition with `on`"
    if kind == "With" and "recursive" in given:
        return "a recursive SELECT may run for ever"
    if kind == "Select" and given & {"hint", "kind", "operation_modifiers", "into", "locks", "match", "laterals"}:
        return "only a plain SELECT may stand here"
    if kind == "Literal" and part.is_string and _is_function(part.parent) and str(part.this).strip().lower() in CLOCK:
        return f"`'{part.this}'` asks a clock: every question of a segment has one frozen moment"
    if kind == "DataType" and part.this.name not in TYPES:
        return f"a value is not cast to {part.sql().lower()} here"
    return ""


def _is_function(part: Tree) -> bool:
    from sqlglot import exp

    return isinstance(part, exp.Func)


def _called(part: Tree) -> str:
    if type(part).__name__ == "Anonymous":
        return str(part.name)
    names = getattr(type(part), "sql_names", None)
    return str(names()[0]).lower() if names is not None else type(part).__name__.lower()


def _place(part: Tree, body: c.RawText) -> Span:
    """Give the place of a node inside the braces, that of the whole text where it is not known."""
    marked = next((found for found in part.walk() if "start" in found.meta), None)
    if marked is None or body.span.start < 0:
        return body.span
    start, end = int(marked.meta["start"]), int(marked.meta["end"]) + 1

    def at(offset: int) -> tuple[int, int]:
        line = body.text.count("\n", 0, offset)
        column = offset - body.text.rfind("\n", 0, offset)
        return body.span.line + line, column if line else body.span.column + offset

    (line, column), (end_line, end_column) = at(start), at(end)
    return Span(body.span.path, line, column, end_line, end_column, body.span.start + start, body.span.start + end)


# ------------------------------------------------------------------ every table and column is declared


def _columns(tree: Tree, body: c.RawText, tables: dict[str, dict[str, frozenset[str]]]) -> Iterator[tuple[str, str]]:
    """Yield every (table, column) that is read; raises Mistake E363 or E364."""
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.scope import Scope as Source
    from sqlglot.optimizer.scope import traverse_scope

    try:
        scopes = traverse_scope(tree)
    except (SqlglotError, RecursionError) as error:
        raise mistake("E360", body.span, f"this SQL cannot be read: {error}") from None
    for scope in scopes:
        for source in scope.sources.values():
            if not isinstance(source, Source):
                _table(source, body, tables)
    for column in tree.find_all(exp.Column):
        select = column.find_ancestor(exp.Select)
        around = select or tree
        ordered = column.find_ancestor(exp.Order, exp.Select)
        if isinstance(ordered, exp.Order) and not column.table and column.name in around.named_selects:
            continue  # sorted by a column of the result
        here = next((s for s in scopes if s.expression is around), None)
        yield from _column(column, here, body, tables)


def _named(table: Tree) -> str:
    db = table.args.get("db")
    return f"{db.name}.{table.name}" if db is not None else table.name


def _table(table: Tree, body: c.RawText, tables: dict[str, dict[str, frozenset[str]]]) -> str:
    name = _named(table)
    if name not in tables:
        message = f"schema.yml declares no table `{name}`: declare it there, or read one that is"
        raise unknown("E363", _place(table, body), message, name, tables)
    return name


def _column(
    column: Tree, scope: Any, body: c.RawText, tables: dict[str, dict[str, frozenset[str]]]
) -> Iterator[tuple[str, str]]:
    from sqlglot import exp

    name, behind = column.name, column.args.get("table")
    known: set[str] = set()
    around = scope
    while around is not None:
        for alias, source in around.sources.items():
            if behind is not None and alias != behind.name:
                continue
            if not isinstance(source, exp.Table):  # a subquery or a common table expression
                own = set(source.expression.named_selects)
                if name in own:
                    return
            else:
                table = _table(source, body, tables)
                own = set(tables[table])
                if name in own:
                    yield table, name
                    return
            known |= own
        around = around.parent
    raise unknown("E364", _place(column.this, body), f"no table that is read here has a column `{name}`", name, known)
