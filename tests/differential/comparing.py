"""Ask the reference and every engine the same question, and say where they differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from elsewhere import Homes
from engines import Store
from making import World, make
from reference import Reference
from sentences import Writer
from writing import definition

from orchestrator.audience import cells, ids
from orchestrator.audience.joining import rows
from orchestrator.compile import Query, build, cells_query, check, members_query, trait_query
from orchestrator.compile import query as compiled
from orchestrator.language import parse_definitions, print_definition
from orchestrator.model.condition import SegmentRef
from orchestrator.model.project import Policies
from orchestrator.model.segment import Definition, Partition, Segment, Trait
from orchestrator.model.workspace import Workspace

TOO_DEEP = "parser stack overflow"
"""What SQLite says to a statement nested deeper than its parser was built for; it gives no answer, so none is wrong."""
beyond: list[str] = []
"""The definitions that were too deep for SQLite, counted by the long run."""


@dataclass
class Difference(Exception):
    """One disagreement: what was asked, what each said, and enough to ask again."""

    kind: str
    text: str
    seed: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind} (seed {self.seed})\n{self.text}\n{self.detail}"


def vocabulary(world: World) -> tuple[Writer, list[Definition]]:
    """Give an author for a world and the definitions that the sentences may refer to."""
    writer = Writer(world, world.seed)
    return writer, writer.vocabulary()


def workspace(world: World, trees: list[Definition]) -> Workspace:
    """Write the trees down, read them back, and hold the parser to them."""
    text = "\n".join(definition(tree) for tree in trees)
    read, problems = parse_definitions(text, "made.seg")
    if problems or len(read) != len(trees):
        raise Difference("the parser refuses", text, str(world.seed), "\n".join(map(str, problems)))
    for tree, again in zip(trees, read, strict=True):
        if tree != again:
            raise Difference("the parser reads something else", definition(tree), str(world.seed), f"{tree}\n{again}")
        printed, _ = parse_definitions(print_definition(tree), "made.seg")
        if printed != (tree,):
            raise Difference(
                "the printed form is another one", definition(tree), str(world.seed), print_definition(tree)
            )
    return Workspace(Path("."), world.project, world.schema, Policies(), {d.name: d for d in read}, {})


def errors(made: Workspace) -> list[str]:
    """Give the errors that ``check`` finds."""
    return [f"{p.code} {p.message}" for p in check(made) if p.severity.value == "error"]


def question(made: Workspace, world: World, tree: Definition, store: Store) -> Query:
    """Compile a definition for one engine."""
    if isinstance(tree, Segment):
        return members_query(made, SegmentRef(tree.name), world.as_of, store.dialect)
    if isinstance(tree, Partition):
        return cells_query(made, tree.name, world.as_of, store.dialect)
    assert isinstance(tree, Trait)
    return trait_query(made, tree.name, world.as_of, store.dialect)


@contextmanager
def understood_once(made: Workspace, as_of: dt.datetime) -> Iterator[None]:
    """Let the engines share what a question means, which is worked out before a dialect is known; then forget it."""
    builder = build.Builder(made, as_of)

    def shared(workspace: Workspace, moment: dt.datetime) -> build.Builder:
        return builder if workspace is made and moment == as_of else build.Builder(workspace, moment)

    compiled.Builder = shared  # type: ignore[misc,assignment]
    try:
        yield
    finally:
        compiled.Builder = build.Builder  # type: ignore[misc]


def ask(query: Query, tree: Definition, connection: Any) -> Any:
    """Give the answer of one engine."""
    if isinstance(tree, Segment):
        return sorted(ids(connection, query))
    if isinstance(tree, Partition):
        return dict(cells(connection, query))
    return {str(person): plain(value) for person, value in rows(connection, query, 1000)}


def asks_ours(made: Workspace, tree: Definition) -> bool:
    """Tell whether a definition asks our own records, so that there are several ways to answer it."""
    text = definition(tree)
    return any(word in text for word in ("_message", "entered segment", "left segment"))


def answer(reference: Reference, tree: Definition) -> Any:
    """Give the answer of the reference."""
    if isinstance(tree, Segment):
        return sorted(reference.members(SegmentRef(tree.name)))
    if isinstance(tree, Partition):
        return reference.cells(tree.name)
    return {person: plain(value) for person, value in reference.trait(tree.name).items()}


def plain(value: Any) -> Any:
    """Give a value in a form that can be compared: numbers to nine digits, instants as seconds."""
    if isinstance(value, dt.datetime):
        return round((value if value.tzinfo else value.replace(tzinfo=dt.UTC)).timestamp())
    if value is None or isinstance(value, str | bool | dt.date):
        return value
    return round(float(value), 6)


def compare(
    world: World, made: Workspace, tree: Definition, holding: list[tuple[Store, Any, Any]], reference: Reference
) -> None:
    """Raise Difference where the engines and the reference do not give the same answer."""
    expected = answer(reference, tree)
    for store, connection, state in holding:
        different, got = "", expected
        try:
            query = question(made, world, tree, store)
            for way in Homes.ways(store, connection, state):
                with store.trying(connection):
                    got = ask(query, tree, connection)
                if got != expected:
                    different = way
                    break
                if not asks_ours(made, tree):
                    break
        except Exception as error:
            if TOO_DEEP in str(error):
                beyond.append(definition(tree))
                continue
            raise Difference(
                f"{store.dialect} fails", definition(tree), str(world.seed), f"{type(error).__name__}: {error}"[:3000]
            ) from error
        if not different:
            continue
        people = sorted(set(map(str, _wrong(got, expected))))
        raise Difference(
            f"{store.dialect} ({different}) and the reference differ",
            "\n".join(
                [definition(tree), "   as of " + str(world.as_of) + " " + world.project.zone, *_behind(made, tree)]
            ),
            str(world.seed),
            f"expected {expected}\n     got {got}\n{_rows(world, people[0])}\n{query.sql()}",
        )


def _wrong(got: Any, expected: Any) -> set[Any]:
    if isinstance(got, dict):
        return {person for person in {*got, *expected} if got.get(person, "-") != expected.get(person, "-")}
    return set(got) ^ set(expected) or set(got)


def _behind(made: Workspace, tree: Definition) -> list[str]:
    text = definition(tree)
    return ["   " + definition(other) for name, other in made.definitions.items() if name in text and name != tree.name]


def _rows(world: World, person: str) -> str:
    keys = {world.schema.first.key, "who"}
    lines = [
        f"{table}: {row}"
        for table, rows in world.tables.items()
        for row in rows
        if person in {str(row.get(key)) for key in keys}
    ]
    return "\n".join(lines)


def without_others(world: World, person: str) -> World:
    """Give the world with only one person in it, for a smaller picture."""
    keys = {world.schema.first.key, "who"}
    return replace(
        world,
        tables={t: [r for r in rows if person in {str(r.get(k)) for k in keys}] for t, rows in world.tables.items()},
    )


def run(
    seed: int,
    sentences: int,
    stores: list[Store],
    stop: bool = True,
    each: Callable[[Difference | None], None] = lambda _: None,
) -> list[Difference]:
    """Make one world and as many segments, compare them all; give the differences (the first one is raised).

    ``each`` is told of every question as soon as all have answered it.
    """
    world = make(seed)
    writer, trees = vocabulary(world)
    asked = [
        writer.home(f"h{n}", 1) if n % 12 == 5 else Segment(f"s{n}", writer.condition(2)) for n in range(sentences)
    ]
    trees = [*trees, *asked]
    made = workspace(world, trees)
    if seed % 3 == 0 and (found := errors(made)):
        raise Difference("check refuses", "\n".join(definition(t) for t in trees), str(seed), "\n".join(found))
    reference = Reference(made, world.tables, world.as_of)
    different: list[Difference] = []
    contexts = [Homes().holding(store, made.known, world.tables) for store in stores]
    holding = [(store, *context.__enter__()) for store, context in zip(stores, contexts, strict=True)]
    for _, connection, state in holding:  # no statement comes twice; kept ones would fill the memory
        connection.execution_options(compiled_cache=None)
        state.execution_options(compiled_cache=None)
    try:
        for tree in trees:
            if not isinstance(tree, Segment | Partition | Trait) or getattr(tree, "type", "") in ("timestamp", "list"):
                continue  # an instant or a list as a value lies in a form of its own; sentences ask about it
            if isinstance(tree, Segment) and tree.required:
                continue  # it is asked where values are given
            try:
                with understood_once(made, world.as_of):
                    compare(world, made, tree, holding, reference)
            except Difference as difference:
                if stop:
                    raise
                different.append(difference)
                each(difference)
            else:
                each(None)
    finally:
        for context in contexts:
            context.__exit__(None, None, None)
    return different
