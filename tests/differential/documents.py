"""Documents and related rows made up from a seed: JSON of every kind, also broken, and what belongs to people."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from orchestrator.model.schema import EventTable, Field, Relation, Schema, Type

ODD = (r'["a", "b\u0000c"]', r'["a", "\ud83d"]', r'["\uDE00\ud83d", "a"]', r'["\\u0000", "\ud83d\ude00", "a", "�"]')
"""Lists with letters that not every engine can hold, which are none, and one with letters that look like them."""
BROKEN = (None, None, "", "{", "[1,", "null", '"text"', "5", "true", "{}", "[]", *ODD)
"""What stands in a column of JSON where no document is, or a list with something odd in it."""


def in_json(field: Field) -> bool:
    """Tell whether a field lies inside a document."""
    return bool(field.path) or field.type is Type.LIST


class Belongings:
    """The part of a world's rows that are documents, households, and related rows."""

    rng: random.Random
    schema: Schema
    unknown: float
    words: list[str]
    keys: list[Any]
    cell: Callable[[Field], Any]
    events: Callable[[EventTable, list[Any]], list[dict[str, Any]]]

    def belongings(self, rng: random.Random, tables: dict[str, list[dict[str, Any]]]) -> None:
        """Add the tables and columns; they have dice of their own."""
        self.rng = rng
        person, household = self.schema.entities["customer"], self.schema.entities["household"]
        text = rng.random() < 0.4
        homes = [f"{rng.choice('aBä')}{n}" if text else n * 2 + 1 for n in range(rng.randint(3, 7))]
        tables["households"] = [{"hid": key} | self._plain(household.attributes.values()) for key in homes]
        tables["readings"] = self.events(self.schema.events["reading"], homes)
        nowhere = "nowhere" if text else 888_888
        assert person.parent is not None
        for row in tables["customers"]:
            row[person.parent.column] = rng.choice((*homes, nowhere, None))
            row |= self._documents(person.attributes.values())
        lines = self.schema.events["purchase"].properties.values()
        for row in tables["orders"]:
            row |= self._documents(lines)
        tables["devices"] = self._rows(self.schema.relations["device"], [])
        tables["leases"] = self._rows(self.schema.relations["lease"], [*homes, nowhere, None])

    def _plain(self, fields: Any) -> dict[str, Any]:
        return {field.column: self.cell(field) for field in fields if not in_json(field)}

    def _rows(self, relation: Relation, refs: list[Any]) -> list[dict[str, Any]]:
        nobody = "nobody" if isinstance(self.keys[0], str) else 999_999
        rows = []
        for key in [*self.keys, nobody, None]:
            for _ in range(self.rng.choice((0, 0, 1, 1, 2, 3))):
                fields = relation.properties.values()
                row = {"who": key, **relation.where} | self._plain(fields) | self._documents(fields)
                if relation.ref is not None:
                    row[relation.ref] = self.rng.choice(refs)
                if relation.where and self.rng.random() < 0.25:
                    row |= {n: v + 1 if isinstance(v, int) else "other" for n, v in relation.where.items()}
                rows.append(row)
        self.rng.shuffle(rows)
        return rows

    def _documents(self, fields: Any) -> dict[str, Any]:
        """Give a document for every column that holds some, written as text."""
        found: dict[str, Any] = {}
        for field in fields:
            if in_json(field):
                found.setdefault(field.column, []).append(field)
        return {column: self._document(held) for column, held in found.items()}

    def _document(self, fields: list[Field]) -> Any:
        if self.rng.random() < 0.2:
            return self.rng.choice(BROKEN)
        made: Any = {"other": "x"}
        for field in fields:
            value = self._inside(field)
            if not field.path:
                made = value
                continue
            below = made
            for key in field.path[:-1]:
                below = below.setdefault(key, {})
            below[field.path[-1]] = value
        return json.dumps(made, ensure_ascii=self.rng.random() < 0.5)

    def _inside(self, field: Field) -> Any:
        """Give a value of a document: of its type, null, or of another type."""
        if self.rng.random() < 0.1:
            return self.rng.choice((None, None, "5", 5, True, {"a": 1}, [], [[1]])) if not field.type.is_time else None
        if field.type is not Type.LIST:
            value = self.cell(field)
            return float(value) if isinstance(value, Decimal) else value
        entries = range(self.rng.choice((0, 1, 1, 2, 3, 5)))
        if field.of is not None:
            return [self._inside(field.of) for _ in entries]
        return [self._object(field) for _ in entries]

    def _object(self, field: Field) -> Any:
        """Give an entry that is an object, now and then something else."""
        if self.rng.random() < 0.05:
            return self.rng.choice((None, 3, "a", []))
        made: dict[str, Any] = {}
        for inner in field.fields.values():
            if self.rng.random() < 0.15:
                continue
            below, keys = made, (inner.column, *inner.path)
            for key in keys[:-1]:
                below = below.setdefault(key, {})
            below[keys[-1]] = self._inside(inner)
        return made
