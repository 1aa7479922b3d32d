"""A plan as a pull-request comment: what changes, for how many, and why, without anybody's data.

A count from 1 to 9 reads ``<10``, and so does a difference; sizes that differ by so little are rounded, so that
nobody can be found by subtraction. The comment stays under 60 kB: long differences are cut and say so.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from orchestrator.review.diff import Change, How
from orchestrator.review.plan import Plan, Run
from orchestrator.review.sizes import Size

LIMIT = 60_000  # bytes
FEW = 10
_PLURALS = {"category": "categories", "policies": "policies", "project": "project", "schema": "schema"}


def comment(plan: Plan) -> str:
    """Give the comment as Markdown."""
    head = [f"### orc plan · {summary(plan)}", ""]
    if plan.is_empty:
        head += ["What is applied and what the files say mean the same.", ""]
    body = [*head, *_sizes(plan), *_why(plan), *_affected(plan), *_checks(plan), ""]
    foot = ["", f"<sub>{_foot(plan)}</sub>", ""]
    room = LIMIT - len("\n".join([*body, *foot]).encode()) - 200
    return "\n".join([*body, *_fitting(_details(plan), room), *foot])


def summary(plan: Plan) -> str:
    """Give ``1 campaign changed, 2 segments affected`` or ``no changes``."""
    if plan.is_empty:
        return "no changes"
    counted = Counter((change.what.split()[0], change.how) for change in plan.changes)
    words = []
    for (kind, how), n in counted.items():
        words.append(f"{n} {kind if n == 1 else _PLURALS.get(kind, kind + 's')} {how.value}")
    if plan.broken:
        words.append(f"**{len(plan.broken)} {'expectation fails' if len(plan.broken) == 1 else 'expectations fail'}**")
    return ", ".join(words)


def few(count: int | None) -> str:
    """Give a count as a public comment may show it."""
    if count is None:
        return "–"
    return f"<{FEW}" if 0 < count < FEW else f"{count:,}"


def _sizes(plan: Plan) -> Iterator[str]:
    rows = [size for size in plan.sizes if size.after is not None or size.before is not None]
    if not rows:
        return
    runs = {run.campaign: run for run in plan.runs}
    yield "| people | before | after | change | entered | left |"
    yield "|---|--:|--:|--:|--:|--:|"
    for size in rows:
        kind, _, name = size.what.partition(" ")
        times = runs[name].times if kind == "campaign" and name in runs else ()
        when = f", next run {times[0]}" if times else ""
        before, after, moved = _pair(size)
        yield f"| {kind} `{name}`{when} | {before} | {after} | {moved} | {few(size.entered)} | {few(size.left)} |"
    yield ""


def _pair(size: Size) -> tuple[str, str, str]:
    if size.before is None or size.after is None:
        gone = "gone" if size.after is None else "new"
        return few(size.before), few(size.after), gone
    moved = size.after - size.before
    if any(0 < (n or 0) < FEW for n in (abs(moved), size.entered, size.left)):
        close = f"≈{size.before // FEW * FEW:,}" if size.before >= FEW else few(size.before)
        after = f"≈{size.after // FEW * FEW:,}" if size.after >= FEW else few(size.after)
        return close, after, "±<10" if 0 < abs(moved) < FEW else f"≈{moved // FEW * FEW:+,}"
    share = f" ({moved / size.before:+.0%})" if size.before and moved else ""
    return few(size.before), few(size.after), f"{moved:+,}{share}" if moved else "0"


def _why(plan: Plan) -> Iterator[str]:
    changed = [change for change in plan.changes if change.how is not How.AFFECTED]
    for change in changed[:12]:
        yield f"- **{change.how.value}** {_name(change)} · `{change.place}`{_one_line(change)}"
    if len(changed) > 12:
        yield f"- … and {len(changed) - 12} more, below"
    if changed:
        yield ""


def _one_line(change: Change) -> str:
    """Give ``: old → new`` where one line became another one."""
    if len(change.lines) == 2 and change.lines[0][0] == "-" and change.lines[1][0] == "+":
        old, new = (_code(line[2:].strip()) for line in change.lines)
        return f": {old} → {new}"
    return ""


def _affected(plan: Plan) -> Iterator[str]:
    reached = [change for change in plan.changes if change.how is How.AFFECTED]
    if reached:
        via = sorted({name for change in reached for name in change.via})
        shown = ", ".join(_name(change) for change in reached[:12]) + (" …" if len(reached) > 12 else "")
        yield f"**Also affected** {shown} (via {', '.join(_code(name) for name in via[:8])})"
        yield ""


def _checks(plan: Plan) -> Iterator[str]:
    good = len(plan.expectations) - len(plan.broken)
    warned = f" ({plan.warnings} warnings)" if plan.warnings else ""
    yield f"**Checks** files ✓{warned} · expectations {good} ✓" + (f" {len(plan.broken)} ✗" if plan.broken else "")
    yield ""
    for line in plan.broken:
        yield f"- ✗ `{line.place}` {_hidden(line.sentence)}"
    for note in plan.notes:
        yield f"- {note}"
    if plan.broken or plan.notes:
        yield ""
    if not plan.is_empty and not plan.broken:
        yield f"**Then** merge, and `orc apply {plan.id}` where the state database is."


def _details(plan: Plan) -> Iterator[str]:
    if plan.runs:
        yield "<details><summary>Messages per campaign and variant, next run times</summary>"
        yield ""
        for run in plan.runs:
            yield from _run(run)
        yield "</details>"
        yield ""
    differing = [change for change in plan.changes if change.lines]
    if differing:
        yield "<details><summary>The difference of the files</summary>"
        yield ""
        for change in differing:
            fence = _fence("\n".join(change.lines))
            yield f"{_name(change)} · `{change.place}`"
            yield ""
            yield "\n".join([f"{fence}diff", *change.lines, fence])
            yield ""
        yield "</details>"


def _run(run: Run) -> Iterator[str]:
    yield f"**`{run.campaign}`** ({run.status}): audience {few(run.audience)}"
    yield ""
    for name, n in run.variants.items():
        yield f"- `{name}` {few(n)}"
    for reason, n in run.skipped.items():
        yield f"- {_reason(reason)} {few(n)}"
    yield f"- next: {', '.join(run.times) if run.times else 'no run is planned'}"
    yield ""


def _fitting(lines: Iterator[str], room: int) -> Iterator[str]:
    """Yield lines while they fit; then close what is open and say that there is more."""
    opened = 0
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            yield "\n… cut here: `orc plan` shows the rest"
            yield from ["</details>"] * opened
            return
        opened += line.startswith("<details>") - line.startswith("</details>")
        yield line


def _foot(plan: Plan) -> str:
    local = plan.as_of.astimezone(ZoneInfo(plan.zone))
    until = (plan.made_at + dt.timedelta(hours=24)).astimezone(ZoneInfo(plan.zone))
    base = "nothing applied yet" if plan.base is None else f"against version {plan.base}"
    return f"plan {plan.id} · {base} · as of {local:%Y-%m-%d %H:%M} {plan.zone} · holds until {until:%Y-%m-%d %H:%M}"


def _name(change: Change) -> str:
    kind, _, name = change.what.partition(" ")
    return f"{kind} {_code(name)}" if name else kind


def _reason(reason: str) -> str:
    return {"holdout": "held out"}.get(reason, reason.replace("_", " "))


def _hidden(sentence: str) -> str:
    """Give a sentence with the numbers from 1 to 9 hidden."""
    words = [f"<{FEW}" if word.isdigit() and 0 < int(word) < FEW else word for word in sentence.split(" ")]
    return " ".join(words)


def _fence(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return fence


def _code(text: str) -> str:
    """Give text as code inside a line of Markdown, whatever it holds."""
    text = text.replace("|", "\\|").replace("\n", " ")
    ticks = "`"
    while ticks in text:
        ticks += "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"
