"""Can a predicate hold for anybody? A small proof by ranges and choices, that never says "never" where it can.

What the parts of it say is held together by :mod:`orchestrator.compile.facts`. Disjunctions are tried one by one, up
to a bound; beyond it, and for whatever is not understood, the answer is that somebody may be in.
"""

from __future__ import annotations

from itertools import combinations

from orchestrator.compile import tied
from orchestrator.compile.facts import Budget, Facts, TooMuch
from orchestrator.compile.features import All, ByZone, Fixed, Member, Neg, Pred, Ranked, Some
from orchestrator.compile.logic import all_of, negation
from orchestrator.compile.peers import Heaviest


def never(pred: Pred) -> bool:
    """Tell whether it is proved that the predicate holds for nobody, whatever the database holds."""
    try:
        return not _possible(pred, Budget(_possible))
    except (TooMuch, TypeError):  # values of two kinds in one place cannot be put in an order
        return False


def implies(one: Pred, other: Pred) -> bool:
    """Tell whether it is proved that whoever is in ``one`` is in ``other``."""
    return never(all_of(one, negation(other)))


def _possible(pred: Pred, budget: Budget) -> bool:
    zoned = _by_zone(pred)
    if not zoned:
        return _search([(pred, True)], [], Facts(budget), budget)
    return any(
        _search([(_chosen(pred, dict(zip(zoned, branch, strict=True))), True)], [], Facts(budget), budget)
        for branch in _branches(zoned)
    )


Wanted = tuple[Pred, bool]


def _search(pending: list[Wanted], choices: list[list[list[Wanted]]], facts: Facts, budget: Budget) -> bool:
    """Tell whether everything pending, and one branch of each choice, can hold together."""
    pending, choices = list(pending), list(choices)
    while pending:
        budget.spend()
        pred, wanted = pending.pop()
        match pred:
            case Fixed(value):
                if value is not wanted:
                    return False
            case Neg(item):
                pending.append((item, not wanted))
            case Member(_, item):
                pending.append((item, wanted))
            case Ranked() if (ranked := tied.everybody_ranked(pred)) is not None:
                pending.append((ranked, wanted))
            case Ranked() | Heaviest() if wanted:
                if not facts.known(tied.needed(pred)) or not facts.add(pred, True):
                    return False
                pending.append((pred.among, True))
            case All(items) if wanted:
                pending += [(item, True) for item in items]
            case All(items):
                choices.append([[(item, False)] for item in items])
            case Some(items, count):
                needed = count if wanted else len(items) - count + 1
                if needed > len(items):
                    return False
                if needed == len(items):
                    pending += [(item, wanted) for item in items]
                elif needed > 0:
                    if len(items) > 12 and needed > 1:
                        raise TooMuch
                    choices.append([[(item, wanted) for item in some] for some in combinations(items, needed)])
            case _:
                if not facts.add(pred, wanted):
                    return False
    if not facts.tied():
        return False
    if not choices:
        return True
    choices.sort(key=len, reverse=True)
    branches = choices.pop()
    return any(_search(branch, choices, facts.copy(), budget) for branch in branches)


# ------------------------------------------------------------------ zones


def _by_zone(pred: Pred) -> list[ByZone]:
    """Give the predicates that differ by zone, metrics not looked into."""
    match pred:
        case ByZone():
            return [pred]
        case Neg(item) | Member(_, item):
            return _by_zone(item)
        case All(items) | Some(items, _):
            return list(dict.fromkeys(found for item in items for found in _by_zone(item)))
    return []


def _branches(zoned: list[ByZone]) -> set[tuple[Pred, ...]]:
    """Give each combination of branches that some zone has."""
    chosen = [{zone: pred for zones, pred in one.groups for zone in zones} for one in zoned]
    zones = {zone for found in chosen for zone in found} | {""}
    return {tuple(found.get(zone, one.otherwise) for found, one in zip(chosen, zoned, strict=True)) for zone in zones}


def _chosen(pred: Pred, branch: dict[ByZone, Pred]) -> Pred:
    match pred:
        case ByZone():
            return branch[pred]
        case Neg(item):
            return Neg(_chosen(item, branch))
        case Member(name, item):
            return Member(name, _chosen(item, branch))
        case All(items):
            return All(tuple(_chosen(item, branch) for item in items))
        case Some(items, count):
            return Some(tuple(_chosen(item, branch) for item in items), count)
    return pred
