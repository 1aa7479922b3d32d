"""Habits of other tools about days: `<= today`, `until 2026-12-01`, `in october 2026`, `1.12.2026`."""

from __future__ import annotations

import datetime as dt
import re
from calendar import month_name, monthrange
from decimal import Decimal

from orchestrator.language.mistakes_scene import Edit, Mistake, Scene, Word
from orchestrator.language.mistakes_time import is_unit

_OTHER_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")
POINTS = frozenset(("today", "yesterday", "tomorrow", "now", "this", "previous", "first", "last"))
COMPARED = {"<": "is before", ">": "is after", ">=": "is since", "<=": "is before"}
AFTER_IT = {"today": "tomorrow", "yesterday": "today"}
MONTHS = {name.lower(): n for n, name in enumerate(month_name) if name}
SMALLER = {
    "day": ("hour", 24),
    "hour": ("minute", 60),
    "week": ("day", 7),
    "year": ("month", 12),
    "quarter": ("month", 3),
}
OPENED = frozenset(("and", "or", "where", "when", "(", ",", "not", ""))


def _day_after(word: Word) -> str:
    """Give the day behind a written one, "" for what is no day or has none."""
    if word.kind != "date" or "T" in word.text:
        return AFTER_IT.get(word.text, "")
    try:
        return (dt.date.fromisoformat(word.text) + dt.timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return ""


def day_compared(scene: Scene) -> Mistake | None:
    """`created_at > today`, `>= this month`, `<= now`."""
    k = next((k for k in range(scene.at - 1, max(scene.at - 4, -1), -1) if scene.said(k) in COMPARED), -1)
    if k < 0 or scene.said(k + 1) not in POINTS:
        return None
    sign, word, day = scene.said(k), COMPARED[scene.said(k)], _day_after(scene.word(k + 1))
    message = f"`{sign}` compares numbers; days are compared with `{word}`"
    if sign != "<=":
        edit = scene.edit(k, k, word)
    elif day:
        edit = scene.edit(k, k + 1, f"{word} {day}")
    else:
        first, last = scene.left(k), scene.last_of(k)
        if scene.said(first - 1) not in OPENED:
            return None
        name = scene.slice(first, k - 1)
        edit = scene.edit(first, last, f"({name} is not after {scene.slice(k + 1, last)} and {name} is known)")
        message = "`<=` compares numbers; days are compared with `is not after`, which is also true where there is none"
    return Mistake(edit.start, edit.end, "E123", message, (edit,))


def until(scene: Scene) -> Mistake | None:
    """`did purchase until 2026-12-01`, `till`."""
    i = scene.at
    said = scene.said(i)
    if said not in ("until", "till") or "UNTIL" in scene.accepts:
        return None
    day = _day_after(scene.word(i + 1))
    edits: tuple[Edit, ...] = (scene.edit(i, i, "before", "without that day" if day else ""),)
    if day:
        edits += (scene.edit(i, i + 1, f"before {day}", "with that day"),)
    message = f"`{said}` does not say whether the day itself counts" if day else f"`{said}` is written `before`"
    return Mistake(edits[0].start, edits[0].end, "E111", message, edits, sure=False)


def on_or(scene: Scene) -> Mistake | None:
    """`on or after 2026-12-01`, `is on or before today`."""
    k = scene.at - 1
    side = scene.said(k + 2)
    if not scene.says(k, "on", "or") or side not in ("after", "later", "before", "earlier"):
        return None
    day = _day_after(scene.word(k + 3))
    if side in ("after", "later"):
        edit = scene.edit(k, k + 2, "since")
    elif day:
        edit = scene.edit(k, k + 3, f"before {day}")
    else:
        return Mistake(
            scene.word(k).start, scene.word(k + 2).end, "E111", "`on or before` is `before` the day that follows"
        )
    return Mistake(edit.start, edit.end, "E111", f"`on or {side}` is written `{edit.text}`", (edit,))


def calendar(scene: Scene) -> Mistake | None:
    """`did purchase in october 2026`, `in 2026`, `in october`."""
    for k in (scene.at, scene.at - 1):
        if scene.said(k) not in ("in", "during"):
            continue
        month = MONTHS.get(scene.said(k + 1).lower(), 0)
        last = k + 2 if month else k + 1
        year = scene.said(last)
        if len(year) == 4 and year.isascii() and year.isdigit() and "1000" <= year <= "9998":
            first_month, last_month = month or 1, month or 12
            end = monthrange(int(year), last_month)[1]
            edit = scene.edit(k, last, f"from {year}-{first_month:02}-01 to {year}-{last_month:02}-{end}")
            message = f"`{scene.slice(k, last)}` is a span of days: `{edit.text}`"
            return Mistake(edit.start, edit.end, "E111", message, (edit,))
        if month:
            word = scene.word(k + 1)
            note = f"as in `from 2026-{month:02}-01 to 2026-{month:02}-{monthrange(2026, month)[1]}`"
            return Mistake(word.start, word.end, "E111", f"`{word.text}` of which year? say its days", notes=(note,))
    return None


def parts(scene: Scene) -> Mistake | None:
    """`in last 1.5 days`."""
    number, unit = scene.word(scene.at), scene.said(scene.at + 1)
    if number.kind != "number" or "." not in number.text or not is_unit(unit):
        return None
    smaller, many = SMALLER.get(unit.removesuffix("s"), ("", 0))
    count = Decimal(number.text.replace("_", "")) * many
    edits: tuple[Edit, ...] = ()
    if many and count == int(count):
        edits = (scene.edit(scene.at, scene.at + 1, f"{int(count)} {smaller}{'' if count == 1 else 's'}"),)
    message = "a span of time is a whole number of units"
    return Mistake(number.start, scene.word(scene.at + 1).end, "E111", message, edits, sure=False)


def date_range(scene: Scene) -> Mistake | None:
    """`did purchase between 2026-01-01 and 2026-02-01`."""
    for k in (scene.at, scene.at - 1):
        pair = scene.said(k + 2) == "and" and scene.word(k + 1).kind == scene.word(k + 3).kind == "date"
        if scene.said(k) == "between" and pair and scene.said(k - 1) not in ("is", "not"):
            edit = scene.edit(k, k + 3, f"from {scene.said(k + 1)} to {scene.said(k + 3)}")
            return Mistake(edit.start, edit.end, "E130", "days of an event are a span: `from … to …`", (edit,))
    return None


def other_date(scene: Scene) -> Mistake | None:
    """`1.12.2026`, `12/01/2026`, `2026-1-5`."""
    for match in _OTHER_DATE.finditer(scene.text):
        if not match.start() <= scene.stop <= match.end() or scene.word(scene.at).kind in ("text", "date"):
            continue
        a, sign, b, c = match.groups()
        if len(a) == 4:
            orders = [(a, b, c)]
        elif len(c) == 4:
            orders = [(c, b, a)] if sign == "." else [(c, a, b), (c, b, a)]
        else:
            return None
        found = [f"{year}-{int(m):02}-{int(d):02}" for year, m, d in orders if 1 <= int(m) <= 12 and 1 <= int(d) <= 31]
        edits = tuple(Edit(match.start(), match.end(), text) for text in dict.fromkeys(found))
        return Mistake(
            match.start(), match.end(), "E105", "a day is written year-month-day", edits, sure=len(edits) == 1
        )
    return None


DAYS = (day_compared, until, on_or, calendar, parts, date_range, other_date)
