"""Tables as a database describes them to the draft of a ``schema.yml``: a proposal, to be read and corrected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from orchestrator.model.schema import ColumnInfo, TableInfo

_PEOPLE = (
    "customer",
    "client",
    "user",
    "member",
    "contact",
    "subscriber",
    "person",
    "people",
    "account",
    "profile",
    "lead",
)
_EMAIL = re.compile(r"e_?mail(_?address)?$")
_PHONE = re.compile(r"(mobile|phone|msisdn|telephone)(_?number)?$")
_ZONE = re.compile(r"(time_?zone|tz)(_?name)?$")
_CONSENT = re.compile(r"consent|opt_?in|permission|subscription_?preference")
_WHEN = re.compile(
    r"(^|_)(at|on|time|timestamp|date|datetime|ts|created|occurred|happened|ordered|placed|started)$|(date|time)$"
)
_MONEY = re.compile(r"(^|_)(amount|price|total|revenue|value|cost|fee|turnover|subtotal|ltv|spend)(_|$)")
_PERSONAL = re.compile(r"name$|e_?mail|phone|mobile|birth|street|address|dob|^ip(_|$)")
_SECRET = re.compile(r"password|passwd|secret|token|hash|salt|api_?key|ssn|iban|credit_?card|card_?number")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2})?(\.\d+)?)?")
_ISO_T = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:?\d{2})?")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_FEW = 12

HEAD = """\
# A draft from your database. Nothing here was decided for you: read it, delete what segments and letters do not
# need, and give the rest the names your colleagues use. `column:` keeps the database's name when you change ours.
"""


def draft_schema(tables: Iterable[TableInfo]) -> str:
    """Give the text of a ``schema.yml``: a proposed entity, events and consent, the rest as comments."""
    known = sorted(tables, key=lambda table: str(table.name))
    main = _entity(known)
    if main is None:
        seen = ", ".join(table.name for table in known[:20]) or "none"
        return (
            f"{HEAD}# No table looked like people. Tables seen: {seen}\n"
            "entities:\n  customer:\n    table: customers\n    key: id\n    attributes:\n      email: {type: text}\n"
        )
    table, name = main
    lines = [HEAD.rstrip("\n"), "entities:", *_entity_lines(table, name)]
    events: list[str] = []
    consent: list[str] = []
    rest: list[str] = []
    for other in known:
        if other is table:
            continue
        key = _points_at(other, table)
        when = _moment(other)
        if key is not None and _CONSENT.search(other.name.lower()) and not consent:
            drafted = _consent_lines(other, key)
            if drafted:
                consent = drafted
                continue
        if key is not None and when is not None:
            events += _event_lines(other, key, when)
        else:
            reason = "no column that says when" if key is not None else f"nothing points at {table.name}"
            rest.append(f"# {_dotted(other)}: {reason}")
    if events:
        lines += ["", "events:", *events]
    if consent:
        lines += ["", *consent]
    if rest:
        lines += ["", "# Tables that are not described here, and why:", *rest]
    return "\n".join(lines) + "\n"


def _entity(tables: Sequence[TableInfo]) -> tuple[TableInfo, str] | None:
    """Give the table that most looks like people, and a name for one of them."""
    best: tuple[int, TableInfo] | None = None
    for table in tables:
        words = table.name.lower()
        score = 0
        score += 5 if any(_singular(part) in _PEOPLE for part in words.split("_")) else 0
        score += 4 if any(_EMAIL.search(column.name.lower()) for column in table.columns) else 0
        score += 2 if len(table.primary_key) == 1 else 0
        score += 3 * sum(1 for other in tables if any(fk[1] == table.name for fk in other.foreign_keys))
        if _CONSENT.search(words):
            score -= 8
        if score >= 4 and (best is None or score > best[0]):
            best = (score, table)
    if best is None:
        return None
    return best[1], _name(_singular(best[1].name.lower()))


def _entity_lines(table: TableInfo, name: str) -> list[str]:
    key = _key(table)
    lines = [f"  {name}:", *_about(table), f"    table: {_dotted(table)}", f"    key: {_quoted(key)}"]
    addresses = []
    zone = next((c for c in table.columns if _ZONE.search(c.name.lower()) and c.type == "text"), None)
    if zone is not None:
        lines.append(f"    zone: {_quoted(_name(zone.name))}    # each person's own time zone")
    for channel, pattern in (("email", _EMAIL), ("sms", _PHONE)):
        column = next((c for c in table.columns if pattern.search(c.name.lower()) and c.type == "text"), None)
        if column is not None:
            addresses.append(f"{channel}: {_name(column.name)}")
    if addresses:
        lines.append(f"    addresses: {{{', '.join(addresses)}}}")
    else:
        lines.append("    # addresses: {email: …}    # no column looked like an address")
    drawn = [line for column in table.columns for line in _column_lines(table, column, skip={key})]
    if all(line.lstrip().startswith("#") for line in drawn):
        return [*lines, "    attributes: {}    # no column is left to describe", *drawn]
    return [*lines, "    attributes:", *drawn]


def _event_lines(table: TableInfo, key: str, when: ColumnInfo) -> list[str]:
    name = _name(_singular(table.name.lower()))
    lines = [f"  {name}:", *_about(table), f"    table: {_dotted(table)}", f"    key: {_quoted(key)}"]
    lines.append(f"    at: {_quoted(when.name)}")
    format_ = _format(table, when)
    if format_ not in ("", "native"):
        lines.append(f"    format: {format_}")
    elif when.type != "timestamp":
        lines.append("    # format: …    # native, iso, iso_t, epoch, epoch_ms or a pattern such as %Y%m%d")
    own = _key(table) if len(table.primary_key) == 1 else None
    if own is not None and own != key:
        lines.append(f"    id: {_quoted(own)}")
    plural = _name(table.name.lower())
    if plural != name and plural.endswith("s"):
        lines.append(f"    plural: {plural}")
    skip = {key, when.name, own or ""}
    drawn = [line for column in table.columns for line in _column_lines(table, column, skip)]
    if any(not line.lstrip().startswith("#") for line in drawn):
        lines.append("    properties:")
        lines += drawn
    return lines


def _consent_lines(table: TableInfo, key: str) -> list[str]:
    def find(pattern: str) -> str | None:
        return next((c.name for c in table.columns if c.name != key and re.search(pattern, c.name.lower())), None)

    channel, topic = find(r"channel|medium"), find(r"topic|purpose|category|type")
    granted = find(r"grant|allowed|consent|opt|status|state|given")
    if channel is None or topic is None or granted is None:
        return []
    lines = ["consent:    # the latest row of (person, channel, topic) counts; no row means no", *_about(table, "  ")]
    lines += [f"  table: {_dotted(table)}", f"  key: {_quoted(key)}", f"  channel: {_quoted(channel)}"]
    lines += [f"  topic: {_quoted(topic)}", f"  granted: {_quoted(granted)}"]
    column = next(c for c in table.columns if c.name == granted)
    if column.type == "text":
        seen = ", ".join(_quoted(value) for value in table.samples.get(granted, ())[:_FEW])
        lines.append(f"  granted_values: [{seen}]    # keep only the values that mean yes")
    when = _moment(table)
    if when is not None:
        lines.append(f"  at: {_quoted(when.name)}")
        format_ = _format(table, when)
        if format_ not in ("", "native"):
            lines.append(f"  format: {format_}")
    if len(table.primary_key) == 1 and table.primary_key[0] != key:
        lines.append(f"  id: {_quoted(table.primary_key[0])}")
    return lines


def _column_lines(table: TableInfo, column: ColumnInfo, skip: set[str]) -> list[str]:
    if column.name in skip or not column.name.strip():
        return []
    name = _name(column.name)
    if _SECRET.search(column.name.lower()):
        return [f"      # {column.name}: looks like a secret, and no letter needs it"]
    kind, more = column.type, []
    if column.type in ("decimal", "int") and _MONEY.search(column.name.lower()) and not column.name.endswith("_id"):
        kind = "money"
    if column.type == "text" and (_WHEN.search(column.name.lower()) or column.name.lower().endswith("date")):
        format_ = _format(table, column)
        if format_:
            seen = table.samples[column.name]
            kind = "date" if all(len(value) == 10 for value in seen) else "timestamp"
            more.append(f"format: {format_}")
    if not kind:
        return [f"      # {column.name}: type {column.spelled or 'unknown'} cannot be used yet"]
    if name != column.name:
        more.append(f"column: {_quoted(column.name)}")
    if not column.nullable:
        more.append("nullable: false")
    if kind == "text":
        more += _closed(table, column)
    if _PERSONAL.search(column.name.lower()):
        more.append("tags: [personal]")
    note = "    # in the project's currency; `minor: true` when it holds cents" if kind == "money" else ""
    inside = ", ".join([f"type: {kind}", *more])
    return [f"      {name}: {{{inside}}}{note}"]


def _closed(table: TableInfo, column: ColumnInfo) -> list[str]:
    seen = table.samples.get(column.name, ())
    many = table.rows is None or table.rows > 5 * len(seen)
    if not 1 < len(seen) <= _FEW or not many or _PERSONAL.search(column.name.lower()):
        return []
    if any(len(value) > 24 or not value.strip() or not value.isprintable() for value in seen):
        return []
    return [f"values: [{', '.join(_quoted(value) for value in sorted(seen))}]"]


def _about(table: TableInfo, indent: str = "    ") -> list[str]:
    return [] if table.rows is None else [f"{indent}# {table.rows:,} rows"]


def _points_at(table: TableInfo, main: TableInfo) -> str | None:
    """Give the column of ``table`` that names one of the people, by a foreign key or by its name."""
    for column, other, _ in table.foreign_keys:
        if other == main.name:
            return column
    stem = _singular(main.name.lower())
    wanted = {f"{stem}_id", f"{stem}id", f"{stem}_key", f"{stem}_no", f"{stem}_number", stem}
    own = _key(main).lower()
    if own not in ("id", "uuid", "key"):
        wanted.add(own)
    return next((column.name for column in table.columns if column.name.lower() in wanted), None)


def _moment(table: TableInfo) -> ColumnInfo | None:
    """Give the column that most looks like the moment at which a row happened."""
    best: tuple[int, ColumnInfo] | None = None
    for place, column in enumerate(table.columns):
        low = column.name.lower()
        score = 0
        if column.type == "timestamp":
            score = 6
        elif column.type == "date":
            score = 4
        elif column.type in ("text", "int") and _WHEN.search(low):
            score = 5 if _format(table, column) else (2 if column.type == "int" else 0)
        if not score:
            continue
        score *= 10
        score += 8 if not column.nullable else 0
        score -= 12 if re.search(r"updated|modified|deleted|loaded|synced|expires|ends|valid_to|birth", low) else 0
        score -= place // 4
        if best is None or score > best[0]:
            best = (score, column)
    return None if best is None else best[1]


def _format(table: TableInfo, column: ColumnInfo) -> str:
    """Give the word for how moments lie in a column, "" when the values do not say."""
    if column.type in ("timestamp", "date"):
        return "native"
    seen = table.samples.get(column.name, ())
    if seen and all(_ISO.fullmatch(value) for value in seen):
        return "iso"
    if seen and all(_ISO_T.fullmatch(value) for value in seen):
        return "iso_t"
    if seen and all(re.fullmatch(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])", value) for value in seen):
        return '"%Y%m%d"'
    return ""


def _key(table: TableInfo) -> str:
    if len(table.primary_key) == 1:
        return table.primary_key[0]
    names = [column.name for column in table.columns]
    return next((name for name in names if name.lower() in ("id", "uuid")), names[0] if names else "id")


def _singular(name: str) -> str:
    head, _, last = name.rpartition("_")
    if last in ("people",):
        last = "person"
    elif last.endswith("ies") and len(last) > 4:
        last = last[:-3] + "y"
    elif last.endswith(("sses", "xes", "ches", "shes")):
        last = last[:-2]
    elif last.endswith("s") and not last.endswith(("ss", "us", "is")):
        last = last[:-1]
    return f"{head}_{last}" if head else last


def _name(name: str) -> str:
    """Give a name that segments can use."""
    plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")
    return plain if _WORD.fullmatch(plain) else f"c_{plain}" if plain else "unnamed"


def _dotted(table: TableInfo) -> str:
    return _quoted(table.name if table.schema is None else f"{table.schema}.{table.name}")


def _quoted(value: str) -> str:
    """Give a text as YAML reads it back: plain where that is certain, else in double quotes."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", value) and value not in ("null", "true", "false"):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
