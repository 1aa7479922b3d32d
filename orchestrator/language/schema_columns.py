"""Attributes and properties of ``campaigns/schema.yml``: columns, values inside JSON, and lists."""

from __future__ import annotations

from orchestrator.language.schema_keys import FieldKeys, HistoryKeys, SchemaKeys
from orchestrator.language.shapes import Reading
from orchestrator.model.schema import Field as Column
from orchestrator.model.schema import History, Table, TimeFormat, Type


def table(text: str) -> Table:
    """Give the table of a dotted name."""
    schema, dot, name = text.partition(".")
    return Table(name, schema) if dot else Table(text)


def time_format(format: str, zone: str) -> TimeFormat:
    """Give how a moment lies in a column."""
    return TimeFormat("pattern", zone, format) if "%" in format else TimeFormat(format, zone)


def column(
    reading: Reading[SchemaKeys], loc: tuple[str, ...], keys: FieldKeys, currency: str, time: TimeFormat
) -> Column:
    """Give a field; ``currency`` and ``time`` are those of what names none."""
    if keys.type.startswith("list"):
        return _list(reading, loc, keys, currency)
    kind = Type(keys.type)
    misplaced = {
        "of": bool(keys.of),
        "latitude": keys.latitude is not None and kind is not Type.PLACE,
        "longitude": keys.longitude is not None and kind is not Type.PLACE,
        "column": keys.column is not None and kind is Type.PLACE,
        "values": bool(keys.values) and kind is not Type.TEXT,
        "currency": keys.currency is not None and kind is not Type.MONEY,
        "currency_column": keys.currency_column is not None and kind is not Type.MONEY,
        "minor": keys.minor and kind is not Type.MONEY,
        "zone": keys.zone is not None and kind is not Type.TIMESTAMP,
        "format": keys.format is not None and not kind.is_time,
    }
    for key, is_wrong in misplaced.items():
        if is_wrong:
            reading.add(reading.key_span(*loc, key), "E023", f"`{key}` means nothing for type {kind}", "take it out")
    if kind is Type.PLACE and (keys.latitude is None or keys.longitude is None):
        helps = f"{loc[-1]}: {{type: place, latitude: …, longitude: …}}"
        reading.add(reading.key_span(*loc), "E002", "a place names the columns of its two coordinates", helps)
    if keys.currency is not None and keys.currency_column is not None:
        at = reading.key_span(*loc, "currency_column")
        reading.add(at, "E023", "`currency` and `currency_column` exclude each other", "keep one of them")
    doubled = {value for value in keys.values if keys.values.count(value) > 1}
    for value in sorted(doubled):
        reading.add(reading.key_span(*loc, "values"), "E023", f"`{value}` is listed twice", "keep one of them")
    if kind.is_time and (keys.format is not None or keys.zone is not None):
        time = time_format(keys.format or (time.pattern or time.kind), keys.zone or time.zone)
    elif kind is Type.DATE:
        time = TimeFormat()
    lies = _place(loc, keys)
    if kind is Type.PLACE:
        lies = (keys.latitude or loc[-1],)
        if "of" in loc[-2:-1] or keys.path is not None:
            message = "a place lies in two columns, not inside JSON"
            reading.add(reading.key_span(*loc), "E023", message, "give it two columns in a view")
    fixed = None
    if kind is Type.MONEY and keys.currency_column is None:
        fixed = keys.currency or currency
    return Column(
        name=loc[-1],
        type=kind,
        column=lies[0],
        path=lies[1:],
        nullable=keys.nullable,
        values=tuple(keys.values),
        currency=fixed,
        currency_column=keys.currency_column,
        minor=keys.minor,
        time=time,
        tags=tuple(keys.tags),
        title=keys.title,
        longitude=(keys.longitude or loc[-1]) if kind is Type.PLACE else None,
        history=_history(reading, loc, keys, kind),
        span=reading.key_span(*loc),
    )


def _history(reading: Reading[SchemaKeys], loc: tuple[str, ...], keys: FieldKeys, kind: Type) -> History | None:
    past = getattr(keys, "history", None)
    if not isinstance(past, HistoryKeys):
        return None
    if kind.is_time or kind is Type.PLACE or (kind is Type.MONEY and keys.currency_column is not None):
        words = "money of several currencies" if kind is Type.MONEY else f"a {kind}"
        reading.add(reading.key_span(*loc, "history"), "E023", f"the history of {words} cannot be asked", "take it out")
        return None
    return History(table(past.table), past.key, past.value, past.at, time_format(past.format, past.zone), past.id)


def _place(loc: tuple[str, ...], keys: FieldKeys) -> tuple[str, ...]:
    """Give the column of a field and the keys that lead into its JSON; a dotted name leads into its first word's."""
    path = () if keys.path is None else tuple(keys.path.split("."))
    if len(loc) > 2 and loc[-2] == "of":
        return path or (loc[-1],)
    first, *rest = loc[-1].split(".")
    return (keys.column, *path) if keys.column is not None else (first, *(path or rest))


def _list(reading: Reading[SchemaKeys], loc: tuple[str, ...], keys: FieldKeys, currency: str) -> Column:
    """Give a list: of values, or of objects whose fields stand under ``of``."""
    inner = keys.type[5:-1]
    if inner and keys.of:
        reading.add(reading.key_span(*loc, "of"), "E023", "`of` is for `type: list`", "type: list")
    if not inner and not keys.of:
        remedy = ("type: list(text)", "of: {sku: text, price: money}    # what each entry holds")
        reading.add(reading.key_span(*loc), "E002", f"the list `{loc[-1]}` does not say of what", *remedy)
        inner = "text"
    json_time = TimeFormat("iso_t")
    fields = {name: _entry(reading, (*loc, "of", name), given, currency) for name, given in keys.of.items()}
    entry = None
    if inner:
        entry = column(reading, loc, keys.model_copy(update={"type": inner, "of": {}}), currency, json_time)
    else:
        for key in ("values", "currency", "currency_column", "minor", "zone", "format"):
            if reading.node(*loc, key) is not None:
                message = f"`{key}` belongs to a field of the entries"
                reading.add(reading.key_span(*loc, key), "E023", message, "write it under `of:`")
    lies = _place(loc, keys)
    if getattr(keys, "history", None) is not None:
        reading.add(reading.key_span(*loc, "history"), "E023", "the history of a list cannot be asked", "take it out")
    return Column(
        name=loc[-1],
        type=Type.LIST,
        column=lies[0],
        path=lies[1:],
        nullable=keys.nullable,
        tags=tuple(keys.tags),
        title=keys.title,
        of=entry,
        fields=fields,
        span=reading.key_span(*loc),
    )


def _entry(reading: Reading[SchemaKeys], loc: tuple[str, ...], keys: FieldKeys, currency: str) -> Column:
    for key in ("column", "currency_column"):
        if reading.node(*loc, key) is not None:
            message = "the entries of a list have no columns"
            reading.add(reading.key_span(*loc, key), "E023", message, "path: …    # the key inside the entry")
    return column(reading, loc, keys, currency, TimeFormat("iso_t"))
