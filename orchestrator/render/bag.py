"""The values that a template sees: names that hand out what stands below them, and what can be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jinja2 import StrictUndefined, Undefined
from jinja2.exceptions import UndefinedError
from markupsafe import escape

from orchestrator.model.memo import Memo
from orchestrator.render.filters import TemplateError

ROOTS = ("person", "campaign", "variant", "links", "content")
"""The only names a template is given."""
REMEMBERED = "person"
"""The one whose values are shown again and again, so that its bag remembers them."""
_PLAIN = (str, int, float, Decimal, dt.date, dt.time, Undefined)


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

    __slots__ = ("name", "shown", "strict", "values")

    def __init__(self, name: str, values: Mapping[str, Any], strict: bool = True) -> None:
        """Keep the values; ``strict`` makes an unknown key an error even with ``default``."""
        self.name, self.values, self.strict = name, values, strict
        self.shown = _NOTHING

    def remembering(self) -> Bag:
        """Let ``shown`` give each of the values as HTML, by its key, made once; give the bag itself."""
        self.shown = _Shown(self)
        return self

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


class _Shown(dict[str, str]):
    """What stands below a name, as it is shown in HTML."""

    __slots__ = ("_bag",)

    def __init__(self, bag: Bag) -> None:
        self._bag = bag

    def __missing__(self, key: str) -> str:
        value = self._bag.values.get(key)
        text = self[key] = _ESCAPED[value] if type(value) is str else in_html(self._bag.get(key))
        return text


_NOTHING: dict[str, str] = {}
_ESCAPED: Memo[str] = Memo(lambda text: str(escape(text)))


def in_html(value: Any) -> str:
    """Give a value as it is shown in HTML; raises TemplateError for what cannot be shown."""
    if type(value) is str:
        return _ESCAPED[value]
    return str(value) if type(value) is int else str(escape(shown(value)))


def shown(value: Any) -> Any:
    """Give a value as it is shown in plain text, before it is made a text: a fraction without an exponent."""
    value = plain(value)
    if type(value) is float:
        value = Decimal(f"{value:.12g}")
    return f"{value:f}" if type(value) is Decimal else value


def plain(value: Any) -> Any:
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
