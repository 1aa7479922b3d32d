"""What depends on other people, worked out person by person: rows A35, A36, A69, and aggregates across people."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

from orchestrator.model import condition as c


class Peers:
    """One person among others; mixed into the evaluator of one person."""

    world: Any
    somebody: Any
    entity: Any

    def _value_bucket(self, node: c.Bucket) -> Fraction | None:
        return _kept(self.world, ("bucket", node, self.entity.name), lambda: self._buckets(node)).get(self.somebody.id)

    def _buckets(self, node: c.Bucket) -> dict[str, Fraction]:
        found: dict[str, Fraction] = {}
        for known in self._groups(node.by, node.each, node.among).values():
            for person, value in known.items():
                better = sum(other > value if node.highest else other < value for other in known.values())
                found[person] = Fraction(1 + node.count * better // len(known))
        return found

    def _cumulative(self, node: c.Cumulative) -> bool:
        among = node.among or (self.world._among[-1] if self.world._among else None)
        inside = _kept(self.world, ("group", node, among, self.entity.name), lambda: self._heaviest(node, among))
        return self.somebody.id in inside

    def _heaviest(self, node: c.Cumulative, among: c.SegmentRef | None) -> set[str]:
        inside: set[str] = set()
        for known in self._groups(node.by, node.each, among).values():
            above = {person: value for person, value in known.items() if value > 0}
            needed = Fraction(node.share) * sum(above.values())
            for person, value in above.items():
                if sum(other for other in above.values() if other > value) < needed:
                    inside.add(person)
        return inside

    def _isunique(self, node: c.IsUnique) -> bool:
        counts = _kept(self.world, ("alone", node.value, self.entity.name), lambda: self._counts(node.value))
        mine = self.value(node.value)  # type: ignore[attr-defined]
        return (mine is not None and counts[mine] == 1) != node.negated

    def _counts(self, value: Any) -> Counter[Any]:
        return Counter(self._of(person).value(value) for person in self.world.people(self.entity.name))

    def _value_across(self, node: c.Across) -> Any:
        return _kept(self.world, ("across", node, self.entity.name), lambda: [self._overall(node)])[0]

    def _overall(self, node: c.Across) -> Any:
        people = self._population(node.among)
        found: list[Any] = []
        for person in people:
            found += self._of(person)._values_of(node.of)
        return type(self)._made(node.of, found)  # type: ignore[attr-defined]

    def _population(self, among: c.SegmentRef | None) -> list[Any]:
        people = self.world.people(self.entity.name)
        return [person for person in people if among is None or self.world._in(among, person)]

    def _groups(self, by: Any, each: Any, among: c.SegmentRef | None) -> dict[Any, dict[str, Any]]:
        groups: dict[Any, dict[str, Any]] = {}
        for person in self._population(among):
            one = self._of(person)
            value, group = one.value(by), "" if each is None else one.value(each)
            if value is not None and group is not None:
                groups.setdefault(group, {})[person.id] = value
        return groups

    def _of(self, person: Any) -> Any:
        return type(self)(self.world, person, self.entity.name)  # type: ignore[call-arg]


def _kept(world: Any, key: Any, work: Any) -> Any:
    if key not in world._ranks:
        world._ranks[key] = work()
    return world._ranks[key]
