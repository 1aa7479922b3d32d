"""Who is taken along because a value is unknown, as plain English says it."""

from __future__ import annotations

from orchestrator.model import condition as c

UNKNOWN = ", or it is unknown"
NONE = ", or there is none, or it is unknown"
NOT_HELD = " (what is unknown does not hold)"
_PEOPLE = (c.Rank, c.Cumulative)


def or_unknown(negated: bool, *values: object) -> str:
    """Give the words behind a negated test of values, nothing where all of them are known for everybody."""
    if not negated:
        return ""
    if any(isinstance(value, c.Pick) for value in values):
        return NONE
    return UNKNOWN if any(map(may_be_unknown, values)) else ""


def not_held(items: tuple[c.Condition, ...]) -> str:
    """Give the words behind the heading of conditions that must not hold."""
    return NOT_HELD if any(map(_leaves_out, items)) else ""


def or_left_out(item: c.Condition) -> str:
    """Give the words behind ``not`` and one condition."""
    return UNKNOWN if _leaves_out(item) else ""


def known(items: tuple[c.Condition, ...]) -> frozenset[tuple[str, ...]]:
    """Give the attributes that conditions, all of which hold, demand to be known."""
    tests = [item for item in items if isinstance(item, c.IsMissing) and item.negated]
    return frozenset(test.value.path for test in tests if isinstance(test.value, c.Attr))


def without_unknown(words: str, item: c.Condition, names: frozenset[tuple[str, ...]]) -> str:
    """Take the words about the unknown off a test of an attribute that another condition demands to be known."""
    inner = item.item if isinstance(item, c.Not) else item
    subject = next((getattr(inner, name) for name in ("left", "value", "of") if hasattr(inner, name)), None)
    alone = isinstance(subject, c.Attr) and subject.path in names and not may_be_unknown(getattr(inner, "right", None))
    return words.removesuffix(UNKNOWN) if alone else words


def may_be_unknown(value: object) -> bool:
    """Tell whether somebody may be without a value, as far as its form says."""
    match value:
        case c.Attr() | c.Pick() | c.Elapsed() | c.Remaining() | c.Share() | c.Spacing() | c.Bucket():
            return True
        case c.Arithmetic():
            return value.op == "/" or may_be_unknown(value.left) or may_be_unknown(value.right)
        case c.Aggregate():
            return value.fn not in (c.Fn.COUNT, c.Fn.COUNT_DISTINCT, c.Fn.SUM)
        case c.Part():
            return may_be_unknown(value.of)
    return False


def _leaves_out(item: c.Condition) -> bool:
    """Tell whether a condition fails where what it asks is unknown."""
    match item:
        case c.AllOf() | c.AnyOf() | c.SomeOf(most=False):
            return any(map(_leaves_out, item.items))
        case c.Compare():
            return may_be_unknown(item.left) or may_be_unknown(item.right)
        case c.Is(negated=False):
            return may_be_unknown(item.left) or may_be_unknown(item.right)
        case c.OneOf(negated=False) | c.Between(negated=False) | c.IsTime(negated=False) | c.TextTest(negated=False):
            return may_be_unknown(item.value)
        case c.Near(negated=False) | c.Inside(negated=False) | c.Anniversary(negated=False):
            return True
    return isinstance(item, _PEOPLE)
