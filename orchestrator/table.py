"""Named things, imported on first use: the verbs, providers and dialects that are shipped or installed.

Two small tools. :class:`Table` is a register of one kind of thing by name; :func:`exports` lets a room's
``__init__`` offer a name without importing the file behind it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


class Table:
    """Named things of one kind: ``shipped`` maps a name to ``module:attribute``; others come by entry point."""

    def __init__(self, kind: str, shipped: Mapping[str, str], group: str | None = None) -> None:
        """Keep the rows; nothing is imported."""
        self.kind = kind
        self._shipped = dict(shipped)
        self._group = group

    def names(self) -> list[str]:
        """Give all names, shipped ones first, installed ones behind them."""
        return [*self._shipped, *(name for name in self._installed() if name not in self._shipped)]

    def __iter__(self) -> Iterator[str]:
        """Walk over all names."""
        return iter(self.names())

    def __contains__(self, name: object) -> bool:
        """Tell whether something has that name."""
        return name in self._shipped or name in self._installed()

    def get(self, name: str) -> Any:
        """Import and give the thing of that name; raises KeyError with the known names."""
        target = self._shipped.get(name) or self._installed().get(name)
        if target is None:
            raise KeyError(f"no {self.kind} is called {name!r}; there are: {', '.join(self.names())}")
        module, _, attribute = target.partition(":")
        return getattr(import_module(module), attribute)

    def _installed(self) -> dict[str, str]:
        if self._group is None:
            return {}
        from importlib.metadata import entry_points

        return {point.name: point.value for point in entry_points(group=self._group)}


class _Room(ModuleType):
    """A package whose exported names win over its files of the same name.

    Importing ``room/people.py`` makes Python set ``room.people`` to that file; where ``people`` is exported, the
    thing of that name inside the file is meant.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, ModuleType) and self.__dict__.get("_exported", {}).get(name) == name:
            value = getattr(value, name)
        super().__setattr__(name, value)


def exports(package: str, where: Mapping[str, str]) -> Callable[[str], Any]:
    """Give a ``__getattr__`` for a package that imports ``where[name]`` (a file in it) when ``name`` is asked for."""
    room = sys.modules[package]
    room.__dict__["_exported"] = dict(where)
    room.__class__ = _Room

    def get(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{where[name]}"), name)
        room.__dict__[name] = value
        return value

    return get
