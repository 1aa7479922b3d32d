"""The sandbox: what a template can reach, and how much it may do before it is stopped.

Three walls. The syntax tree is checked against a list of what is allowed (``allowed.py``). At run time only
plain values exist: names hand out their own keys and nothing else, calls go to macros, ``range`` and
``loop.cycle``. And a meter counts loops, calls and characters, so that nothing runs or grows for ever; it
counts instead of looking at a clock, so the same letter always ends the same way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from jinja2 import StrictUndefined, Undefined, pass_context
from jinja2.exceptions import UndefinedError
from jinja2.runtime import Context, LoopContext, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment

from orchestrator.render import filters
from orchestrator.render.filters import ALIASES, FILTERS, LONGEST, TESTS, TemplateError, bounded
from orchestrator.render.source import HTML_ENDINGS

OUTPUT = 1_000_000
"""Characters that one part of a message may have."""
STEPS = 50_000
"""Rounds of loops and calls of macros that one part may take, weighed by the text they write."""
ROOTS = ("person", "campaign", "variant", "links", "content")
"""The only names a template is given."""


class Meter:
    """What one rendering may still do."""

    __slots__ = ("characters", "steps")

    def __init__(self) -> None:
        """Start with the full budget."""
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
            if len(value) >= 200:
                self.step(len(value) // 200)
        elif isinstance(value, list | tuple) and value:
            self.step(1 + len(value) // 50)
            for entry in value:
                self.weigh(entry)


class Unknown(StrictUndefined):
    """An attribute whose value nobody knows: ``default`` replaces it, tests on it are false, showing it is an error."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]
        return False

    def __eq__(self, other: object) -> bool:  # type: ignore[override]
        return False

    def __ne__(self, other: object) -> bool:  # type: ignore[override]
        return True

    def _false(self, other: object) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _false  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


class Bag:
    """A name with values below it (``person``, ``campaign.params``). It hands out its keys and nothing else."""

    __slots__ = ("name", "strict", "values")

    def __init__(self, name: str, values: Mapping[str, Any], strict: bool = True) -> None:
        """Keep the values; ``strict`` makes an unknown key an error even with ``default``."""
        self.name, self.values, self.strict = name, values, strict

    def get(self, key: str) -> Any:
        """Give a value, :class:`Unknown` for None; raises UndefinedError for a key that does not exist."""
        try:
            value = self.values[key]
        except KeyError:
            if self.strict:
                raise UndefinedError(f"{self.name} has no {key!r}") from None
            return StrictUndefined(f"{self.name} has no {key!r}", name=key)
        if value is None:
            return Unknown(f"{self.name}.{key} is unknown here and has no default", name=key)
        return value

    def __str__(self) -> str:
        raise TemplateError(f"{self.name} cannot be shown as a whole: say which value, as in {self.name}.name")

    __html__ = __str__


_LOOP = frozenset(
    {
        "index",
        "index0",
        "revindex",
        "revindex0",
        "first",
        "last",
        "length",
        "previtem",
        "nextitem",
        "depth",
        "depth0",
        "cycle",
        "changed",
    }
)
DATE_PARTS = frozenset({"year", "month", "day", "hour", "minute"})
"""What a template may read of a date or a time: ``person.birthday.month``."""
_PLAIN = (str, int, float, Decimal, dt.date, dt.time, Undefined)


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of all templates of a project: its zone and its currency are the filters' defaults."""

    intercepted_binops = frozenset({"*", "+", "%", "/", "//", "-"})

    def __init__(self, zone: str = "UTC", currency: str = "EUR") -> None:
        """Set up an environment that knows the table of filters and nothing else."""
        super().__init__(
            undefined=StrictUndefined,
            autoescape=lambda name: bool(name) and str(name).endswith(HTML_ENDINGS),
            finalize=_shown,
            keep_trailing_newline=False,
            optimized=True,
            cache_size=0,
        )
        self.globals.clear()
        self.globals["range"] = _range
        table: dict[str, Callable[..., Any]] = {name: row.call for name, row in FILTERS.items()}
        table["money"] = partial(_positional, filters.money, currency)
        table["date"] = partial(_dated, "{day} {month} {year}", zone)
        table["time"] = partial(_dated, "{hh}:{minute}", zone)
        for alias, name in ALIASES.items():
            table[alias] = table[name]
        table["datetime"] = partial(_dated, "{day} {month} {year}, {hh}:{minute}", zone)
        known = self.tests
        self.tests = {name: known[name] for name in (*TESTS, "==", "!=", "<", "<=", ">", ">=")}
        weighed = {name: partial(_weighed, call) for name, call in table.items()}
        for call in weighed.values():
            pass_context(call)
        self.filters = {**weighed, "_loop": _loop, "_step": _step, "_concat": _concat, "_weigh": _weigh}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Give a value below a name, a part of a date, or something of ``loop``; everything else is refused."""
        if type(obj) is Bag:
            return obj.get(attribute)
        if isinstance(obj, Undefined):
            return getattr(obj, attribute)
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        if isinstance(obj, dt.date) and attribute in DATE_PARTS:
            return getattr(obj, attribute, 0)
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        raise TemplateError(f"a {_kind(obj)} has no {attribute!r} in a template")

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Give an entry of a list or a mapping, a slice of a text, or a value below a name."""
        if type(obj) is Bag:
            return obj.get(str(argument))
        if isinstance(obj, Undefined):
            return obj[argument]
        if isinstance(obj, list | tuple | str | dict):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                raise TemplateError(f"a {_kind(obj)} has no such entry") from None
        raise TemplateError(f"a {_kind(obj)} has no entries")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Do arithmetic on numbers, and join or repeat texts and lists within bounds."""
        meter: Meter = context.parent["_meter"]
        for side in (left, right):
            if isinstance(side, Undefined):
                str(side)
            meter.weigh(side)
        numbers = isinstance(left, int | float | Decimal) and isinstance(right, int | float | Decimal)
        if not numbers:
            if operator == "*":
                big, times = (left, right) if isinstance(left, str | list | tuple) else (right, left)
                if not isinstance(times, int) or not isinstance(big, str | list | tuple):
                    raise TemplateError("* takes two numbers")
                if len(big) * times > LONGEST:
                    raise TemplateError(f"a value grew beyond {LONGEST} characters or entries")
            elif operator != "+" or (
                type(left) is not type(right) and not (isinstance(left, str) and isinstance(right, str))
            ):
                raise TemplateError(
                    f"{operator} takes two numbers" + ("; use ~ to join texts" if operator == "+" else "")
                )
            elif len(left) + len(right) > LONGEST:
                raise TemplateError(f"a value grew beyond {LONGEST} characters or entries")
        elif isinstance(left, float) != isinstance(right, float):
            left, right = (
                Decimal(str(x)) if isinstance(x, float) and isinstance(y, Decimal) else x
                for x, y in ((left, right), (right, left))
            )
        try:
            result = self.binop_table[operator](left, right)
        except (ArithmeticError, ValueError):
            raise TemplateError(f"{operator} has no result for these numbers") from None
        if isinstance(result, int) and result.bit_length() > 256:
            raise TemplateError("a number grew beyond 256 bits")
        return result

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or one of the few functions there are, at the price of a step."""
        meter: Meter = context.parent["_meter"]
        meter.step(1)
        return context.call(obj, *args, **kwargs)


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool | int | float | Decimal):
        return "number"
    return {"date": "date", "datetime": "time", "list": "list", "tuple": "list", "dict": "mapping"}.get(
        type(value).__name__, "value"
    )


