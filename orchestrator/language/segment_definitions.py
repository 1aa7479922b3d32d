"""Parse tree to definitions and expectations: what a whole ``.seg`` file says."""

from __future__ import annotations

from typing import TypedDict

from lark import Token, Tree

from orchestrator.language.segment_elsewhere import Elsewhere
from orchestrator.language.segment_related import Related
from orchestrator.language.segment_tree import Branch, Leaf, Refused, branch, branches, leaves
from orchestrator.model import segment as s


class Header(TypedDict):
    """What every definition may say about itself."""

    doc: str
    owner: str
    tags: tuple[str, ...]


class Definitions(Elsewhere, Related):
    """Reads definitions. One that is refused is left out; its neighbours are read."""

    def definitions(self, at: Branch) -> tuple[s.Definition, ...]:
        """Read a whole file."""
        made: list[s.Definition] = []
        for child in branches(at):
            try:
                made.append(self.read(child))
            except Refused:
                continue
        return tuple(made)

    def header(self, at: Branch) -> Header:
        """Read description, owner and tags."""
        doc, owner = "", ""
        tags: list[str] = []
        for child in branches(at):
            if child.data == "doc":
                doc = self._doc(child)
            elif child.data == "owner":
                if owner:
                    self.problem("E136", child, "this has two owners")
                owner = str(child.children[-1])
            elif child.data == "tags":
                tags += [str(word) for word in child.children[1:]]
        return {"doc": doc, "owner": owner, "tags": tuple(dict.fromkeys(tags))}

    def _doc(self, at: Branch | None) -> str:
        if at is None:
            return ""
        token = at.children[0]
        return self.on_STRING(token).value if isinstance(token, Token) else ""

    def _of(self, at: Branch) -> str | None:
        of = branch(at, "of")
        return None if of is None else str(of.children[-1])

    def _name(self, at: Branch) -> str:
        return str(at.children[1])

    def on_segment(self, at: Branch) -> s.Segment:
        """Read a segment; its condition follows the word ``where``."""
        header = self.header(at)
        where = next(i for i, child in enumerate(at.children) if isinstance(child, Token) and child.type == "WHERE")
        head = branch(at, "params")
        params = () if head is None else self.parameters(head)
        self.declared = {param.name: param.type for param in params}
        try:
            condition = self.condition(at.children[where + 1])
        finally:
            self.declared = {}
        return s.Segment(
            self._name(at),
            condition,
            of=self._of(at),
            expects=self.expects(at),
            params=params,
            span=self.span(at),
            **header,
        )

    def on_partition(self, at: Branch) -> s.Partition:
        """Read a partition; two cells of one name are a finding."""
        header, among, rest = self.header(at), branch(at, "among"), branch(at, "otherwise")
        if rest is None:
            raise TypeError("a partition always has an otherwise")
        cases: list[s.Case] = []
        refused = False
        seen: set[str] = set()
        for child in [*(b for b in branches(at) if b.data == "case"), rest]:
            word = child.children[1]
            if str(word) in seen:
                self.problem("E137", word, f"two cells are called `{word}`", label="the name is taken")
            seen.add(str(word))
            if child is rest:
                continue
            try:
                cases.append(
                    s.Case(
                        str(word),
                        self.condition(child.children[-1]),
                        self._doc(branch(child, "doc")),
                        span=self.span(child),
                    )
                )
            except Refused:
                refused = True
        if refused:
            raise Refused
        return s.Partition(
            self._name(at),
            tuple(cases),
            str(rest.children[1]),
            self._doc(branch(rest, "doc")),
            of=self._of(at),
            among=None if among is None else self.ref(among.children[-1]),
            expects=self.expects(at),
            span=self.span(at),
            **header,
        )

    def on_trait(self, at: Branch) -> s.Trait:
        """Read a trait; its type is the word that the author wrote."""
        header, kind, default = self.header(at), branch(at, "type"), branch(at, "default")
        if kind is None:
            raise TypeError("a trait always has a type")
        word, *entry = (str(part) for part in kind.children if part is not None)
        last = at.children.index(default) if default is not None else len(at.children)
        value = next(child for child in reversed(at.children[:last]) if child is not None)
        return s.Trait(
            self._name(at),
            word,
            self.value(value),
            None if default is None else self.literal(default.children[-1]),
            of=self._of(at),
            entry=entry[0] if entry else None,
            span=self.span(at),
            **header,
        )

    def on_event_def(self, at: Branch) -> s.EventDef:
        """Read a named event."""
        header = self.header(at)
        return s.EventDef(self._name(at), self.event(at.children[-1]), of=self._of(at), span=self.span(at), **header)

    def on_list_def(self, at: Branch) -> s.ListDef:
        """Read a named list."""
        header, items = self.header(at), at.children[-1]
        if not isinstance(items, Tree):
            raise TypeError("a list always has entries")
        return s.ListDef(self._name(at), self.on_items(items), span=self.span(at), **header)

    # ---------------------------------------------------------------- expectations

    def expects(self, at: Branch) -> tuple[s.Expect, ...]:
        """Read everything that a definition expects."""
        return tuple(self.expectation(branches(child)[0]) for child in branches(at) if child.data == "expect")

    def expectation(self, at: Leaf) -> s.Expect:
        """Read one expectation."""
        made: s.Expect = self.read(at)
        return made

    def on_expect_size(self, at: Branch) -> s.ExpectSize:
        """Read ``size between 100 and 500``."""
        low, high = (self.whole(word) for word in at.children if isinstance(word, Token) and word.type == "INT")
        self.ordered(low, high, at)
        return s.ExpectSize(low, high, span=self.span(at))

    def on_expect_change(self, at: Branch) -> s.ExpectChange:
        """Read ``change under 30%``."""
        token = leaves(at)["PERCENT"]
        share = self.on_PERCENT(token).value
        if not share:
            self.problem("E118", token, "no change is under 0%")
        return s.ExpectChange(share, span=self.span(at))

    def on_expect_subset(self, at: Branch) -> s.ExpectSubset:
        """Read ``subset of segment x``."""
        return s.ExpectSubset(self.ref(at.children[-1]), span=self.span(at))

    def on_expect_disjoint(self, at: Branch) -> s.ExpectDisjoint:
        """Read ``disjoint from segment x``."""
        return s.ExpectDisjoint(self.ref(at.children[-1]), span=self.span(at))
