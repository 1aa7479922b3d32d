"""The sandbox: what a template can reach, and how much it may do before it is stopped.

Three walls. The syntax tree is checked against a list of what is allowed (``allowed.py``). At run time only
plain values exist: names hand out their own keys and nothing else, calls go to macros, ``range`` and
``loop.cycle``. And a meter counts loops, calls and characters, so that nothing runs or grows for ever; it
counts instead of looking at a clock, so the same letter always ends the same way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from jinja2 import StrictUndefined, Undefined, pass_context
from jinja2.runtime import LoopContext, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment

from orchestrator.render import filters
from orchestrator.render.bag import Bag, plain
from orchestrator.render.filters import ALIASES, FILTERS, LONGEST, TESTS, TemplateError, bounded
from orchestrator.render.sheet import Sheet, Writer
from orchestrator.render.source import HTML_ENDINGS

FREE = ("default", "d")
"""Filters that do not read through what they are given."""
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
_ROUND = 10**9
_WEIGHED = (str, list, tuple)
_LISTS = (str, list, tuple, dict, range)
DATE_PARTS = frozenset({"year", "month", "day", "hour", "minute"})
"""What a template may read of a date or a time: ``person.birthday.month``."""


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of all templates of a project: its zone and its currency are the filters' defaults."""

    code_generator_class = Writer
    intercepted_binops = frozenset({"*", "+", "%", "/", "//", "-"})

    def __init__(self, zone: str = "UTC", currency: str = "EUR") -> None:
        """Set up an environment that knows the table of filters and nothing else."""
        super().__init__(
            undefined=StrictUndefined,
            autoescape=lambda name: bool(name) and str(name).endswith(HTML_ENDINGS),
            finalize=_at_run_time,
            keep_trailing_newline=False,
            optimized=False,  # it looks at every expression again for each one around it, and may fold nothing here
            cache_size=0,
        )
        self.globals.clear()
        self.globals["range"] = _range
        table: dict[str, Callable[..., Any]] = {name: row.call for name, row in FILTERS.items()}
        table["money"] = partial(_money, currency)
        table["date"] = partial(_dated, "{day} {month} {year}", zone)
        table["time"] = partial(_dated, "{hh}:{minute}", zone)
        for alias, name in ALIASES.items():
            table[alias] = table[name]
        table["datetime"] = partial(_dated, "{day} {month} {year}, {hh}:{minute}", zone)
        known = self.tests
        self.tests = {name: known[name] for name in (*TESTS, "==", "!=", "<", "<=", ">", ">=")}
        priced = {name: call if name in FREE else _priced(call) for name, call in table.items()}
        self.filters = {**priced, "_loop": _loop, "_step": _step, "_concat": _concat, "_weigh": _weigh}

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

    def call_binop(
        self,
        context: Sheet,  # type: ignore[override]
        operator: str,
        left: Any,
        right: Any,
    ) -> Any:
        """Do arithmetic on numbers, and join or repeat texts and lists within bounds."""
        for side in (left, right):
            if isinstance(side, Undefined):
                str(side)
            context.weigh(side)
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

    def call(
        self,
        context: Sheet,  # type: ignore[override]
        obj: Any,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Call a macro or one of the few functions there are, at the price of a step."""
        context.step(1)
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
def _loop(context: Sheet, values: Any, weight: int) -> Any:
    """Give what a loop goes through, at the price of all its rounds."""
    if isinstance(values, Undefined) or not isinstance(values, _LISTS):
        str(values)
        raise TemplateError("a loop takes a list")
    context.step(weight * len(values))
    return values


@pass_context
def _step(context: Sheet, weight: int) -> bool:
    context.step(weight)
    return True


@pass_context
def _weigh(context: Sheet, value: Any) -> Any:
    context.weigh(value)
    return value


def _priced(call: Callable[..., Any]) -> Callable[..., Any]:
    """Give a filter that is called at the price of what it reads."""

    @pass_context
    def priced(context: Sheet, *args: Any, **kwargs: Any) -> Any:
        for value in args:
            if isinstance(value, _WEIGHED):
                context.weigh(value)
        return call(*args, **kwargs)

    return priced


@pass_context
def _at_run_time(context: Sheet, value: Any) -> Any:
    """Keep Jinja from showing constants when it compiles; :class:`Writer` shows them, like everything else."""
    return value


@pass_context
def _concat(context: Sheet, values: list[Any]) -> Any:
    context.weigh(values)
    if sum(len(value) if isinstance(value, str) else 30 for value in values) > LONGEST:
        raise TemplateError(f"a value grew beyond {LONGEST} characters")
    joined = markup_join if context.eval_ctx.autoescape else str_join
    return bounded(joined([plain(value) for value in values]))


@lru_cache(maxsize=1024)
def _round_sum(currency: str, amount: int) -> str:
    """Give a sum of money in whole units: the prices of a letter's products are the same for many people."""
    return filters.money(amount, currency)


def _money(currency: str, value: Any, *args: Any, **kwargs: Any) -> str:
    if type(value) is int and not args and not kwargs and -_ROUND < value < _ROUND:
        return _round_sum(currency, value)
    if args or "currency" in kwargs:
        return filters.money(value, *args, **kwargs)
    return filters.money(value, currency, **kwargs)


def _dated(form: str, zone: str, value: Any, shape: str | None = None) -> str:
    return filters.shown_date(value, form if shape is None else shape, zone)