def _range(*bounds: Any) -> range:
    if not all(isinstance(bound, int) for bound in bounds) or not 1 <= len(bounds) <= 3:
        raise TemplateError("range takes whole numbers")
    result = range(*bounds)
    if len(result) > 1000:
        raise TemplateError("range gives at most 1000 numbers")
    return result


@pass_context
def _loop(context: Context, values: Any, weight: int) -> Iterator[Any]:
    if (
        isinstance(values, Undefined)
        or type(values) is Bag
        or not isinstance(values, str | list | tuple | dict | range)
    ):
        str(values)
        raise TemplateError("a loop takes a list")
    meter: Meter = context.parent["_meter"]

    def counted() -> Iterator[Any]:
        for value in values:
            meter.step(weight)
            yield value

    return counted()


@pass_context
def _step(context: Context, weight: int) -> bool:
    meter: Meter = context.parent["_meter"]
    meter.step(weight)
    return True


@pass_context
def _weigh(context: Context, value: Any) -> Any:
    meter: Meter = context.parent["_meter"]
    meter.weigh(value)
    return value


def _weighed(call: Callable[..., Any], context: Context, *args: Any, **kwargs: Any) -> Any:
    """Call a filter at the price of what it reads."""
    meter: Meter = context.parent["_meter"]
    for value in args:
        meter.weigh(value)
    return call(*args, **kwargs)


@pass_context
def _concat(context: Context, values: list[Any]) -> Any:
    meter: Meter = context.parent["_meter"]
    meter.weigh(values)
    if sum(len(value) if isinstance(value, str) else 30 for value in values) > LONGEST:
        raise TemplateError(f"a value grew beyond {LONGEST} characters")
    joined = markup_join if context.eval_ctx.autoescape else str_join
    return bounded(joined([_plain(value) for value in values]))


def _plain(value: Any) -> Any:
    """Give a value as it is shown; raises for what cannot be shown."""
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, _PLAIN):
        return value
    if callable(getattr(value, "__html__", None)) and type(value) is not Bag:
        return value
    raise (
        TemplateError("this value cannot be shown: say which part of it")
        if type(value) is not Bag
        else TemplateError(f"{value.name} cannot be shown as a whole: say which value")
    )


@pass_context
def _shown(context: Context, value: Any) -> Any:
    if type(value) is not str:
        value = _plain(value)
        if type(value) is float:
            value = Decimal(f"{value:.12g}")
        if type(value) is Decimal:
            value = f"{value:f}"
    meter: Meter = context.parent["_meter"]
    meter.characters -= len(value) if isinstance(value, str) else 30
    if meter.characters < 0:
        raise TemplateError(f"this letter is longer than {OUTPUT} characters")
    return value


def _positional(call: Callable[..., Any], currency: str, value: Any, *args: Any, **kwargs: Any) -> Any:
    if not args and "currency" not in kwargs:
        kwargs["currency"] = currency
    return call(value, *args, **kwargs)


def _dated(form: str, zone: str, value: Any, shape: str | None = None) -> str:
    return filters.shown_date(value, form if shape is None else shape, zone)
